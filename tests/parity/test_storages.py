"""Storages: what gradiente shows and raises is what torch does; and files of one are memory in the other."""

from __future__ import annotations

import io
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

import gradiente
import sessions

from .storage_programs import PROGRAMS, START


@pytest.fixture(autouse=True)
def warned_before() -> None:
    """Typed storages warn once per process; what follows shall not depend on which test is the first."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for library in (torch, gradiente):
            library.FloatStorage(1)


@pytest.mark.parametrize("source", [pytest.param(source, id=name) for name, source in PROGRAMS.items()])
def test_program(source: str) -> None:
    found = sessions.differences(START + source, gradiente, torch)
    assert not found, f"these statements differ:\n\n{found}"


def test_the_warning_is_torchs() -> None:
    program = "import {0} as torch\nx = torch.ones(2)\nx.storage()\nx.storage()\ntorch.FloatStorage(2).size()\n"
    heard = []
    for name in ("torch", "gradiente"):
        command = [sys.executable, "-W", "always", "-c", program.format(name)]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        heard.append(run.stderr)
    assert heard[1] == heard[0]
    assert heard[0].count("TypedStorage is deprecated") == 1


@pytest.mark.parametrize("method", ["size", "tolist", "data_ptr", "__len__", "filename", "dtype", "device", "clone"])
def test_every_use_warns_where_that_is_set(method: str) -> None:
    counts: list[int] = []
    for library in (torch, gradiente):
        m: Any = library
        storage = m.ones(2).storage()
        m.storage._set_always_warn_typed_storage_removal(True)
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                found = getattr(storage, method)
                if callable(found):
                    found()
        finally:
            m.storage._set_always_warn_typed_storage_removal(False)
        counts.append(min(len(caught), 1))
    assert counts[0] == counts[1]


FILES: list[Any] = [(torch, gradiente), (gradiente, torch), (gradiente, gradiente)]


@pytest.mark.parametrize("archive", [True, False])
@pytest.mark.parametrize(("writer", "reader"), FILES, ids=["from torch", "to torch", "there and back"])
@pytest.mark.parametrize("only", [True, False])
def test_storages_in_files(writer: Any, reader: Any, archive: bool, only: bool) -> None:
    x = writer.arange(4.0)
    saved = [x.storage(), x[1:], writer.IntStorage([1, 2])]
    file = io.BytesIO()
    writer.save(saved, file, _use_new_zipfile_serialization=archive)
    file.seek(0)
    typed, view, ints = reader.load(file, weights_only=only)
    assert type(typed) is reader.TypedStorage
    assert (typed.dtype, typed.tolist()) == (reader.float32, [0, 1, 2, 3])
    assert view.untyped_storage().data_ptr() == typed.data_ptr()
    assert isinstance(ints, reader.IntStorage)


@pytest.mark.parametrize(("writer", "reader"), FILES, ids=["from torch", "to torch", "there and back"])
def test_untyped_storages_in_files(writer: Any, reader: Any) -> None:
    x = writer.arange(4, dtype=writer.uint8)
    file = io.BytesIO()
    writer.save([x.untyped_storage(), x], file)
    file.seek(0)
    storage, again = reader.load(file)
    assert type(storage) is reader.TypedStorage  # in torch, too
    assert (storage.dtype, storage.tolist()) == (reader.uint8, [0, 1, 2, 3])
    assert again.untyped_storage() is storage.untyped()


def test_map_location_is_given_storages() -> None:
    seen: list[list[str]] = []
    for library in (torch, gradiente):
        m: Any = library
        file, calls = io.BytesIO(), []
        m.save([m.ones(2), m.ones(3, dtype=m.int8)], file)
        file.seek(0)

        def place(storage: Any, where: str, calls: list[str] = calls) -> Any:
            calls.append(f"{storage!r} {type(storage).__name__} {storage.nbytes()} {where}")
            return storage.fill_(0)

        assert m.load(file, map_location=place)[0].tolist() == [0, 0]
        seen.append(calls)
    assert seen[1] == seen[0]


@pytest.mark.parametrize("call", [
    lambda m, path: m.UntypedStorage.from_file(str(path / "no"), False, 4),
    lambda m, path: m.UntypedStorage.from_file(str(path / "a"), False, 4),
    lambda m, path: m.UntypedStorage.from_file(str(path / "a"), False, 10**6),
    lambda m, path: m.UntypedStorage.from_file(str(path / "a")),
    lambda m, path: m.UntypedStorage.from_file(str(path / "a"), False, 4).resize_(8),
    lambda m, path: [getattr(m.UntypedStorage.from_file(str(path / "a"), False, 4), n)()
                     for n in ("is_shared", "resizable")],
    lambda m, path: m.UntypedStorage.from_file(str(path / "a"), True, 4).filename == str(path / "a"),
    lambda m, path: m.UntypedStorage.from_file(str(path / "a"), False, 4).filename,
    lambda m, path: [m.UntypedStorage.from_file(str(path / "new"), True, 4).fill_(65), (path / "new").read_text()],
    lambda m, path: [m.UntypedStorage.from_file(str(path / "a"), False, 4).fill_(65), (path / "a").read_text()],
    lambda m, path: m.ShortStorage.from_file(str(path / "a"), True, 2),
    lambda m, path: m.ShortStorage.from_file(str(path / "a"), size=2),
])  # fmt: skip
def test_memory_of_files(call: Any, tmp_path: Path) -> None:
    from outcomes import outcome, torchs_words

    found = []
    for library in (torch, gradiente):
        (tmp_path / "a").write_bytes(b"abcdefgh")
        (tmp_path / "new").unlink(missing_ok=True)
        kind, text, _ = outcome(lambda m: call(m, tmp_path), library)
        found.append((kind, text))
    assert found[1][0] == found[0][0]
    assert found[1][1].startswith(torchs_words(found[0][1]))
