"""Unpooling: elements put back where pooling found them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays.batched import examples
from ...ops._arguments import need_tensor
from ...ops._define import primitive
from ...ops._product_checks import scalar_name
from ...ops.shaping import reshape
from ...tensor.core import Tensor, wrap
from ._pooling import Ints

_put = primitive("put_along_axis")
_unpooled = (
    primitive("reshape", "SqueezeBackward1"),
    primitive("reshape", "MaxUnpool2DBackward0"),
    primitive("reshape", "MaxUnpool3DBackward0"),
)


def _unpool(
    axes: int,
    input: Tensor,
    indices: Tensor,
    kernel: Ints,
    stride: Ints | None,
    padding: Ints,
    output_size: Sequence[int] | None,
) -> Tensor:
    function = f"max_unpool{axes}d"
    shape = need_tensor(input, function)._array.shape
    at = need_tensor(indices, function, "indices", 2)._array
    size = (kernel,) * axes if isinstance(kernel, int) else tuple(kernel)
    step = size if stride is None else (stride,) * axes if isinstance(stride, int) else tuple(stride)
    around = (padding,) * axes if isinstance(padding, int) else tuple(padding)
    usual = [(n - 1) * s + k - 2 * p for n, s, k, p in zip(shape[len(shape) - axes :], step, size, around, strict=True)]
    sizes = usual if output_size is None else _wanted(output_size, usual, step, axes)
    if at.dtype != np.int64:
        raise RuntimeError(f"elements in indices should be type int64 but got: {scalar_name(indices)}")
    if at.shape != shape:
        raise RuntimeError(
            f"Expected shape of indices to be same as that of the input tensor ({list(shape)}) but got indices tensor "
            f"with shape: {list(at.shape)}"
        )
    plane = int(np.prod(sizes))
    numbers = examples(at)
    wrong = (numbers < 0) | (numbers >= plane)
    if wrong.any():
        known = "x".join(map(str, sizes if axes > 1 else [*sizes, 1]))
        raise RuntimeError(f"Found an invalid max index: {numbers[wrong].flat[0]} (output volumes are of size {known})")
    lead = shape[: len(shape) - axes]
    rows = (int(np.prod(lead)), -1) if 0 not in shape else (0, int(np.prod(shape[len(shape) - axes :])))
    flat, where = reshape(input, rows), wrap(at.reshape(rows))
    zeros = input.new_zeros((rows[0], plane))
    return _unpooled[axes - 1](_put(zeros, where, flat, axis=1), shape=(*lead, *sizes))


def _wanted(given: Sequence[int], usual: list[int], step: tuple[int, ...], axes: int) -> list[int]:
    """The output size that was asked for, if it lies near enough to the usual one."""
    sizes = list(given)
    if len(sizes) == axes + 2:
        sizes = sizes[2:]
    if len(sizes) != axes:
        raise ValueError(
            f"output_size should be a sequence containing {axes} or {axes + 2} elements, but it has a length of "
            f"'{len(sizes)}'"
        )
    for i, (n, d, s) in enumerate(zip(sizes, usual, step, strict=True)):
        if not d - s < n < d + s:
            raise ValueError(f'invalid output_size "{given}" (dim {i} must be between {d - s} and {d + s})')
    return sizes


def max_unpool1d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Each element at the place where `max_pool1d` found it, and zeros elsewhere.

    Args:
        input: ([N,] C, L').
        indices: the places within a plane, of the same shape, int64.
        kernel_size: the windows' size, for all axes or each.
        stride: the distance of the windows; None for their size.
        padding: what was added on both sides.
        output_size: the sizes of the result, where several give the same number of windows.

    Returns:
        ([N,] C, L).

    Raises:
        ValueError: an output size that does not fit.
        RuntimeError: the indices' dtype, shape or values.

    Source: M. Zeiler and R. Fergus, Visualizing and understanding convolutional networks (2014).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> out, where = F.max_pool1d(torch.tensor([[[1.0, 3.0, 4.0, 2.0]]]), 2, return_indices=True)
        >>> F.max_unpool1d(out, where, 2)
        tensor([[[0., 3., 4., 0.]]])
    """
    return _unpool(1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Each element at the place where `max_pool2d` found it, and zeros elsewhere.

    Args:
        input: ([N,] C, H', W').
        indices: the places within a plane, of the same shape, int64.
        kernel_size: the windows' size, for all axes or each.
        stride: the distance of the windows; None for their size.
        padding: what was added on both sides.
        output_size: the sizes of the result, where several give the same number of windows.

    Returns:
        ([N,] C, H, W).

    Raises:
        ValueError: an output size that does not fit.
        RuntimeError: the indices' dtype, shape or values.

    Source: M. Zeiler and R. Fergus, Visualizing and understanding convolutional networks (2014).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> out, where = F.max_pool1d(torch.tensor([[[1.0, 3.0, 4.0, 2.0]]]), 2, return_indices=True)
        >>> F.max_unpool1d(out, where, 2)
        tensor([[[0., 3., 4., 0.]]])
    """
    return _unpool(2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Each element at the place where `max_pool3d` found it, and zeros elsewhere.

    Args:
        input: ([N,] C, D', H', W').
        indices: the places within a plane, of the same shape, int64.
        kernel_size: the windows' size, for all axes or each.
        stride: the distance of the windows; None for their size.
        padding: what was added on both sides.
        output_size: the sizes of the result, where several give the same number of windows.

    Returns:
        ([N,] C, D, H, W).

    Raises:
        ValueError: an output size that does not fit.
        RuntimeError: the indices' dtype, shape or values.

    Source: M. Zeiler and R. Fergus, Visualizing and understanding convolutional networks (2014).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> out, where = F.max_pool1d(torch.tensor([[[1.0, 3.0, 4.0, 2.0]]]), 2, return_indices=True)
        >>> F.max_unpool1d(out, where, 2)
        tensor([[[0., 3., 4., 0.]]])
    """
    return _unpool(3, input, indices, kernel_size, stride, padding, output_size)


__all__ = ["max_unpool1d", "max_unpool2d", "max_unpool3d"]
