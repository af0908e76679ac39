"""Eigenvalues and singular values."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...arrays import extras_of, namespace_of
from ...arrays.batched import examples
from ...rules import table
from ...tensor.core import Tensor, wrap
from ...tensor.multiple import bind_many
from .._arguments import need_tensor
from .._define import primitive
from .._out import into
from .._product_checks import scalar_name
from ..return_types import linalg_eig, linalg_eigh, linalg_svd
from ..return_types import svd as svd_results
from .adjoints import adjoint
from .checks import located, need_float, need_kernel, need_square, need_two

_eig, _eigh, _svd = bind_many(table["eig"]), bind_many(table["eigh"]), bind_many(table["svd"])
_concat = primitive("concat")


def _finite(x: Tensor, text: str) -> None:
    if not np.isfinite(examples(x._array)).all():
        raise RuntimeError(text)


def _eigen(A: Any, function: str) -> tuple[Tensor, ...]:
    array = need_square(need_tensor(A, function.replace(".", "_")), function)._array
    if array.dtype.kind in "biu":
        raise RuntimeError(f"Unknown Complex ScalarType for {scalar_name(A)} ({function} needs floats: call .float())")
    need_kernel(A, "linalg_eig_out_cpu")
    _finite(A, "torch.linalg.eig: input tensor should not contain infs or NaNs.")
    return located(
        lambda: _eig(A),
        array,
        lambda which, matrix: f"{function}: {which}The algorithm failed to converge.",
        np.linalg.eig,
    )


def eig(A: Tensor, *, out: tuple[Tensor, ...] | None = None) -> linalg_eig:
    """Eigenvalues and eigenvectors of square matrices: A V = V diag(L).

    Args:
        A: tensor (..., n, n), floating-point or complex.
        out: tensors to write the results to; then no operand may require gradients.

    Returns:
        Named tuple `(eigenvalues, eigenvectors)`, both complex: (..., n), in no order, and (..., n, n), columns of
        length 1. The phase of an eigenvector is arbitrary; a loss that depends on it has no gradient and is refused,
        and the gradient of eigenvectors is infinite where eigenvalues are equal.

    Raises:
        RuntimeError: the matrices are not square, an integer dtype, infinities or NaN.

    Source: M. Giles, Collected matrix derivative results for forward and reverse mode algorithmic differentiation
    (2008).

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.eig(torch.tensor([[2.0, 0.0], [0.0, 3.0]])).eigenvalues
        tensor([2.+0.j, 3.+0.j])
    """
    return into(out, linalg_eig(_eigen(A, "linalg.eig")), "linalg_eig", A)


def eigvals(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Eigenvalues of square matrices, complex, in no order. See `eig`.

    >>> import gradiente as torch
    >>> torch.linalg.eigvals(torch.tensor([[0.0, 1.0], [-1.0, 0.0]]))
    tensor([0.+1.j, 0.-1.j])
    """
    return into(out, _eigen(A, "linalg.eigvals")[0], "linalg_eigvals", A)


def _hermitian(A: Any, UPLO: Any, function: str) -> tuple[Tensor, ...]:
    need_square(need_tensor(A, function), "linalg.eigh")
    if not isinstance(UPLO, str):
        raise TypeError(f"{function}(): argument 'UPLO' (position 2) must be str, not {type(UPLO).__name__}")
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    need_kernel(A, "linalg_eigh_cpu")
    text = (
        "linalg.eigh: {}The algorithm failed to converge because the input matrix is ill-conditioned or has too many "
        "repeated eigenvalues."
    )
    return located(
        lambda: _eigh(A, upper=UPLO.upper() == "U"), A._array, lambda which, matrix: text.format(which), np.linalg.eigh
    )


def eigh(A: Tensor, UPLO: str = "L", *, out: tuple[Tensor, ...] | None = None) -> linalg_eigh:
    """Eigenvalues and eigenvectors of Hermitian matrices: A = V diag(L) Vᴴ.

    Args:
        A: tensor (..., n, n), Hermitian, floating-point or complex.
        UPLO: which triangle is read: "L" or "U".
        out: tensors to write the results to; then no operand may require gradients.

    Returns:
        Named tuple `(eigenvalues, eigenvectors)`: real (..., n), ascending; (..., n, n), orthonormal columns. Their
        signs (phases, if complex) are arbitrary; a loss that depends on a phase is refused. The gradient of
        eigenvectors is infinite where eigenvalues are equal. It is that for Hermitian matrices.

    Raises:
        RuntimeError: the matrices are not square, an unknown UPLO.
        NotImplementedError: an integer or 16-bit dtype.

    Source: M. Giles, Collected matrix derivative results for forward and reverse mode algorithmic differentiation
    (2008).

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.eigh(torch.tensor([[2.0, 1.0], [1.0, 2.0]])).eigenvalues
        tensor([1., 3.])
    """
    return into(out, linalg_eigh(_hermitian(A, UPLO, "linalg_eigh")), "_linalg_eigh", A)


