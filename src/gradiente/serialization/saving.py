"""torch.save."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import secrets
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from ..utils.serialization import config
from .archive import Writer
from .pickling import Pickler
from .settings import DEFAULT_PROTOCOL, skips_data


def save(
    obj: object,
    f: str | os.PathLike[str] | IO[bytes],
    pickle_module: Any = pickle,
    pickle_protocol: int = DEFAULT_PROTOCOL,
    _use_new_zipfile_serialization: bool = True,
    _disable_byteorder_record: bool = False,
) -> None:
    """Write an object to a file that PyTorch's and gradiente's `torch.load` read.

    Tensors that share memory share it again when they are loaded, and the whole memory of a view is written: `clone`
    it if that is too much. A file of that name is replaced once the new one is complete: after a crash the old one is
    there.

    Args:
        obj: a tensor, a state_dict, a module, or containers of these, numbers and strings.
        f: a path, or a file that is open for writing in binary mode.
        pickle_module: Python's `pickle`.
        pickle_protocol: the pickle's protocol; `weights_only=True` reads only 2.

    Raises:
        AttributeError: no path and no file.
        RuntimeError: the folder does not exist; two tensors look at one memory with different types.
        ValueError: another pickle module.

    Example:
        >>> import io
        >>> import gradiente as torch
        >>> file = io.BytesIO()
        >>> torch.save({"weight": torch.ones(2)}, file)
        >>> _ = file.seek(0)
        >>> torch.load(file)
        {'weight': tensor([1., 1.])}
    """
    if pickle_module is not pickle:
        raise ValueError(f"torch.save: pickle_module must be Python's pickle, not {pickle_module!r}")
    if isinstance(f, (str, os.PathLike)):
        path = Path(os.fspath(f))
        if not path.parent.is_dir():
            raise RuntimeError(f"Parent directory {path.parent} does not exist.")
        if not os.fspath(f):
            raise RuntimeError("[enforce fail at inline_container.cc:720] . invalid file name: (the path is empty)")
        with replacing(path) as file:
            _write(obj, file, path.stem, pickle_protocol, _use_new_zipfile_serialization, _disable_byteorder_record)
    elif not hasattr(f, "write"):
        raise AttributeError(
            f"expected 'f' to be string, path, or a file-like object with a 'write' attribute (not {type(f).__name__})"
        )
    else:
        _write(obj, f, "archive", pickle_protocol, _use_new_zipfile_serialization, _disable_byteorder_record)


def _write(obj: object, file: Any, folder: str, protocol: int, as_archive: bool, no_order: bool) -> None:
    if not as_archive:
        if skips_data():
            raise RuntimeError(
                "Cannot use skip_data=True with _use_new_zipfile_serialization=False (leave the latter out)"
            )
        from .legacy import write

        write(obj, file, protocol)
        return
    written = io.BytesIO()
    pickler = Pickler(written, protocol)
    pickler.dump(obj)  # before the file is touched: what cannot be pickled leaves it as it was
    with Writer(file, folder or "archive") as archive:
        archive.write("data.pkl", written.getvalue())
        archive.write(".format_version", b"1")
        archive.write(".storage_alignment", str(config.save.storage_alignment).encode())
        if not no_order:
            archive.write("byteorder", sys.byteorder.encode())
        for key, (memory, _) in pickler.memories.items():
            archive.write(f"data/{key}", np.zeros_like(memory) if skips_data() else memory)
        archive.write("version", b"3\n")
        archive.write(".data/serialization_id", secrets.token_hex(20).encode())


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes the place of the one at `path` when the block ends without an error."""
    target = Path(os.path.realpath(path))  # a link stays a link
    try:
        old = target.stat()
    except OSError:
        old = None
    if old is not None and not stat.S_ISREG(old.st_mode):  # /dev/null, a pipe: nothing to keep
        with target.open("wb") as file:
            yield file
        return
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(6)}.tmp")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if old is not None:
            temporary.chmod(stat.S_IMODE(old.st_mode))
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


__all__ = ["replacing", "save"]
