"""The programs in tests/typing, which `make types` checks strictly, also run."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

PROGRAMS = sorted((Path(__file__).parent / "typing").glob("*.py"))


def test_there_are_programs():
    assert {path.name for path in PROGRAMS} >= {"basics.py", "differentiation.py"}


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.name)
def test_a_typed_program_runs(path: Path):
    runpy.run_path(str(path), run_name="__main__")
