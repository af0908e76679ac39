"""Memory as elements of a dtype: torch.TypedStorage, which torch keeps for older programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..tensor.core import Tensor
from ..tensor.devices import device as Device
from ..tensor.devices import need_cpu
from ..tensor.dtypes import SCALAR_NAMES, TENSOR_TYPES, get_default_dtype
from ..tensor.dtypes import dtype as Dtype
from ..tensor.shown import ShownAsTorchs
from .conversions import Conversions
from .deprecation import deprecated, warn
from .untyped import UntypedStorage

_FORMS = (
    "\n * (*, torch.device device, torch.dtype dtype)"
    "\n * (int size, *, torch.device device, torch.dtype dtype)"
    "\n * (Sequence data, *, torch.device device, torch.dtype dtype)"
    "\n * (*, UntypedStorage wrap_storage, torch.dtype dtype)"
    "\n"
)


class TypedStorage(Conversions, metaclass=ShownAsTorchs):
    """A piece of memory seen as elements of a dtype. `UntypedStorage` is what torch will keep.

    Args:
        size: how many elements, whose values are not set; or a sequence of numbers, their values.
        device: "cpu" or None.
        dtype: that of the elements; without it the default one.
        wrap_storage: the memory to see, instead of new memory.

    Raises:
        RuntimeError: arguments that exclude each other, or no dtype for the memory to see.
        TypeError: what is no size, sequence or storage.

    Warns:
        UserWarning: it is deprecated; once per process.

    Example:
        >>> import warnings
        >>> import gradiente as torch
        >>> warnings.simplefilter("ignore")
        >>> torch.TypedStorage([1, 2], dtype=torch.int16)
         1
         2
        [torch.storage.TypedStorage(dtype=torch.int16, device=cpu) of size 2]
    """

    __module__ = "gradiente.storage"
    dtype: Dtype
    _untyped_storage: UntypedStorage
    is_sparse: bool = False

    def __init__(
        self,
        *args: Any,
        device: Any = None,
        dtype: Dtype | None = None,
        wrap_storage: UntypedStorage | None = None,
        _internal: bool = False,
    ) -> None:
        if not _internal:
            warn()
        name = "TypedStorage.__init__"
        if wrap_storage is not None:
            wrapped = need_wrapped(name, _FORMS, args, wrap_storage)
            if dtype is None:
                raise RuntimeError(refusal(name, _FORMS, "Argument 'dtype' must be specified"))
            if device is not None:
                raise RuntimeError(
                    refusal(name, _FORMS, "Argument 'device' should not be specified when 'wrap_storage' is given")
                )
            self._untyped_storage = wrapped
        if dtype is not None and not isinstance(dtype, Dtype):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise RuntimeError(f"expected torch.dtype, but got {type(dtype)} (give for example torch.float32)")
        self.dtype = dtype or get_default_dtype()
        if wrap_storage is None:
            need_cpu(device, "TypedStorage")
            self._untyped_storage = memory_for(name, _FORMS, args, self.dtype)

    @property
    def _array(self) -> Any:
        item = self.dtype.itemsize
        return self._untyped_storage._bytes[: len(self._untyped_storage) // item * item].view(self.dtype.numpy)

    @property
    def _cdata(self) -> int:
        return self._untyped_storage._cdata

    def _in(self, dtype: Dtype) -> TypedStorage:
        return copied(self._array, dtype)

    def _need_dtype(self, dtype: Dtype | None, name: str, before: str = "", after: str = "") -> None:
        """Raise torch's error if the elements are of another dtype."""
        if dtype is not None and dtype is not self.dtype:
            raise RuntimeError(
                f"Expected a Storage of type {name} or an UntypedStorage, but got {before}"
                f"{SCALAR_NAMES[self.dtype.name]}{after}"
            )

    def _as_array(self, dtype: Dtype | None) -> Any:
        """The memory as a flat array; torch takes it for the default dtype where none is given."""
        wanted = dtype or get_default_dtype()
        self._need_dtype(wanted, SCALAR_NAMES[wanted.name])
        return self._array

    # -- what it is

    def untyped(self) -> UntypedStorage:
        """The memory as bytes."""
        warn()
        return self._untyped_storage

    @deprecated
    def nbytes(self) -> int:
        """How many bytes it has."""
        return len(self._untyped_storage)

    @deprecated
    def size(self) -> int:
        """How many elements it has."""
        return len(self._untyped_storage) // self.dtype.itemsize

    __len__ = size

    @deprecated
    def element_size(self) -> int:
        """How many bytes an element has."""
        return self.dtype.itemsize

    @deprecated
    def data_ptr(self) -> int:
        """The address of the first element; 0 if there is none."""
        return self._untyped_storage.data_ptr()

    @property
    def device(self) -> Device:
        """Where it lies: the CPU, or the meta device."""
        warn()
        return self._untyped_storage.device

    @property
    def filename(self) -> str | None:
        """The file whose memory it is, if changes reach that file."""
        return self._untyped_storage.filename

    is_cuda: bool = False
    is_hpu: bool = False

    @deprecated
    def get_device(self) -> None:
        """None: it is on no accelerator."""

    @deprecated
    def resizable(self) -> bool:
        """Whether `resize_` can give it another size."""
        return self._untyped_storage.resizable()

    @deprecated
    def is_shared(self) -> bool:
        """Whether child processes that are forked share it."""
        return self._untyped_storage.is_shared()

    @deprecated
    def is_pinned(self, device: Any = "cuda") -> bool:
        """False: without an accelerator there is no pinned memory."""
        return False

    def _nowhere(self) -> TypedStorage:
        return TypedStorage(wrap_storage=self._untyped_storage._nowhere(), dtype=self.dtype, _internal=True)

    def _type_name(self) -> str:
        from .legacy import legacy_type

        found = legacy_type(self.dtype)
        return "torch.storage.TypedStorage" if found is None else f"torch.{found.__name__}"

    @deprecated
    def pickle_storage_type(self) -> str:
        """The name by which files know its type: 'FloatStorage'."""
        return self._pickle_storage_type()

    def _pickle_storage_type(self) -> str:
        from .legacy import legacy_type

        found = legacy_type(self.dtype)
        if found is None:
            raise KeyError(f"dtype {self.dtype!r} is not recognized")
        return found.__name__

    @deprecated
    def __repr__(self) -> str:
        untyped = self._untyped_storage
        values = "..." if untyped._is_meta else " " + "\n ".join(map(str, self._values()))
        head = f"torch.storage.TypedStorage(dtype={self.dtype!r}, device={untyped.device})"
        return f"{values}\n[{head} of size {len(untyped) // self.dtype.itemsize}]"

    @deprecated
    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + len(self._untyped_storage)

    # -- its values

    def _values(self) -> list[Any]:
        array = self._array
        return (array.astype(np.float32) if array.dtype.kind == "V" else array).tolist()

    @deprecated
    def tolist(self) -> list[Any]:
        """The elements as Python numbers."""
        return self._values()

    @deprecated
    def __iter__(self) -> Iterator[Any]:
        return iter(self._values())

    @deprecated
    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            raise RuntimeError("slices are only supported in UntypedStorage.__getitem__ (use .untyped(), or .tolist())")
        if not isinstance(index, int) or isinstance(index, bool):
            kind = TypeError if isinstance(index, bool) else RuntimeError
            raise kind(f"can't index a {type(self)} with {type(index)}")
        array = self._array
        if not -array.size <= index < array.size:
            raise IndexError(f"index {index} out of range for storage of size {array.size}")
        return self._values_at(array[index])

    @staticmethod
    def _values_at(number: Any) -> Any:
        return float(number) if number.dtype.kind == "V" else number.item()

    @deprecated
    def __setitem__(self, index: Any, value: Any) -> None:
        if not isinstance(index, (int, slice)):
            raise RuntimeError(f"can't index a {type(self)} with {type(index)}")
        array = self._array
        if isinstance(index, int) and not -array.size <= index < array.size:
            raise IndexError(f"index {index} is out of bounds for dimension 0 with size {array.size}")
        array[index] = np.asarray(self._number(value)).astype(array.dtype)

    def _number(self, value: Any) -> Any:
        if isinstance(value, Tensor):
            return value._array
        if not isinstance(value, (bool, int, float, complex, np.generic)):
            kind = TENSOR_TYPES.get(self.dtype.name, "Tensor")
            raise TypeError(f"can't assign a {type(value).__name__} to a torch.{kind}")
        return value

    @deprecated
    def fill_(self, value: Any) -> TypedStorage:
        """Set every element to `value`, in place."""
        array = self._array
        array[...] = np.asarray(self._number(value)).astype(array.dtype)
        return self

    @deprecated
    def copy_(self, source: Any, non_blocking: bool | None = None) -> TypedStorage:
        """Take the bytes of another storage, of as many bytes, in place."""
        self._untyped_storage.copy_(source, non_blocking)
        return self

    # -- other memory

    @deprecated
    def clone(self) -> TypedStorage:
        """A copy."""
        return _seen(self._untyped_storage.clone(), self.dtype)

    __copy__ = clone

    @deprecated
    def __deepcopy__(self, memo: dict[Any, Any]) -> TypedStorage:
        copied = _seen(self._untyped_storage.__deepcopy__(memo), self.dtype)
        memo[id(self)] = copied
        return copied

    @deprecated
    def resize_(self, size: int) -> None:
        """Give it so many elements, in place, also for the tensors that look at it."""
        self._untyped_storage.resize_(size * self.dtype.itemsize if isinstance(size, int) else size)

    @deprecated
    def share_memory_(self) -> TypedStorage:
        """Move it to memory that child processes which are forked share."""
        self._untyped_storage.share_memory_()
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _load_from_bytes, (saved(self),)

    # -- where it comes from

    @classmethod
    def from_buffer(cls, *args: Any, dtype: Dtype | None = None, device: Any = None, **keywords: Any) -> TypedStorage:
        """A copy of a buffer's bytes as elements of `dtype`: see `UntypedStorage.from_buffer`."""
        need_cpu(device, "from_buffer")
        wanted = dtype or get_default_dtype()
        return _seen(UntypedStorage.from_buffer(*args, dtype=wanted, **keywords), wanted)

    @classmethod
    def from_file(cls, filename: Any, shared: bool, size: int) -> TypedStorage:
        """The memory of a file, of `size` elements, for classes such as torch.FloatStorage, which know the dtype."""
        if cls is TypedStorage:
            raise RuntimeError("from_file can only be called on derived classes (such as torch.FloatStorage)")
        return _seen(UntypedStorage.from_file(filename, shared, size * cls.dtype.itemsize), cls.dtype)


