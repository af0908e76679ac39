"""Shorter ways for NumPy to run what the vocabulary names: the same values, less of NumPy's own overhead.

`numpy.sum(x)` spends three times as long on its arguments as on a small array; `numpy.add.reduce` does not. Rules are
written in the vocabulary and never see a difference: eager execution on NumPy arrays gives them `xp` as their
namespace, which is `numpy` but for a few functions written here, and runs whole primitives by `FORMS`. A test compares
each with the vocabulary's function.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from types import ModuleType
from typing import Any

import numpy as np

from . import normalizing, numpy_activations, numpy_along, numpy_extras, numpy_large, numpy_ordering
from .numpy_recurrent import long_short_layer
from .numpy_rows import ones_of
from .numpy_softmax import log_softmax, logsumexp, softmax

# NumPy's stubs know fewer forms of `reduce` than NumPy.
_add: Callable[..., Any] = np.add.reduce
_maximum: Callable[..., Any] = np.maximum.reduce
_minimum: Callable[..., Any] = np.minimum.reduce


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
    total = _add(x, axis, wider, None, keepdims) if x.size < _LONG else numpy_large.add(x, axis, wider, keepdims, True)
    return total if wider is None else total.astype(x.dtype, copy=False)


def _mean(x: Any, axis: Any, keepdims: bool, dtype: Any = None) -> Any:
    wider = wide(x, axis) if dtype is None else dtype
    total = _add(x, axis, wider, None, keepdims) if x.size < _LONG else numpy_large.add(x, axis, wider, keepdims)
    n = x.size // total.size if total.size else 1
    mean = total / n if n else total * np.nan
    return mean if dtype is not None or wider is None else mean.astype(x.dtype)


def _linear(a: Any, b: Any, c: Any) -> Any:
    rows = _rows(a)
    out = _product(rows, b)
    if out.__class__ is not np.ndarray or c.ndim > 1:
        out = _as_rows_of(a, out, b)
        return out + c
    if out.flags.c_contiguous:
        out += c
    else:
        out = np.add(out, c, order="C")
    return _as_rows_of(a, out, b)


def _linear_map(a: Any, b: Any) -> Any:
    out = _product(_rows(a), b)
    return _as_rows_of(a, out if out.flags.c_contiguous else out.copy(), b)


def _rows(a: Any) -> Any:
    """The vectors along the last axis as one matrix: NumPy would call BLAS once for each matrix of a batch."""
    return a if a.ndim <= 2 else a.reshape(-1, a.shape[-1])


def _as_rows_of(a: Any, out: Any, b: Any) -> Any:
    return out if a.ndim <= 2 else out.reshape(*a.shape[:-1], len(b))


def _product(rows: Any, b: Any) -> Any:
    """rows · bᵀ. For few rows of float32 the transposed product, whose memory has the other order.

    OpenBLAS packs few rows into its left operand at less cost, and takes up to half the time less.
    """
    few = rows.ndim == 2 and 8 <= len(rows) <= 32 and 4 * len(rows) <= len(b)
    if few and b.size * len(rows) >= _WORK and b.dtype.char == "f":
        return b.dot(rows.T).T
    return rows.dot(b.T) if rows.ndim == 2 == b.ndim else rows @ b.mT


_WORK = 1 << 17


def sum_to_shape(g: Any, shape: tuple[int, ...]) -> Any:
    """The sum of `g` over the axes along which an operand of `shape` was broadcast."""
    sizes, extra = g.shape, g.ndim - len(shape)
    if extra > 0 and sizes[extra:] == shape:
        if shape and (ones := ones_of(g.size // (math.prod(shape) or 1), g.dtype.char)) is not None:
            return ones.dot(g.reshape(len(ones), -1)).reshape(shape)
        if extra == 1:
            return _sum(g, 0, False)
    axes = (*range(extra), *[i + extra for i, n in enumerate(shape) if n == 1 and sizes[i + extra] != 1])
    return _sum(g, axes, True).reshape(shape)


_KEPT = 1000
NUMBERS_F4: dict[float, Any] = {}
NUMBERS_F8: dict[float, Any] = {}
"""The numbers other than zero that `number` was asked for, as float32 and float64."""
_ZEROS: dict[str, Any] = {char: np.zeros((), char) for char in "fd"}


def number(value: float, x: Any) -> Any:
    """A Python number as an operand for the array `x`.

    NumPy takes twice as long with a Python number as with an array of no dimensions and the right type, so for float32
    and float64 those of numbers that were met before are kept.
    """
    char = x.dtype.char
    known = NUMBERS_F4 if char == "f" else NUMBERS_F8 if char == "d" else None
    if known is None:
        return value
    found = known.get(value)
    if found is None:
        if not value:  # 0.0 and -0.0 would be one key
            return _ZEROS[char] if value.__class__ is int else value
        if not -3e38 < value < 3e38:
            return value
        if len(known) >= _KEPT:
            known.clear()
        found = known[value] = np.array(value, char)
    return found


def _larger(x: Any, low: Any) -> Any:
    """max(x, low) of a number; see Note [Bounds by clip]."""
    found = numpy_activations.between(x, low, math.inf) if x.size >= numpy_large.SMALL else None
    return np.maximum(x, number(low, x)) if found is None else found


def _smaller(x: Any, high: Any) -> Any:
    found = numpy_activations.between(x, -math.inf, high) if x.size >= numpy_large.SMALL else None
    return np.minimum(x, number(high, x)) if found is None else found


def _leaky_relu(x: Any, slope: float) -> Any:
    if 0 < slope <= 1:  # then the larger one of x and slope·x is the one that is asked for
        return np.maximum(x, x * number(slope, x))
    return numpy_large.where(x > 0, x, x * slope)


def _silu(x: Any) -> Any:
    if x.__class__ is not np.ndarray or not x.ndim or x.dtype.char not in "fd":
        return x * numpy_activations.expit(x)  # other types round the factor, too
    return numpy_activations.gated(x, x)


FORMS: dict[str, Callable[..., Any]] = {
    "linear": _linear,
    "linear_map": _linear_map,
    "leaky_relu": _leaky_relu,
    "relu": lambda x: np.maximum(x, number(0, x)) if x.size < numpy_large.SMALL else _larger(x, 0),
    "clamp": numpy_activations.clamp,
    "gelu": numpy_activations.gelu,
    "hardsigmoid": numpy_activations.hardsigmoid,
    "hardswish": numpy_activations.hardswish,
    "hardtanh": numpy_activations.hardtanh,
    "softshrink": numpy_activations.softshrink,
    "sigmoid": numpy_activations.expit,
    "silu": _silu,
    "split": numpy_extras.split,
    "sum": _sum,
    "mean": _mean,
    "max": lambda x, axis, keepdims: max_(x, axis=axis, keepdims=keepdims),
    "min": lambda x, axis, keepdims: min_(x, axis=axis, keepdims=keepdims),
    "reshape": lambda x, shape: x.reshape(shape),
    "view": lambda x, shape: x.reshape(shape),
    "permute_dims": lambda x, axes: x.transpose(axes),
    "tril": lambda x, k: tril(x, k=k),
    "triu": lambda x, k: triu(x, k=k),
    "roll": lambda x, shift, axis: xp.roll(x, shift, axis=axis),
    "flip": lambda x, axis: np.flip(x, axis).copy(order="K"),  # NumPy's is a view
    "matrix_transpose": lambda x: x.mT,
    "softmax": softmax,
    "log_softmax": log_softmax,
    "logsumexp": logsumexp,
    "dot": np.ndarray.dot,
    "mv": np.ndarray.dot,
    "rows_mv": np.ndarray.dot,
    "vecmat": np.ndarray.dot,
    "where": lambda c, a, b: (np.where if c.size < numpy_large.SMALL else numpy_large.where)(c, a, b),
    "argsort": numpy_ordering.argsort,
    "pick": numpy_along.pick,
    "scatter_add": numpy_along.scatter_add,
    "huber_loss": numpy_large.huber_loss,
    "smooth_l1_loss": numpy_large.smooth_l1_loss,
    "normalization": normalizing.normalization,
    "long_short_layer": long_short_layer,
}
"""By the name of the primitive."""


class _Namespace(ModuleType):
    """The `numpy` module, with functions of this module in front."""

    def __getattr__(self, name: str) -> Any:
        value = getattr(np, name)
        setattr(self, name, value)
        return value


xp: Any = _Namespace("gradiente.arrays.numpy_fast.xp", "NumPy, with short forms of some functions.")
"""The namespace of rules in eager execution."""


def _short(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make `function` the form that `xp` has of NumPy's function of the same name."""
    setattr(xp, function.__name__.rstrip("_"), function)
    return function


