"""Steps as functions, and the modules of torch.optim, against PyTorch."""

from __future__ import annotations

import inspect
import warnings
from importlib import import_module
from typing import Any

import numpy as np
import pytest

import gradiente
from outcomes import assert_same

torch: Any = pytest.importorskip("torch")

OPTIONS: dict[str, dict[str, Any]] = {
    "sgd": {"weight_decay": 0.1, "momentum": 0.9, "lr": 0.1, "dampening": 0.2, "nesterov": False, "maximize": False},
    "adam": {
        "amsgrad": True,
        "beta1": 0.9,
        "beta2": 0.99,
        "lr": 0.1,
        "weight_decay": 0.1,
        "eps": 1e-3,
        "maximize": False,
    },
    "adagrad": {"lr": 0.1, "weight_decay": 0.1, "lr_decay": 0.1, "eps": 1e-3, "maximize": True},
    "adadelta": {"lr": 0.1, "rho": 0.8, "eps": 1e-2, "weight_decay": 0.1, "maximize": False},
    "rmsprop": {"lr": 0.1, "alpha": 0.9, "eps": 1e-2, "weight_decay": 0.1, "momentum": 0.9, "centered": True},
    "adamax": {"eps": 1e-3, "beta1": 0.9, "beta2": 0.99, "lr": 0.1, "weight_decay": 0.1},
    "nadam": {"beta1": 0.9, "beta2": 0.99, "lr": 0.1, "weight_decay": 0.1, "momentum_decay": 0.01, "eps": 1e-3},
    "radam": {"beta1": 0.9, "beta2": 0.99, "lr": 0.1, "weight_decay": 0.1, "eps": 1e-3},
    "asgd": {"lambd": 0.1, "lr": 0.1, "t0": 1, "alpha": 0.75, "weight_decay": 0.1},
    "rprop": {"step_size_min": 1e-3, "step_size_max": 1.0, "etaminus": 0.4, "etaplus": 1.3},
}
OPTIONS["adamw"] = OPTIONS["adam"]
OPTIONS["_adafactor"] = {"d": 1.0, "lr": 0.1, "beta2_decay": -0.8, "weight_decay": 0.1, "eps1": 1e-6, "eps2": 1e-3}
OPTIONS["_adafactor"]["maximize"] = False


def function(m: Any, name: str) -> Any:
    return getattr(import_module(f"{m.__name__}.optim.{name}"), name.strip("_"))


def lists(m: Any, name: str, dtype: str = "float64") -> dict[str, list[Any]]:
    """Arguments for two parameters, by the names of torch's function."""
    rng = np.random.default_rng(0)
    found: dict[str, list[Any]] = {}
    for p in inspect.signature(function(torch, name)).parameters.values():
        if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD:
            arrays = [rng.standard_normal(shape) for shape in ((2, 3), (4,))]
            if p.name not in ("params", "grads", "d_p_list", "prevs"):
                arrays = [abs(a) for a in arrays]
            found[p.name] = [m.from_numpy(a.astype(dtype)) for a in arrays]
            if p.name in ("state_steps", "mus", "etas", "mu_products"):
                found[p.name] = [m.tensor(3.0 if p.name == "state_steps" else 0.5) for _ in arrays]
    if name == "_adafactor":
        found["row_vars"], found["col_vars"] = (
            [m.ones(2, 1, dtype=m.float64), None],
            [m.ones(1, 3, dtype=m.float64), None],
        )
        found["variances"][0] = None
    return found


def called(m: Any, name: str, change: dict[str, Any] | None = None, **options: Any) -> list[Any]:
    given = lists(m, name)
    if change:
        given.update({key: [value(m) for _ in given[key]] for key, value in change.items() if key in given})
    function(m, name)(*given.values(), **{**OPTIONS[name], **options})
    return [x if x is None else x.detach().numpy() for values in given.values() for x in values]


@pytest.mark.parametrize("extra", [{}, {"foreach": True}, {"foreach": False}, {"has_complex": False}], ids=str)
@pytest.mark.parametrize("name", OPTIONS)
def test_steps(name: str, extra: dict[str, Any]) -> None:
    if not inspect.signature(function(torch, name)).parameters.keys() >= extra.keys():
        extra = {}
    for mine, theirs in zip(called(gradiente, name, **extra), called(torch, name, **extra), strict=True):
        if theirs is None:
            assert mine is None
        else:
            assert mine.dtype == theirs.dtype
            np.testing.assert_allclose(mine, theirs, rtol=1e-6 if name == "asgd" else 1e-12)


@pytest.mark.parametrize("name", OPTIONS)
def test_signatures(name: str) -> None:
    def shown(m: Any) -> list[tuple[Any, ...]]:
        parameters = inspect.signature(function(m, name)).parameters.values()
        return [(p.name, p.kind, p.default) for p in parameters]

    assert shown(gradiente) == shown(torch)


