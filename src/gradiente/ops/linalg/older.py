"""The functions of linear algebra that torch has outside of torch.linalg, by the names that they have there."""

from __future__ import annotations

from .factors import torch_cholesky as cholesky
from .factors import torch_qr as qr
from .householder import geqrf, orgqr, ormqr
from .inverses import det, inverse, logdet, pinverse
from .inverses import torch_slogdet as slogdet
from .lobpcg import lobpcg
from .lu import lu_unpack
from .lu import torch_lu as lu
from .lu import torch_lu_solve as lu_solve
from .older_norms import frobenius_norm, norm_except_dim, nuclear_norm
from .powers import matrix_exp, matrix_power
from .powers import torch_cross as cross
from .powers import torch_vander as vander
from .spectra import torch_svd as svd
from .systems import cholesky_inverse, cholesky_solve, triangular_solve

__all__ = [
    "cholesky",
    "cholesky_inverse",
    "cholesky_solve",
    "cross",
    "det",
    "frobenius_norm",
    "geqrf",
    "inverse",
    "lobpcg",
    "logdet",
    "lu",
    "lu_solve",
    "lu_unpack",
    "matrix_exp",
    "matrix_power",
    "norm_except_dim",
    "nuclear_norm",
    "orgqr",
    "ormqr",
    "pinverse",
    "qr",
    "slogdet",
    "svd",
    "triangular_solve",
    "vander",
]
