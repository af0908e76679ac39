"""Batches of examples: tensors are stacked, numbers become tensors, structures are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...ops.creation import tensor
from ...ops.interop import as_tensor
from ...ops.joining import stack
from ...tensor.core import Tensor
from ...tensor.dtypes import float64

_UNKNOWN = "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {}"


def default_convert(data: Any) -> Any:
    """One example, NumPy arrays in it being made tensors."""
    if isinstance(data, (np.ndarray, np.generic)) and data.dtype.kind not in "SUO":
        return as_tensor(data)
    if isinstance(data, Mapping):
        return type(data)({key: default_convert(value) for key, value in data.items()})  # pyright: ignore
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*[default_convert(part) for part in data])  # pyright: ignore
    if isinstance(data, tuple):
        return [default_convert(part) for part in data]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return type(data)([default_convert(part) for part in data])  # pyright: ignore
    return data


def default_collate(batch: Any) -> Any:
    """A batch of examples.

    Tensors and arrays are stacked, Python numbers become one tensor, strings stay a list; mappings, tuples and lists
    are collated part by part.

    Raises:
        TypeError: examples of another kind.
        RuntimeError: sequences of different lengths.

    Example:
        >>> import gradiente as torch
        >>> torch.utils.data.default_collate([(torch.ones(2), 3), (torch.zeros(2), 4)])
        [tensor([[1., 1.],
                [0., 0.]]), tensor([3, 4])]
    """
    first: Any = batch[0]
    if isinstance(first, Tensor):
        return stack(batch, 0)
    if isinstance(first, np.ndarray):
        if first.dtype.kind in "SUO":
            raise TypeError(_UNKNOWN.format(first.dtype))
        return stack([as_tensor(b) for b in batch], 0)
    if isinstance(first, np.generic) and first.dtype.kind not in "SUO":
        return as_tensor(np.stack(batch))
    if isinstance(first, float):
        return tensor(batch, dtype=float64)
    if isinstance(first, int):
        return tensor(batch)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        made = {key: default_collate([b[key] for b in batch]) for key in first}  # pyright: ignore
        try:
            return type(first)(made)  # pyright: ignore
        except TypeError:
            return made
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*[default_collate(parts) for parts in zip(*batch, strict=True)])  # pyright: ignore
    if isinstance(first, Sequence):
        if any(len(b) != len(first) for b in batch):  # pyright: ignore[reportUnknownArgumentType]
            raise RuntimeError("each element in list of batch should be of equal size")
        parts = [default_collate(parts) for parts in zip(*batch, strict=True)]
        if isinstance(first, tuple):
            return parts
        try:
            return type(first)(parts)  # pyright: ignore
        except TypeError:
            return parts
    raise TypeError(_UNKNOWN.format(type(first)))


__all__ = ["default_collate", "default_convert"]