CALLS = [
    *(
        "adam(fused=True)",
        "adam(fused=True, grad_scale=m.tensor(2.0), found_inf=m.tensor(0.0))",
        "adam(lr=m.tensor(0.125, dtype=m.float64))",
    ),
    *("adam(fused=True, grad_scale=m.tensor(2.0), found_inf=m.tensor(1.0))", "adam(found_inf=m.tensor(1.0))"),
    *("adam(fused=True, differentiable=True)", "adam(foreach=True, differentiable=True)", "adam(capturable=True)"),
    *("adam(lr=m.tensor(0.1), foreach=True)", "adam(amsgrad=False)", "adamw(fused=True)", "adamw(capturable=True)"),
    *("adam(change={'state_steps': lambda m: 3})", "nadam(change={'state_steps': lambda m: 3})", "adagrad(fused=True)"),
    *("sgd(change={'momentum_buffer_list': lambda m: None})", "sgd(momentum=0)", "sgd(nesterov=True, maximize=True)"),
    *(
        "sgd(fused=True, grad_scale=m.tensor(2.0))",
        "sgd(grad_scale=m.tensor(2.0))",
        "rmsprop(momentum=0, centered=False)",
    ),
    *(
        "asgd(capturable=True)",
        "nadam(capturable=True, foreach=True)",
        "rprop(maximize=True)",
        "radam(capturable=True)",
    ),
    *("nadam(decoupled_weight_decay=True)", "radam(decoupled_weight_decay=True, maximize=True)", "adam(maximize=True)"),
    "adam(change={'params': lambda m: m.ones(2, 3, dtype=m.float64, requires_grad=True)}, amsgrad=False)",
]


@pytest.mark.parametrize("call", CALLS)
def test_calls(call: str) -> None:
    name, arguments = call.split("(", 1)

    def run(m: Any) -> Any:
        results = eval(f"called(m, {name!r}, {arguments}", {"called": called, "m": m})
        return [x if x is None else np.asarray(x, np.float64).round(7).tolist() for x in results]

    assert_same(run, torch, gradiente)


@pytest.mark.parametrize("name", ["sgd", "adam", "radam"])
def test_recorded_without_being_asked(name: str) -> None:
    def run(m: Any) -> list[Any]:
        given = lists(m, name)
        gradient = [g.requires_grad_() for g in list(given.values())[1]]
        function(m, name)(*given.values(), **{**OPTIONS[name], **({"amsgrad": False} if name == "adam" else {})})
        total = sum(p.sum() for p in given["params"])
        return [g.numpy() for g in m.autograd.grad(total, gradient)]

    for mine, theirs in zip(run(gradiente), run(torch), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-9)


MODULES = [
    *("adadelta", "adagrad", "adam", "adamw", "sparse_adam", "adamax", "asgd", "sgd", "radam", "rprop", "rmsprop"),
    *("optimizer", "nadam", "lbfgs", "_adafactor", "_muon", "lr_scheduler", "swa_utils"),
]


@pytest.mark.parametrize("name", MODULES)
def test_modules_have_the_same_names(name: str) -> None:
    mine, theirs = (import_module(f"{m}.optim.{name}") for m in ("gradiente", "torch"))
    for public in theirs.__all__:
        assert hasattr(mine, public)
    assert sorted(mine.__all__) == sorted(theirs.__all__)


def test_what_a_star_import_brings() -> None:
    found: list[Any] = []
    for m in ("gradiente", "torch"):
        names: dict[str, Any] = {}
        exec(f"from {m}.optim import *", names)
        found.append(sorted(set(names) - {"__builtins__"}))
    assert found[0] == found[1]


def test_functions_under_transforms() -> None:
    def run(m: Any) -> Any:
        adam = function(m, "adam")

        def stepped(p: Any, g: Any) -> Any:
            p, means, squares = p.clone(), m.zeros(2) * p, m.zeros(2) * p
            options = {**OPTIONS["adam"], "amsgrad": False, "foreach": False}
            adam([p], [g], [means], [squares], [], [m.tensor(0.0)], **options)
            return p

        p, g = m.arange(6.0).reshape(3, 2), m.ones(3, 2) * m.tensor([[1.0], [2.0], [-1.0]])
        slopes = m.func.vmap(m.func.grad(lambda g, p: stepped(p, g).sin().sum()))(g, p)
        results = m.func.vmap(stepped)(p, g), slopes, *m.func.jvp(lambda g: stepped(p[0], g), (g[0],), (g[1],))
        return [x.numpy() for x in results]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch finds some of its batching slow
        theirs = run(torch)
    for x, y in zip(run(gradiente), theirs, strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-3, atol=1e-7)  # small differences of float32 numbers


def test_which_groups_are_recorded() -> None:
    def run(m: Any) -> list[bool]:
        seen = []
        for given in (False, True):
            for own in ({}, {"differentiable": False}, {"differentiable": True}):
                p = m.zeros(2)
                p.grad = m.ones(2, requires_grad=True)
                m.optim.Adam([{"params": [p], **own}], differentiable=given).step()
                seen.append(p.requires_grad)
        return seen

    assert run(gradiente) == run(torch)
