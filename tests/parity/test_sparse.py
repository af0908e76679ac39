"""Sparse tensors, compared with PyTorch's: printed results, gradients, errors."""

from __future__ import annotations

import copy
import io
import pickle
import warnings
from typing import Any

import pytest

import gradiente
from outcomes import assert_same

torch: Any = pytest.importorskip("torch")


@pytest.fixture(autouse=True)
def _unchecked() -> None:
    """torch warns where this is left open, and its own test tools, which other tests import, switch it on."""
    torch.sparse.check_sparse_tensor_invariants.disable()


def calls(text: str) -> list[str]:
    """Calls that stand on lines, or between pairs of semicolons."""
    return [call.strip() for line in text.strip().splitlines() for call in line.split(" ;; ")]


def names(m: Any) -> dict[str, Any]:
    """What the calls below name."""
    i, v = m.tensor([[0, 1, 1], [2, 0, 2]]), m.tensor([3.0, 4.0, 5.0])
    repeated = m.sparse_coo_tensor([[1, 0, 1], [0, 2, 0]], [1.0, 2.0, 3.0], (2, 3))
    return {
        "m": m,
        "i": i,
        "v": v,
        "A": m.sparse_coo_tensor(i, v, (2, 3)),
        "B": m.sparse_coo_tensor([[0, 1], [2, 1]], [1.0, 2.0], (2, 3)),
        "R": repeated,
        "H": m.sparse_coo_tensor([[2, 0]], m.arange(4.0).reshape(2, 2), (3, 2)),
        "D": m.arange(6.0).reshape(3, 2),
        "E": m.arange(6.0).reshape(2, 3),
        "C": m.sparse_csr_tensor([0, 1, 3], [2, 0, 2], v, (2, 3)),
    }


MADE = calls(
    """
m.sparse_coo_tensor(i, v) ;; m.sparse_coo_tensor(i, v, (2, 3), dtype=m.float64) ;; m.sparse_coo_tensor((2, 3))
m.sparse_coo_tensor(i, v.long(), (2, 3)) ;; m.sparse_coo_tensor(i, v.int(), (3, 3)) ;; A.is_coalesced()
m.sparse_coo_tensor(size=(2, 3), dtype=m.float64, requires_grad=True) ;; m.sparse_coo_tensor() ;; R, R.coalesce()
m.sparse_coo_tensor(i, v.clone().requires_grad_(), (2, 3)) ;; m.sparse_coo_tensor(i, v[:2], (2, 3)) ;; H.to_dense()
m.sparse_coo_tensor(i, v, (2, 3, 4)) ;; m.sparse_coo_tensor(i, v[:, None], (2, 3, 4))
H, H.sparse_dim(), H.dense_dim() ;; m.sparse_coo_tensor(-i, v)
m.sparse_coo_tensor(i, v, (2, 2), check_invariants=True) ;; m.sparse_coo_tensor(i[0], v, (2,))
m.sparse_coo_tensor(i[:, [1, 0, 2]], v, (2, 3), is_coalesced=True, check_invariants=True)
m.sparse_coo_tensor(i, v, (2, 3), is_coalesced=True).indices()
m.sparse_coo_tensor(m.zeros(0, 1, dtype=m.long), [2.0], ()) ;; A.indices() ;; A.values()
A._indices(), A._values(), A._nnz() ;; v.indices() ;; v.values() ;; v.coalesce() ;; v.is_coalesced()
v.sparse_dim(), v.dense_dim(), v.to_dense(), v.is_sparse ;; A.to_dense(), R.to_dense()
A.layout, A.shape, A.size(1), A.dim(), A.numel(), A.dtype, A.device, A.is_sparse, A.is_sparse_csr ;; A.type()
m.eye(2).to_sparse() ;; m.eye(2).to_sparse(1) ;; m.eye(2).to_sparse(3) ;; m.tensor(2.0).to_sparse()
E.to_sparse_coo() ;; E.to_sparse(layout=m.sparse_coo) ;; E.sparse_mask(A) ;; E.sparse_mask(E) ;; D.sparse_mask(A)
m.sparse.spdiags(E, m.tensor([0, 1]), (3, 3)) ;; m.sparse.spdiags(E, m.tensor([0, 0]), (3, 3))
m.sparse.spdiags(E[0], m.tensor([-1]), (3, 3)).to_dense()
m.sparse_coo_tensor(m.arange(20).reshape(2, 10), m.arange(10.0) * 1e5)
"""
)

