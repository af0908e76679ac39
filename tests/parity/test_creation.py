"""Making tensors, against PyTorch: values, dtypes, printed text, warnings, error types and texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from outcomes import assert_same

torch = pytest.importorskip("torch")

import gradiente  # noqa: E402

CASES: list[Callable[[Any], Any]] = [
    lambda m: m.tensor([[1, 2], [3, 4, 5]]),
    lambda m: m.tensor([[1, 2], 3]),
    lambda m: m.tensor([1, [2]]),
    lambda m: m.tensor([[1, 2], [3]]),
    lambda m: m.tensor("a"),
    lambda m: m.tensor(["a"]),
    lambda m: m.tensor(None),
    lambda m: m.tensor([None]),
    lambda m: m.tensor([1, None]),
    lambda m: m.tensor({}),
    lambda m: m.tensor([1.0, 2, True]),
    lambda m: m.tensor([True, 2]),
    lambda m: m.tensor([1, 2j]),
    lambda m: m.tensor([]),
    lambda m: m.tensor([[], []]),
    lambda m: m.tensor([[], [1]]),
    lambda m: m.tensor(m.ones(2)),
    lambda m: m.tensor([m.tensor(1.0), m.tensor(2)]),
    lambda m: m.tensor([m.ones(2), m.ones(2)]),
    lambda m: m.tensor([np.float64(1.5), 2]),
    lambda m: m.tensor([np.float32(1.5)]),
    lambda m: m.tensor([np.int32(1)]),
    lambda m: m.tensor(np.float64(1)),
    lambda m: m.tensor(np.array([1, 2.0], dtype=">f4")),
    lambda m: m.tensor(np.arange(3.0)[::-1]),
    lambda m: m.tensor([np.ones(2), np.ones(2)]),
    lambda m: m.tensor(2**63),
    lambda m: m.tensor([2**63]),
    lambda m: m.tensor(2**70),
    lambda m: m.tensor(300, dtype=m.uint8),
    lambda m: m.tensor(-1, dtype=m.uint8),
    lambda m: m.tensor([300], dtype=m.uint8),
    lambda m: m.tensor([1.7], dtype=m.int64),
    lambda m: m.tensor(1.7, dtype=m.bool),
    lambda m: m.tensor([float("nan")], dtype=m.int64),
    lambda m: m.tensor([1j], dtype=m.float32),
    lambda m: m.tensor(1j, dtype=m.int64),
    lambda m: m.tensor([1e300], dtype=m.float32),
    lambda m: m.tensor([1e300]),
    lambda m: m.tensor(1e300),
    lambda m: m.tensor([1], requires_grad=True),
    lambda m: m.tensor([1.0], requires_grad=1),
    lambda m: m.tensor([1.0], dtype=float),
    lambda m: m.tensor([1.0], dtype=int),
    lambda m: m.tensor([1.0], dtype=bool),
    lambda m: m.tensor([1.0], dtype=complex),
    lambda m: m.tensor([1.0], dtype=np.float32),
    lambda m: m.tensor([1.0], dtype="float32"),
    lambda m: m.tensor([1.0], device="cuda"),
    lambda m: m.tensor([1.0], device="foo"),
    lambda m: m.tensor([1.0], device=0),
    lambda m: m.tensor([1.0], device="cpu:0"),
    lambda m: m.tensor(data=[1]),
    lambda m: m.tensor([1], 2),
    lambda m: m.tensor(range(3)),
    lambda m: m.tensor((1, 2)),
    lambda m: m.tensor(x for x in range(3)),
    lambda m: m.tensor({1, 2}),
    lambda m: m.tensor(b"ab"),
    lambda m: m.tensor([[[1]], [[2, 3]]]),
    lambda m: m.tensor([1.0, 2.0], pin_memory=True),
    lambda m: m.zeros(2, 3, dtype=m.int8),
    lambda m: m.zeros((2, 3)),
    lambda m: m.zeros([2, 3]),
    lambda m: m.zeros(()),
    lambda m: m.zeros(),
    lambda m: m.zeros(2.0),
    lambda m: m.zeros((2.0,)),
    lambda m: m.zeros(float("nan")),
    lambda m: m.zeros((float("nan"), 2)),
    lambda m: m.zeros(-1),
    lambda m: m.zeros(2, -1),
    lambda m: m.zeros("a"),
    lambda m: m.zeros(("a",)),
    lambda m: m.zeros(None),
    lambda m: m.zeros(True),
    lambda m: m.zeros((True, 2)),
    lambda m: m.zeros(m.tensor(2)),
    lambda m: m.zeros((m.tensor(2), 3)),
    lambda m: m.zeros(m.tensor([2, 3])),
    lambda m: m.zeros(np.int64(2), 3),
    lambda m: m.zeros(m.tensor(2.0)),
    lambda m: m.zeros(2, dtype=m.int64, requires_grad=True),
    lambda m: m.zeros(2, dtype=3),
    lambda m: m.zeros(2, device="cuda"),
    lambda m: m.zeros(size=(2,)),
    lambda m: m.zeros(2, out=m.ones(2)),
    lambda m: m.zeros(2, foo=1),
    lambda m: m.zeros(2**62, 4),
    lambda m: m.full((2,), 1),
    lambda m: m.full((2,), 1.5),
    lambda m: m.full((2,), True),
    lambda m: m.full((2,), 1j),
    lambda m: m.full((2,), m.tensor(3)),
    lambda m: m.full((2,), m.tensor([3])),
    lambda m: m.full((2,), "a"),
    lambda m: m.full((2,), 1.5, dtype=m.int32),
    lambda m: m.full((2,), 300, dtype=m.uint8),
    lambda m: m.full((2,), 1e300),
    lambda m: m.full((2,), float("inf"), dtype=m.int64),
    lambda m: m.full((2,), 1j, dtype=m.float32),
    lambda m: m.full(2, 1),
    lambda m: m.full((-2,), 1),
    lambda m: m.full((2,), 2**63),
    lambda m: m.empty(0),
    lambda m: m.empty(2, memory_format=m.contiguous_format).shape,
    lambda m: m.eye(3),
    lambda m: m.eye(2, 3, dtype=m.bool),
    lambda m: m.eye(-1),
    lambda m: m.eye(2, -1),
    lambda m: m.eye(2.5),
    lambda m: m.arange(5),
    lambda m: m.arange(5.0),
    lambda m: m.arange(1, 5, 2),
    lambda m: m.arange(1, 2.5, 0.5),
    lambda m: m.arange(0, 1, 0.1),
    lambda m: m.arange(5, 1),
    lambda m: m.arange(5, 1, -1),
    lambda m: m.arange(1, 5, 0),
    lambda m: m.arange(0, float("nan")),
    lambda m: m.arange(0, float("inf")),
    lambda m: m.arange("a"),
    lambda m: m.arange(5, dtype=m.float16),
    lambda m: m.arange(5, dtype=m.complex64),
    lambda m: m.arange(5, dtype=m.bool),
    lambda m: m.arange(2, dtype=m.bool),
    lambda m: m.arange(True),
    lambda m: m.arange(m.tensor(3)),
    lambda m: m.arange(m.tensor(3.0)),
    lambda m: m.arange(3, requires_grad=True),
    lambda m: m.arange(3.0, requires_grad=True),
    lambda m: m.arange(1.5, 6, dtype=m.int64),
    lambda m: m.arange(0, 2.5, 0.6, dtype=m.int64),
    lambda m: m.arange(end=3),
    lambda m: m.arange(start=1, end=3),
    lambda m: m.arange(1, 3, step=1),
    lambda m: m.arange(),
    lambda m: m.arange(2**63),
    lambda m: m.arange(1j),
    lambda m: m.linspace(0, 1, 5),
    lambda m: m.linspace(0, 1, -1),
    lambda m: m.linspace(0, 1, 0),
    lambda m: m.linspace(0, 1, 1),
    lambda m: m.linspace(0, 1),
    lambda m: m.linspace(0, 10, 5, dtype=m.int64),
    lambda m: m.linspace(0, 10, 4, dtype=m.int64),
    lambda m: m.linspace(0, 1, 3, dtype=m.complex64),
    lambda m: m.linspace(0, 1j, 3),
    lambda m: m.linspace(m.tensor(0.0), m.tensor(1.0), 3),
    lambda m: m.linspace(m.tensor([0.0]), m.tensor(1.0), 3),
    lambda m: m.linspace(0, 1, 3, requires_grad=True),
    lambda m: m.linspace(0, 1, 3, dtype=m.bool),
    lambda m: m.linspace(0, 1, steps=3),
    lambda m: m.linspace(start=0, end=1, steps=3),
    lambda m: m.logspace(0, 2, 3),
    lambda m: m.logspace(0, 2, 3, 2),
    lambda m: m.logspace(0, 2, 3, base=3),
    lambda m: m.logspace(0, 2, 3, dtype=m.int32),
    lambda m: m.logspace(0, 2, -3),
    lambda m: m.logspace(0, 2, 1),
    lambda m: m.zeros_like(m.ones(2), dtype=m.int32),
    lambda m: m.zeros_like([1]),
    lambda m: m.full_like(m.ones(2, dtype=m.int32), 1.5),
    lambda m: m.full_like(m.ones(2), 1j),
    lambda m: m.full_like(m.ones(2, dtype=m.uint8), 300),
    lambda m: m.full_like(m.ones(2), m.tensor(2)),
    lambda m: m.rand_like(m.ones(2, dtype=m.int32)),
    lambda m: m.randint_like(m.ones(2), 3, 9).dtype,
    lambda m: m.randint_like(m.ones(2), 0),
    lambda m: m.ones(2).new_tensor([1, 2]),
    lambda m: m.ones(2, dtype=m.int8).new_tensor([1.7]),
    lambda m: m.ones(2).new_tensor(m.ones(1)),
    lambda m: m.ones(2).new_zeros(2, 3),
    lambda m: m.ones(2).new_zeros((2, 3)),
    lambda m: m.ones(2).new_zeros(),
    lambda m: m.ones(2).new_ones(3, dtype=m.int32),
    lambda m: m.ones(2).new_full((2,), 3),
    lambda m: m.ones(2).new_full((2,), 3j),
    lambda m: m.ones(2, dtype=m.int32).new_full((2,), 3.5),
    lambda m: m.ones(2).new_full(2, 3),
    lambda m: m.ones(2).new_empty(0),
    lambda m: m.ones(2).new_zeros(2, requires_grad=True),
    lambda m: m.ones(2).new_zeros(2.5),
    lambda m: m.ones(2).new_zeros(-1),
    lambda m: m.empty_like(m.ones(2)).shape,
    lambda m: m.ones(2).cuda(),
    lambda m: m.ones(2).to("cuda"),
    lambda m: m.ones(2).to("mps"),
    lambda m: m.ones(2).to(0),
    lambda m: m.ones(2).cpu(),
    lambda m: (m.ones(2).device, m.ones(2).get_device(), m.ones(2).layout, m.ones(2).is_cuda),
    lambda m: m.ones(2, device=m.device("cuda")),
    lambda m: (isinstance(m.ones(2), m.FloatTensor), isinstance(m.ones(2), m.LongTensor)),
    lambda m: m.tensor([m.ones(1)]),
    lambda m: m.tensor([m.ones(1, 1), m.ones(1, 1)]),
    lambda m: m.tensor([[m.ones(1), 2]]),
    lambda m: m.ones(-1),
    lambda m: m.empty(-1),
    lambda m: m.zeros(size=3),
    lambda m: m.zeros(2, size=(3,)),
    lambda m: np.float64(2) * m.ones(2),
    lambda m: m.ones(2) * np.float64(2),
    lambda m: np.array([m.ones(2), m.ones(2)]).shape,
    lambda m: m.tensor(m.ones(2, dtype=m.int32), dtype=m.float64),
    lambda m: m.tensor(m.ones(2, requires_grad=True)),
    lambda m: m.ones(2, dtype=m.int64).requires_grad_(),
    lambda m: m.ones(2).pin_memory(),
    lambda m: m.full((2,), 1, dtype=m.float64, requires_grad=True),
    lambda m: m.full((2,), 1, requires_grad=True),
    lambda m: m.eye(2, dtype=m.int32),
    lambda m: m.eye(2, requires_grad=True),
    lambda m: m.arange(0, 1, 0.3, dtype=m.float64),
    lambda m: m.arange(10, dtype=m.int16),
    lambda m: m.arange(-3, 3),
    lambda m: m.arange(0.5, 3),
    lambda m: m.arange(3, None),
    lambda m: m.arange(0, 1e-45, 1e-46),
    lambda m: m.arange(1, 2**40, 2**39),
    lambda m: m.arange(False, True),
    lambda m: m.linspace(1, 0, 5),
    lambda m: m.linspace(3, 10, 11, dtype=m.float64),
    lambda m: m.logspace(-1, 1, 4, dtype=m.float64),
    lambda m: m.logspace(0, 1j, 3),
    lambda m: m.logspace(0, 2, 3, base=-2),
    lambda m: m.tensor([1.0, 2.0]).new([1, 2]),
    lambda m: m.tensor([1.0, 2.0]).new(2, 3).shape,
    lambda m: m.ones(2, device=1.5),
    lambda m: m.ones(2, layout=3),
    lambda m: m.ones_like(m.ones(2), memory_format=3),
    lambda m: m.ones(2, requires_grad=None),
    lambda m: m.ones(2, pin_memory=False).shape,
    lambda m: m.zeros((2, 3), 4),
    lambda m: m.zeros([2], [3]),
    lambda m: m.zeros(2, out=m.ones(2, dtype=m.int8)),
    lambda m: m.zeros(2, dtype=m.float64, out=m.ones(2)),
    lambda m: m.arange(3, out=m.zeros(3)),
    lambda m: m.empty((2, 2), dtype=m.complex128).dtype,
    lambda m: m.scalar_tensor(3),
    lambda m: m.scalar_tensor(3, dtype=m.int8),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"line {case.__code__.co_firstlineno}")
def test_as_torch(case: Callable[[Any], Any]) -> None:
    torch.manual_seed(0)
    gradiente.manual_seed(0)
    assert_same(case, torch, gradiente)


RANGES = [(0, 1, 0.1), (0, 10, 0.3), (-1, 1, 0.01), (5, -5, -0.13), (0, 1000, 0.01)]


@pytest.mark.parametrize("bounds", RANGES)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int64", "int32"])
def test_arange_within_one_rounding(bounds: tuple[float, ...], dtype: str) -> None:
    if dtype == "int64":  # there a step below 1 is 0
        bounds = tuple(int(10 * bound) or 1 for bound in bounds)
    theirs = torch.arange(*bounds, dtype=getattr(torch, dtype)).numpy()
    ours = gradiente.arange(*bounds, dtype=getattr(gradiente, dtype)).numpy()
    assert ours.dtype == theirs.dtype
    assert ours.shape == theirs.shape
    # torch's last bits depend on the width of the CPU's vectors: a block's first number is rounded, then the others
    # are; a last bit of the largest number shows as more near 0.
    margin = 0 if ours.dtype.kind == "i" else 2 * np.spacing(np.abs(theirs).max())
    assert np.abs(ours.astype("float64") - theirs.astype("float64")).max() <= margin


@pytest.mark.parametrize("bounds", [(0, 1, 5), (0, 1, 10), (-3, 7, 101), (5, -2, 37), (0, 1, 2000), (3, 3, 4)])
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "int64", "int32", "uint8"])
def test_linspace_within_one_rounding(bounds: tuple[int, ...], dtype: str) -> None:
    if dtype == "uint8":
        bounds = tuple(abs(bound) for bound in bounds)
    theirs = torch.linspace(*bounds, dtype=getattr(torch, dtype)).numpy()
    ours = gradiente.linspace(*bounds, dtype=getattr(gradiente, dtype)).numpy()
    assert ours.dtype == theirs.dtype
    # as for arange: torch's last bits depend on the width of the CPU's vectors
    margin = 0 if ours.dtype.kind in "iu" else 2 * np.spacing(np.abs(theirs).max().astype(theirs.real.dtype))
    assert np.abs(ours - theirs).max() <= margin


@pytest.mark.parametrize("bounds", [(0, 1, 5), (-3, 3, 101), (0, 2, 11)])
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64"])
def test_logspace_to_a_few_roundings(bounds: tuple[int, ...], dtype: str) -> None:
    theirs = torch.logspace(*bounds, dtype=getattr(torch, dtype)).numpy()
    ours = gradiente.logspace(*bounds, dtype=getattr(gradiente, dtype)).numpy()
    # an exponent's last bit counts log(10) * 3 times as much in the power; float32 powers are torch's own
    np.testing.assert_allclose(ours, theirs, rtol=8 * np.finfo(dtype).eps)
