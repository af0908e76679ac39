"""Activations: the nonlinear functions of neural networks that stand in torch's top level or that others use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..tensor.core import Tensor
from ._arguments import need_tensor
from ._define import inplace, primitive, unary
from ._numbers import Number
from ._out import into
from ._pairs import NUMBERS
from ._product_checks import scalar_name
from .parts import abs
from .shaping import reshape
from .trigonometry import tanh


@unary("relu")
def relu(input: Tensor) -> Tensor:
    """The rectifier of each element: max(input, 0). At 0 the derivative is 0.

    Source: V. Nair and G. Hinton, Rectified linear units improve restricted Boltzmann machines (2010).

    >>> import gradiente as torch
    >>> torch.relu(torch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    ...


@unary("selu")
def selu(input: Tensor) -> Tensor:
    """The scaled exponential linear unit: λ·x for x > 0, else λ·α·(e^x - 1), with α ≈ 1.6733 and λ ≈ 1.0507.

    Source: G. Klambauer et al., Self-normalizing neural networks (2017).

    >>> import gradiente as torch
    >>> torch.selu(torch.tensor([-1.0, 1.0]))
    tensor([-1.1113,  1.0507])
    """
    ...


_celu, _elu, _leaky_relu, _softplus = (
    primitive("celu"),
    primitive("elu"),
    primitive("leaky_relu"),
    primitive("softplus"),
)
_prelu = primitive("prelu")
_threshold, _hardtanh = primitive("threshold"), primitive("hardtanh")
_softshrink, _hardshrink = primitive("softshrink"), primitive("hardshrink")
_gelu, _gelu_tanh, _mish = primitive("gelu"), primitive("gelu_tanh"), primitive("mish")


def celu(input: Tensor, alpha: float = 1.0) -> Tensor:
    """The continuously differentiable exponential linear unit: x for x > 0, else α·(e^(x/α) - 1).

    RuntimeError for α = 0. Source: J. Barron, Continuously differentiable exponential linear units (2017).

    >>> import gradiente as torch
    >>> torch.celu(torch.tensor([-1.0, 1.0]), alpha=2.0)
    tensor([-0.7869,  1.0000])
    """
    need_tensor(input, "celu")
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return _celu(input, alpha=alpha)


def threshold(input: Tensor, threshold: Number, value: Number) -> Tensor:
    """Each element if it is above the threshold, else `value`.

    >>> import gradiente as torch
    >>> torch.threshold(torch.tensor([0.5, 2.0]), 1.0, 9.0)
    tensor([9., 2.])
    """
    need_tensor(input, "threshold")
    for number, argument, position in ((threshold, "threshold", 2), (value, "value", 3)):
        if not isinstance(number, NUMBERS):
            raise TypeError(
                f"threshold(): argument '{argument}' (position {position}) must be Number, not {type(number).__name__}"
            )
    return _threshold(input, threshold=threshold, value=value)


def hardshrink(input: Tensor, lambd: float = 0.5, *, out: Tensor | None = None) -> Tensor:
    """Each element outside [-λ, λ], and 0 inside.

    >>> import gradiente as torch
    >>> torch.hardshrink(torch.tensor([-1.0, 0.3]))
    tensor([-1.,  0.])
    """
    if out is not None:
        return into(out, hardshrink(input, lambd), "hardshrink", input)
    return _hardshrink(need_tensor(input, "hardshrink"), lambd=lambd)


def softshrink(input: Tensor, lambd: float = 0.5, *, out: Tensor | None = None) -> Tensor:
    """Each element moved towards 0 by λ, and 0 inside [-λ, λ]. RuntimeError for λ < 0.

    >>> import gradiente as torch
    >>> import gradiente.nn.functional as F
    >>> F.softshrink(torch.tensor([-1.0, 0.3]))
    tensor([-0.5000,  0.0000])
    """
    if out is not None:
        return into(out, softshrink(input, lambd), "softshrink", input)
    need_tensor(input, "softshrink")
    if lambd < 0:
        name = {"float64": "Double", "float16": "Half", "bfloat16": "BFloat16"}.get(input.dtype.name, "Float")
        top = {"Double": "1.79769e+308", "Half": "65504", "BFloat16": "3.38953e+38"}.get(name, "3.40282e+38")
        raise RuntimeError(f"lambda must be in range [0, {top}] for input dtype {name}, but found {lambd:g}.")
    return _softshrink(input, lambd=lambd)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """Each element clamped to [min_val, max_val]; on the bounds the derivative is 0.

    >>> import gradiente as torch
    >>> import gradiente.nn.functional as F
    >>> F.hardtanh(torch.tensor([-2.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """
    kind = need_tensor(input, "hardtanh")._array.dtype.kind
    if kind == "u" and min_val < 0:
        raise RuntimeError(
            "cannot do hardtanh on an unsigned type with negative limits "
            f"(min_val is {min_val}, the input {input.dtype!r})"
        )
    if kind in "iu":
        min_val, max_val = int(min_val), int(max_val)
    return _hardtanh(input, low=min_val, high=max_val)


def relu6(input: Tensor) -> Tensor:
    """The rectifier, at most 6: min(max(input, 0), 6).

    >>> import gradiente as torch
    >>> import gradiente.nn.functional as F
    >>> F.relu6(torch.tensor([-1.0, 8.0]))
    tensor([0., 6.])
    """
    return hardtanh(input, 0.0, 6.0)


def leaky_relu(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """x for x > 0, else negative_slope · x.

    Source: A. Maas et al., Rectifier nonlinearities improve neural network acoustic models (2013).

    >>> import gradiente as torch
    >>> import gradiente.nn.functional as F
    >>> F.leaky_relu(torch.tensor([-1.0, 2.0]))
    tensor([-0.0100,  2.0000])
    """
    return _leaky_relu(need_tensor(input, "leaky_relu"), slope=negative_slope)


def elu(input: Tensor, alpha: float = 1.0) -> Tensor:
    """The exponential linear unit: x for x > 0, else α·(e^x - 1).

    Source: D. Clevert et al., Fast and accurate deep network learning by exponential linear units (2016).

    >>> import gradiente as torch
    >>> import gradiente.nn.functional as F
    >>> F.elu(torch.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    return _elu(need_tensor(input, "elu"), alpha=alpha)


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0, *, out: Tensor | None = None) -> Tensor:
    """ln(1 + e^(βx)) / β, and x itself where βx exceeds the threshold.

    Source: C. Dugas et al., Incorporating second-order functional knowledge for better option pricing (2001).

    >>> import gradiente as torch
    >>> import gradiente.nn.functional as F
    >>> F.softplus(torch.tensor([0.0, 30.0]))
    tensor([ 0.6931, 30.0000])
    """
    if out is not None:
        return into(out, softplus(input, beta, threshold), "softplus", input)
    return _softplus(need_tensor(input, "softplus"), beta=beta, threshold=threshold)


def gelu(input: Tensor, *, approximate: str = "none", out: Tensor | None = None) -> Tensor:
    """The Gaussian error linear unit: x·Φ(x), exact, or with approximate="tanh" by a hyperbolic tangent.

    RuntimeError for another `approximate`.

    Source: D. Hendrycks and K. Gimpel, Gaussian error linear units (2016).

    >>> import gradiente as torch
    >>> import gradiente.nn.functional as F
    >>> F.gelu(torch.tensor([-1.0, 2.0]))
    tensor([-0.1587,  1.9545])
    """
    if out is not None:
        return into(out, gelu(input, approximate=approximate), "gelu", input)
    need_tensor(input, "gelu")
    if approximate == "none":
        return _gelu(input)
    if approximate != "tanh":
        raise RuntimeError(f"approximate argument must be either none or tanh. (it is {approximate!r})")
    return _gelu_tanh(input)


def mish(input: Tensor) -> Tensor:
    """x · tanh(ln(1 + e^x)).

    Source: D. Misra, Mish: a self regularized non-monotonic activation function (2019).

    >>> import gradiente as torch
    >>> import gradiente.nn.functional as F
    >>> F.mish(torch.tensor([-1.0, 2.0]))
    tensor([-0.3034,  1.9440])
    """
    return _mish(need_tensor(input, "mish"))


@unary("silu")
def silu(input: Tensor) -> Tensor:
    """x · σ(x), σ the logistic function.

    Source: S. Elfwing et al., Sigmoid-weighted linear units (2018).

    >>> import gradiente as torch
    >>> import gradiente.nn.functional as F
    >>> F.silu(torch.tensor([-1.0, 2.0]))
    tensor([-0.2689,  1.7616])
    """
    ...


@unary("log_sigmoid")
def logsigmoid(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of the logistic function: -ln(1 + e^-x).

    >>> import gradiente as torch
    >>> import gradiente.nn.functional as F
    >>> F.logsigmoid(torch.tensor([0.0, 2.0]))
    tensor([-0.6931, -0.1269])
    """
    ...


@unary("hardsigmoid")
def hardsigmoid(input: Tensor) -> Tensor:
    """min(max(x + 3, 0), 6) / 6.

    >>> import gradiente as torch
    >>> import gradiente.nn.functional as F
    >>> F.hardsigmoid(torch.tensor([-4.0, 0.0]))
    tensor([0.0000, 0.5000])
    """
    ...


@unary("hardswish")
def hardswish(input: Tensor) -> Tensor:
    """x · min(max(x + 3, 0), 6) / 6.

    Source: A. Howard et al., Searching for MobileNetV3 (2019).

    >>> import gradiente as torch
    >>> import gradiente.nn.functional as F
    >>> F.hardswish(torch.tensor([-4.0, 1.0]))
    tensor([-0.0000, 0.6667])
    """
    ...


def softsign(input: Tensor) -> Tensor:
    """x / (1 + |x|).

    >>> import gradiente as torch
    >>> import gradiente.nn.functional as F
    >>> F.softsign(torch.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """
    need_tensor(input, "softsign")
    return input / (abs(input) + 1)  # pyright: ignore[reportOperatorIssue]


def tanhshrink(input: Tensor) -> Tensor:
    """x - tanh x.

    >>> import gradiente as torch
    >>> import gradiente.nn.functional as F
    >>> F.tanhshrink(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.2384])
    """
    need_tensor(input, "tanhshrink")
    return input - tanh(input)  # pyright: ignore[reportOperatorIssue]


relu_: Callable[..., Tensor] = inplace(relu)
selu_: Callable[..., Tensor] = inplace(selu)
celu_: Callable[..., Tensor] = inplace(celu)
threshold_: Callable[..., Tensor] = inplace(threshold)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """The rectifier with learned slopes: x where x > 0, else weight · x.

    Args:
        input: (N, C, ...), or any shape for a single weight; floating-point dtype.
        weight: (C,), or a single number, of the input's dtype.

    Returns:
        The result, of the input's shape and dtype.

    Raises:
        RuntimeError: the number of weights, or their dtype, does not fit.

    Source: K. He et al., Delving deep into rectifiers (2015).

    Example:
        >>> import gradiente as torch
        >>> torch.prelu(torch.tensor([[-1.0, 2.0]]), torch.tensor([0.1, 0.2]))
        tensor([[-0.1000,  2.0000]])
    """
    shape = need_tensor(input, "prelu")._array.shape
    w = need_tensor(weight, "prelu", "weight", 2)._array
    if input._array.dtype != w.dtype:
        raise RuntimeError(
            f"prelu: Type promoting not supported. Got {scalar_name(input)} and {scalar_name(weight)} (convert one)"
        )
    if w.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {w.ndim}")
    if w.size != 1:
        if not shape:
            raise RuntimeError("Not allow zero-dim input tensor. (Several weights need an axis of channels.)")
        channels = shape[1] if len(shape) > 1 else 1
        if channels != w.size:
            raise RuntimeError(
                f"Mismatch of parameter numbers and input channel size. Found parameter numbers = {w.size} and channel "
                f"size = {channels}."
            )
    if input._array.dtype.kind in "biu":
        raise NotImplementedError(
            f"\"prelu_cpu\" not implemented for '{scalar_name(input)}' (convert the input, for instance with .float())"
        )
    features = (w.size, *(1,) * (len(shape) - 2)) if w.size != 1 else (1,) * len(shape)
    return _prelu(input, weight if w.shape == features else reshape(weight, features))


METHODS: dict[str, Any] = {"hardshrink": hardshrink, "prelu": prelu, "relu": relu, "relu_": relu_}
"""What these functions are called as methods of Tensor."""

__all__ = ["celu", "celu_", "hardshrink", "prelu", "relu", "relu_", "selu", "selu_", "threshold", "threshold_"]
