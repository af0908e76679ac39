"""The meta device: tensors with a shape and a dtype, and no values."""

from __future__ import annotations

import copy
import io
import pickle
import time
import tracemalloc

import pytest

import gradiente as torch
from gradiente import nn
from gradiente.nn import functional as F


@pytest.fixture
def x():
    return torch.empty(2, 3, device="meta")


def test_a_large_model_takes_neither_memory_nor_time():
    tracemalloc.start()
    start = time.process_time()
    with torch.device("meta"):
        layers = [nn.TransformerEncoderLayer(4096, 32, 16384, batch_first=True) for _ in range(4)]
        model = nn.Sequential(nn.Embedding(100_000, 4096), *layers, nn.Linear(4096, 100_000))
        tokens = torch.randint(100_000, (8, 512))
    out = model(tokens)
    out.float().logsumexp(-1).mean().backward()
    seconds, (_, peak) = time.process_time() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(p.numel() for p in model.parameters()) == 1_624_819_360
    assert out.shape == (8, 512, 100_000)
    assert all(p.grad.is_meta and p.grad.shape == p.shape for p in model.parameters())
    assert peak < 20e6
    assert seconds < 5


def test_printed_and_described(x):
    assert repr(x) == "tensor(..., device='meta', size=(2, 3))"
    assert repr(x.long()) == "tensor(..., device='meta', size=(2, 3), dtype=torch.int64)"
    assert repr(nn.Parameter(x)).endswith("size=(2, 3), requires_grad=True)")
    assert f"{x.sum()}" == "tensor(..., device='meta', size=())"
    assert (x.is_meta, x.is_cpu, str(x.device), x.data_ptr(), x.nbytes) == (True, False, "meta", 0, 24)
    assert (x.t().stride(), x[1].storage_offset(), x[1].untyped_storage().nbytes()) == ((1, 3), 3, 24)
    assert x[1].untyped_storage() is x.untyped_storage() is x.view(6).untyped_storage()
    assert repr(x.untyped_storage()) == "...\n[torch.storage.UntypedStorage(device=meta) of size 24]"


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda x: x.sum().item(), RuntimeError, r"Tensor.item\(\) cannot be called on meta tensors \(they have"),
        (lambda x: bool(x.sum()), RuntimeError, r"Tensor.item\(\) cannot be called on meta tensors"),
        (lambda x: x.tolist(), NotImplementedError, r"Cannot copy out of meta tensor; no data! \(Make memory"),
        (lambda x: x.cpu(), NotImplementedError, "Cannot copy out of meta tensor; no data!"),
        (lambda x: torch.ones(2, 3).copy_(x), NotImplementedError, "Cannot copy out of meta tensor; no data!"),
        (lambda x: x.numpy(), TypeError, "can't convert meta device type tensor to numpy"),
        (lambda x: x + torch.ones(2, 3), RuntimeError, "Tensor on device cpu is not on .* device meta!.*2, 3"),
        (lambda x: torch.ones(2, 3) + x, RuntimeError, "Tensor on device meta is not on the expected device cpu!"),
        (lambda x: torch.ones(2, 3).add_(x), RuntimeError, "Tensor on device meta is not on the expected device cpu!"),
        (lambda x: torch.isin(x, torch.ones(1)), RuntimeError, "is not on the expected device meta"),
        (lambda x: nn.Linear(3, 1)(x), RuntimeError, "is not on the expected device"),
        (lambda x: x[x > 0], NotImplementedError, r"The register_meta function for torch.nonzero\(\).*torch.where"),
        (lambda x: x.unique(), NotImplementedError, "aten::_unique2: attempted to run this operator with Meta tensors"),
        (lambda x: torch.equal(x, x), NotImplementedError, "aten::equal: .*run it on the CPU"),
        (lambda x: x.masked_select(x > 0), NotImplementedError, "aten::masked_select"),
        (lambda x: torch.bincount(x[0].long()), NotImplementedError, "aten::bincount"),
        (lambda x: x.repeat_interleave(x[0].long(), 1), RuntimeError, "cannot repeat_interleave a meta tensor without"),
        (lambda x: x.view(5), RuntimeError, "shape '.5.' is invalid for input of size 6"),
        (lambda x: x.t().view(6), RuntimeError, "view size is not compatible"),
        (lambda x: x.set_(torch.ones(2)), RuntimeError, 'on device "meta" to a storage on different device "cpu"'),
        (lambda x: setattr(x, "data", torch.ones(2, 3)), RuntimeError, "have incompatible tensor type"),
        (lambda x: setattr(x, "grad", torch.ones(2, 3)), RuntimeError, "a gradient with device type 'cpu' to "),
        (lambda x: x.share_memory_(), RuntimeError, "_share_fd_: only available on CPU"),
        (lambda x: x.pin_memory(), RuntimeError, "cannot pin 'MetaFloatType'"),
        (lambda x: x.__dlpack__(), BufferError, "Cannot pack tensors on meta"),
        (lambda x: x.untyped_storage().tolist(), NotImplementedError, "no data!"),
        (lambda x: x.untyped_storage().cpu(), NotImplementedError, "no data!"),
        (lambda x: torch.from_dlpack(x), ValueError, "Unknown device type meta for Dlpack"),
        (lambda x: x.normal_(0, -1), RuntimeError, "normal expects std >= 0.0, but found std -1"),
        (lambda x: torch.Generator("meta"), RuntimeError, "META device type not an accelerator"),
        (lambda x: nn.Linear(1, 1, device="meta").to("cpu"), NotImplementedError, r"use torch.nn.Module.to_empty\(\)"),
        (lambda x: torch.empty(2**40, 2**40, device="meta"), RuntimeError, "Storage size calculation overflowed"),
        (lambda x: torch.geqrf(x), NotImplementedError, "aten::geqrf: attempted to run .* Meta tensors"),
        (lambda x: x.new_zeros(2, device="cuda"), AssertionError, "Torch not compiled with CUDA enabled"),
    ],
)  # fmt: skip
def test_what_has_no_values_is_refused(x, call, error, text):
    with pytest.raises(error, match=text):
        call(x)
    assert repr(x) == "tensor(..., device='meta', size=(2, 3))"


