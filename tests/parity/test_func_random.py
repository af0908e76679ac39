"""Random numbers inside of vmap: the numbers that torch draws, for each value of `randomness`, and its errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradiente

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")  # from torch itself

DRAWS: dict[str, Any] = {
    "rand": lambda m, v: m.rand(2),
    "randn": lambda m, v: m.randn(2),
    "many normal numbers": lambda m, v: m.randn(20),
    "rand_like": lambda m, v: m.rand_like(v),
    "randn_like": lambda m, v: m.randn_like(v),
    "like what is the same for all": lambda m, v: m.rand_like(m.ones(3)),
    "randint": lambda m, v: m.randint(0, 1000, (2,)),
    "randint_like": lambda m, v: m.randint_like(v, 1000),
    "randperm": lambda m, v: m.randperm(5),
    "bernoulli": lambda m, v: m.bernoulli(v),
    "bernoulli_": lambda m, v: v.clone().bernoulli_(0.5),
    "bernoulli_ by tensor": lambda m, v: v.clone().bernoulli_(v),
    "bernoulli_ by one tensor": lambda m, v: v.clone().bernoulli_(m.tensor([0.2, 0.8])),
    "normal_": lambda m, v: v.clone().normal_(2, 3),
    "uniform_": lambda m, v: v.clone().uniform_(),
    "exponential_": lambda m, v: v.clone().exponential_(),
    "random_": lambda m, v: v.clone().random_(),
    "log_normal_": lambda m, v: v.clone().log_normal_(),
    "cauchy_": lambda m, v: v.clone().cauchy_(),
    "geometric_": lambda m, v: v.clone().geometric_(0.3),
    "into what is the same for all": lambda m, v: m.zeros(3).normal_(),
    "multinomial": lambda m, v: m.multinomial(v, 1),
    "poisson": lambda m, v: m.poisson(v * 50),
    "normal": lambda m, v: m.normal(0.0, 1.0, (2,)),
    "normal by mean": lambda m, v: m.normal(v, 1.0),
    "normal by deviation": lambda m, v: m.normal(1.0, v),
    "normal by both": lambda m, v: m.normal(v, v),
    "dropout": lambda m, v: m.nn.functional.dropout(v),
    "two draws": lambda m, v: m.rand(1) + m.rand(1),
}


def outcome(m: Any, name: str, randomness: str) -> Any:
    x = m.arange(6.0).reshape(3, 2) / 6 + 0.1
    m.manual_seed(0)
    try:
        found = m.func.vmap(lambda v: DRAWS[name](m, v), randomness=randomness)(x)
    except Exception as error:
        return type(error), str(error)
    return str(found.dtype), found.detach().numpy()


@pytest.mark.parametrize("randomness", ["different", "same", "error"])
@pytest.mark.parametrize("name", DRAWS)
def test_draws(name: str, randomness: str) -> None:
    found, wanted = outcome(gradiente, name, randomness), outcome(torch, name, randomness)
    assert found[0] == wanted[0]
    if isinstance(wanted[1], str):
        assert found[1].startswith(wanted[1])
    else:
        np.testing.assert_allclose(found[1], wanted[1], rtol=3e-6)  # float32, by functions rounded differently
