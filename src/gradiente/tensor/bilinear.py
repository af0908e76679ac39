"""The short form of products of matrices and vectors: what `a @ b` runs.

It serves real float32 and float64 operands of one type in the plain modes, and hands everything else to the general
form. The two record the same nodes; a test compares them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy import ndarray

from ..graph import INFERENCE, NO_GRAD, PLAIN, Node, current, moment
from ..rules import Primitive
from .core import Tensor, box, new
from .dispatch import Recorder, bind
from .inference import inferred
from .plans import direct_plan
from .written import F4, F8

_NOTHING: dict[str, Any] = {}


def product(primitive: Primitive, name: str | None = None) -> Callable[[Tensor, Tensor], Tensor]:
    """The function (a, b) → primitive(a, b) of two tensors, each a matrix or a vector, whose shapes fit.

    NumPy's method `dot` computes the same as its operator `@` for them, and starts in a third of the time.
    """
    general = bind(primitive, name)
    recorder: Recorder = general.recorder  # pyright: ignore[reportFunctionMemberAccess]
    both, only_a, only_b = (
        direct_plan(primitive, recorder.kind, m) for m in ((True, True), (True, False), (False, True))
    )
    if both is None or only_a is None or only_b is None:
        raise TypeError(f"the rules of {primitive.name} are not simple enough for the short form")

    def call(a: Tensor, b: Tensor) -> Tensor:
        x, y = a._array, b._array
        dtype = x.dtype
        mode = current()
        if y.dtype is not dtype or (dtype is not F4 and dtype is not F8) or (mode is not PLAIN and mode is not NO_GRAD):
            if mode is INFERENCE and y.dtype == dtype and dtype.char in "fd" and x.__class__ is ndarray is y.__class__:
                try:
                    return inferred(x.dot(y))
                except RuntimeWarning:
                    pass
            return general(a, b)
        edge_a, edge_b = a._node, b._node
        if mode is NO_GRAD:
            edge_a = edge_b = None
        if edge_a is None:
            if edge_b is not None and (meta := a._meta) is not None and meta.inference:
                return general(a, b)  # which refuses to save it
        elif edge_b is None and (meta := b._meta) is not None and meta.inference:
            return general(a, b)
        try:
            value = x.dot(y)
        except RuntimeWarning:
            return general(a, b)
        out = new(Tensor)
        out._array = value if value.__class__ is ndarray else box(value)
        out._history = out._view = out._meta = None
        if edge_a is None and edge_b is None:
            out._node = None
            return out
        out._node = node = Node()
        node.seq = moment()
        node.facts = node.hooks = node.place = None
        if edge_a is not None and edge_b is not None:
            node.plan, node.edges, node.other, node.tensors = both, edge_a, edge_b, (a, b)
        else:
            node.facts = (_NOTHING, (x.shape, y.shape), None)
            if edge_b is None:
                node.plan, node.edges, node.tensors = only_a, edge_a, (b,)
            else:
                node.plan, node.edges, node.tensors = only_b, edge_b, (a,)
        return out

    call.__name__ = call.__qualname__ = primitive.name
    call.recorder = recorder  # pyright: ignore[reportFunctionMemberAccess]
    call.general = general  # pyright: ignore[reportFunctionMemberAccess]
    return call


__all__ = ["product"]
