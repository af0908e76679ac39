"""Losses of two classes: of probabilities, of logits, of signs."""

from __future__ import annotations

from typing import Any

from ...arrays.batched import examples
from ...ops._arguments import need_tensor
from ...ops._define import primitive
from ...ops._product_checks import scalar_name, shapes
from ...tensor.core import Tensor
from .reductions import broadcast_shape, matched, need_pair, reduction_name

_bce, _bce_logits, _soft_margin = (
    primitive("binary_cross_entropy"),
    primitive("binary_cross_entropy_with_logits"),
    primitive("soft_margin_loss"),
)


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The binary cross entropy of probabilities: mean of -w·(y·log p + (1 - y)·log(1 - p)).

    The logarithms are taken as at least -100, so that a probability of 0 or 1 gives a finite loss.

    Args:
        input: the probabilities p, of any shape and floating-point dtype.
        target: the true values y from 0 to 1, of the same shape and dtype.
        weight: weights w that can be broadcast to the shape. None: all 1.
        size_average: deprecated, see `reduction`.
        reduce: deprecated, see `reduction`.
        reduction: "mean", "sum", or "none" for the elements' losses.

    Returns:
        The loss: a 0-d tensor, or for "none" a tensor of the input's shape.

    Raises:
        ValueError: the shapes differ, or there is no such reduction.
        RuntimeError: a value is not between 0 and 1, the dtypes differ, or `weight` does not fit.

    Source: I. J. Good, Rational decisions (1952).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.binary_cross_entropy(torch.tensor([0.5, 0.9]), torch.tensor([1.0, 1.0]))
        tensor(0.3993)
    """
    need_pair(input, target, "binary_cross_entropy")
    reduction = reduction_name(reduction, size_average, reduce)
    x, y = input._array, target._array
    if x.shape != y.shape:
        raise ValueError(
            f"Using a target size (torch.Size({list(y.shape)})) that is different to the input size "
            f"(torch.Size({list(x.shape)})) is deprecated. Please ensure they have the same size."
        )
    _need_float(input, "binary_cross_entropy")
    if x.dtype != y.dtype:
        raise RuntimeError(
            f"Found dtype {scalar_name(target)} but expected {scalar_name(input)} "
            f"{shapes(input=input, target=target)}; "
            f"convert the target with .to({input.dtype!r}))"
        )
    for name, array in (("input", examples(x)), ("target", examples(y))):
        if not ((array >= 0) & (array <= 1)).all():
            raise RuntimeError(
                f"all elements of {name} should be between 0 and 1 (they lie between {array.min()} and {array.max()}; "
                "for logits there is binary_cross_entropy_with_logits)"
            )
    weight = _fixed(weight, "weight", 3, "binary_cross_entropy", input)
    return _bce(input, target, weight, reduction=reduction)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """The binary cross entropy of logits: mean of -w·(v·y·log σ(x) + (1 - y)·log(1 - σ(x))), without overflow.

    Args:
        input: the logits x, of any shape and floating-point dtype.
        target: the true values y, of the same shape.
        weight: weights w that can be broadcast to the shape. None: all 1.
        size_average: deprecated, see `reduction`.
        reduce: deprecated, see `reduction`.
        reduction: "mean", "sum", or "none" for the elements' losses.
        pos_weight: weights v of the positive class that can be broadcast to the shape. None: all 1.

    Returns:
        The loss: a 0-d tensor, or for "none" a tensor of the input's shape.

    Raises:
        ValueError: the shapes differ, or there is no such reduction.
        RuntimeError: a weight does not fit or requires a gradient, or the target is not of a floating-point dtype.

    Source: C. M. Bishop, Pattern Recognition and Machine Learning (2006), equation 4.90.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.binary_cross_entropy_with_logits(torch.zeros(3), torch.tensor([0.0, 1.0, 1.0]))
        tensor(0.6931)
    """
    function = "binary_cross_entropy_with_logits"
    if reduction != "mean" or size_average is not None or reduce is not None:
        need_pair(input, target, function)
        reduction = reduction_name(reduction, size_average, reduce)
    try:
        x, y = input._array, target._array
    except AttributeError:
        need_pair(input, target, function)
        raise
    if x.shape != y.shape:
        raise ValueError(
            f"Target size (torch.Size({list(y.shape)})) must be the same as input size (torch.Size({list(x.shape)}))"
        )
    if x.dtype is not y.dtype or x.dtype.kind not in "fV":
        _need_float(input, function)
        if y.dtype.kind not in "fV":
            raise RuntimeError(
                f"result type {scalar_name(input)} can't be cast to the desired output type {scalar_name(target)} "
                f"{shapes(input=input, target=target)}; convert the target with .to({input.dtype!r}))"
            )
        input, target = matched(input, target, function)
    if weight is not None or pos_weight is not None:
        weight = _fixed(weight, "weight", 3, function, input)
        pos_weight = _fixed(pos_weight, "pos_weight", 4, function, input)
    return _bce_logits(input, target, weight, pos_weight, reduction=reduction)


def _need_float(input: Tensor, function: str) -> None:
    if input._array.dtype.kind not in "fV":
        raise NotImplementedError(
            f"\"{function}\" not implemented for '{scalar_name(input)}' "
            f"(`input` has dtype {input.dtype!r}; convert it, for instance with .float())"
        )


def _fixed(weight: Any, name: str, position: int, function: str, input: Tensor) -> Tensor | None:
    """A weight, if it is a constant tensor that can be broadcast to the input."""
    if weight is None:
        return None
    need_tensor(weight, function, name, position)
    if weight._node is not None:
        raise RuntimeError(
            f"The function '{function}' is not differentiable with respect to argument '{name}'. "
            f"This input cannot have requires_grad True. (Give {name}.detach().)"
        )
    shape = input._array.shape
    if broadcast_shape(input, weight) != shape:
        raise RuntimeError(
            f"output with shape {list(shape)} doesn't match the broadcast shape {list(broadcast_shape(input, weight))} "
            f"(`{name}` has more elements than `input`)"
        )
    return weight if weight._array.dtype == input._array.dtype else matched(input, weight, function)[1]


def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The logistic loss of signs: mean of log(1 + e^(-y·x)).

    Args:
        input: the scores x, of any shape and floating-point dtype.
        target: the true signs y, 1 or -1, of the same shape.
        size_average: deprecated, see `reduction`.
        reduce: deprecated, see `reduction`.
        reduction: "mean", "sum", or "none" for the elements' losses.

    Returns:
        The loss: a 0-d tensor, or for "none" a tensor of the input's shape.

    Raises:
        ValueError: no such reduction.
        RuntimeError: the shapes cannot be broadcast.

    Source: T. Hastie, R. Tibshirani, J. Friedman, The Elements of Statistical Learning (2009), equation 10.18.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.soft_margin_loss(torch.tensor([0.0, 2.0]), torch.tensor([1.0, 1.0]), reduction="none")
        tensor([0.6931, 0.1269])
    """
    need_pair(input, target, "soft_margin_loss")
    reduction = reduction_name(reduction, size_average, reduce)
    a, b = matched(input, target, "soft_margin_loss")
    return _soft_margin(a, b, reduction=reduction)


__all__ = ["binary_cross_entropy", "binary_cross_entropy_with_logits", "soft_margin_loss"]
