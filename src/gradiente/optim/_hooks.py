"""Functions of programs that optimisers call: around their steps, and around saving and loading.

Those of `register_optimizer_step_pre_hook` and `register_optimizer_step_post_hook` are called by all optimisers.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any, Self, TypeAlias

from ..graph import RemovableHandle, register

Args = tuple[Any, ...]
Kwargs = dict[str, Any]

Hooks = OrderedDict[int, Callable[..., Any]]

before_every_step: Hooks = OrderedDict()
after_every_step: Hooks = OrderedDict()


def register_optimizer_step_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(optimizer, args, kwargs)` before each step of each optimiser."""
    return register(before_every_step, hook)


def register_optimizer_step_post_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(optimizer, args, kwargs)` after each step of each optimiser."""
    return register(after_every_step, hook)


def hooked(step: Callable[..., Any]) -> Callable[..., Any]:
    """The step of a class of optimisers, with the calls of hooks around it."""
    if getattr(step, "hooked", False):
        return step

    @wraps(step)
    def with_hooks(self: Any, *args: Any, **kwargs: Any) -> Any:
        before, after = self._optimizer_step_pre_hooks, self._optimizer_step_post_hooks
        if not (before_every_step or after_every_step or before or after):
            return step(self, *args, **kwargs)
        args = (self, *args)
        for hook in (*before_every_step.values(), *before.values()):
            answer = hook(self, args, kwargs)
            if answer is not None:
                if not (isinstance(answer, tuple) and len(answer) == 2):  # pyright: ignore[reportUnknownArgumentType]
                    raise RuntimeError(
                        f"{type(self).step} must return None or a tuple of (new_args, new_kwargs), but got {answer}."
                    )
                args, kwargs = answer  # pyright: ignore[reportUnknownVariableType]
        result = step(*args, **kwargs)  # pyright: ignore[reportUnknownArgumentType]
        for hook in (*after.values(), *after_every_step.values()):
            hook(self, args, kwargs)
        return result

    with_hooks.hooked = True  # pyright: ignore[reportAttributeAccessIssue]
    return with_hooks


class Hooked:
    """What calls the hooks that are registered with it."""

    OptimizerPreHook: TypeAlias = Callable[[Self, Args, Kwargs], tuple[Args, Kwargs] | None]
    OptimizerPostHook: TypeAlias = Callable[[Self, Args, Kwargs], None]
    _optimizer_step_pre_hooks: Hooks
    _optimizer_step_post_hooks: Hooks
    _optimizer_state_dict_pre_hooks: Hooks
    _optimizer_state_dict_post_hooks: Hooks
    _optimizer_load_state_dict_pre_hooks: Hooks
    _optimizer_load_state_dict_post_hooks: Hooks

    @staticmethod
    def profile_hook_step(func: Callable[..., Any]) -> Callable[..., Any]:
        """The step of a class of optimisers, with the calls of hooks around it."""
        return hooked(func)

    def _init_hooks(self) -> None:
        for name in Hooked.__annotations__:  # programs may have set some of them
            if name.endswith("_hooks") and not hasattr(self, name):
                setattr(self, name, OrderedDict())
        kind: Any = type(self)
        if not getattr(kind.step, "hooked", False):  # a step that a program defines
            kind.step = hooked(kind.step)

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` before each step; a pair that it returns replaces args and kwargs."""
        return register(self._optimizer_step_pre_hooks, hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` after each step."""
        return register(self._optimizer_step_post_hooks, hook)

    def register_state_dict_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer)` before `state_dict`; with `prepend` before the hooks that are there."""
        return _registered(self._optimizer_state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` with what `state_dict` is to return; what it returns takes its place.

        With `prepend` before the hooks that are there.
        """
        return _registered(self._optimizer_state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` with a shallow copy of what is to be loaded; what it returns is loaded.

        With `prepend` before the hooks that are there.
        """
        return _registered(self._optimizer_load_state_dict_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer)` after `load_state_dict`; with `prepend` before the hooks that are there."""
        return _registered(self._optimizer_load_state_dict_post_hooks, hook, prepend)


def _registered(hooks: Hooks, hook: Callable[..., Any], prepend: bool) -> RemovableHandle:
    handle = register(hooks, hook)
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle


def answered(hooks: Hooks, owner: Any, value: Any) -> Any:
    """What is left of a value after the hooks, each of which may return another one."""
    for hook in list(hooks.values()):
        answer = hook(owner, value)
        value = value if answer is None else answer
    return value


__all__ = [
    "Hooked",
    "Hooks",
    "answered",
    "hooked",
    "register_optimizer_step_post_hook",
    "register_optimizer_step_pre_hook",
]
