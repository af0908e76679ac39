"""Matrices whose stored elements follow each other row by row: how torch.sparse_csr_tensor makes them.

Note [Row by row, and in coordinates]
-------------------------------------
What such a matrix can do is what the same matrix in coordinates does, whose elements stand in the same order: it is
converted without a copy. Where the result has the same elements, it is row by row again; see `by_rows`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays.compressed import CompressedArray, compressed
from ..arrays.sparse import SparseArray
from ..ops._factory import settle
from ..ops._sizes import integers
from ..ops.interop import as_tensor
from ..tensor.compressed import CompressedTensor, compressed_of, coordinates_of
from ..tensor.core import AccumulateGrad, Tensor
from ..tensor.dtypes import dtype as Dtype
from ..tensor.sparse import with_values
from ._registry import handles
from .coordinates import coalesce
from .creating import to_sparse


def is_compressed(x: Any) -> bool:
    """Whether `x` is a matrix stored row by row."""
    return isinstance(x, CompressedTensor)


def in_coordinates(x: Any) -> Any:
    """A matrix row by row in coordinates; anything else as it is."""
    return coordinates_of(x) if is_compressed(x) else x


def sparse_csr_tensor(
    crow_indices: Any,
    col_indices: Any,
    values: Any,
    size: Any = None,
    *,
    dtype: Dtype | None = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    check_invariants: bool | None = None,
) -> Tensor:
    """A sparse matrix stored row by row: row i has values[k] in column col_indices[k], for k in its part of the values.

    The part of row i is from crow_indices[i] to crow_indices[i + 1]. Gradients flow to `values`.

    Args:
        crow_indices: (n + 1,) integers: where each row begins, and the number of elements.
        col_indices: (nnz,) integers, ascending within a row.
        values: (nnz,).
        size: (n, m); by default with as many columns as there are.
        dtype: that of the result; by default that of `values`.
        device: "cpu".
        pin_memory: must be False.
        requires_grad: whether gradients are computed for the matrix itself.
        check_invariants: accepted; indices are always checked.

    Returns:
        Matrix (n, m) with the layout torch.sparse_csr.

    Raises:
        RuntimeError: indices or sizes that do not fit.

    Example:
        >>> import gradiente as torch
        >>> torch.sparse_csr_tensor([0, 1, 3], [2, 0, 2], [3.0, 4.0, 5.0], (2, 3)).to_dense()
        tensor([[0., 0., 3.],
                [4., 0., 5.]])
    """
    kind = settle("sparse_csr_tensor", dtype, None, device, pin_memory, requires_grad)
    v = values if isinstance(values, Tensor) else as_tensor(values, dtype=kind)
    if kind is not None and v.dtype is not kind:
        v = v.to(kind)
    starts, columns = (_indices(x) for x in (crow_indices, col_indices))
    if starts.ndim != 1 or columns.ndim != 1 or v._array.ndim != 1:
        raise NotImplementedError(
            "sparse_csr_tensor(): batches of matrices, and elements with dimensions, are not supported (indices and "
            f"values have {starts.ndim}, {columns.ndim} and {v._array.ndim} dimensions; each must have 1)"
        )
    if size is None:
        size = (len(starts) - 1, int(columns.max()) + 1 if len(columns) else 0)
    n, m = _checked(starts, columns, v._array.shape[0], tuple(integers((size,), "sparse_csr_tensor", "size")))
    like = CompressedArray.of(starts, columns, v._array, (n, m))
    name = "SparseCompressedTensorBackward0"
    out = compressed_of(with_values(v, like.coordinates, name), like, name)
    if requires_grad and out._node is None:
        out._node = AccumulateGrad(out)
    return out


def _indices(given: Any) -> Any:
    array = np.array(given._array if isinstance(given, Tensor) else given)
    return array if array.dtype == np.int32 else array.astype(np.int64)


def _checked(starts: Any, columns: Any, nnz: int, size: tuple[int, ...]) -> tuple[int, int]:
    """The size, if the indices fit it."""
    if len(size) != 2:
        raise RuntimeError(f"size of a sparse_csr tensor must have 2 dimensions (it is {list(size)})")
    n, m = size
    if len(starts) != n + 1:
        raise RuntimeError(
            f"crow_indices.shape[-1] must be equal to the number of rows + 1 (={n + 1}), but got {len(starts)}"
        )
    if len(columns) != nnz:
        raise RuntimeError(
            f"col_indices.shape[-1] must be equal to nnz (={nnz}) as defined by values.shape[0], but got {len(columns)}"
        )
    counts = np.diff(starts)
    if starts[0] != 0:
        raise RuntimeError(f"`crow_indices[..., 0] == 0` is not satisfied. (It is {starts[0]})")
    if starts[-1] != nnz:
        raise RuntimeError(f"`crow_indices[..., -1] == nnz` is not satisfied. (They are {starts[-1]} and {nnz})")
    if (counts < 0).any() or (counts > m).any():
        raise RuntimeError(
            "`0 <= crow_indices[..., 1:] - crow_indices[..., :-1] <= ncols` is not satisfied. (A row has "
            f"{counts.min()} or {counts.max()} elements, of {m} columns)"
        )
    if nnz and (columns.min() < 0 or columns.max() >= m):
        raise RuntimeError(
            f"`0 <= col_indices < ncols` is not satisfied. (They are from {columns.min()} to {columns.max()}, of {m})"
        )
    rows = np.repeat(np.arange(n), counts)
    if (np.diff(rows * m + columns.astype(np.int64)) <= 0).any():
        raise RuntimeError(
            "`col_indices[..., crow_indices[..., i - 1]:crow_indices[..., i]] for all i = 1, ..., nrows are sorted and "
            "distinct along the last dimension values` is not satisfied. (Sort them, or make a sparse_coo_tensor)"
        )
    return n, m


@handles("to_sparse_csr")
def to_sparse_csr(self: Tensor, dense_dim: int | None = None) -> Tensor:
    """The same matrix row by row. See `torch.Tensor.to_sparse_csr`."""
    if is_compressed(self):
        return self
    x = coalesce(to_sparse(self))
    array: SparseArray = x._array
    if array.ndim != 2 or array.sparse_dim != 2:
        raise RuntimeError(
            f"to_sparse_csr(): only a matrix can be stored row by row (this tensor has shape {list(array.shape)})"
        )
    return compressed_of(x, compressed(array))


__all__ = ["in_coordinates", "is_compressed", "sparse_csr_tensor", "to_sparse_csr"]
