"""What functions of two operands share: both must be tensors, divisors not zero, derivatives that do not exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..graph import Kind, Node, Plan, current, moment
from ..rules import table
from ..tensor import elementwise
from ..tensor.core import Tensor, wrap
from ..tensor.dispatch import bind, kind_of
from ..tensor.dtypes import get_default_dtype
from ..tensor.elementwise import not_a_tensor
from ..tensor.inplace import in_place
from ..tensor.promotion import result_type
from ._define import dress, plain

NUMBERS = (bool, int, float, complex, np.number, np.bool_)
"""What counts as a number beside a tensor."""


def pair(name: str, node: str | None = None, argument: str = "other") -> Callable[[Any], Any]:
    """Define a function of two tensors by the primitive `name`; unlike `binary`, it refuses numbers, as torch does."""
    run = elementwise.binary(table[name], node)

    def define(definition: Any) -> Any:
        function = definition.__name__

        def call(input: Any, other: Any) -> Tensor:
            if not isinstance(input, Tensor):
                raise not_a_tensor(function, input)
            if not isinstance(other, Tensor):
                raise not_a_tensor(function, other, argument, 2)
            return run(input, other)

        return dress(call, definition)

    return define


def mixed(
    input: Any, other: Any, function: str, calls: tuple[Callable[..., Tensor], ...], names: tuple[str, str]
) -> Tensor:
    """A function of two operands, one of which may be a number: `calls` are for tensors, number first, number second.

    `names` are those of the arguments.
    """
    if isinstance(input, Tensor) and isinstance(other, Tensor):
        return calls[0](input, other)
    if isinstance(input, Tensor) and isinstance(other, NUMBERS):
        return calls[2](input, beside(other, input))
    if isinstance(other, Tensor) and isinstance(input, NUMBERS):
        return calls[1](beside(input, other), other)
    raise TypeError(
        f"{function}() received an invalid combination of arguments - got ({type(input).__name__}, "
        f"{type(other).__name__}), but expected one of:\n * (Tensor {names[0]}, Tensor {names[1]})\n"
        f" * (Number {names[0]}, Tensor {names[1]})\n * (Tensor {names[0]}, Number {names[1]})\n"
    )


def beside(value: Any, tensor: Tensor) -> Tensor:
    """A number as a 0-d tensor, of the type that it has in an operation with the tensor."""
    value = value.item() if isinstance(value, (np.number, np.bool_)) else value
    common = result_type(tensor, value)
    return wrap(np.asarray(value, dtype=(common if common.category >= 2 else get_default_dtype()).numpy))


def reflected(function: Callable[[Any, Any], Any], of_tensors: Callable[[Any, Any], Any] | None = None) -> Any:
    """The method for `other OP self`, where `other` is a number: `function(self, other)` computes it.

    Python asks it with a tensor only if a program does: `of_tensors(other, self)` computes that.
    """

    def call(self: Tensor, other: Any) -> Any:
        if isinstance(other, Tensor) and of_tensors is not None:
            return of_tensors(other, self)
        if isinstance(other, (np.number, np.bool_)):
            other = other.item()
        return function(self, other) if isinstance(other, NUMBERS) else NotImplemented

    return call


def checked(function: Callable[[Any, Any], Any]) -> Any:
    """The method for `self OP other`: NotImplemented where `other` is neither a tensor nor a number."""

    def call(self: Tensor, other: Any) -> Any:
        return function(self, other) if isinstance(other, (Tensor, *NUMBERS)) else NotImplemented

    return call


def changing(function: Callable[..., Any]) -> Any:
    """The method for `self OP= other`: the in-place form of `function`."""
    return checked(in_place(plain(function), f"{function.__name__}_"))


def need_nonzero(input: Any, other: Any, function: str) -> None:
    """torch's error for a division of integers by zero."""
    kinds = [o._array.dtype.kind if isinstance(o, Tensor) else np.asarray(o).dtype.kind for o in (input, other)]
    if "f" in kinds or "c" in kinds or kinds == ["b", "b"]:  # bools are refused for their type
        return
    if not np.all(other._array if isinstance(other, Tensor) else other):
        raise RuntimeError(
            f"ZeroDivisionError: {function}() of integers by 0 (argument 'other'; floats would give inf or nan)"
        )


def without_derivative(name: str, aten: str | None = None, scalar: bool = False) -> Callable[[Any, Any], Tensor]:
    """A function of two operands whose result may be part of a graph, but whose derivative torch does not define.

    Its node refuses to run backwards, so that no gradient is wrong in silence.
    """
    run = bind(table[name])
    aten = aten or name
    text = (
        f"derivative for aten::{aten} is not implemented: the result of {aten}() is a part of the graph that is being "
        "differentiated; .detach() the operand or the result if it is to count as a constant"
    )
    return refusing(run, kind_of(table[name], "NotImplemented"), lambda: RuntimeError(text), name)


def refusing(
    run: Callable[..., Tensor], kind: Kind, refusal: Callable[[], Exception], name: str, which: Any = (True, True)
) -> Callable[[Any, Any], Tensor]:
    """`run`, whose result's node raises a `refusal` where it would need the derivative by an operand of `which`."""

    def refuse(node: Node, g: Any) -> Any:
        raise refusal()

    plans: dict[tuple[bool, ...], Plan] = {
        mask: Plan(refuse, refuse, mask, kind) for mask in ((True, False), (False, True), (True, True))
    }

    def call(input: Any, other: Any) -> Tensor:
        out = run(input, other)
        mask = tuple(isinstance(o, Tensor) and o._node is not None for o in (input, other))
        wanted = any(tracked and here for tracked, here in zip(mask, which, strict=True))
        if wanted and out._array.dtype.kind in "fcV" and current().grad:
            node = Node()
            node.seq, node.plan, node.tensors = moment(), plans[mask], ()
            node.edges = tuple(o._node for o, tracked in zip((input, other), mask, strict=True) if tracked)
            node.facts = node.hooks = node.place = None
            out._node = node
        return out

    call.__name__ = call.__qualname__ = name
    return call
