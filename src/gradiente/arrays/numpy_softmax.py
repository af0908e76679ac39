"""softmax, log_softmax and logsumexp of NumPy arrays: where something could overflow, the largest is subtracted first.

Rows of a large array are done a block at a time, which stays in the cache for all the passes over it. The derivatives
stand here as formulas in the vocabulary, too.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from . import numpy_large
from .normalizing import product_sums

Array = Any

_SOME, _LONG = 256, 1024
_BLOCK = 1 << 17
"""The elements that are worked on at a time, where there are eight times as many."""

# NumPy's stubs know fewer forms of `reduce` than NumPy.
_add: Any = np.add.reduce
_maximum: Any = np.maximum.reduce


def softmax(x: Array, axis: int, wide: Any = None) -> Array:
    """exp(x) / Σ exp(x) along an axis; computed in the type `wide`, if one is given."""
    if wide is not None:
        return softmax(x.astype(wide), axis).astype(x.dtype)
    if x.ndim == 1 and x.size < _SOME:  # each call of NumPy counts
        out = np.exp(x)
        total = _add(out, 0, None, None, True)
        if _LEAST <= total.item() <= _HUGE:
            return np.divide(out, total, out)
    return _softmax(x, axis, None) if x.size < _LONG else _by_rows(_softmax, x, axis)


def log_softmax(x: Array, axis: int, wide: Any = None) -> Array:
    """x - log Σ exp(x) along an axis; computed in the type `wide`, if one is given."""
    if wide is not None:
        return log_softmax(x.astype(wide), axis).astype(x.dtype)
    return _log_softmax(x, axis, None) if x.size < _LONG else _by_rows(_log_softmax, x, axis)


def logsumexp(x: Array, axis: Any, keepdims: bool, wide: Any = None) -> Array:
    """log Σ exp(x) over axes; computed in the type `wide`, if one is given."""
    if wide is not None:
        return logsumexp(x.astype(wide), axis, keepdims).astype(x.dtype)
    out = _log_of_sum(x, axis) if x.size >= numpy_large.SMALL else None
    if out is None:
        if not x.size:
            return np.log(_add(x, axis, None, None, keepdims))
        top = _top(x.real if x.dtype.kind == "c" else x, axis)
        if not math.isfinite(_add(top, None)):  # ∞ - ∞ must not arise
            top = np.where(np.isfinite(top), top, np.zeros((), top.dtype))
        terms = np.exp(x - top)
        out = np.log(_total(terms, axis)) + top
    return out if keepdims else out.squeeze(axis) if axis is not None else out.reshape(())


def _log_of_sum(x: Array, axis: Any) -> Array | None:
    """log Σ exp(x), whose axes stay, shifted by at most one number for all; None where that would not be as exact.

    A number above 0 would be subtracted at a loss; what is lost with one below 0 is less than a unit of the last place
    of the result. Where a sum is so large, terms that vanish do not count.
    """
    top = float(_maximum(x, None)) if x.dtype.char in "fd" else math.nan
    if not -math.inf < top <= _HIGHEST:
        return None
    shift = min(top, 0)
    terms: Any = x - shift if shift < -1 else x
    terms = np.exp(terms, None if terms is x else terms)
    total = _total(terms, axis)
    if not np.minimum.reduce(total, None) >= _VANISHING:
        return None
    np.log(total, total)
    return total if shift >= -1 else np.add(total, shift, total)


def _by_rows(function: Any, x: Array, axis: int) -> Array:
    if not _is_long(x, axis) or x.dtype.char not in "fd":
        return function(x, axis, None)
    return _in_blocks(function, (x.reshape(-1, x.shape[-1]),)).reshape(x.shape)


def _is_long(x: Array, axis: int | None) -> bool:
    """Whether it pays to do the rows of `x` a block at a time."""
    return x.size >= 8 * _BLOCK and axis in (-1, x.ndim - 1) and x.flags.c_contiguous


def _in_blocks(function: Any, matrices: tuple[Array, ...]) -> Array:
    """function(*matrices, axis, memory) of the rows, a block of them at a time."""
    first = matrices[0]
    out = np.empty(first.shape, first.dtype)
    step = max(1, _BLOCK // first.shape[1])
    for i in range(0, len(first), step):
        function(*[x[i : i + step] for x in matrices], 1, out[i : i + step])
    return out


_HIGHEST, _LEAST = 60.0, 1e-3
"""Exponentials of at most e⁶⁰, whose sums are at least a thousandth, need no shift."""
_VANISHING, _HUGE = 1e-20, 1e30


def _softmax(x: Array, axis: int, memory: Array | None) -> Array:
    if x.size >= _SOME and (found := _unshifted(x, axis, memory)) is not None:
        return found
    out: Any = np.subtract(x, _top(x, axis), memory)
    if out.__class__ is not np.ndarray:  # of no dimensions
        return np.exp(out) / np.exp(out)
    np.exp(out, out)
    return np.divide(out, _total(out, axis), out)


def _unshifted(x: Array, axis: int, memory: Array | None) -> Array | None:
    """exp(x) / Σ exp(x) as it stands, which is as exact; None where something is too large, or all of a sum too small.

    The largest of all is found in a tenth of the time of the largest of each row, and nothing is subtracted.
    """
    if x.dtype.char not in "fd" or not _maximum(x, None) <= _HIGHEST:
        return None
    out: Any = np.exp(x, memory)
    total = _total(out, axis)
    return np.divide(out, total, out) if np.minimum.reduce(total, None) >= _LEAST else None


def _log_softmax(x: Array, axis: int, memory: Array | None) -> Array:
    out: Any = np.subtract(x, _top(x, axis), memory)
    total = _total(np.exp(out), axis)
    if total.__class__ is not np.ndarray:  # of no dimensions
        return out - np.log(total)
    np.log(total, total)
    return np.subtract(out, total, out)


def slope_of_softmax(g: Any, out: Any, axis: int | None, xp: Any) -> Any:
    """The derivative of softmax, in the vocabulary: out·(g - Σ g·out)."""
    return out * (g - (g * out if axis is None else xp.sum(g * out, axis=axis, keepdims=True)))


def slope_of_log_softmax(g: Any, out: Any, axis: int | None, xp: Any) -> Any:
    """The derivative of log_softmax, in the vocabulary: g - exp(out)·Σ g."""
    return g - xp.exp(out) * (g if axis is None else xp.sum(g, axis=axis, keepdims=True))


def softmax_slope(g: Array, out: Array, axis: int | None) -> Array:
    """The same for NumPy arrays, in place."""
    return _slopes(_softmax_slope, slope_of_softmax, g, out, axis)


def log_softmax_slope(g: Array, out: Array, axis: int | None) -> Array:
    """The same for NumPy arrays, in place."""
    return _slopes(_log_softmax_slope, slope_of_log_softmax, g, out, axis)


def _slopes(function: Any, formula: Any, g: Array, out: Array, axis: int | None) -> Array:
    plain = axis is not None and g.__class__ is np.ndarray and g.dtype is out.dtype and g.shape == out.shape
    if not plain or not g.ndim:
        return formula(g, out, axis, np)
    if _is_long(out, axis) and g.flags.c_contiguous:
        shape = (-1, out.shape[-1])
        return _in_blocks(function, (g.reshape(shape), out.reshape(shape))).reshape(out.shape)
    return function(g, out, axis, None)


def _softmax_slope(g: Array, out: Array, axis: int, memory: Array | None) -> Array:
    slope = np.subtract(g, product_sums(g, out, (axis,)), memory)
    return np.multiply(slope, out, slope)


def _log_softmax_slope(g: Array, out: Array, axis: int, memory: Array | None) -> Array:
    slope = np.exp(out, memory)
    np.multiply(slope, _total(g, axis), slope)
    return np.subtract(g, slope, slope)


def _top(x: Array, axis: Any) -> Array:
    return _maximum(x, axis, None, None, True) if x.size < _LONG else numpy_large.maximum(x, axis, True)


def _total(x: Array, axis: Any) -> Array:
    return _add(x, axis, None, None, True) if x.size < _LONG else numpy_large.add(x, axis, None, True)


__all__ = [
    "log_softmax",
    "log_softmax_slope",
    "logsumexp",
    "slope_of_log_softmax",
    "slope_of_softmax",
    "softmax",
    "softmax_slope",
]
