"""One-element tensors as Python's numbers: item, float(x), int(x), bool(x), format; and tolist."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..arrays.batched import Batched
from ..arrays.meta import is_meta
from ..tensor.core import Tensor
from ..tensor.origins import leave
from ._arguments import need_tensor
from ._literals import UNEXPECTED

_ONE = "only one element tensors can be converted to Python scalars"


def item(self: Tensor) -> Any:
    """The one element as a Python number.

    Returns:
        A bool, int, float or complex.

    Raises:
        RuntimeError: the tensor has not exactly one element.

    Example:
        >>> import gradiente as torch
        >>> torch.tensor([2.5]).item()
        2.5
    """
    array = self._array
    if array.size != 1:
        raise RuntimeError(
            f"a Tensor with {array.size} elements cannot be converted to Scalar (its shape is {list(array.shape)}; "
            ".tolist() gives all its elements)"
        )
    if self.requires_grad or self._meta is not None:
        leave("item", self)
    value = array.item()
    return float(value) if array.dtype.kind == "V" else value


def tolist(self: Tensor) -> Any:
    """The elements as nested lists of Python numbers; a number for a tensor without dimensions.

    Example:
        >>> import gradiente as torch
        >>> torch.tensor([[1, 2], [3, 4]]).tolist()
        [[1, 2], [3, 4]]
    """
    array = self._array
    if self.requires_grad or self._meta is not None:
        leave("tolist", self)
    return (array.astype(np.float32) if array.dtype.kind == "V" else array).tolist()


def is_nonzero(input: Tensor) -> bool:
    """Whether the one element is not zero.

    Raises:
        RuntimeError: the tensor has not exactly one element.
        TypeError: the input is no tensor.

    Example:
        >>> import gradiente as torch
        >>> torch.is_nonzero(torch.tensor([1.5]))
        True
    """
    return _bool(need_tensor(input, "is_nonzero"))


def _bool(self: Tensor) -> bool:
    array = self._array
    if array.size != 1:
        which = "more than one value" if array.size else "no values"
        raise RuntimeError(
            f"Boolean value of Tensor with {which} is ambiguous (its shape is {list(array.shape)}; "
            "use .any(), .all() or .numel() to say what is meant)"
        )
    return bool(array if array.__class__ is Batched else array.item())


def _one(self: Tensor, kind: str) -> Any:
    """The one element, for Python's conversions."""
    if self._node is not None:
        warnings.warn(
            UNEXPECTED,
            UserWarning,
            stacklevel=3,
        )
    if self._array.size != 1:
        raise ValueError(f"{_ONE} (this one has the shape {list(self._array.shape)})")
    value = item(self)
    if isinstance(value, complex) and kind != "complex":
        if value.imag != 0:
            raise RuntimeError(f"value cannot be converted to type {kind} without overflow (the value is {value})")
        return value.real
    return value


def _float(self: Tensor) -> float:
    return float(_one(self, "double"))


def _int(self: Tensor) -> int:
    return int(_one(self, "int64_t"))


def _complex(self: Tensor) -> complex:
    return complex(_one(self, "complex"))


def _index(self: Tensor) -> int:
    array = self._array
    if array.size != 1 or array.dtype.kind not in "biu":
        raise TypeError(
            "only integer tensors of a single element can be converted to an index "
            f"(this one has dtype {self.dtype!r} and shape {list(array.shape)})"
        )
    return int(item(self))


def _format(self: Tensor, format_spec: str) -> str:
    if self._array.ndim == 0 and type(self) is Tensor and not is_meta(self._array):
        return format(item(self), format_spec)
    return object.__format__(self, format_spec)


METHODS: dict[str, Any] = {
    "item": item,
    "tolist": tolist,
    "is_nonzero": is_nonzero,
    "__bool__": _bool,
    "__nonzero__": _bool,
    "__float__": _float,
    "__int__": _int,
    "__long__": _int,
    "__complex__": _complex,
    "__index__": _index,
    "__format__": _format,
}
__all__ = ["is_nonzero"]
