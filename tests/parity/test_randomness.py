"""Random tensors through the public functions, against PyTorch: the same numbers, errors and states."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from outcomes import assert_same

torch = pytest.importorskip("torch")

import gradiente  # noqa: E402

CASES: list[Callable[[Any], Any]] = [
    lambda m: m.rand(-1),
    lambda m: m.rand(2, -1),
    lambda m: m.randn(2.5),
    lambda m: m.randn(2, dtype=m.int64),
    lambda m: m.rand(2, dtype=m.int64),
    lambda m: m.randint(5, (2,)),
    lambda m: m.randint(5, 2),
    lambda m: m.randint(2, 5, (2,)).dtype,
    lambda m: m.randint(low=2, high=5, size=(2,)),
    lambda m: m.randint(high=5, size=(2,)),
    lambda m: m.randint(5, 1, (2,)),
    lambda m: m.randint(2.5, (2,)),
    lambda m: m.randint(0, 5, (2,), requires_grad=True),
    lambda m: m.randint(0, 5, (2,), dtype=m.float32, requires_grad=True),
    lambda m: m.randperm(-1),
    lambda m: m.randperm(2.5),
    lambda m: m.randperm(5, dtype=m.int32),
    lambda m: m.randperm(3, dtype=m.float32),
    lambda m: m.randperm(300, dtype=m.uint8),
    lambda m: m.normal(0, 1, (2,)).shape,
    lambda m: m.normal(m.zeros(2)).shape,
    lambda m: m.normal(m.zeros(2), m.ones(2)).shape,
    lambda m: m.normal(m.zeros(2), 1).shape,
    lambda m: m.normal(0, m.ones(3)).shape,
    lambda m: m.normal(0.0, m.ones(3)).shape,
    lambda m: m.normal(m.zeros(2), m.ones(3)),
    lambda m: m.normal(m.zeros(2), -1.0),
    lambda m: m.normal(m.zeros(2), m.tensor([1.0, -1])),
    lambda m: m.normal(0, -1.0, (2,)),
    lambda m: m.normal(m.zeros(2, dtype=m.int64), 1.0),
    lambda m: m.normal(mean=0.0, std=1.0, size=(1, 2)).shape,
    lambda m: m.normal(m.zeros(2, requires_grad=True), 1.0).grad_fn,
    lambda m: m.normal(m.zeros(2, requires_grad=True), m.ones(2)).grad_fn,
    lambda m: m.normal(0.0, m.ones(2, requires_grad=True)).grad_fn,
    lambda m: m.bernoulli(m.full((2,), 0.5, requires_grad=True)).grad_fn,
    lambda m: m.poisson(m.ones(2, requires_grad=True)).grad_fn,
    lambda m: m.multinomial(m.ones(3, requires_grad=True), 2).requires_grad,
    lambda m: m.ones(2, requires_grad=True).mul(2).normal_().grad_fn,
    lambda m: m.ones(2, requires_grad=True).mul(2).uniform_().grad_fn,
    lambda m: m.ones(2, requires_grad=True).mul(2).random_().grad_fn,
    lambda m: m.ones(2, requires_grad=True).mul(2).bernoulli_().grad_fn,
    lambda m: m.ones(2, requires_grad=True).mul(2).bernoulli_(m.ones(2)).grad_fn,
    lambda m: m.ones(2, requires_grad=True).mul(2).exponential_().grad_fn,
    lambda m: m.ones(2, requires_grad=True).mul(2).geometric_(0.5).grad_fn,
    lambda m: m.ones(2, requires_grad=True).mul(2).cauchy_().grad_fn,
    lambda m: m.ones(2, requires_grad=True).mul(2).log_normal_().grad_fn,
    lambda m: m.ones(2, requires_grad=True).normal_(),
    lambda m: m.ones(2, dtype=m.int32).normal_(),
    lambda m: m.ones(2, dtype=m.int32).exponential_(),
    lambda m: m.ones(2).expand(3, 2).normal_(),
    lambda m: m.bernoulli(m.tensor([2.0])),
    lambda m: m.bernoulli(m.tensor([1])),
    lambda m: m.bernoulli(m.tensor([1.0]), p=2),
    lambda m: m.poisson(m.tensor([-1.0])),
    lambda m: m.poisson(m.tensor([1])),
    lambda m: m.multinomial(m.ones(3), 5),
    lambda m: m.multinomial(m.ones(3), 2, True, generator=m.Generator().manual_seed(1)),
    lambda m: (m.get_rng_state().shape, m.get_rng_state().dtype),
    lambda m: m.set_rng_state(3),
    lambda m: m.set_rng_state(m.zeros(3, dtype=m.uint8)),
    lambda m: m.Generator(device="cpu").device,
    lambda m: m.Generator().get_state().shape,
    lambda m: m.Generator().set_state(3),
    lambda m: m.ones(2).bernoulli_(2.0),
    lambda m: m.ones(2).bernoulli_(m.tensor([2.0, 1])),
    lambda m: m.ones(2).bernoulli_(m.ones(3)),
    lambda m: m.ones(2).uniform_(2, 1),
    lambda m: m.ones(2).random_(5, 2),
    lambda m: m.ones(2).random_(0),
    lambda m: m.ones(2).geometric_(0),
    lambda m: m.ones(2).geometric_(1),
    lambda m: m.ones(2).exponential_(0),
    lambda m: m.ones(2).exponential_(-1),
    lambda m: m.ones(2).cauchy_(0, -1),
    lambda m: m.ones(2).log_normal_(0, -1),
    lambda m: m.ones(2).normal_(0, -1),
    lambda m: m.ones(2).normal_("a"),
    lambda m: m.ones(2).normal_(mean=1, std=2).shape,
    lambda m: m.ones(2).uniform_(to=2).shape,
    lambda m: m.ones(2).random_(to=2),
    lambda m: m.ones(2).log_normal_(mean=0, std=1).shape,
    lambda m: m.ones(2).cauchy_(median=0, sigma=1).shape,
    lambda m: m.ones(2).geometric_(p=0.5).shape,
    lambda m: m.ones(2).exponential_(lambd=0.5).shape,
    lambda m: m.rand(2, out=m.ones(2)).shape,
    lambda m: m.rand_like(m.ones(2), dtype=m.float64, requires_grad=True).shape,
    lambda m: m.randn_like(3),
    lambda m: m.multinomial(m.ones(3), 2.5),
    lambda m: m.multinomial(m.ones(3, dtype=m.int64), 2),
    lambda m: m.multinomial(m.ones(2, 2, 2), 2),
    lambda m: m.multinomial(m.ones(2, 2), 0),
    lambda m: m.randint(0, 5),
    lambda m: m.randint(5, (2,), requires_grad=True),
    lambda m: m.randint(0, 2, (2,), dtype=m.bool).dtype,
    lambda m: m.randn(2, requires_grad=True).is_leaf,
    lambda m: m.normal(1, 2, size=(2,), dtype=m.float64).dtype,
    lambda m: m.normal(m.tensor(1.0), m.tensor(2.0)),
    lambda m: m.normal(m.zeros(2, dtype=m.float64), m.ones(2)).dtype,
    lambda m: m.normal(m.zeros(2), m.ones(2, dtype=m.float64)).dtype,
    lambda m: m.normal(m.zeros(2), m.ones(1, 2)).shape,
    lambda m: m.normal(m.zeros(2, dtype=m.complex64), m.ones(2)).dtype,
    lambda m: m.normal(0.0, m.ones(2, dtype=m.complex64)).dtype,
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"line {case.__code__.co_firstlineno}")
def test_as_torch(case: Callable[[Any], Any]) -> None:
    torch.manual_seed(0)
    gradiente.manual_seed(0)
    assert_same(case, torch, gradiente)


Draw = Callable[[Any, int], Any]
"""Draws tensors of a size with a library."""


def backwards(m: Any, shape: tuple[int, ...], dtype: str, value: float = 0.0) -> Any:
    """A tensor whose first index runs fastest in memory."""
    return m.from_numpy(np.full(shape[::-1], value, dtype).transpose())


def plain(m: Any, shape: tuple[int, ...], dtype: str, value: float = 0.0) -> Any:
    return m.full(shape, value, dtype=getattr(m, dtype))


FACTORIES: dict[str, Draw] = {
    "rand": lambda m, n: m.rand(n),
    "rand64": lambda m, n: m.rand(n, dtype=m.float64),
    "randn": lambda m, n: m.randn(n),
    "randn64": lambda m, n: m.randn(n, dtype=m.float64),
    "randn complex": lambda m, n: m.randn(n, dtype=m.complex64),
    "randint": lambda m, n: m.randint(10, (n,)),
    "randint wide": lambda m, n: m.randint(-5, 2**40, (n,)),
    "randperm": lambda m, n: m.randperm(n),
    "normal both": lambda m, n: m.normal(m.zeros(n), m.ones(n)),
    "normal mean": lambda m, n: m.normal(m.zeros(n), 2.0),
    "normal std": lambda m, n: m.normal(1.0, m.ones(n)),
    "normal size": lambda m, n: m.normal(0.0, 3.0, (n,)),
    "bernoulli": lambda m, n: m.bernoulli(m.full((n,), 0.3)),
    "poisson": lambda m, n: m.poisson(m.full((n,), 3.0)),
    "generator": lambda m, n: m.randn(n, generator=m.Generator().manual_seed(n)),
    "multinomial": lambda m, n: m.multinomial(m.ones(n + 2), 2),
    "multinomial again": lambda m, n: m.multinomial(m.ones(2, n + 2), 5, replacement=True),
}
SAMPLERS: dict[str, Callable[[Any], Any]] = {
    "uniform_": lambda x: x.uniform_(),
    "uniform_ bounds": lambda x: x.uniform_(-2, 3),
    "normal_": lambda x: x.normal_(),
    "normal_ parameters": lambda x: x.normal_(1, 2),
    "random_": lambda x: x.random_(),
    "random_ bounds": lambda x: x.random_(3, 9),
    "bernoulli_": lambda x: x.bernoulli_(0.3),
    "exponential_": lambda x: x.exponential_(),
    "cauchy_": lambda x: x.cauchy_(),
    "log_normal_": lambda x: x.log_normal_(0, 0.5),
    "geometric_": lambda x: x.geometric_(0.3),
}
MODELS: dict[str, Callable[[Any, Any], Any]] = {
    "rand_like": lambda m, x: m.rand_like(x),
    "randn_like": lambda m, x: m.randn_like(x),
    "randint_like": lambda m, x: m.randint_like(x, 2, 7),
    "bernoulli": lambda m, x: m.bernoulli(x),
    "bernoulli p": lambda m, x: m.bernoulli(x, 0.7),
    "bernoulli_": lambda m, x: m.zeros_like(x).bernoulli_(x),
    "poisson": lambda m, x: m.poisson(x),
    "normal": lambda m, x: m.normal(x, x),
}
SIZES = (0, 1, 5, 15, 16, 17, 40, 100)


def same(draw: Callable[[Any], list[Any]]) -> None:
    """Both libraries draw the same numbers, and their generators end in the same state."""
    states: list[Any] = []
    results: list[list[Any]] = []
    for m in (torch, gradiente):
        m.manual_seed(3)
        results.append([np.array(x.numpy()) for x in draw(m)])
        states.append(m.get_rng_state().numpy())
    for theirs, ours in zip(*results, strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(states[1], states[0])


@pytest.mark.parametrize("name", FACTORIES)
def test_factories_give_the_same_numbers(name: str) -> None:
    same(lambda m: [FACTORIES[name](m, n) for n in SIZES])


@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize("make", [plain, backwards])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_samplers_fill_in_the_order_of_memory(name: str, make: Any, dtype: str) -> None:
    same(lambda m: [SAMPLERS[name](make(m, shape, dtype)) for n in SIZES for shape in ((n,), (3, n), (2, n, 3))])


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("make", [plain, backwards])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_models_give_their_order_of_memory(name: str, make: Any, dtype: str) -> None:
    same(lambda m: [MODELS[name](m, make(m, shape, dtype, 0.3)) for n in SIZES for shape in ((n,), (3, n), (2, n, 3))])


@pytest.mark.parametrize("seed", range(20))
def test_one_stream_for_all_functions(seed: int) -> None:
    def draw(m: Any) -> list[Any]:
        m.manual_seed(seed)
        return [make(m, n) for n in (3, 16) for make in FACTORIES.values()]

    same(draw)


def test_states_are_exchanged() -> None:
    torch.manual_seed(11)
    torch.randn(3)
    gradiente.set_rng_state(gradiente.from_numpy(torch.get_rng_state().numpy()))
    np.testing.assert_array_equal(gradiente.randn(5).numpy(), torch.randn(5).numpy())
    torch.set_rng_state(torch.from_numpy(gradiente.get_rng_state().numpy()))
    np.testing.assert_array_equal(gradiente.randn(50).numpy(), torch.randn(50).numpy())
