"""Pickles with torch's names in them, and with the tensors' memory kept apart."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from types import FunctionType
from typing import Any, ClassVar

import numpy as np

from ..arrays.compressed import CompressedArray
from ..arrays.meta import is_meta
from ..arrays.numpy_indexing import storage
from ..arrays.sparse import SparseArray
from ..nn.parameter import Parameter, is_lazy
from ..ops.storage import stride
from ..ops.storages import untyped_storage
from ..storage import TypedStorage, UntypedStorage
from ..storage.legacy import legacy_type
from ..tensor.core import Tensor
from ..tensor.devices import layout, memory_format
from ..tensor.dtypes import dtype, uint8
from . import rebuilding
from .locations import location_tag
from .names import torchs_name

# The one of Python's two whose way of naming things can be changed.
Python: Any = pickle._Pickler  # pyright: ignore[reportAttributeAccessIssue]


def _no_hooks() -> OrderedDict[Any, Any]:
    """What stands in the place of hooks, which are not saved."""
    return OrderedDict()


class _Rebuilt:
    """A tensor's values without being a parameter: what makes them of what."""

    __slots__ = ("data", "function")

    def __init__(self, function: Any, data: tuple[Any, ...]) -> None:
        self.function = function
        self.data = data

    def __reduce__(self) -> tuple[Any, ...]:
        return self.function, self.data


def reduced(x: Tensor) -> tuple[Any, ...]:
    """What makes the tensor again, as torch's files and pickles say it: a function and its arguments."""
    array = x._array
    if is_meta(array):
        return _with_kind(x, rebuilding.meta_tensor, (x.dtype, tuple(array.shape), tuple(stride(x)), False))
    if type(array) is not np.ndarray:
        raise RuntimeError(f"torch.save: a tensor inside of vmap has no values of its own ({type(array).__name__})")
    memory, offset = storage(array)
    item = array.itemsize
    if offset % item or memory.size % item or any(s < 0 or s % item for s in array.strides):
        x = x.detach().clone()
        array = x._array
        offset = storage(array)[1]
    untyped = untyped_storage(x)
    if legacy_type(x.dtype) is None:  # a type that came later: the file says it beside the bytes
        place = offset // item, tuple(array.shape), tuple(stride(x))
        return rebuilding.tensor_of_bytes, (untyped, *place, False, _no_hooks(), x.dtype)
    typed = TypedStorage(wrap_storage=untyped, dtype=x.dtype, _internal=True)
    data = typed, offset // item, tuple(array.shape), tuple(stride(x)), False, _no_hooks()
    return _with_kind(x, rebuilding.tensor, data)


def _with_kind(x: Tensor, function: Any, data: tuple[Any, ...]) -> tuple[Any, ...]:
    """`function(*data)`, which makes the values, with what makes them a tensor of this class that requires gradients.

    Whether it does is the fifth of the data of a tensor, the fourth of one of the meta device.
    """
    state = x.__dict__
    if type(x) is Parameter:
        made = _Rebuilt(function, data)
        rest = x.requires_grad, _no_hooks()
        return (
            (rebuilding.parameter_with_state, (made, *rest, state)) if state else (rebuilding.parameter, (made, *rest))
        )
    place = data.index(False, 3)
    data = (*data[:place], x.requires_grad, *data[place + 1 :])
    if type(x) is Tensor and not state:
        return function, data
    return rebuilding.from_type, (function, type(x), data, state)


SPARSE = (SparseArray, CompressedArray)
"""Arrays of tensors that are written as several."""


def reduced_sparse(x: Tensor) -> tuple[Any, ...]:
    """What makes a sparse tensor again: `reduced` for those."""
    from ..sparse import by_rows, showing

    return rebuilding.sparse_tensor, (x.layout, (by_rows if x.is_sparse_csr else showing).parts_of(x))


class Pickler(Python):
    """Writes objects; tensors share what memory they share, which is collected in `memories`, by key."""

    dispatch: ClassVar[dict[Any, Any]] = dict(Python.dispatch)  # pyright: ignore[reportAttributeAccessIssue]

    def __init__(self, file: Any, protocol: int, legacy: bool = False) -> None:
        super().__init__(file, protocol)
        self.memories: dict[str, tuple[Any, dtype]] = {}
        self._legacy = legacy
        self._keys: dict[tuple[int, int], str] = {}

    def persistent_id(self, obj: Any) -> Any:
        """What stands for memory: its type, key, place and length."""
        if isinstance(obj, TypedStorage):
            untyped = obj._untyped_storage
            memory, kind, item = untyped._bytes, legacy_type(obj.dtype), obj.dtype.itemsize
            if kind is None:
                raise KeyError(f"dtype {obj.dtype!r} is not recognized (save the storage with .untyped())")
            key = self._key(memory, obj.dtype)
        elif isinstance(obj, UntypedStorage):
            untyped = obj
            memory, kind, item = untyped._bytes, UntypedStorage, 1
            key = self._key(memory, uint8)
        else:
            return None
        named = ("storage", kind, key, location_tag(untyped), memory.size // item)
        return (*named, None) if self._legacy else named

    def reducer_override(self, obj: Any) -> Any:
        """How tensors and names are written."""
        if isinstance(obj, Tensor) and not is_lazy(obj):  # those have no values, and a form of their own
            return reduced_sparse(obj) if obj._array.__class__ in SPARSE else reduced(obj)
        if isinstance(obj, layout) and not isinstance(obj, memory_format):
            return rebuilding.layout, (repr(obj),)
        return NotImplemented

    def _key(self, memory: Any, kind: dtype) -> str:
        place = memory.__array_interface__["data"][0], memory.size
        key = self._keys.get(place) if memory.size else None
        if key is None:
            key = str(len(self.memories))
            self._keys[place] = key
            self.memories[key] = memory, kind
        elif self.memories[key][1] is not kind:
            raise RuntimeError(
                "Cannot save multiple tensors or storages that view the same data as different types "
                f"({self.memories[key][1]} and {kind}; save a .clone() of one of them)"
            )
        return key

    def save_global(self, obj: Any, name: str | None = None) -> None:
        """Write the name of a function, class or constant: torch's name for those of gradiente."""
        named = torchs_name(obj, name)
        if named is None:
            super().save_global(obj, name)
            return
        if "<" in named[1]:
            raise pickle.PicklingError(f"Can't pickle {obj!r}: it has no name that could be found again")
        self.write(pickle.GLOBAL + "{}\n{}\n".format(*named).encode("utf-8"))  # pyright: ignore
        self.memoize(obj)  # pyright: ignore[reportAttributeAccessIssue]


Pickler.dispatch[FunctionType] = Pickler.save_global

__all__ = ["Pickler", "reduced"]
