"""Combinations of elements of vectors, and of blocks to a matrix."""

from __future__ import annotations

from functools import reduce
from itertools import combinations as _pairs
from itertools import combinations_with_replacement as _pairs_again
from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
from ..tensor.promotion import result_type
from ._arguments import need_tensor
from ._define import primitive
from ._numbers import is_integer
from .joining import cat, meshgrid, stack

_astype, _view, _index, _embed = primitive("astype"), primitive("view"), primitive("index"), primitive("embed")


def block_diag(*tensors: Tensor) -> Tensor:
    """The matrix with the given blocks along its diagonal, and zeros elsewhere.

    Args:
        tensors: matrices; vectors count as one row, numbers as one element. Types are promoted.

    Returns:
        Matrix: its sizes are the sums of those of the blocks. Without blocks, (1, 0).

    Raises:
        RuntimeError: a tensor has more than two dimensions.
        TypeError: an argument is no tensor.

    Source: any book on linear algebra.

    Example:
        >>> import gradiente as torch
        >>> torch.block_diag(torch.ones(1, 2), torch.tensor(3.0))
        tensor([[1., 1., 0.],
                [0., 0., 3.]])
    """
    blocks: list[Tensor] = []
    for i, x in enumerate(tensors):
        if not isinstance(x, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(x).__name__}")
        shape = x._array.shape
        if len(shape) > 2:
            raise RuntimeError(
                f"torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {i} has {len(shape)} "
                f"dimensions"
            )
        blocks.append(x if len(shape) == 2 else _view(x, shape=(1, *(shape or (1,)))))
    if not blocks:
        return wrap(np.zeros((1, 0), np.float32))
    kind = reduce(_common, blocks[1:], blocks[0].dtype).numpy
    columns, left, rows = sum(x._array.shape[1] for x in blocks), 0, list[Tensor]()
    for x in blocks:
        m, n = x._array.shape
        row = x if x._array.dtype == kind else _astype(x, dtype=kind)
        rows.append(_embed(row, index=(slice(None), slice(left, left + n)), shape=(m, columns)))
        left += n
    return cat(rows, 0)


def _common(dtype: Any, x: Tensor) -> Any:
    """The type of a result of operands of this type and of that tensor."""
    return result_type(wrap(np.zeros(1, dtype.numpy)), x)


def _need_vector(x: Any, function: str) -> Tensor:
    shape = need_tensor(x, function, "tensors" if function == "cartesian_prod" else "input")._array.shape
    if len(shape) != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(shape)}")
    return x


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All tuples with one element of each vector, the last one running fastest.

    Args:
        tensors: vectors of one dtype.

    Returns:
        Matrix with a tuple in each row; of one vector, that vector.

    Raises:
        RuntimeError: none is given, one is no vector, or the dtypes differ.

    Source: `itertools.product` of Python.

    Example:
        >>> import gradiente as torch
        >>> torch.cartesian_prod(torch.tensor([1, 2]), torch.tensor([3, 4]))
        tensor([[1, 3],
                [1, 4],
                [2, 3],
                [2, 4]])
    """
    vectors = [_need_vector(x, "cartesian_prod") for x in tensors]
    if len(vectors) == 1:
        return vectors[0]
    grids = meshgrid(*vectors, indexing="ij")
    return stack([grid.reshape(-1) for grid in grids], 1)


def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All choices of r elements of a vector, in their order.

    Args:
        input: vector.
        r: how many, not negative.
        with_replacement: an element can be chosen several times.

    Returns:
        Matrix with a choice in each row; an empty vector for r = 0.

    Raises:
        RuntimeError: the input is no vector, or r is negative.

    Source: `itertools.combinations` of Python.

    Example:
        >>> import gradiente as torch
        >>> torch.combinations(torch.tensor([1, 2, 3]))
        tensor([[1, 2],
                [1, 3],
                [2, 3]])
    """
    n = _need_vector(input, "combinations")._array.shape[0]
    if not is_integer(r):
        raise TypeError(f"combinations(): argument 'r' (position 2) must be int, not {type(r).__name__}")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return wrap(np.zeros(0, input._array.dtype))
    chosen = list((_pairs_again if with_replacement else _pairs)(range(n), r))
    places = np.array(chosen, np.int64).reshape((len(chosen), r))
    return stack([_index(input, index=(column,)) for column in places.T], 1)


__all__ = ["block_diag", "cartesian_prod", "combinations"]