def test_creation():
    with torch.device("meta"):
        made = [
            torch.zeros(2), torch.ones(2), torch.empty(2), torch.full((2,), 1.0), torch.rand(2), torch.randn(2),
            torch.tensor([1.0, 2.0]), torch.arange(2.0), torch.linspace(0, 1, 2), torch.eye(2)[0],
            torch.as_tensor(torch.ones(2)), torch.empty_strided((2,), (1,)), torch.hann_window(2), torch.fft.fftfreq(2),
            torch.normal(0.0, 1.0, (2,)), torch.signal.windows.hann(2, dtype=torch.float32),
        ]  # fmt: skip
        assert torch.zeros_like(torch.zeros(2, device="cpu")).is_cpu
    assert {repr(t) for t in made} == {"tensor(..., device='meta', size=(2,))"}
    assert torch.ones(1).is_cpu
    assert [t.dtype for t in (torch.arange(2, device="meta"), torch.randperm(2, device="meta"))] == [torch.int64] * 2
    model = torch.empty(3, 2, device="meta", dtype=torch.float64).t()
    for like in (torch.zeros_like, torch.rand_like, torch.empty_like, lambda t: torch.full_like(t, 2)):
        assert like(model).stride() == (1, 2)
        assert repr(like(model)) == "tensor(..., device='meta', size=(2, 3), dtype=torch.float64)"
    assert torch.zeros_like(model, device="cpu").tolist() == [[0, 0, 0], [0, 0, 0]]
    assert (torch.zeros_like(model.float(), device="cpu") + 1).exp()._array.dtype.metadata is None


def test_default_device():
    torch.set_default_device("meta")
    try:
        assert torch.ones(2).is_meta
        assert nn.Linear(2, 2).weight.is_meta
        assert str(torch.get_default_device()) == "meta"
    finally:
        torch.set_default_device(None)
    assert torch.ones(2).is_cpu


def test_random_numbers_are_not_drawn(x, seed):
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    torch.rand(3, device="meta")
    x.normal_().uniform_().bernoulli_().random_().exponential_()
    F.dropout(x)
    F.rrelu(x, training=True)
    torch.multinomial(x, 1)
    torch.bernoulli(x)
    torch.normal(x, x)
    torch.randperm(4, device="meta")
    for init in (nn.init.kaiming_uniform_, nn.init.trunc_normal_, nn.init.orthogonal_, nn.init.xavier_normal_):
        assert init(x) is x
    nn.LSTM(3, 4, device="meta")
    assert torch.equal(torch.rand(1), expected)


