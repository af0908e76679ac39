"""Steps scaled by running means of the squares of steps and gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor
from ._ruled import EPS, Ruled, toward
from .optimizer import Params


class Adadelta(Ruled):
    """Adadelta: steps scaled by running means of the squares of the steps and of the gradients.

    Args:
        params: the parameters.
        lr: the learning rate.
        rho: the share of the past in the means.
        eps: added to the means.
        weight_decay: λ, with g + λ·p in place of g.
        foreach: accepted for torch's sake.
        capturable: for steps in CUDA graphs: on the CPU a step with it raises, as in torch.
        maximize: climb instead.
        differentiable: whether steps are recorded for differentiation.

    Source: M. Zeiler, ADADELTA (2012).
    """

    _bounds = EPS
    _means = ("square_avg", "acc_delta")

    _captured = ("params and state_steps", "never")
    _elementwise = True

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        self._prepare(
            params,
            {
                "lr": lr,
                "rho": rho,
                "eps": eps,
                "weight_decay": weight_decay,
                "maximize": maximize,
                "capturable": capturable,
                "foreach": foreach,
                "differentiable": differentiable,
            },
        )

    def _rule(self, x: Any, g: Any, state: dict[str, Any], t: float, options: dict[str, Any]) -> None:
        rho, eps = options["rho"], options["eps"]
        squares, steps = state["square_avg"]._array, state["acc_delta"]._array
        toward(squares, g * g, 1 - rho)
        step = np.sqrt(steps + eps) / np.sqrt(squares + eps) * g
        toward(steps, step * step, 1 - rho)
        x -= options["lr"] * step


__all__ = ["Adadelta"]
