"""torch.load."""

from __future__ import annotations

import mmap as memory_map
import os
import pickle
import sys
import warnings
from collections.abc import Callable
from typing import IO, Any

import numpy as np

from ..storage import TypedStorage, UntypedStorage
from ..tensor.devices import device
from ..tensor.dtypes import dtype, uint8
from ..utils.serialization import config
from . import names
from .allowed import CALLS, user_allowed
from .archive import Reader, is_archive
from .locations import default_restore_location
from .rebuilding import Malformed
from .settings import MAP_LOCATION, assumed_order, get_default_mmap_options, skips_data
from .unpickling import Interpreter, present_name


def load(
    f: str | os.PathLike[str] | IO[bytes],
    map_location: MAP_LOCATION = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:
    """Read what `torch.save` of PyTorch or of gradiente wrote.

    Args:
        f: a path, or a file that is open for reading in binary mode and can be searched.
        map_location: where tensors of other devices go: "cpu", a `torch.device`, a dictionary of places, or a function
            of storage and place that returns the storage, or None for the usual place.
        pickle_module: Python's `pickle`, which implies `weights_only=False`.
        weights_only: True, the default: tensors, containers, numbers, strings, and what `add_safe_globals` allowed;
            anything else that the file names is refused. False: the file can name and call any Python function, so it
            may do anything that you may do. Only for files that you trust.
        mmap: leave the tensors' memory in the file until it is used; `f` must be a path. Changes do not reach the file,
            unless `torch.serialization.set_default_mmap_options` says so. None: as `config.load.mmap` of
            `torch.utils.serialization` says; False at first.
        pickle_load_args: `encoding` and `errors` of strings from Python 2, with weights_only=False.

    Returns:
        What was saved.

    Raises:
        pickle.UnpicklingError: the file names what is not allowed, or is damaged.
        RuntimeError: the archive is damaged, or holds less than it says, or tensors of another device.
        FileNotFoundError, EOFError: there is no file, or nothing in it.

    Example:
        >>> import io
        >>> import gradiente as torch
        >>> file = io.BytesIO()
        >>> torch.save([1, torch.arange(3)], file)
        >>> _ = file.seek(0)
        >>> torch.load(file)
        [1, tensor([0, 1, 2])]
    """
    if pickle_module is not None and weights_only:
        raise RuntimeError("Can not safely load weights when explicit pickle_module is specified")
    if pickle_module not in (None, pickle):
        raise ValueError("torch.load: pickle_module must be Python's pickle")
    only = pickle_module is None if weights_only is None else bool(weights_only)
    if only and pickle_load_args:
        warnings.warn("pickle_load_args only works if `weights_only=False`.", UserWarning, stacklevel=2)
    if mmap is None:
        mmap = config.load.mmap and isinstance(f, (str, os.PathLike))
    if mmap and not isinstance(f, (str, os.PathLike)):
        raise ValueError("f must be a file path in order to use the mmap argument")
    restore = Restoring(map_location)
    if isinstance(f, (str, os.PathLike)):
        with open(f, "r+b" if mmap and _writes_back() else "rb") as file:
            return _read(file, restore, only, bool(mmap), pickle_load_args)
    for method in ("seek", "tell", "read"):
        if not hasattr(f, method):
            raise AttributeError(
                f"'{type(f).__name__}' object has no attribute '{method}'. You can only torch.load from a file that is "
                "seekable. Please pre-load the data into a buffer like io.BytesIO and try to load from it instead."
            )
    return _read(f, restore, only, False, pickle_load_args)


def _writes_back() -> bool:
    """Whether changes of tensors in mapped files reach the file."""
    return get_default_mmap_options() == getattr(memory_map, "MAP_SHARED", -1)


def _read(file: Any, restore: Restoring, only: bool, mapped: bool, options: dict[str, Any]) -> Any:
    if not is_archive(file):
        if mapped:
            raise RuntimeError(
                "mmap can only be used with files saved with `torch.save(_use_new_zipfile_serialization=True)`, please "
                "torch.save your checkpoint with this option in order to use mmap."
            )
        from .legacy import read

        return read(file, restore, only, options)
    archive = Reader(file, mapped, _writes_back())
    try:
        if archive.has("constants.pkl"):
            raise RuntimeError(
                "Cannot use ``weights_only=True`` with TorchScript archives passed to ``torch.load``. (The file is a "
                "program of torch.jit.save, which gradiente cannot run; save the state_dict of the model)"
            )
        memories = _InArchive(archive, restore)
        return unpickle(archive.read("data.pkl"), 0, memories.get, only, options)[0]
    finally:
        archive.close()


def unpickle(
    data: bytes, position: int, persistent: Callable[[Any], Any], only: bool, options: dict[str, Any]
) -> tuple[Any, int]:
    """What the pickle at `position` makes, and where it ends."""
    if only:
        interpreter = Interpreter(data, position, persistent)
        return interpreter.run(), interpreter.position
    from io import BytesIO

    stream = BytesIO(data)
    stream.seek(position)
    found = _Trusting(stream, persistent, options).load()
    return found, stream.tell()


class _Trusting(pickle.Unpickler):
    """Python's unpickler, for which torch's names mean gradiente's objects."""

    def __init__(self, file: Any, persistent: Callable[[Any], Any], options: dict[str, Any]) -> None:
        super().__init__(file, **{"encoding": "utf-8", **options})
        self._persistent = persistent

    def find_class(self, module: str, name: str) -> Any:
        """The object that a file names."""
        if (module + "." + name) in names.FUNCTIONS or module == "torch" or module.startswith("torch."):
            return names.find(module, name)
        return super().find_class(module, name)

    def persistent_load(self, pid: Any) -> Any:
        """The memory that a file names."""
        return self._persistent(pid)


class Restoring:
    """Decides where the memory of each place of a file goes: `map_location`."""

    def __init__(self, given: MAP_LOCATION) -> None:
        self._given = given
        if isinstance(given, (str, device)):
            self._always: str | None = str(given) if isinstance(given, device) else str(device(given))
        else:
            self._always = None
            if given is not None and not isinstance(given, dict) and not callable(given):
                raise TypeError(
                    f"'{type(given).__name__}' object is not callable (map_location must be a device, its name, a "
                    "dictionary of names or a function)"
                )

    def __call__(self, storage: UntypedStorage, place: str) -> UntypedStorage:
        """The storage in its place."""
        if self._always is not None:
            place = self._always
        elif isinstance(self._given, dict):
            place = str(self._given.get(place, place))
        elif self._given is not None:
            found: Any = self._given(storage, place)  # pyright: ignore[reportCallIssue]
            if found is not None:
                return found._untyped_storage
        return default_restore_location(storage, place)


def described(pid: Any, length: int) -> tuple[dtype | None, str, str, int]:
    """Type (None: bytes), key, place and length in elements of what a file calls a storage."""
    if (
        not isinstance(pid, tuple)
        or len(pid) != length
        or pid[0] != "storage"
        or not isinstance(pid[1], type)
        or not issubclass(pid[1], (TypedStorage, UntypedStorage))
        or not all(isinstance(text, str) for text in pid[2:4])
        or type(pid[4]) is not int
        or not 0 <= pid[4] < 2**60
    ):
        raise Malformed(f"Unknown typename for persistent_load: the file describes memory as {pid!r}")
    return getattr(pid[1], "dtype", None), pid[2], pid[3], pid[4]


def as_described(storage: UntypedStorage, kind: dtype | None) -> TypedStorage:
    """The storage as elements of the type that the file says; as torch has it, also bytes are typed then."""
    return TypedStorage(wrap_storage=storage, dtype=kind or uint8, _internal=True)


def swap(memory: Any, kind: dtype | None, order: str) -> None:
    """Turn the bytes of each number around if the file comes from a machine of the other kind."""
    if order != sys.byteorder and kind is not None and kind.itemsize > 1:
        memory.view(f"u{kind.to_real().itemsize}").byteswap(inplace=True)


class _InArchive:
    """The memory of an archive's tensors, each read when it is first asked for."""

    def __init__(self, archive: Reader, restore: Restoring) -> None:
        self._archive = archive
        self._restore = restore
        self._found: dict[str, Any] = {}
        self._order = (
            archive.read("byteorder").decode("ascii", "replace") if archive.has("byteorder") else assumed_order()
        )
        if self._order not in ("little", "big"):
            raise ValueError(f"Unknown endianness type: {self._order!r}")

    def get(self, pid: Any) -> Any:
        """The storage that a pickle means."""
        kind, key, location, numel = described(pid, 5)
        size = numel * (1 if kind is None else kind.itemsize)
        have = self._archive.size(f"data/{key}")
        if have != size:
            raise Malformed(f"storage has wrong byte size: expected {size} got {have} (storage 'data/{key}')")
        if key not in self._found:
            memory = np.zeros(size, np.uint8) if skips_data() else self._archive.memory(f"data/{key}")
            if memory.ctypes.data % 16:
                memory = np.array(memory)
            swap(memory, kind, self._order)
            self._found[key] = memory
        storage = UntypedStorage._around(self._found[key])
        return as_described(self._restore(storage, location), kind)


def get_unsafe_globals_in_checkpoint(f: str | os.PathLike[str] | IO[bytes]) -> list[str]:
    """The names in a file that `weights_only=True` would refuse. Nothing of the file is run.

    Args:
        f: as for `load`.

    Returns:
        The names, sorted.

    Example:
        >>> import io
        >>> import gradiente as torch
        >>> file = io.BytesIO()
        >>> torch.save(torch.nn.ReLU(), file)
        >>> _ = file.seek(0)
        >>> torch.serialization.get_unsafe_globals_in_checkpoint(file)
        ['torch.nn.modules.activation.ReLU']
    """
    if isinstance(f, (str, os.PathLike)):
        with open(f, "rb") as file:
            return get_unsafe_globals_in_checkpoint(file)
    if not is_archive(f):
        raise ValueError("Expected input to be a checkpoint returned by torch.save")
    import pickletools

    archive = Reader(f)
    found: set[str] = set()
    try:
        for code, argument, _ in pickletools.genops(archive.read("data.pkl")):
            if code.name == "GLOBAL":
                found.add(present_name(*str(argument).split(" ", 1)))
    except ValueError as error:
        raise pickle.UnpicklingError(f"the pickle of the file is damaged: {error}") from None
    finally:
        archive.close()
    return sorted(n for n in found if n not in CALLS and n not in names.VALUES and user_allowed(n) is None)


__all__ = ["Restoring", "as_described", "described", "get_unsafe_globals_in_checkpoint", "load", "swap", "unpickle"]
