"""Special functions with a derivative: error functions, the normal distribution, Bessel functions, entropy's terms.

They need SciPy, the extra `special`; it is imported when the first of them is called.
"""

from __future__ import annotations

from typing import Any

from ..tensor.core import Tensor
from ..tensor.refusals import refuse
from ._arguments import need_tensor
from ._define import inplace, primitive, unary
from ._numbers import Number
from ._out import into
from ._pairs import mixed


@unary("erfinv")
def erfinv(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of the error function of each element: erf(result) = input, for inputs in [-1, 1].

    Source: DLMF 7.17.1.

    >>> import gradiente as torch
    >>> torch.erfinv(torch.tensor([0.0, 0.5]))
    tensor([0.0000, 0.4769])
    """
    ...


@unary("ndtr")
def special_ndtr(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The distribution function of the standard normal distribution: ½·erfc(-input/√2), accurate on both sides.

    >>> import gradiente as torch
    >>> torch.special.ndtr(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([0.1587, 0.5000, 0.8413])
    """
    ...


@unary("ndtri")
def special_ndtri(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of `ndtr`: the quantile of the standard normal distribution, for inputs in [0, 1].

    >>> import gradiente as torch
    >>> torch.special.ndtri(torch.tensor([0.0, 0.5, 0.975]))
    tensor([  -inf, 0.0000, 1.9600])
    """
    ...


@unary("log_ndtr")
def special_log_ndtr(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of `ndtr`, accurate where that is tiny.

    >>> import gradiente as torch
    >>> torch.special.log_ndtr(torch.tensor([-20.0, 0.0]))
    tensor([-203.9172,   -0.6931])
    """
    ...


@unary("erfcx")
def special_erfcx(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The scaled complementary error function of each element: e^(input²)·erfc(input).

    >>> import gradiente as torch
    >>> torch.special.erfcx(torch.tensor([0.0, 10.0]))
    tensor([1.0000, 0.0561])
    """
    ...


@unary("entr")
def special_entr(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """A term of the entropy: -input·ln(input); 0 at 0, -∞ for negative ones.

    >>> import gradiente as torch
    >>> torch.special.entr(torch.tensor([0.0, 0.5]))
    tensor([0.0000, 0.3466])
    """
    ...


_i0, _i1 = primitive("bessel_i", "I0Backward0"), primitive("bessel_i", "SpecialI1Backward0")
_i0e = primitive("scaled_bessel_i", "SpecialI0EBackward0")
_i1e = primitive("scaled_bessel_i", "SpecialI1EBackward0")


def _bessel(call: Any, input: Any, order: int, name: str) -> Tensor:
    """The modified Bessel function that `call` computes, for a type that torch has it for."""
    refuse(name, need_tensor(input, name if name == "i0" else f"special_{name}").dtype)
    return call(input, order=order)


def i0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the first kind of order 0 of each element. Source: DLMF 10.25.2.

    >>> import gradiente as torch
    >>> torch.i0(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 1.2661])
    """
    if out is not None:
        return into(out, i0(input), "i0", input, cast=True)
    return _bessel(_i0, input, 0, "i0")


def special_i0e(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of order 0, scaled: e^-|input|·I₀(input). Its slope at 0 counts as 0.

    >>> import gradiente as torch
    >>> torch.special.i0e(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 0.4658])
    """
    if out is not None:
        return into(out, special_i0e(input), "special_i0e", input, cast=True)
    return _bessel(_i0e, input, 0, "i0e")


def special_i1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the first kind of order 1 of each element. Source: DLMF 10.25.2.

    >>> import gradiente as torch
    >>> torch.special.i1(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.5652])
    """
    if out is not None:
        return into(out, special_i1(input), "special_i1", input, cast=True)
    return _bessel(_i1, input, 1, "i1")


def special_i1e(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of order 1, scaled: e^-|input|·I₁(input).

    >>> import gradiente as torch
    >>> torch.special.i1e(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.2079])
    """
    if out is not None:
        return into(out, special_i1e(input), "special_i1e", input, cast=True)
    return _bessel(_i1e, input, 1, "i1e")


_sinc = primitive("sinc")


def sinc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The normalised sinc of each element: sin(π·input) / (π·input), 1 at 0. Derivatives of all orders are exact at 0.

    >>> import gradiente as torch
    >>> torch.sinc(torch.tensor([0.0, 0.5, 1.5]))
    tensor([ 1.0000,  0.6366, -0.2122])
    """
    if out is not None:
        return into(out, sinc(input), "sinc", input, cast=True)
    need_tensor(input, "sinc")
    return _sinc(input, order=0)


_xlog1py, _xlog1py_of_number = primitive("xlog1py"), primitive("xlog1py", "SpecialXlog1PyBackward1")
_xlog1py_of_log = primitive("xlog1py", "SpecialXlog1PyBackward2")


def special_xlog1py(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input · ln(1 + other), and 0 where the input is 0, unless the other is NaN. TypeError if neither is a tensor.

    >>> import gradiente as torch
    >>> torch.special.xlog1py(torch.tensor([0.0, 2.0]), torch.tensor([-1.0, 1.0]))
    tensor([0.0000, 1.3863])
    """
    if out is not None:
        return into(out, special_xlog1py(input, other), "special_xlog1py", input, other, cast=True)
    calls = (_xlog1py, _xlog1py_of_number, _xlog1py_of_log)
    return mixed(input, other, "special_xlog1py", calls, ("input", "other"))


METHODS: dict[str, Any] = {
    "erfinv": erfinv,
    "erfinv_": inplace(erfinv),
    "i0": i0,
    "i0_": inplace(i0),
    "sinc": sinc,
    "sinc_": inplace(sinc),
}
"""What these functions are called as methods of Tensor."""

# torch has these in-place forms as functions too
i0_ = METHODS["i0_"]
sinc_ = METHODS["sinc_"]

__all__ = [
    "erfinv",
    "i0",
    "i0_",
    "sinc",
    "sinc_",
    "special_entr",
    "special_erfcx",
    "special_i0e",
    "special_i1",
    "special_i1e",
    "special_log_ndtr",
    "special_ndtr",
    "special_ndtri",
    "special_xlog1py",
]
