"""Systems of linear equations: square, triangular, with Cholesky's factors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...tensor.core import Tensor
from .._arguments import need_tensor
from .._define import primitive
from .._factory import constant
from .._out import into
from .._product_checks import scalar_name
from .._sizes import broadcast_shapes_of, missing
from ..return_types import linalg_solve_ex
from ..return_types import triangular_solve as triangular_results
from .adjoints import adjoint
from .checks import (
    located,
    need_float,
    need_kernel,
    need_right_side,
    need_square,
    need_two,
    same_dtype,
)
from .deprecated import warn_deprecated
from .inverses import refilled, without_singular

_solve, _triangular, _pinv = primitive("solve"), primitive("solve_triangular"), primitive("pinv")
_view, _column, _squeeze = primitive("view"), primitive("expand_dims"), primitive("squeeze")
_sum, _square, _subtract = primitive("sum"), primitive("square"), primitive("subtract")
_abs = {"f": primitive("abs"), "c": primitive("abs_complex")}
_permute, _clone = primitive("permute_dims"), primitive("clone")


def _prepared(A: Any, B: Any, left: bool, function: str) -> tuple[Tensor, Tensor, bool]:
    """The checked operands of `solve`, the right side as matrices; whether it was vectors."""
    need_float(need_square(need_tensor(A, function.replace(".", "_"), "A"), "linalg.solve"), "linalg.solve")
    need_tensor(B, function.replace(".", "_"), "B", 2)
    same_dtype(A, B, "linalg.solve")
    s, t = A._array.shape, B._array.shape
    vector = len(t) == 1 or (len(s) - 1 == len(t) and t == s[:-1])
    if not vector:
        need_two(B, "linalg.solve", "B")
    elif left is False:
        raise RuntimeError("linalg.solve: Vector broadcasting of the left hand side is not supported for left=False")
    if vector:
        B = _column(B, axis=-1)
    need_right_side(A, B, left, "linalg.solve")
    need_kernel(A, "lu_cpu")
    return A, B, vector


def _solved(A: Tensor, B: Tensor, left: bool, vector: bool, function: str = "torch.linalg.solve") -> Tensor:
    """The solution of a checked system."""

    def text(which: str, matrix: Any) -> str:
        return f"{function}: {which}The solver failed because the input matrix is singular."

    if left:
        out = located(lambda: _solve(A, B), A._array, text, np.linalg.inv)
    else:
        out = located(lambda: _solve(A.mT, B.mT), A._array, text, np.linalg.inv).mT
    return _squeeze(out, axis=-1) if vector else out


def solve(A: Tensor, B: Tensor, *, left: bool = True, out: Tensor | None = None) -> Tensor:
    """The solution X of A X = B, or of X A = B.

    Args:
        A: tensor (..., n, n), floating-point or complex.
        B: tensor (..., n, k) of the same dtype, or (..., n): vectors; batches are broadcast.
        left: False for X A = B; then B has shape (..., k, n).
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor of the shape of B, with the broadcast batch.

    Raises:
        torch.linalg.LinAlgError: a matrix is singular.
        RuntimeError: shapes or dtypes do not fit.

    Source: G. Golub, C. Van Loan, Matrix Computations (2013), 3.4.

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.solve(torch.tensor([[2.0, 0.0], [0.0, 4.0]]), torch.tensor([2.0, 2.0]))
        tensor([1.0000, 0.5000])
    """
    A, B, vector = _prepared(A, B, left, "linalg.solve")
    return into(out, _solved(A, B, left, vector), "linalg_solve", A, B)


def solve_ex(
    A: Tensor, B: Tensor, *, left: bool = True, check_errors: bool = False, out: tuple[Tensor, ...] | None = None
) -> linalg_solve_ex:
    """The solution X of A X = B, and of each matrix whether it is singular; no error unless asked for.

    Args:
        A: see `solve`.
        B: see `solve`.
        left: see `solve`.
        check_errors: raise for singular matrices.
        out: tensors to write the results to; then no operand may require gradients.

    Returns:
        Named tuple `(result, info)`. `info`, int32, is 0, or the place of the zero in the diagonal of U that makes a
        matrix singular; its result is NaN then.

    Raises:
        torch.linalg.LinAlgError: a matrix is singular and `check_errors` is set.
        RuntimeError: shapes or dtypes do not fit.

    Source: see `solve`.

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.solve_ex(torch.zeros(1, 1), torch.ones(1)).info
        tensor(1, dtype=torch.int32)
    """
    A, B, vector = _prepared(A, B, left, "linalg.solve_ex")
    if check_errors:
        _solved(A, B, left, vector, "torch.linalg.solve_ex")
    regular, info, mask = without_singular(A)
    result = refilled(_solved(regular, B, left, False), mask)
    return into(out, linalg_solve_ex((_squeeze(result, axis=-1) if vector else result, info)), "linalg_solve_ex", A, B)


def solve_triangular(
    A: Tensor,
    B: Tensor,
    *,
    upper: bool | None = None,
    left: bool = True,
    unitriangular: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """The solution X of A X = B, or of X A = B, for triangular A; only that triangle is read.

    Args:
        A: tensor (..., n, n), floating-point or complex.
        B: tensor (..., n, k) of the same dtype; batches are broadcast.
        upper: whether A is upper triangular; has to be given.
        left: False for X A = B; then B has shape (..., k, n).
        unitriangular: take the diagonal for ones.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor of the shape of B, with the broadcast batch; infinite or NaN where the diagonal has zeros.

    Raises:
        RuntimeError: shapes do not fit.
        NotImplementedError: the dtype has 16 bits or is an integer's.

    Source: G. Golub, C. Van Loan, Matrix Computations (2013), 3.1.

    Example:
        >>> import gradiente as torch
        >>> A = torch.tensor([[2.0, 0.0], [1.0, 1.0]])
        >>> torch.linalg.solve_triangular(A, torch.tensor([[2.0], [3.0]]), upper=False)
        tensor([[1.],
                [2.]])
    """
    if upper is None:
        raise missing("linalg_solve_triangular", "upper")
    function = "linalg.solve_triangular"
    need_square(need_tensor(A, "linalg_solve_triangular", "A"), function)
    need_two(need_tensor(B, "linalg_solve_triangular", "B", 2), function, "B")
    need_right_side(A, B, left, function)
    same_dtype(A, B, function)
    need_kernel(A, "triangular_solve_cpu")
    return into(out, triangular(A, B, upper, left, unitriangular), "linalg_solve_triangular", A, B)


def triangular(A: Tensor, B: Tensor, upper: bool, left: bool = True, unit: bool = False) -> Tensor:
    """The solution of a checked triangular system."""
    if left:
        return _triangular(A, B, upper=bool(upper), unitriangular=bool(unit))
    return _triangular(A.mT, B.mT, upper=not upper, unitriangular=bool(unit)).mT


def _older(A: Any, b: Any, function: str, name: str) -> None:
    """What the older functions ask of b and A."""
    for x, which in ((b, "b"), (A, "A")):
        if x._array.ndim < 2:
            raise RuntimeError(
                f"{name}{'E' if name else ''}{'xpected ' if name else ''}{which} {'to' if name else 'should'} have at "
                f"least 2 dimensions, but {'it ' if name else ''}has {x._array.ndim} dimensions instead"
            )
    m, n = A._array.shape[-2:]
    if m != n:
        raise RuntimeError(f"A must be batches of square matrices, but they are {m} by {n} matrices")
    if A._array.dtype != b._array.dtype:
        raise RuntimeError(
            f"Expected b and A to have the same dtype, but found b of type {scalar_name(b)} and A of type "
            f"{scalar_name(A)} instead."
        )
    if b._array.shape[-2] != n:
        raise RuntimeError(
            f"Incompatible matrix sizes for {function}: each A matrix is {m} by {n} but each b matrix is "
            f"{b._array.shape[-2]} by {b._array.shape[-1]}"
        )
    broadcast_shapes_of([b._array.shape[:-2], A._array.shape[:-2]])


def cholesky_solve(input: Tensor, input2: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """The solution X of (L Lᴴ) X = B, for a triangular factor that `torch.linalg.cholesky` gave.

    Args:
        input: B, tensor (..., n, k), floating-point or complex.
        input2: L, tensor (..., n, n) of the same dtype; only its lower triangle is read.
        upper: the factor is the upper triangular U with Uᴴ U, instead of L.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor (..., n, k).

    Raises:
        RuntimeError: shapes or dtypes do not fit.
        NotImplementedError: the dtype has 16 bits or is an integer's.

    Source: G. Golub, C. Van Loan, Matrix Computations (2013), 4.2.

    Example:
        >>> import gradiente as torch
        >>> torch.cholesky_solve(torch.tensor([[8.0]]), torch.tensor([[2.0]]))
        tensor([[2.]])
    """
    need_tensor(input, "cholesky_solve")
    _older(need_tensor(input2, "cholesky_solve", "input2", 2), input, "cholesky_solve", "")
    need_kernel(input, "cholesky_solve_cpu")
    lower = adjoint(input2) if upper else input2
    return into(out, triangular(adjoint(lower), triangular(lower, input, False), True), "cholesky_solve", input, input2)


def cholesky_inverse(L: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """The inverse of L Lᴴ, for a triangular factor that `torch.linalg.cholesky` gave.

    Args:
        L: tensor (..., n, n), floating-point or complex; only its lower triangle is read.
        upper: the factor is the upper triangular U with Uᴴ U, instead.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor (..., n, n).

    Raises:
        RuntimeError: the matrices are not square.
        NotImplementedError: the dtype has 16 bits or is an integer's.

    Source: G. Golub, C. Van Loan, Matrix Computations (2013), 4.2.

    Example:
        >>> import gradiente as torch
        >>> torch.cholesky_inverse(torch.tensor([[2.0]]))
        tensor([[0.2500]])
    """
    need_square(need_tensor(L, "cholesky_inverse"), "cholesky_inverse")
    need_kernel(L, "cholesky_inverse_out_cpu")
    array = L._array
    lower = adjoint(L) if upper else L
    half = triangular(lower, constant(lower, np.eye(array.shape[-1], dtype=array.dtype)), False)
    return into(out, triangular(adjoint(lower), half, True), "cholesky_inverse", L)


def triangular_solve(
    input: Tensor,
    A: Tensor,
    upper: bool = True,
    transpose: bool = False,
    unitriangular: bool = False,
    *,
    out: tuple[Tensor, ...] | None = None,
) -> triangular_results:
    """The solution X of A X = b, or of Aᵀ X = b, for triangular A; an older form of `torch.linalg.solve_triangular`.

    Args:
        input: b, tensor (..., n, k), floating-point or complex.
        A: tensor (..., n, n) of the same dtype.
        upper: whether A is upper triangular.
        transpose: solve with Aᵀ.
        unitriangular: take the diagonal for ones.
        out: tensors to write the results to; then no operand may require gradients.

    Returns:
        Named tuple `(solution, cloned_coefficient)`: X, and a copy of A. Warns that it is deprecated.

    Raises:
        RuntimeError: shapes or dtypes do not fit.
        NotImplementedError: the dtype has 16 bits or is an integer's.

    Source: see `torch.linalg.solve_triangular`.

    Example:
        >>> import warnings
        >>> import gradiente as torch
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")
        ...     torch.triangular_solve(torch.tensor([[4.0]]), torch.tensor([[2.0]])).solution
        tensor([[2.]])
    """
    need_tensor(input, "triangular_solve")
    _older(need_tensor(A, "triangular_solve", "A", 2), input, "triangular_solve", "torch.triangular_solve: ")
    need_kernel(A, "triangular_solve_cpu")
    warn_deprecated("triangular_solve")
    matrix = A.mT if transpose else A
    solution = triangular(matrix, input, upper != transpose, True, unitriangular)
    return into(out, triangular_results((solution, _clone(A))), "triangular_solve", input, A)


METHODS: dict[str, Any] = {
    "cholesky_inverse": cholesky_inverse,
    "cholesky_solve": cholesky_solve,
    "triangular_solve": triangular_solve,
}
"""What these functions are called as methods of Tensor."""

__all__ = [
    "cholesky_inverse",
    "cholesky_solve",
    "solve",
    "solve_ex",
    "solve_triangular",
    "triangular",
    "triangular_solve",
]
