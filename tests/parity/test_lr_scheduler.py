"""The schedulers against PyTorch: the rates and momenta of each step, saved state, warnings and errors."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradiente

torch = pytest.importorskip("torch")

STEPS = 60

Make = Callable[[Any, Any], Any]  # the schedulers of a library and an optimiser, to a scheduler


class Halving:
    """A callable with attributes, which a scheduler saves."""

    def __init__(self, base: float = 0.5) -> None:
        self.base = base

    def __call__(self, t: float) -> float:
        return self.base ** (t / 10)


TABLE: dict[str, Make] = {
    "LambdaLR": lambda L, o: L.LambdaLR(o, lambda t: 0.95**t),
    "LambdaLR, each": lambda L, o: L.LambdaLR(o, [lambda t: 1 / (1 + t), Halving()]),
    "MultiplicativeLR": lambda L, o: L.MultiplicativeLR(o, lambda t: 1 - 1 / (t + 2)),
    "StepLR": lambda L, o: L.StepLR(o, 7),
    "StepLR, 1": lambda L, o: L.StepLR(o, 1, gamma=0.9),
    "MultiStepLR": lambda L, o: L.MultiStepLR(o, [30, 5, 5, 31], gamma=0.3),
    "ConstantLR": lambda L, o: L.ConstantLR(o),
    "ConstantLR, 0.7": lambda L, o: L.ConstantLR(o, factor=0.7, total_iters=33),
    "LinearLR": lambda L, o: L.LinearLR(o),
    "LinearLR, down": lambda L, o: L.LinearLR(o, start_factor=1.0, end_factor=0.05, total_iters=41),
    "ExponentialLR": lambda L, o: L.ExponentialLR(o, 0.93),
    "PolynomialLR": lambda L, o: L.PolynomialLR(o),
    "PolynomialLR, 2.5": lambda L, o: L.PolynomialLR(o, total_iters=50, power=2.5),
    "CosineAnnealingLR": lambda L, o: L.CosineAnnealingLR(o, 13),
    "CosineAnnealingLR, floor": lambda L, o: L.CosineAnnealingLR(o, T_max=1, eta_min=0.01),
    "Warm": lambda L, o: L.CosineAnnealingWarmRestarts(o, 9, eta_min=0.001),
    "Warm, longer": lambda L, o: L.CosineAnnealingWarmRestarts(o, 5, T_mult=2),
    "CyclicLR": lambda L, o: L.CyclicLR(o, 0.01, 0.3, step_size_up=7),
    "CyclicLR, 2": lambda L, o: L.CyclicLR(o, [0.01, 0.02], [0.3, 0.2], 4, 9, mode="triangular2", base_momentum=0.5),
    "CyclicLR, range": lambda L, o: L.CyclicLR(o, 0.01, 0.3, 6, mode="exp_range", gamma=0.97, cycle_momentum=False),
    "CyclicLR, function": lambda L, o: L.CyclicLR(o, 0.01, 0.3, 6, scale_fn=Halving(), scale_mode="iterations"),
    "OneCycleLR": lambda L, o: L.OneCycleLR(o, 0.5, total_steps=61),
    "OneCycleLR, three": lambda L, o: L.OneCycleLR(
        o, [0.5, 0.2], epochs=13, steps_per_epoch=5, three_phase=True, anneal_strategy="linear", pct_start=0.2
    ),
    "OneCycleLR, rates": lambda L, o: L.OneCycleLR(o, 0.5, 80, cycle_momentum=False, div_factor=3.0),
    "SequentialLR": lambda L, o: L.SequentialLR(
        o, [L.LinearLR(o, 0.1, total_iters=9), L.CosineAnnealingLR(o, 20), L.ExponentialLR(o, 0.9)], [10, 30]
    ),
    "SequentialLR, warm": lambda L, o: L.SequentialLR(
        o, [L.ConstantLR(o, 0.2, 5), L.CosineAnnealingWarmRestarts(o, 8, 2), L.StepLR(o, 4)], [5, 40]
    ),
    "ChainedScheduler": lambda L, o: L.ChainedScheduler(
        [L.ConstantLR(o, 0.2, 8), L.ExponentialLR(o, 0.95), L.MultiStepLR(o, [20, 40])], optimizer=o
    ),
    "nested": lambda L, o: L.SequentialLR(
        o, [L.ChainedScheduler([L.LinearLR(o), L.ExponentialLR(o, 0.95)]), L.StepLR(o, 3, 0.7)], [11]
    ),
}
PLATEAUS: list[dict[str, Any]] = [
    {},
    {"patience": 0, "factor": 0.5},
    {"mode": "max", "patience": 2, "factor": 0.3, "cooldown": 3, "min_lr": [0.001, 0.01]},
    {"threshold": 0.1, "threshold_mode": "abs", "patience": 1, "min_lr": 0.004},
    {"mode": "max", "threshold": 0.2, "threshold_mode": "abs", "patience": 1, "eps": 1e-3},
]


def two_groups(m: Any, name: str = "SGD", tensor: bool = False) -> Any:
    rates = (m.tensor(0.1), m.tensor(0.05)) if tensor else (0.1, 0.05)
    groups = [{"params": [m.ones(2, requires_grad=True)], "lr": rate} for rate in rates]
    return getattr(m.optim, name)(groups, **({"momentum": 0.9} if name == "SGD" else {}))


def options(optimizer: Any) -> list[dict[str, Any]]:
    return [{k: plain(v) for k, v in group.items() if k != "params"} for group in optimizer.param_groups]


def plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if hasattr(value, "item") and hasattr(value, "dtype"):
        return [str(value.dtype).rpartition(".")[2], value.item()]
    return value


def outcome(call: Callable[[], Any]) -> tuple[Any, list[tuple[str, str]]]:
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        try:
            answer = plain(call())
        except Exception as error:
            answer = (type(error).__name__, error.args[0] if error.args else "")
    return answer, [(w.category.__name__, str(w.message)) for w in found]


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_rates_step_for_step(name: str, optimizer: str) -> None:
    def run(m: Any) -> list[Any]:
        o = two_groups(m, optimizer)
        s = TABLE[name](m.optim.lr_scheduler, o)
        seen: list[Any] = [(options(o), s.get_last_lr(), s.state_dict())]
        for _ in range(STEPS):
            o.step()
            s.step()
            seen.append((options(o), list(s.get_last_lr()), copy.deepcopy(s.state_dict())))
        return seen

    ours, theirs = outcome(lambda: run(gradiente)), outcome(lambda: run(torch))
    assert len(theirs[0]) in (2, STEPS + 1)
    assert ours == theirs  # the same formulas in the same order: equal to the last bit


# The nested one warns while it is made; the cyclic ones set rates of their own.
@pytest.mark.parametrize("name", [name for name in TABLE if "Cycl" not in name and name != "nested"])
def test_rates_that_are_tensors(name: str) -> None:
    seen: list[Any] = []
    for m in (gradiente, torch):
        o = two_groups(m, tensor=True)
        before = [group["lr"] for group in o.param_groups]
        s = TABLE[name](m.optim.lr_scheduler, o)
        rates: list[list[float]] = []
        for _ in range(STEPS):
            o.step()
            s.step()
            rates.append([float(rate) for rate in s.get_last_lr()])
        assert all(group["lr"] is rate for group, rate in zip(o.param_groups, before, strict=True))
        seen.append(rates)
    np.testing.assert_allclose(*seen, rtol=1e-5, atol=1e-7)  # 60 roundings in float32


@pytest.mark.parametrize("name", TABLE)
def test_saved_state_continues(name: str) -> None:
    def run(m: Any) -> Any:
        seen: list[Any] = []
        o = two_groups(m)
        s = TABLE[name](m.optim.lr_scheduler, o)
        for t in range(40):
            if t == 17:
                saved = copy.deepcopy((o.state_dict(), s.state_dict()))
                o = two_groups(m)
                s = TABLE[name](m.optim.lr_scheduler, o)
                o.load_state_dict(saved[0])
                s.load_state_dict(saved[1])
            o.step()
            s.step()
            seen.append((options(o), list(s.get_last_lr())))
        return seen

    assert outcome(lambda: run(gradiente)) == outcome(lambda: run(torch))


@pytest.mark.parametrize("keywords", PLATEAUS, ids=str)
def test_plateau(keywords: dict[str, Any], rng: np.random.Generator) -> None:
    values = [float(v) for v in np.round(np.exp(-np.arange(STEPS) / 8) + 0.05 * rng.standard_normal(STEPS), 3)]

    def run(m: Any) -> Any:
        o = two_groups(m)
        s = m.optim.lr_scheduler.ReduceLROnPlateau(o, **keywords)
        seen: list[Any] = []
        for t, value in enumerate(values):
            s.step(m.tensor(value, dtype=m.float64) if t % 2 else value)
            seen.append((options(o), s.get_last_lr(), dict(s.state_dict()), s.in_cooldown))
            if t == 30:
                saved, s = s.state_dict(), m.optim.lr_scheduler.ReduceLROnPlateau(o)
                s.load_state_dict(saved)
        return seen

    assert outcome(lambda: run(gradiente)) == outcome(lambda: run(torch))


def go_to(s: Any, *epochs: Any) -> Any:
    s.optimizer.step()
    seen: list[Any] = []
    for epoch in epochs:
        s.step(epoch)
        seen.append((s.last_epoch, list(s.get_last_lr())))
    return seen


SINGLE = [name for name in TABLE if "Sequential" not in name and name not in ("ChainedScheduler", "nested")]


@pytest.mark.parametrize("name", SINGLE)
def test_steps_to_a_given_epoch(name: str) -> None:
    def run(m: Any) -> Any:
        return go_to(TABLE[name](m.optim.lr_scheduler, two_groups(m)), 5, 7, 1, 0, 12, 31, 26, None, 39, 40, None, 13)

    assert outcome(lambda: run(gradiente)) == outcome(lambda: run(torch))


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("last", [0, 3, 25])
def test_training_that_goes_on(name: str, last: int) -> None:
    def run(m: Any) -> Any:
        o = two_groups(m)
        first = TABLE[name](m.optim.lr_scheduler, o)
        kind, state = type(first), first.state_dict()
        keywords: dict[str, Any] = {
            "StepLR": {"step_size": 4},
            "ExponentialLR": {"gamma": 0.9},
            "MultiStepLR": {"milestones": [4, 5]},
            "LambdaLR": {"lr_lambda": lambda t: 0.9**t},
            "MultiplicativeLR": {"lr_lambda": lambda t: 0.9},
            "CosineAnnealingLR": {"T_max": 10},
            "CosineAnnealingWarmRestarts": {"T_0": 40},
            "CyclicLR": {"base_lr": 0.1, "max_lr": 0.3, "step_size_up": 4},
            "OneCycleLR": {"max_lr": 0.3, "total_steps": 80, "cycle_momentum": state.get("cycle_momentum", False)},
        }.get(kind.__name__, {})
        s = kind(o, last_epoch=last, **keywords)
        seen: list[Any] = [options(o), list(s.get_last_lr()), s.last_epoch]
        for _ in range(8):
            o.step()
            s.step()
            seen.append((options(o), list(s.get_last_lr())))
        return [*seen, s.get_lr()]

    assert outcome(lambda: run(gradiente)) == outcome(lambda: run(torch))


CASES: list[tuple[str, Make]] = []


def case(name: str) -> Callable[[Make], Make]:
    def add(make: Make) -> Make:
        CASES.append((name, make))
        return make

    return add


BAD: list[Any] = [0, -1, 2.5, "a"]
CASES += [(f"T_0={v}", lambda L, o, v=v: L.CosineAnnealingWarmRestarts(o, v).T_0) for v in BAD]
CASES += [(f"T_mult={v}", lambda L, o, v=v: L.CosineAnnealingWarmRestarts(o, 3, v).T_mult) for v in BAD]
CASES += [(f"eta_min={v}", lambda L, o, v=v: L.CosineAnnealingWarmRestarts(o, 3, 1, v).eta_min) for v in BAD]
CASES += [(f"constant={v}", lambda L, o, v=v: L.ConstantLR(o, v).state_dict()) for v in BAD]
CASES += [(f"linear start={v}", lambda L, o, v=v: L.LinearLR(o, v).state_dict()) for v in BAD]
CASES += [(f"linear end={v}", lambda L, o, v=v: L.LinearLR(o, 0.1, v).state_dict()) for v in BAD]
CASES += [(f"total={v}", lambda L, o, v=v: L.OneCycleLR(o, 0.1, v).total_steps) for v in BAD]
CASES += [(f"epochs={v}", lambda L, o, v=v: L.OneCycleLR(o, 0.1, None, v, 3).total_steps) for v in BAD]
CASES += [(f"per epoch={v}", lambda L, o, v=v: L.OneCycleLR(o, 0.1, None, 3, v).total_steps) for v in BAD]
CASES += [(f"share={v}", lambda L, o, v=v: L.OneCycleLR(o, 0.1, 10, pct_start=v).total_steps) for v in BAD]
CASES += [(f"anneal={v}", lambda L, o, v=v: L.OneCycleLR(o, 0.1, 10, anneal_strategy=v).total_steps) for v in BAD]
CASES += [(f"cyclic={v}", lambda L, o, v=v: L.CyclicLR(o, 0.1, 0.5, mode=v).mode) for v in BAD]
CASES += [(f"factor={v}", lambda L, o, v=v: L.ReduceLROnPlateau(o, factor=v).factor) for v in BAD]
CASES += [(f"mode={v}", lambda L, o, v=v: L.ReduceLROnPlateau(o, mode=v).mode) for v in BAD]
CASES += [(f"threshold={v}", lambda L, o, v=v: L.ReduceLROnPlateau(o, threshold_mode=v).mode) for v in BAD]
CASES += [
    (f"no optimiser, {name}", lambda L, o, n=name, a=args: getattr(L, n)(3, *a))
    for name, args in [("LRScheduler", ()), ("StepLR", (3,)), ("ReduceLROnPlateau", ()), ("CyclicLR", (0.1, 0.2))]
]
CASES += [
    ("base", lambda L, o: L.LRScheduler(o)),
    ("no initial_lr", lambda L, o: L.StepLR(o, 3, last_epoch=2)),
    ("functions", lambda L, o: L.LambdaLR(o, [math.sqrt])),
    ("factors", lambda L, o: L.MultiplicativeLR(o, [math.sqrt] * 3)),
    ("milestone twice", lambda L, o: L.MultiStepLR(o, [5, 3, 5]).milestones),
    ("one cycle without steps", lambda L, o: L.OneCycleLR(o, 0.1)),
    ("one cycle, epochs alone", lambda L, o: L.OneCycleLR(o, 0.1, epochs=3)),
    ("one cycle, rates", lambda L, o: L.OneCycleLR(o, [0.1, 0.2, 0.3], 10)),
    ("one cycle, low", lambda L, o: L.OneCycleLR(o, 0.1, 10, base_momentum=[0.1])),
    ("one cycle, high", lambda L, o: L.OneCycleLR(o, 0.1, 10, max_momentum=[0.1])),
    ("one cycle, end", lambda L, o: go_to(L.OneCycleLR(o, 0.1, 3), None, None, None, None)),
    ("cyclic, low", lambda L, o: L.CyclicLR(o, [0.1], 0.5)),
    ("cyclic, high", lambda L, o: L.CyclicLR(o, 0.1, [0.5])),
    ("cyclic, momentum", lambda L, o: L.CyclicLR(o, 0.1, 0.5, base_momentum=[0.1])),
    ("cyclic, momenta", lambda L, o: L.CyclicLR(o, 0.1, 0.5, max_momentum=[0.1])),
    ("plateau, lowest", lambda L, o: L.ReduceLROnPlateau(o, min_lr=[0.1])),
    ("plateau, no number", lambda L, o: L.ReduceLROnPlateau(o).step("a")),
    ("plateau, epoch", lambda L, o: L.ReduceLROnPlateau(o).step(1, 5)),
    ("plateau, get_lr", lambda L, o: L.ReduceLROnPlateau(o).get_lr()),
    ("warm, negative", lambda L, o: L.CosineAnnealingWarmRestarts(o, 3).step(-1)),
    ("warm, between", lambda L, o: go_to(L.CosineAnnealingWarmRestarts(o, 3, 2), 0.3, 7.5, 22.25, 9.0)),
    ("sequential, none", lambda L, o: L.SequentialLR(o, [], [])),
    ("sequential, number", lambda L, o: L.SequentialLR(o, [L.ConstantLR(o)], [3])),
    ("sequential, plateau", lambda L, o: L.SequentialLR(o, [L.ConstantLR(o), L.ReduceLROnPlateau(o)], [3])),
    ("sequential, 3", lambda L, o: L.SequentialLR(o, [L.ConstantLR(o), 3], [3])),
    ("sequential, epoch", lambda L, o: L.SequentialLR(o, [L.ConstantLR(o)], []).step(3)),
    ("chained, none", lambda L, o: L.ChainedScheduler([])),
    ("chained, plateau", lambda L, o: L.ChainedScheduler([L.ReduceLROnPlateau(o)])),
    ("chained, 3", lambda L, o: L.ChainedScheduler([L.ConstantLR(o), 3])),
    ("chained, get_lr", lambda L, o: L.ChainedScheduler([L.ConstantLR(o)]).get_lr()),
    ("chained, epoch", lambda L, o: L.ChainedScheduler([L.ConstantLR(o)]).step(3)),
    ("verbose", lambda L, o: L.StepLR(o, 1, verbose=True)),
    ("all names", lambda L, o: sorted(n for n in L.__all__)),
]


@case("step overridden")
def _overridden(L: Any, o: Any) -> Any:
    s = L.StepLR(o, 1)
    o.step = lambda: None
    s.step()
    s.step()
    return s.get_last_lr()


@case("wrong order")
def _wrong_order(L: Any, o: Any) -> Any:
    s = L.StepLR(o, 2)
    s.step()
    s.step()
    return s.get_last_lr()


@case("order noted by a second scheduler")
def _two(L: Any, o: Any) -> Any:
    s = L.StepLR(o, 2)
    o.step()
    t = L.ExponentialLR(o, 0.5)
    t.step()
    s.step()
    return s.get_last_lr()


@case("get_lr outside a step")
def _get_lr(L: Any, o: Any) -> Any:
    kinds = (L.LinearLR, L.PolynomialLR, L.ConstantLR)
    return [kind(o).get_lr() for kind in kinds] + [L.ExponentialLR(o, 0.5).get_lr(), L.StepLR(o, 3).get_lr()]


@case("a callable's attributes")
def _callable(L: Any, o: Any) -> Any:
    f = Halving()
    s = L.LambdaLR(o, f)
    saved = copy.deepcopy(s.state_dict())
    f.base = 3.0
    s.load_state_dict(saved)
    return f.base, saved


@case("plateau, group added")
def _grown(L: Any, o: Any) -> Any:
    s = L.ReduceLROnPlateau(o, patience=0, min_lr=0.02)
    o.add_param_group({"params": [(o.param_groups[0]["params"][0] * 1).detach().requires_grad_()]})
    s.step(1.0)
    s.step(1.0)
    return s.state_dict()


@case("plateau, group added to a list")
def _grown_list(L: Any, o: Any) -> Any:
    s = L.ReduceLROnPlateau(o, patience=0, min_lr=[0.01, 0.02])
    o.add_param_group({"params": [(o.param_groups[0]["params"][0] * 1).detach().requires_grad_()]})
    s.step(1.0)
    s.step(1.0)


@pytest.mark.parametrize(("name", "call"), CASES, ids=[name for name, _ in CASES])
def test_cases_and_errors(name: str, call: Make) -> None:
    ours, our_warnings = outcome(lambda: call(gradiente.optim.lr_scheduler, two_groups(gradiente)))
    theirs, their_warnings = outcome(lambda: call(torch.optim.lr_scheduler, two_groups(torch)))
    assert our_warnings == their_warnings
    if isinstance(theirs, tuple) and len(theirs) == 2 and isinstance(theirs[1], str):
        assert ours[0] == theirs[0]
        assert ours[1].startswith(theirs[1])
    else:
        assert ours == theirs


@pytest.mark.parametrize("name", ["OneCycleLR", "CyclicLR"])
@pytest.mark.parametrize("optimizer", ["Adagrad", "RMSprop"])
def test_momentum_of_other_optimizers(name: str, optimizer: str) -> None:
    answers: list[Any] = []
    for m in (gradiente, torch):
        o = two_groups(m, optimizer)
        answers.append(outcome(lambda m=m, o=o: getattr(m.optim.lr_scheduler, name)(o, 0.1, 10).last_epoch)[0])
    if optimizer == "Adagrad":
        assert answers[0][0] == answers[1][0] == "ValueError"
        assert answers[0][1].startswith(answers[1][1])
    else:
        assert answers[0] == answers[1] == 0


@pytest.mark.parametrize("name", ["SequentialLR", "ChainedScheduler"])
def test_another_optimizer(name: str) -> None:
    answers: list[Any] = []
    for m in (gradiente, torch):
        L, o, other = m.optim.lr_scheduler, two_groups(m), two_groups(m)
        parts = [L.ConstantLR(o), L.ConstantLR(other)]
        make = (lambda L=L, p=parts, o=o: L.SequentialLR(o, p, [3])) if name == "SequentialLR" else None
        answers.append(outcome(make or (lambda L=L, p=parts: L.ChainedScheduler(p))))
    assert answers[0] == answers[1]
    assert answers[1][0][0] == "ValueError"
