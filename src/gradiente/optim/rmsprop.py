"""Steps scaled by a running mean of the squares of the gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
from ._applied import Tensors, apply
from ._ruled import EPS, Ruled, toward
from .optimizer import Params


class RMSprop(Ruled):
    """RMSprop: p ← p - lr·g/(√v + ε), v being a running mean of g²; with momentum, and centered, if asked for.

    Args:
        params: the parameters.
        lr: the learning rate.
        alpha: the share of the past in the means.
        eps: ε.
        weight_decay: λ, with g + λ·p in place of g.
        momentum: the share of the last step in the next one.
        centered: whether the variance takes the place of the mean square.
        capturable: for steps in CUDA graphs: on the CPU a step with it raises, as in torch.
        foreach: accepted for torch's sake.
        maximize: climb instead.
        differentiable: whether steps are recorded for differentiation.

    Source: T. Hinton, Neural networks for machine learning, lecture 6 (2012).
    """

    _bounds = (*EPS, ("momentum", "momentum"), ("alpha", "alpha"))

    _captured = ("params and state_steps", "always")
    _elementwise = True

    _listed = ("square_avg", "momentum_buffer", "grad_avg", "step")

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        self._prepare(
            params,
            {
                "lr": lr,
                "momentum": momentum,
                "alpha": alpha,
                "eps": eps,
                "centered": centered,
                "weight_decay": weight_decay,
                "capturable": capturable,
                "foreach": foreach,
                "maximize": maximize,
                "differentiable": differentiable,
            },
        )

    def _begin(self, p: Tensor, options: dict[str, Any]) -> dict[str, Any]:
        names = ["square_avg"] + ["momentum_buffer"] * (options["momentum"] > 0) + ["grad_avg"] * options["centered"]
        return {**super()._begin(p, options), **{name: wrap(np.zeros_like(p._array)) for name in names}}

    def _rule(self, x: Any, g: Any, state: dict[str, Any], t: float, options: dict[str, Any]) -> None:
        alpha, squares = options["alpha"], state["square_avg"]._array
        squares *= alpha
        squares += (1 - alpha) * (g * g)
        spread = squares
        if options["centered"]:
            mean = state["grad_avg"]._array
            toward(mean, g, 1 - alpha)
            spread = squares - mean * mean
        step = g / (np.sqrt(spread) + options["eps"])
        if options["momentum"] > 0:
            buffer = state["momentum_buffer"]._array
            buffer *= options["momentum"]
            buffer += step
            step = buffer
        x -= options["lr"] * step


def rmsprop(
    params: Tensors,
    grads: Tensors,
    square_avgs: Tensors,
    grad_avgs: Tensors,
    momentum_buffer_list: Tensors,
    state_steps: Tensors,
    foreach: bool | None = None,
    maximize: bool = False,
    differentiable: bool = False,
    capturable: bool = False,
    has_complex: bool = False,
    *,
    lr: float | Tensor,
    alpha: float,
    eps: float,
    weight_decay: float,
    momentum: float,
    centered: bool,
) -> None:
    """Take a step of `RMSprop` for each parameter; the tensors of the lists change in place.

    Autograd records it where it is on and a tensor requires a gradient.

    Lists:
        params: the parameters.
        grads: their gradients.
        square_avgs: running means of the squares of the gradients.
        grad_avgs: running means of the gradients; empty unless `centered`.
        momentum_buffer_list: the last steps; empty without `momentum`.
        state_steps: the numbers of steps so far, tensors of one element.

    The other arguments are the options of `RMSprop`; `has_complex` is accepted for torch's sake.

    Raises:
        IndexError: a list is too short.
        RuntimeError: a number of steps is no tensor, or a parameter is a leaf whose history is to be recorded.
        AssertionError: `capturable`.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.optim.rmsprop import rmsprop
        >>> w, g, step = torch.ones(2), torch.tensor([0.5, -0.5]), torch.tensor(0.0)
        >>> options = dict(lr=0.1, alpha=0.75, eps=1e-8, weight_decay=0, momentum=0, centered=False)
        >>> rmsprop([w], [g], [torch.zeros(2)], [], [], [step], **options)
        >>> w, step
        (tensor([0.8000, 1.2000]), tensor(1.))
    """
    apply(
        RMSprop,
        params,
        grads,
        {"square_avg": square_avgs, "grad_avg": grad_avgs, "momentum_buffer": momentum_buffer_list},
        state_steps,
        foreach=foreach,
        maximize=maximize,
        differentiable=differentiable,
        capturable=capturable,
        lr=lr,
        alpha=alpha,
        eps=eps,
        weight_decay=weight_decay,
        momentum=momentum,
        centered=centered,
    )


__all__ = ["RMSprop", "rmsprop"]
