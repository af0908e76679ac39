"""Rules of the losses: an elementwise function, weighted where there are weights, then its mean, its sum or nothing."""

from __future__ import annotations

import math
from typing import Any

from ..arrays.alignments import align_tangent
from .kinds import General as general
from .kinds import Linear as linear
from .kinds import Primitive

TINY = 9.999999960041972e-13
"""The least denominator in the derivative of binary cross-entropy: torch's, which is 1e-12 as a float32."""
LOWEST_LOG = -100.0
"""Below this, binary cross-entropy takes a logarithm as this, as torch does: one certain miss costs 100, not
infinity."""


def _total(x: Any, reduction: str, xp: Any) -> Any:
    """The loss of the elements' losses."""
    if reduction == "none":
        return x
    total = xp.sum(x)
    return total if reduction == "sum" else total / _size(x)


def _size(x: Any) -> float:
    """The number of elements, NaN for none: the mean of nothing."""
    return math.prod(x.shape) or math.nan


def _share(g: Any, x: Any, reduction: str) -> Any:
    """The cotangent of each element's loss."""
    return g / _size(x) if reduction == "mean" else g


def _weighted(x: Any, weight: Any) -> Any:
    return x if weight is None else x * weight


mse_loss: Primitive = general(
    "mse_loss",
    lambda g, a, b, reduction: _share(g, a, reduction) * (2 * (a - b)),
    lambda g, a, b, reduction: _share(g, a, reduction) * (2 * (b - a)),
    forward=lambda a, b, reduction, xp: _total(xp.square(a - b), reduction, xp),
    jvp=lambda t, i, a, b, reduction, xp: _total(t * (2 * (a - b) if i == 0 else 2 * (b - a)), reduction, xp),
)


def _huber(d: Any, delta: float, xp: Any) -> Any:
    """d²/2 up to delta, from there on the tangent line: c·(|d| - c/2) with c = min(|d|, delta)."""
    size = xp.abs(d)
    c = xp.minimum(size, delta)
    return c * (size - 0.5 * c)


def _over(x: Any, beta: float) -> Any:
    return x if beta == 1 else x / beta


huber_loss: Primitive = general(
    "huber_loss",
    lambda g, a, b, reduction, delta, extras: _share(g, a, reduction) * extras.clipped(a - b, delta),
    lambda g, a, b, reduction, delta, extras: _share(g, a, reduction) * extras.clipped(b - a, delta),
    forward=lambda a, b, reduction, delta, xp: _total(_huber(a - b, delta, xp), reduction, xp),
    jvp=lambda t, i, a, b, reduction, delta, xp, extras: _total(
        t * extras.clipped(a - b if i == 0 else b - a, delta), reduction, xp
    ),
)
smooth_l1_loss: Primitive = general(
    "smooth_l1_loss",
    lambda g, a, b, reduction, beta, extras: _share(g, a, reduction) * _over(extras.clipped(a - b, beta), beta),
    lambda g, a, b, reduction, beta, extras: _share(g, a, reduction) * _over(extras.clipped(b - a, beta), beta),
    forward=lambda a, b, reduction, beta, xp: _total(_over(_huber(a - b, beta, xp), beta), reduction, xp),
    jvp=lambda t, i, a, b, reduction, beta, xp, extras: _total(
        t * _over(extras.clipped(a - b if i == 0 else b - a, beta), beta), reduction, xp
    ),
    node="SmoothL1LossBackward0",
)


def _bce(a: Any, b: Any, c: Any, reduction: str, xp: Any) -> Any:
    """-(b·log a + (1 - b)·log(1 - a))·c."""
    loss = (b - 1) * xp.maximum(xp.log1p(-a), LOWEST_LOG) - b * xp.maximum(xp.log(a), LOWEST_LOG)
    return _total(_weighted(loss, c), reduction, xp)


def _bce_slope(a: Any, b: Any, c: Any, xp: Any) -> Any:
    return _weighted((a - b) / xp.maximum((1 - a) * a, TINY), c)


def _bce_target_slope(a: Any, c: Any, xp: Any) -> Any:
    return _weighted(xp.maximum(xp.log1p(-a), LOWEST_LOG) - xp.maximum(xp.log(a), LOWEST_LOG), c)


binary_cross_entropy: Primitive = general(
    "binary_cross_entropy",
    lambda g, a, b, c, reduction, xp: _share(g, a, reduction) * _bce_slope(a, b, c, xp),
    lambda g, a, c, reduction, xp: _share(g, a, reduction) * _bce_target_slope(a, c, xp),
    None,
    forward=_bce,
    jvp=lambda t, i, a, b, c, reduction, xp: _total(
        t * (_bce_slope(a, b, c, xp) if i == 0 else _bce_target_slope(a, c, xp)), reduction, xp
    ),
)


