"""Losses of several classes with a margin, and of several labels at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...arrays.batched import examples
from ...ops._arguments import need_tensor
from ...ops._define import primitive
from ...ops._factory import constant
from ...ops._product_checks import scalar_name
from ...ops.arithmetic import add, div, mul, neg, sub
from ...ops.choices import clamp_min, where
from ...ops.reductions import mean, sum
from ...ops.shaping import reshape, unsqueeze
from ...tensor.core import Tensor, box, wrap
from .activations import logsigmoid
from .reductions import need_pair, reduction_name

_gather = primitive("gather_along_axis")
_ENDS = {
    name: (primitive("mean", node), primitive("sum", node), primitive("reshape", node))
    for name, node in (("multi", "MultiMarginLossBackward0"), ("label", "MultilabelMarginLossBackward0"))
}


def _finished(loss: Tensor, kind: str, reduction: str, shape: tuple[int, ...]) -> Tensor:
    average, total, itself = _ENDS[kind]
    if reduction == "none":
        return itself(loss, shape=shape)
    return (average if reduction == "mean" else total)(loss, axis=None, keepdims=False)


def _need_matrix(x: Any) -> tuple[int, int]:
    if not x.ndim:
        return 1, 1
    if x.ndim > 2 or x.shape[-1] == 0:
        raise RuntimeError(
            f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list(x.shape)}"
        )
    return (1, x.shape[0]) if x.ndim == 1 else x.shape


def _need_long(target: Tensor) -> None:
    if target._array.dtype != np.int64:
        raise RuntimeError(
            f"expected scalar type Long but found {scalar_name(target)} (`target` holds class numbers: convert it with "
            ".long())"
        )


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The margin loss of several classes: Σᵢ max(0, margin - x[y] + x[i])ᵖ / C over the classes i ≠ y.

    Args:
        input: scores, (N, C) or (C,), floating-point dtype.
        target: the numbers y of the true classes, (N,) or (), int64.
        p: the power, 1 or 2.
        margin: by how much the true class shall be ahead.
        weight: weights of the classes, (C,). None: all 1.
        size_average: deprecated, see `reduction`.
        reduce: deprecated, see `reduction`.
        reduction: "mean", "sum", or "none" for the samples' losses.

    Returns:
        The loss: a 0-d tensor, or for "none" one for each sample.

    Raises:
        ValueError: no such reduction or power.
        RuntimeError: shapes or dtypes do not fit, or a class number is out of range.

    Source: K. Crammer and Y. Singer, On the algorithmic implementation of multiclass kernel-based machines (2001).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.multi_margin_loss(torch.tensor([[0.5, 0.5]]), torch.tensor([1]))
        tensor(0.5000)
    """
    need_pair(input, target, "multi_margin_loss")
    reduction = reduction_name(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError(f"only p == 1 and p == 2 supported (p={p})")
    if weight is not None:
        need_tensor(weight, "multi_margin_loss", "weight", 5)
        if weight.requires_grad:
            raise RuntimeError(
                "The function 'multi_margin_loss' is not differentiable with respect to argument 'weight'. This input "
                "cannot have requires_grad True."
            )
        if weight._array.ndim != 1:
            raise ValueError(f"weight must be one-dimensional (it has shape {list(weight._array.shape)})")
    x, y = input._array, target._array
    samples, classes = _need_matrix(x)
    if y.ndim > 1 or y.size != samples:
        raise RuntimeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch "
            f"size). Expected target size [{samples}], but got {list(y.shape)}. Input has shape {list(x.shape)}."
        )
    if weight is not None and weight._array.size != classes:
        raise RuntimeError(f"inconsistent weight size, expected {classes} but got {list(weight._array.shape)}")
    _need_long(target)
    numbers = examples(y)
    if numbers.size and (numbers.min() < 0 or numbers.max() >= classes):
        raise RuntimeError(f"target out of range (the classes are numbered from 0 to {classes - 1})")
    scores, index = reshape(input, (samples, classes)), reshape(target, (samples, 1))
    ahead = clamp_min(add(sub(scores, _gather(scores, index, axis=1)), margin), 0)
    if p == 2:
        ahead = mul(ahead, ahead)
    if weight is not None:
        ahead = mul(ahead, _gather(reshape(weight.expand(samples, classes), (samples, classes)), index, axis=1))
    others = constant(index, np.arange(classes)) != index
    loss = div(sum(where(others, ahead, 0.0), 1), classes)
    return _finished(loss, "multi", reduction, y.shape)


