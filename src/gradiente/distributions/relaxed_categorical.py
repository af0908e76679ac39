"""torch.distributions.relaxed_categorical: one-hot vectors made continuous, with gradients."""

from __future__ import annotations

import math
from typing import Any

from ..ops.exponentials import logsumexp
from ..ops.randomness import rand
from ..tensor.core import Tensor
from ..tensor.size import Size
from . import constraints
from .categorical import Categorical
from .distribution import Distribution, Shape
from .transformed_distribution import TransformedDistribution
from .transforms import ExpTransform
from .utils import broadcast_all, clamp_probs


class ExpRelaxedCategorical(Distribution):
    """The distribution of the logarithms of relaxed one-hot vectors: log-softmax((logits + g)/temperature), g Gumbel.

    Args:
        temperature: > 0, a tensor.
        probs: weights ≥ 0 of shape (…, K).
        logits: unnormalised logarithms of the probabilities; one of the two is given.
        validate_args: whether arguments are checked.

    Source: Maddison, Mnih and Teh, "The concrete distribution" (2017).

    Example:
        >>> import gradiente as torch
        >>> from gradiente.distributions.relaxed_categorical import ExpRelaxedCategorical
        >>> ExpRelaxedCategorical(torch.tensor(1.0), torch.ones(3)).event_shape
        torch.Size([3])
    """

    arg_constraints: Any = {"probs": constraints.simplex, "logits": constraints.real_vector}
    # The vectors' exponentials add up to 1, but this is more than the check of a sample can ask of rounded numbers.
    support = constraints.real_vector
    has_rsample = True
    _parameters = ()
    _constants = ("temperature",)
    _parts = ("_categorical",)

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._categorical: Categorical = Categorical(probs, logits)
        self.temperature: Any = temperature
        shape = self._categorical.param_shape
        Distribution.__init__(self, self._categorical.batch_shape, shape[-1:], validate_args=validate_args)

    @property
    def param_shape(self) -> Size:
        """The shape of the probabilities."""
        return self._categorical.param_shape

    @property
    def logits(self) -> Tensor:
        """The logarithms of the probabilities."""
        return self._categorical.logits

    @property
    def probs(self) -> Tensor:
        """The probabilities."""
        return self._categorical.probs

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        u = clamp_probs(rand(shape, dtype=self.logits.dtype))
        scores = (self.logits.expand(shape) - (-u.log()).log()) / self.temperature
        return scores - logsumexp(scores, dim=-1, keepdim=True)

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        k = self._categorical._num_events
        logits, value = broadcast_all(self.logits, value)
        (temperature,) = broadcast_all(self.temperature)
        log_scale = math.lgamma(k) + (k - 1) * temperature.log()
        score = logits - value * temperature
        return (score - logsumexp(score, dim=-1, keepdim=True)).sum(-1) + log_scale


class RelaxedOneHotCategorical(TransformedDistribution):
    """The distribution of softmax((logits + g)/temperature) with Gumbel numbers g: a relaxed one-hot vector.

    Args:
        temperature: > 0, a tensor; the smaller, the closer the vectors are to one-hot ones.
        probs: weights ≥ 0 of shape (…, K).
        logits: unnormalised logarithms of the probabilities; one of the two is given.
        validate_args: whether arguments are checked.

    Source: Maddison, Mnih and Teh, "The concrete distribution" (2017); Jang, Gu and Poole, "Categorical
    reparameterization with Gumbel-softmax" (2017).

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.RelaxedOneHotCategorical(torch.tensor(2.0), torch.ones(3)).rsample().shape
        torch.Size([3])
    """

    arg_constraints: Any = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = constraints.simplex
    has_rsample = True
    _parameters = ()

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        base = ExpRelaxedCategorical(temperature, probs, logits, validate_args=validate_args)
        super().__init__(base, ExpTransform(), validate_args=validate_args)

    @property
    def temperature(self) -> Any:
        """The temperature."""
        return self.base_dist.temperature

    @property
    def logits(self) -> Tensor:
        """The logarithms of the probabilities."""
        return self.base_dist.logits

    @property
    def probs(self) -> Tensor:
        """The probabilities."""
        return self.base_dist.probs


__all__ = ["ExpRelaxedCategorical", "RelaxedOneHotCategorical"]
