"""Reductions: sums, means, products, and whether any or all elements are true."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graph import NO_GRAD, PLAIN, current
from ..rules import table
from ..tensor.core import Tensor, box, wrap
from ..tensor.dtypes import dtype as Dtype
from ..tensor.totals import total
from ._define import primitive
from ._out import into
from ._reducing import (
    Dims,
    array_of,
    axes_of,
    axis_of,
    check_keepdim,
    invalid_combination,
    numpy_dtype,
    numpys,
    totals_dtype,
    type_name,
    wide_of,
)

_sum_all, _sum_dim = primitive("sum", "SumBackward0"), primitive("sum", "SumBackward1")
_sum_everything, _mean_everything = total(table["sum"], "SumBackward0"), total(table["mean"], "MeanBackward0")
_mean_all, _mean_dim = primitive("mean", "MeanBackward0"), primitive("mean", "MeanBackward1")
_prod_all, _prod_dim = primitive("prod", "ProdBackward0"), primitive("prod", "ProdBackward1")
_nansum, _any, _all = primitive("nansum"), primitive("any"), primitive("all")
_count_nonzero, _divide = primitive("count_nonzero"), primitive("divide")

_EVERY: Any = object()
"""The default of `dim`: all dimensions. torch's nodes tell it from None."""


def sum(
    input: Tensor,
    dim: Dims = _EVERY,
    keepdim: bool = False,
    *,
    dtype: Dtype | None = None,
    axis: Dims = None,
    keepdims: bool | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The sum of all elements, or of those along `dim`: Σ xᵢ.

    Args:
        input: a tensor of any type.
        dim: a dimension or several; none, or None, for all.
        keepdim: keep the dimensions that are summed over, with size 1.
        dtype: the type to add up in, which the result has. Without it bools and integers give int64.
        axis: NumPy's name for `dim`.
        keepdims: NumPy's name for `keepdim`.
        out: a tensor to write the result to; then no operand may require gradients.

    Raises IndexError for a dimension that does not exist and RuntimeError for one that is named twice.

    >>> import gradiente as torch
    >>> torch.sum(torch.ones(2, 3))
    tensor(6.)
    >>> torch.ones(2, 3).sum(dim=1, keepdim=True)
    tensor([[3.],
            [3.]])
    """
    if out is not None:
        return into(out, sum(input, dim, keepdim, dtype=dtype, axis=axis, keepdims=keepdims), "sum", input, cast=True)
    array = array_of(input, "sum")
    if dim is _EVERY and dtype is axis is keepdims is None and not keepdim and array.dtype.kind == "f":
        return _sum_everything(input)
    if axis is not None or keepdims is not None:
        dim, keepdim = numpys(None if dim is _EVERY else dim, axis, keepdim, keepdims, "sum")
    if dim is _EVERY:
        call, axes = _sum_all, None
        if keepdim:
            check_keepdim(keepdim, "sum")
    else:
        call, axes = _sum_dim, axes_of(dim, array.ndim, "sum", keepdim)
    if dtype is None and array.dtype.kind not in "biu":
        return call(input, axis=axes, keepdims=keepdim)
    return call(input, axis=axes, keepdims=keepdim, dtype=totals_dtype(input, dtype, "sum"))


def mean(
    input: Tensor,
    dim: Dims = _EVERY,
    keepdim: bool = False,
    *,
    dtype: Dtype | None = None,
    axis: Dims = None,
    keepdims: bool | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The mean of all elements, or of those along `dim`: Σ xᵢ / n. That of no elements is NaN.

    Args:
        input: a floating-point or complex tensor, or any with such a `dtype`.
        dim: a dimension or several; none, or None, for all.
        keepdim: keep the dimensions that are averaged over, with size 1.
        dtype: the type to compute in, which the result has.
        axis: NumPy's name for `dim`.
        keepdims: NumPy's name for `keepdim`.
        out: a tensor to write the result to; then no operand may require gradients.

    Raises RuntimeError for integers, IndexError for a dimension that does not exist.

    >>> import gradiente as torch
    >>> torch.mean(torch.tensor([1.0, 2.0, 6.0]))
    tensor(3.)
    >>> torch.tensor([[1.0, 2.0], [3.0, 4.0]]).mean(0)
    tensor([2., 3.])
    """
    if out is not None:
        return into(out, mean(input, dim, keepdim, dtype=dtype, axis=axis, keepdims=keepdims), "mean", input, cast=True)
    array = array_of(input, "mean")
    if dim is _EVERY and dtype is axis is keepdims is None and not keepdim and array.dtype.kind == "f":
        return _mean_everything(input)
    if axis is not None or keepdims is not None:
        dim, keepdim = numpys(None if dim is _EVERY else dim, axis, keepdim, keepdims, "mean")
    if dim is _EVERY:
        call, axes = _mean_all, None
        if keepdim:
            check_keepdim(keepdim, "mean")
    else:
        call, axes = _mean_dim, axes_of(dim, array.ndim, "mean", keepdim)
    if dtype is None:
        if array.dtype.kind in "biu":
            raise RuntimeError(
                "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. "
                f"Got: {type_name(array)} (convert the tensor with .float(), or give dtype=torch.float32)"
            )
        return call(input, axis=axes, keepdims=keepdim)
    wanted = numpy_dtype(dtype, "mean")
    if dtype.category < 2:
        raise RuntimeError(
            "mean(): could not infer output dtype. Optional dtype must be either a floating point or complex dtype. "
            f"Got: {type_name(np.empty(0, wanted))}"
        )
    return call(input, axis=axes, keepdims=keepdim, dtype=None if wanted == array.dtype else wanted)


def prod(
    input: Tensor,
    dim: int = _EVERY,
    keepdim: bool = False,
    *,
    dtype: Dtype | None = None,
    axis: int | None = None,
    keepdims: bool | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The product of all elements, or of those along `dim`: Π xᵢ. Zeros do no harm to its derivatives.

    Args:
        input: a tensor of any type.
        dim: one dimension; without it, all.
        keepdim: keep the dimension, with size 1.
        dtype: the type to multiply in, which the result has. Without it bools and integers give int64.
        axis: NumPy's name for `dim`.
        keepdims: NumPy's name for `keepdim`.
        out: a tensor to write the result to; then no operand may require gradients.

    Raises IndexError for a dimension that does not exist.

    >>> import gradiente as torch
    >>> x = torch.tensor([2.0, 0.0, 3.0], requires_grad=True)
    >>> torch.prod(x).backward()
    >>> x.grad
    tensor([0., 6., 0.])
    """
    if out is not None:
        return into(out, prod(input, dim, keepdim, dtype=dtype, axis=axis, keepdims=keepdims), "prod", input, cast=True)
    array = array_of(input, "prod")
    if axis is not None or keepdims is not None:
        dim, keepdim = numpys(None if dim is _EVERY else dim, axis, keepdim, keepdims, "prod")
    if dim is _EVERY:
        call, axes = _prod_all, None
        if keepdim is not False:
            raise TypeError("prod() received an invalid combination of arguments: keepdim needs dim")
    else:
        if isinstance(dim, (tuple, list)):
            raise invalid_combination(
                "prod",
                dim,
                " * (*, torch.dtype dtype = None)\n * (int dim, bool keepdim = False, *, torch.dtype dtype = None)\n",
            )
        call, axes = _prod_dim, axis_of(dim, array.ndim, "prod", keepdim) if array.ndim else axes_of(dim, 0, "prod")
    wanted = totals_dtype(input, dtype, "prod")
    return call(input, axis=axes, keepdims=keepdim, dtype=wanted, wide=wide_of(array) if wanted is None else None)


def nansum(
    input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Dtype | None = None, out: Tensor | None = None
) -> Tensor:
    """The sum of the elements that are not NaN, of all or of those along `dim`.

    Args:
        input: a real tensor.
        dim: a dimension or several; None for all.
        keepdim: keep the dimensions that are summed over, with size 1.
        dtype: the type to add up in, which the result has.
        out: a tensor to write the result to; then no operand may require gradients.

    Raises RuntimeError for complex tensors.

    >>> import gradiente as torch
    >>> torch.nansum(torch.tensor([1.0, float("nan"), 2.0]))
    tensor(3.)
    """
    if out is not None:
        return into(out, nansum(input, dim, keepdim, dtype=dtype), "nansum", input, cast=True)
    array = array_of(input, "nansum")
    if array.dtype.kind == "c":
        raise RuntimeError("nansum on CPU does not support complex inputs")
    if array.dtype.kind in "biu":
        return sum(input, dim, keepdim, dtype=dtype)
    axes = axes_of(dim, array.ndim, "nansum", keepdim)
    wanted = totals_dtype(input, dtype, "nansum")
    wide = wide_of(array) if wanted is None else None
    return _nansum(input, axis=axes, keepdims=keepdim, dtype=wanted, wide=wide)


def nanmean(
    input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Dtype | None = None, out: Tensor | None = None
) -> Tensor:
    """The mean of the elements that are not NaN, of all or of those along `dim`; NaN where there are none.

    Args:
        input: a floating-point tensor.
        dim: a dimension or several; None for all.
        keepdim: keep the dimensions that are averaged over, with size 1.
        dtype: the type to compute in, which the result has.
        out: a tensor to write the result to; then no operand may require gradients.

    Raises RuntimeError for integers.

    >>> import gradiente as torch
    >>> torch.nanmean(torch.tensor([1.0, float("nan"), 2.0]))
    tensor(1.5000)
    """
    if out is not None:
        return into(out, nanmean(input, dim, keepdim, dtype=dtype), "nanmean", input, cast=True)
    array = array_of(input, "nanmean")
    if array.dtype.kind in "biu":
        raise RuntimeError(
            f"nanmean(): expected input to have floating point or complex dtype but got {type_name(array)}"
        )
    total = nansum(input, dim, keepdim, dtype=dtype)
    axes = axes_of(dim, array.ndim, "nanmean", keepdim)
    present = np.count_nonzero(~np.isnan(array), axis=axes, keepdims=keepdim)
    return _divide(total, wrap(box(present).astype(total._array.dtype)))


def _truth(call: Any, function: str, input: Tensor, dim: Any, keepdim: Any) -> Tensor:
    array = array_of(input, function)
    if isinstance(dim, (tuple, list)) and not dim:  # torch takes no dimensions at their word here
        out = wrap(array.astype(np.bool_))
    else:
        axes, mode = axes_of(dim, array.ndim, function, keepdim), current()
        if array.__class__ is np.ndarray and array.dtype.kind == "b" and (mode is PLAIN or mode is NO_GRAD):
            return wrap(
                box((np.logical_or if function == "any" else np.logical_and).reduce(array, axes, keepdims=keepdim))
            )
        out = call(input, axis=axes, keepdims=keepdim)
    return wrap(out._array.astype(np.uint8)) if array.dtype == np.uint8 else out


def any(input: Tensor, dim: Dims = None, keepdim: bool = False, *, out: Tensor | None = None) -> Tensor:
    """Whether any element is true (not 0), of all or of those along `dim`.

    Args:
        input: a tensor of any type.
        dim: a dimension or several; None for all. An empty tuple reduces nothing.
        keepdim: keep the dimensions, with size 1.
        out: a tensor to write the result to; then no operand may require gradients.

    The result has type bool, for uint8 that type. Raises IndexError for a dimension that does not exist.

    >>> import gradiente as torch
    >>> torch.any(torch.tensor([[0, 1], [0, 0]]), dim=1)
    tensor([ True, False])
    """
    if out is not None:
        return into(out, any(input, dim, keepdim), "any", input, cast=True)
    return _truth(_any, "any", input, dim, keepdim)


def all(input: Tensor, dim: Dims = None, keepdim: bool = False, *, out: Tensor | None = None) -> Tensor:
    """Whether all elements are true (not 0), or all along `dim`.

    Args:
        input: a tensor of any type.
        dim: a dimension or several; None for all. An empty tuple reduces nothing.
        keepdim: keep the dimensions, with size 1.
        out: a tensor to write the result to; then no operand may require gradients.

    The result has type bool, for uint8 that type. Raises IndexError for a dimension that does not exist.

    >>> import gradiente as torch
    >>> torch.all(torch.tensor([True, False]))
    tensor(False)
    """
    if out is not None:
        return into(out, all(input, dim, keepdim), "all", input, cast=True)
    return _truth(_all, "all", input, dim, keepdim)


def count_nonzero(input: Tensor, dim: Dims = None) -> Tensor:
    """The number of elements that are not 0, of all or of those along `dim`, as int64.

    Args:
        input: a tensor of any type.
        dim: a dimension or several; None for all.

    Raises IndexError for a dimension that does not exist.

    >>> import gradiente as torch
    >>> torch.count_nonzero(torch.tensor([[0.0, 2.0], [1.0, 3.0]]), dim=0)
    tensor([1, 2])
    """
    array = array_of(input, "count_nonzero")
    return _count_nonzero(input, axis=axes_of(dim, array.ndim, "count_nonzero"))


METHODS: dict[str, Any] = {
    "sum": sum,
    "mean": mean,
    "prod": prod,
    "nansum": nansum,
    "nanmean": nanmean,
    "any": any,
    "all": all,
    "count_nonzero": count_nonzero,
}
"""What these functions are called as methods of Tensor."""

__all__ = ["all", "any", "count_nonzero", "mean", "nanmean", "nansum", "prod", "sum"]
