"""What the convolutions share: the checks of their arguments, with torch's error texts, and the calls."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...arrays.numpy_windows import Grid
from ...ops._arguments import need_tensor
from ...ops._define import primitive
from ...ops._product_checks import c_name, scalar_name, shapes
from ...ops._sizes import integers
from ...ops.shaping import squeeze, unsqueeze
from ...tensor.core import Tensor

Ints = int | Sequence[int]
_convolution, _transposed = primitive("convolution"), primitive("transposed_convolution")
_AXES = ("depth", "height", "width")


def spread_ints(value: Any, axes: int, count: int, name: str, function: str) -> tuple[int, ...]:
    """One integer for each of `axes`, of which the weights have `count`. RuntimeError for another number of them."""
    values = (value,) * axes if value.__class__ is int else integers((value,), function, name)
    if len(values) == 1:
        values = values * count
    if len(values) != count:
        raise RuntimeError(
            f"expected {name} to be a single integer value or a list of {count} values to match the convolution "
            f"dimensions, but got {name}={list(values)}"
        )
    return values


def need_rank(input: Tensor, axes: int, function: str) -> None:
    """Raise torch's error unless `input` is an image with or without a batch axis."""
    if input._array.ndim not in (axes + 1, axes + 2):
        raise RuntimeError(
            f"Expected {axes + 1}D (unbatched) or {axes + 2}D (batched) input to {function}, but got input of size: "
            f"{list(input._array.shape)} (`input` is ([N,] C, {', '.join('DHW'[3 - axes :])}))"
        )


def _need_tensors(input: Any, weight: Any, bias: Any, function: str) -> None:
    need_tensor(input, function)
    need_tensor(weight, function, "weight", 2)
    if bias is not None:
        need_tensor(bias, function, "bias", 3)


def _need_types(input: Tensor, weight: Tensor, bias: Tensor | None) -> None:
    if input._array.dtype != weight._array.dtype:
        raise RuntimeError(
            f"Input type (torch.{scalar_name(input)}Tensor) and weight type (torch.{scalar_name(weight)}Tensor) "
            "should be the same or input should be a MKLDNN tensor and weight is a dense tensor "
            f"{shapes(input=input, weight=weight)}; convert one of them, for instance with .to({weight.dtype!r}))"
        )
    if bias is not None and bias._array.dtype != input._array.dtype:
        raise RuntimeError(
            f"Input type ({c_name(input)}) and bias type ({c_name(bias)}) should be the same "
            f"{shapes(input=input, bias=bias)}; convert one of them, for instance with .to({input.dtype!r}))"
        )
    if input._array.dtype.kind == "b":
        raise NotImplementedError(
            "\"slow_conv2d_cpu\" not implemented for 'Bool' (convert the operands first, for instance with .float())"
        )


def _need_positive(**arguments: tuple[int, ...]) -> None:
    for name, values in arguments.items():
        if min(values) < 0 or (min(values) == 0 and "padding" not in name):
            kind = "negative" if "padding" in name else "non-positive"
            raise RuntimeError(f"{kind} {name} is not supported (it is {list(values)})")


def _need_shapes(input: Tensor, weight: Tensor, bias: Tensor | None, groups: int, transposed: bool) -> None:
    s, t = input._array.shape, weight._array.shape
    given = (
        f"Given transposed=1, weight of size {list(t)}"
        if transposed
        else f"Given groups={groups}, weight of size {list(t)}"
    )
    if t[0] < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight of size "
            f"{list(t)} instead"
        )
    if t[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of "
            f"size [{list(t)}] instead"
        )
    needed = t[0] if transposed else t[1] * groups
    if s[1] != needed:
        raise RuntimeError(
            f"{given}, expected input{list(s)} to have {needed} channels, but got {s[1]} channels instead"
        )
    outputs = t[1] * groups if transposed else t[0]
    if bias is not None and bias._array.shape != (outputs,):
        raise RuntimeError(
            f"Given {'transposed=1, ' if transposed else ''}weight of size {list(t)}, expected bias to be "
            f"1-dimensional with {outputs} elements, but got bias of size {list(bias._array.shape)} instead"
        )


