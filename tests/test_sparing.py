"""Gradients of some inputs: the work for the others is spared, and the gradients are the same."""

from __future__ import annotations

import numpy as np
import pytest

import gradiente as torch
from gradiente.graph import edges_of
from gradiente.tensor.plans import _wanted

F = torch.nn.functional

PROGRAMS = {
    "product": (lambda x, w: x @ w, (40, 50), (50, 60)),
    "linear": (lambda x, w: F.linear(x, w), (64, 50), (60, 50)),
    "elementwise": (lambda x, w: x * w, (40, 50), (40, 50)),
    "broadcast": (lambda x, w: x / w, (40, 50), (50,)),
    "small": (lambda x, w: (x * w) @ w.T, (2, 3), (2, 3)),
    "convolution": (lambda x, w: F.conv2d(x, w), (4, 3, 12, 12), (5, 3, 3, 3)),
    "complex": (lambda x, w: torch.complex(x, w).abs(), (40, 50), (40, 50)),
    "einsum": (lambda x, w: torch.einsum("ij,jk->ik", x, w), (40, 50), (50, 60)),
}


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("name", PROGRAMS)
def test_each_gradient_alone_is_the_one_that_all_give(name, create_graph, rng):
    function, *shapes = PROGRAMS[name]
    inputs = [torch.from_numpy(rng.standard_normal(shape) + 2).requires_grad_() for shape in shapes]

    def gradients(*of: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return torch.autograd.grad(function(*inputs).tanh().sum(), of, create_graph=create_graph)

    together = gradients(*inputs)
    for x, expected in zip(inputs, together, strict=True):
        (found,) = gradients(x)
        np.testing.assert_allclose(found.detach().numpy(), expected.detach().numpy(), rtol=1e-13)
        if create_graph:
            second = (torch.autograd.grad(g.pow(2).sum(), inputs, retain_graph=True) for g in (found, expected))
            for one, other in zip(*second, strict=True):
                np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("create_graph", [False, True])
def test_the_rule_of_what_is_not_asked_for_does_not_run(create_graph, monkeypatch):
    asked: list[int] = []
    x, w = torch.ones(40, 50, requires_grad=True), torch.ones(50, 60, requires_grad=True)
    y = x @ w
    primitive = y.grad_fn.primitive
    original = type(primitive).vjp
    monkeypatch.setattr(type(primitive), "vjp", lambda self, i, *rest: asked.append(i) or original(self, i, *rest))
    torch.autograd.grad(y.sum(), x, create_graph=create_graph)
    if create_graph:
        assert 1 not in asked
    counter = torch.utils.flop_counter.FlopCounterMode(display=False)
    with counter:
        torch.autograd.grad((x @ w).sum(), x, create_graph=create_graph)
    assert counter.get_total_flops() == 2 * 2 * 40 * 50 * 60


def test_what_a_changed_value_was_saved_for_is_still_found():
    x, w = torch.ones(40, 50, requires_grad=True), torch.ones(50, 60, requires_grad=True)
    y = (x @ w).sum()
    with torch.no_grad():
        x.add_(1)  # saved for the gradient of w alone
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        torch.autograd.grad(y, w)


def test_hooks_and_backward_with_inputs_see_what_they_saw():
    x, w = torch.ones(40, 50, requires_grad=True), torch.ones(50, 60, requires_grad=True)
    y = x @ w
    seen = []
    y.grad_fn.register_hook(lambda given, received: seen.append([g is None for g in given]))
    y.sum().backward(inputs=[x], retain_graph=True)
    assert w.grad is None
    assert x.grad is not None
    assert seen == [[False, True]]
    node = y.grad_fn
    assert _wanted(node, {edges_of(node)[1]}) == [False, True]
