"""Note [Recorded steps]: autograd differentiates steps; what cannot be recorded, captured or fused says so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradiente as torch

OPTIONS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"weight_decay": 0.1}),
    ("Adam", {"amsgrad": True, "weight_decay": 0.1, "eps": 0.1}),
    ("AdamW", {"maximize": True, "eps": 0.1}),
    ("Adagrad", {"lr_decay": 0.1, "initial_accumulator_value": 0.3}),
    ("Adadelta", {"eps": 0.1, "weight_decay": 0.1}),
    ("RMSprop", {"momentum": 0.9, "centered": True, "eps": 0.1}),
    ("Adamax", {"weight_decay": 0.1}),
    ("NAdam", {"decoupled_weight_decay": True, "weight_decay": 0.1, "eps": 0.1}),
    ("RAdam", {"betas": (0.5, 0.6), "eps": 0.1}),
    ("ASGD", {"lambd": 0.1, "t0": 1}),
    ("Rprop", {}),
]


@pytest.mark.parametrize(("name", "options"), OPTIONS, ids=str)
def test_derivatives_of_two_steps(name: str, options: dict[str, Any], rng: np.random.Generator) -> None:
    def two_steps(start: Any, g: Any, lr: Any) -> Any:
        p = start.clone()
        optimizer = getattr(torch.optim, name)([p], lr=lr, differentiable=True, **options)
        for k in (1.0, 0.5):
            p.grad = k * g + 0.1 * start
            optimizer.step()
        return p

    torch.set_default_dtype(torch.float64)  # numbers in the state have it, too
    try:
        start = torch.from_numpy(rng.standard_normal((2, 2))).requires_grad_()
        g = torch.from_numpy(rng.uniform(0.5, 2, (2, 2))).requires_grad_()
        lr = torch.tensor(0.05, requires_grad=True)
        assert torch.autograd.gradcheck(two_steps, (start, g, lr))
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize(("name", "options"), OPTIONS, ids=str)
def test_recorded_steps_have_the_same_values(name: str, options: dict[str, Any], rng: np.random.Generator) -> None:
    start, *gradients = (torch.from_numpy(rng.standard_normal((3, 4)).astype("float32")) for _ in range(6))
    ends = []
    for recorded in (False, True):
        p = start.clone()
        optimizer = getattr(torch.optim, name)([p], lr=0.05, differentiable=recorded, **options)
        for g in gradients:
            p.grad = g
            optimizer.step()
        ends.append([p.numpy(), *(v.numpy() for v in optimizer.state[p].values())])
    for plain, recorded in zip(*ends, strict=True):
        assert plain.dtype == recorded.dtype
        np.testing.assert_allclose(recorded, plain, rtol=1e-5, atol=1e-6)


def test_learns_a_learning_rate() -> None:
    lr = torch.tensor(0.01, requires_grad=True)
    outer = torch.optim.Adam([lr], lr=0.02)
    target = torch.tensor([1.0, -2.0, 0.5])
    losses = []
    for _ in range(30):
        w = torch.zeros(3, requires_grad=True).clone()
        inner = torch.optim.SGD([w], lr=lr, momentum=0.5, differentiable=True)
        for _ in range(5):
            w.grad = 2 * (w - target)
            inner.step()
        loss = ((w - target) ** 2).sum()
        outer.zero_grad()
        loss.backward()
        outer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.05 * losses[0]


def test_betas_can_be_learnt() -> None:
    betas = (torch.tensor(0.9, requires_grad=True), torch.tensor(0.99, requires_grad=True))
    p = torch.ones(2)
    optimizer = torch.optim.Adam([p], betas=betas, lr=0.1, differentiable=True)
    for g in (1.0, -3.0):
        p.grad = torch.full((2,), g)
        optimizer.step()
    gradients = torch.autograd.grad(p.sum(), betas)
    assert all(abs(g.item()) > 1e-4 for g in gradients)


def test_momentum_can_be_learnt() -> None:
    momentum: Any = torch.tensor(0.5, requires_grad=True)
    p = torch.zeros(1)
    optimizer = torch.optim.SGD([p], lr=0.1, momentum=momentum, differentiable=True)
    for _ in range(3):
        p.grad = torch.ones(1)
        optimizer.step()
    assert p.item() == pytest.approx(-0.1 * (1 + 1.5 + 1.75))
    assert torch.autograd.grad(p, momentum)[0].item() == pytest.approx(-0.1 * (1 + 1 + 2 * 0.5))


def test_the_first_velocity_is_a_constant() -> None:
    g = torch.ones(2, requires_grad=True)
    p = torch.zeros(2)
    optimizer = torch.optim.SGD([p], lr=0.1, momentum=0.9, differentiable=True)
    p.grad = g * 1
    optimizer.step()
    assert not p.requires_grad
    p.grad = g * 1
    optimizer.step()
    assert torch.autograd.grad(p.sum(), g)[0].tolist() == pytest.approx([-0.1, -0.1])


def test_leaves_are_refused_and_left_as_they_were() -> None:
    p, q = torch.zeros(2), torch.ones(2, requires_grad=True)
    p.grad = q.grad = torch.ones(2)
    optimizer = torch.optim.Adam([p, q], differentiable=True)
    with pytest.raises(RuntimeError, match=r"^a leaf Variable .* in-place operation\..*parameter 1 .*p\.clone\(\)"):
        optimizer.step()
    assert p.tolist() == [0, 0]
    assert not optimizer.state
    with pytest.raises(AssertionError, match=r"^_foreach ops don't support autograd \(leave foreach out"):
        torch.optim.Adam([q], differentiable=True, foreach=True).step()


@pytest.mark.parametrize("name", ["Adam", "AdamW", "Adadelta", "RMSprop", "Adamax", "NAdam", "RAdam", "ASGD", "Rprop"])
def test_capturable_is_for_other_devices(name: str) -> None:
    p = torch.ones(2, requires_grad=True)
    optimizer = getattr(torch.optim, name)([p], capturable=True)
    optimizer.step()  # nothing has a gradient
    p.sum().backward()
    with pytest.raises(AssertionError, match=r"^If capturable=True, params.* must be on .*leave capturable out"):
        optimizer.step()
    assert p.tolist() == [1, 1]
    assert not optimizer.state


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "Adagrad"])
def test_what_fused_excludes(name: str) -> None:
    kind, p = getattr(torch.optim, name), torch.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match=r"^`fused` does not support `differentiable` \(leave fused out\)"):
        kind([p], fused=True, differentiable=True)
    z = torch.ones(2, dtype=torch.complex64, requires_grad=True)
    z.abs().sum().backward()
    optimizer = kind([z], fused=True)
    with pytest.raises(RuntimeError, match=r"^`fused=True` requires all .* but torch\.complex64 and cpu \(leave fused"):
        optimizer.step()
    with pytest.raises(ValueError, match=r"^betas\[0\] as a Tensor is not supported for capturable=False and foreach"):
        torch.optim.Adam([p], betas=(torch.tensor(0.9), torch.tensor(0.9)), foreach=True)


def test_climbing_with_a_rate_that_begins_at_zero() -> None:
    p = torch.zeros(1, requires_grad=True)
    p.sum().backward()
    optimizer = torch.optim.SGD([p], lr=0.0, momentum=0.5, maximize=True)
    optimizer.step()
    assert optimizer.state[p]["momentum_buffer"].tolist() == [-1]


@pytest.mark.parametrize("name", ["Adam", "Adagrad", "NAdam", "ASGD"])
def test_numbers_of_older_versions_become_tensors(name: str) -> None:
    p = torch.ones(2, requires_grad=True)
    p.sum().backward()
    optimizer = getattr(torch.optim, name)([p])
    optimizer.step()
    saved = optimizer.state_dict()
    for values in saved["state"].values():
        values.update({k: v.item() for k, v in values.items() if v.ndim == 0})
    loaded = getattr(torch.optim, name)([p])
    loaded.load_state_dict(saved)
    loaded.step()
    assert loaded.state[p]["step"].item() == 2
    assert loaded.state[p]["step"].dtype == torch.float32
