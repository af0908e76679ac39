"""Sparse tensors, without PyTorch: what they compute is what ordinary tensors compute; refusals; the nodes between."""

from __future__ import annotations

import gc
import pickle
import weakref
from typing import Any

import numpy as np
import pytest

import gradiente as torch
from gradiente.arrays.compressed import compressed
from gradiente.arrays.sparse import Pattern, SparseArray, sampled_product, sparse_product
from gradiente.tensor.sparse import coalesced_array


def drawn(rng: np.random.Generator, shape: tuple[int, ...], nnz: int, dense: tuple[int, ...] = ()) -> Any:
    """A sparse tensor of float64 with unsorted and, as a rule, repeated places."""
    indices = np.stack([rng.integers(0, n, nnz) for n in shape])
    return torch.sparse_coo_tensor(indices, rng.standard_normal((nnz, *dense)), (*shape, *dense))


def close(ours: Any, wanted: Any) -> None:
    np.testing.assert_allclose(ours.detach().numpy(), wanted.detach().numpy(), atol=1e-12)


# --- products


@pytest.mark.parametrize("width", [None, 1, 3, 70])
@pytest.mark.parametrize("kind", ["f4", "f8", "c16", "i8", "f2"])
@pytest.mark.parametrize(("n", "m", "nnz"), [(5, 7, 40), (40, 3, 9), (3, 4, 0), (0, 4, 0), (200, 100, 5000)])
def test_products(n: int, m: int, nnz: int, kind: str, width: int | None, rng: np.random.Generator) -> None:
    rows, columns = (np.zeros(0, np.int64) if not nnz else rng.integers(0, size, nnz) for size in (n, m))
    pattern = Pattern(rows, columns, (n, m))
    shape = () if width is None else (width,)
    v, b, a = (rng.integers(-4, 5, size).astype(kind) for size in (nnz, (m, *shape), (n, *shape)))
    whole = np.zeros((n, m), "c16" if kind == "c16" else "f8")
    np.add.at(whole, (rows, columns), v)
    tolerance = {"atol": 0.5 if kind == "f2" else 1e-5}
    np.testing.assert_allclose(sparse_product(v, b, pattern), whole @ b, **tolerance)
    np.testing.assert_allclose(sparse_product(v, a, pattern.T), whole.T @ a, **tolerance)
    expected = (a[rows] * b[columns]) if width is None else (a[rows] * b[columns]).sum(1)
    np.testing.assert_allclose(sampled_product(a, b, pattern), expected, **tolerance)
    assert sparse_product(v, b, pattern).dtype == v.dtype


def test_a_pattern_is_sorted_once(rng: np.random.Generator) -> None:
    a = drawn(rng, (6, 5), 20)
    pattern = a._array.pattern
    assert pattern.sorted() is a._array.pattern.sorted()
    assert pattern.T.sorted() is pattern.T.sorted()
    assert pattern.T.T.sorted() is pattern.sorted()
    assert a.t()._array.pattern.sorted() is pattern.T.sorted()


# --- gradients


FUNCTIONS = [
    lambda x, d, e: torch.sparse.mm(x, d),
    lambda x, d, e: x @ d,
    lambda x, d, e: x @ d[:, 0],
    lambda x, d, e: e.t() @ x,
    lambda x, d, e: (x.coalesce().sin() * 2 - x).to_dense() * e,
    lambda x, d, e: (x * x + x / 3).to_dense() * e,
    lambda x, d, e: (x * e).to_dense() * e,
    lambda x, d, e: torch.sparse.softmax(x, 1).to_dense() * e,
    lambda x, d, e: torch.sparse.log_softmax(x, 0).to_dense() * e,
    lambda x, d, e: torch.sparse.sum(x, 1).to_dense() ** 2,
    lambda x, d, e: torch.cat([x, x.index_select(0, torch.tensor([2, 0, 2]))]).to_dense().pow(3),
    lambda x, d, e: torch.stack([x, -x])[0].to_dense() * e,
    lambda x, d, e: x.unsqueeze(1).transpose(1, 2).permute(1, 2, 0).to_dense().pow(2),
    lambda x, d, e: torch.sparse.mm(x, x.t()).to_dense().pow(2),
    lambda x, d, e: torch.sparse.addmm(d[:3, :2].sum(), x, d).pow(2),
    lambda x, d, e: torch.sparse.sampled_addmm(x, e[:, :2], d.t()[:2], beta=2, alpha=3).to_dense() * e,
    lambda x, d, e: x.narrow_copy(1, 1, 2).to_dense() * e[:, 1:3],
    lambda x, d, e: x.coalesce().norm() * e.sum(),
    lambda x, d, e: x.to_sparse_csr() @ d,
    lambda x, d, e: torch.sparse.mm(x.to_sparse_csr(), d, reduce="mean"),
    lambda x, d, e: (x.to_sparse_csr() * 2).values() ** 2,
    lambda x, d, e: x[1].to_dense() * e[0],
]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_gradients_of_values_meet_finite_differences(function: Any, rng: np.random.Generator) -> None:
    """First and second order, of the values of a matrix with repeated places and of the dense operands."""
    indices = torch.tensor([[2, 0, 1, 2, 0], [1, 3, 0, 1, 2]])
    v = torch.from_numpy(rng.uniform(0.5, 1.5, 5)).requires_grad_()
    d, e = (torch.from_numpy(rng.uniform(0.5, 1.5, shape)).requires_grad_() for shape in ((4, 2), (3, 4)))

    def of(v: Any, d: Any, e: Any) -> Any:
        return function(torch.sparse_coo_tensor(indices, v, (3, 4)), d, e)

    assert torch.autograd.gradcheck(of, (v, d, e))
    assert torch.autograd.gradgradcheck(of, (v, d, e))


