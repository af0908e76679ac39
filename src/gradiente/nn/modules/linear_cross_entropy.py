"""The last layer of a classifier and its loss in one module."""

from __future__ import annotations

import math
from typing import Any

from ...tensor.core import Tensor
from .. import functional as F
from .linear import Linear
from .linear_cross_entropy_options import LinearCrossEntropyOptions
from .module import Module


class LinearCrossEntropyLoss(Module):
    """The cross entropy of an affine map of the input, `linear`, which is part of the module.

    Args:
        in_features: size of each input.
        num_classes: number of classes, C.
        out_features: sizes of the further dimensions of targets.
        bias: whether the affine map has one.
        device: where its parameters are.
        dtype: of its parameters; the default dtype if None.
        reduction: "mean", "sum", or "none" for the samples' losses.
        weight: weights of the classes, (C,). None: all 1.
        ignore_index: samples of this class are left out; None for -100. Not for probabilities.
        label_smoothing: how much of the target is spread over all classes, from 0 to 1.
        options: whether and how the logits are computed in parts; see `LinearCrossEntropyOptions`.

    Raises:
        RuntimeError: `weight` or `label_smoothing` does not fit.

    Example:
        >>> import gradiente as torch
        >>> torch.nn.LinearCrossEntropyLoss(3, 4)(torch.zeros(2, 3), torch.tensor([0, 3]))
        tensor(1.3863, grad_fn=<NllLossBackward0>)
    """

    def __init__(
        self,
        in_features: int,
        num_classes: int,
        *,
        out_features: tuple[int, ...] = (),
        bias: bool = False,
        device: Any = None,
        dtype: Any = None,
        reduction: str = "mean",
        weight: Tensor | None = None,
        ignore_index: int | None = None,
        label_smoothing: float = 0.0,
        options: LinearCrossEntropyOptions | None = None,
    ) -> None:
        super().__init__()
        self.reduction: str = reduction
        if weight is not None and tuple(weight.shape) != (num_classes,):
            raise RuntimeError(f"expected weight shape to be {(num_classes,)}, got {tuple(weight.shape)}")
        if not 0.0 <= label_smoothing <= 1.0:
            raise RuntimeError(f"expected label_smoothing to be in range [0, 1], got {label_smoothing}")
        self.register_buffer("weight", weight)
        self.num_classes: int = num_classes
        self.out_features: tuple[int, ...] = tuple(out_features)
        self.ignore_index: int | None = ignore_index
        self.label_smoothing: float = label_smoothing
        self.options: LinearCrossEntropyOptions | None = options
        self.linear: Linear = Linear(in_features, num_classes * math.prod(self.out_features), bias, device, dtype)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss."""
        layer, sizes = self.linear, (self.num_classes, *self.out_features)
        many = bool(self.out_features)
        weight: Any = layer.weight.reshape(*sizes, layer.in_features) if many else layer.weight
        bias: Any = layer.bias.reshape(sizes) if many and layer.bias is not None else layer.bias
        return F.linear_cross_entropy(
            input,
            weight,
            target,
            linear_bias=bias,
            weight=self.weight,  # pyright: ignore[reportArgumentType] - a buffer
            reduction=self.reduction,
            ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing,
            options=self.options,
        )

    def extra_repr(self) -> str:
        """What is shown beside the affine map."""
        layer = self.linear
        return (
            f"in_features={layer.in_features}, num_classes={self.num_classes}, out_features={self.out_features}, "
            f"bias={layer.bias is not None}, reduction={self.reduction}, ignore_index={self.ignore_index}, "
            f"label_smoothing={self.label_smoothing}, options={self.options!r}"
        )


__all__ = ["LinearCrossEntropyLoss"]
