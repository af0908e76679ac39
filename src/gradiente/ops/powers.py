"""Powers, roots and reciprocals."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor import dtypes
from ..tensor.core import Tensor
from ..tensor.promotion import result_type
from ._arguments import need_tensor
from ._define import binary, inplace, primitive, unary
from ._numbers import Number, fitted
from ._out import into
from ._pairs import NUMBERS, changing, reflected

_power_scalar, _power_base = primitive("power_scalar"), primitive("power_base")
_astype, _clone = primitive("astype"), primitive("clone")


@binary("pow")
def _pow(input: Tensor, exponent: Tensor | Number) -> Tensor: ...


@unary("square")
def _square(input: Tensor) -> Tensor: ...


def pow(input: Tensor | Number, exponent: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Each element of the input raised to the exponent: input ** exponent, of tensors or of a tensor and a number.

    The derivative by the input is exponent · input ** (exponent - 1), 0 where the exponent is 0; that by the exponent
    is input ** exponent · log(input), 0 where the input is 0 and the exponent is not negative. RuntimeError for a
    negative integer exponent of integers.

    >>> import gradiente as torch
    >>> torch.pow(torch.tensor([1.0, 2.0]), 3)
    tensor([1., 8.])
    >>> torch.pow(2, torch.tensor([1.0, 3.0]))
    tensor([2., 8.])
    """
    if out is not None:
        return into(out, pow(input, exponent), "pow", input, exponent, cast=True)
    kind = exponent.__class__
    if kind is int or kind is float:
        if not isinstance(input, Tensor):
            raise _no_tensor(input, exponent)
        if input._array.dtype.kind == "f":
            return _square(input) if exponent == 2 else _power_scalar(input, exponent=exponent)
    return _unusual(input, exponent)


def _unusual(input: Any, exponent: Any) -> Tensor:
    """Powers but those of a floating-point tensor to a Python number."""
    input, exponent = (o.item() if isinstance(o, (np.number, np.bool_)) else o for o in (input, exponent))
    if isinstance(exponent, Tensor):
        if isinstance(input, Tensor):
            return _pow(input, exponent) if input._array.dtype.kind in "fcV" else _whole(input, exponent)
        if isinstance(input, NUMBERS):
            return _base(exponent, input)
    elif isinstance(input, Tensor) and isinstance(exponent, NUMBERS):
        common = result_type(input, exponent)
        if common.category == 0:
            return _clone(input) if exponent else input.logical_not().logical_or(input)  # pyright: ignore
        if common.category < 2:
            if exponent < 0 and common.category == 1:  # pyright: ignore[reportOperatorIssue]
                raise RuntimeError(
                    "Integers to negative integer powers are not allowed. "
                    f"(the exponent is {exponent}; convert the tensor first, for instance with .float())"
                )
            return _whole(input, int(fitted(exponent, common)))  # pyright: ignore[reportArgumentType]
        if common is not input.dtype:
            input = _astype(input, dtype=common.numpy)
        return _power_scalar(input, exponent=exponent)
    raise _no_tensor(input, exponent)


def _whole(input: Any, exponent: Any) -> Tensor:
    """Powers of integers: 0 where an exponent is negative, but ±1 for a base ±1."""
    if result_type(input, exponent).category >= 2:
        return _pow(input, exponent)
    powers = exponent._array if isinstance(exponent, Tensor) else np.asarray(exponent)
    if powers.dtype.kind != "i" or not (powers < 0).any():
        return _pow(input, exponent)
    base = input if isinstance(input, Tensor) else exponent * 0 + input
    odd = _pow(base, abs(exponent) % 2)
    array = base._array
    inverse = np.where(array == 1, 1, np.where(array == -1, odd._array, 0)).astype(odd._array.dtype)
    out = _pow(base, exponent.clamp(min=0) if isinstance(exponent, Tensor) else 0)
    out._array = np.where(powers < 0, inverse, out._array)
    return out


def _base(self: Tensor, base: Any) -> Tensor:
    """base ** self, for a number `base`."""
    if self._array.dtype.kind not in "fcV" and not isinstance(base, (float, complex)):
        return _whole(base, self)
    common = result_type(self, base)
    return _power_base(self if common is self.dtype else _astype(self, dtype=common.numpy), base=base)


def _no_tensor(input: Any, exponent: Any) -> TypeError:
    return TypeError(
        f"pow() received an invalid combination of arguments - got ({type(input).__name__}, "
        f"{type(exponent).__name__}): "
        "one of 'input' (position 1) and 'exponent' (position 2) must be a Tensor, the other a Tensor or Number"
    )


