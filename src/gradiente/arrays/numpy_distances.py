"""Distances of all rows of one matrix from all rows of another, of order 1, 2 and ∞, for NumPy arrays.

Those of order 1 and ∞ never hold the differences of all pairs: those of some rows at a time stay in the cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any

_BLOCK = 1 << 17
"""Differences worked on at a time."""
_LONG = 1024
"""Sums of more terms than that are added in pairs, as NumPy does along the last axis only."""


def row_distances(a: Array, b: Array, p: float) -> Array:
    """‖a[i] - b[j]‖ₚ, p = 1, 2 or ∞, (…, m, n), for a (…, m, k) and b (…, n, k); the batches are broadcast."""
    if p == 2:
        d = a[..., :, None, :] - b[..., None, :, :]
        return np.sqrt(np.vecdot(d, d))
    lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    out = np.zeros((*lead, a.shape[-2], b.shape[-2]), a.dtype)
    if out.size and a.shape[-1]:
        function: Any = np.add if p == 1 else np.maximum
        results = out.reshape(-1, *out.shape[-2:])
        for one, other, found in zip(_each(a, lead), _each(b, lead), results, strict=True):
            _distances(one, other, found, function)
    return out


def row_distance_slopes(g: Array, a: Array, b: Array, out: Array, p: float) -> Array:
    """The cotangent of a: Σⱼ g[i, j]·s, s the sign of a[i] - b[j], for ∞ where its size is the distance `out`.

    For p = 2, s is the difference itself, divided by the distance.
    """
    if p == 2:
        d = a[..., :, None, :] - b[..., None, :, :]
        d /= np.where(out == 0, np.inf, out)[..., None]
        return np.matmul(g[..., None, :], d)[..., 0, :]
    lead = np.broadcast_shapes(g.shape[:-2], a.shape[:-2], b.shape[:-2])
    slope = np.zeros((*lead, *a.shape[-2:]), a.dtype)
    if slope.size and b.size:
        results = slope.reshape(-1, *a.shape[-2:])
        for i, place in enumerate(np.ndindex(lead)):
            h, one, other, found = [np.broadcast_to(x, (*lead, *x.shape[-2:]))[place] for x in (g, a, b, out)]
            _slopes(h, one, other, found, p, results[i])
    return slope


def _each(x: Array, lead: tuple[int, ...]) -> list[Array]:
    """The matrices of a batch, as many as `lead` says."""
    whole = np.broadcast_to(x, (*lead, *x.shape[-2:]))
    return [whole[place] for place in np.ndindex(lead)]


def _distances(a: Array, b: Array, out: Array, function: Any) -> None:
    if len(a) > len(b):
        a, b, out = b, a, out.T
    if _rows_last(b):
        _by_columns(a, b, out, function)
        return
    step = max(1, _BLOCK // b.size)
    for i in range(0, len(a), step):
        d = a[i : i + step, None] - b
        function.reduce(np.abs(d, d), 2, out=out[i : i + step])


def _rows_last(b: Array) -> bool:
    """Whether the rows of b are many enough to be NumPy's inner loop, and short enough to be added one by one."""
    return len(b) >= b.shape[1] and b.shape[1] <= _LONG


def _by_columns(a: Array, b: Array, out: Array, function: Any) -> None:
    columns = np.ascontiguousarray(b.T)
    step = max(1, _BLOCK // b.size)
    for i in range(0, len(a), step):
        d = a[i : i + step, :, None] - columns
        function.reduce(np.abs(d, d), 1, out=out[i : i + step])


def _slopes(g: Array, a: Array, b: Array, out: Array, p: float, slope: Array) -> None:
    last = _rows_last(b)
    columns = np.ascontiguousarray(b.T) if last else b
    step = max(1, _BLOCK // b.size)
    named = g != 0
    starts, stops = named.argmax(axis=1), len(b) - named[:, ::-1].argmax(axis=1)
    for i in range(0, len(a), step):
        rows, given, found = a[i : i + step], g[i : i + step], out[i : i + step]
        part = slice(starts[i : i + step].min(), stops[i : i + step].max())  # of pairs of one matrix, g is a triangle
        if last:
            signs = _signs(rows[:, :, None], columns[:, part], found[:, None, part], p)
        else:
            signs = _signs(rows[:, None], columns[part], found[:, part, None], p)
        given = np.ascontiguousarray(given[:, part])
        slope[i : i + step] = np.matmul(signs, given[:, :, None])[..., 0] if last else _left(given, signs)


def _left(g: Array, signs: Array) -> Array:
    return np.matmul(g[:, None, :], signs)[:, 0]


def _signs(a: Array, b: Array, out: Array, p: float) -> Array:
    """-1, 0 or 1 for a - b, as numbers of their type."""
    if p == 1:
        if np.isnan(np.add.reduce(out, None)):
            return np.sign(a - b)
        up, down = np.greater(a, b), np.less(a, b)
    else:
        d = a - b
        up, down = np.equal(d, out), np.equal(d, -out)
    return np.subtract(up.view(np.int8), down.view(np.int8)).astype(a.dtype)


__all__ = ["row_distance_slopes", "row_distances"]
