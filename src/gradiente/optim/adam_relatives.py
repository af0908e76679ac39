"""Relatives of Adam: Adamax, NAdam, RAdam."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
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
        differentiable: not supported.
        capturable: not supported.

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


class NAdam(Ruled):
    """NAdam: Adam with Nesterov's momentum.

    Args:
        params: the parameters.
        lr: the learning rate.
        betas: the shares of the past in the means of the gradients and of their squares.
        eps: ε.
        weight_decay: λ.
        momentum_decay: how the momentum grows with the steps.
        decoupled_weight_decay: whether p ← p - lr·λ·p takes the place of g + λ·p.
        foreach: accepted for torch's sake.
        maximize: climb instead.
        capturable: not supported.
        differentiable: not supported.

    Source: T. Dozat, Incorporating Nesterov momentum into Adam (2016).
    """

    _bounds = (*EPS, ("momentum_decay", "momentum_decay"))

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        self._prepare(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "momentum_decay": momentum_decay,
                "decoupled_weight_decay": decoupled_weight_decay,
                "maximize": maximize,
                "foreach": foreach,
                "capturable": capturable,
                "differentiable": differentiable,
            },
        )

    def _begin(self, p: Tensor, options: dict[str, Any]) -> dict[str, Any]:
        means = {name: wrap(np.zeros_like(p._array)) for name in ("exp_avg", "exp_avg_sq")}
        return {**super()._begin(p, options), "mu_product": wrap(np.ones((), np.float32)), **means}

    def _rule(self, x: Any, g: Any, state: dict[str, Any], t: float, options: dict[str, Any]) -> None:
        beta1, beta2 = options["betas"]
        decay, lr = options["momentum_decay"], options["lr"]
        mean, squares = state["exp_avg"]._array, state["exp_avg_sq"]._array
        now, following = (beta1 * (1.0 - 0.5 * 0.96 ** (s * decay)) for s in (t, t + 1))
        product = state["mu_product"]._array
        product *= now
        toward(mean, g, 1 - beta1)
        squares *= beta2
        squares += (1 - beta2) * (g * g)
        root = np.sqrt(squares / (1 - beta2**t)) + options["eps"]
        x -= lr * (1.0 - now) / (1.0 - float(product)) * (g / root)
        x -= lr * following / (1.0 - float(product) * following) * (mean / root)


class RAdam(Ruled):
    """RAdam: Adam whose first steps, as long as the mean square is uncertain, are plain momentum.

    Args:
        params: the parameters.
        lr: the learning rate.
        betas: the shares of the past in the means of the gradients and of their squares.
        eps: ε.
        weight_decay: λ.
        decoupled_weight_decay: whether p ← p - lr·λ·p takes the place of g + λ·p.
        foreach: accepted for torch's sake.
        maximize: climb instead.
        capturable: not supported.
        differentiable: not supported.

    Source: L. Liu et al., On the variance of the adaptive learning rate and beyond (2020).
    """

    _bounds = EPS
    _means = ("exp_avg", "exp_avg_sq")

    _elementwise = True

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        self._prepare(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "maximize": maximize,
                "foreach": foreach,
                "capturable": capturable,
                "decoupled_weight_decay": decoupled_weight_decay,
                "differentiable": differentiable,
            },
        )

    def _rule(self, x: Any, g: Any, state: dict[str, Any], t: float, options: dict[str, Any]) -> None:
        beta1, beta2 = options["betas"]
        mean, squares = state["exp_avg"]._array, state["exp_avg_sq"]._array
        toward(mean, g, 1 - beta1)
        squares *= beta2
        squares += (1 - beta2) * (g * g)
        corrected = mean / (1 - beta1**t)
        limit = 2 / (1 - beta2) - 1
        known = limit - 2 * t * beta2**t / (1 - beta2**t)
        if known > 5.0:
            share = ((known - 4) * (known - 2) * limit / ((limit - 4) * (limit - 2) * known)) ** 0.5
            root = (1 - beta2**t) ** 0.5 / (np.sqrt(squares) + options["eps"])
            x -= corrected * options["lr"] * root * share
        else:
            x -= corrected * options["lr"]


__all__ = ["Adamax", "NAdam", "RAdam"]
