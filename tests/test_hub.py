"""torch.hub: files from addresses, and models of folders."""

from __future__ import annotations

import hashlib
import os
import sys
import urllib.error
import zipfile
from pathlib import Path
from typing import Any

import pytest

import gradiente as torch
from gradiente import hub

HUBCONF = """
dependencies = ["gradiente"]
from beside import seven
def model(a, b=2, **names):
    "what it makes"
    return a, b, names, seven
def _hidden(): pass
const = 3
"""


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(hub._Chosen, "folder", str(tmp_path / "cache"))  # pyright: ignore[reportPrivateUsage]
    monkeypatch.delitem(sys.modules, "beside", raising=False)
    (tmp_path / "cache").mkdir()
    return tmp_path / "cache"


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    torch.save({"w": torch.ones(2)}, tmp_path / "w.pth")
    return tmp_path / "w.pth"


def folder_at(place: Path, hubconf: str = HUBCONF) -> str:
    place.mkdir()
    (place / "hubconf.py").write_text(hubconf)
    (place / "beside.py").write_text("seven = 7")
    return str(place)


def test_where_files_are_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hub._Chosen, "folder", None)  # pyright: ignore[reportPrivateUsage]
    monkeypatch.delenv("TORCH_HOME", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert hub.get_dir() == os.path.expanduser("~/.cache/torch/hub")
    monkeypatch.setenv("XDG_CACHE_HOME", "/x")
    assert hub.get_dir() == "/x/torch/hub"
    monkeypatch.setenv("TORCH_HOME", "/t")
    assert hub.get_dir() == "/t/hub"
    hub.set_dir(Path("/d"))
    assert hub.get_dir() == "/d"


def test_weights_are_downloaded_once(weights: Path, cache: Path, capsys: pytest.CaptureFixture[str]):
    address = weights.as_uri()
    assert hub.load_state_dict_from_url(address)["w"].tolist() == [1, 1]
    said = capsys.readouterr()
    assert said.out == f'Downloading: "{address}" to {cache}/checkpoints/w.pth\n'
    assert said.err == "\r100.0%\n"
    weights.unlink()
    assert torch.utils.model_zoo.load_url(address, weights_only=True)["w"].tolist() == [1, 1]
    assert capsys.readouterr() == ("", "")


def test_hashes(weights: Path, tmp_path: Path):
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    for start in (digest[:8], "00000000"):
        (tmp_path / f"m-{start}.pth").write_bytes(weights.read_bytes())
    kept = tmp_path / "kept"
    good = (tmp_path / f"m-{digest[:8]}.pth").as_uri()
    assert hub.load_state_dict_from_url(good, str(kept), progress=False, check_hash=True)
    with pytest.raises(RuntimeError, match=rf'invalid hash value \(expected "00000000", got "{digest}"\)'):
        hub.load_state_dict_from_url((tmp_path / "m-00000000.pth").as_uri(), str(kept), False, check_hash=True)
    assert os.listdir(kept) == [f"m-{digest[:8]}.pth"]


def test_a_packed_file(weights: Path, tmp_path: Path):
    for name, members in (("one.zip", ["w.pth"]), ("two.zip", ["w.pth", "v.pth"])):
        with zipfile.ZipFile(tmp_path / name, "w") as packed:
            for member in members:
                packed.write(weights, member)
    assert hub.load_state_dict_from_url((tmp_path / "one.zip").as_uri(), progress=False)["w"].tolist() == [1, 1]
    with pytest.raises(RuntimeError, match="Only one file"):
        hub.load_state_dict_from_url((tmp_path / "two.zip").as_uri(), progress=False)


def test_what_is_not_there(tmp_path: Path):
    with pytest.raises(urllib.error.URLError):
        hub.download_url_to_file((tmp_path / "no").as_uri(), str(tmp_path / "out"))
    with pytest.raises(ValueError, match="unknown url type"):
        hub.download_url_to_file("nowhere", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_model_of_a_folder(tmp_path: Path):
    folder = folder_at(tmp_path / "own")
    before = list(sys.path)
    assert hub.load(folder, "model", 1, source="local", b=3, c=5) == (1, 3, {"c": 5}, 7)
    assert sys.path == before
    assert "hubconf" not in sys.modules


@pytest.mark.parametrize(
    ("model", "source", "error", "text"),
    [
        ("nope", "local", RuntimeError, "Cannot find callable nope in hubconf"),
        ("const", "local", RuntimeError, "Cannot find callable const in hubconf"),
        (3, "local", ValueError, "Invalid input: model should be a string of function name"),
        ("model", "lcal", ValueError, 'Unknown source: "lcal". Allowed values: "github" | "local".'),
    ],
)
def test_refusals(tmp_path: Path, model: Any, source: str, error: type[Exception], text: str):
    with pytest.raises(error) as caught:
        hub.load(folder_at(tmp_path / "own"), model, source=source)
    assert str(caught.value) == text


def test_what_a_folder_needs(tmp_path: Path):
    folder = folder_at(tmp_path / "own", 'dependencies = ["numpy", "not_there", "nor.this"]\ndef model(): pass\n')
    with pytest.raises(RuntimeError, match=r"Missing dependencies: not_there, nor\.this"):
        hub.load(folder, "model", source="local")
    with pytest.raises(FileNotFoundError, match=r"hubconf\.py"):
        hub.load(str(tmp_path), "model", source="local")


def test_repositories_in_the_cache(cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(RuntimeError, match=r"no internet connection and the repo could not be found.*source='local'"):
        hub.load("o/n", "model")
    folder = folder_at(cache / "o_n_main")
    assert hub.load("o/n", "model", 1) == (1, 2, {}, 7)
    assert capsys.readouterr().err == f"Using cache found in {folder}\n"
    assert hub.list("o/n:main", verbose=False) == ["model"]
    assert hub.help("o/n", "model") == "what it makes"
    for answer, error, text in (
        ("n", Exception, "Untrusted repository."),
        ("?", ValueError, "Unrecognized response ?."),
    ):
        monkeypatch.setattr("builtins.input", lambda prompt, answer=answer: answer)
        with pytest.raises(error) as caught:
            hub.load("o/n", "model", trust_repo=False)
        assert str(caught.value) == text
    monkeypatch.setattr("builtins.input", lambda prompt: "y")
    assert hub.load("o/n", "model", 1, trust_repo=False, verbose=False) == (1, 2, {}, 7)
    assert "already trusted" in capsys.readouterr().out
