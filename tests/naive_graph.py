"""A naive automatic differentiation of small arrays: what the state machine compares the library with.

Nothing here is clever. Every tensor carries its whole derivative: for each leaf one dense array of ∂value/∂leaf,
moved along with the values (forward mode). Views are windows on values and derivatives alike, so that a change in place
needs no rule of its own: it writes values and derivatives through the same window. A graph is kept only to tell which
leaves a result reaches, and when a backward pass has to fail: a saved value that was changed, or saved values freed.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np

moment = count(1).__next__
Window = Callable[[Any], Any]


class Memory:
    """Values that several tensors may share, and when they were last changed in place."""

    def __init__(self) -> None:
        self.stamp = 0


class Node:
    """One recorded operation: its parents, and the memories whose values it saved."""

    def __init__(self, parents: list[Node], saved: list[Memory], leaf: Tensor | None = None) -> None:
        self.seq, self.parents, self.saved, self.leaf = moment(), parents, saved, leaf
        self.saves = bool(saved)
        self.freed = False

    def reached(self) -> list[Node]:
        """This node and all below it."""
        found: dict[int, Node] = {}
        stack = [self]
        while stack:
            node = stack.pop()
            if id(node) not in found:
                found[id(node)] = node
                stack.extend(node.parents)
        return list(found.values())

    @property
    def broken(self) -> bool:
        return self.freed or any(memory.stamp > self.seq for memory in self.saved)


class Tensor:
    """Values and derivatives, both seen through a window on those of the base."""

    def __init__(self, value: Any, memory: Memory | None = None) -> None:
        self.value = value
        self.memory = memory or Memory()
        self.slopes: dict[Tensor, Any] = {}  # leaf -> array of shape (leaf.size, *value.shape), a base has its own
        self.node: Node | None = None
        self.base: Tensor = self
        self.window: Window = lambda x: x
        self.views: list[Tensor] = []
        self.quiet = False  # a view that was made without recording
        self.made = 0  # a view: when
        self.grad: Any = None

    @property
    def is_leaf(self) -> bool:
        return self.node is None or self.node.leaf is not None

    @property
    def requires_grad(self) -> bool:
        return self.node is not None or self.base.node is not None

    @property
    def forbidden(self) -> bool:
        """Whether recorded operations may not use it: it was made without recording, and its memory has changed."""
        return self.quiet and self.base.node is not None and self.memory.stamp > self.made

    def slope(self, leaf: Tensor) -> Any:
        """The derivative of the values with respect to each element of a leaf."""
        full = self.base.slopes.get(leaf)
        if full is None or self.node is None or self.quiet:
            return np.zeros((leaf.value.size, *self.value.shape))
        return np.array([self.window(part) for part in full])


def leaf(value: Any, requires_grad: bool) -> Tensor:
    x = Tensor(np.array(value))
    if requires_grad:
        x.node = Node([], [], leaf=x)
        x.slopes[x] = np.eye(x.value.size).reshape(-1, *x.value.shape)
    return x


def _combined(value: Any, terms: list[tuple[Tensor, Any]], saved: list[Memory], saves: bool, grad: bool) -> Tensor:
    """A new tensor whose derivative is Σ factor · operand's derivative."""
    value = np.asarray(value)
    out = Tensor(value)
    tracked = [(x, factor) for x, factor in terms if x.requires_grad]
    if grad and tracked:
        out.node = Node([x.node for x, _ in tracked if x.node is not None], saved)
        out.node.saves = saves
        leaves = {below for x, _ in tracked for below in x.base.slopes}
        for below in leaves:
            parts = [np.broadcast_to(factor, value.shape) * _spread(x.slope(below), value) for x, factor in tracked]
            out.slopes[below] = sum(parts)
    return out


def _spread(slope: Any, value: Any) -> Any:
    """The derivative of an operand, broadcast as the operand itself was."""
    missing = (1,) * (value.ndim + 1 - slope.ndim)
    return np.broadcast_to(slope.reshape(slope.shape[0], *missing, *slope.shape[1:]), (slope.shape[0], *value.shape))


