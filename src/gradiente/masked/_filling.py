"""What stands in for the elements that do not count."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..ops._arguments import need_tensor
from ..ops.choices import where
from ..ops.shaping import broadcast_to
from ..tensor.dtypes import dtype as Dtype


def filled(input: Any, mask: Any, fill: Any) -> Any:
    """The input with `fill` in place of what is masked out."""
    return input if mask is None else where(broadcast(mask, input), input, fill)


def broadcast(mask: Any, input: Any) -> Any:
    """The mask in the input's shape, as bools."""
    if mask._array.ndim > input._array.ndim:
        raise IndexError(
            "_input_mask expected broadcastable mask (got mask dimensionality higher than of the input): "
            f"{list(mask._array.shape)} for an input of shape {list(input._array.shape)}"
        )
    return broadcast_to(mask, input._array.shape).bool()


def least(input: Any, function: str, sign: int = -1) -> Any:
    """The neutral element of a maximum (of a minimum, for sign 1) in the input's type."""
    array = input._array
    if array.dtype.kind == "b":
        raise NotImplementedError(f"identity of {function} on {input.dtype!r} input (convert it with .long())")
    if array.dtype.kind in "iu":
        return int(np.iinfo(array.dtype).min if sign < 0 else np.iinfo(array.dtype).max)
    return sign * math.inf


def cast(input: Any, dtype: Dtype | None, function: str, whole: bool = False) -> Any:
    """The input in the type that is asked for; `whole`: integers add up in int64."""
    need_tensor(input, function)
    if dtype is not None:
        return input.to(dtype)
    return input.long() if whole and input._array.dtype.kind in "biu" else input


def dims_of(dim: Any, input: Any) -> Any:
    """All dimensions, if none is named."""
    return tuple(range(input.dim())) if dim is None or dim == () else dim


__all__ = ["broadcast", "cast", "dims_of", "filled", "least"]
