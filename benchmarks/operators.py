"""Single operators on large arrays, forward and backward, on one core: gradiente's time divided by PyTorch's.

    python benchmarks/operators.py            prints each ratio, then a table by how large it is
    python benchmarks/operators.py softmax    those with "softmax" in their names

Both libraries run in this process with one thread each, in turns; the figure is the median of the ratios of the rounds.
Nothing is timed whose results differ.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"

import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import torch

import gradiente

LONG = (4_000_000,)
SQUARE = (1000, 1000)
IMAGES = (16, 64, 32, 32)
ROWS = (4096, 768)

CASES: dict[str, tuple[str, dict[str, tuple[int, ...]]]] = {
    **{
        name: (f"torch.{name}(x)", {"x": LONG})
        for name in ("exp", "tanh", "sin", "erf", "sigmoid", "relu", "abs", "square")
    },
    **{
        name: (f"F.{name}(x)", {"x": LONG})
        for name in ("gelu", "silu", "softplus", "elu", "leaky_relu", "hardswish", "dropout")
    },
    "sqrt": ("torch.sqrt(x * x + 0.1)", {"x": LONG}),
    "log1p": ("torch.log1p(x * x)", {"x": LONG}),
    "mul": ("x * y", {"x": LONG, "y": LONG}),
    "div": ("x / y", {"x": LONG, "y": LONG}),
    "pow": ("x.abs() ** 2.5", {"x": SQUARE}),
    "where": ("torch.where(x > 0, x, y)", {"x": SQUARE, "y": SQUARE}),
    "clamp": ("x.clamp(-1, 1)", {"x": SQUARE}),
    "add a bias": ("x + b", {"x": ROWS, "b": (768,)}),
    "sum": ("x.sum(1)", {"x": SQUARE}),
    "std": ("x.std(1)", {"x": SQUARE}),
    "amax": ("x.amax(1)", {"x": SQUARE}),
    "logsumexp": ("x.logsumexp(1)", {"x": SQUARE}),
    "cumsum": ("x.cumsum(1)", {"x": SQUARE}),
    "sort": ("x.sort(1)[0]", {"x": SQUARE}),
    "topk": ("x.topk(10)[0]", {"x": SQUARE}),
    "cat": ("torch.cat([x, y])", {"x": SQUARE, "y": SQUARE}),
    "index rows": ("x[i]", {"x": SQUARE}),
    "scatter_add": ("x.scatter_add(0, i[:, None].expand(1000, 1000), y)", {"x": SQUARE, "y": SQUARE}),
    "scatter_reduce amax": (
        "x.scatter_reduce(0, i[:, None].expand(1000, 1000), y, 'amax')",
        {"x": SQUARE, "y": SQUARE},
    ),
    "cummax": ("x.cummax(1)[0]", {"x": SQUARE}),
    "softmax": ("x.softmax(1)", {"x": SQUARE}),
    "cross_entropy": ("F.cross_entropy(x, i)", {"x": SQUARE}),
    "mse_loss": ("F.mse_loss(x, y)", {"x": SQUARE, "y": SQUARE}),
    "binary_cross_entropy_with_logits": (
        "F.binary_cross_entropy_with_logits(x, y.sigmoid())",
        {"x": SQUARE, "y": SQUARE},
    ),
    "layer_norm": ("F.layer_norm(x, (768,), w, b)", {"x": ROWS, "w": (768,), "b": (768,)}),
    "rms_norm": ("F.rms_norm(x, (768,), w)", {"x": ROWS, "w": (768,)}),
    "batch_norm": ("F.batch_norm(x, None, None, w, b, True)", {"x": IMAGES, "w": (64,), "b": (64,)}),
    "group_norm": ("F.group_norm(x, 8, w, b)", {"x": IMAGES, "w": (64,), "b": (64,)}),
    "linear": ("F.linear(x, w, b)", {"x": ROWS, "w": (768, 768), "b": (768,)}),
    "bmm": ("x @ y", {"x": (64, 128, 64), "y": (64, 64, 128)}),
    "einsum": ("torch.einsum('bij,bkj->bik', x, y)", {"x": (64, 128, 64), "y": (64, 128, 64)}),
    "attention": ("F.scaled_dot_product_attention(x, x, x)", {"x": (8, 8, 128, 64)}),
    "conv2d": ("F.conv2d(x, w, b, 1, 1)", {"x": (8, 64, 32, 32), "w": (64, 64, 3, 3), "b": (64,)}),
    "conv3d": ("F.conv3d(x, w, b, 1, 1)", {"x": (2, 16, 16, 16, 16), "w": (16, 16, 3, 3, 3), "b": (16,)}),
    "depthwise conv2d": ("F.conv2d(x, w, None, 1, 1, 1, 96)", {"x": (8, 96, 56, 56), "w": (96, 1, 3, 3)}),
    "max_pool2d": ("F.max_pool2d(x, 2)", {"x": IMAGES}),
    "avg_pool2d": ("F.avg_pool2d(x, 2)", {"x": IMAGES}),
    "interpolate": ("F.interpolate(x, scale_factor=2, mode='bilinear')", {"x": (4, 32, 64, 64)}),
    "grid_sample": ("F.grid_sample(x, g, align_corners=False)", {"x": (8, 16, 64, 64), "g": (8, 64, 64, 2)}),
    "cdist": ("torch.cdist(x, y)", {"x": (500, 64), "y": (500, 64)}),
    "cdist of order 1": ("torch.cdist(x, y, p=1.0)", {"x": (500, 64), "y": (500, 64)}),
    "pdist": ("F.pdist(x)", {"x": (500, 64)}),
    "fft": ("torch.fft.rfft(x).abs()", {"x": SQUARE}),
    "inv": ("torch.linalg.inv(x)", {"x": (300, 300)}),
    "svdvals": ("torch.linalg.svdvals(x)", {"x": (200, 200)}),
    "cholesky": ("torch.linalg.cholesky(x @ x.T + 300 * torch.eye(300))", {"x": (300, 300)}),
}
"""By name: a call, and the shapes of the tensors in it, all of which are tracked."""

BRACKETS = [(1.05, "at most as long"), (2.0, "up to twice"), (4.0, "two to four times"), (1e9, "longer")]


def prepared(
    m: Any, call: str, shapes: dict[str, tuple[int, ...]]
) -> tuple[Callable[[], None], Callable[[], list[Any]]]:
    """What runs the call forward and backward with a library, and the values and gradients that it leaves."""
    rng = np.random.default_rng(1)
    leaves = {
        k: m.from_numpy(rng.standard_normal(shape, dtype="float32")).requires_grad_() for k, shape in shapes.items()
    }
    index = m.from_numpy(rng.integers(0, 1000, 1000))
    code = compile(call, call, "eval")
    names = {"torch": m, "F": m.nn.functional, "i": index, **leaves}
    seed = m.full_like(eval(code, names).detach(), 0.5)
    last: list[Any] = []

    def run() -> None:
        for leaf in leaves.values():
            leaf.grad = None
        out = eval(code, names)
        out.backward(seed)
        last[:] = [out]

    return run, lambda: [last[0].detach().numpy(), *(leaf.grad.numpy() for leaf in leaves.values())]


def seconds(run: Callable[[], None], times: int) -> float:
    """The time of one run, of so many."""
    start = time.perf_counter()
    for _ in range(times):
        run()
    return (time.perf_counter() - start) / times


def measured(name: str, rounds: int = 9) -> float | None:
    """The median ratio; None where the results differ."""
    (ours, found), (theirs, expected) = (prepared(m, *CASES[name]) for m in (gradiente, torch))
    ours(), theirs()
    for a, b in zip(found(), expected(), strict=True):
        if name != "dropout" and not np.allclose(
            a, b, rtol=1e-2, atol=1e-3 * max(1.0, float(np.nanmax(np.abs(b)))), equal_nan=True
        ):
            return None
    times = max(1, int(0.03 / seconds(theirs, 1)))
    return median([seconds(ours, times) / seconds(theirs, times) for _ in range(rounds)])


def main() -> None:
    """Print each ratio, and the table."""
    torch.set_num_threads(1)
    wanted = [name for name in CASES if all(part in name for part in sys.argv[1:])]
    rows: dict[str, list[tuple[float, str]]] = {title: [] for _, title in BRACKETS}
    for name in wanted:
        ratio = measured(name)
        print(f"{name:36} {'results differ' if ratio is None else f'{ratio:.2f}'}", flush=True)
        if ratio is not None:
            rows[next(title for limit, title in BRACKETS if ratio <= limit)].append((ratio, name))
    print()
    for title, found in rows.items():
        print(f"| {title} | " + ", ".join(f"{name} {ratio:.1f}" for ratio, name in sorted(found)) + " |")


if __name__ == "__main__":
    main()
