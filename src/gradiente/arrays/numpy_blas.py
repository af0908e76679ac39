"""NumPy's own BLAS, for what NumPy has no function for: y ← y + a·x in one pass over the memory.

NumPy's wheels bring OpenBLAS along under names that only they use (`scipy_cblas_…64_`, with 64-bit integers), so it is
the right library with the right interface or none. A NumPy that was built otherwise has none that can be found here;
then callers do with two passes.
"""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Any

import numpy as np

LARGE = 8192
"""Below so many elements two passes of NumPy, which stay in the cache, take less than the call through ctypes."""


@lru_cache(None)
def _function(char: str) -> Any:
    """The function axpy for one type; None where NumPy's BLAS is not found."""
    from pathlib import Path  # loaded when it is needed, as few programs do

    package = Path(np.__file__).parent
    for path in [*package.parent.glob("numpy.libs/*openblas64*"), *package.glob(".dylibs/*openblas64*")]:
        try:
            function = getattr(ctypes.CDLL(str(path)), f"scipy_cblas_{'s' if char == 'f' else 'd'}axpy64_")
        except (OSError, AttributeError):
            continue
        number = ctypes.c_float if char == "f" else ctypes.c_double
        size, pointer = ctypes.c_int64, ctypes.c_void_p
        function.argtypes, function.restype = [size, number, pointer, size, pointer, size], None
        return function
    return None


def add_scaled(y: Any, a: float, x: Any) -> bool:
    """Do y ← y + a·x in place, if it can be done in one pass: large arrays, both laid out in C's order.

    Returns:
        Whether it was done.
    """
    if y.size < LARGE or x.shape != y.shape or x.dtype is not y.dtype or y.dtype.char not in "fd":
        return False
    function = _function(y.dtype.char)
    if function is None or not (y.flags.carray and x.flags.c_contiguous and x.flags.aligned):
        return False
    function(y.size, a, x.ctypes.data, 1, y.ctypes.data, 1)
    return True


__all__ = ["LARGE", "add_scaled"]
