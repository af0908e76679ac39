"""Products that are added to something: β·input + α·product, by torch's names."""

from __future__ import annotations

from typing import Any

from ..graph import NO_GRAD, PLAIN, current
from ..tensor.core import Tensor
from ..tensor.inplace import touched
from ..tensor.restrictions import check_writable
from ._arguments import need_tensor
from ._define import inplace, primitive
from ._older_orders import older_orders
from ._out import into
from ._product_checks import (
    batch_mismatch,
    c_name,
    cannot_multiply,
    expandable,
    need_ndim,
    no_bool,
    same_dtype,
    scalar_name,
    shapes,
    times,
)
from .matrix_products import outer
from .storages import resized

Number = int | float | complex | bool

_matmul, _mv, _sum, _multiply = primitive("matmul"), primitive("mv"), primitive("sum"), primitive("multiply")
_addmm, _addmv, _addbmm, _baddbmm, _addr = (
    primitive("scaled_add"),
    primitive("scaled_add", "AddmvBackward0"),
    primitive("scaled_add", "AddbmmBackward0"),
    primitive("scaled_add", "BaddbmmBackward0"),
    primitive("scaled_add", "AddrBackward0"),
)


def _factors(input: Tensor, beta: Number, alpha: Number, exact: bool = False) -> dict[str, Number]:
    """β and α for the type of the tensors: whole numbers are rounded towards 0, as in torch, or refused if `exact`."""
    kind = input._array.dtype.kind
    for name, value in (("beta", beta), ("alpha", alpha)):
        if kind in "iub" and isinstance(value, (float, complex)) and (exact or isinstance(value, complex)):
            raise RuntimeError(
                f"For integral input tensors, argument {name} must not be a floating point number. "
                f"({name}={value}, `input` has dtype {input.dtype!r}; give an integer, or convert the tensors)"
            )
        if kind == "f" and isinstance(value, complex):
            raise RuntimeError(
                "value cannot be converted to type float without overflow "
                f"({name}={value}, `input` has dtype {input.dtype!r}; convert the tensors to a complex dtype)"
            )
    if kind == "b":
        return {"beta": bool(beta), "alpha": bool(alpha)}
    if kind in "iu":
        return {"beta": int(beta), "alpha": int(alpha)}  # pyright: ignore[reportArgumentType]
    return {"beta": beta, "alpha": alpha}


@older_orders
def addmm(
    input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1, out: Tensor | None = None
) -> Tensor:
    """A matrix plus the product of two matrices: β·input + α·(mat1 @ mat2).

    Args:
        input: what can be broadcast to (n, m); with β = 0 its values do not matter, not even NaN.
        mat1: matrix (n, k) of the same dtype.
        mat2: matrix (k, m) of the same dtype.
        beta: β.
        alpha: α.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Matrix (n, m) of that dtype.

    Raises:
        RuntimeError: the ranks, the sizes or the dtypes do not fit.

    Source: BLAS's GEMM; J. Dongarra et al., A set of level 3 basic linear algebra subprograms (1990).

    Example:
        >>> import gradiente as torch
        >>> torch.addmm(torch.ones(2, 2), torch.ones(2, 3), torch.ones(3, 2), alpha=2)
        tensor([[7., 7.],
                [7., 7.]])
    """
    if out is not None:
        return into(out, addmm(input, mat1, mat2, beta=beta, alpha=alpha), "addmm", input, mat1, mat2)
    for x, name, position in ((input, "input", 1), (mat1, "mat1", 2), (mat2, "mat2", 3)):
        need_tensor(x, "addmm", name, position)
    for x, name in ((mat1, "mat1"), (mat2, "mat2")):
        need_ndim(x, 2, f"{name} must be a matrix, got {x._array.ndim}-D tensor")
    operands = {"input": input, "mat1": mat1, "mat2": mat2}
    s, t = mat1._array.shape, mat2._array.shape
    if s[1] != t[0]:
        raise cannot_multiply(s, t, mat1=mat1, mat2=mat2)
    text = "self and mat2 must have the same dtype, but got"
    same_dtype(f"{text} {scalar_name(input)} and {scalar_name(mat2)}", input, mat2, **operands)
    text = text.replace("self", "mat1")
    same_dtype(f"{text} {scalar_name(mat1)} and {scalar_name(mat2)}", mat1, mat2, **operands)
    no_bool(mat1, "addmm_impl_cpu_")
    expandable(input, (s[0], t[1]))
    factors = _factors(input, beta, alpha)
    return _addmm(input, _matmul(mat1, mat2), **factors)


