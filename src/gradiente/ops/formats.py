"""Memory formats: the order in which the elements of a tensor lie in memory."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..tensor.core import Tensor
from ..tensor.devices import memory_format as MemoryFormat
from ._define import primitive
from ._uninitialized import blank

_arranged, _contiguous = primitive("arranged"), primitive("contiguous")
_CHANNELS_LAST = {"channels_last": (0, 2, 3, 1), "channels_last_3d": (0, 2, 3, 4, 1)}


def preserves(memory_format: Any, function: str) -> bool:
    """Whether the order at hand is to be kept; TypeError for what is no memory format."""
    if memory_format is None:
        return True
    if not isinstance(memory_format, MemoryFormat):
        raise TypeError(
            f"{function}(): argument 'memory_format' must be torch.memory_format, not {type(memory_format).__name__} "
            f"(got {memory_format!r}; pass for example torch.channels_last)"
        )
    return memory_format.name == "preserve_format"


def order_of(memory_format: Any, ndim: int) -> tuple[int, ...]:
    """The dimensions from the outermost in memory to the innermost."""
    order = _CHANNELS_LAST.get(memory_format.name, tuple(range(ndim)))
    if len(order) != ndim:
        raise RuntimeError(
            f"required rank {len(order)} tensor to use {memory_format.name} format (the tensor has {ndim} dimensions)"
        )
    return order


def empty_in(memory_format: Any, shape: Sequence[int], dtype: Any) -> Any:
    """An array without values whose elements lie in a format."""
    order = order_of(memory_format, len(shape))
    return blank([shape[i] for i in order], dtype).transpose(np.argsort(order))


def lies_in(memory_format: MemoryFormat, x: Tensor) -> bool:
    """Whether the elements lie in a format without gaps; the strides of dimensions of size 1 do not count."""
    if memory_format.name not in _CHANNELS_LAST:
        return memory_format.name == "contiguous_format" and x._array.flags.c_contiguous
    order, shape = _CHANNELS_LAST[memory_format.name], x._array.shape
    if len(order) != len(shape):
        return False
    strides = x.stride()
    return all(shape[i] == 1 or strides[i] == n for i, n in enumerate(_strides(order, shape)))


def _strides(order: tuple[int, ...], shape: tuple[int, ...]) -> list[int]:
    """The strides in elements of a tensor whose dimensions lie in memory in this order."""
    inner = [[max(shape[j], 1) for j in order[order.index(i) + 1 :]] for i in range(len(shape))]
    return [prod(sizes) for sizes in inner]


def copied_in(memory_format: MemoryFormat, x: Tensor) -> Tensor:
    """A copy whose elements lie in a format; gradients flow through it."""
    if memory_format.name not in _CHANNELS_LAST:
        return _contiguous(x)
    return _arranged(x, order=order_of(memory_format, x._array.ndim))


def converted_to(memory_format: MemoryFormat | None, x: Tensor, function: str) -> Tensor:
    """The tensor itself if its strides are those of a new one in the format, or no other is asked for; else a copy."""
    if preserves(memory_format, function):
        return x
    assert memory_format is not None
    shape = x._array.shape
    same = list(x.stride()) == _strides(order_of(memory_format, len(shape)), shape)
    return x if same else copied_in(memory_format, x)
