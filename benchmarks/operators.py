"""Single operators, forward and backward, on one core: gradiente's time divided by PyTorch's.

    python benchmarks/operators.py            on large arrays: prints each ratio, then a table by how large it is
    python benchmarks/operators.py softmax    those with "softmax" in their names
    python benchmarks/operators.py --small    on arrays of about a hundred numbers, where the calls are what costs

Both libraries run in this process with one thread each, in turns; the figure is the median of the ratios of the rounds,
of the time that the processor worked for them. Nothing is timed whose results differ.
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

FEW, IMAGE, MATRIX = (8, 16), (2, 3, 8, 8), (5, 5)
SMALL: dict[str, tuple[str, dict[str, tuple[int, ...]]]] = {
    **{name: (f"torch.{name}(x)", {"x": FEW}) for name in ("exp", "sin", "tanh", "sigmoid", "abs", "square", "erf")},
    **{name: (f"F.{name}(x)", {"x": FEW}) for name in ("relu", "gelu", "silu", "softplus", "elu", "leaky_relu")},
    **{name: (f"torch.{name}(x, y)", {"x": FEW, "y": FEW}) for name in ("add", "mul", "maximum", "atan2", "logaddexp")},
    **{name: (f"x.{name}(1)", {"x": FEW}) for name in ("sum", "mean", "std", "amax", "logsumexp", "cumsum", "softmax")},
    **{name: (f"x.{name}(1)[0]", {"x": FEW}) for name in ("max", "sort", "median")},
    **{name: (f"x.{name}(1)", {"x": FEW}) for name in ("prod", "cumprod", "log_softmax")},
    "topk": ("x.topk(3)[0]", {"x": FEW}),
    "norm": ("x.norm()", {"x": FEW}),
    "1 / x": ("1 / x", {"x": FEW}),
    "x ** 2": ("x ** 2", {"x": FEW}),
    "clamp": ("x.clamp(-1, 1)", {"x": FEW}),
    "where": ("torch.where(x > 0, x, y)", {"x": FEW, "y": FEW}),
    "masked_fill": ("x.masked_fill(x > 0, 0.0)", {"x": FEW}),
    "add a row": ("x + b", {"x": FEW, "b": (16,)}),
    "matmul": ("x @ y", {"x": FEW, "y": (16, 4)}),
    "linear": ("F.linear(x, w, b)", {"x": FEW, "w": (4, 16), "b": (4,)}),
    "bmm": ("x @ y", {"x": (2, 6, 16), "y": (2, 16, 6)}),
    "einsum": ("torch.einsum('ij,kj->ik', x, y)", {"x": FEW, "y": FEW}),
    "outer": ("torch.outer(x, y)", {"x": (8,), "y": (16,)}),
    "cross": ("torch.linalg.cross(x, y)", {"x": (8, 3), "y": (8, 3)}),
    "cdist": ("torch.cdist(x, y)", {"x": FEW, "y": FEW}),
    "pdist": ("F.pdist(x)", {"x": FEW}),
    "cosine_similarity": ("F.cosine_similarity(x, y)", {"x": FEW, "y": FEW}),
    "mse_loss": ("F.mse_loss(x, y)", {"x": FEW, "y": FEW}),
    "cross_entropy": ("F.cross_entropy(x, i)", {"x": FEW}),
    "layer_norm": ("F.layer_norm(x, (16,), w, b)", {"x": FEW, "w": (16,), "b": (16,)}),
    "batch_norm": ("F.batch_norm(x, None, None, w, b, True)", {"x": FEW, "w": (16,), "b": (16,)}),
    "group_norm": ("F.group_norm(x, 3)", {"x": IMAGE}),
    "dropout": ("F.dropout(x)", {"x": FEW}),
    "attention": ("F.scaled_dot_product_attention(x, x, x)", {"x": (2, 6, 16)}),
    "embedding": ("F.embedding(i, w)", {"w": FEW}),
    "conv1d": ("F.conv1d(x, w)", {"x": (2, 3, 16), "w": (4, 3, 3)}),
    "conv2d": ("F.conv2d(x, w, b, 1, 1)", {"x": IMAGE, "w": (4, 3, 3, 3), "b": (4,)}),
    "max_pool2d": ("F.max_pool2d(x, 2)", {"x": IMAGE}),
    "avg_pool2d": ("F.avg_pool2d(x, 2)", {"x": IMAGE}),
    "interpolate": ("F.interpolate(x, scale_factor=2, mode='bilinear')", {"x": IMAGE}),
    "unfold": ("F.unfold(x, 3)", {"x": IMAGE}),
    "pad": ("F.pad(x, (1, 1, 1, 1))", {"x": IMAGE}),
    "cat": ("torch.cat([x, y])", {"x": FEW, "y": FEW}),
    "stack": ("torch.stack([x, y])", {"x": FEW, "y": FEW}),
    "chunk": ("x.chunk(2)[0]", {"x": FEW}),
    "x[0]": ("x[0]", {"x": FEW}),
    "x[:, 1:3]": ("x[:, 1:3]", {"x": FEW}),
    "x[i]": ("x[i]", {"x": FEW}),
    "x[mask]": ("x[x > 0]", {"x": FEW}),
    "gather": ("x.gather(1, i[:, None])", {"x": FEW}),
    "scatter_add": ("x.scatter_add(0, i[:, None].expand(8, 16), y)", {"x": FEW, "y": FEW}),
    "index_add": ("x.index_add(0, i, y)", {"x": FEW, "y": FEW}),
    "roll": ("x.roll(1, 0)", {"x": FEW}),
    "reshape": ("x.reshape(16, 8)", {"x": FEW}),
    "solve": ("torch.linalg.solve(x, y)", {"x": MATRIX, "y": (5,)}),
    "inv": ("torch.linalg.inv(x)", {"x": MATRIX}),
    "det": ("torch.linalg.det(x)", {"x": MATRIX}),
    "cholesky": ("torch.linalg.cholesky(x @ x.T + torch.eye(5))", {"x": MATRIX}),
    "fft": ("torch.fft.rfft(x).abs()", {"x": FEW}),
}
"""The same, small."""

BRACKETS = [
    (0.5, "at most half"),
    (1.05, "at most as long"),
    (2.0, "up to twice"),
    (4.0, "two to four times"),
    (1e9, "longer"),
]


def prepared(
    m: Any, call: str, shapes: dict[str, tuple[int, ...]]
) -> tuple[Callable[[], None], Callable[[], list[Any]]]:
    """What runs the call forward and backward with a library, and the values and gradients that it leaves."""
    rng = np.random.default_rng(1)
    leaves = {
        k: m.from_numpy(rng.standard_normal(shape, dtype="float32")).requires_grad_() for k, shape in shapes.items()
    }
    rows = 1000 if any(n >= 1000 for shape in shapes.values() for n in shape) else 8
    index = m.from_numpy(rng.integers(0, rows, rows))
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
    """The processor's time for one run, of so many."""
    start = time.thread_time()
    for _ in range(times):
        run()
    return (time.thread_time() - start) / times


