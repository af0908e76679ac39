"""torch.sparse: tensors of which only some elements are stored.

`creating` makes them, `coordinates` has what they are made of, `elementwise` arithmetic, `products`, `reducing` sums
and softmax, `moving` what rearranges, `changing` what changes in place, `showing` text, copies and files, `legacy` the
old types, `compressed` and `by_rows` matrices that are stored row by row. `_registry` brings these to the functions of
torch. `gradiente.tensor.sparse` has the tensors themselves.
"""

from __future__ import annotations

from typing import Any

from .._missing import Getter, missing_in
from ..ops.interop import as_tensor
from ..optim._sparse import step as step_sparse
from ..optim.optimizer import Optimizer
from ..tensor.core import Tensor
from ..tensor.dtypes import dtype as Dtype
from ..tensor.sparse import SparseTensor, values_of
from ..tensor.sparse import rows_of as rows_of
from . import _registry, by_rows, changing, compressed, coordinates, moving, products, reducing, showing  # noqa: F401
from ._invariants import check_sparse_tensor_invariants as check_sparse_tensor_invariants
from ._registry import is_sparse, refused
from .compressed import in_coordinates, is_compressed
from .coordinates import coalesce
from .creating import sparse_coo_tensor, to_sparse
from .legacy import BFloat16Tensor as BFloat16Tensor
from .legacy import ByteTensor as ByteTensor
from .legacy import CharTensor as CharTensor
from .legacy import DoubleTensor as DoubleTensor
from .legacy import FloatTensor as FloatTensor
from .legacy import HalfTensor as HalfTensor
from .legacy import IntTensor as IntTensor
from .legacy import LongTensor as LongTensor
from .legacy import ShortTensor as ShortTensor

for _properties in (coordinates.PROPERTIES, moving.PROPERTIES):
    for _name, _property in _properties.items():
        setattr(SparseTensor, _name, _property)
from . import elementwise  # noqa: E402, F401

Optimizer._sparse = staticmethod(step_sparse)  # pyright: ignore[reportPrivateUsage]
changing.install()
_registry.install()
by_rows.install()


def mm(mat1: Tensor, mat2: Tensor, reduce: str | None = None) -> Tensor:
    """The product of a sparse matrix and a matrix: out[i, j] = Σₖ mat1[i, k] · mat2[k, j], over what is stored.

    The gradient of the sparse matrix is sparse: of what it stores alone.

    Args:
        mat1: sparse matrix (n, k).
        mat2: matrix (k, m) of the same dtype, sparse or not.
        reduce: "sum", or "mean", "amax", "amin" in its place; then mat2 is not sparse.

    Returns:
        Matrix (n, m); sparse if both are.

    Raises:
        RuntimeError: sizes or dtypes that do not fit, another word for `reduce`.
        TypeError: an argument is no tensor.

    Example:
        >>> import gradiente as torch
        >>> a = torch.sparse_coo_tensor([[0, 1], [2, 0]], [3.0, 4.0], (2, 3))
        >>> torch.sparse.mm(a, torch.ones(3, 2))
        tensor([[3., 3.],
                [4., 4.]])
    """
    for x, name, position in ((mat1, "sparse", 1), (mat2, "dense", 2)):
        if not isinstance(x, Tensor):
            raise TypeError(
                f"_sparse_mm(): argument '{name}' (position {position}) must be Tensor, not {type(x).__name__}"
            )
    a, b = in_coordinates(mat1), in_coordinates(mat2)
    if reduce is not None:
        return products.reduced(a, b, reduce)
    if not is_sparse(a) and not is_sparse(b):
        return a.mm(b)
    found = products.mm(a, b, name="SparseAddmmBackward0", masked=True)
    return compressed.to_sparse_csr(found) if is_compressed(mat1) and is_compressed(mat2) else found


def addmm(mat: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1.0, alpha: float = 1.0) -> Tensor:
    """beta · mat + alpha · mat1 @ mat2, with a sparse matrix `mat1`, whose gradient is sparse.

    Args:
        mat: (n, m), or what can be spread to it.
        mat1: sparse matrix (n, k).
        mat2: matrix (k, m).
        beta: a factor.
        alpha: a factor.

    Returns:
        Matrix (n, m).

    Raises:
        RuntimeError: sizes or dtypes that do not fit.

    Example:
        >>> import gradiente as torch
        >>> a = torch.sparse_coo_tensor([[0, 1], [2, 0]], [3.0, 4.0], (2, 3))
        >>> torch.sparse.addmm(torch.ones(2, 1), a, torch.ones(3, 1), alpha=2)
        tensor([[7.],
                [9.]])
    """
    a, b = in_coordinates(mat1), in_coordinates(mat2)
    return products.addmm(mat, a, b, beta=beta, alpha=alpha, name="SparseAddmmBackward0", masked=True)


def sampled_addmm(
    input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1.0, alpha: float = 1.0, out: Tensor | None = None
) -> Tensor:
    """alpha · (mat1 @ mat2) at the places where `input` stores elements, + beta · input.

    Only these elements of the product are computed.

    Args:
        input: sparse matrix (n, m).
        mat1: matrix (n, k).
        mat2: matrix (k, m).
        beta: a factor.
        alpha: a factor.
        out: must be None.

    Returns:
        Sparse matrix (n, m) with the places of `input`.

    Raises:
        RuntimeError: sizes that do not fit. NotImplementedError: `input` is not sparse.

    Example:
        >>> import gradiente as torch
        >>> a = torch.sparse_coo_tensor([[0, 1], [2, 0]], [3.0, 4.0], (2, 3))
        >>> torch.sparse.sampled_addmm(a, torch.ones(2, 2), torch.ones(2, 3)).to_dense()
        tensor([[0., 0., 5.],
                [6., 0., 0.]])
    """
    found = products.sampled_addmm(in_coordinates(input), mat1, mat2, beta, alpha)
    return compressed.to_sparse_csr(found) if is_compressed(input) else found


