"""Splitting tensors: split, chunk, unbind, select, narrow. All results are views."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from ..arrays.numpy_indexing import consecutive
from ..rules import table
from ..tensor.core import Tensor
from ..tensor.dtypes import SCALAR_NAMES
from ..tensor.multiple import Part, bind_many
from ._arguments import named_dim, need_tensor, no_overload, wrap_dim
from ._sizes import integer, integers
from ._views import linked, viewing

_split, _split_sizes = bind_many(table["split"]), bind_many(table["split"], "SplitWithSizesBackward0")
_unbind = bind_many(table["unbind"])
_select, _slice = viewing("getitem", "SelectBackward0"), viewing("getitem", "SliceBackward0")


@lru_cache(256)
def _parts(sizes: tuple[int, ...], dim: int) -> tuple[Part, ...]:
    """How each of the parts of the given sizes is seen in the whole."""
    return tuple([(_slice.recorder, {"index": index}) for index in consecutive(sizes, dim)])  # pyright: ignore


@lru_cache(256)
def _equal_sizes(length: int, size: int) -> tuple[int, ...]:
    """The sizes of the parts of `length` that are `size` long; the last one may be smaller."""
    return tuple([min(size, length - i) for i in range(0, length, size)] if size else ()) or (0,)


def split(tensor: Tensor, split_size_or_sections: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Parts of the tensor along `dim`: of one size (the last one may be smaller), or of the sizes given. Views.

    RuntimeError if the sizes are negative or do not add up.

    >>> import gradiente as torch
    >>> torch.split(torch.arange(5), 2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    shape = need_tensor(tensor, "split", "tensor")._array.shape
    if not shape:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    dim = wrap_dim(integer(dim, "split", "dim", 3), len(shape))
    length = shape[dim]
    given = split_size_or_sections
    if isinstance(given, (list, tuple)):
        sizes = integers((given,), "split", "split_sizes")
        if any(n < 0 for n in sizes):
            raise RuntimeError(
                "split_with_sizes expects split_sizes have only non-negative entries, but got "
                f"split_sizes={list(sizes)}"
            )
        if sum(sizes) != length:
            raise RuntimeError(
                f"split_with_sizes expects split_sizes to sum exactly to {length} (input tensor's size at dimension "
                f"{dim}), "
                f"but got split_sizes={list(sizes)}"
            )
        return linked(_split_sizes, tensor, _parts(sizes, dim), sizes=sizes, axis=dim)
    size = integer(given, "split", "split_size", 2)
    if size < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={size}")
    if size == 0 and length:
        raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {length}")
    sizes = _equal_sizes(length, size)
    return linked(_split, tensor, _parts(sizes, dim), sizes=sizes, axis=dim)


def _split_self(self: Tensor, split_size: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """`torch.split` of this tensor; the method calls the sizes `split_size`."""
    return split(self, split_size, dim)


def chunk(input: Tensor, chunks: int, dim: int = 0, *, axis: int | None = None) -> tuple[Tensor, ...]:
    """At most `chunks` parts of equal size along `dim` (the last one may be smaller). Views.

    >>> import gradiente as torch
    >>> torch.chunk(torch.arange(5), 2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    if axis is not None:
        dim = named_dim(dim, axis, 0, "chunk")
    shape = need_tensor(input, "chunk")._array.shape
    if not shape:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    chunks = integer(chunks, "chunk", "chunks", 2)
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    dim = wrap_dim(integer(dim, "chunk", "dim", 3), len(shape))
    size = -(-shape[dim] // chunks)
    if size == 0:
        return split(input, [0] * chunks, dim)
    sizes = _equal_sizes(shape[dim], size)
    return linked(_split, input, _parts(sizes, dim), sizes=sizes, axis=dim)


def tensor_split(input: Tensor, indices_or_sections: int | Sequence[int] | Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """Parts of the tensor along `dim`: a number of nearly equal ones, or those between the indices given. Views.

    >>> import gradiente as torch
    >>> torch.tensor_split(torch.arange(5), 2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    >>> torch.tensor_split(torch.arange(5), (1, 3))
    (tensor([0]), tensor([1, 2]), tensor([3, 4]))
    """
    shape = need_tensor(input, "tensor_split")._array.shape
    if not shape:
        raise RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    dim = wrap_dim(dim, len(shape))
    length, given = shape[dim], indices_or_sections
    if isinstance(given, Tensor):
        if given._array.dtype != np.int64:
            raise RuntimeError(
                "tensor_split expected tensor_indices_or_sections to have dtype of long, but got "
                f"{SCALAR_NAMES[given.dtype.name]}"
            )
        given = given._array.tolist()
    if isinstance(given, (list, tuple)):
        edges = [0, *integers((given,), "tensor_split", "indices"), None]
    else:
        count = integer(given, "tensor_split", "sections", 2)
        if count <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {count}")
        size, larger = divmod(length, count)
        edges = [i * size + min(i, larger) for i in range(count + 1)]
    lead = (slice(None),) * dim
    return tuple([_slice(input, index=(*lead, slice(a, b))) for a, b in pairwise(edges)])


def _split_at(input: Tensor, given: Any, dim: int, least: int, function: str) -> tuple[Tensor, ...]:
    """`tensor_split` along `dim`, of a tensor with at least `least` dimensions; a number must divide its size."""
    shape = need_tensor(input, function)._array.shape
    if len(shape) < least:
        raise RuntimeError(
            f"torch.{function} requires a tensor with at least {least} dimension, but got a tensor with {len(shape)} "
            "dimensions!"
        )
    if isinstance(given, (str, float)):
        raise no_overload(function, input, given)
    if isinstance(given, int) and (given == 0 or shape[dim] % given):
        raise RuntimeError(
            f"torch.{function} attempted to split along dimension {dim}, but the size of the dimension {shape[dim]} is "
            f"not divisible by the split_size {given}!"
        )
    return tensor_split(input, given, dim)


def hsplit(input: Tensor, indices_or_sections: int | Sequence[int]) -> tuple[Tensor, ...]:
    """Parts along dimension 1 (0 of a vector): a number of equal ones, or up to the indices given. Views.

    >>> import gradiente as torch
    >>> torch.hsplit(torch.arange(4), 2)
    (tensor([0, 1]), tensor([2, 3]))
    """
    vector = need_tensor(input, "hsplit")._array.ndim == 1
    return _split_at(input, indices_or_sections, 0 if vector else 1, 1, "hsplit")


def vsplit(input: Tensor, indices_or_sections: int | Sequence[int]) -> tuple[Tensor, ...]:
    """Parts along dimension 0, of a tensor with at least two. See `hsplit`.

    >>> import gradiente as torch
    >>> torch.vsplit(torch.tensor([[0, 1], [2, 3]]), 2)
    (tensor([[0, 1]]), tensor([[2, 3]]))
    """
    return _split_at(input, indices_or_sections, 0, 2, "vsplit")


def dsplit(input: Tensor, indices_or_sections: int | Sequence[int]) -> tuple[Tensor, ...]:
    """Parts along dimension 2, of a tensor with at least three. See `hsplit`.

    >>> import gradiente as torch
    >>> [part.shape for part in torch.dsplit(torch.zeros(1, 2, 4), 2)]
    [torch.Size([1, 2, 2]), torch.Size([1, 2, 2])]
    """
    return _split_at(input, indices_or_sections, 2, 3, "dsplit")


def split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Parts of the sizes given along `dim`. Views. See `split`.

    >>> import gradiente as torch
    >>> torch.split_with_sizes(torch.arange(3), [1, 2])
    (tensor([0]), tensor([1, 2]))
    """
    return split(input, list(split_sizes), dim)


def unsafe_split(input: Tensor, split_size: int, dim: int = 0) -> tuple[Tensor, ...]:
    """`split`. In torch its parts are not watched as views; here they are.

    >>> import gradiente as torch
    >>> torch.unsafe_split(torch.arange(3), 2)
    (tensor([0, 1]), tensor([2]))
    """
    return split(input, split_size, dim)


def unsafe_split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """`split_with_sizes`. In torch its parts are not watched as views; here they are.

    >>> import gradiente as torch
    >>> torch.unsafe_split_with_sizes(torch.arange(3), [1, 2])
    (tensor([0]), tensor([1, 2]))
    """
    return split(input, list(split_sizes), dim)


def unsafe_chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """`chunk`. In torch its parts are not watched as views; here they are.

    >>> import gradiente as torch
    >>> torch.unsafe_chunk(torch.arange(3), 2)
    (tensor([0, 1]), tensor([2]))
    """
    return chunk(input, chunks, dim)


def unbind(input: Tensor, dim: int = 0, *, axis: int | None = None) -> tuple[Tensor, ...]:
    """The slices of the tensor along `dim`, without that dimension. Views.

    >>> import gradiente as torch
    >>> torch.unbind(torch.tensor([[1, 2], [3, 4]]))
    (tensor([1, 2]), tensor([3, 4]))
    """
    if axis is not None:
        dim = named_dim(dim, axis, 0, "unbind")
    shape = need_tensor(input, "unbind")._array.shape
    dim = integer(dim, "unbind", "dim", 2)
    if not shape:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    dim = wrap_dim(dim, len(shape))
    lead = (slice(None),) * dim
    parts = [(_select.recorder, {"index": (*lead, i, ...)}) for i in range(shape[dim])]  # pyright: ignore
    return linked(_unbind, input, parts, axis=dim)


def narrow(input: Tensor, dim: int, start: int | Tensor, length: int) -> Tensor:
    """The part of the tensor from `start` on, of `length` elements along `dim`. A view.

    >>> import gradiente as torch
    >>> torch.narrow(torch.arange(5), 0, 1, 3)
    tensor([1, 2, 3])
    """
    shape = need_tensor(input, "narrow")._array.shape
    if not shape:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    dim = wrap_dim(integer(dim, "narrow", "dim", 2), len(shape))
    if isinstance(start, Tensor) and (start._array.ndim or start._array.dtype.kind not in "iu"):
        raise RuntimeError(
            f"start must be an 0-dim integral Tensor. (It has shape {list(start.shape)}, {start.dtype}.)"
        )
    size, start, length = shape[dim], integer(start, "narrow", "start", 3), integer(length, "narrow", "length", 4)
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    if not -size <= start <= size:
        raise IndexError(f"start out of range (expected to be in range of [{-size}, {size}], but got {start})")
    start = start + size if start < 0 else start
    if start + length > size:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return _slice(input, index=(*(slice(None),) * dim, slice(start, start + length)))


def select(input: Tensor, dim: int, index: int | Tensor) -> Tensor:
    """The slice of the tensor at `index` along `dim`, without that dimension. A view.

    >>> import gradiente as torch
    >>> torch.select(torch.tensor([[1, 2], [3, 4]]), 1, 0)
    tensor([1, 3])
    """
    shape = need_tensor(input, "select")._array.shape
    if not shape:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    dim, index = wrap_dim(integer(dim, "select", "dim", 2), len(shape)), integer(index, "select", "index", 3)
    if not -shape[dim] <= index < shape[dim]:
        raise IndexError(f"select(): index {index} out of range for tensor of size {list(shape)} at dimension {dim}")
    return _select(input, index=(*(slice(None),) * dim, index, ...))


def _iterate(self: Tensor) -> Iterator[Tensor]:
    """The slices along the first dimension."""
    if not self._array.ndim:
        raise TypeError("iteration over a 0-d tensor (use .item() for its value)")
    return iter(unbind(self, 0))


def _length(self: Tensor) -> int:
    """The size of the first dimension."""
    if not self._array.ndim:
        raise TypeError("len() of a 0-d tensor (use .numel() for the number of elements)")
    return self._array.shape[0]


METHODS: dict[str, Any] = {
    "split": _split_self,
    "dsplit": dsplit,
    "hsplit": hsplit,
    "split_with_sizes": split_with_sizes,
    "unsafe_chunk": unsafe_chunk,
    "unsafe_split": unsafe_split,
    "unsafe_split_with_sizes": unsafe_split_with_sizes,
    "vsplit": vsplit,
    "chunk": chunk,
    "tensor_split": tensor_split,
    "unbind": unbind,
    "narrow": narrow,
    "select": select,
    "__iter__": _iterate,
    "__len__": _length,
}
__all__ = [
    "chunk",
    "dsplit",
    "hsplit",
    "narrow",
    "select",
    "split",
    "split_with_sizes",
    "tensor_split",
    "unbind",
    "unsafe_chunk",
    "unsafe_split",
    "unsafe_split_with_sizes",
    "vsplit",
]