def test_gradients_of_every_order():
    q = torch.empty(3, device="meta", requires_grad=True)
    (g,) = torch.autograd.grad((q**3).sum(), q, create_graph=True)
    (h,) = torch.autograd.grad(g.sum(), q)
    assert repr(g) == "tensor(..., device='meta', size=(3,), grad_fn=<MulBackward0>)"
    assert repr(h) == "tensor(..., device='meta', size=(3,))"
    out, tangent = torch.func.jvp(torch.sin, (q.detach(),), (q.detach(),))
    assert out.is_meta
    assert tangent.is_meta
    assert torch.func.vmap(torch.func.grad(lambda v: (v * v).sum()))(torch.empty(5, 3, device="meta")).shape == (5, 3)


def test_gradients_do_not_come_back_from_it():
    c = torch.ones(3, requires_grad=True)
    moved = c.to("meta")
    assert repr(moved).endswith("grad_fn=<ToCopyBackward0>)")
    with pytest.raises(NotImplementedError, match="no data!"):
        moved.sum().backward()
    assert c.grad is None


def test_in_place_changes_count_versions():
    v = torch.empty(4, 4, device="meta")
    u = v[1]
    u.add_(1)
    v[0] = 1
    v[1:3] = torch.empty(4, device="meta")
    v[2] = torch.ones(4)
    v[v > 0] = 0.0
    assert v._version == u._version == 5
    w = torch.empty(2, device="meta", requires_grad=True)
    y = w.exp()
    y.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_modules_get_memory_and_values():
    source = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    model = nn.Sequential(nn.Linear(2, 3, device="meta"), nn.BatchNorm1d(3, device="meta"))
    assert all(t.is_meta for t in model.state_dict().values())
    with pytest.warns(UserWarning, match=r"for 0\.weight: copying from a non-meta parameter .* `assign=True`"):
        nn.Sequential(model[0]).load_state_dict({"0.weight": source[0].weight}, strict=False)
    with pytest.raises(RuntimeError, match="Cannot copy out of meta tensor"):
        source.load_state_dict(model.state_dict())
    model.load_state_dict(source.state_dict(), assign=True)
    data = torch.ones(4, 2)
    assert torch.equal(model.eval()(data), source.eval()(data))
    moved = source.to("meta")
    assert moved is source
    assert all(t.is_meta for t in moved.state_dict().values())
    old = moved[0].weight
    moved.to_empty(device="cpu")
    assert moved[0].weight is not old
    assert moved[0].weight.is_cpu
    assert moved[0].weight.requires_grad
    assert nn.utils.skip_init(nn.Linear, 2, 3).weight.is_cpu


def test_copies_pickles_and_files(x):
    p = nn.Parameter(x.t())
    for again in (copy.deepcopy, copy.copy, lambda t: pickle.loads(pickle.dumps(t))):
        assert repr(again(x)) == repr(x)
        assert repr(again(p)) == repr(p)
    assert pickle.loads(pickle.dumps(p)).stride() == (1, 3)
    file = io.BytesIO()
    torch.save({"x": x, "p": p}, file)
    assert len(file.getvalue()) < 2000
    file.seek(0)
    found = torch.load(file)
    assert repr(found["x"]) == repr(x)
    assert isinstance(found["p"], nn.Parameter)
    file = io.BytesIO()
    torch.save(torch.ones(4, 4)[1], file)
    file.seek(0)
    row = torch.load(file, map_location="meta")
    assert repr(row) == "tensor(..., device='meta', size=(4,))"
    assert row.storage_offset() == 4


def test_malformed_files_are_refused():
    from gradiente.serialization import rebuilding

    for data in ((torch.float32, (2,), (1, 1), False), (3, (2,), (1,), False), (torch.float32, (-1,), (1,), False)):
        with pytest.raises(rebuilding.Malformed):
            rebuilding.meta_tensor(*data)


def test_ordinary_tensors_keep_their_short_forms(x):
    assert x._array.dtype is not torch.ones(1)._array.dtype
    assert x._array.dtype == torch.ones(1)._array.dtype
    assert torch.empty_like(x, device="cpu")._array.dtype is torch.ones(1)._array.dtype
