"""`torch.PyTorchFileReader`: the entries of a file that `torch.save` wrote, by their names."""

from __future__ import annotations

import os
from typing import Any

from .archive import Reader, corrupt, is_archive


class PyTorchFileReader:
    """Reads single entries of a file that `torch.save` wrote.

    Args:
        name_or_buffer: the path, or an open binary file.

    Raises:
        RuntimeError: there is no such file, or it is no archive of `torch.save`'s.

    Example:
        >>> import io
        >>> import gradiente as torch
        >>> file = io.BytesIO()
        >>> torch.save([1, 2], file)
        >>> reader = torch.PyTorchFileReader(file)
        >>> reader.has_record("data.pkl"), reader.get_record("byteorder")
        (True, b'little')
    """

    def __init__(self, name_or_buffer: Any) -> None:
        self._file: Any = name_or_buffer
        self._opened = not hasattr(name_or_buffer, "read")
        if self._opened:
            try:
                self._file = open(name_or_buffer, "rb")  # noqa: SIM115 - closed when the reader goes
            except OSError as error:
                raise RuntimeError(
                    f"open file failed because of errno {error.errno} on fopen: {error.strerror}, file path: "
                    f"{name_or_buffer}"
                ) from None
        self._file.seek(0)
        if not is_archive(self._file):
            raise corrupt("not a ZIP archive")
        self._reader = Reader(self._file)

    def __del__(self) -> None:
        if self._opened and not isinstance(self._file, (str, bytes, os.PathLike)):
            self._file.close()

    def get_all_records(self) -> list[str]:
        """The names of all entries."""
        return self._reader.names()

    def has_record(self, name: str) -> bool:
        """Whether there is an entry of that name."""
        return self._reader.has(name)

    def get_record(self, name: str) -> bytes:
        """The bytes of an entry. RuntimeError: there is none of that name."""
        return self._reader.read(name)

    def get_record_size(self, name: str) -> int:
        """How many bytes an entry has. RuntimeError: there is none of that name."""
        return self._reader.size(name)

    def serialization_id(self) -> str:
        """What tells the contents of this file from those of others; "" if nothing does."""
        return self._reader.read(_ID).decode() if self._reader.has(_ID) else ""


_ID = ".data/serialization_id"

__all__ = ["PyTorchFileReader"]
