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
    >>> torch.result_type(torch.ones(2, dtype=torch.int32), 1.5), torch.result_type(torch.ones(2), torch.tensor(1.0, dtype=torch.float64))
    (torch.float32, torch.float32)
    """
    ranks: list[dtype | None] = [None, None, None]
    for operand in operands:
        if isinstance(operand, Tensor):
            found, rank = operand.dtype, 0 if operand._array.ndim else 1
        else:
            found, rank = number_dtype(operand), 2
        ranks[rank] = found if (old := ranks[rank]) is None else promote(old, found)
    result: dtype | None = None
    for found in ranks:
        if found is not None and (result is None or found.category > result.category):
            if result is not None and found.is_complex and result.is_floating_point:
                found = result.to_complex() if found is not dtypes.complex128 or result is dtypes.float64 else found
            result = found
    if result is None:
        raise ValueError("result_type() needs at least one operand")
    return result


FLOATING = frozenset(
    "divide reciprocal exp exp2 expm1 log log1p log2 log10 sqrt rsqrt logaddexp sin cos tan asin acos atan atan2 sinh cosh "
    "tanh asinh acosh atanh erf sigmoid".split()
)
"""Primitives whose result is floating-point also for integers."""

COMPARISONS = frozenset("equal not_equal less less_equal greater greater_equal".split())


def promoted(name: str, operands: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arrays of the operands of an elementwise primitive, in the type that it computes in."""
    common = result_type(*operands)
    if name in FLOATING and common.category < 2:
        common = get_default_dtype()
    target = common.numpy
    return tuple(_cast(operand, target) for operand in operands)


def _cast(operand: Any, target: Any) -> Any:
    if isinstance(operand, Tensor):
        array = operand._array
        return array if array.dtype == target else array.astype(target)
    if target.kind in "iu":  # integers wrap around, as torch's do; NumPy would refuse those out of range
        return np.asarray(operand).astype(target) if not isinstance(operand, int) else _wrapped(operand, target)
    return np.asarray(operand, dtype=target)


def _wrapped(value: int, target: Any) -> Any:
    bits = 8 * target.itemsize
    value &= (1 << bits) - 1
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