def measured(case: tuple[str, dict[str, tuple[int, ...]]], rounds: int = 9) -> float | None:
    """The median ratio; None where the results differ."""
    (ours, found), (theirs, expected) = (prepared(m, *case) for m in (gradiente, torch))
    ours(), theirs()
    for a, b in zip(found(), expected(), strict=True):
        if "dropout" not in case[0] and not np.allclose(
            a, b, rtol=1e-2, atol=1e-3 * max(1.0, float(np.nanmax(np.abs(b)))), equal_nan=True
        ):
            return None
    times = max(1, int(0.03 / seconds(theirs, 10)))
    return median([seconds(ours, times) / seconds(theirs, times) for _ in range(rounds)])


def main() -> None:
    """Print each ratio, and the table."""
    torch.set_num_threads(1)
    parts = [part for part in sys.argv[1:] if part != "--small"]
    cases = CASES if len(parts) == len(sys.argv[1:]) else SMALL
    wanted = [name for name in cases if all(part in name for part in parts)]
    rows: dict[str, list[tuple[float, str]]] = {title: [] for _, title in BRACKETS}
    for name in wanted:
        ratio = measured(cases[name])
        print(f"{name:36} {'results differ' if ratio is None else f'{ratio:.2f}'}", flush=True)
        if ratio is not None:
            rows[next(title for limit, title in BRACKETS if ratio <= limit)].append((ratio, name))
    print()
    for title, found in rows.items():
        print(f"| {title} | " + ", ".join(f"{name} {ratio:.1f}" for ratio, name in sorted(found)) + " |")


if __name__ == "__main__":
    main()
