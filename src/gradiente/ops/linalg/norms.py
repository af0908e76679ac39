"""Norms of matrices, condition numbers, ranks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...arrays.batched import examples
from ...tensor.core import Tensor, box, wrap
from ...tensor.dtypes import dtype as Dtype
from .._arguments import need_tensor, wrap_dim
from .._define import primitive
from .._factory import constant
from .._out import into
from .._product_checks import scalar_name
from .._reducing import cast, invalid_combination, numpy_dtype
from ..spreads import vector_norm
from .checks import beside, need_float, need_two
from .inverses import inv_ex, tolerances
from .spectra import eigvalsh, svdvals

_max, _min = primitive("max", "AmaxBackward0"), primitive("min", "AminBackward0")
_sum, _where, _divide = primitive("sum"), primitive("where"), primitive("divide")
_multiply, _add = primitive("multiply"), primitive("add")
_abs, _abs_complex = primitive("abs"), primitive("abs_complex")
_move, _view = primitive("permute_dims"), primitive("view")

_RANKS = (
    " * (Tensor input, *, Tensor atol = None, Tensor rtol = None, bool hermitian = False)\n"
    " * (Tensor input, *, float atol = None, float rtol = None, bool hermitian = False)\n"
    " * (Tensor input, float tol, bool hermitian = False)\n"
)
_ORDERS = (2, -2, 1, -1, math.inf, -math.inf)


def _size(x: Tensor) -> Tensor:
    return (_abs_complex if x._array.dtype.kind == "c" else _abs)(x)


def _in_type(A: Tensor, dtype: Dtype | None) -> Tensor:
    """The matrix in the type to compute in, in torch's words if it cannot be."""
    if dtype is None:
        return A
    wanted, array, function = numpy_dtype(dtype, "linalg_matrix_norm"), A._array, "linalg.matrix_norm"
    name = scalar_name(wrap(np.empty(0, wanted)))
    if dtype.category < 2:
        raise RuntimeError(f"{function}: dtype should be floating point or complex, but got {name}")
    if (wanted.kind == "c") != (array.dtype.kind == "c"):
        kind = "complex" if array.dtype.kind == "c" else "real"
        raise RuntimeError(f"{function}: dtype should be {kind} for {kind} inputs, but got {name}")
    if np.promote_types(wanted, array.dtype) != wanted:
        raise RuntimeError(
            f"{function}: the dtype of the input ({scalar_name(A)}) should be convertible without narrowing to the "
            f"specified dtype ({name})"
        )
    return cast(A, wanted)


def _pair(dim: Any, ndim: int) -> tuple[int, int]:
    """The two dimensions of the matrices."""
    dims = tuple(dim) if isinstance(dim, (list, tuple)) else (dim,)
    if len(dims) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(map(str, dims))}")
    first, second = wrap_dim(dims[0], ndim), wrap_dim(dims[1], ndim)
    if first == second:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({dims[0]}, {dims[1]})")
    return first, second


