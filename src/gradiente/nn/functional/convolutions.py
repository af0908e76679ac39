"""Convolutions of lines, images and volumes, and the transposed ones."""

from __future__ import annotations

from ...ops._arguments import need_tensor
from ...ops.permuting import permute
from ...tensor.core import Tensor
from ._convolving import Ints, convolve, convolve_transposed


def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Ints = 1,
    padding: str | Ints = 0,
    dilation: Ints = 1,
    groups: int = 1,
) -> Tensor:
    """The convolution of a line: out[o, p] = bias[o] + Σ weight[o, c, k] · input[c, stride·p + dilation·k - padding].

    The sum is over the places k of the kernel and the channels c of o's group; as in all of machine learning, the
    kernel is not mirrored.

    Args:
        input: ([N,] in, L).
        weight: (out, in/groups, kL), of the input's dtype.
        bias: (out,); none by default.
        stride: the distance of the windows, for all axes or each.
        padding: how many zeros to add on both sides of each axis; "valid" for none, "same" for the input's sizes.
        dilation: the distance of a window's elements.
        groups: into how many groups the channels are divided; each is convolved by itself.

    Returns:
        ([N,] out, L'), each size ⌊(n + 2·padding - dilation·(k - 1) - 1)/stride⌋ + 1.

    Raises:
        RuntimeError: the ranks, sizes, dtypes or numbers of channels do not fit, or an argument is out of range.

    Source: Y. LeCun et al., Gradient-based learning applied to document recognition (1998).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.conv1d(torch.tensor([[[1.0, 2.0, 4.0]]]), torch.tensor([[[1.0, -1.0]]]))
        tensor([[[-1., -2.]]])
    """
    return convolve("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Ints = 1,
    padding: str | Ints = 0,
    dilation: Ints = 1,
    groups: int = 1,
) -> Tensor:
    """The convolution of an image: out[o, p] = bias[o] + Σ weight[o, c, k] · input[c, stride·p + dilation·k - padding].

    The sum is over the places k of the kernel and the channels c of o's group; as in all of machine learning, the
    kernel is not mirrored.

    Args:
        input: ([N,] in, H, W).
        weight: (out, in/groups, kH, kW), of the input's dtype.
        bias: (out,); none by default.
        stride: the distance of the windows, for all axes or each.
        padding: how many zeros to add on both sides of each axis; "valid" for none, "same" for the input's sizes.
        dilation: the distance of a window's elements.
        groups: into how many groups the channels are divided; each is convolved by itself.

    Returns:
        ([N,] out, H', W'), each size ⌊(n + 2·padding - dilation·(k - 1) - 1)/stride⌋ + 1.

    Raises:
        RuntimeError: the ranks, sizes, dtypes or numbers of channels do not fit, or an argument is out of range.

    Source: Y. LeCun et al., Gradient-based learning applied to document recognition (1998).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.conv2d(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 2, 2), torch.tensor([0.5]))
        tensor([[[[4.5000, 4.5000],
                  [4.5000, 4.5000]]]])
    """
    return convolve("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Ints = 1,
    padding: str | Ints = 0,
    dilation: Ints = 1,
    groups: int = 1,
) -> Tensor:
    """The convolution of a volume: out[o, p] = bias[o] + Σ weight[o, c, k] · input[c, stride·p + dilation·k - padding].

    The sum is over the places k of the kernel and the channels c of o's group; as in all of machine learning, the
    kernel is not mirrored.

    Args:
        input: ([N,] in, D, H, W).
        weight: (out, in/groups, kD, kH, kW), of the input's dtype.
        bias: (out,); none by default.
        stride: the distance of the windows, for all axes or each.
        padding: how many zeros to add on both sides of each axis; "valid" for none, "same" for the input's sizes.
        dilation: the distance of a window's elements.
        groups: into how many groups the channels are divided; each is convolved by itself.

    Returns:
        ([N,] out, D', H', W'), each size ⌊(n + 2·padding - dilation·(k - 1) - 1)/stride⌋ + 1.

    Raises:
        RuntimeError: the ranks, sizes, dtypes or numbers of channels do not fit, or an argument is out of range.

    Source: Y. LeCun et al., Gradient-based learning applied to document recognition (1998).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.conv3d(torch.ones(1, 2, 3, 3, 3), torch.ones(4, 2, 3, 3, 3)).shape
        torch.Size([1, 4, 1, 1, 1])
    """
    return convolve("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Ints = 1,
    padding: Ints = 0,
    output_padding: Ints = 0,
    groups: int = 1,
    dilation: Ints = 1,
) -> Tensor:
    """The transposed convolution of a line: the linear map that is the transpose of `conv1d` with the same weights.

    Args:
        input: ([N,] in, L).
        weight: (in, out/groups, kL), of the input's dtype.
        bias: (out,); none by default.
        stride: the distance of the windows in the result, for all axes or each.
        padding: how much of the result is left out on both sides of each axis.
        output_padding: how much is added at the end of each axis, less than the stride or the dilation.
        groups: into how many groups the channels are divided.
        dilation: the distance of a window's elements.

    Returns:
        ([N,] out, L'), each size (n - 1)·stride - 2·padding + dilation·(k - 1) + output_padding + 1.

    Raises:
        RuntimeError: the ranks, sizes, dtypes or numbers of channels do not fit, or an argument is out of range.

    Source: M. Zeiler et al., Deconvolutional networks (2010).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.conv_transpose1d(torch.tensor([[[1.0, 2.0]]]), torch.tensor([[[1.0, -1.0]]]))
        tensor([[[ 1.,  1., -2.]]])
    """
    return convolve_transposed(
        "conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation
    )


