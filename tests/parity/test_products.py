"""Products of matrices, vectors and tensors against PyTorch: values, gradients of two orders, nodes, errors."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradiente

torch = pytest.importorskip("torch")

Shape = tuple[int, ...]


def operands(shapes: list[Shape], seed: int, dtype: str = "float64") -> list[Any]:
    rng = np.random.default_rng(seed)
    found = []
    for shape in shapes:
        values = rng.standard_normal(shape)
        if dtype.startswith("complex"):
            values = values + 1j * rng.standard_normal(shape)
        found.append(np.asarray(values, dtype=dtype))
    return found


def results(module: Any, call: Callable[..., Any], arrays: list[Any]) -> dict[str, Any]:
    """The value, the node's name, gradients, and gradients of a function of these."""
    tensors = [module.from_numpy(array.copy()).requires_grad_() for array in arrays]
    out = call(module, *tensors)
    weights = module.from_numpy(
        np.asarray(np.cos(np.arange(max(out.numel(), 1)))[: out.numel()]).reshape(tuple(out.shape))
    )
    total = (out * out * weights).sum()
    if out.is_complex():
        total = total.real + total.imag
    first = module.autograd.grad(total, tensors, create_graph=True, materialize_grads=True)
    terms = [(g * g).sum() for g in first]
    again = sum((t.real if t.is_complex() else t) for t in terms)
    second = module.autograd.grad(again, tensors, materialize_grads=True) if again.requires_grad else ()
    numbers = [x.detach().numpy() for x in (out, *first, *second)]
    return {"node": out.grad_fn.name().removesuffix("Backward"), "numbers": numbers}


def compare(call: Callable[..., Any], arrays: list[Any], node: bool = True) -> None:
    ours, theirs = results(gradiente, call, arrays), results(torch, call, arrays)
    for a, b in zip(ours["numbers"], theirs["numbers"], strict=True):
        assert a.shape == b.shape
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-10)
    if node:
        assert ours["node"] == theirs["node"]


def failure(module: Any, call: Callable[..., Any], arrays: list[Any]) -> tuple[str, str]:
    tensors = [module.from_numpy(array.copy()) for array in arrays]
    try:
        call(module, *tensors)
    except Exception as error:
        return type(error).__name__, str(error)
    return "", ""


def compare_failure(call: Callable[..., Any], arrays: list[Any]) -> None:
    theirs = failure(torch, call, arrays)
    ours = failure(gradiente, call, arrays)
    assert theirs[0], "torch accepts this"
    assert ours[0] == theirs[0]
    assert ours[1].startswith(theirs[1].split("\nException raised")[0].rstrip()), (ours, theirs)


SHAPES: list[Shape] = [(3,), (2, 3), (3, 4), (5, 2, 3), (5, 3, 4), (2, 1, 2, 3), (2, 5, 3, 4), (0, 3), (3, 0), ()]


@pytest.mark.parametrize(("a", "b"), list(itertools.product(SHAPES, SHAPES)), ids=str)
def test_matmul(a: Shape, b: Shape) -> None:
    arrays = operands([a, b], 1)
    call = lambda m, x, y: x @ y  # noqa: E731
    if failure(torch, call, arrays)[0]:
        compare_failure(call, arrays)
    else:
        compare(call, arrays, node=0 not in a + b)


@pytest.mark.parametrize(("a", "b"), [((2, 3), (3, 4)), ((3,), (3,)), ((5, 2, 3), (3,)), ((2, 3), (5, 3, 4))], ids=str)
def test_matmul_of_complex_numbers(a: Shape, b: Shape) -> None:
    compare(lambda m, x, y: m.matmul(x, y), operands([a, b], 2, "complex128"))


