"""Steps as functions, and optimisers that work on other parameters for a while."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest

import gradiente as torch
from gradiente.optim import swap_in_optimizer_params_and_state
from gradiente.optim.adam import adam
from gradiente.optim.nadam import nadam
from gradiente.optim.sgd import sgd

OPTIONS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    # the optimiser, the function's options, and what the optimiser has in their place
    "adam": ("Adam", {"amsgrad": False, "weight_decay": 0.1, "eps": 1e-3, "maximize": True}, {}),
    "adamw": ("AdamW", {"amsgrad": False, "weight_decay": 0.1, "eps": 1e-3, "maximize": False}, {}),
    "adagrad": ("Adagrad", {"weight_decay": 0.1, "lr_decay": 0.1, "eps": 1e-3, "maximize": True}, {}),
    "adadelta": ("Adadelta", {"rho": 0.8, "eps": 1e-2, "weight_decay": 0.1, "maximize": False}, {}),
    "adamax": ("Adamax", {"eps": 1e-3, "weight_decay": 0.1}, {}),
    "nadam": ("NAdam", {"weight_decay": 0.1, "momentum_decay": 0.01, "eps": 1e-3}, {}),
    "radam": ("RAdam", {"weight_decay": 0.1, "eps": 1e-3}, {}),
    "rmsprop": ("RMSprop", {"alpha": 0.9, "eps": 1e-2, "weight_decay": 0.1, "momentum": 0.9, "centered": True}, {}),
    "asgd": ("ASGD", {"lambd": 0.1, "t0": 1, "alpha": 0.75, "weight_decay": 0.1}, {}),
    "rprop": (
        "Rprop",
        {"step_size_min": 1e-3, "step_size_max": 1.0, "etaminus": 0.4, "etaplus": 1.3},
        {"step_sizes": (1e-3, 1.0), "etas": (0.4, 1.3)},
    ),
}
STATE = {
    **dict.fromkeys(("adam", "adamw"), ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")),
    "adagrad": ("sum",),
    "adadelta": ("square_avg", "acc_delta"),
    "adamax": ("exp_avg", "exp_inf"),
    "nadam": ("exp_avg", "exp_avg_sq", "mu_product"),
    "radam": ("exp_avg", "exp_avg_sq"),
    "rmsprop": ("square_avg", "grad_avg", "momentum_buffer"),
    "asgd": ("ax", "mu", "eta"),
    "rprop": ("prev", "step_size"),
}
ADAM: dict[str, Any] = {"beta1": 0.9, "beta2": 0.99, "lr": 0.1, "weight_decay": 0.0, "eps": 1e-8, "maximize": False}


@pytest.mark.parametrize("name", OPTIONS)
def test_functions_continue_what_optimisers_began(name: str, rng: np.random.Generator) -> None:
    kind, given, other = OPTIONS[name]
    p = torch.from_numpy(rng.standard_normal((2, 3)))
    p.grad = torch.from_numpy(rng.standard_normal((2, 3)))
    betas = {"betas": (0.8, 0.9)} if "Ada" in kind and kind not in ("Adagrad", "Adadelta") else {}
    optimizer = getattr(torch.optim, kind)([p], lr=0.1, **(other or given), **betas)
    optimizer.step()
    state = {key: value.clone() for key, value in optimizer.state[p].items()}
    q = p.clone()
    optimizer.step()
    options = {**given, **({"beta1": 0.8, "beta2": 0.9} if betas else {}), **({"lr": 0.1} if name != "rprop" else {})}
    lists = [[state[key]] if key in state else [] for key in STATE[name]]
    version = q._version
    getattr(import_module(f"gradiente.optim.{name}"), name)([q], [p.grad], *lists, [state["step"]], **options)
    assert q.tolist() == p.tolist()
    assert q._version > version
    for key, value in optimizer.state[p].items():
        assert state[key].tolist() == value.tolist()


def moments() -> tuple[list[Any], list[Any], list[Any]]:
    return [torch.zeros(2)], [torch.zeros(2)], []


def test_sgd_makes_velocities() -> None:
    p = torch.ones(2)
    velocities: list[Any] = [None]
    options: dict[str, Any] = {"weight_decay": 0, "dampening": 0, "nesterov": False, "maximize": False, "lr": 0.1}
    sgd([p], [torch.ones(2)], velocities, momentum=0.5, **options)
    sgd([p], [torch.ones(2)], velocities, momentum=0.5, **options)
    assert p.tolist() == pytest.approx([0.75, 0.75])
    assert velocities[0].tolist() == [1.5, 1.5]
    sgd([p], [torch.ones(2)], [], momentum=0, **options)
    assert p.tolist() == pytest.approx([0.65, 0.65])


def test_scaled_gradients_of_fused_steps() -> None:
    p, g, step = torch.zeros(2), torch.full((2,), 4.0), torch.tensor(0.0)
    adam([p], [g], *moments(), [step], fused=True, found_inf=torch.tensor(1.0), amsgrad=False, **ADAM)
    assert (p.tolist(), g.tolist(), step.item()) == ([0, 0], [4, 4], 0)
    means, squares, none = moments()
    scale = {"grad_scale": torch.tensor(4.0), "found_inf": torch.tensor(0.0)}
    adam([p], [g], means, squares, none, [step], fused=True, **scale, amsgrad=False, **ADAM)
    assert (g.tolist(), step.item()) == ([1, 1], 1)
    assert means[0].tolist() == pytest.approx([0.1, 0.1])


def test_recorded_where_autograd_is_on() -> None:
    p, g = torch.zeros(2), torch.ones(2, requires_grad=True)
    adam([p], [g], *moments(), [torch.tensor(0.0)], amsgrad=False, **{**ADAM, "eps": 1.0})
    (slope,) = torch.autograd.grad(p.sum(), g)
    assert slope.tolist() == pytest.approx([-0.1 / 4] * 2)  # of -lr·g / (|g| + 1) at 1
    q = torch.zeros(2)
    with torch.no_grad():
        adam([q], [g], *moments(), [torch.tensor(0.0)], amsgrad=False, **ADAM)
    assert not q.requires_grad


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        (
            {"state_steps": [1]},
            RuntimeError,
            "^API has changed, `state_steps` argument must contain a list of singleton",
        ),
        ({"grads": []}, IndexError, r"^list index out of range \(grads has 0 of 1 elements\)"),
        (
            {"grad_scale": torch.ones(1)},
            AssertionError,
            r"^Expected grad_scale and found_inf to be None \(.*fused=True",
        ),
        ({"fused": True, "differentiable": True}, RuntimeError, "^Adam with fused=True does not support different"),
        ({"foreach": True, "differentiable": True}, AssertionError, "^_foreach ops don't support autograd"),
        ({"capturable": True}, AssertionError, "^If capturable=True, params and state_steps must be on supported"),
        ({"foreach": True, "lr": torch.tensor(0.1)}, RuntimeError, "^lr as a Tensor is not supported for capturable=F"),
        ({"params": [torch.ones(2, requires_grad=True)]}, RuntimeError, "^a leaf Variable that requires grad"),
    ],
    ids=str,
)
def test_refusals(change: dict[str, Any], error: type[Exception], text: str) -> None:
    p, step = torch.ones(2), torch.tensor(0.0)
    names = ("params", "grads", "exp_avgs", "exp_avg_sqs", "max_exp_avg_sqs", "state_steps")
    lists = dict(zip(names, ([p], [torch.ones(2)], *moments(), [step]), strict=True))
    with pytest.raises(error, match=text):
        adam(**{**lists, **ADAM, "amsgrad": False, **change})
    assert (p.tolist(), step.item()) == ([1, 1], 0)


def test_numbers_that_are_not_tensors() -> None:
    options: dict[str, Any] = {"beta1": 0.9, "beta2": 0.9, "lr": 0.1, "weight_decay": 0.0, "momentum_decay": 0.1}
    steps: Any = [3]
    with pytest.raises(RuntimeError, match=r"^API has changed"):
        nadam(
            [torch.ones(1)],
            [torch.ones(1)],
            [torch.ones(1)],
            [torch.ones(1)],
            [torch.ones(())],
            steps,
            eps=1,
            **options,
        )


def trained_adam() -> tuple[list[Any], Any]:
    ps = [torch.ones(2, requires_grad=True) for _ in range(2)]
    optimizer = torch.optim.Adam(ps, lr=0.1)
    for p in ps:
        p.grad = torch.ones(2)
    optimizer.step()
    return ps, optimizer


def test_swapping_in() -> None:
    ps, optimizer = trained_adam()
    others = {name: torch.zeros(2, requires_grad=True) for name in "ab"}
    others["a"].grad = torch.ones(2)
    saved: dict[str, Any] = {
        "state": {k: {n: x.clone() for n, x in v.items()} for k, v in optimizer.state_dict()["state"].items()}
    }
    saved["param_groups"] = [{**group, "lr": 1.0} for group in optimizer.state_dict()["param_groups"]]

    def use() -> None:
        with swap_in_optimizer_params_and_state(optimizer, others, saved):
            optimizer.step()
            optimizer.param_groups[0]["lr"] = 7
            optimizer.state[others["a"]]["more"] = 1
            raise KeyError

    with pytest.raises(KeyError):
        use()
    assert others["a"].tolist() == pytest.approx([-1, -1])
    assert [saved["state"][i]["step"].item() for i in (0, 1)] == [2, 1]
    assert "more" not in saved["state"][0]
    assert (saved["param_groups"][0]["lr"], optimizer.param_groups[0]["lr"]) == (1.0, 0.1)
    assert optimizer.state[ps[0]]["step"].item() == 1
    assert optimizer.param_groups[0]["params"][0] is ps[0]


@pytest.mark.parametrize(
    ("count", "change", "text"),
    [
        (
            1,
            {},
            "requires the explicit parameter state to match optimizer.param_groups ordering.*1 parameters were given",
        ),
        (2, {"state": None}, "requires swapin_optim_state.'state'. to be a dict .* got NoneType"),
        (2, {"param_groups": []}, "^swapin_optim_state has a different number of parameter groups"),
        (2, {"param_groups": [{"params": [0]}]}, "^swapin_optim_state param group 0 has a different number of params"),
    ],
)
def test_swapping_refuses(count: int, change: dict[str, Any], text: str) -> None:
    ps, optimizer = trained_adam()
    others = {str(i): torch.zeros(2) for i in range(count)}
    with (
        pytest.raises(RuntimeError, match=text),
        swap_in_optimizer_params_and_state(optimizer, others, {**optimizer.state_dict(), **change}),
    ):
        pass
    assert optimizer.param_groups[0]["params"][0] is ps[0]
    fresh = torch.optim.SGD(ps, lr=0.1)
    with (
        pytest.raises(RuntimeError, match="requires initialized optimizer state"),
        swap_in_optimizer_params_and_state(fresh, {}, {}),
    ):
        pass


def test_functions_under_transforms() -> None:
    def stepped(p: Any, g: Any) -> Any:
        p = p.clone()
        options: dict[str, Any] = {"weight_decay": 0.1, "dampening": 0, "maximize": False, "lr": 0.1, "nesterov": True}
        sgd([p], [g], [None], momentum=0.9, **options)
        return p

    p, g = torch.arange(6.0).reshape(3, 2), torch.ones(3, 2) * torch.tensor([[1.0], [2.0], [-1.0]])
    together = torch.func.vmap(stepped)(p, g)
    np.testing.assert_allclose(together.numpy(), [stepped(a, b).numpy() for a, b in zip(p, g, strict=True)], rtol=1e-6)
    _, tangent = torch.func.jvp(lambda p: stepped(p, g[0]), (p[0],), (torch.ones(2),))
    assert tangent.tolist() == pytest.approx([0.99, 0.99])  # 1 - lr·λ: the first velocity is a constant
