"""What a tensor in coordinates is made of: places, values, and the form in which each place is stored once."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays.sparse import SparseArray
from ..tensor.core import Tensor, wrap
from ..tensor.devices import sparse_coo
from ..tensor.sparse import SparseTensor, coalesced_of, sparse, values_of, with_values
from ._registry import handles


def summed(v: Tensor, groups: Any, count: int) -> Tensor:
    """The sums of the values of each group, (count, *dense dimensions)."""
    zeros = wrap(np.zeros((count, *v._array.shape[1:]), v._array.dtype))
    return zeros.index_add(0, wrap(groups), v)


def with_places(v: Tensor, places: Any, shape: tuple[int, ...], coalesced: bool, name: str) -> SparseTensor:
    """The sparse tensor of values at places, made by the operation that has nodes called `name`."""
    return with_values(v, SparseArray(places, v._array, shape, coalesced), name)


def node_name(v: Tensor, default: str = "CloneBackward0") -> str:
    """The name of the node that made a tensor of values: also that of the sparse tensor's."""
    return default if v.grad_fn is None else type(v.grad_fn).__name__


@handles("coalesce")
def coalesce(self: Tensor, name: str = "CoalesceBackward0") -> Tensor:
    """The same tensor with sorted places, each of them once. See `torch.Tensor.coalesce`."""
    return self if self._array.coalesced else coalesced_of(self, name)


@handles("is_coalesced")
def is_coalesced(self: Tensor) -> bool:
    """Whether the places are sorted, and each is stored once."""
    return self._array.coalesced


def _need_coalesced(self: Tensor, what: str) -> None:
    if not self._array.coalesced:
        raise RuntimeError(f"Cannot get {what} on an uncoalesced tensor, please call .coalesce() first")


@handles("indices")
def indices(self: Tensor) -> Tensor:
    """The places of the stored elements, (sparse_dim, nnz), of a coalesced tensor."""
    _need_coalesced(self, "indices")
    return wrap(self._array.indices)


@handles("values")
def values(self: Tensor) -> Tensor:
    """The stored elements, (nnz, *dense dimensions), of a coalesced tensor; gradients flow through them."""
    _need_coalesced(self, "values")
    return values_of(self)


@handles("_indices")
def _indices(self: Tensor) -> Tensor:
    return wrap(self._array.indices)


@handles("_values")
def _values(self: Tensor) -> Tensor:
    return wrap(self._array.values)


@handles("_nnz")
def _nnz(self: Tensor) -> int:
    return self._array.indices.shape[1]


@handles("sparse_dim", "_dimI")
def sparse_dim(self: Tensor) -> int:
    """How many dimensions are stored as indices."""
    return self._array.sparse_dim


@handles("dense_dim", "_dimV")
def dense_dim(self: Tensor) -> int:
    """How many dimensions the stored elements have themselves."""
    return self._array.ndim - self._array.sparse_dim


@handles("clone")
def clone(self: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy, through which gradients flow."""
    array: SparseArray = self._array
    like = SparseArray(array.indices.copy(), array.values, array.shape, array.coalesced)
    return with_values(values_of(self).clone(), like, "CloneBackward0")


@handles("detach")
def detach(self: Tensor) -> Tensor:
    """The same tensor without a history; it shares the memory."""
    return sparse(self._array)


@handles("contiguous")
def contiguous(self: Tensor, *, memory_format: Any = None) -> Tensor:
    """Sparse tensors have no order in memory."""
    raise RuntimeError(
        "unsupported memory format option Contiguous (a sparse tensor has none: leave the call out, or .coalesce())"
    )


@handles("to")
def to(self: Tensor, *arguments: Any, **keywords: Any) -> Tensor:
    """The tensor in another type; itself if nothing changes."""
    found = values_of(self).to(*arguments, **keywords)
    if found._array is self._array.values and found._array.dtype == self._array.values.dtype:
        return self
    return with_values(found, self._array, "ToCopyBackward0")


def _converting(name: str) -> Any:
    def convert(self: Tensor, *arguments: Any, **keywords: Any) -> Tensor:
        found = getattr(Tensor, name)(wrap(self._array.values), *arguments, **keywords)
        return to(self, found.dtype)

    return handles(name)(convert)


for _name in (
    "bfloat16",
    "bool",
    "byte",
    "cdouble",
    "cfloat",
    "char",
    "double",
    "float",
    "half",
    "int",
    "long",
    "short",
):
    _converting(_name)


@handles("type")
def type_of(self: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The name of the type; or with `dtype` the tensor in that type."""
    if dtype is None:
        return wrap(self._array.values).type().replace("torch.", "torch.sparse.")
    if isinstance(dtype, str):
        dtype = dtype.replace("torch.sparse.", "torch.")
    return to(self, wrap(self._array.values).type(dtype).dtype)


@handles("type_as")
def type_as(self: Tensor, other: Tensor) -> Tensor:
    """The tensor in the type of another one."""
    return to(self, other.dtype)


@handles("stride")
def stride(self: Tensor, dim: int | None = None) -> Any:
    """Sparse tensors have no strides: zeros."""
    return (0,) * self._array.ndim if dim is None else 0


@handles("is_contiguous")
def is_contiguous(self: Tensor, memory_format: Any = None) -> bool:
    """False."""
    return False


@handles("storage_offset", "data_ptr")
def data_ptr(self: Tensor) -> int:
    """Sparse tensors have no memory of their own."""
    raise RuntimeError("Cannot access data pointer of Tensor that doesn't have storage (x._values() has)")


@handles("storage", "untyped_storage", "_typed_storage")
def storage(self: Tensor) -> Any:
    """Sparse tensors have no memory of their own."""
    raise NotImplementedError("Cannot access storage of SparseTensorImpl (x._values() and x._indices() have storages)")


@handles("numpy", "__array__")
def numpy(self: Tensor, *arguments: Any, **keywords: Any) -> Any:
    """Sparse tensors are no arrays."""
    raise TypeError("can't convert Sparse layout tensor to numpy. Use Tensor.to_dense() first.")


@handles("__bool__", "is_nonzero")
def truth(self: Tensor) -> bool:
    """Whether the only element is not 0."""
    if self._array.size > 1:
        raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous")
    return bool(item(self))


@handles("item", "__float__", "__int__")
def item(self: Tensor) -> Any:
    """The only element."""
    if self._array.size != 1:
        raise RuntimeError(f"a Tensor with {self._array.size} elements cannot be converted to Scalar")
    return self._array.dense().reshape(-1)[0].item()


PROPERTIES: dict[str, Any] = {
    "layout": property(lambda self: sparse_coo, doc="How the elements are stored: torch.sparse_coo."),
    "is_sparse": property(lambda self: True, doc="True."),
    "data": property(detach, doc="The tensor without its history."),
    "nbytes": property(lambda self: self._array.nbytes, doc="How much memory values and indices take."),
}

__all__ = ["PROPERTIES", "coalesce", "node_name", "summed", "with_places"]
