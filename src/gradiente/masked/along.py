"""Scaling and running totals of the elements that count, along one dimension."""

from __future__ import annotations

from typing import Any

from ..ops import exponentials, functions, running
from ..ops.choices import where
from ..tensor.core import Tensor
from ..tensor.dtypes import dtype as Dtype
from ._filling import cast, filled, least
from .reductions import norm


def normalize(
    input: Tensor,
    ord: float,
    dim: int,
    *,
    eps: float = 1e-12,
    dtype: Dtype | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The elements that count along `dim`, divided by their norm of order `ord`, or by `eps` if that is larger.

    >>> import gradiente as torch
    >>> x, mask = torch.tensor([[3.0, 9.0], [3.0, 4.0]]), torch.tensor([[True, False], [True, True]])
    >>> torch.masked.normalize(x, 2.0, 1, mask=mask)
    tensor([[1.0000, 0.0000],
            [0.6000, 0.8000]])
    """
    x = cast(input, dtype, "normalize")
    size: Any = norm(x, ord, dim, keepdim=True, mask=mask)
    return filled(x, mask, 0) / where(size > eps, size, eps)


def softmax(input: Tensor, dim: int, *, dtype: Dtype | None = None, mask: Tensor | None = None) -> Tensor:
    """Exponentials of the elements that count along `dim`, scaled so that they add up to 1; 0 for the others.

    >>> import gradiente as torch
    >>> x, mask = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[True, False], [True, True]])
    >>> torch.masked.softmax(x, 1, mask=mask)
    tensor([[1.0000, 0.0000],
            [0.2689, 0.7311]])
    """
    x = cast(input, dtype, "softmax")
    return exponentials.softmax(filled(x, mask, least(x, "amax")), dim)


def log_softmax(input: Tensor, dim: int, *, dtype: Dtype | None = None, mask: Tensor | None = None) -> Tensor:
    """The logarithm of `softmax`; -∞ for the elements that do not count.

    >>> import gradiente as torch
    >>> x, mask = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[True, False], [True, True]])
    >>> torch.masked.log_softmax(x, 1, mask=mask)
    tensor([[ 0.0000,    -inf],
            [-1.3133, -0.3133]])
    """
    x = cast(input, dtype, "log_softmax")
    return exponentials.log_softmax(filled(x, mask, least(x, "amax")), dim)


def softmin(input: Tensor, dim: int, *, dtype: Dtype | None = None, mask: Tensor | None = None) -> Tensor:
    """The `softmax` of the negative elements.

    >>> import gradiente as torch
    >>> x, mask = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[True, False], [True, True]])
    >>> torch.masked.softmin(x, 1, mask=mask)
    tensor([[1.0000, 0.0000],
            [0.7311, 0.2689]])
    """
    x = cast(input, dtype, "softmin")
    return exponentials.softmax(-filled(x, mask, least(x, "amin", 1)), dim)


def cumsum(input: Tensor, dim: int, *, dtype: Dtype | None = None, mask: Tensor | None = None) -> Tensor:
    """The sums of the elements that count up to each one along `dim`.

    >>> import gradiente as torch
    >>> x, mask = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[True, False], [True, True]])
    >>> torch.masked.cumsum(x, 1, mask=mask)
    tensor([[1., 1.],
            [3., 7.]])
    """
    x = cast(input, dtype, "cumsum")
    return running.cumsum(filled(x, mask, 0), dim, dtype=x.dtype)


def cumprod(input: Tensor, dim: int, *, dtype: Dtype | None = None, mask: Tensor | None = None) -> Tensor:
    """The products of the elements that count up to each one along `dim`.

    >>> import gradiente as torch
    >>> x, mask = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[True, False], [True, True]])
    >>> torch.masked.cumprod(x, 1, mask=mask)
    tensor([[ 1.,  1.],
            [ 3., 12.]])
    """
    x = cast(input, dtype, "cumprod")
    return running.cumprod(filled(x, mask, 1), dim, dtype=x.dtype)


def logaddexp(
    input: Tensor,
    other: Tensor,
    *,
    dtype: Dtype | None = None,
    input_mask: Tensor | None = None,
    other_mask: Tensor | None = None,
) -> Tensor:
    """The logarithm of the sum of exponentials of two elements; one that does not count adds nothing.

    >>> import gradiente as torch
    >>> x = torch.tensor([1.0, 2.0])
    >>> torch.masked.logaddexp(x, x, input_mask=torch.tensor([True, False]))
    tensor([1.6931, 2.0000])
    """
    a, b = cast(input, dtype, "logaddexp"), cast(other, dtype, "logaddexp")
    return functions.logaddexp(
        filled(a, input_mask, least(a, "logaddexp")), filled(b, other_mask, least(b, "logaddexp"))
    )


__all__ = [
    "cumprod",
    "cumsum",
    "log_softmax",
    "logaddexp",
    "normalize",
    "softmax",
    "softmin",
]
