"""torch.fx, programs as graphs that are rewritten: nothing is traced here; the types are for annotations."""

from __future__ import annotations

from typing import Any, NoReturn

from ._elsewhere import AS_WRITTEN
from .nn.modules.module import Module


def _refuse(name: str) -> NoReturn:
    raise RuntimeError(f"torch.fx.{name} cannot be made: {AS_WRITTEN}")


class _Traced:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _refuse(type(self).__name__)


class Graph(_Traced):
    """The operations of a traced program. RuntimeError: nothing is traced."""


class Node(_Traced):
    """An operation of a traced program. RuntimeError: nothing is traced."""


class Proxy(_Traced):
    """What stands for a tensor while a program is traced. RuntimeError: nothing is traced."""


class Tracer(_Traced):
    """What traces programs. RuntimeError: nothing is traced."""


class Interpreter(_Traced):
    """What runs a graph operation by operation. RuntimeError: there are no graphs."""


class Transformer(Interpreter):
    """What makes a graph of another. RuntimeError: there are no graphs."""


class GraphModule(Module):
    """A module made of a graph. RuntimeError: there are no graphs.

    >>> import gradiente as torch
    >>> isinstance(torch.nn.Linear(1, 1), torch.fx.GraphModule)
    False
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _refuse("GraphModule")


def symbolic_trace(root: Any, concrete_args: Any = None) -> GraphModule:
    """The program as a module made of its graph. RuntimeError: nothing is traced."""
    raise RuntimeError(f"torch.fx.symbolic_trace traces nothing: {AS_WRITTEN}")


def wrap(fn_or_name: Any) -> Any:
    """Say that a function is one operation when programs are traced: returned as it is."""
    return fn_or_name


def __getattr__(name: str) -> object:
    from ._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))


__all__ = [
    "Graph",
    "GraphModule",
    "Interpreter",
    "Node",
    "Proxy",
    "Tracer",
    "Transformer",
    "symbolic_trace",
    "wrap",
]
