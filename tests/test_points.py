"""Images read at points: the kernels against loops, samples of grids at their edges, in batches and of second order."""

from __future__ import annotations

import math
from itertools import product
from math import floor, inf, nan

import numpy as np
import pytest

import gradiente as torch
import gradiente.nn.functional as F
from gradiente.arrays import numpy_points
from gradiente.arrays.numpy_points import sample_points, spread_points, weigh_points

SHAPES = [((2, 3, 4, 5), 4, (3, 2)), ((1, 1, 6), 1, (7,)), ((2, 0, 3), 2, (4,)), ((0, 2, 3, 3), 2, (4, 1)),
          ((1, 5, 2, 3, 4), 8, (2, 2, 2)), ((2, 2, 3), 3, (0,)), ((1, 40, 8, 8), 4, (30, 40))]  # fmt: skip


def _by_loops(x: np.ndarray, w: np.ndarray, index: np.ndarray, g: np.ndarray) -> tuple[np.ndarray, ...]:
    flat, weights, places, given = (a.reshape(*a.shape[:2], math.prod(a.shape[2:])) for a in (x, w, index, g))
    out, by_w, by_x = np.zeros(given.shape), np.zeros(weights.shape), np.zeros(flat.shape)
    for n, k, p in np.argwhere(places >= 0):
        i = places[n, k, p]
        out[n, :, p] += weights[n, k, p] * flat[n, :, i]
        by_w[n, k, p] += (given[n, :, p] * flat[n, :, i]).sum()
        by_x[n, :, i] += weights[n, k, p] * given[n, :, p]
    return out.reshape(g.shape), by_w.reshape(w.shape), by_x.reshape(x.shape)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize(("shape", "each", "counts"), SHAPES)
def test_kernels_against_loops(
    rng: np.random.Generator, dtype: str, shape: tuple[int, ...], each: int, counts: tuple[int, ...]
) -> None:
    if 0 in (*shape, *counts):
        x, w, g = (np.zeros(s, dtype) for s in (shape, (shape[0], each, *counts), (*shape[:2], *counts)))
        index = np.zeros(w.shape, np.int64)
    else:
        x, g = (rng.standard_normal(s).astype(dtype) for s in (shape, (*shape[:2], *counts)))
        w = rng.standard_normal((shape[0], each, *counts)).astype(dtype)
        index = rng.integers(-1, np.prod(shape[2:]), w.shape)
    before = [a.copy() for a in (x, w, g, index)]
    wide = [a.astype(np.float64) for a in (x, w, g)]
    wanted = _by_loops(wide[0], wide[1], index, wide[2])
    found = sample_points(x, w, index), weigh_points(g, x, index), spread_points(g, w, index, shape)
    tolerance = {"float16": 0.05, "float32": 2e-5, "float64": 1e-12}[dtype]
    for one, other in zip(found, wanted, strict=True):
        assert one.dtype == np.dtype(dtype)
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)
    for one, other in zip((x, w, g, index), before, strict=True):
        np.testing.assert_array_equal(one, other)


