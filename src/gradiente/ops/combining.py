"""Combinations: every element with every other, blocks along a diagonal."""

from __future__ import annotations

from itertools import combinations as _combinations
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
from ._arguments import need_tensor
from .joining import cat, meshgrid, stack


def _need_vector(x: Tensor, function: str) -> None:
    shape = need_tensor(x, function)._array.shape
    if len(shape) != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(shape)}")


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All tuples of one element of each vector, as rows, the last vector's elements changing fastest.

    Of one vector it is the vector itself. RuntimeError for other than vectors.

    >>> import gradiente as torch
    >>> torch.cartesian_prod(torch.tensor([1, 2]), torch.tensor([3, 4]))
    tensor([[1, 3],
            [1, 4],
            [2, 3],
            [2, 4]])
    """
    for x in tensors:
        _need_vector(x, "cartesian_prod")
    if not tensors:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    if len(tensors) == 1:
        return tensors[0]
    grids: Any = meshgrid(*tensors, indexing="ij")
    return stack([grid.reshape(-1) for grid in grids], 1)


def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All choices of `r` elements of a vector, in order, as rows.

    Args:
        input: a vector.
        r: how many elements, not negative.
        with_replacement: whether an element may be chosen again.

    RuntimeError for other arguments.

    >>> import gradiente as torch
    >>> torch.combinations(torch.tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])
    """
    _need_vector(input, "combinations")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return input[:0]
    choose = combinations_with_replacement if with_replacement else _combinations
    rows = np.array(list(choose(range(input._array.shape[0]), r)), dtype=np.int64).reshape(-1, r)
    return input[wrap(rows)]


def block_diag(*tensors: Tensor) -> Tensor:
    """A matrix with the given ones along its diagonal, and 0 elsewhere; vectors count as rows, numbers as 1 by 1.

    RuntimeError for tensors of more dimensions.

    >>> import gradiente as torch
    >>> torch.block_diag(torch.tensor([[1, 2]]), torch.tensor(3))
    tensor([[1, 2, 0],
            [0, 0, 3]])
    """
    blocks: list[Any] = []
    for i, x in enumerate(tensors):
        if not isinstance(x, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(x).__name__}")
        ndim = x._array.ndim
        if ndim > 2:
            raise RuntimeError(
                f"torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {i} has {ndim} dimensions"
            )
        blocks.append(x if ndim == 2 else x.reshape(1, -1))  # pyright: ignore[reportAttributeAccessIssue]
    if not blocks:
        return wrap(np.zeros((1, 0), dtype=np.float32))
    width, left, rows = sum(x.size(1) for x in blocks), 0, []
    for x in blocks:
        right = width - left - x.size(1)
        rows.append(cat([x.new_zeros(x.size(0), left), x, x.new_zeros(x.size(0), right)], 1))
        left += x.size(1)
    return cat(rows, 0)


__all__ = ["block_diag", "cartesian_prod", "combinations"]
