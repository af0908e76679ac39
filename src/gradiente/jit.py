"""torch.jit: functions and modules stay what they are."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any


def _warn(name: str) -> None:
    warnings.warn(
        f"torch.jit.{name} returns what it is given: gradiente runs programs as they are written",
        UserWarning,
        stacklevel=3,
    )


def script(obj: Any, optimize: Any = None, _frames_up: int = 0, _rcb: Any = None, example_inputs: Any = None) -> Any:
    """The function, class or module itself, with a warning.

    >>> import warnings
    >>> import gradiente as torch
    >>> with warnings.catch_warnings(action="ignore"):
    ...     torch.jit.script(torch.nn.ReLU())
    ReLU()
    """
    _warn("script")
    return obj


def trace(func: Any, example_inputs: Any = None, *args: Any, **options: Any) -> Any:
    """The function or module itself, with a warning; the example inputs are not used."""
    _warn("trace")
    return func


def ignore(drop: Any = False, **kwargs: Any) -> Any:
    """The function itself, or a decorator that returns it."""
    return drop if callable(drop) else lambda function: function


def export(fn: Callable[..., Any]) -> Callable[..., Any]:
    """The function itself."""
    return fn


def unused(fn: Callable[..., Any]) -> Callable[..., Any]:
    """The function itself."""
    return fn


def script_if_tracing(fn: Callable[..., Any]) -> Callable[..., Any]:
    """The function itself."""
    return fn


def is_scripting() -> bool:
    """Whether the program is being compiled: False."""
    return False


def is_tracing() -> bool:
    """Whether the program is being traced: False."""
    return False


class ScriptModule:
    """The type of compiled modules, of which there are none: for `isinstance`."""

    def __init__(self) -> None:
        raise RuntimeError("torch.jit.ScriptModule cannot be made: gradiente does not compile; use torch.nn.Module")


class ScriptFunction:
    """The type of compiled functions, of which there are none: for `isinstance`."""

    def __init__(self) -> None:
        raise RuntimeError("torch.jit.ScriptFunction cannot be made: gradiente does not compile")


def __getattr__(name: str) -> object:
    from ._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))


__all__ = [
    "ScriptFunction",
    "ScriptModule",
    "export",
    "ignore",
    "is_scripting",
    "is_tracing",
    "script",
    "script_if_tracing",
    "trace",
    "unused",
]
