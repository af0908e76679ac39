"""Sobol points against torch, bit for bit."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("scipy")

import gradiente  # noqa: E402 (after the check for torch)
from outcomes import assert_same  # noqa: E402


@pytest.mark.parametrize("scramble", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("dimension", [1, 3, 40])
def test_points(scramble: bool, dtype: str, dimension: int, seed: int) -> None:
    def run(m: Any) -> list[Any]:
        m.manual_seed(seed)
        drawn = []
        for given in (None, seed % 1000):
            engine = m.quasirandom.SobolEngine(dimension, scramble, given)
            kind = getattr(m, dtype)
            drawn += [engine.draw(dtype=kind), engine.draw(6, dtype=kind), engine.fast_forward(9).draw(200, dtype=kind)]
            drawn += [engine.reset().draw_base2(4, dtype=kind), engine.shift]
        return [*(x.tolist() for x in drawn), m.rand(1).item()]

    assert run(torch) == run(gradiente)


@pytest.mark.parametrize(
    "call",
    [
        "e(30000)",
        "e(0)",
        "e(2, scramble=True)",
        "e(2, True, 7)",
        "e(2).draw(-1)",
        "e(2).draw(0)",
        "e(2).fast_forward(1).draw(0)",
        "e(2).draw(dtype=m.float16)",
        "e(2).draw(2, dtype=m.bfloat16)",
        "e(2).draw(3, dtype=m.int32)",
        "e(2).fast_forward(3).draw_base2(2)",
        "e(2).draw(2, out=m.empty(1))",
        "e.MAXBIT, e.MAXDIM, e(3).fast_forward(5).num_generated",
        "e(3, True, 4).sobolstate[:, :8]",
    ],
)
def test_errors_and_texts(call: str) -> None:
    if "sobolstate" in call:
        engine = gradiente.quasirandom.SobolEngine(3, True, 4)
        whole = torch.quasirandom.SobolEngine(3, True, 4).sobolstate
        assert whole[:, :12].tolist() == engine._scrambled(12).tolist()
        return
    assert_same(lambda m: eval(call, {"m": m, "e": m.quasirandom.SobolEngine}), torch, gradiente)
