"""Adam with Nesterov's momentum."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
from ._applied import Tensors, apply
from ._options import scalar
from ._ruled import EPS, Ruled, real, toward
from .optimizer import Params


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
        capturable: for steps in CUDA graphs: on the CPU a step with it raises, as in torch.
        differentiable: whether steps are recorded for differentiation.

    Source: T. Dozat, Incorporating Nesterov momentum into Adam (2016).
    """

    _bounds = (*EPS, ("momentum_decay", "momentum_decay"))
    _captured = ("params, mu_products{} and state_steps",)
    _numbers = ("step", "mu_product")

    _listed = ("exp_avg", "exp_avg_sq", "mu_product", "step")

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
        return {**super()._begin(p, options), "mu_product": scalar(1), **means}

    def _rule(self, x: Any, g: Any, state: dict[str, Any], t: float, options: dict[str, Any]) -> None:
        beta1, beta2 = options["betas"]
        decay, lr = options["momentum_decay"], options["lr"]
        mean, squares = state["exp_avg"]._array, state["exp_avg_sq"]._array
        now, following = (beta1 * (1.0 - 0.5 * 0.96 ** (s * decay)) for s in (t, t + 1))
        product = state["mu_product"]._array
        product *= now
        product = real(product)
        toward(mean, g, 1 - beta1)
        squares *= beta2
        squares += (1 - beta2) * (g * g)
        root = np.sqrt(squares / (1 - beta2**t)) + options["eps"]
        x -= lr * (1.0 - now) / (1.0 - product) * (g / root)
        x -= lr * following / (1.0 - product * following) * (mean / root)


def nadam(
    params: Tensors,
    grads: Tensors,
    exp_avgs: Tensors,
    exp_avg_sqs: Tensors,
    mu_products: Tensors,
    state_steps: Tensors,
    decoupled_weight_decay: bool = False,
    foreach: bool | None = None,
    capturable: bool = False,
    differentiable: bool = False,
    has_complex: bool = False,
    maximize: bool = False,
    *,
    beta1: float,
    beta2: float,
    lr: float | Tensor,
    weight_decay: float,
    momentum_decay: float,
    eps: float,
) -> None:
    """Take a step of `NAdam` for each parameter; the tensors of the lists change in place.

    Autograd records it where it is on and a tensor requires a gradient.

    Lists:
        params: the parameters.
        grads: their gradients.
        exp_avgs: running means of the gradients.
        exp_avg_sqs: running means of their squares.
        mu_products: the products of the momenta so far, tensors of one element.
        state_steps: the numbers of steps so far, tensors of one element.

    The other arguments are the options of `NAdam`; `has_complex` is accepted for torch's sake.

    Raises:
        IndexError: a list is too short.
        RuntimeError: a number of steps is no tensor, or a parameter is a leaf whose history is to be recorded.
        AssertionError: `capturable`.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.optim.nadam import nadam
        >>> w, g, step = torch.ones(2), torch.tensor([0.5, -0.5]), torch.tensor(0.0)
        >>> options = dict(beta1=0.9, beta2=0.999, lr=0.1, weight_decay=0, momentum_decay=0.004, eps=1e-8)
        >>> nadam([w], [g], [torch.zeros(2)], [torch.zeros(2)], [torch.tensor(1.0)], [step], **options)
        >>> w, step
        (tensor([0.8944, 1.1056]), tensor(1.))
    """
    apply(
        NAdam,
        params,
        grads,
        {"exp_avg": exp_avgs, "exp_avg_sq": exp_avg_sqs, "mu_product": mu_products},
        state_steps,
        betas=(beta1, beta2),
        decoupled_weight_decay=decoupled_weight_decay,
        foreach=foreach,
        capturable=capturable,
        differentiable=differentiable,
        maximize=maximize,
        lr=lr,
        weight_decay=weight_decay,
        momentum_decay=momentum_decay,
        eps=eps,
    )


__all__ = ["NAdam", "nadam"]
