"""Tables of measurements: a row for each statement, a column for each variant."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable
from typing import Any

from .measurement import Measurement, log10, ordered_unique, select_unit, trim_sigfig, unit_to_english

_END = "\033[0m\033[0m"
_BEST, _GOOD, _BAD, _VERY_BAD = "\033[92m\033[1m", "\033[34m\033[1m", "\033[2m\033[91m", "\033[31m\033[1m"
_SEPARATOR = "  |  "
_NOTE = "(! XX%)"

_Row = tuple[int, str, str]
"""Number of threads, environment, name."""


class Colorize(enum.Enum):
    """Among which times a table marks the shortest."""

    NONE = "none"
    COLUMNWISE = "columnwise"
    ROWWISE = "rowwise"


class _Column:
    """The cells of a column: how long the numbers are, and with how many decimals."""

    def __init__(self, cells: list[Measurement | None], scale: float, trim: bool, warn: bool) -> None:
        found = [cell for cell in cells if cell is not None]
        leading = [math.ceil(log10(m.median / scale)) for m in found]
        spare = [max(m.significant_figures - digits, 0) for digits, m in zip(leading, found, strict=True)]
        self._decimals = min(spare) if trim else 1
        self._length = max(leading) + self._decimals + (1 if self._decimals else 0)
        self._scale, self._trim = scale, trim
        self._warns = warn and any(m.has_warnings for m in found)

    def text(self, cell: Measurement | None) -> str:
        if cell is None:
            return ""
        value = cell.median / self._scale
        if self._trim:
            value = trim_sigfig(value, cell.significant_figures)
        text = f"{value:>{abs(self._length)}.{self._decimals}f}"
        if self._warns:
            doubted = f" (! {cell.iqr / cell.median * 100:.0f}%)"
            text += doubted if cell.has_warnings else " " * len(_NOTE)
        return text


class _Table:
    """The measurements of one label."""

    def __init__(self, found: list[Measurement], colorize: Colorize, trim: bool, warn: bool) -> None:
        self._label = found[0].task_spec.label or ""
        self._colorize = colorize
        self._unit, scale = select_unit(min(m.median for m in found))
        self._rows = sorted(ordered_unique(_row(m) for m in found), key=lambda row: row[:2])
        self._columns = ordered_unique(m.task_spec.description for m in found)
        self._cells = {(_row(m), m.task_spec.description): m for m in found}
        self._warned = warn and any(m.has_warnings for m in found)
        grid = [[self._cells.get((row, column)) for row in self._rows] for column in self._columns]
        formats = [_Column(cells, scale, trim, warn) for cells in grid]
        texts = [[form.text(cell) for cell in cells] for form, cells in zip(formats, grid, strict=True)]
        self._texts = [list(row) for row in zip(*texts, strict=True)]

    def render(self) -> str:
        """The table, and what its units are."""
        names = self._names()
        headings = [str(column) for column in self._columns]
        widths = [max(map(len, column)) for column in zip(headings, *self._texts, strict=True)]
        width = max(map(len, names))
        head = _SEPARATOR.join([" " * width, *(h.center(w) for h, w in zip(headings, widths, strict=True))])
        lines: list[str] = []
        threads = None
        for row, name, texts in zip(self._rows, names, self._texts, strict=True):
            if row[0] != threads:
                threads = row[0]
                lines.append(f"{threads} threads: ".ljust(len(head), "-"))
            cells = [
                self._coloured(row, column, text.center(w))
                for column, text, w in zip(self._columns, texts, widths, strict=True)
            ]
            lines.append(_SEPARATOR.join([name.ljust(width), *cells]))
        title = f"[{f' {self._label} '.center(len(head) - 2, '-')}]"
        notes = [f"Times are in {unit_to_english(self._unit)}s ({self._unit})."]
        if self._warned:
            notes.append(f"{_NOTE} Measurement has high variance, where XX is the IQR / median * 100.")
        return "\n".join([title, head, *lines, "", *notes, ""])

    def _names(self) -> list[str]:
        """The first column: names, behind their environment where there are several."""
        environments = {environment for _, environment, _ in self._rows}
        if len(environments) < 2:
            return [f"      {name}" for _, _, name in self._rows]
        width = max(map(len, environments)) + 2
        shown, before = [], None
        for threads, environment, name in self._rows:
            place = (threads, environment)
            shown.append(f"  {f'({environment})' if place != before else '':<{width}}  {name}")
            before = place
        return shown

    def _coloured(self, row: _Row, column: Any, text: str) -> str:
        cell = self._cells.get((row, column))
        if cell is None or self._colorize is Colorize.NONE:
            return text
        if self._colorize is Colorize.ROWWISE:
            others = [self._cells.get((row, other)) for other in self._columns]
        else:
            others = [self._cells.get((other, column)) for other in self._rows if other[0] == row[0]]
        best = min(m.median for m in others if m is not None)
        mark = _mark(cell.median, best)
        return f"{mark}{text}{_END}" if mark else text


def _row(m: Measurement) -> _Row:
    return m.task_spec.num_threads, m.env, m.as_row_name


def _mark(time: float, best: float) -> str:
    if time <= best * 1.01:
        return _BEST
    if time <= best * 1.1:
        return _GOOD
    if time >= best * 5:
        return _VERY_BAD
    return _BAD if time >= best * 2 else ""


class Compare:
    """A table of measurements: their labels, sublabels and descriptions name tables, rows and columns.

    Args:
        results: the measurements; those of one task are merged.

    Raises ValueError for what is not a measurement.

    >>> import gradiente as torch
    >>> from gradiente.utils.benchmark import Compare, Measurement, TaskSpec
    >>> tasks = [TaskSpec("f(x)", "", label="f", sub_label=n, description=d) for n in "ab" for d in ("old", "new")]
    >>> print(Compare([Measurement(1, [1e-3 * (i + 1)], task) for i, task in enumerate(tasks)]))
    [--------- f ---------]
             |  old  |  new
    1 threads: ------------
          a  |  1.0  |  2.0
          b  |  3.0  |  4.0
    <BLANKLINE>
    Times are in milliseconds (ms).
    <BLANKLINE>
    """

    def __init__(self, results: list[Measurement]) -> None:
        self._results: list[Measurement] = []
        self._trim, self._warn, self._colorize = False, False, Colorize.NONE
        self.extend_results(results)

    def extend_results(self, results: Iterable[Measurement]) -> None:
        """Add measurements."""
        results = list(results)
        for result in results:
            if not isinstance(result, Measurement):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise ValueError(f"Expected an instance of `Measurement`, got {type(result)} instead.")
        self._results.extend(results)

    def trim_significant_figures(self) -> None:
        """Show only the digits that are likely to be right."""
        self._trim = True

    def colorize(self, rowwise: bool = False) -> None:
        """Mark short and long times, of a column or of a row, for terminals."""
        self._colorize = Colorize.ROWWISE if rowwise else Colorize.COLUMNWISE

    def highlight_warnings(self) -> None:
        """Mark times that vary more than they should."""
        self._warn = True

    def print(self) -> None:
        """Print the tables."""
        print(self)

    def __str__(self) -> str:
        merged = Measurement.merge(self._results)
        labels = ordered_unique(m.task_spec.label for m in merged)
        groups = [[m for m in merged if m.task_spec.label == label] for label in labels]
        return "\n".join(_Table(group, self._colorize, self._trim, self._warn).render() for group in groups)


__all__ = ["Colorize", "Compare"]
