"""The extras of the array vocabulary that convolve, for NumPy arrays, and the grids of windows over the last axes.

`convolve`, `convolve_input` and `convolve_weight` are three views of one trilinear form Σ g·(x ∗ w): each is linear in
both of its arrays, and its transposes are the other two.

Note [Convolution by products of matrices]: the windows along all axes but the first spatial one are copied into rows,
`unrolled`. Then the columns of a matrix that belong to one place of the kernel along the first axis, a *tap*, are a
view of them, and BLAS multiplies: the copies are as many times smaller as the kernel has rows. Columns of at most
`WORKSPACE` bytes exist at a time, so that they stay in the cache and the memory needed does not grow with the batch.
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
    """How one convolution is cut into products of matrices; see Note [Convolution by products of matrices]."""

    def __init__(
        self,
        x_shape: tuple[int, ...],
        w_shape: tuple[int, ...],
        counts: tuple[int, ...],
        grid: Grid,
        groups: int,
        joins: bool = False,
    ) -> None:
        self.groups, self.grid, self.counts = groups, grid, counts
        self.samples: int = x_shape[0]
        self.taps: int = grid.size[0]
        self.width: int = w_shape[1] * prod(grid.size[1:])
        """The rows of a matrix of columns: those of one tap."""
        self.inner: int = prod(counts[1:])
        whole, outputs = self.taps * self.width, w_shape[0] // groups
        pays = joins and whole <= 32 and (outputs >= whole or (self.width < 6 and 5 * outputs >= whole))
        self.joined: bool = self.taps > 1 and (self.width < 4 or pays)
        """Whether all taps go into one product, because those of single ones are too thin, or their sums too many."""
        self.row: int = (x_shape[1] * prod(grid.size[1:]) + w_shape[0]) * self.inner

    def blocks(self, itemsize: int) -> Iterator[tuple[slice, slice]]:
        """Which samples, and which rows of the result, are worked on at a time."""
        return _blocks(self.samples, self.counts[0], itemsize * self.row * (self.taps if self.joined else 1))

    def span(self, rows: slice) -> slice:
        """The rows of the input that these rows of the result see."""
        step, reach = self.grid.step[0], self.grid.dilation[0] * (self.taps - 1)
        return slice(rows.start * step, (rows.stop - 1) * step + reach + 1)

    def matrices(self, w: Array) -> Array:
        """The weights as matrices (taps, G, O/G, width)."""
        parts = w.reshape(self.groups, w.shape[0] // self.groups, w.shape[1], self.taps, -1)
        parts = np.moveaxis(parts, 3, 0).reshape(self.taps, self.groups, parts.shape[1], self.width)
        if self.joined:
            parts = np.moveaxis(parts, 0, 2).reshape(1, *parts.shape[1:3], self.taps * self.width)
        return np.ascontiguousarray(parts)

    def weights(self, matrices: Array, shape: tuple[int, ...]) -> Array:
        """The inverse of `matrices`."""
        if self.joined:
            parts = matrices.reshape(*matrices.shape[1:3], self.taps, self.width)
            matrices = np.moveaxis(parts, 2, 0)
        parts = matrices.reshape(self.taps, shape[0], shape[1], -1)
        return np.moveaxis(parts, 0, 2).reshape(shape)

    def unrolled(self, padded: Array, rows: slice) -> Array:
        """The windows along all axes but the first one, (n, G, width, span, inner); a copy where they overlap."""
        part, grid = padded[:, :, self.span(rows)], self.grid
        n, channels, span, *_ = part.shape
        if part.ndim > 3:
            first, height, *strides = part.strides[1:]
            within = tuple([s * d for s, d in zip(strides, grid.dilation[1:], strict=True)])
            between = tuple([s * k for s, k in zip(strides, grid.step[1:], strict=True)])
            part = np.lib.stride_tricks.as_strided(
                part,
                (n, channels, *grid.size[1:], span, *self.counts[1:]),
                (part.strides[0], first, *within, height, *between),
                writeable=False,
            )
        return part.reshape(n, self.groups, self.width, span, self.inner)

    def columns(self, unrolled: Array, rows: slice) -> Iterator[Array]:
        """For each tap the columns (n, G, width, rows·inner): a view of `unrolled` where the step is 1."""
        count, step, apart = rows.stop - rows.start, self.grid.step[0], self.grid.dilation[0]
        n, lead = count * self.inner, unrolled.shape[:2]
        if self.joined:
            first, group, across, down, along = unrolled.strides
            shape = (*lead, self.taps, self.width, count, self.inner)
            strides = (first, group, down * apart, across, down * step, along)
            part = np.lib.stride_tricks.as_strided(unrolled, shape, strides, writeable=False)
            yield part.reshape(*lead, self.taps * self.width, n)
            return
        for i in range(self.taps):
            part = unrolled[:, :, :, i * apart : i * apart + (count - 1) * step + 1 : step]
            yield part.reshape(*lead, self.width, n)

    def scatter(self, unrolled: Array, columns: Array, tap: int, rows: slice) -> None:
        """Add the columns of a tap to their places in `unrolled`: the adjoint of `columns`."""
        count, step, apart = rows.stop - rows.start, self.grid.step[0], self.grid.dilation[0]
        parts = columns.reshape(*columns.shape[:2], -1, self.width, count, self.inner)
        for i in range(parts.shape[2]):
            start = (tap + i) * apart
            unrolled[:, :, :, start : start + (count - 1) * step + 1 : step] += parts[:, :, i]


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
    plan = _Plan(x.shape, w.shape, counts, grid, groups, joins=True)
    matrices = plan.matrices(w)
    for samples, rows in plan.blocks(out.itemsize):
        unrolled = plan.unrolled(pad(x[samples], grid), rows)
        n, height = unrolled.shape[0], rows.stop - rows.start
        part = out[samples, :, rows].reshape(n, groups, w.shape[0] // groups, height * plan.inner, copy=False)
        for tap, columns in enumerate(plan.columns(unrolled, rows)):
            if tap:
                part += matrices[tap] @ columns
            else:
                np.matmul(matrices[0], columns, out=part)
    return out.astype(dtype, copy=False)


def convolve_input(g: Array, w: Array, shape: tuple[int, ...], grid: Grid, groups: int = 1) -> Array:
    """The adjoint of convolve in x, whose shape is `shape`: g (N, O, …), w (O, C/G, …)."""
    dtype = g.dtype
    sizes, counts = shape[2:], g.shape[2:]
    if (turned := _turned(g.shape, w, shape, grid, groups)) is not None:
        return convolve(g, *turned, groups)
    g, w = _wide(g, w)
    out = np.zeros((*shape[:2], *grid.padded(sizes)), np.result_type(g, w))
    if _direct(shape, w.shape, groups):
        _spread_planes(g, w, grid, out)
        return np.ascontiguousarray(unpad(out, grid, sizes)).astype(dtype, copy=False)
    plan = _Plan(shape, w.shape, counts, grid, groups)
    matrices = np.ascontiguousarray(plan.matrices(w).mT)
    beside = Grid(grid.size[1:], grid.step[1:], (), (), grid.dilation[1:])
    for samples, rows in plan.blocks(out.itemsize):
        part = np.ascontiguousarray(g[samples, :, rows])
        n, span = part.shape[0], plan.span(rows)
        columns = part.reshape(n, groups, g.shape[1] // groups, part.shape[2] * plan.inner)
        height = span.stop - span.start
        unrolled = np.zeros((n, groups, plan.width, height, plan.inner), out.dtype)
        for tap, matrix in enumerate(matrices):
            plan.scatter(unrolled, matrix @ columns, tap, rows)
        target = out[samples, :, span]
        windows = unrolled.reshape(n, shape[1], *grid.size[1:], height, *counts[1:])
        for place, where in beside.offsets(counts[1:]):
            target[(..., *where)] += windows[(slice(None), slice(None), *place)]
    return np.ascontiguousarray(unpad(out, grid, sizes)).astype(dtype, copy=False)


def _turned(
    g_shape: tuple[int, ...], w: Array, shape: tuple[int, ...], grid: Grid, groups: int
) -> tuple[Array, Grid] | None:
    """With which weights and grid `convolve` is convolve_input; None where that does not pay, or is not possible.

    Where the step is 1, these are the weights the other way round. What they see around `g` are zeros, so that none of
    them may be infinite. It pays if `g` is not small, and with these zeros, which are copied, not much larger than `x`.
    """
    if max(grid.step) > 1 or prod(g_shape) < 4096 or _direct(shape, w.shape, groups):
        return None
    reach = [d * (k - 1) for k, d in zip(grid.size, grid.dilation, strict=True)]
    before = tuple([n - b for n, b in zip(reach, grid.before, strict=True)])
    after = tuple([n - a for n, a in zip(reach, grid.after, strict=True)])
    turned = Grid(grid.size, grid.step, before, after, grid.dilation)
    if min(before + after) < 0 or g_shape[1] * prod(turned.padded(g_shape[2:])) > 3.3 * prod(shape[1:]):
        return None
    columns = (prod(grid.size[1:]) * g_shape[1] + shape[1]) * prod(shape[2:]) * w.itemsize
    if columns > WORKSPACE or turned.counts(g_shape[2:]) != shape[2:] or not np.isfinite(w).all():
        return None
    parts = w.reshape(groups, w.shape[0] // groups, *w.shape[1:]).swapaxes(1, 2)
    return np.flip(parts.reshape(shape[1], -1, *grid.size), tuple(range(2, w.ndim))), turned


def convolve_weight(g: Array, x: Array, shape: tuple[int, ...], grid: Grid, groups: int = 1) -> Array:
    """The adjoint of convolve in w, whose shape is `shape`: g (N, O, …), x (N, C, …)."""
    dtype = g.dtype
    g, x = _wide(g, x)
    counts = g.shape[2:]
    if _direct(x.shape, shape, groups):
        return _weigh_planes(g, x, shape, grid).astype(dtype, copy=False)
    plan = _Plan(x.shape, shape, counts, grid, groups)
    taps = 1 if plan.joined else plan.taps
    depth = plan.width * (plan.taps if plan.joined else 1)
    out = np.zeros((taps, groups, shape[0] // groups, depth), np.result_type(g, x))
    for samples, rows in plan.blocks(out.itemsize):
        unrolled = plan.unrolled(pad(x[samples], grid), rows)
        part = np.ascontiguousarray(g[samples, :, rows])
        part = part.reshape(part.shape[0], groups, shape[0] // groups, part.shape[2] * plan.inner)
        # One product for each sample, and their sum; of large matrices not more than the workspace holds.
        several = max(1, WORKSPACE // max(out[0].nbytes, 1))
        for tap, columns in enumerate(plan.columns(unrolled, rows)):
            for i in range(0, part.shape[0], several):
                product_of_each = part[i : i + several] @ columns[i : i + several].mT
                out[tap] += product_of_each[0] if product_of_each.shape[0] == 1 else product_of_each.sum(axis=0)
    return plan.weights(out, shape).astype(dtype, copy=False)


class _Planes:
    """What convolutions of each channel by itself share: they work sample by sample, so that all is in the cache.

    As in Note [Convolution by products of matrices] the windows along all axes but the first one are copied, one place
    of them at a time; then the places along the first axis are rows of the copy that lie one behind the other.
    """

    def __init__(self, w_shape: tuple[int, ...], channels: int, counts: tuple[int, ...], grid: Grid) -> None:
        self.grid, self.counts, self.channels = grid, counts, channels
        self.outputs: int = w_shape[0] // channels
        self.inner: int = prod(counts[1:])
        self.beside: Grid = Grid(grid.size[1:], grid.step[1:], (), (), grid.dilation[1:])

    def weights(self, w: Array) -> Array:
        """(C, m, k, …, 1, 1)."""
        return w.reshape(self.channels, self.outputs, *self.grid.size, 1, 1)

    def places(self) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
        """The places of a window along all axes but the first one."""
        return self.beside.offsets(self.counts[1:])

    def taps(self) -> Iterator[tuple[int, slice]]:
        """The places along the first axis, and the rows of the copy that each of them shows."""
        step, apart = self.grid.step[0], self.grid.dilation[0]
        for i in range(self.grid.size[0]):
            yield i, slice(i * apart, i * apart + (self.counts[0] - 1) * step + 1, step)

    def rows(self, image: Array) -> Array:
        """A part of an image or of a result, (C, m or none, rows, inner)."""
        return image.reshape(*image.shape[: image.ndim - len(self.counts) + 1], self.inner)


def _convolve_planes(x: Array, w: Array, grid: Grid, out: Array) -> None:
    """convolve where each channel is convolved by itself."""
    plan = _Planes(w.shape, x.shape[1], out.shape[2:], grid)
    weights, sizes = plan.weights(w), (plan.channels, plan.outputs, plan.counts[0], plan.inner)
    for image, result in zip(x, out, strict=True):
        padded, target = pad(image, grid), result.reshape(sizes, copy=False)
        part = np.empty(sizes, out.dtype)
        target[...] = 0
        for place, where in plan.places():
            seen = plan.rows(np.ascontiguousarray(padded[(..., *where)]))[:, None]
            for i, rows in plan.taps():
                np.multiply(weights[(slice(None), slice(None), i, *place)], seen[:, :, rows], out=part)
                target += part


def _spread_planes(g: Array, w: Array, grid: Grid, out: Array) -> None:
    """The adjoint of _convolve_planes in x; it is added to `out`, which is padded."""
    plan = _Planes(w.shape, out.shape[1], g.shape[2:], grid)
    weights, sizes = plan.weights(w), (plan.channels, plan.outputs, plan.counts[0], plan.inner)
    for cotangent, result in zip(g, out, strict=True):
        planes = np.ascontiguousarray(cotangent).reshape(sizes)
        part = np.empty(sizes, out.dtype)
        for place, where in plan.places():
            target = result[(..., *where)]
            spread = np.zeros((plan.channels, target.shape[1], plan.inner), out.dtype)
            for i, rows in plan.taps():
                np.multiply(weights[(slice(None), slice(None), i, *place)], planes, out=part)
                spread[:, rows] += part[:, 0] if plan.outputs == 1 else part.sum(axis=1)
            target += spread.reshape(target.shape)


def _weigh_planes(g: Array, x: Array, shape: tuple[int, ...], grid: Grid) -> Array:
    """The adjoint of _convolve_planes in w."""
    plan = _Planes(shape, x.shape[1], g.shape[2:], grid)
    out = np.zeros((plan.channels, plan.outputs, *grid.size), np.result_type(g, x))
    for cotangent, image in zip(g, x, strict=True):
        planes = np.ascontiguousarray(cotangent).reshape(plan.channels, plan.outputs, plan.counts[0] * plan.inner)
        padded = pad(image, grid)
        for place, where in plan.places():
            seen = plan.rows(np.ascontiguousarray(padded[(..., *where)]))
            for i, rows in plan.taps():
                column = seen[:, rows].reshape(plan.channels, plan.counts[0] * plan.inner, 1)
                out[(slice(None), slice(None), i, *place)] += (planes @ column)[..., 0]
    return out.reshape(shape)
