"""Choices: of elements by a condition, of the larger or smaller one, of a point between two."""

from __future__ import annotations

import warnings
from functools import wraps
from typing import Any

import numpy as np

from ..tensor import dtypes
from ..tensor.core import Tensor, box, wrap
from ..tensor.dtypes import C_NAMES
from ..tensor.promotion import result_type
from ..tensor.refusals import refuse
from ..tensor.tangents import carries
from . import complexes
from ._arguments import need_tensor, no_overload
from ._define import inplace, primitive
from ._numbers import Number, fitted
from ._out import into
from ._pairs import NUMBERS, pair
from .parts import imag, real

_where, _astype = primitive("where"), primitive("astype")


def where(condition: Tensor, input: Any = None, other: Any = None, *, out: Tensor | None = None) -> Any:
    """From each position the element of the input where the condition holds, else that of the other.

    `condition` is a bool tensor; `input` and `other` are tensors or numbers, broadcast and promoted. With the condition
    alone, the indices of the elements that are not 0, as a tuple with one int64 tensor per dimension. RuntimeError
    for a condition of another type.

    >>> import gradiente as torch
    >>> x = torch.tensor([1.0, -2.0])
    >>> torch.where(x > 0, x, 0.0)
    tensor([1., 0.])
    >>> torch.where(x > 0)
    (tensor([0]),)
    """
    if out is not None:
        return into(out, where(condition, input, other), "where", condition, input, other)
    if not isinstance(condition, Tensor):
        raise _no_where(condition, input, other)
    if condition._array.dtype.kind != "b":
        if input is None and other is None:
            return tuple(wrap(index) for index in np.nonzero(np.atleast_1d(condition._array)))
        condition = _bool_condition(condition)
    if isinstance(input, Tensor) and isinstance(other, Tensor):
        return _where(condition, input, other)
    if input is None and other is None:
        return tuple(wrap(index) for index in np.nonzero(np.atleast_1d(condition._array)))
    input, other = (o.item() if isinstance(o, (np.number, np.bool_)) else o for o in (input, other))
    if not isinstance(input, (Tensor, *NUMBERS)) or not isinstance(other, (Tensor, *NUMBERS)):
        raise _no_where(condition, input, other)
    tensor, number = (input, other) if isinstance(input, Tensor) else (other, input)
    if isinstance(tensor, Tensor) and tensor._array.dtype.kind == "f" and number.__class__ in (int, float):
        common = tensor._array.dtype
    else:
        common = result_type(input, other).numpy
    # A number is a 0-d tensor here: torch's node has a place for its gradient
    a, b = (o if isinstance(o, Tensor) else wrap(np.asarray(o, dtype=common)) for o in (input, other))
    return _where(condition, a, b)


def _bool_condition(condition: Tensor) -> Tensor:
    if condition.dtype is not dtypes.uint8:
        names = dtypes.SCALAR_NAMES
        raise RuntimeError(
            "where expected condition to be a boolean tensor, but got a tensor with dtype "
            f"{names[condition.dtype.name]} "
            "(argument 'condition', position 1; compare it, for instance condition != 0)"
        )
    warnings.warn(
        "where received a uint8 condition tensor. This behavior is deprecated and will be removed in a future "
        "version of "
        "PyTorch. Use a boolean condition instead.",
        UserWarning,
        stacklevel=3,
    )
    return wrap(box(condition._array != 0))


def _no_where(condition: Any, input: Any, other: Any) -> TypeError:
    got = ", ".join(type(o).__name__ for o in (condition, input, other) if o is not None)
    return TypeError(
        f"where() received an invalid combination of arguments - got ({got}), but expected (Tensor condition) or "
        "(Tensor "
        "condition, Tensor or Number input, Tensor or Number other)"
    )


def _method_where(self: Tensor, condition: Tensor, other: Any) -> Any:
    """This tensor where the condition holds, else the other: `torch.where(condition, self, other)`."""
    return where(condition, self, other)


