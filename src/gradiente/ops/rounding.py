"""Rounding, and divisions with a remainder."""

from __future__ import annotations

from typing import Any

from ..tensor.core import Tensor
from ..tensor.refusals import refuse
from ._arguments import need_tensor
from ._define import binary, inplace, primitive, unary
from ._numbers import Number
from ._pairs import NUMBERS, changing, checked, need_nonzero, reflected, without_derivative


@unary("floor")
def floor(input: Tensor) -> Tensor:
    """The largest integer not above each element: ⌊input⌋, in the input's type. The derivative is 0.

    >>> import gradiente as torch
    >>> torch.floor(torch.tensor([1.5, -1.5]))
    tensor([ 1., -2.])
    """
    ...


@unary("ceil")
def ceil(input: Tensor) -> Tensor:
    """The smallest integer not below each element: ⌈input⌉, in the input's type. The derivative is 0.

    >>> import gradiente as torch
    >>> torch.ceil(torch.tensor([1.5, -1.5]))
    tensor([ 2., -1.])
    """
    ...


@unary("trunc")
def trunc(input: Tensor) -> Tensor:
    """Each element without its fractional part, rounded towards 0. The derivative is 0.

    >>> import gradiente as torch
    >>> torch.trunc(torch.tensor([1.5, -1.5]))
    tensor([ 1., -1.])
    """
    ...


@unary("frac")
def frac(input: Tensor) -> Tensor:
    """The fractional part of each element, with its sign: input - trunc(input). The derivative is 1.

    >>> import gradiente as torch
    >>> torch.frac(torch.tensor([1.5, -2.25]))
    tensor([ 0.5000, -0.2500])
    """
    ...


@unary("round")
def _round(input: Tensor) -> Tensor: ...


_round_decimals = primitive("round_decimals")


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """The nearest number with `decimals` digits after the point; halves go to the even neighbour. The derivative is 0.

    >>> import gradiente as torch
    >>> torch.round(torch.tensor([0.5, 1.5, 2.6]))
    tensor([0., 2., 3.])
    >>> torch.round(torch.tensor([123.456]), decimals=-1)
    tensor([120.])
    """
    if decimals == 0:
        return _round(input)
    kind = need_tensor(input, "round")._array.dtype.kind
    if kind in "biu":
        refuse("round_decimals", input.dtype)
    return _round_decimals(input, decimals=decimals)


_floor_divide = without_derivative("floor_divide")
_remainder_by_tensor = primitive("remainder")
_remainder_by_number = primitive("remainder", "RemainderBackward0")
_remainder_of_number = without_derivative("remainder")
_fmod_by_tensor, _fmod_by_number = primitive("fmod"), primitive("fmod", "FmodBackward0")


def _operands(input: Any, other: Any, function: str, number_first: bool = True) -> tuple[Any, Any]:
    """The operands of a division: tensors or numbers, of which one is a tensor."""
    for value, argument, position in ((input, "input", 1), (other, "other", 2)):
        if not isinstance(value, (Tensor, *NUMBERS)) or (position == 1 and not number_first):
            need_tensor(value, function, argument, position)
    if not isinstance(other, Tensor):
        need_tensor(input, function)
    input, other = (o if isinstance(o, (Tensor, bool, int, float, complex)) else o.item() for o in (input, other))
    need_nonzero(input, other, function)
    return input, other


def floor_divide(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """The quotient, rounded down: ⌊input / other⌋, as Python's `//`.

    It has no derivative: running backwards through it raises RuntimeError. RuntimeError for integers divided by 0.

    >>> import gradiente as torch
    >>> torch.floor_divide(torch.tensor([7, -7]), 2)
    tensor([ 3, -4])
    """
    return _floor_divide(*_operands(input, other, "floor_divide"))


def remainder(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """What a division leaves, with the sign of the divisor: input - other · ⌊input / other⌋, as Python's `%`.

    RuntimeError for integers divided by 0.

    >>> import gradiente as torch
    >>> torch.remainder(torch.tensor([7.0, -7.0]), 3)
    tensor([1., 2.])
    """
    input, other = _operands(input, other, "remainder")
    if not isinstance(input, Tensor):
        return _remainder_of_number(input, other)
    return (_remainder_by_tensor if isinstance(other, Tensor) else _remainder_by_number)(input, other)


def fmod(input: Tensor, other: Tensor | Number) -> Tensor:
    """What a division leaves, with the sign of the input: input - other · trunc(input / other), as C's `fmod`.

    RuntimeError for integers divided by 0.

    >>> import gradiente as torch
    >>> torch.fmod(torch.tensor([7.0, -7.0]), 3)
    tensor([ 1., -1.])
    """
    input, other = _operands(input, other, "fmod", number_first=False)  # pyright: ignore[reportAssignmentType]
    return (_fmod_by_tensor if isinstance(other, Tensor) else _fmod_by_number)(input, other)


@binary("ldexp")
def ldexp(input: Tensor, other: Tensor) -> Tensor:
    """Each element multiplied by a power of two: input · 2^other.

    >>> import gradiente as torch
    >>> torch.ldexp(torch.tensor([1.0, 3.0]), torch.tensor([2, -1]))
    tensor([4.0000, 1.5000])
    """
    ...


fix = trunc

METHODS: dict[str, Any] = {
    "__floordiv__": checked(floor_divide),
    "__ifloordiv__": changing(floor_divide),
    "__imod__": changing(remainder),
    "__mod__": checked(remainder),
    "__rfloordiv__": reflected(lambda self, other: floor_divide(other, self)),
    "__rmod__": reflected(lambda self, other: remainder(other, self)),
    "ceil": ceil,
    "ceil_": inplace(ceil),
    "fix": trunc,
    "fix_": inplace(trunc),
    "floor": floor,
    "floor_": inplace(floor),
    "floor_divide": floor_divide,
    "floor_divide_": inplace(floor_divide),
    "fmod": fmod,
    "fmod_": inplace(fmod),
    "frac": frac,
    "frac_": inplace(frac),
    "ldexp": ldexp,
    "ldexp_": inplace(ldexp),
    "remainder": remainder,
    "remainder_": inplace(remainder),
    "round": round,
    "round_": inplace(round),
    "trunc": trunc,
    "trunc_": inplace(trunc),
}
"""What these functions are called as methods of Tensor."""

# torch has these in-place forms as functions too
ceil_ = METHODS["ceil_"]
fix_ = METHODS["fix_"]
floor_ = METHODS["floor_"]
frac_ = METHODS["frac_"]
ldexp_ = METHODS["ldexp_"]
round_ = METHODS["round_"]
trunc_ = METHODS["trunc_"]

__all__ = [
    "ceil",
    "ceil_",
    "fix",
    "fix_",
    "floor",
    "floor_",
    "floor_divide",
    "fmod",
    "frac",
    "frac_",
    "ldexp",
    "ldexp_",
    "remainder",
    "round",
    "round_",
    "trunc",
    "trunc_",
]
