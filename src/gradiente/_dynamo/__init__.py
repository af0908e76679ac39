"""torch._dynamo: what programs and packages say to the compiler, which has no effect.

`eval_frame`, `_trace_wrapped_higher_order_op`: where packages import some of it from.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from .._missing import missing_attribute, public_names
from ..compiler import allow_in_graph as allow_in_graph
from ..compiler import assume_constant_result as assume_constant_result
from ..compiler import disable as disable
from ..compiler import is_compiling as is_compiling
from ..compiler import is_dynamo_compiling as is_dynamo_compiling
from ..compiler import reset as reset
from ..compiler import set_stance as set_stance
from ..compiler import substitute_in_graph as substitute_in_graph
from ..nn.modules.module import Module

config: Any = SimpleNamespace(
    cache_size_limit=8,
    capture_scalar_outputs=False,
    disable=False,
    recompile_limit=8,
    suppress_errors=False,
    verbose=False,
)
"""Settings that programs make; without effect."""


def optimize(*arguments: Any, **options: Any) -> Any:
    """A decorator that returns the function itself.

    >>> import gradiente as torch
    >>> torch._dynamo.optimize("eager")(len) is len
    True
    """
    return lambda function: function


class OptimizedModule(Module):
    """A module that was compiled, for `isinstance`: `torch.compile` returns modules as they are, so none is one.

    Raises:
        RuntimeError: always.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError("OptimizedModule cannot be made: nothing is compiled; torch.compile(module) is the module")


def is_dynamo_supported() -> bool:
    """Whether programs can be compiled: False."""
    return False


def graph_break(msg: str = "") -> None:
    """Interrupt a compilation: there is none."""


def mark_dynamic(t: Any, index: Any, *options: Any, **more: Any) -> None:
    """Say that a size changes: nothing happens."""


def maybe_mark_dynamic(t: Any, index: Any) -> None:
    """Say that a size may change: nothing happens."""


def mark_static(t: Any, index: Any = None) -> None:
    """Say that a size stays: nothing happens."""


def mark_static_address(t: Any, guard: bool = False) -> None:
    """Say that memory stays where it is: nothing happens."""


def disallow_in_graph(fn: Any) -> Any:
    """The function itself."""
    return fn


def forbid_in_graph(fn: Any) -> Any:
    """The function itself."""
    return fn


def run(fn: Any = None) -> Any:
    """The function itself, or a decorator that returns it."""
    return (lambda function: function) if fn is None else fn


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in ("_trace_wrapped_higher_order_op", "eval_frame"):
        return import_module(f"{__name__}.{name}")
    raise missing_attribute(__name__, name, public_names(__name__))


__all__ = [
    "allow_in_graph",
    "assume_constant_result",
    "config",
    "disable",
    "disallow_in_graph",
    "forbid_in_graph",
    "graph_break",
    "is_compiling",
    "is_dynamo_compiling",
    "is_dynamo_supported",
    "mark_dynamic",
    "mark_static",
    "mark_static_address",
    "maybe_mark_dynamic",
    "optimize",
    "reset",
    "run",
    "set_stance",
    "substitute_in_graph",
]
