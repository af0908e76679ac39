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


def test_groups_of_parameters():
    from gradiente.utils._foreach_utils import _group_tensors_by_device_and_dtype as groups

    a, b, c = torch.ones(1), torch.ones(1, dtype=torch.float64), torch.zeros(2)
    found = groups([[a, b, c], [None, b, a]], with_indices=True)
    assert {kind[1]: places for kind, (_, places) in found.items()} == {torch.float32: [0, 2], torch.float64: [1]}
    lists = {kind[1]: lists for kind, (lists, _) in found.items()}
    assert [[x is y for x, y in zip(lists[torch.float32][0], [a, c], strict=True)], lists[torch.float32][1][0]] == [
        [True, True],
        None,
    ]
    assert all(places == [] for _, places in groups([[a, b]]).values())
    with pytest.raises(RuntimeError, match="the lists have to be of one length, not 2, 1"):
        groups([[a, b], [a]])


def test_the_shape_of_read_only_memory_changes_in_place():
    """A sum hands its gradient on as one number that is seen many times, which nothing may write to."""

    class Copy(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, *grads):
            (g,) = grads
            return g.unsqueeze_(-1).transpose_(0, 1).t_().squeeze_(-1)

    x = torch.ones(3, requires_grad=True)
    Copy.apply(x).sum().backward()
    assert x.grad.tolist() == [1, 1, 1]


@pytest.mark.parametrize("name", ["all_reduce", "broadcast", "reduce", "all_gather", "barrier", "get_backend"])
def test_collectives_find_no_processes(name):
    arguments = {"all_gather": ([], torch.ones(1)), "barrier": (), "get_backend": ()}.get(name, (torch.ones(1),))
    with pytest.raises(ValueError, match=r"Default process group has not been initialized.*ask is_available\(\)"):
        getattr(torch.distributed, name)(*arguments)
    with pytest.raises(ValueError, match="Default process group has not been initialized"):
        torch.distributed.all_gather_object([None], 3)
    with pytest.raises(ValueError, match="Default process group has not been initialized"):
        torch.distributed.ProcessGroup()
    asked = ("is_gloo_available", "is_nccl_available", "is_mpi_available", "is_torchelastic_launched")
    assert not any(getattr(torch.distributed, question)() for question in asked)
    assert torch.distributed.ReduceOp.SUM is not torch.distributed.ReduceOp.MAX


def test_an_optimiser_around_another():
    class Around(torch.optim.Optimizer):
        def __init__(self, inner):
            self._patch_step_function()
            self.inner, self.defaults, self.state = inner, inner.defaults, {}

        @property
        def param_groups(self):
            return self.inner.param_groups

        def step(self, closure=None):
            return self.inner.step(closure)

    x = torch.ones(1, requires_grad=True)
    outer = Around(torch.optim.SGD([x], lr=0.5))
    x.sum().backward()
    outer.step()
    outer.register_step_post_hook(lambda *a: None).remove()
    assert x.item() == 0.5
