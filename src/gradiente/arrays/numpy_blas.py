"""NumPy's own BLAS and LAPACK, for what NumPy has no function for: y ← y + a·x, triangular systems, exchanges, threads.

NumPy's wheels bring OpenBLAS along under names that only they use (`scipy_cblas_…64_`, with 64-bit integers), so it is
the right library with the right interface or none. A NumPy that was built otherwise has none that can be found here;
then callers do without: each function says whether it did what it was asked for.
"""

from __future__ import annotations

import ctypes
import os
from functools import lru_cache
from typing import Any

import numpy as np

LARGE = 8192
"""Below so many elements two passes of NumPy, which stay in the cache, take less than the call through ctypes."""

_SIZE, _POINTER, _FLAG = ctypes.c_int64, ctypes.c_void_p, ctypes.c_int
_TYPES = {"f": "s", "d": "d", "F": "c", "D": "z"}
_REAL = {"f": ctypes.c_float, "d": ctypes.c_double}


@lru_cache(None)
def _library() -> Any:
    """NumPy's OpenBLAS; None where there is none."""
    from pathlib import Path  # loaded when it is needed, as few programs do

    package = Path(np.__file__).parent
    for path in [*package.parent.glob("numpy.libs/*openblas64*"), *package.glob(".dylibs/*openblas64*")]:
        try:
            library = ctypes.CDLL(str(path))
            library.scipy_cblas_daxpy64_  # noqa: B018 - an AttributeError where it is another
        except (OSError, AttributeError):
            continue
        return library
    return None


@lru_cache(None)
def _function(name: str, *types: Any) -> Any:
    """One function, of arguments of these types; None where it is not found."""
    function = getattr(_library(), f"scipy_{name}64_", None)
    if function is not None:
        function.argtypes, function.restype = types, None
    return function


def threads() -> int:
    """How many threads products of matrices are computed in; 0 if it is not known."""
    function = getattr(_library(), "scipy_openblas_get_num_threads64_", None)
    return 0 if function is None else int(function())


def set_threads(count: int) -> bool:
    """Compute products of matrices in so many threads, but not in more than there are processors.

    Returns:
        Whether it was done.
    """
    function = _function("openblas_set_num_threads", _FLAG)
    if function is None:
        return False
    function(min(count, os.cpu_count() or 1))
    return True


def add_scaled(y: Any, a: float, x: Any) -> bool:
    """Do y ← y + a·x in place, if it can be done in one pass: large arrays, both laid out in C's order.

    Returns:
        Whether it was done.
    """
    if y.size < LARGE or x.shape != y.shape or x.dtype is not y.dtype or y.dtype.char not in "fd":
        return False
    kind = y.dtype.char
    function = _function(f"cblas_{_TYPES[kind]}axpy", _SIZE, _REAL[kind], _POINTER, _SIZE, _POINTER, _SIZE)
    if function is None or not (y.flags.carray and x.flags.c_contiguous and x.flags.aligned):
        return False
    function(y.size, a, x.ctypes.data, 1, y.ctypes.data, 1)
    return True


_ROWS, _LEFT, _UPPER, _LOWER, _AS_IT_IS, _TRANSPOSED, _GIVEN, _ONES = 101, 141, 121, 122, 111, 112, 131, 132


def eliminate(a: Any, x: Any, upper: bool, unit: bool) -> bool:
    """Do x ← a⁻¹ x in place, for batches of triangular matrices a and of x in C's order; `unit`: a's diagonal is ones.

    Returns:
        Whether it was done.
    """
    given = _triangular(x.dtype.char) if a.dtype is x.dtype and x.flags.carray else None
    if given is None:
        return False
    if not x.size:
        return True
    function, alpha, _ = given
    n, width = x.shape[-2:]
    form, row = _AS_IT_IS, _row(a)
    if row is None:
        form, row = _TRANSPOSED, _row(a.mT)
    if row is None:
        a = np.ascontiguousarray(a)
        form, row = _AS_IT_IS, n
    triangle = _LOWER if upper == (form == _TRANSPOSED) else _UPPER  # as it lies in the memory
    flags = (_ROWS, _LEFT, triangle, form, _ONES if unit else _GIVEN, n, width, alpha)
    start = x.ctypes.data
    if x.ndim == 2:
        function(*flags, a.ctypes.data, row, start, width)
        return True
    step = n * width * x.itemsize
    for i, place in enumerate(_places(np.broadcast_to(a, (*x.shape[:-2], n, n)))):
        function(*flags, place, row, start + i * step, width)
    return True


@lru_cache(None)
def _triangular(kind: str) -> tuple[Any, Any, Any] | None:
    """BLAS's function for one type, its factor 1 and the array that holds this, if it has to be in the memory."""
    if kind not in _TYPES:
        return None
    number = _REAL.get(kind, _POINTER)
    types = (*[_FLAG] * 5, _SIZE, _SIZE, number, _POINTER, _SIZE, _POINTER, _SIZE)
    function = _function(f"cblas_{_TYPES[kind]}trsm", *types)
    one = np.ones((), kind)
    return None if function is None else (function, 1.0 if number is not _POINTER else one.ctypes.data, one)


def _row(a: Any) -> int | None:
    """The distance of the rows of matrices in elements, if those of a row lie side by side."""
    row, column = a.strides[-2:]
    size = a.itemsize
    return row // size if column == size and row % size == 0 and row >= a.shape[-1] * size else None


def _places(a: Any) -> list[int]:
    """Where in the memory each matrix of a batch begins."""
    places = np.full((), a.ctypes.data)
    for n, stride in zip(a.shape[:-2], a.strides, strict=False):
        places = places[..., None] + np.arange(n) * stride
    return places.reshape(-1).tolist()


def factor(x: Any, exchanges: Any) -> bool:
    """Do x ← LU factors of the matrix x as LAPACK packs them, exchanges ← the rows that each step exchanged, from 1.

    Returns:
        Whether it was done.
    """
    kind = x.dtype.char
    function = _function(f"{_TYPES[kind]}getrf_", *[_POINTER] * 6) if kind in _TYPES else None
    if function is None or not x.size:
        return False
    columns = x.T.copy()  # in memory, the matrix by columns
    n, m = columns.shape
    pivots = np.empty(min(m, n), np.int64)
    sizes = np.array([m, n, m, 0], np.int64)
    at = [sizes.ctypes.data + 8 * i for i in range(4)]
    function(at[0], at[1], columns.ctypes.data, at[2], pivots.ctypes.data, at[3])
    x[...], exchanges[...] = columns.T, pivots
    return True


def exchanged(partners: Any) -> Any:
    """The numbers 0 … n after each place i < n has been exchanged with the place partners[i], in turn; None: not done.

    These are LAPACK's exchanges of rows, of a matrix of one column.
    """
    n = len(partners) + 1
    kind = "s" if n <= 2**24 else "d"  # whole numbers, exactly
    function = _function(f"{kind}laswp_", *[_POINTER] * 7)
    if function is None:
        return None
    order = np.arange(n, dtype="f" if kind == "s" else "d")
    pivots = partners.astype(np.int64)
    pivots += 1
    sizes = np.array([1, n, n - 1], np.int64)
    one, size, last = [sizes.ctypes.data + 8 * i for i in range(3)]
    function(one, order.ctypes.data, size, one, last, pivots.ctypes.data, one)
    return order


__all__ = ["LARGE", "add_scaled", "eliminate", "exchanged", "factor", "set_threads", "threads"]
