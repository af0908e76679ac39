"""Arithmetic: sums, products, quotients, and the operators of Python."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor
from ..tensor.dtypes import bfloat16
from ..tensor.promotion import result_type
from ._arguments import need_tensor, no_overload
from ._define import binary, inplace, operator, primitive, unary
from ._numbers import Number, item_of
from ._older_orders import older_order
from ._out import into
from ._pairs import NUMBERS, changing, need_nonzero, reflected
from .powers import reciprocal


@binary("add")
def _add(input: Tensor, other: Tensor | Number) -> Tensor: ...


@binary("subtract")
def _sub(input: Tensor, other: Tensor | Number) -> Tensor: ...


@binary("reverse_subtract")
def _rsub(input: Tensor, other: Tensor | Number) -> Tensor: ...


@binary("reverse_subtract", "RsubBackward0")
def _rsub_tensors(input: Tensor, other: Tensor | Number) -> Tensor: ...


@binary("divide")
def _div(input: Tensor, other: Tensor | Number) -> Tensor: ...


_add_scaled = primitive("add_scaled")
_sub_scaled = primitive("subtract_scaled")
_div_floor, _div_trunc = primitive("divide_floor"), primitive("divide_trunc")


def _scaled(call: Any, input: Any, other: Any, alpha: Any, function: str) -> Tensor:
    """input ± alpha · other, with torch's conditions on alpha."""
    alpha = item_of(alpha)
    if not isinstance(alpha, NUMBERS):
        raise TypeError(f"{function}(): argument 'alpha' must be Number, not {type(alpha).__name__}")
    for value, argument, position in ((input, "input", 1), (other, "other", 2)):
        if not isinstance(value, NUMBERS):
            need_tensor(value, function, argument, position)
    if not isinstance(input, Tensor) and not isinstance(other, Tensor):
        need_tensor(input, function)
    category = result_type(input, other).category
    if category < 2 and isinstance(alpha, float):
        raise RuntimeError(
            "For integral input tensors, argument alpha must not be a floating point number. "
            f"(alpha is {alpha}; convert the tensors first, for instance with .float())"
        )
    if category < 3 and isinstance(alpha, complex):
        raise RuntimeError(
            f"For non-complex input tensors, argument alpha must not be a complex number. (alpha is {alpha})"
        )
    if category > 0 and isinstance(alpha, bool):
        raise RuntimeError("Boolean alpha only supported for Boolean results. (give alpha=1 or alpha=0)")
    return call(input, other, alpha=bool(alpha) if category == 0 else alpha)


def add(input: Tensor, other: Tensor | Number, *older: Any, alpha: Number = 1, out: Tensor | None = None) -> Tensor:
    """The sum of two tensors, the second one scaled: input + alpha · other.

    Shapes are broadcast, types promoted. RuntimeError if the shapes do not fit, or for an `alpha` of a higher category
    than the result.

    >>> import gradiente as torch
    >>> torch.add(torch.tensor([1.0, 2.0]), 10, alpha=2)
    tensor([21., 22.])
    """
    if older:
        alpha, other = older_order("add", (other, *older), "alpha", ("other",))
    if out is not None:
        return into(out, add(input, other, alpha=alpha), "add", input, other, cast=True)
    if alpha.__class__ is int and alpha == 1:
        return _add(input, other)
    return _scaled(_add_scaled, input, other, alpha, "add")


def sub(input: Tensor, other: Tensor | Number, *older: Any, alpha: Number = 1, out: Tensor | None = None) -> Tensor:
    """The difference of two tensors, the second one scaled: input - alpha · other.

    Shapes are broadcast, types promoted. RuntimeError for tensors of bool.

    >>> import gradiente as torch
    >>> torch.sub(torch.tensor([1.0, 2.0]), 1)
    tensor([0., 1.])
    """
    if older:
        alpha, other = older_order("sub", (other, *older), "alpha", ("other",))
    if out is not None:
        return into(out, sub(input, other, alpha=alpha), "sub", input, other, cast=True)
    if alpha.__class__ is int and alpha == 1:
        return _sub(input, other)
    return _scaled(_sub_scaled, input, other, alpha, "sub")


