"""Convolutions that take the number of their input's channels from their first input."""

from __future__ import annotations

from typing import Any

from ...autograd.grad_mode import no_grad
from ...tensor.core import Tensor
from ..parameter import UninitializedParameter
from .conv import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, _check_groups
from .lazy import LazyModuleMixin


class _LazyConvXdMixin(LazyModuleMixin):
    """What all of them share; the class that a lazy convolution becomes stands after it among the bases."""

    in_channels: int
    out_channels: int
    groups: int
    _dimensions: int
    weight: Any
    bias: Any

    def _make_lazy(self, out_channels: int, bias: bool, device: Any, dtype: Any) -> None:
        """After the constructor of a convolution without channels: the parameters as they will be."""
        self.out_channels = out_channels
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        """Draw the parameters anew, once they are there."""
        if self.in_channels != 0 and not self.has_uninitialized_params():
            super().reset_parameters()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]

    def initialize_parameters(self: Any, input: Tensor, *args: Any, **kwargs: Any) -> None:
        """Take `in_channels` from the input, and draw the parameters unless a state was loaded.

        Raises:
            RuntimeError: an input of another rank.
            ValueError: channels that the groups do not divide.
        """
        if not self.has_uninitialized_params():
            if self.in_channels == 0:
                self.in_channels = self._get_in_channels(input)
            return
        channels = self._get_in_channels(input)
        _check_groups(channels, self.groups)
        self.in_channels = channels
        with no_grad():
            self.weight.materialize(self._weight_shape())
            if self.bias is not None:
                self.bias.materialize((self.out_channels,))
            self.reset_parameters()

    def _get_in_channels(self, input: Tensor) -> int:
        rank = self._get_num_spatial_dims() + 1
        if input.dim() not in (rank, rank + 1):
            raise RuntimeError(
                f"Expected {rank}D (unbatched) or {rank + 1}D (batched) input to {type(self).__name__}, "
                f"but got input of size: {input.shape}"
            )
        return input.shape[-rank]

    def _get_num_spatial_dims(self) -> int:
        return self._dimensions


class _LazyDirect(_LazyConvXdMixin):
    """Arguments of the lazy convolutions: those of the convolutions without `in_channels`.

    Args:
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

    def __init__(
        self,
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
        super().__init__(
            0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode, dtype=dtype
        )  # fmt: skip
        self._make_lazy(out_channels, bias, device, dtype)


class _LazyTransposed(_LazyConvXdMixin):
    """Arguments of the lazy transposed convolutions: those of the transposed convolutions without `in_channels`.

    Args:
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

    def __init__(
        self,
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
        super().__init__(
            0, 0, kernel_size, stride, padding, output_padding, groups, False, dilation, padding_mode, dtype=dtype
        )  # fmt: skip
        self._make_lazy(out_channels, bias, device, dtype)


class LazyConv1d(_LazyDirect, Conv1d):  # pyright: ignore[reportIncompatibleVariableOverride]
    """A `Conv1d` whose `in_channels` is taken from its first input."""

    cls_to_become = Conv1d


class LazyConv2d(_LazyDirect, Conv2d):  # pyright: ignore[reportIncompatibleVariableOverride]
    """A `Conv2d` whose `in_channels` is taken from its first input."""

    cls_to_become = Conv2d


class LazyConv3d(_LazyDirect, Conv3d):  # pyright: ignore[reportIncompatibleVariableOverride]
    """A `Conv3d` whose `in_channels` is taken from its first input."""

    cls_to_become = Conv3d


class LazyConvTranspose1d(_LazyTransposed, ConvTranspose1d):  # pyright: ignore[reportIncompatibleVariableOverride]
    """A `ConvTranspose1d` whose `in_channels` is taken from its first input."""

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_LazyTransposed, ConvTranspose2d):  # pyright: ignore[reportIncompatibleVariableOverride]
    """A `ConvTranspose2d` whose `in_channels` is taken from its first input."""

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(_LazyTransposed, ConvTranspose3d):  # pyright: ignore[reportIncompatibleVariableOverride]
    """A `ConvTranspose3d` whose `in_channels` is taken from its first input."""

    cls_to_become = ConvTranspose3d


__all__ = [
    "LazyConv1d",
    "LazyConv2d",
    "LazyConv3d",
    "LazyConvTranspose1d",
    "LazyConvTranspose2d",
    "LazyConvTranspose3d",
]
