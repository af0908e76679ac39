"""Sparse tensors with their dimensions in another order, parts of them, several of them together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays.sparse import Pattern, SparseArray
from ..ops._arguments import wrap_dim
from ..ops.joining import cat as joined
from ..tensor.core import Tensor, wrap
from ..tensor.sparse import values_of, with_values
from ._registry import handles, is_sparse, refused
from .coordinates import coalesce, with_places


def _moved(x: Tensor, order: Sequence[int], name: str) -> Tensor:
    """The tensor with its dimensions in another order."""
    array: SparseArray = x._array
    count = array.sparse_dim
    if sorted(order[:count]) != list(range(count)):
        raise RuntimeError(
            "permute: sparse and dense dimensions can't be mixed (the first "
            f"{count} dimensions are sparse; convert with .to_dense() first)"
        )
    v = values_of(x)
    rest = [d - count + 1 for d in order[count:]]
    if rest != list(range(1, len(rest) + 1)):
        v = v.permute(0, *rest)
    same = list(order) == list(range(array.ndim))
    pattern: Pattern | None = array._pattern.T if array._pattern is not None and list(order) == [1, 0] else None
    shape = tuple([array.shape[d] for d in order])
    like = SparseArray(array.indices[list(order[:count])], v._array, shape, same and array.coalesced, pattern)
    return with_values(v, like, name)


@handles("t")
def t(input: Tensor) -> Tensor:
    """The transposed matrix."""
    array: SparseArray = input._array
    if array.ndim > 2 or array.sparse_dim != array.ndim:
        raise RuntimeError(
            "t() expects a tensor with <= 2 sparse and 0 dense dimensions, but got "
            f"{array.sparse_dim} sparse and {array.ndim - array.sparse_dim} dense dimensions"
        )
    return _moved(input, range(array.ndim)[::-1], "TBackward0")


@handles("transpose", "swapaxes", "swapdims")
def transpose(input: Tensor, dim0: int, dim1: int, name: str = "TransposeBackward0") -> Tensor:
    """The tensor with two dimensions exchanged."""
    ndim = input._array.ndim
    order = list(range(ndim))
    i, j = wrap_dim(dim0, ndim), wrap_dim(dim1, ndim)
    order[i], order[j] = j, i
    return _moved(input, order, name)


@handles("permute")
def permute(input: Tensor, *dims: Any) -> Tensor:
    """The tensor with its dimensions in another order."""
    given = dims[0] if len(dims) == 1 and isinstance(dims[0], (tuple, list)) else dims
    ndim = input._array.ndim
    order = [wrap_dim(d, ndim) for d in given]
    if len(order) != ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {ndim} is not equal to len(dims) = {len(order)}"
        )
    if len(set(order)) != ndim:
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return _moved(input, order, "PermuteBackward0")


def _reversed(self: Tensor) -> Tensor:
    return _moved(self, range(self._array.ndim)[::-1], "PermuteBackward0")


def _matrix_transposed(self: Tensor) -> Tensor:
    return transpose(self, -2, -1)


@handles("unsqueeze")
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """The tensor with a dimension of size 1 more."""
    array: SparseArray = input._array
    place = wrap_dim(dim, array.ndim + 1)
    shape = (*array.shape[:place], 1, *array.shape[place:])
    v = values_of(input)
    if place <= array.sparse_dim:
        zeros = np.zeros((1, array.indices.shape[1]), np.int64)
        indices = np.concatenate((array.indices[:place], zeros, array.indices[place:]))
    else:
        indices, v = array.indices, v.unsqueeze(place - array.sparse_dim + 1)
    return with_places(v, indices, shape, array.coalesced, "UnsqueezeBackward0")


@handles("index_select")
def index_select(input: Tensor, dim: int, index: Tensor, *, out: Any = None) -> Tensor:
    """The slices that are named by number."""
    array: SparseArray = input._array
    dim = wrap_dim(dim, array.ndim)
    wanted, size = np.asarray(index._array), array.shape[dim]
    for n in wanted.reshape(-1):
        if not -size <= n < size:
            raise IndexError(
                f"index_select(): index contains {n} that is out of range for tensor of size {list(array.shape)} at "
                f"dimension {dim}"
            )
    wanted = np.where(wanted < 0, wanted + size, wanted).reshape(-1)
    shape = (*array.shape[:dim], len(wanted), *array.shape[dim + 1 :])
    name = "IndexSelectBackward0"
    if dim >= array.sparse_dim:
        v = values_of(input).index_select(dim - array.sparse_dim + 1, wrap(wanted))
        return with_places(v, array.indices, shape, array.coalesced, name)
    order = np.argsort(array.indices[dim], kind="stable")
    there = array.indices[dim][order]
    starts, ends = np.searchsorted(there, wanted), np.searchsorted(there, wanted, side="right")
    counts = ends - starts
    which = np.repeat(np.arange(len(wanted)), counts)
    picked = order[np.arange(len(which)) - (np.cumsum(counts) - counts)[which] + starts[which]]
    picked_order = np.argsort(picked, kind="stable") if dim else np.arange(len(picked))
    picked, which = picked[picked_order], which[picked_order]
    indices = array.indices[:, picked]
    indices[dim] = which
    return with_places(values_of(input).index_select(0, wrap(picked)), indices, shape, False, name)


@handles("select")
def select(input: Tensor, dim: int, index: int, name: str = "SelectBackward0") -> Tensor:
    """One slice, without its dimension: sparse, or an ordinary tensor where no sparse dimension is left."""
    x = coalesce(input)
    array: SparseArray = x._array
    dim = wrap_dim(dim, array.ndim)
    size = array.shape[dim]
    if not -size <= index < size:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(array.shape)} at dimension {dim}"
        )
    index = index % size
    shape = (*array.shape[:dim], *array.shape[dim + 1 :])
    if dim >= array.sparse_dim:
        return with_places(values_of(x).select(dim - array.sparse_dim + 1, index), array.indices, shape, True, name)
    kept = np.flatnonzero(array.indices[dim] == index)
    v = values_of(x).index_select(0, wrap(kept))
    if array.sparse_dim == 1:
        return v.sum(0)
    return with_places(v, np.delete(array.indices[:, kept], dim, 0), shape, True, name)


@handles("__getitem__")
def getitem(self: Tensor, index: Any) -> Tensor:
    """Slices by number: x[i], x[i, j], x[:, j]."""
    parts = list(index) if isinstance(index, tuple) else [index]
    ndim = self._array.ndim
    if Ellipsis in [p for p in parts if p is Ellipsis]:
        place = next(i for i, p in enumerate(parts) if p is Ellipsis)
        parts[place : place + 1] = [slice(None)] * (ndim - len(parts) + 1)
    out, dim = self, 0
    for part in parts:
        if isinstance(part, slice):
            if part != slice(None):
                raise refused("as_strided")
            dim += 1
        elif isinstance(part, (int, np.integer)) and not isinstance(part, bool):
            size = out._array.shape[dim] if dim < out._array.ndim else 0
            if not -size <= part < size:
                raise IndexError(f"index {part} is out of bounds for dimension {dim} with size {size}")
            out = select(out, dim, int(part)) if is_sparse(out) else out.select(dim, int(part))
        else:
            raise refused("index.Tensor")
    return out


@handles("__setitem__")
def setitem(self: Tensor, index: Any, value: Any) -> None:
    """Refused: elements of sparse tensors cannot be assigned."""
    raise TypeError("Cannot assign to a sparse tensor (make another one of the indices and values)")


@handles("unbind")
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """All slices along a dimension."""
    return tuple(
        [select(input, dim, i, "UnbindBackward0") for i in range(input._array.shape[wrap_dim(dim, input._array.ndim)])]
    )


@handles("__iter__")
def iterate(self: Tensor) -> Any:
    """The slices along the first dimension."""
    return iter(unbind(self))


@handles("__len__")
def length(self: Tensor) -> int:
    """The size of the first dimension."""
    if not self._array.ndim:
        raise TypeError("len() of a 0-d tensor")
    return self._array.shape[0]


@handles("narrow_copy")
def narrow_copy(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """The slices from `start` on."""
    array: SparseArray = input._array
    dim = wrap_dim(dim, array.ndim)
    if not 0 <= start <= start + length <= array.shape[dim]:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({array.shape[dim]}).")
    shape = (*array.shape[:dim], length, *array.shape[dim + 1 :])
    if dim >= array.sparse_dim:
        v = values_of(input).narrow(dim - array.sparse_dim + 1, start, length)
        return with_places(v, array.indices, shape, array.coalesced, "NarrowCopyBackward0")
    kept = np.flatnonzero((array.indices[dim] >= start) & (array.indices[dim] < start + length))
    indices = array.indices[:, kept]
    indices[dim] -= start
    v = values_of(input).index_select(0, wrap(kept))
    return with_places(v, indices, shape, array.coalesced, "NarrowCopyBackward0")


@handles("cat", "concat", "concatenate")
def cat(tensors: Sequence[Tensor], dim: int = 0, *, out: Any = None, name: str = "CatBackward0") -> Tensor:
    """Sparse tensors one behind the other along a dimension."""
    for i, x in enumerate(tensors):
        if not is_sparse(x):
            raise RuntimeError(f"Concatenating sparse tensors, but a dense tensor was found at position {i}.")
    arrays = [x._array for x in tensors]
    first = arrays[0]
    dim = wrap_dim(dim, first.ndim)
    for i, a in enumerate(arrays):
        if a.sparse_dim != first.sparse_dim or a.ndim != first.ndim:
            raise RuntimeError(
                f"All tensors must have the same number of dimensions, sparse and dense: tensor {i} has "
                f"{a.sparse_dim} and {a.ndim - a.sparse_dim}, the first one {first.sparse_dim} and "
                f"{first.ndim - first.sparse_dim}"
            )
        if a.shape[:dim] != first.shape[:dim] or a.shape[dim + 1 :] != first.shape[dim + 1 :]:
            raise RuntimeError(
                f"All tensors must have the same shape: {list(first.shape)} (except in the concatenating dimension), "
                f"but found shape: {list(a.shape)} at position {i}"
            )
    sizes = [a.shape[dim] for a in arrays]
    shape = (*first.shape[:dim], sum(sizes), *first.shape[dim + 1 :])
    indices = np.concatenate([a.indices for a in arrays], 1)
    parts = [values_of(x) for x in tensors]
    offsets = np.cumsum([0, *sizes[:-1]])
    if dim < first.sparse_dim:
        indices[dim] += np.repeat(offsets, [a.indices.shape[1] for a in arrays])
    else:
        wide = dim - first.sparse_dim + 1
        parts = [_widened(v, wide, before, shape[dim]) for v, before in zip(parts, offsets.tolist(), strict=True)]
    return with_places(joined(parts), indices, shape, False, name)


def _widened(v: Tensor, dim: int, before: int, size: int) -> Tensor:
    """The values, with zeros before and after them along a dimension."""
    shape = v._array.shape
    ends = [v.new_zeros((*shape[:dim], n, *shape[dim + 1 :])) for n in (before, size - before - shape[dim])]
    return joined([ends[0], v, ends[1]], dim)


@handles("stack")
def stack(tensors: Sequence[Tensor], dim: int = 0, *, out: Any = None) -> Tensor:
    """Sparse tensors along a new dimension."""
    for i, x in enumerate(tensors):
        if x._array.shape != tensors[0]._array.shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(tensors[0]._array.shape)} at entry 0 and "
                f"{list(x._array.shape)} at entry {i}"
            )
    return cat([unsqueeze(x, dim) for x in tensors], dim, name="StackBackward0")


@handles("reshape", "flatten", "reshape_as", "ravel")
def reshape(input: Tensor, *arguments: Any, **keywords: Any) -> Tensor:
    """Refused."""
    raise RuntimeError("reshape is not implemented for sparse tensors (convert with .to_dense() first)")


PROPERTIES: dict[str, Any] = {
    "T": property(_reversed, doc="The tensor with its dimensions in the reverse order."),
    "mT": property(_matrix_transposed, doc="The tensor with its last two dimensions exchanged."),
}

__all__ = ["PROPERTIES", "cat", "index_select", "permute", "select", "stack", "t", "transpose", "unsqueeze"]
