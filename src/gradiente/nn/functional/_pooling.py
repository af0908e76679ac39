"""What pooling functions share: the checks of their arguments, with torch's error texts, and the grids of windows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from ...arrays.numpy_windows import Grid
from ...ops._arguments import need_tensor
from ...ops._product_checks import scalar_name
from ...ops._sizes import integers
from ...tensor.core import Tensor

Ints = int | Sequence[int]
_COUNTS = ("one int", "two ints", "three ints")
_HOW = {"stride": "must either be omitted, a single int,", "dilation": "must be either a single int,"}


def sizes_of(value: Any, axes: int, name: str, function: str) -> tuple[int, ...]:
    """One integer for each axis."""
    values = (value,) * axes if value.__class__ is int else integers((value,), function, name)
    if len(values) == 1:
        values = values * axes
    if len(values) == axes:
        return values
    if axes == 1:
        if function.startswith("avg"):
            raise RuntimeError(f"{function}() argument '{name}' should contain one int (got {len(values)})")
        raise RuntimeError(
            f"{function}() {name} must be an int, list of ints or tuple of ints of size 1 but got size {len(values)}"
        )
    how = _HOW.get(name, "must either be a single int,")
    if function.endswith("3d") and name == "dilation":
        how = "must be either a single int,"
    raise RuntimeError(f"{function}: {name} {how} or a tuple of {_COUNTS[axes - 1]} (got {list(values)})")


def need_image(input: Any, axes: int, function: str) -> Tensor:
    """The input, if it is an image with or without a batch axis."""
    x = need_tensor(input, function)
    shape = x._array.shape
    ranks = (axes + 1, axes + 2)
    if len(shape) not in ranks:
        if axes == 1 and function.startswith("avg"):
            raise RuntimeError(
                f"Expected 2 to 3 dimensions, but got {len(shape)}-dimensional tensor for argument #1 'self' (while "
                f"checking arguments for {function})"
            )
        if axes == 1:
            raise _expected(function + ": ", ranks, shape)
        raise RuntimeError(
            f"non-empty {ranks[0]}D or {ranks[1]}D (batch mode) tensor expected for input (`input` has shape "
            f"{list(shape)})"
        )
    return x


def need_elements(x: Tensor, axes: int, function: str) -> None:
    """Raise torch's error if there is nothing in the image, but for an empty batch."""
    shape = x._array.shape
    if 0 in shape[len(shape) - axes - 1 :]:
        if axes == 3:
            inner = shape[len(shape) - 4 :]
            own = f"{function}_with_indices_out_cpu_template" if "max" in function else function
            raise RuntimeError(
                f"{own}(): Expected input's non-batch dimensions to have positive length, but input has a shape of "
                f"{list(shape)} and non-batch dimension {inner.index(0)} has length zero!"
            )
        raise _expected(function + ": " if axes == 1 else "", (axes + 1, axes + 2), shape)


def _expected(lead: str, ranks: tuple[int, int], shape: tuple[int, ...]) -> RuntimeError:
    return RuntimeError(
        f"{lead}Expected {ranks[0]}D or {ranks[1]}D (batch mode) tensor with optional 0 dim batch size for input, but "
        f"got:{list(shape)}"
    )


def refuse_types(input: Tensor, function: str, kinds: str) -> None:
    """Raise torch's error for a type that the function does not take."""
    if input._array.dtype.kind in kinds:
        raise NotImplementedError(
            f"\"{function}\" not implemented for '{scalar_name(input)}' (convert the input, for instance with .float())"
        )


