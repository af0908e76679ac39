"""Reductions without PyTorch: kinks, empty tensors, NaN and infinity, remedies in errors, what stays unchanged."""

from __future__ import annotations

import inspect
import math
import pickle
import warnings
from typing import Any

import numpy as np
import pytest

import gradiente as torch
from gradiente.arrays import numpy_fast
from gradiente.arrays.recurrences import (
    cumulative_prod_slope,
    exclusive_product,
    others_product,
    recurrence,
    running_product_slope,
    shifted,
)
from gradiente.ops import extremes, ordering, reductions, return_types, running, spreads

NAN, INF = math.nan, math.inf


def leaf(*values: Any) -> Any:
    return torch.tensor(list(values), dtype=torch.float64, requires_grad=True)


def two_derivatives(function: Any, x: Any) -> tuple[Any, Any]:
    """The gradient of Σ function(x), and that of the gradient's sum of squares."""
    (first,) = torch.autograd.grad(function(x).sum(), x, create_graph=True)
    found = torch.autograd.grad((first * first).sum(), x, allow_unused=True) if first.requires_grad else (None,)
    second = np.zeros(x.shape) if found[0] is None else found[0]._array
    return first._array, second


# --- kinks: no NaN where the mathematics has a value or torch a convention


@pytest.mark.parametrize(
    ("function", "values"),
    [
        (lambda x: x.norm(), [0.0, 0.0]),
        (lambda x: x.norm(1), [0.0, 1.0]),
        (lambda x: x.norm(1.5), [0.0, 1.0]),
        (lambda x: x.norm(0.5), [0.0, 1.0]),
        (lambda x: x.norm(2.5), [0.0, 1.0]),
        (lambda x: x.norm(3), [0.0, 0.0]),
        (lambda x: x.norm(-1), [0.0, 2.0]),
        (lambda x: x.norm(INF), [0.0, 0.0]),
        (lambda x: x.norm(0), [0.0, 1.0]),
        (lambda x: x.std(), [2.0, 2.0]),
        (lambda x: x.var(), [2.0, 2.0]),
        (lambda x: x.logsumexp(0), [-INF, -INF]),
        (lambda x: x.logsumexp(0), [-INF, 1.0]),
        (lambda x: x.prod(), [0.0, 0.0, 2.0]),
        (lambda x: x.cumprod(0), [2.0, 0.0, 0.0, 3.0]),
        (lambda x: x.softmax(0), [1000.0, -1000.0]),
        (lambda x: x.log_softmax(0), [1000.0, -1000.0]),
        (lambda x: x.nansum(), [NAN, 1.0]),
        (lambda x: x.nanmean(), [NAN, 1.0]),
        (lambda x: x.max(), [NAN, 1.0]),
        (lambda x: x.amax(0), [NAN, NAN]),
    ],
)
def test_derivatives_are_numbers_at_the_kinks(function: Any, values: list[float]) -> None:
    first, second = two_derivatives(function, leaf(*values))
    assert np.isfinite(first).all(), first
    assert np.isfinite(second).all(), second


def test_a_product_with_one_zero() -> None:
    x = leaf(2.0, 0.0, 3.0)
    (first,) = torch.autograd.grad(x.prod(), x, create_graph=True)
    assert first._array.tolist() == [0.0, 6.0, 0.0]
    (second,) = torch.autograd.grad(first[1], x)
    assert second._array.tolist() == [3.0, 0.0, 2.0]


def test_a_product_with_two_zeros_has_a_second_derivative() -> None:
    x = leaf(0.0, 5.0, 0.0)
    (first,) = torch.autograd.grad(x.prod(), x, create_graph=True)
    assert first._array.tolist() == [0.0, 0.0, 0.0]
    (second,) = torch.autograd.grad(first[0], x)
    assert second._array.tolist() == [0.0, 0.0, 5.0]


def test_where_the_logarithm_of_a_sum_has_no_terms_its_gradient_is_zero() -> None:
    x = leaf(-INF, -INF)
    (g,) = torch.autograd.grad(x.logsumexp(0), x)
    assert g._array.tolist() == [0.0, 0.0]


