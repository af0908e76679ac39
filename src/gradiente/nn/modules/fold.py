"""Windows of images as columns of matrices, and back."""

from __future__ import annotations

from typing import Any

from .. import functional as F
from ._configured import Configured


class Fold(Configured):
    """Adds up windows, the columns of a matrix, to an image: the transpose of `Unfold`."""

    output_size: Any
    kernel_size: Any
    dilation: Any
    padding: Any
    stride: Any

    _function = staticmethod(F.fold)
    _options = ("output_size", "kernel_size", "dilation", "padding", "stride")

    def __init__(
        self, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
    ) -> None:
        super().__init__()
        self._set(output_size=output_size, kernel_size=kernel_size, dilation=dilation, padding=padding, stride=stride)


class Unfold(Configured):
    """The windows of an image as the columns of a matrix."""

    kernel_size: Any
    dilation: Any
    padding: Any
    stride: Any

    _function = staticmethod(F.unfold)
    _options = ("kernel_size", "dilation", "padding", "stride")

    def __init__(self, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> None:
        super().__init__()
        self._set(kernel_size=kernel_size, dilation=dilation, padding=padding, stride=stride)


__all__ = ["Fold", "Unfold"]
