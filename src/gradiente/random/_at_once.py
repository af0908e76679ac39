"""Many numbers by rejection at once: the same numbers as one by one, with the arithmetic done on arrays.

Note [Attempts at once]. A sampler by rejection takes numbers of the stream until an attempt succeeds, so where the next
number begins depends on all before it. But what an attempt takes does not: with normal numbers in pairs, attempts of
a gamma number take 4 doubles for two; one of Hoermann's for a Poisson number takes two. So all attempts are computed,
whoever they are for, for each set of parameters; each number takes the next one that succeeds for its own. Where
logarithms of NumPy are so close to the decision that the C library's may decide otherwise, those decide: Note [libm].
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from .normals import many_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .generator import Generator

    F64 = NDArray[np.float64]

MANY = 100
"""Fewer numbers are soon drawn one by one."""
FEW_KINDS = 16
"""For so many sets of parameters all attempts are computed."""
_CLOSE = 1e-10
"""Logarithms of NumPy and of the C library differ by far less."""
_MOST = 1 << 14
"""Numbers for which attempts are computed at a time."""


def gammas(
    generator: Generator, kinds: NDArray[np.int64], d: F64, c: F64, squeeze: float, one: Callable[[int], float]
) -> F64:
    """Gamma numbers by Marsaglia and Tsang's attempts, of shapes from 1 on: d·v, where v = (1 + c·x)³ with x normal.

    Args:
        generator: the source, locked.
        kinds: for each number, which of the constants are its own.
        d: the constants d of each kind.
        c: the constants c.
        squeeze: the constant of the quick test.
        one: draws the number of an index by itself.

    Returns:
        As many numbers.
    """
    out = np.empty(len(kinds))
    done, most = 0, int(min(_MOST, between_short(c) / 2))
    while done < len(kinds):
        if generator.next_normal is None and len(kinds) - done >= MANY:
            found = _gammas(generator, kinds[done : done + most], d[:, None], c[:, None], squeeze)
            out[done : done + len(found)] = found
            done += len(found)
        if done < len(kinds):
            out[done] = one(done)
            done += 1
    return out


def between_short(c: F64) -> float:
    """How many attempts there are on average to one with x below -1/c, which takes fewer doubles than others."""
    chance = 0.5 * math.erfc(math.sqrt(0.5) / float(c.max()))
    return 1.0 / chance if chance > 1e-9 else 1e9


def _gammas(generator: Generator, kinds: NDArray[np.int64], d: F64, c: F64, squeeze: float) -> F64:
    """Numbers, as many as there are attempts for; up to an attempt that takes fewer doubles than others."""
    pairs = len(kinds) // 2 + len(kinds) // 16 + 8
    before = generator.position()
    u = generator.doubles(4 * pairs).reshape(-1, 4)
    x, chance = many_pairs(u[:, :2].ravel()), 1.0 - u[:, 2:].ravel()
    y = 1.0 + c * x
    short = (y <= 0.0).any(axis=0)
    stop = int(short.argmax()) if short.any() else len(x)
    v, xx = y * y * y, x * x
    quick = chance < 1.0 - squeeze * xx * xx
    with np.errstate(divide="ignore", invalid="ignore"):
        room = 0.5 * xx + d * (1.0 - v + np.log(v)) - np.log(chance)
    good = quick | (room > 0.0)
    for k, i in np.argwhere(np.abs(room) < _CLOSE * (1.0 + d)).tolist():  # NumPy's logarithms may decide otherwise
        if not quick[i] and i < stop:
            cube = float(v[k, i])
            good[k, i] = math.log(chance[i]) < 0.5 * float(xx[i]) + float(d[k, 0]) * (1.0 - cube + math.log(cube))
    chosen = _successes(good[:, :stop], kinds)
    used = int(chosen[-1]) + 1 if len(chosen) == len(kinds) else stop
    generator.rewind(before, 2 * (4 * (used // 2) + 3 * (used % 2)))
    generator.next_normal = float(x[used]) if used % 2 else None
    of = kinds[: len(chosen)]
    return d[of, 0] * v[of, chosen]


def _successes(good: NDArray[np.bool_], kinds: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each number in turn the first attempt behind that of the number before which succeeds for its kind."""
    if len(good) == 1:
        return np.flatnonzero(good[0])[: len(kinds)]
    rows = [row.tobytes() for row in good]
    chosen: list[int] = []
    at = -1
    for kind in kinds.tolist():
        at = rows[kind].find(1, at + 1)
        if at < 0:
            break
        chosen.append(at)
    return np.array(chosen, np.int64)