def multilabel_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The margin loss of several labels: Σᵢⱼ max(0, 1 - (x[yⱼ] - x[i])) / C over true classes yⱼ and all others i.

    Args:
        input: scores, (N, C) or (C,), floating-point dtype.
        target: the numbers of the true classes, as many as there are before the first -1; of the same shape, int64.
        size_average: deprecated, see `reduction`.
        reduce: deprecated, see `reduction`.
        reduction: "mean", "sum", or "none" for the samples' losses.

    Returns:
        The loss: a 0-d tensor, or for "none" one for each sample.

    Raises:
        ValueError: there is no such reduction.
        RuntimeError: shapes or dtypes do not fit, or a class number is out of range.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.multilabel_margin_loss(torch.tensor([0.5, 0.5, 0.0]), torch.tensor([0, -1, 1]))
        tensor(0.5000)
    """
    need_pair(input, target, "multilabel_margin_loss")
    reduction = reduction_name(reduction, size_average, reduce)
    x, y = input._array, target._array
    samples, classes = _need_matrix(x)
    if y.shape != x.shape:
        raise RuntimeError(f"inconsistent target size: {list(y.shape)} for input of size: {list(x.shape)}")
    numbers = examples(y)
    if numbers.size and (numbers.min() < -1 or numbers.max() >= classes):
        raise RuntimeError(f"argument #2 'target' is out of range (the classes are numbered from 0 to {classes - 1})")
    _need_long(target)
    listed = box(np.cumulative_sum((y == -1).astype(np.int64), axis=-1) == 0).reshape(samples, classes)
    index = wrap(box(np.where(listed, y.reshape(samples, classes), 0)))
    true = wrap(box(np.any((index._array[..., None] == np.arange(classes)) & listed[..., None], axis=1)))
    scores = reshape(input, (samples, classes))
    wanted = unsqueeze(_gather(scores, index, axis=1), 2)
    ahead = clamp_min(add(sub(unsqueeze(scores, 1), wanted), 1), 0)
    counted = wrap(box(listed[..., None] & ~true._array[:, None, :]))
    loss = div(sum(where(counted, ahead, 0.0), (1, 2)), classes)
    return _finished(loss, "label", reduction, x.shape[:-1])


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The mean over the classes of -(y·log σ(x) + (1 - y)·log σ(-x)).

    Args:
        input: logits x, (N, C) or (C,), floating-point dtype.
        target: the true values y, 0 or 1, of the same shape.
        weight: weights of the classes, (C,). None: all 1.
        size_average: deprecated, see `reduction`.
        reduce: deprecated, see `reduction`.
        reduction: "mean", "sum", or "none" for the samples' losses.

    Returns:
        The loss: a 0-d tensor, or for "none" one for each sample.

    Raises:
        ValueError: there is no such reduction.
        RuntimeError: the shapes cannot be broadcast.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.multilabel_soft_margin_loss(torch.zeros(1, 2), torch.tensor([[1.0, 0.0]]))
        tensor(0.6931)
    """
    need_pair(input, target, "multilabel_soft_margin_loss")
    reduction = reduction_name(reduction, size_average, reduce)
    loss = neg(add(mul(target, logsigmoid(input)), mul(add(neg(target), 1), logsigmoid(neg(input)))))
    if weight is not None:
        loss = mul(loss, weight)
    loss = div(sum(loss, -1), input._array.shape[-1])
    return loss if reduction == "none" else mean(loss) if reduction == "mean" else sum(loss)


__all__ = ["multi_margin_loss", "multilabel_margin_loss", "multilabel_soft_margin_loss"]
