"""torch.distributions.continuous_bernoulli: the continuous Bernoulli distribution."""

from __future__ import annotations

import math
from typing import Any

from ..autograd.grad_mode import no_grad
from ..ops.choices import where
from ..ops.randomness import rand
from ..tensor.core import Tensor
from . import constraints
from .distribution import ProbsOrLogits, Shape
from .exp_family import ExponentialFamily
from .utils import binary_log_prob, clamp_probs, lazy_property, logits_to_probs


class ContinuousBernoulli(ProbsOrLogits, ExponentialFamily):
    """The continuous Bernoulli distribution on [0, 1]: p(x) = C(λ) λˣ (1 - λ)¹⁻ˣ with C(λ) = 2 artanh(1 - 2λ)/(1 - 2λ).

    Near λ = ½ the formulas cancel; between `lims` their Taylor polynomials are used.

    Args:
        probs: λ, in (0, 1), a tensor or a number.
        logits: ln(λ/(1 - λ)); one of the two is given.
        lims: where the polynomials are used.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: both are given, or none.

    Source: Loaiza-Ganem and Cunningham, "The continuous Bernoulli" (2019).

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.ContinuousBernoulli(torch.tensor([0.5])).mean
        tensor([0.5000])
    """

    arg_constraints: Any = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.unit_interval
    has_rsample = True
    _parameters = ("probs", "logits")
    _constants = ("_lims",)
    _mean_carrier_measure = 0

    def __init__(
        self,
        probs: Any = None,
        logits: Any = None,
        lims: tuple[float, float] = (0.499, 0.501),
        validate_args: bool | None = None,
    ) -> None:
        self._lims: tuple[float, float] = lims
        self._hold_either(validate_args, probs, logits)
        if probs is not None:
            self.__dict__["probs"] = clamp_probs(self.probs)

    @lazy_property
    def probs(self) -> Tensor:  # pyright: ignore[reportIncompatibleVariableOverride]
        """λ, kept ε away from 0 and 1, where the logarithms of λ and of 1 - λ both are finite."""
        return clamp_probs(logits_to_probs(self.logits, is_binary=True))

    def _outside_unstable_region(self) -> Any:
        return (self.probs <= self._lims[0]) | (self.probs > self._lims[1])

    def _cut_probs(self) -> Any:
        """λ, moved out of the region where the formulas cancel."""
        return where(self._outside_unstable_region(), self.probs, self._lims[0])

    def _cont_bern_log_norm(self) -> Any:
        """ln C(λ)."""
        cut = self._cut_probs()
        below, above = where(cut <= 0.5, cut, 0.0), where(cut >= 0.5, cut, 1.0)
        log_norm = ((-cut).log1p() - cut.log()).abs().log()
        log_norm = log_norm - where(cut <= 0.5, (-2.0 * below).log1p(), (2.0 * above - 1.0).log())
        square: Any = (self.probs - 0.5) ** 2
        taylor = math.log(2.0) + (4.0 / 3.0 + 104.0 / 45.0 * square) * square
        return where(self._outside_unstable_region(), log_norm, taylor)

    @property
    def mean(self) -> Tensor:
        cut = self._cut_probs()
        mean = cut / (2.0 * cut - 1.0) + 1.0 / ((-cut).log1p() - cut.log())
        x: Any = self.probs - 0.5
        return where(self._outside_unstable_region(), mean, 0.5 + (1.0 / 3.0 + 16.0 / 45.0 * x**2) * x)

    @property
    def variance(self) -> Tensor:
        cut = self._cut_probs()
        variance = cut * (cut - 1.0) / (1.0 - 2.0 * cut) ** 2 + 1.0 / ((-cut).log1p() - cut.log()) ** 2
        square: Any = (self.probs - 0.5) ** 2
        taylor = 1.0 / 12.0 - (1.0 / 15.0 - 128.0 / 945.0 * square) * square
        return where(self._outside_unstable_region(), variance, taylor)

    @property
    def stddev(self) -> Tensor:
        return self.variance.sqrt()

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        return self.icdf(rand(self._extended_shape(sample_shape), dtype=self.probs.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        return binary_log_prob(self.logits, value) + self._cont_bern_log_norm()

    def cdf(self, value: Tensor) -> Tensor:
        self._check(value)
        cut = self._cut_probs()
        rising = (cut.pow(value) * (1.0 - cut).pow(1.0 - value) + cut - 1.0) / (2.0 * cut - 1.0)
        inside = where(self._outside_unstable_region(), rising, value)
        return where(value <= 0.0, 0.0, where(value >= 1.0, 1.0, inside))

    def icdf(self, value: Tensor) -> Tensor:
        cut = self._cut_probs()
        log_rest = (-cut).log1p()
        quantile = ((-cut + value * (2.0 * cut - 1.0)).log1p() - log_rest) / (cut.log() - log_rest)
        return where(self._outside_unstable_region(), quantile, value)

    def entropy(self) -> Tensor:
        log_rest = (-self.probs).log1p()
        return self.mean * (log_rest - self.probs.log()) - self._cont_bern_log_norm() - log_rest

    @property
    def _natural_params(self) -> tuple[Tensor]:
        return (self.logits,)

    def _log_normalizer(self, x: Any) -> Any:
        """ln((eˣ - 1)/x), by its Taylor polynomial near x = 0."""
        low, high = self._lims[0] - 0.5, self._lims[1] - 0.5
        outside = (x <= low) | (x > high)
        far = where(outside, x, low)
        exact = (far.exp() - 1.0).abs().log() - far.abs().log()
        return where(outside, exact, 0.5 * x + x.pow(2) / 24.0 - x.pow(4) / 2880.0)


__all__ = ["ContinuousBernoulli"]
