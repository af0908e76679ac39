"""The modules of torch.nn: printed form, parameters for one seed, results, gradients, state."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
import torch

import gradiente

from .module_cases import CASES

SPECIAL: dict[str, Any] = {
    "classes": np.array([0, 2, 1, 2]),
    "labels": np.array([[2, 0, -1], [1, -1, 0], [0, 1, 2], [-1, 0, 1]]),
    "labels3": np.array([[2, 0], [1, 1]]),
    "bits": np.array([[1, 0, 1], [0, 0, 1], [1, 1, 1], [0, 0, 0]], np.float32),
    "signs": np.array([[1, -1, 1], [-1, -1, 1], [1, 1, 1], [-1, -1, -1]], np.float32),
    "sign": np.array([1, -1, 1, -1], np.float32),
    "probabilities": np.linspace(0.1, 0.9, 12, dtype=np.float32).reshape(4, 3),
    "times": np.log(np.linspace(0.1, 1, 30).reshape(5, 2, 3) / 2).astype(np.float32),
    "sequence": np.array([[1, 2], [2, 1]]),
    "lengths": np.array([5, 4]),
    "counts": np.array([2, 1]),
}


def ids(case: Any) -> str:
    name, args, kwargs, _ = case
    return f"{name}({', '.join([*map(str, args), *(f'{k}={v}' for k, v in kwargs.items())])})"


def numbers(inputs: Any, seed: int) -> list[Any]:
    rng = np.random.default_rng(seed)
    made = [SPECIAL[i].copy() if isinstance(i, str) else rng.standard_normal(i).astype(np.float32) for i in inputs]
    if len(inputs) == 3 and not any(isinstance(i, str) for i in inputs):
        made[2] = np.abs(made[2]) + 0.1  # variances
    return made


def outcome(library: Any, case: Any, training: bool, seed: int) -> dict[str, Any]:
    name, args, kwargs, inputs = case
    library.manual_seed(3)
    module = getattr(library.nn, name)(*args, **kwargs)
    first = {k: v.tolist() for k, v in module.state_dict().items()}
    module.train(training)
    tensors = [library.from_numpy(a) for a in numbers(inputs, seed)]
    fixed = ("bits", "sign", "signs")
    leaves = [
        t.requires_grad_() for t, i in zip(tensors, inputs, strict=True) if t.is_floating_point() and i not in fixed
    ]
    library.manual_seed(4)
    # an operation in place must not meet a leaf
    given = [t * 1 if t.is_floating_point() else t for t in tensors]
    found = module(*given)
    results = [r for r in (found if isinstance(found, tuple) else (found,)) if r.is_floating_point()]
    total = sum((r * r).sum() for r in results)
    total.backward()
    return {
        "printed": repr(module),
        "first": first,
        "results": [r.detach().numpy() for r in results],
        "gradients": [None if x.grad is None else x.grad.numpy() for x in (*leaves, *module.parameters())],
        "state": {k: v.numpy() for k, v in module.state_dict().items()},
    }


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize("case", CASES, ids=ids)
def test_modules(case: Any, training: bool, seed: int) -> None:
    theirs, ours = outcome(torch, case, training, seed), outcome(gradiente, case, training, seed)
    assert ours["printed"] == theirs["printed"]
    assert list(ours["first"]) == list(theirs["first"])
    for name, value in theirs["first"].items():
        np.testing.assert_allclose(ours["first"][name], value, rtol=2e-6, atol=1e-7, err_msg=name)
    for what in ("results", "gradients"):
        assert len(ours[what]) == len(theirs[what])
        for a, b in zip(ours[what], theirs[what], strict=True):
            assert (a is None) == (b is None)
            if a is not None:
                np.testing.assert_allclose(a, b, rtol=3e-4, atol=3e-5, err_msg=what)  # float32 sums in another order
    for name, value in theirs["state"].items():
        np.testing.assert_allclose(ours["state"][name], value, rtol=1e-5, atol=1e-6, err_msg=name)


def public(module: Any) -> dict[str, Any]:
    """What a program can ask a module for, and the answers that print alike in both libraries."""
    plain = (bool, int, float, str, tuple, list, type(None))
    names = [name for name in dir(module) if not name.startswith("_")]
    return {name: getattr(module, name) if isinstance(getattr(module, name), plain) else ... for name in names}


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_attributes(case: Any) -> None:
    name, args, kwargs, _ = case
    theirs, ours = (public(getattr(library.nn, name)(*args, **kwargs)) for library in (torch, gradiente))
    del theirs["T_destination"]  # for type checkers
    assert {key: ours.get(key, "missing") for key in theirs} == theirs


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["copy", "pickle"])
@pytest.mark.parametrize("case", CASES, ids=ids)
def test_copies(case: Any, copied: Any, seed: int) -> None:
    name, args, kwargs, inputs = case
    module = getattr(gradiente.nn, name)(*args, **kwargs).eval()
    twin = copied(module)
    assert repr(twin) == repr(module)
    assert type(twin) is type(module)
    assert list(twin.state_dict()) == list(module.state_dict())
    assert all(a is not b for a, b in zip(twin.parameters(), module.parameters(), strict=True))
    results = []
    for each in (module, twin):
        gradiente.manual_seed(4)
        found = each(*[gradiente.from_numpy(a) for a in numbers(inputs, seed)])
        results.append([r.tolist() for r in (found if isinstance(found, tuple) else (found,))])
    assert results[0] == results[1]
