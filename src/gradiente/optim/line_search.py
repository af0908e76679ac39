"""A line search for the strong Wolfe conditions, which leaves steps that lower the loss enough and flatten it.

A step t along d is good if f(t) ≤ f(0) + c₁·t·f'(0) and |f'(t)| ≤ c₂·|f'(0)|. First the step grows until an interval is
found that contains good ones; then the interval shrinks. Both by cubic interpolation of f and f' at two steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from ..tensor.core import Tensor

Objective = Callable[[Any, float, Tensor], tuple[float, Tensor]]
"""(start, step, direction) → the loss there and its gradient."""


class Point(NamedTuple):
    """A step, the loss after it, the gradient there, and the slope along the direction."""

    t: float
    f: float
    g: Tensor
    slope: float


def cubic_minimum(a: tuple[float, float, float], b: tuple[float, float, float], bounds: tuple[float, float]) -> float:
    """Where the cubic through two points (step, value, slope) has its minimum, within the bounds; or their middle."""
    (x1, f1, g1), (x2, f2, g2) = (a, b) if a[0] <= b[0] else (b, a)
    low, high = bounds
    d1 = g1 + g2 - 3 * (f1 - f2) / (x1 - x2)
    square = d1 * d1 - g1 * g2
    if not square >= 0:
        return (low + high) / 2.0
    d2 = math.sqrt(square)
    return min(max(x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2)), low), high)


def _cubic_interpolate(
    x1: Any, f1: Any, g1: Any, x2: Any, f2: Any, g2: Any, bounds: tuple[Any, Any] | None = None
) -> float:
    """`cubic_minimum` by the name and with the arguments of torch's; the bounds are the two steps if left out."""
    a, b = (float(x1), float(f1), float(g1)), (float(x2), float(f2), float(g2))
    low, high = bounds or sorted((a[0], b[0]))
    return cubic_minimum(a, b, (float(low), float(high)))


def strong_wolfe(
    objective: Objective,
    x: Any,
    t: float,
    d: Tensor,
    f: float,
    g: Tensor,
    slope: float,
    c1: float = 1e-4,
    c2: float = 0.9,
    tolerance_change: float = 1e-9,
    max_ls: int = 25,
) -> tuple[float, Tensor, float, int]:
    """A step along `d` that fulfils the strong Wolfe conditions, if at most `max_ls` trials find one.

    Args:
        objective: gives the loss and its gradient at x + t·d.
        x: where the search starts; handed to `objective`.
        t: the first step to try.
        d: the direction.
        f: the loss at x.
        g: its gradient there.
        slope: g·d, which is negative.
        c1: the share of the expected decrease that is enough.
        c2: the share of the slope that may remain.
        tolerance_change: intervals that change no parameter by more are not searched further.
        max_ls: the most trials after the first.

    Returns:
        The loss, its gradient, the step, and how often `objective` was called.

    Source: J. Nocedal and S. J. Wright, Numerical Optimization (2006), algorithms 3.5 and 3.6.
    """

    def at(step: float) -> Point:
        loss, gradient = objective(x, step, d)
        return Point(step, loss, gradient, float(gradient.dot(d)))

    def too_high(point: Point) -> bool:
        return point.f > f + c1 * point.t * slope

    def flat_enough(point: Point) -> bool:
        return abs(point.slope) <= -c2 * slope

    start = before = Point(0.0, f, g.clone(), slope)
    now, trials = at(t), 0
    ends: list[Point] | None = None
    while trials < max_ls:
        if too_high(now) or (trials > 1 and now.f >= before.f):
            ends = [before, now]
            break
        if flat_enough(now):
            return now.f, now.g, now.t, trials + 1
        if now.slope >= 0:
            ends = [before, now]
            break
        bounds = (now.t + 0.01 * (now.t - before.t), now.t * 10)
        following = cubic_minimum((before.t, before.f, before.slope), (now.t, now.f, now.slope), bounds)
        before, now = now, at(following)
        trials += 1
    if ends is None:
        ends = [start, now]
    best, trials = _shrunk(ends, at, too_high, flat_enough, trials, max_ls, tolerance_change / float(d.abs().max()))
    return best.f, best.g, best.t, trials + 1


def _shrunk(
    ends: list[Point],
    at: Callable[[float], Point],
    too_high: Callable[[Point], bool],
    flat_enough: Callable[[Point], bool],
    trials: int,
    most: int,
    least_width: float,
) -> tuple[Point, int]:
    """The best point of an interval whose two `ends` enclose good steps, and the number of trials so far."""
    stuck = False
    low = 0 if ends[0].f <= ends[1].f else 1
    while trials < most and not abs(ends[1].t - ends[0].t) < least_width:
        first, last = sorted(p.t for p in ends)
        a, b = ends
        t = cubic_minimum((a.t, a.f, a.slope), (b.t, b.f, b.slope), (first, last))
        margin = 0.1 * (last - first)
        if min(last - t, t - first) < margin:  # too near an end: the second time in a row, step away from it
            if stuck or t >= last or t <= first:
                t = last - margin if abs(t - last) < abs(t - first) else first + margin
                stuck = False
            else:
                stuck = True
        else:
            stuck = False
        now = at(t)
        trials += 1
        if too_high(now) or now.f >= ends[low].f:
            ends[1 - low] = now
            low = 0 if ends[0].f <= ends[1].f else 1
            continue
        done = flat_enough(now)
        if not done and now.slope * (ends[1 - low].t - ends[low].t) >= 0:
            ends[1 - low] = ends[low]
        ends[low] = now
        if done:
            break
    return ends[low], trials


__all__ = ["Objective", "Point", "cubic_minimum", "strong_wolfe"]
