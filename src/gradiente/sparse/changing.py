"""Changes of sparse tensors in place, and of ordinary tensors by sparse ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..arrays.sparse import SparseArray
from ..graph import Sink, current, version_of
from ..ops._sizes import integers
from ..tensor.core import AccumulateGrad, Tensor, wrap
from ..tensor.sparse import SparseTensor, sparse, values_of
from ._registry import HANDLERS, handles, is_sparse, refused
from .coordinates import to
from .creating import without_elements


def replace(x: Tensor, result: Tensor) -> Tensor:
    """Let `x` be what `result` is, which was computed of it: its values and its history."""
    recorded = current().grad and (x._node is not None or result._node is not None)
    if recorded and isinstance(x._node, Sink):
        raise RuntimeError(
            "a leaf Variable that requires grad is being used in an in-place operation. (Use the function without the "
            "underscore, or with torch.no_grad())"
        )
    if result._array.dtype != x._array.dtype:
        result = to(result, x.dtype)
    x._array = result._array
    if recorded:
        x._node = result._node
    elif x._node.__class__ is AccumulateGrad:
        x._node._array = x._array  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
    version_of(x).bump()
    return x


def _in_place(name: str) -> Callable[..., Tensor]:
    """The in-place form of a function: `mul` → `mul_`."""
    function = HANDLERS[name]

    def change(self: Tensor, *arguments: Any, **keywords: Any) -> Tensor:
        if not is_sparse(self):
            raise refused(f"{name}_")
        return replace(self, function(self, *arguments, **keywords))

    change.__name__ = change.__qualname__ = f"{name}_"
    return change


def install() -> None:
    """Make the in-place forms of the functions that are there."""
    for name in [n for n in HANDLERS if hasattr(SparseTensor, f"{n}_") and f"{n}_" not in HANDLERS]:
        handles(f"{name}_")(_in_place(name))
    for name in ("pow", "div"):
        HANDLERS[f"__i{name}__"] = HANDLERS[f"{name}_"]
    HANDLERS["__itruediv__"] = HANDLERS["__idiv__"]


@handles("add_", "__iadd__")
def add_(self: Tensor, other: Any, *, alpha: Any = 1) -> Tensor:
    """Add alpha · other, where one of the two is sparse, or both."""
    if is_sparse(self):
        return replace(self, HANDLERS["add"](self, other, alpha=alpha))
    array: SparseArray = other._array
    if self._array.shape != array.shape:
        raise RuntimeError(
            "add: expected 'self' and 'other' to have same size, but self has size "
            f"{list(self._array.shape)} while other has size {list(array.shape)} (FYI: dense-sparse addition does not "
            "currently support broadcasting)"
        )
    v = HANDLERS["to"](other, self.dtype) if other.dtype is not self.dtype else other
    w: Any = values_of(v)
    target: Any = self
    if array.sparse_dim == 1:
        return target.index_add_(0, wrap(array.indices[0]), w, alpha=alpha)
    return target.index_put_(tuple([wrap(row) for row in array.indices]), w * alpha, accumulate=True)


@handles("sub_", "subtract_", "__isub__")
def sub_(self: Tensor, other: Any, *, alpha: Any = 1) -> Tensor:
    """Subtract alpha · other."""
    return add_(self, other, alpha=-alpha)


@handles("mul_", "multiply_", "__imul__")
def mul_(self: Tensor, other: Any) -> Tensor:
    """Multiply; an ordinary tensor by all elements of a sparse one."""
    if is_sparse(self):
        return replace(self, HANDLERS["mul"](self, other))
    target: Any = self
    return target.mul_(HANDLERS["to_dense"](other))


@handles("zero_")
def zero_(self: Tensor) -> Tensor:
    """Let nothing be stored."""
    array: SparseArray = self._array
    return replace(self, without_elements(array.shape, array.sparse_dim, array.dtype))


@handles("detach_")
def detach_(self: Tensor) -> Tensor:
    """Drop the history."""
    self._node = None
    return self


@handles("copy_")
def copy_(self: Tensor, src: Tensor, non_blocking: bool = False) -> Tensor:
    """Take over the places and values of another sparse tensor of the same shape."""
    if not (is_sparse(self) and is_sparse(src)):
        kinds = [HANDLERS["type"](x) if is_sparse(x) else wrap(x._array).type() for x in (self, src)]
        raise RuntimeError(
            "copy_() between dense and sparse Tensors is not implemented! Found self type = "
            f"{kinds[0]} and src type = {kinds[1]} (convert with .to_dense() or .to_sparse())"
        )
    if self._array.shape != src._array.shape and not self._array.size == 0:
        raise RuntimeError(
            f"copy_(): sparse tensors of shapes {list(self._array.shape)} and {list(src._array.shape)} do not match"
        )
    return replace(self, HANDLERS["clone"](src))


@handles("_coalesced_")
def _coalesced_(self: Tensor, coalesced: bool) -> Tensor:
    array: SparseArray = self._array
    self._array = SparseArray(array.indices, array.values, array.shape, coalesced, array._pattern)
    return self


@handles("sparse_resize_")
def sparse_resize_(self: Tensor, size: Any, sparse_dim: int, dense_dim: int) -> Tensor:
    """Give the tensor a larger shape."""
    shape, array = tuple(integers((size,), "sparse_resize_", "size")), self._array
    if len(shape) != sparse_dim + dense_dim:
        raise RuntimeError(
            "'len(size) == sparse_dim + dense_dim' is not satisfied: len(size) = "
            f"{len(shape)}, sparse_dim = {sparse_dim}, dense_dim = {dense_dim}"
        )
    if array.indices.shape[1]:
        if sparse_dim != array.sparse_dim or shape[sparse_dim:] != array.shape[sparse_dim:]:
            raise RuntimeError(
                "changing the number of sparse dimensions (or the dense sizes) on a non-empty sparse tensor is not "
                "supported"
            )
        if any(n < m for n, m in zip(shape, array.shape, strict=True)):
            raise RuntimeError(
                "shrinking the size of sparse dimensions (from "
                f"{list(array.shape)} to {list(shape)}) on a non-empty sparse tensor is not supported."
            )
        return replace(self, sparse(SparseArray(array.indices, array.values, shape, array.coalesced)))
    return replace(self, without_elements(shape, sparse_dim, array.dtype))


@handles("sparse_resize_and_clear_")
def sparse_resize_and_clear_(self: Tensor, size: Any, sparse_dim: int, dense_dim: int) -> Tensor:
    """Give the tensor another shape; nothing is stored then."""
    shape = tuple(integers((size,), "sparse_resize_and_clear_", "size"))
    return replace(self, without_elements(shape, sparse_dim, self._array.dtype))


@handles("resize_as_", "resize_as_sparse_")
def resize_as_(self: Tensor, other: Tensor, **rest: Any) -> Tensor:
    """Give the tensor the shape of another sparse one."""
    array = other._array
    if array.shape == self._array.shape:
        return self
    return sparse_resize_(self, array.shape, array.sparse_dim, array.ndim - array.sparse_dim)


@handles("share_memory_", "pin_memory")
def share_memory_(self: Tensor) -> Tensor:
    """The tensor itself."""
    return self


__all__ = ["add_", "copy_", "replace"]
