"""Adam with the largest gradient in place of the mean square."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor
from ._ruled import EPS, Ruled, toward
from .optimizer import Params


class Adamax(Ruled):
    """Adamax: Adam with the largest gradient, fading, in place of the mean square.

    Args:
        params: the parameters.
        lr: the learning rate.
        betas: the shares of the past in the mean and in the largest value.
        eps: ε.
        weight_decay: λ, with g + λ·p in place of g.
        foreach: accepted for torch's sake.
        maximize: climb instead.
        differentiable: whether steps are recorded for differentiation.
        capturable: for steps in CUDA graphs: on the CPU a step with it raises, as in torch.

    Source: D. Kingma, J. Ba, Adam: a method for stochastic optimization (2015).
    """

    _bounds = EPS
    _means = ("exp_avg", "exp_inf")

    _elementwise = True

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        self._prepare(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "foreach": foreach,
                "maximize": maximize,
                "differentiable": differentiable,
                "capturable": capturable,
            },
        )

    def _rule(self, x: Any, g: Any, state: dict[str, Any], t: float, options: dict[str, Any]) -> None:
        beta1, beta2 = options["betas"]
        mean, largest = state["exp_avg"]._array, state["exp_inf"]._array
        toward(mean, g, 1 - beta1)
        np.maximum(largest * beta2, np.abs(g) + options["eps"], out=largest)
        x -= options["lr"] / (1 - beta1**t) * (mean / largest)


__all__ = ["Adamax"]
