"""Nodes for plain Python numbers: what the tests of the engine build their graphs of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradiente.graph import Node, Plan, Sink, moment


class Leaf(Sink):
    """A sink that adds up what it receives."""

    __slots__ = ("times", "total")

    def __init__(self) -> None:
        self.seq = moment()
        self.edges, self.plan, self.tensors, self.hooks = (), None, (), None  # pyright: ignore
        self.facts = self.place = None
        self.total, self.times = 0.0, 0

    def show(self) -> Leaf:
        return self

    @property
    def variable(self) -> Any:
        return self

    def receive(self, cotangent: Any, taped: bool, owned: bool) -> None:
        self.total += cotangent
        self.times += 1


class Op(Node):
    """The class that bears the name of the nodes made here."""

    __slots__ = ()


def make(
    pull: Callable[[Any, Any], Any],
    *edges: Any,
    saved: tuple[Any, ...] = (),
    outputs: int = 1,
    single: bool = False,
    taped: Callable[[Any, Any], Any] | None = None,
    name: type[Node] = Op,
) -> Node:
    """A node whose cotangents are `pull(node, g)`."""
    node = object.__new__(Node)
    node.seq = moment()
    node.plan = Plan(pull, taped or pull, (True,) * len(edges), name, outputs=outputs, single=single)
    node.edges = edges[0] if single else edges
    node.tensors, node.facts, node.hooks, node.place = saved, None, None, None
    return node


def scaled(edge: Any, factor: float, single: bool = True) -> Node:
    """factor · x, which saves the factor."""

    def pull(node: Node, g: float) -> Any:
        if node.tensors is None:
            raise node.freed()
        return g * node.tensors[0] if single else (g * node.tensors[0],)

    return make(pull, edge, saved=(factor,), single=single)


def added(*edges: Any) -> Node:
    return make(lambda node, g: (g,) * len(edges), *edges)
