"""Combinations, copies of views, replaced parts and indices against torch: values, and errors."""

from __future__ import annotations

import pytest

import gradiente
from outcomes import assert_same

torch = pytest.importorskip("torch")

# fmt: off
CALLS = [
    lambda t: t.block_diag(t.ones(2), t.tensor(3.0), t.ones(1, 2)),
    lambda t: t.block_diag(t.ones(2, 2, 2)),
    lambda t: t.block_diag(),
    lambda t: t.block_diag(t.ones(1).int(), t.ones(1)),
    lambda t: t.cartesian_prod(t.tensor([1, 2]), t.tensor([3, 4])),
    lambda t: t.cartesian_prod(t.tensor([1, 2])),
    lambda t: t.cartesian_prod(t.ones(2, 2)),
    lambda t: t.combinations(t.tensor([1, 2, 3]), 3, True),
    lambda t: t.combinations(t.ones(2, 2)),
    lambda t: t.combinations(t.tensor([1, 2]), -1),
    lambda t: t.combinations(t.tensor([1, 2]), 0),
    lambda t: t.combinations(t.tensor([1, 2]), 3),
    lambda t: t.diagflat(t.ones(2, 2), 1),
    *[lambda t, n=n, shape=shape, k=k: getattr(t, n)(t.ones(shape), k)
      for n in ("hsplit", "vsplit", "dsplit") for shape, k in (((), 1), ((3,), 2), ((4, 4), 3), ((4, 4, 4), 0),
                                                                ((2, 4, 2), 2), ((2, 4, 4), [1, 2]))],
    lambda t: t.unravel_index(t.tensor([5, 3]), (2, 3)),
    lambda t: t.unravel_index(t.tensor([7, -1]), (2, 3)),
    lambda t: t.unravel_index(t.tensor(4), 6),
    lambda t: t.unravel_index(t.tensor([1.0]), (2, 3)),
    lambda t: t.unravel_index(t.tensor([1]), (-2, 3)),
    lambda t: t.unravel_index(t.tensor([1]), (2.0, 3)),
    lambda t: t.tril_indices(2, 3),
    lambda t: t.triu_indices(2, 3, 1),
    lambda t: t.tril_indices(-1, 3),
    lambda t: t.triu_indices(2, -3),
    lambda t: t.tril_indices(2, 3, dtype=t.int32),
    lambda t: t.tril_indices(2, 3, dtype=t.float32),
    lambda t: t.nonzero_static(t.tensor([1, 0, 2]), size=3),
    lambda t: t.nonzero_static(t.tensor([1, 0, 2]), size=1, fill_value=7),
    lambda t: t.nonzero_static(t.tensor([1, 0, 2]), size=-1),
    lambda t: t.nonzero_static(t.tensor(1), size=2),
    lambda t: t.ones(2, 3).sum_to_size(1, 3),
    lambda t: t.ones(2, 3).sum_to_size((3,)),
    lambda t: t.ones(2, 3).sum_to_size(2),
    lambda t: t.ones(2, 3).sum_to_size(()),
    lambda t: t.diagonal_scatter(t.zeros(2, 2), t.ones(3)),
    lambda t: t.select_scatter(t.zeros(2, 2), t.ones(3), 0, 0),
    lambda t: t.select_scatter(t.zeros(2, 2), t.ones(2), 0, 5),
    lambda t: t.select_scatter(t.zeros(2, 2), t.ones(2).double(), 0, 1),
    lambda t: t.slice_scatter(t.zeros(4, 2), t.ones(3, 2), 0, 0, 2),
    lambda t: t.slice_scatter(t.zeros(4, 2), t.ones(2, 2), 0, 0, 4, 2),
    lambda t: t.slice_scatter(t.zeros(4, 2), t.ones(2, 2), 0, 0, 4, 0),
    lambda t: t.as_strided_scatter(t.zeros(4), t.ones(3), (2,), (1,)),
    lambda t: t.as_strided_scatter(t.zeros(4), t.ones(2), (2,), (3,)),
    lambda t: t.masked_scatter(t.zeros(2, 2), t.tensor([True, False]), t.tensor([1.0, 2.0, 3.0])),
    lambda t: t.masked_scatter(t.zeros(2, 2), t.tensor([True, True]), t.tensor([1.0, 2.0, 3.0])),
    lambda t: t.masked_scatter(t.zeros(2, 2), t.tensor([1, 0]), t.ones(4)),
    lambda t: t.masked_scatter(t.zeros(2), t.tensor([[True, True]] * 2), t.ones(4)),
    lambda t: t.masked_scatter(t.zeros(2, 2), t.tensor([True, False]), t.ones(4).int()),
    lambda t: t.split_with_sizes(t.ones(4), [1, 3]),
    lambda t: t.split_with_sizes(t.ones(4), [1, 1]),
    lambda t: t.unsafe_split(t.ones(4), 3),
    lambda t: t.unsafe_chunk(t.ones(4), 3),
    lambda t: t.slice_copy(t.arange(5), 0, 1, 4, 2),
    lambda t: t.slice_copy(t.arange(5), 0, 1, 4, 0),
    lambda t: t.view_copy(t.arange(4), (2, 2)),
    lambda t: t.expand_copy(t.ones(2, 1), (2, 3)).stride(),
    lambda t: t.is_conj(t.ones(2)),
    lambda t: t.flip(t.arange(3), dims=(0,)),
    lambda t: t.tensordot(t.ones(1, 2), t.ones(3, 2), dims=([0], [0])),
    lambda t: t.take_along_dim(t.tensor([1, 2, 3]), t.tensor([-1, 0]), 0),
    lambda t: t.addmv(t.ones(2).int(), t.ones(2, 2).int(), t.ones(2).int(), beta=0.2),
    lambda t: t.addr(t.ones(2, 2).int(), t.ones(2).int(), t.ones(2).int(), beta=0.2),
    lambda t: t.addr(t.ones(2, 2).bool(), t.ones(2).bool(), t.ones(2).bool()),
]
# fmt: on


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_call(number):
    assert_same(CALLS[number], torch, gradiente)


