"""The programs in examples/: the record of what PyTorch prints, and how another log is compared with it.

A record, `examples/expected/NAME.txt`, begins with the command that it is of, a shortened run: `$ python NAME.py …`.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
RECORDS = {path.stem: path for path in sorted((EXAMPLES / "expected").glob("*.txt"))}

RELATIVE = 1e-3
"""Roundings differ between libraries and machines, and training lets them grow; a wrong derivative shows above."""

_NUMBER = re.compile(r"[-+]?\d+\.\d+")
_SHADES = " .:-=+*#%@"


def record(name: str) -> tuple[list[str], str]:
    """The arguments of the recorded run, and what PyTorch printed."""
    command, _, log = RECORDS[name].read_text(encoding="utf-8").partition("\n")
    dollar, python, program, *arguments = command.split()
    assert (dollar, python, program) == ("$", "python", f"examples/{name}.py"), command
    return arguments, log


def difference(got: str, want: str) -> str:
    """The first line where two logs differ by more than roundings, as both have it; or an empty string."""
    for ours, theirs in zip_longest(got.splitlines(), want.splitlines(), fillvalue="(nothing)"):
        if not (_drawn_alike(ours, theirs) or _same_line(ours, theirs)):
            return f"got:  {ours}\nwant: {theirs}"
    return ""


def _same_line(ours: str, theirs: str) -> bool:
    """Whether the words are equal and the decimals differ by a thousandth or by two units in their last place."""
    if _NUMBER.sub("", ours) != _NUMBER.sub("", theirs):
        return False
    for a, b in zip(_NUMBER.findall(ours), _NUMBER.findall(theirs), strict=True):
        unit = 10.0 ** -len(b.partition(".")[2])
        if abs(float(a) - float(b)) > RELATIVE * abs(float(b)) + 2.01 * unit:
            return False
    return True


def _drawn_alike(ours: str, theirs: str) -> bool:
    """Whether both are lines of a drawing in characters, of which each is at most one shade off."""
    if not set(ours + theirs) <= set(_SHADES):
        return False
    width = max(len(ours), len(theirs))
    levels = zip(map(_SHADES.index, ours.ljust(width)), map(_SHADES.index, theirs.ljust(width)), strict=True)
    return all(abs(a - b) <= 1 for a, b in levels)
