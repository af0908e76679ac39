"""Images sampled at any places, and the places of an affine map."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

import numpy as np

from ...ops._arguments import need_tensor
from ...ops._define import primitive
from ...ops._product_checks import scalar_name
from ...ops.arithmetic import add, div, mul, sub
from ...ops.choices import clamp, where
from ...ops.creation import zeros
from ...ops.joining import stack
from ...ops.matrix_products import matmul
from ...ops.parts import abs
from ...ops.permuting import transpose
from ...ops.ranges import linspace
from ...ops.rounding import floor, remainder, round
from ...ops.shaping import reshape, unsqueeze
from ...tensor.core import Tensor, wrap
from ._resampling import cubic_weights

_index = primitive("point_index")
_part = primitive("getitem")
_placed = primitive("reshape", "AffineGridGeneratorBackward0")
_sampled = (primitive("sample_points"), primitive("sample_points", "GridSampler3DBackward0"))
_CHANGED = (
    "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify "
    "align_corners=True if the old behavior is desired. See the documentation of grid_sample for details."
)


def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """The places to which affine maps take the places of an image, for `grid_sample`.

    Args:
        theta: the maps, (N, 2, 3) or (N, 3, 4), floating-point dtype.
        size: the sizes of the image, (N, C, H, W) or (N, C, D, H, W).
        align_corners: -1 and 1 are the middles of the outer elements, else their outer edges. To leave it out gives a
            warning.

    Returns:
        (N, H, W, 2) or (N, D, H, W, 3): for each place x, y and z.

    Raises:
        ValueError: the maps' shape or dtype does not fit, or a size is not positive.
        NotImplementedError: neither 4 nor 5 sizes.

    Source: M. Jaderberg et al., Spatial transformer networks (2015).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.affine_grid(torch.eye(2, 3)[None], (1, 1, 1, 2), align_corners=False)
        tensor([[[[-0.5000,  0.0000],
                  [ 0.5000,  0.0000]]]])
    """
    need_tensor(theta, "affine_grid", "theta")
    if align_corners is None:
        warnings.warn(_CHANGED, stacklevel=2)
        align_corners = False
    shape = theta._array.shape
    if theta._array.dtype.kind not in "fV":
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype!r}")
    sizes = tuple([int(n) for n in size])
    if len(sizes) not in (4, 5):
        raise NotImplementedError(
            "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size "
            f"{sizes}."
        )
    axes = len(sizes) - 2
    if len(shape) != 3 or shape[1:] != (axes, axes + 1):
        raise ValueError(
            f"Expected a batch of {axes}D affine matrices of shape Nx{axes}x{axes + 1} for size {sizes}. Got "
            f"{theta.shape}."
        )
    if min(sizes) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {sizes}")
    if shape[0] != sizes[0]:
        count = int(np.prod(sizes[2:]))
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{sizes[0]}, {axes + 1}] but got: "
            f"[{shape[0]}, {axes + 1}]. (`theta` has shape {list(shape)}, there are {count} places)"
        )
    if align_corners and min(sizes[2:]) == 1:
        warnings.warn(
            "Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. This "
            "is not an intended use case of affine_grid. See the documentation of affine_grid for details.",
            stacklevel=2,
        )
    # In the type of `theta`, step by step: whether a place lies on a pixel, where slopes jump, is a matter of rounding.
    steps = [linspace(-1, 1, n, dtype=theta.dtype) if n > 1 else zeros(1, dtype=theta.dtype) for n in sizes[2:]]
    if not align_corners:
        steps = [div(mul(s, n - 1), n) for s, n in zip(steps, sizes[2:], strict=True)]
    places = np.meshgrid(*[s._array for s in steps], indexing="ij")[::-1]
    base = np.stack([*[p.reshape(-1) for p in places], np.ones(places[0].size, dtype=theta._array.dtype)], axis=1)
    grid = matmul(wrap(base), transpose(theta, 1, 2))
    return _placed(grid, shape=(sizes[0], *sizes[2:], axes))


def _check(input: Tensor, grid: Tensor, mode: str, padding_mode: str) -> None:
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ValueError(
            f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'"
        )
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError(
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: "
            f"'{padding_mode}'"
        )
    s, t = input._array.shape, grid._array.shape
    both = f"got input with sizes {list(s)} and grid with sizes {list(t)}"
    if not s or not t or s[0] != t[0]:
        raise RuntimeError(f"grid_sampler(): expected grid and input to have same batch size, but {both}")
    if t[-1] != len(s) - 2 and (len(s) == len(t) or len(s) not in (4, 5)):
        raise RuntimeError(
            f"grid_sampler(): expected grid to have size {len(s) - 2} in last dimension, but got grid with sizes "
            f"{list(t)}"
        )
    for i, n in enumerate(s[2:], 2):
        if n <= 0:
            raise RuntimeError(
                f"grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes {list(s)} "
                f"with dimension {i} being empty"
            )
    if len(s) not in (4, 5) or len(t) != len(s):
        rank = "5D" if len(s) == 5 else "4D"
        raise RuntimeError(f"grid_sampler(): expected {rank} input and grid with same number of dimensions, but {both}")
    if len(s) == 5 and mode == "bicubic":
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    if input._array.dtype != grid._array.dtype:
        raise RuntimeError(
            f"expected scalar type {scalar_name(input)} but found {scalar_name(grid)} (convert the grid)"
        )


def _clipped(x: Tensor, n: int) -> Tensor:
    """`x`, moved into [0, n - 1]; on the ends and beyond there is no gradient."""
    return where((x > 0) & (x < n - 1), x, clamp(x.detach(), 0, n - 1))


def _reflected(x: Tensor, low: float, high: float) -> Tensor:
    """`x`, mirrored at low and high until it lies between them."""
    if low == high:
        return mul(x, 0.0)
    span = high - low
    distance = abs(sub(x, low))
    times = floor(distance.detach() / span)
    rest = sub(distance, times * span)
    return where(remainder(times, 2) == 0, add(rest, low), (span + low) - rest)


def _coordinate(x: Tensor, n: int, padding: str, aligned: bool) -> Tensor:
    """The coordinate in elements, after what `padding` does with those outside."""
    if padding == "zeros":
        return x
    if padding == "reflection":
        x = _reflected(x, 0.0, n - 1.0) if aligned else _reflected(x, -0.5, n - 0.5)
    return _clipped(x, n)


def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """Images or volumes, sampled at the places of a grid.

    Args:
        input: (N, C, H, W) or (N, C, D, H, W), floating-point dtype.
        grid: the places, (N, H', W', 2) or (N, D', H', W', 3): x, y and z, from -1 to 1 within the image.
        mode: "bilinear" (between the neighbours, in volumes too), "nearest", or "bicubic" (images only).
        padding_mode: what lies outside: "zeros"; "border", the nearest element; "reflection", the image mirrored.
        align_corners: -1 and 1 are the middles of the outer elements, else their outer edges. To leave it out gives a
            warning.

    Returns:
        (N, C, H', W') or (N, C, D', H', W').

    Raises:
        ValueError: there is no such mode.
        RuntimeError: shapes or dtypes do not fit.

    Source: M. Jaderberg et al., Spatial transformer networks (2015).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> image = torch.tensor([[[[1.0, 3.0]]]])
        >>> F.grid_sample(image, torch.tensor([[[[0.0, 0.0], [0.5, 0.0]]]]), align_corners=True)
        tensor([[[[2.0000, 2.5000]]]])
    """
    need_tensor(input, "grid_sample")
    need_tensor(grid, "grid_sample", "grid", 2)
    if align_corners is None:
        warnings.warn(_CHANGED, stacklevel=2)
        align_corners = False
    _check(input, grid, mode, padding_mode)
    sizes = input._array.shape[2:]
    each = _each_axis(grid, sizes, mode, padding_mode, align_corners)
    if mode == "nearest":
        index = _index(unsqueeze(round(each.detach()), 1), sizes=sizes)
        weights = (index >= 0).to(input.dtype)
    else:
        index, weights = _taps(each, sizes, mode, padding_mode, align_corners)
        weights = where(index >= 0, weights, 0.0)
    return _sampled[len(sizes) - 2](input, weights, index)


def _each_axis(grid: Tensor, sizes: tuple[int, ...], mode: str, padding: str, aligned: bool) -> Tensor:
    """The grid in elements of the image; in bicubic mode what lies outside stays there."""

    def scaled(x: Tensor, n: int) -> Tensor:
        x = mul(add(x, 1), (n - 1) / 2) if aligned else mul(sub(mul(add(x, 1), n), 1), 0.5)
        return x if mode == "bicubic" else _coordinate(x, n, padding, aligned)

    return _by_axis(scaled, grid, sizes)


def _by_axis(function: Callable[[Tensor, int], Tensor], x: Tensor, sizes: tuple[int, ...]) -> Tensor:
    """A function of the coordinates along an axis and its size, of all axes: at once if their sizes are equal."""
    if len(set(sizes)) == 1:
        return function(x, sizes[0])
    return stack([function(_part(x, index=(..., i)), n) for i, n in enumerate(reversed(sizes))], -1)


def _taps(x: Tensor, sizes: tuple[int, ...], mode: str, padding: str, aligned: bool) -> tuple[Tensor, Tensor]:
    """The elements around each point and their weights: all combinations of 2 along each axis, or of 4 if bicubic."""
    low = floor(x.detach())
    share = sub(x, low)
    if mode == "bicubic":
        wholes = stack([low + (k - 1) for k in range(4)], 1)
        places = _by_axis(lambda x, n: round(_coordinate(x, n, padding, aligned)), wholes, sizes)
        weights = stack(cubic_weights(share), 1)
    else:
        places, weights = stack([low, low + 1], 1), stack([1 - share, share], 1)
    index = _index(places, sizes=sizes)
    axes, count, each = len(sizes), *weights._array.shape[:2]
    total: Tensor | None = None
    for i in range(axes):
        part = _part(weights, index=(..., axes - 1 - i))
        part = reshape(part, (count, *[each if k == i else 1 for k in range(axes)], *part._array.shape[2:]))
        total = part if total is None else mul(total, part)
    assert total is not None
    return index, reshape(total, index._array.shape)


__all__ = ["affine_grid", "grid_sample"]
