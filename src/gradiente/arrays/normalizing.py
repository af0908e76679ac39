"""Standard units, and their derivative: as formulas in the vocabulary, and as quick functions for NumPy arrays.

The quick ones work in place on arrays of their own, and add up products without storing them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

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


def units_slope(t: Any, x: Any, axis: Axes, eps: float, xp: Any) -> Any:
    """The derivative of the standard units u, a symmetric map: (t - mean t - u·mean(u·t))/σ."""
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
    count, size = _split(a.shape, axis)
    if a.dtype.kind != "f" or a.shape != b.shape:
        return _add(a * b, axis, None, None, True)
    if axis == tuple(range(len(axis))) and 0 < len(axis) < a.ndim:  # rows, one below the other
        kept = a.shape[len(axis) :]
        width = math.prod(kept)
        if width >= 8:
            total = np.einsum("ij,ij->j", a.reshape(-1, width), b.reshape(-1, width))
            return total.reshape(*(1,) * len(axis), *kept)
    if size < 8:
        return _add(a * b, axis, None, None, True)
    lead = a.shape[: a.ndim - count]
    rows = np.vecdot(a.reshape(-1, size), b.reshape(-1, size)).reshape(*lead, *(1,) * count)
    rest = tuple([k for k in axis if k < len(lead)])
    return _add(rows, rest, None, None, True) if rest else rows


def _mean(x: Array, axis: Axes, n: int) -> Array:
    count, size = _split(x.shape, axis)
    lead = x.shape[: x.ndim - count]
    if count and size >= 8:
        rows = _add(x.reshape(*lead, size), -1, None, None, False).reshape(*lead, *(1,) * count)
        rest = tuple([k for k in axis if k < len(lead)])
        total = _add(rows, rest, None, None, True) if rest else rows
    else:
        total = _add(x, axis, None, None, True)
    return total / n


def _deviation(x: Array, axis: Axes, eps: float, n: int, out: Array | None = None) -> tuple[Array, Array]:
    """x - mean, in `out` if there is one, and 1/σ."""
    deviation = np.subtract(x, _mean(x, axis, n), out)
    return deviation, 1 / np.sqrt(product_sums(deviation, deviation, axis) / n + eps)


def _standardize(x: Array, axis: Axes, eps: float, n: int, out: Array | None = None) -> Array:
    out, scale = _deviation(x, axis, eps, n, out)
    out *= scale
    return out


def _slope(t: Array, x: Array, axis: Axes, eps: float, n: int, out: Array | None = None) -> Array:
    out, scale = _deviation(x, axis, eps, n, out)
    out *= product_sums(out, t, axis) / -n * (scale * scale)
    out += t
    out -= _mean(t, axis, n)
    out *= scale
    return out


_BLOCK = 1 << 19
"""The bytes of an array that are worked on at a time, so that they and what is made of them stay in the cache."""


def _samples(x: Array, axis: Axes) -> tuple[tuple[int, ...], Axes, int] | None:
    """How to cut what is standardized sample by sample into blocks; None where one block is all there is.

    The shape with one axis of samples, `axis` in it, and how many samples a block has.
    """
    lead = min(axis, default=0)
    if x.nbytes <= 2 * _BLOCK or not lead or x.dtype.kind != "f":
        return None
    shape = (math.prod(x.shape[:lead]), *x.shape[lead:])
    step = max(1, _BLOCK * shape[0] // x.nbytes)
    return (shape, tuple([k - lead + 1 for k in axis]), step) if step < shape[0] else None


def standardize(x: Array, axis: Axes, eps: float) -> Array:
    """(x - mean)/σ over `axis`, with σ = √(variance + eps)."""
    n, cut = math.prod([x.shape[a] for a in axis]) or 1, _samples(x, axis)
    if cut is None:
        return _standardize(x, axis, eps, n)
    shape, axis, step = cut
    rows, out = x.reshape(shape), np.empty(shape, x.dtype)
    for i in range(0, len(rows), step):
        _standardize(rows[i : i + step], axis, eps, n, out[i : i + step])
    return out.reshape(x.shape)


def standardize_slope(t: Array, x: Array, axis: Axes, eps: float) -> Array:
    """The derivative of standardize, a symmetric map: (t - mean t - u·mean(u·t))/σ with the units u."""
    n, cut = math.prod([x.shape[a] for a in axis]) or 1, _samples(x, axis)
    if cut is None or t.shape != x.shape or t.dtype is not x.dtype:
        return _slope(t, x, axis, eps, n)
    shape, axis, step = cut
    tangents, rows, out = t.reshape(shape), x.reshape(shape), np.empty(shape, x.dtype)
    for i in range(0, len(rows), step):
        _slope(tangents[i : i + step], rows[i : i + step], axis, eps, n, out[i : i + step])
    return out.reshape(x.shape)


def normalization(
    a: Array, b: Array | None, c: Array | None, axis: Axes, eps: float, groups: Any, features: tuple[int, ...]
) -> Array:
    """The standard units times b, plus c."""
    x = a if groups is None or a.shape == groups else a.reshape(groups)
    weight, bias = None if b is None else b.reshape(features), None if c is None else c.reshape(features)
    cut = None if groups is not None else _samples(x, axis)
    if cut is None or any(k is not None and (k.ndim >= len(cut[0]) or k.dtype is not a.dtype) for k in (weight, bias)):
        return _weighted(standardize(x, axis, eps).reshape(a.shape), weight, bias)
    shape, axis, step = cut
    n, rows, out = math.prod([shape[k] for k in axis]) or 1, x.reshape(shape), np.empty(shape, x.dtype)
    for i in range(0, len(rows), step):
        _weighted(_standardize(rows[i : i + step], axis, eps, n, out[i : i + step]), weight, bias)
    return out.reshape(a.shape)


def _weighted(units: Array, weight: Array | None, bias: Array | None) -> Array:
    if weight is not None:
        units *= weight
    if bias is not None:
        units += bias
    return units


__all__ = ["mean_over", "normalization", "product_sums", "standardize", "standardize_slope", "units", "units_slope"]
