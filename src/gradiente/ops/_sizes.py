"""Checks of sizes, dimensions and integers, with torch's error texts."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..tensor.core import Tensor


def integer(value: Any, function: str, argument: str, position: int = 1) -> int:
    """An integer argument: Python's, NumPy's, or an integer tensor of one element."""
    if value.__class__ is int:
        return value
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, Tensor) and value._array.size == 1 and value._array.dtype.kind in "iu":
        return int(value._array.item())
    raise TypeError(
        f"{function}(): argument '{argument}' (position {position}) must be int, not {type(value).__name__}"
    )


def integers(values: tuple[Any, ...], function: str, argument: str) -> tuple[int, ...]:
    """Integers that were given one by one or as one sequence."""
    if len(values) == 1 and isinstance(values[0], tuple):
        values = values[0]
    elif len(values) == 1 and not isinstance(values[0], (int, np.integer, Tensor)):
        given = values[0]
        if not isinstance(given, Sequence) or isinstance(given, str):
            raise TypeError(
                f"{function}(): argument '{argument}' (position 1) must be tuple of ints, not {type(given).__name__}"
            )
        values = tuple(given)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    if not values:
        return ()
    for n in values:
        if n.__class__ is not int:
            break
    else:
        return values
    found: list[int] = []
    for i, n in enumerate(values):
        if isinstance(n, bool) or not isinstance(n, (int, np.integer, Tensor)):
            raise TypeError(
                f"{function}(): argument '{argument}' (position 1) must be tuple of ints, but found element of type "
                f"{type(n).__name__} at pos {i}"
            )
        found.append(integer(n, function, argument))
    return tuple(found)


def several(dim: Any, function: str, argument: str) -> tuple[int, ...]:
    """One integer, or a sequence of integers."""
    return integers((dim,), function, argument)


def infer_size(shape: tuple[int, ...], size: int) -> tuple[int, ...]:
    """The shape with its -1 replaced by what makes it hold `size` elements. RuntimeError if nothing does."""
    unknown = -1
    known = 1
    for i, n in enumerate(shape):
        if n >= 0:
            known *= n
        elif n == -1:
            if unknown >= 0:
                raise RuntimeError(f"only one dimension can be inferred (the shape asked for is {list(shape)})")
            unknown = i
        else:
            raise RuntimeError(f"invalid shape dimension {n} at index {i} of shape {list(shape)}")
    if unknown < 0:
        if known != size:
            raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {size}")
        return shape
    if known == 0 and size == 0:
        raise RuntimeError(
            f"cannot reshape tensor of 0 elements into shape {list(shape)} because the unspecified dimension size -1 "
            "can be "
            "any value and is ambiguous"
        )
    if known == 0 or size % known:
        raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {size}")
    return (*shape[:unknown], size // known, *shape[unknown + 1 :])


def broadcast_shapes_of(shapes: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """The shape that all broadcast to. RuntimeError where sizes differ and neither is 1."""
    result: tuple[int, ...] = ()
    for shape in shapes:
        ndim = max(len(result), len(shape))
        a, b = (1,) * (ndim - len(result)) + result, (1,) * (ndim - len(shape)) + shape
        for i in range(ndim - 1, -1, -1):
            m, n = a[i], b[i]
            if m != n and m != 1 and n != 1:
                raise RuntimeError(
                    f"The size of tensor a ({m}) must match the size of tensor b ({n}) at non-singleton dimension {i} "
                    f"(the shapes are {list(result)} and {list(shape)})"
                )
        result = tuple([n if m == 1 else m for m, n in zip(a, b, strict=True)])
    return result


def contiguous_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides, in elements, of a dense tensor of this shape."""
    return tuple([prod([max(n, 1) for n in shape[i + 1 :]]) for i in range(len(shape))])


def missing(function: str, *arguments: str) -> TypeError:
    """The error for arguments that were not given."""
    names = ", ".join(f'"{name}"' for name in arguments)
    return TypeError(f"{function}() missing {len(arguments)} required positional arguments: {names}")
