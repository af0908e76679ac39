"""Pooling."""

from __future__ import annotations

from typing import Any

from ...tensor.core import Tensor
from .. import functional as F
from ._configured import Configured
from ._sizes import each
from .module import Module


class _MaxPoolNd(Configured):
    """The largest element of each window.

    Args:
        kernel_size: size of the windows.
        stride: distance of the windows; the kernel's size if None.
        padding: how much is added at both ends.
        dilation: distance of the elements of a window.
        return_indices: whether the places of these elements are returned as well.
        ceil_mode: whether windows may go over the end.
    """

    kernel_size: Any
    stride: Any
    padding: Any
    dilation: Any
    return_indices: bool
    ceil_mode: bool

    _options = ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")
    _shown = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self._set(kernel_size=kernel_size, stride=kernel_size if stride is None else stride, padding=padding)
        self._set(dilation=dilation, return_indices=return_indices, ceil_mode=ceil_mode)


class MaxPool1d(_MaxPoolNd):
    """The largest element of each window of (N, C, L)."""

    _function = staticmethod(F.max_pool1d)


class MaxPool2d(_MaxPoolNd):
    """The largest element of each window of (N, C, H, W).

    >>> import gradiente as torch
    >>> torch.nn.MaxPool2d(2)(torch.arange(4.0).view(1, 1, 2, 2))
    tensor([[[[3.]]]])
    """

    _function = staticmethod(F.max_pool2d)


class MaxPool3d(_MaxPoolNd):
    """The largest element of each window of (N, C, D, H, W)."""

    _function = staticmethod(F.max_pool3d)