def test_equal_extremes_share_the_gradient_and_an_index_takes_it() -> None:
    x = leaf(1.0, 3.0, 3.0)
    assert torch.autograd.grad(x.amax(), x)[0]._array.tolist() == [0.0, 0.5, 0.5]
    assert torch.autograd.grad(x.max(), x)[0]._array.tolist() == [0.0, 0.5, 0.5]
    assert torch.autograd.grad(x.max(0).values, x)[0]._array.tolist() == [0.0, 1.0, 0.0]


@pytest.mark.parametrize("function", [torch.amax, torch.amin, torch.max, torch.min])
def test_the_gradient_of_an_extreme_among_nan_goes_to_the_nans(function: Any) -> None:
    # torch gives this for max() and min(); for amax and amin it divides 0 by 0 and makes every element NaN.
    x = leaf(1.0, NAN, NAN)
    assert torch.autograd.grad(function(x), x)[0]._array.tolist() == [0.0, 0.5, 0.5]


def test_a_variance_without_degrees_of_freedom_warns_and_is_nan() -> None:
    x = leaf(1.0)
    with pytest.warns(UserWarning, match=r"^var\(\): degrees of freedom is <= 0") as caught:
        y = x.var()
    assert caught[0].filename == __file__
    assert math.isnan(y.item())
    assert np.isnan(torch.autograd.grad(y, x)[0]._array).all()
    with pytest.warns(UserWarning, match=r"^std_mean\(\): degrees"):
        torch.std_mean(x)


# --- empty tensors


def test_empty_tensors_have_the_identity_and_no_warning() -> None:
    e = torch.zeros(0, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert e.sum().item() == 0
        assert e.prod().item() == 1
        assert math.isnan(e.mean().item())
        assert e.mean(0).shape == (3,)
        assert e.logsumexp(0)._array.tolist() == [-INF] * 3
        assert e.norm().item() == 0
        assert e.softmax(0).shape == (0, 3)
        assert e.cumsum(0).shape == e.cumprod(0).shape == (0, 3)
        assert e.max(1).indices.shape == (0,)
        assert (e.any().item(), e.all().item()) == (False, True)


def test_a_gradient_reaches_an_empty_leaf() -> None:
    x = torch.zeros(0, 2, dtype=torch.float64, requires_grad=True)
    for function in (torch.sum, torch.mean, torch.prod, torch.norm):
        (g,) = torch.autograd.grad(function(x), x)
        assert g.shape == (0, 2)


# --- arguments


@pytest.mark.parametrize("function", [torch.sum, torch.mean, torch.prod])
def test_numpys_names(function: Any) -> None:
    x = torch.ones(2, 3)
    assert function(x, axis=1, keepdims=True).shape == (2, 1)
    with pytest.raises(TypeError, match="got both 'dim' and 'axis'"):
        function(x, 0, axis=1)
    assert torch.argmax(x, axis=1).shape == torch.amax(x, axis=1).shape == x.max(axis=1).values.shape == (2,)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda x: x.sum(1.5), TypeError, "invalid combination of arguments - got (float)"),
        (lambda x: x.sum((0, 1.5)), TypeError, "argument 'dim' must be tuple of ints, but found element of type float"),
        (lambda x: x.sum(0, 1), TypeError, "argument 'keepdim' must be bool, not int"),
        (lambda x: x.sum(dtype="float32"), TypeError, "argument 'dtype' must be torch.dtype, not str"),
        (lambda x: x.requires_grad_().sum(dtype=torch.int64), RuntimeError, "call .detach() first"),
        (lambda x: x.long().mean(), RuntimeError, "convert the tensor with .float()"),
        (lambda x: x.long().std(), RuntimeError, "convert it with .float()"),
        (lambda x: x.long().norm(), RuntimeError, "convert it with .float()"),
        (lambda x: x.long().softmax(0), NotImplementedError, "give dtype=torch.float32"),
        (lambda x: x.norm("no"), RuntimeError, 'takes p as a number or "fro"'),
        (lambda x: x.max((0, 1)), TypeError, "For several dimensions there is amax."),
        (lambda x: x.max(0, dim=0), TypeError, "got multiple values for argument 'dim'"),
        (lambda x: x.max(0, True, 3), TypeError, "invalid combination of arguments - got (int, bool, int)"),
        (lambda x: x.var(unbiased=True, correction=1), TypeError, "both unbiased and correction; give one"),
        (lambda x: x.var(0, 1), TypeError, "invalid combination of arguments - got (int)"),
        (lambda x: x.prod(keepdim=True), TypeError, "keepdim needs dim"),
        (lambda x: x.median(keepdim=True), TypeError, "keepdim needs dim"),
        (lambda x: x.topk(5), RuntimeError, "k is 5, dimension 1 has size 3"),
        (lambda x: x.topk(1.0), TypeError, "argument 'k' must be int, not float"),
        (lambda x: x.kthvalue(5), RuntimeError, "k is 5, its size 3"),
        (lambda x: x.softmax(None), TypeError, "argument 'dim' must be int, not NoneType"),
        (lambda x: x[:0].max(0), IndexError, "The input has shape [0, 3]"),
        (lambda x: return_types.max([x]), TypeError, "takes a 2-sequence (1-sequence given)"),
    ],
)
def test_errors_say_what_to_do(call: Any, error: type[Exception], text: str) -> None:
    x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    before = x._array.copy()
    with pytest.raises(error) as caught:
        call(x)
    assert text in str(caught.value)
    assert (x._array == before).all()


