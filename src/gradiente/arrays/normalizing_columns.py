"""Sums of columns by BLAS, and standard units of columns: over the samples of large NumPy arrays."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from .numpy_rows import products_of_rows, sums_of_rows

Array = Any
Axes = tuple[int, ...]
BLOCK = 1 << 20
"""The bytes of an array that are worked on at a time, so that they and what is made of them stay in the cache."""
_SHORT = 128
"""Samples that are added up in one go: long sums have large rounding errors."""
_add: Any = np.add.reduce  # NumPy's stubs know fewer forms of it than NumPy


class Columns:
    """Arrays seen as (samples, columns, places), which are standardized over samples and places.

    As in Note [Standard units in few passes], and the units times weight plus bias are x·S + B, with one S and one B
    for each column.
    """

    __slots__ = ("axis", "eps", "kept", "n", "shape", "step", "x")

    def __init__(self, x: Array, axis: Axes, eps: float) -> None:
        count = x.ndim - len(axis)
        self.shape: tuple[int, ...] = (len(x), math.prod(x.shape[1 : 1 + count]), math.prod(x.shape[1 + count :]))
        self.x: Array = x
        self.axis: Axes = axis
        self.eps: float = eps
        self.n: int = self.shape[0] * self.shape[2]
        self.kept: tuple[int, ...] = (1, *x.shape[1 : 1 + count], *(1,) * (x.ndim - 1 - count))
        self.step: int = max(1, BLOCK * len(x) // x.nbytes)

    @staticmethod
    def of(x: Array, axis: Axes, eps: float, *others: Array | None) -> Columns | None:
        """Such a view, if `axis` are the first one and the last ones, and the others have its type and fit columns."""
        if axis[:1] != (0,) or len(axis) >= x.ndim or x.dtype.char not in "fd":
            return None
        if axis[1:] != tuple(range(x.ndim - len(axis) + 1, x.ndim)):
            return None
        view = Columns(np.ascontiguousarray(x), axis, eps)
        fitting = (
            k is None or (k.dtype is x.dtype and (1,) * (x.ndim - k.ndim) + k.shape == view.kept) for k in others
        )
        return view if view.shape[1] >= 8 and all(fitting) else None

    def blocks(self) -> Iterator[slice]:
        """The samples in parts."""
        for i in range(0, len(self.x), self.step):
            yield slice(i, i + self.step)

    def sums(self, a: Array, b: Array | None = None) -> Array:
        """The sum of each column, or of its products with another array's, with axes of size 1."""
        _, columns, places = self.shape
        total: Any = 0
        step = min(self.step, _SHORT)
        for i in range(0, len(self.x), step):
            part, other = a[i : i + step], None if b is None else b[i : i + step]
            if places > 1:
                rows = sums_of_rows(part, places) if other is None else products_of_rows(part, other, places)
                total = total + _add(rows.reshape(-1, columns), 0)
            elif other is None:
                total = total + np.ones(len(part), part.dtype).dot(part.reshape(-1, columns))
            else:
                total = total + np.einsum("ij,ij->j", part.reshape(-1, columns), other.reshape(-1, columns))
        return total.reshape(self.kept)

    def moments(self) -> tuple[Array, Array] | None:
        """The means and 1/σ of the columns, from which the means are taken first if rounding would show; None if so."""
        for _ in range(2):
            mean = self.sums(self.x) / self.n
            variance = self.sums(self.x, self.x) / self.n - mean * mean
            if (mean * mean <= 4 * variance).all():
                return mean, 1 / np.sqrt(np.maximum(variance, 0) + self.eps)
            self.x = self.x - mean
        return None

    def units(self, weight: Array | None, bias: Array | None) -> Array | None:
        """The standard units times weight plus bias; None where rounding would show."""
        moments = self.moments()
        if moments is None:
            return None
        mean, scale = moments
        times = scale if weight is None else scale * weight
        plus = -mean * times if bias is None else bias - mean * times
        out = np.empty(self.x.shape, self.x.dtype)
        for at in self.blocks():
            part = out[at]
            np.multiply(self.x[at], times, part)
            part += plus
        return out

    def slope(self, t: Array, weight: Array | None) -> Array | None:
        """The derivative of the standard units, of t·weight; None where rounding would show."""
        moments = self.moments()
        if moments is None:
            return None
        mean, scale = moments
        times = scale if weight is None else scale * weight
        total = self.sums(t)
        turn = scale * scale * times * (self.sums(t, self.x) - mean * total) / self.n
        plus = turn * mean - times * total / self.n
        out = np.empty(self.x.shape, self.x.dtype)
        for at in self.blocks():
            part = out[at]
            np.multiply(self.x[at], -turn, part)
            part += t[at] * times
            part += plus
        return out

    def products(self, g: Array) -> Array | None:
        """The sums of g times the standard units; None where rounding would show."""
        moments = self.moments()
        if moments is None:
            return None
        mean, scale = moments
        return scale * (self.sums(g, self.x) - mean * self.sums(g))


__all__ = ["BLOCK", "Columns"]
