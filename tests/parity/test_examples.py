"""The records of what the programs in examples/ print are PyTorch's; tests/test_examples.py holds gradiente to them."""

from __future__ import annotations

import contextlib
import io
import runpy
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from example_logs import EXAMPLES, RECORDS, difference, record

torch: Any = pytest.importorskip("torch")


@pytest.fixture(autouse=True)
def own_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Undo what a program leaves in the process that it was not run in alone."""
    before = set(sys.modules)
    dtype, state = torch.get_default_dtype(), torch.get_rng_state()
    monkeypatch.syspath_prepend(str(EXAMPLES))
    yield
    torch.set_default_dtype(dtype)
    torch.set_rng_state(state)
    for name in set(sys.modules) - before:
        if str(EXAMPLES) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.mark.filterwarnings("default")  # what torch warns of is its own concern
@pytest.mark.parametrize("name", RECORDS)
def test_record_is_what_pytorch_prints(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments, want = record(name)
    program = str(EXAMPLES / f"{name}.py")
    monkeypatch.setattr(sys, "argv", [program, *arguments])
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        runpy.run_path(program, run_name="__main__")
    assert difference(printed.getvalue(), want) == ""