def test_a_leaf_used_twice_adds_up(rng: np.random.Generator) -> None:
    x = drawn(rng, (4, 4), 9).requires_grad_()
    (torch.sparse.mm(x, torch.eye(4, dtype=torch.float64)).sum() + x.to_dense().sum() * 2).backward()
    assert x.grad.is_sparse
    close(x.grad.to_dense(), 3 * (x.to_dense() != 0))
    (x @ torch.eye(4, dtype=torch.float64)).sum().backward()
    assert not x.grad.is_sparse
    close(x.grad, 3 * (x.to_dense() != 0) + torch.ones(4, 4))


def test_gradients_accumulate_in_place_where_they_are_dense() -> None:
    w = torch.ones(3, 2, requires_grad=True)
    w.sum().backward()
    seen = w.grad
    torch.nn.functional.embedding(torch.tensor([2, 2]), w, sparse=True).sum().backward()
    assert w.grad is seen
    assert w.grad.tolist() == [[1.0, 1.0], [1.0, 1.0], [3.0, 3.0]]


def test_rules_that_need_every_element_get_them() -> None:
    """A sparse cotangent reaches a node whose rule knows nothing of sparse arrays."""
    w, i = torch.arange(6.0).reshape(3, 2).requires_grad_(), torch.tensor([2, 0, 2])
    for function in (
        lambda w: w.t().contiguous().t(),
        lambda w: w * w.detach(),
        lambda w: w / (1 + w.detach()),
        torch.exp,
        lambda w: torch.cat([w, w]),
        lambda w: w @ torch.ones(2, 2),
        lambda w: w.flip(0),
        lambda w: w.reshape(2, 3).view(3, 2),
    ):
        sparse, dense = (
            torch.autograd.grad(torch.nn.functional.embedding(i, function(w), sparse=on).sum(), w)[0]
            for on in (True, False)
        )
        close(sparse.to_dense(), dense)


def test_graphs_of_sparse_tensors_are_freed() -> None:
    gc.collect()
    gc.disable()
    try:
        v = torch.ones(2, requires_grad=True)
        x = torch.sparse_coo_tensor([[0, 1], [1, 0]], v, (2, 2))
        y = (x * 2).coalesce().to_dense().sum()
        node = weakref.ref(y.grad_fn)
        kept = weakref.ref(x)
        y.backward(retain_graph=True)
        del x, y
        assert node() is None
        assert kept() is None
    finally:
        gc.enable()


def test_transforms_and_tangents_are_refused() -> None:
    x = torch.sparse_coo_tensor([[0, 1]], [1.0, 2.0], (3,))
    with pytest.raises(NotImplementedError, match=r"Trying to use vmap with ToDense of a sparse tensor"):
        torch.vmap(lambda s: x.to_dense() * s)(torch.ones(2))
    with pytest.raises(NotImplementedError, match=r"Trying to use forward AD with SparseCooTensor"):
        torch.func.jvp(lambda v: torch.sparse_coo_tensor([[0]], v, (2,)).to_dense(), (torch.ones(1),), (torch.ones(1),))


# --- the arrays


