"""Zip archives as PyTorch lays them out: read with every size checked, and written.

Note [Archives that lie]
------------------------
An archive says how long its entries are before they are read, and a hostile one says anything. So nothing is allocated
before it is certain that the file itself is long enough: entries must be stored as they are (PyTorch never compresses
them), and all of them together cannot be longer than the file. Names of entries are only compared, never opened as
paths.
"""

from __future__ import annotations

import io
import mmap as memory_map
import zipfile
from typing import Any

import numpy as np

from ..utils.serialization import config

_MAGIC = b"PK\x03\x04"
_CORRUPT = (
    "If you are seeing this error, there is a high likelihood that your checkpoint file is corrupted. This can happen "
    "if the checkpoint was not saved properly, was transferred incorrectly, or the file was modified after saving."
)


def is_archive(file: Any) -> bool:
    """Whether a file begins as a zip archive does. It stays where it is."""
    start = file.tell()
    head = file.read(len(_MAGIC))
    file.seek(start)
    return head == _MAGIC


def corrupt(what: str) -> RuntimeError:
    """The error for an archive that cannot be what `save` wrote."""
    return RuntimeError(f"PytorchStreamReader failed reading zip archive: {what}. {_CORRUPT}")


class Reader:
    """The entries of an archive. See Note [Archives that lie]."""

    def __init__(self, file: Any, mapped: bool = False, written_back: bool = False) -> None:
        try:
            self._zip: Any = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError) as error:
            raise corrupt(f"failed finding central directory ({error})") from None
        entries = self._zip.infolist()
        if not entries:
            raise corrupt("there is nothing in it")
        self.folder: str = entries[0].filename.partition("/")[0]
        self._entries: dict[str, Any] = {entry.filename: entry for entry in entries}
        self._file = file
        self._map: Any = None
        self._check(entries)
        if mapped:
            access = memory_map.ACCESS_WRITE if written_back else memory_map.ACCESS_COPY
            self._map = memory_map.mmap(file.fileno(), 0, access=access)
            if written_back:
                self._drop_checksums(entries)

    def _check(self, entries: list[Any]) -> None:
        length = self._file.seek(0, io.SEEK_END)
        if len(self._entries) != len(entries):
            raise corrupt("several entries have the same name")
        for entry in entries:
            if entry.flag_bits & 1:
                raise corrupt(f"entry '{entry.filename}' is encrypted")
            if entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size:
                raise corrupt(
                    f"entry '{entry.filename}' is compressed, which PyTorch does not do ({entry.file_size} bytes were "
                    f"made {entry.compress_size}); unpack the archive, and pack it again without compression"
                )
            if not entry.CRC:  # torch was told to write no checksums
                entry.CRC = None
        total = sum(entry.file_size for entry in entries)
        if total > length:
            raise corrupt(f"its entries have {total} bytes, the file has {length}")

    def _drop_checksums(self, entries: list[Any]) -> None:
        """Say in the file that there are none: its contents may change. Source: PKWARE, APPNOTE.TXT, 4.3.7, 4.3.12."""
        at = self._zip.start_dir
        for entry in entries:
            self._map[entry.header_offset + 14 : entry.header_offset + 18] = bytes(4)
            self._map[at + 16 : at + 20] = bytes(4)
            at += 46 + sum(int.from_bytes(self._map[at + i : at + i + 2], "little") for i in (28, 30, 32))

    def names(self) -> list[str]:
        """The names of all entries, without that of their folder."""
        return [name.partition("/")[2] for name in self._entries]

    def has(self, name: str) -> bool:
        """Whether there is such an entry."""
        return f"{self.folder}/{name}" in self._entries

    def size(self, name: str) -> int:
        """How many bytes an entry has."""
        return self._entry(name).file_size

    def _entry(self, name: str) -> Any:
        found = self._entries.get(f"{self.folder}/{name}")
        if found is None:
            raise RuntimeError(
                f"PytorchStreamReader failed locating file {name}: file not found (The archive has "
                f"{len(self._entries)} entries under '{self.folder}/'; was it written by torch.save?)"
            )
        return found

    def read(self, name: str) -> bytes:
        """An entry's bytes."""
        return self.memory(name, mapped=False).tobytes()

    def memory(self, name: str, mapped: bool = True) -> Any:
        """An entry's bytes as an array that may be written to."""
        entry = self._entry(name)
        if mapped and self._map is not None:
            return self._mapped(entry)
        out = np.empty(entry.file_size, np.uint8)
        rest = memoryview(out)  # pyright: ignore[reportArgumentType] - an array is a buffer
        try:
            with self._zip.open(entry) as stream:
                while rest:
                    count = stream.readinto(rest)
                    if not count:
                        raise corrupt(f"entry '{entry.filename}' ends too early")
                    rest = rest[count:]
                stream.read(1)  # the end: the checksum is compared
        except (zipfile.BadZipFile, EOFError, ValueError, OSError, NotImplementedError) as error:
            raise corrupt(f"entry '{entry.filename}': {error}") from None
        return out

    def _mapped(self, entry: Any) -> Any:
        """An entry's part of the file's memory; changes of it do not reach the file."""
        at = entry.header_offset
        header = self._map[at : at + 30]
        if header[:4] != _MAGIC:
            raise corrupt(f"entry '{entry.filename}' has no header")
        at += 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        if at + entry.file_size > len(self._map):
            raise corrupt(f"entry '{entry.filename}' ends after the file")
        return np.frombuffer(self._map, np.uint8, entry.file_size, at)

    def close(self) -> None:
        """Close the archive, not its file. Mapped memory stays."""
        self._zip.close()


class Writer:
    """Writes an archive into a file that is open for writing."""

    def __init__(self, file: Any, folder: str) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
        self._folder = folder

    def write(self, name: str, content: Any) -> None:
        """Add an entry of these bytes; they begin at a multiple of the alignment."""
        view = memoryview(content)
        entry = zipfile.ZipInfo(f"{self._folder}/{name}")
        entry.file_size = view.nbytes
        long = view.nbytes * 1.05 > zipfile.ZIP64_LIMIT  # then the header has 20 bytes more
        start = self._zip.start_dir + 30 + len(entry.filename.encode()) + 20 * long
        gap = -(start + 4) % config.save.storage_alignment
        entry.extra = b"FB" + gap.to_bytes(2, "little") + b"Z" * gap
        with self._zip.open(entry, "w", force_zip64=long) as stream:
            stream.write(view)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        """Write the list of the entries; after an error, nothing more."""
        if kind is not None:
            self._zip.fp = None
        self._zip.close()


__all__ = ["Reader", "Writer", "corrupt", "is_archive"]
