"""Convolutions and their transposes, of one to three dimensions."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from ...ops.creation import empty
from ...tensor.core import Tensor
from .. import functional as F
from .. import init
from ..parameter import Parameter
from ._sizes import each
from .module import Module

_MODES = ("zeros", "reflect", "replicate", "circular")


def _check_groups(in_channels: int, groups: int) -> None:
    if in_channels % groups != 0:
        raise ValueError("in_channels must be divisible by groups")


class _ConvNd(Module):
    """What all convolutions share. Its arguments are theirs, with a size for each dimension, and `transposed`."""

    in_channels: int
    out_channels: int
    groups: int
    kernel_size: Any
    stride: Any
    dilation: Any
    padding: Any
    output_padding: Any
    padding_mode: str
    transposed: bool

    _function: ClassVar[Any] = None
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: tuple[int, ...],
        stride: tuple[int, ...],
        padding: str | tuple[int, ...],
        dilation: tuple[int, ...],
        transposed: bool,
        output_padding: tuple[int, ...],
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        _check_groups(in_channels, groups)
        if out_channels % groups != 0:
            raise ValueError("out_channels must be divisible by groups")
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(f"Invalid padding string {padding!r}, should be one of {{'valid', 'same'}}")
            if padding == "same" and any(s != 1 for s in stride):
                raise ValueError("padding='same' is not supported for strided convolutions")
        if padding_mode not in _MODES:
            raise ValueError(f"padding_mode must be one of {set(_MODES)}, but got padding_mode='{padding_mode}'")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride, self.dilation = kernel_size, stride, dilation
        self.padding, self.output_padding = padding, output_padding
        self.transposed, self.padding_mode = transposed, padding_mode
        self._reversed_padding_repeated_twice = self._paddings()
        self.weight = Parameter(empty(self._weight_shape(), device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(empty(out_channels, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def _weight_shape(self) -> tuple[int, ...]:
        first, second = self.out_channels, self.in_channels
        if self.transposed:
            first, second = second, first
        return (first, second // self.groups, *self.kernel_size)

    def _paddings(self) -> list[int]:
        """Before and after, from the last dimension to the first, as `pad` takes them."""
        pairs: list[int] = []
        for i in reversed(range(len(self.kernel_size))):
            if self.padding == "valid":
                pairs += [0, 0]
            elif self.padding == "same":
                total = self.dilation[i] * (self.kernel_size[i] - 1)
                pairs += [total // 2, total - total // 2]
            else:
                pairs += [int(self.padding[i])] * 2
        return pairs

    def reset_parameters(self) -> None:
        """Draw the parameters anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init._calculate_fan_in_and_fan_out(self.weight)
            if fan_in != 0:
                init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """The convolution with another weight and bias."""
        padding: Any = self.padding
        if self.padding_mode != "zeros":
            input = F.pad(input, tuple(self._reversed_padding_repeated_twice), mode=self.padding_mode)
            padding = 0
        return type(self)._function(input, weight, bias, self.stride, padding, self.dilation, self.groups)

    def extra_repr(self) -> str:
        """The options that are not usual."""
        n = len(self.kernel_size)
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        if self.padding != (0,) * n:
            text += f", padding={self.padding}"
        if self.dilation != (1,) * n:
            text += f", dilation={self.dilation}"
        if self.output_padding != (0,) * n:
            text += f", output_padding={self.output_padding}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text


class _Direct(_ConvNd):
    """Arguments of the convolutions.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        kernel_size: size of the kernel, one or one for each dimension; likewise the next three.
        stride: how far the kernel moves.
        padding: how much is added at both ends, or "same" or "valid".
        dilation: distance of the kernel's elements.
        groups: into how many groups the channels fall that are convolved apart.
        bias: whether there is one.
        padding_mode: what is added: "zeros", "reflect", "replicate" or "circular".
        device: where the parameters are.
        dtype: of the parameters.
    """

    _dimensions: ClassVar[int]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        n = self._dimensions
        super().__init__(
            in_channels, out_channels, each(kernel_size, n), each(stride, n),
            padding if isinstance(padding, str) else each(padding, n), each(dilation, n),
            False, each(0, n), groups, bias, padding_mode, device, dtype,
        )  # fmt: skip


class Conv1d(_Direct):
    """Convolution of signals (N, C, L)."""

    _dimensions, _function = 1, staticmethod(F.conv1d)

    def forward(self, input: Tensor) -> Tensor:
        """(N, in_channels, L) → (N, out_channels, L')."""
        return self._conv_forward(input, self.weight, self.bias)


