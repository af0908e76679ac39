"""Logical and bitwise operations."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..rules import table
from ..tensor import elementwise
from ..tensor.core import Tensor, box, wrap
from ..tensor.refusals import refuse
from ..tensor.refusals_unsigned import lacking
from ._arguments import need_tensor, no_overload
from ._define import dress, inplace
from ._numbers import Number
from ._out import into
from ._pairs import changing, reflected
from .comparison import answer_in_place


def _bits(name: str, operator: bool = False) -> Any:
    """Define an operation on the bits of integers by the primitive `name`."""
    run = elementwise.binary(table[name], operator=operator)

    def define(definition: Any) -> Any:
        def call(input: Any, other: Any) -> Any:
            try:
                return run(input, other)
            except TypeError:
                if not isinstance(input, Tensor) and not isinstance(other, Tensor):
                    raise no_overload(name, input, other) from None
                for operand in (input, other):
                    if isinstance(operand, Tensor):
                        refuse(name, operand.dtype)
                raise

        return dress(call, definition)

    return define


def _truth(x: Any) -> Tensor:
    return wrap(box(x._array != 0))


def _logical(function: str, combine: Any, input: Any, other: Any) -> Tensor:
    a, b = _truth(need_tensor(input, function)), _truth(need_tensor(other, function, "other", 2))
    return combine(a, b)


def logical_and(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether both elements are other than 0: their conjunction, as a bool tensor.

    >>> import gradiente as torch
    >>> torch.logical_and(torch.tensor([1.0, 2.0]), torch.tensor([0, 3]))
    tensor([False,  True])
    """
    if out is not None:
        return into(out, logical_and(input, other), "logical_and", input, other, cast=True)
    return _logical("logical_and", bitwise_and, input, other)


