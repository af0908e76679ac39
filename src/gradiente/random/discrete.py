"""Discrete draws that depend on an array of parameters: multinomial, Poisson."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ._at_once import MANY, poissons, products
from ._errors import FLOATS, SCALAR_NAMES, require_float
from .continuous import exponential
from .generator import Generator, default_generator
from .words import DoubleReader

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Floats = NDArray[np.floating[Any]]

MOST_CATEGORIES = 2**24


def _check_multinomial(weights: Floats, samples: int, replacement: bool) -> None:
    if weights.dtype.char not in FLOATS:
        name = SCALAR_NAMES.get(weights.dtype.name, weights.dtype.name)
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {name}")
    if weights.ndim not in (1, 2):
        raise RuntimeError(f"prob_dist must be 1 or 2 dim, but its shape is {list(weights.shape)}")
    if samples <= 0:
        raise RuntimeError(f"cannot sample n_sample <= 0 samples: num_samples is {samples}")
    categories = weights.shape[-1]
    if not replacement and samples > categories:
        raise RuntimeError(
            "cannot sample n_sample > prob_dist.size(-1) samples without replacement: "
            f"num_samples is {samples}, the categories {categories}"
        )
    if categories > MOST_CATEGORIES:
        raise RuntimeError(f"number of categories cannot exceed 2^24, but is {categories}")


_add: Any = np.add.reduce
_least: Any = np.minimum.reduce
_most: Any = np.maximum.reduce


def _check_weights(weights: Floats, several: bool) -> None:
    """Torch's checks of the weights; the kernel that takes several samples with replacement words them otherwise."""
    if weights.size:
        total = _add(weights, -1, np.float64)
        if _least(weights, None) >= 0 and _least(total, None) > 0 and _most(total, None) < np.inf:
            return
    finite, negative = bool(np.isfinite(weights).all()), bool((weights < 0).any() or np.isnan(weights).any())
    if several and negative:
        raise RuntimeError("invalid multinomial distribution (encountering probability entry < 0)")
    if several and not finite:
        raise RuntimeError("invalid multinomial distribution (encountering probability entry = infinity or NaN)")
    if negative or not finite:
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if weights.size and not (weights.sum(axis=-1, dtype=np.float64) > 0).all():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")


def multinomial(
    generator: Generator | None, weights: Floats, num_samples: int, replacement: bool = False
) -> NDArray[np.int64]:
    """Categories drawn in proportion to `weights`: torch's ``multinomial``.

    Without replacement (and for one sample) an exponential number e_i is drawn for each category, and the
    categories with the largest ``w_i / e_i`` are taken, largest first. With replacement each sample looks a uniform
    up in the cumulative weights. Categories of weight 0 that are taken for want of others come in the order of
    their index.

    Args:
        generator: the source; None for `default_generator`.
        weights: an array (n,) or (m, n) of a floating dtype, >= 0, each row with a positive sum.
        num_samples: how many categories per row.
        replacement: whether a category may be taken twice.

    Returns:
        An int64 array (num_samples,) or (m, num_samples).

    Raises:
        RuntimeError: weights or a number of samples that do not allow this.

    Source: Efraimidis and Spirakis, Information Processing Letters 97 (2006), for the draw without replacement.

    Example:
        >>> import numpy as np
        >>> from gradiente.random import Generator, multinomial
        >>> multinomial(Generator().manual_seed(0), np.array([0.0, 10.0, 3.0, 0.0]), 2)
        array([1, 2])
    """
    weights = np.asarray(weights)
    _check_multinomial(weights, num_samples, replacement)
    several = replacement and num_samples > 1
    _check_weights(weights, several)
    if several:
        return _with_replacement(generator or default_generator, weights, num_samples)
    e = exponential(generator, weights.shape, weights.dtype)
    with np.errstate(divide="ignore", over="ignore"):
        ratio = weights / e
    if num_samples == 1:
        return ratio.argmax(axis=-1)[..., None] if weights.size else np.zeros((*weights.shape[:-1], 1), np.int64)
    return np.argsort(-ratio, axis=-1, kind="stable")[..., :num_samples]


