"""DLPack of all types, settings of files, recurrent functions, bags and segments, without torch."""

from __future__ import annotations

import io
import mmap
from pathlib import Path

import pytest

import gradiente as torch
from gradiente.utils.serialization import config


@pytest.mark.parametrize("dtype", [torch.float32, torch.bool, torch.uint32, torch.complex64, torch.bfloat16])
def test_dlpack_shares_memory(dtype) -> None:
    from gradiente.utils import dlpack

    x = torch.ones(2, 3).to(dtype)
    for y in (torch.from_dlpack(x), dlpack.from_dlpack(dlpack.to_dlpack(x)), torch.from_dlpack(x.__dlpack__())):
        assert y.dtype is dtype
        assert y.data_ptr() == x.data_ptr()
    capsule = x.__dlpack__(max_version=(1, 0))
    assert torch.from_dlpack(capsule).data_ptr() == x.data_ptr()
    with pytest.raises(RuntimeError, match="can be consumed only once"):
        torch.from_dlpack(capsule)
    with pytest.raises(AssertionError, match="stream should be None on cpu"):
        x.__dlpack__(stream=1)


def test_settings_of_files(tmp_path: Path) -> None:
    s = torch.serialization
    with pytest.raises(TypeError, match="Invalid argument type in function set_default_load_endianness"):
        s.set_default_load_endianness("big")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"expected mmap.MAP_PRIVATE or mmap.MAP_SHARED, but got 7"):
        s.set_default_mmap_options(7)
    assert s.get_crc32_options()
    path = tmp_path / "x.pt"
    torch.save(torch.ones(2), path, _disable_byteorder_record=True)
    s.set_default_load_endianness(s.LoadEndianness.BIG)
    try:
        assert torch.load(path).tolist() != [1, 1]
    finally:
        s.set_default_load_endianness(None)
    config.load.mmap = True
    try:
        torch.load(path).fill_(5)
        with s.set_default_mmap_options(mmap.MAP_SHARED):
            torch.load(path).fill_(7)
    finally:
        config.load.mmap = False
    assert torch.load(path).tolist() == [7, 7]


def test_data_can_be_left_out() -> None:
    file = io.BytesIO()
    with torch.serialization.skip_data():
        torch.save(torch.ones(2), file)
        with pytest.raises(RuntimeError, match="Cannot use skip_data=True"):
            torch.save(torch.ones(2), io.BytesIO(), _use_new_zipfile_serialization=False)
    file.seek(0)
    assert torch.load(file).tolist() == [0, 0]


def test_places() -> None:
    s = torch.serialization
    storage = torch.ones(2).untyped_storage()
    assert (s.location_tag(storage), s.default_restore_location(storage, "cpu")) == ("cpu", storage)
    for place, text in (("cuda:0", "Attempting to deserialize object on a CUDA device"), ("moon", "tagged with moon")):
        with pytest.raises(RuntimeError, match=text):
            s.default_restore_location(storage, place)
    before = list(s._package_registry)
    s._package_registry.clear()
    try:
        with pytest.raises(RuntimeError, match="don't know how to determine data location"):
            s.location_tag(storage)
    finally:
        s._package_registry[:] = before


def test_functions_compute_what_layers_do() -> None:
    net = torch.nn.LSTM(3, 4, 2, bidirectional=True, proj_size=2)
    weights = [w for group in net.all_weights for w in group]
    x, h, c = torch.randn(5, 2, 3), torch.randn(4, 2, 2), torch.randn(4, 2, 4)
    out, _, last = torch.lstm(x, (h, c), weights, True, 2, 0.0, False, True, False)
    expected, (_, state) = net(x, (h, c))
    assert torch.equal(out, expected)
    assert torch.equal(last, state)
    cell = torch.nn.GRUCell(3, 4)
    given = cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh
    assert torch.equal(torch.gru_cell(x[0], c[0], *given), cell(x[0], c[0]))


o = torch.ones


