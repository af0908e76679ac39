"""torch.distributions.kumaraswamy: the Kumaraswamy distribution."""

from __future__ import annotations

import math
from typing import Any

from ..ops.choices import where
from ..ops.likes import ones_like, zeros_like
from ..tensor.core import Tensor
from . import constraints
from .transformed_distribution import TransformedDistribution
from .transforms import AffineTransform, PowerTransform
from .uniform import Uniform
from .utils import broadcast_all, euler_constant


class Kumaraswamy(TransformedDistribution):
    """The Kumaraswamy distribution on [0, 1]: F(x) = 1 - (1 - xᵃ)ᵇ with a = concentration1, b = concentration0.

    Args:
        concentration1: a, > 0, a tensor or a number.
        concentration0: b, > 0.
        validate_args: whether arguments are checked.

    Source: Kumaraswamy, Journal of Hydrology 46 (1980).

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.Kumaraswamy(torch.tensor([1.0]), torch.tensor([1.0])).mean
        tensor([0.5000])
    """

    arg_constraints: Any = {"concentration1": constraints.positive, "concentration0": constraints.positive}
    support = constraints.unit_interval
    has_rsample = True
    _parameters = ("concentration1", "concentration0")
    concentration1: Tensor
    concentration0: Tensor

    def __init__(self, concentration1: Any, concentration0: Any, validate_args: bool | None = None) -> None:
        self.concentration1, self.concentration0 = broadcast_all(concentration1, concentration0)
        base = Uniform(zeros_like(self.concentration0), ones_like(self.concentration0), validate_args=validate_args)
        chain = [
            PowerTransform(exponent=self.concentration0.reciprocal()),
            AffineTransform(loc=1.0, scale=-1.0),
            PowerTransform(exponent=self.concentration1.reciprocal()),
        ]
        super().__init__(base, chain, validate_args=validate_args)

    def _moment(self, n: int) -> Any:
        """E[Xⁿ] = b · B(1 + n/a, b)."""
        a: Any = 1 + n / self.concentration1
        b = self.concentration0
        return b * (a.lgamma() + b.lgamma() - (a + b).lgamma()).exp()

    @property
    def mean(self) -> Tensor:
        return self._moment(1)

    @property
    def mode(self) -> Tensor:
        """((a - 1)/(ab - 1))^(1/a) for a, b ≥ 1; NaN elsewhere, and in PyTorch everywhere."""
        a, b = self.concentration1, self.concentration0
        mode = ((a - 1) / (a * b - 1)).pow(a.reciprocal())
        return where((a < 1) | (b < 1), math.nan, mode)

    @property
    def variance(self) -> Tensor:
        return self._moment(2) - self._moment(1).pow(2)

    def entropy(self) -> Tensor:
        a, b = self.concentration1, self.concentration0
        harmonic = (b + 1).digamma() + euler_constant
        return (1 - b.reciprocal()) + (1 - a.reciprocal()) * harmonic - a.log() - b.log()


__all__ = ["Kumaraswamy"]
