"""LU factorizations, and systems with such factors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...arrays.batched import examples
from ...graph import current
from ...tensor.core import Tensor, wrap
from .._arguments import need_tensor
from .._define import primitive
from .._factory import constant
from .._out import into
from .._product_checks import scalar_name
from ..return_types import (
    _lu_with_info,
    linalg_lu,
    linalg_lu_factor,
    linalg_lu_factor_ex,
)
from ..return_types import lu_unpack as lu_unpack_results
from .adjoints import adjoint
from .checks import beside, element, need_kernel, need_right_side, need_square, need_two
from .deprecated import warn_deprecated
from .systems import triangular

_packed, _permutation = primitive("lu_packed"), primitive("permutation")
_slice, _concat = primitive("getitem", "SliceBackward0"), primitive("concat")
_tril, _triu, _add = primitive("tril"), primitive("triu"), primitive("add")


def _checked(A: Any, function: str, name: str, pivot: bool) -> Tensor:
    need_tensor(A, function, "A")
    if A._array.ndim < 2:
        raise RuntimeError(
            f"{name}: Expected tensor with 2 or more dimensions. Got size: {list(A._array.shape)} instead"
        )
    need_kernel(A, "lu_cpu")
    if not pivot:
        raise RuntimeError(
            "linalg.lu_factor: LU without pivoting is not implemented on the CPU (leave out pivot=False)"
        )
    return A


def _block(x: Tensor, rows: slice, columns: slice) -> Tensor:
    return _slice(x, index=(*(slice(None),) * (x._array.ndim - 2), rows, columns))


def _factored(A: Tensor) -> tuple[Tensor, Tensor]:
    """LU and the pivots. A tracked matrix is permuted first: the permutation is constant, the rest has a derivative."""
    from ...arrays import extras_of, namespace_of

    packed, exchanged = (wrap(part) for part in extras_of(namespace_of(A._array)).lu_factor(A._array))
    if (A._node is None or not current().grad) and not current().levels:
        return packed, exchanged
    m, n = A._array.shape[-2:]
    ordered = _permutation(exchanged, size=m, dtype=A._array.dtype).mT @ A
    if m == n:
        return _packed(ordered, packed), exchanged
    k = min(m, n)
    corner = slice(0, k)
    square = _packed(_block(ordered, corner, corner), _block(packed, corner, corner))
    if m > n:
        below = triangular(square, _block(ordered, slice(k, m), corner), True, left=False)
        return _concat(square, below, axis=-2), exchanged
    right = triangular(square, _block(ordered, corner, slice(k, n)), False, unit=True)
    return _concat(square, right, axis=-1), exchanged


def _info(packed: Tensor) -> Any:
    """Of each matrix, the place of the first zero in the diagonal of U, from 1, or 0; int32."""
    zeros = np.diagonal(examples(packed._array), axis1=-2, axis2=-1) == 0
    if not zeros.shape[-1]:
        return np.zeros(zeros.shape[:-1], np.int32)
    return np.where(zeros.any(-1), zeros.argmax(-1) + 1, 0).astype(np.int32)


def _refuse(info: Any, function: str) -> None:
    """Raise torch's error for the first factor with a zero."""
    failed = np.flatnonzero(info)
    if failed.size:
        place = int(np.ravel(info)[failed[0]])
        raise RuntimeError(
            f"torch.linalg.{function}: {element((1,) * (np.ndim(info) + 2), int(failed[0]))}U[{place},{place}] is "
            f"zero and "
            "using it on lu_solve would result in a division by zero. If you still want to perform the factorization, "
            "consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)"
        )


def lu_factor(A: Tensor, *, pivot: bool = True, out: tuple[Tensor, ...] | None = None) -> linalg_lu_factor:
    """L and U of A = P L U in one matrix, and the exchanges of rows that make P, for `lu_solve`.

    Args:
        A: tensor (..., m, n), floating-point or complex.
        pivot: must be True.
        out: tensors to write the results to; then no operand may require gradients.

    Returns:
        Named tuple `(LU, pivots)`: U with its diagonal, and L below it, without its ones; the row, from 1, exchanged
        with row i at step i, int32 (..., min(m, n)).

    Raises:
        RuntimeError: a zero in the diagonal of U, fewer than two dimensions.
        NotImplementedError: an integer or 16-bit dtype.

    Source: G. Golub, C. Van Loan, Matrix Computations (2013), 3.4.

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.lu_factor(torch.tensor([[1.0, 2.0], [2.0, 2.0]]))
        torch.return_types.linalg_lu_factor(
        LU=tensor([[2.0000, 2.0000],
                [0.5000, 1.0000]]),
        pivots=tensor([2, 2], dtype=torch.int32))
    """
    packed, pivots = _factored(_checked(A, "linalg_lu_factor", "torch.lu_factor", pivot))
    _refuse(_info(packed), "lu_factor")
    return into(out, linalg_lu_factor((packed, pivots)), "linalg_lu_factor_ex", A)


