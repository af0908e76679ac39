"""Sums, scalar products and extremes of the rows of NumPy arrays, by what costs least a row.

NumPy's `reduce` starts anew for each row, which takes 25 to 60 ns: as long as adding up a hundred elements. A product
with ones starts BLAS once for all rows; `reduceat` starts in half the time.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

Array = Any

_add: Any = np.add.reduce  # NumPy's stubs know fewer forms of it than NumPy
_BRIEF = 512
"""Rows of at most so many elements are added up by BLAS to about as few roundings as by NumPy, in pairs."""
_MANY = 128
"""For fewer rows `reduce` is as good."""


def row_size(x: Array, axis: Any) -> int:
    """The elements of a row of a contiguous array, if `axis` are its last axes and there are many rows; else 0."""
    ndim, n = x.ndim, 1
    if axis.__class__ is int:
        if ndim > 1 and (axis == -1 or axis == ndim - 1):
            n = x.shape[-1]
    elif axis.__class__ is tuple and (first := ndim - len(axis)) > 0 and sorted(axis) == [*range(first, ndim)]:
        for size in x.shape[first:]:
            n *= size
    return n if n > 1 and x.size >= _MANY * n and x.flags.c_contiguous else 0


def extremes_of_rows(x: Array, n: int, function: Any) -> Array:
    """The results of np.maximum or np.minimum over the rows of n elements of a contiguous array."""
    return function.reduceat(x.reshape(-1), np.arange(0, x.size, n))


def sums_of_rows(x: Array, n: int) -> Array:
    """The sums of the rows of n elements of a contiguous array, as a column: their products with ones."""
    width = _width(n)
    if not width:
        return _add(x.reshape(-1, n), 1, None, None, True)
    total = x.reshape(-1, width).dot(ones_of(width, x.dtype.char)).reshape(-1, n // width)
    return total if width == n else _add(total, 1, None, None, True)


def products_of_rows(a: Array, b: Array, n: int) -> Array:
    """The scalar products of rows of n elements, as a column."""
    return np.vecdot(a.reshape(-1, n), b.reshape(-1, n))[:, None]


@lru_cache(1000)
def _width(n: int) -> int:
    """A divisor of n: rows of so many elements are added up by one product to few roundings; 0 if there is none."""
    return next((d for d in range(min(n, _BRIEF), 0, -1) if n % d == 0 and d * 64 >= n), 0)


@lru_cache(200)
def ones_of(count: int, char: str) -> Array | None:
    """Ones, whose product with a matrix adds up its rows; None for other types, and where sums need more care."""
    return np.ones(count, char) if char in "fd" and 0 < count < 1024 else None


__all__ = ["extremes_of_rows", "ones_of", "products_of_rows", "row_size", "sums_of_rows"]
