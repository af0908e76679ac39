"""torch.distributions.one_hot_categorical: categorical distributions of one-hot vectors."""

from __future__ import annotations

from typing import Any

from ..nn.functional.embeddings import one_hot
from ..ops.creation import eye
from ..tensor.core import Tensor
from ..tensor.size import Size
from . import constraints
from .categorical import Categorical
from .distribution import Distribution, Shape


class OneHotCategorical(Distribution):
    """The distribution of one of the K vectors with a 1 and zeros, by the probability of the place of the 1.

    Args:
        probs: weights ≥ 0 of shape (…, K); they are divided by their sum.
        logits: unnormalised logarithms of the probabilities; one of the two is given.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: both are given, or none; they have no dimension.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.distributions.OneHotCategorical(torch.tensor([0.0, 1.0])).sample()
        tensor([0., 1.])
    """

    arg_constraints: Any = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = constraints.one_hot
    has_enumerate_support = True
    _parameters = ()
    _parts = ("_categorical",)

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._categorical: Categorical = Categorical(probs, logits)
        shape = self._categorical.param_shape
        Distribution.__init__(self, self._categorical.batch_shape, shape[-1:], validate_args=validate_args)

    @property
    def probs(self) -> Tensor:
        """The probabilities."""
        return self._categorical.probs

    @property
    def logits(self) -> Tensor:
        """The logarithms of the probabilities."""
        return self._categorical.logits

    @property
    def _param(self) -> Tensor:
        return self._categorical._param

    @property
    def param_shape(self) -> Size:
        """The shape of the probabilities."""
        return self._categorical.param_shape

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def mode(self) -> Tensor:
        return self._vectors(self.probs.argmax(dim=-1))

    @property
    def variance(self) -> Tensor:
        return self.probs * (1 - self.probs)

    def _vectors(self, places: Any) -> Tensor:
        return one_hot(places, self._event_shape[-1]).to(self._param)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        return self._vectors(self._categorical.sample(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        return self._categorical.log_prob(value.max(-1)[1])

    def entropy(self) -> Tensor:
        return self._categorical.entropy()

    def enumerate_support(self, expand: bool = True) -> Tensor:
        n = self._event_shape[0]
        values = eye(n, dtype=self._param.dtype).reshape((n,) + (1,) * len(self._batch_shape) + (n,))
        return values.expand((n, *self._batch_shape, n)) if expand else values


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """`OneHotCategorical`, whose samples have the gradients of the probabilities.

    Source: Bengio, Léonard and Courville, "Estimating or propagating gradients through stochastic neurons" (2013).

    Example:
        >>> import gradiente as torch
        >>> p = torch.tensor([0.5, 0.5], requires_grad=True)
        >>> torch.distributions.OneHotCategoricalStraightThrough(p).rsample().requires_grad
        True
    """

    has_rsample = True

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        probs = self._categorical.probs
        return self.sample(sample_shape) + (probs - probs.detach())


__all__ = ["OneHotCategorical", "OneHotCategoricalStraightThrough"]
