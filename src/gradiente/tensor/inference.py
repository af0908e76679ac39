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


def _marked(array: Any) -> Any:
    own = _INFERENCE.get(array.dtype)
    return array if own is None else array.view(own)


def mark_inference(out: Tensor) -> None:
    """Make `out` an inference tensor."""
    out._metadata().inference = True
    out._array = _marked(out._array)


def inferred(value: Any) -> Tensor:
    """An inference tensor of what a primitive computed in inference mode, where nothing is recorded."""
    out = new(Tensor)
    out._array = _marked(value if value.__class__ is ndarray else box(value))
    out._node = out._history = out._view = None
    out._meta = meta = Meta()
    meta.inference = True
    return out


__all__ = ["inferred", "mark_inference"]