class Conv2d(_Direct):
    """Convolution of images (N, C, H, W).

    >>> import gradiente as torch
    >>> torch.nn.Conv2d(1, 6, 5)(torch.zeros(2, 1, 28, 28)).shape
    torch.Size([2, 6, 24, 24])
    """

    _dimensions, _function = 2, staticmethod(F.conv2d)

    def forward(self, input: Tensor) -> Tensor:
        """(N, in_channels, H, W) → (N, out_channels, H', W')."""
        return self._conv_forward(input, self.weight, self.bias)


class Conv3d(_Direct):
    """Convolution of volumes (N, C, D, H, W)."""

    _dimensions, _function = 3, staticmethod(F.conv3d)

    def forward(self, input: Tensor) -> Tensor:
        """(N, in_channels, D, H, W) → (N, out_channels, D', H', W')."""
        return self._conv_forward(input, self.weight, self.bias)


class _ConvTransposeNd(_ConvNd):
    """What the transposed convolutions share: its arguments are those of `_ConvNd`."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        transposed: bool,
        output_padding: Any,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation,
            transposed, output_padding, groups, bias, padding_mode, device, dtype,
        )  # fmt: skip

    def _output_padding(
        self,
        input: Tensor,
        output_size: Any,
        stride: Any,
        padding: Any,
        kernel_size: Any,
        num_spatial_dims: int,
        dilation: Any = None,
    ) -> Any:
        """How much has to be added for the output to have the wanted size; `output_padding` if none is wanted."""
        if output_size is None:
            return self.output_padding
        n, wanted = num_spatial_dims, list(output_size)
        batched = input.dim() == n + 2
        if len(wanted) == input.dim():
            wanted = wanted[2 if batched else 1 :]
        if len(wanted) != n:
            raise ValueError(
                f"ConvTranspose{n}D: for {input.dim()}D input, output_size must have {n} or {input.dim()} elements "
                f"(got {len(wanted)})"
            )
        spatial = input.shape[-n:]
        spread = [1] * n if dilation is None else dilation
        least = [(spatial[d] - 1) * stride[d] - 2 * padding[d] + spread[d] * (kernel_size[d] - 1) + 1 for d in range(n)]
        most = [least[d] + stride[d] - 1 for d in range(n)]
        if any(not low <= size <= high for low, size, high in zip(least, wanted, most, strict=True)):
            raise ValueError(
                f"requested an output size of {wanted}, but valid sizes range from {least} to {most} "
                f"(for an input of {spatial})"
            )
        return [size - low for size, low in zip(wanted, least, strict=True)]


class _Transposed(_ConvTransposeNd):
    """Arguments of the transposed convolutions: as those of the convolutions, and `output_padding`.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        kernel_size: size of the kernel.
        stride: how far the kernel moves.
        padding: how much the convolution that this transposes would add.
        output_padding: how much the output is larger at one end.
        groups: into how many groups the channels fall.
        bias: whether there is one.
        dilation: distance of the kernel's elements.
        padding_mode: "zeros".
        device: where the parameters are.
        dtype: of the parameters.
    """

    _dimensions: ClassVar[int]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        n = self._dimensions
        super().__init__(
            in_channels, out_channels, each(kernel_size, n), each(stride, n), each(padding, n), each(dilation, n),
            True, each(output_padding, n), groups, bias, padding_mode, device, dtype,
        )  # fmt: skip

    def _transpose(self, input: Tensor, output_size: Any) -> Tensor:
        extra = self._output_padding(
            input, output_size, self.stride, self.padding, self.kernel_size, self._dimensions, self.dilation
        )
        return type(self)._function(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )


class ConvTranspose1d(_Transposed):
    """The transpose of a convolution of signals."""

    _dimensions, _function = 1, staticmethod(F.conv_transpose1d)

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        """(N, in_channels, L) → (N, out_channels, L')."""
        return self._transpose(input, output_size)


class ConvTranspose2d(_Transposed):
    """The transpose of a convolution of images."""

    _dimensions, _function = 2, staticmethod(F.conv_transpose2d)

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        """(N, in_channels, H, W) → (N, out_channels, H', W')."""
        return self._transpose(input, output_size)


class ConvTranspose3d(_Transposed):
    """The transpose of a convolution of volumes."""

    _dimensions, _function = 3, staticmethod(F.conv_transpose3d)

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        """(N, in_channels, D, H, W) → (N, out_channels, D', H', W')."""
        return self._transpose(input, output_size)


def __getattr__(name: str) -> Any:
    # The lazy kinds have a file of their own, and torch has them here. It imports this one, so not the other way round.
    if name in ("_LazyConvXdMixin", *(f"Lazy{kind}" for kind in __all__)):
        from . import lazy_conv

        return getattr(lazy_conv, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"]
