"""Functions of the elements of large NumPy arrays: as NumPy's and SciPy's, in cheaper passes over the memory.

Long formulas run on blocks that stay in the cache, with `out=` into memory of their own.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .numpy_rows import extremes_of_rows, row_size, sums_of_rows

Array = Any

BLOCK = 65536
"""Elements worked on at a time."""
SMALL = 4096
"""Smaller arrays are left to NumPy."""

_BITS = {"e": np.dtype(np.int16), "f": np.dtype(np.int32), "d": np.dtype(np.int64)}


def where(condition: Array, a: Array, b: Array) -> Array:
    """A choice by elements; `numpy.where`.

    Note [Choices by bits]: NumPy's choice branches at each element, which for a mask without pattern costs ten times as
    much as arithmetic. Here the bits of the two sides, read as integers, are combined: b ^ ((a ^ b) * mask), which is
    exact, also for NaN and infinity. Where one side is 0, one product is left of it.
    """
    model = a if a.__class__ is np.ndarray and a.ndim else b
    bits = _BITS.get(model.dtype.char) if model.__class__ is np.ndarray else None
    if bits is None or condition.__class__ is not np.ndarray or condition.shape != model.shape:
        return np.where(condition, a, b)
    if a.__class__ is int and a == 0:
        return _kept(b, np.logical_not(condition), bits)
    if b.__class__ is int and b == 0:
        return _kept(a, condition, bits)
    if model.size < SMALL or condition.dtype.kind != "b":
        return np.where(condition, a, b)
    one, other = _bits_of(a, model), _bits_of(b, model)
    if one is None or other is None:
        return np.where(condition, a, b)
    count = np.count_nonzero(condition)
    if min(count, model.size - count) * _RARE < model.size:
        few, most, there = (a, b, condition) if count * 2 < model.size else (b, a, np.logical_not(condition))
        if most.__class__ is np.ndarray and most.shape == model.shape:
            return _replaced(most, few, there)
    out = np.bitwise_xor(one, other)
    np.multiply(out, condition.astype(bits), out)
    np.bitwise_xor(out, other, out)
    return out.view(model.dtype)


_RARE = 64
"""One side of a choice is replaced by itself if so few elements come from it."""


def _replaced(x: Array, by: Any, where: Array) -> Array:
    """A copy of x with other values at few places, such as beyond the bound from which on a function is another."""
    out = x.copy()
    places = np.flatnonzero(where)
    if len(places):
        out.reshape(-1)[places] = by.reshape(-1)[places] if by.__class__ is np.ndarray and by.ndim else by
    return out


def _kept(x: Array, condition: Array, bits: Any) -> Array:
    """x where the condition holds, else 0."""
    if x.size < SMALL or condition.dtype.kind != "b":
        return np.multiply(x.view(bits), condition).view(x.dtype)
    out = condition.astype(bits)  # by itself in less time than within the product
    return np.multiply(x.view(bits), out, out).view(x.dtype)


def _bits_of(x: Any, model: Array) -> Array | None:
    """The bits of an array like the model, or of a number, in its type; None for others."""
    kind = x.__class__
    if kind is float or kind is int:
        return np.array(x, model.dtype).view(_BITS[model.dtype.char])
    if kind is np.ndarray and x.dtype is model.dtype and x.shape == model.shape:
        return x.view(_BITS[model.dtype.char])
    return None


def logaddexp(a: Array, b: Array) -> Array:
    """log(e^a + e^b) = max + log(1 + e^-|a - b|); `numpy.logaddexp`, which calls the C library for each."""
    if a.size < 1024 or a.shape != b.shape or a.dtype is not b.dtype or a.dtype.char not in "fd":
        return np.logaddexp(a, b)
    largest = np.maximum(a, b)
    with np.errstate(invalid="ignore", under="ignore"):
        out = np.subtract(a, b)
        np.abs(out, out)
        np.negative(out, out)
        np.exp(out, out)
        np.log1p(out, out)
        np.add(out, largest, out)
    if np.isnan(np.add.reduce(out, None)):  # ∞ - ∞, where both are infinite
        np.copyto(out, largest, where=np.isinf(largest))
    return out


def huber_loss(a: Array, b: Array, reduction: str, delta: float) -> Array:
    """d²/2 up to delta, from there on the tangent line, of d = |a - b|; its elements, their sum or their mean."""
    if reduction == "none":
        return _huber(a - b, delta)
    size = math.prod(np.broadcast_shapes(a.shape, b.shape))
    if size <= BLOCK or a.shape != b.shape or not (a.flags.c_contiguous and b.flags.c_contiguous):
        total = np.add.reduce(_huber(a - b, delta), None)
    else:
        one, other = a.reshape(-1), b.reshape(-1)
        parts = [np.add.reduce(_huber(one[i : i + BLOCK] - other[i : i + BLOCK], delta)) for i in range(0, size, BLOCK)]
        total = np.add.reduce(np.array(parts))
    return total if reduction == "sum" else total / (size or math.nan)


def smooth_l1_loss(a: Array, b: Array, reduction: str, beta: float) -> Array:
    """Huber's loss divided by beta."""
    loss = huber_loss(a, b, reduction, beta)
    return loss if beta == 1 else loss / beta


def _huber(d: Array, delta: float) -> Array:
    size = np.abs(d)
    c = np.minimum(size, delta)
    size = size - 0.5 * c
    size *= c
    return size


