"""Rearrangement of channels and pixels, and of an image into columns of windows and back."""

from __future__ import annotations

from typing import Any

from ...arrays.numpy_windows import Grid
from ...ops._arguments import need_tensor
from ...ops._define import primitive
from ...ops.permuting import permute
from ...ops.shaping import reshape
from ...tensor.core import Tensor
from ._pooling import Ints

_shuffled, _unshuffled = primitive("reshape", "PixelShuffleBackward0"), primitive("reshape", "PixelUnshuffleBackward0")
_channels = primitive("reshape", "NativeChannelShuffleBackward0")
_unfold, _fold = primitive("unfold_image"), primitive("fold_image")


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """Channels moved into the plane: (..., C·r², H, W) becomes (..., C, H·r, W·r).

    Args:
        input: at least 3 dimensions.
        upscale_factor: r.

    Returns:
        The rearranged tensor.

    Raises:
        RuntimeError: too few dimensions, or the number of channels is no multiple of r².

    Source: W. Shi et al., Real-time single image and video super-resolution (2016).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.pixel_shuffle(torch.arange(4.0).reshape(4, 1, 1), 2)
        tensor([[[0., 1.],
                 [2., 3.]]])
    """
    shape = need_tensor(input, "pixel_shuffle")._array.shape
    r = upscale_factor
    if len(shape) < 3:
        raise RuntimeError(
            f"pixel_shuffle expects input to have at least 3 dimensions, but got input with {len(shape)} dimension(s)"
        )
    if r <= 0:
        raise RuntimeError(f"pixel_shuffle expects a positive upscale_factor, but got {r}")
    *lead, channels, height, width = shape
    if channels % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
            f"but input.size(-3)={channels} is not divisible by {r * r}"
        )
    k, c = len(lead), channels // (r * r)
    parts = permute(reshape(input, (*lead, c, r, r, height, width)), (*range(k), k, k + 3, k + 1, k + 4, k + 2))
    return _shuffled(parts, shape=(*lead, c, height * r, width * r))


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """The inverse of `pixel_shuffle`: (..., C, H·r, W·r) becomes (..., C·r², H, W).

    Args:
        input: at least 3 dimensions.
        downscale_factor: r.

    Returns:
        The rearranged tensor.

    Raises:
        RuntimeError: too few dimensions, or a size is no multiple of r.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.pixel_unshuffle(torch.arange(4.0).reshape(1, 2, 2), 2).flatten()
        tensor([0., 1., 2., 3.])
    """
    shape = need_tensor(input, "pixel_unshuffle")._array.shape
    r = downscale_factor
    if len(shape) < 3:
        raise RuntimeError(
            f"pixel_unshuffle expects input to have at least 3 dimensions, but got input with {len(shape)} dimension(s)"
        )
    if r <= 0:
        raise RuntimeError(f"pixel_unshuffle expects a positive downscale_factor, but got {r}")
    *lead, c, height, width = shape
    for name, n, at in (("height", height, -2), ("width", width, -1)):
        if n % r:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but input.size({at})={n} is not "
                f"divisible by {r}"
            )
    k = len(lead)
    parts = reshape(input, (*lead, c, height // r, r, width // r, r))
    parts = permute(parts, (*range(k), k, k + 2, k + 4, k + 1, k + 3))
    return _unshuffled(parts, shape=(*lead, c * r * r, height // r, width // r))


def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """The channels of all groups in turn: channel i of group g comes to place i·groups + g.

    Args:
        input: (N, C, ...), at least 3 dimensions.
        groups: how many groups; a divisor of C.

    Returns:
        The rearranged tensor.

    Raises:
        RuntimeError: too few dimensions, or the number of channels is no multiple of the groups.

    Source: X. Zhang et al., ShuffleNet (2018).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.channel_shuffle(torch.arange(4.0).reshape(1, 4, 1), 2).flatten()
        tensor([0., 2., 1., 3.])
    """
    shape = need_tensor(input, "channel_shuffle")._array.shape
    if len(shape) < 3:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(shape)}")
    if groups <= 0:
        raise RuntimeError(f"Number of groups to divide channels in must be positive. Value of groups:{groups}")
    if shape[1] % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {shape[1]} channels and {groups} groups."
        )
    n, channels, *rest = shape
    parts = permute(reshape(input, (n, groups, channels // groups, -1)), (0, 2, 1, 3))
    return _channels(parts, shape=(n, channels, *rest))


native_channel_shuffle = channel_shuffle


def _pair(value: Any, name: str, function: str) -> tuple[int, int]:
    if isinstance(value, int):
        return value, value
    values = tuple(value)
    if len(values) == 1:
        values = values * 2
    if len(values) != 2:
        raise RuntimeError(f"It is expected {name} equals to 2, but got size {len(values)}")
    return values


def _check(function: str, size: Any, dilation: Any, around: Any, step: Any) -> None:
    for name, (a, b), least in (
        ("kernel size", size, 1),
        ("dilation", dilation, 1),
        ("padding", around, 0),
        ("stride", step, 1),
    ):
        if a < least or b < least:
            letter = {"kernel size": "kernel", "padding": "pad"}.get(name, name)
            kind = "non-negative" if least == 0 else "greater than zero"
            raise RuntimeError(f"{name} should be {kind}, but got {letter}_height: {a} {letter}_width: {b}")


def _counts(
    sizes: tuple[int, ...],
    around: tuple[int, int],
    spread: tuple[int, int],
    size: tuple[int, int],
    step: tuple[int, int],
) -> list[int]:
    """How many windows there are along each axis."""
    axes = zip(sizes, around, spread, size, step, strict=True)
    return [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, p, d, k, s in axes]


def unfold(input: Tensor, kernel_size: Ints, dilation: Ints = 1, padding: Ints = 0, stride: Ints = 1) -> Tensor:
    """The windows of an image as columns.

    Args:
        input: ([N,] C, H, W).
        kernel_size: the windows' size, for both axes or each.
        dilation: the distance of a window's elements.
        padding: how many zeros are added on both sides.
        stride: the distance of the windows.

    Returns:
        ([N,] C·kH·kW, L), with a column for each of the L windows.

    Raises:
        RuntimeError: the rank or an argument is out of range, or there is no window.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.unfold(torch.arange(6.0).reshape(1, 1, 2, 3), 2)
        tensor([[[0., 1.],
                 [1., 2.],
                 [3., 4.],
                 [4., 5.]]])
    """
    shape = need_tensor(input, "unfold")._array.shape
    size, spread = _pair(kernel_size, "kernel_size", "unfold"), _pair(dilation, "dilation", "unfold")
    around, step = _pair(padding, "padding", "unfold"), _pair(stride, "stride", "unfold")
    _check("unfold", size, spread, around, step)
    if len(shape) < 3:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-len(shape)}, {len(shape) - 1}], but got 2)"
        )
    if len(shape) > 4 or 0 in shape[len(shape) - 3 :]:
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, "
            f"but got: {list(shape)}"
        )
    counts = _counts(shape[-2:], around, spread, size, step)
    if min(counts) < 1:
        height, width = shape[-2:]
        raise RuntimeError(
            f"Given input with spatial size ({height}, {width}), kernel_size={size}, dilation={spread}, "
            f"padding={around}, calculated shape of the array of sliding blocks as ({counts[0]}, {counts[1]}), but its "
            "components must be at least one."
        )
    return _unfold(input, grid=Grid(size, step, around, around, spread))


