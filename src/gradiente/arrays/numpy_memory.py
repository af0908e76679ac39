"""Where the memory of large arrays comes from.

Note [Freed memory is kept]
---------------------------
The C library of Linux (glibc) gives large blocks back to the system when they are freed. The next array of that size
gets new pages, which the system fills with zeros one page fault at a time; for elementwise operations that takes longer
than the arithmetic. But glibc learns: when a block of up to 32 MB is freed, blocks of that size come from the process's
own memory from then on, of which up to twice that size is kept when it is free. So one block of nearly 32 MB is
allocated and freed at the start; no page of it is touched. Up to 64 MB of free memory then stay with the process; what
it needs at most is not more than before.

Whoever sets glibc's thresholds himself (MALLOC_TRIM_THRESHOLD_ and others, see mallopt(3)) has switched this learning
off, and his settings hold. Other C libraries have other ways, and see nothing but a block that comes and goes.
"""

from __future__ import annotations

import numpy as np

_LARGEST = 32 * 2**20 - 2**16
"""Bytes; glibc learns from blocks of up to 32 MB, what it adds to them counted."""


def keep_freed_memory() -> None:
    """Let the C library keep freed blocks for the next arrays; see the note above."""
    np.empty(_LARGEST, np.uint8)


__all__ = ["keep_freed_memory"]
