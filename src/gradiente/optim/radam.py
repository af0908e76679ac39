"""Adam whose first steps are plain momentum."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor
from ._applied import Tensors, apply
from ._ruled import EPS, Ruled, toward
from .optimizer import Params


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
        capturable: for steps in CUDA graphs: on the CPU a step with it raises, as in torch.
        differentiable: whether steps are recorded for differentiation.

    Source: L. Liu et al., On the variance of the adaptive learning rate and beyond (2020).
    """

    _bounds = EPS
    _means = ("exp_avg", "exp_avg_sq")

    _elementwise = True

    _listed = ("exp_avg", "exp_avg_sq", "step")

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


def radam(
    params: Tensors,
    grads: Tensors,
    exp_avgs: Tensors,
    exp_avg_sqs: Tensors,
    state_steps: Tensors,
    decoupled_weight_decay: bool = False,
    foreach: bool | None = None,
    differentiable: bool = False,
    capturable: bool = False,
    has_complex: bool = False,
    maximize: bool = False,
    *,
    beta1: float,
    beta2: float,
    lr: float | Tensor,
    weight_decay: float,
    eps: float,
) -> None:
    """Take a step of `RAdam` for each parameter; the tensors of the lists change in place.

    Autograd records it where it is on and a tensor requires a gradient.

    Lists:
        params: the parameters.
        grads: their gradients.
        exp_avgs: running means of the gradients.
        exp_avg_sqs: running means of their squares.
        state_steps: the numbers of steps so far, tensors of one element.

    The other arguments are the options of `RAdam`; `has_complex` is accepted for torch's sake.

    Raises:
        IndexError: a list is too short.
        RuntimeError: a number of steps is no tensor, or a parameter is a leaf whose history is to be recorded.
        AssertionError: `capturable`.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.optim.radam import radam
        >>> w, g, step = torch.ones(2), torch.tensor([0.5, -0.5]), torch.tensor(0.0)
        >>> options = dict(beta1=0.9, beta2=0.999, lr=0.1, weight_decay=0, eps=1e-8)
        >>> radam([w], [g], [torch.zeros(2)], [torch.zeros(2)], [step], **options)
        >>> w, step
        (tensor([0.9500, 1.0500]), tensor(1.))
    """
    apply(
        RAdam,
        params,
        grads,
        {"exp_avg": exp_avgs, "exp_avg_sq": exp_avg_sqs},
        state_steps,
        betas=(beta1, beta2),
        decoupled_weight_decay=decoupled_weight_decay,
        foreach=foreach,
        differentiable=differentiable,
        capturable=capturable,
        maximize=maximize,
        lr=lr,
        weight_decay=weight_decay,
        eps=eps,
    )


__all__ = ["RAdam", "radam"]
