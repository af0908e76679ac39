"""Fake quantisation gives torch's numbers, masks, names of nodes and errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.outcomes import assert_same

import gradiente

torch = pytest.importorskip("torch")

SETUP = """
x = m.tensor(GIVEN).requires_grad_()
F, C = m.fake_quantize_per_tensor_affine, m.fake_quantize_per_channel_affine
s, z = m.tensor([0.1, 0.2, 0.3]), m.tensor([0, 1, 2], dtype=m.int32)
"""
CALLS = [
    "F(x, 0.1, 3, 0, 15)",
    "F(x, m.tensor(0.3), m.tensor(2), -8, 7)",
    "F(x, m.tensor([0.3]), m.tensor([2], dtype=m.int32), -8, 7)",
    "F(x.double(), 0.1, 3, 0, 15)",
    "F(x.half(), 0.1, 3, 0, 15)",
    "F(x.bfloat16(), 0.1, 3, 0, 15)",
    "F(x * 0 + m.tensor([float('nan'), float('inf'), -float('inf'), 0.05]), 0.1, 3, 0, 15)",
    "C(x, s, z, 0, 0, 15)",
    "C(x, m.tensor([0.1, 0.2, 0.3, 0.4]), m.tensor([0.0, 1, 2, 3]), 1, -4, 3)",
    "C(x.double(), s, z, 0, 0, 15)",
    "F(x, 0.1, 30, 0, 15)",
    "F(x, 0.1, 3, 15, 0)",
    "F(x.long(), 0.1, 3, 0, 15)",
    "F(x, 'a', 0, 0, 3)",
    "C(x, s, z.long(), 0, 0, 15)",
    "C(x, s[:2], z[:2], 0, 0, 15)",
    "C(x, s, z + 20, 0, 0, 15)",
    "C(x, s, z, 5, 0, 15)",
    "C(x, s.double(), z, 0, 0, 15)",
    "C(x, s, z, -1, 0, 15)",
    "C(x, s, z[:2], 0, 0, 15)",
    "C(x, s[None], z[None], 0, 0, 15)",
    "C(x, s, z[None], 0, 0, 15)",
    "C(x, s, z, 0, 15, 0)",
]


@pytest.mark.parametrize("call", CALLS)
def test_calls(call: str, rng: np.random.Generator) -> None:
    given = (rng.standard_normal((3, 4)) * 3).astype(np.float32).tolist()

    def run(m: Any) -> Any:
        names: dict[str, Any] = {"m": m}
        exec(SETUP.replace("GIVEN", repr(given)), names)
        y = eval(call, names)
        y.sum().backward()
        return y, names["x"].grad

    assert_same(run, torch, gradiente)