def logical_or(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether one of the elements, or both, is other than 0: their disjunction, as a bool tensor.

    >>> import gradiente as torch
    >>> torch.logical_or(torch.tensor([0.0, 2.0]), torch.tensor([0, 0]))
    tensor([False,  True])
    """
    if out is not None:
        return into(out, logical_or(input, other), "logical_or", input, other, cast=True)
    return _logical("logical_or", bitwise_or, input, other)


def logical_xor(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether just one of the elements is other than 0: their exclusive disjunction, as a bool tensor.

    >>> import gradiente as torch
    >>> torch.logical_xor(torch.tensor([1.0, 2.0]), torch.tensor([0, 3]))
    tensor([ True, False])
    """
    if out is not None:
        return into(out, logical_xor(input, other), "logical_xor", input, other, cast=True)
    return _logical("logical_xor", bitwise_xor, input, other)


def logical_not(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether each element is 0: ¬input, as a bool tensor.

    >>> import gradiente as torch
    >>> torch.logical_not(torch.tensor([0.0, 2.0]))
    tensor([ True, False])
    """
    if out is not None:
        return into(out, logical_not(input), "logical_not", input, cast=True)
    return wrap(box(need_tensor(input, "logical_not")._array == 0))


@_bits("bitwise_and")
def bitwise_and(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The bits that are set in both integers: input & other. NotImplementedError for floating-point tensors.

    >>> import gradiente as torch
    >>> torch.bitwise_and(torch.tensor([6, 5]), 3)
    tensor([2, 1])
    """
    ...


@_bits("bitwise_or")
def bitwise_or(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The bits that are set in one of the integers, or in both: input | other.

    >>> import gradiente as torch
    >>> torch.bitwise_or(torch.tensor([6, 5]), 3)
    tensor([7, 7])
    """
    ...


@_bits("bitwise_xor")
def bitwise_xor(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The bits that are set in just one of the integers: input ^ other.

    >>> import gradiente as torch
    >>> torch.bitwise_xor(torch.tensor([6, 5]), 3)
    tensor([5, 6])
    """
    ...


@_bits("bitwise_left_shift")
def bitwise_left_shift(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The bits of each integer, moved to the left: input · 2^other; 0 for shifts outside the type's bits.

    >>> import gradiente as torch
    >>> torch.bitwise_left_shift(torch.tensor([1, 2]), 3)
    tensor([ 8, 16])
    """
    ...


@_bits("bitwise_right_shift")
def bitwise_right_shift(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The bits of each integer, moved to the right: ⌊input / 2^other⌋.

    >>> import gradiente as torch
    >>> torch.bitwise_right_shift(torch.tensor([16, -3]), 1)
    tensor([ 8, -2])
    """
    ...


def bitwise_not(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Each integer with all its bits inverted: ~input; for bool the negation. TypeError for floating-point tensors.

    >>> import gradiente as torch
    >>> torch.bitwise_not(torch.tensor([0, 1])), torch.bitwise_not(torch.tensor([True, False]))
    (tensor([-1, -2]), tensor([False,  True]))
    """
    if out is not None:
        return into(out, bitwise_not(input), "bitwise_not", input)
    array = need_tensor(input, "bitwise_not")._array
    if array.dtype.kind not in "biu":
        raise NotImplementedError(
            f"\"bitwise_not_cpu\" not implemented for '{input.dtype!r}' (integer and bool tensors only)"
        )
    lacking("bitwise_not_cpu", input.dtype)
    return wrap(box(np.invert(array)))


def _invert(self: Tensor) -> Tensor:
    if self._array.dtype.kind not in "biu":
        raise TypeError(
            f"~ (operator.invert) is only implemented on integer and Boolean-type tensors (this one is {self.dtype!r})"
        )
    return bitwise_not(self)


def _swapped(function: Any) -> Any:
    """The method for `number OP self`."""
    return reflected(lambda self, other: function(other, self))


def _bit_operator(name: str) -> Any:
    def method(self: Tensor, other: Any) -> Any:
        """The operator of Python; NotImplemented for operands of foreign types."""

    return _bits(name, operator=True)(method)


_and, _or, _xor = _bit_operator("bitwise_and"), _bit_operator("bitwise_or"), _bit_operator("bitwise_xor")


METHODS: dict[str, Any] = {
    "__and__": _and,
    "__iand__": changing(bitwise_and),
    "__ilshift__": changing(bitwise_left_shift),
    "__invert__": _invert,
    "__ior__": changing(bitwise_or),
    "__irshift__": changing(bitwise_right_shift),
    "__ixor__": changing(bitwise_xor),
    "__lshift__": _bit_operator("bitwise_left_shift"),
    "__or__": _or,
    "__rand__": _and,
    "__rlshift__": _swapped(bitwise_left_shift),
    "__ror__": _or,
    "__rrshift__": _swapped(bitwise_right_shift),
    "__rshift__": _bit_operator("bitwise_right_shift"),
    "__rxor__": _xor,
    "__xor__": _xor,
    "bitwise_and": bitwise_and,
    "bitwise_and_": inplace(bitwise_and),
    "bitwise_left_shift": bitwise_left_shift,
    "bitwise_left_shift_": inplace(bitwise_left_shift),
    "bitwise_not": bitwise_not,
    "bitwise_not_": inplace(bitwise_not),
    "bitwise_or": bitwise_or,
    "bitwise_or_": inplace(bitwise_or),
    "bitwise_right_shift": bitwise_right_shift,
    "bitwise_right_shift_": inplace(bitwise_right_shift),
    "bitwise_xor": bitwise_xor,
    "bitwise_xor_": inplace(bitwise_xor),
    "logical_and": logical_and,
    "logical_and_": answer_in_place(logical_and, "LogicalAndBackward0"),
    "logical_not": logical_not,
    "logical_not_": answer_in_place(logical_not, "LogicalNotBackward0"),
    "logical_or": logical_or,
    "logical_or_": answer_in_place(logical_or, "LogicalOrBackward0"),
    "logical_xor": logical_xor,
    "logical_xor_": answer_in_place(logical_xor, "LogicalXorBackward0"),
}
"""What these functions are called as methods of Tensor."""

__all__ = [
    "bitwise_and",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
]
