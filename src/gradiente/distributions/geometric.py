"""torch.distributions.geometric: the geometric distribution."""

from __future__ import annotations

from typing import Any

from ..autograd.grad_mode import no_grad
from ..nn.functional.binary import binary_cross_entropy_with_logits
from ..ops.choices import where
from ..ops.likes import zeros_like
from ..ops.randomness import rand
from ..tensor.core import Tensor
from ..tensor.limits import finfo
from . import constraints
from .distribution import ProbsOrLogits, Shape
from .utils import broadcast_all, holds_everywhere


class Geometric(ProbsOrLogits):
    """The failures before the first success, in trials of probability p: P(k) = p·(1 - p)ᵏ.

    Args:
        probs: p, in (0, 1], a tensor or a number.
        logits: ln(p/(1 - p)); one of the two is given.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: both are given, or none; a probability of 0.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.Geometric(torch.tensor([0.25])).mean
        tensor([3.])
    """

    arg_constraints: Any = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.nonnegative_integer
    _parameters = ("probs", "logits")

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._hold_either(validate_args, probs, logits)
        if self._validate_args and probs is not None:
            value = self.probs
            if not holds_everywhere(value > 0):
                raise ValueError(
                    f"Expected parameter probs ({type(value).__name__} of shape {tuple(value.shape)}) of distribution "
                    f"{self!r} to be positive but found invalid values:\n{value.detach()[value <= 0]}"
                )

    @property
    def mean(self) -> Tensor:
        return 1.0 / self.probs - 1.0

    @property
    def mode(self) -> Tensor:
        return zeros_like(self.probs)

    @property
    def variance(self) -> Tensor:
        return (1.0 / self.probs - 1.0) / self.probs

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        with no_grad():
            u = rand(shape, dtype=self.probs.dtype).clamp(min=finfo(self.probs.dtype).tiny)
            return (u.log() / (-self.probs.expand(shape)).log1p()).floor()

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        value, probs = broadcast_all(value, self.probs)
        # 0 · ln 0 is 0 here: without failures, their probability does not matter.
        failing = where((probs == 1) & (value == 0), 0.0, probs)
        return value * (-failing).log1p() + self.probs.log()

    def entropy(self) -> Tensor:
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none") / self.probs


__all__ = ["Geometric"]
