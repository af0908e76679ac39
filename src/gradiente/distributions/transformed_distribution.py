"""torch.distributions.transformed_distribution: distributions of the images of random numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..autograd.grad_mode import no_grad
from ..tensor.core import Tensor
from ..tensor.size import Size
from . import constraints
from .distribution import Distribution, Shape
from .independent import Independent
from .transforms import ComposeTransform, Transform
from .utils import sum_rightmost

if TYPE_CHECKING:
    from typing import Self


class TransformedDistribution(Distribution):
    """The distribution of Y = T(X) with X from a base distribution: log p(y) = log p(x) - ln |det ∂y/∂x|.

    Args:
        base_distribution: the distribution of X.
        transforms: a transform, or a list of them that are applied one after the other.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: something is no transform; the base has fewer dimensions than the transforms take.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.distributions import AffineTransform, ExpTransform, Normal, TransformedDistribution
        >>> d = TransformedDistribution(Normal(0.0, 1.0), [AffineTransform(1.0, 2.0), ExpTransform()])
        >>> d.log_prob(torch.tensor(1.0))
        tensor(-1.7371)
    """

    arg_constraints: Any = {}
    _parameters = ()
    base_dist: Any
    transforms: list[Any]

    def __init__(
        self,
        base_distribution: Distribution,
        transforms: Transform | list[Any],
        validate_args: bool | None = None,
    ) -> None:
        self.transforms = self._listed(transforms)
        chain = ComposeTransform(self.transforms)
        base_shape = base_distribution.batch_shape + base_distribution.event_shape
        inner = len(base_distribution.event_shape)
        taken = chain.domain.event_dim
        if len(base_shape) < taken:
            raise ValueError(f"base_distribution needs to have shape with size at least {taken}, but got {base_shape}.")
        image_shape = chain.forward_shape(base_shape)
        # A base that the transforms broadcast has to draw as many numbers as they give.
        expanded = chain.inverse_shape(image_shape)
        if base_shape != expanded:
            base_distribution = base_distribution.expand(expanded[: len(expanded) - inner])
        if taken > inner:
            base_distribution = Independent(base_distribution, taken - inner)
        self.base_dist = base_distribution
        event_dim = chain.codomain.event_dim + max(inner - taken, 0)
        cut = len(image_shape) - event_dim
        super().__init__(Size(image_shape[:cut]), Size(image_shape[cut:]), validate_args=validate_args)

    @staticmethod
    def _listed(transforms: Any) -> list[Any]:
        if isinstance(transforms, Transform):
            return [transforms]
        if not isinstance(transforms, list):
            raise ValueError(f"transforms must be a Transform or list, but was {transforms}")
        if not all(isinstance(t, Transform) for t in transforms):
            raise ValueError("transforms must be a Transform or a list of Transforms")
        return transforms

    def expand(self, batch_shape: Shape, _instance: Any = None) -> Self:
        owner = self._family()
        new = self._get_checked_instance(owner, _instance)
        shape = Size(batch_shape)
        new.transforms = self.transforms
        base_shape = ComposeTransform(self.transforms).inverse_shape(shape + self.event_shape)
        new.base_dist = self.base_dist.expand(base_shape[: len(base_shape) - len(self.base_dist.event_shape)])
        for name in owner._parameters:
            if name in self.__dict__:
                new.__dict__[name] = self.__dict__[name].expand(shape)
        Distribution.__init__(new, shape, self.event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    if not TYPE_CHECKING:  # where subclasses have plain attributes

        @constraints.dependent_property(is_discrete=False)
        def support(self):
            if not self.transforms:
                return self.base_dist.support
            support = self.transforms[-1].codomain
            missing = len(self.event_shape) - support.event_dim
            return constraints.independent(support, missing) if missing > 0 else support

        @property
        def has_rsample(self):
            return self.base_dist.has_rsample

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        with no_grad():
            return self._image(self.base_dist.sample(sample_shape))

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        return self._image(self.base_dist.rsample(sample_shape))

    def _image(self, x: Any) -> Any:
        for transform in self.transforms:
            x = transform(x)
        return x

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        event_dim, total, y = len(self.event_shape), 0.0, value
        for transform in reversed(self.transforms):
            x = transform.inv(y)
            event_dim += transform.domain.event_dim - transform.codomain.event_dim
            jacobian = transform.log_abs_det_jacobian(x, y)
            total = total - sum_rightmost(jacobian, event_dim - transform.domain.event_dim)
            y = x
        inner = self.base_dist.log_prob(y)
        return total + sum_rightmost(inner, event_dim - len(self.base_dist.event_shape))  # pyright: ignore

    def _monotonize_cdf(self, value: Any) -> Any:
        """F(y), or 1 - F(y) where the transforms reverse the order of the numbers."""
        sign: Any = 1
        for transform in self.transforms:
            sign = sign * transform.sign
        if isinstance(sign, int) and sign == 1:
            return value
        return sign * (value - 0.5) + 0.5

    def cdf(self, value: Tensor) -> Tensor:
        for transform in reversed(self.transforms):
            value = transform.inv(value)
        if self._validate_args:
            self.base_dist._validate_sample(value)
        return self._monotonize_cdf(self.base_dist.cdf(value))

    def icdf(self, value: Tensor) -> Tensor:
        return self._image(self.base_dist.icdf(self._monotonize_cdf(value)))


__all__ = ["TransformedDistribution"]
