"""What the elementwise functions are compared on: values, types, calls."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

nan, inf = math.nan, math.inf

REAL = [0.3, -0.7, 1.5, -2.25, 3.0, 0.9]
SPECIAL = [0.0, -0.0, 1.0, -1.0, nan, inf, -inf, 0.5, -0.5, 3.0, -3.0, 6.0, 20.0, -20.0]
COMPLEX = [0.4 + 0.3j, -0.6 + 1.2j, 1.5 - 0.7j, -0.2 - 0.1j]

# fmt: off
UNARY = [
    "abs", "absolute", "neg", "negative", "positive", "sign", "sgn", "square", "sqrt", "rsqrt", "reciprocal", "exp",
    "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh",
    "tanh", "asinh", "acosh", "atanh", "arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh", "erf", "erfc",
    "sigmoid", "floor", "ceil", "round", "trunc", "fix", "frac", "relu", "selu", "celu", "logit", "nan_to_num",
    "angle", "rad2deg", "deg2rad", "conj", "conj_physical", "real", "isnan", "isinf", "isfinite", "isreal",
    "signbit", "logical_not", "hardshrink",
]
FUNCTIONAL = [
    "softplus", "leaky_relu", "elu", "silu", "gelu", "logsigmoid", "hardtanh", "relu6", "softsign", "mish",
    "tanhshrink", "hardsigmoid", "hardswish", "softshrink",
]
# fmt: on
"""Those that torch has in `nn.functional` alone; here they stand in `gradiente.ops.activations`."""
# fmt: off
BINARY = [
    "add", "sub", "mul", "div", "true_divide", "floor_divide", "remainder", "fmod", "pow", "float_power", "eq",
    "ne", "lt", "le", "gt", "ge", "rsub", "xlogy", "subtract", "multiply", "divide",
]
PAIRS = [
    "logaddexp", "logaddexp2", "hypot", "atan2", "maximum", "minimum", "fmax", "fmin", "copysign", "ldexp",
    "logical_and", "logical_or", "logical_xor",
]
BITWISE = [
    "bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_left_shift", "bitwise_right_shift",
]
TYPES = [
    "bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", "complex64", "complex128",
]
# fmt: on

TOLERANCE = {
    "float16": (2e-3, 2e-3),
    "float32": (3e-6, 1e-6),
    "float64": (1e-12, 1e-13),
    "complex64": (2e-5, 1e-5),
    "complex128": (1e-11, 1e-12),
}


def same(ours: Any, theirs: Any, what: str, dtype: str | None = None) -> None:
    """Equal dtype, shape and values, up to rounding; NaN equal to NaN."""
    assert (ours is None) == (theirs is None), f"{what}: {ours} against {theirs}"
    if ours is None:
        return
    a, b = np.asarray(ours._array), theirs.detach().resolve_conj().resolve_neg().cpu()
    assert str(ours.dtype) == str(theirs.dtype), f"{what}: {ours.dtype} against {theirs.dtype}"
    b = (b + 0).numpy() if b.dtype.is_floating_point or b.dtype.is_complex else b.numpy()
    assert a.shape == b.shape, f"{what}: shape {a.shape} against {b.shape}"
    rtol, atol = TOLERANCE.get(dtype or str(theirs.dtype).removeprefix("torch."), (0, 0))
    ok = np.isclose(a, b, rtol=rtol, atol=atol, equal_nan=True) if a.dtype.kind in "fc" else a == b
    assert np.all(ok), f"{what}:\n{a}\nagainst\n{b}"
