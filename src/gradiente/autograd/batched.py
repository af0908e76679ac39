"""Batched cotangents: several vector-Jacobian products in one pass, on batched arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..graph import change, current, set_mode
from ..tensor.batching import Frame, enter, leave
from ..tensor.core import Tensor


def batch(
    differentiate: Callable[..., Any], roots: list[tuple[Any, Tensor]], keep: bool, taped: bool, targets: list[Any]
) -> list[Any]:
    """The cotangents of the targets for each row of the roots' cotangents, stacked."""
    sizes = sorted({len(g._array) for _, g in roots})
    if len(sizes) > 1:
        raise ValueError(
            f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes} for the "
            f"mapped "
            "dimension (the first dimensions of grad_outputs)"
        )
    frame = Frame(sizes[0])
    entered = [(edge, enter(g, 0, frame.level, frame.size)) for edge, g in roots]
    mode = current()
    previous = change(transforms=(*mode.transforms, frame))
    try:
        found = differentiate(entered, keep=keep, taped=taped, targets=targets)
    finally:
        set_mode(previous)
    return [None if g is None else leave(g, 0, frame.level, frame.size) for g in found]
