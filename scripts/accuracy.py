"""Write docs/accuracy.md: how far values and slopes are from the truth at hard points, here and in torch.

Needs the group `parity`. The cases stand in tests/accuracy_cases.py.
"""

from __future__ import annotations

import math
import sys
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

INTRODUCTION = """\
# Accuracy

How far values and first derivatives are from the truth, in float64, at hard points: tiny and large arguments, both
sides of branch points, tails. The truth is computed with mpmath to 60 digits. Each number is the worst relative error
over the points of that function, in units of ε = 2⁻⁵² ≈ 2.2·10⁻¹⁶: an error below 0.5 is the rounding of a perfect
result, 4.5·10¹⁵ means that nothing is right (a 0 in place of a tiny number), ∞ an infinity or NaN in place of a number.
The last column says what loses digits, where many are lost.

`scripts/accuracy.py` writes the table; the cases stand in `tests/accuracy_cases.py`, and the tests hold each to a
bound.
"""


def shown(value: float) -> str:
    """An error in two digits."""
    if math.isinf(value):
        return "∞"
    if value < 1000:
        return f"{value:.2g}" if value < 100 else f"{value:.0f}"
    digits, exponent = f"{value:.1e}".split("e")
    return f"{digits}·10^{int(exponent)}"


def main() -> None:
    """Measure, and write the page."""
    warnings.simplefilter("ignore")
    import torch

    import gradiente
    from accuracy_cases import CASES, measured

    lines = [
        f"\ngradiente against PyTorch {torch.__version__.split('+')[0]}, one machine.\n",
        "| function | value | PyTorch | slope | PyTorch | because |",
        "|---|---|---|---|---|---|",
    ]
    for case in CASES:
        ours, theirs = measured(case, gradiente), measured(case, torch)
        slopes = ("", "") if case.slopes == () else (shown(ours[1]), shown(theirs[1]))
        cells = [f"`{case.name}`", shown(ours[0]), shown(theirs[0]), *slopes, case.because]
        lines.append("| " + " | ".join(cells).rstrip() + " |")
    (ROOT / "docs" / "accuracy.md").write_text(INTRODUCTION + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
