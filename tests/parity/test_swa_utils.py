"""Averages of weights against PyTorch."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradiente

torch = pytest.importorskip("torch")


def model(m: Any) -> Any:
    m.manual_seed(0)
    return m.nn.Sequential(m.nn.Linear(2, 3), m.nn.BatchNorm1d(3), m.nn.Linear(3, 1))


AVERAGES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "mean": lambda u: {},
    "mean, buffers": lambda u: {"use_buffers": True},
    "own": lambda u: {"avg_fn": lambda a, x, n: (a + x) / 2},
    "ema": lambda u: {"avg_fn": u.get_ema_avg_fn(0.9)},
    "swa, buffers": lambda u: {"avg_fn": u.get_swa_avg_fn(), "use_buffers": True},
    "ema of lists": lambda u: {"multi_avg_fn": u.get_ema_multi_avg_fn(0.9)},
    "ema of lists, buffers": lambda u: {"multi_avg_fn": u.get_ema_multi_avg_fn(0.9), "use_buffers": True},
    "mean of lists": lambda u: {"multi_avg_fn": u.get_swa_multi_avg_fn()},
}


@pytest.mark.parametrize("name", AVERAGES)
def test_averaged_model(name: str) -> None:
    states: list[Any] = []
    for m in (gradiente, torch):
        trained = model(m)
        averaged = m.optim.swa_utils.AveragedModel(trained, **AVERAGES[name](m.optim.swa_utils))
        seen: list[Any] = [str(averaged)]
        for _ in range(5):
            with m.no_grad():
                for p in trained.parameters():
                    p.mul_(0.9).add_(0.3)
            trained(m.ones(4, 2))
            averaged.update_parameters(trained)
            seen.append({key: value.detach().numpy().copy() for key, value in averaged.state_dict().items()})
        states.append(seen)
    assert states[0][0] == states[1][0]
    for ours, theirs in zip(states[0][1:], states[1][1:], strict=True):
        assert list(ours) == list(theirs)
        for key, value in theirs.items():
            assert ours[key].dtype == value.dtype
            np.testing.assert_allclose(ours[key], value, rtol=1e-5, atol=1e-6, err_msg=key)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_update_bn(training: bool, count: int) -> None:
    answers: list[Any] = []
    for m in (gradiente, torch):
        net = model(m).train(training)
        net[1].momentum = 0.3
        x = m.arange(24.0).reshape(12, 2)
        m.optim.swa_utils.update_bn([(x[i::3], i) for i in range(count)], net)
        answers.append((net.training, net[2].training, net[1].momentum, net[1].num_batches_tracked.item()))
        answers.append(np.stack([net[1].running_mean.numpy(), net[1].running_var.numpy()]))
    assert answers[0] == answers[2]
    np.testing.assert_allclose(answers[1], answers[3], rtol=1e-5, atol=1e-6)


def outcome(call: Callable[[Any], Any], m: Any) -> Any:
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        try:
            answer = call(m)
        except Exception as error:
            answer = (type(error).__name__, str(error))
    return answer, [str(w.message) for w in found]


def rates(m: Any, *epochs: Any, **keywords: Any) -> Any:
    groups = [{"params": m.ones(1, requires_grad=True), "lr": lr, "initial_lr": lr} for lr in (0.1, 0.2)]
    o = m.optim.SGD(groups, lr=0.1)
    s = m.optim.swa_utils.SWALR(o, **keywords)
    seen = [list(s.get_last_lr())]
    for epoch in epochs:
        o.step()
        s.step(epoch)
        seen.append(list(s.get_last_lr()))
        s.load_state_dict(s.state_dict())
    return (
        seen,
        {k: v for k, v in s.state_dict().items() if k != "anneal_func"},
        o.param_groups[0]["swa_lr"],
        s.get_lr(),
    )


CALLS: list[Callable[[Any], Any]] = [
    lambda m: rates(m, *[None] * 60, swa_lr=0.05),
    lambda m: rates(m, *[None] * 60, swa_lr=[0.05, 0.3], anneal_epochs=40, anneal_strategy="linear"),
    lambda m: rates(m, None, None, swa_lr=0.05, anneal_epochs=0),
    lambda m: rates(m, None, None, swa_lr=0.05, anneal_epochs=1),
    lambda m: rates(m, None, None, swa_lr=0.05, last_epoch=3),
    lambda m: rates(m, 3, None, 1, swa_lr=0.05),
    lambda m: rates(m, swa_lr=[0.05]),
    lambda m: rates(m, swa_lr=0.05, anneal_epochs=-1),
    lambda m: rates(m, swa_lr=0.05, anneal_epochs=2.5),
    lambda m: rates(m, swa_lr=0.05, anneal_strategy="x"),
    lambda m: m.optim.swa_utils.SWALR(3, 0.1),
    lambda m: m.optim.swa_utils.get_ema_avg_fn(-0.1),
    lambda m: m.optim.swa_utils.get_ema_multi_avg_fn(1.5),
    lambda m: m.optim.swa_utils.AveragedModel(model(m), avg_fn=len, multi_avg_fn=len),
    lambda m: m.optim.swa_utils.update_bn([], m.nn.Linear(1, 1)),
    lambda m: sorted(m.optim.swa_utils.__all__),
]


@pytest.mark.parametrize("i", range(len(CALLS)))
def test_rates_and_errors(i: int) -> None:
    assert outcome(CALLS[i], gradiente) == outcome(CALLS[i], torch)
