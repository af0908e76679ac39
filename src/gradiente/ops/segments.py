"""Reductions of consecutive segments: segment_reduce."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
from ._arguments import need_tensor, wrap_dim
from ._product_checks import scalar_name
from ._reducing import type_name
from .scatter_reducing import scatter_reduce

_NEUTRAL = {"sum": 0.0, "mean": 0.0, "prod": 1.0, "amax": -float("inf"), "amin": float("inf")}
_OTHER_NAMES = {"max": "amax", "min": "amin"}


def segment_reduce(
    data: Tensor,
    reduce: str,
    *,
    lengths: Tensor | None = None,
    indices: Tensor | None = None,
    offsets: Tensor | None = None,
    axis: int = 0,
    unsafe: bool = False,
    initial: float | None = None,
) -> Tensor:
    """Reduce segments of consecutive elements along a dimension, each to one element.

    Args:
        data: (*batch, N, *rest), floating-point dtype.
        reduce: "sum", "mean", "prod", "max" or "min".
        lengths: how long each segment is: (*batch, S), integers; each row adds up to N.
        indices: must be None.
        offsets: where each segment begins, and where the last one ends: (*batch, S + 1), instead of `lengths`.
        axis: the dimension, the last one of `lengths`.
        unsafe: whether rows may add up to less than N.
        initial: what each segment begins with. None: 0 for sums, 1 for products, ∓∞ for maxima and minima; then the
            mean of an empty segment is nan.

    Returns:
        (*batch, S, *rest), of the same dtype.

    Raises:
        RuntimeError: neither lengths nor offsets, or such as do not fit. NotImplementedError: data of other dtypes.

    Example:
        >>> import gradiente as torch
        >>> torch.segment_reduce(torch.arange(6.0), "sum", lengths=torch.tensor([2, 0, 4]))
        tensor([ 1.,  0., 14.])
    """
    array = need_tensor(data, "segment_reduce", "data")._array
    how = _OTHER_NAMES.get(reduce, reduce)
    if how not in _NEUTRAL:
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    axis = wrap_dim(axis, array.ndim)
    if indices is not None:
        raise RuntimeError(
            "segment_reduce(): indices based reduction is not supported yet. (Give lengths; scatter_reduce takes "
            "indices)"
        )
    sizes = _sizes(lengths, offsets, axis)
    if array.shape[:axis] != sizes.shape[:-1]:
        raise RuntimeError(
            f"segment_reduce(): lengths of shape {list(sizes.shape)} do not fit data of shape {list(array.shape)} "
            f"along axis {axis} (they have the data's sizes before that axis)"
        )
    covered = sizes.sum(-1)
    if (covered > array.shape[axis]).any() or (not unsafe and (covered != array.shape[axis]).any()):
        raise RuntimeError(
            "segment_reduce(): Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when "
            f"!unsafe. (They sum to {covered.tolist()}, the size is {array.shape[axis]})"
        )
    if sizes.dtype.name not in ("int32", "int64"):
        raise NotImplementedError(
            f"\"_segment_reduce_lengths_cpu_kernel1\" not implemented for '{type_name(sizes)}' (call .long())"
        )
    if array.dtype.kind not in "fV":
        raise NotImplementedError(f"\"_segment_reduce_cpu\" not implemented for '{scalar_name(data)}' (call .float())")
    return _reduced(data, how, sizes, axis, initial)


def _sizes(lengths: Tensor | None, offsets: Tensor | None, axis: int) -> Any:
    """How long each segment is, as an array."""
    given = lengths if offsets is None else offsets
    if given is None:
        raise RuntimeError("segment_reduce(): Either lengths or offsets must be defined.")
    array = need_tensor(given, "segment_reduce", "lengths")._array
    if axis != array.ndim - 1:
        raise RuntimeError(
            f"segment_reduce(): Expected axis to be the last dimension of lengths but got {axis}. (lengths has "
            f"{array.ndim} dimensions)"
        )
    sizes = array if offsets is None else np.diff(array, axis=-1)
    if sizes.size and sizes.min() < 0:
        raise RuntimeError(f"lengths contains negative value! (The least is {sizes.min()})")
    return sizes


def _reduced(data: Any, how: str, sizes: Any, axis: int, initial: float | None) -> Tensor:
    """Elements are scattered to the segments they belong to; those of none, to one more, which is cut off."""
    count, length = sizes.shape[-1], data._array.shape[axis]
    rows = sizes.reshape(-1, count)
    which = np.full((len(rows), length), count)
    for row, lengths in zip(which, rows, strict=True):
        row[: lengths.sum()] = np.repeat(np.arange(count), lengths)
    shape, rest = data._array.shape, (1,) * (data._array.ndim - axis - 1)
    index: Any = wrap(which.reshape(*shape[: axis + 1], *rest)).expand(shape)  # pyright: ignore
    start = _NEUTRAL[how] if initial is None else initial
    begin = np.full((*shape[:axis], count + 1, *shape[axis + 1 :]), start).astype(data._array.dtype)
    found: Any = scatter_reduce(wrap(begin), axis, index, data, "sum" if how == "mean" else how)
    found = found.narrow(axis, 0, count)
    if how != "mean":
        return found
    counts: Any = wrap(sizes.reshape(*sizes.shape, *rest).astype(data._array.dtype))
    return found / (counts if initial is None else counts.clamp(min=1))


METHODS: dict[str, Any] = {}
__all__ = ["segment_reduce"]
