"""Continuous and waiting-time distributions by transformation of uniforms: exponential, Cauchy, log-normal, geometric.

All of them take float64 uniforms and round the float64 result to the dtype at the end.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ._errors import C_NAMES, FLOATS, SCALAR_NAMES, UNSIGNED, count, not_implemented, require_float
from ._fused import fma64, libm
from .generator import Generator, default_generator
from .normals import standard_pairs, to_dtype

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

    Array = NDArray[Any]

C_COMPLEX = {"complex64": "c10::complex<float>", "complex128": "c10::complex<double>"}


def _doubles(generator: Generator | None, shape: tuple[int, ...]) -> NDArray[np.float64]:
    n = count(shape)
    generator = generator or default_generator
    with generator.lock:
        return generator.doubles(n)


def exponential(generator: Generator | None, shape: tuple[int, ...], dtype: DTypeLike, lambd: float = 1.0) -> Array:
    """Exponential numbers, ``-log(1 - u) / lambd``: torch's ``exponential_``.

    Args:
        generator: the source; None for `default_generator`.
        shape: the shape of the result.
        dtype: float16, float32 or float64.
        lambd: the rate, > 0.

    Returns:
        An array of `shape` and `dtype`.

    Raises:
        RuntimeError: the rate is not positive; the dtype is not floating-point.

    Source: Devroye, Non-Uniform Random Variate Generation (1986), section II.2.

    Example:
        >>> from gradiente.random import Generator, exponential
        >>> exponential(Generator().manual_seed(0), (2,), "float64")
        array([3.50832619, 1.23038476])
    """
    dtype = np.dtype(dtype)
    if dtype.char not in FLOATS:
        raise RuntimeError(
            "Exponential distribution is a continuous probability distribution. "
            f"dtype must be a floating point but you specified {SCALAR_NAMES.get(dtype.name, dtype.name)}"
        )
    if not lambd > 0.0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd:g}")
    u = _doubles(generator, shape)
    with np.errstate(over="ignore"):
        return to_dtype((-1.0 / lambd) * libm(math.log1p, -u), dtype).reshape(shape)


def cauchy(
    generator: Generator | None, shape: tuple[int, ...], dtype: DTypeLike, median: float = 0.0, sigma: float = 1.0
) -> Array:
    """Cauchy numbers, ``median + sigma * tan(pi * (u - 1/2))``: torch's ``cauchy_``.

    Args:
        generator: the source; None for `default_generator`.
        shape: the shape of the result.
        dtype: float16, float32 or float64.
        median: the median.
        sigma: half the distance of the quartiles, > 0.

    Returns:
        An array of `shape` and `dtype`.

    Raises:
        RuntimeError: `sigma` is not positive; the dtype is not floating-point.

    Example:
        >>> from gradiente.random import Generator, cauchy
        >>> cauchy(Generator().manual_seed(0), (2,), "float32")
        array([10.59773  ,  0.7647673], dtype=float32)
    """
    dtype = np.dtype(dtype)
    if dtype.char not in FLOATS:
        name = (C_NAMES | C_COMPLEX).get(dtype.name, dtype.name)
        raise RuntimeError(
            "Cauchy distribution is a continuous probability distribution. "
            f"dtype must be a floating point but you specified {name}"
        )
    if not sigma > 0.0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
    u = _doubles(generator, shape)
    with np.errstate(over="ignore"):
        return to_dtype(fma64(libm(math.tan, math.pi * (u - 0.5)), sigma, median), dtype).reshape(shape)


def log_normal(
    generator: Generator | None, shape: tuple[int, ...], dtype: DTypeLike, mean: float = 1.0, std: float = 2.0
) -> Array:
    """Log-normal numbers, ``exp(mean + std * z)`` with z standard normal: torch's ``log_normal_``.

    The normals come one by one with the cache, whatever the size (Note [Two normal streams]).

    Args:
        generator: the source; None for `default_generator`.
        shape: the shape of the result.
        dtype: float16, float32 or float64.
        mean: the mean of the logarithm.
        std: the standard deviation of the logarithm, > 0.

    Returns:
        An array of `shape` and `dtype`.

    Raises:
        RuntimeError: `std` is not positive.
        NotImplementedError: another dtype.

    Example:
        >>> from gradiente.random import Generator, log_normal
        >>> log_normal(Generator().manual_seed(0), (2,), "float64", 0.0, 0.5)
        array([2.1608422 , 0.86354052])
    """
    dtype = np.dtype(dtype)
    if not std > 0.0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
    require_float("log_normal_cpu", dtype)
    n = count(shape)
    generator = generator or default_generator
    with generator.lock:
        exponent = fma64(standard_pairs(generator, n), std, mean)
    with np.errstate(over="ignore"):
        return to_dtype(libm(_exp, exponent), dtype).reshape(shape)


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def geometric(generator: Generator | None, shape: tuple[int, ...], dtype: DTypeLike, p: float) -> Array:
    """Trials up to the first success, ``ceil(log(u) / log(1 - p))``: torch's ``geometric_``.

    Args:
        generator: the source; None for `default_generator`.
        shape: the shape of the result.
        dtype: a floating dtype, uint8 or a signed integer (larger values wrap).
        p: the probability of success, 0 < p < 1.

    Returns:
        An array of `shape` and `dtype`.

    Raises:
        RuntimeError: `p` is outside (0, 1) (nan is outside).
        NotImplementedError: another dtype.

    Example:
        >>> from gradiente.random import Generator, geometric
        >>> geometric(Generator().manual_seed(0), (4,), "int64", 0.3)
        array([1, 1, 3, 1])
    """
    dtype = np.dtype(dtype)
    if not 0.0 < p < 1.0:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
    if (dtype.kind not in "iu" and dtype.char not in FLOATS) or dtype.char in UNSIGNED:
        raise not_implemented("geometric_cpu", dtype, "uint8, int8 to int64, float16 to float64, bfloat16")
    u = _doubles(generator, shape)
    with np.errstate(over="ignore"):
        trials = np.ceil(libm(_log, u) / math.log1p(-p))
        if dtype.char in FLOATS:
            return to_dtype(trials, dtype).reshape(shape)
        return trials.astype(np.int64).astype(dtype, copy=False).reshape(shape)


def _log(x: float) -> float:
    return math.log(x) if x else -math.inf
