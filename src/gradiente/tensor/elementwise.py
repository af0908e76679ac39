"""The short forms of elementwise primitives: what `a * b` and `x.exp()` run.

They serve real float32 and float64 operands of one type in the plain mode, and hand everything else to the general form.
The two record the same nodes; a test compares them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from ..arrays import numpy_extras
from ..graph import PLAIN, Node, Plan, Version, current, moment
from ..rules import Primitive
from .core import Tensor, box, new
from .dispatch import Recorder, bind, run
from .plans import SavedOutput, direct_plan
from .promotion import promoted

F4, F8 = np.dtype("float32"), np.dtype("float64")


def _function(primitive: Primitive) -> Callable[..., Any]:
    """The primitive's forward function, for NumPy arrays."""
    if primitive.forward is None:
        return getattr(np, primitive.name)
    forward, given = primitive.forward, {"xp": np, "extras": numpy_extras}
    keywords = {name: given[name] for name in primitive.forward_names}
    return (lambda *arrays: forward(*arrays, **keywords)) if keywords else forward


def unary(primitive: Primitive, name: str | None = None) -> Callable[[Tensor], Tensor]:
    """The function x → primitive(x) on Tensors."""
    general = bind(primitive, name)
    recorder: Recorder = general.recorder  # pyright: ignore[reportFunctionMemberAccess]
    function = _function(primitive)
    plan = direct_plan(primitive, recorder.cls, (True,))
    if plan is None:
        raise TypeError(f"the rule of {primitive.name} is not simple enough for the short form")
    saves_x, saves_out = plan.names == ("x",), plan.names == ("out",)

    def call(x: Tensor) -> Tensor:
        try:
            array = x._array
        except AttributeError:
            raise not_a_tensor(call.__name__, x) from None
        dtype = array.dtype
        if current() is not PLAIN or (dtype is not F4 and dtype is not F8):
            return run(recorder, (x,), promoted(primitive.name, (x,)), {})
        try:
            value = function(array)
        except RuntimeWarning:
            return general(x)
        if value.__class__ is not ndarray:
            value = box(value)
        out = new(Tensor)
        out._array = value
        out._version = out._view = out._meta = None
        edge = x._node
        if edge is None:
            out._node = None
            return out
        out._node = node = new(Node)
        node.seq = moment()
        node.plan = plan
        node.edges = (edge,)
        if saves_x:
            node.tensors = (x,)
        elif saves_out:
            out._version = version = Version()
            node.tensors = (SavedOutput(value, version),)
        else:
            node.tensors = ()
        node.facts = node.hooks = node.place = None
        return out

    call.__name__ = call.__qualname__ = primitive.name
    call.recorder = recorder  # pyright: ignore[reportFunctionMemberAccess]
    return call


def _constant_plan(primitive: Primitive, cls: type[Node], i: int) -> Plan | None:
    """The plan for a tensor at operand `i` and a Python number at the other, kept in `facts`."""
    rule = primitive.rules[i]
    other = primitive.operands[1 - i]
    if rule is None or rule.names not in ((), (other,)):
        return None
    function = rule.function
    if rule.names:
        raw: Callable[[Any, Any], Any] = lambda node, g: (function(g, node.facts),)  # noqa: E731
    else:
        raw = lambda node, g: (function(g),)  # noqa: E731
    mask = (i == 0, i == 1)
    return Plan(raw, raw, mask, cls, ())


