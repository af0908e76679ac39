"""LDL factorizations of symmetric matrices, and systems with such factors. They need SciPy, and have no gradients."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from ...arrays.batched import examples
from ...arrays.batched_each import each_example
from ...graph import current
from ...tensor.core import Tensor, wrap
from .._arguments import need_tensor
from .._out import into
from .._product_checks import scalar_name
from .._sizes import broadcast_shapes_of
from ..return_types import linalg_ldl_factor, linalg_ldl_factor_ex
from .checks import element, need_float, need_kernel, need_square


@cache
def _lapack(name: str, dtype: Any) -> Callable[..., Any]:
    """LAPACK's routine for a type. ImportError that names the extra where SciPy is missing."""
    try:
        from scipy.linalg import get_lapack_funcs  # pyright: ignore
    except ImportError:
        raise ImportError(
            "torch.linalg.ldl_factor and ldl_solve need SciPy: pip install 'gradiente[special]'"
        ) from None
    try:
        return get_lapack_funcs((name,), dtype=dtype)[0]
    except ValueError:
        raise ImportError(f"this SciPy lacks LAPACK's {name}: pip install --upgrade 'gradiente[special]'") from None


def _constant(name: str, *operands: Tensor) -> None:
    if current().grad and any(x._node is not None for x in operands):
        raise RuntimeError(
            f"derivative for aten::{name} is not implemented (give the operands .detach(), or call it in "
            f"torch.no_grad())"
        )


def _ldl(A: Any, hermitian: bool, function: str) -> tuple[Tensor, Tensor, Tensor]:
    name = "torch.linalg.ldl_factor_ex"
    need_kernel(need_float(need_square(need_tensor(A, function), name), name), "ldl_factor_kernel_cpu")
    _constant("linalg_ldl_factor_ex", A)
    packed, pivots, info = each_example(_factored, A._array, blank=_factored_shapes, hermitian=hermitian)
    return wrap(packed), wrap(pivots), wrap(info)


def _factored_shapes(array: Any) -> list[Any]:
    shape = array.shape
    return [(shape, array.dtype), (shape[:-1], np.int32), (shape[:-2], np.int32)]


def _factored(array: Any, hermitian: bool) -> tuple[Any, Any, Any]:
    routine = _lapack("hetrf" if hermitian and array.dtype.kind == "c" else "sytrf", array.dtype)
    n = array.shape[-1]
    packed, pivots = np.tril(array), np.zeros(array.shape[:-1], np.int32)
    info = np.zeros(array.shape[:-2], np.int32)
    for place in np.ndindex(*array.shape[:-2]) if n else ():
        factor, exchanged, failed = routine(array[place], lower=1)
        packed[place], info[place] = np.tril(factor), failed
        pivots[place] = exchanged
    return packed, pivots, info


def ldl_factor(A: Tensor, *, hermitian: bool = False, out: tuple[Tensor, ...] | None = None) -> linalg_ldl_factor:
    """L and the block diagonal D of A = L D Lᵀ (Lᴴ, if Hermitian), for symmetric matrices; for `ldl_solve`.

    Args:
        A: tensor (..., n, n), symmetric or Hermitian; only the lower triangle is read. Needs SciPy (extra `special`).
        hermitian: complex matrices are Hermitian instead of symmetric.
        out: tensors to write the results to; then no operand may require gradients.

    Returns:
        Named tuple `(LD, pivots)`, as LAPACK's sytrf has it. There is no gradient.

    Raises:
        RuntimeError: the matrices are not square, a gradient is asked for, an integer dtype.
        ImportError: SciPy is missing.

    Source: J. Bunch, L. Kaufman, Some stable methods for calculating inertia and solving symmetric linear systems
    (1977).

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.ldl_factor(torch.tensor([[2.0, 1.0], [1.0, 2.0]])).LD
        tensor([[2.0000, 0.0000],
                [0.5000, 1.5000]])
    """
    packed, pivots, _ = _ldl(A, hermitian, "linalg_ldl_factor")
    return into(out, linalg_ldl_factor((packed, pivots)), "linalg_ldl_factor", A)


