"""Private names of torch that published packages import; their values are compared in tests/parity."""

from __future__ import annotations

import pytest

import gradiente as torch
from gradiente.autograd import functional
from gradiente.nn.utils import stateless
from gradiente.optim.lbfgs import _cubic_interpolate, _strong_wolfe


def test_parts_of_functional():
    rows = functional._construct_standard_basis_for((torch.ones(2), torch.ones(1)), (2, 1))
    assert [x.tolist() for x in rows] == [[[1, 0], [0, 1], [0, 0]], [[0], [0], [1]]]
    x = torch.ones(1, requires_grad=True)
    alone, tensors = functional._as_tuple(x, "inputs", "f")
    assert (alone, tensors[0] is x, functional._as_tuple(3)) == (False, True, (3,))
    with pytest.raises(TypeError, match="The inputs given to f must be either a Tensor or a tuple of Tensors"):
        functional._as_tuple(3, "inputs", "f")
    ((cut,),) = functional._grad_postprocess(((2 * x,),), False)
    assert not cut.requires_grad
    assert functional._tuple_postprocess(((1,), (2,)), (True, False)) == (1, 2)
    assert functional._tuple_postprocess((1,), False) == 1


def test_steps_of_the_line_search():
    assert _cubic_interpolate(0.0, 1.0, -1.0, 1.0, 2.0, 3.0) == pytest.approx(0.25)
    assert _cubic_interpolate(0.0, torch.tensor(1.0), -1.0, 1.0, 2.0, 3.0, bounds=(0.3, 0.5)) == 0.3

    def objective(x, t, d):
        at = x + t * d
        return float((at * at).sum()), 2 * at

    x = torch.tensor([1.0])
    f, _, t, _ = _strong_wolfe(objective, x, 1.0, torch.tensor([-1.0]), 1.0, 2 * x, -2.0)
    assert (f, t) == (0.0, 1.0)


def test_a_block_with_other_parameters():
    module = torch.nn.Linear(2, 2)
    own = module.weight
    with stateless._reparametrize_module(module, {"weight": torch.zeros(2, 2)}):
        assert module.weight.tolist() == [[0, 0], [0, 0]]
    assert module.weight is own


def test_limits_of_pythons_types_and_gamma_numbers():
    assert torch.finfo(float) == torch.finfo(torch.float64)
    assert torch.iinfo(int).max == torch.iinfo(torch.int64).max
    with pytest.raises(TypeError, match=r"torch\.iinfo\(\) requires an integer input type"):
        torch.iinfo(float)
    x = torch.tensor([0.5, 2.0], requires_grad=True)
    torch._standard_gamma(x).sum().backward()
    assert x.grad is not None
