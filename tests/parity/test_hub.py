"""torch.hub against torch: what is printed, kept and refused."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import torch.hub  # noqa: E402, F811

import gradiente  # noqa: E402
from outcomes import assert_same  # noqa: E402

HUBCONF = """
def model(a, b=2, **names):
    "doc"
    return a, b, names
def other(): pass
def _hidden(): pass
const = 3
"""


def _made(place: Path) -> Path:
    for name in ("local", "cache/o_n_main", "cache/p_q_master"):
        (place / name).mkdir(parents=True)
        (place / name / "hubconf.py").write_text(HUBCONF)
    (place / "needy").mkdir()
    (place / "needy" / "hubconf.py").write_text("dependencies = ['not_there_a', 'not_there_b']\ndef model(): pass\n")
    (place / "empty").mkdir()
    torch.save({"w": torch.ones(2)}, place / "w-00000000.pth")
    return place


@pytest.mark.parametrize(
    "call",
    [
        "hub.load(f'{d}/local', 'model', 1, source='local', c=3)",
        *(f"hub.load(f'{{d}}/local', {model}, source='local')" for model in ("'nope'", "'const'", "3")),
        "hub.load(f'{d}/local', 'model', source='lcal')",
        *(f"hub.load(f'{{d}}/{folder}', 'model', source='local')" for folder in ("needy", "empty")),
        *(
            "hub.load('o/n', 'model', 1)",
            "hub.load('o/n:main', 'model', 1, verbose=False)",
            "hub.load('p/q', 'model', 5)",
        ),
        *("hub.list('o/n:main')", "hub.help('o/n:main', 'model')", "hub.help('o/n:main', 'nope')"),
        *("hub.load('a/b/c', 'model')", "hub.load('ab', 'model')"),
        "hub.load_state_dict_from_url(f'file://{d}/w-00000000.pth')",
        "hub.load_state_dict_from_url(f'file://{d}/w-00000000.pth', model_dir=f'{d}/m', progress=False, file_name='x')",
        "hub.load_state_dict_from_url(f'file://{d}/w-00000000.pth', check_hash=True)",
        "hub.download_url_to_file(f'file://{d}/w-00000000.pth', f'{d}/out', hash_prefix='zz')",
        "hub.download_url_to_file(f'file://{d}/w-00000000.pth', f'{d}/out')",
    ],
)
def test_calls(call: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[Any] = []

    def run(m: Any) -> Any:
        place = _made(tmp_path / ("torch" if m is torch else "gradiente"))
        before, path = m.hub.get_dir(), list(sys.path)
        os.symlink(place, tmp_path / "at")
        m.hub.set_dir(tmp_path / "at" / "cache")
        try:
            return eval(call, {"hub": m.hub, "d": str(tmp_path / "at")})
        finally:
            m.hub.set_dir(before)
            os.unlink(tmp_path / "at")
            assert sys.path == path
            said = capsys.readouterr()
            kept = [*sorted(str(p.relative_to(place)) for p in place.rglob("*.pth")), (place / "out").exists()]
            seen.append((said.out, said.err, kept))

    assert_same(run, torch, gradiente)
    assert seen[0] == seen[1]
