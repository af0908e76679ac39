"""Private names of torch that published packages import."""

from __future__ import annotations

import pytest
import torch
import torch.autograd.functional as theirs
from torch.optim.lbfgs import _cubic_interpolate as their_minimum

import gradiente
import gradiente.autograd.functional as ours
from gradiente.optim.lbfgs import _cubic_interpolate as our_minimum

BASIS = "[x.tolist() for x in f._construct_standard_basis_for((t.ones(2), t.ones(1, 1)), (2, 1))]"
CASES = [
    BASIS,
    *("f._as_tuple(t.ones(1), 'inputs', 'f')", "f._as_tuple((t.ones(1), t.ones(2)), 'inputs', 'f')", "f._as_tuple(3)"),
    *("f._as_tuple((3,), 'inputs', 'f')", "f._as_tuple([3], 'inputs', 'f')", "f._as_tuple(3, 'outputs', 'f')"),
    *("f._tuple_postprocess((1,), True)", "f._tuple_postprocess((1,), False)"),
    "f._tuple_postprocess(((1,), (2,)), (True, False))",
    "f._tuple_postprocess(((1,), (2,)), (False, True))",
    "f._grad_postprocess((t.ones(1, requires_grad=True) * 2,), False)",
    "f._grad_postprocess(((t.ones(1, requires_grad=True) * 2,),), True)",
]


def outcome(case: str, f, t) -> str:
    try:
        return repr(eval(case, {"f": f, "t": t}))
    except TypeError as error:
        return str(error)


@pytest.mark.parametrize("case", CASES)
def test_parts_of_functional(case):
    assert outcome(case, ours, gradiente).startswith(outcome(case, theirs, torch))


@pytest.mark.parametrize("bounds", [None, (0.1, 0.2)])
@pytest.mark.parametrize(
    "points", [(0.0, 1.0, -1.0, 1.0, 2.0, 3.0), (1.0, 1.0, 1.0, 2.0, 0.0, 1.0), (1.0, 1.0, -1.0, 0.0, 0.0, -1.0)]
)
def test_the_minimum_of_a_cubic(points, bounds):
    expected = their_minimum(*(torch.tensor(x, dtype=torch.float64) for x in points), bounds=bounds)
    found = our_minimum(*(gradiente.tensor(x, dtype=gradiente.float64) for x in points), bounds=bounds)
    assert found == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize("kind", [float, complex, int, bool])
@pytest.mark.parametrize("name", ["finfo", "iinfo"])
def test_limits_of_pythons_types(kind, name):
    def text(t):
        try:
            return repr(getattr(t, name)(kind))
        except TypeError as error:
            return str(error)

    assert text(gradiente).startswith(text(torch))


def test_a_block_with_other_parameters():
    for t in (torch, gradiente):
        from_module = t.nn.utils.stateless._reparametrize_module
        module = t.nn.Linear(2, 2)
        own = module.weight
        with from_module(module, {"weight": t.zeros(2, 2)}):
            assert module.weight.tolist() == [[0, 0], [0, 0]]
        assert module.weight is own
        with pytest.raises(RuntimeError, match="Unexpected key"), from_module(module, {"x": own}, strict=True):
            pass


def test_gamma_numbers():
    shapes = [0.5, 2.0, 30.0]
    torch.manual_seed(3)
    expected = torch._standard_gamma(torch.tensor(shapes))
    gradiente.manual_seed(3)
    x = gradiente.tensor(shapes, requires_grad=True)
    found = gradiente._standard_gamma(x)
    assert found.tolist() == pytest.approx(expected.tolist(), rel=1e-6)
    found.sum().backward()
    assert x.grad.shape == (3,)