USED = calls(
    """
A + A ;; A + B ;; A.coalesce() + B.coalesce() ;; m.add(A, B, alpha=2) ;; A - B ;; m.sub(A, B, alpha=2) ;; E + A
A + E ;; A + 1 ;; A - E ;; E - A ;; D + A ;; A + R.t() ;; A * 2 ;; 2 * A ;; A * m.tensor(2.0) ;; (A * B).to_dense()
A * E ;; A * m.ones(3) ;; A * D ;; A / 2 ;; A / A ;; E / A ;; A // 2 ;; m.div(A, 2, rounding_mode='floor') ;; -A
A ** 2 ;; A ** 0 ;; A ** -1 ;; A ** A ;; A.sin() ;; m.relu(-A) ;; A.sqrt() ;; m.abs(-A) ;; A.expm1() ;; A.log1p()
A.isnan() ;; A.sum() ;; A.sum(0) ;; A.sum(1, keepdim=True) ;; m.sum(A, (0, 1)) ;; A.norm() ;; A.any()
A.coalesce().sign() ;; m.sparse.sum(A) ;; m.sparse.sum(A, 0) ;; m.sparse.sum(A, (0, 1))
m.sparse.sum(A, -1, dtype=m.float64) ;; R.neg() ;; m.sparse.sum(A, 5) ;; m.sparse.sum(v) ;; m.sparse.sum(H, 1)
m.sparse.sum(H, 0) ;; m.sparse.sum(A.int(), 0) ;; m.sparse.softmax(A, 1) ;; m.sparse.softmax(A, 0, dtype=m.float64)
m.sparse.log_softmax(R, 1) ;; m.sparse.softmax(H, 1) ;; m.sparse.softmax(A, 5) ;; m.sparse.softmax(A.long(), 0)
m.sparse.softmax(H, 0) ;; m.softmax(A, 0) ;; A.t() ;; A.T ;; A.mT ;; A.transpose(0, 1) ;; A.permute(1, 0)
A.unsqueeze(0) ;; A.unsqueeze(-1) ;; H.unsqueeze(1) ;; A[0] ;; A[0, 2] ;; A[0, 0] ;; A[:, 0] ;; A[5] ;; A[..., 1]
H[2] ;; H[1] ;; len(A) ;; list(A) ;; R[1, 0] ;; A.index_select(-1, m.tensor([2, 2, 0])).coalesce()
A.index_select(0, m.tensor([5])) ;; R.index_select(0, m.tensor([1, 1])) ;; m.cat([A, B]) ;; m.cat([A, B], 1)
m.cat([A, E]) ;; m.stack([A, B]) ;; m.stack([A, A]).t() ;; A.narrow_copy(0, 0, 1) ;; A.reshape(6) ;; A.flatten()
A.view(6) ;; A.exp() ;; A.max() ;; A.cumsum(0) ;; A.numpy() ;; m.sigmoid(A) ;; bool(A) ;; A.double()
A.to(m.float64) ;; A.half() ;; A.long() ;; A.to('cpu') is A ;; A.clone().zero_() ;; A.contiguous()
A.clone().add_(B) ;; A.clone().mul_(2) ;; m.ones(2, 3).add_(A, alpha=2) ;; A.clone().copy_(B) ;; A.clone().copy_(E)
E.clone().copy_(A) ;; A.clone().requires_grad_().add_(A) ;; m.zeros_like(A)
A.clone().sparse_resize_((3, 3), 2, 0) ;; A.data_ptr() ;; A.storage() ;; A.stride() ;; A.is_contiguous()
m.nn.functional.relu(A) ;; m.linalg.svd(A)[0] ;; m.sparse_coo_tensor([[0]], [1.0]).item() ;; type(A)
A.new(i, v, (2, 3)) ;; m.is_tensor(A) ;; A.detach() ;; A.data
isinstance(A, m.sparse.FloatTensor), isinstance(A, m.FloatTensor) ;; m.nn.functional.dropout(A, 0.5, False)
"""
)

