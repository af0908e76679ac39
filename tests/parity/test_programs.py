"""Programs about all corners of torch.autograd, run by torch and by gradiente: prints, errors, warnings agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import gradiente
import gradiente.utils.checkpoint

from .programs import difference, play, programs

torch: Any = pytest.importorskip("torch")
pytest.importorskip("torch.utils.checkpoint")

PROGRAMS = programs()


@pytest.fixture(autouse=True)
def all_warnings() -> Iterator[None]:
    """Have torch give its warnings every time, not once per process."""
    before = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    yield
    torch.set_warn_always(before)


@pytest.mark.parametrize("title", PROGRAMS)
def test_program(title: str) -> None:
    found = difference(PROGRAMS[title], torch, gradiente)
    assert not found, found


def test_differences_are_found() -> None:
    """The comparison sees other values, errors, texts and warnings, and a program that stops."""
    same = "x = leaf(1.0)\nprint(x)\nattempt(x.backward, 3)"
    assert difference(same, torch, gradiente) == ""
    ours = "import torch\nours = torch.__name__ == 'gradiente'\n"
    for line in (
        "print(ours)",
        "1 / (not ours)",
        "import warnings; warnings.warn(str(ours))",
        "attempt(int, str(ours))",
    ):
        assert difference(ours + line, torch, gradiente), line


def test_a_program_is_run_to_its_end() -> None:
    assert play("print(1)\nraise ValueError('here')", torch)[-1][:3] == ("end", "ValueError", "here")
