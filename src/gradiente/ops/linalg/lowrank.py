"""Singular values and principal components of matrices of low rank, from random vectors."""

from __future__ import annotations

from ...tensor.core import Tensor
from .._arguments import need_tensor
from .._define import primitive
from ..randomness import randn
from .adjoints import adjoint
from .factors import qr
from .spectra import svd

_subtract, _mean = primitive("subtract"), primitive("mean")


def _basis(A: Tensor, q: int, niter: int) -> Tensor:
    """Orthonormal columns whose span approximates the range of A: of A Ω, Ω random, after some powers of A Aᴴ."""
    array = A._array
    found = qr(A @ randn(array.shape[-1], q, dtype=A.dtype, device=A.device)).Q
    for _ in range(niter):
        found = qr(adjoint(A) @ found).Q
        found = qr(A @ found).Q
    return found


def svd_lowrank(
    A: Tensor, q: int | None = 6, niter: int | None = 2, M: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """The largest singular values, approximately, and their vectors: A - M ≈ U diag(S) Vᴴ.

    Args:
        A: tensor (..., m, n), floating-point or complex.
        q: how many; somewhat more than the rank.
        niter: how many products with A Aᴴ make the approximation better.
        M: is subtracted from A first; it is broadcast.

    Returns:
        `(U, S, V)` of shapes (..., m, q), (..., q), (..., n, q). The random numbers are the default generator's.

    Raises:
        RuntimeError: sizes that do not fit, an integer dtype.

    Source: N. Halko, P. Martinsson, J. Tropp, Finding structure with randomness (2009), algorithm 5.1.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.svd_lowrank(torch.outer(torch.tensor([3.0, 4.0]), torch.tensor([0.0, 2.0])), q=1)[1]
        tensor([10.])
    """
    need_tensor(A, "svd_lowrank", "A")
    q, niter = 6 if q is None else q, 2 if niter is None else niter
    x = A if M is None else _subtract(A, M)
    m, n = x._array.shape[-2:]
    if m < n:  # the range of the transpose
        basis = _basis(x.mT, q, niter)
        conjugate = basis.conj()  # pyright: ignore[reportAttributeAccessIssue]
        u, s, vh = svd(x @ conjugate, full_matrices=False)
        v = conjugate @ adjoint(vh)
    else:
        basis = _basis(x, q, niter)
        u, s, vh = svd(adjoint(basis) @ x, full_matrices=False)
        u, v = basis @ u, adjoint(vh)
    return u, s, v


def pca_lowrank(A: Tensor, q: int | None = None, center: bool = True, niter: int = 2) -> tuple[Tensor, Tensor, Tensor]:
    """The principal components, approximately: `svd_lowrank` of A less the mean of its rows.

    Args:
        A: tensor (..., m, n), floating-point or complex: m samples of n features.
        q: how many; min(6, m, n) if not given.
        center: subtract the mean of the rows.
        niter: see `svd_lowrank`.

    Returns:
        `(U, S, V)`; the columns of V are the principal directions.

    Raises:
        ValueError: q or niter is out of range.

    Source: see `svd_lowrank`.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.pca_lowrank(torch.tensor([[0.0, 1.0], [0.0, 3.0]]), q=1)[1]
        tensor([1.4142])
    """
    m, n = need_tensor(A, "pca_lowrank", "A")._array.shape[-2:]
    q = min(6, m, n) if q is None else q
    if not 0 <= q <= min(m, n):
        raise ValueError(f"q(={q}) must be non-negative integer and not greater than min(m, n)={min(m, n)}")
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    if not center:
        return svd_lowrank(A, q, niter)
    return svd_lowrank(_subtract(A, _mean(A, axis=A._array.ndim - 2, keepdims=True)), q, niter)


__all__ = ["pca_lowrank", "svd_lowrank"]
