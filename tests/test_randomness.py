"""Random tensors: the numbers that PyTorch prints, the generators, what drawing does to graphs and versions."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest

import gradiente as torch

SAMPLERS: dict[str, Callable[[Any], Any]] = {
    "UniformBackward0": lambda x: x.uniform_(),
    "NormalBackward0": lambda x: x.normal_(),
    "RandomBackward0": lambda x: x.random_(1, 5),
    "RandomBackward1": lambda x: x.random_(5),
    "RandomBackward2": lambda x: x.random_(),
    "BernoulliBackward1": lambda x: x.bernoulli_(torch.full((2,), 0.5)),
    "BernoulliBackward2": lambda x: x.bernoulli_(0.5),
    "ExponentialBackward0": lambda x: x.exponential_(),
    "GeometricBackward0": lambda x: x.geometric_(0.5),
    "CauchyBackward0": lambda x: x.cauchy_(),
    "LogNormalBackward0": lambda x: x.log_normal_(),
}


def test_golden_numbers() -> None:
    """What PyTorch 2.13 prints after torch.manual_seed(0)."""
    torch.manual_seed(0)
    assert repr(torch.rand(3)) == "tensor([0.4963, 0.7682, 0.0885])"
    torch.manual_seed(0)
    assert repr(torch.randn(3)) == "tensor([ 1.5410, -0.2934, -2.1788])"
    torch.manual_seed(0)
    assert repr(torch.randint(10, (5,))) == "tensor([4, 9, 3, 0, 3])"


@pytest.mark.parametrize("node", SAMPLERS)
def test_samplers_cut_the_graph(node: str) -> None:
    leaf = torch.ones(2, requires_grad=True)
    x = leaf * 2
    assert SAMPLERS[node](x) is x
    assert x.grad_fn is not None
    assert x.grad_fn.name() == node
    x.sum().backward()
    assert leaf.grad is not None
    assert leaf.grad.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("node", SAMPLERS)
def test_samplers_refuse_leaves(node: str) -> None:
    leaf = torch.ones(2, requires_grad=True)
    before = torch.get_rng_state().tolist()
    with pytest.raises(RuntimeError, match=r"^a leaf Variable that requires grad is being used in an in-place"):
        SAMPLERS[node](leaf)
    assert leaf.tolist() == [1.0, 1.0]
    assert torch.get_rng_state().tolist() == before
    with torch.no_grad():
        SAMPLERS[node](leaf)
    assert leaf.is_leaf
    assert leaf.requires_grad


def test_samplers_count_as_changes() -> None:
    x = torch.ones(2, requires_grad=True)
    saved = torch.ones(2)
    y = x * saved
    saved.normal_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_parameters_get_the_gradient_zero() -> None:
    chances = torch.full((2,), 0.5, requires_grad=True)
    mean, std = torch.zeros(3, 1, requires_grad=True), torch.ones(2, requires_grad=True)
    total = torch.bernoulli(chances).sum() + torch.poisson(chances).sum() + torch.normal(mean, std).sum()
    total.backward()
    for parameter in (chances, mean, std):
        assert parameter.grad is not None
        assert parameter.grad.tolist() == torch.zeros_like(parameter).tolist()
    with torch.no_grad():
        assert not torch.bernoulli(chances).requires_grad
    assert not torch.multinomial(chances, 1).requires_grad


def test_generators() -> None:
    g = torch.Generator(device="cpu").manual_seed(5)
    state = g.get_state()
    first = torch.randn(5, generator=g)
    assert torch.randn(5, generator=g.set_state(state)).tolist() == first.tolist()
    assert torch.rand(2, generator=pickle.loads(pickle.dumps(g))).tolist() == torch.rand(2, generator=g).tolist()
    assert g.device == torch.device("cpu")
    assert g.initial_seed() == 5
    assert torch.manual_seed(9) is torch.default_generator
    assert torch.default_generator.get_state().tolist() == torch.get_rng_state().tolist()
    assert torch.initial_seed() == 9
    assert torch.seed() == torch.initial_seed()
    with pytest.raises(RuntimeError, match=r"^Cannot get CUDA generator without ATen_cuda library"):
        torch.Generator("cuda")
    for call in (torch.set_rng_state, g.set_state):
        with pytest.raises(TypeError, match=r"^expected a torch.ByteTensor, but got int"):
            call(3)  # pyright: ignore
    for make in (torch.rand, torch.randn, torch.randperm):
        with pytest.raises(TypeError, match=r"argument 'generator' must be torch.Generator, not int"):
            make(2, generator=3)  # pyright: ignore


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: torch.randint(5),
            TypeError,
            r"^randint\(\) received an invalid .* - got \(int\)",
        ),
        (lambda: torch.normal(0.0, 1.0), TypeError, r"^normal\(\) received an invalid combination of arguments"),
        (lambda: torch.normal([1.0], 1.0), TypeError, r"^normal\(\) received an invalid .* got \(list, float\)"),
        (lambda: torch.ones(2).uniform_(0, 1, 2), TypeError, r"^uniform_\(\) takes 2 positional arguments but 3"),
        (
            lambda: torch.ones(2).uniform_(0, low=1),
            TypeError,
            r"got an unexpected keyword argument 'low'",
        ),
        (lambda: torch.ones(2).uniform_(0, **{"from": 1}), TypeError, r"got multiple values for argument 'from'"),
        (lambda: torch.ones(2).random_(1.5), TypeError, r"^random_\(\) received an invalid combination"),
        (lambda: torch.ones(2).bernoulli_(torch.ones(2, 2)), RuntimeError, r"^The number of sizes provided \(1\)"),
        (lambda: torch.randint_like(torch.ones(2)), TypeError, r"missing 1 required positional arguments: \"high\""),
        (
            lambda: torch.randn(2, dtype=torch.int64),
            NotImplementedError,
            r"_kernel_cpu\" not implemented for 'Long'",
        ),
    ],
)
def test_errors_leave_the_generator(call: Callable[[], object], error: type[Exception], text: str) -> None:
    before = torch.get_rng_state().tolist()
    with pytest.raises(error, match=text):
        call()
    assert torch.get_rng_state().tolist() == before


def test_draws_that_no_memory_holds():
    with pytest.raises(RuntimeError, match=r"DefaultCPUAllocator: can't allocate memory: you tried to allocate up to"):
        torch.rand(10**15)


def test_bounds_that_do_not_fit_are_no_matter_of_memory():
    with pytest.raises(ValueError, match="Overflow"):
        torch.randint(0, 10**39, (2,))
