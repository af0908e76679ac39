"""The losses of torch.nn.functional, without PyTorch: closed forms, extremes, errors with their remedies."""

from __future__ import annotations

import math

import numpy as np
import pytest

import gradiente as torch
import gradiente.nn.functional as functional


def test_cross_entropy_is_minus_the_logarithm_of_softmax(rng: np.random.Generator) -> None:
    x, y = rng.standard_normal((5, 3)), np.array([0, 2, 1, 1, 0])
    logits = torch.from_numpy(x).requires_grad_()
    loss = functional.cross_entropy(logits, torch.from_numpy(y))
    p = np.exp(x) / np.exp(x).sum(1, keepdims=True)
    np.testing.assert_allclose(loss.item(), -np.log(p[np.arange(5), y]).mean(), rtol=1e-12)
    loss.backward()
    assert logits.grad is not None
    np.testing.assert_allclose(logits.grad.numpy(), (p - np.eye(3)[y]) / 5, rtol=1e-10, atol=1e-14)


def test_huge_logits_do_not_overflow() -> None:
    x = torch.tensor([[1e4, -1e4], [1e4, -1e4]], requires_grad=True)
    loss = functional.cross_entropy(x, torch.tensor([0, 1]))
    assert loss.item() == 1e4
    loss.backward()
    assert x.grad is not None
    assert x.grad.tolist() == [[0.0, 0.0], [0.5, -0.5]]
    assert functional.binary_cross_entropy_with_logits(torch.tensor([1e4]), torch.tensor([0.0])).item() == 1e4


def test_certain_miss_costs_a_hundred() -> None:
    assert functional.binary_cross_entropy(torch.tensor([0.0]), torch.tensor([1.0])).item() == 100


def test_changed_target_is_noticed() -> None:
    x, y = torch.zeros(2, 3, requires_grad=True), torch.tensor([0, 1])
    loss = functional.cross_entropy(x, y)
    y.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_errors_say_what_to_do() -> None:
    x = torch.zeros(2, 3)
    with pytest.raises(IndexError, match=r"Target 3 is out of bounds.*numbered from 0 to 2"):
        functional.cross_entropy(x, torch.tensor([0, 3]))
    with pytest.raises(RuntimeError, match=r"Long or Byte, but got Float.*\.long\(\)"):
        functional.cross_entropy(x, torch.tensor([0.0, 1.0]))
    with pytest.raises(RuntimeError, match=r"Long.*class numbers have one dimension less"):
        functional.cross_entropy(x, torch.zeros(2, 3, dtype=torch.int64))
    with pytest.raises(ValueError, match="'none', 'mean', 'sum'"):
        functional.mse_loss(x, x, reduction="average")
    with pytest.raises(RuntimeError, match=r"between 0 and 1.*binary_cross_entropy_with_logits"):
        functional.binary_cross_entropy(x + 2, x)
    with pytest.raises(RuntimeError, match=r"not differentiable with respect to argument 'weight'.*detach"):
        functional.binary_cross_entropy_with_logits(x, x, torch.ones(3, requires_grad=True))
    with pytest.warns(UserWarning, match="different to the input size"):
        functional.mse_loss(x, torch.zeros(3))


def test_no_samples_have_no_mean() -> None:
    empty = torch.zeros(0, 3)
    assert math.isnan(functional.cross_entropy(empty, torch.zeros(0, dtype=torch.int64)).item())
    assert math.isnan(functional.mse_loss(empty, empty).item())
    assert functional.mse_loss(empty, empty, reduction="sum").item() == 0


def test_missing_function_is_named() -> None:
    with pytest.raises(AttributeError, match=r"cross_entropi.*'cross_entropy'"):
        _ = functional.cross_entropi


def test_an_operand_that_is_left_out_and_one_that_is_not_tracked() -> None:
    """Two patterns of operands, which a node's plan must not confuse: what is not given is not saved."""
    x = torch.tensor([0.25, 0.5], requires_grad=True)
    y = torch.tensor([1.0, 0.0])
    (plain,) = torch.autograd.grad(functional.binary_cross_entropy(x, y, reduction="sum"), [x])
    (weighted,) = torch.autograd.grad(functional.binary_cross_entropy(x, y, 2 * torch.ones(2), reduction="sum"), [x])
    assert torch.equal(2 * plain, weighted)
