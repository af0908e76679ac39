"""Rules of arithmetic: sums, products, quotients, powers, rounding, and the parts of complex numbers."""

from __future__ import annotations

import cmath
import math
from typing import Any

from .kinds import Constant as constant
from .kinds import Elementwise as elementwise
from .kinds import General as general
from .kinds import Linear as linear
from .kinds import Primitive

add: Primitive = elementwise("add", lambda g: g, lambda g: g)
subtract: Primitive = elementwise("subtract", lambda g: g, lambda g: -g, node="SubBackward0")
reverse_subtract: Primitive = elementwise(
    "reverse_subtract", lambda g: -g, lambda g: g, forward=lambda a, b: b - a, node="RsubBackward1"
)
add_scaled: Primitive = elementwise(
    "add_scaled",
    lambda g: g,
    lambda g, alpha: g * alpha,
    forward=lambda a, b, alpha: a + alpha * b,
    node="AddBackward0",
)
subtract_scaled: Primitive = elementwise(
    "subtract_scaled",
    lambda g: g,
    lambda g, alpha: -g * alpha,
    forward=lambda a, b, alpha: a - alpha * b,
    node="SubBackward0",
)
multiply: Primitive = elementwise("multiply", lambda g, b: g * b, lambda g, a: g * a, node="MulBackward0")
divide: Primitive = elementwise("divide", lambda g, b: g / b, lambda g, a, b: -g * (a / b) / b, node="DivBackward0")
negative: Primitive = elementwise("negative", lambda g: -g, node="NegBackward0")
positive: Primitive = elementwise("positive", lambda g: g, node="AliasBackward0")
abs: Primitive = elementwise("abs", lambda g, x, xp: xp.where(x != x, 0, g * xp.sign(x)))
square: Primitive = elementwise("square", lambda g, x: g * (2 * x), forward=lambda x: x * x, node="PowBackward0")
reciprocal: Primitive = elementwise("reciprocal", lambda g, out: -g * (out * out), forward=lambda x: 1 / x)
addcmul: Primitive = elementwise(
    "addcmul",
    lambda g: g,
    lambda g, c, value: g * (c * value),
    lambda g, b, value: g * (b * value),
    forward=lambda a, b, c, value: a + (b * c if value == 1 else value * b * c),
)
addcdiv: Primitive = elementwise(
    "addcdiv",
    lambda g: g,
    lambda g, c, value: g * (value / c),
    lambda g, b, c, value: -g * (value * (b / c) / c),
    forward=lambda a, b, c, value: a + value * (b / c),
)


def _power(x: Any, exponent: Any, xp: Any) -> Any:
    """x**exponent for a constant exponent; the frequent ones by products and roots, which round better than `pow`."""
    if exponent == 2:
        return x * x
    if exponent == 3:
        return x * x * x
    if exponent == 0.5:
        return xp.sqrt(x)
    if exponent == -1:
        return 1 / x
    if exponent == -2:
        return 1 / (x * x)
    return 1 / xp.sqrt(x) if exponent == -0.5 else x**exponent


def _power_slope(g: Any, x: Any, exponent: Any, xp: Any) -> Any:
    """g · d/dx x**exponent for a constant exponent; 0 where the exponent is 0, whatever x is."""
    if exponent == 0:
        return xp.zeros_like(g)
    if exponent == 1:
        return g
    return g * (2 * x) if exponent == 2 else g * (exponent * x ** (exponent - 1))


power_scalar: Primitive = elementwise(
    "power_scalar",
    lambda g, x, exponent, xp: _power_slope(g, x, exponent, xp),
    forward=_power,
    node="PowBackward0",
)


def _base_slope(g: Any, x: Any, out: Any, base: Any, xp: Any) -> Any:
    """g · d/dx base**x for a constant base: the logarithm's infinity at 0 counts only for negative x."""
    if base == 0:
        return xp.where(_real_part(x, xp) >= 0, 0, g * -out)
    if isinstance(base, complex) or xp.isdtype(out.dtype, "complex floating"):
        return g * (out * cmath.log(base))
    return g * (out * (math.log(base) if base > 0 else math.nan))


power_base: Primitive = elementwise(
    "power_base",
    lambda g, x, out, base, xp: _base_slope(g, x, out, base, xp),
    forward=lambda x, base: base**x,
    node="PowBackward2",
)


