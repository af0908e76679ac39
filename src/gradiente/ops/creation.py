"""Tensors from data and from constants: tensor, as_tensor, zeros, ones, full, empty, eye."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from ..tensor.core import Tensor
from ..tensor.devices import CPU, sparse_coo, strided
from ..tensor.devices import device as Device
from ..tensor.devices import layout as Layout
from ..tensor.devices import memory_format as MemoryFormat
from ..tensor.dtypes import dtype as Dtype
from ..tensor.dtypes import from_numpy_dtype, get_default_dtype
from ..tensor.origins import leave
from ..tensor.refusals_unsigned import lacking
from ._factory import allocate, made, need_differentiable, put_out, sequence_shape, settle, shape_of
from ._literals import infer, literal
from ._numbers import fitted, need_int, need_number
from ._uninitialized import blank
from .formats import empty_in, preserves
from .sparse import nothing_stored

Number = int | float | complex | bool
DeviceLike = Device | str | int | None


def tensor(
    data: Any,
    *,
    dtype: Dtype | None = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """A new tensor with a copy of `data`: a number, nested sequences of numbers, a NumPy array or a tensor.

    Args:
        data: the values. Nested sequences must be regular.
        dtype: the dtype of the result; without it int64, the default dtype, … as the data needs, and that of an array.
        device: "cpu", "meta" or None.
        requires_grad: whether gradients are to be computed for the result.
        pin_memory: must be False.

    Returns:
        A tensor with the shape of the data, which shares no memory with them.

    Raises:
        ValueError: ragged data, or an integer beyond 64 bits.
        TypeError: text, complex numbers for a real dtype.
        RuntimeError: data without a dtype, numbers that the dtype cannot hold, a gradient for integers.

    Example:
        >>> import gradiente as torch
        >>> torch.tensor([[1.0, 2.0], [3.0, 4.0]])
        tensor([[1., 2.],
                [3., 4.]])
    """
    wanted = settle("tensor", dtype, None, device, pin_memory, requires_grad)
    if isinstance(data, Tensor):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
            "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).",
            UserWarning,
            stacklevel=2,
        )
        if data.layout is not strided:  # what is stored, in memory of its own
            return data.detach().to(data.dtype if wanted is None else wanted).clone().requires_grad_(requires_grad)
    out = made(copied(data, wanted, "tensor", requires_grad), requires_grad, device)
    return leave("tensor", data, out) if isinstance(data, Tensor) else out


def copied(data: Any, dtype: Dtype | None, function: str, requires_grad: bool = False) -> Any:
    """A new array with the values of `data`, checked to be fit for gradients if these are wanted."""
    if isinstance(data, Tensor):
        data = data._array
        array = data.astype(data.dtype if dtype is None else dtype.numpy)
    elif isinstance(data, (np.ndarray, np.generic)):
        data = known(np.asarray(cast(Any, data)))
        with np.errstate(all="ignore"):
            array = data.astype(data.dtype if dtype is None else dtype.numpy, order="K")
    else:
        array = literal(data, dtype)
    if requires_grad:
        need_differentiable(from_numpy_dtype(array.dtype), function)
    return array


def known(array: Any) -> Any:
    """The NumPy array, checked to be one that torch takes: its dtype, byte order and strides."""
    from_numpy_dtype(array.dtype)
    if any(stride < 0 for stride in array.strides):
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with negative strides are not "
            "currently supported. (You can probably work around this by making a copy of your array  with "
            "array.copy().) "
        )
    if any(stride % array.itemsize for stride in array.strides):
        raise ValueError(
            "given numpy array strides not a multiple of the element byte size. Copy the numpy array to reallocate the "
            "memory."
        )
    return array


def zeros(
    *sizes: int | Sequence[int],
    size: Sequence[int] | None = None,
    out: Tensor | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor filled with zeros.

    Args:
        sizes: the sizes, as integers or as one sequence of them.
        size: the same by keyword, as a sequence.
        out: a tensor to write to, of the right shape and dtype.
        dtype: the dtype; without it the default one.
        layout: torch.strided, or torch.sparse_coo for a tensor in which nothing is stored.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of that shape and dtype.

    Raises:
        TypeError: a size that is no integer.
        RuntimeError: a negative size, too large a one, another device, a gradient for integers.

    Example:
        >>> import gradiente as torch
        >>> torch.zeros(2, 3)
        tensor([[0., 0., 0.],
                [0., 0., 0.]])
    """
    if layout is sparse_coo and out is None:
        settle("zeros", dtype, None, device, pin_memory, requires_grad)
        return nothing_stored(shape_of(sizes, size, "zeros"), dtype or _default_for(out), requires_grad)
    wanted = settle("zeros", dtype, layout, device, pin_memory, requires_grad) or _default_for(out)
    array = allocate(np.zeros, shape_of(sizes, size, "zeros"), wanted.numpy, device=device)
    return made(array, requires_grad) if out is None else put_out(out, array, "zeros", dtype)


