"""vmap over functions that run one example after another, and checks that see the values of all examples."""

from __future__ import annotations

import numpy as np
import pytest

import gradiente as torch
from gradiente.arrays.batched import Batched
from gradiente.arrays.batched_each import each_example
from gradiente.func import vmap


def test_each_example():
    a = Batched(np.arange(12.0).reshape(2, 3, 2), (1, 4))
    b = Batched(np.arange(3.0).reshape(3, 1), (4,))
    found = each_example(lambda x, y, n: (x * y + n, x.sum()), a, b, 10)
    assert [f.levels for f in found] == [(1, 4), (1, 4)]
    np.testing.assert_array_equal(found[0].values, a.values * b.values + 10)
    np.testing.assert_array_equal(found[1].values, a.values.sum(-1))
    assert each_example(np.sum, np.ones(3)) == 3.0


FUNCTIONS = {
    "searchsorted": lambda x: torch.searchsorted(torch.tensor([0.0, 1.0, 2.0]), x),
    "own sequences": lambda x: torch.searchsorted(x.sort()[0], x),
    "bucketize": lambda x: torch.bucketize(x, torch.tensor([0.5, 1.5])),
    "isin": lambda x: torch.isin(x, torch.tensor([1.0, 2.0])),
    "histc": lambda x: torch.histc(x, 3),
    "bincount": lambda x: torch.bincount(x.long(), minlength=4),
    "weighted bincount": lambda x: torch.bincount(x.long(), x, minlength=4),
    "quantile": lambda x: torch.quantile(torch.tensor([1.0, 2.0, 5.0]), x / 4),
    "unravel_index": lambda x: torch.unravel_index(x.long(), (2, 2))[1],
    "scatter_reduce": lambda x: torch.zeros(4).scatter_reduce(0, x.long(), x, "amax"),
    "select_scatter": lambda x: torch.select_scatter(torch.zeros(2, 4), x, 0, 1),
    "geqrf": lambda x: torch.geqrf(x.reshape(2, 2))[0],
    "matrix_rank": lambda x: torch.linalg.matrix_rank(torch.eye(2), atol=x[0]),
    "pinv": lambda x: torch.linalg.pinv(torch.eye(2) * 2, atol=x[0]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_equals_a_loop(name):
    x = torch.tensor([[0.0, 1.0, 3.0, 2.0], [2.0, 2.0, 0.0, 1.0], [1.0, 1.0, 1.0, 3.0]])
    f = FUNCTIONS[name]
    found, rows = vmap(f)(x), [f(row) for row in x]
    assert found.dtype == rows[0].dtype
    np.testing.assert_allclose(found.numpy(), np.stack([row.numpy() for row in rows]), rtol=1e-6)


@pytest.mark.filterwarnings("ignore:index_reduce.. is in beta")
@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (
            lambda x: torch.bincount(x.long()),
            RuntimeError,
            r"equal size, but got \[4\] at entry 0 and \[3\]",
        ),
        (lambda x: torch.bincount(x.long() - 1), RuntimeError, "only supports 1-d non-negative integral inputs"),
        (lambda x: torch.quantile(x, x[0] + 1), RuntimeError, "q values must be in the range"),
        (lambda x: torch.take(x, x.long() + 1), IndexError, "out of range: tried to access index 4"),
        (lambda x: x.index_select(0, x.long() + 1), IndexError, "index out of range in self"),
        (lambda x: x.index_reduce(0, x.long() + 1, x, "amax"), IndexError, "index out of range in self"),
        (lambda x: torch.masked_scatter(x, x > 1, x), RuntimeError, "Attempted to vmap over aten::masked_scatter"),
        (
            lambda x: x.scatter_reduce(0, x.long(), x, "prod"),
            NotImplementedError,
            "no batching rule for scatter_reduce with reduce='prod' and indices of each example",
        ),
    ],
)
def test_checks_see_all_examples(call, kind, text):
    with pytest.raises(kind, match=text):
        vmap(call)(torch.tensor([[0.0, 1.0, 3.0, 2.0], [2.0, 2.0, 0.0, 1.0]]))


def test_no_examples():
    with pytest.raises(RuntimeError, match="there are no examples"):
        vmap(lambda x: torch.histc(x, 3))(torch.zeros(0, 4))


def test_a_slice_that_is_named_twice_is_filled_once():
    index, value = torch.tensor([[1, 1, 0], [2, 1, 0]]), torch.tensor(2.0, requires_grad=True)
    found = vmap(lambda i: torch.index_fill(torch.zeros(3), 0, i, value))(index)
    np.testing.assert_array_equal(found.detach().numpy(), [[2, 2, 0], [2, 2, 2]])
    found.sum().backward()
    assert value.grad is not None
    assert value.grad.item() == 5.0
