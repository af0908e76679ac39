"""Order along an axis of NumPy arrays: places of the first few elements or of one, and running sums and maxima.

A place is that of the stable order: of equal elements the first counts as the smaller, and NaN as the largest.
Partitions are several times quicker than sorting, and hold the same places unless elements are equal.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any

_LONG = 64
"""From how many elements along the axis on a partition is worth it."""


def first_places(x: Array, k: int, axis: int, largest: bool) -> Array | None:
    """The places of the k largest or smallest elements, in their order; None if equal elements or NaN prevent it."""
    size = x.shape[axis] if x.ndim else 0
    if size < _LONG or not 0 < k <= size // 4 or x.dtype.kind not in "fiu" or x.dtype.itemsize == 2 or not x.size:
        return None
    x = np.moveaxis(x, axis, -1)
    nth = size - k if largest else k - 1
    border = np.partition(x, nth)[..., nth : nth + 1]
    within = np.flatnonzero((x >= border) if largest else (x <= border))
    if len(within) != x.size // size * k:  # more elements are like the last one; or NaN
        return None
    places = (within % size).reshape(*x.shape[:-1], k)
    chosen = np.take_along_axis(x, places, axis=-1)
    order = np.argsort(_negative(chosen) if largest else chosen, kind="stable")
    return np.moveaxis(np.take_along_axis(places, order, axis=-1), -1, axis)


def _negative(x: Array) -> Array:
    """What sorts in the opposite order."""
    return -x if x.dtype.kind == "f" else ~x


def argsort(x: Array, axis: int, descending: bool) -> Array:
    """The places that sort along `axis`, stable in both directions; NaN counts as the largest."""
    if not descending:
        return x.argsort(axis, "stable")
    back = (*(slice(None),) * (axis % x.ndim), slice(None, None, -1))
    order = x[back].argsort(axis, "stable")[back]
    return x.shape[axis] - 1 - order


def nth_places(x: Array, n: int, axis: int) -> Array | None:
    """The place of the n-th smallest element (from 0), the axis kept; None if equal elements or NaN prevent it."""
    if not x.ndim or x.shape[axis] < _LONG or x.dtype.kind not in "fiu" or x.dtype.itemsize == 2 or not x.size:
        return None
    nth = np.partition(x, n, axis=axis)[(*(slice(None),) * axis, slice(n, n + 1))]
    alike = x == nth
    if np.count_nonzero(alike) != nth.size or not alike.any(axis=axis).all():
        return None
    return alike.argmax(axis=axis, keepdims=True)


def accumulate(function: Any, x: Array, axis: int) -> Array:
    """`function.accumulate`; row by row where the rows are long: NumPy goes element by element."""
    length = x.shape[axis] if x.ndim else 0
    if function is np.add and length >= _LONG and x.size >= _MANY and x.dtype.char == "f" and axis in (-1, x.ndim - 1):
        found = _by_products(np.ascontiguousarray(x).reshape(-1, length))
        if found is not None:
            return found.reshape(x.shape)
    rows = np.moveaxis(x, axis, 0) if length > 1 else x
    if not x.size or x.size < 128 * length or length < 2 or x.dtype.itemsize == 2 or not rows[0].flags.c_contiguous:
        return function.accumulate(x, axis=axis)
    out = np.empty(x.shape, x.dtype)
    sums = np.moveaxis(out, axis, 0)
    sums[0] = rows[0]
    for i in range(1, length):
        function(sums[i - 1], rows[i], out=sums[i])
    return out


_MANY = 4096
"""Fewer elements NumPy's own function has soon."""
_ROWS = 1 << 16
"""Elements of the rows that are worked on at a time."""
_GROUP = 20
"""So many elements are added up by one product."""


def _by_products(x: Array) -> Array | None:
    """Running sums of rows of float32, in groups by a product with a triangle of ones; None if not all is finite."""
    count = x.shape[1] // _GROUP
    whole = count * _GROUP
    out = np.empty_like(x)
    step = max(1, _ROWS // x.shape[1])
    for i in range(0, len(x), step):
        part = x[i : i + step]
        sums = part[:, :whole].reshape(-1, _GROUP).dot(_TRIANGLE).reshape(len(part), count, _GROUP)
        sums[:, 1:] += np.add.accumulate(sums[:, :-1, -1], 1)[:, :, None]
        found = out[i : i + step]
        found[:, :whole] = sums.reshape(len(part), whole)
        for k in range(whole, x.shape[1]):
            np.add(found[:, k - 1], part[:, k], out=found[:, k])
    return out if np.isfinite(out[:, -1]).all() else None  # 0·∞ would have been added


_TRIANGLE = np.triu(np.ones((_GROUP, _GROUP), np.float32))


__all__ = ["accumulate", "argsort", "first_places", "nth_places"]
