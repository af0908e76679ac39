"""At which size does PyTorch become faster? Forward and backward over a range of sizes: ``make bench``.

Both libraries take turns in one process, on the same numbers, after their gradients were compared. A line of the table
is the ratio of the times, gradiente to PyTorch, for one program at all sizes; the last column is the first size at
which PyTorch is ahead and stays ahead. Thread counts are left as each library sets them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import torch as pytorch

import gradiente

Program = Callable[[Any, Any], Any]
"""A function of the module and a tracked square matrix, which returns a number."""

SIZES = (4, 8, 16, 32, 64, 128, 256, 512, 1024)
LIBRARIES = (gradiente, pytorch)


def chain(torch: Any, x: Any) -> Any:
    """Twenty products."""
    y = x
    for _ in range(20):
        y = y * x
    return y.sum()


def transcendental(torch: Any, x: Any) -> Any:
    """Functions that take many instructions per number."""
    return (torch.tanh(x) * x + torch.exp(-x * x)).sum()


def product(torch: Any, x: Any) -> Any:
    """A product of matrices."""
    return (x @ x).sum()


def softmax(torch: Any, x: Any) -> Any:
    """The softmax of each row."""
    return (torch.softmax(x, 1) * x).sum()


def network(torch: Any, x: Any) -> Any:
    """Three layers whose weights are the matrix itself."""
    h = x
    for _ in range(3):
        h = torch.relu(h @ x)
    return (h * h).mean()


PROGRAMS: dict[str, Program] = {
    "20 products": chain,
    "tanh, exp": transcendental,
    "matrix product": product,
    "softmax of rows": softmax,
    "three layers": network,
}


def runner(torch: Any, program: Program, n: int) -> tuple[Callable[[], None], Any]:
    """The step to time, and the tensor whose gradient it computes."""
    values = np.random.default_rng(0).standard_normal((n, n)) / n**0.5
    x = torch.tensor(values.astype(np.float32), requires_grad=True)

    def step() -> None:
        x.grad = None
        program(torch, x).backward()

    return step, x


def seconds(step: Callable[[], None], repeat: int) -> float:
    """How long one step takes, on average."""
    start = perf_counter()
    for _ in range(repeat):
        step()
    return (perf_counter() - start) / repeat


def ratio(program: Program, n: int, rounds: int, share: float) -> float:
    """The median ratio of the times, gradiente to PyTorch; each timing takes about `share` seconds."""
    (ours, x), (theirs, y) = (runner(torch, program, n) for torch in LIBRARIES)
    ours()
    theirs()
    np.testing.assert_allclose(x.grad.numpy(), y.grad.numpy(), rtol=1e-3, atol=1e-4 * float(y.grad.abs().max()))
    repeat = max(1, int(share / max(seconds(ours, 2), 1e-7)))
    found: list[float] = []
    for turn in range(rounds):
        a, b = (ours, theirs) if turn % 2 else (theirs, ours)
        times = {step: seconds(step, repeat) for step in (a, b)}
        found.append(times[ours] / times[theirs])
    return median(found)


def crossing(ratios: dict[int, float]) -> str:
    """The first size from which on PyTorch is ahead at all sizes."""
    ahead = [n for n in ratios if all(ratio > 1 for m, ratio in ratios.items() if m >= n)]
    return f"{ahead[0]} × {ahead[0]}" if ahead else "none"


def main() -> None:
    """Time all programs at all sizes and print the table."""
    parser = argparse.ArgumentParser(description="Find the sizes from which on PyTorch is faster.")
    parser.add_argument("--rounds", type=int, default=9, help="timings of each program, size and library")
    parser.add_argument("--share", type=float, default=0.02, help="seconds that one timing takes, about")
    options = parser.parse_args()
    versions = f"gradiente {gradiente.__version__}, torch {pytorch.__version__}, NumPy {np.__version__}"
    print(f"{versions}, {pytorch.get_num_threads()} threads")
    print("| n × n numbers, time ÷ torch's | " + " | ".join(map(str, SIZES)) + " | torch ahead from |")
    print("|---" * (len(SIZES) + 2) + "|")
    for title, program in PROGRAMS.items():
        ratios = {n: ratio(program, n, options.rounds, options.share) for n in SIZES}
        cells = " | ".join(f"{value:.2f}" for value in ratios.values())
        print(f"| {title} | {cells} | {crossing(ratios)} |", flush=True)


if __name__ == "__main__":
    main()
