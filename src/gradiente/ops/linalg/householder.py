"""Householder's reflections: the QR factorization as LAPACK keeps it, and products with it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...arrays.batched_each import each_example
from ...graph import current
from ...tensor.core import Tensor, wrap
from .._arguments import need_tensor
from .._define import primitive
from .._factory import constant
from .._out import into
from .._product_checks import scalar_name
from ..return_types import geqrf as geqrf_results
from .adjoints import adjoint
from .checks import need_kernel

_clone, _tril, _add, _where = primitive("clone"), primitive("tril"), primitive("add"), primitive("where")
_slice, _column = primitive("getitem", "SliceBackward0"), primitive("expand_dims")


def geqrf(input: Tensor, *, out: tuple[Tensor, ...] | None = None) -> geqrf_results:
    """The QR factorization as LAPACK keeps it: R, the vectors of Householder's reflections below it, and their factors.

    Args:
        input: tensor (..., m, n), floating-point or complex.
        out: tensors to write the results to; then no operand may require gradients.

    Returns:
        Named tuple `(a, tau)`, of shapes (..., m, n) and (..., min(m, n)): for `householder_product` and `ormqr`.

    Raises:
        RuntimeError: fewer than two dimensions.
        NotImplementedError: the input requires a gradient, or is of an integer or 16-bit dtype.

    Source: LAPACK Users' Guide (1999).

    Example:
        >>> import gradiente as torch
        >>> a, tau = torch.geqrf(torch.eye(2))
        >>> torch.linalg.householder_product(a, tau).abs()
        tensor([[1., 0.],
                [0., 1.]])
    """
    array = need_tensor(input, "geqrf")._array
    if array.ndim < 2:
        raise RuntimeError("torch.geqrf: input must have at least 2 dimensions.")
    need_kernel(input, "geqrf_cpu")
    if input._node is not None and current().grad:
        raise NotImplementedError(
            "the derivative for 'geqrf' is not implemented. (torch.linalg.qr has one; or give input.detach().)"
        )
    if not array.size:
        empty = wrap(np.zeros((*array.shape[:-2], min(array.shape[-2:])), array.dtype))
        return into(out, geqrf_results((_clone(input), empty)), "geqrf", input)
    packed, tau = each_example(np.linalg.qr, array, name="geqrf", mode="raw")
    return into(out, geqrf_results((wrap(np.swapaxes(packed, -1, -2).copy()), wrap(tau))), "geqrf", input)


def _reflected(input: Tensor, tau: Tensor, other: Tensor, transposed: bool) -> Tensor:
    """H₁ H₂ … other with Hᵢ = 1 - τᵢ vᵢ vᵢᴴ; transposed: … H₂ᴴ H₁ᴴ other."""
    m, k = input._array.shape[-2], tau._array.shape[-1]
    lead = (slice(None),) * (input._array.ndim - 2)
    below = _tril(_slice(input, index=(*lead, slice(None), slice(0, k))), k=-1)
    vectors = _add(below, constant(input, np.eye(m, k, dtype=input._array.dtype)))
    for i in range(k) if transposed else range(k - 1, -1, -1):
        v = _slice(vectors, index=(*lead, slice(None), slice(i, i + 1)))
        factor = _column(_slice(tau, index=(*lead, slice(i, i + 1))), axis=-1)
        if transposed:
            factor = factor.conj()  # pyright: ignore[reportAttributeAccessIssue]
        other = other - factor * (v @ (adjoint(v) @ other))
    return other


def householder_product(input: Tensor, tau: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The first columns of the product of Householder's reflections H₁ H₂ … Hₖ, Hᵢ = 1 - τᵢ vᵢ vᵢᴴ.

    Args:
        input: tensor (..., m, n), m >= n, floating-point or complex: below its diagonal, in column i, stands vᵢ, whose
            element i is 1.
        tau: tensor (..., k), k <= n.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor (..., m, n): the product's first n columns.

    Raises:
        RuntimeError: shapes or dtypes do not fit.
        NotImplementedError: an integer or 16-bit dtype.

    Source: G. Golub, C. Van Loan, Matrix Computations (2013), 5.1.

    Example:
        >>> import gradiente as torch
        >>> a, tau = torch.geqrf(torch.tensor([[3.0], [4.0]]))
        >>> torch.linalg.householder_product(a, tau).abs()
        tensor([[0.6000],
                [0.8000]])
    """
    s = need_tensor(input, "linalg_householder_product")._array.shape
    t = need_tensor(tau, "linalg_householder_product", "tau", 2)._array.shape
    start = "torch.linalg.householder_product: "
    if len(s) < 2:
        raise RuntimeError(f"{start}input must have at least 2 dimensions.")
    if s[-2] < s[-1]:
        raise RuntimeError(f"{start}input.shape[-2] must be greater than or equal to input.shape[-1]")
    if not t or s[-1] < t[-1]:
        raise RuntimeError(f"{start}input.shape[-1] must be greater than or equal to tau.shape[-1]")
    if len(s) - len(t) != 1:
        raise RuntimeError(
            f"{start}Expected tau to have one dimension less than input, but got tau.ndim equal to {len(t)} and "
            f"input.ndim is equal to {len(s)}"
        )
    if s[:-2] != t[:-1]:
        raise RuntimeError(
            f"{start}Expected batch dimensions of tau to be equal to input.shape[:-2], but got {list(t[:-1])}"
        )
    if input._array.dtype != tau._array.dtype:
        raise RuntimeError(f"{start}tau dtype {scalar_name(tau)} does not match input dtype {scalar_name(input)}")
    need_kernel(input, "orgqr_cpu")
    if not input._array.size:
        return into(out, _clone(input), "linalg_householder_product", input, tau)
    unit = np.broadcast_to(np.eye(*s[-2:], dtype=input._array.dtype), s).copy()
    if not t[-1]:  # no reflection: constant, but a part of the graph
        return into(out, _where(wrap(np.True_), wrap(unit), input), "linalg_householder_product", input, tau)
    return into(out, _reflected(input, tau, constant(input, unit), False), "linalg_householder_product", input, tau)


