"""Conversions, NumPy, devices, limits of dtypes, old tensor types, against PyTorch."""

from __future__ import annotations

import operator
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from outcomes import assert_same

torch = pytest.importorskip("torch")

import gradiente  # noqa: E402

CASES: list[Callable[[Any], Any]] = [
    lambda m: m.as_tensor([1, 2]),
    lambda m: m.as_tensor(m.ones(2, requires_grad=True)),
    lambda m: m.as_tensor(m.ones(2, requires_grad=True), dtype=m.float64),
    lambda m: m.asarray([1, 2], dtype=m.float32),
    lambda m: m.asarray(m.ones(2, requires_grad=True), requires_grad=True),
    lambda m: m.asarray([1, 2], copy=False),
    lambda m: m.asarray(np.arange(3), copy=True),
    lambda m: m.asarray(np.arange(3), dtype=m.float32, copy=False),
    lambda m: m.asarray(3),
    lambda m: m.asarray(np.float32(3)),
    lambda m: m.asarray("a"),
    lambda m: m.asarray([1], requires_grad=True),
    lambda m: m.asarray([1.0], requires_grad=True),
    lambda m: m.asarray(m.ones(2), copy=False, dtype=m.float64),
    lambda m: m.from_numpy([1]),
    lambda m: m.from_numpy(np.float64(3)),
    lambda m: m.from_numpy(np.array(3.0)),
    lambda m: m.from_numpy(np.arange(3.0)[::-1]),
    lambda m: m.from_numpy(np.array([1], dtype=">f4")),
    lambda m: m.from_numpy(m.ones(2)),
    lambda m: m.from_numpy(np.zeros(3, dtype=[("a", "f4")])["a"]),
    lambda m: m.from_numpy(np.zeros(3, dtype=[("a", "f4"), ("b", "i1")])["a"]),
    lambda m: m.frombuffer(bytearray(b"abcdefgh"), dtype=m.int32),
    lambda m: m.frombuffer(bytearray(b"abcdefgh"), dtype=m.int32, count=1, offset=4),
    lambda m: m.frombuffer(bytearray(b"abcdefg"), dtype=m.int32),
    lambda m: m.frombuffer(bytearray(b"abcdefgh"), dtype=m.int32, count=3),
    lambda m: m.frombuffer(bytearray(b"abcdefgh"), dtype=m.int32, offset=9),
    lambda m: m.frombuffer(bytearray(b""), dtype=m.int32),
    lambda m: m.frombuffer(bytearray(b"abcdefgh"), dtype=m.int32, count=0),
    lambda m: m.frombuffer("abc", dtype=m.int32),
    lambda m: m.frombuffer(bytearray(b"abcdefgh"), dtype=m.float32, requires_grad=True),
    lambda m: m.frombuffer(bytearray(b"abcdefgh"), dtype=m.int32, requires_grad=True),
    lambda m: m.device("cpu"),
    lambda m: m.device("cpu:0"),
    lambda m: m.device("cpu", 0),
    lambda m: m.device("cpu", 1),
    lambda m: m.device("cpu:0") == m.device("cpu"),
    lambda m: m.device("cuda"),
    lambda m: m.device("cuda:1").index,
    lambda m: m.device(0),
    lambda m: m.device("foo"),
    lambda m: m.device("cpu:x"),
    lambda m: m.device("cpu:-1"),
    lambda m: m.device("cpu:0", 0),
    lambda m: m.device(None),
    lambda m: m.device(1.5),
    lambda m: m.device(m.device("cpu")),
    lambda m: m.device(type="cpu"),
    lambda m: m.device(type="cpu", index=0),
    lambda m: m.device("CPU"),
    lambda m: m.device(""),
    lambda m: (
        str(m.device("cpu:0")),
        hash(m.device("cpu")) == hash(m.device("cpu")),
        m.device("cpu").type,
        m.device("cpu").index,
    ),
    lambda m: m.device("cpu") == "cpu",
    lambda m: m.device("cpu:00"),
    lambda m: m.ones(3).item(),
    lambda m: m.ones(0).item(),
    lambda m: m.ones(1, 1).item(),
    lambda m: m.ones(2, 2).tolist(),
    lambda m: m.tensor(3).tolist(),
    lambda m: m.tensor(1 + 2j).item(),
    lambda m: float(m.ones(3)),
    lambda m: float(m.tensor(1j)),
    lambda m: int(m.tensor(1j)),
    lambda m: int(m.tensor(1.7)),
    lambda m: int(m.tensor(float("nan"))),
    lambda m: int(m.tensor(float("inf"))),
    lambda m: int(m.ones(2)),
    lambda m: complex(m.tensor(1.0)),
    lambda m: complex(m.ones(2)),
    lambda m: bool(m.ones(2)),
    lambda m: bool(m.ones(0)),
    lambda m: bool(m.ones(1)),
    lambda m: bool(m.tensor(float("nan"))),
    lambda m: bool(m.tensor(0j)),
    lambda m: m.tensor(3).__index__(),
    lambda m: m.tensor(3.0).__index__(),
    lambda m: m.tensor(True).__index__(),
    lambda m: [1, 2, 3][m.tensor([1])],
    lambda m: [1, 2, 3][m.tensor([1, 2])],
    lambda m: range(m.tensor(3)),
    lambda m: m.tensor(1.0, requires_grad=True).item(),
    lambda m: m.tensor(1.0, requires_grad=True).tolist(),
    lambda m: f"{m.tensor(1.5):.3f}",
    lambda m: f"{m.ones(2):.3f}",
    lambda m: f"{m.ones(2)}",
    lambda m: f"{m.tensor(1.5)}",
    lambda m: f"{m.tensor(3):5d}",
    lambda m: f"{m.tensor(1.5, requires_grad=True)}",
    lambda m: f"{m.tensor(1.5, requires_grad=True):.2f}",
    lambda m: f"{m.tensor([1.5]):.2f}",
    lambda m: round(m.tensor(1.5)),
    lambda m: m.ones(2, requires_grad=True).numpy(),
    lambda m: m.ones(2, requires_grad=True).numpy(force=True),
    lambda m: m.ones(2).numpy(),
    lambda m: m.ones(2).to(m.int32),
    lambda m: m.ones(2).to(m.float32),
    lambda m: m.ones(2, requires_grad=True).to(m.float64),
    lambda m: m.ones(2, requires_grad=True).to(m.int64),
    lambda m: m.ones(2).to("cpu", m.float64),
    lambda m: m.ones(2).to(m.device("cpu"), dtype=m.float64, copy=True),
    lambda m: m.ones(2).to(m.ones(1, dtype=m.int8)),
    lambda m: m.ones(2).to(),
    lambda m: m.ones(2).to(dtype=None),
    lambda m: m.ones(2).to("foo"),
    lambda m: m.ones(2).to(float),
    lambda m: m.ones(2).to(np.float32),
    lambda m: m.ones(2).to(m.float32, m.float64),
    lambda m: m.ones(2).to(None),
    lambda m: m.ones(2).to(dtype=m.int32, non_blocking=True, copy=True, memory_format=m.preserve_format),
    lambda m: m.ones(2).to(m.int32, True, True),
    lambda m: m.ones(2).type(),
    lambda m: m.ones(2, dtype=m.bfloat16).type(),
    lambda m: m.ones(2).type("torch.IntTensor"),
    lambda m: m.ones(2).type("torch.FooTensor"),
    lambda m: m.ones(2).type(int),
    lambda m: m.ones(2).type(3),
    lambda m: m.ones(2).type_as(m.ones(1, dtype=m.int8)),
    lambda m: m.ones(2, requires_grad=True).double(),
    lambda m: m.ones(2, requires_grad=True).half(),
    lambda m: m.ones(2, requires_grad=True).cfloat(),
    lambda m: m.ones(2, requires_grad=True).long(),
    lambda m: m.tensor([1.5, -1.5, 300.0, float("nan"), float("inf")]).to(m.uint8),
    lambda m: m.tensor([1.5, -1.5, 300.0, float("nan"), float("inf")]).to(m.int8),
    lambda m: m.tensor([1.5, -1.5, 3e9, float("nan"), float("inf")]).to(m.int32),
    lambda m: m.tensor([1.5, -1.5, 1e30, float("nan"), float("inf"), -float("inf")]).to(m.int64),
    lambda m: m.tensor([1.5, -1.5, 1e6, float("nan"), float("inf"), -float("inf")]).to(m.int16),
    lambda m: m.tensor([1.5, -1.5, 0, float("nan")]).to(m.bool),
    lambda m: m.tensor([0 + 2j]).to(m.bool),
    lambda m: m.tensor([300, -1]).to(m.uint8),
    lambda m: m.tensor([1e300], dtype=m.float64).to(m.float32),
    lambda m: (m.ones(2).is_floating_point(), m.ones(2).is_complex(), m.ones(2).is_signed()),
    lambda m: m.is_floating_point(3),
    lambda m: (m.is_tensor(3), m.is_complex(m.ones(1))),
    lambda m: m.is_nonzero(m.ones(2)),
    lambda m: m.is_nonzero(m.ones(0)),
    lambda m: m.is_nonzero(m.ones(1)),
    lambda m: m.numel(m.ones(2, 3)),
    lambda m: m.numel(3),
    lambda m: m.Tensor([1, 2]),
    lambda m: m.Tensor(2, 3).shape,
    lambda m: m.Tensor(),
    lambda m: m.Tensor(3).shape,
    lambda m: m.Tensor(m.Size([2])).shape,
    lambda m: m.Tensor((2, 3)),
    lambda m: m.Tensor(2.5),
    lambda m: m.Tensor(m.tensor([1, 2])),
    lambda m: m.Tensor(m.tensor([1.0, 2])),
    lambda m: m.Tensor(np.array([1, 2])),
    lambda m: m.Tensor(np.array([1.0, 2], dtype="f4")),
    lambda m: m.Tensor("a"),
    lambda m: m.Tensor(None),
    lambda m: m.LongTensor([1, 2]),
    lambda m: m.LongTensor([1.5]),
    lambda m: m.LongTensor(2, 3).shape,
    lambda m: m.FloatTensor([1, 2]),
    lambda m: m.FloatTensor,
    lambda m: m.BoolTensor([1, 0]),
    lambda m: m.Tensor(-1),
    lambda m: m.Tensor(2, -1),
    lambda m: m.DoubleTensor([1]).dtype,
    lambda m: m.Tensor([[1, 2], [3]]),
    lambda m: m.finfo(m.float32),
    lambda m: m.finfo(),
    lambda m: (m.finfo(m.float64).eps, m.finfo(m.bfloat16).max),
    lambda m: m.finfo(m.complex64),
    lambda m: m.finfo(m.int32),
    lambda m: m.finfo(3),
    lambda m: m.iinfo(m.int32),
    lambda m: m.iinfo(m.float32),
    lambda m: m.iinfo(m.bool),
    lambda m: m.iinfo(m.uint8).max,
    lambda m: m.finfo("float32"),
    lambda m: (
        m.finfo(m.float16).smallest_normal,
        m.finfo(m.float16).tiny,
        m.finfo(m.float16).resolution,
        m.finfo(m.float16).bits,
        m.finfo(m.float16).dtype,
    ),
    lambda m: (m.iinfo(m.int8) == m.iinfo(m.int8), m.finfo(m.float32) == m.finfo(m.float32)),
    lambda m: m.tensor([1.0, 2.0], device="cpu:0").device,
    lambda m: m.ones(2, device="cpu:1").device,
    lambda m: m.get_default_dtype(),
    lambda m: m.ones(2).__array_priority__,
    lambda m: m.as_tensor(np.float64(2)),
    lambda m: m.as_tensor(2.5, dtype=m.int32),
    lambda m: m.as_tensor([[1], [2, 3]]),
    lambda m: m.as_tensor(m.ones(2, requires_grad=True), dtype=m.int32),
    lambda m: m.as_tensor(np.arange(3.0)[::-1]),
    lambda m: m.as_tensor(np.ones(2), dtype=m.float64).dtype,
    lambda m: m.as_tensor([1.0], device="cuda"),
    lambda m: m.as_tensor([1.0], requires_grad=True),
    lambda m: m.ones(2).to(device="cpu", dtype=m.int8),
    lambda m: m.ones(2).get_device(),
    lambda m: (m.ones(2).element_size(), m.ones(2).itemsize, m.ones(2).nbytes),
    lambda m: m.ones(2).type(dtype=m.int8),
    lambda m: m.Tensor(2, 3, device="cpu").shape,
    lambda m: m.Tensor([1, 2], device="cuda"),
    lambda m: m.Tensor([True, False]),
    lambda m: m.Tensor(np.ones(2, dtype=np.int32)),
    lambda m: m.Tensor(np.float32(2)),
    lambda m: m.Tensor(m.tensor(3)),
    lambda m: m.Tensor(True),
    lambda m: m.Tensor(range(3)),
    lambda m: m.IntTensor([1.7]),
    lambda m: m.ByteTensor([-1]),
    lambda m: m.ones(2, device=None).device,
    lambda m: m.finfo(m.bool),
    lambda m: m.iinfo(m.complex64),
    lambda m: (m.iinfo(m.int8).min, m.iinfo(m.int8).bits, m.iinfo(m.int8).dtype),
    lambda m: m.finfo(m.bfloat16),
    lambda m: m.finfo(m.float64),
    lambda m: m.finfo(m.float16),
    lambda m: float(m.tensor(1.0, dtype=m.float16)),
    lambda m: complex(m.tensor(1j)),
    lambda m: m.numel(input=m.ones(3)),
    lambda m: m.is_nonzero(3),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"line {case.__code__.co_firstlineno}")
