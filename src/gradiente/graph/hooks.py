"""Hooks: functions that see, and may replace, what flows through the graph, and the handles that remove them."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from .sharing import counter

_ids = counter()


class HookDict(dict[int, Callable[..., Any]]):
    """Hooks by their numbers, so in the order of registration; `list` copies it in one step, not so an OrderedDict."""

    __slots__ = ("__weakref__",)


Hooks = HookDict | OrderedDict[int, Callable[..., Any]]
"""Where hooks are kept: any dictionary that weak references can be made to."""


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

    def __init__(self, hooks: Hooks) -> None:
        self.id: int = _ids()
        self._hooks = weakref.ref(hooks)

    def remove(self) -> None:
        """Remove the hook. Doing so again does nothing."""
        hooks = self._hooks()
        if hooks is not None:
            hooks.pop(self.id, None)

    def __repr__(self) -> str:
        return f"<torch.utils.hooks.{type(self).__name__} object at {id(self):#x}>"

    def __getstate__(self) -> tuple[Hooks | None, int]:
        return self._hooks(), self.id

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        hooks, self.id = state[:2]  # torch has more
        self._hooks = weakref.ref(HookDict() if hooks is None else hooks)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.remove()


def register(hooks: Hooks, hook: Callable[..., Any]) -> RemovableHandle:
    """Add `hook` to `hooks` and return its handle."""
    handle = RemovableHandle(hooks)
    hooks[handle.id] = hook
    return handle


class NodeHooks:
    """All hooks of one node, created when the first is registered.

    `tensor[i]`: on the cotangent of output i. `retain[i]`: receives the final cotangent of output i. `pre`: on all
    cotangents before the node runs. `post`: on what it hands to its edges, after it ran. `accumulated`: on the leaf,
    after its gradient was accumulated. `cast`: converts the cotangent of a leaf before all of them.
    """

    __slots__ = ("accumulated", "cast", "post", "pre", "retain", "tensor")

    def __init__(self) -> None:
        self.tensor: dict[int, HookDict] = {}
        self.retain: dict[int, Callable[[Any], None]] = {}
        self.pre: HookDict = HookDict()
        self.post: HookDict = HookDict()
        self.accumulated: HookDict = HookDict()
        self.cast: Callable[[Any], Any] | None = None


def _parts(node: Any, g: Any) -> list[Any]:
    """The cotangents of a node's outputs, one or several, as a list."""
    return list(g) if node.plan is not None and node.plan.outputs != 1 else [g]


def _whole(node: Any, parts: list[Any]) -> Any:
    """The opposite of `_parts`."""
    return parts if node.plan is not None and node.plan.outputs != 1 else parts[0]


def run_tensor_hooks(node: Any, g: Any, wrap: Any, unwrap: Any) -> Any:
    """Run the tensor hooks on the cotangents of a node and return these; retain them where that was asked for."""
    hooks: NodeHooks = node.hooks
    if hooks.cast is not None and g is not None:
        g = hooks.cast(g)
    if not hooks.tensor and not hooks.retain:
        return g
    parts = _parts(node, g)
    for number, fns in list(hooks.tensor.items()):
        for fn in list(fns.values()):
            old = parts[number]
            answer = fn(_show(old, wrap))
            if answer is not None:
                parts[number] = _replacement(answer, old, fn, unwrap)
    for number, keep in list(hooks.retain.items()):
        if parts[number] is not None:
            keep(_show(parts[number], wrap))
    return _whole(node, parts)


def run_before(node: Any, g: Any, wrap: Any, unwrap: Any) -> Any:
    """Run the prehooks of a node on its cotangents."""
    parts = _parts(node, g)
    for fn in list(node.hooks.pre.values()):
        answer = fn(tuple([_show(part, wrap) for part in parts]))
        if answer is not None:
            parts = _replaced(answer, parts, fn, unwrap)
    return _whole(node, parts)


def run_after(node: Any, gs: Sequence[Any], g: Any, wrap: Any, unwrap: Any) -> Sequence[Any]:
    """Run the post hooks of a node on what it hands to its edges."""
    outputs = tuple([_show(part, wrap) for part in _parts(node, g)])
    mask = () if node.plan is None else node.show().shown_mask()
    for fn in list(node.hooks.post.values()):
        parts = iter(gs)
        full = [next(parts) if tracked else None for tracked in mask]
        answer = fn(tuple([_show(part, wrap) for part in full]), outputs)
        if answer is not None:
            full = _replaced(answer, full, fn, unwrap)
            gs = [part for part, tracked in zip(full, mask, strict=True) if tracked]
    return gs


def run_accumulated(sink: Any, unwrap: Any) -> None:
    """Run the hooks of a leaf that has its gradient. What they return is checked: None, or the leaf."""
    for fn in list(sink.hooks.accumulated.values()):
        leaf = sink.variable
        answer = fn(leaf)
        if answer is not None and unwrap is not None:
            unwrap(answer, leaf, fn)
            if answer is not leaf:
                raise RuntimeError(
                    f"Tensor post accumulate grad hooks should return None. (Hook '{hook_name(fn)}' returned another "
                    "tensor; change .grad of the leaf that it is given)"
                )


def hook_name(fn: Any) -> str:
    """What errors call a hook."""
    return getattr(fn, "__name__", None) or type(fn).__name__


def _replaced(answer: Any, old: list[Any], fn: Any, unwrap: Any) -> list[Any]:
    """The cotangents after a hook of a node, which returned `answer`, a tuple."""
    if not isinstance(answer, tuple):
        raise TypeError(
            f"expected tuple, but hook returned '{type(answer).__name__}' "
            f"(hook '{hook_name(fn)}' of a node must return None or one gradient, or None, per value it was given)"
        )
    if len(answer) != len(old):
        raise RuntimeError(
            f"hook '{hook_name(fn)}' has returned an incorrect number of values (got {len(answer)}, but expected "
            f"{len(old)})"
        )
    return [None if new is None else _replacement(new, was, fn, unwrap) for new, was in zip(answer, old, strict=True)]


def _show(value: Any, wrap: Any) -> Any:
    return value if wrap is None or value is None else wrap(value)


def _replacement(value: Any, old: Any, fn: Any, unwrap: Any) -> Any:
    """The bare value of what a hook returned in place of `old`."""
    if old is None:
        raise RuntimeError(
            f"can't replace a None gradient with a non-None value (hook '{hook_name(fn)}' was given None, because no "
            "gradient reached that result, and must return None for it)"
        )
    return value if unwrap is None else unwrap(value, old, fn)
