"""Sets of matrices: triangular, symmetric, positive definite ones."""

from __future__ import annotations

from typing import Any

from ...ops.comparison import isclose
from ...ops.creation import full
from ...ops.linalg.factors import cholesky_ex
from ...ops.linalg.norms import vector_norm
from ...ops.linalg.spectra import eigvalsh
from ...tensor.dtypes import bool as bool_dtype
from ...tensor.limits import finfo
from ..utils import holds_everywhere
from ._base import Constraint


def _everywhere(holds: Any) -> Any:
    """Whether it holds for all elements of each matrix."""
    return holds.reshape((*holds.shape[:-2], -1)).all(-1)


class _LowerTriangular(Constraint):
    """Square matrices with zeros above the diagonal."""

    event_dim = 2

    def check(self, value: Any) -> Any:
        return _everywhere(value.tril() == value)


class _LowerCholesky(_LowerTriangular):
    """Lower triangular matrices with a positive diagonal."""

    def check(self, value: Any) -> Any:
        return super().check(value) & (value.diagonal(dim1=-2, dim2=-1) > 0).all(-1)


class _CorrCholesky(_LowerCholesky):
    """Lower triangular matrices with a positive diagonal and rows of length 1: the factors of correlation matrices."""

    def check(self, value: Any) -> Any:
        tolerance = finfo(value.dtype).eps * value.size(-1) * 10
        lengths = vector_norm(value.detach(), dim=-1)
        return super().check(value) & ((lengths - 1).abs() <= tolerance).all(-1)


class _Square(Constraint):
    """Square matrices."""

    event_dim = 2

    def check(self, value: Any) -> Any:
        return full(value.shape[:-2], value.shape[-2] == value.shape[-1], dtype=bool_dtype)


class _Symmetric(_Square):
    """Symmetric matrices, to 1e-6."""

    def check(self, value: Any) -> Any:
        is_square = super().check(value)
        return _everywhere(isclose(value, value.mT, atol=1e-6)) if holds_everywhere(is_square) else is_square


class _PositiveSemidefinite(_Symmetric):
    """Symmetric matrices without negative eigenvalues."""

    def check(self, value: Any) -> Any:
        is_symmetric = super().check(value)
        return eigvalsh(value).ge(0).all(-1) if holds_everywhere(is_symmetric) else is_symmetric


class _PositiveDefinite(_Symmetric):
    """Symmetric matrices with positive eigenvalues."""

    def check(self, value: Any) -> Any:
        is_symmetric = super().check(value)
        return cholesky_ex(value).info.eq(0) if holds_everywhere(is_symmetric) else is_symmetric


__all__ = [
    "_CorrCholesky",
    "_LowerCholesky",
    "_LowerTriangular",
    "_PositiveDefinite",
    "_PositiveSemidefinite",
    "_Square",
    "_Symmetric",
]
