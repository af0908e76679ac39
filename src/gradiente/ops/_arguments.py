"""Checks and conversions of arguments that many functions share, with torch's error texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..tensor.core import Tensor
from ..tensor.elementwise import not_a_tensor


def need_tensor(value: Any, function: str, argument: str = "input", position: int = 1) -> Tensor:
    """The value, if it is a tensor."""
    if not isinstance(value, Tensor):
        raise not_a_tensor(function, value, argument, position)
    return value


def no_overload(function: str, *given: Any) -> TypeError:
    """torch's error for operands of which no signature of a function takes all."""
    types = ", ".join(type(value).__name__ for value in given)
    return TypeError(
        f"{function}() received an invalid combination of arguments - got ({types}): 'input' (position 1) must be a "
        "Tensor"
    )


def wrap_dim(dim: int, ndim: int) -> int:
    """A dimension counted from the front. IndexError if there is no such dimension."""
    span = max(ndim, 1)
    if not -span <= dim < span:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-span}, {span - 1}], but got {dim})")
    return dim % span


def wrap_dims(dim: int | Sequence[int] | None, ndim: int) -> int | tuple[int, ...] | None:
    """The axes of a reduction: None for all; no dimensions mean all, as in torch."""
    if dim is None:
        return None
    if isinstance(dim, int):
        dim = wrap_dim(dim, ndim)
        return dim if ndim else None
    dims = tuple(wrap_dim(d, ndim) for d in dim)
    if len(set(dims)) != len(dims):
        twice = next(d for d in dims if dims.count(d) > 1)
        raise RuntimeError(f"dim {twice} appears multiple times in the list of dims")
    return dims if dims and ndim else None


def size_of(sizes: tuple[Any, ...], function: str = "size") -> tuple[int, ...]:
    """The shape that was given as several integers or as one sequence of them."""
    if len(sizes) == 1 and not isinstance(sizes[0], (int, np.integer, Tensor)):
        sizes = tuple(sizes[0])
    shape: list[int] = []
    for i, n in enumerate(sizes):
        if isinstance(n, (Tensor, np.integer)):
            n = int(n.item())
        if not isinstance(n, int) or isinstance(n, bool):
            raise TypeError(
                f"{function}(): argument 'size' (position 1) must be tuple of ints, but found element of type "
                f"{type(n).__name__} at pos {i}"
            )
        shape.append(n)
    return tuple(shape)


def need_nonnegative(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape, if it has no negative size."""
    for n in shape:
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: {list(shape)}")
    return shape


def named_dim(dim: Any, axis: Any, default: Any, function: str) -> Any:
    """`axis`, NumPy's name for `dim`; TypeError if both were given."""
    if dim != default:
        raise TypeError(f"{function}() got both 'dim' and 'axis', two names of one argument")
    return axis
