"""Notebook files, and how the cells of a notebook run.

Note [Running a notebook]
The code cells run in order in one ``__main__`` namespace. The value of a cell's last expression is shown through
`sys.displayhook` unless it is None or the expression ends with a semicolon. ``await`` is allowed at top level, all
cells share one event loop, and ``from __future__`` holds from its cell on. Cell n is the n-th code cell that is not
empty, which is the number that Jupyter shows after a run from the top; it appears in tracebacks as
``notebook.ipynb[cell n]``, with its source in `linecache`. A cell that cannot run here (a ``!command``) is refused
before the first one runs. A syntax error is reported when its cell is reached, as in Jupyter.
"""

from __future__ import annotations
import __future__ as future

import ast
import json
import linecache
import sys
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple, NoReturn, cast

from gradiente.run.magics import UnsupportedMagic, without_magics
from gradiente.run.tracebacks import hide_own_frames

# Each feature has a bit of its own (or none), so that the sum is their union.
_FUTURE_FLAGS = sum({getattr(future, feature).compiler_flag for feature in future.all_feature_names})
_COROUTINE = 0x80  # inspect.CO_COROUTINE; inspect is slow to import


class Cell(NamedTuple):
    """One code cell: its source, and the file name it is compiled under."""

    source: str
    filename: str


def is_notebook(name: str, content: bytes) -> bool:
    """Say whether a file is a notebook: by its name, or because it is a JSON object with cells."""
    if name.endswith(".ipynb"):
        return True
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return False
    try:
        document: Any = json.loads(content)
    except ValueError:
        return False
    return isinstance(document, dict) and ("cells" in document or "worksheets" in document)


def read_notebook(name: str, content: bytes) -> list[Cell]:
    """Return the code cells of a notebook file (nbformat 3 or 4); exit with status 1 if it is not one."""
    try:
        document: Any = json.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        _refuse(name, f"not a notebook, or a damaged one: it is not valid JSON ({error})")
    if not isinstance(document, dict):
        _refuse(name, "not a notebook: its JSON is not an object")
    notebook = cast("dict[str, Any]", document)
    language = _language(notebook)
    if language is not None and language.lower() not in ("python", "ipython", "python3"):
        _refuse(name, f"its language is {language!r}; only Python notebooks can be run")
    cells = _cells(notebook)
    if cells is None:
        _refuse(
            name, f"not a notebook of nbformat 3 or 4: it has no list of cells (nbformat {notebook.get('nbformat')})"
        )
    sources = [_source(name, position, cell) for position, cell in enumerate(cells, 1) if _is_code(cell)]
    return number_cells(name, sources)


def number_cells(name: str, sources: list[str]) -> list[Cell]:
    """Drop empty cells and name the others; see Note [Running a notebook]."""
    kept = [source for source in sources if source.strip()]
    return [Cell(source, f"{name}[cell {number}]") for number, source in enumerate(kept, 1)]


def run_notebook(cells: list[Cell], main: ModuleType) -> None:
    """Run cells in the namespace of ``main``; see Note [Running a notebook]."""
    runnable = [_prepare(cell) for cell in cells]
    namespace = vars(main)
    namespace["display"] = display
    loop = _Loop()
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        for cell in runnable:
            for code in _compile_cell(cell, flags):
                flags |= code.co_flags & _FUTURE_FLAGS
                if code.co_flags & _COROUTINE:
                    loop.run(FunctionType(code, namespace)())
                else:
                    exec(code, namespace)
    except BaseException as error:
        hide_own_frames(error, use_linecache=True)
        raise
    finally:
        loop.close()


def display(*values: object) -> None:
    """Show each value as the last expression of a cell is shown; notebooks find this function in their namespace."""
    for value in values:
        sys.displayhook(value)


