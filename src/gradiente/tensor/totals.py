"""The short form of reductions over all elements whose rule needs no values: `x.sum()` and `x.mean()`.

As in `gradiente.tensor.elementwise`, it serves real float32 and float64 tensors in the plain mode and records the nodes
that the general form would record.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from ..arrays import extras_of
from ..graph import NO_GRAD, PLAIN, Node, Plan, current, moment
from ..rules import Primitive
from .core import Tensor, box, new
from .dispatch import Recorder, bind
from .written import F4, F8

_STATIC: dict[str, Any] = {"axis": None, "keepdims": False}


def total(primitive: Primitive, name: str | None = None) -> Callable[[Tensor], Tensor]:
    """The function x → primitive(x) over all elements of a tensor."""
    general = bind(primitive, name)
    recorder: Recorder = general.recorder  # pyright: ignore[reportFunctionMemberAccess]
    function, rule = recorder.numpy, primitive.rules[0]
    if rule is None or not set(rule.names) <= {"x_shape", "axis"}:
        raise TypeError(f"the rule of {primitive.name} is not simple enough for the short form")
    slope, names = rule.function, rule.names

    def raw(node: Node, g: Any) -> Any:
        shape = node.facts[1][0]
        g = slope(g, *[shape if n == "x_shape" else None for n in names])
        out = ndarray(shape, g.dtype, np.asarray(g), 0, (0,) * len(shape))  # every element is the one cotangent
        out.flags.writeable = False
        return out

    def taped(node: Node, g: Any) -> Any:
        xp = g.__array_namespace__()
        return primitive.vjp(0, g, {**_STATIC, "x_shape": node.facts[1][0], "xp": xp, "extras": extras_of(xp)})

    plan = Plan(raw, taped, (True,), recorder.kind, (), single=True)

    def call(input: Tensor) -> Tensor:
        array = input._array
        dtype, mode = array.dtype, current()
        if (mode is not PLAIN and mode is not NO_GRAD) or (dtype is not F4 and dtype is not F8):
            return general(input, axis=None, keepdims=False)
        try:
            value = function(array, None, False)
        except RuntimeWarning:
            return general(input, axis=None, keepdims=False)
        out = new(Tensor)
        out._array = value if value.__class__ is ndarray else box(value)
        out._node = out._history = out._view = out._meta = None
        edge = input._node
        if edge is not None and mode is PLAIN:
            out._node = node = Node()
            node.seq = moment()
            node.plan = plan
            node.edges = edge
            node.tensors = ()
            node.facts = (_STATIC, (array.shape,), None)
            node.hooks = node.place = None
        return out

    return call
