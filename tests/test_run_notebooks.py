"""``python -m gradiente``: notebooks and their text exports."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gradiente.run.exports import cell_source, is_export
from gradiente.run.magics import UnsupportedMagic, without_magics


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "gradiente", *arguments], cwd=cwd, capture_output=True, text=True
    )


def notebook(folder: Path, *sources: str, name: str = "nb.ipynb", version: int = 4, **metadata: Any) -> str:
    if version == 4:
        cells = [{"cell_type": "code", "source": source.splitlines(keepends=True)} for source in sources]
        document: dict[str, Any] = {"nbformat": 4, "metadata": metadata, "cells": cells}
        document["cells"].insert(0, {"cell_type": "markdown", "source": "# Title"})
    else:
        cells3 = [{"cell_type": "code", "input": source} for source in sources]
        document = {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": cells3}]}
    (folder / name).write_text(json.dumps(document), encoding="utf-8")
    return name


@pytest.mark.parametrize(("version", "name"), [(4, "nb.ipynb"), (3, "nb.ipynb"), (4, "without_suffix")])
def test_cells_share_a_namespace_and_echo(tmp_path: Path, version: int, name: str) -> None:
    program = notebook(
        tmp_path,
        "import sys, torch\nx = 'a'\nx",
        "",
        "None",
        "x + 'b';",
        "x + 'é'; # comment",
        "(x,\n 2)",
        "print(_, __name__, sys.argv, '__file__' in globals())",
        "display(torch.__spec__.name)\ndef f(): return 1\nf()",
        version=version,
        name=name,
    )
    result = run(program, "arg", cwd=tmp_path)
    assert result.stderr == ""
    assert result.stdout == f"'a'\n('a', 2)\n('a', 2) __main__ {[name, 'arg']} False\n'gradiente'\n1\n"


def test_traceback_shows_the_line_of_the_cell(tmp_path: Path) -> None:
    program = notebook(tmp_path, "a = 0", "def f():\n    return 1 / a", "x = 1\nf()")
    result = run(program, cwd=tmp_path)
    assert result.returncode == 1
    lines = [line for line in result.stderr.splitlines() if "^" not in line and "~" not in line]
    assert lines == [
        "Traceback (most recent call last):",
        '  File "nb.ipynb[cell 3]", line 2, in <module>',
        "    f()",
        '  File "nb.ipynb[cell 2]", line 2, in f',
        "    return 1 / a",
        "ZeroDivisionError: division by zero",
    ]


def test_a_syntax_error_is_reported_when_its_cell_is_reached(tmp_path: Path) -> None:
    result = run(notebook(tmp_path, "print(1)", "x = = 1"), cwd=tmp_path)
    assert (result.returncode, result.stdout) == (1, "1\n")
    assert result.stderr.startswith('  File "nb.ipynb[cell 2]", line 1\n    x = = 1')


def test_exit_status_and_await_and_future(tmp_path: Path) -> None:
    assert run(notebook(tmp_path, "import sys", "sys.exit(5)"), cwd=tmp_path).returncode == 5
    source = "import asyncio\n"
    source += "async def f():\n    await asyncio.sleep(0)\n    return asyncio.get_running_loop()\na = await f()"
    result = run(notebook(tmp_path, source, "(await f()) is a"), cwd=tmp_path)
    assert (result.stdout, result.stderr) == ("True\n", "")
    future = run(
        notebook(tmp_path, "from __future__ import annotations", "def f(x: nope): pass\nf.__annotations__"),
        cwd=tmp_path,
    )
    assert future.stdout == "{'x': 'nope'}\n", future.stderr


def test_harmless_magics_are_skipped_with_a_notice(tmp_path: Path) -> None:
    program = notebook(
        tmp_path,
        "%matplotlib inline\n!pip install torch torchvision\nx = 3\nx",
        "%time y = x\nprint(y)\ns = '''\n%pwd'''",
    )
    result = run(program, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, "3\n3\n")
    assert result.stderr.splitlines() == [
        "gradiente: nb.ipynb[cell 1], line 1: skipped %matplotlib inline",
        "gradiente: nb.ipynb[cell 1], line 2: skipped !pip install torch torchvision",
        "gradiente: nb.ipynb[cell 2], line 1: ran without timing: %time y = x",
    ]


@pytest.mark.parametrize("line", ["!ls", "files = !ls", "%%bash\nls", "%run other.py", "x = %pwd", "!!ls"])
def test_other_magics_are_refused_before_anything_runs(tmp_path: Path, line: str) -> None:
    result = run(notebook(tmp_path, "print(1)", f"y = 1\n{line}"), cwd=tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"gradiente: nb.ipynb[cell 2], line 2: `{line.splitlines()[0]}` is a ")


def test_magics_keep_the_lines_of_a_cell() -> None:
    assert without_magics("for i in a:\n    %time f(i)\nx?")[0] == "for i in a:\n    f(i)\npass"
    source = 's = """\n!not a command\n"""\n%matplotlib inline'
    assert without_magics(source) == (source.replace("%matplotlib inline", "pass"), [(4, "skipped %matplotlib inline")])
    with pytest.raises(UnsupportedMagic, match="is a shell command of IPython"):
        without_magics("!ls")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("{broken", "not a notebook, or a damaged one: it is not valid JSON"),
        ("", "not a notebook, or a damaged one: it is not valid JSON"),
        ("[]", "its JSON is not an object"),
        ("{}", "it has no list of cells"),
        ('{"worksheets": [3], "metadata": 3}', "it has no list of cells"),
        ('{"cells": [{"cell_type": "code", "source": 3}]}', "the source of cell 1 is not text"),
        ('{"metadata": {"kernelspec": {"language": "R"}}, "cells": []}', "its language is 'R'"),
    ],
)
def test_damaged_notebooks(tmp_path: Path, content: str, text: str) -> None:
    (tmp_path / "nb.ipynb").write_text(content)
    result = run("nb.ipynb", cwd=tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith("gradiente: nb.ipynb: ")
    assert text in result.stderr
    assert "Traceback" not in result.stderr


EXPORT = """# Título

