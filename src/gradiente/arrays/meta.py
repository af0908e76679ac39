"""Arrays of the meta device: shapes, dtypes and strides without values.

Note [A batch of no examples]
-----------------------------
An array of the meta device is a batched array of no examples: its values have the shape (0, *shape), so they take no
memory, and whatever NumPy does with them takes no time and finds the shape and the dtype of the result. So whatever
runs in a `vmap` runs on the meta device too, and no operator needs a rule for shapes. The batch has the level `META`,
which is below those of all vmaps.

The strides of the values tell how an example would lie in memory. NumPy gives new arrays without elements the stride 0
along every axis: where the batch's own stride is 0, the elements of an example lie in their order. Its dtype is an
object of its own, so that the short forms of operators leave it to the general one, as they do for inference tensors.
"""

from __future__ import annotations

from typing import Any

import numpy as np

META = 0
"""The level of the meta device."""

_NAMES = ("float32", "float64")
_OWN = {np.dtype(name): np.dtype(name, metadata={"device": "meta"}) for name in _NAMES}  # pyright: ignore
_USUAL = {np.dtype(name): np.dtype(name) for name in _NAMES}


def own_dtype(dtype: Any) -> Any:
    """The dtype object of arrays of the meta device that equals `dtype`."""
    return _OWN.get(dtype, dtype)


def usual_dtype(dtype: Any) -> Any:
    """The dtype object of ordinary arrays that equals `dtype`."""
    return _USUAL.get(dtype, dtype)


def in_order(shape: tuple[int, ...], itemsize: int) -> tuple[int, ...]:
    """The strides of an array whose elements lie in memory in their order."""
    strides: list[int] = []
    step = itemsize
    for n in reversed(shape):
        strides.append(step)
        step *= max(n, 1)
    return tuple(reversed(strides))


class Nowhere(np.ndarray):
    """The memory of arrays of the meta device, of which only the length is known."""

    @property
    def length(self) -> int:
        """How many bytes it would have."""
        return self.shape[1]


def nowhere(length: int) -> Nowhere:
    """So many bytes of memory of the meta device."""
    return np.ndarray.__new__(Nowhere, (0, length), np.uint8)


def span(shape: tuple[int, ...], strides: tuple[int, ...], itemsize: int) -> int:
    """How many bytes lie between the first byte and the last one of an array."""
    if 0 in shape:
        return 0
    return itemsize + sum([(n - 1) * s for n, s in zip(shape, strides, strict=True)])


def without_values(
    shape: tuple[int, ...],
    dtype: Any,
    strides: tuple[int, ...] | None = None,
    memory: Nowhere | None = None,
    offset: int = 0,
) -> Any:
    """An array of the meta device.

    `strides`, in bytes, are those of elements in their order if none are given. `memory`: what it would look into, if
    that is not its own, from the byte `offset` on.
    """
    from .batched import Batched

    dtype = np.dtype(usual_dtype(dtype))
    if strides is None:
        strides = in_order(shape, dtype.itemsize)
    if memory is None:
        memory = nowhere(span(shape, strides, dtype.itemsize))
    start = memory if not offset else np.ndarray((0, memory.length), np.uint8, memory, 0, (1, 1))[:, offset:]
    return Batched(np.ndarray((0, *shape), dtype, start, 0, (1, *strides)), (META,))


def reshaped(array: Any, shape: tuple[int, ...], copy: bool | None = None) -> Any:
    """The array in another shape, in the same memory if its strides permit it; ValueError if not, and copy=False.

    NumPy decides it for an array of these strides, whose elements are not there: nobody reads them.
    """
    blank = np.lib.stride_tricks.as_strided(np.empty(1, array.values.dtype), array.shape, array.strides)
    try:
        found = blank.reshape(shape, copy=False)
    except ValueError:
        if copy is False or np.prod(shape, dtype=object) != array.size:
            raise
        return without_values(shape, array.dtype)
    return without_values(shape, array.dtype, found.strides, *memory_of(array))


def settled(array: Any) -> Any:
    """The array that NumPy made, with strides and memory."""
    if array.__class__ is np.ndarray:  # an operator that needs nothing of its operands
        return meta_of(array)
    return array if array.values.strides[0] else without_values(array.shape, array.values.dtype)


def memory_of(array: Any) -> tuple[Nowhere, int]:
    """The memory that an array of the meta device would look into, and at which of its bytes it would start."""
    root = array.values
    while isinstance(root.base, np.ndarray):
        root = root.base
    if isinstance(root, Nowhere):
        return root, array.values.__array_interface__["data"][0] - root.__array_interface__["data"][0]
    return nowhere(span(array.shape, array.strides, array.itemsize)), 0


def is_meta(array: Any) -> bool:
    """Whether an array is one of the meta device."""
    return array.__class__ is not np.ndarray and getattr(array, "levels", (-1,))[0] == META


def meta_of(array: Any) -> Any:
    """The shape, dtype and strides of an array, without its values."""
    return array if is_meta(array) else without_values(array.shape, array.dtype, array.strides)


def meta_storage(array: Any) -> tuple[Any, int]:
    """The bytes of all that memory, none of which is there, and at which of them the array would start."""
    memory, at = memory_of(array)
    return np.broadcast_to(np.zeros((), np.uint8), (memory.length,)), at


def unwritten(out: Any) -> Any:
    """What becomes of an array when values that are unknown are written to it: nothing, if it is of the meta device."""
    from .batched_errors import NO_DATA

    if not is_meta(out):
        raise NotImplementedError(NO_DATA)
    return out


__all__ = [
    "META",
    "Nowhere",
    "in_order",
    "is_meta",
    "memory_of",
    "meta_of",
    "meta_storage",
    "nowhere",
    "own_dtype",
    "reshaped",
    "settled",
    "span",
    "unwritten",
    "usual_dtype",
    "without_values",
]
