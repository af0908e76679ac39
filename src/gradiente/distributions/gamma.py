"""torch.distributions.gamma: the gamma distribution."""

from __future__ import annotations

from typing import Any

from ..ops.gammas import igamma
from ..tensor.core import Tensor
from ..tensor.limits import finfo
from . import constraints
from ._draws import standard_gamma
from .distribution import Shape
from .exp_family import ExponentialFamily


class Gamma(ExponentialFamily):
    """The gamma distribution: p(x) = rateᵃ xᵃ⁻¹ exp(-rate · x) / Γ(a) for x > 0, with a = concentration.

    Args:
        concentration: the shape parameter, > 0, a tensor or a number.
        rate: the inverse of the scale, > 0.
        validate_args: whether arguments are checked.

    Samples have gradients by both, by implicit reparametrisation (Figurnov, Mohamed and Mnih, 2018).

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.Gamma(torch.tensor([3.0]), torch.tensor([2.0])).mean
        tensor([1.5000])
    """

    arg_constraints: Any = {"concentration": constraints.positive, "rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True
    _parameters = ("concentration", "rate")
    _mean_carrier_measure = 0
    concentration: Tensor
    rate: Tensor

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        self._hold(validate_args, concentration=concentration, rate=rate)

    @property
    def mean(self) -> Tensor:
        return self.concentration / self.rate

    @property
    def mode(self) -> Tensor:
        return ((self.concentration - 1) / self.rate).clamp(min=0)

    @property
    def variance(self) -> Tensor:
        return self.concentration / self.rate.pow(2)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        value = standard_gamma(self.concentration.expand(shape)) / self.rate.expand(shape)
        value.detach().clamp_(min=finfo(value.dtype).tiny)  # no sample is 0, where the logarithm is infinite
        return value

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        a, rate = self.concentration, self.rate
        return a.xlogy(rate) + (a - 1).xlogy(value) - rate * value - a.lgamma()

    def cdf(self, value: Tensor) -> Tensor:
        self._check(value)
        return igamma(self.concentration, self.rate * value)

    def entropy(self) -> Tensor:
        a = self.concentration
        return a - self.rate.log() + a.lgamma() + (1.0 - a) * a.digamma()

    @property
    def _natural_params(self) -> tuple[Tensor, Tensor]:
        return self.concentration - 1, -self.rate

    def _log_normalizer(self, x: Any, y: Any) -> Any:
        return (x + 1).lgamma() + (x + 1) * (-y.reciprocal()).log()


__all__ = ["Gamma"]
