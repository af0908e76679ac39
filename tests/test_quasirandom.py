"""Sobol points: how evenly they lie, what is refused."""

from __future__ import annotations

import sys

import pytest

import gradiente as torch
from gradiente.quasirandom import SobolEngine

pytest.importorskip("scipy", reason="the extra `special` is not installed")


@pytest.mark.parametrize("scramble", [False, True])
def test_one_point_in_each_cell(scramble):
    """Of 64 points, one lies in each 64th of every axis, and one in each of 8 × 8 cells of the first two."""
    points = SobolEngine(5, scramble, 3).draw_base2(6)
    assert [sorted((64 * points[:, i]).int().tolist()) for i in range(5)] == [list(range(64))] * 5
    cells = (8 * points[:, :2]).int()
    assert len({tuple(cell) for cell in cells.tolist()}) == 64


def test_parts_are_the_whole():
    engine, whole = SobolEngine(3, True, 1), SobolEngine(3, True, 1).draw(20)
    assert torch.equal(torch.cat([engine.draw(), engine.draw(7), engine.draw(12)]), whole)
    assert torch.equal(engine.reset().fast_forward(5).draw(4), whole[5:9])
    out = torch.empty(0)
    assert torch.equal(engine.reset().draw(3, out=out), out)
    assert (out.shape, engine.num_generated, repr(engine)) == (
        (3, 3),
        3,
        "SobolEngine(dimension=3, scramble=True, seed=1)",
    )


def test_what_is_refused(monkeypatch):
    with pytest.raises(ValueError, match=r"Supported range of dimensionality for SobolEngine is \[1, 21201\]"):
        SobolEngine(0)
    with pytest.raises(ValueError, match=r"n=3\+2\*\*2=7\. If you still want to do this"):
        SobolEngine(2).fast_forward(3).draw_base2(2)
    with pytest.raises(RuntimeError, match="negative dimension -2"):
        SobolEngine(2).draw(-1)
    with pytest.raises(NotImplementedError, match=r"not implemented for 'Int' \(ask for torch\.float64\)"):
        SobolEngine(2).draw(2, dtype=torch.int32)
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    with pytest.raises(ImportError, match="Install the extra `special`"):
        SobolEngine(9).draw(3)
