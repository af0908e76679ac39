"""Rules of the reductions: sums, means, extremes, spreads, norms."""

from __future__ import annotations

import math
from typing import Any

from .kinds import Constant as constant
from .kinds import General as general
from .kinds import Linear as linear
from .kinds import Reduction as reduction


def count(shape: tuple[int, ...], axis: Any) -> int:
    """How many elements of an array of `shape` one element of its reduction over `axis` stands for."""
    if axis is None:
        return math.prod(shape)
    if not shape:
        return 1
    return math.prod(shape[a] for a in (axis if isinstance(axis, tuple) else (axis,)))


def _exclusive_product(x: Any, axis: int, xp: Any) -> Any:
    """Of each element, the product of the others along `axis`: pairs upwards, then downwards, so zeros do no harm."""
    n = x.shape[axis]
    if n == 1:
        return xp.ones_like(x)
    head = (slice(None),) * axis
    pairs = n // 2
    even, odd = x[(*head, slice(0, 2 * pairs, 2))], x[(*head, slice(1, 2 * pairs, 2))]
    last = x[(*head, slice(2 * pairs, n))]
    above = _exclusive_product(xp.concat((even * odd, last), axis=axis), axis, xp)
    of_pairs, of_last = above[(*head, slice(0, pairs))], above[(*head, slice(pairs, None))]
    shape = (*x.shape[:axis], 2 * pairs, *x.shape[axis + 1 :])
    woven = xp.reshape(xp.stack((of_pairs * odd, of_pairs * even), axis=axis + 1), shape)
    return xp.concat((woven, of_last), axis=axis)


def _others(x: Any, axis: Any, xp: Any) -> Any:
    """Of each element, the product of the others that `prod` over `axis` multiplies with it."""
    if axis is None:
        return xp.reshape(_exclusive_product(xp.reshape(x, (-1,)), 0, xp), x.shape) if x.shape else xp.ones_like(x)
    return _exclusive_product(x, axis % len(x.shape), xp) if x.shape else xp.ones_like(x)


sum = reduction("sum", lambda g: g)
mean = reduction("mean", lambda g, x_shape, axis: g / count(x_shape, axis))
prod = reduction("prod", lambda g, x, axis, xp: g * _others(x, axis, xp))
max = reduction("max", lambda g, x, out, axis, xp: _shared(g, x == out, axis, xp), node="AmaxBackward0")
min = reduction("min", lambda g, x, out, axis, xp: _shared(g, x == out, axis, xp), node="AminBackward0")
var = reduction(
    "var",
    lambda g, x, x_shape, axis, correction, xp: g
    * ((2 / _degrees(x_shape, axis, correction)) * (x - xp.mean(x, axis=axis, keepdims=True))),
)
std = reduction(
    "std",
    lambda g, x, out, x_shape, axis, correction, xp, extras: extras.safe_divide(g, out)
    * ((x - xp.mean(x, axis=axis, keepdims=True)) / _degrees(x_shape, axis, correction)),
)
logsumexp = reduction(
    "logsumexp", lambda g, x, out, xp: g * xp.exp(x - out), forward=lambda x, axis, keepdims, xp: _lse(x, axis, keepdims, xp)
)
vector_norm = reduction(
    "vector_norm",
    lambda g, x, out, ord, axis, xp, extras: _norm_slope(g, x, out, ord, axis, xp, extras),
    forward=lambda x, ord, axis, keepdims, xp: _norm(x, ord, axis, keepdims, xp),
    node="LinalgVectorNormBackward0",
)
cumulative_sum = linear(
    "cumulative_sum",
    lambda g, axis, xp: xp.flip(xp.cumulative_sum(xp.flip(g, axis=axis), axis=axis), axis=axis),
    node="CumsumBackward0",
)
softmax = general(
    "softmax",
    lambda g, out, axis, xp: out * (g - xp.sum(g * out, axis=axis, keepdims=True)),
    forward=lambda x, axis, xp: _softmax(x, axis, xp),
    jvp=lambda t, out, axis, xp: out * (t - xp.sum(t * out, axis=axis, keepdims=True)),
)
log_softmax = general(
    "log_softmax",
    lambda g, out, axis, xp: g - xp.exp(out) * xp.sum(g, axis=axis, keepdims=True),
    forward=lambda x, axis, xp: _log_softmax(x, axis, xp),
    jvp=lambda t, out, axis, xp: t - xp.sum(xp.exp(out) * t, axis=axis, keepdims=True),
)
argmax = constant("argmax", None)
argmin = constant("argmin", None)
any = constant("any", None)
all = constant("all", None)


