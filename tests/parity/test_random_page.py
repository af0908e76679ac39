"""docs/random.md: each call of its table draws in both libraries what the table says."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import gradiente  # noqa: E402 (after the check for torch)
import gradiente.nn.functional  # noqa: E402

PAGE = Path(__file__).resolve().parents[2] / "docs" / "random.md"
ROWS = [line.strip("| \n").split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| `")]
CALLS = [(call, equal) for cells, equal in ROWS for call in re.findall(r"`([^`]+)`", cells)]


def test_table_is_read():
    assert len(CALLS) > 40
    assert {equal for _, equal in CALLS} == {"bits", "rounding"}


@pytest.mark.parametrize(("call", "equal"), CALLS)
def test_call(call, equal, seed):
    found = []
    for library in (torch, gradiente):
        library.manual_seed(seed)
        out = eval(call, {"torch": library, "F": library.nn.functional}).detach()
        found.append((str(out.dtype), out.tolist(), library.rand(1).item()))
    (kind, theirs, next_theirs), (own, ours, next_ours) = found
    assert (own, next_ours) == (kind, next_theirs)
    if equal == "bits":
        assert ours == theirs
    else:
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)
