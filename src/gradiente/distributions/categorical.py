"""torch.distributions.categorical: the categorical distribution."""

from __future__ import annotations

import math
from typing import Any

from ..autograd.grad_mode import no_grad
from ..ops.creation import full
from ..ops.distributions import multinomial
from ..ops.ranges import arange
from ..ops.shaping import broadcast_tensors
from ..tensor.core import Tensor
from ..tensor.dtypes import int64
from ..tensor.limits import finfo
from ..tensor.size import Size
from . import constraints
from .distribution import Distribution, ProbsOrLogits, Shape
from .utils import normalized_logits


class Categorical(ProbsOrLogits):
    """The distribution of one of the numbers 0 … K - 1: P(k) = probs[k].

    Args:
        probs: weights ≥ 0 of shape (…, K); they are divided by their sum.
        logits: unnormalised logarithms of the probabilities; one of the two is given.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: both are given, or none; they have no dimension.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.Categorical(torch.tensor([1.0, 3.0])).log_prob(torch.tensor(1))
        tensor(-0.2877)
    """

    arg_constraints: Any = {"probs": constraints.simplex, "logits": constraints.real_vector}
    has_enumerate_support = True
    _parameters = ("probs", "logits")
    _constants = ("_num_events",)
    _binary = False

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        name = self._the_given(probs, logits)
        given = probs if logits is None else logits
        if given.dim() < 1:
            raise ValueError(f"`{name}` parameter must be at least one-dimensional.")
        # Attributes of instances hide the properties of the same names.
        self.__dict__[name] = given / given.sum(-1, keepdim=True) if logits is None else normalized_logits(given)
        self._num_events: int = self._param.shape[-1]
        Distribution.__init__(self, self._param.shape[:-1], validate_args=validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:
        return constraints.integer_interval(0, self._num_events - 1)

    @property
    def mean(self) -> Tensor:
        return full(self._extended_shape(), math.nan, dtype=self.probs.dtype)

    @property
    def mode(self) -> Tensor:
        return self.probs.argmax(dim=-1)

    @property
    def variance(self) -> Tensor:
        return full(self._extended_shape(), math.nan, dtype=self.probs.dtype)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        rows = self.probs.reshape(-1, self._num_events) if self._batch_shape else self.probs
        with no_grad():
            drawn = multinomial(rows, Size(sample_shape).numel(), True)
            return (drawn.T if self._batch_shape else drawn).reshape(self._extended_shape(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        index, logits = value.long().unsqueeze(-1), self.logits
        if index.shape[:-1] != logits.shape[:-1]:
            index, logits = broadcast_tensors(index, logits)
            index = index[..., :1]
        return logits.gather(-1, index).squeeze(-1)

    def entropy(self) -> Tensor:
        logits = self.logits.clamp(min=finfo(self.logits.dtype).min)  # 0 · -∞ would be NaN
        return -(logits * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        values = arange(self._num_events, dtype=int64).reshape((-1,) + (1,) * len(self._batch_shape))
        return values.expand((-1, *self._batch_shape)) if expand else values


__all__ = ["Categorical"]
