"""Reductions of the elements that count."""

from __future__ import annotations

import builtins
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..ops import exponentials, extremes, ordering, reductions, spreads
from ..ops._factory import constant
from ..ops.choices import where
from ..tensor.core import Tensor
from ..tensor.dtypes import dtype as Dtype
from ._filling import broadcast, cast, dims_of, filled, least

Dims = int | Sequence[int] | None


def sum(
    input: Tensor,
    dim: Dims = None,
    *,
    keepdim: builtins.bool = False,
    dtype: Dtype | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The sum of the elements that count, of all or along `dim`.

    Args:
        input: a tensor.
        dim: a dimension or several; None for all.
        keepdim: keep the dimensions, with size 1.
        dtype: the type to which the input is converted first.
        mask: which elements count.

    >>> import gradiente as torch
    >>> x, mask = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[True, False], [True, True]])
    >>> torch.masked.sum(x, 1, mask=mask)
    tensor([1., 7.])
    """
    x = filled(cast(input, dtype, "sum", True), mask, 0)
    return reductions.sum(x, dims_of(dim, x), keepdim)


def prod(
    input: Tensor,
    dim: Dims = None,
    *,
    keepdim: builtins.bool = False,
    dtype: Dtype | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The product of the elements that count, of all or along `dim`.

    Args:
        input: a tensor.
        dim: a dimension or several; None for all.
        keepdim: keep the dimensions, with size 1.
        dtype: the type to which the input is converted first.
        mask: which elements count.

    >>> import gradiente as torch
    >>> x, mask = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[True, False], [True, True]])
    >>> torch.masked.prod(x, 1, mask=mask)
    tensor([ 1., 12.])
    """
    x = filled(cast(input, dtype, "prod", True), mask, 1)
    dims = dims_of(dim, x)
    for d in sorted([d % max(x.dim(), 1) for d in ((dims,) if isinstance(dims, int) else dims)], reverse=True):
        x = reductions.prod(x, d, keepdim)
    return x


def amax(
    input: Tensor,
    dim: Dims = None,
    *,
    keepdim: builtins.bool = False,
    dtype: Dtype | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The largest of the elements that count, of all or along `dim`. Equal ones share the gradient.

    Args:
        input: a tensor.
        dim: a dimension or several; None for all.
        keepdim: keep the dimensions, with size 1.
        dtype: the type to which the input is converted first.
        mask: which elements count.

    >>> import gradiente as torch
    >>> x, mask = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[True, False], [True, True]])
    >>> torch.masked.amax(x, 1, mask=mask)
    tensor([1., 4.])
    """
    x = cast(input, dtype, "amax")
    return extremes.amax(filled(x, mask, least(x, "amax")), dims_of(dim, x), keepdim)


def amin(
    input: Tensor,
    dim: Dims = None,
    *,
    keepdim: builtins.bool = False,
    dtype: Dtype | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The smallest of the elements that count, of all or along `dim`. Equal ones share the gradient.

    Args:
        input: a tensor.
        dim: a dimension or several; None for all.
        keepdim: keep the dimensions, with size 1.
        dtype: the type to which the input is converted first.
        mask: which elements count.

    >>> import gradiente as torch
    >>> x, mask = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[True, False], [True, True]])
    >>> torch.masked.amin(x, 1, mask=mask)
    tensor([1., 3.])
    """
    x = cast(input, dtype, "amin")
    return extremes.amin(filled(x, mask, least(x, "amin", 1)), dims_of(dim, x), keepdim)


def mean(
    input: Tensor,
    dim: Dims = None,
    *,
    keepdim: builtins.bool = False,
    dtype: Dtype | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The mean of the elements that count, of all or along `dim`; NaN where none does.

    Args:
        input: a tensor.
        dim: a dimension or several; None for all.
        keepdim: keep the dimensions, with size 1.
        dtype: the type to which the input is converted first.
        mask: which elements count.

    >>> import gradiente as torch
    >>> x, mask = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[True, False], [True, True]])
    >>> torch.masked.mean(x, 1, mask=mask)
    tensor([1.0000, 3.5000])
    """
    x = cast(input, dtype, "mean")
    if x._array.dtype.kind in "biu":
        raise ValueError(
            "mean(): Could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: "
            f"{x.dtype!r}"
        )
    count, total = _count(x, dim, keepdim, mask)
    return total / count


def _count(x: Any, dim: Any, keepdim: builtins.bool, mask: Any) -> tuple[Any, Any]:
    """How many elements count, and their sum."""
    dims = dims_of(dim, x)
    ones = constant(x, np.ones(x._array.shape, np.bool_)) if mask is None else broadcast(mask, x)
    return reductions.sum(ones, dims, keepdim), reductions.sum(filled(x, mask, 0), dims, keepdim)


def logsumexp(
    input: Tensor,
    dim: Dims = None,
    *,
    keepdim: builtins.bool = False,
    dtype: Dtype | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The logarithm of the sum of the exponentials of the elements that count; -∞ where none does.

    Args:
        input: a tensor.
        dim: a dimension or several; None for all.
        keepdim: keep the dimensions, with size 1.
        dtype: the type to which the input is converted first.
        mask: which elements count.

    >>> import gradiente as torch
    >>> x, mask = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[True, False], [True, True]])
    >>> torch.masked.logsumexp(x, 1, mask=mask)
    tensor([1.0000, 4.3133])
    """
    x = cast(input, dtype, "logsumexp")
    dims = dims_of(dim, x)
    return exponentials.logsumexp(filled(x, mask, least(x, "logsumexp")), dims, keepdim).to(x.dtype)


