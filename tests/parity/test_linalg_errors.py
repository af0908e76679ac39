"""Linear algebra on bad input, and its printed results, against PyTorch: torch's exceptions, torch's words first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import gradiente
from outcomes import assert_same

torch = pytest.importorskip("torch")

INF, NAN = float("inf"), float("nan")


def A(m: Any) -> Any:
    """A regular matrix."""
    return m.tensor([[2.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 1.0, 4.0]], dtype=m.float64)


def B(m: Any) -> Any:
    return m.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]], dtype=m.float64)


def D(m: Any) -> Any:
    return m.tensor([[1.0, 3.0], [0.0, 1.0], [2.0, 5.5]], dtype=m.float64)


def C(m: Any) -> Any:
    """A complex Hermitian matrix."""
    return m.tensor([[2.0, 1j], [-1j, 3.0]], dtype=m.complex128)


def factors(m: Any) -> Any:
    return m.linalg.lu_factor(A(m))


def tracked(m: Any) -> Any:
    return A(m).requires_grad_()


_SQUARE = (
    "inv",
    "inv_ex",
    "det",
    "slogdet",
    "cholesky",
    "cholesky_ex",
    "eig",
    "eigvals",
    "eigh",
    "eigvalsh",
    "matrix_exp",
)
_ANY = ("svd", "svdvals", "qr", "lu_factor", "lu", "lu_factor_ex", "pinv", "matrix_rank", "cond", "matrix_norm", "norm")
_LDL = ("ldl_factor", "ldl_factor_ex", "vector_norm")
_OLDER = ("inverse", "det", "logdet", "slogdet", "cholesky_inverse", "pinverse", "geqrf", "matrix_exp", "logdet")
_BAD: tuple[Callable[[Any], Any], ...] = (
    lambda m: m.ones(2, 2, dtype=m.int64),
    lambda m: m.ones(2, 3),
    lambda m: m.ones(3),
    lambda m: m.ones(()),
    lambda m: 3,
    lambda m: m.ones(2, 2, dtype=m.float16),
)

CALLS: dict[str, Callable[[Any], Any]] = {
    **{
        f"{name} {i}": lambda m, name=name, bad=bad: getattr(m.linalg, name)(bad(m))
        for name in (*_SQUARE, *_ANY, *_LDL)
        for i, bad in enumerate(_BAD)
        if not ((name in _ANY or name in _LDL or name == "matrix_exp") and i in (1, 5))
        and not (name in ("eig", "eigvals") and i == 5)  # torch warns of its complex type of 16 bits
        and not (name in ("norm", "vector_norm") and i in (2, 3))
    },
    **{
        f"torch.{name} {i}": lambda m, name=name, bad=bad: getattr(m, name)(bad(m))
        for name in _OLDER
        for i, bad in enumerate(_BAD[:4])
        if not (name in ("geqrf", "pinverse") and i == 1)
    },
    "inv singular": lambda m: m.linalg.inv(m.zeros(2, 2)),
    "inv singular batch": lambda m: m.linalg.inv(m.stack([m.eye(2), m.ones(2, 2)])),
    "inverse singular": lambda m: m.zeros(2, 2).inverse(),
    "inv_ex checked": lambda m: m.linalg.inv_ex(m.zeros(2, 2), check_errors=True),
    "inv_ex info": lambda m: m.linalg.inv_ex(m.zeros(2, 2)).info,
    "inv nan": lambda m: m.linalg.inv(m.full((2, 2), NAN)),
    "det nan": lambda m: m.linalg.det(m.full((2, 2), NAN)),
    "slogdet": lambda m: m.linalg.slogdet(A(m)),
    "slogdet singular": lambda m: m.slogdet(m.zeros(2, 2)),
    "logdet negative": lambda m: m.logdet(-m.eye(3)),
    "logdet complex": lambda m: m.logdet(m.eye(2) * 1j),
    "solve": lambda m: m.linalg.solve(A(m), B(m)),
    "solve rows": lambda m: m.linalg.solve(A(m), B(m)[:2]),
    "solve right": lambda m: m.linalg.solve(A(m), B(m), left=False),
    "solve dtype": lambda m: m.linalg.solve(A(m), B(m).float()),
    "solve 0-d": lambda m: m.linalg.solve(A(m), B(m)[0, 0]),
    "solve batch": lambda m: m.linalg.solve(m.ones(4, 3, 3), m.ones(5, 3, 2)),
    "solve integers": lambda m: m.linalg.solve(A(m).long(), B(m).long()),
    "solve half": lambda m: m.linalg.solve(A(m).half(), B(m).half()),
    "solve not square": lambda m: m.linalg.solve(B(m), B(m)),
    "solve singular": lambda m: m.linalg.solve(m.zeros(2, 2), m.ones(2)),
    "solve singular batch": lambda m: m.linalg.solve(m.zeros(2, 3, 3), m.ones(3, 2)),
    "solve_ex": lambda m: m.linalg.solve_ex(A(m), B(m)),
    "solve_ex checked": lambda m: m.linalg.solve_ex(m.zeros(2, 2), m.ones(2), check_errors=True),
    "solve_ex info": lambda m: m.linalg.solve_ex(m.zeros(2, 2), m.ones(2)).info,
    "triangular without upper": lambda m: m.linalg.solve_triangular(A(m), B(m)),
    "triangular vector": lambda m: m.linalg.solve_triangular(A(m), B(m)[:, 0], upper=True),
    "triangular rows": lambda m: m.linalg.solve_triangular(A(m), B(m)[:2], upper=True),
    "triangular integers": lambda m: m.linalg.solve_triangular(A(m).long(), B(m).long(), upper=True),
    "triangular singular": lambda m: m.linalg.solve_triangular(m.zeros(2, 2), m.ones(2, 1), upper=True),
    "cholesky_solve rows": lambda m: m.cholesky_solve(B(m)[:2], A(m)),
    "cholesky_solve vector": lambda m: m.cholesky_solve(B(m)[:, 0], A(m)),
    "cholesky_solve dtype": lambda m: B(m).float().cholesky_solve(A(m)),
    "cholesky_solve not square": lambda m: m.cholesky_solve(B(m), B(m)),
    "cholesky_solve integers": lambda m: m.cholesky_solve(B(m).long(), A(m).long()),
    "cholesky_solve": lambda m: m.cholesky_solve(B(m), A(m)),
    "cholesky_inverse": lambda m: m.cholesky_inverse(A(m), upper=True),
    "cholesky negative": lambda m: m.linalg.cholesky(-A(m)),
    "cholesky batch": lambda m: m.linalg.cholesky(m.stack([m.eye(2), m.ones(2, 2)])),
    "cholesky_ex checked": lambda m: m.linalg.cholesky_ex(m.ones(2, 2), check_errors=True),
    "cholesky_ex info": lambda m: m.linalg.cholesky_ex(m.stack([m.eye(2), m.ones(2, 2)])).info,
    "cholesky nan": lambda m: m.linalg.cholesky(m.full((2, 2), NAN)),
    "eigh": lambda m: m.linalg.eigh(A(m)).eigenvalues,
    "eigh UPLO": lambda m: m.linalg.eigh(A(m), UPLO="x"),
    "eigh type of UPLO": lambda m: m.linalg.eigh(A(m), 3),
    "eigh nan": lambda m: m.linalg.eigh(m.full((2, 2), NAN)),
    "eig infinite": lambda m: m.linalg.eig(m.full((2, 2), INF)),
    "svd nan": lambda m: m.linalg.svd(m.stack([m.eye(2), m.full((2, 2), NAN)])),
    "svd driver": lambda m: m.linalg.svd(A(m), driver="gesvd"),
    "svd without vectors": lambda m: m.svd(A(m), compute_uv=False),
    "svd shapes": lambda m: [x.shape for x in m.linalg.svd(B(m))],
    "svd some": lambda m: [x.shape for x in m.svd(B(m), some=False)],
    "qr mode": lambda m: m.linalg.qr(A(m), "bad"),
    "qr type of mode": lambda m: m.linalg.qr(A(m), 3),
    "qr r": lambda m: m.linalg.qr(B(m), "r"),
    "qr complete": lambda m: [x.shape for x in m.linalg.qr(B(m), "complete")],
    "pinv complex atol": lambda m: m.linalg.pinv(A(m), atol=m.tensor(1j)),
    "pinv nan": lambda m: m.linalg.pinv(m.full((2, 2), NAN)),
    "pinv hermitian": lambda m: m.linalg.pinv(B(m), hermitian=True),
    "pinv tensor": lambda m: m.linalg.pinv(A(m), rtol=m.tensor(0.5, dtype=m.float64)),
    "matrix_rank": lambda m: m.linalg.matrix_rank(A(m).expand(2, 3, 3), tol=m.tensor([0.1, 10.0])),
    "matrix_rank hermitian": lambda m: m.linalg.matrix_rank(C(m), hermitian=True),
    "matrix_rank both": lambda m: m.linalg.matrix_rank(A(m), atol=1.0, rtol=m.tensor(0.4)),
    "lstsq": lambda m: m.linalg.lstsq(B(m), D(m), driver="gelsd"),
    "lstsq gels": lambda m: m.linalg.lstsq(B(m), D(m), driver="gels"),
    "lstsq gelsy": lambda m: m.linalg.lstsq(B(m), D(m)),
    "lstsq vectors": lambda m: m.linalg.lstsq(B(m).expand(2, 3, 2), D(m).mT, driver="gelss"),
    "lstsq rcond": lambda m: m.linalg.lstsq(B(m), A(m), rcond=0.9).rank,
    "lstsq driver": lambda m: m.linalg.lstsq(B(m), A(m), driver="x"),
    "lstsq rows": lambda m: m.linalg.lstsq(B(m), A(m)[:2]),
    "lstsq vector": lambda m: m.linalg.lstsq(B(m)[0], A(m)),
    "lstsq 0-d": lambda m: m.linalg.lstsq(B(m), A(m)[0, 0]),
    "lstsq dims": lambda m: m.linalg.lstsq(B(m), m.ones(4, 3, 3)),
    "lstsq dtype": lambda m: m.linalg.lstsq(B(m), A(m).float()),
    "lstsq integers": lambda m: m.linalg.lstsq(B(m).long(), A(m).long()),
    "lu": lambda m: m.linalg.lu(A(m)),
    "lu without pivots": lambda m: m.linalg.lu(A(m), pivot=False),
    "lu_factor singular": lambda m: m.linalg.lu_factor(m.zeros(2, 3, 3)),
    "lu_factor_ex": lambda m: m.linalg.lu_factor_ex(m.zeros(2, 3, 3)),
    "lu_factor_ex checked": lambda m: m.linalg.lu_factor_ex(m.ones(2, 2), check_errors=True),
    "lu_solve pivots": lambda m: m.linalg.lu_solve(factors(m)[0], factors(m)[1].long(), B(m)),
    "lu_solve number of pivots": lambda m: m.linalg.lu_solve(factors(m)[0], factors(m)[1][:2], B(m)),
    "lu_solve vector": lambda m: m.linalg.lu_solve(*factors(m), B(m)[:, 0]),
    "lu_solve dtype": lambda m: m.linalg.lu_solve(*factors(m), B(m).float()),
    "lu_solve not square": lambda m: m.linalg.lu_solve(factors(m)[0][:2], factors(m)[1], B(m)),
    "lu_solve rows": lambda m: m.linalg.lu_solve(*factors(m), B(m)[:2]),
    "lu_solve batch": lambda m: m.linalg.lu_solve(factors(m)[0].expand(2, 3, 3), factors(m)[1], B(m)),
    "lu_unpack pivots": lambda m: m.lu_unpack(factors(m)[0], factors(m)[1].long()),
    "lu_unpack range": lambda m: m.lu_unpack(factors(m)[0], factors(m)[1] + 5),
    "lu_unpack vector": lambda m: m.lu_unpack(factors(m)[0][0], factors(m)[1]),
    "lu_unpack parts": lambda m: m.lu_unpack(*factors(m), unpack_data=False),
    "ldl": lambda m: m.linalg.ldl_factor(A(m)),
    "ldl hermitian": lambda m: m.linalg.ldl_factor_ex(C(m), hermitian=True),
    "ldl_solve": lambda m: m.linalg.ldl_solve(*m.linalg.ldl_factor(A(m)), B(m)),
    "ldl_solve rows": lambda m: m.linalg.ldl_solve(*m.linalg.ldl_factor(A(m)), B(m)[:2]),
    "ldl_solve vector": lambda m: m.linalg.ldl_solve(*m.linalg.ldl_factor(A(m)), B(m)[:, 0]),
    "ldl_solve dtype": lambda m: m.linalg.ldl_solve(*m.linalg.ldl_factor(A(m)), B(m).float()),
    "ldl backward": lambda m: m.linalg.ldl_factor(tracked(m)).LD.sum().backward(),
    "geqrf of a tracked matrix": lambda m: m.geqrf(tracked(m)).a.sum().backward(),
    "householder wide": lambda m: m.linalg.householder_product(m.ones(2, 3), m.ones(2)),
    "householder tau": lambda m: m.linalg.householder_product(m.ones(3, 2), m.ones(3)),
    "householder vector": lambda m: m.linalg.householder_product(m.ones(3), m.ones(3)),
    "householder dims": lambda m: m.linalg.householder_product(m.ones(2, 3, 2), m.ones(2)),
    "householder batch": lambda m: m.linalg.householder_product(m.ones(2, 3, 2), m.ones(3, 2)),
    "householder dtype": lambda m: m.linalg.householder_product(m.ones(3, 2), m.ones(2).double()),
    "householder integers": lambda m: m.linalg.householder_product(m.ones(3, 2).long(), m.ones(2).long()),
    "ormqr rows": lambda m: m.ormqr(m.ones(3, 2), m.ones(2), m.ones(2, 2)),
    "ormqr tau": lambda m: m.ormqr(m.ones(3, 2), m.ones(3), m.ones(3, 2)),
    "ormqr vector": lambda m: m.ormqr(m.ones(3), m.ones(3), m.ones(3, 2)),
    "ormqr other": lambda m: m.ormqr(m.ones(3, 2), m.ones(2), m.ones(3)),
    "ormqr dtype of tau": lambda m: m.ormqr(m.ones(3, 2), m.ones(2).double(), m.ones(3, 2)),
    "ormqr dtype": lambda m: m.ormqr(m.ones(3, 2), m.ones(2), m.ones(3, 2).double()),
    "ormqr right": lambda m: m.ormqr(m.ones(3, 2), m.ones(2), m.ones(3, 2), left=False),
    "matrix_norm order": lambda m: m.linalg.matrix_norm(A(m), "x"),
    "matrix_norm 3": lambda m: m.linalg.matrix_norm(A(m), 3),
    "matrix_norm dims": lambda m: m.linalg.matrix_norm(A(m), 2, (0, 0)),
    "matrix_norm 1 dim": lambda m: m.linalg.matrix_norm(A(m), 2, (0,)),
    "matrix_norm dim": lambda m: m.linalg.matrix_norm(A(m), "fro", (0, 3)),
    "matrix_norm dtype": lambda m: m.linalg.matrix_norm(A(m), 1, dtype=m.float32),
    "matrix_norm complex dtype": lambda m: m.linalg.matrix_norm(A(m), 1, dtype=m.complex128),
    "matrix_norm wider": lambda m: m.linalg.matrix_norm(A(m).float(), 1, dtype=m.float64),
    "matrix_norm half": lambda m: m.linalg.matrix_norm(A(m).half(), 2),
    "matrix_norm empty": lambda m: [m.linalg.matrix_norm(m.ones(0, 3), p) for p in (INF, 2, 1, "nuc", "fro")],
    "matrix_norm empty -1": lambda m: m.linalg.matrix_norm(m.ones(3, 0), -1),
    "vector_norm order": lambda m: m.linalg.vector_norm(A(m), "fro"),
    "vector_norm complex order": lambda m: m.linalg.vector_norm(A(m), 1j),
    "vector_norm bool": lambda m: m.linalg.vector_norm(A(m), True),
    "vector_norm dtype": lambda m: m.linalg.vector_norm(A(m), dtype=m.float32),
    "vector_norm integers": lambda m: m.linalg.vector_norm(A(m), dtype=m.int64),
    "vector_norm empty": lambda m: m.linalg.vector_norm(m.ones(0), INF),
    "norm of 3 dims": lambda m: m.linalg.norm(m.ones(2, 2, 2), 2),
    "norm over 3 dims": lambda m: m.linalg.norm(m.ones(2, 2, 2), 2, dim=(0, 1, 2)),
    "norm fro of 1 dim": lambda m: m.linalg.norm(A(m), "fro", dim=0),
    "norm nuc of a vector": lambda m: m.linalg.norm(A(m)[0], "nuc"),
    "norm order": lambda m: m.linalg.norm(A(m), "bad"),
    "torch.norm nuc": lambda m: m.norm(A(m), "nuc", dim=0),
    "cond order": lambda m: m.linalg.cond(A(m), 3),
    "cond name": lambda m: m.linalg.cond(A(m), "x"),
    "cond not square": lambda m: m.linalg.cond(B(m), 1),
    "cond singular": lambda m: m.linalg.cond(m.stack([A(m), A(m) * 0]), 1),
    "cond empty": lambda m: m.linalg.cond(m.ones(0, 0), "fro"),
    "cond integers": lambda m: m.linalg.cond(A(m).long(), 1),
    "matrix_power type": lambda m: m.linalg.matrix_power(A(m), 2.5),
    "matrix_power not square": lambda m: m.matrix_power(B(m), 2),
    "matrix_power vector": lambda m: m.linalg.matrix_power(A(m)[0], 2),
    "matrix_power of integers": lambda m: m.linalg.matrix_power(A(m).long(), 3),
    "matrix_power negative": lambda m: m.linalg.matrix_power(A(m).long(), -3),
    "matrix_power singular": lambda m: m.linalg.matrix_power(A(m) * 0, -1),
    "matrix_power 0": lambda m: m.linalg.matrix_power(A(m).long(), 0),
    "multi_dot nothing": lambda m: m.linalg.multi_dot([]),
    "multi_dot one": lambda m: m.linalg.multi_dot([A(m)]),
    "multi_dot last": lambda m: m.linalg.multi_dot([A(m), m.ones(2, 3, 3)]),
    "multi_dot first": lambda m: m.linalg.multi_dot([m.ones(2, 3, 3), A(m)]),
    "multi_dot middle": lambda m: m.linalg.multi_dot([A(m), A(m)[0], A(m)]),
    "multi_dot sizes": lambda m: m.linalg.multi_dot([A(m), B(m), A(m)]),
    "multi_dot dtype": lambda m: m.linalg.multi_dot([A(m), B(m).float()]),
    "multi_dot tensor": lambda m: m.linalg.multi_dot(A(m)),
    "vander N": lambda m: m.linalg.vander(A(m)[0], N=1),
    "vander of a number": lambda m: m.linalg.vander(m.tensor(2.0), N=3),
    "vander bool": lambda m: m.linalg.vander(A(m)[0] > 1),
    "torch.vander 2-d": lambda m: m.vander(A(m)),
    "torch.vander negative": lambda m: m.vander(A(m)[0], -1),
    "torch.vander 0": lambda m: m.vander(A(m)[0], 0),
    "torch.vander bool": lambda m: m.vander(A(m)[0] > 1, 3),
    "vecdot sizes": lambda m: m.linalg.vecdot(A(m), B(m)),
    "vecdot integers": lambda m: m.linalg.vecdot(A(m).long(), A(m).long()),
    "vecdot dtype": lambda m: m.linalg.vecdot(A(m), A(m).float()),
    "vecdot numbers": lambda m: m.linalg.vecdot(m.tensor(2.0), m.tensor(3.0)),
    "cross length": lambda m: m.linalg.cross(B(m), B(m)),
    "cross dims": lambda m: m.linalg.cross(A(m), A(m)[0]),
    "cross sizes": lambda m: m.linalg.cross(A(m), m.ones(4, 3).double()),
    "cross numbers": lambda m: m.linalg.cross(m.tensor(1.0), m.tensor(1.0)),
    "cross dtype": lambda m: m.linalg.cross(A(m), A(m).float()),
    "cross bool": lambda m: m.linalg.cross(A(m) > 1, A(m) > 1),
    "cross dim": lambda m: m.linalg.cross(A(m), A(m), dim=3),
    "diagonal": lambda m: m.linalg.diagonal(A(m)[0]),
    "tensorinv ind": lambda m: m.linalg.tensorinv(m.ones(4, 2, 2), 0),
    "tensorinv sizes": lambda m: m.linalg.tensorinv(m.ones(4, 2, 3), 1),
    "tensorinv singular": lambda m: m.linalg.tensorinv(m.zeros(4, 2, 2), 1),
    "tensorsolve sizes": lambda m: m.linalg.tensorsolve(m.eye(4).reshape(2, 2, 4), m.ones(3)),
    "tensorsolve singular": lambda m: m.linalg.tensorsolve(m.zeros(2, 2, 4), m.ones(2, 2)),
    "qr complete backward": lambda m: m.linalg.qr(tracked(m)[:, :2], "complete").R.sum().backward(),
    "qr r backward": lambda m: m.linalg.qr(tracked(m), "r").R.sum().backward(),
    "eigh phase": lambda m: m.linalg.eigh(C(m).requires_grad_()).eigenvectors.imag.sum().backward(),
    "eig phase": lambda m: m.linalg.eig((C(m) + 1j).requires_grad_()).eigenvectors.imag.sum().backward(),
    "svd phase": lambda m: m.linalg.svd((C(m) + 1j).requires_grad_()).U.imag.sum().backward(),
}


@pytest.mark.parametrize("name", CALLS)
def test_same_outcome(name: str) -> None:
    assert_same(CALLS[name], torch, gradiente)


WARNING: dict[str, Callable[[Any], Any]] = {
    "cholesky": lambda m: m.cholesky(A(m)),
    "cholesky negative": lambda m: m.cholesky(-A(m)),
    "qr": lambda m: [x.shape for x in m.qr(B(m), some=False)],
    "lu": lambda m: A(m).lu(),
    "lu with infos": lambda m: m.lu(A(m), get_infos=True)[2],
    "lu_solve": lambda m: B(m).lu_solve(*factors(m)),
    "triangular_solve": lambda m: m.triangular_solve(B(m), A(m)),
    "triangular_solve transposed": lambda m: m.triangular_solve(B(m), A(m), False, True, True).solution,
    "triangular_solve vector": lambda m: m.triangular_solve(B(m)[:, 0], A(m)),
    "triangular_solve rows": lambda m: m.triangular_solve(B(m)[:2], A(m)),
    "triangular_solve dtype": lambda m: m.triangular_solve(B(m).float(), A(m)),
    "triangular_solve not square": lambda m: m.triangular_solve(B(m), B(m)),
    "cross": lambda m: m.cross(m.ones(3, 4), m.ones(3, 4)),
    "cross without 3": lambda m: m.cross(B(m)[:2], B(m)[:2]),
}
"""torch gives each of these warnings once in a process, we at every call."""


@pytest.mark.parametrize("name", WARNING)
def test_older_names(name: str) -> None:
    assert_same(WARNING[name], torch, gradiente, warned=False)


def test_older_names_warn() -> None:
    """The texts, heard in a process that has not had them."""
    import subprocess
    import sys

    program = """
