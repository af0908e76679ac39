"""Products and recurrences along an axis: as formulas in the vocabulary, and quickly for NumPy arrays.

The formulas take O(n) work and O(log n) steps, and divide by nothing: zeros do no harm.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any


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


def others_product(x: Any, axis: int, xp: Any) -> Any:
    """Of each element, the product of the others along `axis`: products of pairs upwards, then downwards."""
    n = x.shape[axis]
    if n < 2:
        return xp.ones_like(x)
    even, odd, last = _split(x, axis)
    above = others_product(xp.concat((even * odd, last), axis=axis), axis, xp)
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


def running_product_slope(g: Any, x: Any, out: Any, axis: int, xp: Any) -> Any:
    """The cotangent of x from that of its running products `out`."""
    return shifted(out, 1, axis, 1, xp) * recurrence(g, shifted(x, -1, axis, 0, xp), axis, xp)


# -- the same for NumPy -----------------------------------------------------------------------------------------------


_LOW, _HIGH = {"f": 1e-30, "d": 1e-290}, {"f": 1e30, "d": 1e290}
"""Products of such sizes have lost nothing on their way."""
_SHORT, _FEW = 64, 4096


def exclusive_product(x: Array, axis: int) -> Array:
    """others_product: the product of all, divided by each, where that is as good; else products from both ends."""
    if x.shape[axis] < 2 or x.dtype.itemsize == 2 or x.size > _FEW:
        return others_product(x, axis, np)
    total = np.multiply.reduce(x, axis, keepdims=True)
    if _are_sound(total):
        return total / x
    lead = (slice(None),) * axis
    first, but_first, but_last = (*lead, slice(1)), (*lead, slice(1, None)), (*lead, slice(-1))
    behind = np.multiply.accumulate(x[(*lead, slice(None, 0, -1))], axis)[(*lead, slice(None, None, -1))]
    out = np.empty_like(x)
    out[first] = 1
    np.multiply.accumulate(x[but_last], axis, None, out[but_first])
    out[but_last] *= behind
    return out


def cumulative_prod_slope(g: Array, x: Array, out: Array, axis: int) -> Array:
    """running_product_slope: the sums of g·out from each place on, divided by x, where that is as good."""
    if _are_sound(out):
        back = (*(slice(None),) * axis, slice(None, None, -1))
        sums = np.add.accumulate((g * out)[back], axis)[back]
        return np.divide(sums, x, order="C")
    if x.shape[axis] > _SHORT or x.dtype.itemsize == 2:
        return running_product_slope(g, x, out, axis, np)
    sums, factors = np.moveaxis(np.array(g, order="C"), axis, 0), np.moveaxis(x, axis, 0)
    for k in range(len(sums) - 2, -1, -1):
        sums[k] += factors[k + 1] * sums[k + 1]
    sums[1:] *= np.moveaxis(out, axis, 0)[:-1]
    return np.moveaxis(sums, 0, axis)


def _are_sound(products: Array) -> bool:
    """Whether products may be divided by their factors: none is 0, or nearly, or infinite, or NaN."""
    char = products.dtype.char
    if char not in _LOW or not products.size:
        return False
    sizes = np.abs(products)
    return bool(np.minimum.reduce(sizes, None) > _LOW[char] and np.maximum.reduce(sizes, None) < _HIGH[char])


__all__ = [
    "cumulative_prod_slope",
    "exclusive_product",
    "others_product",
    "recurrence",
    "running_product_slope",
    "shifted",
]