def test_kernels_in_blocks_and_with_gaps(rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Channels in several blocks; operands that are views with gaps or backwards."""
    x, w = rng.standard_normal((2, 10, 6, 6))[:, ::2, ::-1, ::2], rng.standard_normal((2, 4, 8))[..., ::2]
    g, index = rng.standard_normal((4, 5, 2)).T, rng.integers(-1, 18, (2, 4, 4))
    whole = sample_points(x, w, index), weigh_points(g, x, index), spread_points(g, w, index, x.shape)
    monkeypatch.setattr(numpy_points, "_BLOCK", 20)
    parts = sample_points(x, w, index), weigh_points(g, x, index), spread_points(g, w, index, x.shape)
    for one, other, wanted in zip(whole, parts, _by_loops(x, w, index, g), strict=True):
        np.testing.assert_allclose(one, wanted, atol=1e-12)
        np.testing.assert_allclose(other, wanted, atol=1e-12)


def test_what_lies_outside_adds_nothing_not_even_nan() -> None:
    """Elements at the edge are infinite, some points are outside, and one is NaN."""
    image = torch.full((1, 1, 2, 2), inf, requires_grad=True)
    grid = torch.tensor([[[[9.0, 9.0], [nan, 0.0], [-inf, inf]]]], requires_grad=True)
    for mode in ("bilinear", "nearest", "bicubic"):
        out = F.grid_sample(image, grid, mode, align_corners=False)
        assert out.tolist() == [[[[0.0, 0.0, 0.0]]]], mode
        image.grad = grid.grad = None
        out.backward(torch.full((1, 1, 1, 3), inf))
        assert image.grad is not None
        assert image.grad.tolist() == [[[[0.0, 0.0], [0.0, 0.0]]]], mode


@pytest.mark.parametrize("sizes", [(4, 4), (3, 5), (2, 3, 4)])
@pytest.mark.parametrize("aligned", [False, True])
def test_bilinear_samples_against_the_formula(rng: np.random.Generator, sizes: tuple[int, ...], aligned: bool) -> None:
    image = rng.standard_normal((2, 3, *sizes))
    grid = rng.uniform(-1.3, 1.3, (2, *sizes, len(sizes)))
    found = F.grid_sample(torch.from_numpy(image), torch.from_numpy(grid), align_corners=aligned).numpy()
    for n, *place in np.ndindex(2, *sizes):
        at = grid[(n, *place)][::-1]
        at = [(a + 1) * (s - 1) / 2 if aligned else ((a + 1) * s - 1) / 2 for a, s in zip(at, sizes, strict=True)]
        total = np.zeros(3)
        for corner in product((0, 1), repeat=len(sizes)):
            whole = [floor(a) + k for a, k in zip(at, corner, strict=True)]
            if all(0 <= i < s for i, s in zip(whole, sizes, strict=True)):
                weight = np.prod([1 - abs(a - i) for a, i in zip(at, whole, strict=True)])
                total += weight * image[(n, slice(None), *whole)]
        np.testing.assert_allclose(found[(n, slice(None), *place)], total, atol=1e-12)


@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "nearest"])
@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
def test_second_order_forward_mode_and_batches(rng: np.random.Generator, mode: str, padding: str) -> None:
    images = torch.from_numpy(rng.standard_normal((3, 1, 2, 3, 4))).requires_grad_()
    grids = torch.from_numpy(rng.uniform(-1.2, 1.2, (3, 1, 2, 2, 2))).requires_grad_()
    sample = lambda x, g: F.grid_sample(x, g, mode, padding, align_corners=False)  # noqa: E731
    assert torch.autograd.gradcheck(sample, (images[0], grids[0]), check_forward_ad=True)
    assert torch.autograd.gradgradcheck(sample, (images[0], grids[0]))
    each = torch.stack([sample(x, g) for x, g in zip(images, grids, strict=True)])
    batch = torch.func.vmap(sample)(images, grids)
    np.testing.assert_allclose(batch.detach().numpy(), each.detach().numpy(), atol=1e-12)
    one = torch.func.vmap(sample, (None, 0))(images[0], grids)
    np.testing.assert_allclose(one.detach(), torch.stack([sample(images[0], g) for g in grids]).detach(), atol=1e-12)
    gradient = torch.func.vmap(torch.func.grad(lambda x, g: sample(x, g).pow(2).sum(), (0, 1)))(images, grids)
    (each**2).sum().backward()
    for found, leaf in zip(gradient, (images, grids), strict=True):
        np.testing.assert_allclose(found.detach(), 0.0 if leaf.grad is None else leaf.grad, atol=1e-12)


def test_shapes_on_the_meta_device() -> None:
    image, grid = torch.empty(2, 3, 4, 5, device="meta"), torch.empty(2, 6, 7, 2, device="meta")
    for mode in ("bilinear", "nearest", "bicubic"):
        assert F.grid_sample(image, grid, mode, align_corners=False).shape == (2, 3, 6, 7)
