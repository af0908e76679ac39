"""How many elements lie along an axis."""

from __future__ import annotations

import math
from typing import Any


def count(shape: tuple[int, ...], axis: Any) -> int:
    """How many elements of an array of `shape` one element of its reduction over `axis` stands for."""
    if axis is None:
        return math.prod(shape)
    if not shape:
        return 1
    return shape[axis] if isinstance(axis, int) else math.prod([shape[a] for a in axis])
