"""torch.distributions.generalized_pareto: the generalised Pareto distribution."""

from __future__ import annotations

import math
from typing import Any

from ..ops.choices import where
from ..ops.comparison import isclose
from ..ops.likes import ones_like, zeros_like
from ..ops.randomness import rand
from ..tensor.core import Tensor
from . import constraints
from .distribution import Distribution, Shape


class GeneralizedPareto(Distribution):
    """The generalised Pareto distribution, of excesses: F(x) = 1 - (1 + c·z)^(-1/c), with z = (x - loc)/scale.

    c is the concentration; for c = 0 it is the exponential distribution, F(x) = 1 - e⁻ᶻ, for c < 0 it ends at
    loc - scale/c.

    Args:
        loc: the least value, a tensor or a number.
        scale: the scale, > 0.
        concentration: c.
        validate_args: whether arguments are checked.

    Source: Pickands, Annals of Statistics 3 (1975).

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.GeneralizedPareto(0.0, 1.0, 0.5).mean
        tensor(2.)
    """

    arg_constraints: Any = {"loc": constraints.real, "scale": constraints.positive, "concentration": constraints.real}
    has_rsample = True
    _parameters = ("loc", "scale", "concentration")
    loc: Tensor
    scale: Tensor
    concentration: Tensor

    def __init__(self, loc: Any, scale: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self._hold(validate_args, loc=loc, scale=scale, concentration=concentration)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        end = where(self.concentration < 0, self.loc - self.scale / self.concentration, math.inf)
        return constraints.interval(self.loc, end)

    def _split(self) -> tuple[Any, Any]:
        """Where c counts as 0, and c with 1 in these places, to divide by."""
        zero = isclose(self.concentration, zeros_like(self.concentration))
        return zero, where(zero, ones_like(self.concentration), self.concentration)

    def _z(self, value: Any) -> Any:
        return (value - self.loc) / self.scale

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        return self.icdf(rand(self._extended_shape(sample_shape), dtype=self.loc.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        z = self._z(value)
        zero, c = self._split()
        return -self.scale.log() - where(zero, z, (1 + 1 / c) * (c * z).log1p())

    def log_survival_function(self, value: Tensor) -> Tensor:
        """ln(1 - F(value))."""
        self._check(value)
        z = self._z(value)
        zero, c = self._split()
        return where(zero, -z, -(c * z).log1p() / c)

    def log_cdf(self, value: Tensor) -> Tensor:
        """ln F(value)."""
        return (-self.log_survival_function(value).exp()).log1p()

    def cdf(self, value: Tensor) -> Tensor:
        return self.log_cdf(value).exp()

    def icdf(self, value: Tensor) -> Tensor:
        zero, c = self._split()
        log_rest: Any = (-value).log1p()
        z = where(zero, -log_rest, (-c * log_rest).expm1() / c)
        return self.loc + self.scale * z

    @property
    def mean(self) -> Tensor:
        c = self.concentration
        return where(c < 1, self.loc + self.scale / (1 - c), math.nan)

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        c = self.concentration
        return where(c < 0.5, self.scale**2 / ((1 - c) ** 2 * (1 - 2 * c)), math.nan)

    def entropy(self) -> Tensor:
        return self.scale.log() + self.concentration + 1


__all__ = ["GeneralizedPareto"]
