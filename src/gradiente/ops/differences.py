"""Differences of neighbours, slopes of sampled functions, and areas under them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..tensor.core import Tensor
from ._arguments import need_tensor, wrap_dim, wrap_dims
from ._out import into
from .joining import cat
from .reductions import sum as _sum
from .running import cumsum


def diff(
    input: Tensor,
    n: int = 1,
    dim: int = -1,
    prepend: Tensor | None = None,
    append: Tensor | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The n-th differences along `dim`: yᵢ = xᵢ₊₁ - xᵢ, n times. Of bools, whether two neighbours differ.

    Args:
        input: a tensor of at least one dimension.
        n: how many times, not negative.
        dim: one dimension, the last by default.
        prepend: what to put before the input first.
        append: what to put behind it.
        out: a tensor to write the result to; then no operand may require gradients.

    RuntimeError for arguments that do not fit.

    >>> import gradiente as torch
    >>> torch.diff(torch.tensor([1, 4, 9, 16])), torch.diff(torch.tensor([1, 4, 9, 16]), n=2)
    (tensor([3, 5, 7]), tensor([2, 2]))
    """
    if out is not None:
        return into(out, diff(input, n, dim, prepend, append), "diff", input, prepend, append)
    ndim = need_tensor(input, "diff")._array.ndim
    if not ndim:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    axis = wrap_dim(dim, ndim)
    for other in (prepend, append):
        if other is not None:
            _need_alike(input, other, axis)
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    x: Any = (
        cat([part for part in (prepend, input, append) if part is not None], axis)
        if (prepend is not None or append is not None)
        else input
    )
    size = x._array.shape[axis]
    if n == 0:
        return x.clone() if x is input else x
    if n >= size:
        return x.narrow(axis, 0, 0)
    for _ in range(n):
        later, earlier = x.narrow(axis, 1, size - 1), x.narrow(axis, 0, size - 1)
        x, size = (later.logical_xor(earlier) if x._array.dtype.kind == "b" else later - earlier), size - 1
    return x


def _need_alike(input: Tensor, other: Tensor, axis: int) -> None:
    a, b = input._array.shape, need_tensor(other, "diff", "prepend", 4)._array.shape
    if len(a) != len(b):
        raise RuntimeError("diff expects prepend or append to be the same dimension as input")
    for i, (m, n) in enumerate(zip(a, b, strict=True)):
        if m != n and i != axis:
            raise RuntimeError(
                "diff expects the shape of tensor to prepend or append to match that of input except along the "
                f"differencing dimension; input.size({i}) = {m}, but got tensor.size({i}) = {n}"
            )


def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float | None = None, dim: int = -1) -> Tensor:
    """The integral of a sampled function by the trapezoidal rule: Σ (xᵢ₊₁ - xᵢ)·(yᵢ + yᵢ₊₁)/2 along `dim`.

    Args:
        y: the samples.
        x: where they were taken, one for each sample; without it, at distances `dx`.
        dx: the distance, 1 by default.
        dim: one dimension, the last by default.

    RuntimeError for bools, and for an `x` that does not fit.

    >>> import gradiente as torch
    >>> torch.trapezoid(torch.tensor([1.0, 2.0, 3.0])), torch.trapezoid(torch.tensor([1.0, 2.0]), dx=0.5)
    (tensor(4.), tensor(0.7500))
    """
    areas, width, axis = _areas(y, x, dx, dim, "trapezoid")
    return _sum(areas, axis) * width


def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float | None = None, dim: int = -1) -> Tensor:
    """The integrals up to each sample but the first, by the trapezoidal rule. See `trapezoid`.

    >>> import gradiente as torch
    >>> torch.cumulative_trapezoid(torch.tensor([1.0, 2.0, 3.0]))
    tensor([1.5000, 4.0000])
    """
    areas, width, axis = _areas(y, x, dx, dim, "cumulative_trapezoid")
    return cumsum(areas, axis) * width


def _areas(y: Any, x: Any, dx: Any, dim: int, function: str) -> tuple[Any, float, int]:
    """Twice the areas between neighbouring samples, what to multiply them by, and the axis."""
    ndim = need_tensor(y, function, "y")._array.ndim
    if x is not None and dx is not None:
        raise TypeError(f"{function}() received an invalid combination of arguments: both x and dx; give one")
    if not ndim:
        if function == "trapezoid":
            raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
        raise IndexError("slice() cannot be applied to a 0-dim tensor. (`y` must have samples)")
    axis = wrap_dim(dim, ndim)
    for name, part in (("y", y), ("x", x)):
        if isinstance(part, Tensor) and part._array.dtype.kind == "b":
            raise RuntimeError(f"{function}: received a bool input for `{name}`, but bool is not supported")
    n = y._array.shape[axis]
    if not n:
        return y, 0.5, axis
    pairs = y.narrow(axis, 0, n - 1) + y.narrow(axis, 1, n - 1)
    if x is None:
        step = 1.0 if dx is None else dx
        return pairs, (step.item() if isinstance(step, Tensor) else step) / 2.0, axis
    need_tensor(x, function, "x", 2)
    if x._array.ndim == 1:
        if x._array.shape[0] != n:
            raise RuntimeError(f"{function}: There must be one `x` value for each sample point")
        steps = diff(x).reshape(-1, *[1] * (ndim - 1 - axis))  # pyright: ignore[reportAttributeAccessIssue]
    else:
        place = axis - ndim + max(ndim, x._array.ndim)
        whole = x.reshape(*[1] * max(ndim - x._array.ndim, 0), *x._array.shape)
        if whole._array.shape[place] not in (n, 1):
            raise RuntimeError(f"{function}: There must be one `x` value for each sample point")
        steps = diff(whole, dim=place)
    return pairs * steps, 0.5, axis


