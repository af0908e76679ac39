"""torch.distributions.multinomial: the multinomial distribution."""

from __future__ import annotations

import math
from typing import Any

from ..autograd.grad_mode import no_grad
from ..ops.choices import where
from ..ops.creation import zeros
from ..ops.likes import ones_like
from ..tensor.core import Tensor
from ..tensor.dtypes import int64
from ..tensor.size import Size
from . import constraints
from .binomial import Binomial
from .categorical import Categorical
from .distribution import Distribution, Shape
from .utils import broadcast_all


class Multinomial(Distribution):
    """How often each of K categories comes in n draws: P(x) = n! Π probs[i]^x[i] / x[i]!.

    Args:
        total_count: n, an int.
        probs: weights ≥ 0 of shape (…, K); they are divided by their sum.
        logits: unnormalised logarithms of the probabilities; one of the two is given.
        validate_args: whether arguments are checked.

    Raises:
        NotImplementedError: `total_count` is no int.
        ValueError: both are given, or none.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.Multinomial(2, torch.tensor([0.5, 0.5])).log_prob(torch.tensor([1.0, 1.0]))
        tensor(-0.6931)
    """

    arg_constraints: Any = {"probs": constraints.simplex, "logits": constraints.real_vector}
    _parameters = ()
    _constants = ("total_count",)
    _parts = ("_categorical",)

    def __init__(
        self, total_count: int = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        if not isinstance(total_count, int):
            raise NotImplementedError("inhomogeneous total_count is not supported (give an int)")
        self.total_count: int = total_count
        self._categorical: Categorical = Categorical(probs=probs, logits=logits)
        shape = self._categorical.param_shape
        Distribution.__init__(self, self._categorical.batch_shape, shape[-1:], validate_args=validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=1)
    def support(self) -> Any:
        return constraints.multinomial(self.total_count)

    @property
    def probs(self) -> Tensor:
        """The probabilities."""
        return self._categorical.probs

    @property
    def logits(self) -> Tensor:
        """The logarithms of the probabilities."""
        return self._categorical.logits

    @property
    def param_shape(self) -> Size:
        """The shape of the probabilities."""
        return self._categorical.param_shape

    @property
    def mean(self) -> Tensor:
        return self.probs * self.total_count

    @property
    def variance(self) -> Tensor:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        with no_grad():
            drawn = self._categorical.sample((self.total_count, *sample_shape)).movedim(0, -1)
            counts = zeros(self._extended_shape(sample_shape), dtype=int64)
            return counts.scatter_add_(-1, drawn, ones_like(drawn)).type_as(self.probs)

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        logits, value = broadcast_all(self.logits, value)
        log_orders = (value.sum(-1) + 1).lgamma() - (value + 1).lgamma().sum(-1)
        logits = where((value == 0) & (logits == -float("inf")), 0.0, logits)
        return log_orders + (logits * value).sum(-1)

    def entropy(self) -> Tensor:
        """n·H(draw) - ln n! + Σᵢ E[ln Xᵢ!], where each Xᵢ is binomial."""
        each = Binomial(self.total_count, probs=self.probs)
        counts = each.enumerate_support(expand=False)[1:]
        expected = (each.log_prob(counts).exp() * (counts + 1).lgamma()).sum((0, -1))
        return self.total_count * self._categorical.entropy() - math.lgamma(self.total_count + 1) + expected


__all__ = ["Multinomial"]