CALLS: dict[str, tuple[Callable[..., Any], list[Shape]]] = {
    "mm": (lambda m, a, b: m.mm(a, b), [(2, 3), (3, 4)]),
    "bmm": (lambda m, a, b: a.bmm(b), [(5, 2, 3), (5, 3, 4)]),
    "mv": (lambda m, a, b: a.mv(b), [(2, 3), (3,)]),
    "dot": (lambda m, a, b: a.dot(b), [(3,), (3,)]),
    "vdot": (lambda m, a, b: a.vdot(b), [(3,), (3,)]),
    "outer": (lambda m, a, b: m.outer(a, b), [(3,), (4,)]),
    "inner": (lambda m, a, b: m.inner(a, b), [(2, 3), (5, 4, 3)]),
    "inner of vectors": (lambda m, a, b: a.inner(b), [(3,), (3,)]),
    "inner with a number": (lambda m, a, b: a.inner(b), [(), (2, 3)]),
    "addmm": (lambda m, a, b, c: m.addmm(a, b, c, beta=2, alpha=0.5), [(4,), (2, 3), (3, 4)]),
    "addmm plain": (lambda m, a, b, c: m.addmm(a, b, c), [(2, 4), (2, 3), (3, 4)]),
    "addmv": (lambda m, a, b, c: m.addmv(a, b, c, alpha=3), [(2,), (2, 3), (3,)]),
    "addr": (lambda m, a, b, c: a.addr(b, c, beta=0.5), [(3, 4), (3,), (4,)]),
    "addbmm": (lambda m, a, b, c: a.addbmm(b, c, alpha=2), [(2, 4), (5, 2, 3), (5, 3, 4)]),
    "baddbmm": (lambda m, a, b, c: a.baddbmm(b, c, beta=2), [(2, 1), (5, 2, 3), (5, 3, 4)]),
    "tensordot": (lambda m, a, b: m.tensordot(a, b, dims=([0, 2], [1, 0])), [(2, 3, 4), (4, 2, 5)]),
    "tensordot 0": (lambda m, a, b: m.tensordot(a, b, 0), [(2, 3), (4,)]),
    "tensordot 2": (lambda m, a, b: m.tensordot(a, b), [(2, 3, 4), (3, 4, 5)]),
    "kron": (lambda m, a, b: m.kron(a, b), [(2, 3), (3, 1, 2)]),
    "chain_matmul": (lambda m, *x: m.chain_matmul(*x), [(5, 2), (2, 6), (6, 1), (1, 3)]),
    "linear": (lambda m, a, b, c: m.nn.functional.linear(a, b, c), [(2, 3), (4, 3), (4,)]),
    "linear 1": (lambda m, a, b, c: m.nn.functional.linear(a, b, c), [(3,), (4, 3), (4,)]),
    "linear 4": (lambda m, a, b, c: m.nn.functional.linear(a, b, c), [(2, 1, 5, 3), (4, 3), (4,)]),
    "linear matrix bias": (lambda m, a, b, c: m.nn.functional.linear(a, b, c), [(2, 3), (4, 3), (2, 4)]),
    "linear matrix bias 3": (lambda m, a, b, c: m.nn.functional.linear(a, b, c), [(5, 2, 3), (4, 3), (2, 4)]),
    "linear unbiased": (lambda m, a, b: m.nn.functional.linear(a, b), [(2, 3), (4, 3)]),
    "linear unbiased 1": (lambda m, a, b: m.nn.functional.linear(a, b), [(3,), (4, 3)]),
    "linear unbiased 3": (lambda m, a, b: m.nn.functional.linear(a, b), [(5, 2, 3), (4, 3)]),
    "linear of a vector": (lambda m, a, b: m.nn.functional.linear(a, b), [(2, 3), (3,)]),
    "linear of a vector with bias": (lambda m, a, b, c: m.nn.functional.linear(a, b, c), [(3,), (3,), ()]),
}


@pytest.mark.filterwarnings("ignore:torch.chain_matmul is deprecated")
@pytest.mark.parametrize("name", CALLS)
def test_product(name: str) -> None:
    call, shapes = CALLS[name]
    compare(call, operands(shapes, 3))


@pytest.mark.parametrize("name", ["vdot", "dot", "mm", "addmm", "tensordot", "linear", "kron", "addr"])
def test_product_of_complex_numbers(name: str) -> None:
    call, shapes = CALLS[name]
    compare(call, operands(shapes, 4, "complex128"))


