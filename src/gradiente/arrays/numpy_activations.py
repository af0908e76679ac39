"""Bounds and activations of NumPy arrays: the values of the table's formulas, in fewer passes over the memory.

Note [Bounds by clip]: NumPy takes the larger one of an array and a number three times as slowly as it brings an array
between two numbers; so one bound is a pair of bounds, of which the other one is infinite. NaN stays NaN.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from . import numpy_special
from .numpy_large import BLOCK, SMALL, erf_into

Array = Any

_BITS = {"f": np.uint32, "d": np.uint64}


_ONE: dict[str, Any] = {char: np.ones((), char) for char in "fd"}
"""NumPy takes an array of the same type twice as fast as a Python number."""


def expit(x: Array) -> Array:
    """The logistic function 1 / (1 + e^-x); where e^-x overflows, 0."""
    return gated(x)


def gated(x: Array, top: Array | None = None, memory: Array | None = None) -> Array:
    """top / (1 + e^-x), or 1 / (1 + e^-x).

    Of arrays of float32 and float64 in one buffer: `memory`, which may be x, or a new one.
    """
    one = _ONE.get(x.dtype.char)
    if one is None or x.__class__ is not np.ndarray or not x.ndim:
        return (1 if top is None else top) / (1 + np.exp(-x))
    t = np.negative(x, memory)
    np.exp(t, t)
    t += one
    return np.divide(one if top is None else top, t, t)


def between(x: Array, low: Any, high: Any) -> Array | None:
    """min(max(x, low), high) of a large array of float32 or float64 and two numbers; None for others."""
    if x.__class__ is not np.ndarray or x.size < SMALL or x.dtype.char not in "fd":
        return None
    kind = x.dtype.type
    return x.clip(kind(low), kind(high))  # half as long a way as np.clip


def clamp(x: Array, min: Any, max: Any) -> Array:
    """x between two numbers, of which one may be None."""
    if x.size >= SMALL and min.__class__ in _NUMBERS and max.__class__ in _NUMBERS:
        found = between(x, -math.inf if min is None else min, math.inf if max is None else max)
        if found is not None:
            return found
    if min is not None:
        x = np.maximum(x, min)
    return x if max is None else np.minimum(x, max)


_NUMBERS = (int, float, type(None))


def hardtanh(x: Array, low: float, high: float) -> Array:
    """x between two numbers."""
    return clamp(x, low, high)


def hardsigmoid(x: Array) -> Array:
    """x + 3 between 0 and 6, divided by 6."""
    out = clamp(x + 3, 0, 6)
    return out / 6


def hardswish(x: Array) -> Array:
    """x times its hardsigmoid."""
    return x * hardsigmoid(x)


def softshrink(x: Array, lambd: float) -> Array:
    """x without what of it lies in ±λ; a zero keeps the sign."""
    inner = between(x, -lambd, lambd)
    if inner is None:
        return np.where(x > lambd, x - lambd, np.where(x < -lambd, x + lambd, x * 0))
    bits = _BITS[x.dtype.char]
    sign = bits(1) << bits(8 * x.itemsize - 1)
    out = np.subtract(x, inner, inner)
    signs = np.bitwise_and(x.view(bits), sign)
    return np.bitwise_or(out.view(bits), signs, signs).view(x.dtype)


def gelu(x: Array) -> Array:
    """x·(1 + erf(x/√2))/2; of large float32 arrays a block at a time."""
    if x.__class__ is not np.ndarray or x.size < SMALL or x.dtype.char != "f":
        return x * (0.5 * (1 + numpy_special.erf(x * math.sqrt(0.5))))
    flat = np.ascontiguousarray(x).reshape(-1)
    out = np.empty_like(flat)
    root, half, room = np.float32(math.sqrt(0.5)), np.float32(0.5), np.empty(min(BLOCK, flat.size), np.float32)
    with np.errstate(over="ignore", under="ignore"):
        for i in range(0, flat.size, BLOCK):
            part, y = flat[i : i + BLOCK], out[i : i + BLOCK]
            t = room[: y.size]
            np.multiply(part, root, t)
            erf_into(t, y)
            np.multiply(y, half, y)
            np.add(y, half, y)
            np.multiply(y, part, y)
    return out.reshape(x.shape)


__all__ = ["between", "clamp", "expit", "gated", "gelu", "hardsigmoid", "hardswish", "hardtanh", "softshrink"]