def _real_part(x: Any, xp: Any) -> Any:
    return xp.real(x) if xp.isdtype(x.dtype, "complex floating") else x


def _zero_to_the(a: Any, b: Any, xp: Any) -> Any:
    """Where a**b is 0**b with b >= 0, so that its derivative by b counts as 0."""
    return (a == 0) & (_real_part(b, xp) >= 0)


pow: Primitive = elementwise(
    "pow",
    lambda g, a, b, xp: g * (b * a ** xp.where((b == 0) & ((a == 0) | (a != a)), b, b - 1)),
    lambda g, a, b, out, xp: g * (out * xp.log(xp.where(_zero_to_the(a, b, xp), 1, a))),
    node="PowBackward1",
)
ldexp: Primitive = elementwise(
    "ldexp",
    lambda g, b, extras: g * extras.exp2(b),
    lambda g, out: g * (out * math.log(2)),
    forward=lambda a, b, extras: a * extras.exp2(b),
)

mantissa: Primitive = elementwise(
    "mantissa",
    lambda g, b, extras: g / extras.exp2(b),
    None,
    forward=lambda a, b, extras: extras.mantissa(a),
    node="FrexpBackward0",
)
exponent: Primitive = constant("exponent", None, forward=lambda x, extras: extras.exponent(x), operands=("x",))


def _remainder(a: Any, b: Any, xp: Any, extras: Any) -> Any:
    """a - b·floor(a/b); the sign of a zero is that of a, as C's fmod has it."""
    if xp.isdtype(a.dtype, "integral"):
        return xp.remainder(a, b)
    rest = extras.fmod(a, b)
    return xp.where((rest != 0) & ((rest < 0) != (b < 0)), rest + b, rest)


def _truncated(a: Any, b: Any, xp: Any) -> Any:
    """The quotient, rounded towards zero."""
    if not xp.isdtype(a.dtype, "integral"):
        return xp.trunc(a / b)
    down = xp.floor_divide(a, b)
    return xp.where((xp.remainder(a, b) != 0) & ((a < 0) != (b < 0)), down + 1, down)


remainder: Primitive = elementwise(
    "remainder",
    lambda g: g,
    lambda g, a, b, xp: -g * xp.floor_divide(a, b),
    forward=_remainder,
    node="RemainderBackward1",
)
fmod: Primitive = elementwise(
    "fmod",
    lambda g: g,
    lambda g, a, b, xp: -g * xp.trunc(a / b),
    forward=lambda a, b, extras: extras.fmod(a, b),
    node="FmodBackward1",
)
floor_divide: Primitive = constant("floor_divide", None, None)
# torch gives these a node whose cotangent is zero, so that a graph may go through them.
divide_floor: Primitive = elementwise(
    "divide_floor",
    lambda g, xp: xp.zeros_like(g),
    lambda g, xp: xp.zeros_like(g),
    forward=lambda a, b, xp: xp.floor_divide(a, b),
    node="DivBackward2",
)
divide_trunc: Primitive = elementwise(
    "divide_trunc",
    lambda g, xp: xp.zeros_like(g),
    lambda g, xp: xp.zeros_like(g),
    forward=_truncated,
    node="DivBackward2",
)
floor: Primitive = elementwise("floor", lambda g, xp: xp.zeros_like(g))
ceil: Primitive = elementwise("ceil", lambda g, xp: xp.zeros_like(g))
round: Primitive = elementwise("round", lambda g, xp: xp.zeros_like(g))
trunc: Primitive = elementwise("trunc", lambda g, xp: xp.zeros_like(g))
round_decimals: Primitive = elementwise(
    "round_decimals",
    lambda g, xp: xp.zeros_like(g),
    forward=lambda x, decimals, xp: (
        xp.round(x * 10.0**decimals) / 10.0**decimals
        if decimals > 0
        else xp.round(x / 10.0**-decimals) * 10.0**-decimals
    ),
    node="RoundBackward1",
)
frac: Primitive = elementwise("frac", lambda g: g, forward=lambda x, xp: x - xp.trunc(x))
sign: Primitive = elementwise(
    "sign",
    lambda g, xp: xp.zeros_like(g),
    forward=lambda x, xp: x if xp.isdtype(x.dtype, "bool") else xp.where(x == x, xp.sign(x), xp.zeros_like(x)),
)
overwrite: Primitive = elementwise(
    "overwrite",
    lambda g, xp: xp.zeros_like(g),
    lambda g: g,
    forward=lambda a, b, xp: xp.asarray(xp.broadcast_to(b, a.shape), copy=True),
    node="FillBackward3",
)