def test_only_tensors() -> None:
    for function in (torch.sum, torch.mean, torch.max, torch.var, torch.norm, torch.sort, torch.any, torch.unique):
        with pytest.raises(TypeError, match=r"must be Tensor, not list"):
            function([1.0])


# --- results


def test_named_results_are_tuples() -> None:
    values, indices = found = torch.max(torch.tensor([[1.0, 2.0]]), 1)
    assert found.values is values is found[0]
    assert found.indices is indices
    assert isinstance(found, tuple)
    again = pickle.loads(pickle.dumps(return_types.aminmax([1, 2])))  # pyright: ignore
    assert (again.min, again.max) == (1, 2)


def test_results_do_not_share_memory_with_the_input() -> None:
    for x in (torch.tensor(1.0), torch.tensor([[1.0, 2.0]])):
        for function in (torch.cumsum, torch.cumprod, torch.softmax, torch.amax):
            assert not np.shares_memory(function(x, 0)._array, x._array)
        for function in (torch.max, torch.sort, torch.median, torch.mode, torch.cummax):
            assert not np.shares_memory(function(x, dim=0).values._array, x._array)
        assert not np.shares_memory(x.any(())._array, x.bool()._array)


def test_indices_have_no_history() -> None:
    x = torch.tensor([3.0, 1.0, 2.0], requires_grad=True)
    for found in (x.max(0), x.sort(), x.topk(2), x.median(0), x.mode(), x.kthvalue(1), x.cummin(0)):
        assert found.values.requires_grad
        assert not found.indices.requires_grad
        assert found.indices.dtype is torch.int64


def test_long_columns_are_added_up_in_a_wider_type() -> None:
    ones = np.ones((3000, 2), dtype=np.float16)
    assert torch.from_numpy(ones).sum(0)._array.tolist() == [3000.0, 3000.0]
    tall = np.full((200_000, 2), 0.1, dtype=np.float32)
    got = torch.from_numpy(tall).mean(0)._array
    np.testing.assert_allclose(got, np.float32(0.1), rtol=1e-7)
    assert got.dtype == np.float32


@pytest.mark.parametrize("shape", [(3,), (2, 5), (5000, 2), (2, 5000), (0, 3), ()], ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16, np.complex64, np.int32])
@pytest.mark.parametrize("name", ["sum", "mean"])
def test_the_short_forms_are_the_vocabularys(name: str, dtype: Any, shape: Any, rng: np.random.Generator) -> None:
    x = np.asarray(rng.integers(-4, 5, size=shape)).astype(dtype)
    if name == "mean" and (x.dtype.kind == "i" or x.size == 0):
        return
    axes: list[Any] = [None, *range(x.ndim), -1] if x.ndim else [None]
    for axis in axes:
        for keepdims in (False, True):
            expected = getattr(np, name)(x.astype(np.complex128), axis=axis, keepdims=keepdims)
            got = numpy_fast.FORMS[name](x, axis, keepdims)
            np.testing.assert_allclose(got, expected, rtol=2e-3 if dtype is np.float16 else 1e-5, atol=1e-6)
            assert np.shape(got) == np.shape(expected)


