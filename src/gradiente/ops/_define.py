"""Decorators that make torch's functions from the table: the definition carries name, types and documentation only.

    @unary("sin")
    def sin(input: Tensor) -> Tensor:
        \"\"\"The sine of each element. ...\"\"\"

The function that results is the short form of the primitive itself (see `gradiente.tensor.elementwise`), so nothing
stands between the call and the work.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ..rules import table
from ..tensor import bilinear, elementwise
from ..tensor.core import Tensor
from ..tensor.dispatch import bind
from ..tensor.inplace import in_place
from ._out import fills

F = TypeVar("F", bound=Callable[..., Any])


def dress(function: Any, definition: Any) -> Any:
    """`function`, with the name, types and documentation of `definition`, and with its `out`, if it has one."""
    for attribute in ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__"):
        setattr(function, attribute, getattr(definition, attribute))
    function.__name__ = definition.__name__.removeprefix("_")  # what errors call it
    function.__wrapped__ = definition
    return fills(function, definition) if "out" in (definition.__kwdefaults__ or ()) else function


def unary(name: str, node: str | None = None) -> Callable[[F], F]:
    """Define a function of one tensor by the elementwise primitive `name`."""
    return lambda definition: dress(elementwise.unary(table[name], node), definition)


def binary(name: str, node: str | None = None) -> Callable[[F], F]:
    """Define a function of a tensor and a tensor or number by the elementwise primitive `name`."""
    return lambda definition: dress(elementwise.binary(table[name], node), definition)


def operator(name: str, node: str | None = None, arrays: bool = False) -> Callable[..., Any]:
    """The method behind an operator of Python: as `binary`, but NotImplemented for operands of foreign types.

    With `arrays` NumPy's arrays count as tensors.
    """
    return elementwise.binary(table[name], node, operator=True, arrays=arrays)


def primitive(name: str, node: str | None = None) -> Callable[..., Any]:
    """The primitive `name`, applied to tensors; `node` names its nodes."""
    return bind(table[name], node)


def product(name: str, node: str | None = None) -> Callable[[Tensor, Tensor], Tensor]:
    """The primitive `name`, applied to two tensors, each a matrix or a vector, whose shapes fit."""
    return bilinear.product(table[name], node)


def plain(function: Any) -> Any:
    """The function without its argument `out`, where that is another function."""
    return getattr(function, "plain", function)


def inplace(function: Callable[..., Any]) -> Any:
    """The in-place form of a function: `add` → `add_`."""
    return in_place(plain(function), f"{function.__name__}_")
