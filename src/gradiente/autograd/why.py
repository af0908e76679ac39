"""why_no_grad: where the path between two tensors ended; see Note [Notes where paths end] in `tensor.origins`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ..graph import Output, current, describe, edges_of, grad_enabled, moment, split_edge
from ..graph.engine import nodes_needed
from ..tensor.core import AccumulateGrad, Tensor
from ..tensor.origins import Origin, recent
from ..tensor.restrictions import Untracked
from ._answers import REMEDIES, TEXTS

_AGAIN = (
    "More is not recorded. Pass a function that computes y, why_no_grad(lambda: ..., x), or compute y under "
    "torch.autograd.detect_anomaly(): every operation is watched then, and the answer is exact."
)

_CONNECTED = ("", "given")
"""The kinds of notes that do not end a path."""

_OUT = ("index", "item", "numpy", "tolist")
"""The kinds that are worth naming even where the path had ended before."""

_FEW = 4


@dataclass(frozen=True)
class Ending:
    """One place where a path ended. Its fields are those of `WhyNoGrad`."""

    reason: str
    where: str = ""
    operation: str = ""

    def __str__(self) -> str:
        text = TEXTS[self.reason].format(operation=self.operation)
        return f"{text} at {self.where}" if self.where else text


@dataclass(frozen=True)
class WhyNoGrad:
    """What `why_no_grad` found. Printed, it is an explanation."""

    connected: bool
    """Whether there is a path after all."""
    reason: str
    """What ended the path, in a word: see `why_no_grad`."""
    where: str = ""
    """The user's line, `file:line, in function: source`, or an empty string if it is not known."""
    operation: str = ""
    """The operation that ended it, if it is known."""
    certain: bool = True
    """Whether this follows from what was recorded; else it is the likeliest answer."""
    endings: tuple[Ending, ...] = field(default=())
    """All places where paths ended, the first of them the one above."""

    def __str__(self) -> str:
        if self.connected:
            return f"y depends on x{f', by way of {self.operation}' if self.operation else ''}: there is a path."
        lines = [("" if self.certain else "Probably: ") + str(self.endings[0])]
        lines += [f"  also: {other}" for other in self.endings[1:]]
        lines.append(f"Remedy: {REMEDIES[self.reason]}")
        return "\n".join(lines if self.certain else [*lines, _AGAIN])

    __repr__ = __str__


def why_no_grad(y: Tensor | Callable[[], Tensor], x: Tensor | None = None) -> WhyNoGrad:
    """Why `x` gets no gradient from `y`: walk back from `y` and name where the path from `x` ended.

    Args:
        y: the tensor that was to be differentiated; or a function without arguments that computes it, which is called
            once, watched, so that the answer is exact.
        x: the tensor that got no gradient; None asks why `y` itself requires none.

    Returns:
        An object that prints as an explanation. Its `reason` is "connected" if there is a path; "requires_grad" if `x`
        does not require gradients, "late" if it did not yet, "changed" if it was changed in place since; "detach",
        "detach_", "data", "item", "tolist", "numpy", "tensor" (a copy made by `torch.tensor`), "deepcopy", "index" or
        "cast" (to integers) for what took the values out of the graph; "no_grad" or "inference_mode" for an operation
        that was not recorded; "constant" for one that has no derivative; "integers" if that is what `y` holds; "loose"
        for a view that was made with recording off; "unused" if `y` does not depend on `x` as far as is known;
        "unknown". `where` is the line, `certain` tells whether the answer was inferred only, `endings` has all places
        if there are several.

    Raises:
        TypeError: `y` or `x` is no tensor.

    Example:
        >>> import gradiente as torch
        >>> x = torch.ones(3, requires_grad=True)
        >>> w = torch.ones(3, requires_grad=True)
        >>> h = x * 2
        >>> y = (h.detach() * w).sum()
        >>> answer = torch.why_no_grad(y, x)
        >>> answer.reason, answer.connected, answer.certain
        ('detach', False, True)
        >>> print(answer)
        detach() took the values out of the graph at ...
        Remedy: leave out the .detach(), or differentiate with respect to its result.
    """
    since, root = 0, y
    if callable(y) and not isinstance(y, Tensor):
        from ._watching import watched

        since, root = moment(), watched(y)
    for name, position, value in (("y", 1, root), ("x", 2, x)):
        if not isinstance(value, Tensor) and (value is not None or name == "y"):
            raise TypeError(
                f"why_no_grad(): argument '{name}' (position {position}) must be Tensor, not {type(value).__name__}"
            )
    out: Any = root
    return _of_inputs(out, x) or _of_notes(out, x) or _of_result(out, x) or _of_lines(out, x, since)


def _of_inputs(y: Tensor, x: Tensor | None) -> WhyNoGrad | None:
    """What `x` itself, or the graph of `y`, says."""
    if y._node.__class__ is Untracked:
        return _answer([Ending("loose")])
    if x is None:
        return None if y._node is None else WhyNoGrad(True, "connected")
    if x._node is None:
        note = _note(x)
        if note is None or note.kind in _CONNECTED:
            return _answer([Ending("requires_grad")])
        own = _ending(note)
        return _answer([own] if own.reason == "requires_grad" else [Ending("requires_grad"), own])
    if y._node is None:
        return None
    node, source = split_edge(y._node)[0], split_edge(x._node)[0]
    needed = nodes_needed([(y._node, None)], [x._node], True)
    edges = {y._node}.union(*(edges_of(n) for n in needed)) if isinstance(x._node, Output) else ()
    if node in needed and (not edges or x._node in edges):
        return WhyNoGrad(True, "connected", operation="" if y is x else node.name())
    if source.seq > node.seq:
        if isinstance(source, AccumulateGrad):
            return _answer([Ending("late")])
        if x._history is not None and x._history.stamp > node.seq:
            return _answer([Ending("changed", describe(x._history.place_after(node.seq)))])
    return None


