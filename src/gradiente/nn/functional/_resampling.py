"""Which elements each place of a resampled axis is made of, and with which weights."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

import numpy as np

from ...arrays.numpy_pooling import Taps

F = TypeVar("F", bound=Callable[..., Taps])
_SHORT = 1024
"""Elements of an axis."""
Scale = float | None
"""How much larger the axis becomes, if that was given; else it follows from the sizes."""


def _ratio(n: int, m: int, scale: Scale) -> float:
    """How far places of the result lie apart in the input."""
    return 1.0 / scale if scale else n / m


def nearest(n: int, m: int, scale: Scale, exact: bool, double: bool) -> Any:
    """The nearest elements, computed in the image's type as torch has it: in the middle of two the rounding decides."""
    kind = np.float64 if double else np.float32
    places = (np.arange(m, dtype=kind) + kind(0.5 if exact else 0)) * kind(_ratio(n, m, scale))
    return np.minimum(np.floor(places.astype(np.float32)).astype(np.int64), n - 1)


def _sources(n: int, m: int, scale: Scale, align_corners: bool) -> Any:
    """Where in the input the places of the result lie."""
    if align_corners:
        return np.arange(m) * ((n - 1) / (m - 1) if m > 1 else 0.0)
    return (np.arange(m) + 0.5) * _ratio(n, m, scale) - 0.5


def _remembered(function: F) -> F:
    """The function, which for short axes does not compute again what it was asked for lately."""
    known = lru_cache(64)(function)

    @wraps(function)
    def call(n: int, m: int, *arguments: Any) -> Taps:
        return (known if n <= _SHORT and m <= _SHORT else function)(n, m, *arguments)

    return cast("F", call)


@_remembered
def linear(n: int, m: int, scale: Scale, align_corners: bool) -> Taps:
    """The two neighbours, weighted by their nearness."""
    source = np.maximum(_sources(n, m, scale, align_corners), 0.0)
    low = np.minimum(np.floor(source).astype(np.int64), n - 1)
    share = np.minimum(source - low, 1.0)
    return Taps(np.stack((low, np.minimum(low + 1, n - 1)), 1), np.stack((1 - share, share), 1))


def cubic_weights(t: Any, a: float = -0.75) -> list[Any]:
    """The weights of the four neighbours at distances 1 + t, t, 1 - t, 2 - t: R. Keys' cubic convolution (1981)."""

    def near(x: Any) -> Any:
        return ((a + 2) * x - (a + 3)) * x * x + 1

    def far(x: Any) -> Any:
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a

    return [far(t + 1), near(t), near(1 - t), far(2 - t)]


@_remembered
def cubic(n: int, m: int, scale: Scale, align_corners: bool) -> Taps:
    """The four neighbours."""
    source = _sources(n, m, scale, align_corners)
    low = np.floor(source).astype(np.int64)
    places = np.clip(low[:, None] + np.arange(-1, 3), 0, n - 1)
    return Taps(places, np.stack(cubic_weights(source - low), 1))


def _triangle(x: Any) -> Any:
    return np.maximum(1 - np.abs(x), 0)


def _keys(x: Any) -> Any:
    x, a = np.abs(x), -0.5
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return np.where(x < 1, near, np.where(x < 2, far, 0))


def _lanczos(x: Any) -> Any:
    return np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0)


FILTERS: dict[str, tuple[Callable[[Any], Any], int]] = {
    "bilinear": (_triangle, 1),
    "bicubic": (_keys, 2),
    "lanczos": (_lanczos, 3),
}


@_remembered
def smooth(n: int, m: int, scale: Scale, align_corners: bool, mode: str) -> Taps:
    """A filter that is as wide as the places of the result lie apart, so that nothing is skipped."""
    kernel, radius = FILTERS[mode]
    ratio = ((n - 1) / (m - 1) if m > 1 else 0.0) if align_corners else _ratio(n, m, scale)
    width = max(ratio, 1.0)
    centre = ratio * (np.arange(m) + 0.5)
    low = np.maximum((centre - radius * width + 0.5).astype(np.int64), 0)
    high = np.minimum((centre + radius * width + 0.5).astype(np.int64), n)
    longest = max(int((high - low).max()), 1)
    places = low[:, None] + np.arange(longest)
    inside = places < high[:, None]
    weights = np.where(inside, kernel((places - centre[:, None] + 0.5) / width), 0.0)
    weights /= weights.sum(axis=1, keepdims=True)
    return Taps(np.minimum(places, np.maximum(high - 1, 0)[:, None]), weights)


def in_whole_numbers(found: Taps) -> tuple[Taps, int]:
    """The weights as multiples of 2**-bits that fit into 16 bits, and how many bits that are."""
    weights = found.weights.copy()
    for k in range(1, weights.shape[1]):  # an element at the edge that is named several times has one weight
        same = found.places[:, k] == found.places[:, k - 1]
        weights[:, k] += np.where(same, weights[:, k - 1], 0)
        weights[:, k - 1] = np.where(same, 0, weights[:, k - 1])
    largest, bits = weights.max(), 0
    while bits < 22 and int(0.5 + largest * (1 << (bits + 1))) < 1 << 15:
        bits += 1
    scaled = weights * (1 << bits)
    return Taps(found.places, np.trunc(scaled + np.copysign(0.5, scaled)).astype(np.int64)), bits


__all__ = ["FILTERS", "cubic", "cubic_weights", "in_whole_numbers", "linear", "nearest", "smooth"]
