"""Fused multiply-adds, libm's functions over arrays, and the float32 log, sin and cos of torch's vector normals.

Note [Fused multiply-adds]. Torch's AVX2 and AVX-512 builds round ``x * scale + shift`` once. float32: the product
of two float32 is exact in float64, so one float64 addition and one rounding give the fused result, except where the
float64 sum rounds onto a tie (about once in 2**29 roundings, one float32 ulp). float64: the rounding errors of the
product and of the sum are computed exactly (Dekker 1971) and added back. On a CPU without FMA torch rounds twice,
and differs in the last bit.

Note [libm]. NumPy's float64 log and log1p are vectorised where the CPU has AVX-512, and differ from the C library's
in a last bit here and there. Python's math module calls the C library, as torch does, so the functions below map it
over the elements (about 50 ns each). exp(i t) of NumPy calls the C library's sin and cos and needs no loop.

Note [Vector normals]. For 16 float32 elements and more torch evaluates log, sin and cos with the single-precision
polynomials of Moshier's Cephes library, every multiply-add fused. The functions here evaluate the same polynomials in
float64 and round to float32 after each step; a float64 array thus holds float32 values throughout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    F32 = NDArray[np.float32]
    F64 = NDArray[np.float64]

f32 = np.float32


def libm(function: Callable[[float], float], x: F64) -> F64:
    """`function` (of the math module) of every element of the 1-D array `x`; see Note [libm]."""
    return np.fromiter(map(function, x.tolist()), np.float64, x.size)


def _split(x: Any) -> tuple[Any, Any]:
    scaled = 134217729.0 * x  # 2**27 + 1: cuts 53 bits into 26 + 26
    high = scaled - (scaled - x)
    return high, x - high


def fma64(x: F64, scale: float, shift: float) -> F64:
    """``x * scale + shift`` rounded once; see Note [Fused multiply-adds]."""
    if scale == 1.0:
        return x + shift
    if shift == 0.0:
        return x * scale + shift  # the sum turns -0.0 into 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        y = np.float64(scale)
        product = x * y
        xh, xl = _split(x)
        yh, yl = _split(y)
        product_error = ((xh * yh - product) + xh * yl + xl * yh) + xl * yl
        total = product + shift
        back = total - product
        error = product_error + ((product - (total - back)) + (shift - back))
        # Splitting overflows above 2**996; such results are inf or have no room for the correction.
        return np.where(np.isfinite(error), total + error, total)


def fma32(x: F32, scale: float, shift: float) -> F32:
    """``x * scale + shift`` in float32, rounded once; see Note [Fused multiply-adds]."""
    a, b = f32(scale), f32(shift)
    if a == 1:
        return x + b
    if b == 0:
        return x * a + b  # the sum turns -0.0 into 0.0
    out = x.astype(np.float64)
    out *= np.float64(a)
    out += np.float64(b)
    with np.errstate(over="ignore"):
        return out.astype(f32)


def _c(*values: float) -> tuple[float, ...]:
    return tuple(float(f32(v)) for v in values)


# Cephes logf.c and sinf.c (Moshier): log(1 + x) / x**3 on [sqrt(1/2) - 1, sqrt(2) - 1], and log(2) in two parts.
LOG = _c(
    7.0376836292e-2,
    -1.1514610310e-1,
    1.1676998740e-1,
    -1.2420140846e-1,
    1.4249322787e-1,
    -1.6668057665e-1,
    2.0000714765e-1,
    -2.4999993993e-1,
    3.3333331174e-1,
)
LOG2_LOW, LOG2_HIGH = _c(-2.12194440e-4, 0.693359375)
ONE, SQRT_HALF = 0x3F800000, 0x3F3504F3  # the bits of 1 and of sqrt(1/2) in float32
# pi/4 in three parts, 4/pi, and the polynomials of cos and sin on [-pi/4, pi/4].
PI4 = _c(-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8)
FOUR_OVER_PI = f32(1.27323954473516)
COS = _c(2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
SIN = _c(-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)


def _rounded(x: F64, short: F32) -> None:
    """Round the float64 numbers `x` to float32, in place; `short` is room."""
    short[...] = x
    x[...] = short


def _horner(y: F64, x: F64, c: Any, short: F32) -> None:
    """``y = y * x + c``, rounded once to float32; `y`, `x` and `c` hold float32 values, `short` is room."""
    y *= x
    y += c
    _rounded(y, short)


def log32(x: F32) -> F32:
    """Natural logarithm of positive normal float32 numbers, as Note [Vector normals] says."""
    shifted = x.view(np.int32) + (ONE - SQRT_HALF)
    e = (shifted >> 23).astype(np.float64)
    e -= 127.0
    shifted &= 0x7FFFFF
    shifted += SQRT_HALF  # the bits of the mantissa, which lies in [sqrt(1/2), sqrt(2))
    m = shifted.view(f32).astype(np.float64)
    m -= 1.0
    short = np.empty(x.shape, f32)
    z = m * m
    _rounded(z, short)
    y = m * LOG[0]
    y += LOG[1]
    _rounded(y, short)
    for coefficient in LOG[2:]:
        _horner(y, m, coefficient, short)
    y *= m
    _rounded(y, short)
    low = e * LOG2_LOW
    _rounded(low, short)
    _horner(y, z, low, short)
    z *= 0.5
    y -= z
    _rounded(y, short)
    y += m
    _rounded(y, short)
    e *= LOG2_HIGH
    y += e
    short[...] = y
    return short


def cos_sin32(x: F32) -> tuple[F32, F32]:
    """Cosine and sine of float32 angles in [0, 2 pi], as Note [Vector normals] says."""
    octant = (x * FOUR_OVER_PI).astype(np.int32)
    octant += 1
    octant &= ~1
    y = octant.astype(np.float64)
    short = np.empty(x.shape, f32)
    r = x.astype(np.float64)
    room = np.empty_like(r)
    for part in PI4:
        np.multiply(y, part, out=room)
        r += room
        _rounded(r, short)
    z = r * r
    _rounded(z, short)
    cos, sin = z * COS[0], z * SIN[0]
    for value, table in ((cos, COS), (sin, SIN)):
        value += table[1]
        _rounded(value, short)
        _horner(value, z, table[2], short)
        value *= z
        _rounded(value, short)
    np.multiply(z, -0.5, out=room)
    _horner(cos, z, room, short)
    cos += 1.0
    sin *= r
    sin += r
    return _turned(cos.astype(f32), sin.astype(f32), octant)


def _turned(cos: F32, sin: F32, octant: NDArray[np.int32]) -> tuple[F32, F32]:
    """Exchange the two in odd quadrants; then cos is negative in quadrants 1 and 2, sin in 2 and 3. All by bits."""
    c, s = cos.view(np.int32), sin.view(np.int32)
    different = c ^ s
    different &= -((octant >> 1) & 1)
    c ^= different
    s ^= different
    s ^= (octant & 4) << 29
    octant += 2
    c ^= (octant & 4) << 29
    return cos, sin
