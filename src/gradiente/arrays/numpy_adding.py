"""Adding to elements of NumPy arrays that may be named many times: out[index] += values, every time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from . import numpy_mesh

Array = Any

_MANY = 1024
"""Smaller arrays are not worth another way."""
_BLOCK = 65536
"""Positions made at a time: they stay in the cache, and serve for the blocks that follow."""
_SHORT = 16
"""Longer rows `reduceat` adds up ten times slower than `reduce` does run by run."""
_ROUNDS = 8
_OFTEN = 4
"""Rows that are named so often on average are summed run by run."""
_LONG = 1024
"""Runs of at most so many rows are added up by a product with ones."""
_NARROW = 64
"""Rows of so many elements are added element by element."""


def add_at(out: Array, index: Any, values: Array) -> None:
    """Add `values` to out[index] in place, every time that an element is named.

    `numpy.add.at` is quick along one flat axis and slow otherwise, so rows are sorted and summed run by run, and other
    indices are turned into positions in the flat array. 16-bit values are added up in 32 bits. For few values all of
    that takes longer than the sum.
    """
    if np.may_share_memory(out, values):
        values = np.array(values)
    if values.__class__ is np.ndarray and values.size < _MANY and out.dtype is values.dtype and out.dtype.char in "fd":
        np.add.at(out, index, values)
        return
    if out.dtype.itemsize == 2 and out.dtype.kind not in "iu":
        wide = out.astype(np.float32)
        add_at(wide, index, values)
        out[...] = wide
        return
    rows = index[0] if isinstance(index, tuple) and index else index
    rest = index[1:] if isinstance(index, tuple) else ()
    if isinstance(rows, np.ndarray) and rows.dtype != np.bool_ and all(part is Ellipsis for part in rest):
        _add_rows(out, rows, values)
        return
    if out.size >= _MANY and (axis := _only_axis(index)) and out.flags.c_contiguous:
        places = index[axis]
        if np.shape(values) == (*out.shape[:axis], len(places), *out.shape[axis + 1 :]):
            _add_slices(out, axis, places, values)
            return
    shape = np.shape(values)
    axes = numpy_mesh.mesh(index) if out.size >= _MANY and len(shape) == out.ndim else None
    if axes and shape == (*out.shape[: axes[0][0]], *[len(rows) for _, rows in axes]):
        numpy_mesh.add(out, axes, values)
        return
    positions = _positions(out.shape, index)
    values = np.broadcast_to(np.asarray(values, dtype=out.dtype), np.shape(positions))
    _add_flat(out, np.ravel(positions), np.ravel(values))


def _only_axis(index: Any) -> int | None:
    """The axis along which a vector of places stands, behind whole axes only; None for other indices."""
    *lead, last = index if isinstance(index, tuple) and index else (None,)
    vector = isinstance(last, np.ndarray) and last.ndim == 1 and last.dtype != np.bool_
    return len(lead) if vector and all(part.__class__ is slice and part == slice(None) for part in lead) else None


def _positions(shape: tuple[int, ...], index: Any) -> Array:
    """Where in an array of `shape`, seen flat, the elements lie that an index names."""
    size = math.prod(shape)
    if size < _MANY or not isinstance(index, tuple) or len(index) != len(shape):
        return np.arange(size).reshape(shape)[index]
    total: Any = 0
    for part, n in zip(index, shape, strict=True):
        if not isinstance(part, np.ndarray) or part.dtype.kind not in "iu":
            return np.arange(size).reshape(shape)[index]
        total = total * n + (np.where(part < 0, part + n, part) if part.min(initial=0) < 0 else part)
    return total


def _add_flat(out: Array, positions: Array, values: Array) -> None:
    if out.flags.c_contiguous:
        np.add.at(out.reshape(-1), positions, values)
        return
    low, high = np.lib.array_utils.byte_bounds(out)
    if high - low < out.nbytes:  # elements share memory: a copy would be written back over what was added
        np.add.at(out, np.unravel_index(positions, out.shape), values)
        return
    flat = out.ravel()
    np.add.at(flat, positions, values)
    out[...] = flat.reshape(out.shape)


def _add_slices(out: Array, axis: int, places: Array, values: Array) -> None:
    """Add to the slices that a vector names along a later axis of an array without gaps, a block of rows at a time."""
    size, each = out.shape[axis], math.prod(out.shape[axis + 1 :])
    if not out.size or not values.size:
        return
    places = np.where(places < 0, places + size, places)
    values = np.ascontiguousarray(values, out.dtype)
    if each > _NARROW:
        wide, given = out.reshape(-1, size, each), values.reshape(-1, len(places), each)
        for rows, part in zip(wide, given, strict=True):
            _add_rows(rows, places, part)
        return
    within = (places[:, None] * each + np.arange(each)).reshape(-1)
    lead = out.size // (size * each)
    step = max(1, min(lead, _BLOCK // len(within)))
    positions = (np.arange(step)[:, None] * (size * each) + within).reshape(-1)
    flat, given = out.reshape(-1), values.reshape(-1)
    for i in range(0, lead, step):
        part = given[i * len(within) : (i + step) * len(within)]
        np.add.at(flat[i * size * each : (i + step) * size * each], positions[: len(part)], part)


def add_along_axis(out: Array, indices: Array, axis: int, values: Array) -> None:
    """out[i, …, indices[i, j, …], …] += values[i, j, …], every time; `indices` may be shorter along other axes."""
    axis %= out.ndim
    vector = repeated_vector(indices, axis) if indices.size >= _MANY else None
    if vector is not None:
        shown = tuple([slice(None) if k == axis else slice(n) for k, n in enumerate(indices.shape)])
        add_at(out[shown], (*(slice(None),) * axis, vector), values)
    elif indices.size < _MANY or not out.flags.c_contiguous or out.dtype.itemsize == 2:
        add_at(out, numpy_mesh.along_axis(indices, axis), values)
    else:
        if np.may_share_memory(out, values):
            values = np.array(values)
        np.add.at(out.reshape(-1), flat_along(indices, axis, out.shape).reshape(-1), values.reshape(-1))


def repeated_vector(indices: Array, axis: int) -> Array | None:
    """The vector along `axis` that `indices` repeats along all other axes, as expanded arrays do; else None."""
    for k, (n, step) in enumerate(zip(indices.shape, indices.strides, strict=True)):
        if k != axis and n != 1 and (step or not n):
            return None
    return indices[tuple([slice(None) if k == axis else 0 for k in range(indices.ndim)])]


def flat_along(indices: Array, axis: int, shape: tuple[int, ...]) -> Array:
    """Where in an array of `shape`, seen flat, the elements lie that `indices` name along `axis`."""
    steps = [math.prod(shape[k + 1 :]) for k in range(len(shape))]
    own = axis % len(shape)
    places = np.where(indices < 0, indices + shape[own], indices) if indices.min() < 0 else indices
    others: Any = 0
    for k, (n, step) in enumerate(zip(indices.shape, steps, strict=True)):
        if k != own and n > 1:
            others = others + np.arange(0, n * step, step).reshape(-1, *(1,) * (len(shape) - 1 - k))
    if steps[own] == 1:
        return places + others
    flat = np.multiply(places, steps[own])
    flat += others
    return flat


def _add_rows(out: Array, rows: Array, values: Array) -> None:
    """out[rows] += values, with repeated rows."""
    count, size = rows.size, out.shape[0]
    width = out.shape[1:]
    values = np.broadcast_to(np.asarray(values, dtype=out.dtype), (*rows.shape, *width)).reshape(count, *width)
    if not count or not out.size:
        return
    rows = rows.reshape(-1)
    rows = np.where(rows < 0, rows + size, rows)
    if not width and out.flags.c_contiguous:
        np.add.at(out, rows, values)
        return
    each = values[0].size
    if each <= _NARROW and count < 16 * size:
        _add_flat(out, (rows[:, None] * each + np.arange(each)).reshape(-1), values.reshape(-1))
        return
    if size < 1 << 15:
        rows = rows.astype(np.int16)  # NumPy sorts these ten times as fast
    order = None if (rows[1:] >= rows[:-1]).all() else np.argsort(rows, kind="stable")
    ordered = rows if order is None else rows[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    if len(starts) == count:
        out[rows] += values
    elif count >= _OFTEN * len(starts):
        _add_runs(out, ordered, starts, values if order is None else values.take(order, axis=0))
    else:
        _add_rounds(out, ordered, starts, values, np.arange(count) if order is None else order)


def _add_runs(out: Array, ordered: Array, starts: Array, values: Array) -> None:
    """out[ordered] += values, where rows that are named many times stand one behind the other: run by run."""
    each = len(ordered) // len(starts)
    if len(starts) * each == len(ordered) and np.array_equal(starts, np.arange(len(starts)) * each):  # as often each
        out[ordered[starts]] += np.add.reduce(values.reshape(len(starts), each, *values.shape[1:]), 1)
        return
    if values[0].size <= _SHORT:
        out[ordered[starts]] += np.add.reduceat(values, starts, axis=0)
        return
    ends = [*starts[1:].tolist(), len(values)]
    ones = np.ones(_LONG, values.dtype) if values.ndim == 2 and values.dtype.char in "fd" else None
    for row, start, end in zip(ordered[starts].tolist(), starts.tolist(), ends, strict=True):
        part = values[start:end]
        if ones is None or end - start > _LONG:
            out[row] += np.add.reduce(part, 0)
        else:
            out[row] += ones[: end - start].dot(part)


def _add_rounds(out: Array, ordered: Array, starts: Array, values: Array, order: Array) -> None:
    """out[ordered] += values[order], in rounds: of every row the first, the second, … of what is added to it.

    What rows are named more often still is summed.
    """
    counts = np.diff(starts, append=len(ordered))
    for k in range(min(int(counts.max()), _ROUNDS)):
        now = starts if k == 0 else starts[counts > k]
        out[ordered[now]] += values[order[now + k]]
    often = counts > _ROUNDS
    for start, number in zip(starts[often].tolist(), counts[often].tolist(), strict=True):
        out[ordered[start]] += values[order[start + _ROUNDS : start + number]].sum(axis=0)


__all__ = ["add_along_axis", "add_at", "flat_along", "repeated_vector"]
