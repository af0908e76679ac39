"""Whole numbers: ranges, the whole span of a dtype, permutations."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arrays.numpy_blas import exchanged
from ._errors import C_NAMES, FLOATS, SCALAR_NAMES, UNSIGNED, count, largest, not_implemented
from .generator import Generator, default_generator

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

    Array = NDArray[Any]

WIDE = 2**28  # from this range on torch takes 64 bits per number, so that the remainder's bias stays small
DIGITS = {"float16": 11, "bfloat16": 8, "float32": 24, "float64": 53}
SOME = 64  # from here on a call of LAPACK, where there is one, beats a loop
MANY = 5000  # from here on following all exchanges at once beats a loop
LARGEST_PERMUTATION = (2**32 - 1) // 20


def _limits(dtype: np.dtype[Any]) -> tuple[int, int]:
    if dtype.kind == "b":
        return 0, 1
    if dtype.char in FLOATS:
        most = int(largest(dtype))
        return -most, most
    info = np.iinfo(dtype)
    return int(info.min), int(info.max)


def _check_dtype(dtype: np.dtype[Any]) -> None:
    if dtype.kind not in "biu" and dtype.char not in FLOATS:
        raise RuntimeError(
            "check_random_bounds handles only integral, floating-point and boolean types; "
            f"but the dtype is {dtype.name}"
        )


def _check_range(dtype: np.dtype[Any], low: int, high: int) -> None:
    least, most = _limits(dtype)
    for name, value in (("from", low), ("to - 1", high - 1)):
        if not least <= value <= most:
            raise RuntimeError(
                f"{name} is out of bounds for {C_NAMES[dtype.name]}: {value} is not in [{least}, {most}]"
            )
        if dtype.char in FLOATS and abs(value) > 2 ** DIGITS[dtype.name]:
            warnings.warn(
                f"{name} is out of bounds [-(2^{DIGITS[dtype.name]}), 2^{DIGITS[dtype.name]}]. Due to precision "
                f"limitations {C_NAMES[dtype.name]} can support discrete uniform distribution only within this range. "
                "This warning will become an error in version 1.7 release, please fix the code in advance",
                UserWarning,
                stacklevel=4,
            )


def _representable(dtype: np.dtype[Any], low: int, high: int) -> tuple[int, int]:
    """Move bounds that rounding to `dtype` would carry out of [low, high) inwards, by one unit of that precision."""
    digits, cast = DIGITS[dtype.name], dtype.type
    first = int(cast(low + 1))
    if first < low:
        low = first + (1 << (abs(low + 1).bit_length() - digits))
    last = int(cast(high - 1))
    if last >= high:
        high = last - (1 << (abs(high - 1).bit_length() - digits))
    return low, high


def _draw(generator: Generator, n: int, span: int) -> NDArray[Any]:
    with generator.lock:
        if span < WIDE:
            return generator.words32(n) % np.uint32(span)
        words = generator.words64(n)
    return words if span == 2**64 else words % np.uint64(span)


def randint(generator: Generator | None, shape: tuple[int, ...], dtype: DTypeLike, low: int, high: int) -> Array:
    """Whole numbers in [low, high), ``low + word mod (high - low)``: torch's ``randint`` and ``random_(low, high)``.

    Args:
        generator: the source; None for `default_generator`.
        shape: the shape of the result.
        dtype: any real dtype, or bool. A word has 32 bits for ranges below 2**28, else 64.
        low: the least number.
        high: one more than the greatest.

    Returns:
        An array of `shape` and `dtype`.

    Raises:
        RuntimeError: ``low >= high``, or a bound does not fit the dtype; for a complex dtype.
        ValueError: a bound does not fit 64 bits.

    Warns:
        UserWarning: a floating dtype cannot represent every whole number of the range.

    Example:
        >>> from gradiente.random import Generator, randint
        >>> randint(Generator().manual_seed(0), (4,), "int64", 0, 10)
        array([4, 9, 3, 0])
    """
    dtype = np.dtype(dtype)
    for value in (low, high):
        if not -(2**63) <= value < 2**63:
            raise ValueError(f"Overflow when unpacking long long. The bound {value} is not in [-2**63, 2**63)")
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    _check_dtype(dtype)
    _check_range(dtype, low, high)
    if dtype.char in FLOATS:
        rounded_low, rounded_high = _representable(dtype, low, high)
        if rounded_low >= rounded_high:
            raise RuntimeError(
                "random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, but got "
                f"from={rounded_low} >= to={rounded_high}"
            )
        low, high = rounded_low, rounded_high
    words = _draw(generator or default_generator, count(shape), high - low)
    # Addition modulo 2**64, then a cast that wraps: what C++ does with the same numbers.
    return (words.astype(np.int64) + np.int64(low)).astype(dtype, copy=False).reshape(shape)


def random_(
    generator: Generator | None,
    shape: tuple[int, ...],
    dtype: DTypeLike,
    low: int | None = None,
    high: int | None = None,
) -> Array:
    """Torch's ``random_()`` in its forms: no bounds, a bound above, both, or a bound below with `high` None.

    Args:
        generator: the source; None for `default_generator`.
        shape: the shape of the result.
        dtype: any real dtype, or bool.
        low: the least number. With neither bound: 0 to the dtype's greatest integer (floats: 0 to 2**digits).
        high: one more than the greatest; None for the dtype's greatest number (floats: 2**digits).

    Returns:
        An array of `shape` and `dtype`.

    Raises:
        RuntimeError: as `randint`.
        NotImplementedError: an unsigned dtype of more than 8 bits without bounds.

    Example:
        >>> from gradiente.random import Generator, random_
        >>> random_(Generator().manual_seed(0), (3,), "uint8")
        array([172,  47, 117], dtype=uint8)
    """
    dtype = np.dtype(dtype)
    if high is not None:
        return randint(generator, shape, dtype, 0 if low is None else low, high)
    generator = generator or default_generator
    if low is None:
        return _random_full(generator, count(shape), dtype).reshape(shape)
    _check_dtype(dtype)
    if low == -(2**63):
        if dtype.name not in ("int64", "float32", "float64", "bfloat16"):
            raise RuntimeError(
                "random_full_64_bits_range_kernel_cpu handles only int64, double, float and bfloat16, "
                f"but the dtype is {dtype.name}"
            )
        with generator.lock:
            return generator.words64(count(shape)).view(np.int64).astype(dtype).reshape(shape)
    if dtype.char in FLOATS:
        greatest = 2 ** DIGITS[dtype.name]
        low = _representable(dtype, low, greatest + 1)[0]
        if low > greatest:
            raise RuntimeError(
                "random_ expects 'from' casted to dtype to be less than or equal to 'to_inc' casted to dtype, "
                f"but got from={low} > to_inc={greatest}"
            )
    else:
        greatest = _limits(dtype)[1]
        if greatest >= 2**63:
            raise RuntimeError("to - 1 is out of bounds for long unsigned int. Pass both bounds for uint64")
    _check_range(dtype, low, low + 1)
    words = _draw(generator, count(shape), greatest - low + 1)
    return (words.astype(np.int64) + np.int64(low)).astype(dtype, copy=False).reshape(shape)


def _random_full(generator: Generator, n: int, dtype: np.dtype[Any]) -> Array:
    if dtype.char in UNSIGNED or (dtype.kind not in "biu" and dtype.char not in FLOATS):
        raise not_implemented("random_kernel_cpu", dtype, "bool, uint8, int8 to int64, float16 to float64, bfloat16")
    values = 2 ** DIGITS[dtype.name] + 1 if dtype.char in FLOATS else _limits(dtype)[1] + 1
    with generator.lock:
        words = generator.words64(n) if dtype.itemsize == 8 and dtype.kind in "if" else generator.words32(n)
    return (words % words.dtype.type(values)).astype(dtype)


def randperm(generator: Generator | None, n: int, dtype: DTypeLike = "int64") -> Array:
    """A random order of 0 ... n - 1 by exchanging each place i with the place ``i + word mod (n - i)``: ``randperm``.

    Args:
        generator: the source; None for `default_generator`.
        n: how many numbers.
        dtype: uint8, a signed integer or a floating dtype that can hold n.

    Returns:
        An array of shape (n,) and `dtype`.

    Raises:
        RuntimeError: `n` is negative, or too large for the dtype (or above 214748364).
        NotImplementedError: another dtype.

    Source: Fisher and Yates; Durstenfeld, CACM 7 (1964), algorithm 235.

    Example:
        >>> from gradiente.random import Generator, randperm
        >>> randperm(Generator().manual_seed(0), 4)
        array([0, 1, 3, 2])
    """
    dtype = np.dtype(dtype)
    if n < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {n}: [{n}]")
    if (dtype.kind not in "iu" and dtype.char not in FLOATS) or dtype.char in UNSIGNED:
        raise not_implemented("randperm", dtype, "uint8, int8 to int64, float16 to float64, bfloat16")
    _check_permutation(n, dtype)
    if n < 2:
        return np.zeros(n, dtype)
    generator = generator or default_generator
    with generator.lock:
        words = generator.words32(n - 1)
    first = np.arange(n - 1, dtype=np.uint32)
    partners = words % (np.uint32(n) - first) + first
    order = exchanged(partners) if n >= SOME else None
    if order is None:
        order = _exchange(partners.tolist()) if n < MANY else _exchange_at_once(partners.astype(np.int64))
    return np.array(order, dtype)


def _exchange(partners: list[int]) -> list[int]:
    order = list(range(len(partners) + 1))
    for i, j in enumerate(partners):
        order[i], order[j] = order[j], order[i]
    return order


def _exchange_at_once(partners: NDArray[np.int64]) -> NDArray[np.int64]:
    """What `_exchange` gives, without a loop over the elements.

    Step i moves the number at place j_i >= i to place i for good, and the number that stood at i to j_i. So the
    number at place i when its turn comes is the one that the last step k < i with j_k = i found at its own place k:
    a chain of steps that ends at a place nobody wrote to. All chains are followed at once by doubling their strides.
    """
    place = np.arange(len(partners) + 1)
    partner = np.append(partners, len(partners))
    found = place.copy()
    moved = partner != place
    found[partner[moved]] = place[moved]  # of equal indices the last one counts
    while True:
        further = found[found]
        if (further == found).all():
            break
        found = further
    by_partner = np.argsort(partner, kind="stable")
    again = partner[by_partner[1:]] == partner[by_partner[:-1]]
    writer = np.full_like(place, -1)
    writer[by_partner[1:][again]] = by_partner[:-1][again]
    # Place j_i holds what the step that wrote there last before i found; untouched, its own number.
    order = np.where(writer >= 0, found[writer], partner)
    return np.where(moved, order, found)


def _check_permutation(n: int, dtype: np.dtype[Any]) -> None:
    if dtype.char == "E":  # torch has no bound here: numbers above 256 are rounded
        pass
    elif dtype.kind == "f":
        digits = DIGITS[dtype.name]
        if n > 2**digits + 1:
            most = "2049" if digits == 11 else f"2^{digits}+1"
            raise RuntimeError(
                f"n cannot be greater than {most} for {SCALAR_NAMES[dtype.name]} type. Pass a wider dtype for n={n}"
            )
    elif n - 1 > np.iinfo(dtype).max:
        raise RuntimeError(
            f"value cannot be converted to type {dtype.name}_t without overflow: randperm of n={n} needs a wider dtype"
        )
    if n >= LARGEST_PERMUTATION:
        raise RuntimeError(f"randperm: n must be below {LARGEST_PERMUTATION}, but got n={n}. Permute in parts")
