"""Images sampled at any places, and the places of an affine map."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import product

import numpy as np

from ...ops._arguments import need_tensor
from ...ops._define import primitive
from ...ops._product_checks import scalar_name
from ...ops.arithmetic import add, div, mul, sub
from ...ops.choices import clamp, nan_to_num, where
from ...ops.creation import zeros
from ...ops.matrix_products import matmul
from ...ops.parts import abs
from ...ops.permuting import transpose
from ...ops.ranges import linspace
from ...ops.rounding import floor, remainder, round
from ...ops.shaping import unsqueeze
from ...tensor.core import Tensor, wrap
from ._resampling import cubic_weights

_take = primitive("take_places")
_part = primitive("getitem")
_placed = primitive("reshape", "AffineGridGeneratorBackward0")
_sampled = (primitive("add", "GridSampler2DBackward0"), primitive("add", "GridSampler3DBackward0"))
_chosen = (primitive("where", "GridSampler2DBackward0"), primitive("where", "GridSampler3DBackward0"))
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


def _picked(input: Tensor, places: list[Tensor], sizes: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """The elements at whole coordinates, and which of them lie in the image."""
    inside = index = None
    for place, n in zip(places, sizes, strict=True):
        found = (place >= 0) & (place <= n - 1)
        inside = found if inside is None else inside & found
        whole = nan_to_num(clamp(place, 0, n - 1)).long()
        index = whole if index is None else add(mul(index, n), whole)
    assert inside is not None
    assert index is not None
    count, channels = input._array.shape[:2]
    index = unsqueeze(index, 1).expand(count, channels, *index.shape[1:])
    return _take(input, index, axes=len(sizes)), unsqueeze(inside, 1)


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
    axes = len(sizes)
    coordinates: list[Tensor] = []
    for i, n in enumerate(sizes):
        x = _part(grid, index=(..., axes - 1 - i))  # the grid names x first, the image's axes end with it
        x = mul(add(x, 1), (n - 1) / 2) if align_corners else mul(sub(mul(add(x, 1), n), 1), 0.5)
        coordinates.append(x if mode == "bicubic" else _coordinate(x, n, padding_mode, align_corners))
    if mode == "nearest":
        values, inside = _picked(input, [round(x.detach()) for x in coordinates], sizes)
        return _chosen[axes - 2](inside, values, 0.0)
    if mode == "bicubic":
        return _bicubic(input, coordinates, sizes, padding_mode, align_corners)
    low = [floor(x.detach()) for x in coordinates]
    shares = [sub(x, a) for x, a in zip(coordinates, low, strict=True)]
    parts: list[Tensor] = []
    for corner in product((0, 1), repeat=axes):
        values, inside = _picked(input, [a + k for a, k in zip(low, corner, strict=True)], sizes)
        weight: Tensor | None = None
        for share, k in zip(shares, corner, strict=True):
            factor = share if k else 1 - share
            weight = factor if weight is None else mul(weight, factor)
        assert weight is not None
        parts.append(where(inside, mul(values, unsqueeze(weight, 1)), 0.0))
    return _total(parts, axes)


def _total(parts: list[Tensor], axes: int) -> Tensor:
    total = parts[0]
    for part in parts[1:]:
        total = _sampled[axes - 2](total, part)
    return total


def _bicubic(input: Tensor, coordinates: list[Tensor], sizes: tuple[int, ...], padding: str, aligned: bool) -> Tensor:
    """Between four neighbours along each axis."""
    low = [floor(x.detach()) for x in coordinates]
    weights = [cubic_weights(sub(x, a)) for x, a in zip(coordinates, low, strict=True)]
    parts: list[Tensor] = []
    for i, j in product(range(4), repeat=2):
        wholes = [a + (k - 1) for a, k in zip(low, (i, j), strict=True)]
        places = [round(_coordinate(x, n, padding, aligned)) for x, n in zip(wholes, sizes, strict=True)]
        values, inside = _picked(input, places, sizes)
        parts.append(where(inside, mul(values, unsqueeze(mul(weights[0][i], weights[1][j]), 1)), 0.0))
    return _total(parts, 2)


__all__ = ["affine_grid", "grid_sample"]
