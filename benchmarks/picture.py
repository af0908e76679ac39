"""The picture of the figures that ``compare.py`` measured: for each workload, each library's time relative to torch's.

Marks on one logarithmic scale, as SVG. Its colours are readable on white and on black; the shapes differ as well.
"""

from __future__ import annotations

import math
from typing import Any
from xml.sax.saxutils import escape

LOOKS = {
    "gradiente": ("#d9480f", "circle"),
    "torch.compile": ("#1c7ed6", "square"),
    "jax": ("#2f9e44", "diamond"),
    "autograd": ("#9c36b5", "triangle"),
    "mygrad": ("#e8a100", "cross"),
    "candle": ("#868e96", "bar"),
}
LEFT, RIGHT, TOP, ROW = 230, 850, 70, 24
LEAST, MOST = 0.03, 100.0


def across(ratio: float) -> float:
    """Where a ratio lies from left to right."""
    share = math.log(min(max(ratio, LEAST), MOST) / LEAST) / math.log(MOST / LEAST)
    return round(LEFT + share * (RIGHT - LEFT), 1)


def mark(x: float, y: float, library: str) -> str:
    """The mark of a library at a place."""
    colour, shape = LOOKS[library]
    if shape == "circle":
        return f'<circle cx="{x}" cy="{y}" r="6.5" fill="{colour}"/>'
    path = {
        "square": f"M{x - 4.5} {y - 4.5}h9v9h-9z",
        "diamond": f"M{x} {y - 6}l6 6l-6 6l-6-6z",
        "triangle": f"M{x} {y - 6}l6 10h-12z",
        "cross": f"M{x - 5} {y - 5}l10 10M{x + 5} {y - 5}l-10 10",
        "bar": f"M{x} {y - 6}v12",
    }[shape]
    stroked = shape in ("cross", "bar")
    paint = f'fill="none" stroke="{colour}" stroke-width="2.5"' if stroked else f'fill="{colour}"'
    return f'<path d="{path}" {paint}/>'


def text(x: float, y: float, words: str, anchor: str = "start", size: int = 13) -> str:
    """Words at a place."""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}">{escape(words)}</text>'


def picture(report: dict[str, Any]) -> str:
    """The whole picture, as the text of an SVG file."""
    rows = report["workloads"]
    bottom = TOP + ROW * len(rows)
    versions = report["versions"]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 880 {bottom + 70}" font-family="sans-serif" '
        'fill="#868e96">',
        text(10, 20, "Time of forward and backward relative to PyTorch eager (left of the line: faster)", size=15),
    ]
    libraries = [library for library in LOOKS if library in versions]
    for i, library in enumerate(libraries):
        x = 20 + i * 143
        parts += [mark(x, 45, library), text(x + 12, 50, f"{library} {versions[library].split('+')[0]}", size=12)]
    for tick in (0.1, 0.3, 1, 3, 10, 30):
        x = across(tick)
        width = 2 if tick == 1 else 0.5
        parts += [
            f'<path d="M{x} {TOP - 8}V{bottom}" stroke="#868e96" stroke-width="{width}"/>',
            text(x, bottom + 18, f"{tick:g}", "middle"),
        ]
    for i, figures in enumerate(rows.values()):
        y = TOP + ROW * i + ROW // 2
        parts.append(text(LEFT - 12, y + 4, figures["title"], "end"))
        shown = [library for library in libraries if "ratio" in figures.get(library, {})]
        parts += [mark(across(figures[library]["ratio"]), y, library) for library in reversed(shown)]
    parts += [
        text(10, bottom + 42, f"{report['machine']}; PyTorch {versions['torch']}; {report['date']}", size=12),
        text(10, bottom + 60, "Compiled libraries without their compilation. Made by: make bench", size=12),
        "</svg>\n",
    ]
    return "\n".join(parts)


__all__ = ["picture"]
