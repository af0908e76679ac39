"""Values and slopes at hard points, against mpmath with 60 digits; docs/accuracy.md shows what is measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import gradiente as torch

pytest.importorskip("mpmath")
pytest.importorskip("scipy")

from accuracy_cases import CASES, error, function_at, measured

PAGE = Path(__file__).resolve().parent.parent / "docs" / "accuracy.md"


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_errors_stay_within_their_bounds(case):
    with np.errstate(all="ignore"):
        value, slope = measured(case, torch)
    assert value <= case.bound[0], f"value off by {value:.3g} ε"
    assert slope <= case.bound[1], f"slope off by {slope:.3g} ε"


GOOD = [case for case in CASES if case.bound[0] <= 30]


@pytest.mark.parametrize("case", GOOD, ids=[case.name for case in GOOD])
def test_float32_is_the_rounded_truth(case):
    """In float32 the values are as good as in float64, in units of its own rounding."""
    function = function_at(torch, case.path)
    for point in case.points:
        given = point if isinstance(point, tuple) else (point,)
        if any(not 1e-30 < abs(x) < 1e30 for x in given):
            continue
        at = [float(np.float32(x)) for x in given]
        operands = [torch.tensor(x) for x in at]
        before, after = (case.arguments, ()) if case.first else ((), case.arguments)
        wide = function(*before, *[torch.tensor(x, dtype=torch.float64) for x in at], *after).item()
        if 1e-30 < abs(wide) < 1e30:
            found = function(*before, *operands, *after)
            assert found.dtype is torch.float32
            assert error(found.item(), wide) * 2.0**-29 < 40, f"{case.name} at {at}"


def test_the_page_has_every_case():
    text = PAGE.read_text(encoding="utf-8")
    missing = [case.name for case in CASES if f"| `{case.name}` |" not in text]
    assert not missing, "run `python scripts/accuracy.py`"
