"""Quick ways of convolutions and poolings give what the general ones give."""

from __future__ import annotations

import numpy as np
import pytest

from gradiente.arrays import numpy_pooling, numpy_windows
from gradiente.arrays.numpy_windows import Grid


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
@pytest.mark.parametrize(
    ("x_shape", "w_shape", "grid", "groups"),
    [
        ((8, 8, 12, 12), (8, 8, 3, 3), Grid((3, 3), (1, 1), (1, 1), (1, 1), (1, 1)), 1),
        ((8, 8, 12, 11), (12, 4, 3, 2), Grid((3, 2), (1, 1), (0, 1), (2, 0), (2, 1)), 2),
        ((8, 8, 12, 12), (8, 8, 1, 1), Grid((1, 1), (1, 1), (0, 0), (0, 0), (1, 1)), 1),
        ((4, 6, 300), (8, 6, 5), Grid((5,), (1,), (4,), (-1,), (1,)), 1),
        ((2, 4, 9, 8, 8), (4, 4, 3, 3, 2), Grid((3, 3, 2), (1, 1, 1), (1, 1, 1), (1, 1, 0), (1, 1, 1)), 1),
    ],
)
def test_the_adjoint_as_a_convolution(rng, monkeypatch, x_shape, w_shape, grid, groups, dtype):
    w = rng.standard_normal(w_shape).astype(dtype)
    g = rng.standard_normal((x_shape[0], w_shape[0], *grid.counts(x_shape[2:]))).astype(dtype)
    assert numpy_windows._turned(g.shape, w, x_shape, grid, groups) is not None
    quick = numpy_windows.convolve_input(g, w, x_shape, grid, groups)
    kept = w.copy()
    w[1, 1] = np.inf
    with np.errstate(invalid="ignore"):
        infinite = numpy_windows.convolve_input(g, w, x_shape, grid, groups)
        monkeypatch.setattr(numpy_windows, "_turned", lambda *a: None)
        np.testing.assert_array_equal(infinite, numpy_windows.convolve_input(g, w, x_shape, grid, groups))
    plain = numpy_windows.convolve_input(g, kept, x_shape, grid, groups)
    np.testing.assert_allclose(quick, plain, rtol=0, atol=100 * np.finfo(dtype).eps)
    assert quick.shape == plain.shape == x_shape
    assert quick.dtype == plain.dtype == dtype


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16, np.int64, np.uint8])
@pytest.mark.parametrize("shape", [(2, 3, 16, 22), (1024, 2, 2), (3, 4, 253), (2, 8, 254), (2, 8, 256), (0, 4, 4)])
def test_pairs_side_by_side(rng, monkeypatch, shape, dtype):
    grid = Grid((2, 2), (2, 2), (0, 0), (0, 0), (1, 1))
    x = np.maximum(rng.integers(-3, 3, shape), 0).astype(dtype)  # many are equal
    arrays = [x, np.swapaxes(np.swapaxes(x, -1, 0).copy(), -1, 0)]
    if x.dtype.kind == "f":
        arrays += [np.where(x > 1, np.inf, -np.inf).astype(dtype), np.where(x > 1, np.nan, x), -x * 0]
    quick = [numpy_pooling.argmax_windows(a, grid) for a in arrays]
    monkeypatch.setattr(numpy_pooling, "tiles_of", lambda *a: None)
    for found, a in zip(quick, arrays, strict=True):
        plain = numpy_pooling.argmax_windows(a, grid)
        assert found.dtype == plain.dtype
        np.testing.assert_array_equal(found, plain)


@pytest.mark.parametrize("workspace", [1 << 21, 3000, 1])
@pytest.mark.parametrize(
    ("x_shape", "w_shape", "grid", "groups"),
    [
        ((3, 1, 12, 11), (6, 1, 5, 5), Grid((5, 5), (1, 1), (0, 0), (0, 0), (1, 1)), 1),
        ((3, 1, 12, 11), (6, 1, 3, 5), Grid((3, 5), (2, 3), (1, 0), (1, 2), (2, 1)), 1),
        ((3, 3, 9, 9), (27, 3, 3, 3), Grid((3, 3), (2, 1), (1, 1), (1, 1), (1, 2)), 1),
        ((3, 4, 20), (24, 2, 6), Grid((6,), (3,), (2,), (1,), (2,)), 2),
    ],
)
def test_products_of_all_taps(rng, monkeypatch, x_shape, w_shape, grid, groups, workspace):
    """⟨conv(x, w), g⟩ is ⟨w, the adjoint⟩, which goes tap by tap, and so is each row of it."""
    monkeypatch.setattr(numpy_windows, "WORKSPACE", workspace)
    x, w = rng.standard_normal(x_shape), rng.standard_normal(w_shape)
    counts = grid.counts(x_shape[2:])
    assert numpy_windows._Plan(x_shape, w_shape, counts, grid, groups, joins=True).joined
    out = numpy_windows.convolve(x, w, grid, groups)
    g = rng.standard_normal(out.shape)
    adjoint = numpy_windows.convolve_weight(g, x, w_shape, grid, groups)
    wanted = (adjoint * w).sum(axis=tuple(range(1, w.ndim)))
    np.testing.assert_allclose((out * g).sum(axis=(0, *range(2, g.ndim))), wanted, rtol=1e-9, atol=1e-9)
