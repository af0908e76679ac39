"""Uniform numbers and coin flips."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._errors import (
    C_NAMES,
    FLOATS,
    PART,
    SCALAR_NAMES,
    SHORT,
    UNSIGNED,
    count,
    largest,
    not_implemented,
    require_float,
)
from ._fused import f32, fma32, fma64
from .generator import Generator, default_generator

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

    Array = NDArray[Any]


def _check_bounds(dtype: np.dtype[Any], low: float, high: float) -> None:
    most = largest(dtype)
    for name, value in (("from", low), ("to", high)):
        if not -most <= value <= most:
            raise RuntimeError(f"{name} is out of bounds for {C_NAMES[dtype.name]}: {value:g} is not a {dtype.name}")
    if low > high:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low:g} > to={high:g}")
    if high - low > most:
        raise RuntimeError(
            f"uniform_ expects to-from <= std::numeric_limits<{SCALAR_NAMES[dtype.name]}>::max(), "
            f"but found to={high:g} and from={low:g} which result in to-from to exceed the limit"
        )


def uniform(
    generator: Generator | None, shape: tuple[int, ...], dtype: DTypeLike, low: float = 0.0, high: float = 1.0
) -> Array:
    """Uniform numbers, ``low + (high - low) * k / 2**b`` with b = 24 (float64: 53) random bits: ``uniform_``, ``rand``.

    Args:
        generator: the source; None for `default_generator`.
        shape: the shape of the result.
        dtype: float16, float32, float64, complex64 or complex128 (real and imaginary part each uniform).
        low: the lower bound.
        high: the upper bound, itself left out save for rounding.

    Returns:
        An array of `shape` and `dtype`.

    Raises:
        RuntimeError: ``low > high``, or a bound or the width does not fit the dtype.
        NotImplementedError: another dtype.

    Example:
        >>> from gradiente.random import Generator, uniform
        >>> uniform(Generator().manual_seed(0), (2,), "float32", -1.0, 1.0)
        array([-0.00748682,  0.5364436 ], dtype=float32)
    """
    dtype = np.dtype(dtype)
    if dtype.char in PART:
        return uniform(generator, (*shape, 2), PART[dtype.char], low, high).view(dtype).reshape(shape)
    require_float("check_uniform_bounds", dtype)
    unit = low == 0.0 and high == 1.0
    if not unit:
        _check_bounds(dtype, low, high)
    n = count(shape)
    generator = generator or default_generator
    with generator.lock:
        u: Any = generator.doubles(n) if dtype == np.float64 else generator.floats(n)
    if unit and dtype.char not in SHORT:
        return u.reshape(shape)
    if dtype == np.float64:
        out: Array = fma64(u, high - low, low)
    else:
        out = fma32(u, float(f32(high) - f32(low)), low).astype(dtype, copy=False)
    # Rounding can reach the upper bound, which the range leaves out: torch puts the lower one there.
    out[out == dtype.type(high)] = low
    return out.reshape(shape)


def bernoulli(
    generator: Generator | None, shape: tuple[int, ...], dtype: DTypeLike, p: float | NDArray[np.floating[Any]] = 0.5
) -> Array:
    """Ones with probability `p`, else zeros: ``1 if u < p else 0``; torch's ``bernoulli_``, ``bernoulli``, dropout.

    Args:
        generator: the source; None for `default_generator`.
        shape: the shape of the result.
        dtype: any real dtype that torch has, or bool.
        p: a float (each element takes one float64 uniform), or an array that broadcasts to `shape` (each element takes
            a float64 uniform if the array is float64, else a float32 one).

    Returns:
        An array of `shape` and `dtype`.

    Raises:
        RuntimeError: a probability outside [0, 1] (nan is outside), or a shape that does not broadcast.
        NotImplementedError: an unsupported dtype of `p` or of the result.

    Example:
        >>> from gradiente.random import Generator, bernoulli
        >>> bernoulli(Generator().manual_seed(0), (6,), "int64", 0.5)
        array([0, 0, 1, 0, 0, 0])
    """
    dtype = np.dtype(dtype)
    array = isinstance(p, np.ndarray)
    if (dtype.kind not in "biu" and dtype.char not in FLOATS) or dtype.char in UNSIGNED:
        kernel = "bernoulli_tensor_cpu_self_" if array else "bernoulli_scalar_cpu_"
        raise not_implemented(kernel, dtype, "bool, uint8, int8 to int64, float16 to float64, bfloat16")
    if array:
        return _bernoulli_array(generator, shape, dtype, p)
    if not 0.0 <= p <= 1.0:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")
    n = count(shape)
    generator = generator or default_generator
    with generator.lock:
        u = generator.doubles(n)
    return (u < p).astype(dtype, copy=False).reshape(shape)


_least: Any = np.minimum.reduce
_most: Any = np.maximum.reduce


def _bernoulli_array(
    generator: Generator | None, shape: tuple[int, ...], dtype: np.dtype[Any], p: NDArray[np.floating[Any]]
) -> Array:
    require_float("bernoulli_tensor_cpu_p_", p.dtype)
    try:
        p = p if p.shape == shape else np.broadcast_to(p, shape)
    except ValueError:
        raise RuntimeError(f"bernoulli: p of shape {list(p.shape)} does not broadcast to shape {list(shape)}") from None
    if p.size and not (_least(p, None) >= 0 and _most(p, None) <= 1):
        # Torch checks as it draws; here nothing is drawn, so that the generator stays as it was.
        raise RuntimeError(
            "Expected p_in >= 0 && p_in <= 1 to be true, but got false. "
            f"bernoulli: the probabilities reach from {p.min():g} to {p.max():g}"
        )
    generator = generator or default_generator
    with generator.lock:
        u = generator.doubles(p.size) if p.dtype == np.float64 else generator.floats(p.size)
    return (u.reshape(shape) < p).astype(dtype, copy=False)


def dropout_mask(generator: Generator | None, shape: tuple[int, ...], dtype: DTypeLike, p: float) -> Array:
    """The factors of dropout: ``1 / (1 - p)`` with probability 1 - p, else 0.

    Args:
        generator: the source; None for `default_generator`.
        shape: the shape of the result.
        dtype: float16, float32 or float64.
        p: the probability of a zero. For 0 and 1 nothing is drawn.

    Returns:
        An array of `shape` and `dtype`.

    Raises:
        RuntimeError: `p` is outside [0, 1] (nan is outside).
        NotImplementedError: another dtype.

    Example:
        >>> from gradiente.random import Generator, dropout_mask
        >>> dropout_mask(Generator().manual_seed(0), (4,), "float32", 0.5)
        array([0., 0., 2., 0.], dtype=float32)
    """
    dtype = np.dtype(dtype)
    if not 0.0 <= p <= 1.0:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {p:g}")
    require_float("bernoulli_scalar_cpu_", dtype)
    if p in (0.0, 1.0):
        return np.full(shape, 1.0 - p, dtype)
    # The quotient of numbers of 16 bits is taken in float32 and rounded once, the divisor not rounded before.
    kind: Any = np.float64 if dtype == np.float64 else f32
    factor: Any = dtype.type(kind(1.0) / kind(1.0 - p))
    mask = np.zeros(shape, dtype)
    mask[bernoulli(generator, shape, "bool", 1.0 - p)] = factor
    return mask
