"""Changes of shape in place: the tensor keeps its memory and looks at it in another way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from ..arrays.numpy_indexing import Layout, storage
from ..graph import current
from ..rules import table
from ..tensor.core import Tensor, wrap
from ..tensor.dispatch import bind
from ..tensor.dtypes import C_NAMES
from ..tensor.inplace import touched
from ..tensor.restrictions import check_writable
from ..tensor.views import reshape_in_place
from ._arguments import need_tensor, wrap_dim
from ._sizes import integer, integers
from .permuting import transpose
from .shaping import squeeze, unsqueeze
from .storage import strided_layout

_unsqueeze, _squeeze = bind(table["view"], "UnsqueezeBackward1"), bind(table["view"], "SqueezeBackward3")
_squeeze_dim, _squeeze_dims = bind(table["view"], "SqueezeBackward4"), bind(table["view"], "SqueezeBackward5")
_strided = bind(table["strided"], "AsStridedBackward1")
_t, _transpose = bind(table["permute_dims"], "TBackward1"), bind(table["permute_dims"], "TransposeBackward1")


def _reshape(x: Tensor, call: Callable[..., Tensor], shape: tuple[int, ...]) -> Tensor:
    back = (call.recorder, {"shape": x._array.shape})  # pyright: ignore[reportFunctionMemberAccess]
    return reshape_in_place(x, call, {"shape": shape}, back)


def unsqueeze_(self: Tensor, dim: int) -> Tensor:
    """Insert a dimension of size 1 at position `dim`, in place, and return the tensor.

    >>> import gradiente as torch
    >>> torch.ones(2).unsqueeze_(0).shape
    torch.Size([1, 2])
    """
    check_writable(self, overlapping=True)
    return _reshape(self, _unsqueeze, unsqueeze(self.detach(), dim)._array.shape)  # pyright: ignore


def squeeze_(self: Tensor, dim: int | Sequence[int] | None = None) -> Tensor:
    """Remove the dimensions of size 1, or those of them that `dim` names, in place, and return the tensor.

    >>> import gradiente as torch
    >>> torch.ones(1, 2, 1).squeeze_().shape
    torch.Size([2])
    """
    check_writable(self, overlapping=True)
    call = _squeeze if dim is None else _squeeze_dims if isinstance(dim, (tuple, list)) else _squeeze_dim
    return _reshape(self, call, squeeze(self.detach(), dim)._array.shape)  # pyright: ignore


def transpose_(self: Tensor, dim0: int, dim1: int) -> Tensor:
    """Exchange two dimensions in place and return the tensor. Also as `swapaxes_` and `swapdims_`.

    >>> import gradiente as torch
    >>> torch.ones(2, 3).transpose_(0, 1).shape
    torch.Size([3, 2])
    """
    ndim = self._array.ndim
    check_writable(self, overlapping=True)
    i = wrap_dim(integer(dim0, "transpose_", "dim0"), ndim)
    j = wrap_dim(integer(dim1, "transpose_", "dim1", 2), ndim)
    transpose(self.detach(), i, j)  # pyright: ignore
    axes = list(range(ndim))
    if ndim:
        axes[i], axes[j] = j, i
    return _permute(self, _transpose, tuple(axes))


def _permute(x: Tensor, call: Callable[..., Tensor], axes: tuple[int, ...]) -> Tensor:
    back = (call.recorder, {"axes": axes})  # pyright: ignore[reportFunctionMemberAccess]
    return reshape_in_place(x, call, {"axes": axes}, back)


def t_(self: Tensor) -> Tensor:
    """Transpose a matrix in place and return it.

    >>> import gradiente as torch
    >>> torch.ones(2, 3).t_().shape
    torch.Size([3, 2])
    """
    check_writable(self, overlapping=True)
    ndim = self._array.ndim
    if ndim > 2:
        raise RuntimeError(f"t_() expects a tensor with <= 2 dimensions, but self is {ndim}D")
    return _permute(self, _t, (1, 0) if ndim == 2 else tuple(range(ndim)))


def as_strided_(self: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None) -> Tensor:
    """Look at the tensor's memory with other sizes and strides, counted in elements, in place; returns the tensor.

    RuntimeError as for `as_strided`.

    >>> import gradiente as torch
    >>> torch.arange(4).as_strided_((2, 2), (1, 2))
    tensor([[0, 2],
            [1, 3]])
    """
    check_writable(self, overlapping=True)
    there = strided_layout(self, size, stride, storage_offset)
    before = there.before + there.offset
    back = Layout(
        there.stride, self._array.shape, there.strides, -there.offset, before, there.before + there.after - before
    )
    return reshape_in_place(self, _strided, {"layout": there}, (_strided.recorder, {"layout": back}))  # pyright: ignore


def resize_(self: Tensor, *size: Any) -> Tensor:
    """Give the tensor another size, in place: its first elements stay, what is new is not set. Not with gradients.

    RuntimeError for a tensor that requires gradients. A view that grows beyond its memory gets memory of its own.

    >>> import gradiente as torch
    >>> torch.arange(6).resize_(2, 2)
    tensor([[0, 1],
            [2, 3]])
    """
    sizes = integers(size, "resize_", "size")
    if self._node is not None:
        raise RuntimeError("cannot resize variables that require grad (resize a .detach()ed one, or use reshape)")
    check_writable(self, overlapping=True)
    if any(n < 0 for n in sizes):
        raise RuntimeError(f"numel: integer multiplication overflow (negative size in {list(sizes)})")
    self._array = resized(self._array, sizes)
    touched(self)
    return self


def resized(array: Any, sizes: tuple[int, ...]) -> Any:
    """The array's memory from its first element on, in another size; new memory if it is too small."""
    if array.shape == sizes:
        return array
    count, item = prod(sizes), array.itemsize
    memory, first = storage(array)
    memory = memory[first:]
    if memory.size < count * item:
        memory = np.concatenate((memory, np.zeros(count * item - memory.size, np.uint8)))
    return memory[: count * item].view(array.dtype).reshape(sizes)


