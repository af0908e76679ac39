"""Products of sparse matrices: with matrices, vectors and batches, and with each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays.sparse import Pattern, SparseArray, grouped
from ..graph import Sink, current
from ..ops.matrix_products import bmm as dense_bmm
from ..rules import table
from ..tensor.core import Tensor, wrap
from ..tensor.dispatch import bind
from ..tensor.dtypes import SCALAR_NAMES
from ..tensor.sparse import dense_of, values_of, with_values
from ._registry import handles, is_sparse, refused
from .coordinates import coalesce, summed, with_places
from .moving import t

_products: dict[tuple[str, str], Any] = {}


def _bound(name: str, primitive: str = "sparse_product") -> Any:
    """The product with nodes of this name."""
    found = _products.get((name, primitive))
    if found is None:
        found = _products[name, primitive] = bind(table[primitive], name)
    return found


def wants_all(a: Tensor) -> bool:
    """Whether somebody can see the gradient of the elements that are not stored: that of a leaf, or of `to_sparse`."""
    node = a._node
    if node is None or not current().grad:
        return False
    return isinstance(node, Sink) or node.plan.kind.name.startswith("ToSparse")  # pyright: ignore


def _same_types(a: Tensor, b: Tensor) -> None:
    if a.dtype is not b.dtype:
        one, other = (SCALAR_NAMES[x.dtype.name] for x in (a, b))
        raise RuntimeError(f"expected scalar type {one} but found {other}")


def check_matrix(a: Tensor) -> None:
    """Raise torch's error unless `a` is a matrix whose elements are numbers."""
    array: SparseArray = a._array
    if array.sparse_dim != 2:
        raise RuntimeError(f"addmm: matrices expected, got {array.sparse_dim}D tensor")
    if array.ndim != 2:
        raise RuntimeError(f"addmm: scalar values expected, got {array.ndim - array.sparse_dim}D values")


def product(a: Tensor, b: Tensor, name: str, masked: bool = False) -> Tensor:
    """The product of a sparse matrix and a matrix or vector; with `masked` only what is stored has a gradient."""
    check_matrix(a)
    if b._array.ndim == 2 and a._array.shape[1] != b._array.shape[0]:
        raise RuntimeError(
            f"addmm: Argument #3 (dense): Expected dim 0 size {a._array.shape[1]}, got {b._array.shape[0]} (the "
            f"operands have shapes {list(a._array.shape)} and {list(b._array.shape)})"
        )
    _same_types(a, b)
    if not masked and wants_all(a):
        return _bound(name, "matmul" if b._array.ndim == 2 else "mv")(dense_of(a, "ToDenseBackward0", False), b)
    return _bound(name)(values_of(a), b, pattern=a._array.pattern)


def need_two(a: Tensor, b: Tensor) -> None:
    """Raise torch's error unless `b` is a matrix."""
    if b._array.ndim != 2:
        raise RuntimeError(f"addmm: 2D tensor expected, got {b._array.ndim}D tensor (the second matrix)")


@handles("mm", "dsmm", "spmm")
def mm(input: Tensor, mat2: Tensor, *, out: Any = None, name: str = "MmBackward0", masked: bool = False) -> Tensor:
    """The product of two matrices, one of them sparse, or both."""
    if is_sparse(input) and is_sparse(mat2):
        return sparse_sparse(input, mat2)
    if is_sparse(input):
        need_two(input, mat2)
        return product(input, mat2, name, masked)
    if input._array.ndim != 2:
        raise RuntimeError(f"addmm: 2D tensor expected, got {input._array.ndim}D tensor (the first matrix)")
    if input._array.shape[1] != mat2._array.shape[0]:
        s, u = input._array.shape, mat2._array.shape
        raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied ({s[0]}x{s[1]} and {u[0]}x{u[1]})")
    return _transposed(product(t(mat2), input.t(), name, masked))


_transposed = bind(table["matrix_transpose"], "MmBackward0")


@handles("mv")
def mv(input: Tensor, vec: Tensor, *, out: Any = None) -> Tensor:
    """The product of a sparse matrix and a vector."""
    if not is_sparse(input) or is_sparse(vec):
        raise refused("mv")
    if vec._array.ndim != 1 or input._array.ndim != 2:
        raise RuntimeError(
            f"mv: two tensor dim should be 2 and 1, but got SparseTensor Dim: {input._array.ndim} Tensor Dim: "
            f"{vec._array.ndim}"
        )
    if input._array.shape[1] != vec._array.shape[0]:
        raise RuntimeError(
            f"mv: expected self.size(-1) == vec.size(-1) (the matrix has shape {list(input._array.shape)}, the vector "
            f"{vec._array.shape[0]} elements)"
        )
    return product(input, vec, "MvBackward0")


