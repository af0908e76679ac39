"""Linear algebra without PyTorch: gradients against differences, primitives with several results, errors."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradiente as torch
from gradiente import linalg
from gradiente.arrays import numpy_linalg
from gradiente.autograd import forward_ad, gradcheck, gradgradcheck


def tensor(rng: np.random.Generator, *shape: int, dtype: str = "float64") -> torch.Tensor:
    values = rng.standard_normal(shape)
    if dtype == "complex128":
        values = values + 1j * rng.standard_normal(shape)
    return torch.from_numpy(values).requires_grad_()


def hermitian(x: torch.Tensor) -> torch.Tensor:
    return x @ x.mH + torch.eye(x.shape[-1], dtype=x.dtype)


# Functions of matrices that do not depend on signs and phases of vectors.
FUNCTIONS: dict[str, Callable[[torch.Tensor], Any]] = {
    "eigenvalues": lambda x: linalg.eigvals(x),
    "eigenvectors": lambda x: linalg.eig(x).eigenvectors.abs(),
    "projections of eigenvectors": lambda x: (lambda v: v[:, :1] @ v[:, :1].mH)(linalg.eigh(hermitian(x)).eigenvectors),
    "singular vectors": lambda x: (lambda u, s, vh: u[:, :1] @ vh[:1])(*linalg.svd(x, full_matrices=False)),
    "moduli of singular vectors": lambda x: linalg.svd(x).Vh.abs(),
    "singular values": lambda x: linalg.svdvals(x),
    "qr": lambda x: tuple(linalg.qr(x)),
    "qr of a wide matrix": lambda x: tuple(linalg.qr(x[:2])),
    "cholesky": lambda x: linalg.cholesky(hermitian(x)),
    "lu": lambda x: tuple(linalg.lu(x)[1:]),
    "lu of a tall matrix": lambda x: tuple(linalg.lu(x[:, :2])[1:]),
    "slogdet": lambda x: tuple(linalg.slogdet(x)),
    "pinv": lambda x: linalg.pinv(x[:, :2]),
    "matrix_exp": lambda x: linalg.matrix_exp(x / 4),
}


@pytest.mark.parametrize("dtype", ["float64", "complex128"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients(name: str, dtype: str, rng: np.random.Generator) -> None:
    x = tensor(rng, 3, 3, dtype=dtype)
    assert gradcheck(FUNCTIONS[name], (x,), check_forward_ad=True, check_batched_grad=True)
    assert gradgradcheck(FUNCTIONS[name], (x,), check_fwd_over_rev=True)


def test_cofactors_of_singular_matrices() -> None:
    """The gradient of the determinant, and its own, where the inverse does not exist."""
    for values in ([[1.0, 2.0], [2.0, 4.0]], np.zeros((2, 2)), np.eye(3), np.diag([0.0, 0.0, 1.0]), np.zeros((1, 1))):
        x = torch.tensor(values, dtype=torch.float64, requires_grad=True)
        assert gradcheck(linalg.det, (x,))
        assert gradgradcheck(linalg.det, (x,))


def test_values_have_gradients_where_vectors_have_none() -> None:
    """Equal eigenvalues and singular values."""
    one = torch.eye(3, dtype=torch.float64, requires_grad=True)
    for function in (linalg.eigvalsh, linalg.svdvals):
        (found,) = torch.autograd.grad(function(one).sum(), one)
        np.testing.assert_allclose(found.numpy(), np.eye(3), atol=1e-15)
    (found,) = torch.autograd.grad(linalg.pinv(one).sum(), one)
    np.testing.assert_allclose(found.numpy(), -np.ones((3, 3)), atol=1e-15)


def test_phases_are_refused() -> None:
    x = torch.tensor([[2.0, 1j], [-1j, 3.0]], dtype=torch.complex128, requires_grad=True)
    for function, of in (("eigh", linalg.eigh), ("eig", linalg.eig), ("svd", linalg.svd)):
        outs = of(x)
        vectors = outs[0] if function == "svd" else outs[1]
        with pytest.raises(RuntimeError, match=r"up to multiplication by e\^\{i phi\}.*ill-defined.*moduli"):
            (vectors * torch.tensor([1j, 2.0], dtype=torch.complex128)).imag.sum().backward()


# --- primitives with several results


def test_a_changed_result_is_noticed() -> None:
    x = torch.eye(2).requires_grad_()
    _, s, vh = linalg.svd(x)
    total = s.sum() + vh.sum()
    s.detach().mul_(2)
    with pytest.raises(RuntimeError, match="output 1 of LinalgSvd"):
        total.backward()


def test_hooks_pack_the_results() -> None:
    x = torch.tensor([[2.0, 1.0], [1.0, 3.0]], requires_grad=True)
    seen: list[tuple[int, ...]] = []

    def pack(saved: torch.Tensor) -> Any:
        seen.append(tuple(saved.shape))
        return saved.numpy().copy()

    with torch.autograd.graph.saved_tensors_hooks(pack, torch.from_numpy):
        values, vectors = linalg.eigh(x)
    assert seen == [(2,), (2, 2)]
    (found,) = torch.autograd.grad(values.sum() + vectors.abs().sum(), x, create_graph=True)
    assert found.requires_grad


def test_the_graph_is_freed() -> None:
    x = torch.eye(2).requires_grad_()
    gc.disable()
    try:
        u, s, _ = linalg.svd(x)
        node = weakref.ref(s.grad_fn)
        assert node() is u.grad_fn
        del u, s, _
        assert node() is None
    finally:
        gc.enable()


def test_tangents_of_several_results(rng: np.random.Generator) -> None:
    x, t = tensor(rng, 3, 3).detach(), tensor(rng, 3, 3).detach()
    h = 1e-6
    with forward_ad.dual_level():
        duals = linalg.qr(forward_ad.make_dual(x, t))
        found = [forward_ad.unpack_dual(out).tangent for out in duals]
    for tangent, above, below in zip(found, linalg.qr(x + h * t), linalg.qr(x - h * t), strict=True):
        assert tangent is not None
        np.testing.assert_allclose(tangent.numpy(), ((above - below) / (2 * h)).numpy(), atol=1e-7)


def test_inference_and_no_grad() -> None:
    x = torch.eye(2, requires_grad=True)
    with torch.no_grad():
        assert not linalg.svd(x).S.requires_grad
    with torch.inference_mode():
        assert linalg.svd(x).S.is_inference()


@pytest.mark.parametrize("name", ["inv", "det", "cholesky", "eigh", "svd", "qr", "slogdet", "lu_factor", "lu", "pinv"])
def test_vmap_is_the_batch(name: str, rng: np.random.Generator) -> None:
    x = hermitian(tensor(rng, 4, 3, 3).detach())
    function = getattr(linalg, name)

    def listed(found: Any) -> Any:
        return tuple(found) if isinstance(found, tuple) else found

    batch, mapped = listed(function(x)), torch.func.vmap(lambda a: listed(function(a)))(x)
    for one, two in zip(batch, mapped, strict=True):
        np.testing.assert_allclose(two.numpy(), one.numpy(), atol=1e-12)


# --- blocks, types, results


def test_triangles_and_factors_by_blocks(rng: np.random.Generator) -> None:
    """Sizes at which the work is done by halves and by panels."""
    a = torch.from_numpy(rng.standard_normal((2, 70, 70)) / 9 + 3 * np.eye(70))
    b = torch.from_numpy(rng.standard_normal((2, 70, 4)))
    for upper in (False, True):
        triangle = a.triu() if upper else a.tril()
        x = linalg.solve_triangular(a, b, upper=upper)
        np.testing.assert_allclose((triangle @ x).numpy(), b.numpy(), atol=1e-12)
    for matrix in (a, a[:, :30], a[:, :, :30]):
        p, low, high = linalg.lu(matrix)
        np.testing.assert_allclose((p @ low @ high).numpy(), matrix.numpy(), atol=1e-12)
        assert low.abs().max() <= 1


def test_exponentials_of_large_matrices() -> None:
    """e^(λ t) for known eigenvalues; squaring is needed from a norm of 5.4 on."""
    for scale in (1e-9, 1.0, 20.0, 300.0):
        x = torch.tensor([[0.0, scale], [-scale, 0.0]], dtype=torch.float64)
        wanted = [[np.cos(scale), np.sin(scale)], [-np.sin(scale), np.cos(scale)]]
        np.testing.assert_allclose(linalg.matrix_exp(x).numpy(), wanted, rtol=0, atol=1e-12)
    assert linalg.matrix_exp(torch.full((2, 2), float("nan"))).isnan().all()


def test_own_algorithms_against_mpmath(rng: np.random.Generator) -> None:
    """Exponentials to a few rounding errors of their norm, also of matrices that are far from normal; triangles of all
    scales, element by element, as substitution is.
    """
    mpmath = pytest.importorskip("mpmath")
    with mpmath.workdps(60):
        matrices = (rng.standard_normal((6, 6)), 10 * rng.standard_normal((5, 5)), 40 * rng.standard_normal((5, 5)))
        for values in (*matrices[:2], np.triu(matrices[2])):
            truth = np.array(mpmath.expm(mpmath.matrix(values.tolist())).tolist(), dtype=float)
            found = linalg.matrix_exp(torch.from_numpy(values)).numpy()
            assert np.linalg.norm(found - truth) <= 300 * np.finfo(float).eps * np.linalg.norm(truth)
        scales = 10.0 ** rng.uniform(-8, 8, 40)
        values = (np.tril(rng.uniform(0.1, 1, (40, 40)), -1) + np.eye(40)) * scales[:, None]
        right = scales[:, None] * rng.uniform(1, 2, (40, 1))
        exact = mpmath.lu_solve(mpmath.matrix(values.tolist()), mpmath.matrix(right.tolist()))
        truth = np.array(exact.tolist(), dtype=float)
        for upper in (False, True):
            given = values[::-1, ::-1].copy() if upper else values
            side = right[::-1].copy() if upper else right
            found = linalg.solve_triangular(torch.from_numpy(given), torch.from_numpy(side), upper=upper).numpy()
            found = found[::-1] if upper else found
            np.testing.assert_allclose(found, truth, rtol=0, atol=1e-11 * np.abs(truth).max())


def test_triangles_with_zeros_give_infinities() -> None:
    a = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    assert linalg.solve_triangular(a, torch.ones(2, 1) * 2, upper=False).isnan().tolist() == [[False], [True]]
    assert linalg.solve_triangular(a, torch.tensor([[2.0], [3.0]]), upper=False)[1].isinf().all()


def test_named_tuples() -> None:
    found = linalg.eigh(torch.eye(2))
    assert found.eigenvalues is found[0]
    assert repr(found).startswith("torch.return_types.linalg_eigh(\neigenvalues=tensor([1., 1.]),\neigenvectors=")
    assert isinstance(found, torch.return_types.linalg_eigh)
    with pytest.raises(TypeError, match="takes a 2-sequence"):
        torch.return_types.linalg_eigh((torch.eye(2),))


def test_error_of_failed_algorithms() -> None:
    assert issubclass(linalg.LinAlgError, RuntimeError)
    with pytest.raises(linalg.LinAlgError, match=r"\(Batch element 1\).*diagonal element 2 is zero"):
        linalg.inv(torch.stack([torch.eye(2), torch.ones(2, 2)]))
    with pytest.raises(linalg.LinAlgError, match="leading minor of order 2 is not positive-definite"):
        linalg.cholesky(torch.tensor([[1.0, 2.0], [2.0, 1.0]]))


def test_errors_say_what_to_do() -> None:
    with pytest.raises(RuntimeError, match=r"Got Long.*\.float\(\)"):
        linalg.inv(torch.ones(2, 2, dtype=torch.int64))
    with pytest.raises(RuntimeError, match=r"2 by 3 matrices \(its shape is \[2, 3\]\)"):
        linalg.det(torch.ones(2, 3))
    with pytest.raises(RuntimeError, match=r"mode='complete'.*mode='reduced'"):
        linalg.qr(torch.ones(3, 2, requires_grad=True), "complete")
    with pytest.raises(NotImplementedError, match=r"'geqrf' is not implemented.*torch\.linalg\.qr"):
        torch.geqrf(torch.ones(3, 2, requires_grad=True))
    with pytest.raises(RuntimeError, match=r"ldl_factor_ex is not implemented.*\.detach\(\)"):
        linalg.ldl_factor(torch.eye(2).requires_grad_())
    with pytest.raises(AttributeError, match="Closest names: 'solve'"):
        linalg.solv  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue]


def test_older_names_warn() -> None:
    x = torch.eye(2)
    for call in (torch.cholesky, torch.qr, torch.lu):
        with pytest.warns(UserWarning, match="is deprecated in favor of torch.linalg"):
            call(x)


def test_scipy_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from gradiente.ops.linalg import ldl

    ldl._lapack.cache_clear()
    monkeypatch.setitem(sys.modules, "scipy.linalg", None)
    with pytest.raises(ImportError, match=r"gradiente\[special\]"):
        linalg.ldl_factor(torch.eye(2))
    ldl._lapack.cache_clear()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.complex64, torch.complex128])
@pytest.mark.parametrize("shape", [(5, 5), (40, 40), (2, 6, 3), (3, 0, 2), (4, 7), (70, 33)])
def test_lu_factors_without_scipy_are_lapacks(shape, dtype, seed, monkeypatch):
    torch.manual_seed(seed)
    x = torch.randn(shape, dtype=dtype)
    ours, pivots = torch.linalg.lu_factor(x)
    monkeypatch.setattr(numpy_linalg, "lapack", dict)
    plain, chosen = torch.linalg.lu_factor(x)
    assert torch.equal(pivots, chosen)
    torch.testing.assert_close(ours, plain, rtol=1e-3, atol=1e-3)
    p, lower, upper = torch.linalg.lu(x)
    torch.testing.assert_close(p @ lower @ upper, x, rtol=1e-4, atol=1e-4)


def test_tangents_where_torchs_are_wrong(seed):
    """docs/kinks.md lists them: differences say what is right."""
    torch.manual_seed(seed)
    x = torch.randn(3, 3, dtype=torch.float64)
    factor = torch.linalg.cholesky(x @ x.mT + torch.eye(3)).detach().requires_grad_()
    assert torch.autograd.gradcheck(lambda x: torch.cholesky_inverse(x.tril()), factor, check_forward_ad=True)
    z = torch.randn(4, dtype=torch.complex128, requires_grad=True)
    assert torch.autograd.gradcheck(lambda z: torch.logcumsumexp(z, 0), z, check_forward_ad=True)
