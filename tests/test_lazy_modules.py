"""Lazy modules: what they are before, at and after their first call."""

from __future__ import annotations

import copy
import pickle
import threading

import pytest

import gradiente as torch
from gradiente import nn
from gradiente.nn.modules.lazy import LazyModuleMixin
from gradiente.nn.parameter import UninitializedBuffer, UninitializedParameter, is_lazy

SIZES = {1: (5,), 2: (5, 6), 3: (5, 6, 4)}
KINDS = [
    ("LazyLinear", (3,), "in_features"),
    *[(f"Lazy{kind}{n}d", (6, 3), "in_channels") for kind in ("Conv", "ConvTranspose") for n in (1, 2, 3)],
    *[(f"Lazy{kind}{n}d", (), "num_features") for kind in ("BatchNorm", "InstanceNorm") for n in (1, 2, 3)],
]


def made(name, args):
    sizes = SIZES[int(name[-2])] if name[-1] == "d" else ()
    return getattr(nn, name)(*args), torch.rand(2, 4, *sizes)


@pytest.mark.parametrize(("name", "args", "size"), KINDS)
def test_first_call(name, args, size):
    lazy, x = made(name, args)
    parameters = list(lazy.parameters())
    assert all(isinstance(p, UninitializedParameter) for p in parameters)
    assert getattr(lazy, size) == 0
    torch.manual_seed(0)
    out = lazy(x)
    assert type(lazy).__name__ == name.removeprefix("Lazy")
    assert getattr(lazy, size) == 4
    assert all(a is b for a, b in zip(lazy.parameters(), parameters, strict=True))
    torch.manual_seed(0)
    options = {"affine": True, "track_running_stats": True} if "Norm" in name else {}
    usual = type(lazy)(4, *args, **options)
    usual.load_state_dict(lazy.state_dict())
    if "Norm" not in name:
        assert torch.equal(usual(x), out)
    out.sum().backward()
    assert all(p.grad is not None and p.grad.shape == p.shape for p in parameters)


@pytest.mark.parametrize(("name", "args", "size"), KINDS)
def test_the_constructor_draws_nothing(name, args, size):
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    getattr(nn, name)(*args)
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["copy", "pickle"])
@pytest.mark.parametrize(("name", "args", "size"), KINDS)
def test_copies_are_lazy_by_themselves(name, args, size, copied):
    lazy, x = made(name, args)
    twin = copied(lazy)
    twin(x)
    assert not twin.has_uninitialized_params() if isinstance(twin, LazyModuleMixin) else True
    assert lazy.has_uninitialized_params()
    assert twin.state_dict().keys() == lazy.state_dict().keys()
    lazy(x)
    assert repr(lazy) == repr(twin)


@pytest.mark.parametrize(("name", "args", "size"), KINDS)
def test_a_loaded_state_gives_the_shapes(name, args, size):
    full, x = made(name, args)
    full(x)
    lazy, _ = made(name, args)
    lazy.load_state_dict(full.state_dict())
    assert not lazy.has_uninitialized_params()
    full.eval()
    lazy.eval()
    assert torch.equal(lazy(x), full(x))
    assert repr(lazy) == repr(full)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_conversion_before_the_first_call(dtype):
    net = nn.Sequential(nn.LazyConv2d(2, 3), nn.LazyBatchNorm2d()).to(dtype)
    net(torch.ones(2, 3, 5, 5, dtype=dtype))
    assert {v.dtype for v in net.state_dict().values()} == {dtype, torch.int64}


class Scale(LazyModuleMixin, nn.Module):
    def __init__(self, complete=True):
        super().__init__()
        self.complete = complete
        self.weight = UninitializedParameter()
        self.register_buffer("seen", UninitializedBuffer(dtype=torch.int64), persistent=False)

    def initialize_parameters(self, x, times=1):
        self.weight.materialize(x.shape[-1:])
        if self.complete:
            self.seen.materialize(())
        with torch.no_grad():
            self.weight.fill_(times)

    def forward(self, x, times=1):
        return x * self.weight


def test_a_lazy_class_of_ones_own():
    module = Scale()
    assert list(module.state_dict()) == ["weight"]
    assert module(torch.ones(2, 3), times=4).tolist() == [[4.0] * 3] * 2
    assert type(module) is Scale
    assert module.seen.dtype == torch.int64
    assert not module._forward_pre_hooks
    assert not module._load_state_dict_pre_hooks


