"""Rules of images that are read at points: see Note [Points of images]."""

from __future__ import annotations

from typing import Any

from .kinds import Bilinear as bilinear
from .kinds import Constant as constant
from .kinds import Primitive

sample_points: Primitive = bilinear(
    "sample_points",
    lambda g, w, index, x_shape, extras: extras.spread_points(g, w, index, x_shape),
    lambda g, x, index, extras: extras.weigh_points(g, x, index),
    None,
    operands=("x", "w", "index"),
    forward=lambda x, w, index, extras: extras.sample_points(x, w, index),
    node="GridSampler2DBackward0",
)
weigh_points: Primitive = bilinear(
    "weigh_points",
    lambda g, x, index, extras: extras.sample_points(x, g, index),
    lambda g, a, index, x_shape, extras: extras.spread_points(a, g, index, x_shape),
    None,
    operands=("a", "x", "index"),
    forward=lambda a, x, index, extras: extras.weigh_points(a, x, index),
    node="GridSampler2DBackwardBackward0",
)
spread_points: Primitive = bilinear(
    "spread_points",
    lambda g, w, index, extras: extras.sample_points(g, w, index),
    lambda g, a, index, extras: extras.weigh_points(a, g, index),
    None,
    operands=("a", "w", "index"),
    forward=lambda a, w, index, shape, extras: extras.spread_points(a, w, index, shape),
    node="GridSampler2DBackwardBackward0",
)
point_index: Primitive = constant("point_index", None, forward=lambda x, sizes, xp: _point_index(x, sizes, xp))


def _point_index(x: Any, sizes: tuple[int, ...], xp: Any) -> Any:
    """The index of `sample_points` into images of `sizes`, (N, K, *counts), from coordinates (N, T, *counts, axes).

    Of each axis there are T whole coordinates, the last axis first; the K = T**axes points are all combinations.
    """
    axes, (count, each), counts = len(sizes), x.shape[:2], x.shape[2:-1]
    index: Any = None
    inside: Any = None
    for i, n in enumerate(sizes):
        place = xp.reshape(x[..., axes - 1 - i], (count, *[each if k == i else 1 for k in range(axes)], *counts))
        found = (place >= 0) & (place <= n - 1)
        whole = xp.astype(xp.where(found, place, 0), xp.int64)
        index, inside = (whole, found) if index is None else (index * n + whole, inside & found)
    return xp.reshape(xp.where(inside, index, -1), (count, each**axes, *counts))
