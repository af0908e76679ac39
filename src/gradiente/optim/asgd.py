"""Averaged gradient descent."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
from ._options import scalar
from ._recorded import Recorded
from ._ruled import Ruled, real
from .optimizer import Params


class ASGD(Ruled):
    """Averaged stochastic gradient descent; the average is the state `ax`.

    Args:
        params: the parameters.
        lr: the learning rate.
        lambd: how fast parameters decay.
        alpha: the exponent by which the learning rate falls.
        t0: the step at which averaging begins.
        weight_decay: λ, with g + λ·p in place of g.
        foreach: accepted for torch's sake.
        maximize: climb instead.
        differentiable: whether steps are recorded for differentiation.
        capturable: for steps in CUDA graphs: on the CPU a step with it raises, as in torch.

    Source: B. Polyak, A. Juditsky, Acceleration of stochastic approximation by averaging (1992).
    """

    _bounds = (("weight_decay", "weight_decay"),)
    _captured = ("params, mus, etas, and state_steps",)
    _numbers = ("step", "eta", "mu")

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        self._prepare(
            params,
            {
                "lr": lr,
                "lambd": lambd,
                "alpha": alpha,
                "t0": t0,
                "weight_decay": weight_decay,
                "foreach": foreach,
                "maximize": maximize,
                "differentiable": differentiable,
                "capturable": capturable,
            },
        )

    def _begin(self, p: Tensor, options: dict[str, Any]) -> dict[str, Any]:
        average, lr = wrap(np.zeros_like(p._array)), options["lr"]
        first = lr.like(scalar(0)) if isinstance(lr, Recorded) else scalar(lr)
        return {**super()._begin(p, options), "eta": first, "mu": scalar(1), "ax": average}

    def _rule(self, x: Any, g: Any, state: dict[str, Any], t: float, options: dict[str, Any]) -> None:
        lr, lambd = options["lr"], options["lambd"]
        eta, share, average = real(state["eta"]._array), real(state["mu"]._array), state["ax"]._array
        x *= 1 - lambd * eta
        x -= eta * g
        if share == 1:
            average[...] = x
        else:
            average += share * (x - average)
        state["eta"]._array[...] = lr / (1 + lambd * lr * t) ** options["alpha"]
        state["mu"]._array[...] = 1 / max(1, t - options["t0"])


__all__ = ["ASGD"]