def ones(
    *sizes: int | Sequence[int],
    size: Sequence[int] | None = None,
    out: Tensor | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor filled with ones.

    Args:
        sizes: the sizes, as integers or as one sequence of them.
        size: the same by keyword, as a sequence.
        out: a tensor to write to, of the right shape and dtype.
        dtype: the dtype; without it the default one.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of that shape and dtype.

    Raises:
        TypeError: a size that is no integer.
        RuntimeError: a negative size, too large a one, another device, a gradient for integers.

    Example:
        >>> import gradiente as torch
        >>> torch.ones((2, 2), dtype=torch.int64)
        tensor([[1, 1],
                [1, 1]])
    """
    wanted = settle("ones", dtype, layout, device, pin_memory, requires_grad) or _default_for(out)
    array = allocate(np.ones, shape_of(sizes, size, "ones"), wanted.numpy, device=device)
    return made(array, requires_grad) if out is None else put_out(out, array, "ones", dtype)


def empty(
    *sizes: int | Sequence[int],
    size: Sequence[int] | None = None,
    out: Tensor | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = None,
) -> Tensor:
    """A tensor whose values are whatever its memory holds, for programs that fill it.

    Args:
        sizes: the sizes, as integers or as one sequence of them.
        size: the same by keyword, as a sequence.
        out: a tensor to write to, of the right shape and dtype.
        dtype: the dtype; without it the default one.
        layout: torch.strided, or torch.sparse_coo for a tensor in which nothing is stored.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.
        memory_format: torch.contiguous_format, torch.channels_last or torch.channels_last_3d.

    Returns:
        A tensor of that shape and dtype.

    Raises:
        TypeError: a size that is no integer.
        RuntimeError: a negative size, too large a one, another device, a gradient for integers.

    Example:
        >>> import gradiente as torch
        >>> torch.empty(2, 3).shape
        torch.Size([2, 3])
    """
    if layout is sparse_coo and out is None:
        settle("empty", dtype, None, device, pin_memory, requires_grad)
        return nothing_stored(shape_of(sizes, size, "empty"), dtype or _default_for(out), requires_grad)
    wanted = settle("empty", dtype, layout, device, pin_memory, requires_grad, memory_format) or _default_for(out)
    shape = shape_of(sizes, size, "empty")
    if memory_format is None:
        array = allocate(blank, shape, wanted.numpy, device=device)
    elif preserves(memory_format, "empty"):
        raise RuntimeError("unsupported memory format Preserve (there is no tensor whose order could be kept)")
    else:
        array = empty_in(memory_format, shape, wanted.numpy)
    return made(array, requires_grad, device) if out is None else put_out(out, array, "empty", dtype)


def _default_for(out: Tensor | None) -> Dtype:
    """The dtype where none is given: that of `out`, else the default one."""
    return out.dtype if isinstance(out, Tensor) else get_default_dtype()


def full(
    size: Sequence[int],
    fill_value: Number | Tensor,
    *,
    out: Tensor | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor filled with one value.

    Args:
        size: the sizes, a sequence of integers.
        fill_value: a number or a tensor without dimensions; without `dtype` it decides the dtype.
        out: a tensor to write to, of the right shape and dtype.
        dtype: the dtype of the result.
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
        >>> torch.full((2, 2), 7)
        tensor([[7, 7],
                [7, 7]])
    """
    wanted = settle("full", dtype, layout, device, pin_memory, requires_grad)
    shape = sequence_shape(size, "full")
    value = need_number(fill_value, "full", "fill_value", 2)
    if wanted is None:
        wanted = out.dtype if isinstance(out, Tensor) else infer(value)
        if requires_grad:
            need_differentiable(wanted, "full")
    array = filled(shape, value, wanted, device)
    return made(array, requires_grad) if out is None else put_out(out, array, "full", dtype)


def filled(shape: tuple[int, ...], value: Number, dtype: Dtype, device: Any = CPU) -> Any:
    """An array of one value, checked to fit the dtype."""
    array = allocate(blank, shape, dtype.numpy, device=device)
    array[...] = fitted(value, dtype)
    return array


def eye(
    n: int,
    m: int | None = None,
    *,
    out: Tensor | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """A matrix with ones on its diagonal and zeros elsewhere.

    Args:
        n: the number of rows.
        m: the number of columns; as many as rows if it is not given.
        out: a tensor to write to, of the right shape and dtype.
        dtype: the dtype; without it the default one.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of shape (n, m).

    Raises:
        TypeError: a size that is no integer.
        RuntimeError: a negative size.

    Example:
        >>> import gradiente as torch
        >>> torch.eye(2)
        tensor([[1., 0.],
                [0., 1.]])
    """
    wanted = settle("eye", dtype, layout, device, pin_memory, requires_grad) or _default_for(out)
    lacking("eye", wanted)
    rows = need_int(n, "eye", "n", 1)
    columns = rows if m is None else need_int(m, "eye", "m", 2)
    for name, value in (("n", rows), ("m", columns)):
        if value < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {value}")
    array = allocate(np.zeros, (rows, columns), wanted.numpy, device=device)
    if array.__class__ is np.ndarray:
        np.fill_diagonal(array, 1)
    return made(array, requires_grad) if out is None else put_out(out, array, "eye", dtype)


def scalar_tensor(
    s: Number | Tensor,
    *,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor without dimensions, of the default dtype whatever the number is.

    Args:
        s: the number.
        dtype: the dtype; without it the default one.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of shape ().

    Raises:
        TypeError: no number; RuntimeError: one that the dtype cannot hold.

    Example:
        >>> import gradiente as torch
        >>> torch.scalar_tensor(3)
        tensor(3.)
    """
    wanted = settle("scalar_tensor", dtype, layout, device, pin_memory, requires_grad) or get_default_dtype()
    return made(filled((), need_number(s, "scalar_tensor", "s", 1), wanted, device), requires_grad)


METHODS: dict[str, Any] = {}
__all__ = ["empty", "eye", "full", "ones", "scalar_tensor", "tensor", "zeros"]