@older_orders
def addmv(
    input: Tensor, mat: Tensor, vec: Tensor, *, beta: Number = 1, alpha: Number = 1, out: Tensor | None = None
) -> Tensor:
    """A vector plus the product of a matrix and a vector: β·input + α·(mat @ vec).

    Args:
        input: what can be broadcast to (n,); with β = 0 its values do not matter, not even NaN.
        mat: matrix (n, k) of the same dtype.
        vec: vector (k,) of the same dtype.
        beta: β.
        alpha: α.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Vector (n,) of that dtype.

    Raises:
        RuntimeError: the ranks, the sizes or the dtypes do not fit.

    Source: BLAS's GEMV; J. Dongarra et al., An extended set of Fortran basic linear algebra subprograms (1988).

    Example:
        >>> import gradiente as torch
        >>> torch.addmv(torch.ones(2), torch.ones(2, 3), torch.ones(3))
        tensor([4., 4.])
    """
    if out is not None:
        return into(out, addmv(input, mat, vec, beta=beta, alpha=alpha), "addmv", input, mat, vec)
    for x, name, position in ((input, "input", 1), (mat, "mat", 2), (vec, "vec", 3)):
        need_tensor(x, "addmv", name, position)
    a, m, v = input._array, mat._array, vec._array
    operands = {"input": input, "mat": mat, "vec": vec}
    if m.ndim != 2 or v.ndim != 1 or a.ndim > 1:
        text = f"vector + matrix @ vector expected, got {a.ndim}, {m.ndim}, {v.ndim}"
        raise RuntimeError(f"{text} {shapes(**operands)})")
    if m.shape[1] != v.shape[0] or a.size not in (1, m.shape[0]):
        text = f"size mismatch, got input ({a.size}), mat ({times(m.shape)}), vec ({v.size})"
        raise RuntimeError(f"{text} {shapes(**operands)})")
    text = "addmv input tensors must have the same dtype, but got "
    text += f"{scalar_name(input)}, {scalar_name(mat)}, and {scalar_name(vec)}"
    same_dtype(text, mat, vec, **operands)
    same_dtype(text, mat, input, **operands)
    no_bool(mat, "addmv_impl_cpu")
    factors = _factors(input, beta, alpha)
    return _addmv(input, _mv(mat, vec), **factors)


@older_orders
def addr(
    input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: Number = 1, alpha: Number = 1, out: Tensor | None = None
) -> Tensor:
    """A matrix plus the outer product of two vectors: β·input + α·(vec1 ⊗ vec2).

    Args:
        input: what can be broadcast to (n, m); with β = 0 its values do not matter, not even NaN.
        vec1: vector (n,).
        vec2: vector (m,); types are promoted.
        beta: β.
        alpha: α.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Matrix (n, m).

    Raises:
        RuntimeError: the ranks or the sizes do not fit.

    Source: BLAS's GER; J. Dongarra et al., An extended set of Fortran basic linear algebra subprograms (1988).

    Example:
        >>> import gradiente as torch
        >>> torch.addr(torch.zeros(2, 2), torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
        tensor([[3., 4.],
                [6., 8.]])
    """
    if out is not None:
        return into(out, addr(input, vec1, vec2, beta=beta, alpha=alpha), "addr", input, vec1, vec2, cast=True)
    for x, name, position in ((input, "input", 1), (vec1, "vec1", 2), (vec2, "vec2", 3)):
        need_tensor(x, "addr", name, position)
    for x, name in ((vec1, "vec1"), (vec2, "vec2")):
        need_ndim(x, 1, f"addr: Expected 1-D argument {name}, but got {x._array.ndim}-D")
    expandable(input, (vec1._array.shape[0], vec2._array.shape[0]))
    factors = _factors(input, beta, alpha, exact=True)
    product = outer(vec1, vec2)
    if factors["alpha"] == 0:  # here NaN times 0 stays NaN, as in torch
        product, factors["alpha"] = _multiply(product, 0), 1
    return _addr(input, product, **factors)


@older_orders
def addbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1, out: Tensor | None = None
) -> Tensor:
    """A matrix plus the sum of the products of two batches of matrices: β·input + α·Σ_b (batch1[b] @ batch2[b]).

    Args:
        input: what can be broadcast to (n, m); with β = 0 its values do not matter, not even NaN.
        batch1: batch of matrices (b, n, k) of the same dtype.
        batch2: batch of matrices (b, k, m) of the same dtype.
        beta: β.
        alpha: α.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Matrix (n, m) of that dtype.

    Raises:
        RuntimeError: the ranks, the sizes or the dtypes do not fit.

    Source: BLAS's GEMM; J. Dongarra et al., A set of level 3 basic linear algebra subprograms (1990).

    Example:
        >>> import gradiente as torch
        >>> torch.addbmm(torch.zeros(1, 1), torch.ones(2, 1, 3), torch.ones(2, 3, 1))
        tensor([[6.]])
    """
    if out is not None:
        return into(out, addbmm(input, batch1, batch2, beta=beta, alpha=alpha), "addbmm", input, batch1, batch2)
    for x, name, position in ((input, "input", 1), (batch1, "batch1", 2), (batch2, "batch2", 3)):
        need_tensor(x, "addbmm", name, position)
    for x, name in ((batch1, "batch1"), (batch2, "batch2")):
        need_ndim(x, 3, f"{name} must be a 3D tensor")
    operands = {"input": input, "batch1": batch1, "batch2": batch2}
    s, t = batch1._array.shape, batch2._array.shape
    if s[0] != t[0]:
        raise RuntimeError(
            f"batch1 and batch2 must have same number of batches, got {s[0]} and {t[0]} {shapes(**operands)})"
        )
    if s[2] != t[1]:
        text = f"Incompatible matrix sizes for bmm ({times(s[1:])} and {times(t[1:])})"
        raise RuntimeError(f"{text} {shapes(**operands)})")
    text = "self and mat2 must have the same dtype, but got"
    same_dtype(f"{text} {scalar_name(input)} and {scalar_name(batch2)}", input, batch2, **operands)
    text = text.replace("self", "mat1")
    same_dtype(f"{text} {scalar_name(batch1)} and {scalar_name(batch2)}", batch1, batch2, **operands)
    no_bool(batch1, "addmm_impl_cpu_")
    expandable(input, (s[1], t[2]))
    factors = _factors(input, beta, alpha)
    product = _matmul(batch1, batch2)
    whole = {"dtype": product._array.dtype} if product._array.dtype.kind in "iu" else {}
    product = _sum(product, axis=0, keepdims=False, **whole)
    return _addbmm(input, product, **factors)


