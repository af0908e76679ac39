"""Arithmetic: sums, products, powers, and the operators of Python."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor
from ._define import binary, inplace, operator, primitive, unary

Number = int | float | complex | bool


@binary("add")
def _add(input: Tensor, other: Tensor | Number) -> Tensor: ...


@binary("subtract")
def _sub(input: Tensor, other: Tensor | Number) -> Tensor: ...


def add(input: Tensor, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
    """The sum of two tensors, the second one scaled: input + alpha · other.

    >>> import gradiente as torch
    >>> torch.add(torch.tensor([1.0, 2.0]), 10, alpha=2)
    tensor([21., 22.])
    """
    return _add(input, other) if alpha == 1 else _add(input, mul(other, alpha))


def sub(input: Tensor, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
    """The difference of two tensors, the second one scaled: input - alpha · other.

    >>> import gradiente as torch
    >>> torch.sub(torch.tensor([1.0, 2.0]), 1)
    tensor([0., 1.])
    """
    return _sub(input, other) if alpha == 1 else _sub(input, mul(other, alpha))


@binary("multiply")
def mul(input: Tensor, other: Tensor | Number) -> Tensor:
    """The product of two tensors, element by element.

    >>> import gradiente as torch
    >>> torch.mul(torch.tensor([1.0, 2.0]), 3)
    tensor([3., 6.])
    """
    ...


@binary("divide")
def div(input: Tensor, other: Tensor | Number) -> Tensor:
    """The quotient of two tensors, element by element.

    >>> import gradiente as torch
    >>> torch.div(torch.tensor([1, 2]), 2)
    tensor([0.5000, 1.0000])
    """
    ...


@unary("negative")
def neg(input: Tensor) -> Tensor:
    """The tensor with each sign changed.

    >>> import gradiente as torch
    >>> torch.neg(torch.tensor([1.0, -2.0]))
    tensor([-1.,  2.])
    """
    ...


_pow_scalar = primitive("power_scalar")


@binary("pow")
def _pow(input: Tensor, other: Tensor | Number) -> Tensor: ...


def pow(input: Tensor, exponent: Tensor | Number) -> Tensor:
    """Each element of the input raised to the exponent.

    >>> import gradiente as torch
    >>> torch.pow(torch.tensor([1.0, 2.0]), 3)
    tensor([1., 8.])
    """
    if isinstance(exponent, (int, float)) and isinstance(input, Tensor) and input._array.dtype.kind == "f":
        return _pow_scalar(input, exponent=exponent)
    return _pow(input, exponent)


def _reflected(function: Any) -> Any:
    """The method for `other OP self`, where `other` is not a tensor."""

    def call(self: Tensor, other: Any) -> Tensor:
        if isinstance(other, np.generic):
            other = other.item()
        if not isinstance(other, (int, float, complex)):
            return NotImplemented
        return function.general(other, self)

    return call


_add_operator, _mul_operator = operator("add"), operator("multiply")

METHODS: dict[str, Any] = {
    "__add__": _add_operator,
    "__radd__": _add_operator,
    "__sub__": operator("subtract"),
    "__rsub__": _reflected(_sub),
    "__mul__": _mul_operator,
    "__rmul__": _mul_operator,
    "__truediv__": operator("divide"),
    "__rtruediv__": _reflected(div),
    "__neg__": neg,
    "__pow__": pow,
    "__rpow__": _reflected(_pow),
    "add": add,
    "sub": sub,
    "mul": mul,
    "div": div,
    "neg": neg,
    "pow": pow,
    "add_": inplace(add),
    "sub_": inplace(sub),
    "mul_": inplace(mul),
    "div_": inplace(div),
    "neg_": inplace(neg),
    "pow_": inplace(pow),
}
"""What these functions are called as methods of Tensor."""

__all__ = ["add", "div", "mul", "neg", "pow", "sub"]
