"""torch.distributions.negative_binomial: the negative binomial distribution."""

from __future__ import annotations

from typing import Any

from ..autograd.grad_mode import no_grad
from ..nn.functional.activations import logsigmoid
from ..ops.distributions import poisson
from ..ops.functions import sigmoid
from ..tensor.core import Tensor
from . import constraints
from .distribution import ProbsOrLogits, Shape
from .gamma import Gamma
from .utils import lazy_property


class NegativeBinomial(ProbsOrLogits):
    """The successes, of probability p, before the n-th failure: P(k) = Γ(n + k)/(k! Γ(n)) · pᵏ·(1 - p)ⁿ.

    Args:
        total_count: n, ≥ 0, a tensor or a number, which need not be whole.
        probs: p, in [0, 1).
        logits: ln(p/(1 - p)); one of the two is given.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: both are given, or none.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.NegativeBinomial(3, torch.tensor([0.5])).mean
        tensor([3.])
    """

    arg_constraints: Any = {
        "total_count": constraints.greater_than_eq(0),
        "probs": constraints.half_open_interval(0.0, 1.0),
        "logits": constraints.real,
    }
    support = constraints.nonnegative_integer
    _parameters = ("total_count", "probs", "logits")
    total_count: Tensor

    def __init__(
        self, total_count: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._hold_either(validate_args, probs, logits, total_count=total_count)
        self.total_count = self.total_count.type_as(self._param)

    @property
    def mean(self) -> Tensor:
        return self.total_count * self.logits.exp()

    @property
    def mode(self) -> Tensor:
        return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0.0)

    @property
    def variance(self) -> Tensor:
        return self.mean / sigmoid(-self.logits)

    @lazy_property
    def _gamma(self) -> Gamma:
        """The distribution of the rates, of which the outcomes are Poisson numbers."""
        return Gamma(concentration=self.total_count, rate=(-self.logits).exp(), validate_args=False)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        with no_grad():
            return poisson(self._gamma.sample(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        n = self.total_count
        log_weight = n * logsigmoid(-self.logits) + value * logsigmoid(self.logits)
        log_norm = -(n + value).lgamma() + (1.0 + value).lgamma() + n.lgamma()
        return log_weight - log_norm.masked_fill(n + value == 0.0, 0.0)


__all__ = ["NegativeBinomial"]