class _MaxUnpoolNd(Module):
    """The elements put back where `MaxPool` found them, zeros elsewhere.

    Args:
        kernel_size: size of the windows.
        stride: distance of the windows.
        padding: how much was added.
    """

    kernel_size: Any
    stride: Any
    padding: Any

    _function: Any = None
    _dimensions = 1

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        super().__init__()
        n = self._dimensions
        self.kernel_size = each(kernel_size, n)
        self.stride = each(kernel_size if stride is None else stride, n)
        self.padding = each(padding, n)

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        """The larger tensor."""
        return type(self)._function(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self) -> str:
        """The options."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpoolNd):
    """The inverse of `MaxPool1d`."""

    _function = staticmethod(F.max_unpool1d)


class MaxUnpool2d(_MaxUnpoolNd):
    """The inverse of `MaxPool2d`."""

    _function, _dimensions = staticmethod(F.max_unpool2d), 2


class MaxUnpool3d(_MaxUnpoolNd):
    """The inverse of `MaxPool3d`."""

    _function, _dimensions = staticmethod(F.max_unpool3d), 3


class _AvgPoolNd(Configured):
    """What all share."""


class AvgPool1d(_AvgPoolNd):
    """The mean of each window of (N, C, L)."""

    kernel_size: Any
    stride: Any
    padding: Any
    ceil_mode: bool
    count_include_pad: bool

    _function = staticmethod(F.avg_pool1d)
    _options = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")
    _shown = ("kernel_size", "stride", "padding")

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self._set(kernel_size=each(kernel_size, 1), stride=each(kernel_size if stride is None else stride, 1))
        self._set(padding=each(padding, 1), ceil_mode=ceil_mode, count_include_pad=count_include_pad)


class _AvgPool(_AvgPoolNd):
    """The mean of each window.

    Args:
        kernel_size: size of the windows.
        stride: distance of the windows; the kernel's size if None.
        padding: how much is added at both ends.
        ceil_mode: whether windows may go over the end.
        count_include_pad: whether what was added counts.
        divisor_override: by what the sums are divided.
    """

    kernel_size: Any
    stride: Any
    padding: Any
    ceil_mode: bool
    count_include_pad: bool
    divisor_override: int | None

    _options = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")
    _shown = ("kernel_size", "stride", "padding")

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self._set(kernel_size=kernel_size, stride=kernel_size if stride is None else stride, padding=padding)
        self._set(ceil_mode=ceil_mode, count_include_pad=count_include_pad, divisor_override=divisor_override)


class AvgPool2d(_AvgPool):
    """The mean of each window of (N, C, H, W)."""

    _function = staticmethod(F.avg_pool2d)


class AvgPool3d(_AvgPool):
    """The mean of each window of (N, C, D, H, W)."""

    _function = staticmethod(F.avg_pool3d)


class _LPPoolNd(Configured):
    """(Σ xᵖ)^(1/p) of each window.

    Args:
        norm_type: p.
        kernel_size: size of the windows.
        stride: distance of the windows; the kernel's size if None.
        ceil_mode: whether windows may go over the end.
    """

    norm_type: float
    kernel_size: Any
    stride: Any
    ceil_mode: bool

    _options = ("norm_type", "kernel_size", "stride", "ceil_mode")

    def __init__(self, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> None:
        super().__init__()
        self._set(norm_type=norm_type, kernel_size=kernel_size, stride=stride, ceil_mode=ceil_mode)


class LPPool1d(_LPPoolNd):
    """(Σ xᵖ)^(1/p) of each window of (N, C, L)."""

    _function = staticmethod(F.lp_pool1d)


class LPPool2d(_LPPoolNd):
    """(Σ xᵖ)^(1/p) of each window of (N, C, H, W)."""

    _function = staticmethod(F.lp_pool2d)


class LPPool3d(_LPPoolNd):
    """(Σ xᵖ)^(1/p) of each window of (N, C, D, H, W)."""

    _function = staticmethod(F.lp_pool3d)


class _Adaptive(Configured):
    """Pooling to a given size.

    Args:
        output_size: the size of the result; None keeps a dimension as it is.
        return_indices: for the largest elements: whether their places are returned as well.
    """

    output_size: Any

    _options = ("output_size",)

    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size


class _AdaptiveAvgPoolNd(_Adaptive):
    """Means."""


class _AdaptiveMaxPoolNd(_Adaptive):
    return_indices: bool
    _options = ("output_size", "return_indices")
    _shown = ("output_size",)

    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__(output_size)
        self.return_indices = return_indices


class AdaptiveAvgPool1d(_AdaptiveAvgPoolNd):
    """Means of (N, C, L) in a given number of windows."""

    _function = staticmethod(F.adaptive_avg_pool1d)


class AdaptiveAvgPool2d(_AdaptiveAvgPoolNd):
    """Means of (N, C, H, W) in a given number of windows."""

    _function = staticmethod(F.adaptive_avg_pool2d)


class AdaptiveAvgPool3d(_AdaptiveAvgPoolNd):
    """Means of (N, C, D, H, W) in a given number of windows."""

    _function = staticmethod(F.adaptive_avg_pool3d)


class AdaptiveMaxPool1d(_AdaptiveMaxPoolNd):
    """Largest elements of (N, C, L) in a given number of windows."""

    _function = staticmethod(F.adaptive_max_pool1d)


class AdaptiveMaxPool2d(_AdaptiveMaxPoolNd):
    """Largest elements of (N, C, H, W) in a given number of windows."""

    _function = staticmethod(F.adaptive_max_pool2d)


class AdaptiveMaxPool3d(_AdaptiveMaxPoolNd):
    """Largest elements of (N, C, D, H, W) in a given number of windows."""

    _function = staticmethod(F.adaptive_max_pool3d)


class _Fractional(Module):
    """Largest elements of windows at random places. Source: B. Graham, Fractional max-pooling (2014).

    Args:
        kernel_size: size of the windows.
        output_size: the size of the result, or
        output_ratio: its share of the input's size.
        return_indices: whether the places of these elements are returned as well.
        _random_samples: the random numbers to use.
    """

    kernel_size: Any
    output_size: Any
    output_ratio: Any
    return_indices: bool

    _function: Any = None
    _dimensions = 2

    def __init__(
        self,
        kernel_size: Any,
        output_size: Any = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Any = None,
    ) -> None:
        super().__init__()
        n = self._dimensions
        name = type(self).__name__
        if output_size is None and output_ratio is None:
            raise ValueError(f"{name} requires specifying either an output size, or a pooling ratio")
        if output_size is not None and output_ratio is not None:
            raise ValueError(f"only one of output_size and output_ratio may be specified to {name}")
        self.kernel_size = each(kernel_size, n)
        self.output_size = None if output_size is None else each(output_size, n)
        self.output_ratio = None if output_ratio is None else each(output_ratio, n)
        if self.output_ratio is not None and not all(0 < ratio < 1 for ratio in self.output_ratio):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)

    def forward(self, input: Tensor) -> Any:
        """The smaller tensor."""
        return type(self)._function(
            input,
            self.kernel_size,
            self.output_size,
            self.output_ratio,
            self.return_indices,
            _random_samples=self._random_samples,
        )


class FractionalMaxPool2d(_Fractional):
    """Largest elements of windows of (N, C, H, W) at random places."""

    _function = staticmethod(F.fractional_max_pool2d)


class FractionalMaxPool3d(_Fractional):
    """Largest elements of windows of (N, C, D, H, W) at random places."""

    _function, _dimensions = staticmethod(F.fractional_max_pool3d), 3


__all__ = [
    "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d", "FractionalMaxPool2d", "FractionalMaxPool3d",
    "LPPool1d", "LPPool2d", "LPPool3d", "MaxPool1d", "MaxPool2d", "MaxPool3d", "MaxUnpool1d", "MaxUnpool2d",
    "MaxUnpool3d",
]  # fmt: skip
