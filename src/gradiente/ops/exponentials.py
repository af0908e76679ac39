"""What is built from exponentials: logsumexp, softmax, log_softmax."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..tensor.core import Tensor
from ..tensor.dtypes import dtype as Dtype
from ._arguments import named_dim
from ._define import primitive
from ._out import into
from ._reducing import array_of, axes_of, axis_of, cast, float_of, numpy_dtype, type_name, wide_of

_logsumexp, _softmax, _log_softmax = primitive("logsumexp"), primitive("softmax"), primitive("log_softmax")
_clone = primitive("clone")


def logsumexp(input: Tensor, dim: int | Sequence[int], keepdim: bool = False, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of the sum of exponentials along `dim`, without overflow: log Σ e^xᵢ.

    Args:
        input: a tensor; integers are taken in the default floating type.
        dim: a dimension or several.
        keepdim: keep the dimensions, with size 1.
        out: a tensor to write the result to; then no operand may require gradients.

    Of no elements, and where all are -inf, it is -inf; the gradient is 0 there.

    >>> import gradiente as torch
    >>> torch.logsumexp(torch.tensor([1000.0, 1000.0]), dim=0)
    tensor(1000.6932)
    """
    if out is not None:
        return into(out, logsumexp(input, dim, keepdim), "logsumexp", input, cast=True)
    array = array_of(input, "logsumexp")
    axes = axes_of(dim, array.ndim, "logsumexp", keepdim)
    input = float_of(input)
    wide = wide_of(input._array)
    extra: dict[str, Any] = {} if wide is None else {"wide": wide}
    return _logsumexp(input, axis=axes, keepdims=keepdim, **extra)


def _normalised(call: Any, function: str, input: Tensor, dim: Any, dtype: Any) -> Tensor:
    array = array_of(input, function)
    if dtype is not None:
        input = cast(input, numpy_dtype(dtype, function))
    axis = axis_of(dim, array.ndim, function)
    if input._array.dtype.kind in "biuc":
        name = f"{function}_lastdim" if axis >= array.ndim - 1 else function
        raise NotImplementedError(
            f"\"{name}_kernel_impl\" not implemented for '{type_name(input._array)}' "
            "(convert the tensor with .float(), or give dtype=torch.float32)"
        )
    if not array.size:
        return _clone(input)
    wide = wide_of(input._array)
    extra: dict[str, Any] = {} if wide is None else {"wide": wide}
    return call(input, axis=axis if array.ndim else None, **extra)


def softmax(
    input: Tensor,
    dim: int | None = None,
    dtype: Dtype | None = None,
    *,
    axis: int | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Exponentials along `dim`, scaled so that they add up to 1: e^xᵢ / Σⱼ e^xⱼ.

    Args:
        input: a floating-point tensor, or any with such a `dtype`.
        dim: one dimension.
        dtype: the type to which the input is converted first.
        axis: NumPy's name for `dim`.
        out: a tensor to write the result to; then no operand may require gradients.

    Raises NotImplementedError for integers and complex numbers, IndexError for a dimension that does not exist.

    >>> import gradiente as torch
    >>> torch.softmax(torch.tensor([0.0, 0.0, 0.0, 0.0]), dim=0)
    tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """
    if axis is not None:
        dim = named_dim(dim, axis, None, "softmax")
    if out is not None:
        return into(out, softmax(input, dim, dtype), "softmax", input)
    return _normalised(_softmax, "softmax", input, dim, dtype)


def log_softmax(
    input: Tensor,
    dim: int | None = None,
    dtype: Dtype | None = None,
    *,
    axis: int | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The logarithm of `softmax`, without its rounding to 0: xᵢ - log Σⱼ e^xⱼ.

    Args:
        input: a floating-point tensor, or any with such a `dtype`.
        dim: one dimension.
        dtype: the type to which the input is converted first.
        axis: NumPy's name for `dim`.
        out: a tensor to write the result to; then no operand may require gradients.

    Raises NotImplementedError for integers and complex numbers, IndexError for a dimension that does not exist.

    >>> import gradiente as torch
    >>> torch.log_softmax(torch.tensor([0.0, 0.0]), dim=0)
    tensor([-0.6931, -0.6931])
    """
    if axis is not None:
        dim = named_dim(dim, axis, None, "log_softmax")
    if out is not None:
        return into(out, log_softmax(input, dim, dtype), "log_softmax", input)
    return _normalised(_log_softmax, "log_softmax", input, dim, dtype)


METHODS: dict[str, Any] = {"logsumexp": logsumexp, "softmax": softmax, "log_softmax": log_softmax}
"""What these functions are called as methods of Tensor."""

__all__ = ["log_softmax", "logsumexp", "softmax"]
