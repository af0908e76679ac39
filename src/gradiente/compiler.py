"""torch.compile and torch.compiler: programs run as they are written."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from ._missing import Getter, missing_in


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


def is_exporting() -> bool:
    """Whether the program is being exported: False."""
    return False


def assume_constant_result(fn: Callable[..., Any]) -> Callable[..., Any]:
    """The function itself."""
    return fn


def substitute_in_graph(original_fn: Callable[..., Any], **options: Any) -> Callable[..., Any]:
    """A decorator that returns the function itself."""
    return lambda function: function


def nested_compile_region(fn: Any = None, options: Any = None) -> Any:
    """The function itself, or a decorator that returns it."""
    return (lambda function: function) if fn is None else fn


def cudagraph_mark_step_begin() -> None:
    """Say that a step begins: nothing happens."""


def list_backends(exclude_tags: Any = ()) -> list[str]:
    """The compilers that there are: none."""
    return []


class set_stance:
    """What to do where a program would be compiled: nothing. A block, a decorator, or a call.

    >>> import gradiente as torch
    >>> with torch.compiler.set_stance("force_eager"):
    ...     torch.ones(1)
    tensor([1.])
    """

    def __init__(self, stance: str = "default", *, skip_guard_eval_unsafe: bool = False, force_backend: Any = None):
        if stance not in _STANCES:
            raise RuntimeError(f"invalid torch.compile stance {stance!r}; it is one of {', '.join(_STANCES)}")

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: object) -> None:
        pass

    def __call__(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself."""
        return fn


_STANCES = (
    *("default", "eager_then_compile", "aot_eager_then_compile", "force_eager"),
    *("eager_on_recompile", "fail_on_recompile"),
)

__getattr__: Getter = missing_in(__name__)

__all__ = [
    "allow_in_graph",
    "assume_constant_result",
    "compile",
    "cudagraph_mark_step_begin",
    "disable",
    "is_compiling",
    "is_dynamo_compiling",
    "is_exporting",
    "list_backends",
    "nested_compile_region",
    "reset",
    "set_stance",
    "substitute_in_graph",
]