def grid_of(
    input: Tensor,
    axes: int,
    function: str,
    kernel_size: Ints,
    stride: Ints | None,
    padding: Ints,
    dilation: Ints,
    ceil_mode: bool,
    located: bool = False,
) -> Grid:
    """The grid of windows that the arguments mean; `located`: the positions are asked for, too."""
    size = sizes_of(kernel_size, axes, "kernel_size", function)
    step = size if stride is None or stride == () else sizes_of(stride, axes, "stride", function)
    before = sizes_of(padding, axes, "padding", function)
    distance = sizes_of(dilation, axes, "dilation", function)
    own = axes == 1 and function.startswith("max") and not located  # torch's texts for lines are others
    shape = input._array.shape[-axes:]
    grid = _grid(function, size, step, before, distance, own, shape, ceil_mode)
    if 0 in input._array.shape:
        need_elements(input, axes, function)
    if isinstance(grid, Grid):
        return grid
    raise _too_small(input, function, grid, own)


@lru_cache(64)
def _grid(
    function: str,
    size: tuple[int, ...],
    step: tuple[int, ...],
    before: tuple[int, ...],
    distance: tuple[int, ...],
    own: bool,
    shape: tuple[int, ...],
    ceil_mode: bool,
) -> Grid | list[int]:
    """The grid for images of the last axes `shape`; the counts of windows where there are none along some axis."""
    _check(function, size, step, before, distance, own)
    counts, after = [], []
    for n, k, s, b, d in zip(shape, size, step, before, distance, strict=True):
        span = d * (k - 1) + 1
        count = (n + 2 * b - span + (s - 1 if ceil_mode else 0)) // s + 1
        if ceil_mode and (count - 1) * s >= n + b:  # the last window would begin beyond the image
            count -= 1
        counts.append(count)
        after.append(max(0, (count - 1) * s + span - n - b))
    return counts if min(counts) < 1 else Grid(size, step, before, tuple(after), distance)


def _too_small(input: Tensor, function: str, counts: list[int], own: bool) -> RuntimeError:
    if own:
        return RuntimeError(f"{function}() Invalid computed output size: {counts[0]}")
    shape = input._array.shape
    axes = len(counts)
    channels = shape[-axes - 1]
    sizes = "x".join(map(str, (channels, *((1,) if axes == 1 else ()), *shape[-axes:])))
    found = "x".join(map(str, (channels, *((1,) if axes == 1 else ()), *[max(n, 0) for n in counts])))
    return RuntimeError(
        f"Given input size: ({sizes}). Calculated output size: ({found}). Output size is too small "
        "(the kernel is larger than the padded input)"
    )


def _check(
    function: str,
    size: tuple[int, ...],
    step: tuple[int, ...],
    before: tuple[int, ...],
    distance: tuple[int, ...],
    own: bool,
) -> None:
    for k, s, b, d in zip(size, step, before, distance, strict=True):
        if own:
            for name, value in (("kernel_size", k), ("stride", s), ("dilation", d)):
                if value <= 0:
                    raise RuntimeError(f"{function}() {name} must be greater than zero, but got {value}")
            if b < 0:
                raise RuntimeError(f"{function}() padding must be non-negative, but got {b}")
            if b > k // 2:
                raise RuntimeError(
                    f"{function}() padding should be at most half of kernel size, but got padding={b} and "
                    f"kernel_size={k}"
                )
        if s == 0:
            raise RuntimeError(f"stride should not be zero (it is {list(step)})")
        if b < 0:
            raise RuntimeError(f"pad must be non-negative, but got pad: {b}")
        if b > (d * (k - 1) + 1) // 2:
            raise RuntimeError(
                f"pad should be at most half of effective kernel size, but got pad={b}, kernel_size={k} and "
                f"dilation={d}"
            )
        if k <= 0:
            raise RuntimeError(f"kernel size should be greater than zero, but got {list(size)}")
        if d <= 0:
            letters = "THW"[3 - len(size) :]
            known = " ".join([f"dilation{c}: {n}" for c, n in zip(letters, distance, strict=True)])
            raise RuntimeError(f"dilation should be greater than zero, but got {known}")


__all__ = ["Ints", "grid_of", "need_image", "refuse_types", "sizes_of"]