def test_as_torch(case: Callable[[Any], Any]) -> None:
    torch.manual_seed(0)
    gradiente.manual_seed(0)
    assert_same(case, torch, gradiente)


NUMBERS = [1.5, -1.5, 0.0, -0.0, 300.0, -300.0, 3e9, 1e6, 1e30, float("nan"), float("inf"), -float("inf"), 65519.0]
DTYPES = [
    "bool",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
]


@pytest.mark.parametrize("source", ["float16", "float32", "float64"])
@pytest.mark.parametrize("target", DTYPES)
def test_conversions_of_floats(source: str, target: str) -> None:
    outcomes = [m.tensor(NUMBERS, dtype=getattr(m, source)).to(getattr(m, target)).numpy() for m in (torch, gradiente)]
    np.testing.assert_array_equal(outcomes[1], outcomes[0])


@pytest.mark.parametrize("source", ["bool", "uint8", "int8", "int16", "int32", "int64"])
@pytest.mark.parametrize("target", DTYPES)
def test_conversions_of_integers(source: str, target: str) -> None:
    values = np.array([0, 1, 127, 128, 255, -1, 40000, 2**31 - 1, 2**53 + 1, -(2**63)]).astype(source)
    outcomes = [m.tensor(values).to(getattr(m, target)).numpy() for m in (torch, gradiente)]
    np.testing.assert_array_equal(outcomes[1], outcomes[0])


