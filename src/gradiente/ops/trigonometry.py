"""Trigonometric and hyperbolic functions, their inverses, and angles."""

from __future__ import annotations

from typing import Any

from ..tensor.core import Tensor
from ._define import inplace, unary
from ._pairs import pair


@unary("sin")
def sin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sine of each element, an angle in radians. Source: DLMF 4.14.1.

    >>> import gradiente as torch
    >>> torch.sin(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8415])
    """
    ...


@unary("cos")
def cos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The cosine of each element, an angle in radians. Source: DLMF 4.14.2.

    >>> import gradiente as torch
    >>> torch.cos(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 0.5403])
    """
    ...


@unary("tan")
def tan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The tangent of each element, an angle in radians: sin input / cos input. Source: DLMF 4.14.4.

    >>> import gradiente as torch
    >>> torch.tan(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 1.5574])
    """
    ...


@unary("asin")
def asin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The arc sine of each element, in [-π/2, π/2]; NaN outside [-1, 1]. Source: DLMF 4.23.1.

    >>> import gradiente as torch
    >>> torch.asin(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 1.5708])
    """
    ...


@unary("acos")
def acos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The arc cosine of each element, in [0, π]; NaN outside [-1, 1]. Source: DLMF 4.23.2.

    >>> import gradiente as torch
    >>> torch.acos(torch.tensor([0.0, 1.0]))
    tensor([1.5708, 0.0000])
    """
    ...


@unary("atan")
def atan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The arc tangent of each element, in [-π/2, π/2]. Source: DLMF 4.23.3.

    >>> import gradiente as torch
    >>> torch.atan(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7854])
    """
    ...


@unary("sinh")
def sinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The hyperbolic sine of each element: (e^input - e^-input) / 2. Source: DLMF 4.28.1.

    >>> import gradiente as torch
    >>> torch.sinh(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 1.1752])
    """
    ...


@unary("cosh")
def cosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The hyperbolic cosine of each element: (e^input + e^-input) / 2. Source: DLMF 4.28.2.

    >>> import gradiente as torch
    >>> torch.cosh(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 1.5431])
    """
    ...


@unary("tanh")
def tanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The hyperbolic tangent of each element: sinh input / cosh input. Source: DLMF 4.28.4.

    >>> import gradiente as torch
    >>> torch.tanh(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7616])
    """
    ...


@unary("asinh")
def asinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse hyperbolic sine of each element: ln(input + √(input² + 1)). Source: DLMF 4.37.16.

    >>> import gradiente as torch
    >>> torch.asinh(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8814])
    """
    ...


@unary("acosh")
def acosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse hyperbolic cosine of each element: ln(input + √(input² - 1)); NaN below 1. Source: DLMF 4.37.19.

    >>> import gradiente as torch
    >>> torch.acosh(torch.tensor([1.0, 2.0]))
    tensor([0.0000, 1.3170])
    """
    ...


@unary("atanh")
def atanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse hyperbolic tangent of each element: ½ ln((1 + input) / (1 - input)). Source: DLMF 4.37.24.

    >>> import gradiente as torch
    >>> torch.atanh(torch.tensor([0.0, 0.5]))
    tensor([0.0000, 0.5493])
    """
    ...


