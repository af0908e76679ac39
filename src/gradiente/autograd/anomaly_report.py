"""What anomaly detection says about a NaN in a backward pass: which operation made it, or the infinity before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..graph import Node, edges_of, split_edge
from ..graph.places import stack_text
from ..tensor.core import Tensor
from ..tensor.nonfinite import Trouble, described, first, has, source, values_of
from ..tensor.saved import Packed, SavedOutput


class Steps:
    """The steps of one pass that made infinities of finite cotangents, in their order."""

    __slots__ = ("_made",)

    def __init__(self) -> None:
        self._made: list[tuple[Node, str]] = []

    def saw(self, node: Node, g: Any, found: Sequence[Any]) -> None:
        """Look at what a step was given and what it made."""
        if _worst(found) and not _worst(_several(g)):
            made = "\n".join([f"  result {i}: {described(x)}" for i, x in enumerate(found) if x is not None])
            self._made.append((node, f"{_of_saved(node)}{_step(node, g, 'the first infinity')}{made}\n"))

    def before(self, node: Node) -> str:
        """The first of them whose cotangents reach `node`, described."""
        return next((text for made, text in self._made if _reaches(made, node)), "")


def explanation(node: Node, g: Any, steps: Steps) -> str:
    """How it came that a NaN was among what the step of `node` returned."""
    came = _worst(_several(g))
    if came == "NaN":
        return (
            f"The NaN was in the gradient that {node.name()} was given: it came from a hook, from what backward was "
            "called with, or from adding infinities.\n" + steps.before(node)
        ).rstrip("\n")
    before = steps.before(node) if came else ""
    return (before + _of_saved(node) + _step(node, g, "the NaN")).rstrip("\n")


def _step(node: Node, g: Any, what: str) -> str:
    lines = [f"gradient that came in: {described(x)}" for x in _several(g) if x is not None]
    lines += [f"{name}: {described(x)}" for name, x in _saved(node)]
    known = "NaN" in {has(values_of(_bare(x))) for _, x in _saved(node)}
    text = f"In the backward pass, {node.name()} {'met' if known else 'made'} {what}."
    text += _called(node, " Its operation was called here:\n") or "\n"
    parent = node.__dict__.get("_parent")
    while parent is not None:
        text += _called(parent, f"It is part of the derivative that {parent.name()} computes of the operation here:\n")
        parent = parent.__dict__.get("_parent")
    return text + "".join([f"  {line}\n" for line in lines])


def _called(node: Node, text: str) -> str:
    """`text` and the line that called the node's operation; nothing if that is not known."""
    stack = node.__dict__.get("_forward_stack", ())[-1:]
    return text + stack_text(list(stack)) if stack else ""


def _of_saved(node: Node) -> str:
    """Where the infinities and NaNs among a node's saved values came from."""
    troubles: list[Trouble] = []
    for _, x in _saved(node):
        if not has(values_of(_bare(x))):
            continue
        if isinstance(x, SavedOutput):
            note = node.__dict__.get("_origin")
            known = None if note is None else note.trouble
            troubles.append(known or Trouble(has(x._array), "", None, [f"in a result: {described(x._array)}"]))
        else:
            troubles.append(source(x))
    return first(troubles).chain() if troubles else ""


def _saved(node: Node) -> Iterable[tuple[str, Any]]:
    """What a node saved, and the numbers it remembers, by name. What saved-tensor hooks keep is left alone."""
    tensors = node.tensors or ()
    for name, x in zip(node.plan.names, tensors, strict=False):
        if x is not None and x.__class__ is not Packed:
            yield f"saved {name}", x
    facts = node.facts
    if isinstance(facts, (int, float, complex)):
        yield "number", facts
    elif isinstance(facts, tuple) and facts and isinstance(facts[0], dict):
        for name, x in facts[0].items():
            if isinstance(x, (float, complex)):
                yield name, x


def _bare(x: Any) -> Any:
    return x._array if isinstance(x, (Tensor, SavedOutput)) else x


def _several(g: Any) -> Sequence[Any]:
    return g if isinstance(g, (tuple, list)) else (g,)


def _worst(values: Sequence[Any]) -> str:
    """What is worst among the values: "NaN", "infinity", or nothing."""
    kinds = {has(values_of(x)) for x in values if x is not None}
    return "NaN" if "NaN" in kinds else "infinity" if "infinity" in kinds else ""


def _reaches(node: Node, other: Node) -> bool:
    """Whether there is a way from `node` down to `other`."""
    seen: set[int] = set()
    stack = [node]
    while stack:
        at = stack.pop()
        if at is other:
            return True
        if at.seq > other.seq and at.seq not in seen:
            seen.add(at.seq)
            stack.extend(split_edge(edge)[0] for edge in edges_of(at))
    return False


__all__ = ["Steps", "explanation"]
