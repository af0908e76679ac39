"""Products of two matrices, of vectors, of batches of matrices."""

from __future__ import annotations

from ..tensor.core import Tensor
from ._arguments import need_tensor
from ._define import primitive, product
from ._out import into
from ._product_checks import (
    batch_mismatch,
    cannot_multiply,
    check_matmul,
    need_ndim,
    need_vectors,
    no_bool,
    same_dtype,
    same_matrix_dtype,
    scalar_name,
    shapes,
)

_mm, _mv, _dot, _vecmat = product("matmul"), product("mv"), product("dot"), product("vecmat")
_bmm = primitive("matmul", "BmmBackward0")
_vdot = primitive("vdot")
_batched = primitive("matmul", "UnsafeViewBackward0")
_batched_from_matrix = primitive("matmul", "CloneBackward0")
_batched_mv = primitive("rows_mv")
_folded = primitive("rows_matmul")
_unfolded = primitive("view", "UnsafeViewBackward0")
_product = primitive("multiply", "MulBackward0")
_column = primitive("expand_dims")


def matmul(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The matrix product of two tensors: of vectors, matrices, or batches of matrices.

    out[..., i, j] = Σₖ input[..., i, k] · other[..., k, j]. A vector on the left counts as one row, on the right as one
    column, and that dimension is left out of the result; the dimensions before the last two are broadcast. `a @ b` is
    the same.

    Args:
        input: tensor of at least one dimension, (..., n, k) or (k,).
        other: tensor of the same dtype, (..., k, m) or (k,).
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        The product, (..., n, m), of the operands' dtype.

    Raises:
        RuntimeError: the inner sizes or the dtypes differ, or an operand has no dimension.
        NotImplementedError: the operands are Boolean.

    Source: any book on linear algebra; the treatment of ranks is that of the Python array API standard.

    Example:
        >>> import gradiente as torch
        >>> torch.matmul(torch.ones(2, 3), torch.ones(3))
        tensor([3., 3.])
    """
    if out is not None:
        return into(out, matmul(input, other), "matmul", input, other)
    try:
        x, y = input._array, other._array
    except AttributeError:
        need_tensor(input, "matmul")
        need_tensor(other, "matmul", "other", 2)
        raise
    rank, other_rank = x.ndim, y.ndim
    if rank == 2 and 0 < other_rank <= 2:
        if x.shape[1] != y.shape[0] or x.dtype is not y.dtype or x.dtype.kind == "b":
            check_matmul(input, other)
        return _mm(input, other) if other_rank == 2 else _mv(input, other)
    check_matmul(input, other)
    if rank == 1:
        if other_rank > 2:
            return _batched_vector(input, other)
        return _dot(input, other) if other_rank == 1 else _vecmat(input, other)
    if other_rank == 1:
        return _batched_mv(input, other)
    if other_rank == 2:
        return _folded(input, other)
    if rank == 2 and input._node is not None:
        return _batched_from_matrix(input, other)
    return _batched(input, other)


def _batched_vector(input: Tensor, other: Tensor) -> Tensor:
    """The product of a vector with each matrix of a batch."""
    out = _batched(_column(input, axis=0), other)
    shape = out._array.shape
    return _unfolded(out, shape=(*shape[:-2], shape[-1]))


def mm(input: Tensor, mat2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of two matrices: out[i, j] = Σₖ input[i, k] · mat2[k, j].

    Args:
        input: matrix (n, k).
        mat2: matrix (k, m) of the same dtype.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Matrix (n, m) of that dtype.

    Raises:
        RuntimeError: an operand is no matrix, or the inner sizes or the dtypes differ.

    Source: any book on linear algebra.

    Example:
        >>> import gradiente as torch
        >>> torch.mm(torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0], [4.0]]))
        tensor([[11.]])
    """
    if out is not None:
        return into(out, mm(input, mat2), "mm", input, mat2)
    need_ndim(need_tensor(input, "mm"), 2, "self must be a matrix")
    need_ndim(need_tensor(mat2, "mm", "mat2", 2), 2, "mat2 must be a matrix")
    s, t = input._array.shape, mat2._array.shape
    if s[1] != t[0]:
        raise cannot_multiply(s, t, input=input, mat2=mat2)
    same_matrix_dtype(input, mat2, input=input, mat2=mat2)
    no_bool(input, "addmm_impl_cpu_")
    return _mm(input, mat2)


def bmm(input: Tensor, mat2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of each pair of matrices of two batches: out[b] = input[b] @ mat2[b].

    Args:
        input: batch of matrices (b, n, k).
        mat2: batch of matrices (b, k, m) of the same dtype; nothing is broadcast (torch.matmul does that).
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Batch of matrices (b, n, m) of that dtype.

    Raises:
        RuntimeError: an operand is no batch of matrices, or the sizes or the dtypes do not fit.

    Source: any book on linear algebra.

    Example:
        >>> import gradiente as torch
        >>> torch.bmm(torch.ones(2, 1, 3), torch.ones(2, 3, 1)).flatten()
        tensor([3., 3.])
    """
    if out is not None:
        return into(out, bmm(input, mat2), "bmm", input, mat2)
    need_ndim(need_tensor(input, "bmm"), 3, "batch1 must be a 3D tensor")
    need_ndim(need_tensor(mat2, "bmm", "mat2", 2), 3, "batch2 must be a 3D tensor")
    s, t = input._array.shape, mat2._array.shape
    if s[0] != t[0] or s[2] != t[1]:
        raise batch_mismatch(input, mat2)
    text = f"expected scalar type {scalar_name(input)} but found {scalar_name(mat2)}"
    same_dtype(text, input, mat2, input=input, mat2=mat2)
    no_bool(input, "bmm")
    return _bmm(input, mat2)


def mv(input: Tensor, vec: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of a matrix and a vector: out[i] = Σₖ input[i, k] · vec[k].

    Args:
        input: matrix (n, k).
        vec: vector (k,) of the same dtype.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Vector (n,) of that dtype.

    Raises:
        RuntimeError: the ranks, the sizes or the dtypes do not fit.

    Source: any book on linear algebra.

    Example:
        >>> import gradiente as torch
        >>> torch.mv(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([1.0, 1.0]))
        tensor([3., 7.])
    """
    if out is not None:
        return into(out, mv(input, vec), "mv", input, vec)
    a, b = need_tensor(input, "mv")._array, need_tensor(vec, "mv", "vec", 2)._array
    if a.ndim != 2 or b.ndim != 1:
        raise RuntimeError(
            f"vector + matrix @ vector expected, got 1, {a.ndim}, {b.ndim} {shapes(input=input, vec=vec)})"
        )
    check_matmul(input, vec)
    return _mv(input, vec)


def dot(input: Tensor, tensor: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sum of the products of two vectors' elements: Σᵢ inputᵢ · tensorᵢ, without a conjugate.

    Args:
        input: vector (n,).
        tensor: vector (n,) of the same dtype.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        0-d tensor of that dtype.

    Raises:
        RuntimeError: an operand is no vector, or the lengths or the dtypes differ.

    Source: any book on linear algebra.

    Example:
        >>> import gradiente as torch
        >>> torch.dot(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
        tensor(11.)
    """
    if out is not None:
        return into(out, dot(input, tensor), "dot", input, tensor)
    need_vectors(need_tensor(input, "dot"), need_tensor(tensor, "dot", "tensor", 2))
    return _dot(input, tensor)


def vdot(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inner product of two vectors, with the conjugate of the first: Σᵢ conj(inputᵢ) · otherᵢ.

    Args:
        input: vector (n,).
        other: vector (n,) of the same dtype.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        0-d tensor of that dtype.

    Raises:
        RuntimeError: an operand is no vector, or the lengths or the dtypes differ.

    Source: any book on linear algebra.

    Example:
        >>> import gradiente as torch
        >>> torch.vdot(torch.tensor([1 + 2j]), torch.tensor([1 + 2j]))
        tensor(5.+0.j)
    """
    if out is not None:
        return into(out, vdot(input, other), "vdot", input, other)
    need_vectors(need_tensor(input, "vdot"), need_tensor(other, "vdot", "other", 2))
    return _vdot(input, other) if input._array.dtype.kind == "c" else _vdot_real(input, other)


_vdot_real = primitive("dot", "VdotBackward0")


def outer(input: Tensor, vec2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The products of every element of one vector with every element of another: out[i, j] = inputᵢ · vec2ⱼ.

    Args:
        input: vector (n,).
        vec2: vector (m,); types are promoted.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Matrix (n, m).

    Raises:
        RuntimeError: an operand is no vector.

    Source: any book on linear algebra.

    Example:
        >>> import gradiente as torch
        >>> torch.outer(torch.tensor([1, 2]), torch.tensor([3, 4]))
        tensor([[3, 4],
                [6, 8]])
    """
    if out is not None:
        return into(out, outer(input, vec2), "outer", input, vec2, cast=True)
    for x, name, position in ((input, "self", 1), (vec2, "vec2", 2)):
        need_tensor(x, "outer", "input" if position == 1 else name, position)
        need_ndim(x, 1, f"outer: Expected 1-D argument {name}, but got {x._array.ndim}-D")
    return _product(_column(input, axis=1), vec2)


ger = outer

__all__ = ["bmm", "dot", "ger", "matmul", "mm", "mv", "outer", "vdot"]
