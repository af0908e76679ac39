"""The programs of `sessions_*.py`, statement by statement: gradiente shows, raises and warns what torch does."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import gradiente
import sessions

oracle: Any = pytest.importorskip("torch")


def programs() -> Iterator[Any]:
    for path in sorted(Path(__file__).parent.glob("sessions_*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for name, source in module.PROGRAMS.items():
            yield pytest.param(source, id=f"{path.stem.removeprefix('sessions_')}: {name}")


@pytest.fixture(autouse=True)
def warn_always() -> Iterator[None]:
    """torch gives some of its warnings once per process, which would make the tests depend on their order."""
    oracle.set_warn_always(True)
    yield
    oracle.set_warn_always(False)


@pytest.mark.parametrize("source", list(programs()))
def test_session(source: str) -> None:
    found = sessions.differences(source, gradiente, oracle)
    assert not found, f"these statements differ:\n\n{found}"