def lu_factor_ex(
    A: Tensor, *, pivot: bool = True, check_errors: bool = False, out: tuple[Tensor, ...] | None = None
) -> linalg_lu_factor_ex:
    """The factors of `lu_factor`, and whether U has a zero in its diagonal; no error unless asked for.

    Args:
        A: see `lu_factor`.
        pivot: must be True.
        check_errors: raise for zeros.
        out: tensors to write the results to; then no operand may require gradients.

    Returns:
        Named tuple `(LU, pivots, info)`; `info`, int32 (...), is 0 or the place of the first zero, from 1.

    Raises:
        RuntimeError: fewer than two dimensions; a zero, if `check_errors` is set.
        NotImplementedError: an integer or 16-bit dtype.

    Source: see `lu_factor`.

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.lu_factor_ex(torch.zeros(2, 2)).info
        tensor(1, dtype=torch.int32)
    """
    packed, pivots = _factored(_checked(A, "linalg_lu_factor_ex", "torch.lu_factor", pivot))
    info = _info(packed)
    if check_errors:
        _refuse(info, "lu_factor_ex")
    return into(out, linalg_lu_factor_ex((packed, pivots, beside(A, info))), "linalg_lu_factor_ex", A)


def torch_lu(
    A: Tensor, pivot: bool = True, get_infos: bool = False, *, out: tuple[Tensor, ...] | None = None
) -> tuple[Tensor, ...]:
    """LU and pivots, and infos if asked for; an older form of `torch.linalg.lu_factor`. Warns that it is deprecated.

    >>> import warnings
    >>> import gradiente as torch
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     torch.lu(torch.tensor([[2.0]]))
    (tensor([[2.]]), tensor([1], dtype=torch.int32))
    """
    need_tensor(A, "lu", "A")
    warn_deprecated("lu")
    packed, pivots = _factored(_checked(A, "lu", "torch.lu_factor", pivot))
    if not get_infos:
        return into(out, (packed, pivots), "lu", A)
    return into(out, _lu_with_info((packed, pivots, beside(A, _info(packed)))), "lu", A)


def _lu_method(self: Tensor, pivot: bool = True, get_infos: bool = False) -> tuple[Tensor, ...]:
    """See `torch.lu`; the infos come in a plain tuple."""
    return tuple(torch_lu(self, pivot, get_infos))


def _split(packed: Tensor) -> tuple[Tensor, Tensor]:
    """L and U."""
    m, n = packed._array.shape[-2:]
    k = min(m, n)
    lower = _tril(_block(packed, slice(0, m), slice(0, k)), k=-1)
    lower = _add(lower, constant(packed, np.eye(m, k, dtype=packed._array.dtype)))
    return lower, _triu(_block(packed, slice(0, k), slice(0, n)), k=0)


def lu(A: Tensor, *, pivot: bool = True, out: tuple[Tensor, ...] | None = None) -> linalg_lu:
    """P, L and U with A = P L U: a permutation, lower triangular with ones in the diagonal, upper triangular.

    Args:
        A: tensor (..., m, n), floating-point or complex.
        pivot: must be True.
        out: tensors to write the results to; then no operand may require gradients.

    Returns:
        Named tuple `(P, L, U)` of shapes (..., m, m), (..., m, k), (..., k, n), k = min(m, n).

    Raises:
        RuntimeError: fewer than two dimensions.
        NotImplementedError: an integer or 16-bit dtype.

    Source: see `lu_factor`.

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.lu(torch.tensor([[1.0, 2.0], [2.0, 2.0]])).U
        tensor([[2., 2.],
                [0., 1.]])
    """
    packed, pivots = _factored(_checked(A, "linalg_lu", "linalg.lu", pivot))
    order = _permutation(pivots, size=A._array.shape[-2], dtype=A._array.dtype)
    return into(out, linalg_lu((order, *_split(packed))), "linalg_lu", A)


def lu_unpack(
    LU_data: Tensor,
    LU_pivots: Tensor,
    unpack_data: bool = True,
    unpack_pivots: bool = True,
    *,
    out: tuple[Tensor, ...] | None = None,
) -> lu_unpack_results:
    """P, L and U from what `torch.linalg.lu_factor` returns.

    Args:
        LU_data: LU, tensor (..., m, n).
        LU_pivots: the pivots, int32 (..., min(m, n)).
        unpack_data: False: L and U are empty.
        unpack_pivots: False: P is empty.
        out: tensors to write the results to; then no operand may require gradients.

    Returns:
        Named tuple `(P, L, U)`; see `torch.linalg.lu`.

    Raises:
        RuntimeError: fewer than two dimensions; pivots of another dtype, or out of range.

    Source: see `torch.linalg.lu_factor`.

    Example:
        >>> import gradiente as torch
        >>> torch.lu_unpack(*torch.linalg.lu_factor(torch.tensor([[2.0]]))).P
        tensor([[1.]])
    """
    array = need_tensor(LU_data, "lu_unpack", "LU_data")._array
    pivots = need_tensor(LU_pivots, "lu_unpack", "LU_pivots", 2)._array
    if array.ndim < 2:
        raise RuntimeError(
            f"torch.lu_unpack: Expected tensor with 2 or more dimensions. Got size: {list(array.shape)} instead"
        )
    if unpack_pivots and pivots.dtype != np.int32:
        raise RuntimeError(
            "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.\n"
            f"Note: this function is intended to be used with the output produced by torch.linalg.lu_factor (the "
            f"dtype is "
            f"{LU_pivots.dtype!r})"
        )
    values = examples(pivots)
    if unpack_pivots and values.size and not (values.min() >= 1 and values.max() <= array.shape[-2]):
        raise RuntimeError(
            "pivots passed to lu_unpack must be between 1 and LU.size(-2) inclusive.Did you properly pass the result "
            "of "
            "lu_factor?"
        )
    empty = wrap(np.zeros(0, array.dtype))
    order = _permutation(LU_pivots, size=array.shape[-2], dtype=array.dtype) if unpack_pivots else empty
    lower, upper = _split(LU_data) if unpack_data else (empty, empty)
    return into(out, lu_unpack_results((order, lower, upper)), "lu_unpack", LU_data)


