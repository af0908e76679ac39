"""Collecting what a profiled program does: an interceptor notes when operations begin and end, and what they use."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from time import perf_counter_ns, time_ns
from typing import Any

import numpy as np

from ..graph import Node, Output, split_edge
from ..graph.places import line_of, user_stack
from ..tensor.core import Tensor
from ..tensor.intercepting import Interceptor, Step, Watch
from . import reentrant

FUNCTION, BACKWARD, USER = 0, 1, 7
"""The scopes of events, numbered as torch numbers them."""


class Event:
    """One operation, step of a backward pass, or part of the program, while and after it runs. Times in ns."""

    __slots__ = (
        "asked_by",
        "children",
        "dtypes",
        "end",
        "memory",
        "name",
        "outer",
        "owner",
        "parent",
        "roots",
        "scope",
        "seq",
        "shapes",
        "stack",
        "start",
        "tentative",
        "thread",
        "values",
    )

    def __init__(self, name: str, scope: int, owner: Collector | None = None) -> None:
        self.name: str = name
        self.scope: int = scope
        self.owner: Collector | None = owner
        self.asked_by: int = reentrant.waiting_thread()
        self.outer: Event | None = _innermost.get()
        """The event that was the innermost under way before, of whatever profile."""
        self.parent: Event | None = None if owner is None else owner.under_way(self.asked_by)
        """What it is a part of."""
        self.children: int = 0
        self.thread: int = threading.get_ident()
        self.seq: int = -1
        self.shapes: list[list[int]] = []
        self.dtypes: list[str] = []
        self.values: list[Any] = []
        """The arguments that are numbers; None for the others."""
        self.memory: int = 0
        """How many bytes were allocated less how many were freed, without the children's."""
        self.stack: list[str] = []
        self.roots: frozenset[int] = frozenset()
        """Which memory the operands use: what the result uses beyond it is new."""
        self.tentative: bool = False
        """Dropped if it gives no tensor."""
        self.start: int = perf_counter_ns()
        self.end: int = 0


_innermost: ContextVar[Event | None] = ContextVar("gradiente.profiler", default=None)
"""The last event that began in this thread or task; `outer` leads to those around it. It may have ended meanwhile."""


