"""Counts, products and recurrences along an axis.

The latter two take O(n) work and O(log n) steps, and divide by nothing: zeros do no harm.
"""

from __future__ import annotations

import math
from typing import Any


def count(shape: tuple[int, ...], axis: Any) -> int:
    """How many elements of an array of `shape` one element of its reduction over `axis` stands for."""
    if axis is None:
        return math.prod(shape)
    if not shape:
        return 1
    return math.prod(shape[a] for a in (axis if isinstance(axis, tuple) else (axis,)))


def _split(x: Any, axis: int) -> tuple[Any, Any, Any]:
    """The elements at even and at odd places, in pairs, and the last one where it has no partner."""
    n = x.shape[axis]
    pairs, head = n // 2, (slice(None),) * axis
    return (
        x[(*head, slice(0, 2 * pairs, 2))],
        x[(*head, slice(1, 2 * pairs, 2))],
        x[(*head, slice(2 * pairs, n))],
    )


def _weave(even: Any, odd: Any, last: Any, axis: int, xp: Any) -> Any:
    """The inverse of `_split`."""
    shape = (*even.shape[:axis], 2 * even.shape[axis], *even.shape[axis + 1 :])
    woven = xp.reshape(xp.stack((even, odd), axis=axis + 1), shape)
    return xp.concat((woven, last), axis=axis) if last.shape[axis] else woven


def exclusive_product(x: Any, axis: int, xp: Any) -> Any:
    """Of each element, the product of the others along `axis`: products of pairs upwards, then downwards."""
    n = x.shape[axis]
    if n < 2:
        return xp.ones_like(x)
    even, odd, last = _split(x, axis)
    pairs, head = n // 2, (slice(None),) * axis
    above = exclusive_product(xp.concat((even * odd, last), axis=axis), axis, xp)
    of_pairs, of_last = above[(*head, slice(0, pairs))], above[(*head, slice(pairs, None))]
    return _weave(of_pairs * odd, of_pairs * even, of_last, axis, xp)


def recurrence(u: Any, a: Any, axis: int, xp: Any) -> Any:
    """The solution of s[k] = u[k] + a[k]·s[k+1], 0 beyond the end, along `axis`: every second one, then the rest."""
    n = u.shape[axis]
    if n < 2:
        return u
    u_even, u_odd, u_last = _split(u, axis)
    a_even, a_odd, a_last = _split(a, axis)
    halved = recurrence(
        xp.concat((u_even + a_even * u_odd, u_last), axis=axis),
        xp.concat((a_even * a_odd, a_last), axis=axis),
        axis,
        xp,
    )
    pairs, head = n // 2, (slice(None),) * axis
    even, last = halved[(*head, slice(0, pairs))], halved[(*head, slice(pairs, None))]
    following = shifted(halved, -1, axis, 0, xp)[(*head, slice(0, pairs))]
    return _weave(even, u_odd + a_odd * following, last, axis, xp)


def shifted(x: Any, step: int, axis: int, fill: float, xp: Any) -> Any:
    """`x` moved by one place along `axis`, up (step 1) or down (step -1); `fill` takes the free place."""
    if x.shape[axis] == 0:
        return x
    head = (slice(None),) * axis
    free = xp.ones_like(x[(*head, slice(0, 1))]) * fill
    parts = (free, x[(*head, slice(0, -1))]) if step > 0 else (x[(*head, slice(1, None))], free)
    return xp.concat(parts, axis=axis)
