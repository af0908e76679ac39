"""Diagonals and triangles: diagonal, diag, diag_embed, tril, triu, trace."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import extras_of, namespace_of
from ..tensor.core import Tensor
from ._arguments import need_tensor, wrap_dim
from ._define import inplace, primitive
from ._out import into
from ._reducing import cast
from ._sizes import integer
from ._views import viewing

_diagonal, _embed = viewing("diagonal"), primitive("embed_view", "DiagEmbedBackward0")
_diagonal_copy = primitive("diagonal", "DiagonalBackward0_copy")
_clone, _tril, _triu, _trace = primitive("clone"), primitive("tril"), primitive("triu"), primitive("trace")


class _Plane:
    """The diagonal in a plane of two axes, as a view of an array or of a tensor."""

    __slots__ = ("axis1", "axis2", "offset")

    def __init__(self, offset: int, axis1: int, axis2: int) -> None:
        self.offset, self.axis1, self.axis2 = offset, axis1, axis2

    def __call__(self, x: Any) -> Any:
        if isinstance(x, Tensor):
            return _diagonal(x, plane=self)
        return extras_of(namespace_of(x)).diagonal(x, self.offset, self.axis1, self.axis2)


def _plane(ndim: int, offset: Any, dim1: Any, dim2: Any, function: str) -> _Plane:
    first = wrap_dim(integer(dim1, function, "dim1", 3), ndim)
    second = wrap_dim(integer(dim2, function, "dim2", 4), ndim)
    if first == second:
        raise RuntimeError(f"{function} dimensions cannot be identical {dim1}, {dim2}")
    return _Plane(integer(offset, function, "offset", 2), first, second)


def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The diagonal in the plane of two dimensions, `offset` places above the main one; it becomes the last one. A view.

    >>> import gradiente as torch
    >>> torch.diagonal(torch.tensor([[1, 2], [3, 4]]), 1)
    tensor([2])
    """
    ndim = need_tensor(input, "diagonal")._array.ndim
    if ndim < 2:
        wrap_dim(integer(dim1, "diagonal", "dim1", 2), ndim)
        wrap_dim(integer(dim2, "diagonal", "dim2", 3), ndim)
    return _diagonal(input, plane=_plane(ndim, offset, dim1, dim2, "diagonal"))


def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Matrices with the last dimension of `input` on their diagonal and zeros elsewhere. A copy.

    >>> import gradiente as torch
    >>> torch.diag_embed(torch.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    shape = need_tensor(input, "diag_embed")._array.shape
    plane = _plane(len(shape) + 1, offset, dim1, dim2, "diagonal")
    size = shape[-1] + abs(plane.offset)
    lead = list(shape[:-1])
    for axis in sorted((plane.axis1, plane.axis2)):
        lead.insert(axis, size)
    return _embed(input, view=plane, shape=tuple(lead))


def diag(input: Tensor, diagonal: int = 0, *, out: Tensor | None = None) -> Tensor:
    """The matrix with a vector on its diagonal, or a copy of the diagonal of a matrix.

    >>> import gradiente as torch
    >>> torch.diag(torch.tensor([1, 2])), torch.diag(torch.tensor([[1, 2], [3, 4]]))
    (tensor([[1, 0],
            [0, 2]]), tensor([1, 4]))
    """
    if out is not None:
        return into(out, diag(input, diagonal), "diag", input)
    ndim = need_tensor(input, "diag")._array.ndim
    if ndim not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {ndim}D")
    if ndim == 1:
        return diag_embed(input, diagonal)
    made = _diagonal_copy(input, plane=_plane(2, diagonal, 0, 1, "diagonal"))
    made._array = made._array.copy()
    return made


def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """The square matrix with all elements of the input, in order, on a diagonal, and 0 elsewhere.

    >>> import gradiente as torch
    >>> torch.diagflat(torch.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    flat = need_tensor(input, "diagflat").reshape(-1)  # pyright: ignore[reportAttributeAccessIssue]
    return diag_embed(flat, offset, 0, 1)


def _triangle(call: Any, name: str, input: Tensor, diagonal: Any) -> Tensor:
    if need_tensor(input, name)._array.ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")
    return call(input, k=integer(diagonal, name, "diagonal"))


def tril(input: Tensor, diagonal: int = 0, *, out: Tensor | None = None) -> Tensor:
    """The lower triangle of a matrix, or of a batch of matrices, and zeros above the diagonal numbered `diagonal`.

    >>> import gradiente as torch
    >>> torch.tril(torch.tensor([[1, 2], [3, 4]]))
    tensor([[1, 0],
            [3, 4]])
    """
    if out is not None:
        return into(out, tril(input, diagonal), "tril", input)
    return _triangle(_tril, "tril", input, diagonal)


def triu(input: Tensor, diagonal: int = 0, *, out: Tensor | None = None) -> Tensor:
    """The upper triangle of a matrix, or of a batch of matrices, and zeros below the diagonal numbered `diagonal`.

    >>> import gradiente as torch
    >>> torch.triu(torch.tensor([[1, 2], [3, 4]]))
    tensor([[1, 2],
            [0, 4]])
    """
    if out is not None:
        return into(out, triu(input, diagonal), "triu", input)
    return _triangle(_triu, "triu", input, diagonal)


def trace(input: Tensor) -> Tensor:
    """The sum of the diagonal of a matrix.

    >>> import gradiente as torch
    >>> torch.trace(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor(5.)
    """
    ndim = need_tensor(input, "trace")._array.ndim
    if ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {ndim}")
    return _trace(cast(input, np.dtype("int64")) if input._array.dtype.kind in "biu" else input)


METHODS: dict[str, Any] = {
    "diagonal": diagonal,
    "diag_embed": diag_embed,
    "diag": diag,
    "diagflat": diagflat,
    "tril": tril,
    "tril_": inplace(tril),
    "triu": triu,
    "triu_": inplace(triu),
    "trace": trace,
}
__all__ = ["diag", "diag_embed", "diagflat", "diagonal", "trace", "tril", "triu"]