def ldl_factor_ex(
    A: Tensor, *, hermitian: bool = False, check_errors: bool = False, out: tuple[Tensor, ...] | None = None
) -> linalg_ldl_factor_ex:
    """The factors of `ldl_factor`, and whether D has a zero; no error unless asked for.

    Args:
        A: see `ldl_factor`.
        hermitian: see `ldl_factor`.
        check_errors: raise for zeros.
        out: tensors to write the results to; then no operand may require gradients.

    Returns:
        Named tuple `(LD, pivots, info)`; `info`, int32 (...), is 0 or the place of the zero, from 1.

    Raises:
        RuntimeError: see `ldl_factor`; a zero, if `check_errors` is set.
        ImportError: SciPy is missing.

    Source: see `ldl_factor`.

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.ldl_factor_ex(torch.zeros(1, 1)).info
        tensor(1, dtype=torch.int32)
    """
    packed, pivots, info = _ldl(A, hermitian, "linalg_ldl_factor_ex")
    numbers = examples(info._array).reshape(-1)
    failed = np.flatnonzero(numbers)
    if check_errors and failed.size:
        which = element(A._array.shape, int(failed[0]))
        raise RuntimeError(f"torch.linalg.ldl_factor_ex: {which}D is singular, at row {int(numbers[failed[0]])}.")
    return into(out, linalg_ldl_factor_ex((packed, pivots, info)), "linalg_ldl_factor_ex", A)


def ldl_solve(LD: Tensor, pivots: Tensor, B: Tensor, *, hermitian: bool = False, out: Tensor | None = None) -> Tensor:
    """The solution X of A X = B, from the factors that `ldl_factor` gave.

    Args:
        LD: tensor (..., n, n). Needs SciPy (extra `special`).
        pivots: int32 (..., n).
        B: tensor (..., n, k) of the dtype of LD; batches are broadcast.
        hermitian: as in `ldl_factor`.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor of the shape of B, with the broadcast batch. There is no gradient.

    Raises:
        RuntimeError: shapes or dtypes do not fit, a gradient is asked for.
        ImportError: SciPy is missing.

    Source: see `ldl_factor`.

    Example:
        >>> import gradiente as torch
        >>> LD, pivots = torch.linalg.ldl_factor(torch.tensor([[2.0, 0.0], [0.0, 4.0]]))
        >>> torch.linalg.ldl_solve(LD, pivots, torch.tensor([[2.0], [2.0]]))
        tensor([[1.0000],
                [0.5000]])
    """
    need_tensor(LD, "linalg_ldl_solve")
    need_tensor(pivots, "linalg_ldl_solve", "pivots", 2)
    need_tensor(B, "linalg_ldl_solve", "B", 3)
    name, s, t = "torch.linalg.ldl_solve", LD._array.shape, B._array.shape
    need_square(LD, name)
    if len(t) < 2:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-len(t) or -1}, 0], but got -2)")
    if t[-2] != s[-1]:
        raise RuntimeError(
            f"Incompatible matrix sizes for {name}: each A matrix is {s[-2]} by {s[-1]} but each b matrix is {t[-2]} "
            f"by "
            f"{t[-1]}"
        )
    if LD._array.dtype != B._array.dtype:
        raise RuntimeError(
            f"Expected b and A to have the same dtype, but found b of type {scalar_name(B)} and A of type "
            f"{scalar_name(LD)} instead."
        )
    if pivots._array.shape != s[:-1]:
        raise RuntimeError(
            f"{name}: Expected LD.shape[:-1] and pivots.shape to be the same, but got pivots with shape "
            f"{list(pivots._array.shape)} instead"
        )
    need_kernel(LD, "ldl_solve_kernel_cpu")
    _constant("linalg_ldl_solve", LD, B)
    arrays = (LD._array, pivots._array, B._array)
    found = wrap(each_example(_solved, *arrays, blank=_solved_shapes, hermitian=hermitian)[0])
    return into(out, found, "linalg_ldl_solve", LD, B)


def _solved_shapes(factors: Any, exchanged: Any, right: Any) -> list[Any]:
    return [((*broadcast_shapes_of([right.shape[:-2], factors.shape[:-2]]), *right.shape[-2:]), right.dtype)]


def _solved(factors: Any, exchanged: Any, right: Any, hermitian: bool) -> tuple[Any]:
    s, t = factors.shape, right.shape
    complex_hermitian = hermitian and factors.dtype.kind == "c"
    routine = _lapack("hetrs" if complex_hermitian else "sytrs", factors.dtype)
    lead = broadcast_shapes_of([t[:-2], s[:-2]])
    out = np.array(np.broadcast_to(right, (*lead, *t[-2:])))
    factors, exchanged = np.broadcast_to(factors, (*lead, *s[-2:])), np.broadcast_to(exchanged, (*lead, s[-1]))
    for place in np.ndindex(*lead) if s[-1] else ():
        out[place] = routine(factors[place], exchanged[place], out[place], lower=1)[0]
    return (out,)


__all__ = ["ldl_factor", "ldl_factor_ex", "ldl_solve"]
