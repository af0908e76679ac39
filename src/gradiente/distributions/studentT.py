"""torch.distributions.studentT: Student's t distribution."""

from __future__ import annotations

import math
from typing import Any

from ..ops.choices import where
from ..tensor.core import Tensor
from . import constraints
from .chi2 import Chi2
from .distribution import Distribution, Shape
from .utils import standard_normal


class StudentT(Distribution):
    """Student's t distribution: that of loc + scale · z/√(X/df) with z standard normal and X chi-squared.

    p(x) ∝ (1 + y²/df)^(-(df + 1)/2) with y = (x - loc)/scale.

    Args:
        df: the degrees of freedom, > 0, a tensor or a number.
        loc: the centre.
        scale: the scale, > 0.
        validate_args: whether arguments are checked.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.StudentT(torch.tensor([4.0])).variance
        tensor([2.])
    """

    arg_constraints: Any = {"df": constraints.positive, "loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True
    _parameters = ("df", "loc", "scale")
    _parts = ("_chi2",)
    df: Tensor
    loc: Tensor
    scale: Tensor

    def __init__(self, df: Any, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool | None = None) -> None:
        self._hold(validate_args, df=df, loc=loc, scale=scale)
        self._chi2: Chi2 = Chi2(self.df)

    @property
    def mean(self) -> Tensor:
        return where(self.df <= 1, math.nan, self.loc)

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        finite = self.scale.pow(2) * self.df / (self.df - 2)
        return where(self.df <= 1, math.nan, where(self.df <= 2, math.inf, finite))

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        z = standard_normal(self._extended_shape(sample_shape), self.df)
        return self.loc + self.scale * (z * (self._chi2.rsample(sample_shape) / self.df).rsqrt())

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        y = (value - self.loc) / self.scale
        half = 0.5 * (self.df + 1.0)
        return -half * (y**2.0 / self.df).log1p() - self.scale.log() - self._log_beta() - 0.5 * self.df.log()

    def _log_beta(self) -> Tensor:
        """ln B(df/2, ½)."""
        return (0.5 * self.df).lgamma() + 0.5 * math.log(math.pi) - (0.5 * (self.df + 1)).lgamma()

    def entropy(self) -> Tensor:
        half = 0.5 * (self.df + 1)
        digammas = half.digamma() - (0.5 * self.df).digamma()
        return self.scale.log() + half * digammas + 0.5 * self.df.log() + self._log_beta()


__all__ = ["StudentT"]
