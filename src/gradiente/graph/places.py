"""Places: lines of the user's code, remembered cheaply and resolved only when an error needs them."""

from __future__ import annotations

import linecache
import os
import sys
from types import CodeType

Place = tuple[CodeType, int]
"""A code object and the offset of an instruction in it: what a frame knows without any work."""

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def is_own(code: CodeType) -> bool:
    """Whether a code object belongs to this package."""
    return code.co_filename.startswith(_PACKAGE)


def user_place(depth: int = 1) -> Place | None:
    """The innermost place outside this package, from `depth` frames above the caller."""
    frame = sys._getframe(depth)  # pyright: ignore[reportPrivateUsage]
    while frame is not None:
        code = frame.f_code
        if not code.co_filename.startswith(_PACKAGE):
            return code, frame.f_lasti
        frame = frame.f_back
    return None


def user_stack(depth: int = 1) -> list[Place]:
    """All places outside this package, the outermost first, from `depth` frames above the caller."""
    frame = sys._getframe(depth)  # pyright: ignore[reportPrivateUsage]
    places: list[Place] = []
    while frame is not None:
        code = frame.f_code
        if not code.co_filename.startswith(_PACKAGE):
            places.append((code, frame.f_lasti))
        frame = frame.f_back
    return places[::-1]


def stack_text(places: list[Place]) -> str:
    """Places as Python writes them in a traceback."""
    lines: list[str] = []
    for place in places:
        file, line = line_of(place)
        lines.append(f'  File "{file}", line {line}, in {place[0].co_name}\n')
        source = linecache.getline(file, line).strip()
        if source:
            lines.append(f"    {source}\n")
    return "".join(lines)


def line_of(place: Place) -> tuple[str, int]:
    """The file and the line number of a place."""
    code, offset = place
    line = code.co_firstlineno
    for start, end, number in code.co_lines():
        if start <= offset < end and number is not None:
            line = number
            break
    return code.co_filename, line


def describe(place: Place | None) -> str:
    """A place as text: `file:line, in function: source`, or an empty string when it is not known."""
    if place is None:
        return ""
    file, line = line_of(place)
    source = linecache.getline(file, line).strip()
    where = f"{file}:{line}, in {place[0].co_qualname}"
    return f"{where}: {source}" if source else where