def _seen(untyped: UntypedStorage, dtype: Dtype) -> TypedStorage:
    """The memory as elements of a dtype, without the warning."""
    return TypedStorage(wrap_storage=untyped, dtype=dtype, _internal=True)


def copied(array: Any, dtype: Dtype) -> TypedStorage:
    """The storage of a copy of these elements in a dtype."""
    warn(4)
    return _of_array(array.astype(dtype.numpy), dtype)


def _of_array(array: Any, dtype: Dtype) -> TypedStorage:
    """The storage of new memory that holds these elements."""
    owner = np.empty(array.nbytes, np.uint8)
    owner.view(dtype.numpy)[...] = array.reshape(-1)
    return _seen(UntypedStorage._around(owner), dtype)


def refusal(name: str, forms: str, what: str) -> str:
    """The text for arguments of a constructor that do not go together."""
    return f"{name} received an invalid combination of arguments. Expected one of:{forms}{what}"


def need_wrapped(name: str, forms: str, args: tuple[Any, ...], given: Any) -> UntypedStorage:
    """The memory that a constructor was given to see."""
    if args:
        raise RuntimeError(refusal(name, forms, "No positional arguments should be given when using 'wrap_storage'"))
    if not isinstance(given, UntypedStorage):
        raise TypeError(refusal(name, forms, f"Argument 'wrap_storage' must be UntypedStorage, but got {type(given)}"))
    return given