Una *prosa* que no es Python.

In [None]:
import torch
x = 'uno'

x

Nota

In [3]:
def f(y):
    a = y

    return a

f(x)

> **Nota**
> - Algo

print('this is prose')

In [4]:
print(
    'tres',

)
---

## Fin
"""


def test_text_export_runs_like_a_notebook(tmp_path: Path) -> None:
    (tmp_path / "export.txt").write_text(EXPORT.replace(")\n---", ")\n\n---"), encoding="utf-8")
    result = run("export.txt", cwd=tmp_path)
    assert (result.stdout, result.stderr) == ("'uno'\n'uno'\ntres\n", "")


def test_text_export_traceback(tmp_path: Path) -> None:
    (tmp_path / "export.txt").write_text("In [None]:\nx = 1\n\nIn [None]:\n1/0\n\nprose here.\n")
    result = run("export.txt", cwd=tmp_path)
    assert '  File "export.txt[cell 2]", line 1, in <module>\n    1/0\n' in result.stderr


def test_console_prompts_and_recorded_output(tmp_path: Path) -> None:
    (tmp_path / "s.txt").write_text(
        "In [1]: x = 1\n\nIn [2]: for i in [x]:\n   ...:     print(i)\n\nIn [3]: x\nOut[3]: 99\n"
    )
    assert run("s.txt", cwd=tmp_path).stdout == "1\n1\n"


def test_a_script_that_mentions_markers_is_a_script(tmp_path: Path) -> None:
    source = '"""\nIn [3]:\n"""\nprint(__file__ is not None)\n'
    assert not is_export(source.encode())
    (tmp_path / "a.txt").write_text(source)
    assert run("a.txt", cwd=tmp_path).stdout == "True\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x = 1\n\nNota", "x = 1"),
        ("x = 1\n\nx", "x = 1\n\nx"),
        ("x = 1\n\nx.T, x + 1", "x = 1\n\nx.T, x + 1"),
        ("x = 1\n\nHola, mundo", "x = 1"),
        ("x = 1\n\n- uno\n- dos", "x = 1"),
        ("x = 1\n\nNota: importante", "x = 1"),
        ("x = 1\n\n2024", "x = 1"),
        ("x = 1\n\n...", "x = 1"),
        ("x = 1\n\n---\n\ny = 2", "x = 1"),
        ("x = 1\n\nNota\n\ny = 2", "x = 1"),
        ("x = 1\n\nforgotten(x)", "x = 1\n\nforgotten(x)"),
        ("x = 1\n\nHola, mundo\nque no es Python", "x = 1"),
        ("x = 1\n\nif x:\n    y = 2\n\n    z = 3\n\nA prose line.", "x = 1\n\nif x:\n    y = 2\n\n    z = 3"),
        ("x = '''a\n\nA prose line.\n'''\n\nProse.", "x = '''a\n\nA prose line.\n'''"),
        ("x = 1\n\ny = 2\nz = = 3\n\nProse here.", "x = 1\n\ny = 2\nz = = 3"),
        ("x = = 1\n\nProse here.", "x = = 1"),
        ("\n\nx = 1\n\n\nProse here.", "x = 1"),
        ("known", "known"),
        ("Prose", "Prose"),
        ("%matplotlib inline\nx = 1\n\nProse here.", "%matplotlib inline\nx = 1"),
        ("x = 1\n\n![picture](a.png)", "x = 1"),
        ("", ""),
    ],
)
def test_where_a_cell_ends(text: str, code: str) -> None:
    assert cell_source(text.splitlines(), ["known"]) == code
