"""Showing the operators that a program calls, and not only the primitives of the table that they consist of.

Note [Operators under a profile]
--------------------------------
`F.linear(x, w)` is an operator of torch's, and a few primitives of the table. The primitives are shown to a mode's
interceptors by the general form of every operation; the operators themselves ask no mode at all. So while there is a
profile, the public functions of the package, the methods of `Tensor`, `Function.apply` and the steps of optimisers are
replaced by functions that show them; the last profile to end puts back what was there. A program that took a function
out of the package before (`from torch import relu`) still has its primitives shown. In this way operators cost nothing
while there is no profile. In other threads the replaced functions do what they did, as they find no interceptors.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable
from types import FunctionType
from typing import Any

from .._missing import ALIAS, real_name
from ..graph import current
from ..tensor.core import Tensor
from ..tensor.intercepting import shown
from .function import Function

_OPERATORS = ("gradiente.ops.", "gradiente.nn.functional.", "gradiente.tensor.elementwise", "gradiente.tensor.inplace")
_OPERATORS += ("gradiente.tensor.dispatch", "gradiente.tensor.totals")
_NAMES = {
    "__abs__": "abs",
    "__add__": "add",
    "__and__": "bitwise_and",
    "__eq__": "eq",
    "__floordiv__": "floor_divide",
    "__ge__": "ge",
    "__gt__": "gt",
    "__iadd__": "add_",
    "__imul__": "mul_",
    "__invert__": "bitwise_not",
    "__isub__": "sub_",
    "__itruediv__": "div_",
    "__le__": "le",
    "__lt__": "lt",
    "__matmul__": "matmul",
    "__mod__": "remainder",
    "__mul__": "mul",
    "__ne__": "ne",
    "__neg__": "neg",
    "__or__": "bitwise_or",
    "__pow__": "pow",
    "__radd__": "add",
    "__rmatmul__": "matmul",
    "__rmul__": "mul",
    "__rpow__": "pow",
    "__rsub__": "rsub",
    "__rtruediv__": "div",
    "__sub__": "sub",
    "__truediv__": "div",
    "__xor__": "bitwise_xor",
    "absolute": "abs",
    "concat": "cat",
    "cross_entropy": "cross_entropy_loss",
    "divide": "div",
    "multiply": "mul",
    "negative": "neg",
    "subtract": "sub",
}
_HIDDEN = {"as_tensor", "asarray", "from_numpy", "frombuffer", "tensor", "requires_grad_"}
"""They make tensors, but are no operators."""


class _Operators:
    """The functions that are replaced while there is a profile, and what was there before."""

    def __init__(self) -> None:
        self._profiles = 0
        self._before: list[tuple[Any, str, Any]] = []
        # Two threads may begin or end a profile at a time: the functions are to be replaced once, and put back once.
        self._lock = threading.Lock()

    def show(self) -> None:
        """A profile begins: have the operators shown."""
        with self._lock:
            self._profiles += 1
            if self._profiles == 1:
                self._replace_all()

    def hide(self) -> None:
        """A profile ends; the last one puts everything back."""
        with self._lock:
            self._profiles -= 1
            if self._profiles == 0:
                for owner, name, function in reversed(self._before):
                    setattr(owner, name, function)
                self._before.clear()

    def _replace_all(self) -> None:
        modules = (sys.modules.get(name) for name in ("gradiente", "gradiente.nn.functional", "gradiente.special"))
        for owner in (Tensor, *filter(None, modules)):
            for name, function in list(vars(owner).items()):
                if _is_operator(name, function):
                    self._replace(owner, name, _shown_operator(_NAMES.get(name, name), function))
        apply: Any = vars(Function)["apply"]
        self._replace(Function, "apply", classmethod(_shown_apply(apply.__func__)))
        base = getattr(sys.modules.get("gradiente.optim.optimizer"), "Optimizer", None)
        for cls in [] if base is None else _with_subclasses(base):
            for name in ("step", "zero_grad"):
                if isinstance(vars(cls).get(name), FunctionType):
                    self._replace(cls, name, _shown_method(vars(cls)[name], name))

    def _replace(self, owner: Any, name: str, function: Any) -> None:
        self._before.append((owner, name, vars(owner)[name]))
        setattr(owner, name, function)


_operators = _Operators()
show_operators: Callable[[], None] = _operators.show
hide_operators: Callable[[], None] = _operators.hide


def _is_operator(name: str, function: Any) -> bool:
    if not isinstance(function, FunctionType) or name in _HIDDEN:
        return False
    module = function.__module__
    if module.startswith(ALIAS + "."):  # while the redirection is used
        module = real_name(module)
    return (name in _NAMES or not name.startswith("_")) and f"{module}.".startswith(_OPERATORS)


def _shown_operator(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        interceptors = current().interceptors
        if not interceptors:
            return function(*arguments, **keywords)
        operands = (*arguments, *keywords.values())
        return shown(interceptors, name, operands, functools.partial(function, *arguments, **keywords), "operator")

    return call


def _shown_apply(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def apply(cls: Any, *arguments: Any, **keywords: Any) -> Any:
        interceptors = current().interceptors
        if not interceptors:
            return function(cls, *arguments, **keywords)
        work = functools.partial(function, cls, *arguments, **keywords)
        return shown(interceptors, cls.__name__, arguments, work, "function")

    return apply


def _shown_method(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(self: Any, *arguments: Any, **keywords: Any) -> Any:
        interceptors = current().interceptors
        if not interceptors:
            return function(self, *arguments, **keywords)
        kind = type(self).__name__
        work = functools.partial(function, self, *arguments, **keywords)
        return shown(interceptors, f"Optimizer.{name}#{kind}.{name}", (), work, "range")

    return call


def _with_subclasses(cls: Any) -> list[Any]:
    return [cls, *[found for sub in cls.__subclasses__() for found in _with_subclasses(sub)]]


__all__ = ["hide_operators", "show_operators"]
