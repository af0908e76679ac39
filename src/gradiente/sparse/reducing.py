"""Sums of sparse tensors, and the softmax of what they store."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays.sparse import SparseArray, grouped, keys_of
from ..ops._arguments import wrap_dim
from ..ops.exponentials import log_softmax as dense_log_softmax
from ..ops.exponentials import softmax as dense_softmax
from ..tensor.core import Tensor, wrap
from ..tensor.dtypes import dtype as Dtype
from ..tensor.sparse import dense_of, values_of, with_values
from ._registry import handles, is_sparse, refused
from .coordinates import coalesce, summed, to, with_places
from .products import wants_all


def sum_of_stored(input: Tensor, dim: Any, dtype: Dtype | None, name: str, keepdim: bool = False) -> Tensor:
    """The sum over dimensions: sparse as long as a sparse dimension is left; gradients reach what is stored."""
    x = input if dtype is None else to(input, dtype)
    array: SparseArray = x._array
    count = array.sparse_dim
    dims = sorted({wrap_dim(d, array.ndim) for d in ((dim,) if isinstance(dim, int) else dim)})
    inner = [d - count + 1 for d in dims if d >= count]
    v = values_of(x)
    if inner:
        v = v.sum(inner, keepdim=keepdim)
    left = [d for d in range(count) if d not in dims]
    shape = tuple([1 if d in dims else n for d, n in enumerate(array.shape) if keepdim or d not in dims])
    if not left and not keepdim:
        return v.sum(0)
    indices = array.indices[left] if not keepdim else np.where(np.isin(range(count), dims)[:, None], 0, array.indices)
    groups, firsts = grouped(keys_of(indices, shape))
    return with_places(summed(v, groups, len(firsts)), indices[:, firsts], shape, True, name)


@handles("sum")
def total(
    input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Dtype | None = None, out: Any = None
) -> Tensor:
    """The sum of all elements, or over some dimensions."""
    if dim is None or dim == ():
        if wants_all(input):
            return dense_of(input, "ToDenseBackward0", False).sum(dtype=dtype)
        return values_of(input).sum(dtype=dtype)
    every = range(input._array.ndim)
    dims = {wrap_dim(d, len(every)) for d in ((dim,) if isinstance(dim, int) else dim)}
    if not keepdim and dims == set(every):
        return total(input, dtype=dtype)
    return sum_of_stored(input, dim, dtype, "SumBackward1", keepdim)


def normalized(input: Tensor, dim: int, dtype: Dtype | None, logarithm: bool) -> Tensor:
    """The softmax along a dimension of what is stored: what is not stored counts as -infinity."""
    if not is_sparse(input):
        raise refused("_sparse_log_softmax" if logarithm else "_sparse_softmax", "CPU")
    dim = wrap_dim(dim, input._array.ndim)
    x = coalesce(input if dtype is None else to(input, dtype))
    array: SparseArray = x._array
    if array.dtype.kind not in "fV":
        name = "Long" if array.dtype == np.int64 else str(x.dtype).rpartition(".")[2].capitalize()
        raise NotImplementedError(f"\"softmax\" not implemented for '{name}' (pass dtype=torch.float32)")
    v, name = values_of(x), f"Sparse{'Log' if logarithm else ''}SoftmaxBackward0"
    if dim >= array.sparse_dim:
        function: Any = dense_log_softmax if logarithm else dense_softmax
        return with_values(function(v, dim - array.sparse_dim + 1), array, name)
    others = np.delete(array.indices, dim, 0)
    shape = tuple(np.delete(array.shape, dim).tolist())
    groups, firsts = grouped(keys_of(others, shape))
    largest = np.full((len(firsts), *array.values.shape[1:]), -np.inf, array.dtype)
    np.maximum.at(largest, groups, array.values)
    places = wrap(groups)
    shifted = v - wrap(largest[groups])
    sums = summed(shifted.exp(), groups, len(firsts))
    if logarithm:
        return with_values(shifted - sums.log().index_select(0, places), array, name)
    return with_values(shifted.exp() / sums.index_select(0, places), array, name)


__all__ = ["normalized", "sum_of_stored", "total"]
