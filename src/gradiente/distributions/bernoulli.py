"""torch.distributions.bernoulli: the Bernoulli distribution."""

from __future__ import annotations

import math
from typing import Any

from ..autograd.grad_mode import no_grad
from ..nn.functional.binary import binary_cross_entropy_with_logits
from ..ops.choices import where
from ..ops.distributions import bernoulli
from ..tensor.core import Tensor
from . import constraints
from .distribution import ProbsOrLogits, Shape, whole_numbers
from .exp_family import ExponentialFamily
from .utils import binary_log_prob


class Bernoulli(ProbsOrLogits, ExponentialFamily):
    """The Bernoulli distribution: 1 with probability p, else 0.

    Args:
        probs: p, in [0, 1], a tensor or a number.
        logits: ln(p/(1 - p)); one of the two is given.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: both are given, or none.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.Bernoulli(torch.tensor([0.25])).log_prob(torch.tensor([0.0]))
        tensor([-0.2877])
    """

    arg_constraints: Any = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.boolean
    has_enumerate_support = True
    _parameters = ("probs", "logits")
    _mean_carrier_measure = 0

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._hold_either(validate_args, probs, logits)

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def mode(self) -> Tensor:
        return where(self.probs == 0.5, math.nan, (self.probs >= 0.5).to(self.probs))

    @property
    def variance(self) -> Tensor:
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        with no_grad():
            return bernoulli(self.probs.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        return binary_log_prob(self.logits, value)

    def entropy(self) -> Tensor:
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return whole_numbers(2, self._param, self._batch_shape, expand)

    @property
    def _natural_params(self) -> tuple[Tensor]:
        return (self.probs.logit(),)

    def _log_normalizer(self, x: Any) -> Any:
        return x.exp().log1p()


__all__ = ["Bernoulli"]
