"""torch.utils.dlpack, the names of torch.serialization, and recurrent and other functions at torch's top level."""

from __future__ import annotations

import io
import mmap
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

import gradiente
from outcomes import assert_same

LIBRARIES: list[Any] = [torch, gradiente]


@pytest.mark.parametrize("name", ["float32", "float64", "int64", "uint8", "bool", "complex64", "bfloat16", "float16"])
def test_dlpack_both_ways(name: str) -> None:
    for giver, taker in (LIBRARIES, LIBRARIES[::-1]):
        x = giver.ones(2, 3).to(getattr(giver, name)).t()
        for y in (taker.from_dlpack(x), taker.from_dlpack(giver.to_dlpack(x))):
            assert y.dtype is getattr(taker, name)
            assert (y.shape, y.stride(), y.data_ptr()) == (x.shape, x.stride(), x.data_ptr())
        assert taker.from_dlpack(x, copy=True).data_ptr() != x.data_ptr()


@pytest.mark.parametrize("call", [
    "list(d.DLDeviceType)", "d.DLDeviceType.kDLCPU == 1", "d.from_dlpack is m.from_dlpack",
    "m.ones(2).__dlpack_device__() == (1, 0)", "m.from_dlpack(3)", "m.from_dlpack(m.ones(2), device='cuda')",
    "m.ones(2).__dlpack__(stream=1)", "m.ones(2, requires_grad=True).__dlpack__()",
    "[c := d.to_dlpack(m.ones(2)), d.from_dlpack(c), d.from_dlpack(c)]",
    "m.from_dlpack(m.ones(0, 3)).shape", "m.from_dlpack(m.tensor(3.0))",
])  # fmt: skip
def test_dlpack(call: str) -> None:
    import torch.utils.dlpack

    import gradiente.utils.dlpack

    assert_same(lambda m: eval(call, {"m": m, "d": m.utils.dlpack}), torch, gradiente)


@pytest.mark.parametrize("call", [
    "s.DEFAULT_PROTOCOL, s.MAGIC_NUMBER, s.PROTOCOL_VERSION", "list(s.LoadEndianness)", "s.LoadEndianness",
    "s.get_default_load_endianness()", "s.set_default_load_endianness('x')", "s.get_default_mmap_options()",
    "s.set_default_mmap_options(5)", "s.get_crc32_options()", "s.location_tag(m.ones(2).untyped_storage())",
    "s.default_restore_location(m.ones(2).untyped_storage(), 'cpu').tolist()",
    "s.default_restore_location(m.ones(2).untyped_storage(), 'cuda:0')",
    "s.default_restore_location(m.ones(2).untyped_storage(), 'nope')", "s.validate_cuda_device('cuda:0')",
    "c.load.mmap, c.load.endianness, c.load.mmap_flags, c.save.compute_crc32, c.save.storage_alignment",
])  # fmt: skip
def test_names_of_serialization(call: str) -> None:
    import torch.utils.serialization

    import gradiente.utils.serialization

    names = lambda m: {"m": m, "s": m.serialization, "c": m.utils.serialization.config}  # noqa: E731
    assert_same(lambda m: eval(call, names(m)), torch, gradiente)