PRODUCTS = calls(
    """
A @ D ;; m.sparse.mm(A, D) ;; m.mm(A, D) ;; A.mm(D) ;; m.spmm(A, D) ;; m.dsmm(A, D) ;; m.hspmm(A, D) ;; m.smm(A, D)
A @ D[:, 0] ;; A.mv(D[:, 0]) ;; A @ m.ones(2, 2) ;; A @ D.double() ;; A @ m.ones(2) ;; D @ A ;; E @ A.t() ;; R @ D
m.addmm(m.ones(2, 2), A, D) ;; m.addmm(m.ones(2), A, D, beta=2, alpha=3) ;; m.sparse.addmm(m.ones(2, 2), A, D)
m.sspaddmm(A, B, m.ones(3, 3)).to_dense() ;; m.sparse.mm(A, B.t()) ;; R @ B.t() ;; m.sparse.mm(A, 3)
m.bmm(m.stack([A, B]), m.arange(12.0).reshape(2, 3, 2)) ;; m.sparse.mm(E, D) ;; m.sparse.mm(H, E) ;; m.mm(A, B)
m.nn.functional.linear(E, A) ;; m.matmul(A, D) ;; m.sparse.sampled_addmm(C, m.ones(2, 2), m.ones(2, 3))
m.sparse.mm(C, D, reduce='mean') ;; m.sparse.mm(C, D, reduce='amax') ;; m.sparse.mm(C, D, reduce='amin')
"""
)

ROWS = calls(
    """
C ;; m.sparse_csr_tensor([0, 1, 3], [2, 0, 2], [3, 4, 5]) ;; C.layout, C.is_sparse, C.is_sparse_csr, C._nnz()
C.crow_indices(), C.col_indices(), C.values() ;; C.to_dense() ;; C.to_sparse() ;; A.to_sparse_csr()
E.to_sparse_csr() ;; m.sparse_csr_tensor([0, 1, 3], [2, 0, 2], v.clone().requires_grad_(), (2, 3)) ;; C.double()
-C ;; C * 2 ;; C + C ;; m.sparse_csr_tensor([1, 1, 3], [2, 0, 2], v, (2, 3), check_invariants=True) ;; C @ D
C @ D[:, 0] ;; D.t() @ C.to_sparse().t()
m.sparse_csr_tensor([0, 1, 2], [2, 0, 2], v, (2, 3), check_invariants=True) ;; m.ones(2, 2) @ C ;; C.sin() ;; C * C
m.sparse_csr_tensor([0, 1, 2, 3], [2, 0, 2], v, (2, 3), check_invariants=True) ;; E + C ;; C * E ;; C.clone()
C[0] ;; m.sparse_csr_tensor([0, 1, 3], [2, 0, 3], v, (2, 3), check_invariants=True)
m.sparse.addmm(m.ones(2, 2), C, D) ;; m.sparse_csr_tensor([0, 1, 3], [2, 2, 0], v, (2, 3), check_invariants=True)
v.crow_indices() ;; C.sum() ;; C[0, 2]
m.sparse_csr_tensor([0, 4, 3], [2, 2, 0], v, (2, 3), check_invariants=True) ;; C._indices() ;; C.relu()
C.detach() ;; m.sparse_csr_tensor([0, 1, 3], [2, 0], v, (2, 3), check_invariants=True) ;; C.requires_grad_()
m.sparse.sum(C)
"""
)


@pytest.mark.parametrize("call", [*MADE, *USED, *PRODUCTS, *ROWS])
@pytest.mark.filterwarnings("ignore")
def test_calls(call: str) -> None:
    if "not run" in torch_text(call):  # which of torch's kernels it would have been
        kinds = [type(error_of(call, m)).__name__ for m in (gradiente, torch)]
        assert kinds[0] == kinds[1]
        assert str(error_of(call, gradiente)).startswith("Could not run 'aten::")
    else:
        assert_same(lambda m: eval(call, names(m)), torch, gradiente, warned=False)


def error_of(call: str, m: Any) -> Any:
    try:
        return eval(call, names(m))
    except Exception as error:
        return error


def torch_text(call: str) -> str:
    found = error_of(call, torch)
    return str(found) if isinstance(found, Exception) else ""


