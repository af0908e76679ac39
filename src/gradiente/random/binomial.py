"""Binomial numbers."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ._errors import FLOATS, SCALAR_NAMES, not_implemented
from .generator import Generator, default_generator
from .words import DoubleReader

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Floats = NDArray[np.floating[Any]]

FEW = 10
"""Below this mean, the trials between successes are drawn one by one."""


def binomial(generator: Generator | None, counts: Floats, chances: Floats) -> Array:
    """Successes in `counts` trials of probability `chances` each: torch's ``binomial``.

    Args:
        generator: the source; None for `default_generator`.
        counts: the numbers of trials, an array of float32 or float64; negative ones count as 0.
        chances: the probabilities, an array of the same shape and dtype; outside of [0, 1] they count as 0 or 1.

    Returns:
        An array of this shape and dtype.

    Raises:
        RuntimeError: a dtype is not floating-point.
        NotImplementedError: another floating dtype.

    Source: Hoermann, J. Statist. Comput. Simul. 46 (1993), algorithm BTRS, for means >= 10; Devroye, Non-Uniform Random
    Variate Generation (1986), section X.4.3, below.

    Example:
        >>> import numpy as np
        >>> from gradiente.random import Generator, binomial
        >>> binomial(Generator().manual_seed(0), np.array([10.0, 1000.0]), np.array([0.5, 0.25])).shape
        (2,)
    """
    counts, chances = np.asarray(counts), np.asarray(chances)
    for name, given in (("count", counts), ("prob", chances)):
        if given.dtype.char not in FLOATS:
            raise RuntimeError(
                f"binomial only supports floating-point dtypes for {name}, got: "
                f"{SCALAR_NAMES.get(given.dtype.name, given.dtype.name)} (convert it with .float())"
            )
    if counts.dtype.name not in ("float32", "float64"):
        raise not_implemented("binomial_cpu", counts.dtype, "float32, float64")
    generator = generator or default_generator
    with generator.lock:
        uniform = DoubleReader(generator)
        try:
            pairs = zip(counts.ravel().tolist(), chances.ravel().tolist(), strict=True)
            kinds = (counts.dtype.type, chances.dtype.type)
            values = [_binomial_one(uniform, n, p, kinds) for n, p in pairs]
        finally:
            uniform.close()
    return np.array(values, np.float64).astype(counts.dtype).reshape(counts.shape)


def _binomial_one(uniform: DoubleReader, count: float, chance: float, kinds: tuple[type, type]) -> float:
    """One number."""
    if count <= 0 or chance <= 0:
        return 0.0
    if chance >= 1 or (count == math.inf and chance == chance):
        return count
    if chance != chance or count != count:  # of a count that is nan, torch would wait for ever
        return math.nan
    likely, constants = _constants(count, chance, kinds)
    found = _rejection(uniform, count, *constants) if len(constants) > 1 else _waiting(uniform, count, *constants)
    return count - found if likely else found


@lru_cache(256)
def _constants(count: float, chance: float, kinds: tuple[type, type]) -> tuple[bool, tuple[float, ...]]:
    """Whether successes are more likely than failures, which are drawn then; and what the way of drawing computes with.

    Like torch, the mean and the constants are computed in the precision of the parameters, `kinds`.
    """
    kind = kinds[0]
    n, p = kind(count), kinds[1](chance)
    likely = bool(p > kind(0.5))
    if likely:
        p = kind(1) - p
    if n * p >= FEW:
        return likely, _hat(count, float(p), kind)
    return likely, (float(np.log1p(-p)),)


def _waiting(uniform: DoubleReader, count: float, log_failure: float) -> float:
    """The number of geometric waiting times that fit into `count` trials."""
    trials, successes = 0.0, 0
    while True:
        u = uniform()
        trials += math.ceil(math.log(u) / log_failure) if u else math.inf
        if trials > count:
            return successes
        successes += 1


def _stirling_rest(k: float) -> float:
    """ln k! less Stirling's approximation of it."""
    if k <= 9:
        return _RESTS[int(k)]
    square = (k + 1) ** 2
    return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1)


_RESTS = [math.lgamma(k + 1) - ((k + 0.5) * math.log(k + 1) - (k + 1) + 0.5 * math.log(2 * math.pi)) for k in range(10)]


def _hat(count: float, chance: float, kind: type) -> tuple[float, ...]:
    """Hoermann's constants, and the odds and the mode of the distribution."""
    spread = math.sqrt(count * chance * (1 - chance))
    b = float(kind(1.15 + 2.53 * spread))
    a = float(kind(-0.0873 + 0.0248 * b + 0.01 * chance))
    center = float(kind(count * chance + 0.5))
    v_r = float(kind(0.92 - 4.2 / b))
    alpha = float(kind((2.83 + 5.1 / b) * spread))
    return a, b, center, v_r, alpha, chance / (1 - chance), math.floor((count + 1) * chance)


def _rejection(
    uniform: DoubleReader,
    count: float,
    a: float,
    b: float,
    center: float,
    v_r: float,
    alpha: float,
    odds: float,
    mode: float,
) -> float:
    """Hoermann's BTRS: the transformed rejection with squeeze."""
    while True:
        u, v = uniform() - 0.5, uniform()
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + center) if us else -1
        if us >= 0.07 and v <= v_r:
            return k
        if k < 0 or k > count:
            continue
        log_v = math.log(v * alpha / (a / (us * us) + b)) if v else -math.inf
        bound = (
            (mode + 0.5) * math.log((mode + 1) / (odds * (count - mode + 1)))
            + (count + 1) * math.log((count - mode + 1) / (count - k + 1))
            + (k + 0.5) * math.log(odds * (count - k + 1) / (k + 1))
            + _stirling_rest(mode)
            + _stirling_rest(count - mode)
            - _stirling_rest(k)
            - _stirling_rest(count - k)
        )
        if log_v <= bound:
            return k