def binary(primitive: Primitive, name: str | None = None, operator: bool = False) -> Callable[[Tensor, Any], Tensor]:
    """The function (a, b) → primitive(a, b) on Tensors and Python numbers; `a` is a Tensor.

    As an `operator` it returns NotImplemented for other operands, so that Python tries the other operand's method.
    """
    general = bind(primitive, name)
    recorder: Recorder = general.recorder  # pyright: ignore[reportFunctionMemberAccess]
    function = _function(primitive)
    cls = recorder.cls
    both, only_a, only_b = (direct_plan(primitive, cls, mask) for mask in ((True, True), (True, False), (False, True)))
    scalar = _constant_plan(primitive, cls, 0)
    plans = [p for p in (both, only_a, only_b) if p is not None]
    fast = len(plans) == 3 and all("out" not in p.names for p in plans)
    pick_a, pick_b = _picker(only_a), _picker(only_b)
    saves_both = both is not None and both.names == ("a", "b")

    def unusual(a: Any, b: Any) -> Tensor:
        """Operands that are not tensors: Python and NumPy numbers are welcome, on either side but not on both."""
        numbers = (bool, int, float, complex, np.generic)
        for value, argument, position in ((a, "input", 1), (b, "other", 2)):
            if not isinstance(value, (Tensor, *numbers)):
                if operator:
                    return NotImplemented
                raise not_a_tensor(call.__name__, value, argument, position)
        if not isinstance(a, Tensor) and not isinstance(b, Tensor):
            raise not_a_tensor(call.__name__, a)
        return general(*(o.item() if isinstance(o, np.generic) else o for o in (a, b)))

    def call(a: Tensor, b: Any) -> Tensor:
        kind = b.__class__
        if kind is float or kind is int:
            if scalar is None or current() is not PLAIN:
                return general(a, b)
            array = a._array
            dtype = array.dtype
            if dtype is not F4 and dtype is not F8:
                return general(a, b)
            try:
                value = function(array, b)
            except (RuntimeWarning, OverflowError):
                return general(a, b)
            if value.__class__ is not ndarray:
                value = box(value)
            out = new(Tensor)
            out._array = value
            out._version = out._view = out._meta = None
            edge = a._node
            if edge is None:
                out._node = None
                return out
            out._node = node = new(Node)
            node.seq = moment()
            node.plan = scalar
            node.edges = (edge,)
            node.tensors = ()
            node.facts = b
            node.hooks = node.place = None
            return out
        try:
            x, y = a._array, b._array
        except AttributeError:
            return unusual(a, b)
        dtype = x.dtype
        if not fast or dtype is not y.dtype or (dtype is not F4 and dtype is not F8) or current() is not PLAIN:
            return general(a, b)
        edge, edge_b = a._node, b._node
        if edge is None and edge_b is None:
            try:
                value = function(x, y)
            except RuntimeWarning:
                return general(a, b)
            out = new(Tensor)
            out._array = value if value.__class__ is ndarray else box(value)
            out._node = out._version = out._view = out._meta = None
            return out
        if x.shape != y.shape:
            return general(a, b)
        try:
            value = function(x, y)
        except RuntimeWarning:
            return general(a, b)
        out = new(Tensor)
        out._array = value if value.__class__ is ndarray else box(value)
        out._version = out._view = out._meta = None
        out._node = node = new(Node)
        node.seq = moment()
        if edge_b is None:
            node.plan = only_a
            node.edges = (edge,)
            node.tensors = () if pick_a is None else (b,) if pick_a == 1 else (a,) if pick_a == 0 else (a, b)
        elif edge is None:
            node.plan = only_b
            node.edges = (edge_b,)
            node.tensors = () if pick_b is None else (a,) if pick_b == 0 else (b,) if pick_b == 1 else (a, b)
        else:
            node.plan = both
            node.edges = (edge, edge_b)
            node.tensors = (a, b) if saves_both else ()
        node.facts = node.hooks = node.place = None
        return out

    call.__name__ = call.__qualname__ = primitive.name
    call.recorder = recorder  # pyright: ignore[reportFunctionMemberAccess]
    call.general = general  # pyright: ignore[reportFunctionMemberAccess]
    return call


def not_a_tensor(function: str, value: Any, argument: str = "input", position: int = 1) -> TypeError:
    """torch's error for an argument that must be a tensor."""
    return TypeError(
        f"{function}(): argument '{argument}' (position {position}) must be Tensor, not {type(value).__name__}"
    )


def _picker(plan: Plan | None) -> int | None:
    """Which operands a plan saves: None, 0 (a), 1 (b) or 2 (both)."""
    if plan is None or not plan.names:
        return None
    return 2 if len(plan.names) == 2 else 0 if plan.names == ("a",) else 1