@pytest.mark.parametrize("dense", [(), (2,)])
def test_arrays_against_numpy(dense: tuple[int, ...], rng: np.random.Generator) -> None:
    a, b = (drawn(rng, (4, 3), 10, dense)._array for _ in range(2))
    whole = np.zeros((4, 3, *dense))
    np.add.at(whole, tuple(a.indices), a.values)
    np.testing.assert_allclose(a.dense(), whole)
    for found, wanted in (
        (a + b, whole + b.dense()),
        (coalesced_array(a) + coalesced_array(b), whole + b.dense()),
        (2 * a / 4, whole / 2),
        (-a, -whole),
        (a - b, whole - b.dense()),
        (whole + a, 2 * whole),
        (a * whole, whole * whole),
        (np.sin(a), np.sin(whole)),
        (a.copy().astype("f4"), whole.astype("f4")),
        (coalesced_array(a), whole),
    ):
        np.testing.assert_allclose(np.asarray(found), wanted, atol=1e-6)
    again = whole.copy()
    again += a
    np.testing.assert_allclose(again, 2 * whole)
    assert coalesced_array(a).coalesced


def test_rows_are_made_of_coordinates(rng: np.random.Generator) -> None:
    a = coalesced_array(drawn(rng, (6, 5), 14)._array)
    rows = compressed(a)
    assert rows.starts.tolist() == np.cumsum([0, *np.bincount(a.indices[0], minlength=6)]).tolist()
    assert (rows + rows).coordinates.dense().tolist() == (2 * a.dense()).tolist()
    assert rows.nbytes > rows.itemsize


def test_a_large_matrix_times_a_matrix(rng: np.random.Generator) -> None:
    n, nnz = 2000, 30000
    x = drawn(rng, (n, n), nnz)
    d = torch.from_numpy(rng.standard_normal((n, 8))).requires_grad_()
    out = x @ d
    close(out, x.to_dense() @ d)
    out.sum().backward()
    close(d.grad, (x.to_dense().t() @ torch.ones(n, 8, dtype=torch.float64)))


# --- programs


def test_ordinary_tensors_meet_sparse_ones_in_every_place() -> None:
    x, d = torch.eye(2).to_sparse(), torch.ones(2, 2)
    for found in (d + x, torch.add(d, x), d.add(x), d - -x, torch.nn.Parameter(d) + x):
        assert found.tolist() == [[2.0, 1.0], [1.0, 2.0]]
    for found in (
        d @ x,
        d.mm(x),
        torch.mm(x, d),
        torch.matmul(d, x),
        torch.nn.Parameter(d) @ x,
        x @ torch.nn.Parameter(d),
    ):
        assert found.tolist() == [[1.0, 1.0], [1.0, 1.0]]
    assert (d * x).is_sparse
    assert torch.nn.Linear(2, 2)(torch.sparse.mm(x, d)).shape == (2, 2)


@pytest.mark.parametrize(
    "name", ["exp", "cumsum", "max", "gather", "std", "sort", "__gt__", "tolist", "expand", "median"]
)
def test_what_sparse_tensors_cannot_do_says_what_to_do(name: str) -> None:
    for x, backend in ((torch.eye(2).to_sparse(), "SparseCPU"), (torch.eye(2).to_sparse_csr(), "SparseCsrCPU")):
        with pytest.raises(NotImplementedError, match=rf"Could not run 'aten::.*'{backend}' backend.*\.to_dense\(\)"):
            getattr(x, name)(x)
    with pytest.raises(NotImplementedError, match=r"Could not run 'aten::linalg_inv|'aten::inv"):
        torch.linalg.inv(torch.eye(2).to_sparse())


def test_parameters_buffers_and_optimisers() -> None:
    x = torch.nn.Parameter(torch.eye(3).to_sparse())
    assert x.requires_grad
    assert x.is_leaf
    optimizer = torch.optim.SGD([x], lr=0.5)
    torch.sparse.mm(x, torch.ones(3, 1)).sum().backward()
    assert x.grad is not None
    with torch.no_grad():
        x.add_(x.grad, alpha=-0.5)
    assert x.to_dense().tolist() == (torch.eye(3) / 2).tolist()
    optimizer.zero_grad()
    with pytest.raises(
        ValueError, match=r"Sparse params at indices \[0\]: SparseAdam requires dense parameter tensors"
    ):
        torch.optim.SparseAdam([x])


def test_norms_of_sparse_gradients_are_clipped() -> None:
    w = torch.ones(3, 2, requires_grad=True)
    (torch.nn.functional.embedding(torch.tensor([2, 2]), w, sparse=True)).sum().backward()
    assert torch.nn.utils.clip_grad_norm_([w], 1.0).item() == pytest.approx(8**0.5)
    assert w.grad is not None
    assert w.grad.to_dense()[2].tolist() == pytest.approx([0.5**0.5] * 2)