trapz = trapezoid


def gradient(
    input: Tensor,
    *,
    spacing: Any = None,
    dim: int | Sequence[int] | None = None,
    edge_order: int = 1,
) -> tuple[Tensor, ...]:
    """The slopes of a sampled function along dimensions: central differences inside, one-sided ones at the edges.

    Args:
        input: the samples, a real or complex tensor.
        spacing: the distance of neighbours, 1, one number or one per dimension; or a list of 1-d tensors with the
            coordinates.
        dim: the dimensions, all by default.
        edge_order: 1 or 2: how exact the differences at the edges are.

    The result is a tuple with one tensor per dimension. RuntimeError for arguments that do not fit.

    >>> import gradiente as torch
    >>> torch.gradient(torch.tensor([1.0, 4.0, 9.0, 16.0]))
    (tensor([3., 4., 6., 7.]),)
    """
    array = need_tensor(input, "gradient")._array
    if array.dtype == np.uint8:
        raise RuntimeError("torch.gradient does not support uint8 input.")
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    found = wrap_dims(dim, array.ndim) if dim is not None else tuple(range(array.ndim))
    axes = found if isinstance(found, tuple) else (found,) if found is not None else tuple(range(array.ndim))
    steps = _steps(spacing, axes, array.ndim, dim)
    for axis in axes:
        if array.shape[axis] < edge_order + 1:
            raise RuntimeError(
                "torch.gradient expected each dimension size to be at least edge_order+1 "
                f"(dimension {axis} has size {array.shape[axis]})"
            )
    return tuple([_slope(input, axis, step, edge_order) for axis, step in zip(axes, steps, strict=True)])


def _steps(spacing: Any, axes: tuple[int, ...], ndim: int, dim: Any) -> list[Any]:
    """The distance or the coordinates for each axis."""
    if spacing is None:
        spacing = 1
    if isinstance(spacing, (int, float, complex, np.number)) or (isinstance(spacing, Tensor) and not spacing.dim()):
        return [spacing] * len(axes)
    if isinstance(spacing, Tensor):
        spacing = [spacing]
    steps = list(spacing)
    if len(steps) != len(axes):
        if dim is None:
            raise RuntimeError(
                "torch.gradient expected spacing to be unspecified, a scalar, or a list of length equal to 'self.dim() "
                f"= {ndim}', since dim argument was not given, but got a list of length {len(steps)}"
            )
        raise RuntimeError(
            "torch.gradient expected spacing to be unspecified, a scalar or it's spacing and dim arguments to have the "
            f"same length, but got a spacing argument of length {len(steps)} and a dim argument of length {len(axes)}."
        )
    return steps


def _slope(x: Any, axis: int, step: Any, edge_order: int) -> Tensor:
    n = x._array.shape[axis]

    def at(start: int, size: int = 1) -> Any:
        return x.narrow(axis, start, size)

    gaps: Any = None
    if isinstance(step, Tensor) and step.dim():
        gaps = diff(step).reshape(-1, *[1] * (x.dim() - 1 - axis))  # pyright: ignore[reportAttributeAccessIssue]
        size = n - 1
        left, right = gaps.narrow(0, 0, size - 1), gaps.narrow(0, 1, size - 1)
        first, last = gaps.narrow(0, 0, 1), gaps.narrow(0, size - 1, 1)
        inner = [
            at(0, n - 2) * (-right / (left * (left + right)))
            + at(1, n - 2) * ((right - left) / (left * right))
            + at(2, n - 2) * (left / (right * (left + right)))
        ]
    else:
        left = right = first = last = step
        inner = [(at(2, n - 2) - at(0, n - 2)) / (2 * step)]
    if n == 2:
        inner = []
    if edge_order == 1:
        return cat([(at(1) - at(0)) / first, *inner, (at(n - 1) - at(n - 2)) / last], axis)
    second, before = (step, step) if gaps is None else (gaps.narrow(0, 1, 1), gaps.narrow(0, n - 3, 1))
    return cat(
        [_edge(at(0), at(1), at(2), first, second), *inner, -_edge(at(n - 1), at(n - 2), at(n - 3), last, before)], axis
    )


def _edge(a: Any, b: Any, c: Any, near: Any, far: Any) -> Any:
    """The slope at `a` of the parabola through three samples, at the distances `near` and `far` of each other."""
    return (
        a * (-(2 * near + far) / (near * (near + far)))
        + b * ((near + far) / (near * far))
        - c * (near / (far * (near + far)))
    )


METHODS: dict[str, Any] = {"diff": diff}
"""What these functions are called as methods of Tensor."""

__all__ = ["cumulative_trapezoid", "diff", "gradient", "trapezoid", "trapz"]
