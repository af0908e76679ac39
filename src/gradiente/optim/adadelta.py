"""Steps scaled by running means of the squares of steps and gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor
from ._applied import Tensors, apply
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

    _listed = ("square_avg", "acc_delta", "step")

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


def adadelta(
    params: Tensors,
    grads: Tensors,
    square_avgs: Tensors,
    acc_deltas: Tensors,
    state_steps: Tensors,
    capturable: bool = False,
    foreach: bool | None = None,
    differentiable: bool = False,
    has_complex: bool = False,
    *,
    lr: float | Tensor,
    rho: float,
    eps: float,
    weight_decay: float,
    maximize: bool,
) -> None:
    """Take a step of `Adadelta` for each parameter; the tensors of the lists change in place.

    Autograd records it where it is on and a tensor requires a gradient.

    Lists:
        params: the parameters.
        grads: their gradients.
        square_avgs: running means of the squares of the gradients.
        acc_deltas: running means of the squares of the steps.
        state_steps: the numbers of steps so far, tensors of one element.

    The other arguments are the options of `Adadelta`; `has_complex` is accepted for torch's sake.

    Raises:
        IndexError: a list is too short.
        RuntimeError: a number of steps is no tensor, or a parameter is a leaf whose history is to be recorded.
        AssertionError: `capturable`.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.optim.adadelta import adadelta
        >>> w, g, step = torch.ones(2), torch.tensor([0.5, -0.5]), torch.tensor(0.0)
        >>> options = dict(lr=0.1, rho=0.9, eps=1e-8, weight_decay=0, maximize=False)
        >>> adadelta([w], [g], [torch.zeros(2)], [torch.zeros(2)], [step], **options)
        >>> w, step
        (tensor([1.0000, 1.0000]), tensor(1.))
    """
    apply(
        Adadelta,
        params,
        grads,
        {"square_avg": square_avgs, "acc_delta": acc_deltas},
        state_steps,
        capturable=capturable,
        foreach=foreach,
        differentiable=differentiable,
        lr=lr,
        rho=rho,
        eps=eps,
        weight_decay=weight_decay,
        maximize=maximize,
    )


__all__ = ["Adadelta", "adadelta"]
