"""What each step of one small operation costs: ``python benchmarks/hot_path.py``.

The steps of ``y = a * b`` and of its node's turn in the backward pass, each timed by itself on the objects that the
library works with; what a step costs within the whole differs a little, because the interpreter does not start anew.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from timeit import Timer
from typing import Any

import numpy as np

import gradiente as torch
from gradiente.graph import Node, current, moment
from gradiente.tensor.core import Tensor, new

ROUNDS = 15


def nanoseconds(statement: str, names: dict[str, Any]) -> float:
    """The least time of a statement, without that of the loop around it."""

    def least(text: str) -> float:
        timer = Timer(text, globals=names)
        number = 20_000
        return min(timer.repeat(ROUNDS, number)) / number

    return max(0.0, least(statement) - least("pass")) * 1e9


def made_node(node: Any, plan: Any, edges: tuple[Any, ...], saved: tuple[Any, ...]) -> None:
    """What recording sets."""
    node.seq = 1
    node.plan = plan
    node.edges = edges
    node.tensors = saved
    node.facts = node.hooks = node.place = None


def steps() -> list[tuple[str, list[tuple[str, float]]]]:
    """The two tables: lines of a step and its nanoseconds, the whole last."""
    a = torch.tensor([1.0] * 10, requires_grad=True)
    b = torch.tensor([2.0] * 10, requires_grad=True)
    y = a * b
    made: Any = y.grad_fn
    names: dict[str, Any] = {
        "a": a,
        "b": b,
        "x": a._array,
        "w": b._array,
        "g": np.ones(10, np.float32),
        "node": made,
        "plan": made.plan,
        "np": np,
        "new": new,
        "Tensor": Tensor,
        "Node": Node,
        "current": current,
        "moment": moment,
        "made_node": made_node,
        "blank": Node(),
        "edges": made.edges,
        "saved": made.tensors,
        "heap": [],
        "grads": {},
        "heappush": heappush,
        "heappop": heappop,
        "nothing": lambda p, q: None,
        "raw": made.plan.raw,
    }
    forward = [
        ("calling a function of two arguments", "nothing(a, b)"),
        ("the two arrays, their types, the mode", "a._array.dtype is b._array.dtype; current()"),
        ("NumPy's multiplication", "np.multiply(x, w)"),
        ("a tensor: five fields", "t = new(Tensor); t._array = x; t._node = t._history = t._view = t._meta = None"),
        ("a node: its object and moment", "n = Node(); moment()"),
        ("a node: plan, edges, saved operands", "made_node(blank, plan, edges, saved)"),
        ("the whole: y = a * b", "a * b"),
    ]
    backward = [
        ("putting a node into the queue and taking it", "heappush(heap, 1); heappop(heap); grads[1] = g; grads.pop(1)"),
        ("the rule: two versions compared, two products", "raw(node, g)"),
        ("of it NumPy's two multiplications", "np.multiply(g, w); np.multiply(g, x)"),
        ("adding to the cotangent of a leaf", "g.__iadd__(x)"),
    ]

    def chain(length: int) -> Callable[[], None]:
        def run() -> None:
            z = a
            for _ in range(length):
                z = z * b
            z.sum().backward()
            a.grad = b.grad = None

        return run

    short, long, ahead = chain(20), chain(120), "z = a\nfor _ in range({}): z = z * b"
    names |= {"short": short, "long": long}
    whole = nanoseconds_of_chain(names, ahead)
    timed = [[(label, nanoseconds(text, names)) for label, text in table] for table in (forward, backward)]
    timed[1].append(("the whole: one node of a chain y = y * b", whole))
    return [("forward", timed[0]), ("backward", timed[1])]


def nanoseconds_of_chain(names: dict[str, Any], ahead: str) -> float:
    """Of forward and backward through 100 more products, what is not forward, for each."""

    def least(text: str) -> float:
        return min(Timer(text, globals=names).repeat(ROUNDS, 50)) / 50

    both = least("long()") - least("short()")
    forward = least(ahead.format(120)) - least(ahead.format(20))
    return (both - forward) / 100 * 1e9


def main() -> None:
    """Print the tables, ready for docs/performance.md."""
    for title, lines in steps():
        print(f"\n| {title} | ns |\n|---|---|")
        for label, value in lines:
            print(f"| {label} | {value:.0f} |")


if __name__ == "__main__":
    main()
