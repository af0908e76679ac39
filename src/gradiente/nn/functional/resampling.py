"""Images in another size."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

from ...ops._arguments import need_tensor
from ...ops._define import primitive
from ...ops._product_checks import scalar_name
from ...ops.choices import clamp
from ...tensor.core import Tensor
from . import _resampling as taps
from .adaptive_pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d

Size = int | Sequence[int] | None
Factor = float | Sequence[float] | None

_INTERPOLATING = {"linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5, "lanczos": 4}
_MODES = ("nearest", "area", "nearest-exact", *_INTERPOLATING)
_AREA = (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)
_blend = primitive("blend")
_LAST = {
    name: primitive("blend", f"Upsample{name}Backward0")
    for name in ("Linear1D", "Bilinear2D", "Bicubic2D", "Trilinear3D", "Bilinear2DAa", "Bicubic2DAa", "Lanczos2DAa")
}
_NAMES = {"linear": "Linear1D", "bilinear": "Bilinear2D", "bicubic": "Bicubic2D", "trilinear": "Trilinear3D"}
_nearest = {
    exact: tuple([primitive("index", f"UpsampleNearest{'Exact' if exact else ''}{n}DBackward0") for n in (1, 2, 3)])
    for exact in (False, True)
}


def _per_axis(value: Any, axes: int, shape: tuple[int, ...], what: str, letter: str) -> tuple[Any, ...]:
    """One value for each axis."""
    if isinstance(value, Tensor):
        value = value.tolist()
    if not isinstance(value, (list, tuple)):
        return (value,) * axes
    if len(value) != axes:
        of = "Input and output" if letter == "o" else "Input and scale_factor"
        name = "output size of" if letter == "o" else "scale_factor of shape"
        raise ValueError(
            f"{of} must have the same number of spatial dimensions, but got input with spatial dimensions of "
            f"{list(shape[2:])} and {name} {value}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and "
            f"{what} in ({letter}1, {letter}2, ...,{letter}K) format."
        )
    return tuple(value)


def _sizes(
    shape: tuple[int, ...], size: Size, scale_factor: Factor, recompute: bool | None
) -> tuple[tuple[int, ...], tuple[float | None, ...]]:
    """The sizes of the result, and the factors that places are computed with, where they were given."""
    axes = len(shape) - 2
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is not None:
        if recompute:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
        return tuple([int(n) for n in _per_axis(size, axes, shape, "output size", "o")]), (None,) * axes
    if scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    factors = tuple([float(f) for f in _per_axis(scale_factor, axes, shape, "scale_factor", "s")])
    sizes = tuple([math.floor(n * f) for n, f in zip(shape[2:], factors, strict=True)])
    return sizes, (None,) * axes if recompute else factors


def _check_mode(shape: tuple[int, ...], mode: str, align_corners: bool | None, antialias: bool) -> None:
    rank = len(shape)
    if align_corners is not None and mode in ("nearest", "area", "nearest-exact"):
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"
        )
    if antialias and not (mode in taps.FILTERS and rank == 4):
        raise ValueError(
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input"
        )
    wanted = _INTERPOLATING.get(mode)
    if mode not in _MODES or rank not in (3, 4, 5):
        raise NotImplementedError(
            f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {rank}D) for the modes: nearest | linear | "
            f"bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got {mode})"
        )
    if wanted is not None and rank != wanted:
        raise NotImplementedError(f"Got {rank}D input, but {mode} mode needs {wanted}D input")
    if mode == "lanczos" and not antialias:
        raise NotImplementedError("lanczos mode is only supported with antialias=True")


def _check_sizes(x: Tensor, sizes: tuple[int, ...], mode: str) -> None:
    shape = x._array.shape
    axes = len(sizes)
    letters = "DHW"[3 - axes :]
    if min(sizes) < 1 or min(shape[2:]) < 1:
        had = ", ".join([f"{c}: {n}" for c, n in zip(letters, shape[2:], strict=True)])
        wanted = ", ".join([f"{c}: {n}" for c, n in zip(letters, sizes, strict=True)])
        raise RuntimeError(f"Input and output sizes should be greater than 0, but got input ({had}) output ({wanted})")
    if shape[1] < 1:
        raise RuntimeError(f"Non-empty {axes + 2}D data tensor expected but got a tensor with sizes {list(shape)}")
    if x._array.dtype.kind in "bi":
        kernel = f"upsample_{mode.split('-')[0]}{axes}d_channels_last"
        raise NotImplementedError(
            f"\"{kernel}\" not implemented for '{scalar_name(x)}' (convert the input, for instance with .float())"
        )


def interpolate(
    input: Tensor,
    size: Size = None,
    scale_factor: Factor = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """Lines, images or volumes in another size.

    Args:
        input: (N, C, L), (N, C, H, W) or (N, C, D, H, W), floating-point dtype (uint8, too, for "nearest").
        size: the sizes of the result, for all axes or each; or
        scale_factor: how many times as large it is to be.
        mode: "nearest" or "nearest-exact" (which takes the middle of each place); "linear", "bilinear" or "trilinear";
            "bicubic"; "area", the mean of what each place covers.
        align_corners: for the linear and cubic modes: the outer elements stay the outer ones, else the edges do.
        recompute_scale_factor: compute with the ratio of the sizes, not with `scale_factor` itself.
        antialias: for "bilinear", "bicubic" and "lanczos": widen the filter where the image becomes smaller.

    Returns:
        The resampled input, of its dtype.

    Raises:
        ValueError: not exactly one of `size` and `scale_factor`, or options that do not fit the mode.
        NotImplementedError: no such mode, or not for this rank or dtype.
        RuntimeError: a size is 0.

    Source: R. Keys, Cubic convolution interpolation for digital image processing (1981).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.interpolate(torch.tensor([[[1.0, 2.0]]]), scale_factor=2, mode="linear")
        tensor([[[1.0000, 1.2500, 1.7500, 2.0000]]])
    """
    x = need_tensor(input, "interpolate")
    shape = x._array.shape
    if align_corners is not None or antialias or mode not in _MODES:
        _check_mode(shape, mode, align_corners, antialias)
    sizes, factors = _sizes(shape, size, scale_factor, recompute_scale_factor)
    _check_mode(shape, mode, align_corners, antialias)
    axes = len(sizes)
    if mode == "area":
        return _AREA[axes - 1](x, sizes)
    _check_sizes(x, sizes, mode)
    if mode in ("nearest", "nearest-exact"):
        exact = mode == "nearest-exact"
        index: list[Any] = [slice(None)] * 2
        for i, (n, m, f) in enumerate(zip(shape[2:], sizes, factors, strict=True)):
            index.append(
                taps.nearest(n, m, f, exact, x._array.dtype.itemsize == 8).reshape((-1,) + (1,) * (axes - 1 - i))
            )
        return _nearest[exact][axes - 1](x, index=tuple(index))
    aligned = bool(align_corners)
    found: list[Any] = []
    for n, m, f in zip(shape[2:], sizes, factors, strict=True):
        if antialias:
            found.append(taps.smooth(n, m, f, aligned, mode))
        else:
            found.append((taps.cubic if mode == "bicubic" else taps.linear)(n, m, f, aligned))
    if x._array.dtype.kind == "u":
        return _of_bytes(x, found)
    wide = x.float() if x._array.itemsize == 2 else x
    last = _LAST[_NAMES.get(mode, "Lanczos2D") + ("Aa" if antialias else "")]
    for i, one in enumerate(found):
        wide = (last if i == axes - 1 else _blend)(wide, taps=one, axis=2 + i)
    return wide if wide.dtype == x.dtype else wide.to(x.dtype)


def _of_bytes(x: Tensor, found: list[Any]) -> Tensor:
    """Images of bytes, in whole numbers and the last axis first, as torch computes them."""
    for i in range(len(found) - 1, -1, -1):
        whole, bits = taps.in_whole_numbers(found[i])
        sums = _blend(x.long(), taps=whole, axis=2 + i)
        x = clamp((sums + (1 << (bits - 1))) >> bits, 0, 255).byte()
    return x


def upsample(
    input: Tensor,
    size: Size = None,
    scale_factor: Factor = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Tensor:
    """`interpolate`, whose older name this is.

    Args:
        input: as for `interpolate`.
        size: likewise.
        scale_factor: likewise.
        mode: likewise.
        align_corners: likewise.

    Returns:
        The resampled input; with a warning.

    Example:
        >>> import gradiente as torch, warnings
        >>> import gradiente.nn.functional as F
        >>> with warnings.catch_warnings(action="ignore"):
        ...     F.upsample(torch.tensor([[[1.0, 2.0]]]), 4)
        tensor([[[1., 1., 2., 2.]]])
    """
    _deprecated("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Size = None, scale_factor: Factor = None) -> Tensor:
    """`interpolate` with the nearest elements; the older name of that.

    Args:
        input: as for `interpolate`.
        size: likewise.
        scale_factor: likewise.

    Returns:
        The resampled input; with a warning.

    Example:
        >>> import gradiente as torch, warnings
        >>> import gradiente.nn.functional as F
        >>> with warnings.catch_warnings(action="ignore"):
        ...     F.upsample_nearest(torch.tensor([[[1.0, 2.0]]]), 4)
        tensor([[[1., 1., 2., 2.]]])
    """
    _deprecated("upsample_nearest")
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input: Tensor, size: Size = None, scale_factor: Factor = None) -> Tensor:
    """`interpolate` between four elements with aligned corners; the older name of that.

    Args:
        input: as for `interpolate`.
        size: likewise.
        scale_factor: likewise.

    Returns:
        The resampled input; with a warning.

    Example:
        >>> import gradiente as torch, warnings
        >>> import gradiente.nn.functional as F
        >>> with warnings.catch_warnings(action="ignore"):
        ...     F.upsample_bilinear(torch.tensor([[[[1.0, 2.0]]]]), (1, 3))
        tensor([[[[1.0000, 1.5000, 2.0000]]]])
    """
    _deprecated("upsample_bilinear")
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


def _deprecated(name: str) -> None:
    warnings.warn(f"`nn.functional.{name}` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=3)


__all__ = ["interpolate", "upsample", "upsample_bilinear", "upsample_nearest"]
