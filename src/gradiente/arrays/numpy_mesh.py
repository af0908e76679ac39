"""Indices that form an open mesh, rows of some axes times columns of others, for NumPy arrays: one axis at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any


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
        slices = np.ascontiguousarray(np.moveaxis(values, axis, 0))
        total = np.zeros((out.shape[axis], *slices.shape[1:]), out.dtype)
        for place, part in zip(places.tolist(), slices, strict=True):
            total[place] += part
        values = np.moveaxis(total, 0, axis)
    out += values


__all__ = ["add", "mesh", "pick"]
