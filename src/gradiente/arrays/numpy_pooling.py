"""The extras of the array vocabulary that pool windows over the last axes, for NumPy arrays.

`sum_windows` and `spread_windows`, `take_places` and `put_places` are pairs of a linear map and its adjoint.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from .numpy_mesh import sum_at
from .numpy_tiles import argmax_pairs, tiles_of
from .numpy_windows import Array, Grid, pad, unpad


class Runs:
    """Windows that cover the last axes in runs of their own lengths: `starts` and `ends` for each axis."""

    __slots__ = ("ends", "starts")

    def __init__(self, starts: tuple[Array, ...], ends: tuple[Array, ...]) -> None:
        self.starts: tuple[Array, ...] = starts
        self.ends: tuple[Array, ...] = ends

    def __repr__(self) -> str:
        return f"Runs({[s.tolist() for s in self.starts]}, {[e.tolist() for e in self.ends]})"

    def places(self, sizes: tuple[int, ...]) -> Array:
        """Where in the last axes, counted as one, the elements of each window lie: (*counts, length).

        Shorter windows name their last elements again.
        """
        total: Any = np.zeros((), np.int64)
        d = len(sizes)
        for i, (starts, ends) in enumerate(zip(self.starts, self.ends, strict=True)):
            longest = int((ends - starts).max(initial=1))
            along = np.minimum(starts[:, None] + np.arange(longest), ends[:, None] - 1) * prod(sizes[i + 1 :])
            shape = [1] * (2 * d)
            shape[i], shape[d + i] = along.shape
            total = total + along.reshape(shape)
        return total.reshape(*total.shape[:d], -1)


def _sum_runs(x: Array, runs: Runs) -> Array:
    d = len(runs.starts)
    for i, (starts, ends) in enumerate(zip(runs.starts, runs.ends, strict=True)):
        axis = x.ndim - d + i
        lead = (slice(None),) * axis
        out = np.zeros((*x.shape[:axis], len(starts), *x.shape[axis + 1 :]), x.dtype)
        for k, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
            if end - start > _LONG_RUN:
                out[(*lead, k)] = np.add.reduce(x[(*lead, slice(start, end))], axis)
                continue
            target = out[(*lead, k, ...)]
            for place in range(start, end):  # slice by slice: NumPy reduces short axes slowly
                target += x[(*lead, place)]
        x = out
    return x


_LONG_RUN = 16


def _spread_runs(g: Array, shape: tuple[int, ...], runs: Runs) -> Array:
    d = len(runs.starts)
    for i in reversed(range(d)):  # the last axis first: then the long slices come last
        starts, ends, axis = runs.starts[i], runs.ends[i], g.ndim - d + i
        lead = (slice(None),) * axis
        out = np.zeros((*g.shape[:axis], shape[i - d], *g.shape[axis + 1 :]), g.dtype)
        for k, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
            if i == d - 1 and end - start <= _LONG_RUN:
                for place in range(start, end):
                    out[(*lead, place)] += g[(*lead, k)]
            else:
                out[(*lead, slice(start, end))] += g[(*lead, slice(k, k + 1))]
        g = out
    return g


def sum_windows(x: Array, grid: Grid | Runs) -> Array:
    """The sums over the windows, with zeros around `x`; axis by axis."""
    if isinstance(grid, Runs):
        return _sum_runs(x, grid)
    d = len(grid.size)
    if _is_whole(grid, x.shape[-d:]):
        rows = np.ascontiguousarray(x).reshape(*x.shape[:-d], prod(x.shape[-d:]))
        return np.add.reduce(rows, -1).reshape(*x.shape[:-d], *(1,) * d)
    if 0 < x.size < _MANY and (tiles := tiles_of(grid, x.shape)):
        return np.add.reduce(x.reshape(tiles), tuple(range(-1, -2 * d, -2)), x.dtype)
    x = pad(x, grid)
    for i, n in enumerate(_counts_of(x, grid)):
        axis = x.ndim - d + i
        total: Any = None
        for k in range(grid.size[i]):
            start = k * grid.dilation[i]
            part = x[(*(slice(None),) * axis, slice(start, start + (n - 1) * grid.step[i] + 1, grid.step[i]))]
            if total is None:
                total = part.copy()
            else:
                total += part
        x = total
    return x


def _is_whole(grid: Grid, sizes: tuple[int, ...]) -> bool:
    """Whether there is one window, and it is all of the image."""
    return grid.size == sizes and not any(grid.before) and not any(grid.after) and set(grid.dilation) == {1}


def _counts_of(padded: Array, grid: Grid) -> tuple[int, ...]:
    """How many windows there are over an array that is padded already."""
    sizes = zip(padded.shape[-len(grid.size) :], grid.size, grid.dilation, grid.step, strict=True)
    return tuple([(n - d * (k - 1) - 1) // s + 1 for n, k, d, s in sizes])


def spread_windows(g: Array, shape: tuple[int, ...], grid: Grid | Runs) -> Array:
    """Zeros of `shape` to which g is added at all elements of each window: the adjoint of sum_windows."""
    if isinstance(grid, Runs):
        return _spread_runs(g, shape, grid)
    d = len(grid.size)
    if _is_whole(grid, shape[-d:]):
        return np.broadcast_to(g, shape).copy()
    if 0 < g.size < _MANY and (tiles := tiles_of(grid, shape)):
        out = np.empty(tiles, g.dtype)
        out[...] = g.reshape(*g.shape[:-d], *[n for count in g.shape[-d:] for n in (count, 1)])
        return out.reshape(shape)
    sizes = grid.padded(shape[-d:])
    for i, n in enumerate(sizes):
        axis, count = g.ndim - d + i, g.shape[i - d]
        lead = (slice(None),) * axis
        out = np.zeros((*g.shape[:axis], n, *g.shape[axis + 1 :]), g.dtype)
        for k in range(grid.size[i]):
            start = k * grid.dilation[i]
            out[(*lead, slice(start, start + (count - 1) * grid.step[i] + 1, grid.step[i]))] += g
        g = out
    return np.ascontiguousarray(unpad(g, grid, shape[-d:]))


def argmax_windows(x: Array, grid: Grid) -> Array:
    """Where in the last axes, counted as one, the largest element of each window lies.

    It is the first of equal ones; NaN counts as the largest, and of several the last. The axes are gone through one by
    one, from the last to the first: of each row the largest element, then of these the largest.
    """
    d = len(grid.size)
    sizes = x.shape[-d:]
    if 0 < x.size < _MANY and (found := _small_argmax(x, sizes, grid)) is not None:
        return found
    floating = x.dtype.kind not in "iu"
    low: Any = -np.inf if floating else np.iinfo(x.dtype).min
    missing = floating and bool(x.size) and bool(np.isnan(np.maximum.reduce(x, axis=None)))
    if not missing and grid.size == (2, 2) and x.shape[-1] < 255 and tiles_of(grid, x.shape):
        return argmax_pairs(x)
    best = pad(x, grid, low)
    chosen: list[Array] = []
    """Along each axis that is done: the number, within the window, of the largest element."""
    for i in range(d - 1, -1, -1):
        axis = best.ndim - d + i
        best, which, chosen = _along(best, axis, grid, i, missing, chosen)
        chosen.insert(0, which)
    places: Any = np.zeros((), np.int64)
    counts = best.shape[-d:]
    for i, numbers in enumerate(chosen):
        stride = prod(sizes[i + 1 :])
        start = (np.arange(counts[i]) * grid.step[i] - grid.before[i]) * stride
        places = places + start.reshape((-1, *(1,) * (d - 1 - i)))
        places = places + np.multiply(numbers, grid.dilation[i] * stride, dtype=np.int64)
    return places


def _small_argmax(x: Array, sizes: tuple[int, ...], grid: Grid) -> Array | None:
    """The same for few elements: windows are copied side by side. None where they are large, or hold NaN."""
    counts = grid.counts(sizes)
    if prod(counts) * prod(grid.size) > 4 * _MANY:
        return None
    table, starts = _window_places(sizes, counts, grid.size, grid.step, grid.before, grid.dilation)
    if x.dtype.kind == "f":
        row = x.reshape(-1)
        squares = row.dot(row)
        if squares != squares:
            return None
    windows = x.reshape(-1, prod(sizes)).take(table, 1)
    return table.reshape(-1).take(windows.argmax(-1) + starts).reshape(*x.shape[: -len(sizes)], *counts)


@lru_cache(64)
def _window_places(
    sizes: tuple[int, ...],
    counts: tuple[int, ...],
    size: tuple[int, ...],
    step: tuple[int, ...],
    before: tuple[int, ...],
    dilation: tuple[int, ...],
) -> tuple[Array, Array]:
    """Where the elements of each window lie (windows, elements), and where each row of that begins.

    For what was added around the image stands the first element of the window that is in the image.
    """
    total: Any = 0
    outside: Any = False
    axes = zip(sizes, counts, size, step, before, dilation, strict=True)
    for i, (n, count, k, s, b, apart) in enumerate(axes):
        at = np.arange(count)[:, None] * s - b + np.arange(k) * apart
        shape = [1] * (2 * len(sizes))
        shape[i], shape[len(sizes) + i] = count, k
        outside = outside | ((at < 0) | (at >= n)).reshape(shape)
        total = total * n + at.reshape(shape)
    table = np.broadcast_to(total, (*counts, *size)).reshape(prod(counts), prod(size))
    hidden = np.broadcast_to(outside, (*counts, *size)).reshape(table.shape)
    first = np.take_along_axis(table, hidden.argmin(1)[:, None], 1)
    return np.where(hidden, first, table), np.arange(len(table)) * table.shape[1]


def _along(
    x: Array, axis: int, grid: Grid, i: int, missing: bool, chosen: list[Array]
) -> tuple[Array, Array, list[Array]]:
    """The largest elements of the windows along one axis, their numbers, and what was chosen along the axes before."""
    size, step, apart = grid.size[i], grid.step[i], grid.dilation[i]
    count = (x.shape[axis] - apart * (size - 1) - 1) // step + 1
    lead = (slice(None),) * axis
    parts = [(*lead, slice(k * apart, k * apart + (count - 1) * step + 1, step)) for k in range(size)]
    which = np.zeros((*x.shape[:axis], count, *x.shape[axis + 1 :]), np.uint8 if size < 256 else np.int64)
    best, picked = x[parts[0]], [numbers[parts[0]] for numbers in chosen]
    if grid.before[i]:
        # The first element of the image, not of what was added, where nothing is larger than -inf.
        first = -(-np.maximum(grid.before[i] - np.arange(count) * step, 0) // apart)
        which += first.astype(which.dtype).reshape((-1, *(1,) * (x.ndim - 1 - axis)))
        for k in range(1, size):
            picked = [
                _replaced(old, numbers[parts[k]], which == k) for old, numbers in zip(picked, chosen, strict=True)
            ]
    for k in range(1, size):
        part = x[parts[k]]
        larger = part > best
        if missing:
            larger |= part != part
        best = np.maximum(best, part)
        if which.dtype == np.uint8:
            np.maximum(which, larger.view(np.uint8) * np.uint8(k), out=which)
        else:
            np.maximum(which, larger * k, out=which)
        picked = [_replaced(old, numbers[parts[k]], larger) for old, numbers in zip(picked, chosen, strict=True)]
    return best, which, picked


def _replaced(old: Array, new: Array, where: Array) -> Array:
    """`new` where it is said, else `old`: by arithmetic, since masks that are as good as random are slow."""
    change = new - old  # of bytes, modulo 256
    change *= where.view(np.uint8) if old.dtype == np.uint8 else where
    change += old
    return change


def argmax_places(x: Array, places: Array, axes: int) -> Array:
    """As argmax_windows, of windows whose elements lie at `places` (…, length), counted within the last `axes` axes."""
    planes = x.reshape(*x.shape[: x.ndim - axes], prod(x.shape[x.ndim - axes :]))
    lead = planes.shape[:-1]
    places = np.broadcast_to(places, (*lead, *places.shape[-1 - axes :]))
    windows = take_places(planes, places.reshape(*lead, prod(places.shape[len(lead) :])), 1).reshape(places.shape)
    chosen = windows.argmax(axis=-1)
    missing = windows != windows
    if missing.any():
        last = windows.shape[-1] - 1 - missing[..., ::-1].argmax(axis=-1)
        chosen = np.where(missing.any(axis=-1), last, chosen)
    return np.take_along_axis(places, chosen[..., None], axis=-1)[..., 0]


def _flat_places(indices: Array, axes: int, plane: int) -> Array:
    """Positions in the whole flat array of `indices` that count within the last `axes` axes, of `plane` elements."""
    lead = indices.shape[: indices.ndim - axes]
    return indices + (_first_places if prod(lead) < _MANY else _first_places.__wrapped__)(lead, axes, plane)


@lru_cache(64)
def _first_places(lead: tuple[int, ...], axes: int, plane: int) -> Array:
    """Where the planes begin."""
    return (np.arange(prod(lead), dtype=np.int64) * plane).reshape(*lead, *(1,) * axes)


def _same_for_channels(indices: Array, axes: int) -> bool:
    """Whether large `indices` (N, C, …) are those of one channel, repeated."""
    return indices.ndim == axes + 2 and indices.strides[1] == 0 < indices.shape[1] and indices[:1, :1].size >= _MANY


_MANY = 1024


def take_places(x: Array, indices: Array, axes: int) -> Array:
    """The elements that `indices` (…, *counts) names, counted within the last `axes` axes of `x` (…, *sizes)."""
    if _same_for_channels(indices, axes):
        images = np.ascontiguousarray(x).reshape(*x.shape[:2], prod(x.shape[2:]))
        out = np.empty(indices.shape, x.dtype)
        for i, places in enumerate(indices[:, 0]):
            out[i] = images[i].take(places, axis=1)
        return out
    return np.ascontiguousarray(x).reshape(-1).take(_flat_places(indices, axes, prod(x.shape[x.ndim - axes :])))


def put_places(g: Array, indices: Array, shape: tuple[int, ...], axes: int) -> Array:
    """Zeros of `shape` to which g is added at the places that `indices` names: the adjoint of take_places."""
    out = np.zeros(prod(shape), g.dtype if g.itemsize > 2 else np.float32)
    if _same_for_channels(indices, axes):
        images = out.reshape(*shape[:2], prod(shape[2:]))
        for image, places, given in zip(images, indices[:, 0], g, strict=True):
            places = places.reshape(-1)
            for channel, values in zip(image, given.reshape(len(image), places.size), strict=True):
                np.add.at(channel, places, values)
        return out.reshape(shape).astype(g.dtype, copy=False)
    np.add.at(out, _flat_places(indices, axes, prod(shape[len(shape) - axes :])).reshape(-1), g.reshape(-1))
    return out.reshape(shape).astype(g.dtype, copy=False)


_PRODUCT = 1 << 15
"""Fewer elements are resampled by a product with a matrix."""


class Taps:
    """Of what each place of a resampled axis is a weighted sum: the elements' `places` (n, k) and their `weights`."""

    __slots__ = ("_matrices", "places", "weights")

    def __init__(self, places: Array, weights: Array) -> None:
        self.places: Array = places
        self.weights: Array = weights
        self._matrices: dict[tuple[int, str], Array] = {}

    def matrix(self, size: int, char: str) -> Array:
        """The same as a matrix (n, size), for an axis of `size` elements."""
        found = self._matrices.get((size, char))
        if found is None:
            found = np.zeros((len(self.places), size), char)
            np.add.at(found, (np.arange(len(found))[:, None], self.places), self.weights)
            self._matrices[size, char] = found
        return found

    def __repr__(self) -> str:
        return f"Taps({self.places.tolist()}, {self.weights.tolist()})"


