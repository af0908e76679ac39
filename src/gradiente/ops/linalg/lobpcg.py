"""A few eigenvalues of symmetric matrices, by the name and arguments of torch's iterative solver."""

from __future__ import annotations

from typing import Any

from ...tensor.core import Tensor
from .._arguments import need_tensor
from ..permuting import flip
from .factors import cholesky
from .inverses import inv
from .spectra import eigh


def lobpcg(
    A: Tensor,
    k: int | None = None,
    B: Tensor | None = None,
    X: Tensor | None = None,
    n: int | None = None,
    iK: Tensor | None = None,
    niter: int | None = None,
    tol: float | None = None,
    largest: bool | None = None,
    method: str | None = None,
    tracker: None = None,
    ortho_iparams: dict[str, int] | None = None,
    ortho_fparams: dict[str, float] | None = None,
    ortho_bparams: dict[str, bool] | None = None,
) -> tuple[Tensor, Tensor]:
    """The k largest, or smallest, eigenvalues and the eigenvectors of A·x = λ·B·x, all computed and the rest dropped.

    The matrices are dense, so nothing is gained by iterating: what steers the iteration has no effect, and results are
    as accurate as `linalg.eigh`'s.

    Args:
        A: symmetric matrices (..., m, m), floating-point.
        k: how many; by default the number of columns of `X`, or 1.
        B: symmetric positive definite matrices (..., m, m); the identity by default.
        X: a first approximation (..., m, n); only its number of columns counts.
        n: the number of columns of a first approximation.
        iK: a preconditioner; no effect.
        niter: no effect.
        tol: no effect.
        largest: the largest, in descending order, unless False; else the smallest, ascending.
        method: "basic" or "ortho"; no effect.
        tracker: must be None.
        ortho_iparams: no effect.
        ortho_fparams: no effect.
        ortho_bparams: no effect.

    Returns:
        The eigenvalues (..., k), and the eigenvectors (..., m, k), whose signs are arbitrary: orthonormal, or xᵀBx = 1.

    Raises:
        ValueError: fewer than 3·n rows, an unknown method, or a tracker.
        RuntimeError: the matrices are not square, or B is not positive definite.

    Source: A. Knyazev, Toward the optimal preconditioned eigensolver: locally optimal block preconditioned conjugate
    gradient method (2001), for the problem; the reduction by the Cholesky factor of B is classical.

    Example:
        >>> import gradiente as torch
        >>> torch.lobpcg(torch.diag(torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])), k=2)[0]
        tensor([6., 5.])
    """
    m = need_tensor(A, "lobpcg", "A")._array.shape[-1]
    if k is None:
        k = 1 if X is None else X.shape[-1]
    columns = X.shape[-1] if X is not None else k if n is None else n
    if m < 3 * columns:
        raise ValueError(
            f"LPBPCG algorithm is not applicable when the number of A rows (={m}) is smaller than 3 x the number of "
            f"requested eigenpairs (={columns}) (use torch.linalg.eigh)"
        )
    if method not in (None, "basic", "ortho"):
        raise ValueError(f"there is no method {method!r} (there are 'basic' and 'ortho', which give the same here)")
    if tracker is not None:
        raise ValueError("tracker must be None: nothing is iterated here, so there is nothing to be tracked")
    reduced, back = (A + A.mT) / 2, None
    if B is not None:
        back = inv(cholesky(B)).mT
        reduced = back.mT @ reduced @ back
    values, vectors = eigh(reduced)
    if largest is None or largest:
        values, vectors = flip(values, (-1,)), flip(vectors, (-1,))
    found: Any = vectors[..., :k]
    return values[..., :k], found if back is None else back @ found


__all__ = ["lobpcg"]
