"""The extras of the array vocabulary that copy the windows over the last two axes into columns, and back."""

from __future__ import annotations

from functools import lru_cache
from math import prod

import numpy as np

from .numpy_windows import Array, Grid, pad, unpad


def unfold_image(x: Array, grid: Grid) -> Array:
    """The windows over the last two axes of `x` (…, C, H, W) as columns, (…, C·kH·kW, windows)."""
    counts = grid.counts(x.shape[-2:])
    x = np.ascontiguousarray(pad(x, grid))
    out = np.empty((*x.shape[:-2], *grid.size, *counts), x.dtype)
    within = tuple([s * d for s, d in zip(x.strides[-2:], grid.dilation, strict=True)])
    between = tuple([s * k for s, k in zip(x.strides[-2:], grid.step, strict=True)])
    if out.size:
        out[...] = np.ndarray(out.shape, x.dtype, x, 0, (*x.strides[:-2], *within, *between))
    return out.reshape(*x.shape[:-3], x.shape[-3] * prod(grid.size), prod(counts))


_FEW = 4096
"""Fewer elements are added at places that are remembered."""


@lru_cache(32)
def _places_of_columns(planes: int, padded: tuple[int, ...], counts: tuple[int, ...], *grid: tuple[int, ...]) -> Array:
    """Where in so many planes, seen flat, each element of the columns lies."""
    size, step, dilation = grid
    first = np.arange(planes).reshape(-1, 1, 1, 1, 1) * prod(padded)
    rows, columns = [
        np.arange(k)[:, None] * d + np.arange(n) * s for k, d, n, s in zip(size, dilation, counts, step, strict=True)
    ]
    return (first + rows[:, None, :, None] * padded[1] + columns[None, :, None, :]).reshape(-1)


def fold_image(g: Array, shape: tuple[int, ...], grid: Grid) -> Array:
    """Zeros of `shape` to which the windows in the columns are added: the adjoint of unfold_image."""
    sizes = shape[-2:]
    counts = grid.counts(sizes)
    padded = grid.padded(sizes)
    if 0 < g.size < _FEW and g.dtype.char in "fd":
        planes = prod(shape[:-2])
        places = _places_of_columns(planes, padded, counts, grid.size, grid.step, grid.dilation)
        total = np.bincount(places, g.reshape(-1), planes * prod(padded)).reshape(*shape[:-2], *padded)
        return unpad(total, grid, sizes).astype(g.dtype)
    columns = g.reshape(*shape[:-2], *grid.size, *counts)
    out = np.zeros((*shape[:-2], *padded), g.dtype)
    for place, part in grid.offsets(counts):
        out[(..., *part)] += columns[(..., *place, slice(None), slice(None))]
    return np.ascontiguousarray(unpad(out, grid, sizes))


__all__ = ["fold_image", "unfold_image"]
