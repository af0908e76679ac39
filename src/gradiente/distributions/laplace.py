"""torch.distributions.laplace: the Laplace distribution."""

from __future__ import annotations

from typing import Any

from ..tensor.core import Tensor
from ..tensor.limits import finfo
from . import constraints
from .distribution import Distribution, Shape


class Laplace(Distribution):
    """The Laplace distribution: p(x) = exp(-|x - loc|/scale) / (2 scale).

    Args:
        loc: the mean, a tensor or a number.
        scale: the mean distance from it, > 0.
        validate_args: whether arguments are checked.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.Laplace(0.0, 1.0).log_prob(torch.tensor([0.0, 1.0]))
        tensor([-0.6931, -1.6931])
    """

    arg_constraints: Any = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True
    _parameters = ("loc", "scale")
    loc: Tensor
    scale: Tensor

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self._hold(validate_args, loc=loc, scale=scale)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        return 2 * self.scale.pow(2)

    @property
    def stddev(self) -> Tensor:
        return 2**0.5 * self.scale

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        """loc - scale · sign(u) · ln(1 - |u|) with u uniform in (-1, 1)."""
        u: Any = self.loc.new_empty(self._extended_shape(sample_shape)).uniform_(finfo(self.loc.dtype).eps - 1, 1)
        return self.loc - self.scale * u.sign() * (-u.abs()).log1p()

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        return -(2 * self.scale).log() - (value - self.loc).abs() / self.scale

    def cdf(self, value: Tensor) -> Tensor:
        self._check(value)
        from_loc: Any = value - self.loc
        return 0.5 - 0.5 * from_loc.sign() * (-from_loc.abs() / self.scale).expm1()

    def icdf(self, value: Tensor) -> Tensor:
        term: Any = value - 0.5
        return self.loc - self.scale * term.sign() * (-2 * term.abs()).log1p()

    def entropy(self) -> Tensor:
        return 1 + (2 * self.scale).log()


__all__ = ["Laplace"]