def _bce_logits(a: Any, b: Any, c: Any, d: Any, reduction: str, xp: Any) -> Any:
    """-(d·b·log σ(a) + (1 - b)·log σ(-a))·c, where -log σ(a) = log(e^-a + 1) does not overflow."""
    turned = -a
    penalty = xp.maximum(turned, 0) + xp.log1p(xp.exp(xp.minimum(a, turned)))
    loss = (1 - b) * a + (penalty if d is None else (1 + (d - 1) * b) * penalty)
    return _total(_weighted(loss, c), reduction, xp)


def _bce_logits_slope(a: Any, b: Any, c: Any, d: Any, extras: Any) -> Any:
    if d is None:
        return _weighted(extras.expit(a) - b, c)
    positive = d * b
    return _weighted((positive + 1 - b) * extras.expit(a) - positive, c)


def _bce_logits_target_slope(a: Any, c: Any, d: Any, xp: Any) -> Any:
    if d is None:
        return _weighted(-a, c)
    zero = xp.zeros_like(a)
    return _weighted(d * xp.logaddexp(-a, zero) - xp.logaddexp(a, zero), c)


binary_cross_entropy_with_logits: Primitive = general(
    "binary_cross_entropy_with_logits",
    lambda g, a, b, c, d, reduction, extras: _share(g, a, reduction) * _bce_logits_slope(a, b, c, d, extras),
    lambda g, a, c, d, reduction, xp: _share(g, a, reduction) * _bce_logits_target_slope(a, c, d, xp),
    None,
    None,
    forward=_bce_logits,
    jvp=lambda t, i, a, b, c, d, reduction, xp, extras: _total(
        t * (_bce_logits_slope(a, b, c, d, extras) if i == 0 else _bce_logits_target_slope(a, c, d, xp)), reduction, xp
    ),
)
soft_margin_loss: Primitive = general(
    "soft_margin_loss",
    lambda g, a, b, reduction, extras: _share(g, a, reduction) * (-b * extras.expit(-b * a)),
    None,
    forward=lambda a, b, reduction, xp: _total(xp.logaddexp(-b * a, xp.zeros_like(a)), reduction, xp),
    jvp=lambda t, a, b, reduction, xp, extras: _total(t * (-b * extras.expit(-b * a)), reduction, xp),
)


def _nll(a: Any, b: Any, c: Any, reduction: str, total: float, xp: Any, extras: Any) -> Any:
    """-Σ c·a[class b]: the classes' negative log-likelihoods, weighted; `total` is the sum of the weights."""
    likelihood = extras.take_class(a, b)
    if c is not None:
        likelihood = xp.where(c == 0, 0, c * likelihood)  # weight 0 means left out, also where the likelihood is 0
    if reduction == "none":
        return -likelihood
    loss = -xp.sum(likelihood)
    return loss if reduction == "sum" else loss / total


def _nll_slope(g: Any, b: Any, c: Any, shape: Any, reduction: str, total: float, xp: Any, extras: Any) -> Any:
    share = -g
    if reduction == "mean":
        share = share / total
    if c is not None:
        share = xp.where(c == 0, 0, share * c)
    return extras.put_class(share, b, shape)


nll_loss: Primitive = general(
    "nll_loss",
    lambda g, b, c, a_shape, reduction, total, xp, extras: _nll_slope(g, b, c, a_shape, reduction, total, xp, extras),
    None,
    None,
    forward=_nll,
    jvp=lambda t, b, c, reduction, total, xp, extras: _nll(t, b, c, reduction, total, xp, extras),
)
align: Primitive = general(
    "align",
    lambda g, start, skips, counts, out, extras: extras.align_slopes(g, start, skips, counts, out),
    None,
    None,
    None,
    operands=("x", "start", "skips", "counts"),
    forward=lambda x, start, skips, counts, extras: extras.align(x, start, skips, counts),
    jvp=lambda t, start, skips, counts, out, xp: align_tangent(t, start, skips, counts, out, xp),
    node="CtcLossBackward0",
)
take_class: Primitive = linear(
    "take_class",
    lambda g, b, a_shape, extras: extras.put_class(g, b, a_shape),
    None,
    forward=lambda a, b, extras: extras.take_class(a, b),
    node="GatherBackward0",
)
put_class: Primitive = linear(
    "put_class",
    lambda g, b, extras: extras.take_class(g, b),
    None,
    forward=lambda a, b, shape, extras: extras.put_class(a, b, shape),
    node="ScatterBackward0",
)
