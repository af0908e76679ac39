"""Distances of all rows, of order 1, 2 and ∞: the kernels against the definition, in any layout; their derivatives."""

from __future__ import annotations

import math

import numpy as np
import pytest

import gradiente as torch
from gradiente.arrays import numpy_distances, pairs
from gradiente.arrays.numpy_distances import row_distance_slopes, row_distances

ORDERS = pytest.mark.parametrize("p", [1.0, math.inf])
SHAPES = [((5, 3), (7, 3)), ((70, 3), (4, 3)), ((3, 40), (5, 40)), ((2, 5, 3), (1, 6, 3)), ((4, 3), (2, 2, 5, 3)),
          ((0, 3), (4, 3)), ((4, 3), (0, 3)), ((4, 0), (3, 0)), ((0, 4, 3), (0, 3, 3)),
          ((2, 1500), (1600, 1500))]  # fmt: skip


def _gradient(x: torch.Tensor) -> np.ndarray:
    assert x.grad is not None
    return x.grad.numpy()


def _defined(a: np.ndarray, b: np.ndarray, p: float) -> np.ndarray:
    size = np.abs(a[..., :, None, :] - b[..., None, :, :])
    return size.sum(-1) if p == 1 else np.sqrt((size**2).sum(-1)) if p == 2 else size.max(-1, initial=0)


@pytest.mark.parametrize("p", [1.0, 2.0, math.inf])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("one", "other"), SHAPES)
def test_kernels_against_the_definition(
    rng: np.random.Generator, one: tuple[int, ...], other: tuple[int, ...], dtype: str, p: float
) -> None:
    a, b = (rng.standard_normal(shape).astype(dtype) for shape in (one, other))
    found = row_distances(a, b, p)
    tolerance = 1e-5 if dtype == "float32" else 1e-12
    assert found.dtype == np.dtype(dtype)
    np.testing.assert_allclose(found, _defined(a, b, p), rtol=tolerance)
    g = rng.standard_normal(found.shape).astype(dtype)
    slopes = row_distance_slopes(g, a, b, found, p)
    assert slopes.dtype == np.dtype(dtype)
    wanted = pairs.row_slopes(g, a, b, found, p, np)
    np.testing.assert_allclose(slopes, wanted, rtol=tolerance, atol=tolerance * math.sqrt(other[-2] + 1) * 10)


@pytest.mark.parametrize("p", [1.0, 2.0, math.inf])
def test_blocks_views_and_triangles(rng: np.random.Generator, p: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows one by one; operands with gaps and backwards; cotangents with rows and columns of zeros."""
    monkeypatch.setattr(numpy_distances, "_BLOCK", 1)
    a, b = rng.standard_normal((4, 18)).T[::-2], rng.standard_normal((20, 8))[::2, ::2]
    found = row_distances(a, b, p)
    np.testing.assert_allclose(found, _defined(a, b, p), atol=1e-12)
    for g in (rng.standard_normal((9, 10)), np.triu(rng.standard_normal((9, 10)), 3), np.zeros((9, 10))):
        for given in (g, g[:, ::-1]):
            slopes = row_distance_slopes(given, a, b, found, p)
            np.testing.assert_allclose(slopes, pairs.row_slopes(given, a, b, found, p, np), atol=1e-12)


@ORDERS
def test_ties_zeros_and_what_is_not_finite(p: float) -> None:
    """Equal rows have distance 0 and no gradient; of order ∞ each of several largest differences has all of it."""
    a = torch.tensor([[1.0, 1.0], [math.nan, 0.0], [math.inf, 0.0]]).repeat(1, 700).requires_grad_()
    b = torch.tensor([[1.0, 1.0], [3.0, -1.0], [math.inf, 0.0]]).repeat(1, 700)
    out = torch.cdist(a, b, p=p)
    assert out[0, 0] == 0
    assert out[0, 1] == (2800 if p == 1 else 2)
    assert out[1].isnan().all()
    assert out[2, 0] == math.inf
    assert out[2, 2].isnan()
    out[0, :2].sum().backward()
    assert a.grad is not None
    assert a.grad[0, :2].tolist() == [-1.0, 1.0]
    assert p == 1 or not a.grad[1:].any()
    a.grad = None
    torch.cdist(a, b, p=p)[1, 0].backward()
    assert np.isnan(_gradient(a)[1]).any() == (p == 1)


@ORDERS
def test_derivatives_batches_and_shapes(rng: np.random.Generator, p: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradiente.ops.distances._LARGE", 0)
    a, b = (torch.from_numpy(rng.standard_normal(shape)).requires_grad_() for shape in ((2, 4, 3), (2, 5, 3)))
    function = lambda a, b: torch.cdist(a, b, p=p)  # noqa: E731
    out = function(a, b)
    assert out.grad_fn
    assert out.grad_fn.name() == "CdistBackward0"
    assert torch.autograd.gradcheck(function, (a, b), check_forward_ad=True)
    assert torch.autograd.gradgradcheck(lambda a, b: function(a, b).pow(2), (a, b))
    for dims in ((0, 0), (0, None), (None, 0)):
        operands = [x if d == 0 else x[0] for x, d in zip((a, b), dims, strict=True)]
        mapped = torch.func.vmap(function, dims)(*operands)
        each = torch.stack(
            [function(*[x[i] if d == 0 else x for x, d in zip(operands, dims, strict=True)]) for i in range(2)]
        )
        np.testing.assert_allclose(mapped.detach().numpy(), each.detach().numpy(), atol=1e-12)
    gradient = torch.func.vmap(torch.func.grad(lambda a, b: function(a, b).pow(2).sum()))(a, b)
    function(a, b).pow(2).sum().backward()
    np.testing.assert_allclose(gradient.detach().numpy(), _gradient(a), atol=1e-12)
    assert function(torch.empty(3, 40, 9, device="meta"), torch.empty(50, 9, device="meta")).shape == (3, 40, 50)


@ORDERS
def test_pairs_of_one_matrix(rng: np.random.Generator, p: float) -> None:
    """Large matrices go by the distances of all rows."""
    x = torch.from_numpy(rng.standard_normal((60, 4))).requires_grad_()
    out = torch.nn.functional.pdist(x, p)
    assert out.grad_fn
    assert out.grad_fn.name() == "PdistBackward0"
    i, j = np.triu_indices(60, 1)
    values = x.detach().numpy()
    np.testing.assert_allclose(out.detach().numpy(), _defined(values, values, p)[i, j], atol=1e-12)
    g = torch.from_numpy(rng.standard_normal(len(i)))
    out.backward(g)
    difference = torch.stack([x.detach()[a] - x.detach()[b] for a, b in zip(i, j, strict=True)]).requires_grad_()
    torch.linalg.vector_norm(difference, p, dim=1).backward(g)
    wanted = np.zeros((60, 4))
    np.add.at(wanted, i, _gradient(difference))
    np.add.at(wanted, j, -_gradient(difference))
    np.testing.assert_allclose(_gradient(x), wanted, atol=1e-11)
