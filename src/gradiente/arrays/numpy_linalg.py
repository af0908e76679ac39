"""Linear algebra of the array vocabulary's extras, for NumPy arrays: all functions take batches of matrices.

What NumPy lacks (triangular systems, LU factors, the exponential of a matrix) is computed here by blocks or by scaling,
so that the work is done by products of matrices. 16-bit types are computed in 32 bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import numpy as np

from . import numpy_blas

Array = Any

NAMES = (
    "cholesky",
    "cofactor",
    "det",
    "eig",
    "eigh",
    "inv",
    "lu_factor",
    "matrix_exp",
    "need_phase",
    "permutation",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_triangular",
    "svd",
)
"""The extras that stand here."""

BLOCK = 32  # up to this size, rows are eliminated one by one


def _in_32_bits(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` for 16-bit operands too, computed in 32 bits and rounded once; NaN and infinity arise in silence."""

    @wraps(function)
    def call(*arrays: Any, **static: Any) -> Any:
        dtype = arrays[0].dtype
        if dtype.itemsize != 2:
            with np.errstate(all="ignore"):
                return function(*arrays, **static)
        with np.errstate(all="ignore"):
            out = function(*[a.astype(np.float32) if isinstance(a, np.ndarray) else a for a in arrays], **static)
        if isinstance(out, tuple):
            return tuple([o.astype(dtype) if o.dtype == np.float32 else o for o in out])
        return out.astype(dtype) if out.dtype == np.float32 else out

    return call


@_in_32_bits
def inv(x: Array) -> Array:
    """The inverse of square matrices."""
    return np.linalg.inv(x)


@_in_32_bits
def solve(a: Array, b: Array) -> Array:
    """The solution of a @ x = b, for square matrices a and matrices b; the batches are broadcast."""
    return np.linalg.solve(a, b)


@_in_32_bits
def det(x: Array) -> Array:
    """The determinant of square matrices."""
    return np.asarray(np.linalg.det(x), dtype=x.dtype)


@_in_32_bits
def slogdet(x: Array) -> tuple[Array, Array]:
    """The sign of the determinant (of modulus 1) and the logarithm of its modulus."""
    sign, logarithm = np.linalg.slogdet(x)
    return np.asarray(sign), np.asarray(logarithm)


@_in_32_bits
def cholesky(x: Array, upper: bool = False) -> Array:
    """The lower triangular L with L Lᴴ = x, for Hermitian x, of which the lower (or the upper) triangle is read."""
    out = np.linalg.cholesky(np.swapaxes(x, -1, -2).conj() if upper else x)
    if np.isnan(np.diagonal(out, axis1=-2, axis2=-1)).any():
        raise np.linalg.LinAlgError("Matrix is not positive definite")
    return out


@_in_32_bits
def eigh(x: Array, upper: bool = False) -> tuple[Array, Array]:
    """Eigenvalues, ascending, and eigenvectors of Hermitian matrices, of which one triangle is read."""
    known: Any = np.isfinite(x).all(axis=(-2, -1)) if x.size else np.True_
    if not known.all():  # torch's are NaN
        x = np.where(known[..., None, None], x, np.eye(x.shape[-1], dtype=x.dtype))
    values, vectors = np.linalg.eigh(x, UPLO="U" if upper else "L")
    if not known.all():
        values = np.where(known[..., None], values, values.dtype.type(math.nan))
        vectors = np.where(known[..., None, None], vectors, vectors.dtype.type(math.nan))
    return values, vectors


@_in_32_bits
def eig(x: Array) -> tuple[Array, Array]:
    """Eigenvalues and eigenvectors of length 1 of square matrices, both complex."""
    kind = np.result_type(x.dtype, np.complex64)
    values, vectors = np.linalg.eig(x)
    return values.astype(kind, copy=False), vectors.astype(kind, copy=False)


@_in_32_bits
def svd(x: Array, full: bool = False) -> tuple[Array, Array, Array]:
    """U, the singular values, descending, and Vᴴ with x = U diag(S) Vᴴ; `full`: U and V are square."""
    u, s, vh = np.linalg.svd(x, full_matrices=full)
    return u, s, vh


