"""Tensors and NumPy: numpy(), from_numpy, as_tensor, asarray, frombuffer, and what NumPy's functions ask for."""

from __future__ import annotations

import warnings
from typing import Any, cast

import numpy as np

from ..arrays.meta import is_meta
from ..graph import current
from ..tensor.core import Tensor, wrap
from ..tensor.devices import is_on_meta
from ..tensor.dtypes import SCALAR_NAMES, from_numpy_dtype
from ..tensor.dtypes import dtype as Dtype
from ..tensor.leaves import tracked
from ..tensor.origins import leave
from ._factory import made, need_bool, need_differentiable, settle
from ._literals import literal
from .conversion import cast_array, converted
from .creation import DeviceLike, known
from .places import moved

_TRACKED = "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
_READ_ONLY = (
    "The given NumPy array is not writable, and PyTorch does not support non-writable tensors. This means writing to "
    "this tensor will result in undefined behavior. You may want to copy the array to protect its data or make it "
    "writable before converting it to a tensor. (gradiente refuses in-place changes of such a tensor.)"
)

_READ_ONLY_BUFFER = (
    "The given buffer is not writable, and PyTorch does not support non-writable tensors. This means you can write to "
    "the underlying (supposedly non-writable) buffer using the tensor. You may want to copy the buffer to protect its "
    "data or make it writable before converting it to a tensor. (gradiente refuses in-place changes of such a tensor.)"
)


def numpy(self: Tensor, *, force: bool = False) -> Any:
    """The tensor as a NumPy array that shares its memory.

    Args:
        self: the tensor.
        force: also for a tensor that requires a gradient: the array of `self.detach()`.

    Returns:
        An array of the same shape and dtype. Changes of one are seen in the other, but no version is counted.

    Raises:
        RuntimeError: the tensor requires a gradient.
        TypeError: for bfloat16, which NumPy lacks.

    Example:
        >>> import gradiente as torch
        >>> torch.ones(2).numpy()
        array([1., 1.], dtype=float32)
    """
    if self._node is not None and not force and current().grad:
        raise RuntimeError(_TRACKED)
    if is_meta(self._array):
        raise TypeError(
            "can't convert meta device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first. "
            "(It has no values: make memory for it with torch.empty_like(x, device='cpu'))"
        )
    if self._array.__class__ is not np.ndarray:
        np.asarray(self._array)  # says why this is not possible
    if self._array.dtype.kind == "V":
        raise TypeError("Got unsupported ScalarType BFloat16 (NumPy has no such dtype: convert with .float() first)")
    if self.requires_grad or self._meta is not None:
        leave("numpy", self)
    array = self._array.view()
    if array.dtype.metadata is not None:  # the mark of inference tensors, which NumPy's files would warn of
        array.dtype = array.dtype.name
    return array


def _array(self: Tensor, dtype: Any = None, copy: bool | None = None) -> Any:
    """What numpy.asarray gets: this tensor's values, shared unless a copy or another dtype is asked for."""
    array = numpy(self)
    return array if dtype is None and not copy else np.array(array, dtype=dtype, copy=copy)


def _array_wrap(self: Tensor, array: Any, context: Any = None, return_scalar: bool = False) -> Tensor:
    """What NumPy's functions make of their results: tensors."""
    return made(np.asarray(array))


def from_numpy(ndarray: Any, /) -> Tensor:
    """A tensor that shares the memory of a NumPy array.

    Args:
        ndarray: an array of a dtype that torch has, with no negative strides.

    Returns:
        A tensor of the same shape and dtype. Changes of one are seen in the other.

    Raises:
        TypeError: no array, or one of another dtype.
        ValueError: an array of foreign byte order or with negative strides.

    Warns:
        UserWarning: the array is read-only. The tensor is then, too.

    Example:
        >>> import gradiente as torch
        >>> import numpy as np
        >>> a = np.zeros(2)
        >>> x = torch.from_numpy(a)
        >>> a[0] = 5
        >>> x
        tensor([5., 0.], dtype=torch.float64)
    """
    if not isinstance(ndarray, np.ndarray):
        name = type(ndarray).__name__
        raise TypeError(
            f"expected np.ndarray (got {'numpy.' * isinstance(ndarray, np.generic)}{name}); torch.as_tensor takes more"
        )
    return made(_shared(ndarray, 3))


