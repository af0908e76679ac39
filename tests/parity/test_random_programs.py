"""Random programs of views, changes in place, modes, hooks and passes: both libraries do the same at every statement.

`python tests/parity/test_random_programs.py 1000 2000` runs the programs of these seeds and prints those that differ.
"""

from __future__ import annotations

import re
import sys
from typing import Any

import numpy as np
import pytest

import gradiente
import random_programs
import sessions

oracle: Any = pytest.importorskip("torch")


NUMBER = re.compile(r"-?\d+\.\d*(?:e[+-]\d+)?")


def close(ours: sessions.Step, theirs: sessions.Step) -> bool:
    """Whether the same was shown but for the last digit of numbers, and the sign of zeros."""
    a, b = (" ".join(NUMBER.sub("#", step.shown).split()) for step in (ours, theirs))
    if a != b:
        return False
    values = [np.array([float(text) for text in NUMBER.findall(step.shown)]) for step in (ours, theirs)]
    return np.allclose(*values, rtol=1e-3, atol=1.1e-4)


HISTORY = re.compile(r",\s*(?:grad_fn=<\w+>|requires_grad=True)")


def difference(source: str, duals: bool = False) -> str:
    """The first statement that differs; later ones may differ because it did.

    Tangents are compared without their histories, which depend on how a derivative is written.
    """
    for ours, theirs in zip(sessions.transcript(source, gradiente), sessions.transcript(source, oracle), strict=True):
        if duals:
            ours.shown, theirs.shown = HISTORY.sub("", ours.shown), HISTORY.sub("", theirs.shown)
        # Where an operand may not be used and the shapes do not fit either, torch tells the one, gradiente the other.
        twice_wrong = ours.error and "its base or another view of its base has been modified" in theirs.error
        if close(ours, theirs):
            ours.shown = theirs.shown
        if not twice_wrong and not sessions.same(ours, theirs):
            return f"{ours}\n  -- torch:\n{theirs}"
        if "backward" in theirs.source and theirs.error:
            break  # torch has given some leaves their gradients, gradiente none
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


@pytest.mark.parametrize("number", range(100))
def test_random_program_of_duals(number: int, seed: int) -> None:
    source = random_programs.program(seed, 14 + number % 14, duals=True)
    found = difference(source, duals=True)
    assert not found, f"{source}\n\ndiffers at\n\n{found}"


if __name__ == "__main__":
    oracle.set_warn_always(True)
    for number in range(int(sys.argv[1]), int(sys.argv[2])):
        for duals in (False, True):
            text = random_programs.program(number, 14 + number % 14, duals)
            wrong = difference(text, duals)
            if wrong:
                print(f"== seed {number}\n{text}\n-- differs at\n{wrong}\n")
