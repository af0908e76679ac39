"""Sign and size of each element, and the parts of complex ones: real, imaginary, angle, conjugate."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor import dtypes
from ..tensor.core import Tensor, wrap
from ..tensor.inplace import writes
from ..tensor.promotion import result_type
from ..tensor.views import make_view
from ._arguments import need_tensor, no_overload
from ._define import inplace, primitive, unary
from ._numbers import Number
from ._out import into
from ._pairs import NUMBERS, without_derivative

_real, _imag = primitive("real"), primitive("imag")
_conj, _conj_physical = primitive("conj"), primitive("conj", "ConjPhysicalBackward0")
_abs_complex, _angle_complex = primitive("abs_complex"), primitive("angle_complex")
_sgn, _sgn_real = primitive("sgn"), primitive("sign", "SgnBackward0")


def _is_complex(input: Any, function: str) -> bool:
    return need_tensor(input, function)._array.dtype.kind == "c"


@unary("abs")
def _abs(input: Tensor) -> Tensor: ...


def abs(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The absolute value of each element: |input|, of complex ones √(re² + im²). At 0 the derivative is 0.

    >>> import gradiente as torch
    >>> torch.abs(torch.tensor([-1.5, 2.0])), torch.abs(torch.tensor([3 + 4j]))
    (tensor([1.5000, 2.0000]), tensor([5.]))
    """
    if out is not None:
        return into(out, abs(input), "abs", input)
    return _abs_complex(input) if _is_complex(input, "abs") else _abs(input)


_abs_in_place = inplace(abs)


@writes
def abs_(input: Tensor) -> Tensor:
    """`abs` in place. RuntimeError for complex tensors, whose absolute values are real."""
    if _is_complex(input, "abs_"):
        raise RuntimeError("In-place abs is not supported for complex tensors. (use torch.abs)")
    return _abs_in_place(input)


