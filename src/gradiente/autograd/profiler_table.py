"""Events as a table, in torch's form."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

_UNITS = {"s": 1e6, "ms": 1e3, "us": 1.0}
_WIDTH = 12
_GAP = "  "


def time_text(microseconds: float, unit: str | None = None) -> str:
    """A time with a unit that fits it, or with the one given."""
    if unit is None:
        unit = next((u for u in ("s", "ms") if microseconds >= _UNITS[u]), "us")
    return f"{microseconds / _UNITS[unit]:.3f}{unit}"


def memory_text(size: int) -> str:
    """A number of bytes with a unit that fits it."""
    for unit, bytes_in in (("GB", 2**30), ("MB", 2**20), ("KB", 2**10)):
        if abs(size) >= bytes_in:
            return f"{size / bytes_in:.2f} {unit}"
    return f"{size} B"


def share_text(part: float, whole: float) -> str:
    """`part` in percent of `whole`."""
    if whole == 0:
        if part != 0:
            raise AssertionError(f"Expected time to be 0 when total_time is 0, but got time={part}")
        return "NaN"
    return f"{part * 100.0 / whole:.2f}%"


class _Column:
    """A title, a width, and what a row has to say there."""

    def __init__(self, title: str, text: Callable[[Any], str], width: int = _WIDTH, left: bool = False) -> None:
        self.title: str = title
        self.text: Callable[[Any], str] = text
        self.width: int = width
        self.left: bool = left

    def fit(self, text: str) -> str:
        """The text, as wide as the column."""
        return (text.ljust if self.left else text.rjust)(self.width)


def table_text(
    events: Sequence[Any],
    sort_by: str | None,
    row_limit: int,
    widths: tuple[int, int, int],
    header: str | None,
    top_level_only: bool,
    unit: str | None,
    memory: bool,
    flops: bool,
) -> str:
    """The table of the events. `widths`: how wide the columns of names, shapes and source lines may be."""
    if unit is not None and unit not in _UNITS:
        raise ValueError(f"time_unit must be one of {list(_UNITS)}, but got {unit!r}")
    if not events:
        return ""
    if sort_by is not None:
        key = sort_by.replace("cuda", "device")
        events = sorted(events, key=lambda event: getattr(event, key), reverse=True)
    total = sum([event.self_cpu_time_total for event in events])
    columns = _columns(events, widths, unit, memory, flops, total)
    rule = _GAP.join(["-" * column.width for column in columns]) + _GAP
    lines: list[str] = []
    wide = "=" * (len(rule) - len(_GAP))
    if header is not None:
        lines += [wide, header]
    if top_level_only:
        lines += [wide, "This report only display top-level ops statistics"]
    lines += [rule, _row(columns, [column.title for column in columns]), rule]
    shown = [event for event in events if not (top_level_only and event.cpu_parent is not None)]
    for event in shown if row_limit < 0 else shown[:row_limit]:
        lines.append(_row(columns, [column.text(event) for column in columns]))
        lines += _more_source(columns, event)
    lines += [rule, f"Self CPU time total: {time_text(total, unit)}", ""]
    return "\n".join(lines)


def _row(columns: Sequence[_Column], texts: Sequence[str]) -> str:
    return _GAP.join([column.fit(text) for column, text in zip(columns, texts, strict=True)]) + _GAP


def _columns(
    events: Sequence[Any], widths: tuple[int, int, int], unit: str | None, memory: bool, flops: bool, total: float
) -> list[_Column]:
    name_width = min(max([len(event.key) for event in events]) + 4, widths[0])
    columns = [
        _Column("Name", lambda e: _clipped(e.key, name_width), name_width),
        _Column("Self CPU %", lambda e: share_text(e.self_cpu_time_total, total)),
        _Column("Self CPU", lambda e: time_text(e.self_cpu_time_total, unit)),
        _Column("CPU total %", lambda e: "0.00%" if e.is_async else share_text(e.cpu_time_total, total)),
        _Column("CPU total", lambda e: time_text(e.cpu_time_total, unit)),
        _Column("CPU time avg", lambda e: time_text(e.cpu_time, unit)),
    ]
    if memory:
        columns.append(_Column("CPU Mem", lambda e: memory_text(e.cpu_memory_usage)))
        columns.append(_Column("Self CPU Mem", lambda e: memory_text(e.self_cpu_memory_usage)))
    columns.append(_Column("# of Calls", lambda e: str(e.count)))
    if any(event.input_shapes for event in events):
        width = min(max([len(str(event.input_shapes)) for event in events]) + 4, widths[1])
        columns.append(_Column("Input Shapes", lambda e: str(e.input_shapes)[:width], width))
    sources = [line for event in events for line in event.stack or ()]
    if sources:
        width = min(max(map(len, sources)) + 4, widths[2])
        columns.append(_Column("Source Location", lambda e: _tail((e.stack or [""])[0], width), width, left=True))
    counts = [event.flops for event in events if event.flops > 0] if flops else []
    if counts:
        power = min(max(0, int(math.log10(min(counts)) // 3)), 5)
        title = f"Total {['', 'K', 'M', 'G', 'T', 'P'][power]}FLOPs"
        columns.append(
            _Column(title, lambda e: f"{e.flops / 1000.0**power:.3f}" if e.flops > 0 else "--", max(_WIDTH, len(title)))
        )
    return columns


def _more_source(columns: Sequence[_Column], event: Any) -> list[str]:
    """The further lines of the program that called an event, below the first, and an empty row."""
    place = next((i for i, column in enumerate(columns) if column.title == "Source Location"), None)
    if place is None:
        return []
    rows = []
    for line in [*(event.stack or [])[1:], ""]:
        texts = [""] * len(columns)
        texts[place] = _tail(line, columns[place].width)
        rows.append(_row(columns, texts))
    return rows


def _clipped(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."


def _tail(text: str, width: int) -> str:
    return text if len(text) <= width else "..." + text[3 - width :]


__all__ = ["memory_text", "share_text", "table_text", "time_text"]