def written(m: Any, obj: Any, **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    m.save(obj, file, **options)
    file.seek(0)
    return file


@pytest.mark.parametrize(("writer", "reader"), [LIBRARIES, LIBRARIES[::-1], [gradiente] * 2], ids=["in", "out", "own"])
def test_data_left_out(writer: Any, reader: Any) -> None:
    x = writer.arange(3.0)
    with writer.serialization.skip_data():
        assert reader.load(written(writer, x)).tolist() == [0, 0, 0]
        with pytest.raises(RuntimeError, match="Cannot use skip_data=True with _use_new"):
            written(writer, x, _use_new_zipfile_serialization=False)
    file = written(writer, x)
    with reader.serialization.skip_data():
        assert reader.load(file).shape == (3,)


def test_files_without_checksums() -> None:
    torch.serialization.set_crc32_options(False)
    try:
        file = written(torch, torch.arange(3.0))
    finally:
        torch.serialization.set_crc32_options(True)
    assert gradiente.load(file).tolist() == [0, 1, 2]


@pytest.mark.parametrize("m", LIBRARIES)
def test_a_package_decides_where_memory_goes(m: Any) -> None:
    registry = m.serialization._package_registry
    before = list(registry)
    m.serialization.register_package(
        5, lambda storage: "mine", lambda storage, place: storage.fill_(0) if place == "mine" else None
    )
    try:
        file = written(m, m.ones(2))
        assert b"mine" in file.getvalue()
        assert m.load(file).tolist() == [0, 0]
    finally:
        registry[:] = before
    file.seek(0)
    with pytest.raises(RuntimeError, match=r"don't know how to restore data location .*tagged with mine"):
        m.load(file)


@pytest.mark.parametrize("m", LIBRARIES)
def test_mapped_files_can_be_written_to(m: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    m.save(m.ones(2), path)
    m.load(path, mmap=True).fill_(5)
    assert m.load(path).tolist() == [1, 1]
    with m.serialization.set_default_mmap_options(mmap.MAP_SHARED):
        m.load(path, mmap=True).fill_(5)
    assert m.serialization.get_default_mmap_options() == mmap.MAP_PRIVATE
    assert m.load(path).tolist() == [5, 5]


RECURRENT = [("LSTM", "lstm", 2), ("GRU", "gru", 1), ("RNN", "rnn_tanh", 1), ("RNN", "rnn_relu", 1)]


def state(m: Any, count: int, *shape: int) -> Any:
    found = tuple(m.randn(*shape) for _ in range(count))
    return found if count > 1 else found[0]


@pytest.mark.parametrize(("layer", "function", "states"), RECURRENT)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("bias", [False, True])
def test_recurrent_functions(layer: str, function: str, states: int, layers: int, both: bool, bias: bool) -> None:
    found: list[list[Any]] = []
    for m in LIBRARIES:
        m.manual_seed(0)
        options = {"nonlinearity": function[4:]} if layer == "RNN" else {}
        net = getattr(m.nn, layer)(3, 4, layers, bias=bias, bidirectional=both, **options)
        weights = [w for group in net.all_weights for w in group]
        x, h = m.randn(5, 2, 3), state(m, states, layers * (1 + both), 2, 4)
        call = getattr(m, function)
        out = call(x, h, weights, bias, layers, 0.0, False, both, False)
        m.testing.assert_close(out[0], net(x, h)[0])
        first = call(x.transpose(0, 1), h, weights, bias, layers, 0.0, False, both, True)[0].transpose(0, 1)
        m.testing.assert_close(first, out[0])
        packed = m.nn.utils.rnn.pack_padded_sequence(x, [5, 3])
        more = call(packed.data, packed.batch_sizes, h, weights, bias, layers, 0.0, False, both)
        dropped = call(x, h, weights, bias, layers, 0.5, True, both, False)
        (out[0].sum() + more[0].sum()).backward()
        found.append([o.tolist() for o in (*out, *more, *dropped, weights[0].grad, weights[1].grad)])
    close(found)


def close(found: list[list[Any]]) -> None:
    for theirs, ours in zip(*found, strict=True):
        torch.testing.assert_close(torch.tensor(ours), torch.tensor(theirs), equal_nan=True)


CELLS = [("lstm_cell", 4, 2), ("gru_cell", 3, 1), ("rnn_tanh_cell", 1, 1), ("rnn_relu_cell", 1, 1)]


@pytest.mark.parametrize(("function", "gates", "states"), CELLS)
def test_cells(function: str, gates: int, states: int) -> None:
    found: list[list[Any]] = []
    for m in LIBRARIES:
        m.manual_seed(0)
        x, h, w, v = m.randn(2, 3), state(m, states, 2, 4), m.randn(gates * 4, 3), m.randn(gates * 4, 4)
        b, c = m.randn(gates * 4), m.randn(gates * 4)
        plain, biased = getattr(m, function)(x, h, w, v), getattr(m, function)(x, h, w, v, b, c)
        found.append([o.tolist() for o in ((*plain, *biased) if states > 1 else (plain, biased))])
    close(found)


CALLS = [
    "m.lstm(3)", "m.gru(m.ones(2))", "m.lstm_cell(o(1, 2), o(1, 3), o(12, 2), o(12, 3))",
    "m.lstm_cell(o(1, 2), (o(1, 3),), o(12, 2), o(12, 3))", "m.rnn_relu_cell(o(1, 2), o(1, 4), o(3, 2), o(3, 3))",
    "m.rnn_relu_cell(o(1, 5), o(1, 3), o(3, 2), o(3, 3))", "m.rnn_relu_cell(o(2, 2), o(1, 3), o(3, 2), o(3, 3))",
    "m.lstm(o(2, 1, 2), (o(1, 1, 3), o(1, 1, 3)), [o(12, 2), o(12, 3)], True, 1, 0.0, False, False, False)",
    "m.rnn_tanh(o(2, 1, 2), o(1, 1, 3), [o(3, 2), o(3, 3), o(3), o(3)], True, 2, 0.0, False, False, False)",
    "m.rnn_tanh(o(2, 2), o(1, 3), [o(3, 2), o(3, 3), o(3), o(3)], True, 1, 0.0, False, False, False)",
    *[f"m.embedding_bag(w, i, {'last' if last else 'at'}, False, {mode}, False, {factors}, {last}, {padding})"
      for mode, factors in ((0, None), (1, None), (2, None), (0, "m.tensor([0.5, 1.0, 2.0, 3.0])"))
      for last in (False, True) for padding in (None, 1)],
    "m.embedding_bag(w, i, at)", "m.embedding_bag(w.double(), i, at)", "m.embedding_bag(w, i.int(), at.int(), mode=1)",
    "m.embedding_bag(w, i, at, mode=3)", "m.embedding_bag(w, i, at, mode='sum')", "m.embedding_bag(w, i, at + 1)",
    "m.embedding_bag(w, i, at, mode=1, per_sample_weights=m.ones(4))",
    *[f"m.segment_reduce(f, {how!r}, lengths=m.tensor([2, 0, 4]), initial={initial})"
      for how in ("sum", "mean", "prod", "max", "min", "amax", "amin") for initial in (None, 2)],
    "m.segment_reduce(f, 'sum', offsets=m.tensor([0, 2, 6]))", "m.segment_reduce(f.view(3, 2), 'max', lengths=l)",
    "m.segment_reduce(f.view(2, 3), 'sum', lengths=m.tensor([[2, 1], [1, 2]]), axis=1)",
    "m.segment_reduce(f.view(1, 3, 2), 'mean', lengths=l[None], axis=1)",
    "m.segment_reduce(f.view(2, 3), 'sum', lengths=l, axis=1)", "m.segment_reduce(f, 'sum', lengths=l)",
    "m.segment_reduce(f, 'sum', lengths=l, unsafe=True)", "m.segment_reduce(f, 'sum', lengths=m.tensor([-2, 8]))",
    "m.segment_reduce(f, 'sum')", "m.segment_reduce(f, 'nope', lengths=l)",
    "m.segment_reduce(f.long(), 'sum', lengths=l)",
    "m.segment_reduce(f, 'sum', lengths=l.float())", "m.segment_reduce(f, 'sum', indices=l)",
    "m.segment_reduce(f, 'sum', lengths=l.int(), axis=-1, unsafe=True)",
    *[f"m.autograd.grad(m.segment_reduce(g, {how!r}, lengths=m.tensor([3, 0, 1])).nansum(), g)"
      for how in ("sum", "mean", "prod", "max", "min")],
    "m.sym_int(-2.7), m.sym_float(3), m.sym_max(2, 3), m.sym_max(2, 3.0), m.sym_min(2, 3.0), m.sym_not(1)",
    "m.sym_sum([1, 2.5]), m.sym_ite(True, 1, 2), m.sym_sqrt(4)", "m.sym_ite(1, 2, 3)", "m.sym_ite(True, 2, 3.0)",
    "m.cond(m.tensor(True), lambda a: a + 1, lambda a: a - 1, (f,))", "m.cond(False, lambda a: a, lambda a: -a, (f,))",
    "m.while_loop(lambda i: i < 3, lambda i: (i + 1,), (m.tensor(0),))", "m.is_warn_always_enabled()",
    "m.set_warn_always(3)", "m.set_flush_denormal(3)", "m.is_vulkan_available()", "f.is_xla, f.is_mps",
    "f.view(2, 3).dim_order(), f.view(2, 3).t().dim_order(), m.ones(1, 2, 1).dim_order(), m.tensor(1).dim_order()",
    "f.dim_order(ambiguity_check=True)", "m.ones(1, 1).dim_order(ambiguity_check=True)",
    "f.const_data_ptr() == f.data_ptr()", "sorted(m.functional.__all__), m.functional.einsum is m.einsum",
    "sorted(m.types.__all__), m.types.Number", "m.from_file('/no/such', size=2)", "m.from_file(m.__file__, size=0)",
    "m.from_file(m.__file__, False, 2, dtype=m.int8).shape",
    "m.slice_inverse(f[1:3], f, 0, 1, 3)", "f[::2].slice_inverse(f, 0, 0, 6, 2)",
]  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_functions(call: str) -> None:
    def run(m: Any) -> Any:
        names = {
            "m": m,
            "o": m.ones,
            "w": m.arange(12.0).view(4, 3),
            "i": m.tensor([0, 1, 2, 1]),
            "at": m.tensor([0, 2, 2]),
            "last": m.tensor([0, 2, 4]),
            "f": m.arange(6.0),
            "l": m.tensor([2, 1]),
            "g": m.tensor([1.0, 0.0, 1.0, 2.0], requires_grad=True),
        }
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return eval(call, names)

    try:
        assert_same(run, torch, gradiente)
    finally:  # torch compiles for `cond` and `while_loop`, and from then on distributions validate nothing
        torch.distributions.Distribution.set_default_validate_args(True)