@unary("sign")
def sign(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sign of each element: -1, 0 or 1; 0 for NaN. The derivative is 0. NotImplementedError for complex tensors.

    >>> import gradiente as torch
    >>> torch.sign(torch.tensor([-1.5, 0.0, 2.0]))
    tensor([-1.,  0.,  1.])
    """
    ...


def sgn(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The direction of each element: input / |input|, and 0 at 0; of real numbers the sign.

    >>> import gradiente as torch
    >>> torch.sgn(torch.tensor([3 + 4j]))
    tensor([0.6000+0.8000j])
    """
    if out is not None:
        return into(out, sgn(input), "sgn", input)
    return _sgn(input) if _is_complex(input, "sgn") else _sgn_real(input)


def conj(input: Tensor) -> Tensor:
    """The complex conjugate of each element: re - i·im. Real tensors are returned as they are.

    >>> import gradiente as torch
    >>> torch.conj(torch.tensor([1 + 2j]))
    tensor([1.-2.j])
    """
    return _conj(input) if _is_complex(input, "conj") else input


def conj_physical(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The complex conjugate of each element, in memory of its own: re - i·im.

    >>> import gradiente as torch
    >>> torch.conj_physical(torch.tensor([1 + 2j]))
    tensor([1.-2.j])
    """
    if out is not None:
        return into(out, conj_physical(input), "conj_physical", input)
    return _conj_physical(input) if _is_complex(input, "conj_physical") else input


def resolve_conj(input: Tensor) -> Tensor:
    """The tensor itself: conjugation is never put off here.

    >>> import gradiente as torch
    >>> torch.resolve_conj(torch.tensor([1 + 2j]).conj())
    tensor([1.-2.j])
    """
    return need_tensor(input, "resolve_conj")


def resolve_neg(input: Tensor) -> Tensor:
    """The tensor itself: negation is never put off here.

    >>> import gradiente as torch
    >>> torch.resolve_neg(-torch.tensor([1.0]))
    tensor([-1.])
    """
    return need_tensor(input, "resolve_neg")


def is_conj(input: Tensor) -> bool:
    """False: conjugation is never put off here.

    >>> import gradiente as torch
    >>> torch.is_conj(torch.tensor([1.0]))
    False
    """
    need_tensor(input, "is_conj")
    return False


def is_neg(input: Tensor) -> bool:
    """False: negation is never put off here.

    >>> import gradiente as torch
    >>> torch.is_neg(torch.tensor([1.0]))
    False
    """
    need_tensor(input, "is_neg")
    return False


def real(input: Tensor) -> Tensor:
    """The real part of each element, as a view; real tensors as they are.

    >>> import gradiente as torch
    >>> torch.real(torch.tensor([1 + 2j]))
    tensor([1.])
    """
    return make_view(_real, input) if _is_complex(input, "real") else input


def imag(input: Tensor) -> Tensor:
    """The imaginary part of each element, as a view. RuntimeError for real tensors.

    >>> import gradiente as torch
    >>> torch.imag(torch.tensor([1 + 2j]))
    tensor([2.])
    """
    if not _is_complex(input, "imag"):
        raise RuntimeError(
            f"imag is not implemented for tensors with non-complex dtypes. (this one is {input.dtype!r})"
        )
    return make_view(_imag, input)


@unary("angle")
def _angle(input: Tensor) -> Tensor: ...


def angle(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle of each element in radians: atan2(im, re); of real ones 0, or π if they are negative.

    >>> import gradiente as torch
    >>> torch.angle(torch.tensor([1j, -1 + 0j]))
    tensor([1.5708, 3.1416])
    """
    if out is not None:
        return into(out, angle(input), "angle", input, cast=True)
    return _angle_complex(input) if _is_complex(input, "angle") else _angle(input)


_copysign, _copysign_of_number = primitive("copysign"), primitive("copysign", "CopysignBackward1")


def copysign(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The size of the input with the sign of the other: |input| · sign(other), where -0 counts as negative.

    >>> import gradiente as torch
    >>> torch.copysign(torch.tensor([1.0, -2.0]), -0.0)
    tensor([-1., -2.])
    """
    if out is not None:
        return into(out, copysign(input, other), "copysign", input, other, cast=True)
    if not isinstance(input, Tensor):
        raise no_overload("copysign", input, other)
    if isinstance(other, NUMBERS):
        common = result_type(input, other)
        target = common if common.category == 2 else dtypes.get_default_dtype()
        return _copysign_of_number(input, wrap(np.asarray(other, dtype=target.numpy)))
    return _copysign(input, need_tensor(other, "copysign", "other", 2))


_heaviside = without_derivative("heaviside")


def heaviside(input: Tensor, values: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The unit step: 0 where the input is negative, 1 where it is positive, `values` where it is 0.

    It has no derivative: running backwards through it raises RuntimeError. RuntimeError for tensors of different types.

    >>> import gradiente as torch
    >>> torch.heaviside(torch.tensor([-1.0, 0.0, 1.0]), torch.tensor(0.5))
    tensor([0.0000, 0.5000, 1.0000])
    """
    if out is not None:
        return into(out, heaviside(input, values), "heaviside", input, values)
    need_tensor(input, "heaviside")
    need_tensor(values, "heaviside", "values", 2)
    if input._array.dtype != values._array.dtype:
        raise RuntimeError(
            "heaviside is not yet implemented for tensors with different dtypes. "
            f"('input' is {input.dtype!r}, 'values' {values.dtype!r}: convert one of them)"
        )
    if input._array.dtype.kind == "c":
        raise RuntimeError("heaviside is not yet implemented for complex tensors.")
    return _heaviside(input, values)


def _assign(part: Any) -> Any:
    """The setter of a part: its values are replaced, in place."""

    def assign(self: Tensor, value: Any) -> None:
        part(self).copy_(value if isinstance(value, Tensor) else wrap(np.asarray(value)))

    return assign


METHODS: dict[str, Any] = {
    "__abs__": abs,
    "abs": abs,
    "abs_": abs_,
    "absolute": abs,
    "absolute_": abs_,
    "angle": angle,
    "conj": conj,
    "copysign": copysign,
    "copysign_": inplace(copysign),
    "heaviside": heaviside,
    "heaviside_": inplace(heaviside),
    "conj_physical": conj_physical,
    "conj_physical_": inplace(conj_physical),
    "imag": property(imag, _assign(imag), doc="The imaginary part, a view; RuntimeError for real tensors."),
    "real": property(real, _assign(real), doc="The real part, a view; real tensors themselves."),
    "is_conj": is_conj,
    "is_neg": is_neg,
    "resolve_conj": resolve_conj,
    "resolve_neg": resolve_neg,
    "sgn": sgn,
    "sgn_": inplace(sgn),
    "sign": sign,
    "sign_": inplace(sign),
}
"""What these functions are called as methods of Tensor."""

absolute = abs

# torch has these in-place forms as functions too
conj_physical_ = METHODS["conj_physical_"]

__all__ = [
    "abs",
    "abs_",
    "absolute",
    "angle",
    "conj",
    "conj_physical",
    "conj_physical_",
    "copysign",
    "heaviside",
    "imag",
    "is_conj",
    "is_neg",
    "real",
    "resolve_conj",
    "resolve_neg",
    "sgn",
    "sign",
]
