"""Pooling: the largest element, or the mean, of each window."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ...arrays.numpy_windows import Grid
from ...ops._define import primitive
from ...ops._factory import constant
from ...ops._out import into
from ...ops.rounding import trunc
from ...tensor.core import Tensor, box, wrap
from ._pooling import Ints, grid_of, need_image, refuse_types

_argmax, _divide = primitive("argmax_windows"), primitive("divide", "AvgPool2DBackward0")
_take = (
    primitive("take_places", "SqueezeBackward1"),
    primitive("take_places", "MaxPool2DWithIndicesBackward0"),
    primitive("take_places", "MaxPool3DWithIndicesBackward0"),
)
_mean = (
    primitive("sum_windows", "SqueezeBackward1"),
    primitive("sum_windows", "AvgPool2DBackward0"),
    primitive("sum_windows", "AvgPool3DBackward0"),
)


def _max_pool(
    axes: int,
    input: Tensor,
    kernel: Ints,
    stride: Ints | None,
    padding: Ints,
    dilation: Ints,
    ceil_mode: bool,
    located: bool,
) -> tuple[Tensor, Tensor]:
    """The largest elements, and where they are."""
    function = f"max_pool{axes}d"
    need_image(input, axes, function)
    grid = grid_of(input, axes, function, kernel, stride, padding, dilation, ceil_mode, located)
    refuse_types(input, "max_pool1d_impl" if axes == 1 else function, "biuc" if axes == 1 else "bc")
    indices = _argmax(input, grid=grid)
    return _take[axes - 1](input, indices, axes=axes), indices


def _counted(grid: Grid, sizes: tuple[int, ...], with_padding: bool) -> tuple[Any, bool]:
    """How many elements each window's sum is divided by, and whether it is one number for all."""
    if not any(grid.after) and (with_padding or not any(grid.before)):
        return prod(grid.size), True
    total: Any = np.ones((), np.float64)
    for i, (n, count) in enumerate(zip(sizes, grid.counts(sizes), strict=True)):
        start = np.arange(count) * grid.step[i] - grid.before[i]
        end = np.minimum(start + grid.size[i], n + grid.before[i])
        held = end - start if with_padding else np.minimum(end, n) - np.maximum(start, 0)
        total = total[..., None] * held
    same = bool((total == total.flat[0]).all())
    return total.flat[0] if same else total, same


def _avg_pool(
    axes: int,
    input: Tensor,
    kernel: Ints,
    stride: Ints | None,
    padding: Ints,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor: int | None,
) -> Tensor:
    function = f"avg_pool{axes}d"
    need_image(input, axes, function)
    grid = grid_of(input, axes, function, kernel, stride, padding, 1, ceil_mode)
    if divisor == 0:
        raise RuntimeError("divisor must be not zero (divisor_override=0)")
    refuse_types(input, function, "bc")
    dtype = input._array.dtype
    number, same = (divisor, True) if divisor else _counted(grid, input._array.shape[-axes:], count_include_pad)
    call = _mean[axes - 1]
    if dtype.kind in "iu":
        return trunc(_divide(call(input, grid=grid, divisor=1), wrap(np.asarray(number)))).to(input.dtype)
    if same:
        return call(input, grid=grid, divisor=float(number))
    return _divide(call(input, grid=grid, divisor=1), constant(input, box(np.asarray(number, dtype))))


