"""The order of dimensions and of elements along them: transposes, permutations, flips, rotations."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from ..tensor.core import Tensor
from ._arguments import need_tensor, wrap_dim
from ._define import primitive
from ._sizes import integer, integers, missing, several
from ._views import viewing

_t = viewing("permute_dims", "TBackward0")
_transpose, _permute = viewing("permute_dims", "TransposeBackward0"), viewing("permute_dims")
_matrix_transpose, _alias = viewing("matrix_transpose"), viewing("alias")
_flip, _roll, _rot90 = primitive("flip"), primitive("roll"), primitive("rot90")
_conj = primitive("conj")


def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; vectors and 0-d tensors as they are. A view.

    RuntimeError for more than two dimensions.

    >>> import gradiente as torch
    >>> torch.t(torch.tensor([[1, 2], [3, 4]]))
    tensor([[1, 3],
            [2, 4]])
    """
    ndim = need_tensor(input, "t")._array.ndim
    if ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {ndim}D")
    return _t(input, axes=(1, 0) if ndim == 2 else tuple(range(ndim)))


def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """The tensor with two dimensions exchanged. A view. Also as `swapaxes` and `swapdims`.

    >>> import gradiente as torch
    >>> torch.transpose(torch.ones(2, 3, 4), 0, 2).shape
    torch.Size([4, 3, 2])
    """
    ndim = need_tensor(input, "transpose")._array.ndim
    i = wrap_dim(integer(dim0, "transpose", "dim0", 1), ndim)
    j = wrap_dim(integer(dim1, "transpose", "dim1", 2), ndim)
    axes = list(range(ndim))
    if ndim:
        axes[i], axes[j] = j, i
    return _transpose(input, axes=tuple(axes))


def permute(input: Tensor, *dims: Any) -> Tensor:
    """The tensor with its dimensions in the order `dims`. A view.

    RuntimeError unless each dimension is named once.

    >>> import gradiente as torch
    >>> torch.permute(torch.ones(2, 3, 4), (2, 0, 1)).shape
    torch.Size([4, 2, 3])
    """
    ndim = need_tensor(input, "permute")._array.ndim
    if not dims:
        raise missing("permute", "dims")
    order = integers(dims, "permute", "dims")
    if len(order) != ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {ndim} is not equal to len(dims) = {len(order)}"
        )
    axes = tuple([wrap_dim(d, ndim) for d in order])
    if len(set(axes)) != ndim:
        raise RuntimeError(f"permute(): duplicate dims are not allowed. (dims are {list(order)})")
    return _permute(input, axes=axes)


def movedim(input: Tensor, source: int | Sequence[int], destination: int | Sequence[int]) -> Tensor:
    """The tensor with the dimensions `source` moved to the positions `destination`. A view. Also as `moveaxis`.

    >>> import gradiente as torch
    >>> torch.movedim(torch.ones(2, 3, 4), 0, -1).shape
    torch.Size([3, 4, 2])
    """
    ndim = need_tensor(input, "movedim")._array.ndim
    found, goals = several(source, "movedim", "source"), several(destination, "movedim", "destination")
    if len(found) != len(goals):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({list(found)} dims) should contain the same number "
            "of "
            f"dims as destination ({list(goals)} dims)"
        )
    sources, targets = [wrap_dim(d, ndim) for d in found], [wrap_dim(d, ndim) for d in goals]
    for dims, given, name in ((sources, found, "source"), (targets, goals, "destination")):
        if len(set(dims)) != len(dims):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({list(given)})")
    if not ndim:
        return _alias(input)
    order: list[Any] = [None] * ndim
    for i, j in zip(sources, targets, strict=True):
        if ndim:
            order[j] = i
    rest = iter([d for d in range(ndim) if d not in sources])
    return _permute(input, axes=tuple([next(rest) if d is None else d for d in order]))


def _reversed(self: Tensor) -> Tensor:
    """The tensor with its dimensions reversed, a view: the transpose of a matrix."""
    ndim = self._array.ndim
    if not ndim:
        warnings.warn(
            "Tensor.T is deprecated on 0-D tensors. This function is the identity in these cases.",
            UserWarning,
            stacklevel=2,
        )
    elif ndim != 2:
        warnings.warn(
            "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will "
            "throw "
            "an error in a future release. Consider `x.mT` to transpose batches of matrices or "
            "`x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor.",
            UserWarning,
            stacklevel=2,
        )
    return _permute(self, axes=tuple(range(ndim - 1, -1, -1)))


def _matrices_transposed(self: Tensor) -> Tensor:
    """The transpose of the last two dimensions, a view."""
    _need_matrices(self, "mT")
    return _matrix_transpose(self)


def _need_matrices(x: Tensor, name: str) -> None:
    if x._array.ndim < 2:
        raise RuntimeError(
            f"tensor.{name} is only supported on matrices or batches of matrices. Got {x._array.ndim}-D tensor."
        )


def adjoint(input: Tensor) -> Tensor:
    """The conjugate transpose of the last two dimensions. A view for real tensors.

    >>> import gradiente as torch
    >>> torch.adjoint(torch.tensor([[1, 2], [3, 4]]))
    tensor([[1, 3],
            [2, 4]])
    """
    if need_tensor(input, "adjoint")._array.ndim < 2:
        raise RuntimeError(
            f"tensor.adjoint() is only supported on matrices or batches of matrices. Got {input._array.ndim}-D tensor."
        )
    return _conjugated(transpose(input, -2, -1))