class _Loop:
    """The event loop of a notebook, made when a cell awaits for the first time."""

    def __init__(self) -> None:
        self._runner: Any = None

    def run(self, coroutine: Any) -> None:
        if self._runner is None:
            import asyncio

            self._runner = asyncio.Runner()
        self._runner.run(coroutine)

    def close(self) -> None:
        if self._runner is not None:
            self._runner.close()


def _prepare(cell: Cell) -> Cell:
    """Take the magics out of a cell and register its source for tracebacks."""
    lines = cell.source.splitlines(keepends=True)
    # No modification time: `linecache.checkcache` then leaves the entry alone.
    linecache.cache[cell.filename] = (len(cell.source), None, lines, cell.filename)
    try:
        source, notices = without_magics(cell.source)
    except UnsupportedMagic as error:
        _refuse(f"{cell.filename}, line {error.line}", str(error))
    for line, text in notices:
        print(f"gradiente: {cell.filename}, line {line}: {text}", file=sys.stderr)
    return Cell(source, cell.filename)


def _compile_cell(cell: Cell, flags: int) -> list[CodeType]:
    """Compile a cell to its statements, and its last expression apart if its value is to be shown."""
    tree = compile(cell.source, cell.filename, "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    last = tree.body[-1] if tree.body else None
    shown: ast.Interactive | None = None
    if isinstance(last, ast.Expr) and not _ends_with_semicolon(cell.source, last):
        tree.body.pop()
        shown = ast.Interactive([last])
    codes = [compile(tree, cell.filename, "exec", flags, dont_inherit=True)] if tree.body else []
    if shown is not None:
        # The future statements of this very cell hold for its last expression as well.
        inherited = codes[0].co_flags & _FUTURE_FLAGS if codes else 0
        codes.append(compile(shown, cell.filename, "single", flags | inherited, dont_inherit=True))
    return codes


def _ends_with_semicolon(source: str, statement: ast.Expr) -> bool:
    assert statement.end_lineno is not None
    assert statement.end_col_offset is not None
    line = source.split("\n")[statement.end_lineno - 1].encode()
    return line[statement.end_col_offset :].lstrip().startswith(b";")


def _language(notebook: dict[str, Any]) -> str | None:
    """The programming language that a notebook declares, if it does."""
    metadata = notebook.get("metadata")
    for section, key in (("language_info", "name"), ("kernelspec", "language")):
        entry: Any = cast("dict[str, Any]", metadata).get(section) if isinstance(metadata, dict) else None
        language: Any = cast("dict[str, Any]", entry).get(key) if isinstance(entry, dict) else None
        if isinstance(language, str):
            return language
    return None


def _cells(notebook: dict[str, Any]) -> list[Any] | None:
    """The cells of a notebook of nbformat 4, or of all worksheets of nbformat 3; None if they are not lists."""
    if "worksheets" not in notebook:
        cells = notebook.get("cells")
        return cast("list[Any]", cells) if isinstance(cells, list) else None
    worksheets: Any = notebook["worksheets"]
    found: list[Any] = []
    for sheet in cast("list[Any]", worksheets) if isinstance(worksheets, list) else [None]:
        inner: Any = cast("dict[str, Any]", sheet).get("cells") if isinstance(sheet, dict) else None
        if not isinstance(inner, list):
            return None
        found.extend(cast("list[Any]", inner))
    return found


def _is_code(cell: Any) -> bool:
    return isinstance(cell, dict) and cast("dict[str, Any]", cell).get("cell_type") == "code"


def _source(name: str, position: int, cell: dict[str, Any]) -> str:
    source: Any = cell.get("source", cell.get("input", ""))
    parts: list[Any] = cast("list[Any]", source) if isinstance(source, list) else [source]
    if not all(isinstance(part, str) for part in parts):
        _refuse(name, f"a damaged notebook: the source of cell {position} is not text")
    return "".join(parts)


def _refuse(name: str, text: str) -> NoReturn:
    print(f"gradiente: {name}: {text}", file=sys.stderr)
    sys.exit(1)
