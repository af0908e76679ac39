"""Sparse tensors from indices and values, and from ordinary tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays.sparse import SparseArray
from ..ops._factory import settle
from ..ops._sizes import integers
from ..ops.interop import as_tensor
from ..tensor.core import AccumulateGrad, Tensor, wrap
from ..tensor.devices import layout as Layout
from ..tensor.devices import sparse_coo, sparse_csr, strided
from ..tensor.dtypes import dtype as Dtype
from ..tensor.dtypes import get_default_dtype
from ..tensor.sparse import SparseTensor, dense_of, sparse, stored_of, with_values
from ._invariants import check_indices, check_sparse_tensor_invariants
from ._registry import handles, is_sparse, refused


def sparse_coo_tensor(
    indices: Any = None,
    values: Any = None,
    size: Any = None,
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    check_invariants: bool | None = None,
    is_coalesced: bool | None = None,
) -> Tensor:
    """A sparse tensor in coordinates: x[indices[:, k]] = values[k], and 0 elsewhere; what is repeated is added up.

    Gradients flow to `values`, if that is a tensor that requires them.

    Args:
        indices: (sparse_dim, nnz), integers; a tensor or nested lists.
        values: (nnz, *dense dimensions).
        size: the shape; by default as large as the indices need. Given alone, the tensor has no stored elements.
        dtype: that of the result; by default that of `values`.
        device: "cpu".
        pin_memory: must be False.
        requires_grad: whether gradients are computed for the tensor itself.
        check_invariants: whether to check that a tensor is coalesced that is said to be so.
        is_coalesced: True where the indices are sorted and none is repeated.

    Returns:
        A tensor with the layout torch.sparse_coo, of shape `size`.

    Raises:
        RuntimeError: indices that are negative or not within `size`, or sizes that do not fit.
        TypeError: neither values nor a size.

    Example:
        >>> import gradiente as torch
        >>> torch.sparse_coo_tensor([[0, 1], [2, 0]], [3.0, 4.0], (2, 3)).to_dense()
        tensor([[0., 0., 3.],
                [4., 0., 0.]])
    """
    kind = settle("sparse_coo_tensor", dtype, None, device, pin_memory, requires_grad)
    check = check_sparse_tensor_invariants.is_enabled() if check_invariants is None else check_invariants
    if values is None:
        return _empty(indices if size is None else size, kind, requires_grad)
    v = values if isinstance(values, Tensor) else as_tensor(values, dtype=kind)
    if kind is not None and v.dtype is not kind:
        v = v.to(kind)
    places = _places(indices)
    given = v._array.shape
    if v.dim() == 0:
        v = v.expand(places.shape[1])
    shape = _shape(places, v._array.shape, size)
    if v._array.shape[0] != places.shape[1]:
        raise RuntimeError(
            "indices and values must have same nnz, but got nnz from indices: "
            f"{places.shape[1]}, nnz from values: {v._array.shape[0]} (indices have shape {list(places.shape)}, values "
            f"{list(given)})"
        )
    check_indices(places, shape, bool(is_coalesced), bool(check))
    like = SparseArray(places, v._array, shape, bool(is_coalesced) or places.shape[1] < 1)
    return _leaf(with_values(v, like), requires_grad)


def _leaf(x: Tensor, requires_grad: bool) -> Tensor:
    if requires_grad and x._node is None:
        x._node = AccumulateGrad(x)
    return x


def _places(indices: Any) -> Any:
    """The indices as a matrix of int64 of their own."""
    array = np.asarray(indices._array if isinstance(indices, Tensor) else indices)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise RuntimeError(f"indices must be sparse_dim x nnz, but got: {list(array.shape)}")
    return np.array(array, np.int64)


def _shape(places: Any, given: tuple[int, ...], size: Any) -> tuple[int, ...]:
    """The shape that was asked for, checked, or the one that the indices need."""
    count, dense = places.shape[0], given[1:]
    if size is None:
        if places.size and places.min() < 0:
            dim = int(np.flatnonzero(places.min(axis=1) < 0)[0])
            raise RuntimeError(f"found negative index {places[dim].min()} for dim {dim}")
        least = (places.max(axis=1) + 1).tolist() if places.shape[1] else [0] * count
        return (*least, *dense)
    shape = integers((size,), "sparse_coo_tensor", "size")
    if len(shape) != count + len(dense):
        raise RuntimeError(
            f"'len(size) == sparse_dim + dense_dim' is not satisfied: len(size) = {len(shape)}, sparse_dim = {count}, "
            f"dense_dim = {len(dense)}"
        )
    if tuple(shape[count:]) != dense:
        expected, got = [given[0], *shape[count:]], list(given)
        raise RuntimeError(f"values has incorrect size, expected {expected}, got {got}")
    return tuple(shape)


def _empty(size: Any, kind: Dtype | None, requires_grad: bool) -> Tensor:
    """A tensor without stored elements."""
    if size is None:
        raise TypeError(
            "sparse_coo_tensor() received an invalid combination of arguments - got (), but expected one of:\n"
            " * (object indices, object values, *, torch.dtype dtype = None, torch.device device = None, bool "
            "pin_memory = False, bool requires_grad = False, bool check_invariants = None, bool is_coalesced = None)\n"
            " * (object indices, object values, tuple of ints size, ...)\n * (tuple of ints size, ...)\n"
        )
    shape = tuple(integers((size,), "sparse_coo_tensor", "size"))
    return _leaf(without_elements(shape, len(shape), (kind or get_default_dtype()).numpy), requires_grad)


def without_elements(shape: tuple[int, ...], sparse_dim: int, kind: Any) -> SparseTensor:
    """A sparse tensor of this shape and NumPy dtype in which nothing is stored."""
    values = np.zeros((0, *shape[sparse_dim:]), kind)
    return sparse(SparseArray(np.zeros((sparse_dim, 0), np.int64), values, shape, True))


@handles("to_sparse", "to_sparse_coo")
def to_sparse(
    self: Tensor, sparse_dim: int | None = None, *, layout: Layout | None = None, blocksize: Any = None, **rest: Any
) -> Tensor:
    """The same tensor in a sparse layout. See `torch.Tensor.to_sparse`."""
    if isinstance(sparse_dim, Layout):
        layout, sparse_dim = sparse_dim, None
    if layout is sparse_csr:
        from .compressed import to_sparse_csr

        return to_sparse_csr(self)
    if layout is not None and layout is not sparse_coo:
        raise NotImplementedError(
            f"to_sparse(): the layout {layout!r} is not supported; torch.sparse_coo and torch.sparse_csr are"
        )
    if is_sparse(self):
        if sparse_dim is not None and sparse_dim != self._array.sparse_dim:
            raise RuntimeError(
                f"to_sparse: conversion from {sparse_coo} to {sparse_coo} with sparse_dim argument != "
                "self.sparse_dim() is not supported (convert with .to_dense() between)"
            )
        return self
    array = self._array
    count = array.ndim if sparse_dim is None else sparse_dim
    if not 0 <= count <= array.ndim:
        raise RuntimeError(
            f"dense_to_sparse: sparse_dim argument must be in [0,{array.ndim}] range, but {count} is given"
        )
    if count == array.ndim:
        places = np.stack(np.nonzero(array)) if count else np.zeros((0, int(array != 0)), np.int64)
    else:
        any_there = (array != 0).any(axis=tuple(range(count, array.ndim)))
        places = np.stack(np.nonzero(any_there)) if count else np.zeros((0, int(any_there)), np.int64)
    like = SparseArray(places.astype(np.int64), None, array.shape, True)
    if count:
        return stored_of(self, like, "ToSparseBackward0" if sparse_dim is not None else "ToSparseBackward1")
    return with_values(self.unsqueeze(0)[: places.shape[1]], like, "ToSparseBackward1")


@handles("to_dense")
def to_dense(self: Tensor, dtype: Dtype | None = None, *, masked_grad: bool | None = None) -> Tensor:
    """All elements, as an ordinary tensor. See `torch.Tensor.to_dense`."""
    if is_sparse(self):
        self = dense_of(self, "ToDenseBackward0", masked_grad is not False)
    return self if dtype is None else self.to(dtype)


@handles("sparse_mask")
def sparse_mask(self: Tensor, mask: Tensor) -> Tensor:
    """The elements of a tensor at the places where a sparse tensor has elements. See `torch.Tensor.sparse_mask`."""
    if not is_sparse(mask):
        raise refused("sparse_mask", "CPU")
    if self._array.shape != mask._array.shape:
        raise RuntimeError(
            "sparse_mask(): operands have incompatible sizes; self has size "
            f"{list(self._array.shape)} but mask has size {list(mask._array.shape)}"
        )
    like = mask._array
    dense = dense_of(self, "ToDenseBackward0", True) if is_sparse(self) else self
    out = stored_of(dense, like, "SparseMaskBackward0")
    return out


@handles("zeros_like", "empty_like")
def zeros_like(input: Tensor, *, dtype: Dtype | None = None, requires_grad: bool = False, **rest: Any) -> Tensor:
    """A tensor of the same shape, with nothing stored; with layout=torch.strided, zeros."""
    kind = (input.dtype if dtype is None else dtype).numpy
    if rest.get("layout") is strided:
        return wrap(np.zeros(input._array.shape, kind)).requires_grad_(requires_grad)
    return _leaf(without_elements(input._array.shape, input._array.sparse_dim, kind), requires_grad)


def rebuilt(indices: Tensor, values: Tensor, size: tuple[int, ...], is_coalesced: bool) -> Tensor:
    """The tensor of parts that come from a file or a pickle, checked."""
    places = _places(indices)
    shape = _shape(places, values._array.shape, size)
    if values._array.shape[0] != places.shape[1]:
        raise RuntimeError(f"indices and values must have same nnz ({places.shape[1]} and {values._array.shape[0]})")
    check_indices(places, shape, is_coalesced, True)
    return sparse(SparseArray(places, values._array, shape, is_coalesced))


__all__ = ["rebuilt", "sparse_coo_tensor", "sparse_mask", "to_dense", "to_sparse", "without_elements"]
