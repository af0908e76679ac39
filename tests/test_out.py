"""`out=`: results written into tensors of the caller."""

from __future__ import annotations

from typing import Any

import pytest

import gradiente as torch


def test_out_is_returned_and_filled():
    x, out = torch.tensor([1.0, 4.0]), torch.empty(2)
    assert torch.sqrt(x, out=out) is out
    assert out.tolist() == [1.0, 2.0]


def test_out_may_be_the_operand():
    x = torch.tensor([1.0, 4.0])
    assert torch.add(x, x, out=x) is x
    assert x.tolist() == [2.0, 8.0]


def test_several_results():
    values, indices = torch.empty(0), torch.empty(0, dtype=torch.int64)
    found = torch.max(torch.tensor([[1.0, 3.0], [5.0, 2.0]]), 1, out=(values, indices))
    assert found.values is values
    assert (values.tolist(), indices.tolist()) == ([3.0, 5.0], [1, 0])


def test_elements_are_converted():
    out = torch.empty(2, dtype=torch.float64)
    torch.mul(torch.tensor([1, 2]), 3, out=out)
    assert out.tolist() == [3.0, 6.0]


def test_another_shape_is_resized_with_a_warning():
    out = torch.empty(3)
    with pytest.warns(UserWarning, match=r"resized since it had shape \[3\], .* required output shape \[2\]"):
        torch.exp(torch.zeros(2), out=out)
    assert out.tolist() == [1.0, 1.0]


def test_version_is_counted():
    x = torch.ones(2, requires_grad=True)
    factor = torch.ones(2)
    y = x * factor
    torch.neg(factor, out=factor)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


TRACKED: dict[str, Any] = {
    "operand": lambda x, out: torch.sin(x, out=out),
    "one of a list": lambda x, out: torch.stack([out, x], out=torch.empty(2, 2)),
    "second operand": lambda x, out: torch.mul(out, x, out=out),
    "out": lambda x, out: torch.sin(out, out=x),
}


@pytest.mark.parametrize("case", TRACKED)
def test_tracked_tensors_are_refused(case: str):
    x, out = torch.ones(2, requires_grad=True), torch.full((2,), 7.0)
    with pytest.raises(RuntimeError, match=r"functions with out=\.\.\. arguments don't support automatic"):
        TRACKED[case](x, out)
    assert (x.tolist(), out.tolist()) == ([1.0, 1.0], [7.0, 7.0])
    with torch.no_grad():
        TRACKED[case](x, out)


def test_dual_numbers_are_refused():
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(torch.ones(2), torch.ones(2))
        with pytest.raises(NotImplementedError, match="Trying to use forward AD with exp_out"):
            torch.exp(dual, out=torch.empty(2))


def test_batches_are_refused():
    with pytest.raises(RuntimeError, match="Batching rule not implemented for aten::exp"):
        torch.vmap(lambda x: torch.exp(x, out=torch.empty(())))(torch.ones(2))


def test_shared_memory_is_refused():
    x = torch.arange(4.0)
    with pytest.raises(RuntimeError, match="some elements of the input tensor and the written-to tensor refer to"):
        torch.sin(x[:3], out=x[1:])
    with pytest.raises(RuntimeError, match="more than one element of the written-to tensor refers to a single memory"):
        torch.sin(x[:3], out=torch.empty(1).expand(3))
    assert x.tolist() == [0.0, 1.0, 2.0, 3.0]


def test_methods_of_one_operand_have_no_out():
    with pytest.raises(TypeError, match="out"):
        torch.ones(2).sin(out=torch.empty(2))  # pyright: ignore[reportCallIssue]


def test_a_result_grows_beside_parameters_that_are_uninitialised():
    lazy = torch.nn.LazyLinear(2)
    with pytest.warns(UserWarning, match="An output with one or more elements was resized"):
        out = torch.matmul(torch.eye(2), torch.eye(2), out=torch.empty(3))
    assert out.tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert torch.nn.parameter.is_lazy(lazy.weight)
