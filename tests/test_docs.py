"""The documentation: its code runs, its tables hold, its links lead somewhere, its commands are those that CI runs.

The `>>>` examples are run by pytest itself (``--doctest-glob``). Here is the rest. A python block without examples is a
file if its first line is ``# name.py``; a text block is a file likewise, else what the block above it prints. Lines
with ``$`` in a console block are commands, run in a folder with the page's files; what follows is what they print.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import math
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import gradiente
from gradiente.rules import kinds, table

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs").glob("*.md"))
README = ROOT / "README.md"
ALL_PAGES = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *PAGES]
CUMULATIVE = "from_nothing.md"
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# (?P<name>[\w.]+\.(py|txt))\n")


class Block(NamedTuple):
    language: str
    body: str
    line: int

    @property
    def file(self) -> str:
        """The name of the file that this block is, or nothing."""
        match = FILE.match(self.body)
        return match["name"] if match else ""


def page_id(path: Path) -> str:
    return path.name


def blocks(path: Path) -> list[Block]:
    text = path.read_text(encoding="utf-8")
    return [Block(m["language"], m["body"], text.count("\n", 0, m.start()) + 2) for m in FENCE.finditer(text)]


def prose(path: Path) -> str:
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def rows(text: str) -> list[list[str]]:
    """The cells of all rows of all Markdown tables, without the heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    found = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    rulers = {i for i, line in enumerate(lines) if set(line) <= set("|-")}
    return [row for i, row in enumerate(found) if i not in rulers and i + 1 not in rulers]


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def section(path: Path, title: str) -> str:
    """The text of a page under the heading `title`, up to the next heading of any level."""
    parts = re.split(r"^#+ (.+)\n", prose(path), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))[title]


def same(want: str, got: str) -> bool:
    return doctest.OutputChecker().check_output(want, got, doctest.ELLIPSIS)


# --- blocks of code


def test_examples_are_collected_by_pytest():
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    assert {"docs", "README.md"} <= set(options["testpaths"])
    assert "--doctest-glob=*.md" in options["addopts"]


@pytest.mark.parametrize("path", ALL_PAGES, ids=page_id)
def test_every_block_of_code_is_of_a_kind_that_is_run(path):
    for block in blocks(path):
        where = f"{path.name}:{block.line}"
        assert block.language in ("", "python", "text", "console", "sh"), f"{where}: what is {block.language!r}?"
        if block.language == "python" and ">>> " in block.body:
            assert block.body.endswith("\n\n"), f"{where}: an empty line before the fence, or the fence is output"
        elif block.language == "python":
            assert block.file or path.name in (CUMULATIVE, "table.md"), f"{where}: neither example nor file"


def test_the_core_from_nothing():
    """Rebuild the core block by block, as a reader would, and compare what is printed."""
    page, namespace = blocks(ROOT / "docs" / CUMULATIVE), {}
    for i, block in enumerate(page):
        if block.language != "python":
            continue
        printed = io.StringIO()
        code = compile("\n" * (block.line - 1) + block.body, CUMULATIVE, "exec")
        with contextlib.redirect_stdout(printed):
            exec(code, namespace)
        want = page[i + 1].body if i + 1 < len(page) and page[i + 1].language == "text" else ""
        assert printed.getvalue() == want, f"{CUMULATIVE}:{block.line}"
    for cells in rows(section(ROOT / "docs" / CUMULATIVE, "Where each piece lives")):
        for name in quoted(cells[0]):
            assert name in namespace, f"the last table speaks of {name}, which the page does not define"


def test_the_lines_shown_of_the_table_are_lines_of_the_table():
    shown = [b for b in blocks(ROOT / "docs" / "table.md") if b.language == "python" and ">>>" not in b.body]
    namespace = {name.lower(): value for name, value in vars(kinds).items() if isinstance(value, type)}
    for block in shown:
        exec(block.body, namespace)
    found = [value for value in namespace.values() if isinstance(value, kinds.Primitive)]
    assert len(found) == 6
    for primitive in found:
        real = table[primitive.name]
        assert (primitive.kind, primitive.node) == (real.kind, real.node)
        ours, theirs = ([r.function.__code__ for r in p.rules if r] for p in (primitive, real))
        assert [(c.co_code, c.co_names, c.co_consts) for c in ours] == [
            (c.co_code, c.co_names, c.co_consts) for c in theirs
        ], primitive.name


def test_the_two_tutorials_print_the_same():
    english, spanish = (
        [
            example.want
            for example in doctest.DocTestParser().get_examples((ROOT / "docs" / name).read_text(encoding="utf-8"))
            if "tensor(" in example.want and "grad_fn=<Cub" not in example.want
        ]
        for name in ("tutorial.md", "tutorial_es.md")
    )
    assert len(english) > 10
    assert english == spanish