@unary("rad2deg")
def rad2deg(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Each angle in radians converted to degrees: input · 180 / π.

    >>> import gradiente as torch
    >>> torch.rad2deg(torch.tensor([0.0, 1.0]))
    tensor([ 0.0000, 57.2958])
    """
    ...


@unary("deg2rad")
def deg2rad(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Each angle in degrees converted to radians: input · π / 180.

    >>> import gradiente as torch
    >>> torch.deg2rad(torch.tensor([0.0, 90.0]))
    tensor([0.0000, 1.5708])
    """
    ...


@pair("hypot")
def hypot(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The length of the hypotenuse: √(input² + other²), without overflow. For floating-point tensors.

    >>> import gradiente as torch
    >>> torch.hypot(torch.tensor([3.0]), torch.tensor([4.0]))
    tensor([5.])
    """
    ...


@pair("atan2")
def atan2(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle of the point (other, input), in (-π, π]: the arc tangent of input / other in the right quadrant.

    >>> import gradiente as torch
    >>> torch.atan2(torch.tensor([1.0]), torch.tensor([-1.0]))
    tensor([2.3562])
    """
    ...


arccos = acos
arccosh = acosh
arcsin = asin
arcsinh = asinh
arctan = atan
arctanh = atanh
arctan2 = atan2

METHODS: dict[str, Any] = {
    "acos": acos,
    "acos_": inplace(acos),
    "acosh": acosh,
    "acosh_": inplace(acosh),
    "arccos": acos,
    "arccos_": inplace(acos),
    "arccosh": acosh,
    "arccosh_": inplace(acosh),
    "arcsin": asin,
    "arcsin_": inplace(asin),
    "arcsinh": asinh,
    "arcsinh_": inplace(asinh),
    "arctan": atan,
    "arctan2": atan2,
    "arctan2_": inplace(atan2),
    "arctan_": inplace(atan),
    "arctanh": atanh,
    "arctanh_": inplace(atanh),
    "asin": asin,
    "asin_": inplace(asin),
    "asinh": asinh,
    "asinh_": inplace(asinh),
    "atan": atan,
    "atan2": atan2,
    "atan2_": inplace(atan2),
    "atan_": inplace(atan),
    "atanh": atanh,
    "atanh_": inplace(atanh),
    "cos": cos,
    "cos_": inplace(cos),
    "cosh": cosh,
    "cosh_": inplace(cosh),
    "deg2rad": deg2rad,
    "deg2rad_": inplace(deg2rad),
    "hypot": hypot,
    "hypot_": inplace(hypot),
    "rad2deg": rad2deg,
    "rad2deg_": inplace(rad2deg),
    "sin": sin,
    "sin_": inplace(sin),
    "sinh": sinh,
    "sinh_": inplace(sinh),
    "tan": tan,
    "tan_": inplace(tan),
    "tanh": tanh,
    "tanh_": inplace(tanh),
}
"""What these functions are called as methods of Tensor."""

# torch has these in-place forms as functions too
acos_ = METHODS["acos_"]
acosh_ = METHODS["acosh_"]
arccos_ = METHODS["arccos_"]
arccosh_ = METHODS["arccosh_"]
arcsin_ = METHODS["arcsin_"]
arcsinh_ = METHODS["arcsinh_"]
arctan_ = METHODS["arctan_"]
arctanh_ = METHODS["arctanh_"]
asin_ = METHODS["asin_"]
asinh_ = METHODS["asinh_"]
atan_ = METHODS["atan_"]
atanh_ = METHODS["atanh_"]
cos_ = METHODS["cos_"]
cosh_ = METHODS["cosh_"]
deg2rad_ = METHODS["deg2rad_"]
rad2deg_ = METHODS["rad2deg_"]
sin_ = METHODS["sin_"]
sinh_ = METHODS["sinh_"]
tan_ = METHODS["tan_"]
tanh_ = METHODS["tanh_"]

__all__ = [
    "acos",
    "acos_",
    "acosh",
    "acosh_",
    "arccos",
    "arccos_",
    "arccosh",
    "arccosh_",
    "arcsin",
    "arcsin_",
    "arcsinh",
    "arcsinh_",
    "arctan",
    "arctan2",
    "arctan_",
    "arctanh",
    "arctanh_",
    "asin",
    "asin_",
    "asinh",
    "asinh_",
    "atan",
    "atan2",
    "atan_",
    "atanh",
    "atanh_",
    "cos",
    "cos_",
    "cosh",
    "cosh_",
    "deg2rad",
    "deg2rad_",
    "hypot",
    "rad2deg",
    "rad2deg_",
    "sin",
    "sin_",
    "sinh",
    "sinh_",
    "tan",
    "tan_",
    "tanh",
    "tanh_",
]