def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Ints = 1,
    padding: Ints = 0,
    output_padding: Ints = 0,
    groups: int = 1,
    dilation: Ints = 1,
) -> Tensor:
    """The transposed convolution of an image: the linear map that is the transpose of `conv2d` with the same weights.

    Args:
        input: ([N,] in, H, W).
        weight: (in, out/groups, kH, kW), of the input's dtype.
        bias: (out,); none by default.
        stride: the distance of the windows in the result, for all axes or each.
        padding: how much of the result is left out on both sides of each axis.
        output_padding: how much is added at the end of each axis, less than the stride or the dilation.
        groups: into how many groups the channels are divided.
        dilation: the distance of a window's elements.

    Returns:
        ([N,] out, H', W'), each size (n - 1)·stride - 2·padding + dilation·(k - 1) + output_padding + 1.

    Raises:
        RuntimeError: the ranks, sizes, dtypes or numbers of channels do not fit, or an argument is out of range.

    Source: M. Zeiler et al., Deconvolutional networks (2010).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.conv_transpose2d(torch.ones(1, 1, 3, 3), torch.ones(1, 2, 3, 3), stride=2).shape
        torch.Size([1, 2, 7, 7])
    """
    return convolve_transposed(
        "conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation
    )


def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Ints = 1,
    padding: Ints = 0,
    output_padding: Ints = 0,
    groups: int = 1,
    dilation: Ints = 1,
) -> Tensor:
    """The transposed convolution of a volume: the linear map that is the transpose of `conv3d` with the same weights.

    Args:
        input: ([N,] in, D, H, W).
        weight: (in, out/groups, kD, kH, kW), of the input's dtype.
        bias: (out,); none by default.
        stride: the distance of the windows in the result, for all axes or each.
        padding: how much of the result is left out on both sides of each axis.
        output_padding: how much is added at the end of each axis, less than the stride or the dilation.
        groups: into how many groups the channels are divided.
        dilation: the distance of a window's elements.

    Returns:
        ([N,] out, D', H', W'), each size (n - 1)·stride - 2·padding + dilation·(k - 1) + output_padding + 1.

    Raises:
        RuntimeError: the ranks, sizes, dtypes or numbers of channels do not fit, or an argument is out of range.

    Source: M. Zeiler et al., Deconvolutional networks (2010).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.conv_transpose3d(torch.ones(1, 4, 2, 2, 2), torch.ones(4, 1, 3, 3, 3), padding=1).shape
        torch.Size([1, 1, 2, 2, 2])
    """
    return convolve_transposed(
        "conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups, dilation
    )


def conv_tbc(input: Tensor, weight: Tensor, bias: Tensor, pad: int = 0) -> Tensor:
    """The convolution of lines whose axes are time, batch and channels.

    Args:
        input: (T, N, in).
        weight: (kL, in, out).
        bias: (out,).
        pad: how many zeros to add on both ends.

    Returns:
        (T', N, out).

    Raises:
        RuntimeError: the ranks or sizes do not fit.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.conv_tbc(torch.ones(3, 1, 2), torch.ones(2, 2, 1), torch.zeros(1)).flatten()
        tensor([4., 4.])
    """
    for value, rank, name, names in (
        (input, 3, "Input", "time, batch, in_channel"),
        (weight, 3, "Weight tensor", "kernel_width, in_channels, out_channels"),
        (bias, 1, "Bias", "out_channels"),
    ):
        if need_tensor(value, "conv_tbc")._array.ndim != rank:
            kind = "dims" if rank == 3 else "dim"
            raise RuntimeError(f"{name} must have {rank} {kind}: {names} (it has shape {list(value._array.shape)})")
    return permute(conv1d(permute(input, (1, 2, 0)), permute(weight, (2, 1, 0)), bias, padding=pad), (2, 0, 1))


__all__ = ["conv1d", "conv2d", "conv3d", "conv_tbc", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"]
