"""Rules of choices: which operand an element comes from, where it is clamped; and comparisons, which have none."""

from __future__ import annotations

import builtins
from typing import Any

from .kinds import Constant as constant
from .kinds import Elementwise as elementwise
from .kinds import Primitive

where: Primitive = elementwise(
    "where",
    None,
    lambda g, condition, xp: xp.where(condition, g, 0),
    lambda g, condition, xp: xp.where(condition, 0, g),
    operands=("condition", "a", "b"),
)
maximum: Primitive = elementwise(
    "maximum",
    lambda g, a, b, xp: xp.where(a == b, g / 2, xp.where(a < b, 0, g)),
    lambda g, a, b, xp: xp.where(a == b, g / 2, xp.where(a > b, 0, g)),
)
minimum: Primitive = elementwise(
    "minimum",
    lambda g, a, b, xp: xp.where(a == b, g / 2, xp.where(a > b, 0, g)),
    lambda g, a, b, xp: xp.where(a == b, g / 2, xp.where(a < b, 0, g)),
)
fmax: Primitive = elementwise(
    "fmax",
    lambda g, a, b, xp: xp.where((a >= b) | (b != b), g, 0),
    lambda g, a, b, xp: xp.where((a >= b) | (b != b), 0, g),
    forward=lambda a, b, xp: xp.where((a >= b) | (b != b), a, b),
)
fmin: Primitive = elementwise(
    "fmin",
    lambda g, a, b, xp: xp.where((a <= b) | (b != b), g, 0),
    lambda g, a, b, xp: xp.where((a <= b) | (b != b), 0, g),
    forward=lambda a, b, xp: xp.where((a <= b) | (b != b), a, b),
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


clamp: Primitive = elementwise(
    "clamp", lambda g, x, min, max, xp: xp.where(_inside(x, min, max), g, 0), forward=_clamp, node="ClampBackward1"
)
clamp_tensors: Primitive = elementwise(
    "clamp_tensors",
    lambda g, a, b, c, xp: xp.where((a >= b) & (a <= c), g, 0),
    lambda g, a, b, c, xp: xp.where((a < b) & (b < c), g, 0),
    lambda g, a, b, c, xp: xp.where((a > c) | (c < b), g, 0),
    forward=lambda a, b, c, xp: xp.minimum(xp.maximum(a, b), c),
    node="ClampBackward0",
)
clamp_min: Primitive = elementwise(
    "clamp_min",
    lambda g, a, b, xp: xp.where(a >= b, g, 0),
    lambda g, a, b, xp: xp.where(a < b, g, 0),
    forward=lambda a, b, xp: xp.maximum(a, b),
    node="ClampMinBackward1",
)
clamp_max: Primitive = elementwise(
    "clamp_max",
    lambda g, a, b, xp: xp.where(a <= b, g, 0),
    lambda g, a, b, xp: xp.where(a > b, g, 0),
    forward=lambda a, b, xp: xp.minimum(a, b),
    node="ClampMaxBackward1",
)


def _between(a: Any, b: Any, c: Any, xp: Any) -> Any:
    """a + c·(b - a), computed from the nearer end, so that c = 1 gives b exactly."""
    return xp.where(xp.abs(c) < 0.5, a + c * (b - a), b - (b - a) * (1 - c))


lerp: Primitive = elementwise(
    "lerp",
    lambda g, c: g * (1 - c),
    lambda g, c: g * c,
    lambda g, a, b: g * (b - a),
    forward=_between,
    node="LerpBackward1",
)
lerp_scalar: Primitive = elementwise(
    "lerp_scalar",
    lambda g, weight: g * (1 - weight),
    lambda g, weight: g * weight,
    forward=lambda a, b, weight: a + weight * (b - a) if builtins.abs(weight) < 0.5 else b - (b - a) * (1 - weight),
    node="LerpBackward0",
)
copysign: Primitive = elementwise(
    "copysign",
    lambda g, a, out, xp: xp.where(a == 0, 0, xp.where(xp.signbit(a) == xp.signbit(out), g, -g)),
    lambda g, xp: xp.zeros_like(g),
)
nextafter: Primitive = elementwise(
    "nextafter", lambda g: g, lambda g, xp: xp.zeros_like(g), forward=lambda a, b, xp: xp.nextafter(a, b)
)
nan_to_num: Primitive = elementwise(
    "nan_to_num",
    lambda g, x, xp: xp.where(xp.isfinite(x), g, 0),
    forward=lambda x, nan, posinf, neginf, xp: xp.where(
        xp.isfinite(x), x, xp.where(x != x, nan, xp.where(x > 0, posinf, xp.where(x < 0, neginf, x)))
    ),
)

equal: Primitive = constant("equal", None, None)
not_equal: Primitive = constant("not_equal", None, None)
less: Primitive = constant("less", None, None)
less_equal: Primitive = constant("less_equal", None, None)
greater: Primitive = constant("greater", None, None)
greater_equal: Primitive = constant("greater_equal", None, None)
logical_and: Primitive = constant("logical_and", None, None)
logical_or: Primitive = constant("logical_or", None, None)
logical_xor: Primitive = constant("logical_xor", None, None)
logical_not: Primitive = constant("logical_not", None)
bitwise_and: Primitive = constant("bitwise_and", None, None)
bitwise_or: Primitive = constant("bitwise_or", None, None)
bitwise_xor: Primitive = constant("bitwise_xor", None, None)
bitwise_invert: Primitive = constant("bitwise_invert", None)
bitwise_left_shift: Primitive = constant("bitwise_left_shift", None, None)
bitwise_right_shift: Primitive = constant("bitwise_right_shift", None, None)
heaviside: Primitive = constant(
    "heaviside",
    None,
    None,
    forward=lambda a, b, xp: xp.where(a == 0, b, xp.where(a > 0, xp.ones_like(b), xp.zeros_like(b))),
)
gcd: Primitive = constant("gcd", None, None)
lcm: Primitive = constant("lcm", None, None)
isnan: Primitive = constant("isnan", None)
isinf: Primitive = constant("isinf", None)
isfinite: Primitive = constant("isfinite", None)
signbit: Primitive = constant("signbit", None)
