"""Memory as bytes: torch.UntypedStorage."""

from __future__ import annotations

import mmap as memory_map
import os
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arrays.batched_errors import NO_DATA
from ..arrays.meta import Nowhere, nowhere, without_values
from ..arrays.numpy_indexing import copied_with_memory
from ..tensor import memory
from ..tensor.devices import CPU, META, is_on_meta, need_place
from ..tensor.devices import device as Device
from ..tensor.dtypes import dtype as Dtype
from ..tensor.dtypes import int64
from ..tensor.shown import ShownAsTorchs
from .conversions import Conversions
from .sources import bytes_of, bytes_of_buffer, bytes_of_file, is_int, kind, not_negative, whole_slice

if TYPE_CHECKING:
    from .typed import TypedStorage

_FORMS = (
    " * (*, int allocator = None, torch.device device = None)\n"
    " * (int size, *, int allocator = None, torch.device device = None)\n"
    " * (object sequence, *, int allocator = None, torch.device device = None)\n"
)


class UntypedStorage(Conversions, metaclass=ShownAsTorchs):
    """A piece of memory: the bytes that a tensor and all its views share.

    `tensor.untyped_storage()` gives that of a tensor, the same object for all its views. Values that are written to
    it are seen by them; autograd notices nothing of it.

    Args:
        size: how many bytes, whose values are not set; or a sequence of integers, their values.
        device: "cpu", "meta" or None.

    Raises:
        RuntimeError: a negative size, or what is no sequence of integers.
        TypeError: other arguments.

    Example:
        >>> import gradiente as torch
        >>> x = torch.arange(6.0)
        >>> x.untyped_storage() is x[2:].untyped_storage(), x.untyped_storage().nbytes()
        (True, 24)
        >>> torch.UntypedStorage([1, 2])
         1
         2
        [torch.storage.UntypedStorage(device=cpu) of size 2]
    """

    __module__ = "gradiente.storage"
    _owner: Any
    _record: memory.Record

    def __new__(cls, *args: Any, device: Any = None, **others: Any) -> UntypedStorage:
        """New memory."""
        if others or len(args) > 1:
            given = [kind(a) for a in args] + [f"{name}={kind(a)}" for name, a in others.items()]
            ending = ", " if others else ""
            raise TypeError(
                f"torch.UntypedStorage() received an invalid combination of arguments - got ({', '.join(given)}"
                f"{ending}), but expected one of:\n{_FORMS}"
            )
        need_place(device, "torch.UntypedStorage")
        if is_on_meta(device):
            length = not_negative(int(args[0])) if args and is_int(args[0]) else bytes_of(*args or ([],)).size
            return cls._around(nowhere(length))
        return cls._around(bytes_of(args[0]) if args else np.zeros(0, np.uint8))

    def __init__(self, *args: Any, **keywords: Any) -> None:
        pass

    @classmethod
    def _around(cls, owner: Any) -> Any:
        """The storage of the memory that an array owns."""
        record = memory.record_of(owner)
        found = None if record.storage is None else record.storage()
        if found is None:
            found = object.__new__(cls)
            found._owner, found._record = owner, record
            record.storage = weakref.ref(found)
        return found

    @property
    def _bytes(self) -> Any:
        if self._is_meta:
            raise NotImplementedError(NO_DATA)
        return memory.whole(self._owner)[0][: self._record.nbytes]

    @property
    def _is_meta(self) -> bool:
        return isinstance(self._owner, Nowhere)

    @property
    def _untyped_storage(self) -> UntypedStorage:
        return self

    # -- as an array

    @staticmethod
    def _need_dtype(dtype: Dtype | None, name: str, before: str = "", after: str = "") -> None:
        """Bytes are elements of any dtype."""

    def _as_array(self, dtype: Dtype | None) -> Any:
        """The memory as a flat array; without a dtype torch takes it for int64."""
        kind = (dtype or int64).numpy
        return self._seen(kind, 0, (len(self) // kind.itemsize,), (1,))

    def _seen(self, kind: Any, start: int, sizes: tuple[int, ...], strides: tuple[int, ...]) -> Any:
        """The memory as an array of these sizes and strides, in elements; it grows if it is too small."""
        if len(sizes) != len(strides):
            raise RuntimeError(f"unequal size length ({len(sizes)}) and stride length ({len(strides)})")
        if start < 0:
            raise RuntimeError(f"Tensor: invalid storage offset {start}")
        if any(n < 0 for n in sizes):
            raise RuntimeError(f"numel: integer multiplication overflow (negative size in {list(sizes)})")
        if any(s < 0 for s in strides):
            raise RuntimeError(
                f"Storage size calculation overflowed with sizes={list(sizes)} and strides={list(strides)} "
                "(strides must not be negative)"
            )
        if self._is_meta:
            item = kind.itemsize
            return without_values(sizes, kind, tuple([s * item for s in strides]), self._owner, start * item)
        if 0 in sizes:
            return memory.whole(self._owner)[0][:0].view(kind).reshape(sizes)
        end = start + 1 + sum((n - 1) * s for n, s in zip(sizes, strides, strict=True))
        if end * kind.itemsize > len(self):
            self.resize_(end * kind.itemsize)
        whole = memory.whole(self._owner)[0]
        return np.ndarray(sizes, kind, whole, start * kind.itemsize, tuple([s * kind.itemsize for s in strides]))

    def _in(self, dtype: Dtype) -> TypedStorage:
        from .typed import copied

        return copied(self._bytes, dtype)

    def _type_name(self) -> str:
        return "torch.storage.UntypedStorage"

    def _nowhere(self) -> UntypedStorage:
        return self._around(nowhere(len(self)))

    # -- what it is

    def nbytes(self) -> int:
        """How many bytes it has."""
        return self._record.nbytes

    def size(self) -> int:
        """How many bytes it has."""
        return self._record.nbytes

    def element_size(self) -> int:
        """1: its elements are bytes."""
        return 1

    def data_ptr(self) -> int:
        """The address of the first byte; 0 if there is none."""
        return self._bytes.__array_interface__["data"][0] if self._record.nbytes and not self._is_meta else 0

    @property
    def _cdata(self) -> int:
        """A number that this storage has and no other one that lives."""
        return id(self)

    @property
    def device(self) -> Device:
        """Where it lies: on the CPU, or nowhere, on the meta device."""
        return META if self._is_meta else CPU

    @property
    def filename(self) -> str | None:
        """The file whose memory it is, if changes reach that file."""
        return self._record.file

    is_cuda: bool = False
    is_sparse: bool = False
    is_sparse_csr: bool = False
    is_hpu: bool = False

    def get_device(self) -> None:
        """None: it is on no accelerator."""

    def resizable(self) -> bool:
        """Whether `resize_` can give it another size: not for that of a file."""
        return self._record.resizable

    def is_shared(self) -> bool:
        """Whether child processes that are forked see changes of it, and changes of theirs are seen here."""
        return self._record.shared

    def is_pinned(self, device: Any = "cuda") -> bool:
        """False: without an accelerator there is no pinned memory."""
        return False

    def __len__(self) -> int:
        return self._record.nbytes

    def __repr__(self) -> str:
        values = "..." if self._is_meta else " " + "\n ".join(map(str, self.tolist()))
        return f"{values}\n[{self.type()}(device={self.device}) of size {len(self)}]"

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + len(self)

    # -- its values

    def tolist(self) -> list[int]:
        """The bytes as integers."""
        return self._bytes.tolist()

    def __iter__(self) -> Iterator[int]:
        return iter(self.tolist())

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return self._around(memory.apart(self._bytes[whole_slice(index, len(self))]))
        if not is_int(index):
            raise TypeError(f"can't index a torch.UntypedStorage with {type(index).__name__}")
        if not -len(self) <= index < len(self):
            raise IndexError(f"index {index} out of range for storage of size {len(self)}")
        return int(self._bytes[index])

    def __setitem__(self, index: Any, value: Any) -> None:
        if not isinstance(value, int):
            raise RuntimeError(
                f"can only set storage content with a int types, but got {kind(value)} instead (a number from 0 to 255)"
            )
        if isinstance(index, slice):
            self._bytes[whole_slice(index, len(self))] = value & 255
            return
        if not is_int(index):
            raise RuntimeError(f"can't index a torch.UntypedStorage with {type(index).__name__}")
        if not -len(self) <= index < len(self):
            raise RuntimeError(f"out of bounds (index {index} of a storage of size {len(self)})")
        self._bytes[index] = value & 255

    def fill_(self, value: int) -> UntypedStorage:
        """Set every byte to `value` (modulo 256), in place."""
        if not isinstance(value, int):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise RuntimeError(f"fill_ expects int, but got {type(value).__name__}")
        self._bytes[...] = value & 255
        return self

    def copy_(self, source: Any, non_blocking: bool | None = None) -> UntypedStorage:
        """Take the bytes of another storage, untyped or typed, of the same length, in place."""
        found = getattr(source, "_untyped_storage", source)
        if not isinstance(found, UntypedStorage):
            raise TypeError(f"copy_(): argument 'src' (position 1) must be torch.Storage, not {type(source).__name__}")
        if len(found) != len(self):
            raise RuntimeError(f"size does not match, self was {len(self)} bytes but src was {len(found)} bytes")
        if not self._is_meta:
            self._bytes[...] = found._bytes
        return self

    def byteswap(self, dtype: Dtype) -> None:
        """Turn the bytes of each element of the given dtype around, in place."""
        self._bytes.view(f"u{dtype.to_real().itemsize}").byteswap(inplace=True)

    # -- other memory

    def clone(self) -> UntypedStorage:
        """A copy."""
        return self._nowhere() if self._is_meta else self._around(self._bytes.copy())

    def __copy__(self) -> UntypedStorage:
        return self.clone()

    def __deepcopy__(self, memo: dict[Any, Any]) -> UntypedStorage:
        """A copy that is the storage of the copies of the tensors that have this one."""
        copied = memo.get(id(self))
        if copied is None:
            copied = memo[id(self)] = self._around(memory.owner_of(copied_with_memory(self._owner, memo)))
        return copied

    def __reduce__(self) -> tuple[Any, ...]:
        return UntypedStorage, (self._bytes.tobytes(),)

    def new(self) -> UntypedStorage:
        """An empty storage."""
        return type(self)()

    def untyped(self) -> UntypedStorage:
        """Itself."""
        return self

    def resize_(self, size: int) -> UntypedStorage:
        """Give it so many bytes, in place, also for the tensors that look at it; new bytes are 0.

        A smaller storage keeps its memory, so that tensors which reach beyond its end still have their values.
        """
        if not is_int(size):
            raise RuntimeError(f"resize_ expects an int, but got {type(size).__name__}")
        if not self._record.resizable:
            raise RuntimeError("Trying to resize storage that is not resizable (it is the memory of a file: clone it)")
        size = not_negative(int(size))
        if not self._is_meta and size > memory.whole(self._owner)[0].size:
            grown = np.zeros(size, np.uint8)
            grown[: len(self)] = self._bytes
            self._move(grown)
        self._record.nbytes = size
        return self

    def _move(self, target: Any) -> None:
        memory.move(self._owner, target, self._record)
        self._owner = target

    def share_memory_(self) -> UntypedStorage:
        """Move it, with the tensors that look at it, to memory that child processes which are forked share."""
        if self._is_meta:
            raise RuntimeError("_share_fd_: only available on CPU (this storage is on the meta device)")
        if not self._record.shared:
            moved = np.frombuffer(memory_map.mmap(-1, max(len(self), 1)), np.uint8, len(self))
            moved[...] = self._bytes
            self._move(moved)
            self._record.shared = True
        return self

    # -- where it comes from

    @classmethod
    def _new_shared(cls, size: int, *, device: Any = "cpu") -> UntypedStorage:
        """New memory that child processes which are forked share."""
        return cls(size, device=device).share_memory_()

    @classmethod
    def from_buffer(
        cls,
        buffer: Any,
        byte_order: str | None = None,
        count: int = -1,
        offset: int = 0,
        dtype: Dtype | None = None,
    ) -> UntypedStorage:
        """A copy of a buffer's bytes, which are elements of `dtype` in the given order.

        Args:
            buffer: bytes, a bytearray or the like.
            byte_order: "little", "big" or "native"; needed for elements of several bytes.
            count: how many elements; all if negative.
            offset: how many bytes are skipped.
            dtype: what the bytes are elements of.

        Raises:
            RuntimeError: the dtype or the order is missing.
            TypeError: no buffer.
            ValueError: the buffer is too short, or its length no multiple of the element's.

        Example:
            >>> import gradiente as torch
            >>> torch.UntypedStorage.from_buffer(b"ab", dtype=torch.uint8).tolist()
            [97, 98]
        """
        return cls._around(bytes_of_buffer(buffer, byte_order, count, offset, dtype))

    @classmethod
    def from_file(cls, filename: str | os.PathLike[str], shared: bool = False, nbytes: int = 0) -> UntypedStorage:
        """The first bytes of a file as memory, read when they are used.

        Args:
            filename: the file.
            shared: whether changes reach the file, which is made, or made longer, if need be.
            nbytes: how many bytes.

        Raises:
            RuntimeError: there is no such file, or it is too short.

        Example:
            >>> import tempfile
            >>> import gradiente as torch
            >>> with tempfile.NamedTemporaryFile() as file:
            ...     storage = torch.UntypedStorage.from_file(file.name, True, 3).fill_(65)
            ...     file.read()
            b'AAA'
        """
        made: UntypedStorage = cls._around(bytes_of_file(os.fspath(filename), shared, nbytes))
        made._record.shared, made._record.resizable = nbytes > 0, nbytes == 0
        made._record.file = os.fspath(filename) if shared and nbytes else None
        return made


__all__ = ["UntypedStorage"]
