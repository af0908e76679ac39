"""Connectionist temporal classification: sums over all paths, counted one by one; derivatives; lengths; batches."""

from __future__ import annotations

import math
from itertools import groupby, product

import numpy as np
import pytest

import gradiente as torch
import gradiente.nn.functional as F
from gradiente.arrays import alignments

STEPS, SAMPLES, CLASSES = 5, 4, 3
LABELS = np.array([[1, 2], [1, 1], [2, 0], [0, 0]])
INPUTS, COUNTS = [5, 4, 3, 2], [2, 2, 1, 0]


def _by_paths(x: np.ndarray, labels: list[int]) -> float:
    """Minus the logarithm of the sum over all sequences of classes that give the labels; x (T, C), blank 0."""
    total = -math.inf
    for path in product(range(x.shape[1]), repeat=len(x)):
        if [c for c, _ in groupby(path) if c] == labels:
            total = np.logaddexp(total, sum(x[t, c] for t, c in enumerate(path)))
    return -total


def _logits(rng: np.random.Generator, dtype: str = "float64") -> torch.Tensor:
    return torch.from_numpy(rng.standard_normal((STEPS, SAMPLES, CLASSES)).astype(dtype)).requires_grad_()


def _loss(x: torch.Tensor, reduction: str = "none") -> torch.Tensor:
    return F.ctc_loss(x.log_softmax(2), torch.from_numpy(LABELS), INPUTS, COUNTS, reduction=reduction)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_losses_are_sums_over_paths(rng: np.random.Generator, dtype: str) -> None:
    """Samples that end early, equal neighbours, one label, none."""
    x = _logits(rng, dtype)
    found = _loss(x)
    values = x.detach().log_softmax(2).numpy().astype(np.float64)
    wanted = [_by_paths(values[: INPUTS[n], n], LABELS[n, : COUNTS[n]].tolist()) for n in range(SAMPLES)]
    assert found.numpy is not None
    np.testing.assert_allclose(found.detach().numpy(), wanted, rtol=1e-5 if dtype == "float32" else 1e-12)


def test_derivatives_of_first_and_second_order(rng: np.random.Generator) -> None:
    x = _logits(rng)
    assert torch.autograd.gradcheck(_loss, (x,), check_forward_ad=True)
    assert torch.autograd.gradgradcheck(_loss, (x,))


def test_batches_and_shapes(rng: np.random.Generator) -> None:
    x = torch.stack([_logits(rng).detach() for _ in range(3)])
    each = torch.stack([_loss(part) for part in x])
    np.testing.assert_allclose(torch.func.vmap(_loss)(x).numpy(), each.numpy(), rtol=1e-12)
    gradient = torch.func.vmap(torch.func.grad(lambda x: _loss(x, "sum")))(x)
    one = x[1].clone().requires_grad_()
    _loss(one, "sum").backward()
    assert one.grad is not None
    np.testing.assert_allclose(gradient[1].numpy(), one.grad.numpy(), atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("states", [1, 2, 3, 7])
def test_kernels_are_the_formulas(rng: np.random.Generator, states: int, dtype: str) -> None:
    """Also with states that cannot be reached, samples that end at once, and probabilities that are 0."""
    x, g = rng.standard_normal((2, 6, 5, states)).astype(dtype)
    x[2, 1], x[:, 2, 0] = -math.inf, -math.inf
    start, skips = rng.integers(0, 2, (2, 5, states)).astype(bool)
    start[:, 0], counts = True, np.array([6, 6, 4, 1, 0])
    g[:, 1:3] = 0  # as nothing flows back from paths that do not exist
    before = x.copy(), g.copy()
    found = alignments.align(x, start, skips, counts)
    assert found.dtype == np.dtype(dtype)
    tolerance = 1e-5 if dtype == "float32" else 1e-12
    with np.errstate(all="ignore"):
        wanted = alignments.aligned(x, start, skips, counts, np)
        possible = [np.where(a > alignments.LOW / 2, a, -math.inf) for a in (found, wanted)]
        np.testing.assert_allclose(*possible, rtol=tolerance, atol=tolerance)
        slopes = alignments.align_slopes(g, start, skips, counts, found)
        wanted = alignments.alignment_slopes(g, start, skips, counts, found, np)
    assert slopes.dtype == np.dtype(dtype)
    np.testing.assert_allclose(slopes, wanted, rtol=tolerance * 10, atol=tolerance)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(g, before[1])


def test_labels_that_do_not_fit_give_no_gradient() -> None:
    """Neither where the time is too short nor where a step has probability 0 everywhere."""
    x = torch.zeros(3, 2, 4)
    x[1, 1] = -math.inf
    x.requires_grad_()
    labels = torch.tensor([[1, 1, 2], [1, 2, 0]])
    loss = F.ctc_loss(x, labels, [3, 3], [3, 2], reduction="none", zero_infinity=True)
    assert loss.tolist() == [0.0, 0.0]
    loss.sum().backward()
    assert x.grad is not None
    assert not x.grad.isnan().any()
    assert F.ctc_loss(x, labels, [3, 3], [3, 2], reduction="none").tolist() == [math.inf, math.inf]
