"""What ordinary tensors have of sparse ones: to_sparse, sparse_mask, and the answers of a tensor that is not sparse."""

from __future__ import annotations

from typing import Any

from ..tensor.core import Tensor
from ..tensor.devices import layout as Layout


def to_sparse(self: Tensor, sparse_dim: Any = None, *, layout: Layout | None = None, **rest: Any) -> Tensor:
    """The same tensor in a sparse layout: only what is not 0 is stored.

    Args:
        self: tensor to convert.
        sparse_dim: how many of the first dimensions are stored as indices; by default all.
        layout: torch.sparse_coo, or torch.sparse_csr for a matrix; by default torch.sparse_coo.
        **rest: `blocksize` and `dense_dim` of layouts that are not supported; must be None.

    Returns:
        A coalesced sparse tensor of the same shape and dtype.

    Raises:
        RuntimeError: there are not so many dimensions. NotImplementedError: another layout.

    Example:
        >>> import gradiente as torch
        >>> torch.tensor([[0.0, 2.0], [3.0, 0.0]]).to_sparse()
        tensor(indices=tensor([[0, 1],
                               [1, 0]]),
               values=tensor([2., 3.]),
               size=(2, 2), nnz=2, layout=torch.sparse_coo)
    """
    from ..sparse import creating

    return creating.to_sparse(self, sparse_dim, layout=layout, **rest)


def to_sparse_coo(self: Tensor) -> Tensor:
    """The same tensor in coordinates: `to_sparse()`.

    Example:
        >>> import gradiente as torch
        >>> torch.eye(2).to_sparse_coo().indices()
        tensor([[0, 1],
                [0, 1]])
    """
    return to_sparse(self)


def to_sparse_csr(self: Tensor, dense_dim: int | None = None) -> Tensor:
    """The same matrix in the layout torch.sparse_csr: what is not 0, row by row.

    Args:
        self: matrix.
        dense_dim: None.

    Returns:
        Sparse matrix of the same shape and dtype.

    Raises:
        RuntimeError: the tensor is no matrix.

    Example:
        >>> import gradiente as torch
        >>> torch.tensor([[0.0, 2.0], [3.0, 4.0]]).to_sparse_csr()
        tensor(crow_indices=tensor([0, 1, 3]),
               col_indices=tensor([1, 0, 1]),
               values=tensor([2., 3., 4.]), size=(2, 2), nnz=3,
               layout=torch.sparse_csr)
    """
    from ..sparse import compressed

    return compressed.to_sparse_csr(self, dense_dim)


def sparse_mask(self: Tensor, mask: Tensor) -> Tensor:
    """The elements at the places where a sparse tensor stores elements.

    Args:
        self: ordinary tensor, or a sparse one.
        mask: sparse tensor of the same shape.

    Returns:
        Sparse tensor with the places of `mask`.

    Raises:
        RuntimeError: the shapes differ. NotImplementedError: `mask` is not sparse.

    Example:
        >>> import gradiente as torch
        >>> torch.arange(4.0).reshape(2, 2).sparse_mask(torch.eye(2).to_sparse()).values()
        tensor([0., 3.])
    """
    from ..sparse import creating

    return creating.sparse_mask(self, mask)


def to_dense(self: Tensor, dtype: Any = None, *, masked_grad: bool | None = None) -> Tensor:
    """All elements, as an ordinary tensor; an ordinary tensor itself.

    Args:
        self: tensor.
        dtype: the type of the result; by default that of the tensor.
        masked_grad: False where elements that a sparse tensor does not store are to have gradients, too.

    Returns:
        Tensor of the same shape.

    Example:
        >>> import gradiente as torch
        >>> torch.sparse_coo_tensor([[1]], [2.0], (3,)).to_dense()
        tensor([0., 2., 0.])
    """
    return self if dtype is None else self.to(dtype)


def sparse_dim(self: Tensor) -> int:
    """How many dimensions are stored as indices: 0 for an ordinary tensor.

    Example:
        >>> import gradiente as torch
        >>> torch.ones(2, 3).sparse_dim(), torch.eye(2).to_sparse().sparse_dim()
        (0, 2)
    """
    return 0


def dense_dim(self: Tensor) -> int:
    """How many dimensions are not stored as indices: all of an ordinary tensor.

    Example:
        >>> import gradiente as torch
        >>> torch.ones(2, 3).dense_dim(), torch.eye(2).to_sparse().dense_dim()
        (2, 0)
    """
    return self._array.ndim


def nothing_stored(shape: Any, dtype: Any, requires_grad: bool) -> Tensor:
    """A sparse tensor of this shape in which nothing is stored."""
    from ..sparse import creating

    return creating.sparse_coo_tensor(shape, dtype=dtype, requires_grad=requires_grad)


def _only_sparse(name: str, layout: str) -> Any:
    def refuse(self: Tensor) -> Any:
        raise RuntimeError(f"{name} expected {layout} tensor layout but got Strided (x.to_sparse() makes a sparse one)")

    refuse.__name__ = refuse.__qualname__ = name
    refuse.__doc__ = f"What sparse tensors have: `x.to_sparse().{name}()`. An ordinary tensor raises RuntimeError."
    return refuse


def _no_nnz(self: Tensor) -> int:
    raise NotImplementedError("Could not run 'aten::_nnz' with arguments from the 'CPU' backend. (x is not sparse)")


METHODS: dict[str, Any] = {
    "to_sparse": to_sparse,
    "to_sparse_coo": to_sparse_coo,
    "to_sparse_csr": to_sparse_csr,
    "sparse_mask": sparse_mask,
    "to_dense": to_dense,
    "sparse_dim": sparse_dim,
    "dense_dim": dense_dim,
    "_nnz": _no_nnz,
    "values": _only_sparse("values", "sparse"),
    **{name: _only_sparse(name, "sparse coordinate") for name in ("coalesce", "indices", "is_coalesced")},
    **{name: _only_sparse(name, "sparse row compressed") for name in ("crow_indices", "col_indices")},
    **{name: _only_sparse(name, "sparse coordinate") for name in ("_indices", "_values")},
}
__all__: list[str] = []