def _operation(name: str, a: Tensor, b: Tensor | None, grad: bool, copied: Memory | None = None) -> Tensor:
    """One operation; of its first operand, if its memory `copied` is about to change, a node saves a copy."""
    x = a.value.copy()
    if name in ("sin", "tanh"):
        value = np.sin(x) if name == "sin" else np.tanh(x)
        out = _combined(value, [(a, np.cos(x) if name == "sin" else 1 - value * value)], [], True, grad)
        if out.node is not None:
            out.node.saved = [out.memory] if name == "tanh" else [a.memory] if a.memory is not copied else []
        return out
    assert b is not None
    y = b.value.copy()
    if name == "add":
        return _combined(x + y, [(a, 1.0), (b, 1.0)], [], False, grad)
    saved = [b.memory] if a.requires_grad else []
    if b.requires_grad and a.memory is not copied:
        saved.append(a.memory)
    return _combined(x * y, [(a, y), (b, x)], saved, True, grad)


def apply(name: str, a: Tensor, b: Tensor | None, grad: bool) -> Tensor:
    """a + b, a · b, sin a or tanh a."""
    return _operation(name, a, b, grad)


def view(x: Tensor, window: Window, grad: bool) -> Tensor:
    """Part of a tensor, sharing its memory."""
    out = Tensor(window(x.value), x.memory)
    out.base = x.base
    out.window = lambda full: window(x.window(full))
    out.node = Node([] if x.node is None else [x.node], []) if grad and x.requires_grad else None
    out.quiet = not grad or x.quiet
    out.made = moment()
    x.base.views.append(out)
    return out


def detach(x: Tensor) -> Tensor:
    """The same memory, without a history."""
    return Tensor(x.value, x.memory)


def unusable(x: Tensor | None, grad: bool) -> bool:
    """Whether an operation with `x` is an error."""
    return grad and x is not None and x.forbidden


def in_place_refused(x: Tensor, grad: bool, y: Tensor | None = None) -> bool:
    """Whether a change in place by `y` is an error."""
    if not grad or not (x.requires_grad or (y is not None and y.requires_grad)):
        return False
    return (x is not x.base and x.quiet) or (x.requires_grad and x.base.is_leaf) or unusable(y, grad)


def partly_shared(a: Any, b: Any) -> bool:
    """Whether two arrays without gaps share a part of their memory."""
    if a.size == 0 or b.size == 0 or not np.may_share_memory(a, b):
        return False
    if a.strides == b.strides and a.shape == b.shape and a.ctypes.data == b.ctypes.data:
        return False
    spans = [sum((n - 1) * s for n, s in zip(x.shape, x.strides, strict=True)) + x.itemsize for x in (a, b)]
    return spans == [a.nbytes, b.nbytes]


def apply_in_place(name: str, a: Tensor, b: Tensor | None, grad: bool) -> None:
    """a += b, a *= b, a = sin a or a = tanh a, written through the window of `a`."""
    result = _operation(name, a, b, grad, copied=a.memory)
    a.value[...] = result.value
    a.memory.stamp = moment()
    if result.node is not None and result.memory in result.node.saved:
        result.node.saved, result.node.seq = [a.memory], moment()
    if result.node is None:
        return
    base = a.base
    if a is base:
        base.node, base.slopes = result.node, result.slopes
    else:
        parents = [result.node] if base.node is None else [base.node, result.node]
        base.node = Node(parents, [])
        for below in {*base.slopes, *result.slopes}:
            full = base.slopes.setdefault(below, np.zeros((below.value.size, *base.value.shape)))
            new = result.slopes.get(below, np.zeros((below.value.size, *a.value.shape)))
            for part, changed in zip(full, new, strict=True):
                a.window(part)[...] = changed
    for other in base.views:
        if not other.quiet:
            other.node = Node([base.node], [])


def will_fail(x: Tensor) -> bool:
    """Whether the backward pass from `x` has to raise."""
    assert x.node is not None
    return any(node.broken for node in x.node.reached())


def backward(x: Tensor, keep: bool) -> None:
    """Add the derivative of Σ x to the gradients of the leaves that are reached."""
    assert x.node is not None
    for node in x.node.reached():
        if node.leaf is not None:
            below = node.leaf
            g = x.slope(below).reshape(below.value.size, -1).sum(axis=1).reshape(below.value.shape)
            below.grad = g if below.grad is None else below.grad + g
        elif node.saves and not keep:
            node.freed = True
