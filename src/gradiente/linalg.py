"""torch.linalg: linear algebra. The functions stand in `gradiente.ops.linalg`, by family."""

from __future__ import annotations

from .ops.linalg.checks import LinAlgError as LinAlgError
from .ops.linalg.factors import cholesky, cholesky_ex, qr
from .ops.linalg.householder import householder_product
from .ops.linalg.inverses import det, inv, inv_ex, pinv, slogdet
from .ops.linalg.ldl import ldl_factor, ldl_factor_ex, ldl_solve
from .ops.linalg.least_squares import lstsq, tensorinv, tensorsolve
from .ops.linalg.lu import lu, lu_factor, lu_factor_ex, lu_solve
from .ops.linalg.norms import cond, matrix_norm, matrix_rank, norm, vector_norm
from .ops.linalg.powers import cross, diagonal, matrix_exp, matrix_power, multi_dot, vander, vecdot
from .ops.linalg.spectra import eig, eigh, eigvals, eigvalsh, svd, svdvals
from .ops.linalg.systems import solve, solve_ex, solve_triangular
from .ops.products import matmul

__all__ = [
    "LinAlgError",
    "cholesky",
    "cholesky_ex",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "householder_product",
    "inv",
    "inv_ex",
    "ldl_factor",
    "ldl_factor_ex",
    "ldl_solve",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_ex",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
    "vander",
    "vecdot",
    "vector_norm",
]


def __getattr__(name: str) -> object:
    from ._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))