@_in_32_bits
def qr(x: Array, complete: bool = False) -> tuple[Array, Array]:
    """Q with orthonormal columns and the upper triangular R with x = Q R; `complete`: Q is square."""
    q, r = np.linalg.qr(x, mode="complete" if complete else "reduced")
    return q, r


@_in_32_bits
def pinv(x: Array, atol: Any = 0.0, rtol: Any = None, hermitian: bool = False) -> Array:
    """The inverse of Moore and Penrose: singular values of at most max(atol, rtol · the largest) count as 0."""
    m, n = x.shape[-2:]
    if not x.size:
        return np.zeros((*x.shape[:-2], n, m), x.dtype)
    rtol = max(m, n) * np.finfo(x.dtype).eps if rtol is None else rtol
    if hermitian:
        values, u = np.linalg.eigh(x)
        vh, s = np.swapaxes(u, -1, -2).conj(), np.abs(values)
    else:
        u, values, vh = np.linalg.svd(x, full_matrices=False)
        s = values
    least = np.maximum(np.asarray(atol), np.asarray(rtol) * s.max(axis=-1))[..., None]
    factor = np.where(s > least, 1 / np.where(s > least, values, 1), 0).astype(values.dtype)
    return np.swapaxes(vh, -1, -2).conj() * factor[..., None, :] @ np.swapaxes(u, -1, -2).conj()


@_in_32_bits
def cofactor(x: Array) -> Array:
    """The cofactors of square matrices, the gradient of the determinant: det(x)·x⁻ᵀ, and its limit where that is 0.

    There, with x = U diag(s) Vᴴ, it is det(U)·det(Vᴴ)·conj(U) diag(the products of the other s) conj(Vᴴ).
    """
    n = x.shape[-1]
    if n == 0:
        return x.copy()
    size = np.asarray(np.linalg.det(x))
    singular = size == 0
    if not singular.any():
        return np.swapaxes(np.linalg.inv(x), -1, -2) * size[..., None, None]
    u, s, vh = np.linalg.svd(x)
    others = np.where(np.eye(n, dtype=bool), 1, s[..., None, :]).prod(-1)
    factor = (np.linalg.det(u) * np.linalg.det(vh))[..., None, None]
    limit = factor * (u.conj() * others[..., None, :]) @ vh.conj()
    if not singular.all():
        regular = np.where(singular[..., None, None], np.eye(n, dtype=x.dtype), x)
        limit = np.where(
            singular[..., None, None], limit, np.swapaxes(np.linalg.inv(regular), -1, -2) * size[..., None, None]
        )
    return limit.astype(x.dtype, copy=False)


# -- triangular systems, LU factors -----------------------------------------------------------------------------------


@_in_32_bits
def solve_triangular(a: Array, b: Array, upper: bool = False, unitriangular: bool = False) -> Array:
    """The solution of a @ x = b for triangular a; only that triangle is read, and its diagonal counts as ones if asked.

    Many small systems are solved together, others by BLAS one after the other. Without NumPy's own BLAS by halves: the
    rows of the one half are eliminated from the other by a product of matrices.
    """
    if a.ndim == b.ndim == 2 and a.dtype is b.dtype:
        x = np.array(b, order="C")
    else:
        lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        x = np.array(np.broadcast_to(b, (*lead, *b.shape[-2:])), dtype=np.result_type(a, b), order="C")
    n, width = x.shape[-2:]
    if n <= _FEW_ROWS and width <= 4 * n <= math.prod(x.shape[:-2]):
        return _together(a, x, upper, unitriangular)
    if not numpy_blas.eliminate(a, x, upper, unitriangular):
        _eliminate(a, x, upper, unitriangular)
    return x


_FEW_ROWS = 16


def _together(a: Array, x: Array, upper: bool, unit: bool) -> Array:
    """Row after row, of all systems at once: the axes of the batch go to the end, where NumPy is quick."""
    n = x.shape[-2]
    a, y = (np.ascontiguousarray(np.moveaxis(part, (-2, -1), (0, 1))) for part in (a, x))
    a = a.reshape(n, n, *(1,) * (y.ndim - a.ndim), *a.shape[2:])
    for i in range(n - 1, -1, -1) if upper else range(n):
        if not unit:
            y[i] /= a[i, i]
        rest = slice(0, i) if upper else slice(i + 1, n)
        y[rest] -= a[rest, i, None] * y[i]
    return np.ascontiguousarray(np.moveaxis(y, (0, 1), (-2, -1)))


