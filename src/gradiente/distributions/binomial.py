"""torch.distributions.binomial: the binomial distribution."""

from __future__ import annotations

from typing import Any

from ..autograd.grad_mode import no_grad
from ..ops.distributions import binomial
from ..tensor.core import Tensor
from . import constraints
from .distribution import ProbsOrLogits, Shape, whole_numbers


class Binomial(ProbsOrLogits):
    """The binomial distribution: the successes in n trials of probability p each, P(k) = C(n, k)·pᵏ·(1 - p)ⁿ⁻ᵏ.

    Args:
        total_count: n, a tensor or a number.
        probs: p, in [0, 1].
        logits: ln(p/(1 - p)); one of the two is given.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: both are given, or none.
        NotImplementedError: by `entropy` and `enumerate_support`, if there are several total counts.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.Binomial(10, torch.tensor([0.5])).log_prob(torch.tensor([5.0]))
        tensor([-1.4020])
    """

    arg_constraints: Any = {
        "total_count": constraints.nonnegative_integer,
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    has_enumerate_support = True
    _parameters = ("total_count", "probs", "logits")
    total_count: Tensor

    def __init__(
        self, total_count: Any = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._hold_either(validate_args, probs, logits, total_count=total_count)
        self.total_count = self.total_count.type_as(self._param)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:
        return constraints.integer_interval(0, self.total_count)

    @property
    def mean(self) -> Tensor:
        return self.total_count * self.probs

    @property
    def mode(self) -> Tensor:
        return ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count)

    @property
    def variance(self) -> Tensor:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return binomial(self.total_count.expand(shape), self.probs.expand(shape))

    def log_prob(self, value: Tensor) -> Tensor:
        """ln C(n, k) + k · logits - n · ln(1 + e^logits), which is exact for logits of any size."""
        self._check(value)
        n, logits = self.total_count, self.logits
        log_choices = (n + 1).lgamma() - (value + 1).lgamma() - (n - value + 1).lgamma()
        # Half of the slope at 0 comes from each side.
        positive_part = (logits.clamp(min=0) + logits - logits.clamp(max=0)) / 2
        return value * logits - n * positive_part - n * (-logits.abs()).exp().log1p() + log_choices

    def _one_count(self, method: str) -> int:
        if self.total_count.min() != self.total_count.max():
            raise NotImplementedError(f"Inhomogeneous total count not supported by `{method}`.")
        return int(self.total_count.max())

    def entropy(self) -> Tensor:
        self._one_count("entropy")
        log_prob = self.log_prob(self.enumerate_support(False))
        return -(log_prob.exp() * log_prob).sum(0)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return whole_numbers(1 + self._one_count("enumerate_support"), self._param, self._batch_shape, expand)


__all__ = ["Binomial"]