def resize_as_(self: Tensor, the_template: Tensor) -> Tensor:
    """Give the tensor the size of another one, in place. See `resize_`.

    >>> import gradiente as torch
    >>> torch.arange(4).resize_as_(torch.ones(2, 2)).shape
    torch.Size([2, 2])
    """
    return resize_(self, need_tensor(the_template, "resize_as_", "the_template")._array.shape)


def set_(self: Tensor, source: Tensor | None = None) -> Tensor:
    """Let the tensor show the memory of `source` from now on, or none. Gradients do not flow through it.

    RuntimeError for a source of another dtype, and for a leaf that requires gradients.

    >>> import gradiente as torch
    >>> torch.zeros(3).set_(torch.ones(2))
    tensor([1., 1.])
    """
    check_writable(self, overlapping=True)
    if source is None:
        source = wrap(np.empty(0, self._array.dtype))
    if not isinstance(source, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(
            f"set_() received an invalid combination of arguments - got ({type(source).__name__}), but expected one "
            "of: () or (Tensor source)"
        )
    if source._array.dtype != self._array.dtype:
        names = [C_NAMES[x.dtype.name] for x in (source, self)]
        raise RuntimeError(
            f"Could not set tensor of type {names[0]} to a tensor of type {names[1]} (convert the source first)"
        )
    if current().grad and (self._node is not None or source._node is not None):
        raise RuntimeError("derivative for aten::set_ is not implemented (set_ under no_grad, or use copy_)")
    self._array = source._array
    touched(self)
    return self


METHODS: dict[str, Any] = {
    "as_strided_": as_strided_,
    "resize_": resize_,
    "resize_as_": resize_as_,
    "set_": set_,
    "unsqueeze_": unsqueeze_,
    "squeeze_": squeeze_,
    "transpose_": transpose_,
    "swapaxes_": transpose_,
    "swapdims_": transpose_,
    "t_": t_,
}
__all__: list[str] = []
