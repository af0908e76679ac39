"""Sums and extremes of the rows of large arrays, and softmax in blocks: the values of the simple forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

import gradiente as torch
from gradiente.arrays import numpy_large


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize(
    "shape",
    [
        (500, 3),
        (40, 30, 16),
        (300, 17),
        (2000, 2, 3),
        (4000,),
        (1, 2000),
        (3000, 1),
        (64, 64),
        (150, 31, 8),
        (200, 768),
    ],
)
def test_sums_and_maxima(shape, keepdims, rng):
    for dtype in ("float32", "float64", "complex128", "int64"):
        x = (100 * rng.standard_normal(shape)).astype(dtype)
        if dtype == "float32":
            x.reshape(-1)[7] = np.nan
        for axis in (None, 0, -1, len(shape) - 1, (0,), tuple(range(len(shape))), tuple(range(1, len(shape)))):
            found, expected = numpy_large.add(x, axis, None, keepdims), np.add.reduce(x, axis, keepdims=keepdims)
            assert found.dtype == expected.dtype
            np.testing.assert_allclose(found, expected, rtol=1e-4 if dtype == "float32" else 1e-10, atol=1e-3)
            if dtype != "complex128":
                most = numpy_large.maximum(x, axis, keepdims)
                np.testing.assert_array_equal(most, np.maximum.reduce(x, axis, keepdims=keepdims))
                least = numpy_large.minimum(x, axis, keepdims)
                np.testing.assert_array_equal(least, np.minimum.reduce(x, axis, keepdims=keepdims))


@pytest.mark.parametrize("n", [8, 100, 768, 997, 1024])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sums_of_rows_are_as_accurate_as_pairwise_ones(dtype, n, rng):
    x = rng.random((2000, n)).astype(dtype)
    exact = np.array([math.fsum(row) for row in x.tolist()])
    error = np.abs(numpy_large.add(x, -1) - exact) / exact / np.finfo(dtype).eps
    assert np.sqrt(np.mean(error**2)) < 0.8  # measured 0.3 to 0.7; one by one it would be 5 for 1,000 numbers
    turned = np.asfortranarray(x)
    np.testing.assert_allclose(numpy_large.add(turned, 1), exact, rtol=200 * np.finfo(dtype).eps)


@pytest.mark.parametrize("function", ["softmax", "log_softmax"])
def test_softmax_in_blocks(function, rng):
    x = (30 * rng.standard_normal((1100, 1000))).astype(np.float32)
    x[5, 7], x[6, 7], x[7] = math.inf, math.nan, -math.inf
    wide = x.astype(np.float64)
    with np.errstate(invalid="ignore"):
        shifted = wide - wide.max(1, keepdims=True)
        exact = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        found = getattr(torch, function)(torch.from_numpy(x), 1).numpy()
    np.testing.assert_allclose(found, np.exp(exact) if function == "softmax" else exact, rtol=2e-6, atol=1e-6)
    assert np.isnan(found[5:8]).all()


@pytest.mark.parametrize("function", ["softmax", "log_softmax"])
@pytest.mark.parametrize("axis", [0, -1])
def test_softmax_of_a_single_number(function, axis):
    x = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    out = getattr(torch, function)(x, axis)
    assert out.item() == (1 if function == "softmax" else 0)
    (slope,) = torch.autograd.grad(out, x, create_graph=True)
    assert slope.item() == 0
    assert torch.autograd.grad(slope, x)[0].item() == 0
    assert torch.func.jvp(lambda x: getattr(torch, function)(x, axis), (x.detach(),), (x.detach(),))[1].item() == 0
