"""Memory in chosen layouts, functions called for each element, older names: without PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import gradiente as torch


def test_layouts() -> None:
    assert torch.empty_strided((2, 3), (1, 2)).stride() == (1, 2)
    assert torch.empty_permuted((2, 3, 4), (0, 2, 1)).stride() == (12, 1, 3)
    made = torch.ones(1, dtype=torch.int8).new_empty_strided((2, 3), (3, 1))
    assert made.dtype is torch.int8
    made.fill_(3)
    assert made.tolist() == [[3, 3, 3], [3, 3, 3]]


def test_functions_of_each_element() -> None:
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]]).t()
    assert x.apply_(lambda v: v + 1).tolist() == [[2.0, 4.0], [3.0, 5.0]]
    assert x.map_(torch.tensor([1.0, 2.0]), lambda a, b: a * b).tolist() == [[2.0, 8.0], [3.0, 10.0]]
    assert x.map2_(x, torch.ones(2, 2), lambda a, b, c: a - b + c).tolist() == [[1.0, 1.0], [1.0, 1.0]]
    assert x._version == 3


def test_the_diagonal_is_filled_with_gradient() -> None:
    x = torch.zeros(4, 2, requires_grad=True)
    y = x * 1
    y.fill_diagonal_(7, wrap=True)
    assert y.tolist() == [[7.0, 0.0], [0.0, 7.0], [0.0, 0.0], [7.0, 0.0]]
    y.sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]


def test_comparisons() -> None:
    x = torch.ones(2, 3)
    assert torch.is_same_size(x, torch.zeros(2, 3))
    assert not x.is_same_size(torch.zeros(3, 2))
    assert x.is_set_to(x.view(2, 3))
    assert not x.is_set_to(x.clone())


def test_range_has_its_end() -> None:
    with pytest.warns(UserWarning, match=r"torch\.range is deprecated"):
        assert torch.range(1, 2, 0.5).tolist() == [1.0, 1.5, 2.0]


WRONG: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: torch.empty_strided((2, 3), (1,)), RuntimeError, r"dimensionality of sizes \(2\) must match"),
    (lambda: torch.empty_strided((2, -3), (1, 1)), RuntimeError, "with negative dimension -3"),
    (lambda: torch.empty_strided((2, 3), (-1, 1)), RuntimeError, "strides must not be negative"),
    (lambda: torch.empty_permuted((2, 3), (0, 0)), RuntimeError, "Duplicate dim not allowed"),
    (lambda: torch.empty_permuted((2, 3), (0,)), RuntimeError, "does not match the length of the physical_layout"),
    (lambda: torch.empty_permuted((2, 3), (0, 5)), RuntimeError, "Dimension out of range"),
    (lambda: torch.frobenius_norm(torch.ones(2, 3, 4), [0, 1, 2]), RuntimeError, "Expected at most 2 dimensions"),
    (lambda: torch.zeros(3).fill_diagonal_(5), RuntimeError, r"must larger than 1 \(the tensor has shape \[3\]\)"),
    (lambda: torch.zeros(2, 2, 3).fill_diagonal_(5), RuntimeError, "must be of equal length"),
    (lambda: torch.ones(3, requires_grad=True).apply_(abs), RuntimeError, r"Can't call apply_\(\) on Variable"),
    (lambda: torch.ones(3).map_(torch.ones(3, dtype=torch.int64), max), TypeError, "expected torch.FloatTensor"),
    (lambda: torch.ones(3).map_(3, max), TypeError, "argument 'other'"),  # pyright: ignore
]


@pytest.mark.parametrize(("call", "kind", "text"), WRONG, ids=[text[:30] for *_, text in WRONG])
def test_wrong_arguments(call: Callable[[], Any], kind: type[Exception], text: str) -> None:
    with pytest.raises(kind, match=text):
        call()


@pytest.mark.filterwarnings("ignore:torch.range:UserWarning")
@pytest.mark.parametrize(
    ("bounds", "text"),
    [
        ((1, 4, 0), "step must be nonzero"),
        ((1, 4, -1), "upper bound and lower bound inconsistent"),
        ((1, float("inf")), "unsupported range: 1 -> inf"),
    ],
)
def test_wrong_ranges(bounds: tuple[Any, ...], text: str) -> None:
    with pytest.raises(RuntimeError, match=text):
        torch.range(*bounds)


def test_range_needs_an_end() -> None:
    with pytest.raises(TypeError, match=r'range\(\) missing 1 required positional arguments: "end"'):
        torch.range(4)


def test_lobpcg() -> None:
    values, vectors = torch.lobpcg(torch.diag(torch.arange(9.0)), k=2, largest=False, B=4 * torch.eye(9))
    torch.testing.assert_close(values, torch.tensor([0.0, 0.25]))
    torch.testing.assert_close(vectors.abs()[:3], torch.tensor([[0.5, 0.0], [0.0, 0.5], [0.0, 0.0]]))


@pytest.mark.parametrize(
    ("options", "text"),
    [({"k": 4}, "not applicable"), ({"method": "other"}, "no method 'other'"), ({"tracker": print}, "must be None")],
)
def test_wrong_arguments_of_lobpcg(options: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        torch.lobpcg(torch.eye(9), **options)


def test_chain_matmul_writes_to_out() -> None:
    out = torch.empty(2, 1)
    with pytest.warns(UserWarning, match=r"torch\.chain_matmul is deprecated"):
        assert torch.chain_matmul(torch.ones(2, 3), torch.ones(3, 1), out=out) is out
    assert out.tolist() == [[3.0], [3.0]]


ORDERS: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "β, input, α": (lambda a, v: torch.addmm(2, a, 3, a, a), "Number beta, Tensor input, Number alpha, Tensor mat1"),
    "β, input": (
        lambda a, v: torch.addbmm(2, a, a[None], a[None]),
        "Number beta, Tensor input, Tensor batch1",
    ),
    "β, α of a method": (
        lambda a, v: a.addr(2, 3, v, v),
        r"\(Number beta, Number alpha, Tensor vec1, Tensor vec2\)",
    ),
    "β of a method": (lambda a, v: a.clone().addmm_(2, a, a), r"\(Number beta, Tensor mat1, Tensor mat2\)"),
    "out": (lambda a, v: torch.addmv(2, v, 3, a, v, out=torch.empty(2)), "Number alpha, Tensor mat, Tensor vec"),
}


@pytest.mark.parametrize(("name", "want"), list(zip(ORDERS, (8, 4, 5, 4, 8), strict=True)))
def test_older_orders_of_products(name: str, want: int) -> None:
    call, text = ORDERS[name]
    with pytest.warns(UserWarning, match=text):
        out = call(torch.ones(2, 2), torch.ones(2))
    assert (out == want).all()


def test_older_orders_that_do_not_fit() -> None:
    a = torch.ones(2, 2)
    for arguments in ((1, 2, 3, 4, 5), (a, a, 2, a), (2, a, a, 3, a), ("2", a, a, a), (a, a, a, a)):
        with pytest.raises(TypeError, match=r"addmm\(\) received an invalid combination of arguments - got \("):
            torch.addmm(*arguments)


def test_volatile_has_no_effect() -> None:
    with pytest.warns(UserWarning, match="volatile was removed"):
        assert not torch.autograd.Variable(torch.ones(2), volatile=True).requires_grad
    with pytest.warns(UserWarning, match="volatile"), pytest.raises(ValueError, match="can't be volatile and require"):
        torch.autograd.Variable(torch.ones(2), True, True)


@pytest.mark.filterwarnings("ignore:torch.set_default_tensor_type")
def test_default_tensor_type() -> None:
    try:
        for given, want in ((torch.DoubleTensor, torch.float64), ("torch.HalfTensor", torch.float16)):
            torch.set_default_tensor_type(given)
            assert torch.get_default_dtype() is want
        wrong: list[tuple[Any, type[Exception], str]] = [
            (3, TypeError, "invalid type object"),
            ("torch.LongTensor", TypeError, "only floating-point types"),
            ("torch.cuda.FloatTensor", TypeError, "Torch not compiled with CUDA enabled"),
            ("torch.FooTensor", AttributeError, "has no attribute 'FooTensor'"),
            ("foo", ModuleNotFoundError, "No module named 'foo'"),
        ]
        for given, error, text in wrong:
            with pytest.raises(error, match=text):
                torch.set_default_tensor_type(given)
        assert torch.get_default_dtype() is torch.float16
    finally:
        torch.set_default_dtype(torch.float32)
