"""What is timed: each workload is written once, against torch's API, and run with either library.

A workload is a function of the module. It makes its tensors from fixed numbers and returns ``(step, result)``: ``step``
is what the clock sees, ``result`` gives the numbers that the last step arrived at, a list of arrays written as lists.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Runner = tuple[Callable[[], None], Callable[[], list[Any]]]


@dataclass(frozen=True)
class Workload:
    """A timed task: its name for people, the function that builds it, and what is aimed at.

    Attributes:
        title: what is done, in a few words.
        build: function of the module; returns the step and the result.
        repeat: steps in one timing; large enough that the clock's resolution does not show.
        aim: the largest share of PyTorch's time that counts as reached.
    """

    title: str
    build: Callable[[Any], Runner]
    repeat: int
    aim: float


def numbers(seed: int, *shape: int) -> list[Any]:
    """Normal numbers, the same for both libraries whatever their own generators give."""
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32).tolist()


def chain_constants(torch: Any) -> Runner:
    """Twenty products with untracked factors: one operand of each needs a gradient."""
    x = torch.tensor(numbers(0, 10), requires_grad=True)
    factors = [torch.tensor([1.0 + 0.1 * value for value in row]) for row in numbers(1, 20, 10)]

    def step() -> None:
        x.grad = None
        y = x
        for w in factors:
            y = y * w
        y.sum().backward()

    return step, lambda: [x.grad.tolist()]


def chain_power(torch: Any) -> Runner:
    """Twenty products with the tracked tensor itself: both operands need a gradient, and ``x`` collects twenty."""
    x = torch.tensor([1.0 + 0.05 * value for value in numbers(2, 10)], requires_grad=True)

    def step() -> None:
        x.grad = None
        y = x
        for _ in range(20):
            y = y * x
        y.sum().backward()

    return step, lambda: [x.grad.tolist()]


def one_layer(torch: Any) -> Runner:
    """The tutorial's network: a product, a bias, and the cross entropy of three logits."""
    x = torch.ones(5)
    y = torch.zeros(3)
    w = torch.tensor(numbers(3, 5, 3), requires_grad=True)
    b = torch.tensor(numbers(4, 3), requires_grad=True)

    def step() -> None:
        w.grad = b.grad = None
        z = torch.matmul(x, w) + b
        loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y)
        loss.backward()

    return step, lambda: [w.grad.tolist(), b.grad.tolist()]


def training_step(torch: Any) -> Runner:
    """One step of a 784-128-10 classifier: forward, loss, backward, SGD, on batches of 32."""
    functional = torch.nn.functional
    batches = [torch.tensor(numbers(10 + k, 32, 784)) for k in range(8)]
    labels = torch.tensor(np.random.default_rng(5).integers(0, 10, (8, 32)).tolist())
    parameters = [
        torch.tensor((np.asarray(numbers(6, 128, 784)) * 0.05).tolist(), requires_grad=True),
        torch.zeros(128).requires_grad_(),
        torch.tensor((np.asarray(numbers(7, 10, 128)) * 0.1).tolist(), requires_grad=True),
        torch.zeros(10).requires_grad_(),
    ]
    w1, b1, w2, b2 = parameters
    optimizer = torch.optim.SGD(parameters, lr=0.1)
    targets = [labels[k] for k in range(8)]
    state = {"batch": 0, "loss": None}

    def step() -> None:
        k = state["batch"] = (state["batch"] + 1) % 8
        optimizer.zero_grad()
        hidden = functional.relu(functional.linear(batches[k], w1, b1))
        loss = functional.cross_entropy(functional.linear(hidden, w2, b2), targets[k])
        loss.backward()
        optimizer.step()
        state["loss"] = loss

    return step, lambda: [[state["loss"].item()], b1.tolist(), w2.tolist(), b2.tolist()]


WORKLOADS = {
    "chain-constants": Workload("20 products, y = y * w[i]", chain_constants, 400, 0.35),
    "chain-power": Workload("20 products, y = y * x", chain_power, 250, 0.35),
    "one-layer": Workload("the tutorial's network", one_layer, 800, 0.35),
    "training-step": Workload("784-128-10 training step", training_step, 60, 0.5),
}
