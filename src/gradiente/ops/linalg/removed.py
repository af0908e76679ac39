"""Functions of linear algebra that torch has removed: calling one says what took its place."""

from __future__ import annotations

from typing import Any, NoReturn

_REMOVED = "This function was deprecated since version 1.9 and is now removed."


def symeig(input: Any, *args: Any, **kwargs: Any) -> NoReturn:
    """RuntimeError: `torch.linalg.eigh` and `eigvalsh` took its place."""
    raise RuntimeError(
        f"{_REMOVED} The upper triangle of the matrix was used, torch.linalg uses the lower one unless told otherwise: "
        "write torch.linalg.eigvalsh(A, UPLO='U'), or torch.linalg.eigh(A, UPLO='U') for the eigenvectors, too"
    )


def eig(input: Any, *args: Any, **kwargs: Any) -> NoReturn:
    """RuntimeError: `torch.linalg.eig` and `eigvals` took its place."""
    raise RuntimeError(
        f"{_REMOVED} `torch.linalg.eig` returns complex tensors of dtype `cfloat` or `cdouble` rather than real "
        "tensors mimicking complex tensors: write torch.linalg.eigvals(A), or torch.linalg.eig(A) for the eigenvectors"
    )


def solve(input: Any, *args: Any, **kwargs: Any) -> NoReturn:
    """RuntimeError: `torch.linalg.solve` took its place."""
    raise RuntimeError(
        f"{_REMOVED} `torch.solve` is deprecated in favor of `torch.linalg.solve`, which has its arguments reversed "
        "and does not return the factorization: write torch.linalg.solve(A, B); torch.linalg.lu_factor(A) factorizes"
    )


def lstsq(input: Any, *args: Any, **kwargs: Any) -> NoReturn:
    """RuntimeError: `torch.linalg.lstsq` took its place."""
    raise RuntimeError(
        f"{_REMOVED} `torch.lstsq` is deprecated in favor of `torch.linalg.lstsq`, which has its arguments reversed, "
        "keeps the residuals apart and does not return the factorization: write torch.linalg.lstsq(A, B).solution; "
        "torch.linalg.qr(A) factorizes"
    )


def matrix_rank(input: Any, *args: Any, **kwargs: Any) -> NoReturn:
    """RuntimeError: `torch.linalg.matrix_rank` took its place."""
    raise RuntimeError(
        f"{_REMOVED}\nPlease use the `torch.linalg.matrix_rank` function instead. The parameter 'symmetric' was "
        "renamed in `torch.linalg.matrix_rank()` to 'hermitian'."
    )


METHODS: dict[str, Any] = {"symeig": symeig, "eig": eig, "solve": solve, "lstsq": lstsq}

__all__ = ["eig", "lstsq", "matrix_rank", "solve", "symeig"]
