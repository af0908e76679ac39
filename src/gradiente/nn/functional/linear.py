"""The affine map of a layer."""

from __future__ import annotations

from ...ops._arguments import need_tensor
from ...ops._define import primitive
from ...ops._out import into
from ...ops._product_checks import (
    cannot_multiply,
    expandable,
    need_ndim,
    same_dtype,
    same_matrix_dtype,
    scalar_name,
    shapes,
)
from ...ops.arithmetic import add
from ...ops.matrix_products import matmul
from ...tensor.core import Tensor

_linear, _linear_view = primitive("linear"), primitive("linear", "ViewBackward0")
_map, _map_view, _map_vector = (
    primitive("linear_map"),
    primitive("linear_map", "UnsafeViewBackward0"),
    primitive("linear_map", "SqueezeBackward4"),
)


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None, *, out: Tensor | None = None) -> Tensor:
    """The affine map of a fully connected layer: input · weightᵀ + bias.

    Args:
        input: (..., in_features).
        weight: (out_features, in_features), or (in_features,) for a single output, of the input's dtype.
        bias: (out_features,), or what can be broadcast to the result; none by default.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        (..., out_features), of the same dtype; (...) for a vector of weights.

    Raises:
        RuntimeError: the sizes or the dtypes do not fit.

    Source: any book on neural networks.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.linear(torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0]]), torch.tensor([0.5]))
        tensor([[11.5000]])
    """
    if out is not None:
        return into(out, linear(input, weight, bias), "linear", input, weight, bias)
    try:
        x, w = input._array, weight._array
        b = None if bias is None else bias._array
    except AttributeError:
        need_tensor(input, "linear")
        need_tensor(weight, "linear", "weight", 2)
        need_tensor(bias, "linear", "bias", 3)
        raise
    dtype, rank, shape = x.dtype, x.ndim, w.shape
    if rank and len(shape) == 2 and x.shape[-1] == shape[1] and w.dtype is dtype and dtype.kind != "b":
        if b is None:
            return (_map if rank == 2 else _map_vector if rank == 1 else _map_view)(input, weight)
        if b.dtype is dtype and b.shape == shape[:1]:
            return (_linear if rank == 2 else _linear_view)(input, weight, bias)
    _check(input, weight, bias)
    if len(shape) == 1:
        product = matmul(input, weight)
        return product if bias is None else add(product, bias)
    if bias is None:
        return (_map if rank == 2 else _map_vector if rank == 1 else _map_view)(input, weight)
    if b is not None and b.ndim > 1 and rank != 2:
        return add(_map_view(input, weight), bias)
    return (_linear if rank == 2 else _linear_view)(input, weight, bias)


def _check(input: Tensor, weight: Tensor, bias: Tensor | None) -> None:
    """Raise torch's error if the operands do not fit."""
    s, t = input._array.shape, weight._array.shape
    known = shapes(input=input, weight=weight)
    if not s or not t:
        text = f"both arguments to linear need to be at least 1D, but they are {len(s)}D and {len(t)}D"
        raise RuntimeError(f"{text} {known})")
    if len(t) > 2:
        raise RuntimeError(
            f"t() expects a tensor with <= 2 dimensions, but self is {len(t)}D {known}; a weight is a matrix)"
        )
    if len(t) == 1:
        if bias is not None and len(s) > 1:
            need_ndim(weight, 2, "mat2 must be a matrix, got 1-D tensor")
        return
    if s[-1] != t[1]:
        rows = 1
        for n in s[:-1]:
            rows *= n
        raise cannot_multiply((rows, s[-1]), (t[1], t[0]), input=input, weight=weight)
    if bias is None:
        same_matrix_dtype(input, weight, input=input, weight=weight)
        return
    operands = {"input": input, "weight": weight, "bias": bias}
    text = "must have the same dtype, but got"
    same_dtype(f"self and mat2 {text} {scalar_name(bias)} and {scalar_name(weight)}", bias, weight, **operands)
    same_dtype(f"mat1 and mat2 {text} {scalar_name(input)} and {scalar_name(weight)}", input, weight, **operands)
    if bias._array.ndim <= 1 or len(s) == 2:
        rows = 1
        for n in s[:-1]:
            rows *= n
        expandable(bias, (rows, t[0]), "bias")


__all__ = ["linear"]