def _shared(array: Any, level: int) -> Any:
    """A view of the array, checked to be fit for a tensor."""
    if not known(array).flags.writeable:
        warnings.warn(_READ_ONLY, UserWarning, stacklevel=level + 1)
    return array.view(np.ndarray)


def _placed(x: Tensor, device: DeviceLike) -> Tensor:
    """The tensor on the device that was given; without one it stays, unless new tensors are made on the meta device."""
    return moved(x, device) if device is not None or is_on_meta(None) else x


def as_tensor(data: Any, dtype: Dtype | None = None, device: DeviceLike = None) -> Tensor:
    """The data as a tensor, without a copy where that is possible.

    Args:
        data: a tensor, a NumPy array, a number, or nested sequences of numbers.
        dtype: the dtype of the result; that of the data if none is given.
        device: "cpu", "meta" or None.

    Returns:
        The tensor itself, or one that shares an array's memory, if the dtype need not change; else a new tensor.
        A tensor keeps its history.

    Raises:
        TypeError, ValueError, RuntimeError: as `tensor`.

    Example:
        >>> import gradiente as torch
        >>> x = torch.ones(2)
        >>> torch.as_tensor(x) is x
        True
    """
    wanted = settle("as_tensor", dtype, None, device)
    if isinstance(data, Tensor):
        found = _placed(data, device)
        return found if wanted is None else converted(found, wanted)
    if isinstance(data, (np.ndarray, np.generic)):
        array = np.array(cast(Any, data)) if isinstance(data, np.generic) else cast(Any, data)
        if wanted is None or wanted is from_numpy_dtype(array.dtype):
            return made(_shared(array, 3), device=device)
        return made(cast_array(known(array), wanted.numpy), device=device)
    return made(literal(data, wanted), device=device)


def asarray(
    obj: Any,
    *,
    dtype: Dtype | None = None,
    device: DeviceLike = None,
    copy: bool | None = None,
    requires_grad: bool | None = None,
) -> Tensor:
    """The object as a tensor: shared memory where possible, for tensors, arrays, DLPack exporters and buffers.

    Args:
        obj: a tensor, a NumPy array, an object with `__dlpack__`, a buffer (whose bytes are elements of `dtype`),
            a number, or nested sequences of numbers.
        dtype: the dtype of the result; that of the object if none is given.
        device: "cpu", "meta" or None.
        copy: True: always copy; False: never, raise instead; None: if need be.
        requires_grad: whether gradients are to be computed; None: as for `obj`.

    Returns:
        A tensor. With requires_grad=False that of a tensor is detached; else it stays part of its graph.

    Raises:
        ValueError: a copy is needed, but was forbidden.

    Example:
        >>> import gradiente as torch
        >>> torch.asarray([1, 2], dtype=torch.float32)
        tensor([1., 2.])
    """
    wanted = settle("asarray", dtype, None, device)
    if requires_grad is not None:
        need_bool(requires_grad, "asarray", "requires_grad")
    if isinstance(obj, Tensor):
        found = _placed(obj, device)
        if requires_grad is None and obj._node is not None:
            warnings.warn(
                "torch.asarray: unspecified requires_grad now defaults to obj.requires_grad instead of False. Pass "
                "requires_grad=False explicitly to get the old behavior and silence this warning.",
                UserWarning,
                stacklevel=2,
            )
    elif isinstance(obj, (np.ndarray, np.generic)):
        array = np.array(cast(Any, obj)) if isinstance(obj, np.generic) else cast(Any, obj)
        found = made(known(array) if copy else _shared(array, 3), device=device)
    elif hasattr(obj, "__dlpack__"):
        found = wrap(np.from_dlpack(obj))
    elif isinstance(obj, (bytes, bytearray, memoryview)):
        found = frombuffer(obj, dtype=wanted or _default_float())
    else:
        if copy is False:
            raise ValueError("can't alias arbitrary sequence into a tensor. (Leave out copy=False)")
        out = made(literal(obj, wanted), device=device)
        return _tracking(out, bool(requires_grad))
    if wanted is not None and wanted is not found.dtype:
        if copy is False:
            raise ValueError(
                f"can't alias tensor with dtype '{SCALAR_NAMES[found.dtype.name]}' into dtype "
                f"'{SCALAR_NAMES[wanted.name]}'. (Leave out copy=False)"
            )
        found = converted(found, wanted)
    elif copy:
        found = converted(found, found.dtype, copy=True)
    if requires_grad is None or requires_grad == (found._node is not None):
        return found
    return _tracking(found if found is not obj else wrap(found._array), requires_grad)


