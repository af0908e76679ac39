"""Averaged gradient descent, and steps by the gradients' signs alone: ASGD and Rprop."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
from ._ruled import Ruled, filled
from .optimizer import Params, number


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
        differentiable: not supported.
        capturable: not supported.

    Source: B. Polyak, A. Juditsky, Acceleration of stochastic approximation by averaging (1992).
    """

    _bounds = (("weight_decay", "weight_decay"),)

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
        rate, share = np.float32(number(options["lr"])), np.float32(1)
        average = wrap(np.zeros_like(p._array))
        return {
            **super()._begin(p, options),
            "eta": wrap(np.asarray(rate)),
            "mu": wrap(np.asarray(share)),
            "ax": average,
        }

    def _rule(self, x: Any, g: Any, state: dict[str, Any], t: float, options: dict[str, Any]) -> None:
        lr, lambd = options["lr"], options["lambd"]
        eta, share, average = float(state["eta"]._array), float(state["mu"]._array), state["ax"]._array
        x *= 1 - lambd * eta
        x -= eta * g
        if share == 1:
            average[...] = x
        else:
            average += share * (x - average)
        state["eta"]._array[...] = lr / (1 + lambd * lr * t) ** options["alpha"]
        state["mu"]._array[...] = 1 / max(1, t - options["t0"])


class Rprop(Ruled):
    """Resilient propagation: each element's step grows while its gradient keeps its sign, and shrinks when it changes.

    Args:
        params: the parameters.
        lr: the first step.
        etas: by how much steps shrink and grow.
        step_sizes: the smallest and the largest step.
        capturable: not supported.
        foreach: accepted for torch's sake.
        maximize: climb instead.
        differentiable: not supported.

    Source: M. Riedmiller, H. Braun, A direct adaptive method for faster backpropagation learning (1993).
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        self._prepare(
            params,
            {
                "lr": lr,
                "etas": etas,
                "step_sizes": step_sizes,
                "foreach": foreach,
                "maximize": maximize,
                "differentiable": differentiable,
                "capturable": capturable,
            },
        )

    def _begin(self, p: Tensor, options: dict[str, Any]) -> dict[str, Any]:
        first = filled(p, number(options["lr"]))
        return {**super()._begin(p, options), "prev": wrap(np.zeros_like(p._array)), "step_size": first}

    def _rule(self, x: Any, g: Any, state: dict[str, Any], t: float, options: dict[str, Any]) -> None:
        (less, more), (low, high) = options["etas"], options["step_sizes"]
        before, size = state["prev"]._array, state["step_size"]._array
        agreement = np.sign(g * before)
        size *= np.where(agreement > 0, more, np.where(agreement < 0, less, 1)).astype(size.dtype)
        np.clip(size, low, high, out=size)
        g = np.where(agreement < 0, 0, g).astype(g.dtype)
        x -= np.sign(g) * size
        before[...] = g


__all__ = ["ASGD", "Rprop"]
