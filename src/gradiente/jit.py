"""torch.jit: functions and modules stay what they are."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple
from typing import Final as Final

from .futures import Future as Future


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


def _overload(func: Callable[..., Any]) -> Callable[..., Any]:
    """For annotations of what scripted programs may be given: the function itself."""
    return func


_overload_method = _overload


def script_if_tracing(fn: Callable[..., Any]) -> Callable[..., Any]:
    """The function itself."""
    return fn


def is_scripting() -> bool:
    """Whether the program is being compiled: False."""
    return False


def is_tracing() -> bool:
    """Whether the program is being traced: False."""
    return False


def script_method(fn: Callable[..., Any]) -> Callable[..., Any]:
    """The function itself."""
    return fn


def interface(obj: Any) -> Any:
    """The class itself."""
    return obj


def trace_module(mod: Any, inputs: Any = None, **options: Any) -> Any:
    """The module itself, with a warning; the example inputs are not used."""
    _warn("trace_module")
    return mod


def freeze(mod: Any, preserved_attrs: Any = None, optimize_numerics: bool = True) -> Any:
    """The module itself, with a warning."""
    _warn("freeze")
    return mod


def optimize_for_inference(mod: Any, other_methods: Any = None) -> Any:
    """The module itself, with a warning."""
    _warn("optimize_for_inference")
    return mod


def annotate(the_type: Any, the_value: Any) -> Any:
    """The value; the type is for the compiler.

    >>> import gradiente as torch
    >>> torch.jit.annotate(list[int], [1])
    [1]
    """
    return the_value


class Attribute(NamedTuple):
    """A value with its type, for the compiler."""

    value: Any
    type: Any


def fork(func: Callable[..., Any], *args: Any, **kwargs: Any) -> Future:
    """Call a function, at once, and return its result or error as a future.

    >>> import gradiente as torch
    >>> torch.jit.wait(torch.jit.fork(len, [1, 2]))
    2
    """
    start: Future = Future()
    start.set_result(None)
    return start.then(lambda _: func(*args, **kwargs))


def wait(future: Future) -> Any:
    """The result that a future is of."""
    return future.wait()


def set_fusion_strategy(strategy: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Say what the compiler joins: nothing; returns what was said before."""
    before, _STRATEGY[:] = list(_STRATEGY), strategy
    return before


_STRATEGY: list[tuple[str, int]] = [("STATIC", 2), ("DYNAMIC", 10)]


def enable_onednn_fusion(enabled: bool) -> None:
    """Say that operations are joined: nothing happens."""


def onednn_fusion_enabled() -> bool:
    """Whether operations are joined: False."""
    return False


class Error(RuntimeError):
    """What scripted programs raise, of which there are none: for `except`."""


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
    "Attribute",
    "Error",
    "Final",
    "Future",
    "ScriptFunction",
    "ScriptModule",
    "annotate",
    "enable_onednn_fusion",
    "export",
    "fork",
    "freeze",
    "ignore",
    "interface",
    "is_scripting",
    "is_tracing",
    "onednn_fusion_enabled",
    "optimize_for_inference",
    "script",
    "script_if_tracing",
    "script_method",
    "set_fusion_strategy",
    "trace",
    "trace_module",
    "unused",
    "wait",
]
