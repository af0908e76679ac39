"""Layers with what they compute beside, and samplers: functions that torch shows because its own are made of them."""

from __future__ import annotations

from collections.abc import Sequence

from ...ops._out import into
from ...ops.arithmetic import add
from ...ops.powers import rsqrt
from ...ops.reductions import mean
from ...ops.shaping import reshape
from ...ops.spreads import var
from ...tensor.core import Tensor
from . import grids, normalization

_MODES, _PADDINGS = ("bilinear", "nearest", "bicubic"), ("zeros", "border", "reflection")


def _statistics(input: Tensor, dims: tuple[int, ...], eps: float, keepdim: bool) -> tuple[Tensor, Tensor]:
    """The mean, and 1/√(variance + eps)."""
    return mean(input, dims, keepdim), rsqrt(add(var(input, dims, correction=0, keepdim=keepdim), eps))


def native_batch_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
    *,
    out: tuple[Tensor, ...] | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Batch normalisation, with the batch's mean and 1/√(variance + eps) of each channel beside.

    Args:
        input: (N, C, ...), floating-point dtype.
        weight: (C,) or None.
        bias: (C,) or None.
        running_mean: (C,) or None; changed in place in training.
        running_var: likewise.
        training: whether to take the statistics of the batch.
        momentum: the share of the new statistics in the running ones.
        eps: what is added to the variance.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        The result, the means and the inverse deviations, (C,); outside training these two are empty.

    Example:
        >>> import gradiente as torch
        >>> torch.native_batch_norm(torch.tensor([[1.0], [3.0]]), None, None, None, None, True, 0.1, 0.0)[1:]
        (tensor([2.]), tensor([1.]))
    """
    if out is not None:
        return into(
            out,
            native_batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps),
            "native_batch_norm",
            input,
            weight,
            bias,
            running_mean,
            running_var,
        )
    made = normalization.batch_normalized(input, running_mean, running_var, weight, bias, training, momentum, eps)
    still = input.detach()
    if not training:
        return made, still.new_empty(0), still.new_empty(0)
    return made, *_statistics(still, (0, *range(2, still.dim())), eps, False)


def native_layer_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None, bias: Tensor | None, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Layer normalisation, with the means and 1/√(variance + eps) beside.

    Args:
        input: (..., *normalized_shape), floating-point dtype.
        normalized_shape: the sizes of the dimensions to normalise over.
        weight: of that shape, or None.
        bias: of that shape, or None.
        eps: what is added to the variance.

    Returns:
        The result, the means and the inverse deviations, whose normalised dimensions have size 1.

    Example:
        >>> import gradiente as torch
        >>> torch.native_layer_norm(torch.tensor([[1.0, 3.0]]), (2,), None, None, 0.0)[1:]
        (tensor([[2.]]), tensor([[1.]]))
    """
    out = normalization.layer_norm(input, normalized_shape, weight, bias, eps)
    return out, *_statistics(input.detach(), tuple(range(-len(normalized_shape), 0)), eps, True)


def native_group_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    N: int,
    C: int,
    HxW: int,
    group: int,
    eps: float,
) -> tuple[Tensor, Tensor, Tensor]:
    """Group normalisation, with the means and 1/√(variance + eps) of the groups beside.

    Args:
        input: (N, C, ...), floating-point dtype.
        weight: (C,) or None.
        bias: (C,) or None.
        N: the number of samples.
        C: the number of channels.
        HxW: the number of elements of a channel.
        group: the number of groups.
        eps: what is added to the variance.

    Returns:
        The result, the means and the inverse deviations, (N, group).

    Example:
        >>> import gradiente as torch
        >>> torch.native_group_norm(torch.tensor([[1.0, 3.0]]), None, None, 1, 2, 1, 1, 0.0)[1:]
        (tensor([[2.]]), tensor([[1.]]))
    """
    out = normalization.group_norm(input, group, weight, bias, eps)
    return out, *_statistics(reshape(input, (N, group, C // group * HxW)), (2,), eps, False)


def grid_sampler(
    input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int, align_corners: bool
) -> Tensor:
    """`nn.functional.grid_sample`, with numbers for the modes.

    Args:
        input: (N, C, H, W) or (N, C, D, H, W), floating-point dtype.
        grid: (N, H', W', 2) or (N, D', H', W', 3).
        interpolation_mode: 0 for "bilinear", 1 for "nearest", 2 for "bicubic".
        padding_mode: 0 for "zeros", 1 for "border", 2 for "reflection".
        align_corners: as for `grid_sample`.

    Returns:
        The samples.

    Example:
        >>> import gradiente as torch
        >>> torch.grid_sampler(torch.tensor([[[[1.0, 3.0]]]]), torch.zeros(1, 1, 1, 2), 0, 0, True)
        tensor([[[[2.]]]])
    """
    return grids.grid_sample(input, grid, _MODES[interpolation_mode], _PADDINGS[padding_mode], align_corners)


grid_sampler_2d = grid_sampler
grid_sampler_3d = grid_sampler


def affine_grid_generator(theta: Tensor, size: Sequence[int], align_corners: bool) -> Tensor:
    """`nn.functional.affine_grid`.

    Args:
        theta: the maps, (N, 2, 3) or (N, 3, 4), floating-point dtype.
        size: the sizes of the image.
        align_corners: as for `affine_grid`.

    Returns:
        The places.

    Example:
        >>> import gradiente as torch
        >>> torch.affine_grid_generator(torch.eye(2, 3)[None], (1, 1, 1, 1), False)
        tensor([[[[0., 0.]]]])
    """
    return grids.affine_grid(theta, size, align_corners)


__all__ = [
    "affine_grid_generator",
    "grid_sampler",
    "grid_sampler_2d",
    "grid_sampler_3d",
    "native_batch_norm",
    "native_group_norm",
    "native_layer_norm",
]