def _eliminate(a: Array, x: Array, upper: bool, unit: bool) -> None:
    n = x.shape[-2]
    if n <= BLOCK:
        _substitute(a, x, upper, unit)
        return
    k = n // 2
    low, high = slice(0, k), slice(k, n)
    first, second = (high, low) if upper else (low, high)
    _eliminate(a[..., first, first], x[..., first, :], upper, unit)
    x[..., second, :] -= a[..., second, first] @ x[..., first, :]
    _eliminate(a[..., second, second], x[..., second, :], upper, unit)


def _substitute(a: Array, x: Array, upper: bool, unit: bool) -> None:
    """Row after row. LAPACK does that to upper triangular matrices: it finds nothing to exchange or to eliminate."""
    n = x.shape[-2]
    one = np.eye(n, dtype=a.dtype)
    order = slice(None) if upper else slice(None, None, -1)  # a lower triangle, backwards, is an upper one
    triangle = np.triu(a[..., order, order], 1 if unit else 0)
    try:
        x[..., order, :] = np.linalg.solve(triangle + one if unit else triangle, x[..., order, :])
        return
    except np.linalg.LinAlgError:  # zeros in the diagonal: infinities and NaN arise
        pass
    for i in range(n - 1, -1, -1) if upper else range(n):
        known = slice(i + 1, n) if upper else slice(0, i)
        row = x[..., i, :] - (a[..., i, None, known] @ x[..., known, :])[..., 0, :]
        x[..., i, :] = row if unit else row / a[..., i, i, None]


@cache
def lapack() -> dict[str, Any]:
    """LAPACK's LU factorization for each type, from SciPy, which NumPy does not show; none if SciPy is missing."""
    try:
        from scipy.linalg import lapack as found
    except ImportError:
        return {}
    routines: Any = found
    return {"f": routines.sgetrf, "d": routines.dgetrf, "F": routines.cgetrf, "D": routines.zgetrf}


@_in_32_bits
def lu_factor(x: Array, pivot: bool = True) -> tuple[Array, Array]:
    """L (below the diagonal, whose ones are left out) and U in one matrix, and the rows exchanged at each step, from 1.

    Gaussian elimination with partial pivoting: at each step the row with the largest entry is chosen.
    """
    m, n = x.shape[-2:]
    k = min(m, n)
    out = np.array(x).reshape((math.prod(x.shape[:-2]), m, n))
    pivots = np.tile(np.arange(1, k + 1, dtype=np.int32), (out.shape[0], 1))
    routines = lapack() if pivot and k else {}
    if x.dtype.char in routines:
        for matrix, exchanged in zip(out, pivots, strict=True):
            matrix[...], places, _ = routines[x.dtype.char](matrix)
            exchanged[...] = places + 1
        return out.reshape(x.shape), pivots.reshape((*x.shape[:-2], k))
    if pivot and k and all(numpy_blas.factor(matrix, exchanged) for matrix, exchanged in zip(out, pivots, strict=True)):
        return out.reshape(x.shape), pivots.reshape((*x.shape[:-2], k))
    batch = np.arange(out.shape[0])
    for start in range(0, k, BLOCK):
        stop = min(start + BLOCK, k)
        for i in range(start, stop):
            if pivot:
                chosen = i + _size(out[:, i:, i]).argmax(axis=1)
                pivots[:, i] = chosen + 1
                rows = out[batch, chosen]  # a copy
                out[batch, chosen] = out[:, i]
                out[:, i] = rows
            top = out[:, i, i, None]
            out[:, i + 1 :, i] /= np.where(top == 0, 1, top)
            out[:, i + 1 :, i + 1 : stop] -= out[:, i + 1 :, i, None] * out[:, i, None, i + 1 : stop]
        if stop < n:
            _eliminate(out[:, start:stop, start:stop], out[:, start:stop, stop:], upper=False, unit=True)
            out[:, stop:, stop:] -= out[:, stop:, start:stop] @ out[:, start:stop, stop:]
    return out.reshape(x.shape), pivots.reshape((*x.shape[:-2], k))


