"""Divergences between families: KL(p ‖ q) = E_p[-ln q(X)] - H(p), by what each q asks to know of p.

Against a normal distribution these are mean and variance, against an exponential one the mean, against a gamma
distribution E[ln X] too, against a Gumbel distribution E[e^(-X/scale)]; each family states its own once. Where p has
outcomes that q has not, the divergence is infinite.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ...ops.likes import full_like
from ..bernoulli import Bernoulli
from ..beta import Beta
from ..binomial import Binomial
from ..continuous_bernoulli import ContinuousBernoulli
from ..exponential import Exponential
from ..gamma import Gamma
from ..gumbel import Gumbel
from ..laplace import Laplace
from ..normal import Normal
from ..pareto import Pareto
from ..poisson import Poisson
from ..uniform import Uniform
from ..utils import euler_constant
from ._registry import register_kl
from ._within import infinite_where


def _each(of: tuple[type, ...], to: type) -> Callable[[Any], Any]:
    """Register one formula for several p."""

    def register(function: Any) -> Any:
        for cls in of:
            register_kl(cls, to)(function)
        return function

    return register


def _x_log_x(x: Any) -> Any:
    return x.xlogy(x)


# --- to distributions on the whole line


@_each((Beta, ContinuousBernoulli, Exponential, Gamma, Gumbel, Laplace, Pareto, Uniform), Normal)
def _to_normal(p: Any, q: Any) -> Any:
    variance = q.scale.pow(2)
    square = p.variance + (p.mean - q.loc).pow(2)
    divergence = 0.5 * (2 * math.pi * variance).log() + square / (2 * variance) - p.entropy()
    return infinite_where(p.alpha <= 2, divergence) if isinstance(p, Pareto) else divergence


@register_kl(Normal, Laplace)
def _normal_laplace(p: Any, q: Any) -> Any:
    z = (p.loc - q.loc) / p.scale
    distance = p.scale * (math.sqrt(2 / math.pi) * (-0.5 * z.pow(2)).exp() + z * (z / math.sqrt(2)).erf())
    return (2 * q.scale).log() + distance / q.scale - p.entropy()


def _mean_exp(p: Any, scale: Any) -> Any:
    """E[e^(-X/scale)]."""
    if isinstance(p, Exponential):
        return p.rate * scale / (p.rate * scale + 1)
    if isinstance(p, Gamma):
        return (1 + (p.rate * scale).reciprocal()).pow(-p.concentration)
    if isinstance(p, Normal):
        return (-p.loc / scale + 0.5 * (p.scale / scale).pow(2)).exp()
    return ((-p.low / scale).exp() - (-p.high / scale).exp()) * scale / (p.high - p.low)


@_each((Exponential, Gamma, Normal, Uniform), Gumbel)
def _to_gumbel(p: Any, q: Any) -> Any:
    linear = (p.mean - q.loc) / q.scale
    return q.scale.log() + linear + (q.loc / q.scale).exp() * _mean_exp(p, q.scale) - p.entropy()


# --- to distributions of positive numbers


@_each((Beta, ContinuousBernoulli, Gamma, Pareto, Uniform), Exponential)
def _to_exponential(p: Any, q: Any) -> Any:
    divergence = q.rate * p.mean - q.rate.log() - p.entropy()
    return infinite_where(p.low < 0, divergence) if isinstance(p, Uniform) else divergence


def _mean_log(p: Any) -> Any:
    """E[ln X]."""
    if isinstance(p, Beta):
        return p.concentration1.digamma() - (p.concentration1 + p.concentration0).digamma()
    if isinstance(p, Exponential):
        return -euler_constant - p.rate.log()
    if isinstance(p, Pareto):
        return p.scale.log() + p.alpha.reciprocal()
    return (_x_log_x(p.high) - _x_log_x(p.low)) / (p.high - p.low) - 1


@_each((Beta, Exponential, Pareto, Uniform), Gamma)
def _to_gamma(p: Any, q: Any) -> Any:
    a = q.concentration
    cross = a.lgamma() - a * q.rate.log() - (a - 1) * _mean_log(p) + q.rate * p.mean
    divergence = cross - p.entropy()
    if isinstance(p, Pareto):
        return infinite_where(p.alpha <= 1, divergence)
    return infinite_where(p.low < 0, divergence) if isinstance(p, Uniform) else divergence


@register_kl(Uniform, Pareto)
def _uniform_pareto(p: Any, q: Any) -> Any:
    cross = (q.alpha + 1) * _mean_log(p) - (q.alpha * q.scale.pow(q.alpha)).log()
    return infinite_where(p.low < q.scale, cross - p.entropy())


# --- to distributions on an interval


@_each((Beta, ContinuousBernoulli), Uniform)
def _unit_uniform(p: Any, q: Any) -> Any:
    divergence = (q.high - q.low).log() - p.entropy()
    return infinite_where((q.low > 0) | (q.high < 1), divergence)


@_each((Beta, Uniform), ContinuousBernoulli)
def _to_continuous_bernoulli(p: Any, q: Any) -> Any:
    divergence = -p.entropy() - p.mean * q.logits - (-q.probs).log1p() - q._cont_bern_log_norm()
    return infinite_where((p.high >= 1) | (p.low <= 0), divergence) if isinstance(p, Uniform) else divergence


@register_kl(Uniform, Beta)
def _uniform_beta(p: Any, q: Any) -> Any:
    a, b, width = q.concentration1, q.concentration0, p.high - p.low
    mean_log_rest = (_x_log_x(1 - p.low) - _x_log_x(1 - p.high)) / width - 1
    log_beta = a.lgamma() + b.lgamma() - (a + b).lgamma()
    divergence = log_beta - (a - 1) * _mean_log(p) - (b - 1) * mean_log_rest - p.entropy()
    return infinite_where((p.high > 1) | (p.low < 0), divergence)


# --- of counts


@register_kl(Bernoulli, Poisson)
def _bernoulli_poisson(p: Any, q: Any) -> Any:
    return -p.entropy() - (p.probs * q.rate.log() - q.rate)


# --- infinite ones: p has outcomes that q has not


def _infinite(p: Any, q: Any) -> Any:
    return full_like(p.mean, math.inf)


for _cls in (Beta, ContinuousBernoulli):
    register_kl(_cls, Pareto)(_infinite)
for _cls in (Exponential, Gamma):
    for _other in (Beta, ContinuousBernoulli, Pareto, Uniform):
        register_kl(_cls, _other)(_infinite)
for _cls in (Gumbel, Laplace, Normal):
    for _other in (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform):
        register_kl(_cls, _other)(_infinite)
for _other in (Beta, ContinuousBernoulli, Uniform):
    register_kl(Pareto, _other)(_infinite)
for _other in (Bernoulli, Binomial):
    register_kl(Poisson, _other)(_infinite)
