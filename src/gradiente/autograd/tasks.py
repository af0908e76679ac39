"""The running backward passes: which one a hook is called by, and which nodes it will run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar, Token
from typing import Any

from ..graph import counter, edges_of, guard, split_edge
from ..graph.engine import nodes_needed

_numbers = counter()


class Task:
    """One backward pass; it gets a number when somebody asks for it."""

    __slots__ = ("_number", "roots", "targets")

    def __init__(self, roots: Sequence[tuple[Any, Any]], targets: Sequence[Any] | None) -> None:
        self._number: int = -1
        self.roots: Sequence[tuple[Any, Any]] = roots
        self.targets: Sequence[Any] | None = targets

    @property
    def number(self) -> int:
        """What tells this pass from all others."""
        if self._number < 0:
            with guard:
                if self._number < 0:
                    self._number = _numbers()
                    running.add(self._number)
        return self._number

    def will_run(self, edges: Iterable[Any]) -> int:
        """How many of the edges a cotangent can reach in this pass."""
        if self.targets is not None:
            reached: Any = nodes_needed(self.roots, self.targets, True)
        else:
            reached = set()
            stack = [split_edge(edge)[0] for edge, _ in self.roots]
            while stack:
                node = stack.pop()
                if node not in reached:
                    reached.add(node)
                    stack.extend(split_edge(edge)[0] for edge in edges_of(node))
        return sum(split_edge(edge)[0] in reached for edge in edges)


running: set[int] = set()
"""The numbers of the passes that are under way, in all threads, as far as they have one."""

_task: ContextVar[Task | None] = ContextVar("gradiente.task", default=None)


def begin(task: Task) -> Token[Task | None]:
    """Note that a pass begins; `end` takes what this returns."""
    return _task.set(task)


def end(task: Task, token: Token[Task | None]) -> None:
    """Note that a pass ends."""
    _task.reset(token)
    if task._number >= 0:
        running.discard(task._number)


current_task: Callable[[], Task | None] = _task.get
"""The innermost pass of this thread or task, if one is under way."""
