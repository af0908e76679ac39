"""Reductions: sums, means, extremes, spreads, norms."""

from __future__ import annotations

from typing import Any

from collections.abc import Sequence

from ..tensor.core import Tensor
from ..tensor.dtypes import dtype as Dtype
from ._arguments import need_tensor, wrap_dims
from ._define import primitive

_sum_all, _sum_dim = primitive("sum"), primitive("sum", "SumBackward1")


def sum(
    input: Tensor, dim: int | Sequence[int] | None = None, keepdim: bool = False, *, dtype: Dtype | None = None
) -> Tensor:
    """The sum of all elements, or of those along `dim`.

    >>> import gradiente as torch
    >>> torch.sum(torch.ones(2, 3), dim=1)
    tensor([3., 3.])
    """
    array = need_tensor(input, "sum")._array
    call = _sum_all if dim is None else _sum_dim
    return call(input, axis=wrap_dims(dim, array.ndim), keepdims=keepdim)


METHODS: dict[str, Any] = {"sum": sum}
__all__ = ["sum"]
