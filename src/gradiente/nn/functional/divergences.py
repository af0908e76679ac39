"""Losses that compare distributions: the Kullback-Leibler divergence, and the likelihoods of Poisson and Gauss."""

from __future__ import annotations

import math
import warnings

import numpy as np

from ...arrays.batched import examples
from ...ops.arithmetic import add, div, mul, sub
from ...ops.choices import clamp_min, where
from ...ops.functions import exp, log, xlogy
from ...ops.powers import square
from ...tensor.core import Tensor, wrap
from .reductions import need_pair, reduced, reduction_name


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """The Kullback-Leibler divergence, point by point: target·(log target - input); 0 where the target is 0.

    Args:
        input: logarithms of probabilities, any shape, floating-point dtype.
        target: probabilities, of a shape that can be broadcast.
        size_average: deprecated, see `reduction`.
        reduce: deprecated, see `reduction`.
        reduction: "batchmean", the sum by the number of samples, as the divergence is defined; "mean", by the number of
            elements; "sum"; or "none" for the points.
        log_target: the target holds logarithms, too.

    Returns:
        The loss: a 0-d tensor, or for "none" one of the operands' shape.

    Raises:
        ValueError: there is no such reduction.
        RuntimeError: the shapes cannot be broadcast, or a dtype is integer.

    Source: S. Kullback and R. A. Leibler, On information and sufficiency (1951).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.kl_div(torch.tensor([[0.5, 0.5]]).log(), torch.tensor([[1.0, 0.0]]), reduction="batchmean")
        tensor(0.6931)
    """
    need_pair(input, target, "kl_div")
    whole = reduction == "batchmean" and size_average is None and reduce is None
    if whole:
        reduction = "sum"
    else:
        older = size_average is not None or reduce is not None
        reduction = reduction_name(reduction, size_average, reduce)
        if reduction == "mean" and not older:
            warnings.warn(
                "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' "
                "divides only by the batch size, and aligns with the KL div math definition.'mean' will be changed to "
                "behave the same as 'batchmean' in the next major release.",
                stacklevel=2,
            )
    for x in (input, target):
        if x._array.dtype.kind in "biu":
            raise RuntimeError(
                f"kl_div: Integral inputs not supported. (Convert {x.dtype!r}, for instance with .float())"
            )
    loss = mul(exp(target), sub(target, input)) if log_target else sub(xlogy(target, target), mul(target, input))
    loss = reduced(loss, reduction)
    return div(loss, input._array.shape[0]) if whole and input._array.ndim else loss


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The negative log-likelihood of counts under Poisson's law with the given rates: rate - target·log(rate).

    Args:
        input: logarithms of the rates, or the rates; any shape, floating-point dtype.
        target: the counts, of a shape that can be broadcast.
        log_input: `input` holds logarithms.
        full: add log(target!) by Stirling's formula, for counts larger than 1.
        size_average: deprecated, see `reduction`.
        eps: what is added to rates in the logarithm.
        reduce: deprecated, see `reduction`.
        reduction: "mean", "sum", or "none" for the elements' losses.

    Returns:
        The loss: a 0-d tensor, or for "none" one of the operands' shape.

    Raises:
        ValueError: there is no such reduction.
        RuntimeError: the shapes cannot be broadcast.

    Source: S. D. Poisson, Recherches sur la probabilité des jugements (1837).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.poisson_nll_loss(torch.tensor([0.0]), torch.tensor([2.0]))
        tensor(1.)
    """
    need_pair(input, target, "poisson_nll_loss")
    reduction = reduction_name(reduction, size_average, reduce)
    loss = sub(exp(input), mul(target, input)) if log_input else sub(input, mul(target, log(add(input, eps))))
    if full:
        several = target > 1
        count = where(several, target, 2.0)  # so that no gradient is infinite where the term is left out
        stirling = add(sub(mul(count, log(count)), count), mul(log(mul(count, 2 * math.pi)), 0.5))
        loss = add(loss, where(several, stirling, 0.0))
    return reduced(loss, reduction)


def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Tensor | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """The negative log-likelihood under Gauss's law: ½(log v + (input - target)²/v) with v = max(var, eps).

    Args:
        input: the means, any shape, floating-point dtype.
        target: the values, of a shape that can be broadcast.
        var: the variances: of the input's shape, or with a last size of 1 or without it; or a number.
        full: add the constant ½ log 2π.
        eps: the least variance; it does not stop the gradient.
        reduction: "mean", "sum", or "none" for the elements' losses.

    Returns:
        The loss: a 0-d tensor, or for "none" one of the operands' shape.

    Raises:
        ValueError: there is no such reduction, or the variances have a wrong shape or are negative.

    Source: D. Nix and A. Weigend, Estimating the mean and variance of the target probability distribution (1994).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.gaussian_nll_loss(torch.tensor([1.0]), torch.tensor([3.0]), torch.tensor([1.0]))
        tensor(2.)
    """
    need_pair(input, target, "gaussian_nll_loss")
    if not isinstance(var, Tensor):
        if var < 0:
            raise ValueError(f"var has negative entry/entries (var={var})")
        var = wrap(np.full(input._array.shape, var, input._array.dtype))
    shape, own = input._array.shape, var._array.shape
    if own != shape:
        if own == shape[:-1]:
            var = var.unsqueeze(-1)
        elif shape[:-1] != own[:-1] or own[-1:] != (1,):
            raise ValueError(f"var is of incorrect size (`var` has shape {list(own)}, `input` {list(shape)})")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not valid (it is one of 'none', 'mean', 'sum')")
    values = examples(var._array)
    if (values < 0).any():
        raise ValueError(f"var has negative entry/entries (the least is {values.min()})")
    kept = add(var, sub(clamp_min(var.detach(), eps), var.detach()))  # the floor is a constant for the gradient
    loss = mul(add(log(kept), div(square(sub(input, target)), kept)), 0.5)
    if full:
        loss = add(loss, 0.5 * math.log(2 * math.pi))
    return reduced(loss, reduction)


__all__ = ["gaussian_nll_loss", "kl_div", "poisson_nll_loss"]
