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
    rows = np.einsum("ij,ij->i", a.reshape(-1, size), b.reshape(-1, size)).reshape(*lead, *(1,) * count)
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


def _deviation(x: Array, axis: Axes, eps: float, n: int) -> tuple[Array, Array]:
    """x - mean, and 1/σ."""
    deviation = x - _mean(x, axis, n)
    return deviation, 1 / np.sqrt(product_sums(deviation, deviation, axis) / n + eps)


def standardize(x: Array, axis: Axes, eps: float) -> Array:
    """(x - mean)/σ over `axis`, with σ = √(variance + eps)."""
    out, scale = _deviation(x, axis, eps, math.prod([x.shape[a] for a in axis]) or 1)
    out *= scale
    return out


def standardize_slope(t: Array, x: Array, axis: Axes, eps: float) -> Array:
    """The derivative of standardize, a symmetric map: (t - mean t - u·mean(u·t))/σ with the units u."""
    n = math.prod([x.shape[a] for a in axis]) or 1
    out, scale = _deviation(x, axis, eps, n)
    out *= product_sums(out, t, axis) / -n * (scale * scale)
    out += t
    out -= _mean(t, axis, n)
    out *= scale
    return out


def normalization(
    a: Array, b: Array | None, c: Array | None, axis: Axes, eps: float, groups: Any, features: tuple[int, ...]
) -> Array:
    """The standard units times b, plus c."""
    x = a if groups is None or a.shape == groups else a.reshape(groups)
    out = standardize(x, axis, eps).reshape(a.shape)
    if b is not None:
        out *= b.reshape(features)
    if c is not None:
        out += c.reshape(features)
    return out


__all__ = ["mean_over", "normalization", "product_sums", "standardize", "standardize_slope", "units", "units_slope"]
