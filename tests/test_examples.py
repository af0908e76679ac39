"""Every program in examples/ runs unchanged under ``python -m gradiente`` and prints what PyTorch printed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from example_logs import EXAMPLES, RECORDS, difference, record

ROOT = EXAMPLES.parent
MODULES = {"digits"}
"""Files that programs import; they print nothing."""


def test_every_program_has_a_record_and_a_row_in_the_table() -> None:
    programs = {path.stem for path in EXAMPLES.glob("*.py")} - MODULES
    assert set(RECORDS) == programs
    page = (ROOT / "docs" / "examples.md").read_text(encoding="utf-8")
    assert [name for name in sorted(programs) if f"(../examples/{name}.py)" not in page] == []


@pytest.mark.parametrize("name", RECORDS)
def test_program_prints_what_pytorch_printed(name: str) -> None:
    arguments, want = record(name)
    source = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "gradiente", f"examples/{name}.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert difference(run.stdout, want) == ""
    assert run.stderr == ""


@pytest.mark.parametrize(
    ("got", "same"),
    [
        ("loss 1.2345 of 3\n  .:@@\n", True),
        ("loss 1.2351 of 3\n  :::@@\n", False),  # a character more
        ("loss 1.2351 of 3\n  ::@@\n", True),  # each within the tolerance
        ("loss 1.2372 of 3\n  .:@@\n", False),
        ("loss 1.2345 of 4\n  .:@@\n", False),
        ("loss 1.2345 of 3\n  .:@=\n", False),
        ("loss 1.2345 of 3\n", False),
        ("gain 1.2345 of 3\n  .:@@\n", False),
        ("loss nan of 3\n  .:@@\n", False),
    ],
)
def test_logs_are_compared(got: str, same: bool) -> None:
    assert (difference(got, "loss 1.2345 of 3\n  .:@@\n") == "") == same
