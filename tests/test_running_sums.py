"""Running sums of long rows of float32, which go by products of matrices."""

from __future__ import annotations

import math

import numpy as np
import pytest

import gradiente as torch
from gradiente.arrays import numpy_ordering


@pytest.mark.parametrize("shape", [(70, 64), (9, 1001), (4100,), (3, 40, 79), (1, 4096)])
def test_against_sums_in_float64(rng: np.random.Generator, shape: tuple[int, ...]) -> None:
    """As close as NumPy's own, which are added one by one; of views, too."""
    x = rng.standard_normal(shape).astype("float32")
    for given in (x, x[..., ::-1], np.asfortranarray(x)):
        wanted = np.cumsum(given, axis=-1, dtype=np.float64)
        before = given.copy()
        found = numpy_ordering.accumulate(np.add, given, -1)
        assert found.dtype == np.float32
        bound = 1e-7 * np.abs(given).sum(axis=-1, dtype=np.float64).max() + 1e-6
        np.testing.assert_allclose(found, wanted, rtol=0, atol=bound)
        np.testing.assert_array_equal(given, before)


def test_what_is_not_finite_stays_where_it_is() -> None:
    """What comes before an infinite element or NaN does not hear of it."""
    x = torch.ones(3, 2000)
    x[0, 1000], x[1, 5], x[1, 7], x[2, 1999] = math.inf, math.inf, -math.inf, math.nan
    out = x.cumsum(1)
    assert out[0, :1000].tolist() == list(range(1, 1001))
    assert out[0, 1000:].isinf().all()
    assert out[1, 5:7].isinf().all()
    assert out[1, 7:].isnan().all()
    assert out[2, :1999].tolist() == list(range(1, 2000))
    huge = torch.full((40, 200), 3e36)
    assert huge.cumsum(1).isinf().sum(1).tolist() == [87] * 40


def test_derivatives_and_batches(rng: np.random.Generator) -> None:
    x = torch.from_numpy(rng.standard_normal((60, 100)).astype("float32")).requires_grad_()
    g = torch.from_numpy(rng.standard_normal((60, 100)).astype("float32")).requires_grad_()
    (slope,) = torch.autograd.grad(x.cumsum(1), x, g, create_graph=True)
    wanted = np.cumsum(g.detach().numpy()[:, ::-1], axis=1, dtype=np.float64)[:, ::-1]
    np.testing.assert_allclose(slope.detach().numpy(), wanted, atol=1e-4)
    (again,) = torch.autograd.grad(slope, g, torch.ones(60, 100))
    np.testing.assert_allclose(again.numpy(), np.arange(1, 101) * np.ones((60, 1)), rtol=1e-6)
    rows = torch.func.vmap(lambda row: row.cumsum(0))(x)
    np.testing.assert_allclose(rows.detach().numpy(), x.cumsum(1).detach().numpy(), atol=1e-4)
