"""Memory: copies, strides, and tensors that look at the same memory in another way."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..arrays.batched import Batched
from ..arrays.meta import is_meta
from ..arrays.numpy_indexing import Layout, storage
from ..graph import version_of
from ..tensor.core import Tensor, wrap
from ..tensor.devices import contiguous_format
from ..tensor.dtypes import SCALAR_NAMES
from ..tensor.dtypes import dtype as Dtype
from ..tensor.origins import leave
from ..tensor.size import Size
from ..tensor.views import detach_in_place, set_data, share
from ._arguments import need_tensor, wrap_dim
from ._define import primitive
from ._sizes import integer, integers
from ._views import viewing
from .formats import copied_in, lies_in, preserves

_clone, _contiguous = primitive("clone"), primitive("contiguous")
_strided, _windows = viewing("strided"), viewing("windows")


def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy of the tensor through which gradients flow; its strides keep the order of the original's.

    `memory_format` may ask for another order in memory, such as `torch.contiguous_format` or `torch.channels_last`.

    >>> import gradiente as torch
    >>> x = torch.ones(2)
    >>> y = torch.clone(x)
    >>> y[0] = 5
    >>> x
    tensor([1., 1.])
    """
    need_tensor(input, "clone")
    return _clone(input) if preserves(memory_format, "clone") else copied_in(memory_format, input)


def contiguous(self: Tensor, *, memory_format: Any = contiguous_format) -> Tensor:
    """The tensor itself if its elements lie in memory in their order, or in that of a format, else a copy that does.

    >>> import gradiente as torch
    >>> torch.ones(2, 3).t().contiguous().stride()
    (2, 1)
    """
    if memory_format is contiguous_format or memory_format is None:
        return self if self._array.flags.c_contiguous else _contiguous(self)
    if preserves(memory_format, "contiguous"):
        if self._array.flags.c_contiguous:
            return self
        raise RuntimeError(
            "preserve memory format is unsupported by the contiguous operator (leave memory_format out, or use clone)"
        )
    return self if lies_in(memory_format, self) else copied_in(memory_format, self)


def is_contiguous(self: Tensor, *, memory_format: Any = contiguous_format) -> bool:
    """Whether the elements lie in memory in their order, or in that of a format, without gaps.

    >>> import gradiente as torch
    >>> torch.ones(2, 3).is_contiguous(), torch.ones(2, 3).t().is_contiguous()
    (True, False)
    """
    if memory_format is contiguous_format or preserves(memory_format, "is_contiguous"):
        return self._array.flags.c_contiguous
    return lies_in(memory_format, self)


def as_strided(input: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None) -> Tensor:
    """The tensor's memory seen with other sizes and strides, counted in elements. A view.

    `storage_offset` counts from the start of the memory; without it the view starts where the tensor does. RuntimeError
    if the view would reach beyond the memory, or for negative strides.

    >>> import gradiente as torch
    >>> torch.as_strided(torch.arange(4), (3, 2), (1, 1))
    tensor([[0, 1],
            [1, 2],
            [2, 3]])
    """
    return _strided(input, layout=strided_layout(input, size, stride, storage_offset))