@_short
def sum_(x: Any, /, *, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    """The sum; `numpy.sum`."""
    return _add(x, axis, dtype, None, keepdims) if x.size < _LONG else numpy_large.add(x, axis, dtype, keepdims)


@_short
def max_(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Any:
    """The maximum; `numpy.max`."""
    return _maximum(x, axis, None, None, keepdims) if x.size < _LONG else numpy_large.maximum(x, axis, keepdims)


@_short
def maximum(a: Any, b: Any, /) -> Any:
    """The larger one; `numpy.maximum`."""
    return _larger(a, b) if b.__class__ is int or b.__class__ is float else np.maximum(a, b)


@_short
def minimum(a: Any, b: Any, /) -> Any:
    """The smaller one; `numpy.minimum`."""
    return _smaller(a, b) if b.__class__ is int or b.__class__ is float else np.minimum(a, b)


@_short
def min_(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Any:
    """The minimum; `numpy.min`."""
    return _minimum(x, axis, None, None, keepdims) if x.size < _LONG else numpy_large.minimum(x, axis, keepdims)


@_short
def reshape(x: Any, /, shape: Any) -> Any:
    """A new shape; `numpy.reshape`."""
    return x.reshape(shape)


@_short
def matmul(a: Any, b: Any, /) -> Any:
    """The product of matrices; `numpy.matmul`. The method `dot` is the same for two of them, and starts faster."""
    return a.dot(b) if a.ndim == 2 and 0 < b.ndim <= 2 else np.matmul(a, b)


@_short
def permute_dims(x: Any, /, axes: Any) -> Any:
    """The axes in another order; `numpy.permute_dims`."""
    return x.transpose(axes)


@_short
def zeros_like(x: Any, /, *, dtype: Any = None) -> Any:
    """Zeros; `numpy.zeros_like`."""
    return np.zeros(x.shape, x.dtype if dtype is None else dtype)


@_short
def expand_dims(x: Any, /, *, axis: Any) -> Any:
    """A new axis of size 1; `numpy.expand_dims`."""
    if axis.__class__ is not int:
        return np.expand_dims(x, axis)
    shape = x.shape
    place = axis if axis >= 0 else axis + len(shape) + 1
    if not 0 <= place <= len(shape):
        return np.expand_dims(x, axis)  # which explains the error
    return x.reshape((*shape[:place], 1, *shape[place:]))


@_short
def broadcast_to(x: Any, /, shape: Any) -> Any:
    """A read-only view of a larger shape; `numpy.broadcast_to`."""
    if not isinstance(x, np.ndarray) or x.ndim:
        return np.broadcast_to(x, shape)
    shape = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    view = np.ndarray(shape, x.dtype, x, 0, (0,) * len(shape))  # every element is the one of x
    view.flags.writeable = False
    return view


@_short
def where(condition: Any, a: Any, b: Any, /) -> Any:
    """A choice by elements; `numpy.where`. See Note [Choices by bits]."""
    return numpy_large.where(condition, a, b)


@_short
def roll(x: Any, /, shift: Any, *, axis: Any = None) -> Any:
    """The elements moved around along an axis; `numpy.roll`."""
    if axis is None:
        return roll(x.reshape(-1), shift, axis=0).reshape(x.shape)
    if axis.__class__ is tuple and len(axis) == 1:
        return roll(x, shift[0], axis=axis[0])
    if shift.__class__ is not int or axis.__class__ is not int or not x.size:
        return np.roll(x, shift, axis=axis)
    lead, at = (slice(None),) * (axis % x.ndim), -shift % x.shape[axis]
    return np.concatenate((x[(*lead, slice(at, None))], x[(*lead, slice(at))]), axis)


@lru_cache(64)
def _below(rows: int, columns: int, k: int) -> Any:
    """Where a matrix lies on or below its diagonal number k."""
    return np.tri(rows, columns, k, bool)


@_short
def tril(x: Any, /, *, k: int = 0) -> Any:
    """The lower triangle; `numpy.tril`."""
    if x.ndim < 2 or x.shape[-1] * x.shape[-2] > _LONG:
        return np.tril(x, k)
    return np.where(_below(*x.shape[-2:], k), x, np.zeros((), x.dtype))


@_short
def triu(x: Any, /, *, k: int = 0) -> Any:
    """The upper triangle; `numpy.triu`."""
    if x.ndim < 2 or x.shape[-1] * x.shape[-2] > _LONG:
        return np.triu(x, k)
    return np.where(_below(*x.shape[-2:], k - 1), np.zeros((), x.dtype), x)


@_short
def stack(arrays: Any, /, *, axis: int = 0) -> Any:
    """Arrays of one shape beside one another along a new axis; `numpy.stack`."""
    shape = arrays[0].shape
    place = axis if axis >= 0 else axis + len(shape) + 1
    if not all(x.shape == shape for x in arrays) or not 0 <= place <= len(shape):
        return np.stack(arrays, axis=axis)  # which explains the error
    shape = (*shape[:place], 1, *shape[place:])
    return np.concatenate([x.reshape(shape) for x in arrays], place)


@_short
def logaddexp(a: Any, b: Any, /) -> Any:
    """The logarithm of the sum of exponentials; `numpy.logaddexp`."""
    return numpy_large.logaddexp(a, b)


@_short
def cumulative_sum(x: Any, /, *, axis: int, dtype: Any = None) -> Any:
    """Running sums; `numpy.cumulative_sum`."""
    if dtype is not None or x.dtype.kind not in "fc":
        return np.cumulative_sum(x, axis=axis, dtype=dtype)
    return numpy_ordering.accumulate(np.add, x, axis)


@_short
def cumulative_prod(x: Any, /, *, axis: int, dtype: Any = None) -> Any:
    """Running products; `numpy.cumulative_prod`."""
    if dtype is not None or x.dtype.kind not in "fc":
        return np.cumulative_prod(x, axis=axis, dtype=dtype)
    return numpy_ordering.accumulate(np.multiply, x, axis)


@_short
def take_along_axis(x: Any, indices: Any, /, *, axis: int = -1) -> Any:
    """The elements at places along an axis; `numpy.take_along_axis`."""
    axis = axis % x.ndim if x.ndim else 0
    if (*x.shape[:axis], *x.shape[axis + 1 :]) != (*indices.shape[:axis], *indices.shape[axis + 1 :]):
        return np.take_along_axis(x, indices, axis=axis)
    return numpy_along.gather_along_axis(x, indices, axis)


@_short
def astype(x: Any, dtype: Any, /, *, copy: bool = True) -> Any:
    """Another type of elements; `numpy.astype`."""
    return x.astype(dtype, copy=copy)
