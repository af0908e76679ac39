"""Adam with the largest gradient in place of the mean square."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor
from ._applied import Tensors, apply
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

    _listed = ("exp_avg", "exp_inf", "step")

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


def adamax(
    params: Tensors,
    grads: Tensors,
    exp_avgs: Tensors,
    exp_infs: Tensors,
    state_steps: Tensors,
    foreach: bool | None = None,
    maximize: bool = False,
    differentiable: bool = False,
    capturable: bool = False,
    has_complex: bool = False,
    *,
    eps: float,
    beta1: float,
    beta2: float,
    lr: float | Tensor,
    weight_decay: float,
) -> None:
    """Take a step of `Adamax` for each parameter; the tensors of the lists change in place.

    Autograd records it where it is on and a tensor requires a gradient.

    Lists:
        params: the parameters.
        grads: their gradients.
        exp_avgs: running means of the gradients.
        exp_infs: the largest gradients, fading.
        state_steps: the numbers of steps so far, tensors of one element.

    The other arguments are the options of `Adamax`; `has_complex` is accepted for torch's sake.

    Raises:
        IndexError: a list is too short.
        RuntimeError: a number of steps is no tensor, or a parameter is a leaf whose history is to be recorded.
        AssertionError: `capturable`.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.optim.adamax import adamax
        >>> w, g, step = torch.ones(2), torch.tensor([0.5, -0.5]), torch.tensor(0.0)
        >>> options = dict(eps=1e-8, beta1=0.9, beta2=0.999, lr=0.1, weight_decay=0)
        >>> adamax([w], [g], [torch.zeros(2)], [torch.zeros(2)], [step], **options)
        >>> w, step
        (tensor([0.9000, 1.1000]), tensor(1.))
    """
    apply(
        Adamax,
        params,
        grads,
        {"exp_avg": exp_avgs, "exp_inf": exp_infs},
        state_steps,
        betas=(beta1, beta2),
        foreach=foreach,
        maximize=maximize,
        differentiable=differentiable,
        capturable=capturable,
        eps=eps,
        lr=lr,
        weight_decay=weight_decay,
    )


__all__ = ["Adamax", "adamax"]
