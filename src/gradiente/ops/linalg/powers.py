"""Powers, exponentials and products of matrices; products of vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...tensor.core import Tensor, wrap
from .._arguments import need_tensor, wrap_dim
from .._define import primitive
from .._factory import constant
from .._numbers import is_integer
from .._out import into
from .._product_checks import C_NAMES, scalar_name
from .._sizes import broadcast_shapes_of
from ..contractions import product_in_order
from ..diagonals import diagonal as _diagonal
from .checks import need_float, need_square
from .deprecated import warn_deprecated
from .inverses import inverted

_exp = primitive("matrix_exp")
_view, _clone, _cross = primitive("view"), primitive("clone"), primitive("cross")
_multiply, _conj = primitive("multiply"), primitive("conj")
_sum = primitive("sum", "SumBackward1")
_column, _broadcast, _concat = primitive("expand_dims"), primitive("broadcast_to"), primitive("concat")
_where = primitive("where")
_flip, _astype, _powers = primitive("flip"), primitive("astype"), primitive("cumulative_prod")


def matrix_exp(A: Tensor) -> Tensor:
    """The exponential of square matrices: Σ Aᵏ / k!.

    Args:
        A: tensor (..., n, n), floating-point or complex.

    Returns:
        Tensor of that shape and dtype.

    Raises:
        RuntimeError: the matrices are not square, or the dtype is an integer's.

    Source: N. Higham, The scaling and squaring method for the matrix exponential revisited (2005).

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.matrix_exp(torch.tensor([[0.0, 1.0], [0.0, 0.0]]))
        tensor([[1., 1.],
                [0., 1.]])
    """
    need_square(need_tensor(A, "linalg_matrix_exp"), "linalg.matrix_exp")
    return _exp(need_float(A, "linalg.matrix_exp"))


def matrix_power(A: Tensor, n: int, *, out: Tensor | None = None) -> Tensor:
    """The product of n copies of square matrices, by repeated squaring; of -n copies of their inverses, if n < 0.

    Args:
        A: tensor (..., m, m).
        n: an integer; for 0, the result is the identity.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor of that shape and dtype.

    Raises:
        TypeError: n is no integer.
        RuntimeError: the matrices are not square; they have integers and n is negative.
        torch.linalg.LinAlgError: n is negative and a matrix is singular.

    Source: D. Knuth, The Art of Computer Programming 2 (1997), 4.6.3.

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.matrix_power(torch.tensor([[1, 1], [1, 0]]), 10)
        tensor([[89, 55],
                [55, 34]])
    """
    need_tensor(A, "linalg_matrix_power")
    if not is_integer(n):
        raise TypeError(f"linalg_matrix_power(): argument 'n' (position 2) must be int, not {type(n).__name__}")
    need_square(A, "linalg.matrix_power")
    if n == 0:
        array = A._array
        identity = constant(A, np.eye(array.shape[-1], dtype=array.dtype))
        return into(out, _where(wrap(np.False_), A, identity), "linalg_matrix_power", A)
    base = inverted(need_float(A, "linalg.inv")) if n < 0 else A
    n = abs(int(n))
    if n == 1:
        return into(out, base if base is not A else _clone(A), "linalg_matrix_power", A)
    found: Tensor | None = None
    while n:
        if n & 1:
            found = base if found is None else found @ base
        n >>= 1
        base = base @ base if n else base
    assert found is not None
    return into(out, found, "linalg_matrix_power", A)


def multi_dot(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """The product of two or more matrices, in the order of the fewest multiplications.

    Args:
        tensors: matrices of matching sizes; the first may be a vector, a row, and the last one a column.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        The product; without the dimensions of vectors.

    Raises:
        RuntimeError: fewer than two, or dimensions, sizes or dtypes that do not fit.

    Source: T. Cormen et al., Introduction to Algorithms (2009), 15.2.

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.multi_dot([torch.ones(2), torch.ones(2, 3), torch.ones(3)])
        tensor(6.)
    """
    if not isinstance(tensors, (list, tuple)):
        raise TypeError(
            f"linalg_multi_dot(): argument 'tensors' (position 1) must be tuple of Tensors, not "
            f"{type(tensors).__name__}"
        )
    if len(tensors) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(tensors)}")
    given = [need_tensor(x, "linalg_multi_dot", "tensors") for x in tensors]
    last = len(given) - 1
    for i, x in enumerate(given):
        ndim = x._array.ndim
        if i in (0, last) and ndim not in (1, 2):
            raise RuntimeError(f"multi_dot(): the {'last' if i else 'first'} tensor must be 1D or 2D but got {ndim}D")
        if i not in (0, last) and ndim != 2:
            raise RuntimeError(f"multi_dot(): tensor {i} must be 2D but got {ndim}D")
        if x._array.dtype != given[0]._array.dtype:
            raise RuntimeError(
                "multi_dot(): all tensors must have be the same dtype but tensor 0 is "
                f"{C_NAMES[given[0].dtype.name]} and tensor {i} {C_NAMES[x.dtype.name]}"
            )
    row, column = given[0]._array.ndim == 1, given[-1]._array.ndim == 1
    if row:
        given[0] = _column(given[0], axis=0)
    if column:
        given[-1] = _column(given[-1], axis=1)
    for i in range(last):
        s, t = given[i]._array.shape, given[i + 1]._array.shape
        if s[1] != t[0]:
            raise RuntimeError(
                f"multi_dot(): tensors {i} and {i + 1} with shapes {list(s)} and {list(t)} cannot be multiplied"
            )
    found = product_in_order(given)
    m, n = found._array.shape
    return into(
        out,
        found if not (row or column) else _view(found, shape=((() if row else (m,)) + (() if column else (n,)))),
        "linalg_multi_dot",
        *tensors,
    )


def _counted(x: Tensor) -> Tensor:
    """Integers and booleans as int64."""
    return _astype(x, dtype=np.dtype("int64")) if x._array.dtype.kind in "biu" else x


def _vandermonde(x: Tensor, count: int) -> Tensor:
    """x⁰, x¹, … along a last dimension."""
    array = x._array
    ones = constant(x, np.ones((*array.shape, 1), array.dtype))
    if count == 1:
        return ones
    copies = _broadcast(_column(x, axis=-1), shape=(*array.shape, count - 1))
    return _concat(ones, _powers(copies, axis=array.ndim), axis=-1)


def vander(x: Tensor, *, N: int | None = None) -> Tensor:
    """Vandermonde's matrices: out[..., i, j] = xᵢʲ.

    Args:
        x: tensor (..., n), of any dtype but bool.
        N: the number of columns, at least 2; n if not given.

    Returns:
        Tensor (..., n, N).

    Raises:
        RuntimeError: N is less than 2, or the dtype is bool.

    Source: DLMF 1.3.

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.vander(torch.tensor([2, 3]), N=3)
        tensor([[1, 2, 4],
                [1, 3, 9]])
    """
    array = need_tensor(x, "linalg_vander", "x")._array
    if array.dtype.kind == "b":
        raise RuntimeError(
            f"linalg.vander supports floating point, complex, and integer tensors, but got {scalar_name(x)}"
        )
    count = (array.shape[-1] if array.ndim else 1) if N is None else N
    if count <= 1:
        raise RuntimeError(f"N must be greater than 1. (It is {count}.)")
    return _vandermonde(_counted(x) if array.ndim else _view(_counted(x), shape=(1,)), count)


def torch_vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """Vandermonde's matrix of a vector, by default with descending powers: out[i, j] = xᵢ^(N-1-j).

    Args:
        x: tensor (n,).
        N: the number of columns; n if not given.
        increasing: ascending powers.

    Returns:
        Tensor (n, N).

    Raises:
        RuntimeError: x is no vector, or N is negative.

    Source: DLMF 1.3.

    Example:
        >>> import gradiente as torch
        >>> torch.vander(torch.tensor([2, 3]), 3)
        tensor([[4, 2, 1],
                [9, 3, 1]])
    """
    array = need_tensor(x, "vander", "x")._array
    if array.ndim != 1:
        raise RuntimeError(f"x must be a one-dimensional tensor. (It has shape {list(array.shape)}.)")
    count = array.shape[0] if N is None else N
    if count < 0:
        raise RuntimeError(f"N must be non-negative. (It is {count}.)")
    x = _counted(x)
    if count == 0:
        return wrap(np.zeros((array.shape[0], 0), x._array.dtype))
    found = _vandermonde(x, count)
    return found if increasing else _flip(found, axis=(1,))


def vecdot(x: Tensor, y: Tensor, *, dim: int = -1, out: Tensor | None = None) -> Tensor:
    """The inner products of vectors along a dimension: Σ conj(xᵢ) yᵢ.

    Args:
        x: floating-point or complex tensor.
        y: tensor of the same dtype; the two are broadcast.
        dim: the dimension of the vectors.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor without that dimension.

    Raises:
        RuntimeError: an integer dtype, or dtypes or shapes that do not fit.

    Source: the function of this name in the Python array API standard.

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.vecdot(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
        tensor(11.)
    """
    need_float(need_tensor(x, "linalg_vecdot", "x"), "linalg.vecdot")
    a, b = x._array, need_tensor(y, "linalg_vecdot", "y", 2)._array
    if a.dtype != b.dtype:
        raise RuntimeError(
            f"linalg.vecdot: Expected x and y to have the same dtype, but found x of type {scalar_name(x)} and y of "
            f"type "
            f"{scalar_name(y)} instead"
        )
    shape = broadcast_shapes_of([a.shape, b.shape])
    axis = wrap_dim(dim, len(shape))
    product = _multiply(_conj(x) if a.dtype.kind == "c" else x, y)
    return into(out, _sum(product, axis=axis, keepdims=False) if shape else product, "linalg_vecdot", x, y)


def cross(input: Tensor, other: Tensor, *, dim: int = -1, out: Tensor | None = None) -> Tensor:
    """The vector product of vectors of three elements along a dimension.

    Args:
        input: tensor with size 3 there.
        other: tensor of the same dtype and number of dimensions; the others are broadcast.
        dim: the dimension of the vectors.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor of the broadcast shape: (a₁b₂ - a₂b₁, a₂b₀ - a₀b₂, a₀b₁ - a₁b₀).

    Raises:
        RuntimeError: dimensions, sizes or dtypes do not fit.

    Source: DLMF 1.6.

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.cross(torch.tensor([1.0, 0.0, 0.0]), torch.tensor([0.0, 1.0, 0.0]))
        tensor([0., 0., 1.])
    """
    return into(
        out,
        _crossed(need_tensor(input, "linalg_cross"), need_tensor(other, "linalg_cross", "other", 2), dim),
        "linalg_cross",
        input,
        other,
    )


def _crossed(a: Tensor, b: Tensor, dim: int) -> Tensor:
    s, t = a._array.shape, b._array.shape
    if len(s) != len(t):
        raise RuntimeError(
            f"linalg.cross: inputs must have the same number of dimensions. (Their shapes are {list(s)} and {list(t)}.)"
        )
    if not s:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    axis = wrap_dim(dim, len(s))
    if s[axis] != 3 or t[axis] != 3:
        raise RuntimeError(f"linalg.cross: inputs dimension {dim} must have length 3. Got {s[axis]} and {t[axis]}")
    if s != t:
        broadcast_shapes_of([s, t])
    if a._array.dtype != b._array.dtype:
        raise RuntimeError(f"expected scalar type {scalar_name(a)} but found {scalar_name(b)}")
    if a._array.dtype.kind == "b":
        raise NotImplementedError(
            "\"cross\" not implemented for 'Bool' (convert the tensors, for instance with .long())"
        )
    return _cross(a, b, axis=axis)


def torch_cross(input: Tensor, other: Tensor, dim: int | None = None, *, out: Tensor | None = None) -> Tensor:
    """The vector product along a dimension; without `dim`, which warns, along the first one of size 3.

    >>> import gradiente as torch
    >>> torch.cross(torch.tensor([1, 0, 0]), torch.tensor([0, 1, 0]), dim=0)
    tensor([0, 0, 1])
    """
    shape = need_tensor(input, "cross")._array.shape
    need_tensor(other, "cross", "other", 2)
    if dim is None:
        warn_deprecated("cross")
        found = [i for i, n in enumerate(shape) if n == 3]
        if not found:
            raise RuntimeError(f"no dimension of size 3 in input (its shape is {list(shape)})")
        dim = found[0]
    return into(out, _crossed(input, other, dim), "linalg_cross", input, other)


def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The diagonal of matrices, a view: `torch.diagonal` of the last two dimensions.

    >>> import gradiente as torch
    >>> torch.linalg.diagonal(torch.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    return _diagonal(need_tensor(A, "linalg_diagonal", "A"), offset, dim1, dim2)


METHODS: dict[str, Any] = {"cross": torch_cross, "matrix_exp": matrix_exp, "matrix_power": matrix_power}
"""What these functions are called as methods of Tensor."""

__all__ = [
    "cross",
    "diagonal",
    "matrix_exp",
    "matrix_power",
    "multi_dot",
    "torch_cross",
    "torch_vander",
    "vander",
    "vecdot",
]