def _same_padding(
    grid: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]],
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What to add before and after each axis, so that the result has the input's sizes."""
    size, step, dilation = grid
    if any(s != 1 for s in step):
        raise RuntimeError(f"padding='same' is not supported for strided convolutions (stride is {list(step)})")
    total = [d * (k - 1) for k, d in zip(size, dilation, strict=True)]
    if any(n % 2 for n in total):
        warnings.warn(
            "Using padding='same' with even kernel lengths and odd dilation may require a zero-padded copy of the "
            "input be created",
            stacklevel=4,
        )
    return tuple([n // 2 for n in total]), tuple([n - n // 2 for n in total])


def _batched(input: Tensor, axes: int) -> tuple[Tensor, bool]:
    """The input with a batch axis, and whether it got it here."""
    if input._array.ndim == axes + 2:
        return input, False
    return unsqueeze(input, 0), True


def convolve(
    function: str,
    axes: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Ints,
    padding: str | Ints,
    dilation: Ints,
    groups: int,
) -> Tensor:
    """The convolution over `axes` spatial axes."""
    _need_tensors(input, weight, bias, function)
    need_rank(input, axes, function)
    rank = weight._array.ndim - 2
    if rank < 1:
        raise RuntimeError(f"weight should have at least three dimensions (it has shape {list(weight._array.shape)})")
    if padding.__class__ is str and rank != axes:
        t, x = list(weight._array.shape), _batched(input, axes)[0]._array
        raise RuntimeError(
            f"Expected {rank + 2}-dimensional input for {rank + 2}-dimensional weight{t}, but got {x.ndim}-dimensional "
            f"input of size {list(x.shape)} instead"
        )
    step = spread_ints(stride, axes, rank, "stride", function)
    distance = spread_ints(dilation, axes, rank, "dilation", function)
    size: tuple[int, ...] = weight._array.shape[2:]
    if groups <= 0:
        raise RuntimeError(f"non-positive groups is not supported (groups={groups})")
    if min(distance) < 0 or (min(distance) == 0 and input._array.dtype != np.float32):
        raise RuntimeError(f"dilation should be greater than zero, but got {list(distance)}")
    _need_positive(stride=step, dilation=distance)
    if padding.__class__ is str:
        if padding not in ("same", "valid"):
            raise RuntimeError(f"Invalid padding string: '{padding}' (it is 'same', 'valid' or integers)")
        before, after = ((0,) * rank,) * 2 if padding == "valid" else _same_padding((size, step, distance))
    else:
        before = after = spread_ints(padding, axes, rank, "padding", function)
    _need_positive(padding=before)
    x, added = _batched(input, axes)
    _need_shapes(x, weight, bias, groups, False)
    grid = Grid(size, step, before, after, distance)
    sizes: tuple[int, ...] = x._array.shape[2:]
    counts = grid.counts(sizes)
    if min(counts) < 1:
        raise _too_small(grid, sizes)
    _need_types(input, weight, bias)
    if 0 in sizes and x._array.size == 0 and x._array.shape[0] and x._array.shape[1]:
        raise RuntimeError(
            f"Only zero batch or zero channel inputs are supported, but got input shape: {list(x._array.shape)}"
        )
    out = _convolution(x, weight, bias, grid=grid, groups=groups)
    return squeeze(out, 0) if added else out


def _too_small(grid: Grid, sizes: tuple[int, ...]) -> RuntimeError:
    padded = " x ".join(map(str, grid.padded(sizes)))
    kernel = " x ".join([str(d * (k - 1) + 1) for k, d in zip(grid.size, grid.dilation, strict=True)])
    return RuntimeError(
        f"Calculated padded input size per channel: ({padded}). Kernel size: ({kernel}). Kernel size can't be greater "
        "than actual input size"
    )


def convolve_transposed(
    function: str,
    axes: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Ints,
    padding: Ints,
    output_padding: Ints,
    groups: int,
    dilation: Ints,
) -> Tensor:
    """The transposed convolution over `axes` spatial axes."""
    _need_tensors(input, weight, bias, function)
    if padding.__class__ is str:
        raise TypeError(f"{function}(): argument 'padding' must be tuple of ints, not str")
    need_rank(input, axes, function)
    rank = weight._array.ndim - 2
    step = spread_ints(stride, axes, rank, "stride", function)
    distance = spread_ints(dilation, axes, rank, "dilation", function)
    around = spread_ints(padding, axes, rank, "padding", function)
    more = spread_ints(output_padding, axes, rank, "output_padding", function)
    if groups <= 0:
        raise RuntimeError(f"non-positive groups is not supported (groups={groups})")
    _need_positive(stride=step, dilation=distance, padding=around, output_padding=more)
    x, added = _batched(input, axes)
    _need_shapes(x, weight, bias, groups, True)
    _need_types(input, weight, bias)
    if any(m >= s and m >= d for m, s, d in zip(more, step, distance, strict=True)):
        names = _AXES[3 - axes :]
        parts = (("output_padding", more), ("stride", step), ("dilation", distance))
        known = " ".join([f"{k}_{n}: {v}" for k, values in parts for n, v in zip(names, values, strict=True)])
        raise RuntimeError(f"output padding must be smaller than either stride or dilation, but got {known}")
    size: tuple[int, ...] = weight._array.shape[2:]
    spans = zip(x._array.shape[2:], step, around, distance, size, more, strict=True)
    sizes = tuple([(n - 1) * s - 2 * p + d * (k - 1) + m + 1 for n, s, p, d, k, m in spans])
    if min(sizes) < 1:
        raise RuntimeError(
            f"Given input size per channel: ({' x '.join(map(str, x._array.shape[2:]))}). Calculated output size per "
            f"channel: ({' x '.join(map(str, sizes))}). Output size is too small (padding takes away too much)"
        )
    # As many windows over the result as there are elements: what `output_padding` adds is seen by none, or by few.
    grid = Grid(size, step, around, tuple([p - m for p, m in zip(around, more, strict=True)]), distance)
    shape = (x._array.shape[0], weight._array.shape[1] * groups, *sizes)
    out = _transposed(x, weight, bias, shape=shape, grid=grid, groups=groups)
    return squeeze(out, 0) if added else out


__all__ = ["Ints", "convolve", "convolve_transposed", "need_rank", "spread_ints"]
