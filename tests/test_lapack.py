"""What NumPy's own BLAS and LAPACK do, against what is done without them: triangles, factors, orders at random."""

from __future__ import annotations

import numpy as np
import pytest

import gradiente as torch
from gradiente.arrays import numpy_blas, numpy_linalg
from gradiente.arrays.numpy_blas import exchanged, factor
from gradiente.random import Generator, randperm

HERE = exchanged(np.zeros(1, np.int64)) is not None
needs_library = pytest.mark.skipif(not HERE, reason="this NumPy comes without its own OpenBLAS")


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if NumPy had been built otherwise."""
    monkeypatch.setattr(numpy_blas, "_function", lambda *_: None)
    monkeypatch.setattr(numpy_blas, "_triangular", lambda _: None)
    monkeypatch.setattr(numpy_linalg, "lapack", dict)


def _triangles(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> tuple[np.ndarray, np.ndarray]:
    values = rng.standard_normal((2, *shape)) / 4
    a = values[0] + 1j * values[1] if np.dtype(dtype).kind == "c" else values[0]
    a = a + 2 * np.eye(shape[-1])
    return a.astype(dtype), rng.standard_normal((*shape[:-1], 3)).astype(dtype)


def _laid_out(a: np.ndarray) -> dict[str, np.ndarray]:
    wide = np.zeros((*a.shape[:-1], 2 * a.shape[-1]), a.dtype)
    wide[..., ::2] = a
    lines = np.zeros((*a.shape[:-1], a.shape[-1] + 3), a.dtype)
    lines[..., : a.shape[-1]] = a
    return {
        "rows": a,
        "columns": np.ascontiguousarray(a.mT).mT,
        "every second": wide[..., ::2],
        "part of rows": lines[..., : a.shape[-1]],
        "backwards": np.ascontiguousarray(a[..., ::-1, ::-1])[..., ::-1, ::-1],
    }


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64", "complex128"])
@pytest.mark.parametrize("shape", [(1, 1), (5, 5), (40, 40), (3, 4, 4), (2, 3, 20, 20), (30, 3, 3), (5, 20, 4, 4)])
def test_triangular_systems_in_any_layout(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> None:
    """One, few and many systems; the other triangle is not read, not even where it is NaN."""
    a, b = _triangles(rng, shape, dtype)
    tolerance = {"e": 2e-2, "f": 1e-4, "F": 1e-4}.get(a.dtype.char, 1e-11)
    for upper in (False, True):
        for unit in (False, True):
            triangle = np.triu(a, 1 if unit else 0) if upper else np.tril(a, -1 if unit else 0)
            whole = triangle + np.eye(shape[-1], dtype=dtype) if unit else triangle
            given = a.copy()
            given[..., *(np.tril_indices(shape[-1], -1) if upper else np.triu_indices(shape[-1], 1))] = np.nan
            wide = np.complex128 if a.dtype.kind == "c" else np.float64
            wanted = np.linalg.solve(whole.astype(wide), b.astype(wide))
            for layout, laid in _laid_out(given).items():
                found = numpy_linalg.solve_triangular(laid, b, upper=upper, unitriangular=unit)
                assert found.dtype == a.dtype
                np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance, err_msg=layout)


@pytest.mark.parametrize("shape", [(4, 4), (3, 4, 4), (30, 4, 4)])
def test_triangular_systems_leave_their_operands_alone(rng: np.random.Generator, shape: tuple[int, ...]) -> None:
    """Also where the batch of the one side is broadcast to that of the other."""
    a, b = _triangles(rng, shape, "float64")
    before = a.copy(), b.copy()
    one = a.reshape(-1, 4, 4)[0]
    np.testing.assert_allclose(np.triu(one) @ numpy_linalg.solve_triangular(one, b, upper=True), b, atol=1e-12)
    side = b.reshape(-1, 4, 3)[0]
    x = numpy_linalg.solve_triangular(a, side, upper=True)
    np.testing.assert_allclose(np.triu(a) @ x, side + 0 * b, atol=1e-12)
    np.testing.assert_array_equal(a, before[0])
    np.testing.assert_array_equal(b, before[1])


@pytest.mark.parametrize("count", [1, 3, 40])
def test_zeros_in_the_diagonal_of_few_and_many_systems(count: int) -> None:
    a = torch.tensor([[1.0, 0.0], [1.0, 0.0]]).expand(count, 2, 2)
    b = torch.tensor([[2.0, 2.0], [2.0, 3.0]]).expand(count, 2, 2)
    x = torch.linalg.solve_triangular(a, b, upper=False)
    assert x[:, 1, 0].isnan().all()
    assert x[:, 1, 1].isinf().all()


def test_empty_systems() -> None:
    for a, b in (((0, 0), (0, 3)), ((3, 3), (3, 0)), ((0, 3, 3), (0, 3, 2)), ((50, 0, 0), (50, 0, 2))):
        assert torch.linalg.solve_triangular(torch.ones(a), torch.ones(b), upper=True).shape == torch.Size(b)


def test_second_order_and_batches_through_many_systems(rng: np.random.Generator) -> None:
    """With the way of many systems inside: gradgradcheck, and vmap over them."""
    a, b = (torch.from_numpy(part).requires_grad_() for part in _triangles(rng, (20, 3, 3), "float64"))
    solve = lambda a, b: torch.linalg.solve_triangular(a, b, upper=True)  # noqa: E731
    assert torch.autograd.gradcheck(solve, (a[:12], b[:12]))
    assert torch.autograd.gradgradcheck(solve, (a[:12], b[:12]))
    mapped = torch.func.vmap(solve)(a, b)
    each = torch.stack([solve(one, other) for one, other in zip(a, b, strict=True)])
    np.testing.assert_allclose(mapped.detach().numpy(), each.detach().numpy(), rtol=1e-12)


@pytest.mark.usefixtures("no_library")
def test_without_the_library_the_same_is_done(rng: np.random.Generator) -> None:
    for shape in ((5, 5), (40, 40), (3, 4, 4)):
        a, b = _triangles(rng, shape, "float64")
        for upper in (False, True):
            found = numpy_linalg.solve_triangular(a, b, upper=upper)
            np.testing.assert_allclose((np.triu(a) if upper else np.tril(a)) @ found, b, atol=1e-11)
        packed, pivots = numpy_linalg.lu_factor(a)
        np.testing.assert_allclose(_product(packed, pivots), a, atol=1e-11)
    assert sorted(randperm(Generator().manual_seed(3), 6000).tolist()) == list(range(6000))


def _product(packed: np.ndarray, pivots: np.ndarray) -> np.ndarray:
    m, n = packed.shape[-2:]
    k = min(m, n)
    low = np.tril(packed, -1)[..., :k] + np.eye(m, k, dtype=packed.dtype)
    return numpy_linalg.permutation(pivots, m, packed.dtype) @ low @ np.triu(packed)[..., :k, :]


@needs_library
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128"])
def test_factors_of_lapack(rng: np.random.Generator, dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Square, high and wide matrices, with SciPy out of sight."""
    monkeypatch.setattr(numpy_linalg, "lapack", dict)
    for shape in ((6, 6), (2, 50, 50), (7, 3), (3, 7), (1, 1)):
        a = (rng.standard_normal(shape) + (1j * rng.standard_normal(shape) if dtype[0] == "c" else 0)).astype(dtype)
        before = a.copy()
        packed, pivots = numpy_linalg.lu_factor(a)
        assert packed.dtype == a.dtype
        assert pivots.dtype == np.int32
        np.testing.assert_allclose(_product(packed, pivots), a, atol=1e-4 if a.dtype.char in "fF" else 1e-12)
        np.testing.assert_array_equal(a, before)
    assert not factor(np.ones((2, 2), "float16"), np.ones(2, np.int32))
    packed, _ = numpy_linalg.lu_factor(np.zeros((3, 3), dtype))
    np.testing.assert_array_equal(packed, 0)


@pytest.mark.parametrize("n", [2, 63, 64, 65, 1000, 4999, 5000, 70_000])
def test_orders_are_the_exchanges_one_by_one(n: int) -> None:
    generator, other = Generator().manual_seed(n), Generator().manual_seed(n)
    order = list(range(n))
    for i, word in enumerate(other.words32(n - 1).tolist()):
        j = i + word % (n - i)
        order[i], order[j] = order[j], order[i]
    found = randperm(generator, n)
    assert found.dtype == np.int64
    assert found.tolist() == order
    for dtype in ("int32", "float32", "float64"):
        assert randperm(Generator().manual_seed(n), n, dtype).tolist() == order


@needs_library
def test_exchanges_beyond_what_float32_counts() -> None:
    n = 2**24 + 3
    partners = np.arange(n - 1)
    partners[0] = n - 1
    order = exchanged(partners)
    assert order.dtype == np.float64
    assert order[0] == n - 1
    assert order[-1] == 0
    assert (order[1:-1] == np.arange(1, n - 1)).all()
