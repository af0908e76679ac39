"""Optimisers that scale each step by the gradients that were seen: Adagrad, Adadelta, RMSprop."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
from ._ruled import EPS, Ruled, filled, toward
from .optimizer import Params


class Adagrad(Ruled):
    """Adagrad: s ← s + g² and p ← p - lr/(1 + (t - 1)·lr_decay)·g/(√s + ε).

    Args:
        params: the parameters: tensors, (name, tensor) pairs or groups.
        lr: the learning rate.
        lr_decay: how fast it falls.
        weight_decay: λ, with g + λ·p in place of g.
        initial_accumulator_value: s at the start.
        eps: ε.
        foreach: accepted for torch's sake.
        maximize: climb instead.
        differentiable: not supported.
        fused: accepted for torch's sake.

    Source: J. Duchi, E. Hazan, Y. Singer, Adaptive subgradient methods (2011).
    """

    _bounds = (
        ("lr_decay", "lr_decay"),
        ("weight_decay", "weight_decay"),
        ("initial_accumulator_value", "initial_accumulator_value"),
        ("eps", "epsilon"),
    )

    _elementwise = True

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        self._prepare(
            params,
            {
                "lr": lr,
                "lr_decay": lr_decay,
                "eps": eps,
                "weight_decay": weight_decay,
                "initial_accumulator_value": initial_accumulator_value,
                "foreach": foreach,
                "maximize": maximize,
                "differentiable": differentiable,
                "fused": fused,
            },
        )
        for group in self.param_groups:  # the state is there from the start
            for p in group["params"]:
                self.state[p].update(self._begin(p, group))

    def _begin(self, p: Tensor, options: dict[str, Any]) -> dict[str, Any]:
        return {"step": wrap(np.zeros((), np.float32)), "sum": filled(p, options["initial_accumulator_value"])}

    def _rule(self, x: Any, g: Any, state: dict[str, Any], t: float, options: dict[str, Any]) -> None:
        total = state["sum"]._array
        total += g * g
        x -= options["lr"] / (1 + (t - 1) * options["lr_decay"]) * (g / (np.sqrt(total) + options["eps"]))


class Adadelta(Ruled):
    """Adadelta: steps scaled by running means of the squares of the steps and of the gradients.

    Args:
        params: the parameters.
        lr: the learning rate.
        rho: the share of the past in the means.
        eps: added to the means.
        weight_decay: λ, with g + λ·p in place of g.
        foreach: accepted for torch's sake.
        capturable: not supported.
        maximize: climb instead.
        differentiable: not supported.

    Source: M. Zeiler, ADADELTA (2012).
    """

    _bounds = EPS
    _means = ("square_avg", "acc_delta")

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
        capturable: not supported.
        foreach: accepted for torch's sake.
        maximize: climb instead.
        differentiable: not supported.

    Source: T. Hinton, Neural networks for machine learning, lecture 6 (2012).
    """

    _bounds = (*EPS, ("momentum", "momentum"), ("alpha", "alpha"))

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


__all__ = ["Adadelta", "Adagrad", "RMSprop"]
