"""Time gradiente against PyTorch and against its peers: ``make bench``.

Each library runs in a process of its own, with as many threads as it takes by itself; they take turns. A workload is
timed only with libraries that have arrived at PyTorch's numbers with it. The table shows the median over the rounds of
the time relative to PyTorch's in the same round; the file ``results.json`` and the picture ``docs/benchmarks.svg`` are
made from the same figures.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np

from picture import picture
from programs import PROGRAMS
from quick import Worker, difference
from workloads import WORKLOADS, Workload

ROOT = Path(__file__).resolve().parent.parent
ALL = {**WORKLOADS, **PROGRAMS}
PEERS = ("torch.compile", "jax", "autograd", "mygrad", "candle")
LARGEST_DIFFERENCE = 1e-4
BUDGET = 1.0
"""Seconds of one timing, about: fewer steps are taken of what is slow."""


def python_of(peer: str) -> Path:
    """The interpreter of a peer's own environment; candle's hides an installed torch, so none is shared."""
    folder = ROOT / (".venv-parity" if peer == "torch.compile" else f".venv-peers/{peer}")
    return folder / "bin" / "python"


def started() -> list[Worker]:
    """The libraries that are installed; the first two are gradiente and torch."""
    workers = [Worker("gradiente"), Worker("torch")]
    for peer in PEERS:
        python = python_of(peer)
        if python.exists():
            workers.append(Worker(peer, str(python), quiet=True))
        else:
            print(f"{peer} is left out: there is no {python.relative_to(ROOT)} (make bench-peers makes it)")
    return workers


def measure(name: str, workload: Workload, workers: list[Worker], rounds: int) -> dict[str, Any]:
    """The figures of one workload: by library, its seconds and its ratio to torch's, or why there are none."""
    steps = 2 if name == "long-graph" else 10
    results = {worker.library: worker.ask("check", name, steps) for worker in workers}
    found: dict[str, Any] = {}
    taking_part: list[Worker] = []
    for worker in workers:
        result = results[worker.library]
        if isinstance(result, str):
            found[worker.library] = {"absent": result}
        elif not difference(result, results["torch"]) < LARGEST_DIFFERENCE:
            found[worker.library] = {"absent": f"differs by {difference(result, results['torch']):.0e}"}
        else:
            taking_part.append(worker)
    repeats = {w.library: 1 for w in taking_part}
    for worker in taking_part:  # also warms up
        once = worker.ask("time", name, 1)
        repeats[worker.library] = max(1, min(workload.repeat, int(BUDGET / once)))
    times: dict[str, list[float]] = {worker.library: [] for worker in taking_part}
    for turn in range(rounds):
        for worker in taking_part if turn % 2 else reversed(taking_part):
            times[worker.library].append(worker.ask("time", name, repeats[worker.library]))
    for library, seconds in times.items():
        ratios = [a / b for a, b in zip(seconds, times["torch"], strict=True)]
        low, *_, high = quantiles(ratios, n=10)
        figures = {"seconds": median(seconds), "ratio": median(ratios), "low": low, "high": high}
        found[library] = {key: float(f"{value:.4g}") for key, value in figures.items()}
    return found


def line(title: str, cells: list[str]) -> str:
    """A line of the table."""
    return f"{title:<30}" + "".join(f"{cell:>14}" for cell in cells)


def cell(figures: dict[str, Any]) -> str:
    """The ratio of one library, or nothing."""
    return f"{figures['ratio']:.2f}" if "ratio" in figures else "-"


def main() -> None:
    """Measure every workload, print the table, and write the file and the picture."""
    parser = argparse.ArgumentParser(description="Time gradiente against PyTorch and other libraries.")
    parser.add_argument("--rounds", type=int, default=7, help="timings of each workload and library (default 7)")
    parser.add_argument("--only", choices=list(ALL), nargs="+", help="measure these workloads, and write nothing")
    options = parser.parse_args()
    if options.rounds < 2:
        parser.error("--rounds must be 2 or more: the spread needs two")
    workers = started()
    versions = {worker.library: worker.version for worker in workers}
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, NumPy {np.__version__}"
    print(machine)
    print(line("", [worker.library for worker in workers]))
    print(line("", [worker.version.split("+")[0] for worker in workers]))
    print(line("time, relative to torch", ["" if w.library != "torch" else "ms" for w in workers]))
    figures: dict[str, Any] = {}
    for name, workload in ALL.items():
        if options.only is None or name in options.only:
            found = figures[name] = measure(name, workload, workers, options.rounds)
            cells = [cell(found[worker.library]) for worker in workers]
            cells[1] = f"{found['torch']['seconds'] * 1e3:.3f}"
            print(line(workload.title, cells), flush=True)
    for worker in workers:
        worker.close()
    if options.only is None:
        report = {
            "date": date.today().isoformat(),
            "machine": f"{platform.system()} {platform.machine()}, {machine}",
            "versions": versions,
            "workloads": {name: {"title": ALL[name].title, "aim": ALL[name].aim, **f} for name, f in figures.items()},
        }
        results = Path(__file__).with_name("results.json")
        results.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        (ROOT / "docs" / "benchmarks.svg").write_text(picture(report), encoding="utf-8")


if __name__ == "__main__":
    main()
