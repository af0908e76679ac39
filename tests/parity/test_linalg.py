"""Linear algebra against PyTorch: values, gradients of two orders, tangents, named tuples, errors, warnings."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradiente
import gradiente.autograd.forward_ad as our_forward
from outcomes import assert_same

torch = pytest.importorskip("torch")
import torch.autograd.forward_ad as their_forward  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")  # from torch itself

TOLERANCE = 1e-8  # eigenvectors of random matrices lose some digits of 16

Matrix = Callable[[np.random.Generator, str], Any]


def plain(*shape: int) -> Matrix:
    """Random numbers."""

    def draw(rng: np.random.Generator, dtype: str) -> Any:
        values = rng.standard_normal(shape)
        return (values + 1j * rng.standard_normal(shape) if dtype == "complex128" else values).astype(dtype)

    return draw


def hermitian(*shape: int) -> Matrix:
    """Positive-definite matrices."""

    def draw(rng: np.random.Generator, dtype: str) -> Any:
        x = plain(*shape)(rng, dtype)
        return x @ np.swapaxes(x, -1, -2).conj() + np.eye(shape[-1])

    return draw


def upper(*shape: int) -> Matrix:
    """Regular upper triangular matrices."""

    def draw(rng: np.random.Generator, dtype: str) -> Any:
        return np.triu(plain(*shape)(rng, dtype)) + 3 * np.eye(shape[-1])

    return draw


def lower(*shape: int) -> Matrix:
    return lambda rng, dtype: np.swapaxes(upper(*shape)(rng, dtype), -1, -2).copy()


def phases(*names: int) -> Any:
    """Moduli of the results with these numbers, whose phases are arbitrary; the other results as they are."""
    return lambda outs: [abs(out) if i in names else out for i, out in enumerate(outs)]


CASES: dict[str, tuple[Any, ...]] = {
    "inv": (lambda m, a: m.linalg.inv(a), plain(2, 3, 3)),
    "inverse": (lambda m, a: a.inverse(), plain(3, 3)),
    "inv_ex": (lambda m, a: m.linalg.inv_ex(a), plain(3, 3)),
    "pinv tall": (lambda m, a: m.linalg.pinv(a), plain(2, 4, 3)),
    "pinv wide": (lambda m, a: a.pinverse(), plain(2, 4)),
    "pinv hermitian": (lambda m, a: m.linalg.pinv(a, hermitian=True), hermitian(3, 3)),
    "pinv atol": (lambda m, a: m.linalg.pinv(a, atol=0.1), plain(3, 3)),
    "det": (lambda m, a: m.linalg.det(a), plain(2, 3, 3)),
    "det method": (lambda m, a: a.det(), plain(1, 1)),
    "slogdet": (lambda m, a: m.linalg.slogdet(a), plain(2, 3, 3)),
    "slogdet method": (lambda m, a: a.slogdet(), plain(3, 3)),
    "logdet": (lambda m, a: a.logdet(), hermitian(2, 3, 3)),
    "solve": (lambda m, a, b: m.linalg.solve(a, b), plain(2, 3, 3), plain(3, 2)),
    "solve vectors": (lambda m, a, b: m.linalg.solve(a, b), plain(2, 3, 3), plain(2, 3)),
    "solve right": (lambda m, a, b: m.linalg.solve(a, b, left=False), plain(3, 3), plain(2, 3)),
    "solve_ex": (lambda m, a, b: m.linalg.solve_ex(a, b), plain(3, 3), plain(3)),
    "triangular": (
        lambda m, a, b: m.linalg.solve_triangular(a, b, upper=True),
        upper(2, 3, 3),
        plain(3, 2),
    ),
    "triangular right": (
        lambda m, a, b: m.linalg.solve_triangular(a, b, upper=False, left=False, unitriangular=True),
        lower(3, 3),
        plain(2, 3),
    ),
    "cholesky": (lambda m, a: m.linalg.cholesky(a), hermitian(2, 3, 3)),
    "cholesky upper": (lambda m, a: m.linalg.cholesky(a, upper=True), hermitian(3, 3)),
    "cholesky_ex": (lambda m, a: m.linalg.cholesky_ex(a), hermitian(3, 3)),
    "lu_factor": (lambda m, a: m.linalg.lu_factor(a), plain(2, 3, 3)),
    "lu_factor_ex": (lambda m, a: m.linalg.lu_factor_ex(a), plain(3, 3)),
    "lu": (lambda m, a: m.linalg.lu(a), plain(2, 3, 3)),
    "lu tall": (lambda m, a: m.linalg.lu(a), plain(4, 3)),
    "lu wide": (lambda m, a: m.linalg.lu(a), plain(3, 4)),
    "lu_solve": (
        lambda m, a, b: m.linalg.lu_solve(*m.linalg.lu_factor(a), b),
        plain(2, 3, 3),
        plain(2, 3, 2),
    ),
    "lu_solve adjoint": (
        lambda m, a, b: m.linalg.lu_solve(*m.linalg.lu_factor(a), b, adjoint=True, left=False),
        plain(3, 3),
        plain(2, 3),
    ),
    "qr": (lambda m, a: m.linalg.qr(a), plain(2, 4, 3)),
    "qr square": (lambda m, a: m.linalg.qr(a, "complete"), plain(3, 3)),
    "qr wide": (lambda m, a: m.linalg.qr(a), plain(2, 2, 4)),
    "householder_product": (lambda m, a, t: m.linalg.householder_product(a, t), plain(4, 3), plain(3)),
    "ormqr": (lambda m, a, t, b: a.ormqr(t, b, transpose=True), plain(4, 3), plain(3), plain(4, 2)),
    "ormqr right": (lambda m, a, t, b: m.ormqr(a, t, b, left=False), plain(4, 3), plain(3), plain(2, 4)),
    "eigh": (lambda m, a: phases(1)(m.linalg.eigh(a)), hermitian(2, 3, 3)),
    "eigvalsh": (lambda m, a: m.linalg.eigvalsh(a, UPLO="U"), hermitian(2, 3, 3)),
    "eig": (lambda m, a: phases(1)(m.linalg.eig(a)), plain(2, 3, 3)),
    "eigvals": (lambda m, a: m.linalg.eigvals(a), plain(3, 3)),
    "svd": (lambda m, a: phases(0, 2)(m.linalg.svd(a)), plain(2, 3, 3)),
    "svd tall": (lambda m, a: phases(0, 2)(m.linalg.svd(a, full_matrices=False)), plain(4, 3)),
    "svd wide": (lambda m, a: phases(0, 2)(m.linalg.svd(a, full_matrices=False)), plain(2, 4)),
    "svd method": (lambda m, a: phases(0, 2)(a.svd()), plain(3, 2)),
    "svdvals": (lambda m, a: m.linalg.svdvals(a), plain(2, 3, 4)),
    "lstsq": (lambda m, a, b: m.linalg.lstsq(a, b).solution, plain(4, 3), plain(4, 2)),
    "lstsq wide": (lambda m, a, b: m.linalg.lstsq(a, b, driver="gelsd"), plain(2, 4), plain(2, 2)),
    "matrix_exp": (lambda m, a: a.matrix_exp(), plain(2, 3, 3)),
    "matrix_power": (lambda m, a: a.matrix_power(3), plain(2, 3, 3)),
    "matrix_power -2": (lambda m, a: m.linalg.matrix_power(a, -2), plain(3, 3)),
    "multi_dot": (lambda m, *x: m.linalg.multi_dot(x), plain(3), plain(3, 5), plain(5, 2), plain(2)),
    "norm": (lambda m, a: m.linalg.norm(a), plain(3, 4)),
    "norm 2": (lambda m, a: m.linalg.norm(a, 2), plain(3, 4)),
    "norm nuc": (lambda m, a: m.linalg.norm(a, "nuc", dim=(0, 2), keepdim=True), plain(3, 2, 4)),
    "norm of vectors": (lambda m, a: m.linalg.norm(a, 3, dim=1), plain(3, 4)),
    "torch.norm nuc": (lambda m, a: a.norm("nuc"), plain(3, 4)),
    "matrix_norm 1": (lambda m, a: m.linalg.matrix_norm(a, 1), plain(2, 3, 4)),
    "matrix_norm -inf": (lambda m, a: m.linalg.matrix_norm(a, -float("inf"), (0, 1), True), plain(2, 3, 4)),
    "matrix_norm -2": (lambda m, a: m.linalg.matrix_norm(a, -2), plain(2, 3, 4)),
    "cond": (lambda m, a: m.linalg.cond(a), plain(2, 3, 3)),
    "cond fro": (lambda m, a: m.linalg.cond(a, "fro"), plain(3, 3)),
    "tensorsolve": (lambda m, a, b: m.linalg.tensorsolve(a, b), plain(2, 3, 6), plain(2, 3)),
    "tensorinv": (lambda m, a: m.linalg.tensorinv(a, 1), plain(6, 2, 3)),
    "vander": (lambda m, a: m.linalg.vander(a, N=4), plain(2, 3)),
    "torch.vander": (lambda m, a: m.vander(a, 4), plain(3)),
    "vecdot": (lambda m, a, b: m.linalg.vecdot(a, b, dim=0), plain(3, 2), plain(3, 2)),
    "cross": (lambda m, a, b: m.linalg.cross(a, b), plain(2, 3), plain(1, 3)),
    "diagonal": (lambda m, a: m.linalg.diagonal(a, offset=1), plain(2, 3, 3)),
}

HERMITIAN = {"cholesky", "cholesky upper", "cholesky_ex", "eigh", "eigvalsh", "pinv hermitian"}
"""Where tangents have to be Hermitian too: what others give is not defined."""
TRIANGULAR = {"triangular", "triangular right"}
"""Where torch takes tangents of the other triangle into account, which is not read."""
CONDITIONAL = {"ormqr", "ormqr right", "lstsq wide", "lstsq"}
"""Where torch has no forward mode."""


SPOILT = {"cond fro", "torch.vander"}
"""Where torch has no gradients: it changes what it has saved in place. Ours are compared with differences."""


def numbers(outs: Any) -> list[Any]:
    return [out.numpy(force=True) if isinstance(out, torch.Tensor) else out.detach().numpy() for out in outs]


def listed(found: Any) -> list[Any]:
    return list(found) if isinstance(found, (tuple, list)) else [found]


def total(module: Any, outs: Any) -> Any:
    """A real function of the results."""
    terms = []
    for out in outs:
        if out.requires_grad:
            weights = np.cos(np.arange(out.numel())).reshape(tuple(out.shape))
            squares = out * out.conj() + out if out.is_complex() else out * out + out
            squares = squares.real if out.is_complex() else squares
            terms.append((squares * module.from_numpy(weights)).sum())
    return sum(terms)


def computed(module: Any, call: Callable[..., Any], arrays: list[Any]) -> list[Any]:
    """Results, gradients, and gradients of a function of these."""
    tensors = [module.from_numpy(array.copy()).requires_grad_() for array in arrays]
    outs = listed(call(module, *tensors))
    first = module.autograd.grad(total(module, outs), tensors, create_graph=True)
    second = module.autograd.grad(total(module, first), tensors, allow_unused=True)
    return numbers([*outs, *first, *[x for x in second if x is not None]])


def compared(ours: list[Any], theirs: list[Any]) -> None:
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        assert a.shape == b.shape
        assert a.dtype == b.dtype
        scale = 1 + np.max(np.abs(b), initial=0.0)
        np.testing.assert_allclose(a / scale, b / scale, rtol=0, atol=TOLERANCE)


def draw(name: str, dtype: str) -> tuple[Callable[..., Any], list[Any], np.random.Generator]:
    call, *kinds = CASES[name]
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    return call, [kind(rng, dtype) for kind in kinds], rng


@pytest.mark.parametrize("dtype", ["float64", "complex128"])
@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients(name: str, dtype: str) -> None:
    call, arrays, _ = draw(name, dtype)
    if name in SPOILT:
        ours, theirs = (listed(call(module, *map(module.from_numpy, arrays))) for module in (gradiente, torch))
        compared(numbers(ours), numbers(theirs))
        tensors = tuple([gradiente.from_numpy(array).requires_grad_() for array in arrays])
        assert gradiente.autograd.gradgradcheck(lambda *x: call(gradiente, *x), tensors)
        return
    compared(computed(gradiente, call, arrays), computed(torch, call, arrays))


@pytest.mark.parametrize("dtype", ["float64", "complex128"])
@pytest.mark.parametrize("name", [name for name in CASES if name not in CONDITIONAL])
def test_tangents(name: str, dtype: str) -> None:
    call, arrays, rng = draw(name, dtype)
    tangents = []
    for array in arrays:
        tangent = plain(*array.shape)(rng, dtype)
        if name in HERMITIAN:
            tangent = tangent + np.swapaxes(tangent, -1, -2).conj()
        tangents.append(tangent)
    if name in TRIANGULAR:
        tangents[0] = np.where(arrays[0] == 0, 0, tangents[0])
    found = []
    for module, forward in ((gradiente, our_forward), (torch, their_forward)):
        with forward.dual_level():
            duals = [
                forward.make_dual(module.from_numpy(x.copy()), module.from_numpy(t.copy()))
                for x, t in zip(arrays, tangents, strict=True)
            ]
            outs = [forward.unpack_dual(out) for out in listed(call(module, *duals))]
            found.append(numbers([out.tangent for out in outs if out.tangent is not None]))
    compared(*found)


@pytest.mark.parametrize("dtype", ["float32", "complex64"])
@pytest.mark.parametrize("name", CASES)
def test_types_of_lower_precision(name: str, dtype: str) -> None:
    call, arrays, _ = draw(name, "complex128" if dtype == "complex64" else "float64")
    ours, theirs = (
        [out.dtype for out in numbers(listed(call(module, *[module.from_numpy(x.astype(dtype)) for x in arrays])))]
        for module in (gradiente, torch)
    )
    assert ours == theirs


EMPTY: dict[str, Callable[[Any], Any]] = {
    name: lambda m, name=name: [getattr(m.linalg, name)(m.zeros(shape)) for shape in ((0, 0), (2, 0, 0), (0, 2, 2))]
    for name in (
        *("inv", "inv_ex", "det", "slogdet", "cholesky", "cholesky_ex", "eig", "eigvals", "eigh", "eigvalsh", "svd"),
        *(
            "svdvals",
            "qr",
            "lu",
            "lu_factor",
            "lu_factor_ex",
            "pinv",
            "matrix_exp",
            "matrix_rank",
            "cond",
            "ldl_factor",
        ),
        *("matrix_norm", "vector_norm", "norm"),
    )
}


@pytest.mark.parametrize("name", EMPTY)
def test_matrices_without_elements(name: str) -> None:
    assert_same(EMPTY[name], torch, gradiente)


def test_singular_determinants() -> None:
    """The gradient is the matrix of the cofactors: torch's, where it records it; else torch's is 0."""
    for values in (np.ones((2, 2)), np.arange(1.0, 10).reshape(3, 3), np.diag([2.0, 0, 3])):
        theirs = torch.from_numpy(values.copy()).requires_grad_()
        (wanted,) = torch.autograd.grad(torch.linalg.det(theirs), theirs, create_graph=True)
        ours = gradiente.from_numpy(values.copy()).requires_grad_()
        for recorded in (False, True):
            (found,) = gradiente.autograd.grad(gradiente.linalg.det(ours), ours, create_graph=recorded)
            np.testing.assert_allclose(found.detach().numpy(), wanted.detach().numpy(), atol=1e-12)
