"""Count what a step of the small workloads executes: bytecodes, calls of Python functions, calls of C functions.

Unlike times, counts are the same on a busy machine as on an idle one, and at every run. They belong to one version of
Python and of NumPy. ``tests/test_speed_guard.py`` compares them with the file beside it:

    python benchmarks/counts.py           prints them, and the recorded ones
    python benchmarks/counts.py --renew   records them

A ufunc or an operator on arrays is one bytecode, however long it runs: a count sees that it was called, not what it
cost. Times are measured by ``make bench``.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import gradiente
from programs import PROGRAMS
from workloads import WORKLOADS

BASELINE = Path(__file__).resolve().parent.parent / "tests" / "speed_baseline.json"
COUNTED = (
    "chain-constants",
    "chain-power",
    "scalar-expression",
    "one-layer",
    "training-step",
    "tanh-rnn",
    "small-parameters",
)
WARM_UP = 3


def bytecodes(step: Callable[[], None]) -> int:
    """How many bytecodes a step executes, in all frames of Python that it enters."""
    found = 0

    def trace(frame: Any, event: str, argument: Any) -> Any:
        nonlocal found
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        found += event == "opcode"
        return trace

    sys.settrace(trace)
    try:
        step()
    finally:
        sys.settrace(None)
    return found


def calls(step: Callable[[], None]) -> tuple[int, int]:
    """How many functions a step calls that are written in Python, and how many built-in ones and methods."""
    found = {"call": 0, "c_call": 0}

    def profile(frame: Any, event: str, argument: Any) -> None:
        if event in found:
            found[event] += 1

    sys.setprofile(profile)
    try:
        step()
    finally:
        sys.setprofile(None)
    return found["call"], found["c_call"] - 1  # the last one is setprofile itself


def count(step: Callable[[], None]) -> dict[str, int]:
    """The three counts of a step that has run before, so that whatever is made at first use exists."""
    for _ in range(WARM_UP):
        step()
    python, c = calls(step)
    return {"bytecodes": bytecodes(step), "python calls": python, "c calls": c}


def counts() -> dict[str, Any]:
    """The counts of all small workloads, and the versions that they belong to."""
    gc.collect()
    gc.disable()  # finalisers run when they are due, not when the collector comes by
    workloads = {**WORKLOADS, **PROGRAMS}
    versions = {"python": "{}.{}".format(*sys.version_info), "numpy": np.__version__}
    return {**versions, "counts": {name: count(workloads[name].build(gradiente)[0]) for name in COUNTED}}


def main() -> None:
    """Print or record the counts."""
    parser = argparse.ArgumentParser(description="Count what the small workloads execute.")
    parser.add_argument("--renew", action="store_true", help=f"write them to {BASELINE.name}")
    parser.add_argument("--json", action="store_true", help="print them as JSON")
    options = parser.parse_args()
    found = counts()
    text = json.dumps(found, indent=2) + "\n"
    if options.renew:
        BASELINE.write_text(text, encoding="utf-8")
    if options.json:
        print(text)
        return
    recorded = json.loads(BASELINE.read_text(encoding="utf-8"))
    print(f"Python {found['python']}, NumPy {found['numpy']}; recorded: {recorded['python']}, {recorded['numpy']}")
    print(f"{'one step: now, recorded':<24}" + "".join(f"{kind:>20}" for kind in next(iter(found["counts"].values()))))
    for name, row in found["counts"].items():
        cells = [f"{value:,} {recorded['counts'][name][kind]:,}" for kind, value in row.items()]
        print(f"{name:<24}" + "".join(f"{cell:>20}" for cell in cells))


if __name__ == "__main__":
    main()
