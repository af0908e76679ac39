"""Standard units, and their derivative: as formulas in the vocabulary, and as quick functions for NumPy arrays.

The quick ones work in place on arrays of their own, and add up products without storing them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from . import numpy_large
from .normalizing_columns import BLOCK, Columns
from .normalizing_few import FEW as _LARGE
from .normalizing_few import Few, sums_of_columns
from .numpy_rows import products_of_rows, sums_of_rows

Array = Any
Axes = tuple[int, ...]
_add: Callable[..., Any] = np.add.reduce  # NumPy's stubs know fewer forms of it than NumPy


def mean_over(x: Any, axis: Axes, xp: Any) -> Any:
    """The mean over `axis`, whose axes stay, of size 1."""
    return xp.sum(x, axis=axis, keepdims=True) / (math.prod([x.shape[a] for a in axis]) or 1)


def units(x: Any, axis: Axes, eps: float, xp: Any) -> tuple[Any, Any]:
    """(x - mean)/σ over `axis`, and 1/σ, with σ = √(variance + eps)."""
    deviation = x - mean_over(x, axis, xp)
    scale = 1 / xp.sqrt(mean_over(deviation * deviation, axis, xp) + eps)
    return deviation * scale, scale


def units_slope(t: Any, x: Any, axis: Axes, eps: float, xp: Any, weight: Any = None) -> Any:
    """The derivative of the standard units u, a symmetric map: (t - mean t - u·mean(u·t))/σ, of t times the weight."""
    if weight is not None:
        t = t * weight
    u, scale = units(x, axis, eps, xp)
    return scale * (t - mean_over(t, axis, xp) - u * mean_over(u * t, axis, xp))


# -- the same for NumPy -----------------------------------------------------------------------------------------------


def _split(shape: tuple[int, ...], axis: Axes) -> tuple[int, int]:
    """How many of the last axes are among `axis`, and how many elements they have together."""
    count, size = 0, 1
    while count < len(shape) and len(shape) - 1 - count in axis:
        size *= shape[len(shape) - 1 - count]
        count += 1
    return count, size


def product_sums(a: Array, b: Array, axis: Axes) -> Array:
    """The sums of a·b over `axis`, whose axes stay, of size 1."""
    if a.size < _LARGE:
        products = a * b
        if axis == (0,) and products.ndim == 2:
            return sums_of_columns(products)
        return _add(products, axis, None, None, True)
    count, size = _split(a.shape, axis)
    if a.dtype.kind != "f" or a.shape != b.shape:
        return _add(a * b, axis, None, None, True)
    if axis == tuple(range(len(axis))) and 0 < len(axis) < a.ndim:  # rows, one below the other
        kept = a.shape[len(axis) :]
        width = math.prod(kept)
        if width >= 8:
            total = np.einsum("ij,ij->j", a.reshape(-1, width), b.reshape(-1, width))
            return total.reshape(*(1,) * len(axis), *kept)
    if size < 16:
        return numpy_large.add(a * b, axis, None, True)
    lead = a.shape[: a.ndim - count]
    rows = np.vecdot(a.reshape(-1, size), b.reshape(-1, size)).reshape(*lead, *(1,) * count)
    rest = tuple([k for k in axis if k < len(lead)])
    return _add(rows, rest, None, None, True) if rest else rows


def _mean(x: Array, axis: Axes, n: int) -> Array:
    if x.size < _LARGE:
        total = _add(x, axis, None, None, True)
        total /= n
        return total
    count, size = _split(x.shape, axis)
    lead = x.shape[: x.ndim - count]
    if count and size >= 8:
        rows = _add(x.reshape(*lead, size), -1, None, None, False).reshape(*lead, *(1,) * count)
        rest = tuple([k for k in axis if k < len(lead)])
        total = _add(rows, rest, None, None, True) if rest else rows
    else:
        total = _add(x, axis, None, None, True)
    return total / n


def _deviation(x: Array, axis: Axes, eps: float, n: int) -> tuple[Array, Array]:
    """x - mean, and 1/σ."""
    deviation = x - _mean(x, axis, n)
    return deviation, 1 / np.sqrt(product_sums(deviation, deviation, axis) / n + eps)


def _standardize(x: Array, axis: Axes, eps: float, n: int) -> Array:
    if (few := Few.of(x, axis, eps)) is not None:
        return few.units()
    out, scale = _deviation(x, axis, eps, n)
    out *= scale
    return out


def _slope(t: Array, x: Array, axis: Axes, eps: float, n: int) -> Array:
    if t.shape == x.shape and (few := Few.of(x, axis, eps, t)) is not None:
        return few.slope(t)
    out, scale = _deviation(x, axis, eps, n)
    out *= product_sums(out, t, axis) / -n * (scale * scale)
    out += t
    out -= _mean(t, axis, n)
    out *= scale
    return out


class _Rows:
    """What is standardized row by row: the last axes of samples, which lie in memory one behind the other.

    Note [Standard units in few passes]: NumPy handles each row by itself where a column is added to short rows or
    multiplies them, at several times the cost of adding or multiplying whole arrays. So the units times weight plus
    bias are x·S + B, and BLAS makes S and B, and the sums of rows. The variance is the mean square less the squared
    mean; parts where rounding would show, because a mean is more than twice a standard deviation, go by the formulas.
    """

    __slots__ = ("axis", "eps", "lead", "n", "step", "x")

    def __init__(self, x: Array, axis: Axes, eps: float) -> None:
        self.x, self.axis, self.eps, self.lead = x, axis, eps, axis[0]
        self.n: int = math.prod(x.shape[axis[0] :])
        self.step: int = max(1, BLOCK * len(x) // x.nbytes)

    @staticmethod
    def of(x: Array, axis: Axes, eps: float, *others: Array | None) -> _Rows | None:
        """Such rows, if `axis` are the last axes of a large array, and the others have its type."""
        lead = min(axis, default=0)
        if x.size < _LARGE or not lead or axis != tuple(range(lead, x.ndim)) or x.dtype.char not in "fd":
            return None
        if any(k is not None and k.dtype is not x.dtype for k in others):
            return None
        rows = _Rows(np.ascontiguousarray(x), axis, eps)
        return rows if rows.n >= 8 and all(k is None or rows.spans(k) or rows.by_places(k) for k in others) else None

    def spans(self, k: Array) -> bool:
        """Whether a parameter has a number for each element of a row."""
        return k.shape == self.x.shape[self.lead :]

    def by_places(self, k: Array) -> bool:
        """Whether a parameter has one number for all places along the last axis."""
        return k.ndim < self.x.ndim and k.shape[-1:] == (1,)

    def blocks(self) -> Iterator[slice]:
        """The samples in parts."""
        for i in range(0, len(self.x), self.step):
            yield slice(i, i + self.step)

    def moments(self, part: Array) -> tuple[Array, Array] | None:
        """The means and 1/σ of the rows of a part, whose axes stay, of size 1; None where rounding would show."""
        mean = sums_of_rows(part, self.n) / self.n
        variance = products_of_rows(part, part, self.n) / self.n - mean * mean
        if not (mean * mean <= 4 * variance).all():
            return None
        shape = (*part.shape[: self.lead], *(1,) * len(self.axis))
        return mean.reshape(shape), (1 / np.sqrt(np.maximum(variance, 0) + self.eps)).reshape(shape)

    def room(self) -> Array:
        """Memory for a matrix of the rows of one part."""
        return np.empty((min(self.step, len(self.x)) * math.prod(self.x.shape[1 : self.lead]), self.n), self.x.dtype)

    def affine(
        self, moments: tuple[Array, Array], weight: Array | None, bias: Array | None, *rooms: Array
    ) -> tuple[Array, Array]:
        """S and B, so that x·S + B are the units times weight plus bias; in rooms, of which B need have none."""
        mean, scale = moments
        if any(k is not None and self.spans(k) for k in (weight, bias)):
            rows = np.zeros((2, self.n), scale.dtype)
            rows[0] = 1 if weight is None else weight.reshape(-1)
            columns = np.zeros((scale.size, 2), scale.dtype)
            columns[:, 0] = scale.reshape(-1)
            shape = (*scale.shape[: self.lead], *self.x.shape[self.lead :])
            times = columns.dot(rows, rooms[0][: scale.size]).reshape(
                shape
            )  # with a second column of zeros, which BLAS is quicker with
            if len(rooms) < 2:
                return times, times
            if bias is not None:
                rows[1] = bias.reshape(-1)
            columns[:, 0] *= -mean.reshape(-1)
            columns[:, 1] = 1
            return times, columns.dot(rows, rooms[1][: scale.size]).reshape(shape)
        times = scale if weight is None else scale * weight
        return times, -mean * times if bias is None else bias - mean * times


def statistics(x: Array, axis: Axes, n: int) -> tuple[Array, Array]:
    """Means over `axis`, and variances of n - 1 degrees of freedom, at least in single precision; without `axis`."""
    wide = np.float64 if x.dtype == np.float64 else np.float32
    if x.size >= _LARGE or x.dtype != wide or x.__class__ is not np.ndarray:
        mean = np.mean(x, axis=axis, dtype=wide)
        return mean, np.var(x, axis=axis, dtype=wide, ddof=1) if n > 1 else np.full(mean.shape, np.nan, wide)
    mean = _mean(x, axis, n)
    deviation = x - mean
    deviation *= deviation
    variance = _add(deviation, axis)
    variance /= n - 1 if n > 1 else math.nan
    return mean.reshape(variance.shape), variance


def standardize(x: Array, axis: Axes, eps: float) -> Array:
    """(x - mean)/σ over `axis`, with σ = √(variance + eps)."""
    return _affine_units(x, axis, eps, None, None) if x.size >= _LARGE else _standardize(x, axis, eps, _count(x, axis))


def _count(x: Array, axis: Axes) -> int:
    return math.prod([x.shape[a] for a in axis]) or 1


def standardize_slope(t: Array, x: Array, axis: Axes, eps: float, weight: Array | None = None) -> Array:
    """The derivative of standardize, a symmetric map, of t·weight: (t - mean t - u·mean(u·t))/σ with the units u."""
    large = x.size >= _LARGE and t.shape == x.shape and t.dtype is x.dtype
    rows = _Rows.of(x, axis, eps, weight) if large else None
    if rows is None:
        columns = Columns.of(x, axis, eps, weight) if large else None
        if columns is not None and (found := columns.slope(t, weight)) is not None:
            return found
        return _slope(t if weight is None else t * weight, x, axis, eps, _count(x, axis))
    out, room, n = np.empty(x.shape, x.dtype), rows.room(), rows.n
    for at in rows.blocks():
        part, slope, given = rows.x[at], out[at], t[at]
        moments = rows.moments(part)
        if moments is None:
            slope[...] = _slope(given if weight is None else given * weight, part, axis, eps, n)
            continue
        mean, scale = moments
        times, _ = rows.affine(moments, weight, None, room)
        given = np.multiply(given, times, room[: scale.size].reshape(part.shape))
        total = sums_of_rows(given, n).reshape(scale.shape)
        turn = scale * scale * (products_of_rows(given, part, n).reshape(scale.shape) - mean * total) / n
        np.multiply(part, -turn, slope)
        slope += given
        slope += turn * mean - total / n
    return out


def units_product_sums(g: Array, x: Array, axis: Axes, eps: float, axes: Axes) -> Array:
    """The sums of g·u over `axes`, which stay, of size 1, with the units u of x over `axis`."""
    if x.size < _LARGE or g.shape != x.shape or g.dtype is not x.dtype:
        u = _standardize(x, axis, eps, _count(x, axis))
        return product_sums(g, u, axes) if axes else g * u
    rows = _Rows.of(x, axis, eps)
    across, last = axes == tuple(range(min(axis))), x.ndim - 1
    if axes == axis and (columns := Columns.of(x, axis, eps)) and (found := columns.products(g)) is not None:
        return found
    if rows is None or not (across or axes == (*range(min(axis) - 1), last)):
        return product_sums(g, standardize(x, axis, eps), axes) if axes else g * standardize(x, axis, eps)
    total: Any = 0
    for at in rows.blocks():
        part, given = rows.x[at], g[at]
        moments = rows.moments(part)
        if moments is None:
            total = total + product_sums(given, _standardize(part, axis, eps, rows.n), axes)
            continue
        mean, scale = moments
        if across:
            by_place = scale.reshape(-1).dot((given * part).reshape(-1, rows.n))
            by_place -= (scale * mean).reshape(-1).dot(given.reshape(-1, rows.n))
            total = total + by_place.reshape(*(1,) * len(axes), *x.shape[rows.lead :])
            continue
        places, shape = x.shape[-1], (*part.shape[:-1], 1)
        products = products_of_rows(given, part, places).reshape(shape)
        products -= mean * sums_of_rows(given, places).reshape(shape)
        total = total + _add(scale * products, axes, None, None, True)
    return total


def normalization(
    a: Array, b: Array | None, c: Array | None, axis: Axes, eps: float, groups: Any, features: tuple[int, ...]
) -> Array:
    """The standard units times b, plus c."""
    if a.size < _LARGE:
        x = a if groups is None else a.reshape(groups)
        units = _standardize(x, axis, eps, _count(x, axis)).reshape(a.shape)
        return _weighted(units, None if b is None else b.reshape(features), None if c is None else c.reshape(features))
    x, beside = (a, features) if groups is None else (a.reshape(groups), (*groups[1:-1], 1))
    weight, bias = None if b is None else b.reshape(beside), None if c is None else c.reshape(beside)
    return _affine_units(x, axis, eps, weight, bias).reshape(a.shape)


def _affine_units(x: Array, axis: Axes, eps: float, weight: Array | None, bias: Array | None) -> Array:
    rows = _Rows.of(x, axis, eps, weight, bias)
    if rows is None:
        columns = Columns.of(x, axis, eps, weight, bias)
        if columns is not None and (found := columns.units(weight, bias)) is not None:
            return found
        return _weighted(_standardize(x, axis, eps, _count(x, axis)), weight, bias)
    out, rooms = np.empty(x.shape, x.dtype), (rows.room(), rows.room())
    for at in rows.blocks():
        part, units = rows.x[at], out[at]
        moments = rows.moments(part)
        if moments is None:
            units[...] = _weighted(_standardize(part, axis, eps, rows.n), weight, bias)
            continue
        times, plus = rows.affine(moments, weight, bias, *rooms)
        np.multiply(part, times, units)
        units += plus
    return out


def _weighted(units: Array, weight: Array | None, bias: Array | None) -> Array:
    if weight is not None:
        units *= weight
    if bias is not None:
        units += bias
    return units


__all__ = [
    "mean_over",
    "normalization",
    "product_sums",
    "standardize",
    "standardize_slope",
    "statistics",
    "units",
    "units_product_sums",
    "units_slope",
]