def ormqr(
    input: Tensor, tau: Tensor, other: Tensor, left: bool = True, transpose: bool = False, *, out: Tensor | None = None
) -> Tensor:
    """The product Q other, with Q that of Householder's reflections; or other Q, or with Qᴴ for Q.

    Args:
        input: tensor (..., m, k); see `householder_product`. Q is (..., m, m).
        tau: tensor (..., k).
        other: tensor (..., m, n), or (..., n, m) if not `left`.
        left: False for other Q.
        transpose: take Qᴴ.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor of the shape of `other`.

    Raises:
        RuntimeError: shapes or dtypes do not fit.
        NotImplementedError: an integer or 16-bit dtype.

    Source: see `householder_product`.

    Example:
        >>> import gradiente as torch
        >>> a, tau = torch.geqrf(torch.tensor([[3.0], [4.0]]))
        >>> torch.ormqr(a, tau, torch.tensor([[3.0], [4.0]]), transpose=True).abs().round()
        tensor([[5.],
                [0.]])
    """
    s = need_tensor(input, "ormqr")._array.shape
    t = need_tensor(tau, "ormqr", "tau", 2)._array.shape
    r = need_tensor(other, "ormqr", "other", 3)._array.shape
    _need_ormqr(s, t, r, "-2" if left else "-1")
    for name, x in (("tau", tau), ("other", other)):
        if x._array.dtype != input._array.dtype:
            raise RuntimeError(
                f"torch.ormqr: Expected input and {name} to have the same dtype, but input has dtype"
                f"{scalar_name(input)} and {name} has dtype {scalar_name(x)}"
            )
    need_kernel(input, "ormqr_cpu")
    if left:
        return into(out, _reflected(input, tau, other, transpose), "ormqr", input, tau, other)
    return into(out, adjoint(_reflected(input, tau, adjoint(other), not transpose)), "ormqr", input, tau, other)


def _need_ormqr(s: tuple[int, ...], t: tuple[int, ...], r: tuple[int, ...], side: str) -> None:
    """What `ormqr` asks of the shapes of its operands."""
    for name, shape in (("input", s), ("other", r)):
        if len(shape) < 2:
            raise RuntimeError(f"torch.ormqr: {name} must have at least 2 dimensions.")
    rows = r[int(side)]
    if rows < t[-1]:
        raise RuntimeError(f"torch.ormqr: other.shape[{side}] must be greater than or equal to tau.shape[-1]")
    if t[-1] != min(rows, s[-1]) and rows == s[-2]:
        raise RuntimeError(f"torch.ormqr: tau.shape[-1] must be equal to min(other.shape[{side}], input.shape[-1])")
    if rows != s[-2]:
        raise RuntimeError(f"torch.ormqr: other.shape[{side}] must be equal to input.shape[-2]")
    if len(s) - len(t) != 1:
        raise RuntimeError(
            f"torch.ormqr: Expected tau to have one dimension less than input, but got tau.ndim equal to {len(t)} and "
            f"input.ndim is equal to {len(s)}"
        )
    if len(s) != len(r):
        raise RuntimeError(
            f"torch.ormqr: Expected other to have same number of dimensions as input, but got other.ndim equal to "
            f"{len(r)} "
            f"and input.ndim is equal to {len(s)}"
        )


orgqr = householder_product

METHODS: dict[str, Any] = {"geqrf": geqrf, "orgqr": orgqr, "ormqr": ormqr}
"""What these functions are called as methods of Tensor."""

__all__ = ["geqrf", "householder_product", "orgqr", "ormqr"]
