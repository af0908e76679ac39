"""Gamma and Dirichlet numbers that can be differentiated by their parameters.

Note [Implicit reparametrisation]. A number x of a distribution with density p and distribution function F(x; α) that
depends smoothly on α moves, when α changes and its quantile F(x; α) stays, by dx/dα = -(∂F/∂α) / p. Both derivatives
here are computed from ∂F/∂α = ∫ ∂p/∂α by quadrature in float64 (to about 1e-11 of the value), over that side of x on
which less of the distribution lies; PyTorch approximates them to about 1e-3. A Dirichlet number takes the derivative
of its beta-distributed components. As in PyTorch they can be differentiated once only.

They do not stand in the derivative table: what it holds are derivatives of functions, which finite differences confirm.
These are ones of random numbers, right in the mean; those of Dirichlet numbers belong to no function at all.

Source: Figurnov, Mohamed and Mnih, "Implicit reparameterization gradients" (2018).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from .. import random as streams
from ..arrays.batched import Batched, levels_of, spread
from ..arrays.numpy_special import digamma
from ..autograd.function import Function
from ..ops._pairs import refusing
from ..ops.generators import need_generator
from ..rules import table
from ..tensor.batching import drawn_from
from ..tensor.core import Tensor, wrap
from ..tensor.dispatch import kind_of


@cache
def _quadrature(points: int = 97, end: float = 3.0) -> tuple[Any, Any]:
    """Nodes and weights of the tanh-sinh rule on [0, 1] (Takahasi and Mori, 1974)."""
    t, step = np.linspace(-end, end, points, retstep=True)
    # 1/(1 + exp(-π sinh t)) keeps its precision near 0, where the integrands vary most.
    nodes = 1 / (1 + np.exp(-np.pi * np.sinh(t)))
    return nodes, step * np.pi * np.cosh(t) * nodes * (1 - nodes)


def _integral(log_weight: Any, score: Any, shape: Any) -> Any:
    """∫ exp(log_weight(s)) · score(s) ds from 0 to ∞; log_weight falls from 0 and takes (…, points) arrays."""
    low, high = np.full(shape, -60.0), np.full(shape, 60.0)
    for _ in range(12):  # bisect the logarithm of the place where the weight has become negligible
        middle = (low + high) / 2
        beyond = log_weight(np.exp2(middle)[..., None])[..., 0] < -40
        low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
    reach = np.exp2(high)
    nodes, weights = _quadrature()
    s = reach[..., None] * nodes
    return (np.exp(log_weight(s)) * score(s) * weights).sum(-1) * reach


def _wide(*arrays: Any) -> tuple[Any, ...]:
    return tuple(np.broadcast_arrays(*[np.asarray(x, np.float64) for x in arrays]))


def gamma_slope(concentration: Any, x: Any) -> Any:
    """dx/dα of standard gamma numbers x of shape α; see Note [Implicit reparametrisation].

    Where x ≤ α, ∫₀ˣ p(t)·(ln t - ψ(α)) dt is taken over s with t = x·e⁻ˢ, elsewhere what is left to ∞ with t = x·eˢ.
    """
    a, y = _wide(concentration, x)
    sign = np.where(y <= a, -1.0, 1.0)[..., None]
    column, place, start = a[..., None], y[..., None], (np.log(y) - digamma(a))[..., None]
    with np.errstate(all="ignore"):
        integral = _integral(
            lambda s: sign * (column * s) - place * np.expm1(sign * s), lambda s: start + sign * s, a.shape
        )
        return (np.where(y <= a, -y, y) * integral).astype(np.asarray(x).dtype)


def dirichlet_slope(x: Any, concentration: Any, total: Any) -> Any:
    """(dx/dα)/(1 - x) of a component x of Dirichlet numbers, of concentration α out of `total`.

    The component is Beta(α, total - α) distributed. Up to its mean the integral is taken over s with t = x·e⁻ˢ, above
    it with 1 - t = (1 - x)·e⁻ˢ.
    """
    y, a, whole = _wide(x, concentration, total)
    below = y * whole <= a
    # Of the side that is integrated: its share, its exponent of e⁻ˢ, the exponent of the other side's share.
    share = np.where(below, y, 1 - y)[..., None]
    own, other = np.where(below, a, whole - a)[..., None], np.where(below, whole - a, a)[..., None] - 1
    mean_log = (digamma(a) - digamma(whole))[..., None]

    def log_weight(s: Any) -> Any:
        return -own * s + other * (np.log1p(-share * np.exp(-s)) - np.log1p(-share))

    def score(s: Any) -> Any:
        left = np.log(y)[..., None] - s
        return np.where(below[..., None], left, np.log1p(-share * np.exp(-s))) - mean_log

    with np.errstate(all="ignore"):
        integral = _integral(log_weight, score, y.shape)
        return (np.where(below, -y / (1 - y), 1.0) * integral).astype(np.asarray(x).dtype)


def _each(function: Any, *tensors: Any) -> Tensor:
    """The function of the tensors' arrays, also where they are those of a vmap's examples."""
    arrays = [x._array for x in tensors]
    levels = levels_of(arrays)
    if not levels:
        return wrap(function(*arrays))
    dims = max(array.ndim for array in arrays)
    return wrap(Batched(function(*[spread(array, levels, dims) for array in arrays]), levels))


def _of_dirichlet(concentration: Any, x: Any) -> Tensor:
    total = concentration.detach().sum(-1, True).expand_as(concentration)
    return _each(dirichlet_slope, x, concentration, total)


def _once(slope: Callable[[Any, Any], Tensor], name: str) -> Callable[[Any, Any], Tensor]:
    """The slope, as a part of the graph that refuses to be differentiated."""
    text = (
        f"the derivative for '{name}' is not implemented: samples of gamma and Dirichlet distributions can be "
        "differentiated once; .detach() their gradient if it is to count as a constant"
    )
    return refusing(slope, kind_of(table["multiply"], "NotImplemented"), lambda: RuntimeError(text), name)


_gamma_slope = _once(lambda concentration, x: _each(gamma_slope, concentration, x), "_standard_gamma_grad")
_dirichlet_slope = _once(_of_dirichlet, "_dirichlet_grad")


class _StandardGamma(Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(concentration: Any) -> Any:
        source = need_generator(None, "_standard_gamma")
        return wrap(drawn_from(lambda a: streams.standard_gamma(source, a), concentration._array, "_standard_gamma"))

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(output, *inputs)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        x, concentration = ctx.saved_tensors
        return grad_outputs[0] * _gamma_slope(concentration, x)


class _Dirichlet(Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(concentration: Any) -> Any:
        source = need_generator(None, "_sample_dirichlet")
        return wrap(drawn_from(lambda a: streams.dirichlet(source, a), concentration._array, "_sample_dirichlet", 1))

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(output, *inputs)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        x, concentration = ctx.saved_tensors
        g = grad_outputs[0]
        return _dirichlet_slope(concentration, x) * (g - (x * g).sum(-1, True))


def standard_gamma(concentration: Tensor) -> Any:
    """Gamma numbers of scale 1, one for each shape parameter, with gradients."""
    return _StandardGamma.apply(concentration)


_standard_gamma = standard_gamma  # as `torch` has it


def dirichlet(concentration: Tensor) -> Any:
    """A point of the simplex for each vector of concentrations along the last dimension, with gradients."""
    return _Dirichlet.apply(concentration)


__all__ = ["dirichlet", "dirichlet_slope", "gamma_slope", "standard_gamma"]
