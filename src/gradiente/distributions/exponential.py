"""torch.distributions.exponential: the exponential distribution."""

from __future__ import annotations

from typing import Any

from ..ops.likes import zeros_like
from ..tensor.core import Tensor
from . import constraints
from .distribution import Shape
from .exp_family import ExponentialFamily


class Exponential(ExponentialFamily):
    """The exponential distribution: p(x) = rate · exp(-rate · x) for x ≥ 0.

    Args:
        rate: the inverse of the mean, > 0, a tensor or a number.
        validate_args: whether arguments are checked.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.Exponential(torch.tensor([2.0])).mean
        tensor([0.5000])
    """

    arg_constraints: Any = {"rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True
    _parameters = ("rate",)
    _mean_carrier_measure = 0
    rate: Tensor

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        self._hold(validate_args, rate=rate)

    @property
    def mean(self) -> Tensor:
        return self.rate.reciprocal()

    @property
    def mode(self) -> Tensor:
        return zeros_like(self.rate)

    @property
    def stddev(self) -> Tensor:
        return self.rate.reciprocal()

    @property
    def variance(self) -> Tensor:
        return self.rate.pow(-2)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        z: Any = self.rate.new_empty(self._extended_shape(sample_shape)).exponential_()
        return z / self.rate

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        return self.rate.log() - self.rate * value

    def cdf(self, value: Tensor) -> Tensor:
        self._check(value)
        return 1 - (-self.rate * value).exp()

    def icdf(self, value: Tensor) -> Tensor:
        return -(-value).log1p() / self.rate

    def entropy(self) -> Tensor:
        return 1.0 - self.rate.log()

    @property
    def _natural_params(self) -> tuple[Tensor]:
        return (-self.rate,)

    def _log_normalizer(self, x: Any) -> Any:
        return -(-x).log()


__all__ = ["Exponential"]
