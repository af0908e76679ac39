"""Losses of regression: how far numbers are from the numbers they should be."""

from __future__ import annotations

from ...ops._define import primitive
from ...ops.arithmetic import sub
from ...ops.parts import abs
from ...tensor.core import Tensor
from .reductions import matched, need_pair, reduced, reduction_name, warn_of_sizes

_mse, _huber, _smooth = primitive("mse_loss"), primitive("huber_loss"), primitive("smooth_l1_loss")
_subtract, _multiply, _divide, _abs, _sum = (
    primitive("subtract"),
    primitive("multiply"),
    primitive("divide"),
    primitive("abs"),
    primitive("sum"),
)


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """The mean squared error: mean of (input - target)².

    Args:
        input: predictions, of any shape and floating-point dtype.
        target: true values, of the same shape (another one is broadcast, with a warning).
        size_average: deprecated, see `reduction`.
        reduce: deprecated, see `reduction`.
        reduction: "mean", "sum", or "none" for the elements' losses.
        weight: weights of the elements' losses, of the same shape; their mean is then weighted. None: all 1.

    Returns:
        The loss: a 0-d tensor, or for "none" a tensor of the operands' shape.

    Raises:
        ValueError: no such reduction, or `weight` has another shape.
        RuntimeError: the shapes cannot be broadcast.

    Source: C. F. Gauss, Theoria combinationis observationum (1821).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.mse_loss(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]))
        tensor(2.)
    """
    if size_average is None and reduce is None and reduction == "mean" and weight is None:
        try:
            x, y = input._array, target._array
        except AttributeError:
            need_pair(input, target, "mse_loss")
            raise
        if x.shape == y.shape and x.dtype is y.dtype and x.dtype.kind == "f":
            return _mse(input, target, reduction="mean")
    need_pair(input, target, "mse_loss")
    reduction = reduction_name(reduction, size_average, reduce)
    warn_of_sizes(input, target)
    a, b = matched(input, target, "mse_cpu")
    if weight is None:
        return _mse(a, b, reduction=reduction)
    return _weighted(_mse(a, b, reduction="none"), weight, reduction)


def _weighted(loss: Tensor, weight: Tensor, reduction: str) -> Tensor:
    """The elements' losses times their weights, and for the mean, over the sum of the weights."""
    if weight._array.shape != loss._array.shape:
        raise ValueError(
            "Weights and input must have the same size. "
            f"(weight: {list(weight._array.shape)}, input: {list(loss._array.shape)})"
        )
    loss = _multiply(loss, weight)
    if reduction == "mean":
        return _divide(reduced(loss, "sum"), _sum(weight, axis=None, keepdims=False))
    return reduced(loss, reduction)


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """The mean absolute error: mean of |input - target|; where the two are equal, the gradient is 0.

    Args:
        input: predictions, of any shape.
        target: true values, of the same shape (another one is broadcast, with a warning).
        size_average: deprecated, see `reduction`.
        reduce: deprecated, see `reduction`.
        reduction: "mean", "sum", or "none" for the elements' losses.
        weight: weights of the elements' losses, of the same shape; their mean is then weighted. None: all 1.

    Returns:
        The loss: a 0-d tensor, or for "none" a tensor of the operands' shape.

    Raises:
        ValueError: no such reduction, or `weight` has another shape.
        RuntimeError: the shapes cannot be broadcast.

    Source: P.-S. Laplace, Sur quelques points du système du monde (1789).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.l1_loss(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]))
        tensor(1.)
    """
    need_pair(input, target, "l1_loss")
    reduction = reduction_name(reduction, size_average, reduce)
    warn_of_sizes(input, target)
    difference = sub(input, target)
    if difference._array.dtype.kind in "biu":
        matched(input, target, "abs_cpu")
    loss = abs(difference)
    return reduced(loss, reduction) if weight is None else _weighted(loss, weight, reduction)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """The smooth absolute error: mean of d²/(2β) where |d| < β, else of |d| - β/2, with d = input - target.

    Args:
        input: predictions, of any shape and floating-point dtype.
        target: true values, of the same shape (another one is broadcast, with a warning).
        size_average: deprecated, see `reduction`.
        reduce: deprecated, see `reduction`.
        reduction: "mean", "sum", or "none" for the elements' losses.
        beta: where the parabola ends, not negative; 0 gives `l1_loss`.

    Returns:
        The loss: a 0-d tensor, or for "none" a tensor of the operands' shape.

    Raises:
        ValueError: no such reduction.
        RuntimeError: the shapes cannot be broadcast, or `beta` is negative.

    Source: R. Girshick, Fast R-CNN (2015), equation 3.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.smooth_l1_loss(torch.tensor([1.0, 2.0]), torch.tensor([1.5, 4.0]), reduction="none")
        tensor([0.1250, 1.5000])
    """
    need_pair(input, target, "smooth_l1_loss")
    reduction = reduction_name(reduction, size_average, reduce)
    warn_of_sizes(input, target)
    a, b = matched(input, target, "smooth_l1_cpu")
    if beta == 0:
        return reduced(_abs(_subtract(a, b)), reduction)
    if beta < 0:
        raise RuntimeError(f"smooth_l1_loss does not support negative values for beta. (beta={beta})")
    return _smooth(a, b, reduction=reduction, beta=beta)


def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None
) -> Tensor:
    """Huber's loss: mean of d²/2 where |d| < δ, else of δ·(|d| - δ/2), with d = input - target.

    Args:
        input: predictions, of any shape and floating-point dtype.
        target: true values, of the same shape (another one is broadcast, with a warning).
        reduction: "mean", "sum", or "none" for the elements' losses.
        delta: where the parabola ends, positive.
        weight: weights of the elements' losses, of the same shape. None: all 1.

    Returns:
        The loss: a 0-d tensor, or for "none" a tensor of the operands' shape.

    Raises:
        ValueError: no such reduction, or `weight` has another shape.
        RuntimeError: the shapes cannot be broadcast, or `delta` is not positive.

    Source: P. J. Huber, Robust estimation of a location parameter (1964).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.huber_loss(torch.tensor([1.0, 2.0]), torch.tensor([1.5, 4.0]), reduction="none", delta=2.0)
        tensor([0.1250, 2.0000])
    """
    need_pair(input, target, "huber_loss")
    reduction = reduction_name(reduction)
    warn_of_sizes(input, target)
    a, b = matched(input, target, "huber_cpu")
    if delta <= 0:
        raise RuntimeError(f"huber_loss does not support non-positive values for delta. (delta={delta})")
    if weight is None:
        return _huber(a, b, reduction=reduction, delta=delta)
    loss = _huber(a, b, reduction="none", delta=delta)
    if weight._array.shape != loss._array.shape:
        _weighted(loss, weight, reduction)
    return reduced(_multiply(loss, weight), reduction)  # unlike the others', torch's mean is not a weighted one here


__all__ = ["huber_loss", "l1_loss", "mse_loss", "smooth_l1_loss"]
