"""Images read at points, for NumPy arrays: each point is a weighted sum of elements that an index names.

Note [Points of images]. With an image x (N, C, *sizes), weights w (N, K, *counts) and an index (N, K, *counts), which
counts within the sizes or is -1 where there is nothing, the sum Σ g[n, c, p]·w[n, k, p]·x[n, c, index[n, k, p]] over
all n, c, k, p is linear in g, in w and in x. The three functions here are its derivatives by g, by x and by w. So each
is linear in two operands, and its own derivatives are the other two.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np

Array = Any

_BLOCK = 1 << 17
"""Elements read at a time: they stay in the cache."""


def sample_points(x: Array, w: Array, index: Array) -> Array:
    """Σ_k w[n, k, p]·x[n, c, index[n, k, p]], of the shape (N, C, *counts)."""
    counts = index.shape[2:]
    out = np.empty((*x.shape[:2], prod(counts)), _wide(x))
    for n, channels, picked in _read(x, index):
        picked *= w[n].reshape(picked.shape[1:])
        np.add.reduce(picked, 1, out=out[n, channels])
    return out.reshape(*x.shape[:2], *counts).astype(x.dtype, copy=False)


def weigh_points(g: Array, x: Array, index: Array) -> Array:
    """Σ_c g[n, c, p]·x[n, c, index[n, k, p]], of the shape (N, K, *counts)."""
    out = np.zeros((*index.shape[:2], prod(index.shape[2:])), _wide(x))
    for n, channels, picked in _read(x, index):
        picked *= g[n, channels].reshape(len(picked), 1, picked.shape[2])
        out[n] += np.add.reduce(picked, 0)
    return out.reshape(index.shape).astype(x.dtype, copy=False)


def spread_points(g: Array, w: Array, index: Array, shape: tuple[int, ...]) -> Array:
    """Zeros of `shape` (N, C, *sizes) to which g[n, c, p]·w[n, k, p] is added at index[n, k, p]."""
    size, kind = prod(shape[2:]), _wide(g)
    out = np.zeros((*shape[:2], size + 1), kind)  # the last one is what -1 names
    for n, c in np.ndindex(shape[:2]):
        np.add.at(out[n, c], index[n].reshape(-1), np.multiply(g[n, c], w[n], dtype=kind).reshape(-1))
    return out[..., :size].astype(g.dtype).reshape(shape)


def _wide(x: Array) -> Any:
    """The type to compute in."""
    return np.float32 if x.dtype.itemsize == 2 else x.dtype


def _read(x: Array, index: Array) -> Iterator[tuple[int, slice, Array]]:
    """The elements that the index names, (channels, K, points), for some channels of one image after the other."""
    size, each, points = prod(x.shape[2:]), prod(index.shape[1:]), prod(index.shape[2:])
    step = max(1, _BLOCK // max(each, 1))
    for n, image in enumerate(x.reshape(*x.shape[:2], size)):
        places = index[n].reshape(-1)
        for c in range(0, len(image), step):
            part = image[c : c + step]
            framed = np.zeros((len(part), size + 1), _wide(x))
            framed[:, :size] = part
            yield n, slice(c, c + step), framed.take(places, 1).reshape(len(part), index.shape[1], points)


__all__ = ["sample_points", "spread_points", "weigh_points"]