PULLED = calls(
    """
m.sparse.mm(x, D) ;; x @ D ;; x.mm(D) ;; x.mv(D[:, 0]) ;; m.addmm(m.ones(2, 2), x, D) ;; x.to_dense() * E
m.ones(2, 3) - x ;; m.sparse.addmm(m.ones(2, 2), x, D) ;; (x.coalesce() * 2).to_dense()
x.coalesce().values() ** 2 ;; (x * 3).to_dense() ;; (-x / 2).to_dense() * E ;; (x + x).to_dense() * E
(x * x).to_dense() ;; (x * E).to_dense() ;; m.ones(2, 3) + x ;; m.sparse.sum(x) ;; m.sparse.sum(x, 0).to_dense()
x.sum() ;; (m.sparse.softmax(x, 1).to_dense() * E) ;; x.t().to_dense() ;; m.sparse.log_softmax(x, 1).to_dense() * E
x.abs().to_dense() ;; (x ** 2).to_dense() * E ;; x.double().to_dense() ;; x.clone().to_dense()
m.sparse.mm(x, x.t()).to_dense() ;; m.bmm(m.stack([x, x]), m.ones(2, 3, 2)) ;; D.t() @ x.t()
m.sparse.mm(x, D).pow(2) ;; (x + B).to_dense() * E ;; (x - B).to_dense() * E ;; (x * B).to_dense()
"""
)


@pytest.mark.parametrize("start", ["A", "A.coalesce()", "R", "R.coalesce()"])
@pytest.mark.parametrize("call", PULLED)
def test_gradients(call: str, start: str) -> None:
    """The gradient of a sparse leaf at what it stores, that of the values it is made of, that of the dense operand."""

    def run(m: Any) -> list[Any]:
        found: list[Any] = []
        known = names(m)
        x = eval(start, known).requires_grad_()
        known["D"].requires_grad_()
        y = eval(call, {**known, "x": x})
        found += [y, y.is_leaf]
        y.sum().backward()
        found += [x.grad.to_dense() * (eval(start, names(m)).to_dense() != 0), known["D"].grad]
        known = names(m)
        w = eval(start, known).coalesce().values().clone().requires_grad_()
        x = m.sparse_coo_tensor(eval(start, known).coalesce().indices(), w, (2, 3))
        (eval(call, {**known, "x": x}) * 2).sum().backward()
        return [*found, w.grad]

    assert_same(run, torch, gradiente, warned=False)


@pytest.mark.parametrize(
    "call", ["m.sparse.mm(x, D)", "x @ D", "x.to_dense()", "x.coalesce().values()", "m.sparse.sum(x)", "x * 2"]
)
def test_layouts_of_gradients(call: str) -> None:
    def run(m: Any) -> Any:
        known = names(m)
        x = known["A"].requires_grad_()
        y = eval(call, {**known, "x": x})
        (y.to_dense() if y.is_sparse else y).sum().backward()
        return x.grad, x.grad.is_sparse and x.grad.is_coalesced()

    assert_same(run, torch, gradiente, warned=False)


@pytest.mark.parametrize("call", ["m.sparse.mm(x, D)", "x @ D", "x @ D[:, 0]", "x.to_dense()", "x.values()"])
@pytest.mark.filterwarnings("ignore")
def test_gradients_row_by_row(call: str) -> None:
    def run(m: Any) -> Any:
        known = names(m)
        x, w = known["C"].requires_grad_(), known["v"].clone().requires_grad_()
        y = eval(call, {**known, "x": x})
        y.sum().backward()
        (eval(call, {**known, "x": m.sparse_csr_tensor([0, 1, 3], [2, 0, 2], w, (2, 3))}) * 3).sum().backward()
        return y, x.grad.to_dense(), w.grad

    assert_same(run, torch, gradiente, warned=False)


def test_repeated_places_share_their_gradient() -> None:
    def run(m: Any) -> Any:
        x = names(m)["R"].requires_grad_()
        (m.sparse.mm(x, m.eye(3)) * m.arange(6.0).reshape(2, 3)).sum().backward()
        w = m.tensor([1.0, 2.0, 3.0], requires_grad=True)
        y = m.sparse_coo_tensor([[1, 0, 1], [0, 2, 0]], w, (2, 3))
        (y.to_dense() * m.arange(6.0).reshape(2, 3)).sum().backward()
        return x.grad.coalesce(), w.grad

    assert_same(run, torch, gradiente, warned=False)