def matrix_norm(
    A: Tensor,
    ord: float | str = "fro",
    dim: Sequence[int] = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: Dtype | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """A norm of matrices.

    Args:
        A: tensor (..., m, n), floating-point or complex.
        ord: "fro" (Frobenius): √Σ|aᵢⱼ|²; "nuc" (nuclear): the sum of the singular values; 2, -2: the largest, least
            singular value; inf, -inf: the largest, least sum of a row's moduli; 1, -1: of a column's.
        dim: the two dimensions of the matrices.
        keepdim: keep the dimensions, with size 1.
        dtype: the type to compute in.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Real tensor (...).

    Raises:
        RuntimeError: fewer than two dimensions, an integer dtype, an unknown order.

    Source: G. Golub, C. Van Loan, Matrix Computations (2013), 2.3.

    Example:
        >>> import gradiente as torch
        >>> A = torch.tensor([[3.0, 0.0], [0.0, 4.0]])
        >>> torch.linalg.matrix_norm(A), torch.linalg.matrix_norm(A, 2), torch.linalg.matrix_norm(A, "nuc")
        (tensor(5.), tensor(4.), tensor(7.))
    """
    function = "linalg.matrix_norm"
    need_float(need_two(need_tensor(A, "linalg_matrix_norm"), function), function)
    first, second = _pair(dim, A._array.ndim)
    if isinstance(ord, str):
        if ord not in ("fro", "nuc"):
            raise RuntimeError(f"{function}: Order {ord} not supported.")
    elif ord not in _ORDERS:
        raise RuntimeError(f"{function}: Order {ord:g} not supported.")
    if ord == "fro":
        return into(out, vector_norm(A, 2, (first, second), keepdim, dtype=dtype), "linalg_matrix_norm", A)
    A = _in_type(A, dtype)
    if ord in ("nuc", 2, -2):
        if A._array.dtype.itemsize == 2:
            raise RuntimeError(
                f"{function}: Low precision dtypes not supported. Got {scalar_name(A)} (convert it with .float())"
            )
        others = [d for d in range(A._array.ndim) if d not in (first, second)]
        values = svdvals(_move(A, axes=(*others, first, second)))
        found = _sum(values, axis=-1, keepdims=False) if ord == "nuc" else _extreme(values, -1, False, ord == 2)
    else:
        along = first if abs(ord) == 1 else second  # pyright: ignore[reportArgumentType]
        totals = _sum(_size(A), axis=along, keepdims=keepdim)
        rest = second if along == first else first
        rest -= 0 if keepdim or rest < along else 1
        return into(out, _extreme(totals, rest, keepdim, ord in (1, math.inf)), "linalg_matrix_norm", A)
    if keepdim:
        shape = tuple([1 if d in (first, second) else n for d, n in enumerate(A._array.shape)])
        found = _view(found, shape=shape)
    return into(out, found, "linalg_matrix_norm", A)


def _extreme(x: Tensor, axis: int, keepdim: bool, largest: bool) -> Tensor:
    """The largest or least along an axis; the largest of nothing is 0, which is what torch says of empty matrices."""
    axis %= x._array.ndim
    if not x._array.shape[axis]:
        if not largest:
            raise IndexError(f"amin(): Expected reduction dim {axis} to have non-zero size.")
        return _sum(x, axis=axis, keepdims=keepdim)
    return (_max if largest else _min)(x, axis=axis, keepdims=keepdim)


def norm(
    A: Tensor,
    ord: float | str | None = None,
    dim: int | Sequence[int] | None = None,
    keepdim: bool = False,
    *,
    dtype: Dtype | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """A norm of vectors or of matrices: `vector_norm` or `matrix_norm`.

    Args:
        A: tensor, floating-point or complex.
        ord: the order; without it, the 2-norm of all elements.
        dim: one dimension, for vectors; two, for matrices. Without it, A itself, if there is an `ord`.
        keepdim: keep the dimensions, with size 1.
        dtype: the type to compute in.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Real tensor.

    Raises:
        RuntimeError: `dim` has more than two dimensions, or is not given and A has; see also there.

    Source: see `vector_norm` and `matrix_norm`.

    Example:
        >>> import gradiente as torch
        >>> A = torch.tensor([[3.0, 0.0], [0.0, 4.0]])
        >>> torch.linalg.norm(A), torch.linalg.norm(A, 2), torch.linalg.norm(A, 2, dim=0)
        (tensor(5.), tensor(4.), tensor([3., 4.]))
    """
    ndim = need_tensor(A, "linalg_norm")._array.ndim
    if dim is not None:
        dims = (dim,) if isinstance(dim, int) else tuple(dim)
        if len(dims) not in (1, 2):
            raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dims)}")
    else:
        dims = None
        if ord is not None and ndim not in (1, 2):
            raise RuntimeError(
                f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {ndim}D."
            )
    if isinstance(ord, str) or (ord is not None and (len(dims) == 2 if dims is not None else ndim == 2)):
        return into(
            out, matrix_norm(A, ord, (-2, -1) if dims is None else dims, keepdim, dtype=dtype), "linalg_norm", A
        )
    return into(out, vector_norm(A, 2 if ord is None else ord, dims, keepdim, dtype=dtype), "linalg_norm", A)


