"""Rounding, and divisions with a remainder."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor
from ..tensor.elementwise import of_whole
from ..tensor.promotion import result_type
from ..tensor.refusals import refuse
from . import return_types
from ._arguments import need_tensor, no_overload
from ._define import dress, inplace, primitive, unary
from ._numbers import Number
from ._out import into
from ._pairs import NUMBERS, changing, checked, need_nonzero, pair, reflected, without_derivative


@unary("floor")
def floor(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The largest integer not above each element: ⌊input⌋, in the input's type. The derivative is 0.

    >>> import gradiente as torch
    >>> torch.floor(torch.tensor([1.5, -1.5]))
    tensor([ 1., -2.])
    """
    ...


@unary("ceil")
def ceil(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The smallest integer not below each element: ⌈input⌉, in the input's type. The derivative is 0.

    >>> import gradiente as torch
    >>> torch.ceil(torch.tensor([1.5, -1.5]))
    tensor([ 2., -1.])
    """
    ...


@unary("trunc")
def trunc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Each element without its fractional part, rounded towards 0. The derivative is 0.

    >>> import gradiente as torch
    >>> torch.trunc(torch.tensor([1.5, -1.5]))
    tensor([ 1., -1.])
    """
    ...


@unary("frac")
def frac(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The fractional part of each element, with its sign: input - trunc(input). The derivative is 1.

    >>> import gradiente as torch
    >>> torch.frac(torch.tensor([1.5, -2.25]))
    tensor([ 0.5000, -0.2500])
    """
    ...


@unary("round")
def _round(input: Tensor) -> Tensor: ...


_round_decimals = primitive("round_decimals")


def round(input: Tensor, *, decimals: int = 0, out: Tensor | None = None) -> Tensor:
    """The nearest number with `decimals` digits after the point; halves go to the even neighbour. The derivative is 0.

    >>> import gradiente as torch
    >>> torch.round(torch.tensor([0.5, 1.5, 2.6]))
    tensor([0., 2., 3.])
    >>> torch.round(torch.tensor([123.456]), decimals=-1)
    tensor([120.])
    """
    if out is not None:
        return into(out, round(input, decimals=decimals), "round", input)
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
    by_tensor = number_first and isinstance(input, NUMBERS) and isinstance(other, Tensor)
    if not isinstance(input, Tensor) and not by_tensor:
        raise no_overload(function, input, other)
    if not isinstance(other, NUMBERS):
        need_tensor(other, function, "other", 2)
    input, other = (o if isinstance(o, (Tensor, bool, int, float, complex)) else o.item() for o in (input, other))
    need_nonzero(input, other, function)
    return input, other


def floor_divide(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The quotient, rounded down: ⌊input / other⌋, as Python's `//`.

    It has no derivative: running backwards through it raises RuntimeError. RuntimeError for integers divided by 0.

    >>> import gradiente as torch
    >>> torch.floor_divide(torch.tensor([7, -7]), 2)
    tensor([ 3, -4])
    """
    if out is not None:
        return into(out, floor_divide(input, other), "floor_divide", input, other, cast=True)
    if (found := of_whole(np.floor_divide, input, other)) is not None:
        return found
    return _floor_divide(*_operands(input, other, "floor_divide"))


def remainder(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """What a division leaves, with the sign of the divisor: input - other · ⌊input / other⌋, as Python's `%`.

    RuntimeError for integers divided by 0.

    >>> import gradiente as torch
    >>> torch.remainder(torch.tensor([7.0, -7.0]), 3)
    tensor([1., 2.])
    """
    if out is not None:
        return into(out, remainder(input, other), "remainder", input, other, cast=True)
    if (found := of_whole(np.remainder, input, other)) is not None:
        return found
    input, other = _operands(input, other, "remainder")
    if not isinstance(input, Tensor):
        return _remainder_of_number(input, other)
    return (_remainder_by_tensor if isinstance(other, Tensor) else _remainder_by_number)(input, other)


def fmod(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """What a division leaves, with the sign of the input: input - other · trunc(input / other), as C's `fmod`.

    RuntimeError for integers divided by 0.

    >>> import gradiente as torch
    >>> torch.fmod(torch.tensor([7.0, -7.0]), 3)
    tensor([ 1., -1.])
    """
    if out is not None:
        return into(out, fmod(input, other), "fmod", input, other, cast=True)
    input, other = _operands(input, other, "fmod", number_first=False)  # pyright: ignore[reportAssignmentType]
    return (_fmod_by_tensor if isinstance(other, Tensor) else _fmod_by_number)(input, other)


@pair("ldexp")
def ldexp(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Each element multiplied by a power of two: input · 2^other.

    >>> import gradiente as torch
    >>> torch.ldexp(torch.tensor([1.0, 3.0]), torch.tensor([2, -1]))
    tensor([4.0000, 1.5000])
    """
    ...


def _of_integers(name: str) -> Any:
    """Define a function of two tensors of integers by the primitive `name`."""
    run = primitive(name)

    def define(definition: Any) -> Any:
        def call(input: Any, other: Any) -> Tensor:
            need_tensor(input, name)
            refuse(name, result_type(input, need_tensor(other, name, "other", 2)))
            return run(input, other)

        return dress(call, definition)

    return define


@_of_integers("gcd")
def gcd(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The greatest common divisor of two integers, not negative; 0 for two zeros. It has no derivative.

    >>> import gradiente as torch
    >>> torch.gcd(torch.tensor([4, -6]), torch.tensor([6, 9]))
    tensor([2, 3])
    """
    ...


@_of_integers("lcm")
def lcm(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The least common multiple of two integers, not negative; 0 if one is 0. It has no derivative.

    >>> import gradiente as torch
    >>> torch.lcm(torch.tensor([4, -6]), torch.tensor([6, 9]))
    tensor([12, 18])
    """
    ...


@pair("nextafter")
def nextafter(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The next number of the type from the input towards the other. The derivative is 1 by the input, 0 by the other.

    >>> import gradiente as torch
    >>> torch.nextafter(torch.tensor([1.0]), torch.tensor([2.0])) - 1 == torch.finfo(torch.float32).eps
    tensor([True])
    """
    ...


_mantissa, _exponent = primitive("mantissa"), primitive("exponent")


def frexp(input: Tensor, *, out: tuple[Tensor, ...] | None = None) -> return_types.frexp:
    """Each element as a fraction times a power of two: input = mantissa · 2^exponent, 1/2 ≤ |mantissa| < 1 or 0.

    The result is a named tuple `(mantissa, exponent)`, the exponents int32. RuntimeError for other than floating-point
    tensors.

    >>> import gradiente as torch
    >>> torch.frexp(torch.tensor([8.0, -3.0]))
    torch.return_types.frexp(
    mantissa=tensor([ 0.5000, -0.7500]),
    exponent=tensor([4, 2], dtype=torch.int32))
    """
    if out is not None:
        return into(out, frexp(input), "frexp", input)
    if not need_tensor(input, "frexp").dtype.is_floating_point:
        raise RuntimeError(
            f"torch.frexp() only supports floating-point dtypes (this one is {input.dtype!r}; convert it first)"
        )
    exponents = _exponent(input)
    return return_types.frexp((_mantissa(input, exponents), exponents))  # pyright: ignore[reportReturnType]


fix = trunc

METHODS: dict[str, Any] = {
    "__floordiv__": checked(floor_divide),
    "__ifloordiv__": changing(floor_divide),
    "__imod__": changing(remainder),
    "__mod__": checked(remainder),
    "__rfloordiv__": reflected(lambda self, other: floor_divide(other, self), floor_divide),
    "__rmod__": reflected(lambda self, other: remainder(other, self), remainder),
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
    "frexp": frexp,
    "gcd": gcd,
    "gcd_": inplace(gcd),
    "lcm": lcm,
    "lcm_": inplace(lcm),
    "nextafter": nextafter,
    "nextafter_": inplace(nextafter),
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
gcd_ = METHODS["gcd_"]
lcm_ = METHODS["lcm_"]
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
    "frexp",
    "gcd",
    "gcd_",
    "lcm",
    "lcm_",
    "ldexp",
    "ldexp_",
    "nextafter",
    "remainder",
    "round",
    "round_",
    "trunc",
    "trunc_",
]