def clipped(x: Array, bound: float) -> Array:
    """x, but not beyond ±bound."""
    return np.clip(x, -bound, bound)


# atanh(erf x)/x as a polynomial in x², so close on [0, 4] that its tanh is erf to two units of float32's rounding.
_ERF = tuple(
    np.array(c, np.float32)
    for c in (
        1.12837925, 1.02769864e-01, -1.95286752e-04, -6.14839712e-04, 8.45972968e-05, -4.79477442e-06, 2.75948929e-08,
        5.42083050e-09,
    )
)  # fmt: skip


def erf(x: Array) -> Array:
    """The error function of a float32 array, by way of tanh; beyond ±4 it is ±1."""
    flat = np.ascontiguousarray(x).reshape(-1)
    out = np.empty_like(flat)
    with np.errstate(over="ignore", under="ignore"):
        for i in range(0, flat.size, BLOCK):
            erf_into(flat[i : i + BLOCK], out[i : i + BLOCK])
    return out.reshape(x.shape)


def erf_into(x: Array, out: Array) -> None:
    """The error function of a block of float32."""
    s = np.multiply(x, x)
    np.clip(s, _ZERO, _SIXTEEN, out=s)
    np.multiply(s, _ERF[-1], out)
    for c in _ERF[-2:0:-1]:
        np.add(out, c, out)
        np.multiply(out, s, out)
    np.add(out, _ERF[0], out)
    np.multiply(x, out, out)
    np.tanh(out, out)


_AXIS = 16
"""Axes at the end of at most so many elements are reduced by one operation on whole slices for each."""
_WIDTH = 256
"""Rows of at most so many elements are added up many at a time."""
_FEW = 256
"""So many rows are soon added up one by one."""
_FEWEST, _BRIEF = 8, 1024
"""Rows of fewer elements are added up by slices, and longer ones as fast by NumPy."""


_add: Any = np.add.reduce  # NumPy's stubs know fewer forms of `reduce` than NumPy


def add(x: Array, axis: Any, dtype: Any = None, keepdims: bool = False, advised: bool = False) -> Array:
    """The sum; `numpy.add.reduce`, which handles each row by itself, however short it is.

    `advised`: the type is only what long sums need to be accurate.
    """
    if dtype is None and x.dtype.char in "fd" and _FEWEST <= (n := row_size(x, axis)) <= _BRIEF:
        return _as_reduced(sums_of_rows(x, n), x, axis, keepdims)
    if dtype is None and x.dtype.kind in "fc" and _is_short(x, axis):
        return _by_slices(np.add, x, keepdims)
    if (
        x.ndim > 1
        and len(x) > _FEW
        and x.flags.c_contiguous
        and axis in (0, (0,))
        and 0 < (width := x[0].size) <= _WIDTH
    ):
        group = max(1, min(4096 // width, math.isqrt(len(x))))  # rows, side by side as one
        whole = len(x) // group * group
        if whole > group:
            if advised and x.dtype.char == "f" and max(group, whole // group) <= 128:  # short sums are accurate
                dtype = None
            total = np.add.reduce(x[:whole].reshape(-1, group * width), 0, dtype).reshape(group, width)
            total = np.add.reduce(total, 0) + np.add.reduce(x[whole:].reshape(-1, width), 0, dtype)
            return total.reshape(((1,) if keepdims else ()) + x.shape[1:])
    return _add(x, axis, dtype, None, keepdims)


def maximum(x: Array, axis: Any, keepdims: bool = False) -> Array:
    """The maximum; `numpy.maximum.reduce`."""
    return _extreme(np.maximum, x, axis, keepdims)


def minimum(x: Array, axis: Any, keepdims: bool = False) -> Array:
    """The minimum; `numpy.minimum.reduce`."""
    return _extreme(np.minimum, x, axis, keepdims)


def _extreme(function: Any, x: Array, axis: Any, keepdims: bool) -> Array:
    if _is_short(x, axis):
        return _by_slices(function, x, keepdims)
    if 0 < (n := row_size(x, axis)) <= _BRIEF:
        return _as_reduced(extremes_of_rows(x, n, function), x, axis, keepdims)
    return function.reduce(x, axis, None, None, keepdims)


def _as_reduced(values: Array, x: Array, axis: Any, keepdims: bool) -> Array:
    """One value for each row of `x`, whose last axes were reduced, in the shape that is asked for."""
    count = len(axis) if axis.__class__ is tuple else 1
    return values.reshape((*x.shape[:-count], *(1,) * count) if keepdims else x.shape[:-count])


def _is_short(x: Array, axis: Any) -> bool:
    """Whether the axis to reduce is the last one, and short."""
    if axis.__class__ is tuple:
        axis = axis[0] if len(axis) == 1 else None
    return axis is not None and axis in (-1, x.ndim - 1) and x.ndim > 1 and 1 < x.shape[-1] <= _AXIS


def _by_slices(function: Any, x: Array, keepdims: bool) -> Array:
    total = function(x[..., 0], x[..., 1])
    for k in range(2, x.shape[-1]):
        function(total, x[..., k], out=total)
    return total[..., None] if keepdims else total


_ZERO, _SIXTEEN = np.array(0, np.float32), np.array(16, np.float32)

__all__ = [
    "BLOCK",
    "SMALL",
    "add",
    "clipped",
    "erf",
    "erf_into",
    "huber_loss",
    "logaddexp",
    "maximum",
    "minimum",
    "smooth_l1_loss",
    "where",
]
