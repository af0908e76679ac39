"""Rules of arithmetic: sums, products, powers, comparisons, choices."""

from __future__ import annotations

from typing import Any

from .kinds import Constant as constant
from .kinds import Elementwise as elementwise
from .kinds import General as general
from .kinds import Linear as linear

add = elementwise("add", lambda g: g, lambda g: g)
subtract = elementwise("subtract", lambda g: g, lambda g: -g, node="SubBackward0")
multiply = elementwise("multiply", lambda g, b: g * b, lambda g, a: g * a, node="MulBackward0")
divide = elementwise("divide", lambda g, b: g / b, lambda g, a, b: -g * (a / b) / b, node="DivBackward0")
negative = elementwise("negative", lambda g: -g, node="NegBackward0")
positive = elementwise("positive", lambda g: g, node="AliasBackward0")
abs = elementwise("abs", lambda g, x, xp: g * xp.sign(x))
square = elementwise("square", lambda g, x: g * (2 * x), node="PowBackward0")
reciprocal = elementwise("reciprocal", lambda g, out: -g * (out * out))


def _power_slope(x: Any, exponent: Any) -> Any:
    """The derivative of x**exponent for a constant exponent: 0 where the exponent is 0, as torch has it."""
    if exponent == 0:
        return 0
    if exponent == 2:
        return 2 * x
    return exponent if exponent == 1 else exponent * x ** (exponent - 1)


power_scalar = elementwise(
    "power_scalar",
    lambda g, x, exponent: g * _power_slope(x, exponent),
    forward=lambda x, exponent: x**exponent,
    node="PowBackward0",
)
pow = elementwise(
    "pow",
    lambda g, a, b, xp: g * (b * a ** xp.where(b == 0, b, b - 1)),
    lambda g, a, b, out, xp: g * (out * xp.log(xp.where((a == 0) & (b >= 0), 1, a))),
    node="PowBackward1",
)
remainder = elementwise("remainder", lambda g: g, lambda g, a, b, xp: -g * xp.floor_divide(a, b))
fmod = elementwise(
    "fmod",
    lambda g: g,
    lambda g, a, b, xp: -g * xp.trunc(a / b),
    forward=lambda a, b, extras: extras.fmod(a, b),
)
maximum = elementwise(
    "maximum",
    lambda g, a, b, xp: xp.where(a == b, g / 2, xp.where(a < b, 0, g)),
    lambda g, a, b, xp: xp.where(a == b, g / 2, xp.where(a > b, 0, g)),
)
minimum = elementwise(
    "minimum",
    lambda g, a, b, xp: xp.where(a == b, g / 2, xp.where(a > b, 0, g)),
    lambda g, a, b, xp: xp.where(a == b, g / 2, xp.where(a < b, 0, g)),
)
where = elementwise(
    "where",
    None,
    lambda g, condition, xp: xp.where(condition, g, 0),
    lambda g, condition, xp: xp.where(condition, 0, g),
    operands=("condition", "a", "b"),
)


def _inside(x: Any, min: Any, max: Any) -> Any:
    """Where x lies within the bounds, the bounds included."""
    if max is None:
        return x >= min
    return x <= max if min is None else (x >= min) & (x <= max)


def _clamp(x: Any, min: Any, max: Any, xp: Any) -> Any:
    if min is not None:
        x = xp.maximum(x, min)
    return x if max is None else xp.minimum(x, max)


clamp = elementwise(
    "clamp", lambda g, x, min, max, xp: xp.where(_inside(x, min, max), g, 0), forward=_clamp, node="ClampBackward1"
)
lerp = elementwise(
    "lerp",
    lambda g, c: g * (1 - c),
    lambda g, c: g * c,
    lambda g, a, b: g * (b - a),
    forward=lambda a, b, c: a + c * (b - a),
    node="LerpBackward1",
)
conj = general("conj", lambda g, xp: xp.conj(g), jvp=lambda t, xp: xp.conj(t))
real = general("real", lambda g: g, jvp=lambda t, xp: xp.real(t))
imag = general("imag", lambda g: g * 1j, jvp=lambda t, xp: xp.imag(t))
abs_complex = general(
    "abs_complex",
    lambda g, x, xp: g * xp.sign(x),
    forward=lambda x, xp: xp.abs(x),
    jvp=lambda t, x, xp: xp.real(t * xp.conj(xp.sign(x))),
    node="AbsBackward0",
)
astype = linear(
    "astype",
    lambda g: g,
    forward=lambda x, dtype, xp: xp.astype(x, dtype),
    node="ToCopyBackward0",
)
clone = linear("clone", lambda g: g, forward=lambda x, xp: xp.asarray(x, copy=True))

equal = constant("equal", None, None)
not_equal = constant("not_equal", None, None)
less = constant("less", None, None)
less_equal = constant("less_equal", None, None)
greater = constant("greater", None, None)
greater_equal = constant("greater_equal", None, None)
logical_and = constant("logical_and", None, None)
logical_or = constant("logical_or", None, None)
logical_xor = constant("logical_xor", None, None)
logical_not = constant("logical_not", None)
bitwise_and = constant("bitwise_and", None, None)
bitwise_or = constant("bitwise_or", None, None)
bitwise_xor = constant("bitwise_xor", None, None)
bitwise_invert = constant("bitwise_invert", None)
bitwise_left_shift = constant("bitwise_left_shift", None, None)
bitwise_right_shift = constant("bitwise_right_shift", None, None)
floor_divide = constant("floor_divide", None, None)
isnan = constant("isnan", None)
isinf = constant("isinf", None)
isfinite = constant("isfinite", None)
signbit = constant("signbit", None)
# torch gives these a node whose cotangent is zero, so that a graph may go through them.
floor = elementwise("floor", lambda g, xp: xp.zeros_like(g))
ceil = elementwise("ceil", lambda g, xp: xp.zeros_like(g))
round = elementwise("round", lambda g, xp: xp.zeros_like(g))
trunc = elementwise("trunc", lambda g, xp: xp.zeros_like(g))
sign = elementwise("sign", lambda g, xp: xp.zeros_like(g))