def _conjugated(x: Tensor) -> Tensor:
    return _conj(x) if x._array.dtype.kind == "c" else x


def _adjoints(self: Tensor) -> Tensor:
    """The conjugate transpose of the last two dimensions."""
    _need_matrices(self, "mH")
    return _conjugated(transpose(self, -2, -1))


def _matrix_adjoint(self: Tensor) -> Tensor:
    """The conjugate transpose of a matrix."""
    ndim = self._array.ndim
    if ndim not in (0, 2):
        raise RuntimeError(
            f"tensor.H is only supported on matrices (2-D tensors). Got {ndim}-D tensor."
            + (" For batches of matrices, consider using tensor.mH" if ndim > 2 else "")
        )
    return _conjugated(transpose(self, 0, 1)) if ndim else _conjugated(self)


def flip(input: Tensor, *axes: Any, dims: Any = None) -> Tensor:
    """The tensor with the order of the elements along `dims`, given as integers or one tuple, reversed. A copy.

    >>> import gradiente as torch
    >>> torch.flip(torch.tensor([1, 2, 3]), (0,))
    tensor([3, 2, 1])
    """
    ndim = need_tensor(input, "flip")._array.ndim
    if dims is not None and not axes:
        axes = (dims,)
    if not axes:
        raise missing("flip", "dims")
    axes = tuple([wrap_dim(d, ndim) for d in integers(axes, "flip", "dims")])
    for d in axes:
        if axes.count(d) > 1:
            raise RuntimeError(f"dim {d} appears multiple times in the list of dims")
    return _flip(input, axis=axes if ndim else ())


def fliplr(input: Tensor) -> Tensor:
    """The tensor with its columns (dimension 1) in reverse order. A copy.

    >>> import gradiente as torch
    >>> torch.fliplr(torch.tensor([[1, 2], [3, 4]]))
    tensor([[2, 1],
            [4, 3]])
    """
    if need_tensor(input, "fliplr")._array.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return flip(input, 1)


def flipud(input: Tensor) -> Tensor:
    """The tensor with its rows (dimension 0) in reverse order. A copy.

    >>> import gradiente as torch
    >>> torch.flipud(torch.tensor([[1, 2], [3, 4]]))
    tensor([[3, 4],
            [1, 2]])
    """
    if need_tensor(input, "flipud")._array.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return flip(input, 0)


def roll(input: Tensor, shifts: int | Sequence[int], dims: int | Sequence[int] | None = None) -> Tensor:
    """The tensor with its elements moved cyclically by `shifts` along `dims`; without `dims`, as if flattened. A copy.

    >>> import gradiente as torch
    >>> torch.roll(torch.tensor([1, 2, 3]), 1)
    tensor([3, 1, 2])
    """
    ndim = need_tensor(input, "roll")._array.ndim
    steps = several(shifts, "roll", "shifts")
    if not steps:
        raise RuntimeError("`shifts` required")
    axes = () if dims is None else several(dims, "roll", "dims")
    if axes and not ndim:
        raise IndexError(f"Dimension specified as {axes[0]} but tensor has no dimensions (leave out dims)")
    if not axes and len(steps) == 1:
        return _roll(input, shift=steps[0], axis=None)
    if len(axes) != len(steps):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(steps)}, dims:{len(axes)}")
    return _roll(input, shift=steps, axis=tuple([wrap_dim(d, ndim) for d in axes]))


def rot90(input: Tensor, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """The tensor turned `k` times by 90 degrees in the plane of two dimensions, from the first to the second. A copy.

    >>> import gradiente as torch
    >>> torch.rot90(torch.tensor([[1, 2], [3, 4]]))
    tensor([[2, 4],
            [1, 3]])
    """
    ndim = need_tensor(input, "rot90")._array.ndim
    plane = integers((dims,), "rot90", "dims")
    if len(plane) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(plane)}")
    if ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {ndim}")
    if plane[0] == plane[1] or abs(plane[0] - plane[1]) == ndim:
        raise RuntimeError(f"expected rotation dims to be different, but got dim0 = {plane[0]} and dim1 = {plane[1]}")
    return _rot90(input, k=k % 4, axes=(wrap_dim(plane[0], ndim), wrap_dim(plane[1], ndim)))


swapaxes = transpose
swapdims = transpose
moveaxis = movedim


def _turned_round(self: Tensor) -> Tensor:
    """`reversed(tensor)`: along the first axis; itself, if it has none."""
    return flip(self, 0) if self._array.ndim else self


METHODS: dict[str, Any] = {
    "__reversed__": _turned_round,
    "t": t,
    "T": property(_reversed),
    "mT": property(_matrices_transposed),
    "H": property(_matrix_adjoint),
    "mH": property(_adjoints),
    "adjoint": adjoint,
    "transpose": transpose,
    "swapaxes": transpose,
    "swapdims": transpose,
    "permute": permute,
    "movedim": movedim,
    "moveaxis": movedim,
    "flip": flip,
    "fliplr": fliplr,
    "flipud": flipud,
    "roll": roll,
    "rot90": rot90,
}
__all__ = [
    "adjoint",
    "flip",
    "fliplr",
    "flipud",
    "moveaxis",
    "movedim",
    "permute",
    "roll",
    "rot90",
    "swapaxes",
    "swapdims",
    "t",
    "transpose",
]
