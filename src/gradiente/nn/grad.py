"""torch.nn.grad: the two gradients of a convolution as functions, which can be differentiated in turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..arrays.numpy_windows import Grid
from ..ops._define import primitive
from ..tensor.core import Tensor
from .modules._sizes import each

_input, _weight = primitive("transposed_convolution"), primitive("convolve_weight")


def _check(function: str, input: Sequence[int], weight: Sequence[int], out: Tensor, grid: Grid, groups: int) -> None:
    """Raise RuntimeError unless `out` is what the convolution of such an input gives."""
    rank = len(grid.size) + 2
    for name, shape in (("input", input), ("weight", weight), ("grad_output", tuple(out.shape))):
        if len(shape) != rank:
            raise RuntimeError(
                f"Expected a tensor of dimension {rank} but got: dimension {len(shape)} ({function}: `{name}` has the "
                f"sizes {list(shape)})"
            )
    if weight[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of "
            f"size [{list(weight)}] instead"
        )
    if weight[1] * groups != input[1]:
        raise RuntimeError(
            f"Given groups={groups}, weight of size {list(weight)}, expected input{list(input)} to have "
            f"{weight[1] * groups} channels, but got {input[1]} channels instead"
        )
    wanted = (input[0], weight[0], *grid.counts(tuple(input[2:])))
    for i, (size, found) in enumerate(zip(wanted, out.shape, strict=True)):
        if size != found:
            raise RuntimeError(
                f"Expected a tensor of dimension {rank} and tensor.size[{i}] == {size} but got: dimension {rank} and "
                f"tensor.size[{i}] = {found} ({function}: `grad_output` is to have the sizes {list(wanted)})"
            )


def _grid(n: int, size: Sequence[int], stride: Any, padding: Any, dilation: Any) -> Grid:
    around = each(padding, n)
    return Grid(tuple(size), each(stride, n), around, around, each(dilation, n))


def _of_input(
    n: int, input_size: Any, weight: Tensor, grad_output: Tensor, stride: Any, padding: Any, dilation: Any, groups: int
) -> Tensor:
    grid = _grid(n, weight.shape[2:], stride, padding, dilation)
    shape = tuple(input_size)
    _check(f"conv{n}d_input", shape, tuple(weight.shape), grad_output, grid, groups)
    return _input(grad_output, weight, None, shape=shape, grid=grid, groups=groups)


def _of_weight(
    n: int, input: Tensor, weight_size: Any, grad_output: Tensor, stride: Any, padding: Any, dilation: Any, groups: int
) -> Tensor:
    shape = tuple(weight_size)
    grid = _grid(n, shape[2:], stride, padding, dilation)
    _check(f"conv{n}d_weight", tuple(input.shape), shape, grad_output, grid, groups)
    return _weight(grad_output, input, shape=shape, grid=grid, groups=groups)


def conv1d_input(
    input_size: Sequence[int],
    weight: Tensor,
    grad_output: Tensor,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of `conv1d` in its input.

    Args:
        input_size: the input's sizes, (N, in, L).
        weight: (out, in/groups, k).
        grad_output: the gradient in the result, (N, out, L').
        stride: the distance of the windows, for all axes or each.
        padding: how many zeros were added on both sides of each axis.
        dilation: the distance of a window's elements.
        groups: into how many groups the channels are divided.

    Raises:
        RuntimeError: sizes that do not fit.
    """
    return _of_input(1, input_size, weight, grad_output, stride, padding, dilation, groups)


def conv1d_weight(
    input: Tensor,
    weight_size: Sequence[int],
    grad_output: Tensor,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of `conv1d` in its weights, whose sizes are `weight_size`. See `conv1d_input`."""
    return _of_weight(1, input, weight_size, grad_output, stride, padding, dilation, groups)


def conv2d_input(
    input_size: Sequence[int],
    weight: Tensor,
    grad_output: Tensor,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of `conv2d` in its input.

    Args:
        input_size: the input's sizes, (N, in, H, W).
        weight: (out, in/groups, kH, kW).
        grad_output: the gradient in the result, (N, out, H', W').
        stride: the distance of the windows, for all axes or each.
        padding: how many zeros were added on both sides of each axis.
        dilation: the distance of a window's elements.
        groups: into how many groups the channels are divided.

    Raises:
        RuntimeError: sizes that do not fit.

    Example:
        >>> import gradiente as torch
        >>> torch.nn.grad.conv2d_input((1, 1, 3, 3), torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2))
        tensor([[[[1., 2., 1.],
                  [2., 4., 2.],
                  [1., 2., 1.]]]])
    """
    return _of_input(2, input_size, weight, grad_output, stride, padding, dilation, groups)


def conv2d_weight(
    input: Tensor,
    weight_size: Sequence[int],
    grad_output: Tensor,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of `conv2d` in its weights, whose sizes are `weight_size`. See `conv2d_input`."""
    return _of_weight(2, input, weight_size, grad_output, stride, padding, dilation, groups)


def conv3d_input(
    input_size: Sequence[int],
    weight: Tensor,
    grad_output: Tensor,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of `conv3d` in its input.

    Args:
        input_size: the input's sizes, (N, in, D, H, W).
        weight: (out, in/groups, kD, kH, kW).
        grad_output: the gradient in the result, (N, out, D', H', W').
        stride: the distance of the windows, for all axes or each.
        padding: how many zeros were added on both sides of each axis.
        dilation: the distance of a window's elements.
        groups: into how many groups the channels are divided.

    Raises:
        RuntimeError: sizes that do not fit.
    """
    return _of_input(3, input_size, weight, grad_output, stride, padding, dilation, groups)


def conv3d_weight(
    input: Tensor,
    weight_size: Sequence[int],
    grad_output: Tensor,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of `conv3d` in its weights, whose sizes are `weight_size`. See `conv3d_input`."""
    return _of_weight(3, input, weight_size, grad_output, stride, padding, dilation, groups)


__all__ = ["conv1d_input", "conv1d_weight", "conv2d_input", "conv2d_weight", "conv3d_input", "conv3d_weight"]