def _with_replacement(generator: Generator, weights: Floats, samples: int) -> NDArray[np.int64]:
    rows = weights.reshape(-1, weights.shape[-1])
    out = np.empty((len(rows), samples), np.int64)
    with generator.lock:
        u = generator.doubles(out.size).reshape(out.shape)
    for row, numbers, chosen in zip(rows, u, out, strict=True):
        cumulative = row.cumsum(dtype=row.dtype)
        cumulative = cumulative / cumulative[-1]
        cumulative[-1] = 1.0
        chosen[:] = cumulative.searchsorted(numbers)
    return out.reshape(*weights.shape[:-1], samples)


def poisson(generator: Generator | None, rates: Floats) -> Array:
    """Poisson numbers, one for each rate: torch's ``poisson``.

    Args:
        generator: the source; None for `default_generator`.
        rates: an array of a floating dtype, >= 0.

    Returns:
        An array of the shape and dtype of `rates`.

    Raises:
        RuntimeError: a rate is negative, nan or inf.
        NotImplementedError: another dtype.

    Source: Hoermann, Insurance: Mathematics and Economics 12 (1993), for rates >= 10; Knuth, TAOCP 2, below.

    Example:
        >>> import numpy as np
        >>> from gradiente.random import Generator, poisson
        >>> poisson(Generator().manual_seed(0), np.array([0.0, 3.0, 50.0]))
        array([ 0.,  6., 47.])
    """
    rates = np.asarray(rates)
    require_float("poisson_cpu", rates.dtype)
    if not (rates >= 0).all():
        raise RuntimeError(f"invalid Poisson rate, expected rate to be non-negative: the least is {rates.min():g}")
    if np.isinf(rates).any():
        raise RuntimeError("invalid Poisson rate, expected rate to be finite, but an element is inf")
    generator = generator or default_generator
    with generator.lock:
        values = _poissons(generator, rates.ravel())
    return values.astype(rates.dtype).reshape(rates.shape)


def _poissons(generator: Generator, rates: Floats) -> NDArray[np.float64]:
    """The numbers before they get their type."""
    rate = float(rates[0]) if len(rates) >= MANY and (rates == rates[0]).all() else 0.0
    if rate >= 10.0:
        log_rate, a, b, log_inverse_alpha, v_r = _hat(rate)

        def decides(us: float, v: float, k: float) -> bool:
            return _accepts(us, v, k, rate, log_rate, a, b, log_inverse_alpha)

        return poissons(generator, len(rates), (rate, a, b, v_r, log_rate, log_inverse_alpha), decides)
    if rate > 0.0:
        return products(generator, len(rates), math.exp(-rate))
    uniform = DoubleReader(generator)
    try:
        return np.array([_poisson_one(uniform, rate) for rate in rates.tolist()], np.float64)
    finally:
        uniform.close()


def _poisson_one(uniform: DoubleReader, rate: float) -> int:
    if rate >= 10.0:
        return _poisson_rejection(uniform, rate)
    if rate == 0.0:
        return 0
    bound, product, k = math.exp(-rate), uniform(), 0
    while product > bound:
        product *= uniform()
        k += 1
    return k


@lru_cache(256)
def _hat(rate: float) -> tuple[float, float, float, float, float]:
    """Hoermann's constants, which depend on the rate alone."""
    b = 0.931 + 2.53 * math.sqrt(rate)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    return math.log(rate), a, b, math.log(inverse_alpha), 0.9277 - 3.6224 / (b - 2.0)


def _poisson_rejection(uniform: DoubleReader, rate: float) -> int:
    """Hoermann's PTRS: the transformed rejection with squeeze."""
    log_rate, a, b, log_inverse_alpha, v_r = _hat(rate)
    while True:
        u, v = uniform() - 0.5, uniform()
        us = 0.5 - abs(u)
        if us == 0.0:
            continue
        k = math.floor((2.0 * a / us + b) * u + rate + 0.43)
        if us >= 0.07 and v <= v_r:
            return k
        if k < 0 or (us < 0.013 and v > us):
            continue
        if _accepts(us, v, k, rate, log_rate, a, b, log_inverse_alpha):
            return k


def _accepts(
    us: float, v: float, k: float, rate: float, log_rate: float, a: float, b: float, log_inverse_alpha: float
) -> bool:
    """Whether an attempt succeeds that the quick test leaves open."""
    log_v = math.log(v) if v else -math.inf
    log_hat = log_v + log_inverse_alpha - math.log(a / (us * us) + b)
    return log_hat <= -rate + k * log_rate - math.lgamma(k + 1)
