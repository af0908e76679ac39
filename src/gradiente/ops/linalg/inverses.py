"""Inverses and determinants."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...arrays.batched import examples
from ...rules import table
from ...tensor.core import Tensor, wrap
from ...tensor.multiple import bind_many
from .._arguments import need_tensor
from .._define import primitive
from .._out import into
from .._reducing import invalid_combination
from ..return_types import linalg_inv_ex, linalg_slogdet
from ..return_types import slogdet as slogdet_results
from .checks import beside, first_zero, located, need_kernel, need_precision, need_square

_inv, _pinv, _det = primitive("inv"), primitive("pinv"), primitive("det")
_slogdet = bind_many(table["slogdet"])
_where, _log, _add, _equal = primitive("where"), primitive("log"), primitive("add"), primitive("equal")


def inverted(x: Tensor, function: str = "linalg.inv") -> Tensor:
    """The inverse of checked matrices; `function` is the name in the error for singular ones."""

    def text(which: str, matrix: Any) -> str:
        return (
            f"{function}: {which}The diagonal element {zero_place(matrix)} is zero, the inversion could not be "
            f"completed "
            "because the input matrix is singular."
        )

    return located(lambda: _inv(x), x._array, text, np.linalg.inv)


def zero_place(matrix: Any) -> int:
    """The place of the first zero in the diagonal of U in the LU factors of a matrix, from 1; 0 if there is none."""
    from ...arrays.numpy_linalg import lu_factor

    return first_zero(lu_factor(matrix)[0])


def inv(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of square matrices: A⁻¹ with A A⁻¹ = 1.

    Args:
        A: tensor (..., n, n), floating-point or complex.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor of that shape and dtype.

    Raises:
        torch.linalg.LinAlgError: a matrix is singular.
        RuntimeError: the matrices are not square, or the dtype is an integer's or has 16 bits.

    Source: G. Golub, C. Van Loan, Matrix Computations (2013), 3.4.

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.inv(torch.tensor([[2.0, 0.0], [0.0, 4.0]]))
        tensor([[0.5000, 0.0000],
                [0.0000, 0.2500]])
    """
    need_square(need_tensor(A, "linalg_inv", "A"), "linalg.inv")
    return into(out, inverted(need_precision(A, "linalg.inv")), "linalg_inv_ex", A)