def rsub(input: Tensor, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
    """The difference the other way round: other - alpha · input.

    >>> import gradiente as torch
    >>> torch.rsub(torch.tensor([1.0, 2.0]), 10)
    tensor([9., 8.])
    """
    if not isinstance(input, Tensor):
        raise no_overload("rsub", input, other)
    if alpha.__class__ is int and alpha == 1:
        return (_rsub_tensors if isinstance(other, Tensor) else _rsub)(input, other)
    return _scaled(_rsub_scaled, input, other, alpha, "rsub")


def _rsub_scaled(input: Any, other: Any, alpha: Any) -> Tensor:
    return (_rsub_tensors if isinstance(other, Tensor) else _rsub)(mul(input, alpha), other)


@binary("multiply")
def mul(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The product of two tensors, element by element: input · other.

    >>> import gradiente as torch
    >>> torch.mul(torch.tensor([1.0, 2.0]), 3)
    tensor([3., 6.])
    """
    ...


def div(
    input: Tensor, other: Tensor | Number, *, rounding_mode: str | None = None, out: Tensor | None = None
) -> Tensor:
    """The quotient of two tensors, element by element: input / other, exact or rounded.

    `rounding_mode`: None for the true quotient (floating-point also for integers), "trunc" to round towards zero as C
    does, "floor" to round down as Python's `//` does; rounded quotients of integers are integers, with derivative zero.
    RuntimeError for another mode, and for integers rounded after division by 0.

    >>> import gradiente as torch
    >>> torch.div(torch.tensor([1, 2]), 2)
    tensor([0.5000, 1.0000])
    >>> torch.div(torch.tensor([-7, 7]), 2, rounding_mode="trunc")
    tensor([-3,  3])
    """
    if out is not None:
        return into(out, div(input, other, rounding_mode=rounding_mode), "div", input, other, cast=True)
    if rounding_mode is None:
        return _div(input, other)
    if rounding_mode not in ("floor", "trunc"):
        raise RuntimeError(
            f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'"
        )
    for value, argument, position in ((input, "input", 1), (other, "other", 2)):
        if not isinstance(value, NUMBERS):
            need_tensor(value, "div", argument, position)
    need_nonzero(input, other, "div")
    if rounding_mode == "trunc" and result_type(input, other) is bfloat16:  # as in torch, of the rounded quotient
        input, other = true_divide(input, other), 1
    return (_div_floor if rounding_mode == "floor" else _div_trunc)(input, other)


def true_divide(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The true quotient, floating-point also for integers: input / other.

    >>> import gradiente as torch
    >>> torch.true_divide(torch.tensor([1, 2]), 2)
    tensor([0.5000, 1.0000])
    """
    if out is not None:
        return into(out, true_divide(input, other), "true_divide", input, other, cast=True)
    return _div(input, other)


@unary("negative")
def neg(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The tensor with each sign changed: -input. RuntimeError for tensors of bool.

    >>> import gradiente as torch
    >>> torch.neg(torch.tensor([1.0, -2.0]))
    tensor([-1.,  2.])
    """
    ...


def positive(input: Tensor) -> Tensor:
    """The tensor itself: +input. RuntimeError for tensors of bool.

    >>> import gradiente as torch
    >>> torch.positive(torch.tensor([1.0, -2.0]))
    tensor([ 1., -2.])
    """
    if need_tensor(input, "positive")._array.dtype.kind == "b":
        raise RuntimeError(
            "The `+` operator, on a bool tensor is not supported. (convert it first, for instance with .int())"
        )
    return input


_addcmul, _addcdiv = primitive("addcmul"), primitive("addcdiv")


def addcmul(
    input: Tensor, tensor1: Tensor, tensor2: Tensor, *older: Any, value: Number = 1, out: Tensor | None = None
) -> Tensor:
    """A product, scaled and added: input + value · tensor1 · tensor2.

    >>> import gradiente as torch
    >>> torch.addcmul(torch.ones(2), torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), value=10)
    tensor([31., 81.])
    """
    if older:
        value, tensor1, tensor2 = older_order("addcmul", (tensor1, tensor2, *older), "value", ("tensor1", "tensor2"))
    if out is not None:
        return into(out, addcmul(input, tensor1, tensor2, value=value), "addcmul", input, tensor1, tensor2, cast=True)
    value = _three(input, tensor1, tensor2, value, "addcmul")
    return _addcmul(input, tensor1, tensor2, value=value)


def addcdiv(
    input: Tensor, tensor1: Tensor, tensor2: Tensor, *older: Any, value: Number = 1, out: Tensor | None = None
) -> Tensor:
    """A quotient, scaled and added: input + value · tensor1 / tensor2. RuntimeError for integer tensors.

    >>> import gradiente as torch
    >>> torch.addcdiv(torch.ones(2), torch.tensor([1.0, 2.0]), torch.tensor([2.0, 4.0]), value=10)
    tensor([6., 6.])
    """
    if older:
        value, tensor1, tensor2 = older_order("addcdiv", (tensor1, tensor2, *older), "value", ("tensor1", "tensor2"))
    if out is not None:
        return into(out, addcdiv(input, tensor1, tensor2, value=value), "addcdiv", input, tensor1, tensor2, cast=True)
    value = _three(input, tensor1, tensor2, value, "addcdiv")
    if tensor1._array.dtype.kind in "biu" and tensor2._array.dtype.kind in "biu":
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a "
            "true division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value "
            "* torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / "
            "tensor2) for float inputs. The future addcdiv behavior is just the latter implementation: (input + value "
            "* tensor1 / tensor2), for all dtypes. (Convert one of them first, for instance with .float().)"
        )
    return _addcdiv(input, tensor1, tensor2, value=value)


def _three(input: Any, tensor1: Any, tensor2: Any, value: Any, function: str) -> Any:
    """Check the three tensors; the number `value`, whole where the result is."""
    need_tensor(input, function)
    need_tensor(tensor1, function, "tensor1", 2)
    need_tensor(tensor2, function, "tensor2", 3)
    value = item_of(value)
    if not isinstance(value, NUMBERS):
        raise TypeError(f"{function}(): argument 'value' must be Number, not {type(value).__name__}")
    category = result_type(input, tensor1, tensor2).category
    return int(value) if category < 2 and isinstance(value, float) else value


def _reciprocal_times(self: Tensor, other: Any) -> Tensor:
    return mul(reciprocal(self), other)


def _divided_by(self: Tensor, other: Any) -> Any:
    """`other / self`; by torch's way over the reciprocal NumPy's arrays are divided by tensors."""
    if isinstance(other, np.ndarray) and other.dtype.kind in "buifc":
        return reciprocal(self) * other
    return _divide_number(self, other)


subtract = sub
multiply = mul
divide = div
_divide_number = reflected(_reciprocal_times, _div)
_add_operator, _mul_operator = operator("add"), operator("multiply")

METHODS: dict[str, Any] = {
    "__add__": _add_operator,
    "__radd__": _add_operator,
    "__sub__": operator("subtract"),
    "__rsub__": reflected(_rsub, _sub),
    "__mul__": _mul_operator,
    "__rmul__": _mul_operator,
    "__div__": operator("divide"),
    "__truediv__": operator("divide"),
    "__rdiv__": _divided_by,
    "__rtruediv__": _divided_by,
    "__neg__": neg,
    "__pos__": positive,
    "__iadd__": changing(_add),
    "__isub__": changing(_sub),
    "__imul__": changing(mul),
    "__idiv__": changing(_div),
    "__itruediv__": changing(_div),
    # NumPy's arrays and numbers leave their operators to the tensor on the right
    "__array_priority__": 1000,
    "add": add,
    "addcdiv": addcdiv,
    "addcdiv_": inplace(addcdiv),
    "addcmul": addcmul,
    "addcmul_": inplace(addcmul),
    "add_": inplace(add),
    "div": div,
    "divide": divide,
    "divide_": inplace(div),
    "div_": inplace(div),
    "mul": mul,
    "multiply": multiply,
    "multiply_": inplace(mul),
    "mul_": inplace(mul),
    "neg": neg,
    "negative": neg,
    "negative_": inplace(neg),
    "neg_": inplace(neg),
    "positive": positive,
    "sub": sub,
    "subtract": subtract,
    "subtract_": inplace(sub),
    "sub_": inplace(sub),
    "true_divide": true_divide,
    "true_divide_": inplace(true_divide),
}
"""What these functions are called as methods of Tensor."""

negative = neg

# torch has these in-place forms as functions too
neg_ = METHODS["neg_"]
negative_ = METHODS["negative_"]

__all__ = [
    "add",
    "addcdiv",
    "addcmul",
    "div",
    "divide",
    "mul",
    "multiply",
    "neg",
    "neg_",
    "negative",
    "negative_",
    "positive",
    "rsub",
    "sub",
    "subtract",
    "true_divide",
]
