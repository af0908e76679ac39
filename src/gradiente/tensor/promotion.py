"""Promotion: the type in which an operation on operands of several types is done, by torch's rules.

Operands fall into three ranks: tensors with dimensions, 0-d tensors, Python numbers. A lower rank decides only if its
category (bool, integer, float, complex) is higher than that of the ranks above it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import dtypes
from .core import Tensor
from .dtypes import dtype, from_numpy_dtype, get_default_dtype, promote
from .refusals import refuse


def number_dtype(value: Any) -> dtype:
    """The type that a Python number stands for."""
    if isinstance(value, bool):
        return dtypes.bool
    if isinstance(value, int):
        return dtypes.int64
    return get_default_dtype().to_complex() if isinstance(value, complex) else get_default_dtype()


def result_type(*operands: Any) -> dtype:
    """The type that an elementwise operation on tensors and Python numbers has.

    >>> import gradiente as torch
    >>> wide = torch.tensor(1.0, dtype=torch.float64)
    >>> torch.result_type(torch.ones(2, dtype=torch.int32), 1.5), torch.result_type(torch.ones(2), wide)
    (torch.float32, torch.float32)
    """
    ranks: list[dtype | None] = [None, None, None]
    for operand in operands:
        if isinstance(operand, Tensor):
            found, rank = operand.dtype, 0 if operand._array.ndim else 1
        elif isinstance(operand, (bool, int, float, complex)):
            found, rank = number_dtype(operand), 2
        else:
            raise TypeError(
                "result_type() received an invalid combination of arguments - got "
                f"({', '.join(type(o).__name__ for o in operands)}): give tensors and Python numbers"
            )
        ranks[rank] = found if (old := ranks[rank]) is None else promote(old, found)
    result: dtype | None = None
    for found in ranks:
        if found is not None and (result is None or found.category > result.category):
            if result is dtypes.bool and found in dtypes.LATER_UNSIGNED:
                promote(dtypes.bool, found)  # raises
            result = result.to_complex() if result is not None and result.is_floating_point else found
    if result is None:
        raise TypeError("result_type() needs at least one operand: give tensors or Python numbers")
    return result


# fmt: off
FLOATING = frozenset((
    "divide", "reciprocal", "exp", "exp2", "expm1", "log", "log1p", "log2", "log10", "sqrt", "rsqrt", "logaddexp",
    "logaddexp2", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh",
    "atanh", "erf", "erfc", "sigmoid", "logit", "xlogy", "copysign", "rad2deg", "deg2rad", "angle", "ldexp",
    "bessel_i", "digamma", "entr", "erfcx", "erfinv", "lgamma", "log_ndtr", "ndtr", "ndtri", "polygamma",
    "scaled_bessel_i", "sinc", "xlog1py", "zeta", "bessel_other", "orthogonal",
))
# fmt: on
"""Primitives whose result is floating-point also for integers."""

COMPARISONS = frozenset(["equal", "not_equal", "less", "less_equal", "greater", "greater_equal"])


_known: dict[tuple[Any, ...], Any] = {}
"""The types in which two tensors meet, by the primitive, their types, and whether they have no dimensions."""


def promoted(name: str, operands: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arrays of the operands of an elementwise primitive, in the type that it computes in.

    Raises as torch does where the primitive has no meaning for that type.
    """
    first = operands[0]
    if len(operands) == 1:
        array = first._array
        kind = array.dtype.kind
        if kind == "f":
            return (array,)
        refuse(name, first.dtype)
        if kind in "cV" or name not in FLOATING:  # V: bfloat16
            return (array,)
        return (array.astype(get_default_dtype().numpy),)
    second = operands[1]
    if name == "where":
        third = operands[2]
        if isinstance(second, Tensor) and isinstance(third, Tensor) and second._array.dtype is third._array.dtype:
            return first._array, second._array, third._array
        return (first._array, *promoted("", operands[1:]))
    if len(operands) == 2 and isinstance(first, Tensor) and (array := first._array).dtype.kind == "f":
        kind = second.__class__
        if kind is float or (kind is int and -(2**63) <= second < 2**64):  # weak for NumPy too
            refuse(name, from_numpy_dtype(array.dtype))
            return array, second
    key = None
    if isinstance(first, Tensor) and isinstance(second, Tensor) and len(operands) == 2 and name not in FLOATING:
        x, y = first._array, second._array
        key = name, x.dtype, x.ndim == 0, y.dtype, y.ndim == 0
        target = _known.get(key)
        if target is not None:
            return x if x.dtype is target else x.astype(target), y if y.dtype is target else y.astype(target)
    common = result_type(*operands)
    refuse(name, common, operands)
    if common.category < 2 and name in FLOATING:
        common = get_default_dtype()
    target = common.numpy
    if key is not None:
        _known[key] = target
    return tuple([_cast(operand, target) for operand in operands])


def _cast(operand: Any, target: Any) -> Any:
    if isinstance(operand, Tensor):
        array = operand._array
        return array if array.dtype == target else array.astype(target)
    if isinstance(operand, int) and not -(2**63) <= operand < 2**64:
        raise OverflowError(f"int too big to convert: {operand} needs more than 64 bits; write it as a float")
    if target.kind in "iu":  # integers wrap around, as torch's do; NumPy would refuse those out of range
        return _wrapped(operand, target)
    with np.errstate(over="ignore"):
        return np.asarray(operand).astype(target)


def _wrapped(value: int, target: Any) -> Any:
    bits = 8 * target.itemsize
    value = int(value) & ((1 << bits) - 1)
    if target.kind == "i" and value >> (bits - 1):
        value -= 1 << bits
    return np.asarray(value, dtype=target)


def can_cast(source: dtype, target: dtype) -> bool:
    """Whether a result of type `source` may be written into a tensor of type `target`.

    >>> import gradiente as torch
    >>> torch.can_cast(torch.float64, torch.float32), torch.can_cast(torch.float32, torch.int64)
    (True, False)
    """
    return source.category <= target.category


__all__ = ["COMPARISONS", "can_cast", "from_numpy_dtype", "number_dtype", "promoted", "result_type"]
