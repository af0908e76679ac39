"""torch.distributions.mixture_same_family: mixtures of distributions of one family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..autograd.grad_mode import no_grad
from ..ops.exponentials import log_softmax, logsumexp
from ..tensor.core import Tensor
from ..tensor.size import Size
from . import constraints
from .categorical import Categorical
from .constraints import MixtureSameFamilyConstraint
from .distribution import Distribution, Shape

if TYPE_CHECKING:
    from typing import Self


class MixtureSameFamily(Distribution):
    """A mixture of the distributions of a batch: p(x) = Σᵢ wᵢ · pᵢ(x).

    Args:
        mixture_distribution: a `Categorical` with the weights wᵢ.
        component_distribution: the components, along the last batch dimension.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: something is no distribution; shapes that do not match.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.distributions import Categorical, MixtureSameFamily, Normal
        >>> d = MixtureSameFamily(Categorical(torch.ones(2)), Normal(torch.tensor([-1.0, 1.0]), 0.5))
        >>> d.mean, d.variance
        (tensor(0.), tensor(1.2500))
    """

    arg_constraints: Any = {}
    has_rsample = False
    _parameters = ()
    _mixture_distribution: Categorical
    _component_distribution: Any

    def __init__(
        self,
        mixture_distribution: Categorical,
        component_distribution: Distribution,
        validate_args: bool | None = None,
    ) -> None:
        self._mixture_distribution = mixture_distribution
        self._component_distribution = component_distribution
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError(" The Mixture distribution needs to be an  instance of torch.distributions.Categorical")
        if not isinstance(component_distribution, Distribution):
            raise ValueError("The Component distribution needs to be an instance of torch.distributions.Distribution")
        ours = mixture_distribution.batch_shape
        theirs = component_distribution.batch_shape
        for a, b in zip(reversed(ours), reversed(theirs[:-1]), strict=False):
            if 1 not in (a, b) and a != b:
                raise ValueError(
                    f"`mixture_distribution.batch_shape` ({ours}) is not compatible with "
                    f"`component_distribution.batch_shape`({theirs[:-1]})"
                )
        weights = mixture_distribution.logits.shape[-1]
        components = theirs[-1]
        if weights != components:
            raise ValueError(
                f"`mixture_distribution component` ({weights}) does not equal `component_distribution.batch_shape[-1]` "
                f"({components})"
            )
        self._num_component: int = weights
        event = component_distribution.event_shape
        self._event_ndims: int = len(event)
        super().__init__(theirs[:-1], event, validate_args=validate_args)

    def expand(self, batch_shape: Shape, _instance: Any = None) -> Self:
        new = self._get_checked_instance(MixtureSameFamily, _instance)
        shape = Size(batch_shape)
        new._component_distribution = self._component_distribution.expand((*shape, self._num_component))
        new._mixture_distribution = self._mixture_distribution.expand(shape)
        new._num_component, new._event_ndims = self._num_component, self._event_ndims
        Distribution.__init__(new, shape, self._event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    @constraints.dependent_property
    def support(self) -> Any:
        return MixtureSameFamilyConstraint(self._component_distribution.support)

    @property
    def mixture_distribution(self) -> Categorical:
        """The distribution of the components' numbers."""
        return self._mixture_distribution

    @property
    def component_distribution(self) -> Distribution:
        """The components."""
        return self._component_distribution

    def _weights(self) -> Any:
        """The weights, with a dimension of size 1 for each of the event's."""
        probs = self._mixture_distribution.probs
        return probs.reshape(probs.shape + (1,) * self._event_ndims)

    def _mixed(self, values: Any) -> Any:
        return (self._weights() * values).sum(-1 - self._event_ndims)

    @property
    def mean(self) -> Tensor:
        return self._mixed(self._component_distribution.mean)

    @property
    def variance(self) -> Tensor:
        """The mean of the variances plus the variance of the means: the law of total variance."""
        means = self._component_distribution.mean
        from_mean = means - self.mean.unsqueeze(-1 - self._event_ndims)
        return self._mixed(self._component_distribution.variance) + self._mixed(from_mean.pow(2.0))

    def cdf(self, x: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride] (PyTorch's name)
        spread = x.unsqueeze(-1 - self._event_ndims)
        return (self._component_distribution.cdf(spread) * self._mixture_distribution.probs).sum(-1)

    def log_prob(self, x: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride] (PyTorch's name)
        self._check(x)
        log_components = self._component_distribution.log_prob(x.unsqueeze(-1 - self._event_ndims))
        return logsumexp(log_components + log_softmax(self._mixture_distribution.logits, dim=-1), dim=-1)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        with no_grad():
            dim = len(sample_shape) + len(self._batch_shape)
            chosen = self._mixture_distribution.sample(sample_shape)
            samples = self._component_distribution.sample(sample_shape)
            index = chosen.reshape(chosen.shape + (1,) * (self._event_ndims + 1))
            index = index.repeat((1,) * (chosen.dim() + 1) + tuple(self._event_shape))
            return samples.gather(dim, index).squeeze(dim)

    def __repr__(self) -> str:
        return f"MixtureSameFamily(\n  {self.mixture_distribution},\n  {self.component_distribution})"


__all__ = ["MixtureSameFamily"]
