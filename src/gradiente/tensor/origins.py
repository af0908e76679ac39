"""Notes about where values leave the graph, for `gradiente.why_no_grad` and for errors.

Note [Notes where paths end]
----------------------------
A result that requires no gradient refers to nothing, so one cannot walk back from it; and to record where every value
came from would slow every operation. So arithmetic records nothing. Only what ends a path leaves a note, and only for
tensors that have a path: `detach`, `.data`, `item`, `tolist`, `numpy`, `tensor(t)`, casts to integers. A result that
is a tensor keeps the note beside its gradient, in its `Meta`, as long as it lives; and the last note of each line
stands in a short list (`recent`), because numbers and arrays can keep none. Notes hold no tensor and no node: only weak
references. Where that is not enough, the program is run once more and watched: while anomaly detection is on, every
operation leaves a note, with the notes of its operands, and the answer is exact. Notes then hold each other, never the
values.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..graph import Mode, Node, Output, current, moment, split_edge, user_place
from ..graph.places import Place
from .meta import Meta

if TYPE_CHECKING:
    from .core import Tensor

_LIMIT = 128
_DEPTH = 100_000
"""Values that are changed at each step, such as running means, remember no more operations than this."""

_lock = threading.Lock()

recent: dict[tuple[str, int, int], Origin] = {}
"""The last note of each kind and line, the oldest lines first; never more than a few."""


class Origin:
    """How a value came about: by which operation, where, from which values.

    `kind`: what ended the path here ("detach", "item", …); "no_grad", "inference_mode" or "constant" for an operation
    under watch that was not recorded, "" for one that was; "given" for a value that no operation under watch made.
    `source`: the tracked node that the values come from, weakly, if there is one. `parents`: the notes of the operands.
    `name`: that of the operation's nodes, if it was under watch. `number`: the moment, as of nodes and versions.
    """

    __slots__ = ("depth", "kind", "name", "number", "parents", "place", "source", "trouble")

    def __init__(
        self,
        kind: str,
        place: Place | None,
        source: weakref.ref[Node] | None,
        parents: tuple[Origin, ...] = (),
        name: str = "",
    ) -> None:
        self.kind: str = kind
        self.place: Place | None = place
        self.source: weakref.ref[Node] | None = source
        self.name: str = name
        self.number: int = moment()
        self.parents: tuple[Origin, ...] = parents
        self.trouble: Any = None
        """Where a NaN or an infinity in the value came from; see `nonfinite`."""
        self.depth: int = 0
        if parents:
            self.depth = 1 + max([p.depth for p in parents])
            if self.depth >= _DEPTH:
                self.parents = ()


def leave(kind: str, x: Tensor, out: Tensor | None = None) -> Any:
    """Note that `kind` took the values of `x` out of the graph, into `out` if that is a tensor. Returns `out`.

    Nothing is noted where `x` has no path.
    """
    try:
        edge, meta = x._node, x._meta
    except RuntimeError:  # a view that may not be used: see `gradiente.tensor.restrictions`
        return out
    before = None if meta is None else meta.origin
    if edge is None:
        if before is None:
            return out
        if out is not None and not current().anomaly:  # one note says it: a state detached at each step makes no chain
            out._metadata().origin = before
            return out
    node: Any = edge.node if isinstance(edge, Output) else edge
    source = None if node is None else weakref.ref(node)
    place = user_place(2)
    note = Origin(kind, place, source, () if before is None else (before,))
    if out is not None:
        if out._meta is None:
            out._meta = Meta()  # nobody else knows it yet: this needs no lock
        out._meta.origin = note
        if edge is None:
            return out
    key = (kind, id(place[0]), place[1]) if place is not None else (kind, 0, 0)  # the note keeps the code, and its id
    if len(recent) >= _LIMIT and key not in recent:
        with _lock:
            for old in list(recent.copy())[: _LIMIT // 2]:  # a copy: other threads add without the lock
                recent.pop(old, None)
    recent[key] = note
    return out


def watch(mode: Mode, node: Node | None, out: Tensor, name: str, operands: Iterable[Tensor]) -> None:
    """Note how an operation under watch, whose nodes have the name `name`, made `out` of the tensors `operands`."""
    if node is not None:
        kind = ""
    elif mode.inference:
        kind = "inference_mode"
    else:
        kind = "constant" if mode.grad else "no_grad"
    parents = tuple([origin_of(x) for x in operands])
    place = user_place(3) if node is None or node.place is None else node.place
    source = None if node is None else weakref.ref(node)
    out._metadata().origin = Origin(kind, place, source, parents, name)


def origin_of(x: Tensor) -> Origin:
    """The note of `x`; one that says it was given, if it has none."""
    meta = x._metadata()
    if meta.origin is None:
        edge = x._node
        source = None if edge is None else weakref.ref(split_edge(edge)[0])
        meta.origin = Origin("given", None, source)
    return meta.origin


def take_over(target: Tensor, result: Tensor) -> None:
    """Give `target`, which got the values of `result`, the note of `result` as well. Leaves stay what they are."""
    meta = result._meta
    if meta is not None and meta.origin is not None and (target._node is None or target._node.plan is not None):
        target._metadata().origin = meta.origin


def freeze(x: Tensor) -> None:
    """Note where the leaf `x` stopped requiring gradients."""
    x._metadata().origin = Origin("requires_grad", user_place(3), None)


def thaw(x: Tensor) -> None:
    """Forget that note."""
    meta = x._meta
    if meta is not None and meta.origin is not None and meta.origin.kind == "requires_grad":
        meta.origin = None


__all__ = ["Origin", "freeze", "leave", "origin_of", "recent", "take_over", "thaw", "watch"]
