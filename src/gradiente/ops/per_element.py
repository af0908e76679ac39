"""Python functions that are called for each element, in place: apply_, map_, map2_; and the diagonal filled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays.meta import is_meta
from ..tensor.core import Tensor
from ..tensor.dtypes import TENSOR_TYPES
from ..tensor.elementwise import not_a_tensor
from ..tensor.inplace import touched
from ._numbers import Number
from .diagonals import diagonal
from .fills import fill_
from .storage import as_strided


def _refuse(function: str, *tensors: Tensor) -> None:
    if any(t.requires_grad for t in tensors):
        raise RuntimeError(
            f"Can't call {function}() on Variable that requires grad. Use var.detach().{function}() instead."
        )


def _operand(self: Tensor, other: Any, function: str, name: str) -> Any:
    """The values of another operand in the shape of this tensor."""
    if not isinstance(other, Tensor):
        raise not_a_tensor(function, other, name)
    array = other._array
    if array.dtype != self._array.dtype:
        wanted, got = (TENSOR_TYPES[t.dtype.name] for t in (self, other))
        raise TypeError(f"{function}: expected torch.{wanted} for '{name}' (got torch.{got})")
    return other.expand(self.shape)._array


def _each(self: Tensor, values: list[Any]) -> Tensor:
    self._array[...] = np.array(values, self._array.dtype).reshape(self._array.shape)
    touched(self)
    return self


def apply_(self: Tensor, callable: Callable[[Any], Any]) -> Tensor:
    """Replace each element by what a Python function makes of it; returns the tensor. Not with gradients.

    RuntimeError for a tensor that requires gradients. It is slow: functions of whole tensors are preferable.

    >>> import gradiente as torch
    >>> torch.tensor([1.0, 2.0]).apply_(lambda v: v * v)
    tensor([1., 4.])
    """
    _refuse("apply_", self)
    if is_meta(self._array):  # it has no element
        return self
    return _each(self, [callable(v) for v in self._array.ravel().tolist()])


def map_(self: Tensor, tensor: Tensor, callable: Callable[[Any, Any], Any]) -> Tensor:
    """Replace each element by what a Python function makes of it and that of another tensor; returns the tensor.

    RuntimeError for tensors that require gradients, or whose shapes do not fit; TypeError for another dtype.

    >>> import gradiente as torch
    >>> torch.tensor([1.0, 2.0]).map_(torch.tensor([3.0, 4.0]), lambda a, b: a - b)
    tensor([-2., -2.])
    """
    if isinstance(tensor, Tensor):
        _refuse("map_", self, tensor)
    other = _operand(self, tensor, "map_", "other")
    return _each(self, [callable(*v) for v in zip(self._array.ravel().tolist(), other.ravel().tolist(), strict=True)])


def map2_(self: Tensor, x: Tensor, y: Tensor, callable: Callable[[Any, Any, Any], Any]) -> Tensor:
    """Replace each element by what a Python function makes of it and those of two tensors; returns the tensor.

    RuntimeError for tensors that require gradients, or whose shapes do not fit; TypeError for another dtype.

    >>> import gradiente as torch
    >>> torch.ones(2).map2_(torch.ones(2), torch.arange(2.0), lambda a, b, c: a + b * c)
    tensor([1., 2.])
    """
    _refuse("map2_", self, *(t for t in (x, y) if isinstance(t, Tensor)))
    others = [_operand(self, t, "map2_", name) for t, name in ((x, "x"), (y, "y"))]
    columns = [a.ravel().tolist() for a in (self._array, *others)]
    return _each(self, [callable(*v) for v in zip(*columns, strict=True)])


def fill_diagonal_(self: Tensor, fill_value: Number, wrap: bool = False) -> Tensor:
    """Set the main diagonal to one value, in place; returns the tensor.

    Args:
        self: a matrix, or a tensor of more dimensions of one size.
        fill_value: the value.
        wrap: start again below the end of a tall matrix, with one row between.

    Raises:
        RuntimeError: fewer than two dimensions, or more than two of different sizes.

    Example:
        >>> import gradiente as torch
        >>> torch.zeros(2, 3).fill_diagonal_(5)
        tensor([[5., 0., 0.],
                [0., 5., 0.]])
    """
    shape = self._array.shape
    if len(shape) < 2:
        raise RuntimeError(f"dimensions must larger than 1 (the tensor has shape {list(shape)})")
    if len(shape) > 2 and len(set(shape)) > 1:
        raise RuntimeError(f"all dimensions of input must be of equal length (the shape is {list(shape)})")
    if not wrap and len(shape) == 2:
        fill_(diagonal(self), fill_value)
        return self
    strides = self.stride()
    count = min(shape)
    if wrap and len(shape) == 2 and shape[0] > shape[1] + 1:
        rows, columns = shape
        for start in range(0, rows, columns + 1):
            fill_(diagonal(self[start : start + columns]), fill_value)
        return self
    fill_(as_strided(self, (count,), (sum(strides),), self.storage_offset()), fill_value)
    return self


METHODS: dict[str, Any] = {"apply_": apply_, "fill_diagonal_": fill_diagonal_, "map2_": map2_, "map_": map_}
__all__: list[str] = []
