"""Pooling to a given size: windows that divide each axis into as many parts as are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...arrays.numpy_pooling import Runs
from ...arrays.numpy_windows import Grid
from ...ops._arguments import need_tensor
from ...ops._define import primitive
from ...ops._factory import constant
from ...ops._sizes import integers
from ...tensor.core import Tensor, box
from ._pooling import refuse_types

Sizes = int | None | Sequence[int | None]

_places = primitive("argmax_places")
_take = (
    primitive("take_places", "SqueezeBackward1"),
    primitive("take_places", "AdaptiveMaxPool2DBackward0"),
    primitive("take_places", "AdaptiveMaxPool3DBackward0"),
)
_NAMES = ("SqueezeBackward1", "AdaptiveAvgPool2DBackward0", "AdaptiveAvgPool3DBackward0")
_sum = tuple([primitive("sum_windows", name) for name in _NAMES])
_divide = tuple([primitive("divide", name) for name in _NAMES])
_whole = (_sum[0], primitive("sum_windows", "MeanBackward1"), primitive("sum_windows", "MeanBackward1"))


def _counts(input: Tensor, axes: int, output_size: Sizes, function: str) -> tuple[int, ...]:
    """How many windows each axis is divided into; None keeps the axis as it is."""
    given = need_tensor(input, function)._array.shape
    if output_size is None or isinstance(output_size, int):
        values: Any = (output_size,) * axes
    else:
        values = tuple(output_size)
        if axes > 1 and len(given) <= len(values):
            raise ValueError(f"Input dimension should be at least {len(values) + 1} (`input` has shape {list(given)})")
        if axes == 1 and len(values) != 1:
            raise RuntimeError(f"{function}() argument 'output_size' should contain one int (got {len(values)})")
    if axes == 1:
        if output_size is None:
            raise TypeError(f"{function}(): argument 'output_size' (position 2) must be tuple of ints, not NoneType")
        values = integers((output_size,), function, "output_size")
    if len(given) not in (axes + 1, axes + 2):
        if axes == 1:
            raise RuntimeError(
                f"Expected 2 to 3 dimensions, but got {len(given)}-dimensional tensor for argument #1 'self' (while "
                f"checking arguments for {function})"
            )
        colon = ":" if "max" in function else ""
        raise RuntimeError(
            f"{function}(): Expected {axes + 1}D or {axes + 2}D tensor, but got{colon} {list(given)} (`input` is "
            f"([N,] C, {', '.join('DHW'[3 - axes :])}))"
        )
    if len(values) != axes:
        if "max" in function:
            raise RuntimeError(f"{function}(): internal error: output_size.size() must be {axes} (it is {len(values)})")
        raise RuntimeError(f"{function}: output_size must be {axes} (it has {len(values)} elements)")
    counts = tuple([n if v is None else int(v) for v, n in zip(values, given[len(given) - axes :], strict=True)])
    if min(counts) < 0:
        if "max" in function:
            shape = [*given[: len(given) - axes], *((1,) if axes == 1 else ()), *counts]
            raise RuntimeError(f"Trying to create tensor with negative dimension {min(counts)}: {shape}")
        if axes == 1:  # torch sees an image of one line
            function, counts = "adaptive_avg_pool2d", (1, *counts)
        known = "{" + ", ".join(map(str, counts)) + "}"
        raise RuntimeError(
            f"{function}: elements of output_size must be greater than or equal to 0 but received {known}"
        )
    if 0 in given[len(given) - axes :]:
        raise RuntimeError(
            f"{function}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes "
            f"{list(given)} with dimension {given.index(0)} being empty"
        )
    refuse_types(input, function, "biuc")
    return counts


def _runs(sizes: tuple[int, ...], counts: tuple[int, ...]) -> Runs:
    """Window i of m over n elements goes from ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉."""
    places = [np.arange(m) for m in counts]
    starts = tuple([i * n // max(m, 1) for i, n, m in zip(places, sizes, counts, strict=True)])
    ends = tuple([-(-(i + 1) * n // max(m, 1)) for i, n, m in zip(places, sizes, counts, strict=True)])
    return Runs(starts, ends)


def _mean(axes: int, input: Tensor, output_size: Sizes) -> Tensor:
    counts = _counts(input, axes, output_size, f"adaptive_avg_pool{axes}d")
    shape = input._array.shape
    sizes = shape[len(shape) - axes :]
    if 0 not in counts and not any(n % m for n, m in zip(sizes, counts, strict=True)):
        step = tuple([n // m for n, m in zip(sizes, counts, strict=True)])
        none, one = (0,) * axes, (1,) * axes
        call = (_whole if counts == one else _sum)[axes - 1]
        return call(input, grid=Grid(step, step, none, none, one), divisor=float(np.prod(step)))
    runs = _runs(sizes, counts)
    total: object = np.ones((), np.float64)
    for starts, ends in zip(runs.starts, runs.ends, strict=True):
        total = np.asarray(total)[..., None] * (ends - starts)
    sums = _sum[axes - 1](input, grid=runs, divisor=1)
    return _divide[axes - 1](sums, constant(input, box(np.asarray(total).astype(input._array.dtype))))


def _max(axes: int, input: Tensor, output_size: Sizes) -> tuple[Tensor, Tensor]:
    counts = _counts(input, axes, output_size, f"adaptive_max_pool{axes}d")
    shape = input._array.shape
    sizes = shape[len(shape) - axes :]
    if 0 in counts:
        indices = constant(input, np.zeros((*shape[: len(shape) - axes], *counts), np.int64))
    else:
        indices = _places(input, places=_runs(sizes, counts).places(sizes), axes=axes)
    return _take[axes - 1](input, indices, axes=axes), indices


def adaptive_avg_pool1d(input: Tensor, output_size: Sizes) -> Tensor:
    """The means of windows that divide a line into `output_size` parts.

    Window i of m over n elements goes from ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉.

    Args:
        input: ([N,] C, L), floating-point dtype.
        output_size: how many windows, for all axes or each.

    Returns:
        ([N,] C, L'), of the same dtype.

    Raises:
        RuntimeError: the rank, or a size, is out of range.
        NotImplementedError: an integer, bool or complex input.

    Source: K. He et al., Spatial pyramid pooling (2014).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.adaptive_avg_pool1d(torch.tensor([[[1.0, 3.0, 2.0, 4.0]]]), 2)
        tensor([[[2., 3.]]])
    """
    return _mean(1, input, output_size)


def adaptive_avg_pool2d(input: Tensor, output_size: Sizes) -> Tensor:
    """The means of windows that divide an image into `output_size` parts.

    Window i of m over n elements goes from ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉.

    Args:
        input: ([N,] C, H, W), floating-point dtype.
        output_size: how many windows, for all axes or each; None keeps an axis.

    Returns:
        ([N,] C, H', W'), of the same dtype.

    Raises:
        RuntimeError: the rank, or a size, is out of range.
        NotImplementedError: an integer, bool or complex input.

    Source: K. He et al., Spatial pyramid pooling (2014).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.adaptive_avg_pool2d(torch.ones(1, 2, 5, 7), (3, None)).shape
        torch.Size([1, 2, 3, 7])
    """
    return _mean(2, input, output_size)


def adaptive_avg_pool3d(input: Tensor, output_size: Sizes) -> Tensor:
    """The means of windows that divide a volume into `output_size` parts.

    Window i of m over n elements goes from ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉.

    Args:
        input: ([N,] C, D, H, W), floating-point dtype.
        output_size: how many windows, for all axes or each; None keeps an axis.

    Returns:
        ([N,] C, D', H', W'), of the same dtype.

    Raises:
        RuntimeError: the rank, or a size, is out of range.
        NotImplementedError: an integer, bool or complex input.

    Source: K. He et al., Spatial pyramid pooling (2014).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.adaptive_avg_pool3d(torch.ones(1, 2, 4, 4, 4), 1).shape
        torch.Size([1, 2, 1, 1, 1])
    """
    return _mean(3, input, output_size)


def adaptive_max_pool1d(input: Tensor, output_size: Sizes, return_indices: bool = False) -> Any:
    """The largest elements of windows that divide a line into `output_size` parts.

    Args:
        input: ([N,] C, L), floating-point dtype.
        output_size: how many windows, for all axes or each.
        return_indices: give also where the largest elements are.

    Returns:
        ([N,] C, L'); with `return_indices` a pair of it and of the positions within a plane, int64.

    Raises:
        RuntimeError: the rank, or a size, is out of range.
        NotImplementedError: an integer, bool or complex input.

    Source: K. He et al., Spatial pyramid pooling (2014).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.adaptive_max_pool1d(torch.tensor([[[1.0, 3.0, 2.0, 4.0]]]), 2)
        tensor([[[3., 4.]]])
    """
    found = _max(1, input, output_size)
    return found if return_indices else found[0]


def adaptive_max_pool2d(input: Tensor, output_size: Sizes, return_indices: bool = False) -> Any:
    """The largest elements of windows that divide an image into `output_size` parts.

    Args:
        input: ([N,] C, H, W), floating-point dtype.
        output_size: how many windows, for all axes or each; None keeps an axis.
        return_indices: give also where the largest elements are.

    Returns:
        ([N,] C, H', W'); with `return_indices` a pair of it and of the positions within a plane, int64.

    Raises:
        RuntimeError: the rank, or a size, is out of range.
        NotImplementedError: an integer, bool or complex input.

    Source: K. He et al., Spatial pyramid pooling (2014).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.adaptive_max_pool2d(torch.ones(1, 2, 5, 7), (3, None)).shape
        torch.Size([1, 2, 3, 7])
    """
    found = _max(2, input, output_size)
    return found if return_indices else found[0]


def adaptive_max_pool3d(input: Tensor, output_size: Sizes, return_indices: bool = False) -> Any:
    """The largest elements of windows that divide a volume into `output_size` parts.

    Args:
        input: ([N,] C, D, H, W), floating-point dtype.
        output_size: how many windows, for all axes or each; None keeps an axis.
        return_indices: give also where the largest elements are.

    Returns:
        ([N,] C, D', H', W'); with `return_indices` a pair of it and of the positions within a plane, int64.

    Raises:
        RuntimeError: the rank, or a size, is out of range.
        NotImplementedError: an integer, bool or complex input.

    Source: K. He et al., Spatial pyramid pooling (2014).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.adaptive_max_pool3d(torch.ones(1, 2, 4, 4, 4), 1).shape
        torch.Size([1, 2, 1, 1, 1])
    """
    found = _max(3, input, output_size)
    return found if return_indices else found[0]


__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
]
