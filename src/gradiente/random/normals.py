"""Normal numbers: Box-Muller pairs with a cache below 16 elements, whole blocks of 16 from there on.

Note [Two normal streams]. Below 16 elements (and for the distributions that need normals one by one) torch draws
float64 pairs ``r cos t, r sin t`` with ``r = sqrt(-2 log(1 - u2))``, ``t = 2 pi u1``, and caches the second value
of a pair for the next draw, whatever its dtype. From 16 elements on it fills the array with uniforms of the array's
precision and turns each block of 16, in place, into 8 cosines and 8 sines of the pairs (i, i + 8); the cache is
neither read nor written. If 16 does not divide the size, the last 16 elements are drawn afresh. For 16 bits the
uniforms are float32, and the last 16 elements take the words of the unfinished block.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ._errors import PART, SHORT, count, require_float, require_std
from ._fused import cos_sin32, f32, fma32, fma64, libm, log32
from .generator import Generator, default_generator

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

    Array = NDArray[Any]

BLOCK = 16
ROWS = 1024  # blocks worked on at a time: their temporaries stay in the cache
FEW = 256  # normals: for more, computing what the words of a whole block contribute does not pay
TWO_PI = 2.0 * math.pi


def standard_pairs(generator: Generator, n: int) -> NDArray[np.float64]:
    """`n` standard normals, one by one with the cache (Note [Two normal streams]). The caller holds the lock."""
    out = np.empty(n)
    start = 0
    if n and generator.next_normal is not None:
        out[0], generator.next_normal, start = generator.next_normal, None, 1
    pairs = (n - start + 1) // 2
    if pairs == 0:
        return out
    u = generator.doubles(2 * pairs)
    values = _few_pairs(u.tolist()) if pairs < BLOCK else many_pairs(u)
    out[start:] = values[: n - start]
    if (n - start) % 2:
        generator.next_normal = float(values[-1])
    return out


def _few_pairs(u: list[float]) -> list[float]:
    values: list[float] = []
    for u1, u2 in zip(u[::2], u[1::2], strict=True):
        radius, angle = math.sqrt(-2.0 * math.log1p(-u2)), TWO_PI * u1
        values += (radius * math.cos(angle), radius * math.sin(angle))
    return values


def many_pairs(u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Normal numbers of pairs of uniform ones."""
    radius = np.sqrt(-2.0 * libm(math.log1p, -u[1::2]))
    turn: Any = np.exp(1j * (TWO_PI * u[::2]))
    return np.stack([radius * turn.real, radius * turn.imag], axis=1).ravel()


def _blocks64(u: NDArray[np.float64]) -> NDArray[np.float64]:
    rows = u.reshape(-1, BLOCK)
    radius = np.sqrt(-2.0 * libm(math.log, (1.0 - rows[:, :8]).ravel())).reshape(-1, 8)
    turn: Any = np.exp(1j * (TWO_PI * rows[:, 8:]))
    return np.concatenate([radius * turn.real, radius * turn.imag], axis=1).ravel()


def _blocks32(u: NDArray[np.float32]) -> NDArray[np.float32]:
    rows = u.reshape(-1, BLOCK)
    out = np.empty_like(rows)
    for i in range(0, len(rows), ROWS):
        part = rows[i : i + ROWS]
        radius = np.sqrt(f32(-2.0) * log32(f32(1.0) - part[:, :8]))
        cos, sin = cos_sin32(f32(TWO_PI) * part[:, 8:])
        np.multiply(radius, cos, out=out[i : i + ROWS, :8])
        np.multiply(radius, sin, out=out[i : i + ROWS, 8:])
    return out.ravel()


