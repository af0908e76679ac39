"""Rules of reductions and running totals: sums, means, extremes, spreads, norms, softmax, cumulative products."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..arrays.recurrences import recurrence, shifted
from ._along import count
from .kinds import Constant as constant
from .kinds import General as general
from .kinds import Linear as linear
from .kinds import Primitive
from .kinds import Reduction as reduction


def _others(x: Any, axis: Any, xp: Any, extras: Any) -> Any:
    """Of each element, the product of the others that `prod` over `axis` multiplies with it."""
    if not x.shape:
        return xp.ones_like(x)
    if axis is None:
        return xp.reshape(extras.exclusive_product(xp.reshape(x, (-1,)), 0), x.shape)
    return extras.exclusive_product(x, axis % len(x.shape))


def _shared(g: Any, x: Any, out: Any, axis: Any, xp: Any) -> Any:
    """The cotangent of an extreme, shared equally among the elements that attain it; NaN attains NaN."""
    chosen = xp.logical_or(x == out, xp.isnan(x) & xp.isnan(out))
    ties = xp.sum(xp.where(chosen, xp.ones_like(g), 0), axis=axis, keepdims=True)
    return xp.where(chosen, g / ties, 0)


def _degrees(shape: tuple[int, ...], axis: Any, correction: float) -> float:
    """The degrees of freedom of a variance, NaN where there are none: so is its derivative."""
    n = count(shape, axis) - correction
    return n if n > 0 else math.nan


def _deviation(x: Any, axis: Any, xp: Any) -> Any:
    """What the elements differ from their mean, which is 0 where there are none."""
    return x - xp.sum(x, axis=axis, keepdims=True) / (count(x.shape, axis) or 1)


def _above(out: Any, xp: Any) -> Any:
    """`out`, and 0 where it is -inf: every term is e^-inf there, and so is its share."""
    return xp.where(out == -math.inf, 0, out)


def _share(x: Any, total: Any, xp: Any) -> Any:
    """What part e^x is of e^total; 0 where e^total is 0."""
    return xp.where(total == -math.inf, 0, xp.exp(x - total))


def _norm_slope(g: Any, x: Any, out: Any, ord: float, axis: Any, xp: Any, extras: Any) -> Any:
    """The derivative of a vector norm; where the norm is 0 and has a kink, 0, the subgradient that torch takes."""
    if ord == 0:
        return xp.zeros_like(x)
    if ord == 1:
        return g * xp.sign(x)
    if ord == 2:
        return g * extras.safe_divide(x, out)
    if ord in (math.inf, -math.inf):
        return _shared(g, xp.abs(x), out, axis, xp) * xp.sign(x)
    zero = x == 0  # a negative power of 0 would be infinite, here or in the next order; the sign makes it 0
    slope = xp.sign(x) * xp.abs(xp.where(zero, 1, x)) ** (ord - 1)
    return g * slope * xp.where(out == 0, 0, xp.where(out == 0, 1, out) ** (1 - ord))


sum: Primitive = reduction("sum", lambda g: g)
mean: Primitive = reduction(
    "mean",
    lambda g, x_shape, axis: g / count(x_shape, axis),
    forward=lambda x, axis, keepdims, xp, dtype=None: xp.mean(
        x if dtype is None else xp.astype(x, dtype), axis=axis, keepdims=keepdims
    ),
)
nansum: Primitive = reduction(
    "nansum",
    lambda g, x, xp: xp.where(xp.isnan(x), 0, g),
    forward=lambda x, axis, keepdims, xp, dtype=None, wide=None: _widely(
        lambda x: xp.sum(xp.where(xp.isnan(x), 0, x), axis=axis, keepdims=keepdims, dtype=dtype), x, wide, xp
    ),
)
prod: Primitive = reduction(
    "prod",
    lambda g, x, axis, xp, extras: g * _others(x, axis, xp, extras),
    forward=lambda x, axis, keepdims, xp, dtype=None, wide=None: _widely(
        lambda x: xp.prod(x, axis=axis, keepdims=keepdims, dtype=dtype), x, wide, xp
    ),
)
max: Primitive = reduction("max", lambda g, x, out, axis, xp: _shared(g, x, out, axis, xp), node="AmaxBackward0")
min: Primitive = reduction("min", lambda g, x, out, axis, xp: _shared(g, x, out, axis, xp), node="AminBackward0")
median: Primitive = reduction(
    "median",
    lambda g, x, out, axis, xp: _shared(g, x, out, axis, xp),
    forward=lambda x, axis, keepdims, xp: _middle(x, xp),
)
nanmedian: Primitive = reduction(
    "nanmedian",
    lambda g, x, out, axis, xp: _shared(g, x, out, axis, xp),
    forward=lambda x, axis, keepdims, xp: _middle_number(x, xp),
)
var: Primitive = reduction(
    "var",
    lambda g, x, x_shape, axis, correction, xp: (
        g * ((2 / _degrees(x_shape, axis, correction)) * _deviation(x, axis, xp))
    ),
    forward=lambda x, axis, correction, keepdims, xp, wide=None: _widely(
        lambda x: _var(x, axis, correction, keepdims, xp), x, wide, xp
    ),
)
std: Primitive = reduction(
    "std",
    lambda g, x, out, x_shape, axis, correction, xp, extras: (
        extras.safe_divide(g, out) * (_deviation(x, axis, xp) / _degrees(x_shape, axis, correction))
    ),
    forward=lambda x, axis, correction, keepdims, xp, wide=None: _widely(
        lambda x: xp.sqrt(_var(x, axis, correction, keepdims, xp)), x, wide, xp
    ),
)
logsumexp: Primitive = reduction(
    "logsumexp",
    lambda g, x, out, xp: g * xp.exp(x - _above(out, xp)),
    forward=lambda x, axis, keepdims, xp, wide=None: _widely(lambda x: _lse(x, axis, keepdims, xp), x, wide, xp),
)
vector_norm: Primitive = reduction(
    "vector_norm",
    lambda g, x, out, ord, axis, xp, extras: _norm_slope(g, x, out, ord, axis, xp, extras),
    forward=lambda x, ord, axis, keepdims, xp, wide=None: _widely(
        lambda x: _norm(x, ord, axis, keepdims, xp), x, wide, xp
    ),
    node="LinalgVectorNormBackward0",
)
pick: Primitive = general(
    "pick",
    lambda g, indices, axis, keepdims, x_shape, xp, extras: _put_back(g, indices, axis, keepdims, x_shape, xp, extras),
    None,
    operands=("x", "indices"),
    forward=lambda x, indices, axis, keepdims, xp: _pick(x, indices, axis, keepdims, xp),
    jvp=lambda t, indices, axis, keepdims, xp: _pick(t, indices, axis, keepdims, xp),
    node="MaxBackward0",
)
cumulative_sum: Primitive = linear(
    "cumulative_sum",
    lambda g, axis, xp: xp.flip(xp.cumulative_sum(xp.flip(g, axis=axis), axis=axis), axis=axis),
    forward=lambda x, axis, xp, dtype=None, wide=None: _widely(
        lambda x: xp.cumulative_sum(x, axis=axis, **({} if dtype is None else {"dtype": dtype})), x, wide, xp
    ),
    node="CumsumBackward0",
)
cumulative_prod: Primitive = general(
    "cumulative_prod",
    lambda g, x, out, axis, extras: extras.cumulative_prod_slope(g, x, out, axis),
    forward=lambda x, axis, xp, dtype=None, wide=None: _widely(
        lambda x: xp.cumulative_prod(x, axis=axis, **({} if dtype is None else {"dtype": dtype})), x, wide, xp
    ),
    jvp=lambda t, x, out, axis, xp: xp.flip(
        recurrence(xp.flip(t * shifted(out, 1, axis, 1, xp), axis=axis), xp.flip(x, axis=axis), axis, xp),
        axis=axis,
    ),
    node="CumprodBackward0",
)
logcumsumexp: Primitive = general(
    "logcumsumexp",
    lambda g, x, out, axis, xp: (
        _share(x, out, xp) * recurrence(g, _share(out, shifted(out, -1, axis, math.inf, xp), xp), axis, xp)
    ),
    forward=lambda x, axis, extras: extras.running_logsumexp(x, axis),
    jvp=lambda t, x, out, axis, xp: xp.flip(
        recurrence(
            xp.flip(t * _share(x, out, xp), axis=axis),
            xp.flip(_share(shifted(out, 1, axis, -math.inf, xp), out, xp), axis=axis),
            axis,
            xp,
        ),
        axis=axis,
    ),
)
# out·(g - Σ g·out), which is a symmetric map, and g - e^out·Σ g.
softmax: Primitive = general(
    "softmax",
    lambda g, out, axis, extras: extras.softmax_slope(g, out, axis),
    forward=lambda x, axis, xp, wide=None: _widely(lambda x: _softmax(x, axis, xp), x, wide, xp),
    jvp=lambda t, out, axis, extras: extras.softmax_slope(t, out, axis),
)
log_softmax: Primitive = general(
    "log_softmax",
    lambda g, out, axis, extras: extras.log_softmax_slope(g, out, axis),
    forward=lambda x, axis, xp, wide=None: _widely(lambda x: _log_softmax(x, axis, xp), x, wide, xp),
    jvp=lambda t, out, axis, xp: t - xp.sum(xp.exp(out) * t, axis=axis, keepdims=True),
)
argmax: Primitive = constant("argmax", None)
argmin: Primitive = constant("argmin", None)
argsort: Primitive = constant(
    "argsort", None, forward=lambda x, axis, descending, xp: _argsort(x, axis, descending, xp), operands=("x",)
)
argmode: Primitive = constant("argmode", None, forward=lambda x, axis, extras: extras.mode_places(x, axis))
argcummax: Primitive = constant("argcummax", None, forward=lambda x, axis, extras: extras.running_argmax(x, axis))
argcummin: Primitive = constant(
    "argcummin", None, forward=lambda x, axis, xp, extras: extras.running_argmax(_reversed(x, xp), axis)
)
any: Primitive = constant("any", None)
all: Primitive = constant("all", None)
count_nonzero: Primitive = constant("count_nonzero", None)


# -- forward functions ------------------------------------------------------------------------------------------------


def _widely(function: Callable[[Any], Any], x: Any, wide: Any, xp: Any) -> Any:
    """`function` of x, computed in the type `wide`, if given, and rounded once: for 16-bit types."""
    return function(x) if wide is None else xp.astype(function(xp.astype(x, wide)), x.dtype)


def _var(x: Any, axis: Any, correction: float, keepdims: bool, xp: Any) -> Any:
    deviation = _deviation(x, axis, xp)
    degrees = count(x.shape, axis) - correction
    total = xp.sum(deviation * deviation, axis=axis, keepdims=keepdims)
    if degrees > 0:
        return total / degrees
    return xp.where(total == 0, total * math.nan, total + math.inf)  # what the division by 0 gives


def _lse(x: Any, axis: Any, keepdims: bool, xp: Any) -> Any:
    """Log Σ e^x = top + log Σ e^(x - top), with a finite top, so that inf - inf cannot arise."""
    if count(x.shape, axis) == 0:
        return xp.log(xp.sum(x, axis=axis, keepdims=keepdims))
    top = xp.max(xp.real(x) if xp.isdtype(x.dtype, "complex floating") else x, axis=axis, keepdims=True)
    top = xp.where(xp.isfinite(top), top, xp.zeros_like(top))
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


def _middle(x: Any, xp: Any) -> Any:
    """The lower median of all elements; NaN if one is NaN (they sort to the end)."""
    order = xp.sort(xp.reshape(x, (-1,)))
    last = order[-1]
    return xp.where(xp.isnan(last), last, order[(order.shape[0] - 1) // 2])


def _middle_number(x: Any, xp: Any) -> Any:
    """The lower median of all elements that are numbers; NaN if none is."""
    order = xp.sort(xp.reshape(x, (-1,)))
    count = xp.sum(xp.astype(order == order, xp.int64))
    place = xp.where(count > 0, count - 1, 0) // 2
    return xp.reshape(xp.take_along_axis(order, xp.reshape(place, (1,)), axis=0), ())


def _reversed(x: Any, xp: Any) -> Any:
    """`x` in the opposite order of its values."""
    return -x if xp.isdtype(x.dtype, "real floating") else ~x


def _argsort(x: Any, axis: int, descending: bool, xp: Any) -> Any:
    """Stable in both directions: equal elements keep their order."""
    if not descending:
        return xp.argsort(x, axis=axis, stable=True)
    order = xp.flip(xp.argsort(xp.flip(x, axis=axis), axis=axis, stable=True), axis=axis)
    return x.shape[axis] - 1 - order


def _pick(x: Any, indices: Any, axis: int, keepdims: bool, xp: Any) -> Any:
    """Along `axis`, the elements with the given indices; the axis is dropped unless `keepdims`."""
    if not x.shape:
        return xp.asarray(x, copy=True)
    if keepdims:
        return xp.take_along_axis(x, indices, axis=axis)
    return xp.squeeze(xp.take_along_axis(x, xp.expand_dims(indices, axis=axis), axis=axis), axis=axis)


def _put_back(g: Any, indices: Any, axis: int, keepdims: bool, shape: tuple[int, ...], xp: Any, extras: Any) -> Any:
    """The adjoint of `_pick`."""
    if not shape:
        return g
    if not keepdims:
        g, indices = xp.expand_dims(g, axis=axis), xp.expand_dims(indices, axis=axis)
    return extras.scatter_along_axis(g, indices, axis, shape)
