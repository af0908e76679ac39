"""Dropout layers: in training, parts of the input are set to 0 at random, and the rest is scaled up."""

from __future__ import annotations

from typing import Any

from ...tensor.core import Tensor
from .. import functional as F
from .module import Module


class _DropoutNd(Module):
    """What all share.

    Args:
        p: the probability of being set to 0.
        inplace: whether the input itself is changed.
    """

    p: float
    inplace: bool

    _function: Any = None

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if p < 0 or p > 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p, self.inplace = p, inplace

    def forward(self, input: Tensor) -> Tensor:
        """The input, with zeros in training."""
        return type(self)._function(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        """The options."""
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_DropoutNd):
    """Sets elements to 0. Source: N. Srivastava et al., Dropout (2014).

    >>> import gradiente as torch
    >>> torch.nn.Dropout(0.5).eval()(torch.ones(2))
    tensor([1., 1.])
    """

    _function = staticmethod(F.dropout)


class Dropout1d(_DropoutNd):
    """Sets channels of (N, C, L) or (C, L) to 0."""

    _function = staticmethod(F.dropout1d)


class Dropout2d(_DropoutNd):
    """Sets channels of (N, C, H, W) or (C, H, W) to 0."""

    _function = staticmethod(F.dropout2d)


class Dropout3d(_DropoutNd):
    """Sets channels of (N, C, D, H, W) or (C, D, H, W) to 0."""

    _function = staticmethod(F.dropout3d)


class AlphaDropout(_DropoutNd):
    """Dropout that keeps mean 0 and variance 1, for SELU."""

    def forward(self, input: Tensor) -> Tensor:
        """The input, changed in training."""
        return F.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_DropoutNd):
    """`AlphaDropout` of whole channels."""

    def forward(self, input: Tensor) -> Tensor:
        """The input, changed in training."""
        return F.feature_alpha_dropout(input, self.p, self.training)


__all__ = ["AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout"]
