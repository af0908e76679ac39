"""Hooks that compute a weight before each call: found by their class and by the weight's name."""

from __future__ import annotations

from typing import Any, TypeVar

from ..modules.module import Module

AnyModule = TypeVar("AnyModule", bound=Module)


def refuse_second(module: Module, hook: Any, what: str) -> None:
    """Raise RuntimeError if the weight that a hook is for has one of this class."""
    if any(type(other) is type(hook) and other.name == hook.name for other in module._forward_pre_hooks.values()):
        raise RuntimeError(f"Cannot register two {what} hooks on the same parameter {hook.name}")


def detach(module: Module, kind: type, name: str, what: str) -> Any:
    """Take the hook of a class and of a weight off a module, and return it.

    Raises:
        ValueError: there is none.
    """
    for number, hook in module._forward_pre_hooks.items():
        if isinstance(hook, kind) and hook.name == name:  # pyright: ignore[reportAttributeAccessIssue]
            del module._forward_pre_hooks[number]
            return hook
    raise ValueError(f"{what} of '{name}' not found in {module}")


__all__ = ["AnyModule", "detach", "refuse_second"]