def _of_notes(y: Tensor, x: Tensor | None) -> WhyNoGrad | None:
    """What the notes say that `y` and the values saved in its graph have."""
    notes = [note for t in (y, None if y._view is None else y._view.base) if (note := _note(t)) is not None]
    if y._node is not None:
        notes += _saved_notes(split_edge(y._node)[0])
    found, perhaps = _endings(notes, x)
    return _answer(found) if found else _answer(perhaps, certain=False) if perhaps else None


def _of_result(y: Tensor, x: Tensor | None) -> WhyNoGrad | None:
    """What `y` is, or the mode, says."""
    if y.is_inference():
        return _answer([Ending("inference_mode", operation="an operation")])
    if y._array.dtype.kind in "biu":
        return _answer([Ending("integers", operation=str(y.dtype))])
    if y._node is None and not grad_enabled(current()):
        return _answer([Ending("no_grad", operation="an operation")], certain=False)
    return None


def _of_lines(y: Tensor, x: Tensor | None, since: int) -> WhyNoGrad:
    """What the latest notes of all lines say, which need not be about `y`: the latest first, a few."""
    until = None if y._node is None else split_edge(y._node)[0].seq
    kept = recent.copy().values()  # other threads go on adding
    notes = [note for note in kept if note.number > since and (until is None or note.number < until)]
    found, perhaps = _endings(notes, x)
    lines = (found or perhaps)[: -_FEW - 1 : -1]
    return _answer(
        lines or [Ending("unknown" if x is None or (y._node is None and not since) else "unused")], certain=False
    )


def _note(x: Any) -> Origin | None:
    meta = None if x is None else getattr(x, "_meta", None)
    return None if meta is None else meta.origin


def _saved_notes(node: Any) -> list[Origin]:
    """The notes of all values saved in the graph of `node`."""
    notes: list[Origin] = []
    seen, stack = {node}, [node]
    while stack:
        node = stack.pop()
        notes += [note for saved in node.tensors or () if (note := _note(saved)) is not None]
        for edge in edges_of(node):
            below = split_edge(edge)[0]
            if below not in seen:
                seen.add(below)
                stack.append(below)
    return notes


def _endings(roots: Iterable[Origin], x: Tensor | None) -> tuple[list[Ending], list[Ending]]:
    """Where paths from `x` (from anything tracked, if None) ended, on the way to the noted values `roots`.

    The second list has the places where paths ended whose beginnings nobody holds any more.
    """
    reached: dict[int, Origin] = {}
    stack = list(roots)
    while stack:
        note = stack.pop()
        if note.number not in reached:
            reached[note.number] = note
            stack.extend(note.parents)
    sources = {number: note.source() for number, note in reached.items() if note.source is not None}
    alive = [node for node in sources.values() if node is not None]
    needed = alive if x is None else nodes_needed([(node, None) for node in alive], [x._node], True)
    own = _note(x)
    live: set[int] = set()
    ended: set[int] = set()
    found: dict[tuple[str, Any], Ending] = {}
    perhaps: dict[tuple[str, Any], Ending] = {}
    for number, note in sorted(reached.items()):
        fed = sources.get(number) in needed or any(parent.number in live for parent in note.parents)
        lost = number in sources and sources[number] is None
        if note is own or (fed and note.kind in _CONNECTED):
            live.add(number)
        elif fed or (lost and note.kind not in _CONNECTED):
            (found if fed else perhaps)[note.kind, note.place] = _ending(note)
            ended.add(number)
        elif note.kind in _OUT and any(parent.number in ended for parent in note.parents):
            (found or perhaps)[note.kind, note.place] = _ending(note)
    return list(found.values()), list(perhaps.values())


def _ending(note: Origin) -> Ending:
    name = re.sub("Backward[0-9]*$", "", note.name)
    if name[:1].isupper():  # a node's: LogSoftmax
        name = "_".join(re.findall("[A-Z][^A-Z]*", name)).lower()
    return Ending(note.kind, describe(note.place), name or "an operation")


def _answer(endings: list[Ending], certain: bool = True) -> WhyNoGrad:
    first = endings[0]
    return WhyNoGrad(False, first.reason, first.where, first.operation, certain, tuple(endings))


def unused(outputs: Iterable[Any], x: Any) -> str:
    """For the error about an input that no gradient reached: what is known, in parentheses."""
    if not isinstance(x, Tensor):
        return ""
    for y in outputs:
        if isinstance(y, Tensor):
            found = why_no_grad(y, x)
            if found.connected:
                return " (There is a path, but an operation on it handed no gradient on.)"
            if found.reason not in ("unknown", "unused"):
                return f" ({'' if found.certain else 'Probably: '}{found.endings[0]})"
    return ""


def explained(y: Any) -> str:
    """For the error about a root without a graph: what is known, in parentheses."""
    if not isinstance(y, Tensor):
        return f"({TEXTS['unknown']})"
    found = why_no_grad(y)
    if found.reason == "unknown":
        text = TEXTS["unknown"]
    elif found.certain or found.reason == "no_grad":
        text = str(found.endings[0])
    else:
        lines = "; ".join(str(ending) for ending in found.endings[:2])
        text = f"{TEXTS['unknown']}. Values left the graph lately: {lines}"
    return f"({text}. torch.why_no_grad(lambda: ..., x) runs a function again and tells where the path ended)"


__all__ = ["Ending", "WhyNoGrad", "explained", "unused", "why_no_grad"]
