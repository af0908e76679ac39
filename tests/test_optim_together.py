"""Note [Small parameters together]: the numbers are those of steps one by one, whatever programs do in between."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradiente as torch
from gradiente.optim import _together

OPTIMISERS: dict[str, Callable[[Any], Any]] = {
    "Adam": lambda ps: torch.optim.Adam(ps, lr=0.1),
    "Adam, every option": lambda ps: torch.optim.Adam(ps, lr=0.1, weight_decay=0.1, amsgrad=True, maximize=True),
    "AdamW": lambda ps: torch.optim.AdamW(ps, lr=0.1),
    "Adamax": lambda ps: torch.optim.Adamax(ps, lr=0.1, weight_decay=0.1),
    "RAdam": lambda ps: torch.optim.RAdam(ps, lr=0.1, decoupled_weight_decay=True, weight_decay=0.1),
    "RMSprop": lambda ps: torch.optim.RMSprop(ps, lr=0.1, centered=True, momentum=0.9),
    "Adagrad": lambda ps: torch.optim.Adagrad(ps, lr=0.1, lr_decay=0.1),
    "Adadelta": lambda ps: torch.optim.Adadelta(ps, lr=1.0),
    "NAdam (stepped one by one)": lambda ps: torch.optim.NAdam(ps, lr=0.1),
}

SHAPES = [(3, 4), (), (5,), (0,), (2, 2, 2), (7,), (1,), (6, 1), (4, 4), (3,), (60, 50), (9,)]


def parameters(seed: int, dtype: Any = None) -> list[Any]:
    torch.manual_seed(seed)
    made = [torch.randn(shape, dtype=dtype) for shape in SHAPES]
    made[3 + 5] = torch.randn(4, 4, dtype=dtype).t()  # not contiguous: stepped alone
    return [p.detach().requires_grad_() for p in made]


def step(ps: list[Any], optimizer: Any, k: int) -> None:
    optimizer.zero_grad()
    sum(((p - k).cos() * p).sum() for p in ps).backward()
    optimizer.step()


def trained(
    make: Callable[[Any], Any], change: Callable[[list[Any], Any, int], Any], dtype: Any = None
) -> tuple[list[Any], Any]:
    ps = parameters(3, dtype)
    optimizer = make(ps)
    for k in range(8):
        optimizer = change(ps, optimizer, k) or optimizer
        step(ps, optimizer, k)
    return ps, optimizer


def without_gradient(ps: list[Any], optimizer: Any, k: int) -> None:
    ps[2].requires_grad_(k not in (4, 5))


def loaded(ps: list[Any], optimizer: Any, k: int) -> None:
    if k == 4:
        optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))


def copied(ps: list[Any], optimizer: Any, k: int) -> Any:
    if k != 4:
        return None
    other = copy.deepcopy(optimizer)
    for old, new in zip(optimizer.param_groups[0]["params"], other.param_groups[0]["params"], strict=True):
        other.state[old] = other.state.pop(new)
    other.param_groups[0]["params"] = optimizer.param_groups[0]["params"]
    return other


def replaced(ps: list[Any], optimizer: Any, k: int) -> None:
    if k == 4:
        name = next(name for name, x in optimizer.state[ps[0]].items() if x.shape == ps[0].shape)
        optimizer.state[ps[0]][name] = torch.full((3, 4), 0.5)
        optimizer.state[ps[4]]["step"] = torch.tensor(9.0)
        optimizer.state[ps[5]][name].mul_(2)


def restarted(ps: list[Any], optimizer: Any, k: int) -> None:
    if k == 4:
        optimizer.state.clear()


def other_values(ps: list[Any], optimizer: Any, k: int) -> None:
    if k == 4:
        ps[0].data = ps[0].data * 2
        with torch.no_grad():
            ps[1].fill_(3.0)
            ps[9].copy_(torch.ones(3))


def hyper(ps: list[Any], optimizer: Any, k: int) -> None:
    optimizer.param_groups[0]["lr"] = 0.1 / (k + 1)
    if k == 4 and "amsgrad" in optimizer.param_groups[0]:
        optimizer.param_groups[0]["maximize"] = not optimizer.param_groups[0]["maximize"]


CHANGES = [without_gradient, loaded, copied, replaced, restarted, other_values, hyper]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", OPTIMISERS)
def test_numbers_are_those_of_steps_one_by_one(
    name: str, change: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, ours = trained(OPTIMISERS[name], change)
    monkeypatch.setattr("gradiente.optim.optimizer.FEWEST", 1000)
    expected, alone = trained(OPTIMISERS[name], change)
    for p, q in zip(found, expected, strict=True):
        np.testing.assert_array_equal(p.detach().numpy(), q.detach().numpy())
        for key, value in alone.state[q].items():
            np.testing.assert_array_equal(ours.state[p][key].numpy(), value.numpy())
        assert list(ours.state[p]) == list(alone.state[q])


def _packs(optimizer: Any) -> list[Any]:
    return optimizer._together[0]._packs or []


def test_what_is_stepped_together() -> None:
    ps, optimizer = trained(OPTIMISERS["Adam"], lambda ps, optimizer, k: None)
    (pack,) = _packs(optimizer)
    alone = [p for p in ps if not any(p is q for q in pack.members)]
    assert [tuple(p.shape) for p in alone] == [(4, 4), (60, 50)]
    ps, optimizer = trained(OPTIMISERS["NAdam (stepped one by one)"], lambda ps, optimizer, k: None)
    assert not _packs(optimizer)


def test_packs_stay_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_together, "AT_ONCE", 30)
    ps, optimizer = trained(OPTIMISERS["AdamW"], lambda ps, optimizer, k: None)
    assert [pack.values.size for pack in _packs(optimizer)] == [33, 19]
    monkeypatch.undo()
    expected, _ = trained(OPTIMISERS["AdamW"], lambda ps, optimizer, k: None)
    assert all(torch.equal(p, q) for p, q in zip(ps, expected, strict=True))


def test_memory_shared_by_parameters_is_changed_twice() -> None:
    base = torch.zeros(10)
    ps = [base.detach()[i : i + 2].requires_grad_() for i in range(9)]
    optimizer = torch.optim.Adam(ps, lr=0.5)
    for _ in range(3):
        optimizer.zero_grad()
        sum(p.sum() for p in ps).backward()
        optimizer.step()
    assert not _packs(optimizer)
    np.testing.assert_allclose(base.numpy(), [-1.5, *[-3.0] * 8, -1.5], rtol=1e-5)


def test_a_saved_value_that_a_step_changed_is_refused() -> None:
    ps, optimizer = trained(OPTIMISERS["Adam"], lambda ps, optimizer, k: None)
    kept = (ps[0] * ps[0]).sum()
    step(ps, optimizer, 9)
    assert _packs(optimizer)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        kept.backward()


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_other_types(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found, optimizer = trained(OPTIMISERS["Adam"], hyper, getattr(torch, dtype))
    assert _packs(optimizer)[0].values.dtype == dtype
    monkeypatch.setattr("gradiente.optim.optimizer.FEWEST", 1000)
    expected, _ = trained(OPTIMISERS["Adam"], hyper, getattr(torch, dtype))
    for p, q in zip(found, expected, strict=True):
        np.testing.assert_array_equal(p.detach().numpy(), q.detach().numpy())
