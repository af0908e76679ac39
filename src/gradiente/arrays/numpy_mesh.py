"""Indices that form an open mesh, rows of some axes times columns of others, for NumPy arrays: one axis at a time."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

Array = Any


def along_axis(indices: Array, axis: int) -> tuple[Array, ...]:
    """The index arrays that name, for every place of `indices`, the element there, but at `indices` along `axis`."""
    make = open_mesh if indices.size < _MANY else open_mesh.__wrapped__
    grid = make(indices.shape)
    axis %= len(grid)
    return (*grid[:axis], indices, *grid[axis + 1 :])


@lru_cache(256)
def open_mesh(shape: tuple[int, ...]) -> tuple[Array, ...]:
    """The numbers of the places along each axis; they are not to be written to."""
    d = len(shape)
    return tuple([np.arange(n).reshape(*(1,) * k, n, *(1,) * (d - 1 - k)) for k, n in enumerate(shape)])


def mesh(index: Any) -> list[tuple[int, Array]] | None:
    """The axes, and the places along each, that an index names if it is an open mesh behind whole axes; else None."""
    if index.__class__ is not tuple:
        return None
    lead = next((k for k, part in enumerate(index) if part.__class__ is not slice), len(index))
    arrays = index[lead:]
    if len(arrays) < 2 or any(part != slice(None) for part in index[:lead]):
        return None
    for k, part in enumerate(arrays):
        if not isinstance(part, np.ndarray) or part.dtype.kind not in "iu":
            return None
        if part.ndim != len(arrays) - k or part.size != part.shape[0]:
            return None
    return [(lead + k, part.reshape(-1)) for k, part in enumerate(arrays)]


def pick(x: Array, axes: list[tuple[int, Array]]) -> Array:
    """The elements that a mesh names."""
    for axis, places in axes:
        x = x.take(places, axis=axis)
    return x


def add(out: Array, axes: list[tuple[int, Array]], values: Array) -> None:
    """Add `values` to what a mesh names, every time that it is named: the adjoint of `pick`."""
    for axis, places in reversed(axes):
        values = sum_at(values, axis, places, out.shape[axis], out.dtype)
    out += values


def sum_at(values: Array, axis: int, places: Array, size: int, dtype: Any) -> Array:
    """The sums of the slices along `axis` that have the same place, of `size` places."""
    runs = _runs(np.where(places < 0, places + size, places), size) if values.size >= _MANY else None
    lead = (slice(None),) * axis
    if runs is not None:
        total = np.zeros((*values.shape[:axis], size, *values.shape[axis + 1 :]), dtype)
        for target, source in runs:
            total[(*lead, target)] += values[(*lead, source)]
        return total
    slices = np.ascontiguousarray(np.moveaxis(values, axis, 0))
    total = np.zeros((size, *slices.shape[1:]), dtype)
    for place, part in zip(places.tolist(), slices, strict=True):
        total[place] += part
    return np.moveaxis(total, 0, axis)


_MANY = 4096
"""Fewer elements are not worth the search for runs."""


def _runs(places: Array, size: int) -> list[tuple[slice, slice]] | None:
    """The places, and where they stand, as pairs of slices with even steps; None where that takes too many.

    Those that stand first among equal ones come first, then those that stand second, and so on: then reflections and
    repetitions are a few runs.
    """
    if len(places) < 2:
        return None
    order = np.argsort(places, kind="stable")
    ordered = places[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    counts = np.diff(starts, append=len(places))
    if counts.max() > _ROUNDS:
        return None
    runs: list[tuple[slice, slice]] = []
    for k in range(int(counts.max())):
        at = starts[counts > k] + k
        targets, sources = ordered[at], order[at]
        steps = np.stack((np.diff(targets), np.diff(sources)))
        bends = np.flatnonzero((steps[:, 1:] != steps[:, :-1]).any(axis=0)) + 1
        first = 0
        for bend in [*bends.tolist(), len(at) - 1]:
            if bend < first:  # the element between two bends stands in a run already
                continue
            runs.append((_slice(targets[first : bend + 1]), _slice(sources[first : bend + 1])))
            first = bend + 1
            if len(runs) > _RUNS:
                return None
        if first < len(at):
            runs.append((_slice(targets[first:]), _slice(sources[first:])))
    return runs


_ROUNDS, _RUNS = 8, 24


def _slice(numbers: Array) -> slice:
    """Evenly spaced numbers as a slice."""
    first, last = int(numbers[0]), int(numbers[-1])
    step = int(numbers[1]) - first if len(numbers) > 1 else 1
    stop = last + (1 if step > 0 else -1)
    return slice(first, stop if stop >= 0 else None, step)


__all__ = ["add", "along_axis", "mesh", "open_mesh", "pick", "sum_at"]
