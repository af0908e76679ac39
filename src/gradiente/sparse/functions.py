"""Products of sparse matrices under older names: torch.spmm, dsmm, hspmm, smm, sspaddmm."""

from __future__ import annotations

import numpy as np

from ..tensor.core import Tensor, wrap
from . import products
from ._registry import is_sparse, refused


def spmm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices, of which the first may be sparse: torch.mm.

    Args:
        input: matrix (n, k), sparse or not.
        mat2: matrix (k, m) of the same dtype.

    Returns:
        Matrix (n, m).

    Raises:
        RuntimeError: sizes or dtypes that do not fit.

    Example:
        >>> import gradiente as torch
        >>> torch.spmm(torch.eye(2).to_sparse(), torch.tensor([[1.0], [2.0]]))
        tensor([[1.],
                [2.]])
    """
    return products.mm(input, mat2) if is_sparse(input) or is_sparse(mat2) else input.mm(mat2)


dsmm = spmm


def _need_sparse(x: Tensor, name: str) -> None:
    if not is_sparse(x):
        raise refused(name, "CPU")


def smm(input: Tensor, mat: Tensor) -> Tensor:
    """The product of a sparse matrix and a matrix, as a sparse matrix.

    Args:
        input: sparse matrix (n, k).
        mat: matrix (k, m).

    Returns:
        Sparse matrix (n, m): all elements of the rows in which `input` stores something.

    Raises:
        NotImplementedError: `input` is not sparse.

    Example:
        >>> import gradiente as torch
        >>> torch.smm(torch.eye(2).to_sparse(), torch.ones(2, 1)).values()
        tensor([1., 1.])
    """
    _need_sparse(input, "smm")
    return products.smm(input, mat)


def hspmm(mat1: Tensor, mat2: Tensor) -> Tensor:
    """The product of a sparse matrix and a matrix, of which whole rows are stored.

    Args:
        mat1: sparse matrix (n, k).
        mat2: matrix (k, m).

    Returns:
        Sparse tensor (n, m) with one sparse and one dense dimension.

    Raises:
        NotImplementedError: `mat1` is not sparse.

    Example:
        >>> import gradiente as torch
        >>> torch.hspmm(torch.eye(2).to_sparse(), torch.ones(2, 1)).indices()
        tensor([[0, 1]])
    """
    _need_sparse(mat1, "hspmm")
    return products.hspmm(mat1, mat2)


def sspaddmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta · input + alpha · mat1 @ mat2, as a sparse matrix.

    Args:
        input: sparse matrix (n, m).
        mat1: sparse matrix (n, k).
        mat2: matrix (k, m).
        beta: a factor.
        alpha: a factor.

    Returns:
        Sparse matrix (n, m).

    Raises:
        NotImplementedError: `input` or `mat1` is not sparse.

    Example:
        >>> import gradiente as torch
        >>> eye = torch.eye(2).to_sparse()
        >>> torch.sspaddmm(eye, eye, torch.ones(2, 2)).to_dense()
        tensor([[2., 1.],
                [1., 2.]])
    """
    _need_sparse(input, "sspaddmm")
    _need_sparse(mat1, "sspaddmm")
    return products.sspaddmm(input, mat1, mat2, beta=beta, alpha=alpha)


def _convert_indices_from_coo_to_csr(input: Tensor, size: int, *, out_int32: bool = False) -> Tensor:
    """Where each of `size` rows begins among ascending numbers of rows, and how many there are.

    What packages for graph networks take from torch.
    """
    starts = np.searchsorted(input._array, np.arange(size + 1))
    return wrap(starts.astype(np.int32 if out_int32 else np.int64))


def _convert_indices_from_csr_to_coo(
    crow_indices: Tensor, col_indices: Tensor, *, out_int32: bool = False, transpose: bool = False
) -> Tensor:
    """The numbers of rows and columns of elements that are stored row by row; with `transpose` the other way round."""
    counts = np.diff(crow_indices._array)
    rows = np.repeat(np.arange(len(counts)), counts)
    both = (col_indices._array, rows) if transpose else (rows, col_indices._array)
    return wrap(np.stack(both).astype(np.int32 if out_int32 else np.int64))


__all__ = ["dsmm", "hspmm", "smm", "spmm", "sspaddmm"]
