"""Quantiles: of all elements, or along a dimension, with and without NaN."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays.batched import examples
from ..tensor.core import Tensor
from ._factory import constant
from ._numbers import need_number
from ._out import into
from ._reducing import array_of, axis_of

_WAYS = ("linear", "lower", "higher", "midpoint", "nearest")


def quantile(
    input: Tensor,
    q: float | Tensor,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
    out: Tensor | None = None,
) -> Tensor:
    """The quantiles of all elements, or of those along `dim`: the values at q·(n - 1) in ascending order.

    Args:
        input: a float32 or float64 tensor with elements.
        q: which ones, a number or a tensor of at most one dimension in [0, 1], of the input's type.
        dim: one dimension; None for all elements.
        keepdim: keep the dimension, with size 1.
        interpolation: what lies between two elements: "linear", "lower", "higher", "midpoint" or "nearest" (ties go to
            even places).
        out: a tensor to write the result to; then no operand may require gradients.

    The result's first dimension is that of `q`, if it has one. NaN if one element is NaN. RuntimeError, in torch's
    words, for arguments that do not fit.

    >>> import gradiente as torch
    >>> torch.quantile(torch.tensor([1.0, 2.0, 3.0, 10.0]), torch.tensor([0.5, 0.75]))
    tensor([2.5000, 4.7500])
    """
    if out is not None:
        return into(out, quantile(input, q, dim, keepdim, interpolation=interpolation), "quantile", input, q)
    return _quantile(input, q, dim, keepdim, interpolation, "quantile", False)


def nanquantile(
    input: Tensor,
    q: float | Tensor,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
    out: Tensor | None = None,
) -> Tensor:
    """`quantile` of the elements that are no NaN; NaN where there are none.

    >>> import gradiente as torch
    >>> torch.nanquantile(torch.tensor([1.0, torch.nan, 3.0]), 0.5)
    tensor(2.)
    """
    if out is not None:
        return into(out, nanquantile(input, q, dim, keepdim, interpolation=interpolation), "nanquantile", input, q)
    return _quantile(input, q, dim, keepdim, interpolation, "nanquantile", True)


def _quantile(
    input: Tensor, q: Any, dim: int | None, keepdim: bool, interpolation: str, function: str, ignore: bool
) -> Tensor:
    array = array_of(input, function)
    q = _checked(input, q, interpolation, function)
    axis = 0 if dim is None else axis_of(dim, array.ndim, function, keepdim)
    rows = input.reshape(-1) if dim is None or not array.ndim else input.movedim(axis, -1)  # pyright: ignore
    ordered = rows.sort(-1).values
    last = ordered.size(-1) - 1
    bad = ordered.isnan()
    points = q.reshape(-1, *[1] * (rows.dim() - 1))
    numbers = (last - bad.sum(-1)).clamp(min=0)
    ranks = points * numbers if ignore else (points * last).masked_fill(bad.any(-1), last)
    found = _between(ordered, ranks.movedim(0, -1), interpolation).movedim(-1, 0)
    if not q.dim():
        found = found.squeeze(0)
    if not keepdim:
        return found
    if dim is None:
        return found.reshape(*q.shape, *[1] * array.ndim)
    return found.unsqueeze(axis + q.dim()) if array.ndim else found


def _checked(input: Tensor, q: Any, interpolation: str, function: str) -> Any:
    """The points as a tensor. torch's errors for arguments that do not fit."""
    array = input._array
    number = not isinstance(q, Tensor)
    if number:
        if isinstance(q, (str, list, tuple)) or q is None:
            raise TypeError(
                f"{function}() received an invalid combination of arguments - got (Tensor, {type(q).__name__}): "
                "'q' (position 2) must be a Tensor or float"
            )
        q = need_number(q, function, "q", 2)
        if not 0 <= q <= 1:  # pyright: ignore[reportOperatorIssue]
            raise RuntimeError(f"quantile() q must be in the range [0, 1] but got {q:g}")
    if not array.size:
        raise RuntimeError("quantile() input tensor must be non-empty")
    if array.dtype.name not in ("float32", "float64"):
        raise RuntimeError(
            f"quantile() input tensor must be either float or double dtype (it is {input.dtype!r}; convert it)"
        )
    if number:
        q = constant(input, np.asarray(q, array.dtype))
    if q._array.ndim > 1:
        raise RuntimeError("quantile() q must be a scalar or 1D tensor")
    if q._array.dtype != array.dtype:
        raise RuntimeError(
            f"quantile() q tensor must be same dtype as the input tensor (they are {q.dtype!r} and {input.dtype!r})"
        )
    chances = examples(q._array)
    if not np.all((chances >= 0) & (chances <= 1)):
        raise RuntimeError("quantile() q values must be in the range [0, 1]")
    if interpolation not in _WAYS:
        raise RuntimeError(
            "quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got "
            f"{interpolation}"
        )
    return q


def _between(ordered: Any, ranks: Any, interpolation: str) -> Any:
    """What stands at the ranks, which need not be whole, along the last dimension."""
    if interpolation == "nearest":
        return _at(ordered, ranks.round())
    if interpolation == "higher":
        return _at(ordered, ranks.ceil())
    below = ranks.floor()
    low = _at(ordered, below)
    if interpolation == "lower":
        return low
    high = _at(ordered, ranks.ceil())
    return low.lerp(high, 0.5 if interpolation == "midpoint" else ranks - below)


def _at(ordered: Any, ranks: Any) -> Any:
    places = ranks.detach().long()
    return ordered.expand(*places.shape[:-1], ordered.size(-1)).gather(-1, places)


METHODS: dict[str, Any] = {"nanquantile": nanquantile, "quantile": quantile}
"""What these functions are called as methods of Tensor."""

__all__ = ["nanquantile", "quantile"]
