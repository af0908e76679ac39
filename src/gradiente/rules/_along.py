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
    return shape[axis] if isinstance(axis, int) else math.prod([shape[a] for a in axis])


def _part(x: Any, axis: int, start: int | None, stop: int | None, step: int | None = None) -> Any:
    return x[(*(slice(None),) * axis, slice(start, stop, step), ...)]


def _split(x: Any, axis: int) -> tuple[Any, Any, Any]:
    """The elements at even and at odd places, in pairs, and the last one where it has no partner."""
    n = x.shape[axis]
    even = n - n % 2
    return _part(x, axis, 0, even, 2), _part(x, axis, 1, even, 2), _part(x, axis, even, n)


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
    above = exclusive_product(xp.concat((even * odd, last), axis=axis), axis, xp)
    of_pairs, of_last = _part(above, axis, 0, n // 2), _part(above, axis, n // 2, None)
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
    even, last = _part(halved, axis, 0, n // 2), _part(halved, axis, n // 2, None)
    following = _part(shifted(halved, -1, axis, 0, xp), axis, 0, n // 2)
    return _weave(even, u_odd + a_odd * following, last, axis, xp)


def shifted(x: Any, step: int, axis: int, fill: float, xp: Any) -> Any:
    """`x` moved by one place along `axis`, up (step 1) or down (step -1); `fill` takes the free place."""
    if x.shape[axis] == 0:
        return x
    free = xp.ones_like(_part(x, axis, 0, 1)) * fill
    parts = (free, _part(x, axis, 0, -1)) if step > 0 else (_part(x, axis, 1, None), free)
    return xp.concat(parts, axis=axis)