def float_power(input: Tensor | Number, exponent: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Each element raised to the exponent in double precision: input ** exponent as float64 or complex128.

    >>> import gradiente as torch
    >>> torch.float_power(torch.tensor([1, 2]), -2)
    tensor([1.0000, 0.2500], dtype=torch.float64)
    """
    if out is not None:
        return into(out, float_power(input, exponent), "float_power", input, exponent)
    tensors = [o for o in (input, exponent) if isinstance(o, Tensor)]
    if not tensors or not all(isinstance(o, (Tensor, *NUMBERS)) for o in (input, exponent)):
        raise TypeError(str(_no_tensor(input, exponent)).replace("pow()", "float_power()", 1))
    is_complex = any(o.dtype.is_complex if isinstance(o, Tensor) else isinstance(o, complex) for o in (input, exponent))
    wide = dtypes.complex128 if is_complex else dtypes.float64
    return pow(
        *(
            _astype(o, dtype=wide.numpy) if isinstance(o, Tensor) and o.dtype is not wide else o
            for o in (input, exponent)
        )
    )


_float_power_in_place = inplace(float_power)


def float_power_(input: Tensor, exponent: Tensor | Number) -> Tensor:
    """`float_power` in place. RuntimeError if the input is not of double precision."""
    is_complex = any(o.dtype.is_complex if isinstance(o, Tensor) else isinstance(o, complex) for o in (input, exponent))
    wide = "complex128" if is_complex else "float64"
    if input.dtype.name != wide:
        names = dtypes.SCALAR_NAMES
        raise RuntimeError(
            f"the base given to float_power_ has dtype {names[input.dtype.name]} but the operation's result requires "
            "dtype "
            f"{names[wide]} (convert it first, or use torch.float_power)"
        )
    return _float_power_in_place(input, exponent)


def square(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The square of each element: input².

    >>> import gradiente as torch
    >>> torch.square(torch.tensor([1.0, -2.0]))
    tensor([1., 4.])
    """
    if out is not None:
        return into(out, square(input), "square", input, cast=True)
    if need_tensor(input, "square")._array.dtype.kind in "fcV":
        return _square(input)
    return pow(input, 2)


@unary("sqrt")
def sqrt(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The square root of each element: √input; NaN for negative ones. The derivative is 1 / (2√input), infinite at 0.

    >>> import gradiente as torch
    >>> torch.sqrt(torch.tensor([4.0, 9.0]))
    tensor([2., 3.])
    """
    ...


@unary("rsqrt")
def rsqrt(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The reciprocal of the square root of each element: 1 / √input.

    >>> import gradiente as torch
    >>> torch.rsqrt(torch.tensor([4.0, 16.0]))
    tensor([0.5000, 0.2500])
    """
    ...


@unary("reciprocal")
def reciprocal(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The reciprocal of each element: 1 / input, floating-point also for integers.

    >>> import gradiente as torch
    >>> torch.reciprocal(torch.tensor([2, 4]))
    tensor([0.5000, 0.2500])
    """
    ...


def _pow_operator(self: Tensor, exponent: Any, modulo: Any = None) -> Any:
    if modulo is not None:
        return NotImplemented
    kind = exponent.__class__
    if (kind is int or kind is float) and self._array.dtype.kind == "f":
        return _square(self) if exponent == 2 else _power_scalar(self, exponent=exponent)
    return _unusual(self, exponent) if isinstance(exponent, (Tensor, *NUMBERS)) else NotImplemented


METHODS: dict[str, Any] = {
    "__pow__": _pow_operator,
    "__rpow__": reflected(_base, pow),
    "__ipow__": changing(pow),
    "float_power": float_power,
    "float_power_": float_power_,
    "pow": pow,
    "pow_": inplace(pow),
    "reciprocal": reciprocal,
    "reciprocal_": inplace(reciprocal),
    "rsqrt": rsqrt,
    "rsqrt_": inplace(rsqrt),
    "sqrt": sqrt,
    "sqrt_": inplace(sqrt),
    "square": square,
    "square_": inplace(square),
}
"""What these functions are called as methods of Tensor."""

# torch has these in-place forms as functions too
reciprocal_ = METHODS["reciprocal_"]
rsqrt_ = METHODS["rsqrt_"]
sqrt_ = METHODS["sqrt_"]
square_ = METHODS["square_"]

__all__ = [
    "float_power",
    "pow",
    "reciprocal",
    "reciprocal_",
    "rsqrt",
    "rsqrt_",
    "sqrt",
    "sqrt_",
    "square",
    "square_",
]
