"""torch.distributions.uniform: the uniform distribution."""

from __future__ import annotations

import math
from typing import Any

from ..ops.randomness import rand
from ..tensor.core import Tensor
from . import constraints
from .distribution import Distribution, Shape


class Uniform(Distribution):
    """The uniform distribution on [low, high): p(x) = 1/(high - low).

    Args:
        low: the lower bound, a tensor or a number.
        high: the upper bound.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: low ≥ high.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.Uniform(0.0, 5.0).mean
        tensor(2.5000)
    """

    has_rsample = True
    _parameters = ("low", "high")
    low: Tensor
    high: Tensor

    @property
    def arg_constraints(self) -> Any:
        return {"low": constraints.less_than(self.high), "high": constraints.greater_than(self.low)}

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self._hold(validate_args, low=low, high=high)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        return constraints.interval(self.low, self.high)

    @property
    def mean(self) -> Tensor:
        return (self.high + self.low) / 2

    @property
    def mode(self) -> Tensor:
        return math.nan * self.high

    @property
    def stddev(self) -> Tensor:
        return (self.high - self.low) / 12**0.5

    @property
    def variance(self) -> Tensor:
        return (self.high - self.low).pow(2) / 12

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        u = rand(self._extended_shape(sample_shape), dtype=self.low.dtype)
        return self.low + u * (self.high - self.low)

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        inside: Any = self.low.le(value).type_as(self.low) * self.high.gt(value).type_as(self.low)
        return inside.log() - (self.high - self.low).log()

    def cdf(self, value: Tensor) -> Tensor:
        self._check(value)
        return ((value - self.low) / (self.high - self.low)).clamp(min=0, max=1)

    def icdf(self, value: Tensor) -> Tensor:
        return value * (self.high - self.low) + self.low

    def entropy(self) -> Tensor:
        return (self.high - self.low).log()


__all__ = ["Uniform"]
