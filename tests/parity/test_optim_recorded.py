"""Steps with `differentiable=True`: what autograd makes of them, and their errors, against PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradiente
from outcomes import assert_same, outcome

torch: Any = pytest.importorskip("torch")

OPTIONS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9, "weight_decay": 0.1, "dampening": 0.2}),
    ("SGD", {"momentum": 0.9, "nesterov": True, "maximize": True}),
    ("SGD", {"momentum": 0.5, "foreach": True}),
    ("Adam", {}),
    ("Adam", {"amsgrad": True, "weight_decay": 0.1}),
    ("Adam", {"maximize": True, "eps": 1e-3}),
    ("AdamW", {"weight_decay": 0.1}),
    ("Adagrad", {"initial_accumulator_value": 0.2, "lr_decay": 0.1, "weight_decay": 0.1}),
    ("Adadelta", {"weight_decay": 0.1, "eps": 1e-2}),
    ("RMSprop", {"weight_decay": 0.1}),
    ("RMSprop", {"momentum": 0.9, "centered": True, "maximize": True}),
    ("Adamax", {"weight_decay": 0.1}),
    ("NAdam", {"weight_decay": 0.1}),
    ("NAdam", {"weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("RAdam", {"weight_decay": 0.1, "betas": (0.5, 0.6)}),
    ("RAdam", {"decoupled_weight_decay": True, "weight_decay": 0.1}),
    ("ASGD", {"lambd": 0.1, "t0": 1, "weight_decay": 0.1}),
    ("Rprop", {"maximize": True}),
]
LEARNABLE = ("SGD", "Adam", "AdamW", "NAdam", "RAdam")
"""Those whose learning rate torch can learn; the tests of gradiente alone cover the others."""


def trained(m: Any, name: str, options: dict[str, Any], dtype: str, steps: int) -> list[Any]:
    """Some steps, and the gradients of what they lead to."""
    rng = np.random.default_rng(1)
    a, b = (m.from_numpy(rng.standard_normal((2, 3)).astype(dtype)).requires_grad_() for _ in range(2))
    learns = name in LEARNABLE and "foreach" not in options
    lr = m.tensor(0.05, dtype=getattr(m, dtype), requires_grad=True) if learns else 0.05
    p = a.clone()
    p.grad = b * 1
    optimizer = getattr(m.optim, name)([p], lr=lr, differentiable=True, **options)
    for k in range(steps):
        p.grad = b * (1 + 0.3 * k) - (a * a if k % 2 else a)
        optimizer.step()
    state = {k: v for k, v in optimizer.state[p].items() if v.requires_grad and k != "step_size"}  # Rprop's: a constant
    value = (p * p).sum() + sum(s.sum() for s in state.values())
    gradients = m.autograd.grad(value, [a, b, *([lr] if learns else [])], allow_unused=True)
    results = (p, *optimizer.state[p].values(), *gradients)
    return [sorted(state), *(None if x is None else x.detach().numpy() for x in results)]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "options"), OPTIONS, ids=str)
def test_gradients(name: str, options: dict[str, Any], dtype: str) -> None:
    steps = 3
    try:
        theirs = trained(torch, name, options, dtype, steps)
    except RuntimeError:  # some of torch's rules change what the graph of the last step saved
        steps = 1
        theirs = trained(torch, name, options, dtype, steps)
    mine = trained(gradiente, name, options, dtype, steps)
    assert mine[0] == theirs[0]
    for x, y in zip(mine[1:], theirs[1:], strict=True):
        if y is None:
            assert x is None
            continue
        assert x.dtype == y.dtype
        # torch computes with numbers of float32 in some recorded steps, whatever the parameter is
        tolerance = 1e-4 if dtype == "float32" else 1e-5 if name in ("ASGD", "Adam", "AdamW") else 1e-9
        np.testing.assert_allclose(x, y, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("SGD", {"momentum": 0.9}),
        ("Adam", {}),
        ("Adagrad", {"initial_accumulator_value": 0.5}),
        ("Adadelta", {"eps": 1e-2}),
        ("RMSprop", {}),
        ("Adamax", {}),
        ("NAdam", {}),
        ("RAdam", {}),
        ("ASGD", {}),
        ("Rprop", {}),
    ],
    ids=str,
)
def test_complex_gradients(name: str, options: dict[str, Any]) -> None:
    def run(m: Any) -> list[Any]:
        a, b = (m.tensor([1 + 2j, -0.5 + k * 1j], dtype=m.complex128, requires_grad=True) for k in (1, 2))
        p = a.clone()
        optimizer = getattr(m.optim, name)([p], lr=0.1, differentiable=True, **options)
        p.grad = b * a
        optimizer.step()
        gradients = m.autograd.grad((p * p.conj()).real.sum(), [a, b], allow_unused=True)
        return [
            x if x is None else x.detach().resolve_conj().numpy() for x in (p, *optimizer.state[p].values(), *gradients)
        ]

    for mine, theirs in zip(run(gradiente), run(torch), strict=True):
        if theirs is None:
            assert mine is None
        else:
            assert mine.dtype == theirs.dtype
            np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-9)


NAMES = ("SGD", "Adam", "AdamW", "Adagrad", "Adadelta", "RMSprop", "Adamax", "NAdam", "RAdam", "ASGD", "Rprop")
CHOICES = [
    *("differentiable=True", "differentiable=True, foreach=True", "capturable=True", "capturable=True, foreach=True"),
    *("fused=True", "fused=True, foreach=True", "fused=True, differentiable=True", "lr=tensor(0.1), foreach=True"),
    *("fused=True, foreach=True, differentiable=True", "lr=tensor(0.1), fused=True", "foreach=False, fused=False"),
    *("lr=tensor(0.1), foreach=True, capturable=True", "lr=-1, capturable=True, fused=True", "lr=tensor([0.1, 0.2])"),
]
KINDS = {"float": "ones(2, requires_grad=True)", "complex": "ones(2, dtype=complex64, requires_grad=True)"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_accepted(name: str, choice: str, kind: str) -> None:
    def run(m: Any) -> Any:
        p = eval("m." + KINDS[kind].replace("complex64", "m.complex64"), {"m": m})
        p.abs().sum().backward()
        optimizer = eval(f"m.optim.{name}([p], {choice.replace('tensor', 'm.tensor')})", {"m": m, "p": p})
        optimizer.step()
        return p, optimizer

    if kind == "complex" and choice.startswith("differentiable=True"):  # torch says "a view of a leaf" for most
        assert outcome(run, gradiente)[0] == outcome(run, torch)[0]
    else:
        assert_same(run, torch, gradiente)


@pytest.mark.parametrize("name", [*NAMES, "Adafactor"])
def test_numbers_in_the_state(name: str) -> None:
    def run(m: Any) -> list[Any]:
        def states(**options: Any) -> list[Any]:
            p = m.ones(2, dtype=m.float32, requires_grad=True)
            p.sum().backward()
            optimizer = getattr(m.optim, name)([p], **options)
            optimizer.step()
            saved = optimizer.state_dict()
            for values in saved["state"].values():  # as older versions saved them
                values.update({k: v.item() for k, v in values.items() if v.ndim == 0})
            optimizer = getattr(m.optim, name)([p], **options)
            optimizer.load_state_dict(saved)
            optimizer.step()
            return list(optimizer.state[p].items())

        before = m.get_default_dtype()
        try:
            m.set_default_dtype(m.float64)
            fused = [states(fused=True)] if name in ("SGD", "Adam", "AdamW", "Adagrad") else []
            return [states(), *fused]
        finally:
            m.set_default_dtype(before)

    assert_same(run, torch, gradiente)
