"""Time batched derivatives against loops over rows or examples: ``make bench``.

Batch and loop take turns, so that whatever else the machine does falls on both. They are compared first.
The figures are medians over the rounds; the ratio is the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

import gradiente as torch
from gradiente.autograd.functional import jacobian
from gradiente.func import grad, hessian, jacfwd, jacrev, jvp, vjp, vmap

Call = Callable[[], Any]
Pair = tuple[str, str, Call, Call]
"""What is computed, its size, by a batch, by a loop."""


def network(width: int) -> tuple[Any, Any]:
    """A loss of one example, and its parameters."""
    parameters = (torch.randn(width, 8) / 3, torch.zeros(width), torch.randn(width) / 3)

    def loss(parameters: Any, x: Any, y: Any) -> Any:
        w, b, v = parameters
        return ((torch.tanh(w @ x + b) * v).sum() - y) ** 2

    return loss, parameters


def per_example(examples: int) -> Pair:
    """The gradients of a loss for each example, with respect to shared parameters."""
    loss, parameters = network(16)
    x, y = torch.randn(examples, 8), torch.randn(examples)
    one = grad(loss)
    batch = vmap(one, in_dims=(None, 0, 0))

    def loop() -> Any:
        rows = [one(parameters, a, b) for a, b in zip(x, y, strict=True)]
        return tuple([torch.stack(parts) for parts in zip(*rows, strict=True)])

    return "gradients of each example, two layers", f"{examples} examples", lambda: batch(parameters, x, y), loop


def layer(n: int) -> tuple[Any, Any]:
    """A function of a vector, and the vector."""
    w, x = torch.randn(n, n) / n**0.5, torch.randn(n)
    return (lambda v: torch.tanh(w @ v) * v), x


def by_rows(n: int) -> Pair:
    """A Jacobian in reverse mode."""
    f, x = layer(n)

    def loop() -> Any:
        _, pull = vjp(f, x)
        return torch.stack([pull(row)[0] for row in torch.eye(n)])

    return "Jacobian by `jacrev`", f"{n} × {n}", lambda: jacrev(f)(x), loop


def by_columns(n: int) -> Pair:
    """A Jacobian in forward mode."""
    f, x = layer(n)

    def loop() -> Any:
        return torch.stack([jvp(f, (x,), (row,))[1] for row in torch.eye(n)], 1)

    return "Jacobian by `jacfwd`", f"{n} × {n}", lambda: jacfwd(f)(x), loop


def vectorized(n: int) -> Pair:
    """A Jacobian by torch.autograd.functional."""
    f, x = layer(n)
    return (
        "`functional.jacobian(vectorize=True)`",
        f"{n} × {n}",
        lambda: jacobian(f, x, vectorize=True),
        lambda: jacobian(f, x),
    )


def batched_cotangents(n: int) -> Pair:
    """Many rows of a Jacobian, from one graph."""
    f, x = layer(n)
    x.requires_grad_()
    y = f(x)
    rows = torch.eye(n)

    def batch() -> Any:
        return torch.autograd.grad(y, x, rows, retain_graph=True, is_grads_batched=True)[0]

    def loop() -> Any:
        return torch.stack([torch.autograd.grad(y, x, row, retain_graph=True)[0] for row in rows])

    return "`is_grads_batched`", f"{n} rows", batch, loop


def second(n: int) -> Pair:
    """A Hessian; by the loop, its columns in forward mode over reverse mode."""
    f, x = layer(n)

    def number(v: Any) -> Any:
        return (f(v) ** 2).sum()

    def loop() -> Any:
        return torch.stack([jvp(grad(number), (x,), (row,))[1] for row in torch.eye(n)])

    return "Hessian", f"{n} × {n}", lambda: hessian(number)(x), loop


def second_of_each(examples: int) -> Pair:
    """A Hessian for each example."""
    f, _ = layer(10)
    x = torch.randn(examples, 10)
    one = hessian(lambda v: (f(v) ** 2).sum())
    batch = vmap(one)
    return (
        "Hessians of each example, 10 × 10",
        f"{examples} examples",
        lambda: batch(x),
        lambda: torch.stack([one(v) for v in x]),
    )


PAIRS: list[Callable[[], Pair]] = [
    lambda: per_example(32),
    lambda: per_example(256),
    lambda: by_rows(20),
    lambda: by_rows(100),
    lambda: by_columns(20),
    lambda: by_columns(100),
    lambda: vectorized(100),
    lambda: batched_cotangents(100),
    lambda: second(20),
    lambda: second(100),
    lambda: second_of_each(32),
]


def seconds(call: Call) -> float:
    """How long a call takes."""
    start = perf_counter()
    call()
    return perf_counter() - start


def check(batch: Call, loop: Call) -> None:
    """Stop if the two do not compute the same."""
    for a, b in zip(*[r if isinstance(r, tuple) else (r,) for r in (batch(), loop())], strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-3, atol=1e-4)


def main() -> None:
    """Time all pairs and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="how often each is timed")
    rounds = parser.parse_args().rounds
    torch.manual_seed(0)
    print("| | size | loop | batch | ratio |\n|---|---|---|---|---|")
    for make in PAIRS:
        name, size, batch, loop = make()
        check(batch, loop)
        times = [(seconds(loop), seconds(batch)) for _ in range(rounds)]
        slow, fast = (1e3 * median(column) for column in zip(*times, strict=True))
        ratio = median(a / b for a, b in times)
        print(f"| {name} | {size} | {slow:.3g} ms | {fast:.3g} ms | {ratio:.3g} |", flush=True)


if __name__ == "__main__":
    main()