EQUATIONS: dict[str, list[Shape]] = {
    "ij,jk->ik": [(2, 3), (3, 4)],
    "ij,jk": [(2, 3), (3, 4)],
    "bij,bjk->bik": [(5, 2, 3), (5, 3, 4)],
    "...ij,...jk->...ik": [(5, 2, 3), (2, 5, 3, 4)],
    "...ij->...ji": [(5, 2, 3)],
    "ii": [(3, 3)],
    "ii->i": [(3, 3)],
    "iij->ji": [(3, 3, 2)],
    "ijij->": [(2, 3, 2, 3)],
    "i,i": [(3,), (3,)],
    "i,j->ij": [(3,), (4,)],
    "i,->i": [(3,), ()],
    "ij->": [(2, 3)],
    "ij->j": [(2, 3)],
    "ij,ij->ij": [(2, 3), (2, 3)],
    "ij,k->k": [(2, 3), (4,)],
    " i j , j k -> k i ": [(2, 3), (3, 4)],
    "ba": [(2, 3)],
    "Ab,bA": [(2, 3), (3, 2)],
    "...,...": [(3,), (2, 3)],
    "...i,...i->...": [(3,), (2, 3)],
    "...i->i": [(2, 3)],
    "i,i->i": [(3,), (1,)],
    "ij,j->i": [(2, 1), (3,)],
    "bn,anm,bm->ba": [(2, 3), (4, 3, 5), (2, 5)],
    "ij,jk,kl->il": [(2, 3), (3, 4), (4, 2)],
    "i->...i": [(2,)],
    "": [()],
}


@pytest.mark.parametrize("equation", EQUATIONS)
def test_einsum(equation: str) -> None:
    arrays = operands(EQUATIONS[equation], 5)
    compare(lambda m, *x: m.einsum(equation, *x), arrays, node=len(arrays) < 3 and (1,) not in EQUATIONS[equation])


@pytest.mark.parametrize("equation", ["ij,jk->ik", "ii->i", "bn,anm,bm->ba"])
def test_einsum_of_complex_numbers(equation: str) -> None:
    compare(lambda m, *x: m.einsum(equation, *x), operands(EQUATIONS[equation], 6, "complex128"))


@pytest.mark.parametrize("dtype", ["uint8", "int32", "bool"])
@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("ij->", [(3, 2)]),
        ("i->", [(1,)]),
        ("ii->i", [(3, 3)]),
        ("ij,k->k", [(2, 1), (3,)]),
        ("ij,k->k", [(1, 1), (3,)]),
        ("ij,k->ik", [(2, 2), (3,)]),
        ("ij,jk->ik", [(2, 1), (3, 4)]),
        ("ij,ij->i", [(2, 3), (2, 3)]),
        ("ii,k->k", [(3, 3), (2,)]),
    ],
)
def test_einsum_of_integers(equation: str, shapes: list[Shape], dtype: str) -> None:
    """torch has no matrix product of booleans: such a case is left out."""
    if dtype == "bool" and equation == "ij,ij->i":
        pytest.skip("not implemented in torch")
    arrays = [np.ones(shape, dtype) for shape in shapes]
    expected = torch.einsum(equation, *(torch.from_numpy(x) for x in arrays)).numpy()
    found = gradiente.einsum(equation, *(gradiente.tensor(x) for x in arrays)).numpy()
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


def test_einsum_of_sublists() -> None:
    arrays = operands([(5, 2, 3), (3, 4)], 7)
    compare(lambda m, a, b: m.einsum(a, [..., 1], b, [1, 2], [..., 2]), arrays)
    compare(lambda m, a, b: m.einsum(a, [0, 27, 1], b, [1, 2]), arrays)
    compare(lambda m, a, b: m.einsum("aij,jk->aik", [a, b]), arrays)


BAD_EQUATIONS: list[tuple[str, list[Shape]]] = [
    ("ij,jk->ik", [(2, 3), (4, 4)]),
    ("ij,jk->ik", [(2, 3)]),
    ("ij", [(2, 3), (2, 3)]),
    ("ij->ik", [(2, 3)]),
    ("ij->ii", [(2, 3)]),
    ("ijk->i", [(2, 3)]),
    ("i->i", [(2, 3)]),
    ("ijk...->i", [(2, 3)]),
    ("i..j->i", [(2, 3)]),
    ("i->i->i", [(3,)]),
    ("i...j...->i", [(3, 2)]),
    ("i1->i", [(3, 2)]),
    ("ii->i", [(3, 2)]),
    ("...i,...i", [(4, 1), (2, 1)]),
]