def lu_solve(
    LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False, out: Tensor | None = None
) -> Tensor:
    """The solution X of A X = B, or X A = B, from the factors of A.

    Args:
        LU: tensor (..., n, n), from `lu_factor`.
        pivots: int32 (..., n), from there.
        B: tensor (..., n, k) of the dtype of LU; batches are broadcast.
        left: False for X A = B.
        adjoint: take Aᴴ for A.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor of the shape of B, with the broadcast batch.

    Raises:
        RuntimeError: shapes or dtypes do not fit.
        NotImplementedError: an integer or 16-bit dtype.

    Source: see `lu_factor`.

    Example:
        >>> import gradiente as torch
        >>> LU, pivots = torch.linalg.lu_factor(torch.tensor([[2.0]]))
        >>> torch.linalg.lu_solve(LU, pivots, torch.tensor([[4.0]]))
        tensor([[2.]])
    """
    return into(out, _solved(LU, pivots, B, left, adjoint, "linalg_lu_solve"), "linalg_lu_solve", LU, B)


def _solved(LU: Any, pivots: Any, B: Any, left: bool, turned: bool, function: str) -> Tensor:
    need_tensor(LU, function, "LU")
    need_tensor(pivots, function, "pivots", 2)
    need_tensor(B, function, "B", 3)
    shape, array = LU._array.shape, pivots._array
    need_square(LU, "torch.linalg.lu_solve")
    need_two(B, "linalg.lu_solve", "B")
    if array.dtype != np.int32:
        raise RuntimeError(
            "linalg.lu_solve: pivots should be a Tensor of scalar type torch.int32 (it has dtype "
            f"{pivots.dtype!r}; give the result of lu_factor)"
        )
    if LU._array.dtype != B._array.dtype:
        raise RuntimeError(
            f"linalg.lu_solve: Expected LU and B to have the same dtype, but found LU of type {scalar_name(LU)} and "
            f"B of "
            f"type {scalar_name(B)} instead"
        )
    if array.shape[-1:] != shape[-1:]:
        raise RuntimeError("linalg.lu_solve: Number of pivots per batch should be same as the dimension of the matrix")
    if array.shape != shape[:-1]:
        raise RuntimeError(
            "linalg.lu_solve: Expected LU.shape[:-1] and pivots.shape to be the same, but got pivots with shape "
            f"{list(array.shape)} instead"
        )
    need_right_side(LU, B, left, "linalg.lu_solve")
    need_kernel(LU, "lu_solve_cpu")
    order = _permutation(pivots, size=shape[-1], dtype=LU._array.dtype)
    if not left:  # X A = B is Aᴴ Xᴴ = Bᴴ
        B, turned = adjoint(B), not turned
    if turned:
        half = triangular(adjoint(LU), B, False)
        found = order @ triangular(adjoint(LU), half, True, unit=True)
    else:
        found = triangular(LU, triangular(LU, order.mT @ B, False, unit=True), True)
    return found if left else adjoint(found)


def torch_lu_solve(b: Tensor, LU_data: Tensor, LU_pivots: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The solution of a system from its factors; an older form of `torch.linalg.lu_solve`. Warns that it is deprecated.

    >>> import warnings
    >>> import gradiente as torch
    >>> LU, pivots = torch.linalg.lu_factor(torch.tensor([[2.0]]))
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     torch.lu_solve(torch.tensor([[4.0]]), LU, pivots)
    tensor([[2.]])
    """
    warn_deprecated("lu_solve")
    return into(out, _solved(LU_data, LU_pivots, b, True, False, "lu_solve"), "lu_solve", b, LU_data)


METHODS: dict[str, Any] = {"lu": _lu_method, "lu_solve": torch_lu_solve}
"""What these functions are called as methods of Tensor."""

__all__ = [
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
    "lu_unpack",
    "torch_lu",
    "torch_lu_solve",
]