def test_checks_of_invariants() -> None:
    checks = torch.sparse.check_sparse_tensor_invariants
    assert not checks.is_enabled()
    with checks():
        assert checks.is_enabled()
        with pytest.raises(RuntimeError, match="cannot set is_coalesced to true"):
            torch.sparse_coo_tensor([[1, 0]], [1.0, 2.0], is_coalesced=True)
    checks.enable()
    assert checks.is_enabled()
    checks.disable()
    assert checks(True)(checks.is_enabled)()
    both = checks()
    with both, pytest.raises(RuntimeError, match="already activated"):
        both.__enter__()
    for indices in ([[0, 3]], [[0, -1]]):
        with pytest.raises(RuntimeError, match=r"size is inconsistent with indices|found negative index"):
            torch.sparse_coo_tensor(indices, [1.0, 2.0], (3,))


def test_pickles_of_damaged_tensors_are_refused() -> None:
    x = torch.sparse_coo_tensor([[0, 2]], [1.0, 2.0], (3,))
    function, parts = x.__reduce_ex__(2)
    assert repr(function(*parts)) == repr(x) == repr(pickle.loads(pickle.dumps(x)))
    for wrong in ((torch.tensor([[0, 9]]), *parts[1:]), (parts[0], torch.ones(3), *parts[2:])):
        with pytest.raises(RuntimeError, match=r"size is inconsistent with indices|must have same nnz"):
            function(*wrong)


def test_old_types() -> None:
    torch.sparse.legacy._warned.clear()
    with pytest.warns(UserWarning, match=r"torch\.sparse\.SparseTensor\(shape, \*, device=\) is deprecated"):
        x = torch.sparse.DoubleTensor(2, 3)
    assert x.dtype is torch.float64
    assert isinstance(x, torch.sparse.DoubleTensor)
    assert not isinstance(x, torch.DoubleTensor)
    assert repr(torch.sparse.FloatTensor) == "<class 'torch.sparse.FloatTensor'>"


def test_refused_products() -> None:
    x = torch.eye(2).to_sparse()
    for call, text in (
        (lambda: torch.sparse.mm(x, torch.ones(2, 2), reduce="prod"), "reduce argument must be either sum"),
        (lambda: torch.bmm(torch.stack([x, x]), torch.ones(3, 2, 2)), "must be 3D, with one batch size"),
        (lambda: torch.sparse.sampled_addmm(x, torch.ones(2, 2), torch.ones(3, 2)), "cannot be multiplied"),
        (lambda: torch.sparse.sampled_addmm(x, torch.ones(3, 2), torch.ones(2, 2)), r"Expected self\.shape\[0\]"),
        (lambda: torch.addmm(torch.ones(3, 3), x, torch.ones(2, 2)), "The expanded size of the tensor"),
        (lambda: x.permute(0), "number of dimensions in the tensor input does not match"),
        (lambda: x.permute(0, 0), "duplicate dims"),
        (lambda: x.narrow_copy(0, 1, 2), "exceeds dimension size"),
        (lambda: torch.cat([x, torch.eye(3).to_sparse()]), "All tensors must have the same shape"),
        (lambda: torch.cat([x, torch.eye(2).to_sparse(1)]), "same number of dimensions, sparse and dense"),
        (lambda: x + torch.eye(2).to_sparse(1), "same number of sparse dimensions"),
        (lambda: torch.stack([x, torch.eye(3).to_sparse()]), "stack expects each tensor to be equal size"),
        (lambda: x.clone().sparse_resize_((1, 1), 2, 0), "shrinking the size"),
        (lambda: x.clone().sparse_resize_((2, 2), 1, 0), "is not satisfied"),
        (lambda: torch.eye(2).to_sparse(1).permute(1, 0), "sparse and dense dimensions can't be mixed"),
        (lambda: x.to_sparse(1), "conversion from torch.sparse_coo to torch.sparse_coo"),
        (lambda: torch.ones(2, 2, 2).to_sparse_csr(), "only a matrix can be stored row by row"),
        (lambda: torch.sparse_csr_tensor([0, 1], [0], [1.0], (1, 1, 1)), "must have 2 dimensions"),
        (lambda: (x * 2).requires_grad_().item(), "cannot be converted to Scalar"),
    ):
        with pytest.raises((RuntimeError, NotImplementedError), match=text):
            call()
    with pytest.raises(NotImplementedError, match=r"layout torch\.sparse_bsr is not supported"):
        torch.eye(2).to_sparse(layout=torch.sparse_bsr)
    with pytest.raises(NotImplementedError, match="batches of matrices"):
        torch.sparse_csr_tensor([[0, 1]], [[0]], [[1.0]])
    assert SparseArray(np.zeros((1, 0), np.int64), np.zeros(0), (3,), True).nbytes == 0
