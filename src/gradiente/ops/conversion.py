"""Conversions between dtypes, and to a device: to, type, float, double, …."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, cast

import numpy as np

from ..arrays.meta import is_meta
from ..graph import current
from ..tensor import dtypes
from ..tensor.core import Tensor
from ..tensor.devices import device as Device
from ..tensor.devices import memory_format as MemoryFormat
from ..tensor.devices import need_place, strided
from ..tensor.dtypes import TENSOR_TYPES
from ..tensor.dtypes import dtype as Dtype
from ..tensor.origins import leave
from ..tensor.tangents import carries
from ._arguments import need_tensor
from ._define import primitive
from ._factory import PYTHON_TYPES, made
from .formats import converted_to
from .places import moved

DISCARDS = "Casting complex values to real discards the imaginary part"
_TO = (
    "to() received an invalid combination of arguments - got ({}), but expected one of:\n"
    " * (torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, bool copy = False, *, "
    "torch.memory_format memory_format = None)\n"
    " * (torch.dtype dtype, bool non_blocking = False, bool copy = False, *, "
    "torch.memory_format memory_format = None)\n"
    " * (Tensor tensor, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n"
)

_astype = primitive("astype")
_real_part = primitive("real", "ToCopyBackward0")


def cast_array(array: Any, target: Any) -> Any:
    """A copy of the array in another dtype, with what torch gives for numbers that do not fit.

    Floats go to the integers below 32 bits by way of int32, so that what lies outside wraps around.
    """
    if array.dtype.kind == "c" and target.kind not in "cb":
        array = array.real
    with np.errstate(all="ignore"):
        if target.kind in "iu" and target.itemsize < 4 and array.dtype.kind not in "biu":
            array = array.astype(np.int32)
        return array.astype(target)


def converted(input: Tensor, dtype: Dtype, copy: bool = False) -> Tensor:
    """The tensor with another dtype; itself if it has it already, unless a copy is wanted."""
    array, target = input._array, dtype.numpy
    if array.dtype == target and not copy:
        return input
    if array.dtype.kind == "c" and target.kind not in "cb":
        warnings.warn(DISCARDS, UserWarning, stacklevel=3)
    differentiable = dtype.is_floating_point or dtype.is_complex
    if not differentiable or ((input._node is None or not current().grad) and not carries(input)):
        return leave("no_grad" if differentiable else "cast", input, made(cast_array(array, target)))
    if array.dtype.kind == "c" and target.kind != "c":
        real = _real_part(input)
        return real if real._array.dtype == target else _astype(real, dtype=target)
    return _astype(input, dtype=target)


def to(
    self: Tensor,
    *args: Any,
    device: Device | str | int | None = None,
    dtype: Dtype | None = None,
    other: Tensor | None = None,
    non_blocking: bool = False,
    copy: bool = False,
    memory_format: MemoryFormat | None = None,
) -> Tensor:
    """The tensor with another dtype, or on another device: `to(dtype)`, `to(device, dtype)`, `to(other)`.

    Args:
        self: the tensor.
        args: a dtype; a device and perhaps a dtype; or a tensor whose dtype is taken; then `non_blocking` and `copy`.
        device: "cpu", "meta", where it loses its values, or None.
        dtype: the dtype of the result.
        other: a tensor whose dtype is taken.
        non_blocking: has no effect.
        copy: whether a new tensor is made even if nothing changes.
        memory_format: the order in memory, such as torch.channels_last; None keeps it.

    Returns:
        This tensor if nothing changes, else a new one. Gradients flow back through it between floating-point dtypes.

    Raises:
        TypeError: arguments of other types.
        AssertionError: for CUDA devices; RuntimeError for devices of other types.
        NotImplementedError: from the meta device to the CPU.

    Example:
        >>> import gradiente as torch
        >>> torch.tensor([1.5, 2.5]).to(torch.int64)
        tensor([1, 2])
    """
    rest: tuple[Any, ...] = args
    if args and (dtype is not None or device is not None) and isinstance(args[0], (Tensor, Dtype)):
        raise _unfit(args, device=device, dtype=dtype)
    if args:
        first, rest = args[0], args[1:]
        if isinstance(first, Tensor):
            other = first
        elif isinstance(first, Dtype) or (isinstance(first, type) and first in PYTHON_TYPES):
            dtype = cast(Any, first)
        elif first is None or isinstance(first, (Device, str)) or type(first) is int:
            device = first
            if rest and not isinstance(rest[0], bool):
                if dtype is not None:
                    raise _unfit(args, dtype=dtype)
                dtype, rest = rest[0], rest[1:]
        else:
            raise _unfit(args)
    if len(rest) > 2 or not all(isinstance(flag, (bool, np.bool_)) for flag in (*rest, non_blocking, copy)):
        raise _unfit(args, non_blocking=non_blocking, copy=copy)
    copy = rest[1] if len(rest) == 2 else copy
    if other is not None:
        dtype, device = need_tensor(other, "to", "other").dtype, other.device
    elif dtype is not None and dtype.__class__ is not Dtype:
        dtype = PYTHON_TYPES.get(dtype) if isinstance(dtype, type) else None
        if dtype is None:
            raise _unfit(args)
    if device is not None:
        need_place(device, "to")
        self = moved(self, device)
    out = converted(self, self.dtype if dtype is None else dtype, copy)
    if memory_format is not None and not isinstance(memory_format, MemoryFormat):
        raise _unfit(args, memory_format=memory_format)
    return converted_to(memory_format, out, "to")


def _unfit(args: tuple[Any, ...], **keywords: Any) -> TypeError:
    names = [f"torch.{type(a).__name__}" if isinstance(a, (Dtype, Device)) else type(a).__name__ for a in args]
    names += [f"{name}={type(value).__name__}" for name, value in keywords.items() if value]
    return TypeError(_TO.format(", ".join(names)))


def type_(self: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The name of the tensor's type, or the tensor converted to another one.

    Args:
        self: the tensor.
        dtype: a dtype, the name of a tensor type such as "torch.IntTensor", or such a type; None to ask for the name.
        non_blocking: has no effect.

    Returns:
        A string, or a tensor.

    Raises:
        ValueError: a name that is no tensor type.
        TypeError: neither a dtype nor a type nor a name.

    Example:
        >>> import gradiente as torch
        >>> torch.ones(1).type(), torch.ones(1).type(torch.int8).type()
        ('torch.FloatTensor', 'torch.CharTensor')
    """
    if dtype is None:
        return f"torch.{'meta.' if is_meta(self._array) else ''}{TENSOR_TYPES[self.dtype.name]}"
    if isinstance(dtype, Dtype):
        return converted(self, dtype)
    if dtype is Tensor or dtype == "torch.Tensor":
        return converted(self, dtypes.get_default_dtype())
    found = getattr(cast(Any, dtype), "dtype", None) if isinstance(dtype, type) else None
    if isinstance(found, Dtype):
        return converted(self, found)
    if not isinstance(dtype, (str, type)):
        raise TypeError(f"dtype must be a type, str, or dtype object (got {type(dtype).__name__})")
    name = dtype if isinstance(dtype, str) else dtype.__name__
    if name.startswith("torch.cuda."):
        raise RuntimeError(
            f"Cannot initialize CUDA without ATen_cuda library. ({name} lives on a GPU; gradiente computes on the CPU: "
            f"use torch.{name.removeprefix('torch.cuda.')})"
        )
    for dtype_name, type_name in TENSOR_TYPES.items():
        if name == f"torch.{type_name}":
            return converted(self, getattr(dtypes, dtype_name))
    raise ValueError(f"invalid type: '{name}' (pass a dtype, or a name such as 'torch.FloatTensor')")


