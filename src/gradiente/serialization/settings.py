"""What `save` and `load` do where they are not told otherwise; see also `gradiente.utils.serialization.config`."""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Callable
from enum import Enum
from typing import IO, Any

from ..tensor.devices import device
from ..utils.serialization import config

DEFAULT_PROTOCOL = 2
FileLike = str | os.PathLike[str] | IO[bytes]
MAP_LOCATION = Callable[[Any, str], Any] | device | str | dict[str, str] | None


class LoadEndianness(Enum):
    """The order of bytes of numbers in files that do not say it: this machine's, or one of the two."""

    NATIVE = 1
    LITTLE = 2
    BIG = 3


def get_default_load_endianness() -> LoadEndianness | None:
    """The order that `set_default_load_endianness` set; None, which means little, at first."""
    return config.load.endianness


def set_default_load_endianness(endianness: LoadEndianness | None) -> None:
    """Set the order of bytes that `load` assumes of files that do not say it; TypeError for other things.

    >>> import gradiente as torch
    >>> torch.serialization.set_default_load_endianness(torch.serialization.LoadEndianness.LITTLE)
    >>> torch.serialization.get_default_load_endianness()
    <LoadEndianness.LITTLE: 2>
    >>> torch.serialization.set_default_load_endianness(None)
    """
    if endianness is not None and not isinstance(endianness, LoadEndianness):  # pyright: ignore
        raise TypeError(
            "Invalid argument type in function set_default_load_endianness "
            f"(got {endianness!r}: give a torch.serialization.LoadEndianness, or None)"
        )
    config.load.endianness = endianness


def assumed_order() -> str:
    """The order of bytes of a file that does not say it."""
    chosen = get_default_load_endianness()
    return sys.byteorder if chosen is LoadEndianness.NATIVE else "big" if chosen is LoadEndianness.BIG else "little"


def get_default_mmap_options() -> int | None:
    """`mmap.MAP_PRIVATE` or `mmap.MAP_SHARED`: how `load` maps files with mmap=True."""
    return config.load.mmap_flags


class set_default_mmap_options:
    """Set how `load` maps files with mmap=True, from now on, or inside of a `with` block.

    Args:
        flags: `mmap.MAP_PRIVATE`, the default: changes of the tensors do not reach the file; `mmap.MAP_SHARED`: they
            do, and the file is left without checksums.

    Raises:
        ValueError: other flags.

    Example:
        >>> import mmap
        >>> import gradiente as torch
        >>> with torch.serialization.set_default_mmap_options(mmap.MAP_SHARED):
        ...     torch.serialization.get_default_mmap_options() == mmap.MAP_SHARED
        True
    """

    def __init__(self, flags: int) -> None:
        allowed = [getattr(mmap, name, None) for name in ("MAP_PRIVATE", "MAP_SHARED")]
        if flags not in allowed:
            raise ValueError(
                "Invalid argument in function set_default_mmap_options, expected mmap.MAP_PRIVATE or mmap.MAP_SHARED, "
                f"but got {flags}"
            )
        self.prev = config.load.mmap_flags
        config.load.mmap_flags = flags

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: object) -> None:
        config.load.mmap_flags = self.prev


def get_crc32_options() -> bool:
    """What `set_crc32_options` was given; True at first."""
    return config.save.compute_crc32


def set_crc32_options(compute_crc32: bool) -> None:
    """Keep whether files are to have checksums. They always have, which costs little and finds damage."""
    config.save.compute_crc32 = compute_crc32


class _Skipping:
    """How many blocks of `skip_data` are open."""

    depth: int = 0


_skipping = _Skipping()


class skip_data:
    """Inside of the block, `save` leaves space for the memory of tensors, and `load` leaves it as zeros.

    So a file can be laid out first and filled later, and a model can be made of a file without reading its numbers.

    Args:
        materialize_fake_tensors: kept for torch, whose fake tensors gradiente does not have.

    Example:
        >>> import io
        >>> import gradiente as torch
        >>> file = io.BytesIO()
        >>> torch.save(torch.ones(2), file)
        >>> _ = file.seek(0)
        >>> with torch.serialization.skip_data():
        ...     torch.load(file)
        tensor([0., 0.])
    """

    def __init__(self, materialize_fake_tensors: bool = False) -> None:
        self.materialize_fake_tensors = materialize_fake_tensors

    def __enter__(self) -> None:
        _skipping.depth += 1

    def __exit__(self, *exception: object) -> None:
        _skipping.depth -= 1


def skips_data() -> bool:
    """Whether a block of `skip_data` is open."""
    return _skipping.depth > 0


__all__ = [
    "DEFAULT_PROTOCOL",
    "MAP_LOCATION",
    "FileLike",
    "LoadEndianness",
    "assumed_order",
    "get_crc32_options",
    "get_default_load_endianness",
    "get_default_mmap_options",
    "set_crc32_options",
    "set_default_load_endianness",
    "set_default_mmap_options",
    "skip_data",
    "skips_data",
]
