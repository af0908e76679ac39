"""What is known of each piece of memory that tensors share, and how they all move to another one.

Note [Who owns memory]
----------------------
A tensor's array looks into the memory of one array, its owner. What torch keeps in a storage is kept here in a record
of that owner, made when a program first asks for the storage: so all views of one tensor have one storage, for as long
as the memory lives. Memory cannot grow where it is. When a storage grows, or becomes shared between processes, its
bytes are copied, and every tensor that looked at the old memory is made to look at the new one in the same way. They
are found through the garbage collector, which knows all objects; nothing else has to keep lists for this rare event.
What a recorded operation saved stays where it was.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..arrays.meta import Nowhere, is_meta, memory_of, span
from ..arrays.numpy_indexing import owner
from ..arrays.numpy_indexing import storage as whole
from ..graph import guard
from .core import AccumulateGrad, Tensor


class Record:
    """What a storage is, apart from its bytes."""

    __slots__ = ("file", "nbytes", "owner", "resizable", "shared", "storage")

    def __init__(self, array: Any, number: int) -> None:
        self.owner: Any = weakref.ref(array, lambda _: _records.pop(number, None))
        self.nbytes: int = array.length if isinstance(array, Nowhere) else whole(array)[0].size
        self.shared: bool = False
        self.resizable: bool = True
        self.file: str | None = None
        self.storage: Any = None
        """A weak reference to the object that programs hold."""


_values: Any = Tensor.__dict__["_array"]
"""The slot itself: uninitialised parameters have a property in front of it, which refuses to tell."""

_records: dict[int, Record] = {}
"""By the identity of the array that owns the memory, until it dies."""


def owner_of(array: Any) -> Any:
    """The array that owns the memory of a tensor's array."""
    if is_meta(array):
        return memory_of(array)[0]
    if not isinstance(array, np.ndarray):
        raise NotImplementedError(
            "Cannot access storage of BatchedTensorImpl (inside of vmap a tensor has no memory of its own: ask outside)"
        )
    return owner(array)


def record_of(array: Any) -> Record:
    """The record of the memory that this array owns, made if there is none."""
    number = id(array)
    with guard:
        found = _records.get(number)
        if found is None or found.owner() is not array:
            found = _records[number] = Record(array, number)
    return found


def reach(array: Any, end: int) -> bool:
    """Whether the memory that this array owns has `end` bytes; they belong to its storage from now on."""
    if whole(array)[0].size < end:
        return False
    found = _records.get(id(array))
    if found is not None and found.owner() is array:
        found.nbytes = max(found.nbytes, end)
    return True


def lookers(array: Any) -> Iterator[Tensor]:
    """All living tensors that look into the memory which `array` owns."""
    for thing in gc.get_objects():
        if issubclass(type(thing), Tensor):
            try:
                found = _values.__get__(thing)
            except AttributeError:  # another thread is just making it
                continue
            if isinstance(found, np.ndarray) and owner(found) is array:
                yield thing


def move(array: Any, target: Any, record: Record) -> None:
    """Let every tensor that looks into the memory of `array` look at the bytes `target`, in the same way."""
    for x in list(lookers(array)):
        old = _values.__get__(x)
        at = whole(old)[1]
        if not old.size:
            _values.__set__(x, target[:0].view(old.dtype).reshape(old.shape))
        elif at + span(old.shape, old.strides, old.itemsize) <= target.size:
            _values.__set__(x, np.ndarray(old.shape, old.dtype, target, at, old.strides))
        if x._node.__class__ is AccumulateGrad:
            x._node._array = _values.__get__(x)  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess]
    number = id(target)
    with guard:
        _records.pop(id(array), None)
        record.owner = weakref.ref(target, lambda _: _records.pop(number, None))
        _records[number] = record


def apart(part: Any) -> Any:
    """The bytes `part` of some memory as memory of its own: what looks into it does not belong to the whole."""
    return np.frombuffer(memoryview(part), np.uint8)


__all__ = ["Record", "apart", "lookers", "move", "owner_of", "reach", "record_of", "whole"]
