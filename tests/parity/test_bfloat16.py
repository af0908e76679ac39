"""bfloat16 against torch: random numbers bit for bit, and products to one rounding."""

from __future__ import annotations

import random

import pytest

torch = pytest.importorskip("torch")

import gradiente  # noqa: E402 (after the check for torch)

DRAWS = {
    "rand": lambda m, n: m.rand(n, dtype=m.bfloat16),
    "uniform": lambda m, n: m.empty(n, dtype=m.bfloat16).uniform_(-1, 3),
    "randn": lambda m, n: m.randn(n, dtype=m.bfloat16),
    "normal": lambda m, n: m.empty(n, dtype=m.bfloat16).normal_(1, 3),
    "normal of tensors": lambda m, n: m.normal(m.ones(n, dtype=m.bfloat16), 2.0),
    "exponential": lambda m, n: m.empty(n, dtype=m.bfloat16).exponential_(2),
    "cauchy": lambda m, n: m.empty(n, dtype=m.bfloat16).cauchy_(),
    "log_normal": lambda m, n: m.empty(n, dtype=m.bfloat16).log_normal_(),
    "geometric": lambda m, n: m.empty(n, dtype=m.bfloat16).geometric_(0.3),
    "bernoulli": lambda m, n: m.empty(n, dtype=m.bfloat16).bernoulli_(0.3),
    "bernoulli of tensors": lambda m, n: m.bernoulli(m.full((n,), 0.3, dtype=m.bfloat16)),
    "random": lambda m, n: m.empty(n, dtype=m.bfloat16).random_(),
    "random to": lambda m, n: m.empty(n, dtype=m.bfloat16).random_(5, 100),
    "randint": lambda m, n: m.randint(0, 200, (n,), dtype=m.bfloat16),
    "randperm": lambda m, n: m.randperm(n, dtype=m.bfloat16),
    "poisson": lambda m, n: m.poisson(m.full((n,), 4.0, dtype=m.bfloat16)),
    "multinomial": lambda m, n: m.multinomial(m.arange(1, n + 1, dtype=m.bfloat16), 2),
    "dropout": lambda m, n: m.nn.functional.dropout(m.ones(n, dtype=m.bfloat16), 0.3),
}


@pytest.mark.parametrize("n", [7, 24, 64])
@pytest.mark.parametrize("name", DRAWS)
def test_random_numbers(name, n, seed):
    found = []
    for m in (torch, gradiente):
        m.manual_seed(seed)
        out = DRAWS[name](m, n)
        found.append((str(out.dtype), out.tolist(), m.rand(1).item()))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "call",
    [
        lambda m: m.empty(2, dtype=m.bfloat16).uniform_(0, 1e39),
        lambda m: m.randint(0, 10**39, (2,), dtype=m.bfloat16),
        lambda m: m.empty(2, dtype=m.bfloat16).random_(0, 2**63 - 1),
    ],
)
def test_bounds(call):
    found = []
    for m in (torch, gradiente):
        try:
            found.append(str(call(m).dtype))
        except Exception as error:
            found.append((type(error).__name__, str(error)[:33]))
    assert found[0] == found[1]


def test_linspace_to_the_last_bit(seed: int) -> None:
    drawn = random.Random(seed)
    for _ in range(200):
        low, high = drawn.choice([drawn.uniform(-10, 10), drawn.randint(-5, 5)]), drawn.uniform(-1000, 1000)
        n = drawn.choice([1, 2, 3, 7, 16, 31, 32, 33, 100, 257])
        found, wanted = (m.linspace(low, high, n, dtype=m.bfloat16).float().tolist() for m in (gradiente, torch))
        assert found == wanted, (low, high, n)
