"""torch.distributions.fishersnedecor: Fisher's F distribution."""

from __future__ import annotations

import math
from typing import Any

from ..ops.choices import where
from ..tensor.core import Tensor
from ..tensor.limits import finfo
from . import constraints
from .distribution import Distribution, Shape
from .gamma import Gamma


class FisherSnedecor(Distribution):
    """The distribution of (X₁/df₁)/(X₂/df₂) with independent Xᵢ, chi-squared with dfᵢ degrees of freedom.

    Args:
        df1: the degrees of freedom of the numerator, > 0, a tensor or a number.
        df2: those of the denominator.
        validate_args: whether arguments are checked.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.FisherSnedecor(torch.tensor([1.0]), torch.tensor([4.0])).mean
        tensor([2.])
    """

    arg_constraints: Any = {"df1": constraints.positive, "df2": constraints.positive}
    support = constraints.positive
    has_rsample = True
    _parameters = ("df1", "df2")
    _parts = ("_gamma1", "_gamma2")
    df1: Tensor
    df2: Tensor

    def __init__(self, df1: Any, df2: Any, validate_args: bool | None = None) -> None:
        self._hold(validate_args, df1=df1, df2=df2)
        self._gamma1: Gamma = Gamma(self.df1 * 0.5, self.df1)
        self._gamma2: Gamma = Gamma(self.df2 * 0.5, self.df2)

    @property
    def mean(self) -> Tensor:
        df2 = where(self.df2 <= 2, math.nan, self.df2)
        return df2 / (df2 - 2)

    @property
    def mode(self) -> Tensor:
        mode = (self.df1 - 2) / self.df1 * self.df2 / (self.df2 + 2)
        return where(self.df1 <= 2, math.nan, mode)

    @property
    def variance(self) -> Tensor:
        df1, df2 = self.df1, where(self.df2 <= 4, math.nan, self.df2)
        return 2 * df2.pow(2) * (df1 + df2 - 2) / (df1 * (df2 - 2).pow(2) * (df2 - 4))

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        above = self._gamma1.rsample(sample_shape).reshape(shape)
        below = self._gamma2.rsample(sample_shape).reshape(shape)
        tiny = finfo(below.dtype).tiny
        return (above / below.clamp(min=tiny)).clamp(min=tiny)

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        a, b, ratio = self.df1 * 0.5, self.df2 * 0.5, self.df1 / self.df2
        log_beta = a.lgamma() + b.lgamma() - (a + b).lgamma()
        return a * ratio.log() + (a - 1) * value.log() - (a + b) * (ratio * value).log1p() - log_beta


__all__ = ["FisherSnedecor"]
