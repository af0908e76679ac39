"""One line per primitive of the table: operands and parameters with which all its properties are proved.

A sample stays away from kinks and ties, which have a list of their own in test_kinks.py. All random values of a sample
are distinct, at least 0.02 apart from each other and from 0. Several samples for one primitive are welcome where
branches differ. `complex=True` has it proved for complex operands too, `only_complex=True` for these alone.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradiente.arrays.numpy_indexing import Layout
from gradiente.arrays.numpy_pooling import Runs, Taps
from gradiente.arrays.numpy_windows import Grid
from gradiente.arrays.sparse import Pattern

PATTERN = Pattern(np.array([2, 0, 2, 0, 2]), np.array([1, 3, 1, 0, 2]), (3, 4))
"""Unsorted, with an element named twice, and a row and no column without elements."""


class Draw:
    """Distinct random values between `low` and `high`, of both signs if `signed`."""

    def __init__(self, *shape: int, low: float = 0.3, high: float = 1.7, signed: bool = True) -> None:
        self.shape, self.low, self.high, self.signed = shape, low, high, signed

    def __repr__(self) -> str:
        return f"Draw{self.shape}[{self.low}, {self.high}, {self.signed}]"

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def finished(self, array: Any) -> Any:
        """What the operand is, from its random values."""
        return array

    def projected(self, array: Any) -> Any:
        """The part of a change of the operand that the primitive is differentiated for: all of it."""
        return array


def R(*shape: int) -> Draw:
    """Real, of both signs, not near 0."""
    return Draw(*shape)


def P(*shape: int) -> Draw:
    """Positive."""
    return Draw(*shape, signed=False)


def U(*shape: int) -> Draw:
    """Inside (-1, 1)."""
    return Draw(*shape, low=0.1, high=0.9)


def Unit(*shape: int) -> Draw:
    """Inside (0, 1)."""
    return Draw(*shape, low=0.1, high=0.9, signed=False)


def Above1(*shape: int) -> Draw:
    """Larger than 1."""
    return Draw(*shape, low=1.2, high=3.0, signed=False)


def B(*values: Any) -> Any:
    """Booleans, as they are."""
    return np.array(values, dtype=np.bool_)


def I(*values: Any) -> Any:  # noqa: E743 (the letter that mathematics has for it)
    """Integers, as they are."""
    return np.array(values, dtype=np.int64)


def F(*values: Any) -> Any:
    """Reals, as they are, in the type that is asked for."""
    return np.array(values, dtype=np.float64)


class Sample:
    """The operands and static parameters of one call."""

    def __init__(
        self, name: str, operands: tuple[Any, ...], static: dict[str, Any], complex: bool, only_complex: bool
    ) -> None:
        self.name, self.operands, self.static = name, operands, static
        self.complex, self.only_complex = complex, only_complex

    def __repr__(self) -> str:
        return f"{self.name}{self.operands}{ {k: v for k, v in self.static.items() if not callable(v)} }"

    def arrays(self, rng: np.random.Generator, dtype: str) -> tuple[Any, ...]:
        """The operands as arrays of `dtype`; booleans and integers as they are."""
        draws = [o for o in self.operands if isinstance(o, Draw)]
        parts = [_distinct(draws, rng)]
        if "complex" in dtype:
            parts.append(_distinct(draws, rng))
        out: list[Any] = []
        for operand in self.operands:
            if isinstance(operand, Draw):
                values = [part.pop(0) for part in parts]
                array = values[0] + 1j * values[1] if len(values) == 2 else values[0]
                out.append(np.asarray(operand.finished(array)).astype(dtype))
            else:
                out.append(operand.astype(dtype) if operand is not None and operand.dtype.kind == "f" else operand)
        return tuple(out)

    def projected(self, i: int, array: Any) -> Any:
        """The part of a change of operand i that the primitive is differentiated for."""
        operand = self.operands[i]
        return operand.projected(array) if isinstance(operand, Draw) else array


def _distinct(draws: list[Draw], rng: np.random.Generator) -> list[Any]:
    """Values for all operands at once, so that no two are near each other."""
    total = sum(draw.size for draw in draws)
    grid = (rng.permutation(total) + 0.5 + rng.uniform(-0.2, 0.2, total)) / max(total, 1)
    out: list[Any] = []
    for draw in draws:
        part, grid = grid[: draw.size].reshape(draw.shape), grid[draw.size :]
        order = rng.permutation(draw.size).reshape(draw.shape)
        sign = np.where(order % 2 == 0, -1.0, 1.0) if draw.signed else 1.0  # as many of both signs as possible
        out.append(sign * (draw.low + (draw.high - draw.low) * part))
    return out


SAMPLES: dict[str, tuple[Sample, ...]] = {}


def sample(name: str, *operands: Any, complex: bool = False, only_complex: bool = False, **static: Any) -> None:
    """Add a sample to those of the primitive `name`."""
    SAMPLES[name] = (*SAMPLES.get(name, ()), Sample(name, operands, static, complex, only_complex))


# --- arithmetic
sample("add", R(2, 1), R(3), complex=True)
sample("subtract", R(2, 1), R(3), complex=True)
sample("multiply", R(2, 1), R(3), complex=True)
sample("divide", R(2, 1), R(3), complex=True)
sample("negative", R(2, 3), complex=True)
sample("positive", R(2, 3), complex=True)
sample("abs", R(2, 3))
sample("square", R(2, 3), complex=True)
sample("reciprocal", R(2, 3), complex=True)
sample("power_scalar", R(2, 3), exponent=3, complex=True)
sample("power_scalar", P(3), exponent=-1.5)
sample("power_scalar", R(3), exponent=2)
sample("power_scalar", R(3), exponent=1)
sample("power_scalar", R(3), exponent=0)
sample("pow", P(2, 1), R(3), complex=True)
sample("remainder", R(2, 1), R(3))
sample("fmod", R(2, 1), R(3))
sample("maximum", F([0.6], [-1.3], [0.2]), F(1.0, -0.9, 0.3))
sample("minimum", F([0.6], [-1.3], [0.2]), F(1.0, -0.9, 0.3))
sample("where", B(True, False, True), R(2, 1), R(3), complex=True)
sample("clamp", R(2, 4), min=-1.0, max=1.0)
sample("clamp", R(4), min=0.0, max=None)
sample("clamp", R(4), min=None, max=0.0)
sample("lerp", R(2, 1), R(3), R(1, 3), complex=True)
sample("conj", R(2, 3), complex=True)
sample("real", R(2, 3), only_complex=True)
sample("imag", R(2, 3), only_complex=True)
sample("abs_complex", R(2, 3), only_complex=True)
sample("astype", R(2, 3), dtype=np.dtype("float64"))
sample("astype", R(3), dtype=np.dtype("complex128"), complex=True)
sample("clone", R(2, 3), complex=True)
sample("floor", R(2, 4))
sample("ceil", R(2, 4))
sample("round", R(2, 4))
sample("trunc", R(2, 4))
sample("sign", R(2, 4))

sample("reverse_subtract", R(2, 1), R(3), complex=True)
sample("add_scaled", R(2, 1), R(3), alpha=-1.5, complex=True)
sample("subtract_scaled", R(2, 1), R(3), alpha=-1.5, complex=True)
sample("scaled_add", R(2, 1), R(3), beta=0.5, alpha=-1.5, complex=True)
sample("addcmul", R(2, 1), R(3), R(1, 3), value=1.5, complex=True)
sample("addcdiv", R(2, 1), R(3), R(1, 3), value=1.5, complex=True)
sample("power_scalar", P(3), exponent=0.5)
sample("power_scalar", R(3), exponent=-1)
sample("power_base", R(2, 3), base=2.5)
sample("ldexp", R(2, 1), R(3))
sample("mantissa", F(0.6, -1.2, 3.0), I(0, 1, 2))
sample("nextafter", R(2, 1), R(3))
sample("divide_floor", R(2, 1), R(3))
sample("divide_trunc", R(2, 1), R(3))
sample("round_decimals", F(0.31, -0.57, 1.22), decimals=1)
sample("frac", R(2, 4))
sample("overwrite", R(2, 3), R(3))
sample("complex_of", R(2, 3), R(2, 3))
sample("polar", R(2, 3), R(2, 3))
sample("view_as_real", R(2, 3), only_complex=True)
sample("view_as_complex", R(3, 2))
sample("sgn", R(2, 3), only_complex=True)
sample("angle", R(2, 3))
sample("angle_complex", R(2, 3), only_complex=True)
sample("fmax", F([0.6], [-1.3], [0.2]), F(1.0, -0.9, 0.3))
sample("fmin", F([0.6], [-1.3], [0.2]), F(1.0, -0.9, 0.3))
sample("clamp_tensors", F([0.6], [-1.3]), F(-1.0, -1.1, 1.0), F(1.0, -0.9, 1.1))
sample("clamp_tensors", F(0.2, 1.4), F(1.0, 0.9), F(0.5, 0.4))
sample("clamp_min", F([0.6], [-1.3], [0.2]), F(1.0, -0.9, 0.3))
sample("clamp_max", F([0.6], [-1.3], [0.2]), F(1.0, -0.9, 0.3))
sample("lerp_scalar", R(2, 1), R(3), weight=0.3, complex=True)
sample("lerp_scalar", R(2), R(2), weight=0.8)
sample("copysign", R(2, 1), R(3))
sample("nan_to_num", R(2, 3), nan=0.0, posinf=1.0, neginf=-1.0)

# --- functions
sample("logaddexp2", R(2, 1), R(3))
sample("xlogy", R(2, 1), P(3))
sample("logit", Unit(2, 3), eps=None)
sample("rad2deg", R(2, 3))
sample("deg2rad", R(2, 3))
sample("threshold", P(2, 3), threshold=1.0, value=2.0)
sample("hardtanh", R(2, 3), low=-1.0, high=1.0)
sample("selu", R(2, 3))
sample("celu", R(2, 3), alpha=1.3)
sample("mish", R(2, 3))
sample("gelu_tanh", R(2, 3))
sample("hardsigmoid", Draw(2, 4, low=2.0, high=4.0))
sample("hardswish", Draw(2, 4, low=2.0, high=4.0))
sample("softshrink", R(2, 3), lambd=1.0)
sample("hardshrink", R(2, 3), lambd=1.0)
sample("exp", R(2, 3), complex=True)
sample("exp2", R(2, 3))
sample("expm1", R(2, 3), complex=True)
sample("log", P(2, 3), complex=True)
sample("log1p", P(2, 3), complex=True)
sample("log2", P(2, 3))
sample("log10", P(2, 3))
sample("sqrt", P(2, 3), complex=True)
sample("rsqrt", P(2, 3), complex=True)
sample("logaddexp", R(2, 1), R(3))
sample("hypot", R(2, 1), R(3))
sample("sin", R(2, 3), complex=True)
sample("cos", R(2, 3), complex=True)
sample("tan", U(2, 3), complex=True)
sample("asin", U(2, 3), complex=True)
sample("acos", U(2, 3), complex=True)
sample("atan", U(2, 3), complex=True)
sample("atan2", R(2, 1), R(3))
sample("sinh", R(2, 3), complex=True)
sample("cosh", R(2, 3), complex=True)
sample("tanh", U(2, 3), complex=True)
sample("asinh", U(2, 3), complex=True)
sample("acosh", Above1(2, 3), complex=True)
sample("atanh", U(2, 3), complex=True)
sample("erf", R(2, 3))
sample("sigmoid", R(2, 3), complex=True)
sample("log_sigmoid", R(2, 3))
sample("relu", R(2, 3))
sample("leaky_relu", R(2, 3), slope=0.1)
sample("prelu", R(2, 3), R(3))
sample("elu", R(2, 3), alpha=1.3)
sample("softplus", R(2, 3), beta=1.5, threshold=1.2)
sample("silu", R(2, 3))
sample("gelu", R(2, 3))

# --- special functions
sample("erfc", R(2, 3))
sample("erfcx", R(2, 3))
sample("erfinv", U(2, 3))
sample("ndtr", R(2, 3))
sample("ndtri", Unit(2, 3))
sample("log_ndtr", R(2, 3))
sample("lgamma", R(2, 3))
sample("digamma", P(2, 3))
sample("polygamma", P(2, 3), n=2)
sample("zeta", Above1(2, 1), P(3))
sample("gammainc", P(2, 1), P(3))
sample("gammaincc", P(2, 1), P(3))
sample("bessel_i", R(2, 3), order=0)
sample("bessel_i", R(2, 3), order=1)
sample("scaled_bessel_i", R(2, 3), order=0)
sample("scaled_bessel_i", R(2, 3), order=2)
sample("sinc", R(2, 3), order=0, complex=True)
sample("sinc", R(2, 3), order=2)
sample("entr", P(2, 3))
sample("xlog1py", R(2, 1), P(3))

# --- reductions
sample("sum", R(2, 3), axis=1, keepdims=False, complex=True)
sample("sum", R(2, 3), axis=None, keepdims=True)
sample("mean", R(2, 3), axis=(0,), keepdims=False, complex=True)
sample("mean", R(2, 3), axis=None, keepdims=False)
sample("prod", R(2, 5), axis=1, keepdims=False, complex=True)
sample("prod", R(2, 3), axis=None, keepdims=False)
sample("prod", R(5, 2), axis=0, keepdims=True)
sample("max", R(2, 4), axis=1, keepdims=False)
sample("max", R(4), axis=None, keepdims=True)
sample("min", R(2, 4), axis=0, keepdims=True)
sample("min", R(4), axis=None, keepdims=False)
sample("var", R(2, 4), axis=1, correction=1, keepdims=False)
sample("var", R(2, 3), axis=None, correction=0, keepdims=False)
sample("std", R(2, 4), axis=1, correction=1, keepdims=False)
sample("std", R(2, 3), axis=None, correction=0, keepdims=False)
sample("logsumexp", R(2, 4), axis=1, keepdims=False)
sample("logsumexp", R(2, 2), axis=(0, 1), keepdims=True)
sample("vector_norm", R(2, 3), ord=2, axis=1, keepdims=False)
sample("vector_norm", R(2, 3), ord=1, axis=None, keepdims=False)
sample("vector_norm", R(2, 3), ord=3, axis=1, keepdims=True)
sample("vector_norm", R(2, 3), ord=1.5, axis=1, keepdims=False)
sample("vector_norm", R(2, 3), ord=0, axis=1, keepdims=False)
sample("vector_norm", R(2, 3), ord=math.inf, axis=1, keepdims=False)
sample("vector_norm", R(2, 3), ord=-math.inf, axis=None, keepdims=False)
sample("cumulative_sum", R(2, 4), axis=1, complex=True)
sample("softmax", R(2, 4), axis=1)
sample("log_softmax", R(2, 4), axis=0)

sample("sum", R(2, 3, 2), axis=(0, 2), keepdims=False)
sample("nansum", R(2, 3), axis=1, keepdims=False)
sample("median", R(5), axis=None, keepdims=False)
sample("nanmedian", R(5), axis=None, keepdims=False)
sample("logcumsumexp", R(2, 4), axis=1, complex=True)
sample("logcumsumexp", R(5, 2), axis=0)
sample("pick", R(2, 4), I(1, 3), axis=1, keepdims=False)
sample("pick", R(2, 4), I([1, 0, 0, 1]), axis=0, keepdims=True)
sample("cumulative_prod", R(2, 4), axis=1, complex=True)
sample("cumulative_prod", R(5, 2), axis=0)

# --- shaping
sample("rot90", R(2, 3), k=1, axes=(0, 1), complex=True)
sample("diagonal", R(3, 4), plane=lambda x: x[1, ::2], complex=True)
sample("repeat", R(2, 3), times=(2, 1, 2), complex=True)
sample("alias", R(2, 3), complex=True)
sample("trace", R(3, 3), complex=True)
sample("identity_times", R(), shape=(2, 3), complex=True)
sample("fill", R(2, 3), value=1.5)
sample("index", R(3, 4), index=(slice(None, None, 2), 1), complex=True)
sample("index", R(3, 2), index=([0, 2, 0], [1, 1, 1]))
sample("contiguous", R(2, 3), complex=True)
sample("arranged", R(2, 3, 2, 2), complex=True, order=(0, 2, 3, 1))
sample("copy", R(2, 3), R(2, 3), complex=True)
sample("unbind", R(2, 3), axis=1)
sample("split", R(2, 4), sizes=(1, 3), axis=1)
sample("put_index", R(2, 3), R(2), index=(slice(None), 1), accumulate=False)
sample("put_index", R(4), R(3), index=([0, 2, 0],), accumulate=True)
sample("gather_along_axis", R(2, 3), I([2, 2], [0, 1]), axis=1, complex=True)
sample("scatter_add", R(2, 3), I([2, 2], [0, 1]), R(2, 2), axis=1, complex=True)
sample("scatter_add", R(2, 3), I([2, 2], [0, 1]), R(3, 3), axis=1)
for self_too in (True, False):
    sample("scatter_extreme", R(2, 3), I([0, 2, 0, 2]), R(1, 4), axis=1, largest=self_too, include_self=self_too)
sample("put_along_axis", R(2, 3), I([2, 1], [0, 1]), R(2, 2), axis=1)
sample("masked_fill", R(2, 3), B(True, False, True), R(), complex=True)
sample("embed_view", R(3), view=lambda x: x[1, ...], shape=(2, 3), complex=True)
sample("strided", R(2, 3), layout=Layout((3, 1), (2, 2), (1, 2), 1, 0, 6))
sample("windows", R(2, 5), axis=1, size=3, step=1, complex=True)
sample("fold_windows", R(2, 3, 3), axis=1, size=3, step=1, shape=(2, 5), complex=True)
sample("reshape", R(2, 3), shape=(3, 2), complex=True)
sample("view", R(2, 3), shape=(6,), complex=True)
sample("squeeze", R(2, 1, 3), axis=1, complex=True)
sample("expand_dims", R(2, 3), axis=1, complex=True)
sample("permute_dims", R(2, 3, 2), axes=(2, 0, 1), complex=True)
sample("matrix_transpose", R(2, 2, 3), complex=True)
sample("broadcast_to", R(2, 1), shape=(2, 2, 3), complex=True)
sample("flip", R(2, 3), axis=(0, 1), complex=True)
sample("roll", R(2, 3), shift=(1, 2), axis=(0, 1), complex=True)
sample("concat", R(2, 1), R(2, 3), axis=1, complex=True)
sample("stack", R(2, 2), R(2, 2), axis=1, complex=True)
sample("getitem", R(3, 4), index=(slice(None, None, 2), 1), complex=True)
sample("getitem", R(3, 2), index=([0, 2, 0], [1, 1, 1]))
sample("embed", R(2), index=(slice(None), 1), shape=(2, 3), complex=True)
sample("embed", R(3), index=([0, 2, 0],), shape=(4,))
sample("take_along_axis", R(2, 3), I([2, 2], [0, 1]), axis=1, complex=True)
sample("scatter_along_axis", R(2, 2), I([2, 2], [0, 1]), axis=1, shape=(2, 3), complex=True)
sample("put_view", R(2, 3), R(3), view=lambda x: x[1, ...], complex=True)
sample("clear_view", R(2, 3), view=lambda x: x[:, 1:], complex=True)
sample("tril", R(3, 3), k=0, complex=True)
sample("triu", R(3, 3), k=1, complex=True)

# --- products
sample("matmul", R(2, 3), R(3, 2), complex=True)
sample("matmul", R(2, 1, 2, 2), R(3, 2, 2))
sample("dot", R(3), R(3), complex=True)
sample("cross", R(2, 3), R(2, 3), axis=1, complex=True)
sample("cross", R(3, 4), R(3, 1), axis=0)
sample("mv", R(2, 3), R(3), complex=True)
sample("rows_mv", R(2, 2, 3), R(3), complex=True)
sample("vecmat", R(3), R(3, 2), complex=True)
sample("linear", R(2, 3), R(2, 3), R(2), complex=True)
sample("linear", R(3), R(2, 3), R(2))
sample("linear", R(2, 2, 3), R(2, 3), R(2))
sample("rows_matmul", R(2, 2, 3), R(3, 2), complex=True)
sample("linear_map", R(2, 3), R(2, 3), complex=True)
sample("linear_map", R(2, 1, 3), R(2, 3))
sample("vdot", R(3), R(3), complex=True)
sample("einsum", R(2, 3), R(3, 2), subscripts="ij,jk->ki", complex=True)
sample("einsum", R(2, 3), R(3), subscripts="ij,k->i")

# --- convolutions and pooling
LINE = Grid((2,), (2,), (1,), (0,), (1,))
SPARSE = Grid((2, 2), (1, 2), (1, 0), (0, 1), (2, 1))
sample("convolution", R(2, 4, 5), R(2, 2, 2), R(2), grid=LINE, groups=2, complex=True)
sample("convolution", R(1, 2, 3, 4), R(3, 2, 2, 2), None, grid=SPARSE, groups=1)
sample("convolution", R(1, 2, 3, 4), R(4, 1, 2, 2), R(4), grid=SPARSE, groups=2)
sample("convolution", R(2, 2, 3), R(3, 2, 1), None, grid=Grid((1,), (1,), (0,), (0,), (1,)), groups=1)
sample("transposed_convolution", R(2, 2, 3), R(2, 2, 2), R(4), shape=(2, 4, 5), grid=LINE, groups=2, complex=True)
sample("transposed_convolution", R(1, 3, 2, 2), R(3, 1, 2, 2), None, shape=(1, 1, 3, 4), grid=SPARSE, groups=1)
sample("transposed_convolution", R(1, 4, 2, 2), R(4, 1, 2, 2), R(2), shape=(1, 2, 3, 4), grid=SPARSE, groups=2)
sample("convolve_weight", R(2, 2, 3), R(2, 4, 5), shape=(2, 2, 2), grid=LINE, groups=2, complex=True)
sample("convolve_weight", R(1, 4, 2, 2), R(1, 2, 3, 4), shape=(4, 1, 2, 2), grid=SPARSE, groups=2)
sample("sum_windows", R(2, 3, 4), grid=Grid((2, 3), (1, 2), (1, 0), (0, 1), (1, 1)), divisor=6.0, complex=True)
sample("spread_windows", R(2, 3, 2), shape=(2, 3, 4), grid=Grid((2, 3), (1, 2), (1, 0), (0, 1), (1, 1)), complex=True)
RUNS = Runs((np.array([0, 1]), np.array([0, 1, 3])), (np.array([2, 3]), np.array([2, 3, 4])))
COLUMNS = Grid((2, 3), (1, 2), (1, 1), (1, 1), (2, 1))
sample("unfold_image", R(2, 3, 5), grid=COLUMNS, complex=True)
sample("fold_image", R(2, 12, 9), shape=(2, 2, 3, 5), grid=COLUMNS, complex=True)
sample("sum_windows", R(2, 3, 4), grid=RUNS, divisor=1)
sample("spread_windows", R(2, 2, 3), shape=(2, 3, 4), grid=RUNS)
TAPS = Taps(np.array([[0, 1], [0, 1], [1, 2]]), np.array([[0.7, 0.3], [0.2, 0.8], [1.5, -0.5]]))
sample("blend", R(2, 3, 2), taps=TAPS, axis=1, complex=True)
sample("unblend", R(2, 3), taps=TAPS, axis=1, size=4, complex=True)
sample("take_places", R(2, 3, 2), I([[5, 0, 0]], [[1, 4, 2]]), axes=2, complex=True)
sample("put_places", R(2, 1, 3), I([[5, 0, 0]], [[1, 4, 2]]), shape=(2, 3, 2), axes=2, complex=True)
POINTS = I([[[5, 0, 0]], [[1, -1, 2]]], [[[0, 1, 2]], [[2, 2, -1]]])
sample("sample_points", R(2, 3, 2, 3), R(2, 2, 1, 3), POINTS)
sample("weigh_points", R(2, 3, 1, 3), R(2, 3, 2, 3), POINTS)
sample("spread_points", R(2, 3, 1, 3), R(2, 2, 1, 3), POINTS, shape=(2, 3, 2, 3))
sample("point_index", R(1, 2, 3, 2), sizes=(2, 3))

# --- layers
NORMAL = {"axis": (0, 2), "eps": 0.1, "groups": None, "features": (3, 1)}
sample("normalization", R(2, 3, 2), R(3), R(3), **NORMAL)
sample("normalization", R(2, 3, 2), None, None, **NORMAL)
sample("normalization", R(2, 4), R(4), R(4), axis=(2, 3), eps=0.1, groups=(2, 2, 2, 1), features=(4,))
sample("pair_distances", R(4, 3))
sample("row_distances", R(3, 2), R(4, 2), p=1.0)
sample("row_distances", R(2, 3, 2), R(1, 4, 2), p=2.0)
sample("row_distances", R(2, 3, 2), R(1, 4, 2), p=np.inf)
sample("embedding", R(4, 2), I([0, 2], [2, 1]), padding=-1, by_frequency=False)
sample("sparse_product", R(5), R(4, 2), pattern=PATTERN, complex=True)
sample("sparse_product", R(5), R(4), pattern=PATTERN)
sample("sampled_product", R(3, 2), R(4, 2), pattern=PATTERN, complex=True)
sample("sampled_product", R(3), R(4), pattern=PATTERN)
sample("put_rows", R(2, 2, 3), I([0, 2], [2, 1]), shape=(4, 3))
# --- recurrent layers: x is one vector of (T, B, ·), (B, H), the weights
sample("simple_layer", R(22), R(2, 2), R(3, 2), sizes=(2, 3, 2))
sample("long_short_layer", R(44), R(8, 2), R(1, 2), R(1, 2), sizes=(3, 1, 2))
sample("gated_layer", R(46), R(6, 2), R(2, 2), sizes=(2, 2, 2))
# --- losses
sample("mse_loss", R(2, 3), R(2, 3), reduction="mean")
sample("mse_loss", R(2, 3), R(2, 3), reduction="none")
sample("huber_loss", R(2, 3), R(2, 3), reduction="mean", delta=0.777)
sample("smooth_l1_loss", R(2, 3), R(2, 3), reduction="sum", beta=0.777)
sample("binary_cross_entropy", Unit(2, 3), Unit(2, 3), None, reduction="mean")
sample("binary_cross_entropy", Unit(2, 3), Unit(2, 3), F(0.5, 1.0, 2.0), reduction="none")
sample("binary_cross_entropy_with_logits", R(2, 3), Unit(2, 3), None, None, reduction="mean")
sample("binary_cross_entropy_with_logits", R(2, 3), Unit(2, 3), F(0.5, 1.0, 2.0), F(1.5, 1.0, 0.5), reduction="sum")
sample("soft_margin_loss", R(2, 3), F(1.0, -1.0, 1.0), reduction="mean")
sample("nll_loss", R(3, 4), I(0, 2, 3), None, reduction="mean", total=3.0)
sample("nll_loss", R(3, 4), I(0, 2, 3), F(0.5, 1.0, 2.0), reduction="none", total=3.5)
ALIGNED = (B([True, True, False], [True, True, False]), B([False, False, True], [False, False, False]), I(3, 2))
sample("align", R(4, 2, 3), *ALIGNED)
sample("take_class", R(3, 4), I(0, 2, 3), complex=True)
sample("put_class", R(3), I(0, 2, 3), shape=(3, 4), complex=True)

# --- constants: no derivative, but values under vmap
sample("floor_divide", R(2, 1), R(3))
sample("equal", I([0], [1]), I(0, 1, 2))
sample("not_equal", I([0], [1]), I(0, 1, 2))
sample("less", R(2, 1), R(3))
sample("less_equal", R(2, 1), R(3))
sample("greater", R(2, 1), R(3))
sample("greater_equal", R(2, 1), R(3))
sample("logical_and", B([True], [False]), B(True, False, True))
sample("logical_or", B([True], [False]), B(True, False, True))
sample("logical_xor", B([True], [False]), B(True, False, True))
sample("logical_not", B(True, False, True))
sample("bitwise_and", I([6], [3]), I(1, 2, 4))
sample("bitwise_or", I([6], [3]), I(1, 2, 4))
sample("bitwise_xor", I([6], [3]), I(1, 2, 4))
sample("bitwise_invert", I(6, 3, 0))
sample("bitwise_left_shift", I([6], [3]), I(1, 2, 4))
sample("bitwise_right_shift", I([6], [3]), I(1, 2, 4))
sample("heaviside", R(2, 1), R(3))
sample("isnan", F(0.0, math.nan, 1.0))
sample("isinf", F(0.0, math.inf, 1.0))
sample("isfinite", F(0.0, math.inf, 1.0))
sample("signbit", R(2, 3))
sample("argmax", R(2, 3), axis=1)
sample("argmax", R(2, 3), axis=None, keepdims=False)
sample("argmin", R(2, 3), axis=0, keepdims=True)
sample("argsort", R(2, 3), axis=1, descending=True)
sample("argcummax", R(2, 3), axis=1)
sample("argcummin", R(2, 3), axis=0)
sample("any", B([True, False], [False, False]), axis=1)
sample("all", B([True, True], [False, True]), axis=None)
sample("count_nonzero", B([True, True], [False, True]), axis=0)