@pytest.mark.parametrize(("equation", "shapes"), BAD_EQUATIONS, ids=str)
def test_einsum_refuses(equation: str, shapes: list[Shape]) -> None:
    compare_failure(lambda m, *x: m.einsum(equation, *x), operands(shapes, 8))


def test_einsum_refuses_other_arguments() -> None:
    (x,) = operands([(2, 3)], 9)
    for call in (
        lambda m, x: m.einsum(x, [0, 53]),
        lambda m, x: m.einsum("ij"),
        lambda m, x: m.einsum(x),
        lambda m, x: m.einsum("ij", 3),
    ):
        compare_failure(call, [x])


BAD: list[tuple[str, list[Shape]]] = [
    ("mm", [(2, 3), (4, 5)]),
    ("mm", [(2, 3, 1), (4, 5)]),
    ("mm", [(2, 3), (4,)]),
    ("bmm", [(2, 3), (2, 3)]),
    ("bmm", [(5, 2, 3), (2, 3)]),
    ("bmm", [(5, 2, 3), (4, 3, 4)]),
    ("bmm", [(5, 2, 3), (5, 4, 4)]),
    ("mv", [(2, 3), (4,)]),
    ("mv", [(2,), (3,)]),
    ("mv", [(2, 3), (3, 1)]),
    ("dot", [(3,), (4,)]),
    ("dot", [(3,), (3, 1)]),
    ("vdot", [(3,), (4,)]),
    ("inner", [(2, 3), (4, 4)]),
    ("outer", [(3, 1), (4,)]),
    ("outer", [(3,), ()]),
    ("addmm", [(3, 4), (2, 3), (3, 4)]),
    ("addmm", [(2, 4), (2, 3), (5, 4)]),
    ("addmm", [(2, 4), (2,), (5, 4)]),
    ("addmm", [(2, 4), (2, 3), (3,)]),
    ("addmv", [(2,), (2, 3), (4,)]),
    ("addmv", [(3,), (2, 3), (3,)]),
    ("addmv", [(2, 1), (2, 3), (3,)]),
    ("addbmm", [(2, 4), (5, 2, 3), (6, 3, 4)]),
    ("addbmm", [(2, 4), (5, 2, 3), (5, 2, 4)]),
    ("addbmm", [(3, 4), (5, 2, 3), (5, 3, 4)]),
    ("baddbmm", [(5, 2, 4), (5, 2, 3), (6, 3, 4)]),
    ("baddbmm", [(3, 4), (5, 2, 3), (5, 3, 4)]),
    ("addr", [(3, 4), (3, 1), (4,)]),
    ("addr", [(3, 5), (3,), (4,)]),
    ("chain_matmul", [(2, 3), (3,)]),
    ("chain_matmul", [(2, 3), (3, 4), (5, 6)]),
    ("tensordot", [(2, 3), (3, 2)]),
]


@pytest.mark.parametrize(("name", "shapes"), BAD, ids=str)
def test_product_refuses_shapes(name: str, shapes: list[Shape]) -> None:
    compare_failure(lambda m, *x: getattr(m, name)(*x), operands(shapes, 10))


@pytest.mark.parametrize("dims", [3, -1, ([1], [0, 1]), ([5], [0]), "x", 1.5, ([0], [0])], ids=str)
def test_tensordot_refuses_dimensions(dims: Any) -> None:
    compare_failure(lambda m, a, b: m.tensordot(a, b, dims), operands([(2, 3), (3, 2)], 11))


