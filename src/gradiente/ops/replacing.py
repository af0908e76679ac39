"""Copies of a tensor in which one part is replaced: a slice, a diagonal, what a mask chooses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays.batched import Batched
from ..arrays.batched_errors import dynamic
from ..arrays.meta import is_meta
from ..tensor.batching import private_copy
from ..tensor.core import Tensor, wrap
from ..tensor.dtypes import SCALAR_NAMES
from ._arguments import need_tensor, wrap_dim
from ._define import inplace, primitive
from .choices import where
from .diagonals import diagonal
from .indexing import index_put
from .shaping import broadcast_to
from .splitting import select
from .storage import as_strided

_clone = primitive("clone")


def _replaced(input: Tensor, src: Tensor, view: Any, function: str) -> Tensor:
    """A copy of the input, with `src` in the part that `view` shows."""
    need_tensor(src, function, "src", 2)
    out: Any = private_copy(input)
    part = view(out)
    if part._array.shape != src._array.shape:
        raise RuntimeError(
            "expected src to have a size equal to the slice of self. "
            f"src size = {list(src._array.shape)}, slice size = {list(part._array.shape)}"
        )
    part.copy_(src)
    return out


def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """A copy of the input with `src` in place of the slice that `select(dim, index)` shows.

    >>> import gradiente as torch
    >>> torch.select_scatter(torch.zeros(2, 2), torch.ones(2), 0, 1)
    tensor([[0., 0.],
            [1., 1.]])
    """
    need_tensor(input, "select_scatter")
    return _replaced(input, src, lambda x: select(x, dim, index), "select_scatter")


def slice_scatter(
    input: Tensor, src: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    """A copy of the input with `src` in place of the elements start, start + step, … before `end` along `dim`.

    >>> import gradiente as torch
    >>> torch.slice_scatter(torch.zeros(4), torch.ones(2), 0, 0, 4, 2)
    tensor([1., 0., 1., 0.])
    """
    ndim = need_tensor(input, "slice_scatter")._array.ndim
    if step <= 0:
        raise RuntimeError(f"slice step must be positive (it is {step})")
    index = (*(slice(None),) * wrap_dim(dim, ndim), slice(start, end, step))
    return _replaced(input, src, lambda x: x[index], "slice_scatter")


def diagonal_scatter(input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A copy of the input with `src` in place of the diagonal that `diagonal(offset, dim1, dim2)` shows.

    >>> import gradiente as torch
    >>> torch.diagonal_scatter(torch.zeros(2, 2), torch.ones(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    need_tensor(input, "diagonal_scatter")
    return _replaced(input, src, lambda x: diagonal(x, offset, dim1, dim2), "diagonal_scatter")


def as_strided_scatter(
    input: Tensor, src: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
) -> Tensor:
    """A copy of the input with `src` in place of the elements that `as_strided(size, stride, storage_offset)` shows.

    >>> import gradiente as torch
    >>> torch.as_strided_scatter(torch.zeros(4), torch.ones(2), (2,), (3,))
    tensor([1., 0., 0., 1.])
    """
    need_tensor(input, "as_strided_scatter")
    return _replaced(input, src, lambda x: as_strided(x, size, stride, storage_offset), "as_strided_scatter")


def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """A copy of the input in which the elements of `source`, in order, stand where the mask is True.

    Args:
        input: a tensor.
        mask: a bool tensor; the two are broadcast.
        source: a tensor of the input's type, with as many elements as are needed or more.

    RuntimeError, in torch's words, for other arguments.

    >>> import gradiente as torch
    >>> torch.masked_scatter(torch.zeros(3), torch.tensor([True, False, True]), torch.tensor([1.0, 2.0]))
    tensor([1., 0., 2.])
    """
    x, m, s = need_tensor(input, "masked_scatter"), need_tensor(mask, "masked_scatter", "mask", 2), source
    need_tensor(source, "masked_scatter", "source", 3)
    if m._array.dtype.kind != "b":
        raise RuntimeError(
            f"masked_scatter_ only supports boolean masks, but got mask with dtype {SCALAR_NAMES[mask.dtype.name]} "
            "(convert it with .bool())"
        )
    if x._array.dtype != s._array.dtype:
        raise RuntimeError(
            "masked_scatter: expected self and source to have same dtypes but got"
            f"{SCALAR_NAMES[input.dtype.name]} and {SCALAR_NAMES[source.dtype.name]} (convert one of them)"
        )
    if is_meta(m._array):
        return where(mask, input, source.sum())  # like the result, it depends on both
    if m._array.__class__ is Batched:
        raise dynamic("masked_scatter")
    shape = np.broadcast_shapes(x._array.shape, m._array.shape)
    whole, chosen = broadcast_to(x, shape), np.broadcast_to(m._array, shape)
    count = int(chosen.sum())
    if source._array.size < count:
        raise RuntimeError(f"Number of elements of source < number of ones in mask ({source._array.size} and {count})")
    part: Any = source.reshape(-1)[:count]  # pyright: ignore[reportAttributeAccessIssue]
    if not shape:
        return part.reshape(()) if count else _clone(whole)
    return index_put(whole, (wrap(np.ascontiguousarray(chosen)),), part)


METHODS: dict[str, Any] = {
    "as_strided_scatter": as_strided_scatter,
    "diagonal_scatter": diagonal_scatter,
    "masked_scatter": masked_scatter,
    "masked_scatter_": inplace(masked_scatter),
    "select_scatter": select_scatter,
    "slice_scatter": slice_scatter,
}
"""What these functions are called as methods of Tensor."""

__all__ = ["as_strided_scatter", "diagonal_scatter", "masked_scatter", "select_scatter", "slice_scatter"]