@handles("bmm")
def bmm(input: Tensor, mat2: Tensor, *, out: Any = None) -> Tensor:
    """The product of each pair of matrices of a sparse batch and an ordinary one."""
    if not is_sparse(input) or is_sparse(mat2):
        raise refused("bmm")
    a, b = input._array, mat2._array
    if a.sparse_dim != 3 or a.ndim != 3 or b.ndim != 3 or a.shape[0] != b.shape[0] or a.shape[2] != b.shape[1]:
        raise RuntimeError(
            "bmm_sparse: Tensor 'self' and 'mat2' must be 3D, with one batch size and equal inner sizes (they have "
            f"shapes {list(a.shape)} and {list(b.shape)})"
        )
    _same_types(input, mat2)
    if wants_all(input):
        return dense_bmm(dense_of(input, "ToDenseBackward0", False), mat2)
    count, n, k = a.shape
    batch, rows, columns = a.indices
    pattern = Pattern(batch * n + rows, batch * k + columns, (count * n, count * k))
    flat = _bound("BmmBackward0")(values_of(input), mat2.reshape(count * k, -1), pattern=pattern)
    return _viewed(flat, shape=(count, n, b.shape[2]))


_viewed = bind(table["reshape"], "BmmBackward0")


@handles("matmul", "__matmul__")
def matmul(input: Tensor, other: Tensor, *, out: Any = None) -> Tensor:
    """The product `input @ other`, one of which is sparse, or both."""
    if not isinstance(other, Tensor):
        return NotImplemented
    m, n = input._array.ndim, other._array.ndim
    if m == 2 and n == 2:
        return mm(input, other)
    if m == 2 and n == 1:
        return mv(input, other)
    if m == 1 and n == 2 and is_sparse(other) and not is_sparse(input):
        return product(t(other), input, "SqueezeBackward4")
    if m == 3 and n == 3 and is_sparse(input):
        return bmm(input, other)
    if m == 1 and n == 1:
        raise refused("dot")
    raise RuntimeError(
        f"expand is unsupported for Sparse tensors (the product of shapes {list(input._array.shape)} and "
        f"{list(other._array.shape)} would need it)"
    )


@handles("__rmatmul__")
def rmatmul(self: Tensor, other: Tensor) -> Tensor:
    """other @ self."""
    return matmul(other, self)


@handles("addmm")
def addmm(
    input: Tensor,
    mat1: Tensor,
    mat2: Tensor,
    *,
    beta: Any = 1,
    alpha: Any = 1,
    out: Any = None,
    name: str = "AddmmBackward0",
    masked: bool = False,
) -> Tensor:
    """beta · input + alpha · mat1 @ mat2, where a matrix is sparse."""
    if is_sparse(input) and is_sparse(mat1) and is_sparse(mat2):
        return _sparse_sum(input, mm(mat1, mat2), beta, alpha)
    if is_sparse(input) or (is_sparse(mat1) and is_sparse(mat2)):
        raise refused("addmm")
    found = mm(mat1, mat2, name=name, masked=masked)
    shape = found._array.shape
    try:
        spread = np.broadcast_shapes(input._array.shape, shape)
    except ValueError:
        spread = None
    if spread != shape:
        raise RuntimeError(
            f"The expanded size of the tensor {list(shape)} must match the existing size {list(input._array.shape)} "
            "(that of `input`)"
        )
    scaled = _scaled if name == "AddmmBackward0" else _scaled_sparse
    return scaled(input, found, beta=beta, alpha=alpha)


_scaled = bind(table["scaled_add"], "AddmmBackward0")
_scaled_sparse = bind(table["scaled_add"], "SparseAddmmBackward0")


def _sparse_sum(a: Tensor, b: Tensor, beta: Any, alpha: Any) -> Tensor:
    from .elementwise import add

    return add(a if beta == 1 else a * beta, b, alpha=alpha)


@handles("sspaddmm")
def sspaddmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """The same, as a sparse matrix."""
    return _sparse_sum(input, smm(mat1, mat2), beta, alpha)


@handles("smm")
def smm(input: Tensor, mat: Tensor) -> Tensor:
    """The product of a sparse matrix and a matrix, as a sparse matrix."""
    found = mm(input, mat)
    rows, columns = np.indices(found._array.shape)
    kept = np.isin(rows, input._array.indices[0])
    places = np.stack((rows[kept], columns[kept]))
    return with_places(found[wrap(places[0]), wrap(places[1])], places, found._array.shape, True, "SspaddmmBackward0")


