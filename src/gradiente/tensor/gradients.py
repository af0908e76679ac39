"""Gradients that are kept with their own graph: adding to them, also from several threads."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING, Any

from ..arrays.compressed import CompressedArray
from ..arrays.sparse import SparseArray
from ..graph import split_edge

if TYPE_CHECKING:
    from .core import Tensor
    from .meta import Meta


def wrapped(value: Any) -> Tensor:
    """The tensor of a cotangent: an array, a number where NumPy returned one for a 0-d result, or a sparse array."""
    from .core import box, wrap

    if value.__class__ is SparseArray:
        from .sparse import sparse

        return sparse(value.settled())
    if value.__class__ is CompressedArray:
        from .compressed import compressed_tensor

        return compressed_tensor(value)
    return wrap(box(value))


def _copy(x: Tensor, name: str) -> Tensor:
    """A recorded copy of a tensor, whose node has the name `name`."""
    if x._array.__class__ in (SparseArray, CompressedArray):
        return x.clone()
    from ..rules import table
    from .dispatch import bind

    return bind(table["clone"], name)(x)


def add_recorded(meta: Meta, cotangent: Tensor, name: str, lock: threading.RLock) -> None:
    """Add to a gradient by recorded operations; the first one is copied by a node called `name`.

    Those run without the lock (hooks of saved tensors are the user's code), and again if another thread came between.
    """
    while True:
        grad = meta.grad
        stamp = 0 if grad is None or grad._history is None else grad._history.stamp
        total = _copy(cotangent, name) if grad is None else grad + cotangent
        with lock:
            if meta.grad is grad and stamp == (0 if grad is None or grad._history is None else grad._history.stamp):
                meta.grad = total
                return


def keep_gradient(tensor: Tensor) -> None:
    """Make the node of a non-leaf put its gradient into the tensor's `.grad`."""
    node, number = split_edge(tensor._node)
    meta = tensor._metadata()
    ref = weakref.ref(meta)
    lock = threading.RLock()  # threads may run backward through this tensor at a time

    def keep(gradient: Tensor) -> None:
        meta = ref()
        if meta is not None:
            add_recorded(meta, gradient, "CloneBackward0", lock)

    node._all_hooks().retain[number] = keep


__all__ = ["add_recorded", "keep_gradient", "wrapped"]
