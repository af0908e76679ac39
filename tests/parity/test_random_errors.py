"""Errors of the random functions against PyTorch: the same type, and a text that begins as torch's does."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from gradiente import random as gr  # noqa: E402


def empty(n: int, dtype: str) -> torch.Tensor:
    return torch.empty(n, dtype=getattr(torch, dtype))


def _outcome(call: Callable[[], object]) -> tuple[type, str] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            call()
        except Exception as error:
            return type(error), str(error)
    return None


ERRORS = {
    "seed float": (lambda: gr.Generator().manual_seed(1.5), lambda: torch.Generator().manual_seed(1.5)),
    "seed bool": (lambda: gr.Generator().manual_seed(True), lambda: torch.Generator().manual_seed(True)),
    "seed large": (lambda: gr.Generator().manual_seed(2**64), lambda: torch.Generator().manual_seed(2**64)),
    "seed small": (lambda: gr.manual_seed(-(2**63) - 1), lambda: torch.manual_seed(-(2**63) - 1)),
    "seed text": (lambda: gr.manual_seed("a"), lambda: torch.manual_seed("a")),
    "state size": (
        lambda: gr.Generator().set_state_array(np.zeros(10, np.uint8)),
        lambda: torch.Generator().set_state(torch.zeros(10, dtype=torch.uint8)),
    ),
    "state content": (
        lambda: gr.Generator().set_state_array(np.zeros(5056, np.uint8)),
        lambda: torch.Generator().set_state(torch.zeros(5056, dtype=torch.uint8)),
    ),
    "state dtype": (
        lambda: gr.Generator().set_state_array(np.zeros(5056)),
        lambda: torch.Generator().set_state(torch.zeros(5056)),
    ),
    "state strides": (
        lambda: gr.Generator().set_state_array(np.zeros(10112, np.uint8)[::2]),
        lambda: torch.Generator().set_state(torch.zeros(10112, dtype=torch.uint8)[::2]),
    ),
    "uniform order": (lambda: gr.uniform(None, (3,), "float32", 2, 1), lambda: empty(3, "float32").uniform_(2, 1)),
    "uniform width": (
        lambda: gr.uniform(None, (3,), "float32", -3e38, 3e38),
        lambda: empty(3, "float32").uniform_(-3e38, 3e38),
    ),
    "uniform bound": (lambda: gr.uniform(None, (3,), "float16", 0, 1e5), lambda: empty(3, "float16").uniform_(0, 1e5)),
    "uniform dtype": (lambda: gr.uniform(None, (3,), "int64"), lambda: empty(3, "int64").uniform_()),
    "normal std": (lambda: gr.normal(None, (3,), "float32", 0, -1.5), lambda: empty(3, "float32").normal_(0, -1.5)),
    "normal nan": (
        lambda: gr.normal(None, (0,), "float32", 0, float("nan")),
        lambda: empty(0, "float32").normal_(0, float("nan")),
    ),
    "normal dtype": (lambda: gr.normal(None, (3,), "int64"), lambda: torch.randn(3, dtype=torch.int64)),
    "negative size": (lambda: gr.randint(None, (2, -1), "int64", 0, 5), lambda: torch.randint(0, 5, (2, -1))),
    "randint order": (lambda: gr.randint(None, (2,), "int64", 5, 3), lambda: torch.randint(5, 3, (2,))),
    "randint high": (
        lambda: gr.randint(None, (2,), "uint8", 0, 300),
        lambda: torch.randint(0, 300, (2,), dtype=torch.uint8),
    ),
    "randint low": (
        lambda: gr.randint(None, (2,), "uint8", -1, 3),
        lambda: torch.randint(-1, 3, (2,), dtype=torch.uint8),
    ),
    "randint int32": (
        lambda: gr.randint(None, (2,), "int32", 0, 2**40),
        lambda: torch.randint(0, 2**40, (2,), dtype=torch.int32),
    ),
    "randint half": (
        lambda: gr.randint(None, (2,), "float16", 0, 2**20),
        lambda: torch.randint(0, 2**20, (2,), dtype=torch.float16),
    ),
    "randint complex": (
        lambda: gr.randint(None, (2,), "complex64", 0, 3),
        lambda: torch.randint(0, 3, (2,), dtype=torch.complex64),
    ),
    "randint long": (lambda: gr.randint(None, (2,), "int64", 0, 2**63), lambda: torch.randint(0, 2**63, (2,))),
    "random_ complex": (lambda: gr.random_(None, (3,), "complex64"), lambda: empty(3, "complex64").random_()),
    "random_ uint64": (lambda: gr.random_(None, (3,), "uint64"), lambda: empty(3, "uint64").random_()),
    "random_ from uint64": (
        lambda: gr.random_(None, (3,), "uint64", 3),
        lambda: empty(3, "uint64").random_(3, None),
    ),
    "random_ least": (
        lambda: gr.random_(None, (3,), "int32", -(2**63)),
        lambda: empty(3, "int32").random_(-(2**63), None),
    ),
    "random_ from": (lambda: gr.random_(None, (3,), "int8", -200), lambda: empty(3, "int8").random_(-200, None)),
    "random_ from float": (
        lambda: gr.random_(None, (3,), "float32", 2**25),
        lambda: empty(3, "float32").random_(2**25, None),
    ),
    "randperm size": (lambda: gr.randperm(None, -1), lambda: torch.randperm(-1)),
    "randperm int8": (lambda: gr.randperm(None, 129, "int8"), lambda: torch.randperm(129, dtype=torch.int8)),
    "randperm half": (lambda: gr.randperm(None, 3000, "float16"), lambda: torch.randperm(3000, dtype=torch.float16)),
    "randperm float": (
        lambda: gr.randperm(None, 2**24 + 2, "float32"),
        lambda: torch.randperm(2**24 + 2, dtype=torch.float32),
    ),
    "randperm bool": (lambda: gr.randperm(None, 3, "bool"), lambda: torch.randperm(3, dtype=torch.bool)),
    "bernoulli p": (lambda: gr.bernoulli(None, (3,), "float32", 1.5), lambda: empty(3, "float32").bernoulli_(1.5)),
    "bernoulli array": (
        lambda: gr.bernoulli(None, (1,), "float32", np.array([1.5])),
        lambda: empty(1, "float32").bernoulli_(torch.tensor([1.5])),
    ),
    "bernoulli p dtype": (
        lambda: gr.bernoulli(None, (1,), "float32", np.array([1])),
        lambda: torch.bernoulli(torch.tensor([1])),
    ),
    "bernoulli dtype": (
        lambda: gr.bernoulli(None, (3,), "complex64", 0.5),
        lambda: empty(3, "complex64").bernoulli_(0.5),
    ),
    "dropout p": (
        lambda: gr.dropout_mask(None, (3,), "float32", 1.5),
        lambda: torch.dropout(empty(3, "float32"), 1.5, True),
    ),
    "exponential": (lambda: gr.exponential(None, (3,), "float32", 0), lambda: empty(3, "float32").exponential_(0)),
    "exponential dtype": (lambda: gr.exponential(None, (3,), "int64"), lambda: empty(3, "int64").exponential_()),
    "cauchy": (lambda: gr.cauchy(None, (3,), "float32", 0, -1), lambda: empty(3, "float32").cauchy_(0, -1)),
    "cauchy dtype": (lambda: gr.cauchy(None, (3,), "complex64"), lambda: empty(3, "complex64").cauchy_()),
    "log_normal": (lambda: gr.log_normal(None, (3,), "float32", 0, 0), lambda: empty(3, "float32").log_normal_(0, 0)),
    "log_normal dtype": (lambda: gr.log_normal(None, (3,), "int64"), lambda: empty(3, "int64").log_normal_()),
    "geometric": (lambda: gr.geometric(None, (3,), "float32", 1.0), lambda: empty(3, "float32").geometric_(1.0)),
    "geometric dtype": (lambda: gr.geometric(None, (3,), "bool", 0.5), lambda: empty(3, "bool").geometric_(0.5)),
    "multinomial many": (
        lambda: gr.multinomial(None, np.ones(2), 3),
        lambda: torch.multinomial(torch.ones(2), 3),
    ),
    "multinomial negative": (
        lambda: gr.multinomial(None, np.array([1.0, -2]), 1),
        lambda: torch.multinomial(torch.tensor([1.0, -2]), 1),
    ),
    "multinomial zero": (
        lambda: gr.multinomial(None, np.zeros(2), 3, True),
        lambda: torch.multinomial(torch.zeros(2), 3, True),
    ),
    "multinomial zero, one sample": (
        lambda: gr.multinomial(None, np.zeros(2), 1),
        lambda: torch.multinomial(torch.zeros(2), 1),
    ),
    "multinomial negative, replaced": (
        lambda: gr.multinomial(None, np.array([1.0, -2]), 3, True),
        lambda: torch.multinomial(torch.tensor([1.0, -2]), 3, True),
    ),
    "multinomial inf, replaced": (
        lambda: gr.multinomial(None, np.array([1.0, np.inf]), 3, True),
        lambda: torch.multinomial(torch.tensor([1.0, np.inf]), 3, True),
    ),
    "multinomial dtype": (
        lambda: gr.multinomial(None, np.ones(2, int), 1),
        lambda: torch.multinomial(torch.ones(2, dtype=torch.int64), 1),
    ),
    "multinomial none": (lambda: gr.multinomial(None, np.ones(2), 0), lambda: torch.multinomial(torch.ones(2), 0)),
    "multinomial cube": (
        lambda: gr.multinomial(None, np.ones((1, 1, 1)), 1),
        lambda: torch.multinomial(torch.ones(1, 1, 1), 1),
    ),
    "poisson": (lambda: gr.poisson(None, np.array([-1.0])), lambda: torch.poisson(torch.tensor([-1.0]))),
    "poisson dtype": (lambda: gr.poisson(None, np.array([1])), lambda: torch.poisson(torch.tensor([1]))),
    "gamma dtype": (
        lambda: gr.standard_gamma(None, np.array([1])),
        lambda: torch._standard_gamma(torch.tensor([1])),
    ),
    "normal arrays": (
        lambda: gr.normal_tensor(None, np.zeros(2), np.array([-1.0, 1])),
        lambda: torch.normal(torch.zeros(2), torch.tensor([-1.0, 1])),
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_begin_as_torchs_do(name: str) -> None:
    ours, theirs = (_outcome(call) for call in ERRORS[name])
    assert theirs is not None, "torch takes this"
    assert ours is not None, theirs
    assert ours[0] is theirs[0]
    expected = theirs[1].split("  (Could this error message be improved?")[0].rstrip(".")
    assert ours[1].startswith(expected), (ours[1], theirs[1])
