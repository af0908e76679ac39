"""The extras of the array vocabulary that convolve, for NumPy arrays, and the grids of windows over the last axes.

`convolve`, `convolve_input` and `convolve_weight` are three views of one trilinear form Σ g·(x ∗ w): each is linear in
both of its arrays, and its transposes are the other two.

Note [Convolution by products of matrices]: the elements under each place of the kernel are copied into the columns of
a matrix, and BLAS multiplies. The columns of at most `WORKSPACE` bytes exist at a time, so that they stay in the cache
and the memory needed does not grow with the batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Any

import numpy as np

Array = Any
WORKSPACE = 1 << 21
"""The bytes of the columns that exist at a time."""


class Grid:
    """Where windows lie over the last axes.

    `size` of a window, the `step` between two, the distance of its elements (`dilation`), and how much is added
    `before` and `after` each axis first.
    """

    __slots__ = ("after", "before", "dilation", "size", "step")

    def __init__(
        self,
        size: tuple[int, ...],
        step: tuple[int, ...],
        before: tuple[int, ...],
        after: tuple[int, ...],
        dilation: tuple[int, ...],
    ) -> None:
        self.size: tuple[int, ...] = size
        self.step: tuple[int, ...] = step
        self.before: tuple[int, ...] = before
        self.after: tuple[int, ...] = after
        self.dilation: tuple[int, ...] = dilation

    def __repr__(self) -> str:
        return f"Grid({self.size}, {self.step}, {self.before}, {self.after}, {self.dilation})"

    def padded(self, sizes: tuple[int, ...]) -> tuple[int, ...]:
        """The sizes of the axes with what is added."""
        return tuple([n + b + a for n, b, a in zip(sizes, self.before, self.after, strict=True)])

    def counts(self, sizes: tuple[int, ...]) -> tuple[int, ...]:
        """How many windows there are along each axis."""
        spans = zip(self.padded(sizes), self.size, self.dilation, self.step, strict=True)
        return tuple([(n - d * (k - 1) - 1) // s + 1 for n, k, d, s in spans])

    def offsets(self, counts: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
        """For each place in a window, in order: the place, and the slices that show its elements of all windows."""
        axes = list(zip(self.dilation, self.step, counts, strict=True))
        for place in product(*[range(k) for k in self.size]):
            yield (
                place,
                tuple([slice(k * d, k * d + (n - 1) * s + 1, s) for k, (d, s, n) in zip(place, axes, strict=True)]),
            )


def pad(x: Array, grid: Grid, value: Any = 0) -> Array:
    """`x` with `value` around it, itself where nothing is added; a negative number at the end cuts off."""
    if not any(grid.before) and not any(grid.after):
        return x
    d = len(grid.size)
    sizes = x.shape[-d:]
    out = np.full((*x.shape[:-d], *grid.padded(sizes)), value, x.dtype)
    kept = (..., *[slice(0, n + min(a, 0)) for n, a in zip(sizes, grid.after, strict=True)])
    out[(..., *_inside(grid, sizes))] = x[kept]
    return out


def _inside(grid: Grid, sizes: tuple[int, ...]) -> list[slice]:
    """Where the elements of an array of these sizes lie in the padded one."""
    axes = zip(sizes, grid.before, grid.after, strict=True)
    return [slice(b, b + n + min(a, 0)) for n, b, a in axes]


def unpad(x: Array, grid: Grid, sizes: tuple[int, ...]) -> Array:
    """The part of `x` that pad has put there; zeros where it cut off."""
    if not any(grid.before) and not any(grid.after):
        return x
    part = x[(..., *_inside(grid, sizes))]
    if min(grid.after) >= 0:
        return part
    d = len(sizes)
    out = np.zeros((*x.shape[:-d], *sizes), x.dtype)
    out[(..., *[slice(0, n) for n in part.shape[-d:]])] = part
    return out


def _patches(x: Array, grid: Grid, counts: tuple[int, ...]) -> Array:
    """The view (…, *size, *counts) of all windows over the padded `x`."""
    d = len(counts)
    lead, strides = x.shape[:-d], x.strides[-d:]
    within = tuple([s * n for s, n in zip(strides, grid.dilation, strict=True)])
    between = tuple([s * n for s, n in zip(strides, grid.step, strict=True)])
    return np.lib.stride_tricks.as_strided(
        x, (*lead, *grid.size, *counts), (*x.strides[:-d], *within, *between), writeable=False
    )


# -- convolution ------------------------------------------------------------------------------------------------------


def _wide(*arrays: Array) -> tuple[Array, ...]:
    """The arrays, those of 16-bit floating-point types as float32."""
    return tuple([x.astype(np.float32) if x.itemsize == 2 and x.dtype.kind not in "iu" else x for x in arrays])


def _blocks(samples: int, rows: int, item: int) -> Iterator[tuple[slice, slice]]:
    """Parts of the batch, or of the rows of single samples, whose columns need at most WORKSPACE bytes.

    Those of one row need `item` bytes.
    """
    if rows * item <= WORKSPACE or samples == 0:
        step = max(1, WORKSPACE // max(rows * item, 1))
        for i in range(0, samples, step):
            yield slice(i, min(i + step, samples)), slice(0, rows)
        return
    step = max(1, WORKSPACE // item)
    for i in range(samples):
        for j in range(0, rows, step):
            yield slice(i, i + 1), slice(j, min(j + step, rows))


class _Plan:
    """The sizes of one convolution: how samples are cut into blocks, and the columns of a block."""

    def __init__(
        self, x_shape: tuple[int, ...], w_shape: tuple[int, ...], counts: tuple[int, ...], grid: Grid, groups: int
    ) -> None:
        self.samples, self.channels = x_shape[:2]
        self.outputs: int = w_shape[0]
        self.groups, self.grid, self.counts = groups, grid, counts
        self.depth: int = w_shape[1] * prod(grid.size)
        self.inner: int = prod(counts[1:])

    def blocks(self, itemsize: int) -> Iterator[tuple[slice, slice]]:
        """Which samples, and which rows of the result, are worked on at a time."""
        return _blocks(self.samples, self.counts[0], itemsize * self.groups * self.depth * self.inner)

    def windows(self, padded: Array, rows: slice) -> Array:
        """The view (n, G, C/G, *size, *counts) of the windows in these rows."""
        grid, step = self.grid, self.grid.step[0]
        counts = (rows.stop - rows.start, *self.counts[1:])
        part = padded[:, :, rows.start * step :]
        n, channels, *sizes = part.shape
        return _patches(part.reshape(n, self.groups, channels // self.groups, *sizes), grid, counts)


def _direct(x_shape: tuple[int, ...], w_shape: tuple[int, ...], groups: int) -> bool:
    """Whether each channel is convolved by itself: then sums of products of whole planes are quicker than matrices."""
    return w_shape[1] == 1 and groups > 1 and groups == x_shape[1]


def convolve(x: Array, w: Array, grid: Grid, groups: int = 1) -> Array:
    """out[n, o, p] = Σ w[o, c, k]·x[n, c of o's group, step·p + dilation·k]: x (N, C, …), w (O, C/G, …)."""
    dtype = x.dtype
    x, w = _wide(x, w)
    counts = grid.counts(x.shape[2:])
    out = np.empty((x.shape[0], w.shape[0], *counts), np.result_type(x, w))
    if _direct(x.shape, w.shape, groups):
        _convolve_planes(x, w, grid, out)
        return out.astype(dtype, copy=False)
    plan = _Plan(x.shape, w.shape, counts, grid, groups)
    matrix = np.ascontiguousarray(w).reshape(groups, -1, plan.depth)
    for samples, rows in plan.blocks(out.itemsize):
        windows = plan.windows(pad(x[samples], grid), rows)
        n = windows.shape[0]
        columns = windows.reshape(n, groups, plan.depth, -1)
        part = out[samples, :, rows]
        np.matmul(matrix, columns, out=part.reshape(n, groups, matrix.shape[1], columns.shape[-1], copy=False))
    return out.astype(dtype, copy=False)


def convolve_input(g: Array, w: Array, shape: tuple[int, ...], grid: Grid, groups: int = 1) -> Array:
    """The adjoint of convolve in x, whose shape is `shape`: g (N, O, …), w (O, C/G, …)."""
    dtype = g.dtype
    g, w = _wide(g, w)
    sizes, counts = shape[2:], g.shape[2:]
    padded = grid.padded(sizes)
    direct = _direct(shape, w.shape, groups)
    plan = _Plan(shape, w.shape, counts, grid, groups)
    matrix = np.ascontiguousarray(np.ascontiguousarray(w).reshape(groups, -1, plan.depth).mT)
    out = np.zeros((*shape[:2], *padded), np.result_type(g, w))
    plain = prod(grid.size) == 1 and padded == counts  # the windows are the elements
    for samples, rows in [(slice(0, shape[0]), slice(0, counts[0]))] if direct else plan.blocks(out.itemsize):
        part = g[samples, :, rows]
        n, height = part.shape[0], rows.stop - rows.start
        target = out[samples, :, rows.start * grid.step[0] :]
        if direct:
            _spread_planes(part, w, grid, target)
            continue
        columns = matrix @ np.ascontiguousarray(part).reshape(n, groups, -1, height * plan.inner)
        if plain:
            out[samples, :, rows] = columns.reshape(n, shape[1], height, *counts[1:])
            continue
        columns = columns.reshape(n, shape[1], *grid.size, height, *counts[1:])
        for place, where in grid.offsets((height, *counts[1:])):
            target[(..., *where)] += columns[(slice(None), slice(None), *place)]
    return np.ascontiguousarray(unpad(out, grid, sizes)).astype(dtype, copy=False)


def convolve_weight(g: Array, x: Array, shape: tuple[int, ...], grid: Grid, groups: int = 1) -> Array:
    """The adjoint of convolve in w, whose shape is `shape`: g (N, O, …), x (N, C, …)."""
    dtype = g.dtype
    g, x = _wide(g, x)
    counts = g.shape[2:]
    if _direct(x.shape, shape, groups):
        return _weigh_planes(g, x, shape, grid).astype(dtype, copy=False)
    plan = _Plan(x.shape, shape, counts, grid, groups)
    out = np.zeros((groups, shape[0] // groups, plan.depth), np.result_type(g, x))
    d = len(counts)
    # (n, G, C/G, *size, *counts) → (G, C/G, *size, n, *counts)
    order = (1, 2, *range(3, 3 + d), 0, *range(3 + d, 3 + 2 * d))
    for samples, rows in plan.blocks(out.itemsize):
        columns = plan.windows(pad(x[samples], grid), rows).transpose(order).reshape(groups, plan.depth, -1)
        part = g[samples, :, rows]
        part = part.reshape(part.shape[0], groups, -1, (rows.stop - rows.start) * plan.inner)
        out += part.transpose(1, 2, 0, 3).reshape(groups, -1, columns.shape[-1]) @ columns.mT
    return out.reshape(shape).astype(dtype, copy=False)


def _per_channel(array: Array, channels: int) -> Array:
    """(N, C·m, …) as (N, C, m, …)."""
    return array.reshape(array.shape[0], channels, -1, *array.shape[2:])


def _planes_of(w: Array, channels: int, place: tuple[int, ...]) -> Array:
    """The weights of one place in the kernel, (C, m, 1, …)."""
    return w.reshape(channels, -1, *w.shape[2:])[(slice(None), slice(None), *place)][(..., *(None,) * len(place))]


def _convolve_planes(x: Array, w: Array, grid: Grid, out: Array) -> None:
    """convolve where each channel is convolved by itself."""
    channels = x.shape[1]
    target, padded = _per_channel(out, channels), pad(x, grid)[:, :, None]
    target[...] = 0
    for place, where in grid.offsets(out.shape[2:]):
        target += _planes_of(w, channels, place) * padded[(..., *where)]


def _spread_planes(g: Array, w: Array, grid: Grid, out: Array) -> None:
    """The adjoint of _convolve_planes in x; it is added to `out`, which is padded."""
    channels = out.shape[1]
    parts = _per_channel(g, channels)
    for place, where in grid.offsets(g.shape[2:]):
        out[(..., *where)] += (_planes_of(w, channels, place) * parts).sum(axis=2)


def _weigh_planes(g: Array, x: Array, shape: tuple[int, ...], grid: Grid) -> Array:
    """The adjoint of _convolve_planes in w."""
    channels, padded = x.shape[1], pad(x, grid)
    parts = np.ascontiguousarray(_per_channel(g, channels)).reshape(g.shape[0], channels, -1, prod(g.shape[2:]))
    out = np.empty((channels, parts.shape[2], *grid.size), np.result_type(g, x))
    for place, where in grid.offsets(g.shape[2:]):
        seen = np.ascontiguousarray(padded[(..., *where)]).reshape(*x.shape[:2], -1)
        out[(slice(None), slice(None), *place)] = np.einsum("ncmp,ncp->cm", parts, seen)
    return out.reshape(shape)
