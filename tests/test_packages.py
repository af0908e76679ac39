"""What published packages ask of torch besides its documented names."""

from __future__ import annotations

import pickle
import pickletools
import sys

import pytest

import gradiente as torch
from gradiente.run import install_alias


def modules() -> tuple[str, str]:
    return torch.Tensor.__module__, torch.nn.Parameter.__module__


def test_tensors_are_of_torch_while_a_program_uses_it():
    own = ("gradiente.tensor.core", "gradiente.nn.parameter")
    assert modules() == own
    with install_alias():
        assert modules() == own  # nothing has asked for torch
        __import__("torch")
        assert modules() == ("torch", "torch.nn.parameter")
        assert repr(torch.Tensor) == "<class 'torch.Tensor'>"
        assert repr(torch.nn.Parameter) == "<class 'torch.nn.parameter.Parameter'>"
        assert torch.typename(torch.nn.Parameter(torch.ones(1))) == "torch.FloatTensor"
    assert "torch" not in sys.modules
    assert modules() == own


@pytest.mark.parametrize("x", [torch.ones(2), torch.nn.Parameter(torch.ones(2))], ids=["tensor", "parameter"])
def test_pickles_made_meanwhile_hold_torchs_names(x):
    with install_alias():
        __import__("torch")
        written = pickle.dumps(x)
        texts = [argument for _, argument, _ in pickletools.genops(written) if isinstance(argument, str)]
        assert not [text for text in texts if text.partition(".")[0] == "gradiente"]
        found = pickle.loads(written)
        assert (type(found), found.tolist()) == (type(x), [1, 1])
    assert pickle.loads(pickle.dumps(x)).tolist() == [1, 1]


def test_the_version_that_programs_are_told_of():
    own = torch.__version__
    with install_alias():
        told = __import__("torch").__version__
        assert (str(told), torch.version.__version__ is told) == ("2.13.0+gradiente", True)
        assert told >= "2.8"
        assert told > (2, 4)
    assert torch.__version__ == torch.version.__version__ == own
    assert type(torch.__version__) is str


def test_functorch_is_func():
    with install_alias():
        assert __import__("functorch") is torch.func
        with pytest.raises(ModuleNotFoundError, match=r"No module named 'functorch\.dim'"):
            __import__("functorch.dim")
    assert "functorch" not in sys.modules


def test_optimisers_of_programs_with_a_required_option():
    from gradiente.optim.optimizer import ParamsT, required

    class Own(torch.optim.Optimizer):
        def __init__(self, params: ParamsT, lr=required):
            super().__init__(params, {"lr": lr})

    x = torch.nn.Parameter(torch.ones(1))
    with pytest.raises(
        ValueError, match=r"^parameter group didn't specify a value of required optimization parameter lr$"
    ):
        Own([x])
    assert Own([{"params": [x], "lr": 2}]).param_groups[0]["lr"] == 2
    assert repr(required) == "<required parameter>"
    assert pickle.loads(pickle.dumps(required)) is required


def test_schedulers_of_programs():
    class Halved(torch.optim.lr_scheduler._LRScheduler):
        def get_lr(self):
            return [rate * 0.5**self.last_epoch for rate in self.base_lrs]

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
    scheduler = Halved(optimizer)
    optimizer.step()
    scheduler.step()
    assert scheduler.get_last_lr() == [0.5]
    assert isinstance(scheduler, torch.optim.lr_scheduler.LRScheduler)


def test_the_older_vmap():
    from gradiente._vmap_internals import _vmap

    x = torch.arange(6.0).reshape(2, 3)
    assert _vmap(lambda row: row.sum(), in_dims=1)(x).tolist() == x.sum(0).tolist()


def test_fork_rng():
    torch.manual_seed(0)
    with torch.random.fork_rng(enabled=False):
        a = torch.rand(2)
    torch.random.set_rng_state(torch.random.get_rng_state())
    with torch.random.fork_rng():
        b = torch.rand(2)
    assert torch.rand(2).tolist() == b.tolist() != a.tolist()
    with pytest.raises(AssertionError, match="not compiled with CUDA"), torch.random.fork_rng(devices=[0]):
        pass


def test_lists_of_tensors():
    xs = [torch.tensor([1.0, 4.0]), torch.tensor([9.0])]
    assert [x.tolist() for x in torch._foreach_sqrt(xs)] == [[1, 2], [3]]
    assert torch._foreach_add_(xs, xs, alpha=2)[1] is xs[1]
    assert xs[1].tolist() == [27]
    with pytest.raises(RuntimeError, match="Tensor list must have at least one tensor"):
        torch._foreach_neg([])
    with pytest.raises(AttributeError, match="no attribute '_foreach_no'"):
        _ = torch._foreach_no


