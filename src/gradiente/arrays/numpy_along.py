"""The extras of the array vocabulary that pick, put and add up elements at places along an axis, for NumPy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from .numpy_adding import add_along_axis, flat_along, repeated_vector
from .numpy_indexing import dense_copy
from .numpy_mesh import along_axis, open_mesh

Array = Any


def gather_along_axis(x: Array, indices: Array, axis: int) -> Array:
    """out[i, j, …] = x[i, …, indices[i, j, …], …]: take_along_axis, but `indices` may be shorter along other axes."""
    if not x.shape:
        return np.broadcast_to(x, indices.shape).copy()
    vector = repeated_vector(indices, axis % x.ndim) if indices.size >= _MANY else None
    if vector is not None:
        shown = [slice(None) if k == axis % x.ndim else slice(n) for k, n in enumerate(indices.shape)]
        return x[tuple(shown)].take(vector, axis=axis)
    if indices.size < _MANY or not x.flags.c_contiguous:
        return x[along_axis(indices, axis)]
    return x.reshape(-1).take(flat_along(indices, axis, x.shape))


_MANY = 256


def _named(values: Array, indices: Array) -> Array:
    """The part of the values that `indices`, which may be smaller, has places for."""
    return values if values.shape == indices.shape else values[tuple([slice(n) for n in indices.shape])]


def scatter_along_axis(g: Array, indices: Array, axis: int, shape: tuple[int, ...]) -> Array:
    """Zeros of `shape` to which `g` is added at `indices` along `axis`: the adjoint of gather_along_axis."""
    out = np.zeros(shape, dtype=g.dtype)
    if not shape:
        return out + np.sum(g, dtype=g.dtype)
    part = _named(g, indices)
    if indices.size < _MANY and indices.shape[axis] == 1:  # each element is named once
        out[along_axis(indices, axis)] = part
    else:
        add_along_axis(out, indices, axis, part)
    return out


def put_along_axis(x: Array, indices: Array, values: Array, axis: int) -> Array:
    """A copy of `x` with `values` (of the shape of `indices`, or larger, or 0-d) put at `indices` along `axis`."""
    out = np.array(x)
    if np.ndim(values):
        values = values[tuple([slice(n) for n in indices.shape])]
    if not out.shape:
        out[...] = values if not np.ndim(values) or not np.size(values) else values.reshape(-1)[-1]
        return out
    out[along_axis(indices, axis)] = values
    return out


def pick(x: Array, indices: Array, axis: int, keepdims: bool) -> Array:
    """Along `axis`, the elements with the given indices; the axis is dropped unless `keepdims`."""
    if not x.shape:
        return x.copy()
    if keepdims:
        return gather_along_axis(x, indices, axis)
    if indices.size < _MANY:
        grid = open_mesh(indices.shape)
        return x[(*grid[:axis], indices, *grid[axis:])]
    return gather_along_axis(x, np.expand_dims(indices, axis), axis).squeeze(axis)


def scatter_add(x: Array, indices: Array, c: Array, axis: int) -> Array:
    """A copy of `x` to which `c` (of the shape of `indices`, or larger) is added at `indices` along `axis`."""
    if not x.shape:
        return x + np.sum(c, dtype=x.dtype)
    out = dense_copy(x)
    add_along_axis(out, indices, axis, _named(c, indices))
    return out
