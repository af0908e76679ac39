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
SQRT_HALF = f32(0.707106781186547524)
# pi/4 in three parts, 4/pi, and the polynomials of cos and sin on [-pi/4, pi/4]: row k holds both k-th coefficients.
PI4 = _c(-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8)
FOUR_OVER_PI = f32(1.27323954473516)
TRIG = np.array(
    [
        _c(2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2),
        _c(-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1),
    ]
).T.copy()


def _fma(a: F32, b: F64, c: Any, product: F64, out: F32) -> None:
    """``out = a * b + c``, rounded once, where the float64 `b` and `c` hold float32 values; `product` is room."""
    np.multiply(a, b, out=product)
    np.add(product, c, out=out, casting="same_kind")


def log32(x: F32) -> F32:
    """Natural logarithm of positive normal float32 numbers, as Note [Vector normals] says."""
    bits = x.view(np.int32)
    mantissa = ((bits & 0x7FFFFF) | 0x3F000000).view(f32)
    low = mantissa < SQRT_HALF
    e = (bits >> 23) - 126 - low
    # Exact: the mantissa lies in [0.5, 1), and twice it below sqrt(1/2).
    m = mantissa.astype(np.float64)
    m += m * low
    m -= 1.0
    z = (m * m).astype(f32).astype(np.float64)
    room = np.empty_like(m)
    y = np.full(x.shape, LOG[0], f32)
    for coefficient in LOG[1:]:
        _fma(y, m, coefficient, room, y)
    np.multiply(y, m, out=y, casting="same_kind")
    _fma(y, z, (e * LOG2_LOW).astype(f32), room, y)
    np.subtract(y, 0.5 * z, out=y, casting="same_kind")
    np.add(y, m, out=y, casting="same_kind")
    return (e * LOG2_HIGH + y).astype(f32)


def cos_sin32(x: F32) -> tuple[F32, F32]:
    """Cosine and sine of float32 angles in [0, 2 pi], as Note [Vector normals] says."""
    octant = (x * FOUR_OVER_PI).astype(np.int32)
    octant += 1
    octant &= ~1
    y = octant.astype(np.float64)
    r = x
    for part in PI4:
        r = (y * part + r).astype(f32)
    z = (r * r).astype(np.float64)
    both = np.empty((2, *x.shape), f32)
    room = np.empty(both.shape)
    table = TRIG.reshape(3, 2, *(1,) * x.ndim)
    np.add(z * table[0], table[1], out=both, casting="same_kind")
    _fma(both, z, table[2], room, both)
    np.multiply(both, z, out=both, casting="same_kind")
    cos: F32 = both[0]
    sin: F32 = both[1]
    _fma(cos, z, -0.5 * z, room[0], cos)
    _fma(sin, r.astype(np.float64), r, room[1], sin)
    cos += f32(1.0)
    swap = (octant & 2) != 0
    cos, sin = np.where(swap, sin, cos), np.where(swap, cos, sin)
    # Odd quadrants exchange the two; then cos is negative in quadrants 1 and 2, sin in 2 and 3.
    octant &= 6
    np.negative(sin, out=sin, where=octant >= 4)
    octant -= 2
    np.negative(cos, out=cos, where=octant.view(np.uint32) < 4)
    return cos, sin
