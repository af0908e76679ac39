"""Running totals: sums, products, extremes and logarithms of sums of all elements up to each one."""

from __future__ import annotations

from typing import Any

from ..tensor.core import Tensor
from ..tensor.dtypes import dtype as Dtype
from . import return_types
from ._define import inplace, primitive
from ._out import into
from ._reducing import array_of, axis_of, cast, totals_dtype, type_name, wide_of

_cumsum, _cumprod = primitive("cumulative_sum"), primitive("cumulative_prod")
_alone_sum, _alone_prod = primitive("clone", "CumsumBackward0"), primitive("clone", "CumprodBackward0")
_argcummax, _argcummin = primitive("argcummax"), primitive("argcummin")
_cummax, _cummin = primitive("pick", "CummaxBackward0"), primitive("pick", "CumminBackward0")
_logcumsumexp, _clone = primitive("logcumsumexp"), primitive("clone", "LogcumsumexpBackward0")


def _running(call: Any, alone: Any, function: str, input: Tensor, dim: Any, dtype: Any) -> Tensor:
    array = array_of(input, function)
    axis = axis_of(dim, array.ndim, function)
    wanted = totals_dtype(input, dtype, function)
    if not array.ndim:
        return alone(input if wanted is None else cast(input, wanted))
    if wanted is None and array.dtype.kind in "biu":  # asked for; NumPy would widen it
        wanted = array.dtype
    if wanted is not None:
        return call(input, axis=axis, dtype=wanted)
    wide = wide_of(array)
    return call(input, axis=axis) if wide is None else call(input, axis=axis, wide=wide)


def cumsum(input: Tensor, dim: int, *, dtype: Dtype | None = None, out: Tensor | None = None) -> Tensor:
    """The sums of the elements up to each one along `dim`: yᵢ = x₁ + … + xᵢ.

    Args:
        input: a tensor of any type.
        dim: one dimension.
        dtype: the type to add up in, which the result has. Without it bools and integers give int64.
        out: a tensor to write the result to; then no operand may require gradients.

    Raises IndexError for a dimension that does not exist.

    >>> import gradiente as torch
    >>> torch.cumsum(torch.tensor([1.0, 2.0, 3.0]), dim=0)
    tensor([1., 3., 6.])
    """
    if out is not None:
        return into(out, cumsum(input, dim, dtype=dtype), "cumsum", input, cast=True)
    return _running(_cumsum, _alone_sum, "cumsum", input, dim, dtype)


def cumprod(input: Tensor, dim: int, *, dtype: Dtype | None = None, out: Tensor | None = None) -> Tensor:
    """The products of the elements up to each one along `dim`: yᵢ = x₁ · … · xᵢ. Zeros do no harm to its derivatives.

    Args:
        input: a tensor of any type.
        dim: one dimension.
        dtype: the type to multiply in, which the result has. Without it bools and integers give int64.
        out: a tensor to write the result to; then no operand may require gradients.

    Raises IndexError for a dimension that does not exist.

    >>> import gradiente as torch
    >>> torch.cumprod(torch.tensor([2.0, 3.0, 4.0]), dim=0)
    tensor([ 2.,  6., 24.])
    """
    if out is not None:
        return into(out, cumprod(input, dim, dtype=dtype), "cumprod", input, cast=True)
    return _running(_cumprod, _alone_prod, "cumprod", input, dim, dtype)


def _extreme(places: Any, pick: Any, results: Any, function: str, input: Tensor, dim: Any) -> Any:
    array = array_of(input, function)
    axis = axis_of(dim, array.ndim, function)
    if array.dtype.kind == "c":
        raise RuntimeError(f"{function}(): does not support complex input")
    indices = places(input, axis=axis)
    return results((pick(input, indices, axis=axis, keepdims=True), indices))


def cummax(input: Tensor, dim: int, *, out: tuple[Tensor, ...] | None = None) -> return_types.cummax:
    """The largest of the elements up to each one along `dim`, and where it is (the last of equal ones).

    Args:
        input: a real tensor.
        dim: one dimension.
        out: a tensor to write the result to; then no operand may require gradients.

    The result is a named tuple `(values, indices)`, the indices int64. NaN counts as the largest.

    >>> import gradiente as torch
    >>> torch.cummax(torch.tensor([1.0, 3.0, 2.0]), dim=0)
    torch.return_types.cummax(
    values=tensor([1., 3., 3.]),
    indices=tensor([0, 1, 1]))
    """
    if out is not None:
        return into(out, cummax(input, dim), "cummax", input)
    return _extreme(_argcummax, _cummax, return_types.cummax, "cummax", input, dim)


def cummin(input: Tensor, dim: int, *, out: tuple[Tensor, ...] | None = None) -> return_types.cummin:
    """The smallest of the elements up to each one along `dim`, and where it is (the last of equal ones).

    Args:
        input: a real tensor.
        dim: one dimension.
        out: a tensor to write the result to; then no operand may require gradients.

    The result is a named tuple `(values, indices)`, the indices int64. NaN counts as the smallest.

    >>> import gradiente as torch
    >>> torch.cummin(torch.tensor([2.0, 3.0, 1.0]), dim=0).values
    tensor([2., 2., 1.])
    """
    if out is not None:
        return into(out, cummin(input, dim), "cummin", input)
    return _extreme(_argcummin, _cummin, return_types.cummin, "cummin", input, dim)


def logcumsumexp(input: Tensor, dim: int, *, out: Tensor | None = None) -> Tensor:
    """The logarithms of the sums of exponentials up to each element along `dim`: yᵢ = log(e^x₁ + … + e^xᵢ).

    Args:
        input: a floating-point or complex tensor.
        dim: one dimension.
        out: a tensor to write the result to; then no operand may require gradients.

    Nothing overflows on the way. Raises NotImplementedError for integers.

    >>> import gradiente as torch
    >>> torch.logcumsumexp(torch.tensor([1000.0, 1000.0, -torch.inf]), dim=0)
    tensor([1000.0000, 1000.6932, 1000.6932])
    """
    if out is not None:
        return into(out, logcumsumexp(input, dim), "logcumsumexp", input)
    array = array_of(input, "logcumsumexp")
    axis = axis_of(dim, array.ndim, "logcumsumexp")
    if array.dtype.kind in "biu":
        raise NotImplementedError(
            f"\"logcumsumexp_out_cpu\" not implemented for '{type_name(array)}' (convert the tensor with .float())"
        )
    return _logcumsumexp(input, axis=axis) if array.ndim else _clone(input)


def _in_place(function: Any) -> Any:
    """The form in place: the result is written in the type of the input, in which the totals are made."""
    call = inplace(function)

    def changed(input: Tensor, dim: int, *, dtype: Dtype | None = None) -> Tensor:
        return call(input, dim, dtype=input.dtype if dtype is None else dtype)

    changed.__name__ = changed.__qualname__ = f"{function.__name__}_"
    return changed


METHODS: dict[str, Any] = {
    "cummax": cummax,
    "cummin": cummin,
    "cumprod": cumprod,
    "cumprod_": _in_place(cumprod),
    "cumsum": cumsum,
    "cumsum_": _in_place(cumsum),
    "logcumsumexp": logcumsumexp,
}
"""What these functions are called as methods of Tensor."""

__all__ = ["cummax", "cummin", "cumprod", "cumsum", "logcumsumexp"]
