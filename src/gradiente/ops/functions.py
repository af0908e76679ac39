"""The elementary functions: exponentials, logarithms, and the functions made of them; the error function."""

from __future__ import annotations

from typing import Any

from ..tensor.core import Tensor
from ._arguments import need_tensor
from ._define import inplace, primitive, unary
from ._numbers import Number
from ._out import into
from ._pairs import mixed, pair


@unary("exp")
def exp(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The exponential of each element: e^input. Source: DLMF 4.2.19.

    >>> import gradiente as torch
    >>> torch.exp(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 2.7183])
    """
    ...


@unary("exp2")
def exp2(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Two to the power of each element: 2^input.

    >>> import gradiente as torch
    >>> torch.exp2(torch.tensor([0.0, 3.0]))
    tensor([1., 8.])
    """
    ...


@unary("expm1")
def expm1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The exponential of each element, less 1: e^input - 1, accurate near 0. Source: DLMF 4.2.19.

    >>> import gradiente as torch
    >>> torch.expm1(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 1.7183])
    """
    ...


@unary("log")
def log(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The natural logarithm of each element: ln input; -∞ at 0, NaN for negative ones. Source: DLMF 4.2.2.

    >>> import gradiente as torch
    >>> torch.log(torch.tensor([1.0, 10.0]))
    tensor([0.0000, 2.3026])
    """
    ...


@unary("log2")
def log2(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of each element to base 2: ln input / ln 2.

    >>> import gradiente as torch
    >>> torch.log2(torch.tensor([1.0, 8.0]))
    tensor([0., 3.])
    """
    ...


@unary("log10")
def log10(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of each element to base 10: ln input / ln 10.

    >>> import gradiente as torch
    >>> torch.log10(torch.tensor([1.0, 1000.0]))
    tensor([0., 3.])
    """
    ...


@unary("log1p")
def log1p(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The natural logarithm of one more than each element: ln(1 + input), accurate near 0. Source: DLMF 4.2.2.

    >>> import gradiente as torch
    >>> torch.log1p(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.6931])
    """
    ...


@unary("erf")
def erf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The error function of each element: 2/√π ∫₀^input e^(-t²) dt. Source: DLMF 7.2.1.

    >>> import gradiente as torch
    >>> torch.erf(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8427])
    """
    ...


@unary("erfc")
def erfc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The complementary error function of each element: 1 - erf(input), accurate where it is small.

    Source: DLMF 7.2.2.

    >>> import gradiente as torch
    >>> torch.erfc(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 0.1573])
    """
    ...


@unary("sigmoid")
def sigmoid(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logistic function of each element: 1 / (1 + e^-input).

    >>> import gradiente as torch
    >>> torch.sigmoid(torch.tensor([0.0, 1.0]))
    tensor([0.5000, 0.7311])
    """
    ...


@pair("logaddexp")
def logaddexp(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of a sum of exponentials: ln(e^input + e^other), without overflow.

    >>> import gradiente as torch
    >>> torch.logaddexp(torch.tensor([1000.0]), torch.tensor([1000.0]))
    tensor([1000.6932])
    """
    ...


@pair("logaddexp2")
def logaddexp2(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The same to base 2: log₂(2^input + 2^other), without overflow.

    >>> import gradiente as torch
    >>> torch.logaddexp2(torch.tensor([3.0]), torch.tensor([3.0]))
    tensor([4.])
    """
    ...


_logit = primitive("logit")


def logit(input: Tensor, eps: float | None = None, *, out: Tensor | None = None) -> Tensor:
    """The inverse of the logistic function: ln(input / (1 - input)), of the input clamped to [eps, 1 - eps] if given.

    >>> import gradiente as torch
    >>> torch.logit(torch.tensor([0.5, 0.9]))
    tensor([0.0000, 2.1972])
    """
    if out is not None:
        return into(out, logit(input, eps), "logit", input, cast=True)
    need_tensor(input, "logit")
    return _logit(input, eps=None if eps is None or eps < 0 else eps)


_xlogy, _xlogy_of_number = primitive("xlogy"), primitive("xlogy", "XlogyBackward1")
_xlogy_of_log = primitive("xlogy", "XlogyBackward2")


def xlogy(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input · ln(other), and 0 where the input is 0, unless the other is NaN.

    TypeError if neither is a tensor.

    >>> import gradiente as torch
    >>> torch.xlogy(torch.tensor([0.0, 2.0]), torch.tensor([0.0, 1.0]))
    tensor([0., 0.])
    """
    if out is not None:
        return into(out, xlogy(input, other), "xlogy", input, other, cast=True)
    return mixed(input, other, "xlogy", (_xlogy, _xlogy_of_number, _xlogy_of_log), ("input", "other"))


METHODS: dict[str, Any] = {
    "erf": erf,
    "erf_": inplace(erf),
    "erfc": erfc,
    "erfc_": inplace(erfc),
    "exp": exp,
    "exp2": exp2,
    "exp2_": inplace(exp2),
    "exp_": inplace(exp),
    "expm1": expm1,
    "expm1_": inplace(expm1),
    "log": log,
    "log10": log10,
    "log10_": inplace(log10),
    "log1p": log1p,
    "log1p_": inplace(log1p),
    "log2": log2,
    "log2_": inplace(log2),
    "log_": inplace(log),
    "logaddexp": logaddexp,
    "logaddexp2": logaddexp2,
    "logit": logit,
    "logit_": inplace(logit),
    "sigmoid": sigmoid,
    "sigmoid_": inplace(sigmoid),
    "xlogy": xlogy,
    "xlogy_": inplace(xlogy),
}
"""What these functions are called as methods of Tensor."""

# torch has these in-place forms as functions too
erf_ = METHODS["erf_"]
erfc_ = METHODS["erfc_"]
exp2_ = METHODS["exp2_"]
exp_ = METHODS["exp_"]
expm1_ = METHODS["expm1_"]
log10_ = METHODS["log10_"]
log1p_ = METHODS["log1p_"]
log2_ = METHODS["log2_"]
log_ = METHODS["log_"]
logit_ = METHODS["logit_"]
sigmoid_ = METHODS["sigmoid_"]
xlogy_ = METHODS["xlogy_"]

__all__ = [
    "erf",
    "erf_",
    "erfc",
    "erfc_",
    "exp",
    "exp2",
    "exp2_",
    "exp_",
    "expm1",
    "expm1_",
    "log",
    "log1p",
    "log1p_",
    "log2",
    "log2_",
    "log10",
    "log10_",
    "log_",
    "logaddexp",
    "logaddexp2",
    "logit",
    "logit_",
    "sigmoid",
    "sigmoid_",
    "xlogy",
    "xlogy_",
]
