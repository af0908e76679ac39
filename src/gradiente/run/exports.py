"""Plain text exports of notebooks: prose in which cells are marked ``In [3]:`` or ``In [None]:``.

Note [Where a cell ends]
An export marks where a cell starts and not where it ends, so the end is found from the text between two markers:

1. Its first paragraph (up to a blank line) is code. One that is not valid Python is a syntax error of that cell.
2. A later paragraph belongs to the cell if everything from the marker to its end compiles as Python (this covers
   blank lines inside functions, brackets and strings), unless rule 3 calls it prose. The first paragraph that does
   not belong to the cell ends it: after prose no more code is looked for until the next marker.
3. Prose can compile: ``Nota`` is a name, ``- yes`` a negation, ``Hello, world`` a tuple. A paragraph is prose if it
   consists of expressions without a call (and bare annotations, ``Nota: x``) of which one is a lone constant or uses
   a name that no code before it binds. Names bound by ``from x import *`` are not known here.
4. Prose can begin with a line that compiles. But a paragraph that starts with Python beyond doubt (an assignment, a
   call, an import, ...) and does not compile is broken code, not prose: a syntax error, never a silent omission.

Python headings (``# Title``) after a cell are comments, and harmless. Recorded output (``Out[3]: ...``) ends a cell.
Prompts of a console session (``In [3]: x = 1`` and ``   ...:``) are understood too.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from gradiente.run.magics import UnsupportedMagic, is_python, parse_cell, without_magics
from gradiente.run.notebooks import Cell, number_cells

if TYPE_CHECKING:
    from collections.abc import Iterable

_MARKER = re.compile(r"In ?\[(?:None|\d+|\*| )?\]:[ \t]?(?P<code>.*)")
_OUTPUT = re.compile(r"Out ?\[\d+\]:")
_CONTINUATION = re.compile(r"\s*\.\.\.+: ?")


def is_export(content: bytes) -> bool:
    """Say whether a file is a notebook exported as text: it has cell markers and is not valid Python."""
    if b"In [" not in content and b"In[" not in content:
        return False
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return any(_MARKER.match(line) for line in text.splitlines()) and not is_python(text)


def read_export(name: str, content: bytes) -> list[Cell]:
    """Return the code cells of a text export; see Note [Where a cell ends]."""
    bound: set[str] = set()
    sources: list[str] = []
    # Not splitlines(): it also splits at form feeds and other characters that a string in the code may hold.
    text = content.decode("utf-8-sig").replace("\r\n", "\n")
    for lines in _marked_regions(text.split("\n")):
        source = cell_source(lines, bound)
        tree = parse_cell(_plain(source))
        if tree is not None:
            bound.update(_bound_names(tree.body))
        sources.append(source)
    return number_cells(name, sources)


def cell_source(lines: list[str], bound: Iterable[str]) -> str:
    r"""Return the code with which ``lines``, the text after a marker, begins; see Note [Where a cell ends].

    Args:
        lines: everything from a marker to the next one.
        bound: the names that the cells before this one bind.

    Example:
        >>> cell_source(["x = 1", "", "y = 2", "", "Nota", "", "The end."], [])
        'x = 1\n\ny = 2'
    """
    ends = _paragraph_ends(lines)
    end = 0
    broken = False
    for candidate in ends:
        tree = parse_cell(_plain("\n".join(lines[:candidate])))
        if tree is None:
            continue  # prose, or a string, bracket or block that goes on behind a blank line
        if end and _is_prose(tree, end, bound):
            break
        end = candidate
    following = next((candidate for candidate in ends if candidate > end), None)
    if following is not None:
        broken = end == 0 or _starts_with_code(lines, end, following, bound)
    return "\n".join(lines[: following if broken else end]).strip("\n")


def _marked_regions(lines: list[str]) -> list[list[str]]:
    """Split a text at its markers; the text before the first one and recorded outputs are left out."""
    regions: list[list[str]] = []
    current: list[str] | None = None
    for line in lines:
        marker = _MARKER.match(line)
        if marker:
            current = [marker["code"]] if marker["code"].strip() else []
            regions.append(current)
        elif _OUTPUT.match(line):
            current = None
        elif current is not None:
            current.append(_CONTINUATION.sub("", line, count=1) if _CONTINUATION.match(line) else line)
    return regions


def _paragraph_ends(lines: list[str]) -> list[int]:
    """Numbers of lines after which a blank line or the end follows."""
    return [
        number
        for number, line in enumerate(lines, 1)
        if line.strip() and (number == len(lines) or not lines[number].strip())
    ]


def _plain(source: str) -> str:
    """The source without magics; an unsupported one is reported when the cell is prepared to run."""
    try:
        return without_magics(source)[0]
    except UnsupportedMagic:
        return source


def _is_prose(tree: ast.Module, end: int, bound: Iterable[str]) -> bool:
    """Rule 3: whether the statements after line ``end`` only look like Python."""
    new = [statement for statement in tree.body if statement.lineno > end]
    known = {*bound, *_bound_names(statement for statement in tree.body if statement.lineno <= end)}
    return bool(new) and all(_may_be_prose(entry) for entry in new) and any(_is_words(entry, known) for entry in new)


def _may_be_prose(statement: ast.stmt) -> bool:
    bare_annotation = isinstance(statement, ast.AnnAssign) and statement.value is None
    active = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)
    return (isinstance(statement, ast.Expr) or bare_annotation) and not any(
        isinstance(node, active) for node in ast.walk(statement)
    )


def _is_words(statement: ast.stmt, known: set[str]) -> bool:
    value = statement.annotation if isinstance(statement, ast.AnnAssign) else statement
    if isinstance(value, ast.Constant) or (isinstance(value, ast.Expr) and isinstance(value.value, ast.Constant)):
        return True
    return any(
        isinstance(node, ast.Name) and node.id not in known and not node.id.startswith("_") for node in ast.walk(value)
    )


def _starts_with_code(lines: list[str], end: int, following: int, bound: Iterable[str]) -> bool:
    """Rule 4: whether the paragraph after line ``end``, which does not compile, begins with unmistakable code."""
    for stop in range(following - 1, end, -1):
        tree = parse_cell(_plain("\n".join(lines[:stop])))
        if tree is not None:
            new = [statement for statement in tree.body if statement.lineno > end]
            return bool(new) and not all(_may_be_prose(statement) for statement in new)
    return False


def _bound_names(statements: Iterable[ast.stmt]) -> set[str]:
    """Names that code binds anywhere: assignments, imports, definitions, loop variables, ..."""
    names: set[str] = set()
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                names.add(node.name)
            elif isinstance(node, ast.alias):
                names.add(node.asname or node.name.partition(".")[0])
            elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
                names.add(node.name)
    return names