def slice_inverse(
    input: Tensor, src: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    """The memory of the input, a slice of a tensor that lies as `src` does, seen as that whole tensor. A view.

    >>> import gradiente as torch
    >>> x = torch.arange(4)
    >>> torch.slice_inverse(x[1:3], x, 0, 1, 3)
    tensor([0, 1, 2, 3])
    """
    need_tensor(src, "slice_inverse", "src", 2)
    return as_strided(input, size(src), stride(src), storage_offset(src))


def strided_layout(input: Tensor, size: Any, stride: Any, storage_offset: Any) -> Layout:
    """How the memory of `input` is seen with these sizes and strides, checked."""
    array = need_tensor(input, "as_strided")._array
    sizes, strides = integers((size,), "as_strided", "size"), integers((stride,), "as_strided", "stride")
    if len(sizes) != len(strides):
        raise RuntimeError(
            f"mismatch in length of strides and shape (size {list(sizes)} and stride {list(strides)} in as_strided)"
        )
    if any(s < 0 for s in strides):
        raise RuntimeError(
            f"as_strided: Negative strides are not supported at the moment, got strides: {list(strides)}"
        )
    if any(n < 0 for n in sizes):
        raise RuntimeError(f"Storage size calculation overflowed with sizes={list(sizes)} and strides={list(strides)}")
    item = array.itemsize
    memory, first = storage(array)
    start = first // item if storage_offset is None else integer(storage_offset, "as_strided", "storage_offset", 4)
    if start < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {start}")
    last = start + sum((n - 1) * s for n, s in zip(sizes, strides, strict=True))
    if prod(sizes) and (last + 1) * item > memory.size:
        raise RuntimeError(
            f"setStorage: sizes {list(sizes)}, strides {list(strides)}, storage offset {start}, and itemsize {item} "
            f"requiring a storage size of {(last + 1) * item} are out of bounds for storage of size {memory.size}"
        )
    before = first // item
    own = tuple([s // item for s in array.strides])
    return Layout(own, sizes, strides, start - before, before, memory.size // item - before)


def unfold(self: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """All windows of `size` elements along a dimension, `step` apart; a new last dimension holds each. A view.

    >>> import gradiente as torch
    >>> torch.arange(4).unfold(0, 2, 1)
    tensor([[0, 1],
            [1, 2],
            [2, 3]])
    """
    shape = self._array.shape
    dim = wrap_dim(integer(dimension, "unfold", "dimension"), len(shape))
    size, step = integer(size, "unfold", "size", 2), integer(step, "unfold", "step", 3)
    length = shape[dim] if shape else 1
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if size > length:
        raise RuntimeError(f"maximum size for tensor at dimension {dim} is {length} but size is {size}")
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    return _windows(self, axis=dim, size=size, step=step)


def detach(input: Tensor) -> Tensor:
    """The same values without the history, sharing memory. Changes in place are noticed by both.

    >>> import gradiente as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> (x * 2).detach()
    tensor([2., 2.])
    """
    need_tensor(input, "detach")
    out = share(input)
    out._history = version_of(input)
    if input.requires_grad or input._meta is not None:
        leave("detach", input, out)
    return out


def detach_(input: Tensor) -> Tensor:
    """Take the history away from the tensor itself, so that it becomes a leaf, and return it. Not for views.

    >>> import gradiente as torch
    >>> x = torch.ones(2, requires_grad=True) * 2
    >>> x.detach_().is_leaf
    True
    """
    if need_tensor(input, "detach_")._view is not None:
        detach_in_place(input)  # raises
    before = wrap(input._array)
    before._node, before._meta = input._node, input._meta
    detach_in_place(input)
    return leave("detach_", before, input)


def _set_data(self: Tensor, value: Any) -> None:
    if self._array.__class__ is Batched and not is_meta(self._array):
        raise RuntimeError(
            "mutating directly with `.data` under vmap transform is not allowed. (Use copy_, or return the new value.)"
        )
    set_data(self, value)
    if value._node is not None or value._meta is not None:
        leave("data", value, self)


def _get_data(self: Tensor) -> Tensor:
    if self._array.__class__ is Batched and not is_meta(self._array):
        raise RuntimeError("accessing `data` under vmap transform is not allowed (use .detach())")
    out = share(self)
    if self.requires_grad or self._meta is not None:
        leave("data", self, out)
    return out


_data = property(
    _get_data,
    _set_data,
    doc="The values without the history, sharing memory; autograd does not see changes to it.",
)


def view_dtype(x: Tensor, target: Dtype) -> Tensor:
    """The memory of `x` seen as elements of another dtype, without a history."""
    array, wanted = x._array, target.numpy
    old, new = array.dtype.itemsize, wanted.itemsize
    names = f"view {SCALAR_NAMES[x.dtype.name]} as {SCALAR_NAMES[target.name]} (different element sizes)"
    if old != new:
        if not array.ndim:
            raise RuntimeError(f"self.dim() cannot be 0 to {names}")
        if new > old and array.shape[-1] % (new // old):
            raise RuntimeError(f"self.size(-1) must be divisible by {new // old} to {names}, but got {array.shape[-1]}")
        if array.strides[-1] != old and array.shape[-1] != 1 and array.size:
            raise RuntimeError(f"self.stride(-1) must be 1 to {names}, but got {array.strides[-1] // old}")
        if new > old and any(s % new for s in array.strides[:-1]):
            raise RuntimeError(f"self.stride(0) must be divisible by {new // old} to {names}")
    if array.size:
        out = wrap(array.view(wanted))
    else:  # whose strides NumPy has as 0
        out = wrap(
            np.ndarray((*array.shape[:-1], array.shape[-1] * old // new), wanted, array) if array.ndim else array
        )
    out._history = version_of(x)
    return out


def size(self: Tensor, dim: int | None = None) -> Any:
    """The shape of the tensor, or its size along one dimension.

    >>> import gradiente as torch
    >>> torch.ones(2, 3).size(), torch.ones(2, 3).size(-1)
    (torch.Size([2, 3]), 3)
    """
    shape = self._array.shape
    if dim is None:
        return Size(shape)
    if not shape:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    return shape[wrap_dim(integer(dim, "size", "dim"), len(shape))]


def stride(self: Tensor, dim: int | None = None) -> Any:
    """How many elements lie in memory between neighbours along each dimension, or along one.

    >>> import gradiente as torch
    >>> torch.ones(2, 3).stride(), torch.ones(2, 3).stride(0)
    ((3, 1), 3)
    """
    array = self._array
    strides = tuple([s // array.itemsize for s in array.strides])
    if 0 in strides:
        strides = _of_single(strides, array.shape) if array.size else in_order(array.shape)
    if dim is None:
        return strides
    if not strides:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    return strides[wrap_dim(integer(dim, "stride", "dim"), len(strides))]


def in_order(sizes: Sequence[int]) -> tuple[int, ...]:
    """The strides of a tensor of these sizes whose elements lie in their order."""
    return tuple([prod([max(n, 1) for n in sizes[i + 1 :]]) for i in range(len(sizes))])


def _of_single(strides: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """The strides, where those of dimensions of size 1, to which NumPy gives 0, are what torch gives to new ones."""
    found = list(strides)
    for i in range(len(shape) - 1, -1, -1):
        if shape[i] == 1 and found[i] == 0:
            found[i] = shape[i + 1] * found[i + 1] if i + 1 < len(shape) else 1
    return tuple(found)


def storage_offset(self: Tensor) -> int:
    """How many elements lie in the memory before the tensor's first one.

    >>> import gradiente as torch
    >>> torch.ones(2, 3)[1].storage_offset()
    3
    """
    return storage(self._array)[1] // self._array.itemsize


def data_ptr(self: Tensor) -> int:
    """The address of the first element; 0 for an empty tensor, and on the meta device.

    >>> import gradiente as torch
    >>> x = torch.ones(2)
    >>> x.data_ptr() == x[:1].data_ptr()
    True
    """
    array = self._array
    return array.__array_interface__["data"][0] if array.size and not is_meta(array) else 0


def dim_order(self: Tensor, *, ambiguity_check: bool = False) -> tuple[int, ...]:
    """The dimensions, from the one with the largest stride to the one with the smallest.

    `ambiguity_check`: RuntimeError if sizes of 1 allow several orders.

    >>> import gradiente as torch
    >>> torch.ones(2, 3).t().dim_order()
    (1, 0)
    """
    strides = stride(self)
    order = tuple(sorted(range(len(strides)), key=lambda i: -strides[i]))
    if ambiguity_check and len(set(strides)) < len(strides):
        raise RuntimeError(
            "The tensor does not have unique dim order, or cannot map to exact one of the given memory formats."
            f" (Its strides are {strides})"
        )
    return order


def _base(self: Tensor) -> Tensor | None:
    """The tensor that this one is a view of, or None."""
    return None if self._view is None else self._view.base


def _is_view(self: Tensor) -> bool:
    """Whether this tensor is a view of another one."""
    return self._view is not None


METHODS: dict[str, Any] = {
    "clone": clone,
    "contiguous": contiguous,
    "is_contiguous": is_contiguous,
    "as_strided": as_strided,
    "slice_inverse": slice_inverse,
    "unfold": unfold,
    "detach": detach,
    "detach_": detach_,
    "data": _data,
    "size": size,
    "stride": stride,
    "dim": lambda self: self._array.ndim,
    "ndimension": lambda self: self._array.ndim,
    "storage_offset": storage_offset,
    "const_data_ptr": data_ptr,
    "data_ptr": data_ptr,
    "dim_order": dim_order,
    "_base": property(_base),
    "_is_view": _is_view,
}
__all__ = ["as_strided", "clone", "detach", "detach_", "slice_inverse"]