def _shared(g: Any, chosen: Any, axis: Any, xp: Any) -> Any:
    """The cotangent of an extreme, shared equally among the elements that attain it."""
    ties = xp.sum(xp.where(chosen, xp.ones_like(g), 0), axis=axis, keepdims=True)
    return xp.where(chosen, g / ties, 0)


def _degrees(shape: tuple[int, ...], axis: Any, correction: float) -> float:
    """The degrees of freedom of a variance; NaN's divisor 0 is left to the division by torch's rule."""
    n = count(shape, axis) - correction
    return n if n > 0 else math.nan


def _finite_max(x: Any, axis: Any, xp: Any) -> Any:
    """The maximum along `axis`, 0 where it is infinite, so that x - max has no NaN."""
    top = xp.max(x, axis=axis, keepdims=True)
    return xp.where(xp.isfinite(top), top, 0)


def _lse(x: Any, axis: Any, keepdims: bool, xp: Any) -> Any:
    top = _finite_max(x, axis, xp)
    out = xp.log(xp.sum(xp.exp(x - top), axis=axis, keepdims=True)) + top
    return out if keepdims else xp.squeeze(out, axis=tuple(range(len(x.shape))) if axis is None else axis)


def _softmax(x: Any, axis: int, xp: Any) -> Any:
    e = xp.exp(x - xp.max(x, axis=axis, keepdims=True))
    return e / xp.sum(e, axis=axis, keepdims=True)


def _log_softmax(x: Any, axis: int, xp: Any) -> Any:
    x = x - xp.max(x, axis=axis, keepdims=True)
    return x - xp.log(xp.sum(xp.exp(x), axis=axis, keepdims=True))


def _norm(x: Any, ord: float, axis: Any, keepdims: bool, xp: Any) -> Any:
    size = xp.abs(x)
    if ord == 2:
        return xp.sqrt(xp.sum(size * size, axis=axis, keepdims=keepdims))
    if ord == 1:
        return xp.sum(size, axis=axis, keepdims=keepdims)
    if ord == math.inf:
        return xp.max(size, axis=axis, keepdims=keepdims)
    if ord == -math.inf:
        return xp.min(size, axis=axis, keepdims=keepdims)
    if ord == 0:
        return xp.sum(xp.where(size == 0, 0, xp.ones_like(size)), axis=axis, keepdims=keepdims)
    return xp.sum(size**ord, axis=axis, keepdims=keepdims) ** (1 / ord)


def _norm_slope(g: Any, x: Any, out: Any, ord: float, axis: Any, xp: Any, extras: Any) -> Any:
    """The derivative of a vector norm, 0 where the norm is 0 (torch's subgradient)."""
    if ord == 0:
        return xp.zeros_like(x)
    if ord == 2:
        return g * extras.safe_divide(x, out)
    if ord == 1:
        return g * xp.sign(x)
    size = xp.abs(x)
    if ord in (math.inf, -math.inf):
        return _shared(g, size == out, axis, xp) * xp.sign(x)
    if ord < 2:  # |x|**(ord - 1) alone is safe for ord > 1; below, x = 0 is a kink that torch gives 0
        slope = xp.sign(x) * xp.where(size == 0, 1, size) ** (ord - 1)
    else:
        slope = x * size ** (ord - 2)
    return g * slope * extras.safe_divide(xp.ones_like(out), out ** (ord - 1))
