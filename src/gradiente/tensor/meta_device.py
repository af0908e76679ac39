"""The meta device: one device for all operands; see Note [A batch of no examples]."""

from __future__ import annotations

from typing import Any

from ..arrays.meta import is_meta
from .core import Tensor


def need_one_device(operands: tuple[Any, ...], indices: bool = False) -> None:
    """Raise torch's error where some tensors are on the meta device and others are not.

    Tensors without dimensions may be on the CPU, and so may the integers of an operator that has `indices`.
    """
    tensors = [o for o in operands if isinstance(o, Tensor)]
    where = ["meta" if is_meta(o._array) else "cpu" for o in tensors]
    if where[0] == "cpu" and not tensors[0]._array.ndim and "cpu" not in where[1:]:
        return
    for o, found in zip(tensors, where, strict=True):
        free = found == "cpu" and (not o._array.ndim or (indices and o._array.dtype.kind in "biu"))
        if found != where[0] and not free:
            raise RuntimeError(
                f"Tensor on device {found} is not on the expected device {where[0]}! (The shapes are "
                f"{', '.join(str(list(x._array.shape)) for x in tensors)}, on {', '.join(where)}: give all tensors one "
                "device, for instance with .to('meta'))"
            )


__all__ = ["need_one_device"]
