"""Activations, bounds and choices of large arrays, which have kernels of their own, against those of small ones."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import gradiente as torch
from gradiente.arrays import numpy_large

ACTIVATIONS = ["relu", "relu6", "hardtanh", "hardsigmoid", "hardswish", "softshrink", "hardshrink", "elu", "selu",
               "celu", "leaky_relu", "gelu", "softplus", "threshold"]  # fmt: skip


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_of_large_arrays_are_those_of_small_ones(name: str, dtype: str, rng: np.random.Generator) -> None:
    """Values, gradients and second order, also at kinks, of zeros with a sign, NaN and infinity; with gaps, too."""
    function = getattr(torch.nn.functional, name)
    given = (0.1, 7.0) if name == "threshold" else ()
    edges = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 3.0, -3.0, 6.0, 20.0, -20.0, math.nan, math.inf, -math.inf, 1e-30, 1e30]
    values = np.concatenate([np.repeat(edges, 400), 3 * rng.standard_normal(3600)]).astype(dtype)
    values = rng.permutation(values).reshape(100, 100)
    for layout in (values, values[:, ::2], values.T):
        with np.errstate(all="ignore"):
            x = torch.from_numpy(layout.copy(order="K"))[:, ::1] if layout is values else torch.from_numpy(layout)
            before = x.numpy().copy()
            large = _with_slopes(function, x, given)
            parts = [_with_slopes(function, torch.from_numpy(row), given) for row in x.numpy()]
        for k, found in enumerate(large):
            wanted = np.stack([part[k] for part in parts])
            np.testing.assert_allclose(found, wanted, rtol=1e-6 if dtype == "float32" else 1e-14, atol=1e-6)
        np.testing.assert_array_equal(x.numpy(), before)


def _with_slopes(function: Any, x: torch.Tensor, given: tuple[float, ...]) -> list[np.ndarray]:
    x = x.clone().requires_grad_()
    out = function(x, *given)
    (slope,) = torch.autograd.grad(out, x, torch.full_like(out.detach(), 2.0), create_graph=True)
    found = [out.detach().numpy(), slope.detach().numpy()]
    if slope.requires_grad:
        found.append(torch.autograd.grad(slope, x, torch.ones_like(slope.detach()))[0].numpy())
    return found


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_bounds_of_large_arrays(dtype: str, rng: np.random.Generator) -> None:
    """One bound, two, bounds that cross, and bounds beyond what the type holds."""
    x = rng.standard_normal((70, 70)).astype(dtype)
    x[0, :2] = math.nan, -math.inf
    for low, high in ((0, None), (None, 0.5), (-1, 1), (1, -1), (-math.inf, 0), (0.0, math.inf)):
        expected = x if low is None else np.maximum(x, np.array(low, dtype))
        expected = expected if high is None else np.minimum(expected, np.array(high, dtype))
        found = torch.from_numpy(x).clamp(low, high)
        assert found.numpy().dtype == dtype
        np.testing.assert_array_equal(found.numpy(), expected)
    assert np.nanmin(torch.from_numpy(x).relu().numpy()) == 0


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.999, 1.0])
def test_choices_in_any_proportion(share: float, dtype: str, rng: np.random.Generator) -> None:
    """With numbers and with gaps, on either side; -0.0 and NaN are chosen as they are."""
    chosen = rng.random((90, 100)) < share
    x, y = (rng.standard_normal((90, 100)).astype(dtype) for _ in range(2))
    x[:2], y[3:5] = math.nan, -0.0
    for a in (x, x.T.copy().T, np.repeat(x, 2, axis=1)[:, ::2], 1.5, -0.0, 0):
        for b in (y, np.repeat(y, 2, axis=0)[::2], 2.5, 0):
            if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
                found = numpy_large.where(chosen, a, b)
                wanted = np.where(chosen, np.asarray(a, dtype), np.asarray(b, dtype))
                assert found.dtype == dtype
                np.testing.assert_array_equal(found, wanted)
                np.testing.assert_array_equal(np.signbit(found), np.signbit(wanted))
                assert not any(np.shares_memory(found, side) for side in (a, b) if isinstance(side, np.ndarray))


def test_choices_without_one_side_are_copies(rng: np.random.Generator) -> None:
    """Where nothing is chosen from one side, the other one is not handed out itself."""
    x, y = torch.from_numpy(rng.standard_normal((80, 80))), torch.from_numpy(rng.standard_normal((80, 80)))
    nothing = torch.zeros(80, 80, dtype=torch.bool)
    out = torch.where(nothing, x, y)
    np.testing.assert_array_equal(out.numpy(), y.numpy())
    out.zero_()
    assert y.any()
    np.testing.assert_array_equal(torch.where(~nothing, x, y).numpy(), x.numpy())
    np.testing.assert_array_equal(torch.where(nothing, x, 0.0).numpy(), 0)
