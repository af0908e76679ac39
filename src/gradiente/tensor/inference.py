"""Inference tensors: how they are marked, and the short form of operators in inference mode."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from .core import Tensor, box, new
from .meta import Meta

_INFERENCE = {
    np.dtype(name): np.dtype(name, metadata={"inference": True})  # pyright: ignore[reportCallIssue, reportArgumentType]
    for name in ("float32", "float64")
}
"""Note [Inference tensors leave the short forms]: the short forms of operators ask `dtype is F4` and nothing else.
Arrays of inference tensors have a dtype object of their own, equal to the usual one, so that they go through the
general form, which checks them, and ordinary tensors pay nothing."""


def mark_inference(out: Tensor) -> None:
    """Make `out` an inference tensor."""
    out._metadata().inference = True
    array = out._array
    own = _INFERENCE.get(array.dtype)
    if own is not None:
        out._array = array.view(own)


def inferred(value: Any) -> Tensor:
    """An inference tensor of what a primitive computed in inference mode, where nothing is recorded."""
    if value.__class__ is not ndarray:
        value = box(value)
    own = _INFERENCE.get(value.dtype)
    out = new(Tensor)
    out._array = value if own is None else value.view(own)
    out._node = out._history = out._view = None
    out._meta = meta = Meta()
    meta.inference = True
    return out


__all__ = ["inferred", "mark_inference"]
