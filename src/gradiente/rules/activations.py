"""Rules of the activations: the nonlinear functions of neural networks.

At a kink a derivative is that of one side, as torch has it: the masks below say which.
"""

from __future__ import annotations

import math
from typing import Any

from .kinds import Elementwise as elementwise
from .kinds import Primitive

SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946
"""The constants of G. Klambauer et al., Self-normalizing neural networks (2017)."""

sigmoid: Primitive = elementwise(
    "sigmoid", lambda g, out: g * ((1 - out) * out), forward=lambda x, extras: extras.expit(x)
)
log_sigmoid: Primitive = elementwise(
    "log_sigmoid",
    lambda g, x, extras: g * extras.expit(-x),
    forward=lambda x, xp: xp.minimum(x, 0) - xp.log1p(xp.exp(-xp.abs(x))),
    node="LogSigmoidBackward0",
)
relu: Primitive = elementwise(
    "relu", lambda g, out, xp: xp.where(out <= 0, 0, g), forward=lambda x, xp: xp.maximum(x, 0)
)
threshold: Primitive = elementwise(
    "threshold",
    lambda g, x, threshold, xp: xp.where(x <= threshold, 0, g),
    forward=lambda x, threshold, value, xp: xp.where(x <= threshold, value, x),
)
hardtanh: Primitive = elementwise(
    "hardtanh",
    lambda g, x, low, high, xp: xp.where((x <= low) | (x >= high), 0, g),
    forward=lambda x, low, high, xp: xp.minimum(xp.maximum(x, low), high),
)
leaky_relu: Primitive = elementwise(
    "leaky_relu",
    lambda g, x, slope, xp: xp.where(x > 0, g, g * slope),
    forward=lambda x, slope, xp: xp.where(x > 0, x, x * slope),
)
prelu: Primitive = elementwise(
    "prelu",
    lambda g, a, b, xp: xp.where(a > 0, g, g * b),
    lambda g, a, xp: xp.where(a > 0, 0, g * a),
    forward=lambda a, b, xp: xp.where(a > 0, a, a * b),
    node="PreluKernelBackward0",
)


def _elu(x: Any, alpha: float, scale: float, xp: Any) -> Any:
    """Where the one term is not 0, the other one is."""
    below, above = xp.expm1(xp.minimum(x, 0)), xp.maximum(x, 0)
    if alpha * scale != 1:
        below = below * (alpha * scale)
    return (above if scale == 1 else above * scale) + below


def _elu_slope(g: Any, x: Any, alpha: float, scale: float, xp: Any) -> Any:
    slope = xp.exp(xp.where(x < 0, x, 0))
    if alpha == 1:  # from 0 on it is 1
        return g * slope if scale == 1 else g * (slope * scale)
    return xp.where(x <= 0, g * ((alpha * scale) * slope), g if scale == 1 else g * scale)


elu: Primitive = elementwise(
    "elu",
    lambda g, x, alpha, xp: _elu_slope(g, x, alpha, 1.0, xp),
    forward=lambda x, alpha, xp: _elu(x, alpha, 1.0, xp),
)
selu: Primitive = elementwise(
    "selu",
    lambda g, x, xp: _elu_slope(g, x, SELU_ALPHA, SELU_SCALE, xp),
    forward=lambda x, xp: _elu(x, SELU_ALPHA, SELU_SCALE, xp),
    node="EluBackward0",
)
celu: Primitive = elementwise(
    "celu",
    lambda g, x, alpha, xp: g * xp.exp(xp.where(x < 0, x, 0) / alpha),
    forward=lambda x, alpha, xp: xp.maximum(x, 0) + alpha * xp.expm1(xp.minimum(x, 0) / alpha),
)


def _softplus(x: Any, beta: float, threshold: float, xp: Any) -> Any:
    """log(1 + e^βx)/β, and x from the threshold on."""
    y = x if beta == 1 else x * beta
    soft = xp.maximum(y, 0) + xp.log1p(xp.exp(-xp.abs(y)))
    return xp.where(y > threshold, x, soft if beta == 1 else soft / beta)


def _softplus_slope(g: Any, x: Any, beta: float, threshold: float, xp: Any, extras: Any) -> Any:
    y = x if beta == 1 else x * beta
    return xp.where(y > threshold, g, g * extras.expit(y))


softplus: Primitive = elementwise("softplus", _softplus_slope, forward=_softplus)


def _silu_slope(x: Any, s: Any) -> Any:
    """With s = σ(x): s·(1 + x·(1 - s))."""
    return s * (1 + x * (1 - s))


silu: Primitive = elementwise(
    "silu",
    lambda g, x, extras: g * _silu_slope(x, extras.expit(x)),
    forward=lambda x, extras: x * extras.expit(x),
)


def _mish_slope(g: Any, x: Any, xp: Any, extras: Any) -> Any:
    """With t = tanh(log(1 + e^x)): t + x·σ(x)·(1 - t²)."""
    t = xp.tanh(xp.logaddexp(x, xp.zeros_like(x)))
    return g * (t + x * (extras.expit(x) * (1 - t * t)))


mish: Primitive = elementwise("mish", _mish_slope, forward=lambda x, xp: x * xp.tanh(xp.logaddexp(x, xp.zeros_like(x))))
gelu: Primitive = elementwise(
    "gelu",
    lambda g, x, xp, extras: (
        g * (0.5 * (1 + extras.erf(x * math.sqrt(0.5))) + x * (xp.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)))
    ),
    forward=lambda x, extras: x * (0.5 * (1 + extras.erf(x * math.sqrt(0.5)))),
)


def _gelu_tanh_slope(g: Any, x: Any, xp: Any) -> Any:
    """The derivative of ½x(1 + tanh u), u = √(2/π)·(x + 0.044715 x³)."""
    t = xp.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * (x * x * x)))
    return g * (0.5 * (1 + t) + (0.5 * math.sqrt(2 / math.pi)) * (x * ((1 - t * t) * (1 + 0.134145 * (x * x)))))


gelu_tanh: Primitive = elementwise(
    "gelu_tanh",
    _gelu_tanh_slope,
    forward=lambda x, xp: 0.5 * x * (1 + xp.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * (x * x * x)))),
    node="GeluBackward0",
)
hardsigmoid: Primitive = elementwise(
    "hardsigmoid",
    lambda g, x, xp: xp.where((x > -3) & (x < 3), g / 6, 0),
    forward=lambda x, xp: xp.minimum(xp.maximum(x + 3, 0), 6) / 6,
)
hardswish: Primitive = elementwise(
    "hardswish",
    lambda g, x, xp: xp.where(x <= -3, 0, xp.where(x < 3, g * (x / 3 + 0.5), g)),
    forward=lambda x, xp: x * (xp.minimum(xp.maximum(x + 3, 0), 6) / 6),
)
softshrink: Primitive = elementwise(
    "softshrink",
    lambda g, x, lambd, xp: xp.where(xp.abs(x) <= lambd, 0, g),
    forward=lambda x, lambd, xp: xp.where(x > lambd, x - lambd, xp.where(x < -lambd, x + lambd, x * 0)),
)
hardshrink: Primitive = elementwise(
    "hardshrink",
    lambda g, x, lambd, xp: xp.where(xp.abs(x) <= lambd, 0, g),
    forward=lambda x, lambd, xp: xp.where(xp.abs(x) <= lambd, 0, x),
)