def poissons(generator: Generator, count: int, constants: tuple[float, ...], decides: Callable[..., bool]) -> F64:
    """Poisson numbers of one rate from 10 on, by Hoermann's attempts.

    Args:
        generator: the source, locked.
        count: how many numbers.
        constants: the rate, Hoermann's a, b and v_r, and the logarithms of the rate and of 1/α.
        decides: whether an attempt with us, v and k succeeds that the quick test leaves open.

    Returns:
        As many numbers.
    """
    rate, a, b, v_r = constants[:4]
    parts: list[F64] = []
    done = 0
    while done < count:
        before = generator.position()
        pairs = generator.doubles(2 * (min(count - done, _MOST) * 5 // 4 + 16)).reshape(-1, 2)
        u, v = pairs[:, 0] - 0.5, pairs[:, 1]
        us = 0.5 - np.abs(u)
        with np.errstate(divide="ignore", invalid="ignore"):
            k = np.floor((2.0 * a / us + b) * u + rate + 0.43)
        good = (us >= 0.07) & (v <= v_r)
        open_ = np.flatnonzero(~good & (us > 0.0) & (k >= 0.0) & ((us >= 0.013) | (v <= us)))
        good[open_] = _decided(us[open_], v[open_], k[open_], constants, decides)
        chosen = np.flatnonzero(good)[: count - done]
        parts.append(k[chosen])
        done += len(chosen)
        if done == count:
            generator.rewind(before, 4 * (int(chosen[-1]) + 1))
    return np.concatenate(parts)


def _decided(us: F64, v: F64, k: F64, constants: tuple[float, ...], decides: Callable[..., bool]) -> NDArray[np.bool_]:
    """Whether attempts succeed that the quick test leaves open."""
    rate, a, b, _, log_rate, log_inverse_alpha = constants
    low = int(k.min(initial=math.inf)) if len(k) else 0
    span = int(k.max(initial=0)) - low + 1
    if span > 4 * len(k) + 100:
        return np.array([decides(*one) for one in zip(us.tolist(), v.tolist(), k.tolist(), strict=True)], bool)
    factorials = np.array([math.lgamma(low + i + 1) for i in range(span)])[(k - low).astype(np.int64)]
    with np.errstate(divide="ignore"):
        room = k * log_rate - rate - factorials - np.log(v) - log_inverse_alpha + np.log(a / (us * us) + b)
    good = room >= 0.0
    for i in np.flatnonzero(np.abs(room) < _CLOSE * (1.0 + rate + np.abs(factorials))).tolist():
        good[i] = decides(float(us[i]), float(v[i]), float(k[i]))
    return good


def products(generator: Generator, count: int, bound: float) -> F64:
    """Poisson numbers of one small rate: how many uniform numbers are multiplied until e^-rate = `bound` is reached.

    From each place of the stream on it is found how many that are; the numbers' own places follow one from the other.
    """
    out: list[int] = []
    need = 1.0 - math.log(bound)  # doubles of each number, on average
    while len(out) < count:
        before = generator.position()
        u = generator.doubles(int(min(count - len(out), _MOST) * need * 1.1) + 100)
        lengths = _lengths(u, bound)
        at, append = 0, out.append
        for _ in range(count - len(out)):
            k = lengths[at]
            if k < 0:
                break
            append(k)
            at += k + 1
        generator.rewind(before, 2 * at)
    return np.array(out, np.float64)


def _lengths(u: F64, bound: float) -> list[int]:
    """From each place on, how many factors leave the product above the bound; -1 where the numbers end before."""
    lengths = np.zeros(len(u) + 1, np.int64)  # behind the last place nothing begins
    open_ = [len(u)]
    product = u.copy()
    for k in range(len(u)):
        if k:
            product = product[:-1] * u[k:]
        over = product > bound
        if not over.any():
            break
        lengths[: len(over)] += over
        if over[-1]:
            open_.append(len(over) - 1)
    lengths[open_] = -1
    return lengths.tolist()


__all__ = ["FEW_KINDS", "MANY", "between_short", "gammas", "poissons", "products"]