def test_dlpack_between_the_two() -> None:
    theirs = torch.arange(6.0)
    ours = gradiente.from_dlpack(theirs)
    theirs[0] = 9
    assert ours.tolist() == [9.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    back = torch.from_dlpack(ours)
    back[1] = 7
    assert ours.tolist()[1] == 7.0


SIZES: list[Callable[[Any], Any]] = [
    lambda m: m.Size([1.5]),
    lambda m: m.Size(["a"]),
    lambda m: m.Size([1, None]),
    lambda m: m.Size(3),
    lambda m: m.Size(),
    lambda m: m.Size([True]),
    lambda m: m.Size([m.tensor(2), np.int64(3)]),
    lambda m: operator.add(m.Size([1, 2]), (3,)),
    lambda m: operator.add((3,), m.Size([1, 2])),
    lambda m: operator.add(m.Size([1, 2]), [3]),
    lambda m: m.Size([1, 2]) * 2,
    lambda m: 2 * m.Size([1, 2]),
    lambda m: m.Size([1, 2])[1:],
    lambda m: (m.Size([1, 2]) == (1, 2), hash(m.Size([1, 2])) == hash((1, 2))),
    lambda m: pickle.loads(pickle.dumps(m.Size([1, 2]))),
    lambda m: m.Size((2, 3)).numel(),
]


@pytest.mark.parametrize("case", SIZES, ids=lambda case: f"line {case.__code__.co_firstlineno}")
def test_sizes(case: Callable[[Any], Any]) -> None:
    assert_same(case, torch, gradiente)
