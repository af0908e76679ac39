"""Rules of the elementary functions: exponential, trigonometric, hyperbolic, and of the activations built from them."""

from __future__ import annotations

import math

from .kinds import Elementwise as elementwise

exp = elementwise("exp", lambda g, out: g * out)
exp2 = elementwise("exp2", lambda g, out: g * out * math.log(2), forward=lambda x, extras: extras.exp2(x))
expm1 = elementwise("expm1", lambda g, out: g * (out + 1))
log = elementwise("log", lambda g, x: g / x)
log1p = elementwise("log1p", lambda g, x: g / (x + 1))
log2 = elementwise("log2", lambda g, x: g / (x * math.log(2)))
log10 = elementwise("log10", lambda g, x: g / (x * math.log(10)))
sqrt = elementwise("sqrt", lambda g, out: g / (2 * out))
rsqrt = elementwise("rsqrt", lambda g, out: g * (-0.5 * (out * out * out)), forward=lambda x, xp: 1 / xp.sqrt(x))
logaddexp = elementwise(
    "logaddexp",
    lambda g, a, b, xp: g / (1 + xp.exp(b - a)),
    lambda g, a, b, xp: g / (1 + xp.exp(a - b)),
)
hypot = elementwise("hypot", lambda g, a, out: g * (a / out), lambda g, b, out: g * (b / out))

sin = elementwise("sin", lambda g, x, xp: g * xp.cos(x))
cos = elementwise("cos", lambda g, x, xp: g * -xp.sin(x))
tan = elementwise("tan", lambda g, out: g * (1 + out * out))
asin = elementwise("asin", lambda g, x, xp: g / xp.sqrt(1 - x * x))
acos = elementwise("acos", lambda g, x, xp: -g / xp.sqrt(1 - x * x))
atan = elementwise("atan", lambda g, x: g / (1 + x * x))
atan2 = elementwise(
    "atan2",
    lambda g, a, b, extras: g * extras.safe_divide(b, a * a + b * b),
    lambda g, a, b, extras: g * extras.safe_divide(-a, a * a + b * b),
)
sinh = elementwise("sinh", lambda g, x, xp: g * xp.cosh(x))
cosh = elementwise("cosh", lambda g, x, xp: g * xp.sinh(x))
tanh = elementwise("tanh", lambda g, out: g * (1 - out * out))
asinh = elementwise("asinh", lambda g, x, xp: g / xp.sqrt(x * x + 1))
acosh = elementwise("acosh", lambda g, x, xp: g / xp.sqrt(x * x - 1))
atanh = elementwise("atanh", lambda g, x: g / (1 - x * x))

erf = elementwise(
    "erf", lambda g, x, xp: g * (2 / math.sqrt(math.pi)) * xp.exp(-x * x), forward=lambda x, extras: extras.erf(x)
)

sigmoid = elementwise("sigmoid", lambda g, out: g * ((1 - out) * out), forward=lambda x, extras: extras.expit(x))
log_sigmoid = elementwise(
    "log_sigmoid",
    lambda g, x, extras: g * extras.expit(-x),
    forward=lambda x, xp: xp.minimum(x, 0) - xp.log1p(xp.exp(-xp.abs(x))),
    node="LogSigmoidBackward0",
)
relu = elementwise("relu", lambda g, out, xp: xp.where(out > 0, g, 0), forward=lambda x, xp: xp.maximum(x, 0))
leaky_relu = elementwise(
    "leaky_relu",
    lambda g, x, slope, xp: xp.where(x > 0, g, g * slope),
    forward=lambda x, slope, xp: xp.where(x > 0, x, x * slope),
)
elu = elementwise(
    "elu",
    lambda g, x, alpha, xp: xp.where(x > 0, g, g * (alpha * xp.exp(xp.minimum(x, 0)))),
    forward=lambda x, alpha, xp: xp.where(x > 0, x, alpha * xp.expm1(xp.minimum(x, 0))),
)
softplus = elementwise(
    "softplus",
    lambda g, x, beta, threshold, xp, extras: xp.where(x * beta > threshold, g, g * extras.expit(x * beta)),
    forward=lambda x, beta, threshold, xp: xp.where(
        x * beta > threshold, x, (xp.maximum(x * beta, 0) + xp.log1p(xp.exp(-xp.abs(x * beta)))) / beta
    ),
)
silu = elementwise(
    "silu",
    lambda g, x, extras: g * (extras.expit(x) * (1 + x * (1 - extras.expit(x)))),
    forward=lambda x, extras: x * extras.expit(x),
)
gelu = elementwise(
    "gelu",
    lambda g, x, xp, extras: g
    * (0.5 * (1 + extras.erf(x * math.sqrt(0.5))) + x * (xp.exp(-0.5 * x * x) / math.sqrt(2 * math.pi))),
    forward=lambda x, extras: x * (0.5 * (1 + extras.erf(x * math.sqrt(0.5)))),
)