@handles("hspmm")
def hspmm(mat1: Tensor, mat2: Tensor, *, out: Any = None) -> Tensor:
    """The product of a sparse matrix and a matrix, of which the rows are stored that have elements."""
    found = mm(mat1, mat2)
    rows = np.unique(mat1._array.indices[0])
    like = SparseArray(rows[None, :], np.empty(0), found._array.shape, True)
    return with_values(found.index_select(0, wrap(rows)), like, "HspmmBackward0")


def sparse_sparse(a: Tensor, b: Tensor) -> Tensor:
    """The product of two sparse matrices, sparse: of each element of `a` with the row of `b` that it meets."""
    check_matrix(a)
    check_matrix(b)
    _same_types(a, b)
    if a._array.shape[1] != b._array.shape[0]:
        s, u = a._array.shape, b._array.shape
        raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied ({s[0]}x{s[1]} and {u[0]}x{u[1]})")
    a, b = coalesce(a), coalesce(b)
    x, y = a._array, b._array
    starts = np.searchsorted(y.indices[0], np.arange(y.shape[0] + 1))
    counts = np.diff(starts)[x.indices[1]]
    ours = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    theirs = np.arange(len(ours)) - first[ours] + starts[x.indices[1]][ours]
    products = values_of(a).index_select(0, wrap(ours)) * values_of(b).index_select(0, wrap(theirs))
    places = np.stack((x.indices[0][ours], y.indices[1][theirs]))
    shape = (x.shape[0], y.shape[1])
    groups, firsts = grouped(SparseArray(places, products._array, shape, False).keys())
    name = "SparseSparseMatmulBackward0"
    return with_places(summed(products, groups, len(firsts)), places[:, firsts], shape, True, name)


@handles("linear")
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input @ weight.T + bias."""
    found = mm(input, t(weight) if is_sparse(weight) else weight.t())
    return found if bias is None else found + bias


def reduced(a: Tensor, b: Tensor, how: str) -> Tensor:
    """The product, with another way to make one number of the products of a row."""
    if not is_sparse(a) or is_sparse(b):
        raise refused("_sparse_mm_reduce_impl", "CPU")
    if how not in ("sum", "mean", "amax", "amin"):
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {how}")
    need_two(a, b)
    array = a._array
    if how in ("sum", "mean"):
        out = product(a, b, "SparseMmReduceImplBackward0", masked=True)
        if how == "sum":
            return out
        counts = np.maximum(np.bincount(array.indices[0], minlength=array.shape[0]), 1)
        return out / wrap(counts.astype(array.dtype)[:, None])
    check_matrix(a)
    terms: Any = values_of(a).unsqueeze(1) * b.index_select(0, wrap(array.indices[1]))
    places = wrap(np.broadcast_to(array.indices[0][:, None], terms.shape))
    zeros: Any = wrap(np.zeros((array.shape[0], b._array.shape[1]), array.dtype))
    return zeros.scatter_reduce(0, places, terms, how, include_self=False)


def sampled_addmm(input: Tensor, mat1: Tensor, mat2: Tensor, beta: Any, alpha: Any) -> Tensor:
    """alpha · (mat1 @ mat2) at the places of a sparse matrix, + beta times that."""
    if not is_sparse(input):
        raise refused("sampled_addmm", "CPU")
    check_matrix(input)
    array, a, b = input._array, mat1._array, mat2._array
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[0]:
        raise RuntimeError(
            f"sampled_addmm: mat1 and mat2 shapes cannot be multiplied ({'x'.join(map(str, a.shape))} and "
            f"{'x'.join(map(str, b.shape))})"
        )
    for dim, found, wanted in ((0, a.shape[0], array.shape[0]), (1, b.shape[1], array.shape[1])):
        if found != wanted:
            raise RuntimeError(
                f"sampled_addmm: Expected self.shape[{dim}] == mat{dim + 1}.shape[{dim}] ({wanted} and {found})"
            )
    v = _bound("SparseSampledAddmmBackward0", "sampled_product")(mat1, mat2.t(), pattern=array.pattern)
    v = v * alpha if alpha != 1 else v
    if beta != 0:
        v = v + values_of(input) * beta
    return with_values(v, array, "SparseSampledAddmmBackward0")


__all__ = [
    "addmm",
    "check_matrix",
    "matmul",
    "mm",
    "mv",
    "product",
    "sampled_addmm",
    "smm",
    "sparse_sparse",
    "sspaddmm",
    "wants_all",
]