def memory_for(name: str, forms: str, args: tuple[Any, ...], dtype: Dtype) -> UntypedStorage:
    """New memory for the elements that a constructor was asked for."""
    if len(args) > 1:
        raise RuntimeError(refusal(name, forms, "Too many positional arguments"))
    if not args:
        return UntypedStorage()
    given = args[0]
    if isinstance(given, int) and not isinstance(given, bool):
        return UntypedStorage(given * dtype.itemsize)
    if not isinstance(given, (list, tuple, range)):
        raise TypeError(refusal(name, forms, f"Argument type not recognized: {type(given)}"))
    return _of_array(np.array(list(given)).astype(dtype.numpy), dtype)._untyped_storage


def saved(storage: Any) -> bytes:
    """The storage as a file of `torch.save`."""
    import io

    from ..serialization import save

    file = io.BytesIO()
    save(storage, file, _use_new_zipfile_serialization=False)
    return file.getvalue()


def _load_from_bytes(b: bytes) -> Any:
    """What `torch.save` wrote: how pickles bring storages back. Only for pickles that you trust, like all of pickle."""
    import io

    from ..serialization import load

    return load(io.BytesIO(b), weights_only=False)


_load_from_bytes.__module__ = TypedStorage.__module__  # where pickles look for it


__all__ = ["TypedStorage", "copied", "memory_for", "need_wrapped", "refusal", "saved"]