def cond(A: Tensor, p: float | str | None = None, *, out: Tensor | None = None) -> Tensor:
    """The condition number of matrices, ‖A‖ ‖A⁻¹‖.

    Args:
        A: tensor (..., m, n), floating-point or complex; square, but for p = None, 2 and -2.
        p: None or 2: the largest singular value over the least; -2: the opposite; else the order of a `matrix_norm`.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Real tensor (...), infinite for singular matrices.

    Raises:
        RuntimeError: an unknown order, fewer than two dimensions, matrices that are not square.

    Source: G. Golub, C. Van Loan, Matrix Computations (2013), 2.6.

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.cond(torch.tensor([[4.0, 0.0], [0.0, 2.0]]))
        tensor(2.)
    """
    array = need_tensor(A, "linalg_cond")._array
    if array.ndim < 2:
        raise RuntimeError(f"linalg.cond: The input tensor must have at least 2 dimensions. (It has {array.ndim}.)")
    if (p not in ("fro", "nuc")) if isinstance(p, str) else (p is not None and p not in _ORDERS):
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p if isinstance(p, str) else format(p, 'g')}")
    if p in (None, 2, -2):
        values = svdvals(A)
        if not array.shape[-1] or not array.shape[-2]:
            return _sum(values, axis=-1, keepdims=False)
        k = min(array.shape[-2:]) - 1
        largest, least = (values[..., 0], values[..., k])  # pyright: ignore[reportIndexIssue]
        return into(out, _divide(least, largest) if p == -2 else _divide(largest, least), "linalg_cond", A)
    if array.shape[-2] != array.shape[-1]:
        m, n = array.shape[-2:]
        shown = p if isinstance(p, str) else format(p, "g")
        raise RuntimeError(
            f"linalg.cond(ord={shown}): A must be batches of square matrices, but they are {m} by {n} matrices"
        )
    if not array.shape[-1]:
        return into(out, wrap(np.zeros(array.shape[:-2], np.finfo(array.dtype).dtype)), "linalg_cond", A)
    need_float(A, "linalg.inv")
    inverse, info = inv_ex(A)
    found = _multiply(matrix_norm(A, p), matrix_norm(inverse, p))  # pyright: ignore[reportArgumentType]
    singular = examples(info._array) > 0
    if not singular.any():
        return into(out, found, "linalg_cond", A)
    return into(
        out, _where(beside(A, singular), wrap(np.asarray(math.inf, found._array.dtype)), found), "linalg_cond", A
    )


def matrix_rank(
    A: Tensor,
    tol: Any = None,
    hermitian: bool = False,
    *,
    atol: Any = None,
    rtol: Any = None,
    out: Tensor | None = None,
) -> Tensor:
    """The rank of matrices: how many singular values are larger than max(atol, rtol · the largest).

    Args:
        A: tensor (..., m, n), floating-point or complex.
        tol: an older name of `atol`, with `rtol` 0.
        hermitian: A is Hermitian: moduli of eigenvalues are counted instead.
        atol: a number or a tensor (...); 0 if not given.
        rtol: the same; max(m, n)·ε if neither is given.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor (...), int64.

    Raises:
        RuntimeError: fewer than two dimensions, an integer or 16-bit dtype.

    Source: G. Golub, C. Van Loan, Matrix Computations (2013), 5.4.

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.matrix_rank(torch.ones(3, 3))
        tensor(1)
    """
    if not isinstance(A, Tensor):
        raise invalid_combination("linalg_matrix_rank", A, _RANKS)
    array = A._array
    if array.ndim < 2:
        raise RuntimeError(
            f"torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions. (It has {array.ndim}.)"
        )
    if array.dtype.kind in "biu" or array.dtype.itemsize == 2:
        raise RuntimeError(f"This function doesn't handle types other than float and double (the input is {A.dtype!r})")
    if tol is not None:
        atol, rtol = tol, 0.0
    x = A.detach()  # pyright: ignore[reportAttributeAccessIssue]
    values = _size(eigvalsh(x)) if hermitian else svdvals(x)
    if not array.shape[-1] or not array.shape[-2]:
        return into(out, constant(A, np.zeros(array.shape[:-2], np.int64)), "linalg_matrix_rank", A, cast=True)
    absolute, relative = tolerances(A, atol, rtol, "torch.linalg.matrix_rank")
    sizes = values._array
    least = np.maximum(absolute, np.multiply(relative, np.max(sizes, axis=-1)))[..., None]
    ranks = wrap(box(np.sum(sizes > least, axis=-1).astype(np.int64)))
    return into(out, ranks, "linalg_matrix_rank", A, cast=True)


METHODS: dict[str, Any] = {}
"""None of these functions is a method of Tensor."""

__all__ = ["cond", "matrix_norm", "matrix_rank", "norm", "vector_norm"]
