"""The running backward passes: which one a hook is called by, and which nodes it will run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextvars import ContextVar, Token
from itertools import count
from typing import Any

from ..graph import split_edge
from ..graph.engine import nodes_needed

_numbers = count().__next__


class Task:
    """One backward pass."""

    __slots__ = ("number", "roots", "targets")

    def __init__(self, roots: Sequence[tuple[Any, Any]], targets: Sequence[Any] | None) -> None:
        self.number: int = _numbers()
        self.roots: list[Any] = [edge for edge, _ in roots]
        self.targets: Sequence[Any] | None = targets

    def will_run(self, edges: Iterable[Any]) -> int:
        """How many of the edges a cotangent can reach in this pass."""
        if self.targets is not None:
            reached: Any = nodes_needed([(edge, None) for edge in self.roots], self.targets, True)
        else:
            reached = set()
            stack = [split_edge(edge)[0] for edge in self.roots]
            while stack:
                node = stack.pop()
                if node not in reached:
                    reached.add(node)
                    stack.extend(split_edge(edge)[0] for edge in node.edges)
        return sum(split_edge(edge)[0] in reached for edge in edges)


running: set[int] = set()
"""The numbers of the passes that are under way, in all threads."""

_task: ContextVar[Task | None] = ContextVar("gradiente.task", default=None)


def begin(roots: Sequence[tuple[Any, Any]], targets: Sequence[Any] | None) -> Token[Task | None]:
    """Note that a pass begins; `end` takes what this returns."""
    task = Task(roots, targets)
    running.add(task.number)
    return _task.set(task)


def end(token: Token[Task | None]) -> None:
    """Note that a pass ends."""
    task = _task.get()
    if task is not None:
        running.discard(task.number)
    _task.reset(token)


def current_task() -> Task | None:
    """The innermost pass of this thread or task, if one is under way."""
    return _task.get()
