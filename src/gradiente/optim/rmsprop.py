"""Steps scaled by a running mean of the squares of the gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
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


__all__ = ["RMSprop"]