conj: Primitive = general("conj", lambda g, xp: xp.conj(g), jvp=lambda t, xp: xp.conj(t))
real: Primitive = general("real", lambda g: g, jvp=lambda t, xp: xp.real(t), node="SelectBackward0")
imag: Primitive = general("imag", lambda g: g * -1j, jvp=lambda t, xp: xp.imag(t), node="SelectBackward0")
complex_of: Primitive = general(
    "complex_of",
    lambda g, xp: xp.real(g),
    lambda g, xp: -xp.imag(g),
    forward=lambda a, b, extras: extras.complex_of(a, b),
    jvp=lambda t, i: t * 1j if i == 1 else t * (1 + 0j),
    node="ComplexBackward0",
)
view_as_real: Primitive = general(
    "view_as_real",
    lambda g, extras: extras.complex_of(g[..., 0], -g[..., 1]),
    forward=lambda x, extras: extras.as_real(x),
    jvp=lambda t, xp: xp.stack((xp.real(t), xp.imag(t)), axis=-1),
)
view_as_complex: Primitive = general(
    "view_as_complex",
    lambda g, xp: xp.stack((xp.real(g), -xp.imag(g)), axis=-1),
    forward=lambda x, extras: extras.as_complex(x),
    jvp=lambda t, extras: extras.complex_of(t[..., 0], t[..., 1]),
)
polar: Primitive = general(
    "polar",
    lambda g, b, xp: xp.real(g) * xp.cos(b) - xp.imag(g) * xp.sin(b),
    lambda g, a, b, xp: -a * (xp.real(g) * xp.sin(b) + xp.imag(g) * xp.cos(b)),
    forward=lambda a, b, xp, extras: extras.complex_of(a * xp.cos(b), a * xp.sin(b)),
    jvp=lambda t, i, a, b, extras, xp: extras.complex_of(
        t * xp.cos(b) if i == 0 else -a * t * xp.sin(b), t * xp.sin(b) if i == 0 else a * t * xp.cos(b)
    ),
)
abs_complex: Primitive = general(
    "abs_complex",
    lambda g, x, xp: g * xp.conj(xp.sign(x)),
    forward=lambda x, xp: xp.abs(x),
    jvp=lambda t, x, xp: xp.real(t * xp.conj(xp.sign(x))),
    node="AbsBackward0",
)
sgn: Primitive = general(
    "sgn",
    lambda g, x, out, xp, extras: extras.safe_divide(g - xp.conj(out) * xp.real(out * g), xp.abs(x)),
    forward=lambda x, xp: xp.sign(x),
    jvp=lambda t, x, out, xp, extras: extras.safe_divide(t - out * xp.real(xp.conj(out) * t), xp.abs(x)),
)
angle: Primitive = elementwise(
    "angle",
    lambda g, xp: xp.zeros_like(g),
    forward=lambda x, xp: xp.where(x < 0, math.pi, xp.where(x == x, xp.zeros_like(x), x)),
)
angle_complex: Primitive = general(
    "angle_complex",
    lambda g, x, xp, extras: extras.safe_divide(g * xp.conj(x * 1j), xp.real(x) * xp.real(x) + xp.imag(x) * xp.imag(x)),
    forward=lambda x, xp: xp.atan2(xp.imag(x), xp.real(x)),
    jvp=lambda t, x, xp, extras: extras.safe_divide(
        xp.imag(xp.conj(x) * t), xp.real(x) * xp.real(x) + xp.imag(x) * xp.imag(x)
    ),
    node="AngleBackward0",
)
astype: Primitive = linear(
    "astype",
    lambda g: g,
    forward=lambda x, dtype, xp: xp.astype(x, dtype),
    node="ToCopyBackward0",
)
clone: Primitive = linear("clone", lambda g: g, forward=lambda x, extras: extras.dense_copy(x))
