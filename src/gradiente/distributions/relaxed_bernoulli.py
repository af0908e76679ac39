"""torch.distributions.relaxed_bernoulli: Bernoulli numbers made continuous, with gradients."""

from __future__ import annotations

from typing import Any

from ..ops.randomness import rand
from ..tensor.core import Tensor
from . import constraints
from .distribution import ProbsOrLogits, Shape
from .transformed_distribution import TransformedDistribution
from .transforms import SigmoidTransform
from .utils import broadcast_all, clamp_probs


class LogitRelaxedBernoulli(ProbsOrLogits):
    """The logits of relaxed Bernoulli numbers: (logits + ln u - ln(1 - u))/temperature with u uniform.

    Args:
        temperature: > 0, a tensor or a number.
        probs: the probability of 1.
        logits: its log-odds; one of the two is given.
        validate_args: whether arguments are checked.

    Source: Maddison, Mnih and Teh, "The concrete distribution" (2017).

    Example:
        >>> import gradiente as torch
        >>> from gradiente.distributions.relaxed_bernoulli import LogitRelaxedBernoulli
        >>> LogitRelaxedBernoulli(torch.tensor(1.0), torch.tensor([0.5])).log_prob(torch.tensor([0.0]))
        tensor([-1.3863])
    """

    arg_constraints: Any = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.real
    _parameters = ("probs", "logits")
    _constants = ("temperature",)

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self.temperature: Any = temperature
        self._hold_either(validate_args, probs, logits)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        probs = clamp_probs(self.probs.expand(shape))
        u = clamp_probs(rand(shape, dtype=probs.dtype))
        return (u.log() - (-u).log1p() + probs.log() - (-probs).log1p()) / self.temperature

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        logits, value, temperature = broadcast_all(self.logits, value, self.temperature)
        x = logits - value * temperature
        return temperature.log() + x - 2 * x.exp().log1p()


class RelaxedBernoulli(TransformedDistribution):
    """The distribution of sigmoid((logits + ln u - ln(1 - u))/temperature) with u uniform, a relaxed Bernoulli number.

    Args:
        temperature: > 0, a tensor; the smaller, the closer the numbers are to 0 and 1.
        probs: the probability of 1.
        logits: its log-odds; one of the two is given.
        validate_args: whether arguments are checked.

    Source: Maddison, Mnih and Teh, "The concrete distribution" (2017); Jang, Gu and Poole, "Categorical
    reparameterization with Gumbel-softmax" (2017).

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.RelaxedBernoulli(torch.tensor(2.0), torch.tensor([0.5])).rsample().shape
        torch.Size([1])
    """

    arg_constraints: Any = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.unit_interval
    has_rsample = True
    _parameters = ()

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        base = LogitRelaxedBernoulli(temperature, probs, logits)
        super().__init__(base, SigmoidTransform(), validate_args=validate_args)

    @property
    def temperature(self) -> Any:
        """The temperature."""
        return self.base_dist.temperature

    @property
    def logits(self) -> Tensor:
        """The log-odds of 1."""
        return self.base_dist.logits

    @property
    def probs(self) -> Tensor:
        """The probability of 1."""
        return self.base_dist.probs


__all__ = ["LogitRelaxedBernoulli", "RelaxedBernoulli"]