# --- what runs along an axis


@pytest.mark.parametrize("n", range(9))
@pytest.mark.parametrize("axis", [0, 1])
def test_exclusive_products_and_recurrences(n: int, axis: int, rng: np.random.Generator) -> None:
    x, u = (np.moveaxis(rng.integers(-2, 3, size=(n, 2)).astype(float), 0, axis) for _ in range(2))
    rows = np.moveaxis(x, axis, 0)
    others = [np.prod(np.delete(rows, i, axis=0), axis=0) for i in range(n)]
    for found in (others_product(x, axis, np), exclusive_product(x, axis)):
        np.testing.assert_array_equal(np.moveaxis(found, axis, 0), np.reshape(others, rows.shape))
    s = np.zeros((n + 1, 2))
    for k in reversed(range(n)):
        s[k] = np.moveaxis(u, axis, 0)[k] + rows[k] * s[k + 1]
    np.testing.assert_allclose(np.moveaxis(recurrence(u, x, axis, np), axis, 0), s[:n], rtol=1e-14)
    moved = np.moveaxis(shifted(x, 1, axis, 7, np), axis, 0)
    if n:
        assert (moved[0] == 7).all()
        assert (moved[1:] == rows[:-1]).all()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.complex128])
@pytest.mark.parametrize("special", [None, 0.0, np.inf, np.nan, 1e-30])
@pytest.mark.parametrize("n", [1, 2, 7, 70])
def test_quick_slopes_of_running_products(dtype: Any, special: Any, n: int, rng: np.random.Generator) -> None:
    g, x = (rng.uniform(0.7, 1.4, size=(3, n, 2)).astype(dtype) for _ in range(2))
    if special is not None and (dtype is not np.complex128 or np.isfinite(special)):  # else parts of 0·∞ are NaN
        with np.errstate(all="ignore"):
            x[1, n // 2] = special
    with np.errstate(all="ignore"):
        for axis in range(3):
            out = np.cumulative_prod(x, axis=axis)
            found, wanted = cumulative_prod_slope(g, x, out, axis), running_product_slope(g, x, out, axis, np)
            rtol = 1e-2 if dtype is np.float16 else 1e-4 if dtype is np.float32 else 1e-10
            np.testing.assert_allclose(found, wanted, rtol=rtol)
            assert found.dtype == wanted.dtype
            found, wanted = exclusive_product(x, axis), others_product(x, axis, np)
            np.testing.assert_allclose(found, wanted, rtol=rtol)
            assert found.dtype == wanted.dtype


def test_cummax_counts_nan_as_the_largest_and_keeps_the_last_of_equals() -> None:
    found = torch.cummax(torch.tensor([1.0, 1.0, NAN, 2.0, NAN]), 0)
    assert found.indices._array.tolist() == [0, 1, 2, 2, 4]
    assert torch.cummin(torch.tensor([2, 1, 1, 3]), 0).indices._array.tolist() == [0, 1, 2, 2]


# --- documentation


MODULES = [reductions, extremes, spreads, running, ordering]


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__)
def test_every_public_function_is_exported_documented_and_has_an_example(module: Any) -> None:
    for name in module.__all__:
        function = getattr(module, name)
        assert getattr(torch, name) is function
        assert ">>> import gradiente as torch" in inspect.getdoc(function), name
    for name, function in module.METHODS.items():
        assert getattr(torch.Tensor, name) is function


@pytest.mark.parametrize("name", ["amax", "amin", "argmax", "argmin", "logsumexp", "all", "cumsum", "median"])
def test_numpys_names_beside_out(name: str) -> None:
    """`axis` and `keepdims` stand for `dim` and `keepdim`, also where the result is written into a tensor."""
    x, function = torch.tensor([[3.0, 1.0], [2.0, 5.0]]), getattr(torch, name)
    plain = function(x, 1)
    out = torch.return_types.median(map(torch.empty_like, plain)) if name == "median" else torch.empty_like(plain)
    for given in ((x, 1), (x,)):
        assert function(*given, out=out, **({} if len(given) == 2 else {"axis": 1})) is not None
        for found, expected in zip(out, plain, strict=True):
            assert torch.equal(found, expected)
