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

_add, _maximum, _minimum, _multiply = np.add.reduce, np.maximum.reduce, np.minimum.reduce, np.multiply.reduce


_LONG = 1024


def _wide(x: Any, axis: Any) -> Any:
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
    wide = _wide(x, axis)
    total = _add(x, axis, wide, None, keepdims)
    return total if wide is None else total.astype(x.dtype)


def _mean(x: Any, axis: Any, keepdims: bool, dtype: Any = None) -> Any:
    wide = _wide(x, axis) if dtype is None else dtype
    total = _add(x, axis, wide, None, keepdims)
    mean = total / (x.size // total.size if total.size else 1)
    return mean if dtype is not None or wide is None else mean.astype(x.dtype)


FORMS: dict[str, Callable[..., Any]] = {
    "sum": _sum,
    "mean": _mean,
    "reshape": lambda x, shape: x.reshape(shape),
    "view": lambda x, shape: x.reshape(shape),
    "permute_dims": lambda x, axes: x.transpose(axes),
    "matrix_transpose": lambda x: x.mT,
}
"""By the name of the primitive."""

