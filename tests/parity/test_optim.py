"""The optimisers against PyTorch: parameters, state and printed form step by step; errors."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradiente

torch = pytest.importorskip("torch")

OPTIONS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "maximize": True}),
    ("SGD", {"lr": 0.05, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.05, "weight_decay": 0.1, "maximize": True}),
    ("SGD", {"lr": 0.05, "momentum": 0.9}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.02, "momentum": 0.5, "maximize": True, "weight_decay": 0.1}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3}),
    ("Adam", {"lr": 0.1, "amsgrad": True, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.1, "maximize": True, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("AdamW", {"lr": 0.1}),
    ("AdamW", {"lr": 0.1, "amsgrad": True, "weight_decay": 0.2}),
    ("Adafactor", {}),
    ("Adafactor", {"lr": 0.1, "weight_decay": 0.1, "eps": (1e-6, 1e-2), "d": 1.5, "beta2_decay": -0.5}),
    ("Adafactor", {"lr": 0.1, "maximize": True, "foreach": True}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.3, "maximize": True}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.8, "eps": 1e-3, "weight_decay": 0.1, "maximize": True}),
    ("RMSprop", {}),
    ("RMSprop", {"momentum": 0.9, "centered": True, "weight_decay": 0.1, "eps": 1e-3}),
    ("RMSprop", {"alpha": 0.9, "maximize": True}),
    ("Adamax", {}),
    ("Adamax", {"lr": 0.05, "weight_decay": 0.1, "maximize": True}),
    ("NAdam", {}),
    ("NAdam", {"lr": 0.02, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("NAdam", {"lr": 0.02, "weight_decay": 0.1, "momentum_decay": 0.01, "maximize": True}),
    ("RAdam", {"lr": 0.02}),
    ("RAdam", {"lr": 0.02, "betas": (0.8, 0.9), "weight_decay": 0.1}),
    ("RAdam", {"lr": 0.02, "weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}),
    ("ASGD", {"lr": 0.1}),
    ("ASGD", {"lr": 0.1, "lambd": 0.01, "t0": 10, "weight_decay": 0.1, "maximize": True}),
    ("Rprop", {}),
    ("Rprop", {"lr": 0.05, "etas": (0.4, 1.3), "step_sizes": (1e-3, 0.2), "maximize": True}),
]


def problem(module: Any, dtype: str) -> tuple[list[Any], Callable[[], Any]]:
    """Parameters of a small network and a function that computes its loss."""
    rng = np.random.default_rng(0)
    arrays = [0.5 * rng.standard_normal(shape) for shape in ((4, 3), (4,), (2, 4), (2,))]
    parameters = [module.from_numpy(array.astype(dtype)).requires_grad_() for array in arrays]
    x, y = (module.from_numpy(rng.standard_normal(shape).astype(dtype)) for shape in ((8, 3), (8, 2)))
    functional = module.nn.functional

    def loss() -> Any:
        a, b, c, d = parameters
        return functional.mse_loss(functional.linear(functional.relu(functional.linear(x, a, b)), c, d), y)

    return parameters, loss


def steps(module: Any, name: str, options: dict[str, Any], dtype: str, count: int) -> tuple[list[Any], Any]:
    parameters, loss = problem(module, dtype)
    optimizer = getattr(module.optim, name)(parameters, **options)
    seen: list[Any] = []
    for _ in range(count):
        optimizer.zero_grad()
        (-loss() if options.get("maximize") else loss()).backward()
        optimizer.step()
        seen.append([p.detach().numpy().copy() for p in parameters])
    return seen, optimizer


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "options"), OPTIONS, ids=str)
def test_steps(name: str, options: dict[str, Any], dtype: str) -> None:
    ours, our_optimizer = steps(gradiente, name, options, dtype, 50)
    theirs, their_optimizer = steps(torch, name, options, dtype, 50)
    tolerance = 1e-5 if dtype == "float32" else 1e-11  # 50 steps of rounding errors, which Adam divides by small roots
    if name == "Adafactor" and dtype == "float32":
        tolerance = 1e-4  # each step is scaled to one size, so that rounding errors are carried on; 3e-5 were seen
    for step, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        for x, y in zip(a, b, strict=True):
            assert x.dtype == y.dtype
            np.testing.assert_allclose(x, y, rtol=tolerance, atol=tolerance, err_msg=str(step))
    for x, y in zip(ours[0], theirs[0], strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-6 if dtype == "float32" else 1e-13, atol=1e-7)
    assert str(our_optimizer) == str(their_optimizer)
    mine, other = our_optimizer.state_dict(), their_optimizer.state_dict()
    assert mine["param_groups"] == other["param_groups"]
    assert mine["state"].keys() == other["state"].keys()
    for number, values in other["state"].items():
        assert list(mine["state"][number]) == list(values)
        for key, value in values.items():
            found = mine["state"][number][key]
            assert str(found.dtype) == str(value.dtype)
            np.testing.assert_allclose(found.numpy(), value.numpy(), rtol=tolerance, atol=tolerance)


COMPLEX = [
    ("SGD", {"momentum": 0.9}),
    ("Adam", {"amsgrad": True}),
    ("AdamW", {}),
    ("Adagrad", {"initial_accumulator_value": 0.5}),
    ("Adadelta", {"weight_decay": 0.1}),
    ("RMSprop", {"centered": True, "momentum": 0.9}),
    ("Adamax", {"maximize": True}),
    ("NAdam", {"decoupled_weight_decay": True, "weight_decay": 0.1}),
    ("RAdam", {}),
    ("ASGD", {"t0": 3}),
    ("Rprop", {}),
]


@pytest.mark.parametrize(("name", "options"), COMPLEX, ids=str)
def test_complex_parameters(name: str, options: dict[str, Any]) -> None:
    results = []
    for m in (gradiente, torch):
        z = m.from_numpy(np.array([1 + 2j, -0.5 + 0.1j])).requires_grad_()
        optimizer = getattr(m.optim, name)([z], lr=0.1, **options)
        for _ in range(10):
            optimizer.zero_grad()
            (z * z.conj()).real.sum().backward()
            optimizer.step()
        state = {k: v.resolve_conj().numpy() for k, v in optimizer.state_dict()["state"][0].items() if m.is_tensor(v)}
        results.append({"z": z.detach().resolve_conj().numpy(), **state})
    mine, theirs = results
    assert mine.keys() == theirs.keys()
    for key, value in theirs.items():
        assert mine[key].dtype == value.dtype
        np.testing.assert_allclose(mine[key], value, rtol=1e-6 if key in ("eta", "mu_product") else 1e-10, err_msg=key)


def outcome(call: Callable[[Any, Any], Any], module: Any) -> tuple[str, str, list[str]]:
    p = module.ones(2, requires_grad=True)
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        try:
            text = ("", str(call(module, p)))
        except Exception as error:
            text = (type(error).__name__, str(error))
    return (*text, [str(w.message) for w in found])


CALLS: list[Callable[[Any, Any], Any]] = [
    lambda m, p: m.optim.SGD([], lr=0.1),
    lambda m, p: m.optim.SGD(p, lr=0.1),
    lambda m, p: m.optim.SGD([p * 2], lr=0.1),
    lambda m, p: m.optim.SGD([p], lr=-1),
    lambda m, p: m.optim.SGD([p], lr=0.1, momentum=-1),
    lambda m, p: m.optim.SGD([p], lr=0.1, weight_decay=-1),
    lambda m, p: m.optim.SGD([p], lr=0.1, nesterov=True),
    lambda m, p: m.optim.SGD([p], lr=0.1, momentum=0.9, dampening=0.1, nesterov=True),
    lambda m, p: m.optim.SGD([1], lr=0.1),
    lambda m, p: m.optim.SGD([{"params": [p]}, {"params": p}], lr=0.1),
    lambda m, p: m.optim.SGD([p, p], lr=0.1),
    lambda m, p: m.optim.SGD([{"lr": 1}], lr=0.1),
    lambda m, p: m.optim.SGD({"a": p}, lr=0.1),
    lambda m, p: m.optim.SGD([{"params": {p}}], lr=0.1),
    lambda m, p: m.optim.SGD([("a", p)], lr=0.1),
    lambda m, p: m.optim.SGD([("a", p), p], lr=0.1),
    lambda m, p: m.optim.SGD([p], lr=m.tensor([0.1, 0.2])),
    lambda m, p: m.optim.SGD([p], lr=m.tensor(0.1)),
    lambda m, p: m.optim.SGD([p], 0.1, 0.9, 0, 0, True),
    lambda m, p: m.optim.SGD([p], lr=0.1, foo=3),
    lambda m, p: m.optim.SGD([p], lr=0.1, fused=True),
    lambda m, p: m.optim.Adam([p], lr=-1),
    lambda m, p: m.optim.Adam([p], betas=(1, 0.9)),
    lambda m, p: m.optim.Adam([p], betas=(0.9, -1)),
    lambda m, p: m.optim.Adam([p], eps=-1),
    lambda m, p: m.optim.Adam([p], weight_decay=-1),
    lambda m, p: m.optim.Adam([p], betas=(m.tensor(0.9), 0.99)),
    lambda m, p: m.optim.Adam([p], foreach=True, fused=True),
    lambda m, p: m.optim.SGD([p]).add_param_group([p]),
    lambda m, p: m.optim.SGD([p]).add_param_group({"params": p}),
    lambda m, p: m.optim.SGD([p]).load_state_dict({}),
    lambda m, p: m.optim.SGD([p]).load_state_dict({"state": {}, "param_groups": []}),
    lambda m, p: m.optim.SGD([p]).load_state_dict({"state": {}, "param_groups": [{"params": [0, 1]}]}),
    lambda m, p: m.optim.Optimizer([p], {}),
    lambda m, p: m.optim.SGD([p]).step(),
    lambda m, p: m.optim.SGD([p]).step(lambda: 3),
    lambda m, p: m.optim.SGD([p], lr=0.1).state_dict(),
    lambda m, p: m.optim.SGD([{"params": p}, {"params": m.ones(1, requires_grad=True), "lr": 0.2}], lr=0.1),
]


@pytest.mark.parametrize("i", range(len(CALLS)))
def test_constructors_and_errors(i: int) -> None:
    ours, theirs = outcome(CALLS[i], gradiente), outcome(CALLS[i], torch)
    assert ours[0] == theirs[0]
    assert ours[1].startswith(theirs[1])
    assert ours[2] == theirs[2]
    if not theirs[0]:
        assert ours[1] == theirs[1]


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_saved_state_continues(name: str) -> None:
    ends = []
    for m in (gradiente, torch):
        options = {"lr": 0.1, "momentum": 0.9} if name == "SGD" else {"lr": 0.1}
        parameters, loss = problem(m, "float64")
        optimizer = getattr(m.optim, name)(parameters, **options)
        for turn in range(6):
            if turn == 3:
                saved = copy.deepcopy(optimizer.state_dict())
                optimizer = getattr(m.optim, name)(parameters, lr=5.0)
                optimizer.load_state_dict(saved)
            optimizer.zero_grad(set_to_none=turn % 2 == 0)
            loss().backward()
            optimizer.step()
        ends.append([p.detach().numpy() for p in parameters])
    for a, b in zip(*ends, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
