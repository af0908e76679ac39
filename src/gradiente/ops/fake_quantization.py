"""Rounding to the numbers that integers of few bits stand for, as quantised models do; gradients pass through."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
from ..tensor.dtypes import SCALAR_NAMES
from ._arguments import need_tensor, wrap_dim
from ._define import primitive
from ._product_checks import scalar_name
from .choices import where

_SUM = {
    name: primitive("add", f"FakeQuantizePer{name}Backward0")
    for name in ("TensorAffineCachemask", "TensorAffineCachemaskTensorQparams", "ChannelAffineCachemask")
}


def _need_range(low: int, high: int, zero: Any) -> None:
    if low > high:
        raise RuntimeError(f"`quant_min` should be less than or         equal to `quant_max`. (They are {low}, {high})")
    if zero is not None and not ((zero >= low) & (zero <= high)).all():
        raise RuntimeError(f"`zero_point` must be between `quant_min` and `quant_max`. ({low} and {high})")


def _rounded(input: Tensor, scale: Any, zero: Any, low: int, high: int, name: str) -> Tensor:
    """scale · (clamp(round(input / scale) + zero, low, high) - zero), whose gradient is 1 where nothing is clamped."""
    if not input.is_floating_point():
        raise NotImplementedError(
            f"\"fake_quantize_tensor_cachemask_kernel_type_handling\" not implemented for '{scalar_name(input)}' "
            "(convert it with .float())"
        )
    x: Any = input.detach()
    x = x if x._array.dtype.kind == "f" and x._array.itemsize > 2 else x.float()
    steps = (x * wrap(np.float32(1) / scale)).round() + wrap(zero)
    found = (where(steps.isnan(), float(low), steps).clamp(low, high) - wrap(zero)) * wrap(scale)
    kept: Any = where((steps >= low) & (steps <= high), input, 0.0)
    return _SUM[name](found.to(input.dtype), kept - kept.detach())


def fake_quantize_per_tensor_affine(
    input: Tensor, scale: float | Tensor, zero_point: int | Tensor, quant_min: int, quant_max: int
) -> Tensor:
    """The nearest of the numbers that integers stand for: scale · (q - zero_point), with q from quant_min to quant_max.

    Args:
        input: floating-point tensor of any shape.
        scale: the step, a number or a tensor of one element; computed with in float32.
        zero_point: the integer that stands for 0.
        quant_min: the smallest integer.
        quant_max: the largest one.

    Returns:
        A tensor of the input's shape and dtype. Its gradient goes to the input where q was not clamped.

    Raises:
        RuntimeError: `quant_min` is larger than `quant_max`, or `zero_point` is outside of them.
        NotImplementedError: the input is not floating-point.

    Source: B. Jacob et al., Quantization and training of neural networks (2018); Y. Bengio et al., Estimating or
    propagating gradients through stochastic neurons (2013), for the gradient.

    Example:
        >>> import gradiente as torch
        >>> torch.fake_quantize_per_tensor_affine(torch.tensor([0.12, 0.26, 5.0]), 0.1, 0, 0, 15)
        tensor([0.1000, 0.3000, 1.5000])
    """
    need_tensor(input, "fake_quantize_per_tensor_affine")
    for value in (scale, zero_point):
        if not isinstance(value, (int, float, Tensor)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(
                "fake_quantize_per_tensor_affine() received an invalid combination of arguments - got (Tensor, "
                f"{type(scale).__name__}, {type(zero_point).__name__}, int, int), but expected one of:\n"
                " * (Tensor input, Tensor scale, Tensor zero_point, int quant_min, int quant_max)\n"
                " * (Tensor input, float scale, int zero_point, int quant_min, int quant_max)"
            )
    tensors = isinstance(scale, Tensor)
    step = np.float32(scale.item() if isinstance(scale, Tensor) else scale)
    zero = np.float32(zero_point.item() if isinstance(zero_point, Tensor) else zero_point)
    _need_range(quant_min, quant_max, None if tensors else zero)
    name = f"TensorAffineCachemask{'TensorQparams' * tensors}"
    return _rounded(input, np.asarray(step), np.asarray(zero), quant_min, quant_max, name)


def fake_quantize_per_channel_affine(
    input: Tensor, scale: Tensor, zero_point: Tensor, axis: int, quant_min: int, quant_max: int
) -> Tensor:
    """The same with a step and a zero point for each slice along a dimension; see `fake_quantize_per_tensor_affine`.

    Args:
        input: floating-point tensor of any shape.
        scale: the steps, float32 of shape (n,), with the size n of the input's dimension `axis`.
        zero_point: the integers that stand for 0, int32, float32 or float16 of shape (n,).
        axis: the dimension.
        quant_min: the smallest integer.
        quant_max: the largest one.

    Returns:
        A tensor of the input's shape and dtype.

    Raises:
        RuntimeError: a shape or dtype is not as described, or a number is out of range.
        IndexError: there is no such dimension.

    Source: B. Jacob et al., Quantization and training of neural networks (2018).

    Example:
        >>> import gradiente as torch
        >>> steps, zeros = torch.tensor([0.1, 1.0]), torch.tensor([0, 0], dtype=torch.int32)
        >>> torch.fake_quantize_per_channel_affine(torch.tensor([[0.26], [0.6]]), steps, zeros, 0, 0, 15)
        tensor([[0.3000],
                [1.0000]])
    """
    function = "fake_quantize_per_channel_affine"
    x = need_tensor(input, function)._array
    steps, zeros = need_tensor(scale, function, "scale", 2)._array, need_tensor(zero_point, function, "zero", 3)._array
    if scale.dtype.name not in ("float32", "bfloat16"):
        raise RuntimeError(f"Scale must be Float or BFloat16, found {SCALAR_NAMES[scale.dtype.name]}")
    if zeros.dtype not in (np.int32, np.float32, np.float16):
        kind = SCALAR_NAMES[zero_point.dtype.name]
        raise RuntimeError(f"Zero-point must be Int32, Float or Half, found {kind} (convert it with .int())")
    if steps.ndim != 1:
        raise RuntimeError(f"scale should be a 1-D tensor (it has shape {list(steps.shape)})")
    if zeros.ndim != 1:
        raise RuntimeError(f"zero point should be a 1-D tensor (it has shape {list(zeros.shape)})")
    if steps.size != zeros.size:
        raise RuntimeError(f"scale and zero-point need to have the same dimensions ({steps.size} and {zeros.size})")
    if not -x.ndim <= axis < x.ndim:
        wrap_dim(axis, x.ndim)
    if axis < 0 or x.shape[axis] != steps.size:
        raise RuntimeError(
            "dimensions of scale and zero-point are not consistent with input tensor "
            f"({steps.size} numbers for dimension {axis} of {list(x.shape)})"
        )
    _need_range(quant_min, quant_max, zeros)
    shape = tuple([-1 if i == axis else 1 for i in range(x.ndim)])
    scales, offsets = (a.astype(np.float32).reshape(shape) for a in (steps, zeros))
    return _rounded(input, scales, offsets, quant_min, quant_max, "ChannelAffineCachemask")


__all__ = ["fake_quantize_per_channel_affine", "fake_quantize_per_tensor_affine"]