def sum(input: Tensor, dim: Any = None, dtype: Dtype | None = None) -> Tensor:
    """The sum of what is stored, of all of it or over dimensions.

    Args:
        input: sparse tensor.
        dim: a dimension, or several; by default all.
        dtype: the type to compute in.

    Returns:
        A 0-d tensor for all dimensions; a sparse tensor as long as a sparse dimension is left, else an ordinary one.

    Raises:
        IndexError: there is no such dimension. RuntimeError: `input` is not sparse.

    Example:
        >>> import gradiente as torch
        >>> a = torch.sparse_coo_tensor([[0, 1], [2, 0]], [3.0, 4.0], (2, 3))
        >>> torch.sparse.sum(a), torch.sparse.sum(a, dim=1).to_dense()
        (tensor(7.), tensor([3., 4.]))
    """
    if not is_sparse(input):
        if dim is None:
            layout = "SparseCsr" if is_compressed(input) else "Strided"
            raise RuntimeError(f"coalesce expected sparse coordinate tensor layout but got {layout} (use torch.sum)")
        raise refused("_sparse_sum", "CPU")
    if dim is None:
        return values_of(coalesce(input)).sum(dtype=dtype)
    return reducing.sum_of_stored(input, dim, dtype, "SparseSumBackward0")


def softmax(input: Tensor, dim: int, *, dtype: Dtype | None = None) -> Tensor:
    """The softmax of what is stored along a dimension: exp(xᵢ) / Σⱼ exp(xⱼ).

    What is not stored counts as -infinity.

    Args:
        input: sparse tensor, floating-point dtype.
        dim: the dimension.
        dtype: the type to compute in.

    Returns:
        Coalesced sparse tensor of the same shape.

    Raises:
        IndexError: there is no such dimension. NotImplementedError: `input` is not sparse, or has another dtype.

    Example:
        >>> import gradiente as torch
        >>> a = torch.sparse_coo_tensor([[0, 0, 1], [0, 2, 1]], [1.0, 1.0, 5.0], (2, 3))
        >>> torch.sparse.softmax(a, 1).to_dense()
        tensor([[0.5000, 0.0000, 0.5000],
                [0.0000, 1.0000, 0.0000]])
    """
    return reducing.normalized(input, dim, dtype, False)


def log_softmax(input: Tensor, dim: int, *, dtype: Dtype | None = None) -> Tensor:
    """The logarithm of the softmax of what is stored along a dimension; see `softmax`.

    Args:
        input: sparse tensor, floating-point dtype.
        dim: the dimension.
        dtype: the type to compute in.

    Returns:
        Coalesced sparse tensor of the same shape.

    Raises:
        IndexError: there is no such dimension. NotImplementedError: `input` is not sparse, or has another dtype.

    Example:
        >>> import gradiente as torch
        >>> a = torch.sparse_coo_tensor([[0, 0], [0, 2]], [1.0, 1.0], (1, 3))
        >>> torch.sparse.log_softmax(a, 1).values()
        tensor([-0.6931, -0.6931])
    """
    return reducing.normalized(input, dim, dtype, True)


def spdiags(diagonals: Tensor, offsets: Tensor, shape: tuple[int, int], layout: Any = None) -> Tensor:
    """A sparse matrix with the rows of `diagonals` along diagonals: out[i, i + k] = diagonals[d, i + k].

    Args:
        diagonals: (D, n), or (n,) for one diagonal.
        offsets: (D,) different integers k: 0 for the main diagonal, positive ones above it.
        shape: of the result.
        layout: None or torch.sparse_coo.

    Returns:
        Sparse matrix of this shape.

    Raises:
        RuntimeError: the numbers of diagonals and offsets differ, or an offset is repeated.

    Example:
        >>> import gradiente as torch
        >>> torch.sparse.spdiags(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1]), (3, 3)).to_dense()
        tensor([[0., 2., 0.],
                [0., 0., 3.],
                [0., 0., 0.]])
    """
    import numpy as np

    d = diagonals if diagonals.dim() == 2 else diagonals.unsqueeze(0)
    wanted = np.atleast_1d(as_tensor(offsets)._array)
    if len(wanted) != d.shape[0]:
        raise RuntimeError(f"Number of diagonals ({d.shape[0]}) does not match the number of offsets ({len(wanted)})")
    if len(set(wanted.tolist())) != len(wanted):
        raise RuntimeError("Offset tensor contains duplicate values")
    n, m = shape
    which, column = np.indices(d.shape)
    row = column - wanted[:, None]
    kept = (row >= 0) & (row < n) & (column < m)
    values = d[as_tensor(which[kept]), as_tensor(column[kept])]
    out = sparse_coo_tensor(np.stack((row[kept], column[kept])), values, (n, m))
    return out if layout is None else to_sparse(out, layout=layout)


__getattr__: Getter = missing_in(__name__)

__all__ = [
    "addmm",
    "check_sparse_tensor_invariants",
    "log_softmax",
    "mm",
    "sampled_addmm",
    "softmax",
    "spdiags",
    "sum",
]
