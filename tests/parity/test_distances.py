"""Distances and combinations against PyTorch: values, gradients at ties and zeros, errors; numbers of low rank."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradiente
from outcomes import assert_same

torch = pytest.importorskip("torch")

ROWS = np.array([[0.0, 1.0], [2.0, 3.0], [2.0, 3.0], [1.0, 1.0]])
OTHERS = np.array([[0.0, 1.0], [5.0, 5.0]])


def slopes(call: Callable[..., Any], arrays: list[Any]) -> None:
    """Values and gradients are torch's."""
    found = []
    for module in (gradiente, torch):
        tensors = [module.from_numpy(x.copy()).requires_grad_() for x in arrays]
        out = call(module, *tensors)
        weights = module.from_numpy(np.cos(np.arange(out.numel())).reshape(tuple(out.shape)))
        gradients = module.autograd.grad((out * weights).sum(), tensors)
        found.append([x.detach().numpy() for x in (out, *gradients)])
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("p", [0, 0.5, 1, 1.5, 2, 3, math.inf])
def test_cdist(p: float) -> None:
    slopes(lambda m, a, b: m.cdist(a, b, p), [ROWS, OTHERS])
    slopes(lambda m, a, b: m.cdist(a, b, p), [ROWS, ROWS])
    slopes(lambda m, a, b: m.cdist(a, b, p), [np.stack([ROWS, ROWS + 1]), OTHERS])
    slopes(lambda m, a: m.pdist(a, p), [ROWS])


@pytest.mark.parametrize("mode", ["use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist"])
def test_modes_of_cdist(mode: str, rng: np.random.Generator) -> None:
    many = rng.standard_normal((30, 3))
    slopes(lambda m, a, b: m.cdist(a, b, compute_mode=mode), [many, many + 1])
    slopes(lambda m, a, b: m.cdist(a, b, compute_mode=mode), [ROWS, OTHERS + 3])


def X(m: Any) -> Any:
    return m.from_numpy(ROWS.copy())


def Y(m: Any) -> Any:
    return m.from_numpy(OTHERS.copy())


CALLS: dict[str, Callable[[Any], Any]] = {
    "cdist": lambda m: m.cdist(X(m), Y(m)),
    "cdist mode": lambda m: m.cdist(X(m), Y(m), compute_mode="x"),
    "cdist no mode": lambda m: m.cdist(X(m), Y(m), compute_mode=None),
    "cdist negative": lambda m: m.cdist(X(m), Y(m), -1),
    "cdist type of p": lambda m: m.cdist(X(m), Y(m), "x"),
    "cdist vector": lambda m: m.cdist(X(m)[0], Y(m)),
    "cdist other vector": lambda m: m.cdist(X(m), Y(m)[0]),
    "cdist columns": lambda m: m.cdist(X(m), Y(m)[:, :1]),
    "cdist batch": lambda m: m.cdist(X(m).expand(4, 4, 2), Y(m).expand(5, 2, 2)),
    "cdist integers": lambda m: m.cdist(X(m).long(), Y(m).long()),
    "cdist complex": lambda m: m.cdist(X(m) * 1j, Y(m)),
    "cdist types": lambda m: m.cdist(X(m), Y(m).float()),
    "cdist half": lambda m: m.cdist(X(m).half(), Y(m).half()),
    "cdist no rows": lambda m: m.cdist(X(m)[:0], Y(m)),
    "cdist no columns": lambda m: m.cdist(X(m)[:, :0], Y(m)[:, :0]),
    "cdist nan": lambda m: m.cdist(X(m) * math.nan, Y(m)),
    "block_diag": lambda m: m.block_diag(m.ones(2, 2), m.tensor(3.0), m.ones(3)),
    "block_diag types": lambda m: m.block_diag(m.ones(1, 1, dtype=m.int64), m.ones(1, 1)),
    "block_diag of nothing": lambda m: m.block_diag(),
    "block_diag empty": lambda m: m.block_diag(m.ones(0, 2), m.ones(1, 1)),
    "block_diag 3 dims": lambda m: m.block_diag(m.ones(2, 2, 2)),
    "block_diag list": lambda m: m.block_diag([m.ones(1)]),
    "cartesian_prod": lambda m: m.cartesian_prod(m.tensor([1, 2]), m.tensor([3, 4])),
    "cartesian_prod of one": lambda m: m.cartesian_prod(m.tensor([1, 2])),
    "cartesian_prod of matrices": lambda m: m.cartesian_prod(X(m), Y(m)),
    "cartesian_prod of nothing": lambda m: m.cartesian_prod(),
    "cartesian_prod types": lambda m: m.cartesian_prod(m.tensor([1]), m.tensor([1.0])),
    "cartesian_prod empty": lambda m: m.cartesian_prod(m.ones(0), m.ones(2)),
    "cartesian_prod number": lambda m: m.cartesian_prod(m.tensor(1.0), m.ones(2)),
    "combinations": lambda m: m.combinations(m.tensor([1, 2, 3])),
    "combinations of 3": lambda m: m.combinations(m.tensor([1, 2, 3]), 3),
    "combinations of 1": lambda m: m.combinations(m.tensor([1, 2, 3]), 1),
    "combinations of 0": lambda m: m.combinations(m.tensor([1, 2, 3]), 0),
    "combinations of 4": lambda m: m.combinations(m.tensor([1, 2, 3]), 4),
    "combinations again": lambda m: m.combinations(m.tensor([1, 2]), r=2, with_replacement=True),
    "combinations negative": lambda m: m.combinations(m.tensor([1, 2, 3]), -1),
    "combinations of a matrix": lambda m: m.combinations(X(m)),
    "pca q": lambda m: m.pca_lowrank(X(m), q=9),
    "pca niter": lambda m: m.pca_lowrank(X(m), niter=-1),
}


@pytest.mark.parametrize("name", CALLS)
def test_same_outcome(name: str) -> None:
    assert_same(CALLS[name], torch, gradiente)


def test_gradients_of_combinations() -> None:
    slopes(lambda m, a, b: m.block_diag(a, b), [ROWS, OTHERS])
    slopes(lambda m, a, b: m.cartesian_prod(a, b), [ROWS[0], OTHERS[0]])
    slopes(lambda m, a: m.combinations(a, with_replacement=True), [ROWS[0]])


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (5, 5)])
@pytest.mark.parametrize("name", ["svd_lowrank", "pca_lowrank"])
def test_the_same_random_numbers(name: str, shape: tuple[int, int], rng: np.random.Generator) -> None:
    values = rng.standard_normal(shape)
    found = []
    for module in (gradiente, torch):
        module.manual_seed(1)
        found.append([abs(x.numpy()) for x in getattr(module, name)(module.from_numpy(values.copy()), q=3)])
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10)


def test_second_order_of_cdist() -> None:
    """torch has none; ours is compared with differences."""
    a, b = (gradiente.from_numpy(x.copy()).requires_grad_() for x in (ROWS, OTHERS + 0.3))
    for p in (1.5, 2.0, 3.0):
        assert gradiente.autograd.gradgradcheck(lambda a, b, p=p: gradiente.cdist(a, b, p), (a, b))
