"""Batch normalisation put into the weights of the layer before it, for evaluation."""

from __future__ import annotations

import copy
from typing import Any, TypeVar

from ...ops.likes import ones_like, zeros_like
from ...ops.powers import rsqrt
from ...tensor.core import Tensor
from ..modules.module import Module
from ..parameter import Parameter

Layer = TypeVar("Layer", bound=Module)


def fuse_conv_bn_eval(conv: Layer, bn: Any, transpose: bool = False) -> Layer:
    """A convolution that does what a convolution and the batch normalisation after it do in evaluation mode.

    Args:
        conv: the convolution, in evaluation mode.
        bn: the normalisation, in evaluation mode, with running statistics.
        transpose: whether the second dimension of the weight counts the outputs, as in transposed convolutions.

    Returns:
        A new module.

    Raises:
        AssertionError: a module is in training mode, or there are no running statistics.

    Example:
        >>> import gradiente as torch
        >>> conv, bn = torch.nn.Conv1d(2, 3, 1).eval(), torch.nn.BatchNorm1d(3).eval()
        >>> x = torch.randn(1, 2, 5)
        >>> torch.allclose(torch.nn.utils.fuse_conv_bn_eval(conv, bn)(x), bn(conv(x)), atol=1e-6)
        True
    """
    return _fused(conv, bn, lambda w, b, *statistics: fuse_conv_bn_weights(w, b, *statistics, transpose=transpose))


def _fused(layer: Any, bn: Any, fuse: Any) -> Any:
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError(
            "bn.running_mean and bn.running_var must not be None (with track_running_stats=False "
            "there is nothing fixed to put into the weights)"
        )
    made = copy.deepcopy(layer)
    made.weight, made.bias = fuse(made.weight, made.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias)
    return made


def fuse_conv_bn_weights(
    conv_w: Tensor,
    conv_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
    transpose: bool = False,
) -> tuple[Parameter, Parameter]:
    """The weight and bias of the convolution that `fuse_conv_bn_eval` makes: w·s and (b - m)·s + β, s = γ/√(v + ε).

    Args:
        conv_w: w.
        conv_b: b. None: 0.
        bn_rm: the running mean m.
        bn_rv: the running variance v.
        bn_eps: ε.
        bn_w: γ. None: 1.
        bn_b: β. None: 0.
        transpose: whether the second dimension of w counts the outputs.
    """
    gamma = ones_like(bn_rm) if bn_w is None else bn_w
    beta = zeros_like(bn_rm) if bn_b is None else bn_b
    shape = [1] * conv_w.dim()
    shape[1 if transpose else 0] = -1
    return _scaled(conv_w, conv_b, bn_rm, gamma * rsqrt(bn_rv + bn_eps), beta, shape)


def _scaled(
    w: Tensor, b: Tensor | None, mean: Tensor, scale: Tensor, beta: Tensor, shape: list[int]
) -> tuple[Parameter, Parameter]:
    """The parameters after an affine map of each output."""
    bias = zeros_like(mean) if b is None else b
    weight = (w * scale.reshape(shape)).to(w.dtype)
    shifted = ((bias - mean) * scale + beta).to(bias.dtype)
    return Parameter(weight, w.requires_grad), Parameter(shifted, bias.requires_grad)


def fuse_linear_bn_eval(linear: Layer, bn: Any) -> Layer:
    """A linear layer that does what a linear layer and the batch normalisation after it do in evaluation mode.

    Args:
        linear: the layer, in evaluation mode.
        bn: the normalisation, in evaluation mode, with running statistics, of as many features or of one.

    Returns:
        A new module.

    Raises:
        AssertionError: a module is in training mode, or the features do not fit.
    """
    if not (linear.training or bn.training) and linear.out_features != bn.num_features and bn.num_features != 1:  # pyright: ignore  # fmt: skip
        raise AssertionError(
            "To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got "
            f"linear.out_features={linear.out_features} and bn.num_features={bn.num_features}"
        )
    return _fused(linear, bn, fuse_linear_bn_weights)


def fuse_linear_bn_weights(
    linear_w: Tensor,
    linear_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor,
    bn_b: Tensor,
) -> tuple[Parameter, Parameter]:
    """The weight and bias of the layer that `fuse_linear_bn_eval` makes; see `fuse_conv_bn_weights`."""
    return _scaled(linear_w, linear_b, bn_rm, bn_w * rsqrt(bn_rv + bn_eps), bn_b, [-1, 1])


__all__ = ["fuse_conv_bn_eval", "fuse_conv_bn_weights", "fuse_linear_bn_eval", "fuse_linear_bn_weights"]
