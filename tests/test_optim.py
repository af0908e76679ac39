"""The optimisers, without PyTorch: closed forms, what a step touches, hooks, copies."""

from __future__ import annotations

import copy
from typing import Any

import pytest

import gradiente as torch


def parameter(*values: float) -> torch.Tensor:
    return torch.tensor(list(values), requires_grad=True)


def test_step_is_lr_times_gradient() -> None:
    p = parameter(1.0, 2.0)
    (p * p).sum().backward()
    torch.optim.SGD([p], lr=0.25).step()
    assert p.tolist() == [0.5, 1.0]
    assert p.is_leaf


def test_step_is_noticed_by_graphs_that_saved_the_parameter() -> None:
    p = parameter(1.0)
    p.sum().backward()
    loss = (p * p).sum()
    torch.optim.SGD([p], lr=0.1).step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_parameters_without_gradient_stay() -> None:
    p, q = parameter(1.0), parameter(1.0)
    p.sum().backward()
    optimizer = torch.optim.Adam([p, q])
    optimizer.step()
    assert q.tolist() == [1.0]
    assert len(optimizer.state) == 1


def test_zero_grad_keeps_the_gradient_tensor_if_asked() -> None:
    p = parameter(1.0)
    p.sum().backward()
    grad = p.grad
    torch.optim.SGD([p]).zero_grad(set_to_none=False)
    assert p.grad is grad
    assert grad is not None
    assert grad.tolist() == [0.0]


def test_hooks_and_closure() -> None:
    p = parameter(1.0)
    optimizer = torch.optim.SGD([p], lr=0.5)
    seen: list[Any] = []
    first = optimizer.register_step_pre_hook(lambda o, args, kwargs: seen.append(("before", p.item())))
    optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append(("after", p.item())))

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    with torch.no_grad():
        assert optimizer.step(closure).item() == 1.0
    assert seen == [("before", 1.0), ("after", 0.0)]
    first.remove()
    optimizer.step()
    assert [name for name, _ in seen] == ["before", "after", "after"]


def test_copies_are_independent() -> None:
    p = parameter(1.0)
    p.sum().backward()
    optimizer = torch.optim.Adam([p], lr=0.1)
    optimizer.step()
    other = copy.deepcopy(optimizer)
    other.step()
    assert next(iter(optimizer.state.values()))["step"].item() == 1
    assert next(iter(other.state.values()))["step"].item() == 2


def test_what_is_not_supported_says_what_to_do() -> None:
    with pytest.raises(NotImplementedError, match=r"differentiable=True is not supported.*create_graph=True"):
        torch.optim.SGD([parameter(1.0)], differentiable=True)
    with pytest.raises(NotImplementedError, match="capturable=True is not supported"):
        torch.optim.Adam([parameter(1.0)], capturable=True)
    p = parameter(1.0)
    p.sum().backward()
    optimizer = torch.optim.Optimizer([p], {})
    with pytest.raises(NotImplementedError, match="does not define a step"):
        optimizer.step()


def test_failed_group_leaves_the_optimizer_as_it_was() -> None:
    optimizer = torch.optim.SGD([parameter(1.0)])
    with pytest.raises(ValueError, match="non-leaf"):
        optimizer.add_param_group({"params": parameter(1.0) * 2})
    assert len(optimizer.param_groups) == 1
