"""Distances of all pairs of rows, and their derivative: as formulas in the vocabulary, and quickly for NumPy arrays.

The pairs are (0, 1), (0, 2), …, (1, 2), …. The quick ones never hold the differences of all pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

Array = Any


def places(n: int) -> tuple[Array, Array]:
    """The numbers of the rows in each pair."""
    return np.triu_indices(n, 1)  # pyright: ignore[reportReturnType]


def differences(x: Any, extras: Any) -> Any:
    """The first row less the second one, for each pair."""
    first, second = places(x.shape[0])
    return extras.pick(x, (first,)) - extras.pick(x, (second,))


def slopes(g: Any, x: Any, out: Any, xp: Any, extras: Any) -> Any:
    """The adjoint of the derivative of the distances `out`: g·(xᵢ - xⱼ)/‖xᵢ - xⱼ‖, added to i and taken from j."""
    first, second = places(x.shape[0])
    pulls = xp.expand_dims(extras.safe_divide(g, out), axis=1) * differences(x, extras)
    return extras.embed(pulls, (first,), x.shape) - extras.embed(pulls, (second,), x.shape)


def row_signs(a: Any, b: Any, out: Any, p: float, xp: Any) -> Any:
    """The slopes of the distances `out` of order p, 1, 2 or ∞, by the differences of all rows, (…, m, n, k)."""
    d = xp.expand_dims(a, axis=-2) - xp.expand_dims(b, axis=-3)
    if p == 2:
        size = xp.expand_dims(out, axis=-1)
        return xp.where(size == 0, 0, d / xp.where(size == 0, 1, size))
    return xp.sign(d) if p == 1 else xp.where(xp.abs(d) == xp.expand_dims(out, axis=-1), xp.sign(d), 0)


def row_slopes(g: Any, a: Any, b: Any, out: Any, p: float, xp: Any) -> Any:
    """The cotangent of a from that of the distances `out` of order p, 1, 2 or ∞."""
    return xp.sum(xp.expand_dims(g, axis=-1) * row_signs(a, b, out, p, xp), axis=-2)


# -- the same for NumPy -----------------------------------------------------------------------------------------------


def _parts(n: int) -> Iterator[tuple[int, slice]]:
    """Each row, and where the pairs of which it is the first one stand."""
    start = 0
    for i in range(n - 1):
        yield i, slice(start, start + n - 1 - i)
        start += n - 1 - i


_FEW, _SMALL = 32, 8192
"""The differences of the pairs of so few rows are all held."""


@lru_cache(64)
def _known_places(n: int, char: str) -> tuple[Array, Array, Array]:
    """The numbers of the rows in each pair, and 1 where a row is the first of a pair, -1 where it is the second."""
    first, second = places(n)
    rows = np.arange(n)[:, None]
    return first, second, np.subtract(rows == first, rows == second, dtype=np.int8).astype(char)


def _few_differences(x: Array) -> tuple[Array, Array]:
    """The differences of all pairs of few rows, and the signs of `_known_places`."""
    first, second, signs = _known_places(len(x), x.dtype.char)
    d = x.take(first, 0)
    d -= x.take(second, 0)
    return d, signs


def _is_small(x: Array) -> bool:
    return 1 < len(x) <= _FEW and len(x) * x.size <= _SMALL and x.dtype.char in "fd"


_NEAR = 1e-6
"""Of the largest squared norm: smaller squared distances are computed from the difference, the others in float64."""


def pair_distances(x: Array) -> Array:
    """‖xᵢ - xⱼ‖ for all pairs of rows of x (n, k).

    Of float32 by one product of matrices in float64: ‖xᵢ‖² + ‖xⱼ‖² - 2·xᵢ·xⱼ, exact enough but for near neighbours.
    """
    n = len(x)
    if _is_small(x):
        d, _ = _few_differences(x)
        return np.sqrt(np.vecdot(d, d))
    out = np.empty(n * (n - 1) // 2, x.dtype)
    if out.size and x.dtype.char == "f":
        squares, scale = _squares(x)
        near = np.flatnonzero(squares <= _NEAR * scale)
        if np.isfinite(scale) and len(near) <= len(out) // 8:
            starts = np.array([part.start for _, part in _parts(n)])
            first = np.searchsorted(starts, near, side="right") - 1
            d = x[first] - x[near - starts[first] + first + 1]
            squares[near] = np.vecdot(d, d)
            return np.sqrt(squares, out, casting="same_kind")
    columns = np.ascontiguousarray(x.T)
    for i, part in _parts(n):
        d = columns[:, i + 1 :] - columns[:, i : i + 1]
        np.multiply(d, d, d)
        out[part] = d.sum(axis=0)
    return np.sqrt(out, out)


def _squares(x: Array) -> tuple[Array, float]:
    """The squared distances in float64, and the largest squared norm about the mean."""
    wide = x.astype(np.float64)
    wide -= wide.mean(axis=0)
    products = wide.dot(wide.T)
    norms = products.diagonal().copy()
    products *= -2
    products += norms
    products += norms[:, None]
    squares = np.empty(len(x) * (len(x) - 1) // 2)
    for i, part in _parts(len(x)):
        squares[part] = products[i, i + 1 :]
    return squares, norms.max(initial=0)


def pair_slopes(g: Array, x: Array, out: Array) -> Array:
    """The adjoint of the derivative of pair_distances, whose result is `out`: Σⱼ g·(xᵢ - xⱼ)/out for each row i."""
    n = len(x)
    pulls = g / np.where(out == 0, np.inf, out)
    if _is_small(x):
        d, signs = _few_differences(x)
        d *= pulls[:, None]
        slope = signs.dot(d)
        if np.isfinite(slope).all():  # else some 0·∞ may be in it
            return slope
    weights = np.zeros((n, n), np.float64)
    for i, part in _parts(n):
        weights[i, i + 1 :] = pulls[part]
    weights += weights.T.copy()
    if x.dtype.char == "f" and np.isfinite(total := weights.sum(axis=1, keepdims=True)).all():
        wide = x.astype(np.float64)
        return (total * wide - weights.dot(wide)).astype(x.dtype)
    columns, slope = np.ascontiguousarray(x.T), np.empty(x.shape, x.dtype)
    for i in range(n):
        slope[i] = (columns[:, i : i + 1] - columns).dot(weights[i].astype(x.dtype))
    return slope


__all__ = ["differences", "pair_distances", "pair_slopes", "places", "row_signs", "row_slopes", "slopes"]
