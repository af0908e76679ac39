"""Time gradiente against PyTorch: ``make bench-quick``.

Each library runs in a process of its own; the two take turns, so that whatever else the machine does falls on both. A
workload is timed only after both libraries have arrived at the same numbers with it. The figure is the median over the
rounds; the ratio is the median of the rounds' ratios. Thread counts are left as each library sets them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np

from programs import PROGRAMS
from workloads import WORKLOADS, Workload

CHECKED_STEPS = 10


class Worker:
    """A process that runs the workloads with one library.

    Args:
        library: what `worker` knows: ``"gradiente"``, ``"torch"``, or a peer.
        python: the interpreter of the environment that has it; this one by default.
        quiet: do not show what the library writes to the standard error output.
    """

    def __init__(self, library: str, python: str = sys.executable, quiet: bool = False) -> None:
        script = Path(__file__).with_name("worker.py")
        self.library = library
        self.process = subprocess.Popen(
            [python, str(script), library],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if quiet else None,
            text=True,
        )
        self.version = self.read()

    def read(self) -> Any:
        """Return the next answer; stop the program if the worker has died (it has printed why)."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"the worker of {self.library} ended with status {self.process.wait()}")
        return json.loads(line)

    def ask(self, do: str, workload: str, steps: int) -> Any:
        """Send one request and wait for its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, "workload": workload, "steps": steps}) + "\n")
        self.process.stdin.flush()
        return self.read()

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def difference(ours: list[Any], theirs: list[Any]) -> float:
    """Largest difference between two lists of arrays, each relative to the largest number of its array."""
    worst = 0.0
    for a, b in zip(map(np.asarray, ours), map(np.asarray, theirs), strict=True):
        if a.shape != b.shape or not np.isfinite(a).all():
            return float("inf")
        worst = max(worst, float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-30)))
    return worst


def measure(name: str, workload: Workload, ours: Worker, theirs: Worker, rounds: int) -> tuple[float, float, float]:
    """Check one workload, time it, print its line; return gradiente's seconds, torch's, and the ratio."""
    results = [worker.ask("check", name, CHECKED_STEPS) for worker in (ours, theirs)]
    error = difference(*results)
    if not error < 1e-4:  # also catches nan
        sys.exit(f"{name}: the two libraries differ by {error:.1e} after {CHECKED_STEPS} steps, nothing was timed")
    times: list[tuple[float, float]] = []
    for turn in range(rounds + 1):
        order = (ours, theirs) if turn % 2 else (theirs, ours)
        seconds = {worker.library: worker.ask("time", name, workload.repeat) for worker in order}
        if turn:  # the first turn warms up
            times.append((seconds[ours.library], seconds[theirs.library]))
    ratios = [a / b for a, b in times]
    low, *_, high = quantiles(ratios, n=10)
    a, b, ratio = median(t[0] for t in times), median(t[1] for t in times), median(ratios)
    verdict = "reached" if ratio <= workload.aim else "missed"
    print(
        f"{workload.title:<26}{a * 1e6:>11.1f}{b * 1e6:>11.1f}{ratio:>8.2f}   {low:.2f}-{high:.2f}"
        f"{workload.aim:>8.2f}  {verdict:<8}{error:>8.0e}",
        flush=True,
    )
    return a, b, ratio


def main() -> None:
    """Measure every workload and print the table."""
    parser = argparse.ArgumentParser(description="Time gradiente against PyTorch.")
    parser.add_argument("--rounds", type=int, default=40, help="timings of each workload and library (default 40)")
    parser.add_argument("--only", choices=[*WORKLOADS, *PROGRAMS], help="measure this workload alone")
    parser.add_argument("--all", action="store_true", help="measure the longer programs as well")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    if options.rounds < 2:
        parser.error("--rounds must be 2 or more: the spread needs two")
    ours, theirs = Worker("gradiente"), Worker("torch")
    print(
        f"gradiente {ours.version}, torch {theirs.version}, Python {platform.python_version()}, "
        f"NumPy {np.__version__}, {os.cpu_count()} cores"
    )
    print(f"{'':<26}{'gradiente':>11}{'torch':>11}{'ratio':>8}   {'10-90 %':<9}{'aim':>8}  {'':<8}{'differ':>8}")
    print(f"{'forward + backward':<26}{'µs':>11}{'µs':>11}")
    figures = {}
    chosen = {**WORKLOADS, **PROGRAMS} if options.all or options.only in PROGRAMS else WORKLOADS
    for name, workload in chosen.items():
        if options.only in (None, name):
            a, b, ratio = measure(name, workload, ours, theirs, options.rounds)
            figures[name] = {"gradiente_s": a, "torch_s": b, "ratio": ratio, "aim": workload.aim}
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    for worker in (ours, theirs):
        worker.close()


if __name__ == "__main__":
    main()
