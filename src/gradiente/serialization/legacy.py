"""Files of the time before PyTorch wrote archives: five pickles, then the memory of the tensors, one after another."""

from __future__ import annotations

import io
import pickle
import sys
from typing import Any

import numpy as np

from ..storage import UntypedStorage
from ..tensor.dtypes import dtype
from . import rebuilding
from .pickling import Pickler
from .settings import assumed_order

MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL_VERSION = 1001


def write(obj: object, file: Any, protocol: int) -> None:
    """Write an object as PyTorch did up to version 1.5."""
    body = io.BytesIO()
    pickler = Pickler(body, protocol, legacy=True)
    pickler.dump(obj)
    sizes = {"short": 2, "int": 4, "long": 4}
    about = {"protocol_version": PROTOCOL_VERSION, "little_endian": sys.byteorder == "little", "type_sizes": sizes}
    for head in (MAGIC_NUMBER, PROTOCOL_VERSION, about):
        file.write(pickle.dumps(head, protocol))
    file.write(body.getvalue())
    file.write(pickle.dumps(list(pickler.memories), protocol))
    for memory, kind in pickler.memories.values():
        file.write((memory.size // kind.itemsize).to_bytes(8, sys.byteorder))
        file.write(memoryview(memory))


class _Ahead:
    """Memory that the pickle speaks of before it is read: allocated, filled by `fill`."""

    def __init__(self, limit: int, restore: Any) -> None:
        self._left = limit
        self._restore = restore
        self._found: dict[str, tuple[Any, dtype | None]] = {}

    def get(self, pid: Any) -> Any:
        """The storage that a pickle means."""
        from .loading import as_described, described

        kind, key, location, numel = described(pid, 6)
        if pid[5] is not None:
            raise rebuilding.Malformed("views of storages, of PyTorch before 0.4, are not supported")
        size = numel * (1 if kind is None else kind.itemsize)
        if key not in self._found:
            self._left -= size
            if self._left < 0:
                raise rebuilding.Malformed(f"storage '{key}' has {size} bytes, more than the file")
            self._found[key] = np.zeros(size, np.uint8), kind
        memory, first = self._found[key]
        if memory.size != size or first is not kind:
            raise rebuilding.Malformed(f"storage '{key}' is described as two different ones")
        return as_described(self._restore(UntypedStorage._around(memory), location), kind)

    def fill(self, keys: Any, data: bytes, at: int, order: str) -> int:
        """Read the memory of each key; returns where it ends."""
        from .loading import swap

        if not isinstance(keys, list) or set(keys) != set(self._found) or len(keys) != len(self._found):
            raise rebuilding.Malformed("the list of storages is not that of the tensors")
        for key in keys:
            memory, kind = self._found[key]
            size = int.from_bytes(data[at : at + 8], order) * (1 if kind is None else kind.itemsize)  # pyright: ignore
            at += 8
            if size != memory.size or at + size > len(data):
                raise rebuilding.Malformed(
                    f"unexpected EOF: storage '{key}' needs {memory.size} bytes, the file has "
                    f"{max(0, min(size, len(data) - at))}. The file might be corrupted."
                )
            memory[...] = np.frombuffer(data, np.uint8, size, at)
            swap(memory, kind, order)
            at += size
        return at


def read(file: Any, restore: Any, only: bool, options: dict[str, Any]) -> Any:
    """Read a file that is no archive."""
    from .loading import unpickle

    start = file.tell()
    data = file.read()
    if not data:
        raise EOFError("Ran out of input: there is nothing in the file")
    at = 0

    def following(persistent: Any) -> Any:
        nonlocal at
        found, at = unpickle(data, at, persistent, only, options)
        return found

    if following(_nothing) != MAGIC_NUMBER:
        raise RuntimeError("Invalid magic number; corrupt file? (It is no file of torch.save)")
    version = following(_nothing)
    if version != PROTOCOL_VERSION:
        raise RuntimeError(f"Invalid protocol version: {version}")
    about = following(_nothing)
    ahead = _Ahead(len(data), restore)
    found = following(ahead.get)
    keys = following(_nothing)
    little = about.get("little_endian") if isinstance(about, dict) else None
    order = assumed_order() if little is None else "little" if little else "big"
    at = ahead.fill(keys, data, at, order)
    file.seek(start + at)  # another object may follow
    return found


def _nothing(pid: Any) -> Any:
    raise rebuilding.Malformed(f"the head of a file has no storages, but this one says {pid!r}")


__all__ = ["MAGIC_NUMBER", "PROTOCOL_VERSION", "read", "write"]