def blend(x: Array, taps: Taps, axis: int) -> Array:
    """Along `axis`, the weighted sums of elements that `taps` describes."""
    if x.size < _PRODUCT and (found := _product(x, taps, axis, x.shape[axis], False)) is not None:
        return found
    behind = (1,) * (x.ndim - 1 - axis)
    total: Any = None
    for places, weights in zip(taps.places.T, taps.weights.T, strict=True):
        part = x.take(places, axis=axis)
        part *= weights.astype(x.dtype).reshape((-1, *behind))
        if total is None:
            total = part
        else:
            total += part
    return total


def _product(x: Array, taps: Taps, axis: int, size: int, adjoint: bool) -> Array | None:
    """blend, or its adjoint, of few elements as one product; None where it is large, or not finite: 0·∞ is no 0."""
    if size * len(taps.places) > _PRODUCT // 4 or x.dtype.char not in "fd" or not x.size:
        return None
    matrix = taps.matrix(size, x.dtype.char)
    if adjoint:
        matrix = matrix.T
    lead, n = x.shape[:axis], x.shape[axis]
    if axis == x.ndim - 1:
        out = x.reshape(-1, n).dot(matrix.T)
    else:
        out = np.matmul(matrix, x.reshape(prod(lead), n, prod(x.shape[axis + 1 :])))
    return out.reshape(*lead, len(matrix), *x.shape[axis + 1 :]) if np.isfinite(out).all() else None


def unblend(g: Array, taps: Taps, axis: int, size: int) -> Array:
    """The adjoint of blend, for an axis of `size` elements."""
    if g.size < _PRODUCT and (found := _product(g, taps, axis, size, True)) is not None:
        return found
    behind = (1,) * (g.ndim - 1 - axis)
    total: Any = None
    for places, weights in zip(taps.places.T, taps.weights.T, strict=True):
        part = sum_at(g * weights.astype(g.dtype).reshape((-1, *behind)), axis, places, size, g.dtype)
        if total is None:
            total = part
        else:
            total += part
    return np.ascontiguousarray(total)