NUMPYS = [
    *("x.std(axis=0)", "torch.var(x, axis=1, keepdims=True)", "x.amax(axis=0, keepdims=True)", "x.argmax(axis=0)"),
    *("x.median(axis=1).values", "x.logsumexp(axis=0)", "x.all(axis=0)", "torch.any(x, axis=1)"),
    *("x.quantile(0.5, axis=0, keepdims=True)", "x.cumsum(axis=0)", "torch.cumprod(x, axis=1)", "x.softmax(axis=-1)"),
    *("torch.log_softmax(x, axis=0)", "x.sort(axis=0).values", "x.argsort(axis=0)", "x.topk(1, axis=0).values"),
    *(
        "x[None].squeeze(axis=0)",
        "torch.unsqueeze(x, axis=1)",
        "torch.cat([x, x], axis=1)",
        "torch.stack([x, x], axis=1)",
    ),
    *(
        "x.chunk(2, axis=0)[1]",
        "x.unbind(axis=1)[0]",
        "x.narrow(axis=0, start=1, length=1)",
        "x.select(axis=1, index=0)",
    ),
    *("x.index_select(axis=0, index=torch.tensor([1]))", "torch.repeat_interleave(x, 2, axis=0)", "x.diff(axis=0)"),
]


@pytest.mark.parametrize("call", NUMPYS)
def test_numpys_names_of_arguments(call):
    x = torch.tensor([[1.0, 3.0], [4.0, 2.0]])
    known = eval(call.replace("axis=", "dim=").replace("keepdims=", "keepdim="), {"torch": torch, "x": x})
    found = eval(call, {"torch": torch, "x": x})
    assert torch.equal(found, known)


def test_an_argument_by_both_names():
    with pytest.raises(TypeError, match=r"^cat\(\) got both 'dim' and 'axis', two names of one argument$"):
        torch.cat([torch.ones(1)], dim=-1, axis=0)
    with pytest.raises(TypeError, match=r"^std\(\) got both 'dim' and 'axis', two names of one argument$"):
        torch.std(torch.ones(2), dim=0, axis=0)


def test_the_method_split_calls_its_sizes_split_size():
    assert [x.tolist() for x in torch.arange(3).split(split_size=2)] == [[0, 1], [2]]
    assert [x.tolist() for x in torch.arange(3).split(split_size=[1, 2], dim=0)] == [[0], [1, 2]]


def test_no_processes_are_connected():
    assert not torch.distributed.is_available()
    assert not torch.distributed.is_initialized()
    for function in (torch.distributed.get_rank, torch.distributed.get_world_size):
        with pytest.raises(ValueError, match=r"^Default process group has not been initialized, please make sure to c"):
            function()
    with pytest.raises(AttributeError, match="no attribute 'new_group'"):
        _ = torch.distributed.new_group


def test_types_of_tensors_on_cuda():
    assert not isinstance(torch.ones(1), torch.cuda.FloatTensor)
    assert (torch.cuda.LongTensor.dtype, torch.cuda.LongTensor.is_cuda) == (torch.int64, True)
    assert repr(torch.cuda.LongTensor) == "<class 'torch.cuda.LongTensor'>"
    with pytest.raises(
        TypeError, match=r"^type torch.cuda.FloatTensor not available. Torch not compiled with CUDA ena"
    ):
        torch.cuda.FloatTensor(2)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("torch.add(x, 2, y)", [7, 10]),
        ("x.add_(s, y)", [7, 10]),
        ("x.sub(2, y)", [-5, -6]),
        ("torch.addcmul(x, 2, y, y)", [19, 34]),
        ("x.addcdiv_(-1, y, y)", [0, 1]),
    ],
)
def test_the_scale_before_the_tensors(call, expected):
    names = {"torch": torch, "x": torch.tensor([1.0, 2.0]), "y": torch.tensor([3.0, 4.0]), "s": torch.tensor(2.0)}
    with pytest.warns(UserWarning, match=r"^This overload of \w+ is deprecated:\n\t\w+\((Tensor input, )?Number "):
        assert eval(call, names).tolist() == expected


def test_what_is_no_scale():
    x = torch.ones(2)
    with pytest.raises(TypeError, match=r"^add\(\) takes 2 positional arguments but 3 were given"):
        torch.add(x, x, 2)
    with pytest.raises(TypeError, match=r"^addcmul\(\): argument 'tensor2' \(position 4\) must be Tensor, not int$"):
        torch.addcmul(x, 2, x, 3)


def test_a_tensor_without_dimensions_is_a_scale():
    x, two = torch.ones(2), torch.tensor(2.0)
    assert torch.add(x, x, alpha=two).tolist() == x.sub(x, alpha=-two).tolist() == [3, 3]
    assert torch.addcmul(x, x, x, value=two).tolist() == [3, 3]
    with pytest.raises(TypeError, match=r"^add\(\): argument 'alpha' must be Number, not Tensor$"):
        torch.add(x, x, alpha=two.requires_grad_())


def test_randint_like_takes_its_bounds_by_name():
    x = torch.ones(4)
    found = []
    for options in ({"high": 2}, {"low": 0, "high": 2}):
        torch.manual_seed(0)
        found.append(torch.randint_like(x, **options).tolist())
    torch.manual_seed(0)
    assert found == [torch.randint_like(x, 2).tolist()] * 2


def test_the_class_of_tensors_is_the_default_type():
    for kind in (torch.Tensor, "torch.Tensor"):
        assert torch.arange(2).type(kind).dtype is torch.float32
    with pytest.raises(ValueError, match=r"^invalid type: 'Parameter' \(pass a dtype"):
        torch.ones(1).type(torch.nn.Parameter)


def test_sums_over_the_last_dimensions_by_torchs_name():
    from gradiente.distributions.utils import _sum_rightmost

    assert _sum_rightmost(torch.ones(2, 3, 4), 2).tolist() == [12, 12]
