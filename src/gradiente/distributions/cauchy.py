"""torch.distributions.cauchy: the Cauchy distribution."""

from __future__ import annotations

import math
from typing import Any

from ..ops.likes import full_like
from ..tensor.core import Tensor
from . import constraints
from .distribution import Distribution, Shape


class Cauchy(Distribution):
    """The Cauchy (Lorentz) distribution: p(x) = 1 / (π scale (1 + ((x - loc)/scale)²)). It has no mean.

    Args:
        loc: the median, a tensor or a number.
        scale: the half width at half maximum, > 0.
        validate_args: whether arguments are checked.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.Cauchy(0.0, 1.0).cdf(torch.tensor([-1.0, 0.0, 1.0]))
        tensor([0.2500, 0.5000, 0.7500])
    """

    arg_constraints: Any = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True
    _parameters = ("loc", "scale")
    loc: Tensor
    scale: Tensor

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self._hold(validate_args, loc=loc, scale=scale)

    @property
    def mean(self) -> Tensor:
        return full_like(self.loc, math.nan)

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        return full_like(self.loc, math.inf)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        z: Any = self.loc.new_empty(self._extended_shape(sample_shape)).cauchy_()
        return self.loc + z * self.scale

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        return -math.log(math.pi) - self.scale.log() - (((value - self.loc) / self.scale) ** 2).log1p()

    def cdf(self, value: Tensor) -> Tensor:
        self._check(value)
        return ((value - self.loc) / self.scale).atan() / math.pi + 0.5

    def icdf(self, value: Tensor) -> Tensor:
        return (math.pi * (value - 0.5)).tan() * self.scale + self.loc

    def entropy(self) -> Tensor:
        return math.log(4 * math.pi) + self.scale.log()


__all__ = ["Cauchy"]