def test_an_incomplete_initialisation():
    with pytest.raises(RuntimeError, match="module Scale has not been fully initialized: its initialize_parameters"):
        Scale(complete=False)(torch.ones(2))


def test_no_initialisation():
    class Empty(LazyModuleMixin, nn.Module):
        pass

    with pytest.raises(NotImplementedError, match="initialize_parameters is not implemented for Empty"):
        Empty()(torch.ones(2))


def test_wrong_inputs_leave_a_module_lazy():
    lazy = nn.LazyConv2d(6, 3, groups=2)
    with pytest.raises(ValueError, match="in_channels must be divisible by groups"):
        lazy(torch.ones(1, 3, 5, 5))
    with pytest.raises(RuntimeError, match=r"Expected 3D \(unbatched\) or 4D \(batched\) input to LazyConv2d, but got"):
        lazy(torch.ones(3, 5))
    assert lazy.in_channels == 0
    assert lazy(torch.ones(1, 4, 5, 5)).shape == (1, 6, 3, 3)


USES = {
    "call": lambda p: p + 1,
    "exp": lambda p: torch.exp(p),
    "clone": lambda p: p.clone(),
    "sum": lambda p: p.sum(),
    "numel": lambda p: p.numel(),
    "requires_grad": lambda p: p.requires_grad_(),
    "linear": lambda p: nn.functional.linear(torch.ones(1, 2), p),
}


@pytest.mark.parametrize("kind", [UninitializedParameter, UninitializedBuffer])
@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_nothing_can_be_computed(use, kind):
    pattern = rf"Attempted to use an uninitialized parameter in <method '\w+' of .*`torch.nn.parameter.{kind.__name__}`"
    with pytest.raises(ValueError, match=pattern):
        use(kind())


def test_there_is_no_shape_and_no_memory():
    with pytest.raises(RuntimeError, match="Can't access the shape of an uninitialized parameter or buffer"):
        UninitializedParameter().shape  # noqa: B018
    with pytest.raises(RuntimeError, match="Can't share memory on an uninitialized parameter or buffer"):
        nn.LazyLinear(2).share_memory()
    with pytest.raises(RuntimeError, match="can't be used with `DataParallel`"):
        nn.LazyLinear(2)._replicate_for_data_parallel()


def test_materialising():
    parameter = UninitializedParameter(requires_grad=False, dtype=torch.float64)
    assert is_lazy(parameter)
    parameter.materialize((2, 3))
    assert type(parameter) is nn.Parameter
    assert (tuple(parameter.shape), parameter.dtype, parameter.requires_grad) == ((2, 3), torch.float64, False)
    buffer = UninitializedBuffer()
    buffer.materialize(4, dtype=torch.float16)
    assert type(buffer) is torch.Tensor
    assert (tuple(buffer.shape), buffer.dtype, is_lazy(buffer)) == ((4,), torch.float16, False)


def test_gradients_reach_a_parameter_that_was_materialised():
    parameter = UninitializedParameter()
    parameter.requires_grad = False
    parameter.requires_grad = True
    parameter.materialize((2,))
    with torch.no_grad():
        parameter.fill_(3)
    (parameter * parameter).sum().backward()
    assert parameter.grad.tolist() == [6.0, 6.0]


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_norms_of_uninitialised_weights():
    with pytest.raises(ValueError, match="The module passed to `WeightNorm` can't have uninitialized parameters"):
        nn.utils.weight_norm(nn.LazyLinear(2))
    with pytest.raises(ValueError, match="The module passed to `SpectralNorm` can't have uninitialized parameters"):
        nn.utils.spectral_norm(nn.LazyLinear(2))


def test_threads_may_use_modules_of_their_own():
    results = []

    def work():
        net = nn.LazyLinear(2)
        results.append(net(torch.ones(1, 3)).shape)

    threads = [threading.Thread(target=work) for _ in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert results == [(1, 2)] * 4


def test_lazy_modules_are_saved_before_they_have_values():
    import io

    file = io.BytesIO()
    torch.save(torch.nn.LazyLinear(3), file)
    file.seek(0)
    assert "LazyLinear(in_features=0, out_features=3" in repr(torch.load(file, weights_only=False))
