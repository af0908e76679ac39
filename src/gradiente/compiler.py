"""torch.compile and torch.compiler: programs run as they are written."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from ._missing import missing_in


def compile(model: Any = None, *, disable: bool = False, **options: Any) -> Any:
    """The function or module itself, with a warning: nothing is compiled.

    Args:
        model: a function or module. None: return a decorator.
        disable: no warning.
        options: what torch's `compile` takes; without effect.

    Example:
        >>> import gradiente as torch
        >>> @torch.compile(disable=True)
        ... def f(x):
        ...     return x + 1
        >>> f(torch.ones(1))
        tensor([2.])
    """
    unknown = set(options) - _OPTIONS
    if unknown:
        raise TypeError(f"compile() got an unexpected keyword argument {min(unknown)!r}")
    if model is not None and not callable(model):
        raise RuntimeError(f"torch.compile: the model must be a function or a module, not {type(model).__name__}")
    if not disable:
        warnings.warn(
            "torch.compile returns the model as it is: gradiente does not compile (pass disable=True to silence this)",
            UserWarning,
            stacklevel=2,
        )
    return (lambda function: function) if model is None else model


_OPTIONS = {
    *("fullgraph", "dynamic", "backend", "mode", "options", "name", "recompile_limit", "isolate_recompiles"),
    "shapes_spec",
}


def disable(fn: Any = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """The function itself, or a decorator that returns it."""
    return (lambda function: function) if fn is None else fn


def is_compiling() -> bool:
    """Whether the program is being compiled: False."""
    return False


def is_dynamo_compiling() -> bool:
    """Whether the program is being compiled: False."""
    return False


def reset() -> None:
    """Forget what was compiled: nothing."""


def allow_in_graph(fn: Callable[..., Any]) -> Callable[..., Any]:
    """The function itself."""
    return fn


__getattr__ = missing_in(__name__)

__all__ = ["allow_in_graph", "compile", "disable", "is_compiling", "is_dynamo_compiling", "reset"]