def test_hooks_leaves_and_grad() -> None:
    def run(m: Any) -> Any:
        x = names(m)["A"].requires_grad_()
        y = x * 3
        y.retain_grad()
        y.register_hook(lambda g: g * 10)
        m.sparse.mm(y, m.ones(3, 1)).sum().backward()
        again = m.autograd.grad(m.sparse.mm(x, m.ones(3, 1)).sum(), x)
        with m.no_grad():
            off = (x * 2).requires_grad
        return y.grad, x.grad, again, off, x.is_leaf, y.grad_fn.name(), (x @ m.ones(3, 1)).grad_fn.name()

    assert_same(run, torch, gradiente, warned=False)


def test_copies_pickles_buffers() -> None:
    def run(m: Any) -> Any:
        x = names(m)["A"].requires_grad_()
        x.grad = names(m)["B"]
        deep = copy.deepcopy(x)
        layer, other = m.nn.Linear(2, 2), m.nn.Linear(2, 2)
        layer.register_buffer("adjacency", names(m)["A"])
        other.register_buffer("adjacency", names(m)["B"])
        other.load_state_dict({**layer.state_dict(), "weight": other.weight, "bias": other.bias})
        found = [deep, deep.grad, other.adjacency, layer.double().adjacency]
        return found + [pickle.loads(pickle.dumps(each)) for each in (x, x.detach().coalesce(), names(m)["H"])]

    assert_same(run, torch, gradiente, warned=False)


@pytest.mark.parametrize("x", ["A", "A.coalesce()", "H", "C", "{'a': A, 'b': [C, v]}"])
@pytest.mark.filterwarnings("ignore")
def test_files(x: str) -> None:
    for writer, reader in ((torch, gradiente), (gradiente, torch)):
        file = io.BytesIO()
        writer.save(eval(x, names(writer)), file)
        file.seek(0)
        assert repr(reader.load(file)) == repr(eval(x, names(writer)))


BATCHES = [[1, 2, 1], [3], [0, 3, 3, 1]]
KINDS = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("SGD", {"momentum": 0.5, "dampening": 0.3, "maximize": True}),
    ("Adagrad", {"lr_decay": 0.1, "initial_accumulator_value": 0.1}),
    ("Adagrad", {"maximize": True}),
    ("SparseAdam", {}),
    ("SparseAdam", {"betas": (0.5, 0.9), "eps": 1e-3, "maximize": True}),
]


@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_steps(kind: str, options: dict[str, Any]) -> None:
    def run(m: Any) -> Any:
        m.manual_seed(3)
        table, bag = m.nn.Embedding(4, 2, sparse=True, padding_idx=0), m.nn.EmbeddingBag(4, 2, sparse=True)
        optimizer = getattr(m.optim, kind)([*table.parameters(), *bag.parameters()], lr=0.1, **options)
        found: list[Any] = []
        for batch in BATCHES:
            optimizer.zero_grad()
            rows = m.tensor(batch)
            (table(rows).pow(2).sum() + bag(rows[None]).sin().sum()).backward()
            found.append(table.weight.grad)
            optimizer.step()
        optimizer.zero_grad(set_to_none=False)
        found += [table.weight.grad, table.weight, bag.weight]
        return found if kind == "SGD" else [*found, optimizer.state_dict()]

    assert_same(run, torch, gradiente, warned=False)


EVERY = ("Adam", "AdamW", "RMSprop", "Adadelta", "Adamax", "NAdam", "RAdam", "ASGD", "Rprop")


@pytest.mark.parametrize(
    ("kind", "options"), [*((k, {}) for k in EVERY), ("SGD", {"weight_decay": 0.1}), ("Adagrad", {"weight_decay": 0.1})]
)
def test_refused_steps(kind: str, options: dict[str, Any]) -> None:
    def run(m: Any) -> Any:
        table = m.nn.Embedding(4, 2, sparse=True)
        table(m.tensor([1])).sum().backward()
        getattr(m.optim, kind)(table.parameters(), lr=0.1, **options).step()

    assert_same(run, torch, gradiente, warned=False)


