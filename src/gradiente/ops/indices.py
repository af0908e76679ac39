"""Indices as tensors: of triangles, of flat positions, of a given number of elements that are not 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays.meta import is_meta, without_values
from ..tensor import dtypes
from ..tensor.core import Tensor, box, wrap
from ..tensor.dtypes import SCALAR_NAMES
from ..tensor.dtypes import dtype as Dtype
from ._arguments import need_tensor
from ._factory import made, settle


def _triangle(function: str, row: int, col: int, offset: int, dtype: Dtype | None, device: Any) -> Tensor:
    settle(function, None, None, device)
    for name, n in (("row", row), ("col", col)):
        if n < 0:
            raise RuntimeError(f"{name} must be non-negative, got{n}")
    kind = dtypes.int64 if dtype is None else dtype
    if kind.name not in ("int32", "int64"):
        raise NotImplementedError(f"\"{function}\" not implemented for '{SCALAR_NAMES[kind.name]}'")
    places = np.tril_indices(row, offset, col) if function == "tril_indices" else np.triu_indices(row, offset, col)
    return made(np.stack(places).astype(kind.numpy), device=device)


def tril_indices(
    row: int, col: int, offset: int = 0, *, dtype: Dtype | None = None, device: Any = None, layout: Any = None
) -> Tensor:
    """The rows and columns of the elements of the lower triangle of a matrix, row by row, as a (2, n) tensor.

    Args:
        row: the number of rows.
        col: the number of columns.
        offset: the diagonal up to which the triangle goes; 0 is the main one.
        dtype: int64 or int32.
        device: "cpu", "meta", or None.
        layout: strided, or None.

    >>> import gradiente as torch
    >>> torch.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    return _triangle("tril_indices", row, col, offset, dtype, device)


def triu_indices(
    row: int, col: int, offset: int = 0, *, dtype: Dtype | None = None, device: Any = None, layout: Any = None
) -> Tensor:
    """The rows and columns of the elements of the upper triangle of a matrix. See `tril_indices`.

    >>> import gradiente as torch
    >>> torch.triu_indices(2, 2)
    tensor([[0, 0, 1],
            [0, 1, 1]])
    """
    return _triangle("triu_indices", row, col, offset, dtype, device)


def unravel_index(indices: Tensor, shape: int | Sequence[int]) -> tuple[Tensor, ...]:
    """Where elements at flat positions stand in a tensor of a shape: one tensor per dimension.

    Args:
        indices: a tensor of integers.
        shape: the sizes.

    TypeError or ValueError, in torch's words, for other arguments.

    >>> import gradiente as torch
    >>> torch.unravel_index(torch.tensor([5, 3]), (2, 3))
    (tensor([1, 1]), tensor([2, 0]))
    """
    array = need_tensor(indices, "unravel_index", "indices")._array
    if array.dtype.kind not in "iu":
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype!r}")
    if isinstance(shape, Tensor) or not isinstance(shape, (int, np.integer, Sequence)):
        raise TypeError(f"expected 'shape' to be int or sequence of ints, but got {type(shape)}")
    sizes: Any = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    for n in sizes:
        if not isinstance(n, (int, np.integer)):
            raise TypeError(f"expected 'shape' sequence to only contain ints, but got {type(n)}")
    if any(n < 0 for n in sizes):
        raise ValueError(f"'shape' cannot have negative values, but got {tuple(sizes)}")
    parts: list[Tensor] = []
    rest = array.astype(np.int64)
    for n in reversed(sizes):
        parts.append(wrap(box((rest % n).astype(np.int64))))
        rest = rest // n
    return tuple(reversed(parts))


def nonzero_static(input: Tensor, *, size: int, fill_value: int = -1) -> Tensor:
    """The indices of the first `size` elements that are not 0, one per row; rows that are left over are filled.

    Args:
        input: a tensor.
        size: the number of rows.
        fill_value: what the rows beyond the last element that is not 0 contain.

    >>> import gradiente as torch
    >>> torch.nonzero_static(torch.tensor([1, 0, 2]), size=3)
    tensor([[ 0],
            [ 2],
            [-1]])
    """
    array = need_tensor(input, "nonzero_static")._array
    if size < 0:
        raise RuntimeError(f"nonzero_static: 'size' must be an non-negative integer (it is {size})")
    if is_meta(array):
        return wrap(without_values((size, array.ndim), np.int64))
    out = np.full((size, array.ndim), fill_value, dtype=np.int64)
    found = np.argwhere(array)[:size] if array.ndim else out[:0]
    out[: len(found)] = found
    return wrap(out)


METHODS: dict[str, Any] = {"nonzero_static": nonzero_static}
"""What these functions are called as methods of Tensor."""

__all__ = ["nonzero_static", "tril_indices", "triu_indices", "unravel_index"]
