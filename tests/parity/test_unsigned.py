"""uint16, uint32 and uint64: what torch stores, converts, prints and computes, and what it refuses."""

from __future__ import annotations

import io
import warnings
from typing import Any

import pytest
import torch

import gradiente
from outcomes import outcome, torchs_words

SAME = """
x
x.type()
x.tolist(), x[0], x[1:], x[[2, 0]], x[x == 5], z.item(), int(z), float(z), bool(z), list(range(9))[z]
x.dtype, x.element_size(), x.is_signed(), x.is_floating_point(), d.itemsize, d.is_signed, d.is_complex, d.to_real()
d.to_complex()
m.iinfo(d), m.iinfo(d).max, m.iinfo(d).bits
m.finfo(d)
m.typename(x)
x.type('torch.UInt16Tensor')
m.tensor([1, 2], dtype=d), m.tensor(True, dtype=d), m.zeros(2, dtype=d), m.full((2,), 7, dtype=d), m.empty(0, dtype=d)
m.tensor([-1], dtype=d)
m.tensor([2**20], dtype=d)
m.tensor([2**40], dtype=d)
m.tensor([2**63], dtype=d)
m.tensor([2**64], dtype=d)
m.tensor([1.0], dtype=d)
m.tensor([float('nan')], dtype=d)
m.full((2,), 2**20, dtype=d)
m.full((2,), -1, dtype=d), m.full((2,), 2.7, dtype=d)
m.zeros(2, dtype=d).fill_(2**20)
m.arange(3, dtype=d)
m.eye(2, dtype=d)
m.linspace(0, 1, 2, dtype=d)
m.logspace(0, 1, 2, dtype=d)
m.range(0, 1, dtype=d)
m.rand(2, dtype=d)
m.randn(2, dtype=d)
m.randint(0, 1000, (4,), dtype=d)
m.ones(1, dtype=d, requires_grad=True)
m.set_default_dtype(d)
m.from_numpy(np.arange(3).astype(x.numpy().dtype)), m.from_dlpack(np.arange(3).astype(x.numpy().dtype)), x.numpy()
m.from_numpy(np.array(['a']))
m.frombuffer(bytearray(16), dtype=d).shape, m.asarray([1, 2], dtype=d), x.new_tensor([1]).dtype, x.new_ones(1)
m.tensor([-1.0, 70000.0]).to(d), m.tensor([-1]).to(d), x.to(m.float32), x.to(m.int8), x.bool(), x.long(), x.half()
x.clone(), x.expand(2, 3), x.view(3, 1), x.repeat(2), m.cat([x, x]), m.stack([x, y]), x.sort()
x.view(m.uint8).shape, m.ones(4).view(m.uint32), x.copy_(y), x.zero_(), x.mul_(2)
m.sum(x), m.prod(x), x.cumsum(0), x.unique(), m.equal(x, y), m.allclose(x, x), m.isnan(x), x.sum(0, dtype=m.float32)
m.mean(x)
m.sum(x, dtype=d)
m.ones(2).sum(dtype=d)
m.cumsum(m.ones(2, dtype=m.int64), 0, dtype=d)
x * y, x * 2, x / y, x / 2, x == y, x != 2, x & y, x | y, x ^ 1, +x
x + 1.5, x - 0.5, x * 1.5, x + m.ones(3), x ** 0.5, m.sqrt(x), m.exp(x), m.log(x), m.sin(x)
m.where(x == 5, x, 0), m.where(x == 5, x, y)
z + m.tensor([3]), m.tensor([3]) * z, m.tensor([1.5]) * z
x + y
x + 1
x - y
1 - x
x - True
-x
abs(x)
x // 2
x % 2
x ** 2
x < y
x >= 2
~x
x << 1
x >> 1
m.maximum(x, y)
m.clamp(x, 1, 2)
x.relu()
x.max()
x.argmax()
x.median()
m.gcd(x, y)
x @ y
m.sign(x)
x.add_(1)
x.tril()
m.nn.functional.one_hot(x)
m.nn.functional.softmax(x, 0)
x.count_nonzero()
x.gather(0, m.tensor([0]))
x + m.tensor([1, 2, 3])
x * m.ones(3, dtype=m.bool)
m.ones(3, dtype=m.bool) * z
m.promote_types(d, d), m.promote_types(d, m.float16), m.promote_types(m.bfloat16, d), m.result_type(x, 1)
m.promote_types(d, m.bool)
m.promote_types(m.int8, d)
m.promote_types(d, m.complex64)
m.result_type(x, m.ones(2, dtype=m.int8))
m.can_cast(d, m.int8), m.can_cast(m.float32, d), m.can_cast(m.bool, d)
x.set_(m.ones(2))
m.ones(2).set_(x)
x.set_(m.IntStorage(2))
x.storage_type(), x.untyped_storage().nbytes()
m.ones(3)[z], m.ones(3)[x]
m.testing.assert_close(x, y)
hash(d) == hash(getattr(m, str(d)[6:]))
"""

CALLS = SAME.strip().splitlines()


@pytest.mark.parametrize("name", ["uint16", "uint32", "uint64"])
@pytest.mark.parametrize("call", CALLS)
def test_it_is_torchs(call: str, name: str) -> None:
    import numpy as np

    found = []
    for library in (torch, gradiente):

        def run(m: Any) -> Any:
            m.manual_seed(0)
            d = getattr(m, name)
            x, y, z = (m.tensor(v).to(d) for v in ([1, 5, 3], [2, 5, 1], 3))
            return eval(call, {"m": m, "np": np, "d": d, "x": x, "y": y, "z": z})

        found.append(outcome(run, library)[:2])
    (kind, text), (our_kind, our_text) = found
    assert our_kind == kind, f"{our_text!r} instead of {text!r}"
    if kind == "value":
        assert our_text == text
    elif "not implemented for" not in text:  # torch names the first of several functions that it runs
        assert our_text.startswith(torchs_words(text))


@pytest.mark.parametrize("name", ["uint16", "uint32", "uint64"])
@pytest.mark.parametrize(("writer", "reader"), [(torch, gradiente), (gradiente, torch), (gradiente, gradiente)])
def test_files(writer: Any, reader: Any, name: str) -> None:
    x = writer.tensor([0, 1, 2**15]).to(getattr(writer, name))
    file = io.BytesIO()
    writer.save({"x": x, "view": x[1:], "dtype": x.dtype}, file)
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = reader.load(file)
    assert found["dtype"] is found["x"].dtype is getattr(reader, name)
    assert found["x"].tolist() == [0, 1, 2**15]
    found["view"].zero_()
    assert found["x"].tolist() == [0, 0, 0]


@pytest.mark.parametrize("name", ["uint16", "uint32", "uint64"])
def test_dlpack(name: str) -> None:
    x = gradiente.tensor([0, 1, 2**15]).to(getattr(gradiente, name))
    assert torch.from_dlpack(x).tolist() == x.tolist()
    assert torch.from_dlpack(x).dtype is getattr(torch, name)
    y = torch.tensor([0, 1, 2**15]).to(getattr(torch, name))
    assert gradiente.from_dlpack(y).dtype is x.dtype
