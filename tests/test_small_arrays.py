"""Small arrays take shorter ways than large ones: the values have to be the same."""

from __future__ import annotations

import numpy as np
import pytest

import gradiente as torch
from gradiente.arrays import numpy_pooling
from gradiente.arrays.numpy_windows import Grid
from gradiente.nn.functional._resampling import cubic, linear, smooth

F = torch.nn.functional


@pytest.mark.parametrize(
    "grid",
    [
        Grid((2, 2), (2, 2), (0, 0), (0, 0), (1, 1)),
        Grid((3, 2), (1, 2), (1, 1), (1, 0), (1, 1)),
        Grid((2, 3), (2, 1), (1, 1), (1, 1), (2, 1)),
        Grid((4, 4), (4, 4), (2, 2), (2, 2), (1, 1)),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "uint8"])
def test_windows_of_small_images_have_the_maxima_of_large_ones(grid, dtype, rng, monkeypatch):
    images = [rng.integers(0, 4, (2, 3, 8, 9)).astype(dtype)]  # many are equal
    if dtype.startswith("float"):
        images.append(np.full((2, 8, 9), -np.inf, dtype))
        images.append(images[0].copy())
        images[-1][0, 1, 2:4] = np.nan
    for x in images:
        found = numpy_pooling.argmax_windows(x, grid)
        with monkeypatch.context() as patched:
            patched.setattr(numpy_pooling, "_small_argmax", lambda *_: None)
            expected = numpy_pooling.argmax_windows(x, grid)
        assert found.dtype == expected.dtype == np.int64
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("make", [linear, cubic, lambda n, m, *rest: smooth(n, m, *rest, "bicubic")])
def test_resampling_as_one_product(make, axis, rng, monkeypatch):
    x = rng.standard_normal((5, 6, 7))
    taps = make(x.shape[axis], 9, None, False)
    found = numpy_pooling.blend(x, taps, axis)
    g = rng.standard_normal(found.shape)
    back = numpy_pooling.unblend(g, taps, axis, x.shape[axis])
    broken = x.copy()
    broken[2, 3, 4] = np.inf
    with np.errstate(invalid="ignore"):
        hurt = numpy_pooling.blend(broken, taps, axis)
        monkeypatch.setattr(numpy_pooling, "_product", lambda *_: None)
        np.testing.assert_array_equal(hurt, numpy_pooling.blend(broken, taps, axis))
    assert np.isfinite(hurt).sum() > 0.8 * hurt.size
    np.testing.assert_allclose(found, numpy_pooling.blend(x, taps, axis), rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(back, numpy_pooling.unblend(g, taps, axis, x.shape[axis]), rtol=1e-13, atol=1e-13)
    assert np.sum(back * x) == pytest.approx(np.sum(g * found))


@pytest.mark.parametrize("shape", [(6, 4), (3, 4, 5), (300, 4, 5)])
def test_running_statistics_of_batches_of_any_size(shape, rng):
    x = torch.from_numpy(rng.standard_normal(shape) + 3)
    mean, var = torch.zeros(4, dtype=torch.float64), torch.ones(4, dtype=torch.float64)
    F.batch_norm(x, mean, var, training=True, momentum=0.25)
    axis = tuple(k for k in range(len(shape)) if k != 1)
    np.testing.assert_allclose(mean.numpy(), 0.25 * x.numpy().mean(axis), rtol=1e-12)
    np.testing.assert_allclose(var.numpy(), 0.75 + 0.25 * x.numpy().var(axis, ddof=1), rtol=1e-12)
    assert mean._version == 1


def test_statistics_that_may_not_be_written_to_are_refused():
    fixed = np.zeros(3, np.float32)
    fixed.flags.writeable = False
    with pytest.warns(UserWarning, match="not writable"):
        mean = torch.from_numpy(fixed)
    with pytest.raises(RuntimeError, match="the tensor's memory is read-only"):
        F.batch_norm(torch.ones(2, 3), mean, torch.ones(3), training=True)
    assert not fixed.any()