import sys, warnings
with warnings.catch_warnings(record=True) as heard:
    warnings.simplefilter("ignore")
    m = __import__(sys.argv[1])
    warnings.simplefilter("always")
    x = m.eye(3)
    m.cholesky(x), m.qr(x), m.lu(x), m.lu_solve(x, *m.linalg.lu_factor(x)), m.triangular_solve(x, x), m.cross(x, x)
for w in heard:
    print(w.category.__name__, str(w.message).split(" (Triggered")[0])
"""
    ours, theirs = (
        subprocess.run([sys.executable, "-c", program, name], capture_output=True, text=True, check=True).stdout
        for name in ("gradiente", "torch")
    )
    assert "torch.cholesky is deprecated" in theirs
    assert ours == theirs


def out_of(m: Any, *shape: int, dtype: str = "float64") -> Any:
    return m.zeros(shape, dtype=getattr(m, dtype))


INTO: dict[str, Callable[[Any], Any]] = {
    "inv": lambda m: m.linalg.inv(A(m), out=out_of(m, 3, 3)),
    "another shape": lambda m: m.linalg.inv(A(m), out=out_of(m, 2)),
    "empty": lambda m: m.linalg.inv(A(m), out=out_of(m, 0)),
    "another dtype": lambda m: m.linalg.inv(A(m), out=out_of(m, 3, 3, dtype="float32")),
    "integers": lambda m: m.linalg.det(A(m), out=out_of(m, dtype="int64")),
    "of a tracked matrix": lambda m: m.linalg.inv(tracked(m), out=out_of(m, 3, 3)),
    "a tracked one": lambda m: m.linalg.inv(A(m), out=tracked(m) * 1),
    "no tensor": lambda m: m.linalg.solve(A(m), B(m), out=3),
    "several": lambda m: tuple(m.linalg.cholesky_ex(A(m), out=(out_of(m, 3, 3), out_of(m, dtype="int32")))),
    "one for several": lambda m: m.linalg.eigh(A(m), out=out_of(m, 3)),
    "too few": lambda m: m.linalg.eigh(A(m), out=(out_of(m, 3),)),
    "a view": lambda m: (lambda x: (m.linalg.inv(A(m), out=x[1]), x))(out_of(m, 2, 3, 3)),
    "the operand": lambda m: (lambda x: m.linalg.inv(x, out=x))(A(m)),
    "fft": lambda m: m.fft.fft(B(m), out=out_of(m, 3, 2, dtype="complex128")),
    "fft in less precision": lambda m: m.fft.fft(B(m), out=out_of(m, 3, 2, dtype="complex64")),
    "rank": lambda m: m.linalg.matrix_rank(A(m), out=out_of(m)),
    "mm": lambda m: m.mm(A(m), B(m), out=out_of(m, 3, 2)),
    "mm of a tracked matrix": lambda m: m.mm(tracked(m), B(m), out=out_of(m, 3, 2)),
    "matmul in another shape": lambda m: m.matmul(A(m), B(m), out=out_of(m, 1)),
    "addmm": lambda m: m.addmm(B(m), A(m), B(m), beta=2, out=out_of(m, 3, 2)),
    "addr with NaN": lambda m: m.addr(out_of(m, 1, 1), m.tensor([NAN]).double(), m.tensor([1.0]).double(), alpha=0),
    "tensordot": lambda m: m.tensordot(A(m), B(m), 1, out=out_of(m, 3, 2)),
    "tensordot of a tracked matrix": lambda m: m.tensordot(tracked(m), B(m), 1, out=out_of(m, 3, 2)),
    "tensordot in another dtype": lambda m: m.tensordot(A(m), B(m), 1, out=out_of(m, 3, 2, dtype="float32")),
}


@pytest.mark.parametrize("name", INTO)
def test_out(name: str) -> None:
    assert_same(INTO[name], torch, gradiente)
