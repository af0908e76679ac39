"""Changes of shape in place: the tensor keeps its memory and looks at it in another way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..arrays.numpy_indexing import Layout
from ..rules import table
from ..tensor.core import Tensor
from ..tensor.dispatch import bind
from ..tensor.restrictions import check_writable
from ..tensor.views import reshape_in_place
from ._arguments import wrap_dim
from ._sizes import integer
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
    check_writable(self, overlapping=True, elements=False)
    return _reshape(self, _unsqueeze, unsqueeze(self.detach(), dim)._array.shape)  # pyright: ignore


def squeeze_(self: Tensor, dim: int | Sequence[int] | None = None) -> Tensor:
    """Remove the dimensions of size 1, or those of them that `dim` names, in place, and return the tensor.

    >>> import gradiente as torch
    >>> torch.ones(1, 2, 1).squeeze_().shape
    torch.Size([2])
    """
    check_writable(self, overlapping=True, elements=False)
    call = _squeeze if dim is None else _squeeze_dims if isinstance(dim, (tuple, list)) else _squeeze_dim
    return _reshape(self, call, squeeze(self.detach(), dim)._array.shape)  # pyright: ignore


def transpose_(self: Tensor, dim0: int, dim1: int) -> Tensor:
    """Exchange two dimensions in place and return the tensor. Also as `swapaxes_` and `swapdims_`.

    >>> import gradiente as torch
    >>> torch.ones(2, 3).transpose_(0, 1).shape
    torch.Size([3, 2])
    """
    ndim = self._array.ndim
    check_writable(self, overlapping=True, elements=False)
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
    check_writable(self, overlapping=True, elements=False)
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
    check_writable(self, overlapping=True, elements=False)
    there = strided_layout(self, size, stride, storage_offset)
    before = there.before + there.offset
    back = Layout(
        there.stride, self._array.shape, there.strides, -there.offset, before, there.before + there.after - before
    )
    return reshape_in_place(self, _strided, {"layout": there}, (_strided.recorder, {"layout": back}))  # pyright: ignore


METHODS: dict[str, Any] = {
    "as_strided_": as_strided_,
    "unsqueeze_": unsqueeze_,
    "squeeze_": squeeze_,
    "transpose_": transpose_,
    "swapaxes_": transpose_,
    "swapdims_": transpose_,
    "t_": t_,
}
__all__: list[str] = []
