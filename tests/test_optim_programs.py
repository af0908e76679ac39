"""What published optimisers take from torch.optim beside its public names."""

from __future__ import annotations

from typing import Any

import pytest

import gradiente as torch
from gradiente.optim import optimizer as base


def test_steps_that_autograd_records_on_demand() -> None:
    class Own(torch.optim.Optimizer):
        def __init__(self, params: Any, differentiable: bool) -> None:
            super().__init__(params, {"differentiable": differentiable})

        @base._use_grad_for_differentiable  # type: ignore[attr-defined]
        def step(self, closure: Any = None) -> bool:
            """One step."""
            return torch.is_grad_enabled()

    p = torch.ones(1, requires_grad=True)
    assert [Own([p], choice).step() for choice in (True, False)] == [True, False]
    assert torch.is_grad_enabled()
    assert Own.step.__doc__ == "One step."


def test_lists_of_a_group() -> None:
    p, q = torch.ones(2, requires_grad=True), torch.ones(1, requires_grad=True)
    p.grad = torch.ones(2)
    optimizer = torch.optim.SGD([p, q], momentum=0.9)
    lists: list[list[Any]] = [[], [], []]
    assert optimizer._init_group(optimizer.param_groups[0], *lists) is False
    assert (lists[0][0] is p, lists[1][0] is p.grad, lists[2]) == (True, True, [None])
    adam = torch.optim.Adam([p, q], amsgrad=True)
    lists = [[] for _ in range(6)]
    adam._init_group(adam.param_groups[0], *lists)
    assert [len(values) for values in lists] == [1] * 6
    assert adam.state[p]["max_exp_avg_sq"] is lists[4][0]
    assert q not in adam.state


def test_names_that_are_not_there() -> None:
    with pytest.raises(AttributeError, match=r"gradiente\.optim\.optimizer.*_dispatch_sqrt"):
        base._dispatch_sqrt  # type: ignore[attr-defined] # noqa: B018
    with pytest.raises(RuntimeError, match=r"^`fused=True` requires all .* but torch\.complex64 and cpu"):
        base._device_dtype_check_for_fused(torch.ones(1, dtype=torch.complex64))  # type: ignore[attr-defined]


def test_steps_that_are_not_defined() -> None:
    with pytest.raises(NotImplementedError, match="Optimizer does not define a step"):
        torch.optim.Optimizer([torch.ones(1, requires_grad=True)], {}).step()
    with pytest.raises(ValueError, match=r"^Invalid learning rate: 0 \(it has to be positive\)"):
        torch.optim.SparseAdam([torch.ones(1, requires_grad=True)], lr=0)


def test_sums_in_shared_memory() -> None:
    p = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.Adagrad([p])
    optimizer.share_memory()
    assert optimizer.state[p]["sum"].is_shared()
    p.sum().backward()
    optimizer.step()
    assert optimizer.state[p]["sum"].tolist() == [1, 1]
    assert optimizer.state[p]["sum"].is_shared()


def test_what_copied_steps_call() -> None:
    p, q = torch.ones(2, requires_grad=True), torch.ones(1, dtype=torch.float64)
    optimizer = torch.optim.SGD([p], lr=0.1)
    optimizer._accelerator_graph_capture_health_check()
    with pytest.warns(DeprecationWarning, match="Use _accelerator_graph_capture_health_check instead"):
        optimizer._cuda_graph_capture_health_check()
    groups = optimizer._group_tensors_by_device_and_dtype([[p, q], [1, 2]], with_indices=True)
    assert [(kind, lists[1], places) for (_, kind), (lists, places) in groups.items()] == [
        (torch.float32, [1], [0]),
        (torch.float64, [2], [1]),
    ]


def test_numbers_of_programs_optimisers_stay_numbers() -> None:
    class Own(torch.optim.Optimizer):
        def __init__(self, params: Any) -> None:
            super().__init__(params, {"lr": 0.1})

        def step(self, closure: Any = None) -> None:
            for p in self.param_groups[0]["params"]:
                self.state[p]["step"] = self.state[p].get("step", 0) + 1

    p = torch.ones(1, requires_grad=True)
    optimizer, other = Own([p]), Own([p])
    optimizer.step()
    other.load_state_dict(optimizer.state_dict())
    assert type(other.state[p]["step"]) is int