def placed(t, reduce, index=(0, 0, 1), values=(1.0, 2.0, 3.0), **keywords):
    index, values = t.tensor(list(index)), t.tensor(list(values))
    return t.scatter_reduce(t.tensor([0.5, 0.0, 5.0]), 0, index, values, reduce, **keywords)


# fmt: off
REDUCED = [
    *[lambda t, r=r, s=s: placed(t, r, include_self=s) for r in ("sum", "prod", "mean", "amax", "amin")
      for s in (True, False)],
    lambda t: placed(t, "amax", values=(1.0, float("nan"), 3.0)),
    lambda t: placed(t, "amin", values=(1.0, float("-inf"), 3.0)),
    lambda t: placed(t, "median"),
    lambda t: placed(t, "sum", index=(0, 5, 1)),
    lambda t: placed(t, "sum", index=(0.0, 0.0, 1.0)),
    lambda t: t.scatter_reduce(t.tensor([-5, 5, 5]), 0, t.tensor([0, 0, 1]), t.tensor([1, 2, 3]), "mean"),
    lambda t: t.scatter_reduce(t.zeros(3), 0, t.tensor([0]), t.zeros(1).double(), "sum"),
    lambda t: t.scatter_reduce(t.zeros(3), 0, t.tensor([[0]]), t.zeros(1), "sum"),
    lambda t: t.scatter_reduce(t.zeros(3), 3, t.tensor([0]), t.zeros(1), "sum"),
    lambda t: t.index_reduce(t.ones(3), 0, t.tensor([0, 0]), t.tensor([2.0, 3.0]), "prod"),
    lambda t: t.index_reduce(t.ones(3), 0, t.tensor([0, 0]), t.tensor([2.0, 3.0]), "sum"),
    lambda t: t.index_reduce(t.ones(3), 0, t.tensor([0, 0]), t.tensor([2.0]), "prod"),
    lambda t: t.index_reduce(t.ones(3), 0, t.tensor([0, 7]), t.tensor([2.0, 3.0]), "prod"),
    lambda t: t.index_reduce(t.ones(3), 0, t.tensor([0, 0]), t.tensor([2.0, 3.0]).double(), "prod"),
    lambda t: t.index_reduce(t.ones(3), 0, t.tensor([[0, 0]]), t.tensor([2.0, 3.0]), "prod"),
]
# fmt: on


@pytest.mark.parametrize("number", range(len(REDUCED)))
def test_reduced(number):
    assert_same(REDUCED[number], torch, gradiente, warned=False)  # torch warns of index_reduce once per process


@pytest.mark.parametrize("reduce", ["sum", "prod", "mean", "amax", "amin"])
def test_gradients_with_zeros_and_ties(reduce):
    """Products with one zero, with two, with none; equal extremes. Both orders, where torch has them."""
    found = []
    for library in (gradiente, torch):
        x = library.tensor([2.0, 0.0, 0.0, 3.0], requires_grad=True)
        src = library.tensor([0.0, 5.0, 0.0, 2.0, 3.0, 7.0], requires_grad=True)
        out = library.scatter_reduce(x, 0, library.tensor([0, 0, 1, 2, 3, 3]), src, reduce)
        found.append([g.tolist() for g in library.autograd.grad(out.sum(), (x, src))])
    assert found[0] == found[1]