MIXED: list[tuple[str, list[Shape]]] = [
    ("mm", [(3, 3), (3, 3)]),
    ("matmul", [(3, 3), (3,)]),
    ("matmul", [(3,), (3, 3)]),
    ("matmul", [(3,), (3,)]),
    ("matmul", [(2, 3, 3), (3, 3)]),
    ("matmul", [(2, 3, 3), (2, 3, 3)]),
    ("bmm", [(2, 3, 3), (2, 3, 3)]),
    ("mv", [(3, 3), (3,)]),
    ("dot", [(3,), (3,)]),
    ("inner", [(3,), (3,)]),
    ("tensordot", [(3, 3), (3, 3)]),
    ("addmm", [(3, 3), (3, 3), (3, 3)]),
    ("addmv", [(3,), (3, 3), (3,)]),
    ("baddbmm", [(3, 3), (2, 3, 3), (2, 3, 3)]),
    ("addbmm", [(3, 3), (2, 3, 3), (2, 3, 3)]),
]


@pytest.mark.parametrize("odd", [0, 1, 2])
@pytest.mark.parametrize(("name", "shapes"), MIXED, ids=str)
def test_product_refuses_mixed_dtypes(name: str, shapes: list[Shape], odd: int) -> None:
    if odd >= len(shapes):
        return
    arrays = [x.astype("float32") for x in operands(shapes, 12)]
    arrays[odd] = arrays[odd].astype("float64")
    compare_failure(lambda m, *x: getattr(m, name)(*x), arrays)


@pytest.mark.parametrize("weight", [(4, 5), (4, 3, 1)], ids=str)
@pytest.mark.parametrize("input", [(3,), (2, 3), (5, 2, 3)], ids=str)
def test_linear_refuses_shapes(input: Shape, weight: Shape) -> None:
    compare_failure(lambda m, x, w: m.nn.functional.linear(x, w), operands([input, weight], 13))
    if len(weight) == 2:
        compare_failure(lambda m, x, w, b: m.nn.functional.linear(x, w, b), operands([input, weight, (4,)], 13))


def test_linear_refuses_biases_and_dtypes() -> None:
    call = lambda m, x, w, b: m.nn.functional.linear(x, w, b)  # noqa: E731
    compare_failure(call, operands([(2, 3), (4, 3), (5,)], 14))
    compare_failure(call, operands([(2, 3), (3,), ()], 14))
    for odd in range(3):
        arrays = operands([(2, 3), (4, 3), (4,)], 14)
        arrays[odd] = arrays[odd].astype("float32")
        compare_failure(call, arrays)
    compare_failure(lambda m, x: m.nn.functional.linear(3, x), operands([(2, 3)], 14))
    compare_failure(lambda m, x: m.nn.functional.linear(x, 3), operands([(2, 3)], 14))
    compare_failure(lambda m, x: m.nn.functional.linear(x, x, 3), operands([(2, 3)], 14))


def test_products_of_integers() -> None:
    rng = np.random.default_rng(15)
    a, b = rng.integers(-9, 9, (3, 4)), rng.integers(-9, 9, (4, 5))
    for call in (
        lambda m, a, b: a @ b,
        lambda m, a, b: a @ b[:, 0],
        lambda m, a, b: m.einsum("ij,jk->ki", a, b),
        lambda m, a, b: m.kron(a, b),
        lambda m, a, b: m.addmm(a[:, :1], a, b, alpha=2),
        lambda m, a, b: m.tensordot(a, b, 1),
    ):
        ours, theirs = (call(m, m.from_numpy(a), m.from_numpy(b)) for m in (gradiente, torch))
        assert str(ours) == str(theirs)


def test_products_of_booleans_are_refused() -> None:
    a = np.ones((2, 2), bool)
    for call in (lambda m, x: x @ x, lambda m, x: x @ x[0], lambda m, x: x[0] @ x[0]):
        compare_failure(call, [a])


def test_factor_zero_drops_even_nan() -> None:
    nan, a = np.full((2, 2), np.nan), np.ones((2, 2))
    for m in (gradiente, torch):
        x, y = m.from_numpy(nan), m.from_numpy(a)
        assert m.addmm(x, y, y, beta=0).tolist() == [[2, 2], [2, 2]]
        assert m.addmm(y, y, x, alpha=0).tolist() == [[1, 1], [1, 1]]


def test_operator_with_other_types() -> None:
    for call in (lambda m, x: x @ 3, lambda m, x: 3 @ x, lambda m, x: m.matmul(x, 3), lambda m, x: m.mm(3, x)):
        compare_failure(call, [np.ones((2, 2))])
