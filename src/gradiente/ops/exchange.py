"""Tensors in other hands: DLPack for other array libraries, pickle and copy for Python."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..arrays.meta import is_meta, usual_dtype, without_values
from ..tensor.core import AccumulateGrad, Tensor, new
from ..tensor.dtypes import bfloat16
from ._arguments import need_tensor
from ._factory import made

_CAPSULE = (
    "from_dlpack received an invalid capsule. Note that DLTensor capsules can be consumed only once, so you might have "
    "already constructed a tensor from it once."
)


def _dlpack(
    self: Tensor,
    *,
    stream: Any = None,
    max_version: tuple[int, int] | None = None,
    dl_device: tuple[int, int] | None = None,
    copy: bool | None = None,
) -> Any:
    """The tensor as a DLPack capsule that shares its memory."""
    if is_meta(self._array):
        raise BufferError("Cannot pack tensors on meta (they have no values)")
    if self._node is not None:
        raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
    if stream is not None:
        raise AssertionError("stream should be None on cpu.")
    array, short = self._array, self._array.dtype.kind == "V"
    capsule = (array.view(np.uint16) if short else array).__dlpack__(
        stream=None, max_version=max_version, dl_device=dl_device, copy=copy
    )
    if short:
        type_code(capsule, BFLOAT)
    return capsule


BFLOAT, _UNSIGNED = 4, 1
"""What the protocol calls bfloat16, which NumPy cannot exchange, and the integers that share its memory."""


def type_code(capsule: Any, new: int | None = None) -> int:
    """The number that a capsule has for the kind of its elements; `new` is written in its place."""
    import ctypes

    name = "dltensor_versioned" if "dltensor_versioned" in repr(capsule) else "dltensor"
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    tensor = (pointer(capsule, name.encode()) or 0) + (32 if name != "dltensor" else 0)  # after version, …, flags
    code = ctypes.c_uint8.from_address(tensor + 20)  # after the address, the device and the number of dimensions
    found = code.value
    if new is not None:
        code.value = new
    return found


def _dlpack_device(self: Tensor) -> tuple[Any, int]:
    """Where the tensor is, in DLPack's terms: (1, 0), the CPU."""
    if is_meta(self._array):
        raise ValueError("Unknown device type meta for Dlpack (its tensors have no values)")
    return self._array.__dlpack_device__()


class _Capsule:
    """A bare capsule, dressed as an object that exports it."""

    def __init__(self, capsule: Any) -> None:
        self._capsule = capsule

    def __dlpack__(self, **options: Any) -> Any:
        return self._capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return 1, 0


def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = None) -> Tensor:
    """A tensor that shares the memory of another library's array, or of a DLPack capsule.

    Args:
        ext_tensor: an object with `__dlpack__`, or a capsule.
        device: "cpu" or None.
        copy: True: always copy; False: never, raise instead; None: if need be.

    Returns:
        A tensor of the same shape and dtype.

    Raises:
        RuntimeError: no such object, or a capsule that was used before.

    Source: the DLPack protocol, https://dmlc.github.io/dlpack/latest/python_spec.html

    Example:
        >>> import gradiente as torch
        >>> import numpy as np
        >>> torch.from_dlpack(np.arange(3))
        tensor([0, 1, 2])
    """
    from ..tensor.devices import need_cpu

    need_cpu(device, "from_dlpack")
    if isinstance(ext_tensor, Tensor):
        _dlpack_device(ext_tensor)
    if type(ext_tensor).__name__ == "PyCapsule":
        return _of_capsule(ext_tensor, copy)
    if not hasattr(ext_tensor, "__dlpack__"):
        raise RuntimeError(f"{_CAPSULE} (Got a {type(ext_tensor).__name__}, which has no __dlpack__)")
    try:
        array = np.from_dlpack(ext_tensor) if copy is None else np.from_dlpack(ext_tensor, copy=copy)
    except ValueError as error:
        raise RuntimeError(f"{_CAPSULE} ({error})") from error
    except RuntimeError:  # NumPy lacks the type
        return _of_capsule(ext_tensor.__dlpack__(), copy)
    return made(array)


def _of_capsule(capsule: Any, copy: bool | None) -> Tensor:
    if "used_dltensor" in repr(capsule) or "dltensor" not in repr(capsule):
        raise RuntimeError(_CAPSULE)
    short = type_code(capsule) == BFLOAT
    if short:
        type_code(capsule, _UNSIGNED)
    array = np.from_dlpack(_Capsule(capsule))
    if short:
        array = array.view(bfloat16.numpy)
    return made(array.copy() if copy else array)


def to_dlpack(tensor: Tensor) -> Any:
    """The tensor as a DLPack capsule that shares its memory; it can be used once.

    Args:
        tensor: the tensor to share.

    Returns:
        A capsule.

    Raises:
        BufferError: the tensor requires a gradient.

    Example:
        >>> import gradiente as torch
        >>> torch.from_dlpack(torch.to_dlpack(torch.ones(2)))
        tensor([1., 1.])
    """
    return _dlpack(tensor)


def _reduce(self: Tensor, protocol: Any) -> tuple[Any, ...]:
    """What pickle and copy.copy keep: the values, whether a gradient is required, attributes; not the graph."""
    cls = type(self)  # Tensor itself is not named: its module's name depends on the import redirection
    array = self._array
    if is_meta(array):
        array = _Blank(array.shape, usual_dtype(array.dtype), array.strides)
    return rebuild, (None if cls is Tensor else cls, array, self._node is not None, self.__dict__)


class _Blank(NamedTuple):
    """What is pickled of an array of the meta device."""

    shape: tuple[int, ...]
    dtype: Any
    strides: tuple[int, ...]


def rebuild(cls: type[Tensor] | None, array: Any, requires_grad: bool, attributes: dict[str, Any]) -> Tensor:
    """The tensor that was pickled, as a leaf."""
    out = new(Tensor if cls is None else cls)
    out._array = without_values(*array) if isinstance(array, _Blank) else array
    out._node = out._history = out._view = out._meta = None
    if requires_grad:
        out._node = AccumulateGrad(out)
    vars(out).update(attributes)
    return out


def get_device(input: Tensor) -> int:
    """The number of the accelerator that the tensor is on: -1, it is on the CPU.

    >>> import gradiente as torch
    >>> torch.get_device(torch.ones(2))
    -1
    """
    need_tensor(input, "get_device")
    return -1


METHODS: dict[str, Any] = {
    "get_device": get_device,
    "__dlpack__": _dlpack,
    "__dlpack_device__": _dlpack_device,
    "__reduce_ex__": _reduce,
}
__all__ = ["from_dlpack", "get_device", "to_dlpack"]
