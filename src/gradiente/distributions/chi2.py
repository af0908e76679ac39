"""torch.distributions.chi2: the chi-squared distribution."""

from __future__ import annotations

from typing import Any

from ..tensor.core import Tensor
from . import constraints
from .gamma import Gamma
from .utils import broadcast_all


class Chi2(Gamma):
    """The distribution of a sum of `df` squares of independent standard normal numbers: Gamma(df/2, ½).

    Args:
        df: the degrees of freedom, > 0, a tensor or a number.
        validate_args: whether arguments are checked.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.Chi2(torch.tensor([3.0])).mean
        tensor([3.])
    """

    arg_constraints: Any = {"df": constraints.positive}
    _parameters = ("concentration", "rate")

    def __init__(self, df: Any, validate_args: bool | None = None) -> None:
        (df,) = broadcast_all(df)
        super().__init__(0.5 * df, 0.5, validate_args=validate_args)

    @property
    def df(self) -> Tensor:
        """The degrees of freedom."""
        return self.concentration * 2


__all__ = ["Chi2"]
