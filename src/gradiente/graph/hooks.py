"""Hooks: functions that see, and may replace, what flows through the graph, and the handles that remove them."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Callable
from itertools import count
from typing import Any

_ids = count().__next__

HookDict = OrderedDict[int, Callable[..., Any]]


class RemovableHandle:
    """What registering a hook returns: `remove()` takes the hook back; as a context manager, on leaving it.

    >>> import gradiente as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> with x.register_hook(lambda grad: grad * 10):
    ...     x.sum().backward()
    >>> x.grad
    tensor([10., 10.])
    """

    __slots__ = ("__weakref__", "_hooks", "id")

    def __init__(self, hooks: HookDict) -> None:
        self.id: int = _ids()
        self._hooks = weakref.ref(hooks)

    def remove(self) -> None:
        """Remove the hook. Doing so again does nothing."""
        hooks = self._hooks()
        if hooks is not None:
            hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.remove()


def register(hooks: HookDict, hook: Callable[..., Any]) -> RemovableHandle:
    """Add `hook` to `hooks` and return its handle."""
    handle = RemovableHandle(hooks)
    hooks[handle.id] = hook
    return handle


class NodeHooks:
    """All hooks of one node, created when the first is registered.

    `tensor[i]`: on the cotangent of output i. `retain[i]`: receives the final cotangent of output i. `pre`: on all
    cotangents before the node runs. `post`: on what it hands to its edges, after it ran. `accumulated`: on the leaf,
    after its gradient was accumulated.
    """

    __slots__ = ("accumulated", "post", "pre", "retain", "tensor")

    def __init__(self) -> None:
        self.tensor: dict[int, HookDict] = {}
        self.retain: dict[int, Callable[[Any], None]] = {}
        self.pre: HookDict = OrderedDict()
        self.post: HookDict = OrderedDict()
        self.accumulated: HookDict = OrderedDict()
