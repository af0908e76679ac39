"""Systems in the sense of least squares, and systems of tensors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...arrays.batched import examples
from ...tensor.core import Tensor, wrap
from .._arguments import need_tensor
from .._define import primitive
from .._out import into
from .._product_checks import scalar_name
from .._sizes import broadcast_shapes_of
from ..return_types import linalg_lstsq
from .checks import beside
from .inverses import inverted, tolerances
from .spectra import svdvals
from .systems import solve

_pinv, _view, _column, _squeeze = primitive("pinv"), primitive("view"), primitive("expand_dims"), primitive("squeeze")
_sum, _square, _subtract, _permute = (
    primitive("sum"),
    primitive("square"),
    primitive("subtract"),
    primitive("permute_dims"),
)
_slice = primitive("getitem", "SliceBackward0")
_abs = {"f": primitive("abs"), "c": primitive("abs_complex")}


def _lstsq_checked(input: Any, b: Any, driver: str | None) -> tuple[Tensor, Tensor, bool]:
    function = "torch.linalg.lstsq"
    a_array, b_array = need_tensor(input, "linalg_lstsq")._array, need_tensor(b, "linalg_lstsq", "b", 2)._array
    if a_array.ndim < 2:
        raise RuntimeError(f"{function}: input must have at least 2 dimensions.")
    if b_array.ndim < 1:
        raise RuntimeError(f"{function}: other must have at least 1 dimension.")
    if a_array.dtype.kind in "biu" or a_array.dtype.itemsize == 2:
        raise RuntimeError(
            f"This function doesn't handle types other than float and double (the input is {input.dtype!r})"
        )
    if a_array.dtype != b_array.dtype:
        raise RuntimeError(
            f"{function}: Expected input and other to have the same dtype, but got input's dtype "
            f"{scalar_name(input)} and "
            f"other's dtype {scalar_name(b)}"
        )
    if not 0 <= a_array.ndim - b_array.ndim <= 1:
        raise RuntimeError(
            f"{function}: input.dim() must be greater or equal to other.dim() and (input.dim() - other.dim()) <= 1"
        )
    vector = b_array.ndim == a_array.ndim - 1
    if a_array.shape[-2] != b_array.shape[-1 if vector else -2]:
        raise RuntimeError(
            f"{function}: input.size({-2}) should match other.size({-1 if vector else -2}) "
            f"(the shapes are {list(a_array.shape)} and {list(b_array.shape)})"
        )
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError(f"{function}: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)")
    broadcast_shapes_of([a_array.shape[:-2], b_array.shape[: b_array.ndim - (1 if vector else 2)]])
    return input, _column(b, axis=-1) if vector else b, vector


def lstsq(
    input: Tensor,
    b: Tensor,
    rcond: float | None = None,
    *,
    driver: str | None = None,
    out: tuple[Tensor, ...] | None = None,
) -> linalg_lstsq:
    """The X that make ‖input X - b‖ least, column by column; of several, those of least norm.

    Computed by the inverse of Moore and Penrose, whatever the driver; its name decides which results are given.

    Args:
        input: tensor (..., m, n), floating-point or complex.
        b: tensor (..., m, k), or (..., m), of the same dtype.
        rcond: singular values of at most rcond times the largest count as 0; by default max(m, n)·ε. Not for "gels".
        driver: "gelsy" (if not given), "gelsd", "gelss" or "gels", for matrices of full rank.
        out: tensors to write the results to; then no operand may require gradients.

    Returns:
        Named tuple `(solution, residuals, rank, singular_values)`: X; the squared norms of input X - b, if m > n and
        all ranks are n (not for "gelsy"); the ranks (not for "gels"); the singular values ("gelsd" and "gelss"). What
        is not given is an empty tensor.

    Raises:
        RuntimeError: shapes or dtypes do not fit, an unknown driver.

    Source: G. Golub, V. Pereyra, The differentiation of pseudo-inverses (1973).

    Example:
        >>> import gradiente as torch
        >>> A = torch.tensor([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
        >>> torch.linalg.lstsq(A, torch.tensor([[1.0], [3.0], [5.0]])).solution
        tensor([[1.0000],
                [2.0000]])
    """
    A, B, vector = _lstsq_checked(input, b, driver)
    driver = driver or "gelsy"
    m, n = A._array.shape[-2:]
    batch = A._array.shape[:-2]
    limit = 0.0 if driver == "gels" else tolerances(A, None, rcond, "torch.linalg.lstsq")[1]
    solution = _pinv(A, atol=0.0, rtol=limit) @ B
    values = svdvals(A.detach())  # pyright: ignore[reportAttributeAccessIssue]
    sizes = examples(values._array)
    ranks = (sizes > limit * sizes.max(-1, keepdims=True, initial=0)).sum(-1)
    if driver != "gelsy" and m > n and (driver == "gels" or bool(np.all(ranks == n))):
        residuals = _sum(_squared_size(_subtract(A @ solution, B)), axis=-2, keepdims=False)
    else:  # nothing, but of the graph
        total = _sum(_squared_size(solution), axis=None, keepdims=True)
        residuals = _slice(_view(total, shape=(1,)), index=(slice(0, 0),))
    rank = wrap(np.zeros(0, np.int64)) if driver == "gels" else beside(A, np.asarray(ranks, np.int64))
    given = driver in ("gelsd", "gelss") and math.prod(batch)
    singular = values if given else wrap(np.zeros(0, np.finfo(A._array.dtype).dtype))
    return into(
        out,
        linalg_lstsq((_squeeze(solution, axis=-1) if vector else solution, residuals, rank, singular)),
        "linalg_lstsq",
        input,
        b,
    )


def _squared_size(x: Tensor) -> Tensor:
    """The squares of the moduli."""
    return _square(_abs[x._array.dtype.kind](x))


def tensorsolve(A: Tensor, B: Tensor, dims: tuple[int, ...] | None = None, *, out: Tensor | None = None) -> Tensor:
    """The solution X of tensordot(A, X, X.ndim) = B.

    Args:
        A: tensor whose shape is that of B, then that of X; both have as many elements.
        B: tensor of the same dtype.
        dims: dimensions of A that are moved to its end first.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor of the shape of X.

    Raises:
        RuntimeError: the numbers of elements do not fit.
        torch.linalg.LinAlgError: the system is singular.

    Source: the function of this name in NumPy.

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.tensorsolve(torch.eye(4).reshape(2, 2, 4), torch.ones(2, 2))
        tensor([1., 1., 1., 1.])
    """
    need_tensor(A, "linalg_tensorsolve")
    need_tensor(B, "linalg_tensorsolve", "other", 2)
    if dims is not None:
        ndim = A._array.ndim
        last = [d % ndim for d in dims]
        A = _permute(A, axes=(*[d for d in range(ndim) if d not in last], *last))
    shape, count = A._array.shape, B._array.ndim
    rows, columns = B._array.size, math.prod(shape[count:])
    if rows != columns:
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == "
            "prod(self.shape[:other.ndim]), but "
            f"got {columns} != {rows}"
        )
    found = solve(A.reshape(rows, columns), B.reshape(-1))
    return into(out, _view(found, shape=shape[count:]), "linalg_tensorsolve", A, B)


def tensorinv(A: Tensor, ind: int = 2, *, out: Tensor | None = None) -> Tensor:
    """The inverse of `tensordot(A, ·, A.ndim - ind)`.

    Args:
        A: tensor; the first `ind` sizes have the same product as the others.
        ind: how many dimensions count as rows, at least 1.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor with the last dimensions of A first, then the first `ind`.

    Raises:
        RuntimeError: `ind` is not positive, or the products differ.
        torch.linalg.LinAlgError: there is no inverse.

    Source: the function of this name in NumPy.

    Example:
        >>> import gradiente as torch
        >>> torch.linalg.tensorinv(torch.eye(4).reshape(4, 2, 2), ind=1).shape
        torch.Size([2, 2, 4])
    """
    need_tensor(A, "linalg_tensorinv")
    if ind <= 0:
        raise RuntimeError(f"Expected a strictly positive integer for 'ind', but got {ind}")
    shape = A._array.shape
    rows, columns = math.prod(shape[:ind]), math.prod(shape[ind:])
    if rows != columns:
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got "
            f"{columns} != {rows}"
        )
    return into(
        out, _view(inverted(A.reshape(rows, columns), "inv"), shape=(*shape[ind:], *shape[:ind])), "linalg_tensorinv", A
    )


__all__ = ["lstsq", "tensorinv", "tensorsolve"]
