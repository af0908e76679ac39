"""The list of what does not work yet, `op_db_not_yet.txt`, and the coverage page that follows from it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from .op_db_access import key, operators
from .op_db_checks import aspects

FILE = Path(__file__).with_name("op_db_not_yet.txt")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "coverage.md"

HEADER = """\
# What does not work yet, compared with torch's operator database: an operator and the aspects in which it differs.
# `absent`: there is no such operator. Written by `python scripts/coverage.py --examine NAME ...`, never by hand.
"""
COLUMNS = ("forward", "reverse", "second", "tangent", "vmap", "complex", "types", "inplace", "out", "errors")
TITLES = {"second": "second order", "tangent": "forward mode", "inplace": "in place", "types": "other dtypes"}

INTRODUCTION = """\
# Coverage

PyTorch ships a database of its operators, with sample inputs, for its own tests. The tests here make every call of it
that is in scope (public, dense, CPU; {count} entries) in both libraries, and compare. This page is written from the
outcome by `scripts/coverage.py`, and the tests keep it true.

✓ works as in PyTorch on all samples; ✗ does not, or not on all of them; a blank where PyTorch has nothing to compare.
*forward*: values, dtypes and shapes in float64. *reverse*, *second order*, *forward mode*: derivatives. *vmap*: a batch
gives what its examples give. *complex*: all of that in complex128. *other dtypes*: the values in int64, bool, uint8,
float32, complex64, bfloat16, and for simple operators float16. *in place*: the form with `_`, and its gradient.
*out*: the argument `out=`. *errors*: for PyTorch's own list of wrong calls the same exception types, and texts that
begin alike.

{summary}
"""


def family(op: Any) -> str:
    """The family that an operator is listed under."""
    for prefix in ("fft", "linalg", "masked", "nn.functional", "signal.windows", "special"):
        if op.name.startswith(prefix + "."):
            return prefix
    kinds = {"UnaryUfuncInfo": "elementwise", "BinaryUfuncInfo": "elementwise", "ReductionOpInfo": "reductions"}
    return kinds.get(type(op).__name__, "shapes, indices, products and the rest")


def read() -> dict[str, set[str]]:
    """Per operator the aspects that do not work yet."""
    found: dict[str, set[str]] = {}
    for line in FILE.read_text().splitlines() if FILE.exists() else ():
        if line and not line.startswith("#"):
            name, _, names = line.partition(" - ")
            found[name] = set(names.split())
    return found


def write(listed: dict[str, set[str]]) -> None:
    """Write the list, by family."""
    families: dict[str, list[str]] = {}
    for name, op in operators().items():
        if listed.get(name):
            families.setdefault(family(op), []).append(f"{name} - {' '.join(sorted(listed[name]))}")
    parts = [f"\n# {title}\n" + "\n".join(sorted(lines)) + "\n" for title, lines in sorted(families.items())]
    FILE.write_text(HEADER + "".join(parts))


@cache
def offered(name: str) -> frozenset[str]:
    """The aspects that torch's operator has."""
    return frozenset(aspects(operators()[name]))


def page() -> str:
    """The coverage page, as it has to be."""
    listed = read()
    rows: dict[str, list[list[str]]] = {}
    for name, op in operators().items():
        bad = listed.get(name, set())
        marks = ["" if c not in offered(name) else "✗" if "absent" in bad or c in bad else "✓" for c in COLUMNS]
        rows.setdefault(family(op), []).append([f"`{name}`", *marks])
    titles = [TITLES.get(c, c) for c in COLUMNS]
    body = "".join(_section(title, titles, sorted(rows[title])) for title in sorted(rows))
    return INTRODUCTION.format(count=sum(map(len, rows.values())), summary=_summary(rows, titles)) + body


def _summary(rows: dict[str, list[list[str]]], titles: list[str]) -> str:
    """Per family and aspect, how many work of how many."""
    lines = [f"| family | {' | '.join(titles)} |", "|---" * (len(titles) + 1) + "|"]
    whole = [row for part in rows.values() for row in part]
    for title, part in [*sorted(rows.items()), ("all", whole)]:
        cells: list[str] = []
        for i in range(1, len(titles) + 1):
            marks = [row[i] for row in part if row[i]]
            cells.append(f"{marks.count('✓')} of {len(marks)}" if marks else "")
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _section(title: str, titles: list[str], rows: list[list[str]]) -> str:
    lines = [f"| operator | {' | '.join(titles)} |", "|---" * (len(titles) + 1) + "|"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return f"\n## {title}\n\n" + "\n".join(lines) + "\n"


__all__ = ["COLUMNS", "FILE", "PAGE", "family", "key", "offered", "page", "read", "write"]