def type_as(self: Tensor, other: Tensor) -> Tensor:
    """The tensor with the dtype of another one.

    Args:
        self: the tensor.
        other: the tensor whose dtype is taken.

    Returns:
        This tensor if it has that dtype, else a new one.

    Raises:
        TypeError: `other` is no tensor.

    Example:
        >>> import gradiente as torch
        >>> torch.ones(2).type_as(torch.tensor(1))
        tensor([1, 1])
    """
    need_tensor(other, "type_as", "other")
    return converted(moved(self, other.device), other.dtype)


def _conversion(name: str, dtype: Dtype) -> Callable[..., Tensor]:
    def convert(self: Tensor, memory_format: MemoryFormat | None = None) -> Tensor:
        out = converted(self, dtype)
        return converted_to(memory_format, out, name)

    convert.__name__ = convert.__qualname__ = name
    convert.__doc__ = (
        f"The tensor with dtype {dtype!r}; itself if it has it. Gradients flow back between floating-point dtypes.\n\n"
        f"    >>> import gradiente as torch\n    >>> torch.ones(2).{name}().dtype\n    {dtype!r}\n    "
    )
    return convert


def is_tensor(obj: object, /) -> bool:
    """Whether the object is a tensor.

    Example:
        >>> import gradiente as torch
        >>> torch.is_tensor(torch.ones(2)), torch.is_tensor([1.0])
        (True, False)
    """
    return isinstance(obj, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Whether the tensor's dtype is a floating-point one.

    Raises:
        TypeError: the input is no tensor.

    Example:
        >>> import gradiente as torch
        >>> torch.is_floating_point(torch.ones(2))
        True
    """
    return need_tensor(input, "is_floating_point").dtype.is_floating_point


def is_complex(input: Tensor) -> bool:
    """Whether the tensor's dtype is a complex one.

    Raises:
        TypeError: the input is no tensor.

    Example:
        >>> import gradiente as torch
        >>> torch.is_complex(torch.tensor(1j))
        True
    """
    return need_tensor(input, "is_complex").dtype.is_complex


def is_signed(input: Tensor) -> bool:
    """Whether the tensor's dtype has negative numbers.

    Raises:
        TypeError: the input is no tensor.

    Example:
        >>> import gradiente as torch
        >>> torch.is_signed(torch.ones(2, dtype=torch.uint8))
        False
    """
    return need_tensor(input, "is_signed").dtype.is_signed


def numel(input: Tensor) -> int:
    """The number of elements.

    Raises:
        TypeError: the input is no tensor.

    Example:
        >>> import gradiente as torch
        >>> torch.numel(torch.ones(2, 3))
        6
    """
    return need_tensor(input, "numel")._array.size


def _element_size(self: Tensor) -> int:
    """The size of an element in bytes."""
    return self._array.itemsize


_DTYPES = {
    "float": dtypes.float32,
    "double": dtypes.float64,
    "half": dtypes.float16,
    "bfloat16": dtypes.bfloat16,
    "int": dtypes.int32,
    "long": dtypes.int64,
    "short": dtypes.int16,
    "char": dtypes.int8,
    "byte": dtypes.uint8,
    "bool": dtypes.bool,
    "cfloat": dtypes.complex64,
    "cdouble": dtypes.complex128,
}
METHODS: dict[str, Any] = {
    "to": to,
    "type": type_,
    "type_as": type_as,
    "is_floating_point": is_floating_point,
    "is_complex": is_complex,
    "is_signed": is_signed,
    "numel": numel,
    "nelement": numel,
    "element_size": _element_size,
    "itemsize": property(_element_size, doc="The size of an element in bytes."),
    "nbytes": property(lambda self: self._array.nbytes, doc="The size of all elements in bytes."),
    "layout": property(lambda self: strided, doc="How the elements are stored: torch.strided."),
    **{name: _conversion(name, dtype) for name, dtype in _DTYPES.items()},
}
__all__ = ["is_complex", "is_floating_point", "is_signed", "is_tensor", "numel"]
