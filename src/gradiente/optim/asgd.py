"""Averaged gradient descent."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
from ._applied import Tensors, apply
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

    _listed = ("mu", "ax", "eta", "step")

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


def asgd(
    params: Tensors,
    grads: Tensors,
    axs: Tensors,
    mus: Tensors,
    etas: Tensors,
    state_steps: Tensors,
    foreach: bool | None = None,
    maximize: bool = False,
    differentiable: bool = False,
    capturable: bool = False,
    has_complex: bool = False,
    *,
    lambd: float,
    lr: float | Tensor,
    t0: float,
    alpha: float,
    weight_decay: float,
) -> None:
    """Take a step of `ASGD` for each parameter; the tensors of the lists change in place.

    Autograd records it where it is on and a tensor requires a gradient.

    Lists:
        params: the parameters.
        grads: their gradients.
        axs: averages of the parameters.
        mus: the shares of the next values in them, tensors of one element.
        etas: the rates now, tensors of one element.
        state_steps: the numbers of steps so far, tensors of one element.

    The other arguments are the options of `ASGD`; `has_complex` is accepted for torch's sake.

    Raises:
        IndexError: a list is too short.
        RuntimeError: a number of steps is no tensor, or a parameter is a leaf whose history is to be recorded.
        AssertionError: `capturable`.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.optim.asgd import asgd
        >>> w, g, step = torch.ones(2), torch.tensor([0.5, -0.5]), torch.tensor(0.0)
        >>> options = dict(lambd=0, lr=0.1, t0=10, alpha=0.75, weight_decay=0)
        >>> asgd([w], [g], [torch.zeros(2)], [torch.tensor(1.0)], [torch.tensor(0.1)], [step], **options)
        >>> w, step
        (tensor([0.9500, 1.0500]), tensor(1.))
    """
    apply(
        ASGD,
        params,
        grads,
        {"ax": axs, "mu": mus, "eta": etas},
        state_steps,
        foreach=foreach,
        maximize=maximize,
        differentiable=differentiable,
        capturable=capturable,
        lambd=lambd,
        lr=lr,
        t0=t0,
        alpha=alpha,
        weight_decay=weight_decay,
    )


__all__ = ["ASGD", "asgd"]
