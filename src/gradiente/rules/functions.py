"""Rules of the elementary functions: exponential, logarithmic, trigonometric, hyperbolic."""

from __future__ import annotations

import math
from typing import Any

from .kinds import Elementwise as elementwise
from .kinds import Primitive

exp: Primitive = elementwise("exp", lambda g, out: g * out)
exp2: Primitive = elementwise("exp2", lambda g, out: g * out * math.log(2), forward=lambda x, extras: extras.exp2(x))
expm1: Primitive = elementwise("expm1", lambda g, out: g * (out + 1))
log: Primitive = elementwise("log", lambda g, x: g / x)
log1p: Primitive = elementwise("log1p", lambda g, x: g / (x + 1), node="Log1PBackward0")
log2: Primitive = elementwise("log2", lambda g, x: g / (x * math.log(2)))
log10: Primitive = elementwise("log10", lambda g, x: g / (x * math.log(10)), forward=lambda x, xp: _log10(x, xp))
sqrt: Primitive = elementwise("sqrt", lambda g, out: g / (2 * out))
rsqrt: Primitive = elementwise(
    "rsqrt", lambda g, out: g * (-0.5 * (out * out * out)), forward=lambda x, xp: 1 / xp.sqrt(x)
)
logaddexp: Primitive = elementwise(
    "logaddexp",
    lambda g, a, b, extras: g * extras.expit(a - b),
    lambda g, a, b, extras: g * extras.expit(b - a),
    forward=lambda a, b, xp: _logaddexp(a, b, xp),
)
logaddexp2: Primitive = elementwise(
    "logaddexp2",
    lambda g, a, b, extras: g * extras.expit((a - b) * math.log(2)),
    lambda g, a, b, extras: g * extras.expit((b - a) * math.log(2)),
    forward=lambda a, b, xp: xp.logaddexp(a * math.log(2), b * math.log(2)) / math.log(2),
)
hypot: Primitive = elementwise("hypot", lambda g, a, out: g * (a / out), lambda g, b, out: g * (b / out))
xlogy: Primitive = elementwise(
    "xlogy",
    lambda g, a, b, xp: g * xp.log(xp.where((a == 0) & (b <= 0), 1, b)),
    lambda g, a, b: g * (a / b),
    forward=lambda a, b, xp: xp.where(a == 0, xp.where(b != b, b, 0), a * xp.log(b)),
)
logit: Primitive = elementwise(
    "logit",
    lambda g, x, eps, xp: _logit_slope(g, x, eps, xp),
    forward=lambda x, eps, xp: _logit(x, eps, xp),
)

sin: Primitive = elementwise("sin", lambda g, x, xp: g * xp.cos(x))
cos: Primitive = elementwise("cos", lambda g, x, xp: g * -xp.sin(x))
tan: Primitive = elementwise("tan", lambda g, out: g * (1 + out * out))
asin: Primitive = elementwise("asin", lambda g, x, xp: g / xp.sqrt(1 - x * x))
acos: Primitive = elementwise("acos", lambda g, x, xp: -g / xp.sqrt(1 - x * x))
atan: Primitive = elementwise("atan", lambda g, x: g / (1 + x * x))
atan2: Primitive = elementwise(
    "atan2",
    lambda g, a, b, extras: g * extras.safe_divide(b, a * a + b * b),
    lambda g, a, b, extras: g * extras.safe_divide(-a, a * a + b * b),
)
sinh: Primitive = elementwise("sinh", lambda g, x, xp: g * xp.cosh(x))
cosh: Primitive = elementwise("cosh", lambda g, x, xp: g * xp.sinh(x))
tanh: Primitive = elementwise("tanh", lambda g, out: g * (1 - out * out))
asinh: Primitive = elementwise("asinh", lambda g, x, xp: g / xp.sqrt(x * x + 1))
acosh: Primitive = elementwise("acosh", lambda g, x, xp: g / (xp.sqrt(x - 1) * xp.sqrt(x + 1)))
atanh: Primitive = elementwise("atanh", lambda g, x: g / (1 - x * x))
rad2deg: Primitive = elementwise(
    "rad2deg", lambda g: g * (180 / math.pi), forward=lambda x: x * (180 / math.pi), node="Rad2DegBackward0"
)
deg2rad: Primitive = elementwise(
    "deg2rad", lambda g: g * (math.pi / 180), forward=lambda x: x * (math.pi / 180), node="Deg2RadBackward0"
)


def _log10(x: Any, xp: Any) -> Any:
    """log10, of float32 in float64: the powers of ten, which people look at, shall give whole numbers."""
    return xp.astype(xp.log10(xp.astype(x, xp.float64)), x.dtype) if x.dtype == xp.float32 else xp.log10(x)


def _logaddexp(a: Any, b: Any, xp: Any) -> Any:
    """log(e^a + e^b); of complex exponents the one with the larger real part is what the other is added to."""
    if not xp.isdtype(a.dtype, "complex floating"):
        return xp.logaddexp(a, b)
    first = xp.real(a) >= xp.real(b)
    top, low = xp.where(first, a, b), xp.where(first, b, a)
    return xp.where(top == low, top + math.log(2), top + xp.log1p(xp.exp(low - top)))


def _logit(x: Any, eps: float | None, xp: Any) -> Any:
    """log(x / (1 - x)), after clamping x to [eps, 1 - eps] where eps is given."""
    if eps is not None:
        x = xp.minimum(xp.maximum(x, eps), 1 - eps)
    return xp.log(x / (1 - x))


def _logit_slope(g: Any, x: Any, eps: float | None, xp: Any) -> Any:
    """The derivative of `logit`: 0 where x was clamped; without eps, NaN outside [0, 1]."""
    low, beyond = (0, math.nan) if eps is None else (eps, 0)
    inside = (x >= low) & (x <= 1 - low)
    return xp.where(inside, g / xp.where(inside, x * (1 - x), 1), beyond)