def inverse(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of square matrices; an older name of `torch.linalg.inv`.

    >>> import gradiente as torch
    >>> torch.inverse(torch.tensor([[0.5]]))
    tensor([[2.]])
    """
    need_square(need_tensor(input, "inverse"), "linalg.inv")
    return into(out, inverted(need_precision(input, "linalg.inv")), "inverse", input)


def singular(x: Tensor) -> tuple[Any, Any]:
    """Of each matrix, whether it is singular, and the place of the zero that shows it, int32."""
    from ...arrays import extras_of, namespace_of

    values = examples(x._array)
    lu = extras_of(namespace_of(values)).lu_factor(values)[0]
    diagonal = np.diagonal(lu, axis1=-2, axis2=-1) == 0
    if not diagonal.shape[-1]:
        return np.zeros(values.shape[:-2], bool), np.zeros(values.shape[:-2], np.int32)
    found = diagonal.any(axis=-1)
    return found, np.where(found, diagonal.argmax(axis=-1) + 1, 0).astype(np.int32)


def without_singular(x: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
    """The matrices, ones in place of the singular ones; `info`; and which are singular, or None if none is."""
    mask, info = singular(x)
    if not mask.any():
        return x, beside(x, info), None
    place = beside(x, mask[..., None, None])
    return _where(place, wrap(np.eye(x._array.shape[-1], dtype=x._array.dtype)), x), beside(x, info), place


def refilled(result: Tensor, mask: Tensor | None) -> Tensor:
    """The result, NaN where the matrices were singular."""
    return result if mask is None else _where(mask, wrap(np.asarray(math.nan, result._array.dtype)), result)


def inv_ex(A: Tensor, *, check_errors: bool = False, out: tuple[Tensor, ...] | None = None) -> linalg_inv_ex:
    """The inverse of square matrices, and of each whether it is singular; no error unless asked for.

    Args:
        A: tensor (..., n, n), floating-point or complex.
        check_errors: raise for singular matrices.
        out: tensors to write the results to; then no operand may require gradients.

    Returns:
        Named tuple `(inverse, info)`. `info`, int32 (...), is 0, or the place of the zero in the diagonal of U that
        makes a matrix singular; its inverse is NaN then.

    Raises:
        torch.linalg.LinAlgError: a matrix is singular and `check_errors` is set.
        RuntimeError: the matrices are not square, or the dtype is an integer's or has 16 bits.

    Source: see `inv`.

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.inv_ex(torch.zeros(1, 1)).info
        tensor(1, dtype=torch.int32)
    """
    need_precision(need_square(need_tensor(A, "linalg_inv_ex", "A"), "linalg.inv"), "linalg.inv")
    if check_errors:
        inverted(A, "linalg.inv_ex")
    regular, info, mask = without_singular(A)
    return into(out, linalg_inv_ex((refilled(inverted(regular), mask), info)), "linalg_inv_ex", A)


_PINVS = (
    " * (Tensor input, *, Tensor atol = None, Tensor rtol = None, bool hermitian = False)\n"
    " * (Tensor input, *, float atol = None, float rtol = None, bool hermitian = False)\n"
    " * (Tensor input, float rcond, bool hermitian = False)\n"
)


def pinv(
    A: Tensor,
    rcond: Any = None,
    hermitian: bool = False,
    *,
    atol: Any = None,
    rtol: Any = None,
    out: Tensor | None = None,
) -> Tensor:
    """The inverse of Moore and Penrose: of all X that make ‖A X - 1‖ least, the one with the least norm.

    Args:
        A: tensor (..., m, n), floating-point or complex.
        rcond: an older name of `rtol`.
        hermitian: A is Hermitian (only its lower triangle is read): eigenvalues are computed instead.
        atol: singular values of at most max(atol, rtol · the largest) count as 0; a number, or a tensor (...); 0 if not
            given.
        rtol: see there; max(m, n)·ε if neither is given, ε that of the dtype.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor (..., n, m).

    Raises:
        RuntimeError: fewer than two dimensions, or an integer or 16-bit dtype.
        torch.linalg.LinAlgError: the matrix contains infinities or NaN.

    Source: G. Golub, V. Pereyra, The differentiation of pseudo-inverses (1973).

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.pinv(torch.tensor([[2.0, 0.0], [0.0, 0.0]]))
        tensor([[0.5000, 0.0000],
                [0.0000, 0.0000]])
    """
    if not isinstance(A, Tensor):
        raise invalid_combination("linalg_pinv", A, _PINVS)
    array = A._array
    if array.ndim < 2 or array.dtype.kind in "biu" or array.dtype.itemsize == 2:
        from .._product_checks import scalar_name

        raise RuntimeError(
            f"linalg.pinv({scalar_name(A)}{{{list(array.shape)}}}): expected a tensor with 2 or more dimensions of "
            f"float, "
            "double, cfloat or cdouble types"
        )
    if hermitian:
        need_square(A, "linalg.eigh")
    absolute, relative = tolerances(A, atol, rcond if rtol is None else rtol, "torch.linalg.pinv")
    text = "linalg.svd: {}The algorithm failed to converge because the input matrix contained non-finite values."
    return into(
        out,
        located(
            lambda: _pinv(A, atol=absolute, rtol=relative, hermitian=hermitian),
            array,
            lambda which, matrix: text.format(which),
            np.linalg.svd,
        ),
        "linalg_pinv",
        A,
    )


def tolerances(x: Tensor, atol: Any, rtol: Any, function: str) -> tuple[Any, Any]:
    """`atol` and `rtol` as numbers or arrays; their defaults are 0, and the sizes times ε unless `atol` is given."""
    found: list[Any] = []
    for name, value in (("atol", atol), ("rtol", rtol)):
        if isinstance(value, Tensor):
            if value._array.dtype.kind == "c":
                from .._product_checks import scalar_name

                raise RuntimeError(
                    f"{function}: {name} tensor of complex type is not supported. Got {scalar_name(value)}"
                )
            value = value._array
        found.append(value)
    absolute, relative = found
    if relative is None:
        values = examples(absolute)
        given = absolute is not None and bool(np.any(np.asarray(values) > 0))
        relative = 0.0 if given else max(x._array.shape[-2:]) * float(np.finfo(x._array.dtype).eps)
        if np.ndim(values):  # matrix by matrix
            default = max(x._array.shape[-2:]) * float(np.finfo(x._array.dtype).eps)
            relative = np.where(absolute > 0, 0.0, default)  # pyright: ignore[reportOptionalOperand]
    return 0.0 if absolute is None else absolute, relative


def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """The inverse of Moore and Penrose; an older name of `torch.linalg.pinv`, with its own tolerance.

    >>> import gradiente as torch
    >>> torch.pinverse(torch.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """
    return pinv(input, rcond)


def det(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The determinant of square matrices; its gradient, the cofactors, is right for singular ones too.

    Args:
        A: tensor (..., n, n), floating-point or complex.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor (...) of that dtype; 1 for matrices without elements.

    Raises:
        RuntimeError: the matrices are not square, or the dtype is an integer's.
        NotImplementedError: the dtype has 16 bits.

    Source: DLMF 1.3.

    Example:
        >>> import gradiente as torch
        >>> A = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
        >>> torch.linalg.det(A)
        tensor(-2., grad_fn=<LinalgDetBackward0>)
        >>> torch.autograd.grad(torch.linalg.det(A), A)
        (tensor([[ 4., -3.],
                [-2.,  1.]]),)
    """
    from .checks import need_float

    need_square(need_float(need_tensor(A, "linalg_det", "A"), "linalg.det"), "linalg.det")
    return into(out, _det(need_kernel(A, "lu_cpu")), "_linalg_det", A)


def _parts(A: Tensor, function: str) -> tuple[Tensor, ...]:
    need_precision(need_square(A, function), function)
    return _slogdet(A)


def slogdet(A: Tensor, *, out: tuple[Tensor, ...] | None = None) -> linalg_slogdet:
    """The sign of the determinant of square matrices and the logarithm of its modulus: det A = sign · e^logabsdet.

    Args:
        A: tensor (..., n, n), floating-point or complex.
        out: tensors to write the results to; then no operand may require gradients.

    Returns:
        Named tuple `(sign, logabsdet)` of tensors (...): a number of modulus 1, and a real one. They are 0 and -∞ for
        singular matrices, at which there is no gradient.

    Raises:
        RuntimeError: the matrices are not square, or the dtype is an integer's or has 16 bits.

    Source: DLMF 1.3.

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.slogdet(torch.tensor([[-2.0, 0.0], [0.0, 1.0]]))
        torch.return_types.linalg_slogdet(
        sign=tensor(-1.),
        logabsdet=tensor(0.6931))
    """
    return into(
        out, linalg_slogdet(_parts(need_tensor(A, "linalg_slogdet", "A"), "linalg.slogdet")), "_linalg_slogdet", A
    )


def torch_slogdet(input: Tensor) -> slogdet_results:
    """An older name of `torch.linalg.slogdet`.

    >>> import gradiente as torch
    >>> torch.slogdet(torch.tensor([[-1.0]]))
    torch.return_types.slogdet(
    sign=tensor(-1.),
    logabsdet=tensor(0.))
    """
    return slogdet_results(_parts(need_tensor(input, "slogdet"), "linalg.slogdet"))


def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinant of square matrices; NaN where it is negative, -∞ where it is 0.

    Args:
        input: tensor (..., n, n), floating-point or complex.

    Returns:
        Tensor (...) of that dtype.

    Raises:
        RuntimeError: the matrices are not square, or the dtype is an integer's or has 16 bits.

    Source: DLMF 1.3.

    Example:
        >>> import gradiente as torch
        >>> torch.logdet(torch.tensor([[2.0, 0.0], [0.0, 3.0]]))
        tensor(1.7918)
    """
    sign, logarithm = _parts(need_tensor(input, "logdet"), "logdet")
    if sign._array.dtype.kind == "c":
        return _add(logarithm, _log(sign))
    negative = _equal(sign, wrap(np.asarray(-1, sign._array.dtype)))
    return _where(negative, wrap(np.asarray(math.nan, sign._array.dtype)), logarithm)


METHODS: dict[str, Any] = {
    "det": det,
    "inverse": inverse,
    "logdet": logdet,
    "pinverse": pinverse,
    "slogdet": torch_slogdet,
}
"""What these functions are called as methods of Tensor."""

__all__ = ["det", "inv", "inv_ex", "inverse", "logdet", "pinv", "pinverse", "slogdet", "torch_slogdet"]
