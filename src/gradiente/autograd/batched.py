"""Several products with Jacobians in one pass, on batched arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from ..graph import change, current, set_mode
from ..tensor.batching import Frame, enter, leave
from ..tensor.core import Tensor, wrap


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

    def pull(*cotangents: Tensor) -> list[Any]:
        given = [(edge, g) for (edge, _), g in zip(roots, cotangents, strict=True)]
        return differentiate(given, keep=keep, taped=taped, targets=targets)

    return for_each(pull, [g for _, g in roots])


def for_each(function: Callable[..., Sequence[Any]], batches: Sequence[Tensor]) -> list[Any]:
    """What `function` returns for each element of the batches, along a new first dimension; None stays None."""
    frame = Frame(len(batches[0]._array), derivatives=True)
    given = [enter(x, 0, frame.level, frame.size) for x in batches]
    previous = change(transforms=(*current().transforms, frame))
    try:
        found = function(*given)
    finally:
        set_mode(previous)
    return [None if x is None else leave(x, 0, frame.level, frame.size) for x in found]


def unit_vectors(tensors: Sequence[Tensor]) -> list[Tensor]:
    """For each tensor, the unit vectors of all of them together: a batch of arrays of its shape."""
    sizes = [prod(x.shape) for x in tensors]
    total, start = sum(sizes), 0
    made: list[Tensor] = []
    for x, size in zip(tensors, sizes, strict=True):
        block = np.zeros((total, size), x._array.dtype)
        block[range(start, start + size), range(size)] = 1
        made.append(wrap(block.reshape((total, *x.shape))))
        start += size
    return made


__all__ = ["batch", "for_each", "unit_vectors"]
