"""uint16, uint32 and uint64: stored, converted and printed; most arithmetic is refused, as in torch."""

from __future__ import annotations

import io

import numpy as np
import pytest

import gradiente as torch

DTYPES = [torch.uint16, torch.uint32, torch.uint64]


@pytest.mark.parametrize("dtype", DTYPES)
def test_what_there_is(dtype) -> None:
    x = torch.tensor([1, 5, 3], dtype=dtype)
    assert repr(x) == f"tensor([1, 5, 3], dtype={dtype})"
    assert x.type() == f"torch.UInt{8 * dtype.itemsize}Tensor"
    assert (dtype.is_signed, dtype.is_floating_point, torch.iinfo(dtype).min) == (False, False, 0)
    assert torch.iinfo(dtype).max == 2 ** (8 * dtype.itemsize) - 1
    assert torch.tensor([-1]).to(dtype).item() == torch.iinfo(dtype).max
    assert torch.from_numpy(x.numpy()).dtype is torch.from_dlpack(x).dtype is dtype
    for same in (x.clone(), torch.cat([x, x])[:3], x.sort()[0], x * 2, x & 1, torch.where(x == 5, x, 0)):
        assert same.dtype is dtype
    assert (x / 2).tolist() == [0.5, 2.5, 1.5]
    assert (x + 0.5).dtype is torch.float32
    assert x.sum().dtype is torch.int64
    file = io.BytesIO()
    torch.save(x, file)
    file.seek(0)
    assert torch.load(file).dtype is dtype


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("call", "kernel"), [
    (lambda x: x + 1, "add_stub"), (lambda x: x - x, "add_stub"), (lambda x: -x, "neg_cpu"), (abs, "abs_cpu"),
    (lambda x: x // 2, "div_floor_cpu"), (lambda x: x**2, "pow"), (lambda x: x < 2, "lt_cpu"),
    (lambda x: ~x, "bitwise_not_cpu"), (lambda x: x << 1, "lshift_cpu"), (lambda x: x.max(), "max_all"),
    (lambda x: x @ x, "dot"), (lambda x: x.clamp(0, 1), "clamp_scalar_cpu"), (lambda x: x.argmax(), "argmax_cpu"),
    (lambda x: torch.arange(3, dtype=x.dtype), "arange_cpu"), (lambda x: torch.eye(3, dtype=x.dtype), "eye"),
    (lambda x: torch.linspace(0, 1, 3, dtype=x.dtype), "linspace_cpu"), (lambda x: x.sum(dtype=x.dtype), "sum_cpu"),
])  # fmt: skip
def test_what_torch_does_not_compute(dtype, call, kernel: str) -> None:
    x = torch.tensor([1, 5, 3], dtype=dtype)
    name = f"UInt{8 * dtype.itemsize}"
    with pytest.raises(NotImplementedError, match=f"\"{kernel}\" not implemented for '{name}' .*convert the tensor"):
        call(x)


@pytest.mark.parametrize("dtype", DTYPES)
def test_promotion(dtype) -> None:
    assert torch.promote_types(dtype, torch.float16) is torch.float16
    assert torch.result_type(torch.ones(2, dtype=dtype), 1) is dtype
    x = torch.ones(2, dtype=dtype)
    for other in (torch.int64, torch.bool, torch.complex64):
        with pytest.raises(RuntimeError, match="Promotion for uint16, uint32, uint64 types is not supported"):
            x * torch.ones(2, dtype=other)
    with pytest.raises(RuntimeError, match="attempted to promote Bool and UInt"):
        torch.tensor([True]) * torch.tensor(1, dtype=dtype)


def test_limits_of_literals() -> None:
    assert torch.tensor([2**64 - 1], dtype=torch.uint64).tolist() == [2**64 - 1]
    assert torch.full((1,), 2**63, dtype=torch.uint64).item() == 2**63
    for value, error, text in (
        (2**64, OverflowError, "int too big to convert"),
        (-1, OverflowError, "can't convert negative int to unsigned"),
        (1.0, TypeError, "an integer is required"),
    ):
        with pytest.raises(error, match=text):
            torch.tensor([value], dtype=torch.uint64)
    with pytest.raises(RuntimeError, match="value cannot be converted to type uint16 without overflow"):
        torch.tensor([2**16], dtype=torch.uint16)
    assert torch.from_numpy(np.arange(2, dtype=np.uint32)).tolist() == [0, 1]
