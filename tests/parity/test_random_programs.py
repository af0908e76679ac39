"""Random programs of views, changes in place, modes, hooks and passes: both libraries do the same at every statement.

`python tests/parity/test_random_programs.py 1000 2000` runs the programs of these seeds and prints those that differ.
"""

from __future__ import annotations

import sys
from typing import Any

import pytest

import gradiente
import random_programs
import sessions

oracle: Any = pytest.importorskip("torch")

MISMATCH = "RuntimeError: The size of tensor a"


def difference(source: str) -> str:
    """The first statement that differs; later ones may differ because it did."""
    for ours, theirs in zip(sessions.transcript(source, gradiente), sessions.transcript(source, oracle), strict=True):
        # Where an operand may not be used and the shapes do not fit either, torch tells the one, gradiente the other.
        twice_wrong = ours.error.startswith(MISMATCH) and "modified inplace" in theirs.error
        if not twice_wrong and not sessions.same(ours, theirs):
            return f"{ours}\n  -- torch:\n{theirs}"
    return ""


@pytest.mark.parametrize("number", range(300))
def test_random_program(number: int, seed: int) -> None:
    oracle.set_warn_always(True)
    try:
        source = random_programs.program(seed, 14 + number % 14)
        found = difference(source)
    finally:
        oracle.set_warn_always(False)
    assert not found, f"{source}\n\ndiffers at\n\n{found}"


if __name__ == "__main__":
    oracle.set_warn_always(True)
    for number in range(int(sys.argv[1]), int(sys.argv[2])):
        text = random_programs.program(number, 14 + number % 14)
        wrong = difference(text)
        if wrong:
            print(f"== seed {number}\n{text}\n-- differs at\n{wrong}\n")
