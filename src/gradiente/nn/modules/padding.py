"""Padding."""

from __future__ import annotations

from typing import Any, ClassVar

from ...tensor.core import Tensor
from .. import functional as F
from .module import Module


class _Pad(Module):
    """Adds elements at both ends of the last dimensions.

    Args:
        padding: how many, one number for all ends, or before and after for each dimension from the last on.
    """

    _dimensions: ClassVar[int]
    _mode: ClassVar[str]

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding: tuple[int, ...] = (
            (padding,) * (2 * self._dimensions) if isinstance(padding, int) else tuple(padding)
        )

    def forward(self, input: Tensor) -> Tensor:
        """The larger tensor."""
        return F.pad(input, self.padding, self._mode)

    def extra_repr(self) -> str:
        """How many."""
        return f"{self.padding}"


class _ConstantPadNd(_Pad):
    value: float
    _mode = "constant"

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        """The larger tensor."""
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        """How many, and which number."""
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPadNd):
    """Adds a number at the ends of the last dimension."""

    _dimensions = 1


class ConstantPad2d(_ConstantPadNd):
    """Adds a number at the ends of the last two dimensions."""

    _dimensions = 2


class ConstantPad3d(_ConstantPadNd):
    """Adds a number at the ends of the last three dimensions."""

    _dimensions = 3


class _Zero(_ConstantPadNd):
    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """How many."""
        return f"{self.padding}"


class ZeroPad1d(_Zero):
    """Adds zeros at the ends of the last dimension."""

    _dimensions = 1


class ZeroPad2d(_Zero):
    """Adds zeros at the ends of the last two dimensions.

    >>> import gradiente as torch
    >>> torch.nn.ZeroPad2d(1)(torch.ones(1, 1, 1))
    tensor([[[0., 0., 0.],
             [0., 1., 0.],
             [0., 0., 0.]]])
    """

    _dimensions = 2


class ZeroPad3d(_Zero):
    """Adds zeros at the ends of the last three dimensions."""

    _dimensions = 3


class _ReflectionPadNd(_Pad):
    _mode = "reflect"


class ReflectionPad1d(_ReflectionPadNd):
    """Continues the last dimension by its mirror image."""

    _dimensions = 1


class ReflectionPad2d(_ReflectionPadNd):
    """Continues the last two dimensions by their mirror images."""

    _dimensions = 2


class ReflectionPad3d(_ReflectionPadNd):
    """Continues the last three dimensions by their mirror images."""

    _dimensions = 3


class _ReplicationPadNd(_Pad):
    _mode = "replicate"


class ReplicationPad1d(_ReplicationPadNd):
    """Continues the last dimension by its first and last elements."""

    _dimensions = 1


class ReplicationPad2d(_ReplicationPadNd):
    """Continues the last two dimensions by their first and last elements."""

    _dimensions = 2


class ReplicationPad3d(_ReplicationPadNd):
    """Continues the last three dimensions by their first and last elements."""

    _dimensions = 3


class _CircularPadNd(_Pad):
    _mode = "circular"


class CircularPad1d(_CircularPadNd):
    """Continues the last dimension as if it were periodic."""

    _dimensions = 1


class CircularPad2d(_CircularPadNd):
    """Continues the last two dimensions as if they were periodic."""

    _dimensions = 2


class CircularPad3d(_CircularPadNd):
    """Continues the last three dimensions as if they were periodic."""

    _dimensions = 3


__all__ = [
    "CircularPad1d", "CircularPad2d", "CircularPad3d", "ConstantPad1d", "ConstantPad2d", "ConstantPad3d",
    "ReflectionPad1d", "ReflectionPad2d", "ReflectionPad3d", "ReplicationPad1d", "ReplicationPad2d", "ReplicationPad3d",
    "ZeroPad1d", "ZeroPad2d", "ZeroPad3d",
]  # fmt: skip
