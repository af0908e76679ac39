"""The methods of a tensor that make new ones of its dtype: new_tensor, new_full, new_zeros, new_ones, new_empty."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..tensor.core import Tensor
from ..tensor.devices import layout as Layout
from ..tensor.dtypes import dtype as Dtype
from ..tensor.origins import leave
from ._factory import allocate, made, need_differentiable, place_of, sequence_shape, settle, shape_of
from ._numbers import Number, need_number
from ._uninitialized import blank
from .creation import DeviceLike, copied, filled


def _settled(
    self: Tensor, function: str, dtype: Any, layout: Any, device: Any, pin_memory: Any, requires_grad: Any
) -> Dtype:
    wanted = settle(function, dtype, layout, device, pin_memory, requires_grad) or self.dtype
    if requires_grad:
        need_differentiable(wanted, function)
    return wanted


def new_tensor(
    self: Tensor,
    data: Any,
    *,
    dtype: Dtype | None = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    layout: Layout | None = None,
    pin_memory: bool = False,
) -> Tensor:
    """A new tensor with a copy of `data`, and the dtype of this tensor.

    Args:
        self: the tensor.
        data: a number, nested sequences of numbers, a NumPy array or a tensor.
        dtype: the dtype; that of this tensor if none is given.
        device: "cpu", "meta" or None.
        requires_grad: whether gradients are to be computed for the result.
        layout: torch.strided.
        pin_memory: must be False.

    Returns:
        A tensor with the shape of the data.

    Raises:
        TypeError, ValueError, RuntimeError: as `torch.tensor`.

    Example:
        >>> import gradiente as torch
        >>> torch.ones(1, dtype=torch.float64).new_tensor([1, 2])
        tensor([1., 2.], dtype=torch.float64)
    """
    wanted = _settled(self, "new_tensor", dtype, layout, device, pin_memory, requires_grad)
    if isinstance(data, Tensor):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
            "sourceTensor.detach().clone().requires_grad_(True), rather than tensor.new_tensor(sourceTensor).",
            UserWarning,
            stacklevel=2,
        )
    out = made(copied(data, wanted, "new_tensor", requires_grad), requires_grad, place_of(self, device))
    return leave("tensor", data, out) if isinstance(data, Tensor) else out


def new_full(
    self: Tensor,
    size: Sequence[int],
    fill_value: Number | Tensor,
    *,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor filled with one value, with the dtype of this tensor.

    Args:
        self: the tensor.
        size: the sizes, a sequence of integers.
        fill_value: a number or a tensor without dimensions.
        dtype: the dtype; that of this tensor if none is given.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of that shape.

    Raises:
        TypeError: a size that is no sequence of integers, a value that is no number.
        RuntimeError: a value that the dtype cannot hold.

    Example:
        >>> import gradiente as torch
        >>> torch.ones(1).new_full((2,), 7)
        tensor([7., 7.])
    """
    wanted = _settled(self, "new_full", dtype, layout, device, pin_memory, requires_grad)
    number = need_number(fill_value, "new_full", "fill_value", 2)
    return made(filled(sequence_shape(size, "new_full"), number, wanted, place_of(self, device)), requires_grad)


def new_zeros(
    self: Tensor,
    *sizes: int | Sequence[int],
    size: Sequence[int] | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Zeros, with the dtype of this tensor.

    Args:
        self: the tensor.
        sizes: the sizes, as integers or as one sequence of them.
        size: the same by keyword, as a sequence.
        dtype: the dtype; that of this tensor if none is given.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of that shape.

    Raises:
        TypeError: a size that is no integer.
        RuntimeError: a negative size, another device, a gradient for integers.

    Example:
        >>> import gradiente as torch
        >>> torch.ones(1, dtype=torch.int8).new_zeros(2)
        tensor([0, 0], dtype=torch.int8)
    """
    wanted = _settled(self, "new_zeros", dtype, layout, device, pin_memory, requires_grad)
    shape = shape_of(sizes, size, "new_zeros")
    return made(allocate(np.zeros, shape, wanted.numpy, device=place_of(self, device)), requires_grad)


def new_ones(
    self: Tensor,
    *sizes: int | Sequence[int],
    size: Sequence[int] | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Ones, with the dtype of this tensor.

    Args:
        self: the tensor.
        sizes: the sizes, as integers or as one sequence of them.
        size: the same by keyword, as a sequence.
        dtype: the dtype; that of this tensor if none is given.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of that shape.

    Raises:
        TypeError: a size that is no integer.
        RuntimeError: a negative size, another device, a gradient for integers.

    Example:
        >>> import gradiente as torch
        >>> torch.zeros(1, dtype=torch.int8).new_ones((2,))
        tensor([1, 1], dtype=torch.int8)
    """
    wanted = _settled(self, "new_ones", dtype, layout, device, pin_memory, requires_grad)
    shape = shape_of(sizes, size, "new_ones")
    return made(allocate(np.ones, shape, wanted.numpy, device=place_of(self, device)), requires_grad)


def new_empty(
    self: Tensor,
    *sizes: int | Sequence[int],
    size: Sequence[int] | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor whose values are whatever its memory holds, with the dtype of this tensor.

    Args:
        self: the tensor.
        sizes: the sizes, as integers or as one sequence of them.
        size: the same by keyword, as a sequence.
        dtype: the dtype; that of this tensor if none is given.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of that shape.

    Raises:
        TypeError: a size that is no integer.
        RuntimeError: a negative size, another device, a gradient for integers.

    Example:
        >>> import gradiente as torch
        >>> torch.ones(1).new_empty(2, 3).shape
        torch.Size([2, 3])
    """
    wanted = _settled(self, "new_empty", dtype, layout, device, pin_memory, requires_grad)
    shape = shape_of(sizes, size, "new_empty")
    return made(allocate(blank, shape, wanted.numpy, device=place_of(self, device)), requires_grad)


METHODS: dict[str, Any] = {
    "new_tensor": new_tensor,
    "new_full": new_full,
    "new_zeros": new_zeros,
    "new_ones": new_ones,
    "new_empty": new_empty,
}
__all__: list[str] = []
