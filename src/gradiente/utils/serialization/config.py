"""The settings of `torch.save` and `torch.load`: `config.load.mmap = True` and the like.

`load.mmap`: whether files are mapped into memory where `mmap` is not given. `load.endianness`: the order of bytes of
files that do not say it. `load.mmap_flags`: `mmap.MAP_PRIVATE`, or `MAP_SHARED`, with which changes of the tensors
reach the file. `save.compute_crc32`: kept; checksums are always written. `save.storage_alignment`: at which multiples
of bytes the memory of tensors begins in a file.
"""

from __future__ import annotations

import mmap as _mmap
from typing import Any


class load:
    """What `torch.load` does."""

    mmap: bool = False
    endianness: Any = None
    mmap_flags: int | None = getattr(_mmap, "MAP_PRIVATE", None)
    calculate_storage_offsets: bool = False


class save:
    """What `torch.save` does."""

    compute_crc32: bool = True
    use_pinned_memory_for_d2h: bool = False
    storage_alignment: int = 64


__all__ = ["load", "save"]
