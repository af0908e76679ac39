"""The array vocabulary on batched arrays: each function shifts the axes of one example past those of the batch.

Every function also takes plain arrays, which are the same for all examples; a call without any batched array is
NumPy's.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from . import numpy_extras
from .batched import Batched, dynamic, elementwise, examples, full, levels_of, not_batchable, spread
from .batched_extras import extras
from .batched_indexing import take_along_axis
from .meta import META, is_meta, reshaped

Axis = int | tuple[int, ...] | None


def _shifted(axis: Axis, ndim: int, k: int) -> Any:
    """The axes of the values that stand for `axis` of one example; None: all of them."""
    if axis is None:
        return tuple(range(k, k + ndim))
    if isinstance(axis, (tuple, list)):
        return tuple([a % ndim + k for a in axis])
    return axis % ndim + k


def _reduction(name: str) -> Any:
    function = getattr(np, name)

    def call(x: Any, axis: Axis = None, keepdims: bool = False, **static: Any) -> Any:
        if x.__class__ is not Batched:
            return function(x, axis=axis, keepdims=keepdims, **static)
        k, values = len(x.levels), x.values
        if x.ndim == 0:
            found = np.asarray(function(values[..., None], axis=-1, keepdims=False, **static))
            return Batched(found, x.levels)
        return Batched(
            np.asarray(function(values, axis=_shifted(axis, x.ndim, k), keepdims=keepdims, **static)), x.levels
        )

    return staticmethod(call)


def _place(name: str) -> Any:
    """Functions that reduce one axis, or all as one."""
    function = getattr(np, name)

    def call(x: Any, axis: int | None = None, keepdims: bool = False, **static: Any) -> Any:
        if x.__class__ is not Batched:
            return function(x, axis=axis, keepdims=keepdims, **static)
        k, values = len(x.levels), x.values
        if axis is None or x.ndim == 0:
            found = function(values.reshape((*values.shape[:k], x.size)), axis=-1, **static)
            return Batched(np.asarray(found).reshape((*found.shape, *(1,) * (x.ndim if keepdims else 0))), x.levels)
        return Batched(np.asarray(function(values, axis=axis % x.ndim + k, keepdims=keepdims, **static)), x.levels)

    return staticmethod(call)


def _along(name: str, default: int | None = None) -> Any:
    """Functions that keep the shape and work along one axis."""
    function = getattr(np, name)

    def call(x: Any, *, axis: int | None = default, **static: Any) -> Any:
        if x.__class__ is not Batched:
            return function(x, axis=axis, **static)
        k, values = len(x.levels), x.values
        if x.ndim == 0:
            return Batched(function(values[..., None], axis=-1, **static)[..., 0], x.levels)
        return Batched(function(values, axis=(0 if axis is None else axis) % x.ndim + k, **static), x.levels)

    return staticmethod(call)


class BatchedNamespace:
    """`xp` for batched arrays. What is not written out here is an elementwise function of NumPy."""

    extras: Any = extras
    sum: Any
    mean: Any
    prod: Any
    max: Any
    min: Any
    any: Any
    all: Any
    std: Any
    var: Any
    count_nonzero: Any
    argmax: Any
    argmin: Any
    sort: Any
    argsort: Any
    cumulative_sum: Any
    cumulative_prod: Any

    sum, mean, prod = _reduction("sum"), _reduction("mean"), _reduction("prod")
    max, min, any, all = _reduction("max"), _reduction("min"), _reduction("any"), _reduction("all")
    std, var, count_nonzero = _reduction("std"), _reduction("var"), _reduction("count_nonzero")
    argmax, argmin = _place("argmax"), _place("argmin")
    sort, argsort = _along("sort", -1), _along("argsort", -1)
    cumulative_sum, cumulative_prod = _along("cumulative_sum"), _along("cumulative_prod")
    take_along_axis: Any = staticmethod(take_along_axis)

    def __getattr__(self, name: str) -> Any:
        function = getattr(np, name, None)
        if isinstance(function, np.ufunc) and function.signature is None and function.nout == 1:

            def call(*operands: Any, **static: Any) -> Any:
                return elementwise(function, *operands, **static)

            self.__dict__[name] = call  # found without this method the next time
            return call
        if function is None or name.startswith("__"):
            raise AttributeError(f"the namespace of batched arrays has no {name}")
        if isinstance(function, type) or not callable(function):  # dtypes and numbers
            return function
        raise not_batchable(name)

    # -- elementwise functions that are no ufuncs ----------------------------------------------------------------------

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        return elementwise(np.where, condition, a, b)

    def clip(self, x: Any, min: Any = None, max: Any = None) -> Any:
        return elementwise(np.clip, x, min, max)

    def round(self, x: Any, decimals: int = 0) -> Any:
        return elementwise(np.round, x, decimals=decimals)

    def real(self, x: Any) -> Any:
        return elementwise(np.real, x)

    def imag(self, x: Any) -> Any:
        return elementwise(np.imag, x)

    def isreal(self, x: Any) -> Any:
        return elementwise(np.isreal, x)

    def iscomplex(self, x: Any) -> Any:
        return elementwise(np.iscomplex, x)

    def angle(self, x: Any) -> Any:
        return elementwise(np.angle, x)

    def nan_to_num(self, x: Any, **static: Any) -> Any:
        return elementwise(np.nan_to_num, x, **static)

    def astype(self, x: Any, dtype: Any, copy: bool = True) -> Any:
        return x.astype(dtype, copy=copy)

    def asarray(self, x: Any, dtype: Any = None, copy: bool | None = None) -> Any:
        if x.__class__ is not Batched:
            return np.asarray(x, dtype=dtype, copy=copy)
        if dtype is not None and dtype != x.dtype:
            return x.astype(dtype)
        return x.copy() if copy else x

    def ascontiguousarray(self, x: Any) -> Any:
        return x if x.flags.c_contiguous else x.copy()

    def zeros_like(self, x: Any, dtype: Any = None) -> Any:
        return elementwise(np.zeros_like, x, dtype=dtype)

    def ones_like(self, x: Any, dtype: Any = None) -> Any:
        return elementwise(np.ones_like, x, dtype=dtype)

    def empty_like(self, x: Any, dtype: Any = None) -> Any:
        return elementwise(np.zeros_like, x, dtype=dtype)

    def full_like(self, x: Any, value: Any, dtype: Any = None) -> Any:
        out = self.zeros_like(x, dtype)
        out[...] = value
        return out

    def isdtype(self, dtype: Any, kind: Any) -> bool:
        return np.isdtype(dtype, kind)

    def isclose(self, a: Any, b: Any, **static: Any) -> Any:
        return elementwise(np.isclose, a, b, **static)

    def finfo(self, dtype: Any) -> Any:
        return np.finfo(dtype)

    def result_type(self, *arrays: Any) -> Any:
        return np.result_type(*[a.dtype if isinstance(a, Batched) else a for a in arrays])

    def nonzero(self, x: Any) -> Any:
        raise dynamic("nonzero", is_meta(x))

    argwhere = flatnonzero = nonzero

    def unique(self, x: Any, **static: Any) -> Any:
        raise dynamic("_unique2", is_meta(x))

    def unravel_index(self, x: Any, shape: tuple[int, ...]) -> tuple[Any, ...]:
        return tuple([Batched(part, x.levels) for part in np.unravel_index(x.values, shape)])

    def may_share_memory(self, a: Any, b: Any) -> bool:
        return np.may_share_memory(examples(a), examples(b))

    def copyto(self, target: Any, value: Any, where: Any = True) -> None:
        target[...] = self.where(where, value, target)

    # -- shapes --------------------------------------------------------------------------------------------------------

    def shape(self, x: Any) -> tuple[int, ...]:
        return x.shape

    def ndim(self, x: Any) -> int:
        return x.ndim

    def size(self, x: Any) -> int:
        return x.size

    def reshape(self, x: Any, shape: Any, **static: Any) -> Any:
        if x.__class__ is not Batched:
            return np.reshape(x, shape, **static)
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        if -1 in shape:
            known = prod(n for n in shape if n != -1)
            shape = tuple([x.size // known if n == -1 and known else 0 if n == -1 else n for n in shape])
        if x.levels == (META,):
            return reshaped(x, shape, **static)
        return Batched(np.reshape(x.values, (*x.values.shape[: len(x.levels)], *shape), **static), x.levels)

    def ravel(self, x: Any) -> Any:
        return self.reshape(x, (-1,))

    def squeeze(self, x: Any, axis: Axis = None) -> Any:
        if x.__class__ is not Batched:
            return np.squeeze(x, axis=axis)
        shape = x.shape
        if axis is None:
            drop = {i for i, n in enumerate(shape) if n == 1}
        else:
            drop = {a % len(shape) for a in (axis if isinstance(axis, (tuple, list)) else (axis,))} if shape else set()
        return self.reshape(x, tuple([n for i, n in enumerate(shape) if i not in drop]))

    def expand_dims(self, x: Any, axis: Any = 0) -> Any:
        if x.__class__ is not Batched:
            return np.expand_dims(x, axis=axis)
        axes = axis if isinstance(axis, (tuple, list)) else (axis,)
        k, ndim = len(x.levels), x.ndim + len(axes)
        return Batched(np.expand_dims(x.values, tuple([a % ndim + k for a in axes])), x.levels)

    def permute_dims(self, x: Any, axes: Any = None) -> Any:
        if x.__class__ is not Batched:
            return np.permute_dims(x, axes)
        k, ndim = len(x.levels), x.ndim
        axes = tuple(reversed(range(ndim))) if axes is None else axes
        return Batched(np.permute_dims(x.values, (*range(k), *(a % ndim + k for a in axes))), x.levels)

    def swapaxes(self, x: Any, axis1: int, axis2: int) -> Any:
        k, ndim = len(x.levels), x.ndim
        return Batched(np.swapaxes(x.values, axis1 % ndim + k, axis2 % ndim + k), x.levels)

    def moveaxis(self, x: Any, source: Any, destination: Any) -> Any:
        if x.__class__ is not Batched:
            return np.moveaxis(x, source, destination)
        k, ndim = len(x.levels), x.ndim
        return Batched(np.moveaxis(x.values, _shifted(source, ndim, k), _shifted(destination, ndim, k)), x.levels)

    def matrix_transpose(self, x: Any) -> Any:
        return x.mT

    def broadcast_to(self, x: Any, shape: Any) -> Any:
        if x.__class__ is not Batched:
            return np.broadcast_to(x, shape)
        values = spread(x, x.levels, len(shape))
        return Batched(np.broadcast_to(values, (*values.shape[: len(x.levels)], *shape)), x.levels)

    def broadcast_arrays(self, *arrays: Any) -> tuple[Any, ...]:
        shape = np.broadcast_shapes(*[a.shape for a in arrays])
        return tuple([self.broadcast_to(a, shape) for a in arrays])

    def flip(self, x: Any, axis: Axis = None) -> Any:
        if x.__class__ is not Batched:
            return np.flip(x, axis=axis)
        return x if x.ndim == 0 else Batched(np.flip(x.values, _shifted(axis, x.ndim, len(x.levels))), x.levels)

    def roll(self, x: Any, shift: Any, axis: Any = None) -> Any:
        if x.__class__ is not Batched:
            return np.roll(x, shift, axis=axis)
        if x.ndim == 0:
            return x
        if axis is None:
            return self.reshape(self.roll(self.reshape(x, (-1,)), shift, axis=0), x.shape)
        return Batched(np.roll(x.values, shift, axis=_shifted(axis, x.ndim, len(x.levels))), x.levels)

    def concat(self, arrays: Any, axis: int = 0) -> Any:
        arrays = tuple(arrays)
        if not levels_of(arrays):
            return np.concat(arrays, axis=axis)
        values, levels = full(arrays)
        return Batched(np.concat(values, axis=axis % arrays[0].ndim + len(levels)), levels)

    def stack(self, arrays: Any, axis: int = 0) -> Any:
        arrays = tuple(arrays)
        if not levels_of(arrays):
            return np.stack(arrays, axis=axis)
        values, levels = full(arrays)
        return Batched(np.stack(values, axis=axis % (arrays[0].ndim + 1) + len(levels)), levels)

    def tile(self, x: Any, times: Any) -> Any:
        if x.__class__ is not Batched:
            return np.tile(x, times)
        times = (times,) if isinstance(times, int) else tuple(times)
        times = (1,) * (x.ndim - len(times)) + times
        values = spread(x, x.levels, len(times))
        return Batched(np.tile(values, (1,) * len(x.levels) + times), x.levels)

    def repeat(self, x: Any, repeats: Any, axis: int | None = None) -> Any:
        if levels_of((repeats,)):
            raise not_batchable("repeat_interleave with batched counts", "each example would have a shape of its own")
        if x.__class__ is not Batched:
            return np.repeat(x, repeats, axis=axis)
        if axis is None:
            x, axis = self.reshape(x, (-1,)), 0
        return Batched(np.repeat(x.values, repeats, axis=axis % x.ndim + len(x.levels)), x.levels)

    def tril(self, x: Any, k: int = 0) -> Any:
        return Batched(np.tril(x.values, k), x.levels) if x.__class__ is Batched else np.tril(x, k)

    def triu(self, x: Any, k: int = 0) -> Any:
        return Batched(np.triu(x.values, k), x.levels) if x.__class__ is Batched else np.triu(x, k)

    def diff(self, x: Any, *, axis: int = -1, n: int = 1) -> Any:
        return Batched(np.diff(x.values, n, axis % x.ndim + len(x.levels)), x.levels)

    # -- products ------------------------------------------------------------------------------------------------------

    def trace(self, x: Any) -> Any:
        if x.__class__ is not Batched:
            return np.trace(x)
        return Batched(np.trace(x.values, axis1=-2, axis2=-1), x.levels)

    def matmul(self, a: Any, b: Any) -> Any:
        levels = levels_of((a, b))
        if not levels:
            return np.matmul(a, b)
        return Batched(_product(a, b, levels), levels)

    def vecdot(self, a: Any, b: Any, *, axis: int = -1) -> Any:
        return self.sum(elementwise(np.multiply, elementwise(np.conj, a), b), axis=axis)

    def tensordot(self, a: Any, b: Any, axes: Any = 2) -> Any:
        return extras.tensordot(a, b, axes)

    def einsum(self, subscripts: str, *operands: Any, **static: Any) -> Any:
        return extras.einsum(subscripts, *operands)


def _product(a: Any, b: Any, levels: tuple[int, ...]) -> Any:
    """The product of matrices for each example: as one product where an operand is the same for all of them."""
    rows, columns = a.ndim, b.ndim
    if b.__class__ is not Batched and columns <= 2 and rows <= 2:
        values = a.values  # (batch, [m], n) @ (n, [p]): the batch counts as rows
        if rows == 1 or columns == 1 or not values.flags.c_contiguous:
            return values @ b
        *lead, n = values.shape
        return (values.reshape(prod(lead), n) @ b).reshape((*lead, b.shape[-1]))
    if a.__class__ is not Batched and rows == 2 and columns == 1:
        return b.values @ a.T
    if a.__class__ is not Batched and rows == 1 and columns == 2:
        return np.matmul(a, b.values)
    left = spread(a, levels)[..., None, :] if rows == 1 else spread(a, levels)
    right = spread(b, levels)[..., None] if columns == 1 else spread(b, levels)
    k, ndim = len(levels), max(rows, columns, 2)
    left, right = (v.reshape((*v.shape[:k], *(1,) * (ndim + k - v.ndim), *v.shape[k:])) for v in (left, right))
    out = np.matmul(left, right)
    if columns == 1:
        out = out[..., 0]
    return out[..., 0] if rows == 1 and columns == 1 else out[..., 0, :] if rows == 1 else out


namespace = BatchedNamespace()

__all__ = ["BatchedNamespace", "namespace", "numpy_extras"]
