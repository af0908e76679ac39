"""The special functions of the array vocabulary, for NumPy arrays: SciPy's, imported when one is first called.

16-bit types are computed in float32 and rounded once. Where the standard library has a function, SciPy may be missing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from . import numpy_large

Array = Any

NAMES = (
    "bessel_i",
    "bessel_other",
    "digamma",
    "erf",
    "erfc",
    "erfcx",
    "erfinv",
    "gammainc",
    "gammaincc",
    "lgamma",
    "log_ndtr",
    "ndtr",
    "ndtri",
    "orthogonal",
    "polygamma",
    "scaled_bessel_i",
    "sinc",
    "zeta",
)


@cache
def scipy_function(name: str) -> Callable[..., Any]:
    """SciPy's special function of that name. ModuleNotFoundError, which names the extra, if there is no SciPy."""
    try:
        from scipy import special
    except ImportError as error:
        raise ModuleNotFoundError(
            f"No module named 'scipy', which has the special function {name}. "
            "Install the extra `special`: pip install 'gradiente[special]'",
            name="scipy",
        ) from error
    return getattr(special, name)


def computed(name: str, x: Array, *others: Any, first: tuple[Any, ...] = ()) -> Array:
    """SciPy's function `name` of (*first, x, *others), in the type of `x`."""
    function = scipy_function(name)
    operands = (x, *others)
    if x.dtype.itemsize == 2:
        operands = tuple([np.asarray(o, dtype=np.float32) for o in operands])
    with np.errstate(all="ignore"):
        return np.asarray(function(*first, *operands))


def _of(name: str, x: Array, *others: Any, first: tuple[Any, ...] = ()) -> Array:
    return computed(name, x, *others, first=first).astype(x.dtype, copy=False)


def erf(x: Array) -> Array:
    """The error function 2/√π ∫₀ˣ e^(-t²) dt (DLMF 7.2.1)."""
    return numpy_large.erf(x) if x.dtype.char == "f" and x.size >= 256 else _either("erf", math.erf)(x)


def erfc(x: Array) -> Array:
    """The complementary error function 1 - erf(x), accurate where it is small (DLMF 7.2.2)."""
    return _either("erfc", math.erfc)(x)


@cache
def _either(name: str, scalar: Callable[[float], float]) -> Callable[[Array], Array]:
    """SciPy's ufunc, or where SciPy is missing the standard library's function, element by element: equal to 1 ulp."""
    try:
        function: Any = scipy_function(name)
    except ModuleNotFoundError:
        function = np.frompyfunc(scalar, 1, 1)
    return lambda x: np.asarray(function(x), dtype=x.dtype)


def erfcx(x: Array) -> Array:
    """The scaled complementary error function e^(x²)·erfc(x)."""
    return _of("erfcx", x)


def erfinv(x: Array) -> Array:
    """The inverse of the error function."""
    return _of("erfinv", x)


def ndtr(x: Array) -> Array:
    """The distribution function of the standard normal distribution, ½·erfc(-x/√2)."""
    return _of("ndtr", x)


def ndtri(x: Array) -> Array:
    """The inverse of `ndtr`."""
    return _of("ndtri", x)


def log_ndtr(x: Array) -> Array:
    """The logarithm of `ndtr`, accurate where that is tiny."""
    return _of("log_ndtr", x)


def lgamma(x: Array) -> Array:
    """The logarithm of |Γ(x)| (DLMF 5.2.1); ∞ at the poles, and at -∞."""
    out = _of("gammaln", x)
    return np.where(np.isinf(x), np.abs(x), out)


def digamma(x: Array) -> Array:
    """The derivative of log Γ(x) (DLMF 5.2.2)."""
    return _of("digamma", x)


def zeta(a: Array, b: Array) -> Array:
    """The Hurwitz zeta function Σ (b + k)^-a (DLMF 25.11.1)."""
    return _of("zeta", a, b)


def polygamma(x: Array, n: int) -> Array:
    """The n-th derivative of `digamma` (DLMF 5.15.1): (-1)^(n+1)·n!·ζ(n+1, x)."""
    if n == 0:
        return digamma(x)
    wide = np.float64(math.factorial(n) * (-1.0) ** (n + 1)) if n < 171 else np.float64(math.inf * (-1.0) ** (n + 1))
    return (wide * computed("zeta", x, first=(np.asarray(n + 1.0, _wide(x)),))).astype(x.dtype)


def _wide(x: Array) -> Any:
    return np.float32 if x.dtype.itemsize < 8 else np.float64


def gammainc(a: Array, b: Array) -> Array:
    """The regularised lower incomplete gamma function P(a, b) (DLMF 8.2.4)."""
    return _of("gammainc", a, b)


def gammaincc(a: Array, b: Array) -> Array:
    """The regularised upper incomplete gamma function Q(a, b) = 1 - P(a, b) (DLMF 8.2.4)."""
    return _of("gammaincc", a, b)


def bessel_i(x: Array, order: int) -> Array:
    """The modified Bessel function of the first kind (DLMF 10.25.2) of a whole order."""
    return _of(("i0", "i1")[order], x) if order < 2 else _of("iv", x, first=(np.asarray(order, _wide(x)),))