def argmax(
    input: Tensor,
    dim: int | None = None,
    *,
    keepdim: builtins.bool = False,
    dtype: Dtype | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Where the largest of the elements that count is, along `dim` or in all of them in order, in the input's type.

    >>> import gradiente as torch
    >>> x, mask = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[True, False], [True, True]])
    >>> torch.masked.argmax(x, 1, mask=mask)
    tensor([0., 1.])
    """
    x = cast(input, dtype, "argmax")
    return extremes.argmax(filled(x, mask, least(x, "argmax")), dim, keepdim).to(x.dtype)


def argmin(
    input: Tensor,
    dim: int | None = None,
    *,
    keepdim: builtins.bool = False,
    dtype: Dtype | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Where the smallest of the elements that count is, along `dim` or in all of them in order, in the input's type.

    >>> import gradiente as torch
    >>> x, mask = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[True, False], [True, True]])
    >>> torch.masked.argmin(x, 1, mask=mask)
    tensor([0., 0.])
    """
    x = cast(input, dtype, "argmin")
    return extremes.argmin(filled(x, mask, least(x, "argmin", 1)), dim, keepdim).to(x.dtype)


def median(
    input: Tensor,
    dim: int = -1,
    *,
    keepdim: builtins.bool = False,
    dtype: Dtype | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The lower median of the elements that count along `dim`; NaN where none does. ValueError for integers there.

    >>> import gradiente as torch
    >>> x, mask = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[True, False], [True, True]])
    >>> torch.masked.median(x, 1, mask=mask)
    tensor([1., 3.])
    """
    x = cast(input, dtype, "median")
    if mask is None:
        return ordering.median(x, dim, keepdim).values
    if x._array.dtype.kind in "biu":
        if not broadcast(mask, x).any(dim).all():
            raise ValueError("masked median expects no fully masked out rows if dtype is not floating point")
        return ordering.nanmedian(filled(x.double(), mask, math.nan), dim, keepdim).values.to(x.dtype)
    return ordering.nanmedian(filled(x, mask, math.nan), dim, keepdim).values


def norm(
    input: Tensor,
    ord: float = 2.0,
    dim: Dims = None,
    *,
    keepdim: builtins.bool = False,
    dtype: Dtype | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The vector norm of order `ord` of the elements that count, of all or along `dim`.

    >>> import gradiente as torch
    >>> x, mask = torch.tensor([[3.0, 9.0], [3.0, 4.0]]), torch.tensor([[True, False], [True, True]])
    >>> torch.masked.norm(x, 2.0, 1, mask=mask)
    tensor([3., 5.])
    """
    x = cast(input, dtype, "norm")
    return spreads.vector_norm(filled(x, mask, math.inf if ord == -math.inf else 0), ord, dims_of(dim, x), keepdim)


def var(
    input: Tensor,
    dim: Dims = None,
    unbiased: builtins.bool | None = None,
    *,
    correction: float | None = None,
    keepdim: builtins.bool = False,
    dtype: Dtype | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The variance of the elements that count, of all or along `dim`; NaN where there are too few.

    Args:
        input: a tensor.
        dim: a dimension or several; None for all.
        unbiased: True for correction 1, False for correction 0.
        correction: what is subtracted from the number of elements; 1 if not given.
        keepdim: keep the dimensions, with size 1.
        dtype: the type to which the input is converted first.
        mask: which elements count.

    >>> import gradiente as torch
    >>> x, mask = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[True, False], [True, True]])
    >>> torch.masked.var(x, mask=mask)
    tensor(2.3333)
    """
    x = cast(input, dtype, "var")
    if unbiased is not None and correction is not None:
        raise TypeError("var() got both 'unbiased' and 'correction'; give one")
    taken = correction if correction is not None else 1 if unbiased is None or unbiased else 0
    if x._array.dtype.kind in "iu":
        x = x.float()
    count, total = _count(x, dim, True, mask)
    deviation = x - total / count
    square = deviation * (deviation.conj() if x.is_complex() else deviation)
    spread = reductions.sum(filled(square, mask, 0), dims_of(dim, x), keepdim)
    degrees: Any = (count if keepdim else count.reshape(spread.shape)) - taken
    return spread / where(degrees > 0, degrees, 0)


def std(
    input: Tensor,
    dim: Dims = None,
    unbiased: builtins.bool | None = None,
    *,
    correction: float | None = None,
    keepdim: builtins.bool = False,
    dtype: Dtype | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The standard deviation of the elements that count: the square root of `var`.

    Args:
        input: a tensor.
        dim: a dimension or several; None for all.
        unbiased: True for correction 1, False for correction 0.
        correction: what is subtracted from the number of elements; 1 if not given.
        keepdim: keep the dimensions, with size 1.
        dtype: the type to which the input is converted first.
        mask: which elements count.

    >>> import gradiente as torch
    >>> x, mask = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[True, False], [True, True]])
    >>> torch.masked.std(x, mask=mask)
    tensor(1.5275)
    """
    return var(input, dim, unbiased, correction=correction, keepdim=keepdim, dtype=dtype, mask=mask).sqrt()  # pyright: ignore


__all__ = [
    "amax",
    "amin",
    "argmax",
    "argmin",
    "logsumexp",
    "mean",
    "median",
    "norm",
    "prod",
    "std",
    "sum",
    "var",
]
