"""Shorter ways for NumPy to run what the vocabulary names: the same values, less of NumPy's own overhead.

`numpy.sum(x)` spends three times as long on its arguments as on a small array; `numpy.add.reduce` does not. Rules are
written in the vocabulary and never see these forms: they are how eager execution on NumPy arrays runs a primitive's
forward function. A test compares each with the vocabulary's function.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

# NumPy's stubs know fewer forms of `reduce` than NumPy.
_add: Callable[..., Any] = np.add.reduce
_maximum: Callable[..., Any] = np.maximum.reduce


_LONG = 1024


def wide(x: Any, axis: Any) -> Any:
    """The type to add up in, if not that of `x`: NumPy adds in pairs along the last axis only, else one by one."""
    kind = x.dtype.char
    if kind == "f":
        if axis is None or x.size < _LONG:
            return None
        axes = axis if isinstance(axis, tuple) else (axis,)
        if x.ndim - 1 in axes or -1 in axes:
            return None
        return np.float64 if math.prod([x.shape[a] for a in axes]) >= _LONG else None
    return np.float32 if kind == "e" or (kind not in "dFD" and x.dtype.name == "bfloat16") else None


def _sum(x: Any, axis: Any, keepdims: bool, dtype: Any = None) -> Any:
    if dtype is not None or x.dtype.kind in "biu":
        return x.sum(axis=axis, keepdims=keepdims, dtype=dtype)
    wider = wide(x, axis)
    total = _add(x, axis, wider, None, keepdims)
    return total if wider is None else total.astype(x.dtype)


def _mean(x: Any, axis: Any, keepdims: bool, dtype: Any = None) -> Any:
    wider = wide(x, axis) if dtype is None else dtype
    total = _add(x, axis, wider, None, keepdims)
    n = x.size // total.size if total.size else 1
    mean = total / n if n else total * np.nan
    return mean if dtype is not None or wider is None else mean.astype(x.dtype)


def _log_softmax(x: Any, axis: int, wide: Any = None) -> Any:
    if wide is not None:
        return _log_softmax(x.astype(wide), axis).astype(x.dtype)
    x = x - _maximum(x, axis, None, None, True)
    return x - np.log(_add(np.exp(x), axis, None, None, True))


def _softmax(x: Any, axis: int, wide: Any = None) -> Any:
    if wide is not None:
        return _softmax(x.astype(wide), axis).astype(x.dtype)
    e = np.exp(x - _maximum(x, axis, None, None, True))
    return e / _add(e, axis, None, None, True)


def sum_to_shape(g: Any, shape: tuple[int, ...]) -> Any:
    """The sum of `g` over the axes along which an operand of `shape` was broadcast."""
    sizes, extra = g.shape, g.ndim - len(shape)
    axes = (*range(extra), *[i + extra for i, n in enumerate(shape) if n == 1 and sizes[i + extra] != 1])
    return _sum(g, axes, True).reshape(shape)


FORMS: dict[str, Callable[..., Any]] = {
    "sum": _sum,
    "mean": _mean,
    "reshape": lambda x, shape: x.reshape(shape),
    "view": lambda x, shape: x.reshape(shape),
    "permute_dims": lambda x, axes: x.transpose(axes),
    "flip": lambda x, axis: np.flip(x, axis).copy(order="K"),  # NumPy's is a view
    "matrix_transpose": lambda x: x.mT,
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "dot": np.ndarray.dot,
    "mv": np.ndarray.dot,
    "vecmat": np.ndarray.dot,
}
"""By the name of the primitive."""