def scaled_bessel_i(x: Array, order: int) -> Array:
    """`bessel_i`, times e^-|x|."""
    return _of(("i0e", "i1e")[order], x) if order < 2 else _of("ive", x, first=(np.asarray(order, _wide(x)),))


def sinc(x: Array, order: int) -> Array:
    """The derivative of that order (0: the function itself) of sin(πx)/(πx).

    From x·f = sin(πx)/π follows x·f⁽ⁿ⁾ + n·f⁽ⁿ⁻¹⁾ = πⁿ⁻¹ sin(πx + nπ/2), which is good where |πx| > n; near 0 the power
    series Σₖ (-π²)ᵏ x²ᵏ⁻ⁿ / ((2k + 1)·(2k - n)!) is.
    """
    if x.dtype.itemsize == 2:
        return sinc(x.astype(np.float32), order).astype(x.dtype)
    with np.errstate(all="ignore"):
        near = np.abs(x) * math.pi < order + 1
        far = np.where(near, 1, x)
        out = np.sin(math.pi * far) / (math.pi * far)
        for n in range(1, order + 1):
            out = (math.pi ** (n - 1) * np.sin(math.pi * far + n * (math.pi / 2)) - n * out) / far
        return np.where(near, _sinc_series(np.where(near, x, 0), order), out).astype(x.dtype, copy=False)


def _sinc_series(x: Array, order: int) -> Array:
    first = (order + 1) // 2
    total = np.zeros_like(x)
    for k in range(first + 14 + order, first - 1, -1):
        total = total + (-(math.pi**2)) ** k / ((2 * k + 1) * math.factorial(2 * k - order)) * x ** (2 * k - order)
    return total


def bessel_other(x: Array, name: str) -> Array:
    """A function of the Bessel family without a derivative: SciPy's of that name, Airy's Ai, the spherical j₀."""
    if name == "airy":
        return scipy_function("airy")(x)[0].astype(x.dtype, copy=False)
    if name == "spherical_j0":
        return np.where(np.isinf(x), 0, np.sinc(x / math.pi)).astype(x.dtype, copy=False)
    return _of(name, x)


# Of p₁ = c·x + d and pₖ₊₁ = ((a₀ + a₁k)·x + b₀ + b₁k)·pₖ - (e₀ + e₁k)·pₖ₋₁, over f₀ + f₁k; p₀ = 1 (DLMF 18.9).
_RECURRENCES: dict[str, tuple[tuple[float, float], ...]] = {
    #             c, d      a         b         e         f
    "chebyshev_t": ((1, 0), (2, 0), (0, 0), (1, 0), (1, 0)),
    "chebyshev_u": ((2, 0), (2, 0), (0, 0), (1, 0), (1, 0)),
    "chebyshev_v": ((2, -1), (2, 0), (0, 0), (1, 0), (1, 0)),
    "chebyshev_w": ((2, 1), (2, 0), (0, 0), (1, 0), (1, 0)),
    "hermite_h": ((2, 0), (2, 0), (0, 0), (0, 2), (1, 0)),
    "hermite_he": ((1, 0), (1, 0), (0, 0), (0, 1), (1, 0)),
    "laguerre": ((-1, 1), (-1, 0), (1, 2), (0, 1), (1, 1)),
    "legendre": ((1, 0), (1, 2), (0, 0), (0, 1), (1, 1)),
}


def orthogonal(x: Array, n: Array, family: str) -> Array:
    """The orthogonal polynomials of a family, of degree n (rounded towards 0), at x; 0 for negative degrees.

    Chebyshev's of degree above 6 inside (-1, 1) by trigonometry, all others by their recurrences.
    """
    dtype = x.dtype
    with np.errstate(all="ignore"):
        x, n = np.broadcast_arrays(x, np.trunc(np.where(np.isnan(n), -1, n)))
        by_angle = (np.abs(x) < 1) & (n > 6) if family.startswith("chebyshev") else np.zeros(x.shape, np.bool_)
        (c, d), (a0, a1), (b0, b1), (e0, e1), (f0, f1) = _RECURRENCES[family]
        before, now = np.ones_like(x), (c * x + d).astype(dtype)
        out = np.where(n < 0, 0, np.where(n == 0, before, now)).astype(dtype)
        waiting = (n > 1) & ~by_angle
        k = 1
        while waiting.any():
            scaled = (((a0 + a1 * k) * x + (b0 + b1 * k)) * now - (e0 + e1 * k) * before) / (f0 + f1 * k)
            before, now, k = now, scaled.astype(dtype), k + 1
            ready = waiting & ((n == k) | np.isnan(now))
            out = np.where(ready, now, out)
            waiting = waiting & ~ready
        return np.where(by_angle, _chebyshev(np.where(by_angle, x, 0), n, family), out).astype(dtype)


def _chebyshev(x: Array, n: Array, family: str) -> Array:
    """Chebyshev's polynomials in terms of the angle whose cosine is x (DLMF 18.5.1 to 18.5.4)."""
    angle = np.arccos(x)
    if family == "chebyshev_t":
        return np.cos(n * angle)
    if family == "chebyshev_u":
        return np.sin((n + 1) * angle) / np.sin(angle)
    if family == "chebyshev_v":
        return np.cos((n + 0.5) * angle) / np.cos(angle / 2)
    return np.sin((n + 0.5) * angle) / np.sin(angle / 2)