# --- commands


def commands(body: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what it prints."""
    found: list[tuple[str, str]] = []
    for line in body.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append((line[2:].strip(), ""))
        else:
            command, printed = found[-1]
            found[-1] = command, printed + line
    return found


CONSOLES = [
    pytest.param(path, command, want, id=f"{path.name}-{command}")
    for path in (README, *PAGES)
    for block in blocks(path)
    if block.language == "console"
    for command, want in commands(block.body)
]


@pytest.mark.parametrize(("path", "command", "want"), CONSOLES)
def test_commands_print_what_is_shown(path, command, want, tmp_path):
    for block in blocks(path):
        if block.file:
            (tmp_path / block.file).write_text(block.body, encoding="utf-8")
    program, *arguments = shlex.split(command)
    assert program == "python"
    source = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    run = subprocess.run(
        [sys.executable, *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": source},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert same(want, run.stdout), run.stdout


def ci_commands() -> set[str]:
    """What make offers and runs, as a user would type it."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = {f"make {target}" for target in re.findall(r"^([a-z][\w-]*):", text, re.MULTILINE)}
    for recipe in re.findall(r"^\t@?(.+)", text, re.MULTILINE):
        found.add(re.sub(r"\$\(P?BIN\)/|-qq |-e ", "", recipe))
    return found


@pytest.mark.parametrize("path", [README, *PAGES], ids=page_id)
def test_every_other_command_is_one_of_make(path):
    known = ci_commands()
    for block in blocks(path):
        if block.language == "sh":
            for line in block.body.splitlines():
                assert line in known, f"{path.name}: {line!r} is not among {sorted(known)}"


@pytest.mark.parametrize("path", ALL_PAGES, ids=page_id)
def test_make_has_the_targets_that_are_spoken_of(path):
    known = ci_commands()
    for command in re.findall(r"`(make [^`]+)`", path.read_text(encoding="utf-8")):
        _, *targets = command.split()
        for target in targets:
            assert f"make {target}" in known, f"{path.name}: {command}"


# --- links


def anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", ALL_PAGES, ids=page_id)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
        if re.match(r"https?://", target):
            continue
        file, _, anchor = target.partition("#")
        linked = (path.parent / file).resolve() if file else path
        assert linked.exists(), f"{path.name}: {target}"
        assert not anchor or anchor in anchors(linked), f"{path.name}: {target}"


def test_every_page_is_in_the_index():
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES if page.name != "index.md" and f"({page.name})" not in index] == []


# --- the table of kinks

NAMES = {"torch": gradiente, "F": gradiente.nn.functional, "inf": math.inf, "nan": math.nan}
KINKS = [
    pytest.param(function, quoted(at), quoted(slope), id=f"{function} at {at}")
    for functions, at, slope, _ in rows(prose(ROOT / "docs" / "kinks.md"))
    for function in quoted(functions)
]


def test_no_row_is_lost():
    assert len(KINKS) >= 50


@pytest.mark.parametrize(("function", "at", "slope"), KINKS)
def test_slopes_are_those_of_the_table(function, at, slope):
    operands = "x" if len(at) == 1 else "a, b"
    called = eval(f"lambda {operands}: {function}", NAMES)
    points = [gradiente.tensor(eval(point, NAMES), requires_grad=True) for point in at]
    called(*points).sum().backward()
    for point, want in zip(points, slope, strict=True):
        assert point.grad is not None
        np.testing.assert_array_equal(point.grad.numpy(), np.asarray(eval(want, NAMES), dtype="float32"))


# --- the comparison with PyTorch


def resolve(prefix: str, name: str) -> bool:
    """Whether `prefix.name`, with torch for gradiente, exists."""
    value = gradiente
    for part in f"{prefix}.{name}".split(".")[1:]:
        try:
            value = getattr(value, part)
        except AttributeError:
            return False
    return True


def listed(title: str) -> list[tuple[str, str]]:
    """Prefix and name of everything in the table under `title`; the first cell ends with the prefix."""
    found = rows(section(ROOT / "docs" / "compared.md", title))
    return [(quoted(cells[0])[-1], name) for cells in found for name in quoted(cells[1])]


def test_what_is_said_to_work_exists():
    names = listed("What is there")
    assert len(names) > 200
    assert [f"{prefix}.{name}" for prefix, name in names if not resolve(prefix, name)] == []


def test_what_is_said_to_be_missing_is_missing():
    """When one of them arrives, move it to the table of what is there."""
    names = listed("What is not there")
    assert len(names) > 20
    assert [f"{prefix}.{name}" for prefix, name in names if resolve(prefix, name)] == []