def _default_float() -> Dtype:
    from ..tensor.dtypes import get_default_dtype

    return get_default_dtype()


def _tracking(x: Tensor, requires_grad: bool) -> Tensor:
    if not requires_grad:
        return wrap(x._array)
    need_differentiable(x.dtype, "asarray")
    return tracked(x)


def frombuffer(buffer: Any, *, dtype: Dtype, count: int = -1, offset: int = 0, requires_grad: bool = False) -> Tensor:
    """A one-dimensional tensor that shares the memory of a buffer (bytearray, mmap, array.array, …).

    Args:
        buffer: an object with Python's buffer protocol.
        dtype: what its bytes are taken for.
        count: how many elements are read; all if negative.
        offset: how many bytes are skipped.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of shape (count,).

    Raises:
        ValueError: no buffer, or one too short for `count` and `offset`, or whose length is no multiple of
            the element's.

    Warns:
        UserWarning: the buffer is read-only. The tensor is then, too.

    Example:
        >>> import gradiente as torch
        >>> torch.frombuffer(bytearray([1, 0, 2, 0]), dtype=torch.int16)
        tensor([1, 2], dtype=torch.int16)
    """
    wanted = settle("frombuffer", dtype, requires_grad=requires_grad)
    if wanted is None:
        raise TypeError('frombuffer() missing 1 required positional arguments: "dtype"')
    try:
        view = memoryview(buffer)
    except TypeError:
        raise ValueError(
            f"object does not implement Python buffer protocol. (It is a {type(buffer).__name__})"
        ) from None
    length, size = view.nbytes, wanted.itemsize
    if length == 0 or count == 0:
        raise ValueError(f"both buffer length ({length}) and count ({count}) must not be 0")
    if not 0 <= offset < length:
        raise ValueError(
            f"offset ({offset} bytes) must be non-negative and no greater than buffer length ({length} bytes) minus 1"
        )
    if count > 0 and offset + count * size > length:
        raise ValueError(
            f"requested buffer length ({count} * {size} bytes) after offset ({offset} bytes) must not be greater than "
            f"actual buffer length ({length} bytes)"
        )
    if count < 0 and (length - offset) % size:
        raise ValueError(
            f"buffer length ({length - offset} bytes) after offset ({offset} bytes) must be a multiple of element size "
            f"({size})"
        )
    array = np.frombuffer(buffer, dtype=wanted.numpy, count=count, offset=offset)
    if not array.flags.writeable:
        warnings.warn(_READ_ONLY_BUFFER, UserWarning, stacklevel=2)
    return made(array, requires_grad)


METHODS: dict[str, Any] = {
    "numpy": numpy,
    "__array__": _array,
    "__array_wrap__": _array_wrap,
    "__array_priority__": 1000,
}
__all__ = ["as_tensor", "asarray", "from_numpy", "frombuffer"]
