"""Where the bytes of a new storage come from: sizes, sequences, buffers, files; and checks that both kinds share."""

from __future__ import annotations

import errno
import mmap as memory_map
import os
import sys
from typing import Any, cast

import numpy as np

from ..tensor.dtypes import dtype as Dtype


def kind(value: Any) -> str:
    """The name of a value's type, as torch's errors say it."""
    cls = type(value)
    module = "torch.storage" if cls.__module__ == "gradiente.storage" else cls.__module__
    plain = module in ("builtins", "gradiente.tensor.core", "torch")
    return cls.__qualname__ if plain else f"{module}.{cls.__qualname__}"


def is_int(value: Any) -> bool:
    """Whether a value is an integer, and no bool."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def not_negative(size: int) -> int:
    """The size; RuntimeError if it is negative."""
    if size < 0:
        raise RuntimeError(
            "[enforce fail at alloc_cpu.cpp:98] ((ptrdiff_t)nbytes) >= 0. alloc_cpu() seems to have been called with "
            f"negative number: {size % 2**64} (the size is {size})"
        )
    return size


def bytes_of(given: Any) -> Any:
    """New memory of a size, or of the values of a sequence."""
    if is_int(given):
        return np.zeros(not_negative(int(given)), np.uint8)
    if not hasattr(given, "__len__") or hasattr(given, "untyped_storage"):
        raise RuntimeError(f"torch.UntypedStorage(): Expected a sequence type, but got {kind(given)}")
    if isinstance(given, (bytes, bytearray)):
        return np.frombuffer(given, np.uint8).copy()
    values = cast("list[Any]", list(given))
    for value in values:
        if not isinstance(value, int):
            raise RuntimeError(
                f"torch.UntypedStorage(): tried to construct a storage from a sequence ({kind(given)}), but one of "
                f"the items was of type {kind(value)} instead of int"
            )
    return np.array([value & 255 for value in values], np.uint8)


def whole_slice(index: slice, length: int) -> slice:
    """The slice of a storage of that length; RuntimeError for steps."""
    start, stop, step = index.indices(length)
    if step != 1:
        raise RuntimeError(f"Trying to slice with a step of {step}, but only a step of 1 is supported")
    return slice(start, max(start, stop))


def bytes_of_buffer(buffer: Any, order: str | None, count: int, offset: int, dtype: Dtype | None) -> Any:
    """A copy of elements of a buffer, in this machine's order."""
    if dtype is None:
        raise RuntimeError("argument 'dtype' cannot be None")
    size = dtype.itemsize
    if order is None and dtype.name not in ("uint8", "int8"):
        raise RuntimeError("function missing required argument 'byte_order' (pos 2)")
    if order not in (None, "little", "big", "native"):
        raise ValueError(f"invalid byte_order '{order}' (expected 'big', 'little', or 'native')")
    try:
        given = np.frombuffer(memoryview(buffer).cast("B"), np.uint8)
    except TypeError:
        raise TypeError(f"a bytes-like object is required, not '{type(buffer).__name__}'") from None
    length = given.size
    if offset < 0 or offset > length:
        raise ValueError(
            f"offset must be non-negative and no greater than buffer length ({length} bytes), but got {offset}"
        )
    if count < 0:
        if (length - offset) % size:
            raise ValueError(f"buffer size ({length}) must be a multiple of element size ({size})")
        count = (length - offset) // size
    elif offset + count * size > length:
        raise ValueError(
            f"buffer has only {length - offset} elements after offset {offset}, but specified a size of {count}"
        )
    out = given[offset : offset + count * size].copy()
    part = dtype.to_real().itemsize
    if order in ("little", "big") and order != sys.byteorder and part > 1:
        out.view(f"u{part}").byteswap(inplace=True)
    return out


def bytes_of_file(name: str, shared: bool, size: int) -> Any:
    """The first bytes of a file, as an array."""
    try:
        number = os.open(name, os.O_RDWR | os.O_CREAT if shared else os.O_RDONLY, 0o600)
    except OSError as error:
        how = "read-write" if shared else "read-only"
        raise RuntimeError(
            f"unable to open file <{name}> in {how} mode: {os.strerror(error.errno or errno.EIO)} ({error.errno})"
        ) from None
    try:
        length = os.fstat(number).st_size
        if size < 0:
            raise RuntimeError(
                f"unable to mmap {size} bytes from file <{name}>: Cannot allocate memory (12) (the size is negative)"
            )
        if size > length and not shared:
            raise RuntimeError(f"file <{name}> size <{length}> is smaller than the required mapping size <{size}>")
        if not size:
            return np.zeros(0, np.uint8)
        if size > length:
            os.ftruncate(number, size)
        access = memory_map.ACCESS_WRITE if shared else memory_map.ACCESS_COPY
        return np.frombuffer(memory_map.mmap(number, size, access=access), np.uint8)
    finally:
        os.close(number)


__all__ = ["bytes_of", "bytes_of_buffer", "bytes_of_file", "is_int", "kind", "not_negative", "whole_slice"]
