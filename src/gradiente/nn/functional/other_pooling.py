"""Pooling by norms, and at random places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ... import random
from ...ops._arguments import need_tensor
from ...ops._define import primitive
from ...ops.arithmetic import mul
from ...ops.parts import abs, sign
from ...ops.powers import pow
from ...tensor.core import Tensor
from .activations import relu
from .pooling import avg_pool1d, avg_pool2d, avg_pool3d

Ints = int | Sequence[int]
_AVG = (avg_pool1d, avg_pool2d, avg_pool3d)
_places = primitive("argmax_places")
_take = (
    primitive("take_places", "FractionalMaxPool2DBackward0"),
    primitive("take_places", "FractionalMaxPool3DBackward0"),
)


def _lp_pool(axes: int, input: Tensor, p: float, kernel: Ints, stride: Ints | None, ceil_mode: bool) -> Tensor:
    need_tensor(input, f"lp_pool{axes}d")
    means = _AVG[axes - 1](pow(input, p), kernel, stride, 0, ceil_mode)
    sizes = (kernel,) * axes if isinstance(kernel, int) else tuple(kernel) * (axes if len(kernel) == 1 else 1)
    sums = mul(mul(sign(means), relu(abs(means))), int(np.prod(sizes)))
    return pow(sums, 1.0 / p)


def lp_pool1d(
    input: Tensor, norm_type: float, kernel_size: Ints, stride: Ints | None = None, ceil_mode: bool = False
) -> Tensor:
    """The power sums of windows: (Σ xᵖ)^(1/p).

    Args:
        input: ([N,] C, L), floating-point dtype.
        norm_type: p, not 0.
        kernel_size: the windows' size, for all axes or each.
        stride: the distance of the windows; None for their size.
        ceil_mode: round the number of windows up.

    Returns:
        ([N,] C, L'), of the same dtype.

    Raises:
        RuntimeError: the rank or an argument is out of range, or there is no window.

    Source: P. Sermanet et al., Convolutional neural networks applied to house numbers digit classification (2012).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.lp_pool1d(torch.tensor([[[3.0, 4.0]]]), 2, 2)
        tensor([[[5.]]])
    """
    return _lp_pool(1, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(
    input: Tensor, norm_type: float, kernel_size: Ints, stride: Ints | None = None, ceil_mode: bool = False
) -> Tensor:
    """The power sums of windows: (Σ xᵖ)^(1/p).

    Args:
        input: ([N,] C, H, W), floating-point dtype.
        norm_type: p, not 0.
        kernel_size: the windows' size, for all axes or each.
        stride: the distance of the windows; None for their size.
        ceil_mode: round the number of windows up.

    Returns:
        ([N,] C, H', W'), of the same dtype.

    Raises:
        RuntimeError: the rank or an argument is out of range, or there is no window.

    Source: P. Sermanet et al., Convolutional neural networks applied to house numbers digit classification (2012).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.lp_pool2d(torch.ones(1, 1, 2, 2), 1, 2)
        tensor([[[[4.]]]])
    """
    return _lp_pool(2, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(
    input: Tensor, norm_type: float, kernel_size: Ints, stride: Ints | None = None, ceil_mode: bool = False
) -> Tensor:
    """The power sums of windows: (Σ xᵖ)^(1/p).

    Args:
        input: ([N,] C, D, H, W), floating-point dtype.
        norm_type: p, not 0.
        kernel_size: the windows' size, for all axes or each.
        stride: the distance of the windows; None for their size.
        ceil_mode: round the number of windows up.

    Returns:
        ([N,] C, D', H', W'), of the same dtype.

    Raises:
        RuntimeError: the rank or an argument is out of range, or there is no window.

    Source: P. Sermanet et al., Convolutional neural networks applied to house numbers digit classification (2012).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.lp_pool3d(torch.ones(1, 1, 2, 2, 2), 1, 2).item()
        8.0
    """
    return _lp_pool(3, input, norm_type, kernel_size, stride, ceil_mode)


def _starts(samples: Any, n: int, kernel: int, count: int) -> Any:
    """Where the windows along an axis begin: at pseudo-random distances, the last one at the end."""
    kind = samples.dtype.type
    if count == 1:
        return np.full((*samples.shape, 1), n - kernel, np.int64)
    alpha = kind(n - kernel) / kind(count - 1)
    i = np.arange(count - 1, dtype=samples.dtype)
    u = samples[..., None]
    starts = ((i + u) * alpha).astype(np.int64) - (u * alpha).astype(np.int64)
    return np.concatenate((starts, np.full((*samples.shape, 1), n - kernel, np.int64)), axis=-1)


def _several(value: Any, axes: int, name: str, function: str) -> tuple[int, ...]:
    values = (value,) * axes if isinstance(value, int) else tuple(value)
    if len(values) == 1:
        values = values * axes
    if len(values) != axes:
        raise RuntimeError(f"{function}: {name} must either be a single Int or tuple of Ints (it has {len(values)})")
    return values


def _fractional(
    axes: int, input: Tensor, kernel: Ints, output_size: Ints | None, output_ratio: Any, samples: Tensor | None
) -> tuple[Tensor, Tensor]:
    function = f"fractional_max_pool{axes}d"
    shape = need_tensor(input, function)._array.shape
    if output_size is None and output_ratio is None:
        raise ValueError(f"{function} requires specifying either an output_size or an output_ratio")
    if len(shape) < axes + 1:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-len(shape)}, {len(shape) - 1}], but got "
            f"{-axes - 1})"
        )
    sizes = shape[len(shape) - axes :]
    if output_size is None:
        counts = tuple([int(n * r) for n, r in zip(sizes, output_ratio, strict=True)])
    else:
        counts = _several(output_size, axes, "output_size", function)
    size = _several(kernel, axes, "kernel_size", function)
    names = ("time", "height", "width")[3 - axes :]
    own = function if axes == 2 else f"{function}_out"
    for name, n, k, m in zip(names, sizes, size, counts, strict=True):
        if m + k - 1 > n:
            raise RuntimeError(f"{own}(): pool {name} {k} too large relative to input {name} {n}")
    batch = shape[0] if len(shape) == axes + 2 else 1
    channels = shape[len(shape) - axes - 1]
    dtype = input._array.dtype
    if samples is None:
        drawn = random.uniform(None, (batch, channels, axes), dtype)
    else:
        drawn = samples._array
        if drawn.ndim != 3 or drawn.shape[2] != axes:
            raise RuntimeError(f"Expect _random_samples.size(2) equals to {axes}; got {drawn.shape[-1]}.")
    # torch takes the numbers from the last axis to the first for images, and in order for volumes.
    order = range(axes - 1, -1, -1) if axes == 2 else range(axes)
    places: Any = np.zeros((batch, channels, *(1,) * (2 * axes)), np.int64)
    for i, at in enumerate(order):
        starts = _starts(drawn[..., at], sizes[i], size[i], counts[i])
        along = (starts[..., None] + np.arange(size[i])) * int(np.prod(sizes[i + 1 :]))
        kept = [1] * (2 * axes)
        kept[i], kept[axes + i] = counts[i], size[i]
        places = places + along.reshape(batch, channels, *kept)
    places = places.reshape(*shape[: len(shape) - axes], *counts, int(np.prod(size)))
    indices = _places(input, places=places, axes=axes)
    return _take[axes - 2](input, indices, axes=axes), indices


def fractional_max_pool2d(
    input: Tensor,
    kernel_size: Ints,
    output_size: Ints | None = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """The largest elements of windows at pseudo-random places, as many as are asked for.

    Args:
        input: ([N,] C, H, W), floating-point dtype.
        kernel_size: the windows' size, for all axes or each.
        output_size: how many windows, for all axes or each; or
        output_ratio: as a part of the input's sizes, for each axis.
        return_indices: give also where the largest elements are.

    Returns:
        ([N,] C, H', W'); with `return_indices` a pair of it and of the positions within a plane, int64. The
        windows lie where torch draws them after the same `manual_seed`.

    Raises:
        ValueError: neither a size nor a ratio.
        RuntimeError: the windows do not fit.

    Source: B. Graham, Fractional max-pooling (2014).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.fractional_max_pool2d(torch.ones(1, 1, 5, 5), 2, output_size=3).shape
        torch.Size([1, 1, 3, 3])
    """
    found = _fractional(2, input, kernel_size, output_size, output_ratio, _random_samples)
    return found if return_indices else found[0]


def fractional_max_pool3d(
    input: Tensor,
    kernel_size: Ints,
    output_size: Ints | None = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """The largest elements of windows at pseudo-random places, as many as are asked for.

    Args:
        input: ([N,] C, D, H, W), floating-point dtype.
        kernel_size: the windows' size, for all axes or each.
        output_size: how many windows, for all axes or each; or
        output_ratio: as a part of the input's sizes, for each axis.
        return_indices: give also where the largest elements are.

    Returns:
        ([N,] C, D', H', W'); with `return_indices` a pair of it and of the positions within a plane, int64. The
        windows lie where torch draws them after the same `manual_seed`.

    Raises:
        ValueError: neither a size nor a ratio.
        RuntimeError: the windows do not fit.

    Source: B. Graham, Fractional max-pooling (2014).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.fractional_max_pool3d(torch.ones(1, 1, 5, 5, 5), 2, output_size=3).shape
        torch.Size([1, 1, 3, 3, 3])
    """
    found = _fractional(3, input, kernel_size, output_size, output_ratio, _random_samples)
    return found if return_indices else found[0]


__all__ = [
    "fractional_max_pool2d",
    "fractional_max_pool3d",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
]
