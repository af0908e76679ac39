"""Memory without values in a chosen layout: empty_strided, empty_permuted; and older names of in-place functions."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..arrays.meta import in_order, without_values
from ..tensor.core import Tensor
from ..tensor.devices import is_on_meta
from ..tensor.devices import layout as Layout
from ..tensor.dtypes import dtype as Dtype
from ..tensor.dtypes import get_default_dtype
from ._arguments import need_tensor
from ._define import inplace
from ._factory import allocate, made, need_differentiable, place_of, settle
from ._sizes import integers
from ._uninitialized import blank
from .affine_products import addmv
from .creation import DeviceLike
from .reshaping import as_strided_ as as_strided_
from .storages import resize_as_ as resize_as_

addmv_: Any = inplace(addmv)


def _strided(sizes: Sequence[int], strides: Sequence[int], dtype: Any, device: Any) -> Any:
    """An array of these sizes and strides, counted in elements."""
    if len(sizes) != len(strides):
        raise RuntimeError(
            f"dimensionality of sizes ({len(sizes)}) must match dimensionality of strides ({len(strides)})"
        )
    for n in sizes:
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: {list(sizes)}")
    if any(s < 0 for s in strides):
        raise RuntimeError(
            f"Storage size calculation overflowed with sizes={list(sizes)} and strides={list(strides)} "
            "(strides must not be negative)"
        )
    elements = 1 + sum((n - 1) * s for n, s in zip(sizes, strides, strict=True)) if prod(sizes) else 0
    if is_on_meta(device):
        return without_values(tuple(sizes), dtype, tuple([s * dtype.itemsize for s in strides]))
    memory = allocate(blank, (elements,), dtype)
    return np.lib.stride_tricks.as_strided(memory, tuple(sizes), tuple(s * memory.itemsize for s in strides))


def empty_strided(
    size: Sequence[int],
    stride: Sequence[int],
    *,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """A tensor whose values are whatever its memory holds, with the strides given.

    Args:
        size: the sizes.
        stride: how many elements of memory lie between neighbours, for each dimension.
        dtype: the dtype; without it the default one.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        requires_grad: whether gradients are to be computed for the result.
        pin_memory: must be False.

    Returns:
        A tensor of that shape, dtype and strides.

    Raises:
        RuntimeError: the numbers of sizes and strides differ, one is negative, or a gradient for integers.

    Example:
        >>> import gradiente as torch
        >>> torch.empty_strided((2, 3), (1, 2)).stride()
        (1, 2)
    """
    sizes, strides = integers((size,), "empty_strided", "size"), integers((stride,), "empty_strided", "stride")
    wanted = settle("empty_strided", dtype, layout, device, pin_memory, requires_grad) or get_default_dtype()
    return made(_strided(sizes, strides, wanted.numpy, device), requires_grad)


def new_empty_strided(
    self: Tensor,
    size: Sequence[int],
    stride: Sequence[int],
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor whose values are whatever its memory holds, with the strides given and the dtype of this tensor.

    Args:
        self: the tensor.
        size: the sizes.
        stride: how many elements of memory lie between neighbours, for each dimension.
        dtype: the dtype; that of this tensor if none is given.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of that shape, dtype and strides.

    Raises:
        RuntimeError: the numbers of sizes and strides differ, one is negative, or a gradient for integers.

    Example:
        >>> import gradiente as torch
        >>> torch.ones(1, dtype=torch.int8).new_empty_strided((2, 3), (1, 2)).dtype
        torch.int8
    """
    name = "new_empty_strided"
    sizes, strides = integers((size,), name, "size"), integers((stride,), name, "stride")
    wanted = settle(name, dtype, layout, device, pin_memory, requires_grad) or self.dtype
    if requires_grad:
        need_differentiable(wanted, name)
    return made(_strided(sizes, strides, wanted.numpy, place_of(self, device)), requires_grad)


def empty_permuted(
    size: Sequence[int],
    physical_layout: Sequence[int],
    *,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """A tensor whose values are whatever its memory holds, with its dimensions in another order in memory.

    Args:
        size: the sizes.
        physical_layout: the dimensions, from the one with the largest stride to the one with the smallest.
        dtype: the dtype; without it the default one.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        requires_grad: whether gradients are to be computed for the result.
        pin_memory: must be False.

    Returns:
        A dense tensor of that shape and dtype.

    Raises:
        RuntimeError: `physical_layout` does not name each dimension once, or a size is negative.

    Example:
        >>> import gradiente as torch
        >>> torch.empty_permuted((2, 3, 4), (0, 2, 1)).stride()
        (12, 1, 3)
    """
    name = "empty_permuted"
    sizes, order = integers((size,), name, "size"), integers((physical_layout,), name, "physical_layout")
    if len(sizes) != len(order):
        raise RuntimeError(
            "Number of dimensions in size does not match the length of the physical_layout; i.e. len(size) = "
            f"{len(sizes)} is not equal to len(physical_layout) = {len(order)}"
        )
    for i, dim in enumerate(order):
        if not 0 <= dim < len(sizes):
            raise RuntimeError(
                f"Dimension out of range (expected to be between 0 and {len(sizes) - 1}, but got {dim} at index {i}). "
                " NB: negative dims not currently supported; file an issue if you want it."
            )
    if len(set(order)) < len(order):
        raise RuntimeError(f"Duplicate dim not allowed (physical_layout is {list(order)})")
    wanted = settle(name, dtype, layout, device, pin_memory, requires_grad) or get_default_dtype()
    strides = [0] * len(sizes)
    for dim, step in zip(order, in_order(tuple([sizes[dim] for dim in order]), 1), strict=True):
        strides[dim] = step
    return made(_strided(sizes, strides, wanted.numpy, device), requires_grad)


def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape.

    >>> import gradiente as torch
    >>> torch.is_same_size(torch.ones(2, 3), torch.zeros(2, 3))
    True
    """
    return (
        need_tensor(input, "is_same_size")._array.shape == need_tensor(other, "is_same_size", "other", 2)._array.shape
    )


def is_set_to(self: Tensor, tensor: Tensor) -> bool:
    """Whether two tensors show the same memory in the same way.

    >>> import gradiente as torch
    >>> x = torch.ones(2, 3)
    >>> x.is_set_to(x.view(2, 3)), x.is_set_to(x.clone())
    (True, False)
    """
    a, b = self._array, need_tensor(tensor, "is_set_to", "tensor")._array
    return a.ctypes.data == b.ctypes.data and (a.shape, a.strides, a.dtype) == (b.shape, b.strides, b.dtype)


METHODS: dict[str, Any] = {
    "is_same_size": is_same_size,
    "is_set_to": is_set_to,
    "new_empty_strided": new_empty_strided,
}
__all__ = ["addmv_", "as_strided_", "empty_permuted", "empty_strided", "is_same_size", "resize_as_"]
