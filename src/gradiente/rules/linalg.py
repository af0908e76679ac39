"""Rules of linear algebra: inverses, determinants, systems of equations, factorizations."""

from __future__ import annotations

from typing import Any

from . import _matrices as of
from .kinds import Constant as constant
from .kinds import General as general
from .kinds import Primitive

inv: Primitive = general(
    "inv",
    lambda g, out: -(out.mT @ g @ out.mT),
    forward=lambda x, extras: extras.inv(x),
    jvp=lambda t, out: -(out @ t @ out),
    node="LinalgInvExBackward0",
)
solve: Primitive = general(
    "solve",
    lambda g, a, out, extras: -(extras.solve(a.mT, g) @ out.mT),
    lambda g, a, extras: extras.solve(a.mT, g),
    forward=lambda a, b, extras: extras.solve(a, b),
    jvp=lambda t, i, a, out, extras: extras.solve(a, t) if i else -extras.solve(a, t @ out),
    node="LinalgSolveExBackward0",
)
solve_triangular: Primitive = general(
    "solve_triangular",
    lambda g, a, out, upper, unitriangular, xp, extras: (
        -_triangle(extras.solve_triangular(a.mT, g, not upper, unitriangular) @ out.mT, upper, unitriangular, xp)
    ),
    lambda g, a, upper, unitriangular, extras: extras.solve_triangular(a.mT, g, not upper, unitriangular),
    forward=lambda a, b, upper, unitriangular, extras: extras.solve_triangular(a, b, upper, unitriangular),
    jvp=lambda t, i, a, out, upper, unitriangular, xp, extras: (
        extras.solve_triangular(a, t, upper, unitriangular)
        if i
        else -extras.solve_triangular(a, _triangle(t, upper, unitriangular, xp) @ out, upper, unitriangular)
    ),
    node="LinalgSolveTriangularBackward0",
)
pinv: Primitive = general(
    "pinv",
    lambda g, x, out, xp: of.pinv_slope(g, x, out, xp),
    forward=lambda x, extras, atol=0.0, rtol=None, hermitian=False: extras.pinv(x, atol, rtol, hermitian),
    jvp=lambda t, x, out, xp: of.pinv_image(t, x, out, xp),
    node="LinalgPinvBackward0",
)
det: Primitive = general(
    "det",
    lambda g, x, extras: g[..., None, None] * extras.cofactor(x),
    forward=lambda x, extras: extras.det(x),
    jvp=lambda t, x, xp, extras: xp.sum(t * extras.cofactor(x), axis=(-2, -1)),
    node="LinalgDetBackward0",
)
cofactor: Primitive = general(
    "cofactor",
    lambda g, x, xp, extras: of.second_cofactor(g, x, xp, extras),
    forward=lambda x, extras: extras.cofactor(x),
    jvp=lambda t, x, xp, extras: of.second_cofactor(t, x, xp, extras),
)
slogdet: Primitive = general(
    "slogdet",
    lambda g, x, out, xp, extras: _slogdet_slope(g, x, out, xp, extras),
    forward=lambda x, extras: extras.slogdet(x),
    jvp=lambda t, x, out, xp, extras: _slogdet_image(t, x, out, xp, extras),
    node="LinalgSlogdetBackward0",
    outputs=2,
)
cholesky: Primitive = general(
    "cholesky",
    lambda g, out, xp, extras: of.cholesky_slope(g, out, xp, extras),
    forward=lambda x, extras, upper=False: extras.cholesky(x, upper),
    jvp=lambda t, out, xp, extras: of.cholesky_image(t, out, xp, extras),
    node="LinalgCholeskyExBackward0",
)
lu_packed: Primitive = general(
    "lu_packed",
    lambda g, out, xp, extras: of.lu_slope(g, out, xp, extras),
    None,
    operands=("x", "known"),
    forward=lambda x, known, extras: extras.lu_factor(x, False)[0] if known is None else known,
    jvp=lambda t, out, xp, extras: of.lu_image(t, out, xp, extras),
    node="LinalgLuFactorExBackward0",
)
qr: Primitive = general(
    "qr",
    lambda g, out, xp, extras: of.qr_slope(g, out, xp, extras),
    forward=lambda x, extras: extras.qr(x),
    jvp=lambda t, out, xp, extras: of.qr_image(t, out, xp, extras),
    node="LinalgQrBackward0",
    outputs=2,
)
eigh: Primitive = general(
    "eigh",
    lambda g, out, xp, extras: of.eigh_slope(g, out, xp, extras),
    forward=lambda x, extras, upper=False: extras.eigh(x, upper),
    jvp=lambda t, out, xp: of.eigh_image(t, out, xp),
    node="LinalgEighBackward0",
    outputs=2,
)
eig: Primitive = general(
    "eig",
    lambda g, out, xp, extras: of.eig_slope(g, out, xp, extras),
    forward=lambda x, extras: extras.eig(x),
    jvp=lambda t, out, xp, extras: of.eig_image(t, out, xp, extras),
    node="LinalgEigBackward0",
    outputs=2,
)
svd: Primitive = general(
    "svd",
    lambda g, out, xp, extras: of.svd_slope(g, out, xp, extras),
    forward=lambda x, extras: extras.svd(x),
    jvp=lambda t, out, xp: of.svd_image(t, out, xp),
    node="LinalgSvdBackward0",
    outputs=3,
)
matrix_exp: Primitive = general(
    "matrix_exp",
    lambda g, x, xp, extras: of.exp_part(x.mT, g, xp, extras),
    forward=lambda x, extras: extras.matrix_exp(x),
    jvp=lambda t, x, xp, extras: of.exp_part(x, t, xp, extras),
    node="LinalgMatrixExpBackward0",
)
permutation: Primitive = constant(
    "permutation", None, forward=lambda x, size, dtype, extras: extras.permutation(x, size, dtype)
)


def _triangle(x: Any, upper: bool, unitriangular: bool, xp: Any) -> Any:
    """The triangle of `x` that a triangular system has; without its diagonal where that counts as ones."""
    return xp.triu(x, k=int(unitriangular)) if upper else xp.tril(x, k=-int(unitriangular))


def _slogdet_slope(g: Any, x: Any, out: Any, xp: Any, extras: Any) -> Any:
    """(g_log + i Im(g_sign sign)) x⁻ᵀ."""
    factor: Any = 0 if g[1] is None else g[1]
    if g[0] is not None and of.is_complex(x, xp):
        turn = g[0] * out[0]
        factor = factor + (turn - xp.conj(turn)) / 2
    if g[1] is None and not of.is_complex(x, xp):
        return xp.zeros_like(x)
    return factor[..., None, None] * extras.inv(x).mT


def _slogdet_image(t: Any, x: Any, out: Any, xp: Any, extras: Any) -> tuple[Any, Any]:
    """With z the trace of x⁻¹ t: i Im(z) sign, and Re(z)."""
    z = xp.sum(t * extras.inv(x).mT, axis=(-2, -1))
    if not of.is_complex(x, xp):
        return xp.zeros_like(z), z
    return (z - xp.conj(z)) / 2 * out[0], xp.real(z)