_addbmm_same = inplace(addbmm)


@older_orders
def addbmm_(self: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """`addbmm` in place. As in torch, a tensor that has to be broadcast takes the size of the result.

    >>> import gradiente as torch
    >>> torch.ones(1).addbmm_(torch.ones(2, 1, 3), torch.ones(2, 3, 2))
    tensor([[7., 7.]])
    """
    shapes = [x._array.shape for x in (batch1, batch2) if isinstance(x, Tensor)]  # pyright: ignore
    whole = (shapes[0][1], shapes[1][2]) if [len(s) for s in shapes] == [3, 3] else None
    if whole is None or self._array.shape == whole or self._view is not None or current() not in (PLAIN, NO_GRAD):
        return _addbmm_same(self, batch1, batch2, beta=beta, alpha=alpha)
    result = addbmm(self, batch1, batch2, beta=beta, alpha=alpha)
    check_writable(self, tracked=result._node is not None)
    self._array = resized(self, whole)
    self._array[...] = result._array
    touched(self)
    if current() is PLAIN:
        self._node = result._node
    return self


@older_orders
def baddbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1, out: Tensor | None = None
) -> Tensor:
    """A batch of matrices plus the products of two others: β·input[b] + α·(batch1[b] @ batch2[b]).

    Args:
        input: what can be broadcast to (b, n, m); with β = 0 its values do not matter, not even NaN.
        batch1: batch of matrices (b, n, k) of the same dtype.
        batch2: batch of matrices (b, k, m) of the same dtype.
        beta: β.
        alpha: α.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Batch of matrices (b, n, m) of that dtype.

    Raises:
        RuntimeError: the ranks, the sizes or the dtypes do not fit.

    Source: BLAS's GEMM; J. Dongarra et al., A set of level 3 basic linear algebra subprograms (1990).

    Example:
        >>> import gradiente as torch
        >>> torch.baddbmm(torch.ones(1), torch.ones(2, 1, 3), torch.ones(2, 3, 1)).flatten()
        tensor([4., 4.])
    """
    if out is not None:
        return into(out, baddbmm(input, batch1, batch2, beta=beta, alpha=alpha), "baddbmm", input, batch1, batch2)
    for x, name, position in ((input, "input", 1), (batch1, "batch1", 2), (batch2, "batch2", 3)):
        need_tensor(x, "baddbmm", name, position)
    for x, name in ((batch1, "batch1"), (batch2, "batch2")):
        need_ndim(x, 3, f"{name} must be a 3D tensor")
    s, t = batch1._array.shape, batch2._array.shape
    if s[0] != t[0] or s[2] != t[1]:
        raise batch_mismatch(batch1, batch2)
    operands = {"input": input, "batch1": batch1, "batch2": batch2}
    text = (
        f"Input dtypes must be the same, got: input {c_name(input)}, batch1: {c_name(batch1)}, batch2: {c_name(batch2)}"
    )
    same_dtype(text, input, batch1, **operands)
    same_dtype(
        f"expected scalar type {scalar_name(batch1)} but found {scalar_name(batch2)}", batch1, batch2, **operands
    )
    no_bool(batch1, "baddbmm")
    expandable(input, (s[0], s[1], t[2]))
    factors = _factors(input, beta, alpha)
    return _baddbmm(input, _matmul(batch1, batch2), **factors)


METHODS: dict[str, Any] = {
    "addmm": addmm,
    "addmv": addmv,
    "addr": addr,
    "addbmm": addbmm,
    "baddbmm": baddbmm,
    "addmm_": inplace(addmm),
    "addmv_": inplace(addmv),
    "addr_": inplace(addr),
    "addbmm_": addbmm_,
    "baddbmm_": inplace(baddbmm),
}
"""What these functions are called as methods of Tensor."""

__all__ = ["addbmm", "addmm", "addmv", "addr", "baddbmm"]
