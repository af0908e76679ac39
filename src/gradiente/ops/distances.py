"""Distances between the rows of matrices."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
from ._arguments import need_tensor
from ._define import primitive
from ._product_checks import scalar_name
from ._sizes import broadcast_shapes_of

_subtract, _expand, _norm = (
    primitive("subtract"),
    primitive("expand_dims"),
    primitive("vector_norm", "CdistBackward0"),
)
_abs, _max, _equal, _where, _add = (
    primitive("abs"),
    primitive("max"),
    primitive("equal"),
    primitive("where"),
    primitive("add"),
)
_rows = primitive("row_distances")
_sum, _square, _sqrt, _clamp, _multiply = (
    primitive("sum"),
    primitive("square"),
    primitive("sqrt"),
    primitive("clamp"),
    primitive("multiply"),
)

_MODES = (
    "use_mm_for_euclid_dist_if_necessary",
    "use_mm_for_euclid_dist",
    "donot_use_mm_for_euclid_dist",
)
_LARGE = 4096
"""Fewer differences of one matrix from another are all held."""
_MANY = 25
"""Of more rows than that, euclidean distances are computed by a product of matrices, as in torch."""


def length(difference: Tensor, p: float, norm: Any = _norm) -> Tensor:
    """The p-norm along the last dimension. For p = ∞, each of several largest elements gets the whole gradient."""
    axis = difference._array.ndim - 1
    if not difference._array.shape[-1]:
        return _sum(difference, axis=axis, keepdims=False)
    if p != math.inf:
        return norm(difference, ord=p, axis=axis, keepdims=False)
    size = _abs(difference)
    largest = _max(size, axis=axis, keepdims=True).detach()  # pyright: ignore[reportAttributeAccessIssue]
    beyond = _where(_equal(size, largest), _subtract(size, largest), 0)  # zeros, with gradients
    return _sum(_add(largest, _sum(beyond, axis=axis, keepdims=True)), axis=axis, keepdims=False)


def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> Tensor:
    """The distances of all rows of one matrix from all rows of another.

    out[..., i, j] = ‖x1[..., i, :] - x2[..., j, :]‖ₚ.

    Args:
        x1: floating-point tensor (..., m, k).
        x2: tensor (..., n, k) of the same dtype; the batches are broadcast.
        p: the order of the norm, not negative; ∞ for the largest difference, 0 for the number of differences.
        compute_mode: for p = 2: compute ‖a‖² + ‖b‖² - 2 a·b by a product of matrices, "use_mm_for_euclid_dist", or not,
            "donot_use_mm_for_euclid_dist"; or only for more than 25 rows, "use_mm_for_euclid_dist_if_necessary".

    Returns:
        Tensor (..., m, n). Where a distance is 0, its gradient is 0.

    Raises:
        RuntimeError: sizes or dtypes that do not fit, a negative p.
        ValueError: an unknown mode.

    Source: the definition of the norms; see `torch.linalg.vector_norm`.

    Example:
        >>> import gradiente as torch
        >>> torch.cdist(torch.tensor([[0.0, 0.0]]), torch.tensor([[3.0, 4.0], [1.0, 0.0]]))
        tensor([[5., 1.]])
    """
    if compute_mode not in _MODES:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    a, b = need_tensor(x1, "cdist", "x1")._array, need_tensor(x2, "cdist", "x2", 2)._array
    if not isinstance(p, (int, float, np.number)):
        raise TypeError(f"cdist(): argument 'p' (position 3) must be float, not {type(p).__name__}")
    _check(x1, x2, p)
    product = compute_mode == _MODES[1] or (compute_mode == _MODES[0] and max(a.shape[-2], b.shape[-2]) > _MANY)
    if p == 2 and product and a.shape[-1]:
        return _euclidean(x1, x2)
    differences = a.shape[-2] * b.shape[-2] * a.shape[-1]
    if (p in (1, math.inf) and differences >= _LARGE) or (p == 2 and a.shape[-1] and a.size * b.shape[-2] < _LARGE):
        return _rows(x1, x2, p=float(p))
    return length(_subtract(_expand(x1, axis=-2), _expand(x2, axis=-3)), p)


def _check(x1: Tensor, x2: Tensor, p: float) -> None:
    """What `cdist` asks of its operands."""
    for name, x in (("X1", x1), ("X2", x2)):
        if x._array.dtype.kind not in "fV":
            raise RuntimeError(f"cdist only supports floating-point dtypes, {name} got: {scalar_name(x)}")
        if x._array.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, {name} got: {x._array.ndim}D")
    s, t = x1._array.shape, x2._array.shape
    if s[-1] != t[-1]:
        raise RuntimeError(f"X1 and X2 must have the same number of columns. X1: {s[-1]} X2: {t[-1]}")
    if p < 0:
        raise RuntimeError(f"cdist only supports non-negative p values (p is {p})")
    broadcast_shapes_of([s[:-2], t[:-2]])
    if x1._array.dtype != x2._array.dtype:
        raise RuntimeError(f"expected scalar type {scalar_name(x1)} but found {scalar_name(x2)}")
    if x1._array.dtype.itemsize == 2:
        raise NotImplementedError(f"\"cdist\" not implemented for '{scalar_name(x1)}' (call .float() first)")


def _euclidean(x1: Tensor, x2: Tensor) -> Tensor:
    """√(‖a‖² + ‖b‖² - 2 a·b), and 0, with gradient 0, where rounding makes that no positive number."""
    one, two = (_sum(_square(x), axis=x._array.ndim - 1, keepdims=True) for x in (x1, x2))
    squares = _clamp(_subtract(_add(one, two.mT), _multiply(x1 @ x2.mT, 2)), min=0.0, max=None)
    zero = _equal(squares, wrap(np.zeros((), squares._array.dtype)))
    return _where(zero, 0, _sqrt(_where(zero, 1, squares)))


__all__ = ["cdist"]