TABLES = calls(
    """
(F.embedding(i, w, sparse=True).sum() + w.sum()).backward() ;; F.embedding(i, w * 2, sparse=True).sum().backward()
w.sum().backward(); F.embedding(i, w, sparse=True).sum().backward()
F.embedding_bag(i, w, mode='mean', sparse=True).sum().backward()
F.embedding(i, w, sparse=True).sum().backward(); w.sum().backward()
F.embedding(i, w, 1, sparse=True).sum().backward()
F.embedding(i, w, sparse=True).sum().backward(); F.embedding(i[0], w, sparse=True).sum().backward()
F.embedding_bag(i, w, mode='max', sparse=True)
F.embedding(i, w, sparse=True, scale_grad_by_freq=True).sum().backward()
F.embedding_bag(i, w, padding_idx=2, sparse=True).sum().backward()
w.grad = m.autograd.grad((F.embedding(i, w, sparse=True) ** 2).sum(), w, create_graph=True)[0]
w.grad = F.embedding(i, w, sparse=True).sum().backward()
"""
)


@pytest.mark.parametrize("call", TABLES)
@pytest.mark.filterwarnings("ignore")
def test_tables(call: str) -> None:
    def run(m: Any) -> Any:
        w, i = m.ones(4, 2, requires_grad=True), m.tensor([[1, 2], [2, 3]])
        exec(call, {"m": m, "w": w, "i": i, "F": m.nn.functional})
        return w.grad

    assert_same(run, torch, gradiente, warned=False)


def test_functional_sparse_adam() -> None:
    from torch.optim._functional import sparse_adam as theirs

    from gradiente.optim._functional import sparse_adam as ours

    def run(m: Any) -> Any:
        w, g = m.ones(3, 2), m.sparse_coo_tensor([[2, 0, 2]], m.arange(6.0).reshape(3, 2), (3, 2))
        means, squares = [m.zeros(3, 2)], [m.ones(3, 2)]
        step = ours if m is gradiente else theirs
        if m is torch:
            g = g.coalesce()
        step([w], [g], means, squares, [3], eps=1e-8, beta1=0.9, beta2=0.99, lr=0.1, maximize=False)
        return w, means, squares

    assert_same(run, torch, gradiente, warned=False)


def test_old_types_warn_once_each() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for call in (
            "m.sparse.FloatTensor(i, v, m.Size([2, 3]))",
            "m.sparse.DoubleTensor(i, v.double())",
            "m.sparse.LongTensor(2, 3)",
        ):
            assert_same(lambda m, call=call: eval(call, names(m)), torch, gradiente, warned=False)


MORE = calls(
    """
m.testing.assert_close(A, A * 1.0) ;; m.testing.assert_close(A, A * 2) ;; m.testing.assert_close(A, B)
m.testing.assert_close(A, m.sparse_coo_tensor([[0, 1, 1], [2, 1, 2]], v, (2, 3))) ;; m.testing.assert_close(A, E)
m.testing.assert_close(A, A.to_dense(), check_layout=False) ;; m.testing.assert_close(C, C * 2)
m.zeros(2, 3, layout=m.sparse_coo) ;; m.empty(2, 3, layout=m.sparse_coo, dtype=m.float64, requires_grad=True)
m.nn.Parameter(A) ;; m.tensor(A) ;; m.ones(2, 3).mul_(A) ;; m.is_nonzero(A) ;; m.as_tensor(A) is A ;; A.cpu() is A
m.numel(A), A.is_floating_point(), A.is_complex(), A.element_size(), m.result_type(A, E) ;; A.to('cuda') ;; f'{A * 0}'
m.sparse.mm(m.sparse_coo_tensor([[0, 1], [1, 0]], [1 + 2j, 3j]), m.ones(2, 1, dtype=m.complex64))
m.sparse_coo_tensor([[0, 1], [1, 0]], m.tensor([1.0, 2.0], dtype=m.bfloat16)) ;; (A * 1e-5).sum() ;; {A: 1}[A]
m._convert_indices_from_coo_to_csr(m.tensor([0, 0, 2, 3]), 5)
m._convert_indices_from_coo_to_csr(i[0], 2, out_int32=True)
m._convert_indices_from_csr_to_coo(C.crow_indices(), C.col_indices(), transpose=True, out_int32=True)
m.sparse_coo_tensor([[0, 0], [1, 1]], [True, True]).coalesce() ;; m.sparse.mm(m.sparse_coo_tensor(size=(2, 3)), D)
m.sparse.mm(m.sparse_coo_tensor([[0, 1], [1, 0]], [1, 2]), m.ones(2, 1, dtype=m.int64)) ;; A @ A.t() @ E
"""
)


@pytest.mark.parametrize("call", MORE)
@pytest.mark.filterwarnings("ignore")
def test_more_calls(call: str) -> None:
    test_calls(call)