def _size(x: Array) -> Array:
    """What LAPACK compares pivots by: of complex numbers, |real| + |imaginary|."""
    return np.abs(x.real) + np.abs(x.imag) if x.dtype.kind == "c" else np.abs(x)


def _exchanged(pivots: list[int], size: int) -> list[int]:
    """The rows in the order that the exchanges leave."""
    order = list(range(size))
    for i, pivot in enumerate(pivots):
        order[i], order[pivot - 1] = order[pivot - 1], order[i]
    return order


def permutation(pivots: Array, size: int, dtype: Any) -> Array:
    """The matrix P of the exchanges that `lu_factor` made, with x = P L U."""
    lead = pivots.shape[:-1]
    flat = pivots.reshape((math.prod(lead), pivots.shape[-1]))
    batch = np.arange(flat.shape[0])
    order = np.array([_exchanged(row, size) for row in flat.tolist()], np.int64).reshape(len(flat), size)
    out = np.zeros((flat.shape[0], size, size), dtype)
    out[batch[:, None], order, np.arange(size)] = 1
    return out.reshape((*lead, size, size))


# -- the exponential --------------------------------------------------------------------------------------------------

_PADE: tuple[int, ...] = (
    *(64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600),
    *(670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1),
)
_RADIUS = 5.371920351148152


@_in_32_bits
def matrix_exp(x: Array) -> Array:
    """The exponential of square matrices: Padé's approximant of degree 13 of x/2ᵏ, squared k times.

    Source: N. Higham, The scaling and squaring method for the matrix exponential revisited (2005).
    """
    n = x.shape[-1]
    if not x.size:
        return x.copy()
    size = np.abs(x).sum(axis=-2).max(axis=-1)
    times = np.maximum(np.ceil(np.log2(size / _RADIUS)), 0)
    times = np.where(np.isfinite(times), times, 0).astype(np.int64)
    x = x * (2.0 ** -times[..., None, None]).astype(x.real.dtype)
    one = np.eye(n, dtype=x.dtype)
    c = _PADE
    x2 = x @ x
    x4 = x2 @ x2
    x6 = x4 @ x2
    odd = x @ (x6 @ (c[13] * x6 + c[11] * x4 + c[9] * x2) + c[7] * x6 + c[5] * x4 + c[3] * x2 + c[1] * one)
    even = x6 @ (c[12] * x6 + c[10] * x4 + c[8] * x2) + c[6] * x6 + c[4] * x4 + c[2] * x2 + c[0] * one
    out = _solved(even - odd, even + odd)
    for k in range(int(times.max())):
        out = np.where((times > k)[..., None, None], out @ out, out)
    return out.astype(x.dtype, copy=False)


def _solved(a: Array, b: Array) -> Array:
    try:
        return np.linalg.solve(a, b)
    except np.linalg.LinAlgError:  # not finite
        return np.full_like(b, math.nan)


# -- checks -----------------------------------------------------------------------------------------------------------

_VECTORS = (
    "eigenvectors in the complex case are specified up to multiplication by e^{i phi}. The specified loss function "
)
_GAUGES = {
    "eig": f"linalg_eig_backward: The {_VECTORS}depends on this quantity, so it is ill-defined.",
    "eigh": f"linalg_eigh_backward: The {_VECTORS}depends on this quantity, so it is ill-defined.",
    "svd": f"svd_backward: The singular {_VECTORS[5:]}depends on this phase term, making it ill-defined.",
}


def need_phase(x: Array, function: str) -> Array:
    """x itself; an error if it is not 0, because then a derivative depends on an arbitrary phase of vectors."""
    if x.size and not np.allclose(x, 0, rtol=0, atol=1e-2):
        raise RuntimeError(f"{_GAUGES[function]} (It may depend on their moduli, for instance, or on v @ v.mH.)")
    return x