class Collector(Interceptor):
    """The events of one profile. It may be shown operations by several threads.

    What is under way stands in a context variable, so that asyncio tasks do not become parts of each other; nor do
    threads, but for those in which nested passes go on, which are a part of what the waiting thread does. `finished`
    and `frees` are lists that are only appended to, which needs no lock.
    """

    def __init__(self, shapes: bool, memory: bool, stacks: bool) -> None:
        self.shapes: bool = shapes
        self.memory: bool = memory
        self.stacks: bool = stacks
        self.active: bool = False
        self.finished: list[Event] = []
        self.frees: list[tuple[int, int, int]] = []
        """Memory that was freed while no event was under way: time, thread, bytes."""
        self.start: int = 0
        self.start_wall: int = 0
        self.end: int = 0
        self._live: dict[int, weakref.ref[Any]] = {}

    def begin(self) -> None:
        """Take note of events from now on."""
        self.start_wall, self.start = time_ns(), perf_counter_ns()
        self.active = True

    def finish(self) -> None:
        """Take no note any more. Events that are still under way are forgotten."""
        self.active = False
        self.end = perf_counter_ns()
        self._live.clear()

    # -- events -------------------------------------------------------------------------------------------------------

    def enter(self, name: str, operands: Sequence[Any], kind: str = "operation") -> Any:
        """An operation, function, or part of the program begins."""
        if not self.active:
            return None
        if kind in ("operation", "operator"):
            name = name if name[:1].isupper() else f"aten::{name}"
            parent = self.under_way(reentrant.waiting_thread())
            if parent is not None and parent.name == name and not parent.children:
                return None  # the primitive of an operator that has the same name
        event = Event(name, USER if kind == "range" else FUNCTION, self)
        event.tentative = kind == "operator" and name != "aten::item"
        return self._open(event, operands)

    def under_way(self, thread: int) -> Event | None:
        """The innermost event of this profile that is under way in the thread."""
        event = _innermost.get()
        while event is not None and (event.end or event.owner is not self or event.asked_by != thread):
            event = event.outer
        return event

    def _open(self, event: Event, operands: Sequence[Any]) -> Event:
        if event.parent is not None:
            event.parent.children += 1
        if self.shapes:
            event.shapes = [_shape(x) for x in operands]
            event.dtypes = [_dtype(x) for x in operands]
            event.values = [x if isinstance(x, (bool, int, float)) else None for x in operands]
        if self.memory:
            event.roots = frozenset(id(_root(array)) for array in _arrays(operands))
        if self.stacks:
            event.stack = [_frame(*line_of(place), place[0].co_name) for place in reversed(user_stack(3))]
        _innermost.set(event)
        event.start = perf_counter_ns()  # what was done here is not its own
        return event

    def leave(self, token: Any, result: Any) -> None:
        """It has ended."""
        end = perf_counter_ns()
        event: Event | None = token
        if event is None:
            return
        self._close(event, end)
        if not self.active:
            return
        tensors = [x for x in _flat(result) if isinstance(x, Tensor)]
        if event.tentative and not tensors:
            return
        edge = tensors[0]._node if tensors else None
        if edge is not None and event.scope == FUNCTION and (edge.__class__ is Output or edge.plan is not None):
            event.seq = split_edge(edge)[0].seq
        if self.memory:
            self._allocated(event, tensors)
        self.finished.append(event)

    def _close(self, event: Event, end: int) -> None:
        event.end = end
        innermost = _innermost.get()
        while innermost is not None and innermost.end:  # parts of the program may overlap: others may have ended before
            innermost = innermost.outer
        _innermost.set(innermost)

    # -- backward passes ----------------------------------------------------------------------------------------------

    def watching(self, watch: Watch | None) -> Watch:
        """What runs the steps of a backward pass: each is two events, as in torch, the engine's and the node's own."""

        def run(node: Node, g: Any, step: Step) -> Any:
            if not self.active:
                return step(node, g) if watch is None else watch(node, g, step)
            name = node.name()
            name = f"torch::autograd::{name}" if name == "AccumulateGrad" else name
            outer = Event(f"autograd::engine::evaluate_function: {name}", FUNCTION, self)
            outer.seq = -1 if node.plan is None else node.seq
            self._open(outer, ())
            inner = Event(name, BACKWARD, self)
            inner.seq = outer.seq
            self._open(inner, _flat(g))
            found = None
            try:
                found = step(node, g) if watch is None else watch(node, g, step)
                return found
            finally:
                for event in (inner, outer):
                    self._close(event, perf_counter_ns())
                if self.active:
                    if self.memory:
                        self._allocated(inner, found if isinstance(found, (tuple, list)) else (found,))
                    self.finished.extend((outer, inner))

        return run

    # -- memory -------------------------------------------------------------------------------------------------------

    def _allocated(self, event: Event, values: Iterable[Any]) -> None:
        """Count the memory that an event's results use and its operands do not, and notice when it is freed."""
        for array in _arrays(values):
            root = _root(array)
            key = id(root)
            if key in event.roots or key in self._live:
                continue
            size: int = root.nbytes
            event.memory += size

            def freed(ref: Any, key: int = key, size: int = size) -> None:
                if self._live.pop(key, None) is not None and self.active:
                    self._freed(size)

            self._live[key] = weakref.ref(root, freed)

    def _freed(self, size: int) -> None:
        event = self.under_way(reentrant.waiting_thread())
        if event is not None:
            event.memory -= size
        else:
            self.frees.append((perf_counter_ns(), threading.get_ident(), size))


def _flat(values: Any) -> list[Any]:
    if isinstance(values, (tuple, list)):
        return [x for value in values for x in _flat(value)]
    return [values]


def _arrays(values: Any) -> Iterable[np.ndarray]:
    """The NumPy arrays among values, which may be tensors."""
    for value in _flat(values):
        array = value._array if isinstance(value, Tensor) else value
        if isinstance(array, np.ndarray):
            yield array


def _root(array: np.ndarray) -> np.ndarray:
    """The array that owns the memory."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _shape(x: Any) -> list[Any]:
    if isinstance(x, (tuple, list)) and x and isinstance(x[0], Tensor):
        return [_shape(part) for part in x]
    shape = getattr(x._array if isinstance(x, Tensor) else x, "shape", ())
    return list(shape)


def _dtype(x: Any) -> str:
    if isinstance(x, Tensor):
        return str(x.dtype).removeprefix("torch.")
    return "Scalar" if isinstance(x, (bool, int, float, complex)) else ""


def _frame(file: str, line: int, function: str) -> str:
    return f"{file}({line}): {function}"


__all__ = ["BACKWARD", "FUNCTION", "USER", "Collector", "Event"]
