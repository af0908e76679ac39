"""Sums over all alignments of labels with time: as formulas in the vocabulary, and quickly for NumPy arrays.

Note [Alignments]: from each step of time to the next a path stays in its state, goes one state on, or leaves one out
where it may. With x (T, N, S), the logarithms of the probabilities of what each state emits, A[t] is the logarithm of
the sum over all paths to each state: A[t] = x[t] + log(e^A[t-1] + e^A[t-1, one back] + e^A[t-1, two back]). Paths begin
where `start` (N, S) says, leave a state out to get where `skips` (N, S) says, and end after `counts` (N,) steps, from
which on A stays what it is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any

LOW = -1e30
"""Stands for the logarithm of 0, so that no ∞ - ∞ arises."""


def aligned(x: Any, start: Any, skips: Any, counts: Any, xp: Any) -> Any:
    """A (T, N, S); see Note [Alignments]."""
    alpha = xp.where(start, x[0, ...], LOW)
    found = [alpha]
    for t in range(1, x.shape[0]):
        _, onwards = _onwards(alpha, skips, xp)
        alpha = xp.where(_active(t, counts, xp), x[t, ...] + onwards, alpha)
        found.append(alpha)
    return xp.stack(found)


def _active(t: int, counts: Any, xp: Any) -> Any:
    return xp.expand_dims(counts > t, axis=1)


def _onwards(alpha: Any, skips: Any, xp: Any) -> tuple[list[Any], Any]:
    """The shares of the three ways in what comes together at each state, and its logarithm."""
    one, two = _moved(alpha, 1, LOW, xp), xp.where(skips, _moved(alpha, 2, LOW, xp), LOW)
    largest = xp.maximum(xp.maximum(xp.maximum(alpha, one), two), LOW)
    parts = [xp.exp(part - largest) for part in (alpha, one, two)]
    total = parts[0] + parts[1] + parts[2]
    whole = xp.where(total == 0, 1, total)  # where each way has probability 0
    return [part / whole for part in parts], largest + xp.log(total)


def _moved(x: Any, by: int, free: float, xp: Any) -> Any:
    """`x` moved on by so many states."""
    first = xp.zeros_like(x[:, :1]) + free
    return xp.concat([first] * by + [x], axis=1)[:, : x.shape[1]]


def _moved_back(x: Any, by: int, xp: Any) -> Any:
    return xp.concat([x] + [xp.zeros_like(x[:, :1])] * by, axis=1)[:, by:]


def alignment_slopes(g: Any, start: Any, skips: Any, counts: Any, out: Any, xp: Any) -> Any:
    """The cotangent of x, from that of A = `out`: back in time, each part along the way that it came."""
    later, found = g[-1, ...], []
    for t in range(out.shape[0] - 1, 0, -1):
        shares, _ = _onwards(out[t - 1, ...], skips, xp)
        active = _active(t, counts, xp)
        found.append(xp.where(active, later, 0))
        back = later * shares[0]
        for by in (1, 2):
            back = back + _moved_back(later * shares[by], by, xp)
        later = xp.where(active, back, later) + g[t - 1, ...]
    found.append(xp.where(start, later, 0))
    return xp.stack(found[::-1])


def align_tangent(t: Any, start: Any, skips: Any, counts: Any, out: Any, xp: Any) -> Any:
    """The tangent of A = `out` for the tangent t of x."""
    now = xp.where(start, t[0, ...], 0)
    found = [now]
    for k in range(1, out.shape[0]):
        shares, _ = _onwards(out[k - 1, ...], skips, xp)
        onwards = shares[0] * now + shares[1] * _moved(now, 1, 0, xp) + shares[2] * _moved(now, 2, 0, xp)
        now = xp.where(_active(k, counts, xp), t[k, ...] + onwards, now)
        found.append(now)
    return xp.stack(found)


# -- the same for NumPy -----------------------------------------------------------------------------------------------


class _Ways:
    """The three ways to each state, in memory that serves for all steps of time."""

    def __init__(self, shape: tuple[int, ...], skips: Array, dtype: Any) -> None:
        samples, states = shape
        self.framed: Array = np.full((samples, states + 2), LOW, dtype)  # two states that nothing leads to
        self.parts: Array = np.empty((3, samples, states), dtype)
        self.shut: Array = np.where(skips, 0, LOW).astype(dtype)
        self.largest: Array = np.empty(shape, dtype)

    def lead_from(self, alpha: Array) -> Array:
        """Their probabilities, from the logarithms before, divided by the largest one; their sums are returned."""
        framed, parts, largest = self.framed, self.parts, self.largest
        framed[:, 2:] = alpha
        np.add(framed[:, :-2], self.shut, parts[2])
        np.maximum(parts[2], LOW, out=parts[2])
        np.maximum(alpha, framed[:, 1:-1], out=largest)
        np.maximum(largest, parts[2], out=largest)
        np.subtract(parts[2], largest, parts[2])
        np.subtract(framed[:, 1:-1], largest, parts[1])
        np.subtract(alpha, largest, parts[0])
        np.exp(parts, parts)
        return np.add.reduce(parts, 0)


def _wide(x: Array) -> Any:
    return np.float32 if x.dtype.itemsize == 2 else x.dtype


def align(x: Array, start: Array, skips: Array, counts: Array) -> Array:
    """A (T, N, S); see Note [Alignments]."""
    steps, kind = min(int(counts.max(initial=1)), len(x)), _wide(x)
    out = np.empty(x.shape, kind)
    out[0] = np.where(start, x[0], LOW)
    ways, least = _Ways(x.shape[1:], skips, kind), int(counts.min(initial=steps))
    with np.errstate(all="ignore"):
        for t in range(1, steps):
            total = ways.lead_from(out[t - 1])
            np.log(total, total)
            total += ways.largest
            np.add(total, x[t], out[t])
            if t >= least:
                np.copyto(out[t], out[t - 1], where=(counts <= t)[:, None])
    out[max(steps, 1) :] = out[max(steps, 1) - 1]
    return out.astype(x.dtype, copy=False)


def align_slopes(g: Array, start: Array, skips: Array, counts: Array, out: Array) -> Array:
    """alignment_slopes for NumPy arrays."""
    steps, kind = max(min(int(counts.max(initial=1)), len(out)), 1), _wide(out)
    ways, least = _Ways(out.shape[1:], skips, kind), int(counts.min(initial=steps))
    slope = np.zeros(out.shape, kind)
    later = np.add.reduce(g[steps - 1 :].astype(kind, copy=False), 0)
    with np.errstate(all="ignore"):
        for t in range(steps - 1, 0, -1):
            total = ways.lead_from(out[t - 1].astype(kind, copy=False))
            parts = ways.parts
            total[total == 0] = 1  # where each way has probability 0
            parts *= np.divide(later, total, total)
            slope[t] = later
            back = parts[0]
            back[:, :-1] += parts[1][:, 1:]
            back[:, :-2] += parts[2][:, 2:]
            if t >= least:
                ended = (counts <= t)[:, None]
                np.copyto(back, later, where=ended)
                np.copyto(slope[t], 0, where=ended)
            later = back + g[t - 1]
    slope[0] = np.where(start, later, 0)
    return slope.astype(out.dtype, copy=False)


__all__ = ["LOW", "align", "align_slopes", "align_tangent", "aligned", "alignment_slopes"]