def fold(
    input: Tensor, output_size: Ints, kernel_size: Ints, dilation: Ints = 1, padding: Ints = 0, stride: Ints = 1
) -> Tensor:
    """The image to which the windows in the columns are added, each at its place: the transpose of `unfold`.

    Args:
        input: ([N,] C·kH·kW, L), with a column for each window.
        output_size: (H, W), or one number for both.
        kernel_size: the windows' size, for both axes or each.
        dilation: the distance of a window's elements.
        padding: how much of the image is left out on both sides.
        stride: the distance of the windows.

    Returns:
        ([N,] C, H, W).

    Raises:
        RuntimeError: the rank or an argument is out of range, or the sizes of the columns do not fit.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.fold(torch.ones(1, 4, 2), (2, 3), 2)
        tensor([[[[1., 2., 1.],
                  [1., 2., 1.]]]])
    """
    shape = need_tensor(input, "fold")._array.shape
    target = _pair(output_size, "output_size", "fold")
    size, spread = _pair(kernel_size, "kernel_size", "fold"), _pair(dilation, "dilation", "fold")
    around, step = _pair(padding, "padding", "fold"), _pair(stride, "stride", "fold")
    _check("fold", size, spread, around, step)
    if len(shape) not in (2, 3) or 0 in shape[len(shape) - 2 :]:
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for "
            f"input, but got: {list(shape)}"
        )
    rows, columns = shape[-2:]
    if rows % (size[0] * size[1]):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
            f"input.size(1)={rows} and kernel_size={size}."
        )
    counts = _counts(target, around, spread, size, step)
    if columns != counts[0] * counts[1] or min(counts) < 1:
        raise RuntimeError(
            f"Given output_size={target}, kernel_size={size}, dilation={spread}, padding={around}, stride={step}, "
            f"expected size of input's dimension 2 to match the calculated number of sliding blocks {counts[0]} * "
            f"{counts[1]} = {counts[0] * counts[1]}, but got input.size(2)={columns}."
        )
    image = (*shape[:-2], rows // (size[0] * size[1]), *target)
    return _fold(input, shape=image, grid=Grid(size, step, around, around, spread))


__all__ = [
    "channel_shuffle",
    "fold",
    "native_channel_shuffle",
    "pixel_shuffle",
    "pixel_unshuffle",
    "unfold",
]
