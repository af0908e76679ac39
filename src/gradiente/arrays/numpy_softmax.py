"""softmax and log_softmax of NumPy arrays: the largest is subtracted first, so that nothing overflows.

Rows of a large array are done a block at a time, which stays in the cache for all the passes over it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import numpy_large

Array = Any

_LONG = 1024
_BLOCK = 1 << 17
"""The elements that are worked on at a time, where there are eight times as many."""

# NumPy's stubs know fewer forms of `reduce` than NumPy.
_add: Any = np.add.reduce
_maximum: Any = np.maximum.reduce


def softmax(x: Array, axis: int, wide: Any = None) -> Array:
    """exp(x) / Σ exp(x) along an axis; computed in the type `wide`, if one is given."""
    return _by_rows(_softmax, x, axis) if wide is None else softmax(x.astype(wide), axis).astype(x.dtype)


def log_softmax(x: Array, axis: int, wide: Any = None) -> Array:
    """x - log Σ exp(x) along an axis; computed in the type `wide`, if one is given."""
    return _by_rows(_log_softmax, x, axis) if wide is None else log_softmax(x.astype(wide), axis).astype(x.dtype)


def _by_rows(function: Any, x: Array, axis: int) -> Array:
    if x.size < 8 * _BLOCK or axis not in (-1, x.ndim - 1) or not x.flags.c_contiguous or x.dtype.char not in "fd":
        return function(x, axis, None)
    rows = x.reshape(-1, x.shape[-1])
    out = np.empty(rows.shape, x.dtype)
    step = max(1, _BLOCK // x.shape[-1])
    for i in range(0, len(rows), step):
        function(rows[i : i + step], 1, out[i : i + step])
    return out.reshape(x.shape)


def _softmax(x: Array, axis: int, memory: Array | None) -> Array:
    out: Any = np.subtract(x, _top(x, axis), memory)
    if out.__class__ is not np.ndarray:  # of no dimensions
        return np.exp(out) / np.exp(out)
    np.exp(out, out)
    return np.divide(out, _total(out, axis), out)


def _log_softmax(x: Array, axis: int, memory: Array | None) -> Array:
    out: Any = np.subtract(x, _top(x, axis), memory)
    total = _total(np.exp(out), axis)
    if total.__class__ is not np.ndarray:  # of no dimensions
        return out - np.log(total)
    np.log(total, total)
    return np.subtract(out, total, out)


def _top(x: Array, axis: int) -> Array:
    return _maximum(x, axis, None, None, True) if x.size < _LONG else numpy_large.maximum(x, axis, True)


def _total(x: Array, axis: int) -> Array:
    return _add(x, axis, None, None, True) if x.size < _LONG else numpy_large.add(x, axis, None, True)


__all__ = ["log_softmax", "softmax"]
