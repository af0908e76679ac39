"""Factorizations: Cholesky's and QR."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...arrays.batched import examples
from ...arrays.numpy_linalg import cholesky as lower_factor
from ...graph import current
from ...rules import table
from ...tensor.core import Tensor, wrap
from ...tensor.multiple import bind_many
from .._arguments import need_tensor
from .._define import primitive
from .._out import into
from ..return_types import linalg_cholesky_ex, linalg_qr
from ..return_types import qr as qr_results
from .adjoints import adjoint
from .checks import beside, located, need_float, need_kernel, need_square, need_two
from .deprecated import warn_deprecated

_cholesky, _where, _clone = primitive("cholesky"), primitive("where"), primitive("clone")
_older_cholesky = primitive("cholesky", "CholeskyBackward0")
_qr = bind_many(table["qr"])
_concat, _tril, _add = primitive("concat"), primitive("tril"), primitive("add")
_slice = primitive("getitem", "SliceBackward0")
_column = primitive("expand_dims")


def minor(matrix: Any) -> int:
    """The order of the first leading minor of a Hermitian matrix that is not positive-definite; 0 if there is none."""
    for k in range(1, matrix.shape[-1] + 1):
        try:
            lower_factor(matrix[:k, :k])
        except np.linalg.LinAlgError:
            return k
    return 0


def _factored(x: Tensor, call: Any, function: str, upper: bool) -> Tensor:
    """The factor; the upper one, if asked for, of the upper triangle."""

    def text(which: str, matrix: Any) -> str:
        return (
            f"{function}: {which}The factorization could not be completed because the input is not positive-definite "
            f"(the "
            f"leading minor of order {minor(matrix)} is not positive-definite)."
        )

    array = x._array.mT if upper else x._array
    found = located(lambda: call(x, upper=upper), array, text, lower_factor)
    return adjoint(found) if upper else found


def _checked(x: Any, function: str) -> Tensor:
    need_square(need_tensor(x, function), "linalg.cholesky")
    return need_kernel(need_float(x, "linalg.cholesky"), "cholesky_cpu")


def cholesky(input: Tensor, *, upper: bool = False, out: Tensor | None = None) -> Tensor:
    """The lower triangular L with positive diagonal and L Lᴴ = input, for positive-definite matrices.

    Only the lower triangle is read (the upper one, if `upper`); the gradient is that for Hermitian matrices.

    Args:
        input: tensor (..., n, n), Hermitian, floating-point or complex.
        upper: return Lᴴ.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor of that shape and dtype.

    Raises:
        torch.linalg.LinAlgError: a matrix is not positive-definite.
        RuntimeError: the matrices are not square, or the dtype is an integer's.

    Source: I. Murray, Differentiation of the Cholesky decomposition (2016).

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.cholesky(torch.tensor([[4.0, 2.0], [2.0, 5.0]]))
        tensor([[2., 0.],
                [1., 2.]])
    """
    x = _checked(input, "linalg_cholesky")
    return into(out, _factored(x, _cholesky, "linalg.cholesky", bool(upper)), "linalg_cholesky_ex", input)


def torch_cholesky(input: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """An older form of `torch.linalg.cholesky`. Warns that it is deprecated.

    >>> import warnings
    >>> import gradiente as torch
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     torch.cholesky(torch.tensor([[4.0]]))
    tensor([[2.]])
    """
    x = _checked(input, "cholesky")
    warn_deprecated("cholesky")
    return into(out, _factored(x, _older_cholesky, "cholesky", bool(upper)), "cholesky", input)


def cholesky_ex(
    input: Tensor, *, upper: bool = False, check_errors: bool = False, out: tuple[Tensor, ...] | None = None
) -> linalg_cholesky_ex:
    """The factor of `cholesky`, and of each matrix whether it is positive-definite; no error unless asked for.

    Args:
        input: see `cholesky`.
        upper: see `cholesky`.
        check_errors: raise for matrices that are not positive-definite.
        out: tensors to write the results to; then no operand may require gradients.

    Returns:
        Named tuple `(L, info)`. `info`, int32 (...), is 0, or the order of the leading minor that is not
        positive-definite; that factor is NaN then.

    Raises:
        torch.linalg.LinAlgError: a matrix is not positive-definite and `check_errors` is set.
        RuntimeError: the matrices are not square, or the dtype is an integer's.

    Source: see `cholesky`.

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.cholesky_ex(torch.tensor([[-1.0]])).info
        tensor(1, dtype=torch.int32)
    """
    x = _checked(input, "linalg_cholesky_ex")
    upper = bool(upper)
    if check_errors:
        _factored(x, _cholesky, "linalg.cholesky_ex", upper)
    values = examples(x._array)
    info = np.zeros(values.shape[:-2], np.int32)
    try:
        factor = _cholesky(x, upper=upper)
    except np.linalg.LinAlgError:
        n = values.shape[-1]
        read = np.swapaxes(values, -1, -2).conj() if upper else values
        info = np.array([minor(m) for m in read.reshape((-1, n, n))], np.int32).reshape(info.shape)
        failed = beside(x, (info > 0)[..., None, None])
        factor = _cholesky(_where(failed, wrap(np.eye(n, dtype=values.dtype)), x), upper=upper)
        factor = _where(failed, wrap(np.asarray(math.nan, values.dtype)), factor)
    return into(
        out, linalg_cholesky_ex((adjoint(factor) if upper else factor, beside(x, info))), "linalg_cholesky_ex", input
    )


# -- QR ---------------------------------------------------------------------------------------------------------------


def _reduced(x: Tensor) -> tuple[Tensor, Tensor]:
    """Q and R; of matrices with more columns than rows, the first columns decide Q."""
    m, n = x._array.shape[-2:]
    if m >= n:
        q, r = _qr(x)
        return q, r
    lead = (slice(None),) * (x._array.ndim - 1)
    q, r = _qr(_slice(x, index=(*lead, slice(0, m))))
    return q, _concat(r, adjoint(q) @ _slice(x, index=(*lead, slice(m, n))), axis=-1)


def _decomposed(x: Tensor, mode: str) -> tuple[Tensor, Tensor]:
    m, n = x._array.shape[-2:]
    tracked = x._node is not None and current().grad
    if mode == "reduced" or m <= n or mode == "r":
        q, r = _reduced(x)
    else:
        if tracked:
            raise RuntimeError(
                "The QR decomposition is not differentiable when mode='complete' and nrows > ncols. (The matrices are "
                f"{m} by {n}; mode='reduced' is, and so is x.detach() with no gradient.)"
            )
        from ...arrays import extras_of, namespace_of

        arrays = extras_of(namespace_of(x._array)).qr(x._array, True)
        q, r = wrap(arrays[0]), wrap(arrays[1])
    if mode == "r":
        if tracked:
            raise RuntimeError(
                "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use "
                "linalg.qr(A, "
                "mode='reduced') if you are going to differentiate through linalg.qr."
            )
        q = wrap(np.zeros(0, x._array.dtype))
    return q, r


def qr(A: Tensor, mode: str = "reduced", *, out: tuple[Tensor, ...] | None = None) -> linalg_qr:
    """Q with orthonormal columns and the upper triangular R with A = Q R.

    Args:
        A: tensor (..., m, n), floating-point or complex.
        mode: "reduced": Q is (..., m, k) and R (..., k, n), k = min(m, n); "complete": Q is (..., m, m); "r": Q is
            empty.
        out: tensors to write the results to; then no operand may require gradients.

    Returns:
        Named tuple `(Q, R)`. There are gradients for mode "reduced", and "complete" if m <= n; they need the first k
        columns of A to be linearly independent.

    Raises:
        RuntimeError: fewer than two dimensions, an integer dtype, an unknown mode; a gradient is asked for in the other
            modes.

    Source: S. Walter, L. Lehmann, Algorithmic differentiation of linear algebra functions (2010).

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.qr(torch.tensor([[3.0], [4.0]])).R.abs()
        tensor([[5.]])
    """
    need_tensor(A, "linalg_qr", "A")
    if not isinstance(mode, str):
        raise TypeError(f"linalg_qr(): argument 'mode' (position 2) must be str, not {type(mode).__name__}")
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'"
        )
    need_kernel(need_float(need_two(A, "linalg.qr"), "linalg.qr"), "geqrf_cpu")
    return into(out, linalg_qr(_decomposed(A, mode)), "linalg_qr", A)


def torch_qr(input: Tensor, some: bool = True, *, out: tuple[Tensor, ...] | None = None) -> qr_results:
    """An older form of `torch.linalg.qr`; `some` for mode "reduced" instead of "complete". Warns that it is deprecated.

    >>> import warnings
    >>> import gradiente as torch
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     torch.qr(torch.tensor([[3.0], [4.0]])).R.abs()
    tensor([[5.]])
    """
    need_tensor(input, "qr")
    warn_deprecated("qr")
    need_kernel(need_float(need_two(input, "linalg.qr"), "linalg.qr"), "geqrf_cpu")
    return into(out, qr_results(_decomposed(input, "reduced" if some else "complete")), "qr", input)


METHODS: dict[str, Any] = {"cholesky": torch_cholesky, "qr": torch_qr}
"""What these functions are called as methods of Tensor."""

__all__ = [
    "cholesky",
    "cholesky_ex",
    "qr",
    "torch_cholesky",
    "torch_qr",
]