def _starting_anywhere(u: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The normals, cosines and sines, of the pairs (i, i + 8) for every i: a block of 16 may begin at any number."""
    radius = np.sqrt(f32(-2.0) * log32(f32(1.0) - u[:-8]))
    cos, sin = cos_sin32(f32(TWO_PI) * u[8:])
    ends = np.zeros(8, f32)
    return np.concatenate([radius * cos + f32(0), ends]), np.concatenate([radius * sin + f32(0), ends])  # -0.0 is 0.0


def _few32(generator: Generator, n: int) -> NDArray[np.float32]:
    """`n` standard normals, 16 or more, in blocks of 16; see Note [Words read ahead] in words.py."""
    rest = n % BLOCK
    whole = n - rest
    at = generator.reserve(n + BLOCK if rest else n)
    cos, sin = generator.kept(_starting_anywhere)
    out = np.empty(n, f32)
    rows, end = out[:whole].reshape(-1, BLOCK), at + whole
    rows[:, :8] = cos[at:end].reshape(-1, BLOCK)[:, :8]
    rows[:, 8:] = sin[at:end].reshape(-1, BLOCK)[:, :8]
    if rest:
        at += n
        out[n - 16 : n - 8] = cos[at : at + 8]
        out[n - 8 :] = sin[at : at + 8]
    return out


def _large(generator: Generator, n: int, dtype: np.dtype[Any], mean: float, std: float) -> Array:
    whole = n - n % BLOCK
    double = dtype == np.float64
    draw = generator.doubles if double else generator.floats
    if dtype.char in SHORT:
        u: Any = draw(whole + BLOCK if n > whole else n)
    else:
        u = draw(n + BLOCK if n > whole else n)
        if n > whole:
            u = np.concatenate([u[:whole], u[n:]])
    values: Array = fma64(_blocks64(u), std, mean) if double else fma32(_blocks32(u), std, mean)
    if n > whole:
        values = np.concatenate([values[: n - BLOCK], values[-BLOCK:]])
    return values.astype(dtype, copy=False)


def normal(
    generator: Generator | None, shape: tuple[int, ...], dtype: DTypeLike, mean: float = 0.0, std: float = 1.0
) -> Array:
    """Normal numbers, ``mean + std * z`` with z standard normal: torch's ``normal_``, ``randn``.

    Args:
        generator: the source; None for `default_generator`.
        shape: the shape of the result.
        dtype: float16, float32, float64, complex64 or complex128.
        mean: the mean; for a complex dtype, of the real and of the imaginary part (as torch has it).
        std: the standard deviation, >= 0; of a complex number, so that each part has ``std / sqrt(2)``.

    Returns:
        An array of `shape` and `dtype`.

    Raises:
        RuntimeError: `std` is negative or nan.
        NotImplementedError: another dtype.

    Source: Box and Muller, Ann. Math. Statist. 29 (1958); Note [Two normal streams].

    Example:
        >>> from gradiente.random import Generator, normal
        >>> normal(Generator().manual_seed(0), (2,), "float32")
        array([ 1.5409961, -0.2934289], dtype=float32)
    """
    dtype = np.dtype(dtype)
    require_std(std)
    if dtype.char in PART:
        parts = normal(generator, (*shape, 2), PART[dtype.char], mean, std / math.sqrt(2.0))
        return parts.view(dtype).reshape(shape)
    require_float("normal_kernel_cpu", dtype)
    n = count(shape)
    generator = generator or default_generator
    if BLOCK <= n <= FEW and dtype == f32:
        with generator.lock:
            values: Array = _few32(generator, n)
        return (values if mean == 0.0 and std == 1.0 else fma32(values, std, mean)).reshape(shape)
    with generator.lock, np.errstate(over="ignore"):
        if n >= BLOCK:
            return _large(generator, n, dtype, mean, std).reshape(shape)
        values = standard_pairs(generator, n)
        if mean != 0.0 or std != 1.0:
            values = fma64(values, std, mean)
        return to_dtype(values, dtype).reshape(shape)


def to_dtype(values: NDArray[np.float64], dtype: np.dtype[Any]) -> Array:
    """Round float64 numbers to `dtype`; to 16 bits by way of float32, as torch does."""
    if dtype.char in SHORT:
        return values.astype(f32).astype(dtype)
    return values.astype(dtype, copy=False)


def normal_tensor(generator: Generator | None, mean: Any, std: Any) -> Array:
    """Normal numbers with a mean and a standard deviation for each element: torch's ``torch.normal(mean, std)``.

    Args:
        generator: the source; None for `default_generator`.
        mean: an array, or a float if `std` is an array.
        std: an array, broadcast against `mean`, or a float.

    Returns:
        An array of the broadcast shape, with the dtype of `mean` (of `std` where `mean` is a float).

    Raises:
        RuntimeError: a negative standard deviation, or shapes that do not broadcast.
        NotImplementedError: a dtype that is not floating-point or complex.

    Example:
        >>> import numpy as np
        >>> from gradiente.random import Generator, normal_tensor
        >>> normal_tensor(Generator().manual_seed(0), np.array([10.0, 20.0]), 0.0)
        array([10., 20.])
    """
    center: NDArray[Any] = np.asarray(mean)
    if not isinstance(std, np.ndarray):
        return normal(generator, center.shape, center.dtype, 0.0, float(std)) + center
    spread = cast("NDArray[Any]", std)
    if (spread < 0).any():
        raise RuntimeError(f"normal expects all elements of std >= 0.0, but the least is {spread.min():g}")
    dtype = center.dtype if isinstance(mean, np.ndarray) else spread.dtype
    shape = np.broadcast_shapes(center.shape, spread.shape)
    out = normal(generator, shape, dtype)
    out *= spread.astype(dtype, copy=False)
    out += center.astype(dtype, copy=False)
    return out
