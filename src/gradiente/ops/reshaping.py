"""Changes of shape in place: the tensor keeps its memory and looks at it in another way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..rules import table
from ..tensor.core import Tensor
from ..tensor.dispatch import bind
from ..tensor.views import reshape_in_place
from ._arguments import wrap_dim
from ._sizes import integer
from .permuting import t, transpose
from .shaping import squeeze, unsqueeze

_unsqueeze, _squeeze = bind(table["view"], "UnsqueezeBackward1"), bind(table["view"], "SqueezeBackward3")
_squeeze_dim, _squeeze_dims = bind(table["view"], "SqueezeBackward4"), bind(table["view"], "SqueezeBackward5")
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
    return _reshape(self, _unsqueeze, unsqueeze(self.detach(), dim)._array.shape)  # pyright: ignore


def squeeze_(self: Tensor, dim: int | Sequence[int] | None = None) -> Tensor:
    """Remove the dimensions of size 1, or those of them that `dim` names, in place, and return the tensor.

    >>> import gradiente as torch
    >>> torch.ones(1, 2, 1).squeeze_().shape
    torch.Size([2])
    """
    call = _squeeze if dim is None else _squeeze_dims if isinstance(dim, (tuple, list)) else _squeeze_dim
    return _reshape(self, call, squeeze(self.detach(), dim)._array.shape)  # pyright: ignore


def transpose_(self: Tensor, dim0: int, dim1: int) -> Tensor:
    """Exchange two dimensions in place and return the tensor. Also as `swapaxes_` and `swapdims_`.

    >>> import gradiente as torch
    >>> torch.ones(2, 3).transpose_(0, 1).shape
    torch.Size([3, 2])
    """
    ndim = self._array.ndim
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
    t(self.detach())  # pyright: ignore
    ndim = self._array.ndim
    return _permute(self, _t, (1, 0) if ndim == 2 else tuple(range(ndim)))


METHODS: dict[str, Any] = {
    "unsqueeze_": unsqueeze_,
    "squeeze_": squeeze_,
    "transpose_": transpose_,
    "swapaxes_": transpose_,
    "swapdims_": transpose_,
    "t_": t_,
}
__all__: list[str] = []
