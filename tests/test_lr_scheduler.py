"""The schedulers: closed formulas, the order of the calls, references, and the errors' remedies."""

from __future__ import annotations

import copy
import gc
import math
import pickle
import subprocess
import sys
import weakref
from typing import Any

import pytest

import gradiente as torch
from gradiente.optim import lr_scheduler


def sgd(lr: float = 1.0, momentum: float = 0.9) -> torch.optim.SGD:
    return torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=lr, momentum=momentum)


def rates(scheduler: Any, count: int) -> list[float]:
    seen = [scheduler.get_last_lr()[0]]
    for _ in range(count):
        scheduler.optimizer.step()
        scheduler.step()
        seen.append(scheduler.get_last_lr()[0])
    return seen


FORMULAS: list[tuple[str, tuple[Any, ...], Any]] = [
    ("StepLR", (4, 0.5), lambda t: 0.5 ** (t // 4)),
    ("MultiStepLR", ([3, 8], 0.5), lambda t: 0.5 ** ((t >= 3) + (t >= 8))),
    ("ConstantLR", (0.25, 6), lambda t: 0.25 if t < 6 else 1.0),
    ("LinearLR", (0.5, 0.1, 9), lambda t: 0.5 - 0.4 * min(t, 9) / 9),
    ("ExponentialLR", (0.9,), lambda t: 0.9**t),
    ("PolynomialLR", (10, 2.0), lambda t: (1 - min(t, 10) / 10) ** 2),
    ("CosineAnnealingLR", (7, 0.1), lambda t: 0.1 + 0.9 * (1 + math.cos(math.pi * t / 7)) / 2),
    ("CosineAnnealingWarmRestarts", (6,), lambda t: (1 + math.cos(math.pi * (t % 6) / 6)) / 2),
    ("LambdaLR", (lambda t: 1 / (1 + t),), lambda t: 1 / (1 + t)),
    ("MultiplicativeLR", (lambda t: t / (t + 1),), lambda t: 1 / (1 + t)),
    ("CyclicLR", (0.0, 1.0, 5), lambda t: 1 - abs(t % 10 - 5) / 5),
]


@pytest.mark.parametrize(("name", "arguments", "formula"), FORMULAS, ids=[row[0] for row in FORMULAS])
def test_closed_formulas(name: str, arguments: tuple[Any, ...], formula: Any) -> None:
    found = rates(getattr(lr_scheduler, name)(sgd(), *arguments), 25)
    assert found == pytest.approx([formula(t) for t in range(26)], rel=1e-12, abs=1e-12)


def test_one_cycle_rises_and_falls() -> None:
    optimizer = sgd()
    found = rates(lr_scheduler.OneCycleLR(optimizer, 1.0, 21, pct_start=0.5), 20)
    top = found.index(max(found))
    assert found[0] == pytest.approx(1 / 25)
    assert found[-1] == pytest.approx(1 / 25e4)
    assert found[: top + 1] == sorted(found[: top + 1])
    assert found[top:] == sorted(found[top:], reverse=True)
    assert optimizer.param_groups[0]["momentum"] == pytest.approx(0.95)


def test_the_wrong_order_warns_at_the_callers_line() -> None:
    scheduler = lr_scheduler.StepLR(sgd(), 3)
    with pytest.warns(UserWarning, match=r"Detected call of `lr_scheduler.step\(\)` before") as found:
        scheduler.step()
    assert found[0].filename == __file__
    scheduler = lr_scheduler.StepLR(sgd(), 3)
    scheduler.optimizer.step()
    scheduler.step()  # warnings are errors


def test_an_overridden_step_warns() -> None:
    scheduler = lr_scheduler.StepLR(sgd(), 3)
    scheduler.optimizer.step = lambda closure=None: None
    with pytest.warns(UserWarning, match="has been overridden after learning rate scheduler"):
        scheduler.step()


def test_a_given_epoch_is_deprecated() -> None:
    scheduler = lr_scheduler.ExponentialLR(sgd(), 0.5)
    scheduler.optimizer.step()
    with pytest.warns(UserWarning, match="The epoch parameter in `scheduler.step"):
        scheduler.step(3)
    assert scheduler.get_last_lr() == [0.125]


def test_the_step_still_takes_a_closure_and_saves() -> None:
    optimizer = sgd(momentum=0.0)
    w = optimizer.param_groups[0]["params"][0]
    lr_scheduler.ExponentialLR(optimizer, 0.5)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 1.0
    assert w.item() == -1.0
    assert pickle.loads(pickle.dumps(optimizer)).param_groups[0]["initial_lr"] == 1.0


def test_optimizer_and_scheduler_are_freed_without_the_collector() -> None:
    gc.disable()
    try:
        scheduler = lr_scheduler.StepLR(sgd(), 3)
        optimizer = weakref.ref(scheduler.optimizer)
        scheduler.optimizer.step()
        scheduler.step()
        del scheduler
        assert optimizer() is None
    finally:
        gc.enable()


REMEDIES: list[tuple[Any, type[Exception], str]] = [
    (lambda o: lr_scheduler.StepLR(o, 3, last_epoch=1), KeyError, "haven't properly loaded the optimizer state"),
    (lambda o: lr_scheduler.ConstantLR(o, 2.0), ValueError, r"between 0 and 1. \(factor=2.0\)"),
    (lambda o: lr_scheduler.LinearLR(o, 0.0), ValueError, r"less or equal to 1. \(start_factor=0.0\)"),
    (lambda o: lr_scheduler.LinearLR(o, 0.5, 2.0), ValueError, r"between 0 and 1. \(end_factor=2.0\)"),
    (lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=1.0), ValueError, r"< 1.0. \(factor=1.0\)"),
    (lambda o: lr_scheduler.ReduceLROnPlateau(o, min_lr=[0, 0]), ValueError, "expected 1 min_lrs, got 2"),
    (lambda o: lr_scheduler.CyclicLR(o, 0, 1, mode="saw"), ValueError, r"scale_fn is None \(mode='saw'\)"),  # type: ignore
    (lambda o: lr_scheduler.OneCycleLR(o, 1.0), ValueError, r"either total_steps OR \(epochs AND"),
    (lambda o: lr_scheduler.SequentialLR(o, [], []), ValueError, "at least one scheduler, but got no scheduler"),
    (lambda o: lr_scheduler.StepLR(3, 3), TypeError, "int is not an Optimizer"),  # type: ignore
]


@pytest.mark.parametrize(("call", "kind", "text"), REMEDIES, ids=[row[2] for row in REMEDIES])
def test_errors_leave_the_rates(call: Any, kind: type[Exception], text: str) -> None:
    optimizer = sgd()
    with pytest.raises(kind, match=text):
        call(optimizer)
    assert optimizer.param_groups[0]["lr"] == 1.0


def test_momentum_is_needed_to_cycle_it() -> None:
    optimizer = torch.optim.Adagrad([torch.ones(1, requires_grad=True)])
    with pytest.raises(ValueError, match=r"must support momentum or beta1.*pass cycle_momentum=False"):
        lr_scheduler.CyclicLR(optimizer, 0.1, 0.2)
    assert lr_scheduler.CyclicLR(optimizer, 0.1, 0.2, cycle_momentum=False).get_last_lr() == [0.1]


def test_schedulers_load_when_they_are_asked_for() -> None:
    program = "import sys, gradiente\nassert 'gradiente.optim.lr_scheduler' not in sys.modules\n"
    program += "gradiente.optim.lr_scheduler.StepLR"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_missing_name_gets_the_closest_ones() -> None:
    with pytest.raises(AttributeError, match=r"has no attribute 'StepLRR'. Closest names: 'StepLR'"):
        _ = lr_scheduler.StepLRR  # type: ignore


def test_a_copied_scheduler_goes_on_alone() -> None:
    scheduler = lr_scheduler.ExponentialLR(sgd(), 0.5)
    scheduler.optimizer.step()
    scheduler.step()
    for twin in (copy.deepcopy(scheduler), pickle.loads(pickle.dumps(scheduler))):
        twin.optimizer.step()
        twin.step()
        assert twin.get_last_lr() == [twin.optimizer.param_groups[0]["lr"]] == [0.25]
    assert scheduler.get_last_lr() == [scheduler.optimizer.param_groups[0]["lr"]] == [0.5]
