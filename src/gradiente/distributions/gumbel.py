"""torch.distributions.gumbel: the Gumbel distribution."""

from __future__ import annotations

import math
from typing import Any

from ..ops.likes import full_like
from ..tensor.core import Tensor
from ..tensor.limits import finfo
from . import constraints
from .transformed_distribution import TransformedDistribution
from .transforms import AffineTransform, ExpTransform
from .uniform import Uniform
from .utils import broadcast_all, euler_constant


class Gumbel(TransformedDistribution):
    """The Gumbel distribution, of maxima: F(x) = exp(-exp(-(x - loc)/scale)).

    Args:
        loc: the mode, a tensor or a number.
        scale: the scale, > 0.
        validate_args: whether arguments are checked.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.Gumbel(torch.tensor([1.0]), torch.tensor([2.0])).mean
        tensor([2.1544])
    """

    arg_constraints: Any = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    _parameters = ("loc", "scale")
    loc: Tensor
    scale: Tensor

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        limits = finfo(self.loc.dtype)
        base = Uniform(full_like(self.loc, limits.tiny), full_like(self.loc, 1 - limits.eps), validate_args)
        log = ExpTransform().inv
        chain = [log, AffineTransform(loc=0, scale=-1), log, AffineTransform(loc=self.loc, scale=-self.scale)]
        super().__init__(base, chain, validate_args=validate_args)

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        y = (self.loc - value) / self.scale
        return (y - y.exp()) - self.scale.log()

    @property
    def mean(self) -> Tensor:
        return self.loc + self.scale * euler_constant

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def stddev(self) -> Tensor:
        return (math.pi / math.sqrt(6)) * self.scale

    @property
    def variance(self) -> Tensor:
        return self.stddev.pow(2)

    def entropy(self) -> Tensor:
        return self.scale.log() + (1 + euler_constant)


__all__ = ["Gumbel"]
