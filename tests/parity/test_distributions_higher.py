"""Densities under the other derivatives and transforms, against PyTorch: second order, forward mode, vmap, Hessians."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import gradiente

from .test_distributions import DIFFERENTIABLE, answer, same

torch = pytest.importorskip("torch")

LOOSE = {"VonMises": 1e-5}  # PyTorch's Bessel functions are good to 1e-7

OURS_ONLY = ("Geometric", "Multinomial", "MultivariateNormal", "MultivariateNormal precision", "Wishart")
"""PyTorch's validation of these does not work inside vmap."""


@pytest.fixture(autouse=True)
def float64() -> Iterator[None]:
    for module in (torch, gradiente):
        module.set_default_dtype(module.float64)
    yield
    for module in (torch, gradiente):
        module.set_default_dtype(module.float32)


def parameters(module: Any, name: str) -> list[Any]:
    return [module.tensor(v) for v in DIFFERENTIABLE[name][1]]


def density(module: Any, name: str, x: Any) -> Callable[..., Any]:
    """log_prob of `x` as a function of the parameters."""

    def of(*values: Any) -> Any:
        names = dict(zip("abc", values, strict=False))
        return eval(DIFFERENTIABLE[name][0], {"D": module.distributions, "torch": module, **names}).log_prob(x)

    return of


def outcomes(name: str, seed: int) -> tuple[Any, Any]:
    """Outcomes, as tensors of both libraries."""
    torch.manual_seed(seed)
    names = dict(zip("abc", parameters(torch, name), strict=False))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        x = eval(DIFFERENTIABLE[name][0], {"D": torch.distributions, "torch": torch, **names}).sample((3,))
    return gradiente.from_numpy(x.numpy()), x


def second_order(module: Any, name: str, x: Any) -> Any:
    values = [v.requires_grad_() for v in parameters(module, name)]
    log_prob = density(module, name, x)(*values).sum()
    first = module.autograd.grad(log_prob, values, create_graph=True, materialize_grads=True)
    return module.autograd.grad(sum((g * g).sum() for g in first), values, materialize_grads=True)


def forward(module: Any, name: str, x: Any) -> Any:
    values = parameters(module, name)
    tangents = tuple(module.ones_like(v) for v in values)
    return module.func.jvp(density(module, name, x), tuple(values), tangents)[1:]


def batched(module: Any, name: str, x: Any) -> Any:
    twice = [module.stack([v, v]) for v in parameters(module, name)]
    return (module.func.vmap(density(module, name, x))(*twice),)


@pytest.mark.parametrize("way", [second_order, forward, batched])
@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_densities(name: str, way: Any, seed: int) -> None:
    mine, other = outcomes(name, seed)
    ours, theirs = answer(way, gradiente, name, mine), answer(way, torch, name, other)
    if way is batched and name in OURS_ONLY:
        assert not isinstance(ours, str)
        return
    if isinstance(theirs, str):
        assert ours == theirs
        return
    for a, b in zip(ours, theirs, strict=True):
        same(a, b, way.__name__, LOOSE.get(name, 1e-8))