@pytest.mark.parametrize(("call", "error", "text"), [
    (lambda: torch.lstm(3), TypeError, "received an invalid combination of arguments - got .int."),
    (lambda: torch.gru(3, nope=1), TypeError, "got .int, nope=int."),
    (lambda: torch.lstm_cell(o(1, 2), o(1, 3), o(12, 2), o(12, 3)), TypeError, "must be tuple of Tensors, not Tensor"),
    (lambda: torch.lstm_cell(o(1, 2), (o(1, 3),), o(12, 2), o(12, 3)), RuntimeError, "expects two hidden states"),
    (lambda: torch.lstm(o(1, 1, 2), (o(1, 1, 3),), [o(12, 2), o(12, 3)], False, 1, 0.0, False, False, False),
     RuntimeError, "expects two hidden states"),
    (lambda: torch.gru_cell(o(1, 5), o(1, 3), o(9, 2), o(9, 3)), RuntimeError, "inconsistent input_size: got 5"),
    (lambda: torch.gru_cell(o(1, 2), o(1, 4), o(9, 2), o(9, 3)), RuntimeError, "inconsistent hidden_size: got 4"),
    (lambda: torch.gru_cell(o(2, 2), o(1, 3), o(9, 2), o(9, 3)), RuntimeError, "Input batch size 2 doesn't match"),
    (lambda: torch.rnn_tanh(o(1, 1, 2), o(1, 1, 3), [o(3, 2), o(3, 3)], True, 1, 0.0, False, False, False),
     RuntimeError, "ArrayRef size 2 not divisible by stride 4"),
    (lambda: torch.rnn_relu(o(1, 1, 2), o(1, 1, 3), [o(3, 2), o(3, 3)], False, 2, 0.0, False, False, False),
     RuntimeError, "Expected more hidden states in stacked_rnn"),
    (lambda: torch.embedding_bag(o(3, 2), torch.tensor([0]), torch.tensor([0]), mode=3), RuntimeError, "`mode` must"),
    (lambda: torch.embedding_bag(o(3, 2), torch.tensor([0]), torch.tensor([0]), mode="sum"),  # type: ignore[arg-type]
     TypeError, "argument 'mode' must be int, not str"),
    (lambda: torch.embedding_bag(o(3, 2), torch.tensor([0]), torch.tensor([0]), mode=1, per_sample_weights=o(1)),
     RuntimeError, "per_sample_weights only supported with mode='sum'"),
    (lambda: torch.segment_reduce(o(3), "sum"), RuntimeError, "Either lengths or offsets must be defined"),
    (lambda: torch.segment_reduce(o(3), "nope"), RuntimeError, "must be either sum, prod, mean, amax or amin, got"),
    (lambda: torch.segment_reduce(o(3), "sum", indices=o(3)), RuntimeError, "indices based reduction"),
    (lambda: torch.segment_reduce(o(3), "sum", lengths=torch.tensor([2])), RuntimeError, "Expected all rows of"),
    (lambda: torch.segment_reduce(o(3), "sum", lengths=torch.tensor([-1, 4])), RuntimeError, "contains negative value"),
    (lambda: torch.segment_reduce(o(2, 3), "sum", lengths=torch.tensor([3]), axis=1), RuntimeError, "last dimension"),
    (lambda: torch.segment_reduce(o(2, 3), "sum", lengths=torch.tensor([[3]]), axis=1), RuntimeError, "do not fit"),
    (lambda: torch.segment_reduce(o(3), "sum", lengths=o(1) * 3), NotImplementedError, "lengths_cpu_kernel1"),
    (lambda: torch.segment_reduce(o(3).int(), "sum", lengths=torch.tensor([3])), NotImplementedError, "for 'Int'"),
])  # fmt: skip
def test_refusals(call, error, text) -> None:
    with pytest.raises(error, match=text):
        call()


def test_control_flow_and_numbers() -> None:
    x = torch.ones(2, requires_grad=True)
    torch.cond(torch.tensor(False), lambda a: a, lambda a: a * 3, (x,)).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [3, 3]
    assert torch.while_loop(lambda i, s: i < 4, lambda i, s: (i + 1, s + i), (0, 0)) == (4, 6)
    assert (torch.sym_max(2, 3.0), torch.sym_min(2, 3), torch.sym_sum([1, 2]), torch.sym_sqrt(4)) == (3, 2, 3, 2)
    for call, text in (
        (lambda: torch.sym_max("a", 1), "expected an int or a float"),  # type: ignore[arg-type]
        (lambda: torch.sym_ite(1, 2, 3), "expected SymBool or bool"),  # type: ignore[arg-type]
        (lambda: torch.sym_ite(True, 2, 3.0), "type mismatch"),
    ):
        with pytest.raises(AssertionError, match=text):
            call()
    assert torch.functional.einsum is torch.einsum
    assert isinstance(3, torch.types.Number)
    assert torch.ones(2, 3).t().dim_order() == (1, 0)
    with pytest.raises(RuntimeError, match="does not have unique dim order"):
        torch.ones(1, 1).dim_order(ambiguity_check=True)
    for call in (lambda: torch.set_warn_always(3), lambda: torch.set_flush_denormal(3)):  # type: ignore[arg-type]
        with pytest.raises(RuntimeError, match="expects a bool, but got int"):
            call()
    torch.set_warn_always(False)
    assert not torch.is_warn_always_enabled()
    assert not torch.set_flush_denormal(True)
    assert not torch.is_vulkan_available()


def test_segments() -> None:
    x = torch.tensor([1.0, 0.0, 3.0, 2.0], requires_grad=True)
    found = torch.segment_reduce(x, "prod", lengths=torch.tensor([3, 0, 1]))
    assert found.tolist() == [0, 1, 2]
    found.sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [0, 3, 0, 1]
    assert torch.segment_reduce(x, "max", offsets=torch.tensor([0, 2, 4])).tolist() == [1, 3]
    assert torch.slice_inverse(x.detach()[1:3], x, 0, 1, 3).tolist() == x.tolist()