def max_pool1d(
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    dilation: Ints = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window of a line: out[p] = max over k of input[stride·p + dilation·k - padding].

    The gradient goes to the first of equal elements; NaN counts as the largest.

    Args:
        input: ([N,] C, L), a real dtype.
        kernel_size: the windows' size, for all axes or each.
        stride: the distance of the windows; None for their size.
        padding: how much is added on both sides, at most half of the size; it is never the largest.
        dilation: the distance of a window's elements.
        ceil_mode: round the number of windows up, so that the last ones may reach beyond the end.
        return_indices: give also where the largest elements are, for `max_unpool1d`.

    Returns:
        ([N,] C, L'); with `return_indices` a pair of it and of the positions within a plane, int64.

    Raises:
        RuntimeError: the rank or an argument is out of range, or there is no window.
        NotImplementedError: a bool or complex input.

    Source: J. Weng et al., Cresceptron (1992).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.max_pool1d(torch.tensor([[[1.0, 3.0, 2.0, 4.0]]]), 2)
        tensor([[[3., 4.]]])
    """
    found = _max_pool(1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)
    return found if return_indices else found[0]


def max_pool2d(
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    dilation: Ints = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window of an image: out[p] = max over k of input[stride·p + dilation·k - padding].

    The gradient goes to the first of equal elements; NaN counts as the largest.

    Args:
        input: ([N,] C, H, W), a real dtype.
        kernel_size: the windows' size, for all axes or each.
        stride: the distance of the windows; None for their size.
        padding: how much is added on both sides, at most half of the size; it is never the largest.
        dilation: the distance of a window's elements.
        ceil_mode: round the number of windows up, so that the last ones may reach beyond the end.
        return_indices: give also where the largest elements are, for `max_unpool2d`.

    Returns:
        ([N,] C, H', W'); with `return_indices` a pair of it and of the positions within a plane, int64.

    Raises:
        RuntimeError: the rank or an argument is out of range, or there is no window.
        NotImplementedError: a bool or complex input.

    Source: J. Weng et al., Cresceptron (1992).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.max_pool2d(torch.tensor([[[[1.0, 2.0], [4.0, 3.0]]]]), 2, return_indices=True)
        (tensor([[[[4.]]]]), tensor([[[[2]]]]))
    """
    found = _max_pool(2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)
    return found if return_indices else found[0]


def max_pool3d(
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    dilation: Ints = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window of a volume: out[p] = max over k of input[stride·p + dilation·k - padding].

    The gradient goes to the first of equal elements; NaN counts as the largest.

    Args:
        input: ([N,] C, D, H, W), a real dtype.
        kernel_size: the windows' size, for all axes or each.
        stride: the distance of the windows; None for their size.
        padding: how much is added on both sides, at most half of the size; it is never the largest.
        dilation: the distance of a window's elements.
        ceil_mode: round the number of windows up, so that the last ones may reach beyond the end.
        return_indices: give also where the largest elements are, for `max_unpool3d`.

    Returns:
        ([N,] C, D', H', W'); with `return_indices` a pair of it and of the positions within a plane, int64.

    Raises:
        RuntimeError: the rank or an argument is out of range, or there is no window.
        NotImplementedError: a bool or complex input.

    Source: J. Weng et al., Cresceptron (1992).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.max_pool3d(torch.ones(1, 2, 4, 4, 4), 2).shape
        torch.Size([1, 2, 2, 2, 2])
    """
    found = _max_pool(3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)
    return found if return_indices else found[0]


def avg_pool1d(
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """The mean of each window of a line.

    Args:
        input: ([N,] C, L), a real dtype.
        kernel_size: the windows' size, for all axes or each.
        stride: the distance of the windows; None for their size.
        padding: how many zeros are added on both sides, at most half of the size.
        ceil_mode: round the number of windows up, so that the last ones may reach beyond the end.
        count_include_pad: divide by the number of elements with the added zeros; else without.

    Returns:
        ([N,] C, L'), of the same dtype.

    Raises:
        RuntimeError: the rank or an argument is out of range, or there is no window.
        NotImplementedError: a bool or complex input.

    Source: Y. LeCun et al., Gradient-based learning applied to document recognition (1998).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.avg_pool1d(torch.tensor([[[1.0, 3.0, 2.0, 4.0]]]), 2)
        tensor([[[2., 3.]]])
    """
    return _avg_pool(1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def avg_pool2d(
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The mean of each window of an image.

    Args:
        input: ([N,] C, H, W), a real dtype.
        kernel_size: the windows' size, for all axes or each.
        stride: the distance of the windows; None for their size.
        padding: how many zeros are added on both sides, at most half of the size.
        ceil_mode: round the number of windows up, so that the last ones may reach beyond the end.
        count_include_pad: divide by the number of elements with the added zeros; else without.
        divisor_override: what to divide the sums by instead.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        ([N,] C, H', W'), of the same dtype.

    Raises:
        RuntimeError: the rank or an argument is out of range, or there is no window.
        NotImplementedError: a bool or complex input.

    Source: Y. LeCun et al., Gradient-based learning applied to document recognition (1998).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.avg_pool2d(torch.tensor([[[[1.0, 2.0], [4.0, 3.0]]]]), 2)
        tensor([[[[2.5000]]]])
    """
    if out is not None:
        return into(
            out,
            avg_pool2d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override),
            "avg_pool2d",
            input,
        )
    return _avg_pool(2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def avg_pool3d(
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The mean of each window of a volume.

    Args:
        input: ([N,] C, D, H, W), a real dtype.
        kernel_size: the windows' size, for all axes or each.
        stride: the distance of the windows; None for their size.
        padding: how many zeros are added on both sides, at most half of the size.
        ceil_mode: round the number of windows up, so that the last ones may reach beyond the end.
        count_include_pad: divide by the number of elements with the added zeros; else without.
        divisor_override: what to divide the sums by instead.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        ([N,] C, D', H', W'), of the same dtype.

    Raises:
        RuntimeError: the rank or an argument is out of range, or there is no window.
        NotImplementedError: a bool or complex input.

    Source: Y. LeCun et al., Gradient-based learning applied to document recognition (1998).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.avg_pool3d(torch.ones(1, 2, 4, 4, 4), 2).shape
        torch.Size([1, 2, 2, 2, 2])
    """
    if out is not None:
        return into(
            out,
            avg_pool3d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override),
            "avg_pool3d",
            input,
        )
    return _avg_pool(3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


__all__ = ["avg_pool1d", "avg_pool2d", "avg_pool3d", "max_pool1d", "max_pool2d", "max_pool3d"]
