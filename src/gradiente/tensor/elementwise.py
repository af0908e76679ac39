"""The short forms of elementwise primitives: what `a * b` and `x.exp()` run.

They serve real float32 and float64 operands of one type in the plain mode, the most frequent operators those of int64
and bool as well, and hand everything else to the general form. The two record the same nodes; a test compares them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy import asarray, generic, ndarray

from ..arrays.numpy_fast import NUMBERS_F4, NUMBERS_F8, number
from ..graph import INFERENCE, NO_GRAD, PLAIN, Kind, Node, Plan, Version, current, moment
from ..rules import Primitive
from .core import Tensor, box, new, wrap
from .dispatch import Recorder, bind, run
from .inference import inferred
from .plans import direct_plan, shortest
from .promotion import promoted
from .saved import SavedOutput, unpack_raw, unpack_tensor
from .written import F4, F8

_NOTHING: dict[str, Any] = {}
I8, BOOL = np.dtype(np.int64), np.dtype(np.bool_)
_OF_TRUTH = frozenset(
    ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "bitwise_and", "bitwise_or", "bitwise_xor")
)
"""What NumPy computes of two bool arrays as torch does."""
_OF_WHOLE = _OF_TRUTH | {"add", "subtract", "reverse_subtract", "multiply"}
"""The same of int64."""


def unary(primitive: Primitive, name: str | None = None) -> Callable[[Tensor], Tensor]:
    """The function x → primitive(x) on Tensors."""
    general = bind(primitive, name)
    recorder: Recorder = general.recorder  # pyright: ignore[reportFunctionMemberAccess]
    function = recorder.numpy
    plan = direct_plan(primitive, recorder.kind, (True,))
    if plan is None:
        raise TypeError(f"the rule of {primitive.name} is not simple enough for the short form")
    saves_x, saves_out = plan.names == ("x",), plan.names == ("out",)

    def call(input: Tensor) -> Tensor:
        try:
            array = input._array
        except AttributeError:
            raise not_a_tensor(call.__name__, input) from None
        dtype = array.dtype
        mode = current()
        if (mode is not PLAIN and mode is not NO_GRAD) or (dtype is not F4 and dtype is not F8):
            if mode is INFERENCE:
                return general(input)  # which has a short form of its own
            return run(recorder, (input,), promoted(primitive.name, (input,)), {})
        try:
            value = function(array)
        except RuntimeWarning:
            return general(input)
        if value.__class__ is not ndarray:
            value = asarray(value) if isinstance(value, generic) else box(value)
        out = new(Tensor)
        out._array = value
        out._history = out._view = out._meta = None
        edge = input._node
        if edge is None or mode is NO_GRAD:
            out._node = None
            return out
        out._node = node = Node()
        node.seq = moment()
        node.plan = plan
        node.edges = edge
        if saves_x:
            node.tensors = (input,)
        elif saves_out:
            out._history = version = Version()
            node.tensors = (SavedOutput(value, version),)
        else:
            node.tensors = ()
        node.facts = node.hooks = node.place = None
        return out

    call.__name__ = call.__qualname__ = primitive.name
    call.recorder = recorder  # pyright: ignore[reportFunctionMemberAccess]
    return call


def unary_with(primitive: Primitive, name: str | None = None) -> Callable[[Tensor, Any], Tensor]:
    """The function (x, number) → primitive(x, number) of a tensor and one static parameter, such as an exponent."""
    general = bind(primitive, name)
    recorder: Recorder = general.recorder  # pyright: ignore[reportFunctionMemberAccess]
    function, rule = recorder.numpy, primitive.rules[0]
    if rule is None or len(rule.names) != 2 or rule.names[0] != "x":
        raise TypeError(f"the rule of {primitive.name} is not simple enough for the short form")
    parameter, slope = rule.names[1], rule.function

    def raw(node: Node, g: Any) -> Any:
        if node.tensors is None:
            raise node.freed()
        x = unpack_raw(node, 0)
        return slope(g, x if g.__class__ is ndarray else x[()], node.facts)

    def taped(node: Node, g: Any) -> Any:
        if node.tensors is None:
            raise node.freed()
        return slope(g, unpack_tensor(node, 0), node.facts)

    plan = Plan(raw, taped, (True,), recorder.kind, ("x",), single=True)

    def call(x: Tensor, value: Any) -> Tensor:
        array = x._array
        dtype = array.dtype
        mode = current()
        if (mode is not PLAIN and mode is not NO_GRAD) or (dtype is not F4 and dtype is not F8):
            return general(x, **{parameter: value})
        try:
            result = function(array, value)
        except (RuntimeWarning, OverflowError):
            return general(x, **{parameter: value})
        out = new(Tensor)
        out._array = result if result.__class__ is ndarray else box(result)
        out._node = out._history = out._view = out._meta = None
        edge = x._node
        if edge is not None and mode is PLAIN:
            out._node = node = Node()
            node.seq = moment()
            node.plan = plan
            node.edges = edge
            node.tensors = (x,)
            node.facts = value
            node.hooks = node.place = None
        return out

    call.recorder = recorder  # pyright: ignore[reportFunctionMemberAccess]
    return call


def _constant_plan(primitive: Primitive, kind: Kind, i: int) -> Plan | None:
    """The plan for a tensor at operand `i` and a Python number at the other, kept in `facts`."""
    rule = primitive.rules[i]
    other = primitive.operands[1 - i]
    if rule is None or rule.names not in ((), (other,)):
        return None
    function = rule.function
    mask = (i == 0, i == 1)
    if not rule.names:
        same: Callable[[Any, Any], Any] = lambda node, g: function(g)  # noqa: E731
        return Plan(same, same, mask, kind, (), single=True)
    short, plain = shortest(function)

    def taped(node: Node, g: Any) -> Any:
        if node.tensors is None:
            raise node.freed()
        return function(g, node.facts)

    def raw(node: Node, g: Any) -> Any:
        if node.tensors is None:  # as in torch, the number counts as saved, and is freed
            raise node.freed()
        return short(g, number(node.facts, g)) if g.__class__ is ndarray else plain(g, node.facts)

    return Plan(raw, taped, mask, kind, (), single=True)


_NUMBER_KEPT = (None,)
"""What a node has for saved values that keeps a number, in its `facts`."""


def binary(
    primitive: Primitive,
    name: str | None = None,
    operator: bool = False,
    number_first: bool = True,
    arrays: bool = False,
) -> Callable[[Tensor, Any], Tensor]:
    """The function (a, b) → primitive(a, b) on Tensors and Python numbers; `a` is a Tensor.

    As an `operator` it returns NotImplemented for other operands, so that Python tries the other operand's method;
    with `arrays` it takes arrays of numbers of NumPy, too.
    """
    general = bind(primitive, name)
    recorder: Recorder = general.recorder  # pyright: ignore[reportFunctionMemberAccess]
    function, recorded = recorder.numpy, recorder.plain
    plan_for = partial(_saving_operands, primitive, recorder.kind)
    both, only_a, only_b = plan_for((True, True)), plan_for((True, False)), plan_for((False, True))
    pick_both, pick_a, pick_b = _picker(both), _picker(only_a), _picker(only_b)
    scalar = _constant_plan(primitive, recorder.kind, 0)
    number_kept = _NUMBER_KEPT if primitive.rules[0] is not None and primitive.rules[0].names else ()
    constant = primitive.kind == "constant"
    whole, truth = primitive.name in _OF_WHOLE, primitive.name in _OF_TRUTH

    def unusual(a: Any, b: Any) -> Tensor:
        """Operands that are not tensors: Python and NumPy numbers are welcome, on either side but not on both."""
        numbers = (bool, int, float, complex, np.generic)
        for value, argument, position in ((a, "input", 1), (b, "other", 2)):
            if not isinstance(value, (Tensor, *numbers)):
                if arrays and isinstance(value, ndarray) and value.dtype.kind in "buifc":
                    return call(a, wrap(value))
                if operator:
                    return NotImplemented
                raise not_a_tensor(call.__name__, value, argument, position)
        if not isinstance(a, Tensor):
            if not number_first:
                raise TypeError(
                    f"{call.__name__}() received an invalid combination of arguments - got ({type(a).__name__}, "
                    f"{type(b).__name__}): 'input' (position 1) must be a Tensor"
                )
            if not isinstance(b, Tensor):
                raise not_a_tensor(call.__name__, a)
        return general(*(o.item() if isinstance(o, np.generic) else o for o in (a, b)))

    def call(input: Tensor, other: Any) -> Tensor:
        kind = other.__class__
        if kind is float or kind is int:
            try:
                array = input._array
            except AttributeError:
                return unusual(input, other)
            mode = current()
            if (scalar is None and not constant) or (mode is not PLAIN and mode is not NO_GRAD):
                if mode is INFERENCE and array.__class__ is ndarray and array.dtype.char in "fd":
                    try:
                        return inferred(function(array, number(other, array)))
                    except (RuntimeWarning, OverflowError):
                        pass
                return general(input, other)
            dtype = array.dtype
            if dtype is not F4 and dtype is not F8:
                if dtype is I8 and whole and kind is int and array.__class__ is ndarray:
                    try:
                        return _untracked(function(array, other))
                    except OverflowError:
                        pass
                return general(input, other)
            try:
                known = (NUMBERS_F4 if dtype is F4 else NUMBERS_F8).get(other)
                value = function(array, number(other, array) if known is None else known)
            except (RuntimeWarning, OverflowError):
                return general(input, other)
            if value.__class__ is not ndarray:
                value = asarray(value) if isinstance(value, generic) else box(value)
            out = new(Tensor)
            out._array = value
            out._history = out._view = out._meta = None
            edge = input._node
            if edge is None or constant or mode is NO_GRAD:
                out._node = None
                return out
            out._node = node = Node()
            node.seq = moment()
            node.plan = scalar  # pyright: ignore[reportAttributeAccessIssue] - None only where constant
            node.edges = edge
            node.tensors = number_kept
            node.facts = other
            node.hooks = node.place = None
            return out
        try:
            x, y = input._array, other._array
        except AttributeError:
            return unusual(input, other)
        dtype = x.dtype
        mode = current()
        if dtype is not y.dtype or (dtype is not F4 and dtype is not F8) or (mode is not PLAIN and mode is not NO_GRAD):
            if (
                dtype is y.dtype
                and ((dtype is I8 and whole) or (dtype is BOOL and truth))
                and (mode is PLAIN or mode is NO_GRAD)
                and x.__class__ is ndarray is y.__class__
            ):
                try:
                    return _untracked(function(x, y))
                except ValueError:
                    raise cannot_broadcast(x.shape, y.shape) from None
            return general(input, other)
        try:
            value = function(x, y)
        except RuntimeWarning:
            return general(input, other)
        except ValueError:
            raise cannot_broadcast(x.shape, y.shape) from None
        out = new(Tensor)
        if value.__class__ is not ndarray:
            value = asarray(value) if isinstance(value, generic) else box(value)
        out._array = value
        out._node = out._history = out._view = out._meta = None
        edge, edge_b = input._node, other._node
        if mode is NO_GRAD or constant:
            return out
        if edge is None:
            if edge_b is None:
                return out
            plan, pick = only_b, pick_b
        elif edge_b is None:
            plan, pick = only_a, pick_a
        else:
            plan, pick = both, pick_both
        if plan is None or x.shape != y.shape:
            key = (edge is not None, edge_b is not None, None if out._array.dtype is dtype else out._array.dtype)
            record = recorded.get(key) or recorder.find(key, (input, other), out)
            record(out, dtype, _NOTHING, input, other, x, y, edge, edge_b)
            return out
        out._node = node = Node()
        node.seq = moment()
        node.plan = plan
        if edge_b is None:
            node.edges = edge
        elif edge is None:
            node.edges = edge_b
        else:
            node.edges = edge
            node.other = edge_b
        node.tensors = () if pick is None else (other,) if pick == 1 else (input,) if pick == 0 else (input, other)
        node.facts = node.hooks = node.place = None
        return out

    call.__name__ = call.__qualname__ = primitive.name
    call.recorder = recorder  # pyright: ignore[reportFunctionMemberAccess]
    call.general = general  # pyright: ignore[reportFunctionMemberAccess]
    return call


def of_whole(function: Any, input: Any, divisor: Any) -> Tensor | None:
    """A quotient or remainder of int64 tensors by a positive Python number, in the plain modes; None for all others."""
    if divisor.__class__ is not int or not 0 < divisor < 2**63 or not isinstance(input, Tensor):
        return None
    array, mode = input._array, current()
    if array.__class__ is not ndarray or array.dtype is not I8 or (mode is not PLAIN and mode is not NO_GRAD):
        return None
    return _untracked(function(array, divisor))


def _untracked(value: Any) -> Tensor:
    """What NumPy computed, as a tensor without a node."""
    out = new(Tensor)
    out._array = value if value.__class__ is ndarray else asarray(value)
    out._node = out._history = out._view = out._meta = None
    return out


def not_a_tensor(function: str, value: Any, argument: str = "input", position: int = 1) -> TypeError:
    """torch's error for an argument that must be a tensor."""
    return TypeError(
        f"{function}(): argument '{argument}' (position {position}) must be Tensor, not {type(value).__name__}"
    )


def _saving_operands(primitive: Primitive, kind: Kind, mask: tuple[bool, bool]) -> Plan | None:
    """The direct plan, if it saves no result."""
    plan = direct_plan(primitive, kind, mask)
    return None if plan is None or "out" in plan.names else plan


def cannot_broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> RuntimeError:
    """torch's error for operands whose shapes do not fit."""
    for i in range(1, min(len(a), len(b)) + 1):
        if a[-i] != b[-i] and 1 not in (a[-i], b[-i]):
            dim = max(len(a), len(b)) - i
            return RuntimeError(
                f"The size of tensor a ({a[-i]}) must match the size of tensor b ({b[-i]}) at non-singleton dimension "
                f"{dim} (the shapes are {list(a)} and {list(b)})"
            )
    return RuntimeError(f"the shapes {list(a)} and {list(b)} cannot be broadcast together")


def _picker(plan: Plan | None) -> int | None:
    """Which operands a plan saves: None, 0 (a), 1 (b) or 2 (both)."""
    if plan is None or not plan.names:
        return None
    return 2 if len(plan.names) == 2 else 0 if plan.names == ("a",) else 1
