"""Extremes of what is scattered to one place: ties share the gradient, NaN wins, in place, in batches."""

from __future__ import annotations

import math

import numpy as np
import pytest

import gradiente as torch


def _gradients(x: torch.Tensor, index: torch.Tensor, c: torch.Tensor, name: str, own: bool) -> list[list[float]]:
    x, c = x.clone().requires_grad_(), c.clone().requires_grad_()
    out = x.scatter_reduce(0, index, c, name, include_self=own)
    out.backward(torch.ones(out.shape))
    assert x.grad is not None
    assert c.grad is not None
    return [x.grad.tolist(), c.grad.tolist()]


def test_equal_extremes_share_the_gradient() -> None:
    x, index = torch.tensor([2.0, 1.0, 5.0]), torch.tensor([0, 0, 1, 1])
    c = torch.tensor([2.0, 2.0, 1.0, 3.0])
    third = pytest.approx(1 / 3)
    assert _gradients(x, index, c, "amax", True) == [[third, 0.0, 1.0], [third, third, 0.0, 1.0]]
    assert _gradients(x, index, c, "amax", False) == [[0.0, 0.0, 1.0], [0.5, 0.5, 0.0, 1.0]]
    assert _gradients(x, index, c, "amin", True) == [[third, 0.5, 1.0], [third, third, 0.5, 0.0]]


def test_what_is_not_finite() -> None:
    """NaN is the extreme wherever it is; infinite extremes have gradients as others have."""
    x = torch.tensor([1.0, math.nan, -math.inf])
    c = torch.tensor([math.nan, 2.0, -math.inf])
    index = torch.arange(3)
    assert _gradients(x, index, c, "amax", True) == [[0.0, 1.0, 0.5], [1.0, 0.0, 0.5]]
    out = x.scatter_reduce(0, index, c, "amax")
    assert out.isnan().tolist() == [True, True, False]


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("name", ["amax", "amin"])
def test_derivatives_in_place_and_batches(rng: np.random.Generator, name: str, own: bool) -> None:
    x, c = (torch.from_numpy(rng.standard_normal(shape)).requires_grad_() for shape in ((2, 3, 4), (2, 5, 4)))
    index = torch.from_numpy(rng.integers(0, 3, (5, 4)))
    reduce = lambda x, c: x.scatter_reduce(0, index, c, name, include_self=own)  # noqa: E731
    assert torch.autograd.gradcheck(reduce, (x[0], c[0]), check_forward_ad=True)
    assert torch.autograd.gradgradcheck(lambda x, c: reduce(x, c).pow(2), (x[0], c[0]))
    mapped = torch.func.vmap(reduce)(x, c)
    each = torch.stack([reduce(x[0], c[0]), reduce(x[1], c[1])])
    np.testing.assert_array_equal(mapped.detach().numpy(), each.detach().numpy())
    mapped.pow(2).sum().backward()
    assert x.grad is not None
    wanted, x.grad = x.grad, None
    changed = x[0].clone()
    changed.scatter_reduce_(0, index, c[0], name, include_self=own)
    changed.pow(2).sum().backward()
    assert x.grad is not None
    np.testing.assert_allclose(x.grad[0].numpy(), wanted[0].numpy(), atol=1e-12)
    number = torch.tensor(1.5, requires_grad=True)
    inside = number.clone()
    inside.scatter_reduce_(0, torch.tensor(0), torch.tensor(2.0 if name == "amax" else 1.0), name)
    inside.backward()
    assert number.grad == 0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_many_values(rng: np.random.Generator, dtype: str) -> None:
    """Rows of an index that is expanded, and an index of each element."""
    x, c = (rng.standard_normal(shape).astype(dtype) for shape in ((50, 40), (200, 40)))
    rows = rng.integers(0, 50, 200)
    for index in (torch.from_numpy(rows)[:, None].expand(200, 40), torch.from_numpy(rng.integers(0, 50, (200, 40)))):
        found = torch.from_numpy(x).scatter_reduce(0, index, torch.from_numpy(c), "amax")
        wanted = x.copy()
        np.maximum.at(wanted, (index.numpy(), np.arange(40)), c)
        np.testing.assert_array_equal(found.numpy(), wanted)