@pair("maximum")
def maximum(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The larger of two elements: max(input, other); NaN if one is NaN. Equal elements share the gradient.

    >>> import gradiente as torch
    >>> torch.maximum(torch.tensor([1.0, 5.0]), torch.tensor([3.0]))
    tensor([3., 5.])
    """
    ...


@pair("minimum")
def minimum(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The smaller of two elements: min(input, other); NaN if one is NaN. Equal elements share the gradient.

    >>> import gradiente as torch
    >>> torch.minimum(torch.tensor([1.0, 5.0]), torch.tensor([3.0]))
    tensor([1., 3.])
    """
    ...


@pair("fmax")
def fmax(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The larger of two elements; if one is NaN, the other one.

    >>> import gradiente as torch
    >>> torch.fmax(torch.tensor([1.0, float("nan")]), torch.tensor([3.0]))
    tensor([3., 3.])
    """
    ...


@pair("fmin")
def fmin(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The smaller of two elements; if one is NaN, the other one.

    >>> import gradiente as torch
    >>> torch.fmin(torch.tensor([1.0, float("nan")]), torch.tensor([3.0]))
    tensor([1., 3.])
    """
    ...


_clamp_numbers = primitive("clamp")
_clamp_low, _clamp_high = primitive("clamp", "ClampMinBackward0"), primitive("clamp", "ClampMaxBackward0")
_clamp_tensors = primitive("clamp_tensors")
_clamp_to_min, _clamp_to_max = primitive("clamp_min", "ClampBackward0"), primitive("clamp_max", "ClampBackward0")
_clamp_min, _clamp_max = primitive("clamp_min"), primitive("clamp_max")


def clamp(
    input: Tensor, min: Tensor | Number | None = None, max: Tensor | Number | None = None, *, out: Tensor | None = None
) -> Tensor:
    """Each element, moved to the nearest bound if it lies outside [min, max]; where min > max, the result is max.

    The bounds are numbers or tensors; one may be missing. The gradient goes to the input inside the bounds and on them.
    RuntimeError without any bound.

    >>> import gradiente as torch
    >>> torch.clamp(torch.tensor([-1.0, 0.5, 2.0]), min=0, max=1)
    tensor([0.0000, 0.5000, 1.0000])
    """
    if out is not None:
        return into(out, clamp(input, min, max), "clamp", input, min, max, cast=True)
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None (give one of them)")
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        need_tensor(input, "clamp")
        low, high = _bound(min, "min", 2), _bound(max, "max", 3)
        if isinstance(low, NUMBERS) or isinstance(high, NUMBERS):  # beside a number, a 0-d tensor counts as one
            return _clamp(_clamp_numbers, input, _as_number(low), _as_number(high), "clamp")
        if high is None:
            return _clamp_to_min(input, low)
        return _clamp_to_max(input, high) if low is None else _clamp_tensors(input, low, high)
    return _clamp(_clamp_numbers, input, min, max, "clamp")


def clamp_min(input: Tensor, min: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Each element, but at least `min`: max(input, min).

    >>> import gradiente as torch
    >>> torch.clamp_min(torch.tensor([-1.0, 0.5]), 0)
    tensor([0.0000, 0.5000])
    """
    if out is not None:
        return into(out, clamp_min(input, min), "clamp_min", input, min, cast=True)
    if not isinstance(input, Tensor):
        raise no_overload("clamp_min", input, min)
    if isinstance(min, Tensor):
        return _clamp_min(input, min)
    return _clamp(_clamp_low, input, _bound(min, "min", 2, "clamp_min"), None, "clamp_min")


def clamp_max(input: Tensor, max: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Each element, but at most `max`: min(input, max).

    >>> import gradiente as torch
    >>> torch.clamp_max(torch.tensor([0.5, 2.0]), 1)
    tensor([0.5000, 1.0000])
    """
    if out is not None:
        return into(out, clamp_max(input, max), "clamp_max", input, max, cast=True)
    if not isinstance(input, Tensor):
        raise no_overload("clamp_max", input, max)
    if isinstance(max, Tensor):
        return _clamp_max(input, max)
    return _clamp(_clamp_high, input, None, _bound(max, "max", 2, "clamp_max"), "clamp_max")


def _bound(value: Any, argument: str, position: int, function: str = "clamp") -> Any:
    if value is not None and not isinstance(value, (Tensor, *NUMBERS)):
        raise TypeError(
            f"{function}(): argument '{argument}' (position {position}) must be Tensor or Number, not "
            f"{type(value).__name__}"
        )
    return value.item() if isinstance(value, (np.number, np.bool_)) else value


def _as_number(bound: Any) -> Any:
    if not isinstance(bound, Tensor):
        return bound
    if bound._array.ndim or bound._node is not None or carries(bound):
        raise TypeError(
            "clamp() received an invalid combination of arguments - got a Tensor and a number as 'min' and 'max' "
            "(positions 2 "
            f"and 3): give both as numbers or both as tensors, for instance torch.tensor(bound, dtype={bound.dtype!r})"
        )
    return bound._array.item()


def _clamp(call: Any, input: Any, min: Any, max: Any, function: str) -> Tensor:
    """Clamp to bounds that are numbers, in the type that they have together with the input."""
    min, max = _bound(min, "min", 2, function), _bound(max, "max", 3, function)
    array = need_tensor(input, function)._array
    if array.dtype.kind == "f" and not isinstance(min, complex) and not isinstance(max, complex):
        return call(input, min=min, max=max)
    common = result_type(*(o for o in (input, min, max) if o is not None))
    refuse("clamp", common)
    if common is not input.dtype:
        input = _astype(input, dtype=common.numpy)
    if common.category == 1:
        min, max = (bound if bound is None else fitted(bound, common) for bound in (min, max))
    return call(input, min=min, max=max)


def _clamping(function: Any) -> Any:
    """The in-place form of a clamp, which refuses floating-point numbers for integers in words of its own."""
    change = inplace(function)

    @wraps(change)
    def call(self: Tensor, *bounds: Any, **named: Any) -> Tensor:
        if self._array.dtype.kind in "biu" and any(isinstance(b, float) for b in (*bounds, *named.values())):
            raise RuntimeError(
                f"result type Float can't be cast to the desired output type {C_NAMES[self.dtype.name]} "
                f"(in {function.__name__}_; give integers as bounds)"
            )
        return change(self, *bounds, **named)

    return call


_lerp_tensor, _lerp_number = primitive("lerp"), primitive("lerp_scalar")


def lerp(input: Tensor, end: Tensor, weight: Tensor | float, *, out: Tensor | None = None) -> Tensor:
    """The point between two: input + weight · (end - input). RuntimeError for tensors of different types.

    >>> import gradiente as torch
    >>> torch.lerp(torch.tensor([0.0, 10.0]), torch.tensor([10.0, 20.0]), 0.3)
    tensor([ 3., 13.])
    """
    if out is not None:
        return into(out, lerp(input, end, weight), "lerp", input, end, weight, cast=True)
    need_tensor(input, "lerp")
    need_tensor(end, "lerp", "end", 2)
    number = isinstance(weight, NUMBERS)
    if not number:
        need_tensor(weight, "lerp", "weight", 3)
    for value, argument in ((end, "end"), (weight, "weight")):
        if isinstance(value, Tensor) and value._array.dtype != input._array.dtype:
            raise RuntimeError(
                f"expected dtype {C_NAMES[input.dtype.name]} for `{argument}` but got dtype "
                f"{C_NAMES[value.dtype.name]} "
                f"(convert it: {argument}.to({input.dtype!r}))"
            )
    refuse("lerp_kernel_scalar" if number else "lerp_kernel_tensor", input.dtype)
    return _lerp_number(input, end, weight=weight) if number else _lerp_tensor(input, end, weight)


_nan_to_num = primitive("nan_to_num")


def nan_to_num(
    input: Tensor,
    nan: float | None = None,
    posinf: float | None = None,
    neginf: float | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Each NaN replaced by `nan` (0), +∞ by `posinf` and -∞ by `neginf` (the type's largest and smallest number).

    >>> import gradiente as torch
    >>> torch.nan_to_num(torch.tensor([float("nan"), float("inf"), 1.0]), posinf=9.0)
    tensor([0., 9., 1.])
    """
    if out is not None:
        return into(out, nan_to_num(input, nan, posinf, neginf), "nan_to_num", input)
    kind = need_tensor(input, "nan_to_num")._array.dtype.kind
    if kind in "biu":
        return primitive("clone")(input)
    if kind == "c":
        if input._node is not None:
            raise RuntimeError(
                "nan_to_num does not support automatic differentiation for outputs with complex dtype. "
                "(use it on .real and .imag)"
            )
        return complexes.complex(*(nan_to_num(part, nan, posinf, neginf) for part in (real(input), imag(input))))
    largest = _largest(input)
    return _nan_to_num(
        input,
        nan=0.0 if nan is None else nan,
        posinf=largest if posinf is None else posinf,
        neginf=-largest if neginf is None else neginf,
    )


def _largest(x: Tensor) -> float:
    """The largest number of a floating-point tensor's type."""
    if x.dtype is dtypes.bfloat16:
        return float.fromhex("0x1.fep127")
    return float(np.finfo(x._array.dtype).max)


clip = clamp

METHODS: dict[str, Any] = {
    "clamp": clamp,
    "clamp_": _clamping(clamp),
    "clamp_max": clamp_max,
    "clamp_max_": _clamping(clamp_max),
    "clamp_min": clamp_min,
    "clamp_min_": _clamping(clamp_min),
    "clip": clamp,
    "clip_": _clamping(clamp),
    "fmax": fmax,
    "fmin": fmin,
    "lerp": lerp,
    "lerp_": inplace(lerp),
    "maximum": maximum,
    "minimum": minimum,
    "nan_to_num": nan_to_num,
    "nan_to_num_": inplace(nan_to_num),
    "where": _method_where,
}
"""What these functions are called as methods of Tensor."""

# torch has these in-place forms as functions too
clamp_ = METHODS["clamp_"]
clamp_max_ = METHODS["clamp_max_"]
clamp_min_ = METHODS["clamp_min_"]
clip_ = METHODS["clip_"]
nan_to_num_ = METHODS["nan_to_num_"]

__all__ = [
    "clamp",
    "clamp_",
    "clamp_max",
    "clamp_max_",
    "clamp_min",
    "clamp_min_",
    "clip",
    "clip_",
    "fmax",
    "fmin",
    "lerp",
    "maximum",
    "minimum",
    "nan_to_num",
    "nan_to_num_",
    "where",
]
