"""Costs do not creep: what the small workloads execute, counted, against the counts recorded in speed_baseline.json.

A change that needs more has to say so: ``python benchmarks/counts.py --renew`` records the new counts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
BASELINE = json.loads((ROOT / "tests" / "speed_baseline.json").read_text(encoding="utf-8"))
TOLERANCE = 1.10
HERE = ("{}.{}".format(*sys.version_info), np.__version__)
RECORDED = (BASELINE["python"], BASELINE["numpy"])

same_versions = pytest.mark.skipif(
    HERE != RECORDED,
    reason=f"bytecodes are those of one Python and NumPy: recorded with {RECORDED}, these are {HERE}",
)


def counted() -> dict[str, Any]:
    """The counts of an interpreter of their own, in which neither pytest nor another test has left anything."""
    source = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    run = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "counts.py"), "--json"],
        env={**os.environ, "PYTHONPATH": source, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)["counts"]


def grown(counts: dict[str, dict[str, int]], recorded: dict[str, dict[str, int]]) -> list[str]:
    """A line for each count that is more than a tenth above the recorded one."""
    return [
        f"{name}: {value} {kind}, recorded were {recorded[name][kind]}"
        for name, row in counts.items()
        for kind, value in row.items()
        if value > TOLERANCE * recorded[name][kind]
    ]


@same_versions
def test_small_workloads_execute_no_more_than_recorded():
    counts = counted()
    assert counts.keys() == BASELINE["counts"].keys()
    assert grown(counts, BASELINE["counts"]) == [], "if this is meant: python benchmarks/counts.py --renew"


def test_an_eighth_more_is_noticed():
    for name, row in BASELINE["counts"].items():
        for kind, value in row.items():
            assert value > 0, f"{name}: nothing was counted as {kind}"
            more = {name: {**row, kind: value + value // 8 + 1}}
            assert [line.split(":")[0] for line in grown(more, BASELINE["counts"])] == [name]
    assert grown(BASELINE["counts"], BASELINE["counts"]) == []
