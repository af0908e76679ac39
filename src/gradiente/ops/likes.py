"""Tensors after the model of another one: zeros_like, ones_like, full_like, empty_like."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays.meta import usual_dtype, without_values
from ..tensor.core import Tensor
from ..tensor.devices import is_on_meta
from ..tensor.devices import layout as Layout
from ..tensor.devices import memory_format as MemoryFormat
from ..tensor.dtypes import dtype as Dtype
from ..tensor.dtypes import from_numpy_dtype
from ._arguments import need_tensor
from ._factory import made, need_differentiable, place_of, settle
from ._numbers import Number, fitted, need_number
from ._uninitialized import blank
from .creation import DeviceLike
from .formats import empty_in


def alike(
    function: str,
    input: Any,
    dtype: Any,
    layout: Any,
    device: Any,
    pin_memory: Any,
    requires_grad: Any,
    memory_format: Any,
) -> Any:
    """An array without values, with the shape of `input`, its dtype and its order in memory if no other is given."""
    array = need_tensor(input, function)._array
    wanted = settle(function, dtype, layout, device, pin_memory, requires_grad, memory_format)
    if requires_grad:
        need_differentiable(wanted or input.dtype, function)
    target = array.dtype if wanted is None else wanted.numpy
    if (device is not None or array.__class__ is not np.ndarray) and is_on_meta(place_of(input, device)):
        return without_values(array.shape, target, array.strides if dense(array) else None)
    target = usual_dtype(target)
    preserve = memory_format is None or memory_format.name == "preserve_format"
    if not preserve:
        return empty_in(memory_format, array.shape, target)
    if not array.flags.c_contiguous and dense(array):
        order = np.argsort([-stride for stride in array.strides], kind="stable")
        return blank([array.shape[i] for i in order], target).transpose(np.argsort(order))
    return blank(array.shape, target)


def dense(array: Any) -> bool:
    """Whether the elements fill their stretch of memory, in whatever order of the dimensions."""
    expected = array.itemsize
    for stride, size in sorted((s, n) for s, n in zip(array.strides, array.shape, strict=True) if n != 1):
        if stride != expected:
            return False
        expected *= size
    return True


def zeros_like(
    input: Tensor,
    *,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = None,
) -> Tensor:
    """Zeros, with the shape of another tensor.

    Args:
        input: the model.
        dtype: the dtype; that of `input` if none is given.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.
        memory_format: torch.preserve_format (the order of `input` in memory) or torch.contiguous_format.

    Returns:
        A tensor with the shape of `input`.

    Raises:
        TypeError: the input is no tensor.
        RuntimeError: another device, a gradient for integers.

    Example:
        >>> import gradiente as torch
        >>> torch.zeros_like(torch.tensor([1, 2]))
        tensor([0, 0])
    """
    array = alike("zeros_like", input, dtype, layout, device, pin_memory, requires_grad, memory_format)
    array[...] = 0
    return made(array, requires_grad)


def ones_like(
    input: Tensor,
    *,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = None,
) -> Tensor:
    """Ones, with the shape of another tensor.

    Args:
        input: the model.
        dtype: the dtype; that of `input` if none is given.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.
        memory_format: torch.preserve_format (the order of `input` in memory) or torch.contiguous_format.

    Returns:
        A tensor with the shape of `input`.

    Raises:
        TypeError: the input is no tensor.
        RuntimeError: another device, a gradient for integers.

    Example:
        >>> import gradiente as torch
        >>> torch.ones_like(torch.tensor([1.5, 2.5]))
        tensor([1., 1.])
    """
    array = alike("ones_like", input, dtype, layout, device, pin_memory, requires_grad, memory_format)
    array[...] = 1
    return made(array, requires_grad)


def empty_like(
    input: Tensor,
    *,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = None,
) -> Tensor:
    """A tensor whose values are whatever its memory holds, with the shape of another tensor.

    Args:
        input: the model.
        dtype: the dtype; that of `input` if none is given.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.
        memory_format: torch.preserve_format (the order of `input` in memory) or torch.contiguous_format.

    Returns:
        A tensor with the shape of `input`.

    Raises:
        TypeError: the input is no tensor.
        RuntimeError: another device, a gradient for integers.

    Example:
        >>> import gradiente as torch
        >>> torch.empty_like(torch.ones(2, 3)).shape
        torch.Size([2, 3])
    """
    array = alike("empty_like", input, dtype, layout, device, pin_memory, requires_grad, memory_format)
    return made(array, requires_grad)


def full_like(
    input: Tensor,
    fill_value: Number | Tensor,
    *,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = None,
) -> Tensor:
    """One value everywhere, with the shape of another tensor.

    Args:
        input: the model.
        fill_value: a number or a tensor without dimensions.
        dtype: the dtype; that of `input` if none is given.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.
        memory_format: torch.preserve_format (the order of `input` in memory) or torch.contiguous_format.

    Returns:
        A tensor with the shape of `input`.

    Raises:
        TypeError: the input is no tensor.
        RuntimeError: another device, a gradient for integers, a value that the dtype cannot hold.

    Example:
        >>> import gradiente as torch
        >>> torch.full_like(torch.ones(2), 7)
        tensor([7., 7.])
    """
    array = alike("full_like", input, dtype, layout, device, pin_memory, requires_grad, memory_format)
    number = need_number(fill_value, "full_like", "fill_value", 2)
    array[...] = fitted(number, from_numpy_dtype(array.dtype))
    return made(array, requires_grad)


METHODS: dict[str, Any] = {}
__all__ = ["empty_like", "full_like", "ones_like", "zeros_like"]