def eigvalsh(A: Tensor, UPLO: str = "L", *, out: Tensor | None = None) -> Tensor:
    """Eigenvalues of Hermitian matrices, real and ascending. See `eigh`.

    >>> import gradiente as torch
    >>> torch.linalg.eigvalsh(torch.tensor([[2.0, 1.0], [1.0, 2.0]]))
    tensor([1., 3.])
    """
    return into(out, _hermitian(A, UPLO, "linalg_eigvalsh")[0], "_linalg_eigh", A)


def _singular(A: Any, function: str, full: bool = False) -> tuple[Tensor, ...]:
    need_tensor(A, function, "A" if function != "svd" else "input")
    need_kernel(need_float(need_two(A, "linalg.svd"), "linalg.svd"), "linalg_svd_cpu")

    def text(which: str, matrix: Any) -> str:
        why = (
            "is ill-conditioned or has too many repeated singular values."
            if np.isfinite(matrix).all()
            else "contained non-finite values."
        )
        return f"linalg.svd: {which}The algorithm failed to converge because the input matrix {why}"

    u, s, vh = located(lambda: _svd(A), A._array, text, np.linalg.svd)
    m, n = A._array.shape[-2:]
    if full and m != n:  # the other columns are any orthonormal ones, so they have no gradient
        array = A._array
        all_u, _, all_vh = extras_of(namespace_of(array)).svd(array, True)
        k = min(m, n)
        if m > n:
            u = _concat(u, wrap(all_u[..., :, k:]), axis=-1)
        else:
            vh = _concat(vh, wrap(all_vh[..., k:, :]), axis=-2)
    return u, s, vh


def svd(
    A: Tensor, full_matrices: bool = True, *, driver: str | None = None, out: tuple[Tensor, ...] | None = None
) -> linalg_svd:
    """Singular values and vectors: A = U diag(S) Vᴴ.

    Args:
        A: tensor (..., m, n), floating-point or complex.
        full_matrices: U is (..., m, m) and Vh (..., n, n); otherwise they have k = min(m, n) columns and rows.
        driver: None; the algorithm is LAPACK's gesdd.
        out: tensors to write the results to; then no operand may require gradients.

    Returns:
        Named tuple `(U, S, Vh)`; S (..., k) is real and descending. The signs (phases, if complex) of the vectors are
        arbitrary; a loss that depends on a phase is refused. The gradient of U and Vh is infinite where singular values
        are equal, and where one is 0, if m ≠ n. The vectors beyond the first k are arbitrary and have no gradient.

    Raises:
        RuntimeError: fewer than two dimensions, an integer dtype.
        torch.linalg.LinAlgError: the matrix contains infinities or NaN.

    Source: J. Townsend, Differentiating the singular value decomposition (2016).

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.svd(torch.tensor([[3.0, 0.0], [0.0, -2.0]])).S
        tensor([3., 2.])
    """
    if driver is not None:
        raise RuntimeError(
            "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend."
        )
    return into(out, linalg_svd(_singular(A, "linalg_svd", full_matrices)), "_linalg_svd", A)


def svdvals(A: Tensor, *, driver: str | None = None, out: Tensor | None = None) -> Tensor:
    """Singular values, descending. See `svd`; their gradient is finite where they are equal, too.

    >>> import gradiente as torch
    >>> torch.linalg.svdvals(torch.tensor([[3.0, 0.0], [0.0, -2.0]]))
    tensor([3., 2.])
    """
    if driver is not None:
        raise RuntimeError(
            "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend."
        )
    return into(out, _singular(A, "linalg_svdvals")[1], "_linalg_svd", A)


def torch_svd(
    input: Tensor, some: bool = True, compute_uv: bool = True, *, out: tuple[Tensor, ...] | None = None
) -> svd_results:
    """Singular values and vectors: input = U diag(S) Vᴴ; an older form of `torch.linalg.svd`, which returns V.

    Args:
        input: tensor (..., m, n), floating-point or complex.
        some: U and V have min(m, n) columns; otherwise they are square.
        compute_uv: False: U and V are zeros, and square.
        out: tensors to write the results to; then no operand may require gradients.

    Returns:
        Named tuple `(U, S, V)`.

    Raises:
        RuntimeError: fewer than two dimensions, an integer dtype.
        torch.linalg.LinAlgError: the matrix contains infinities or NaN.

    Source: see `torch.linalg.svd`.

    Example:
        >>> import gradiente as torch
        >>> torch.svd(torch.tensor([[3.0, 0.0], [0.0, -2.0]])).S
        tensor([3., 2.])
    """
    u, s, vh = _singular(input, "svd", not some)
    if not compute_uv:
        array = input._array
        m, n = array.shape[-2:]
        zeros = [wrap(np.zeros((*array.shape[:-2], k, k), array.dtype)) for k in (m, n)]
        return into(out, svd_results((zeros[0], s, zeros[1])), "svd", input)
    return into(out, svd_results((u, s, adjoint(vh))), "svd", input)


METHODS: dict[str, Any] = {"svd": torch_svd}
"""What these functions are called as methods of Tensor."""

__all__ = ["eig", "eigh", "eigvals", "eigvalsh", "svd", "svdvals", "torch_svd"]
