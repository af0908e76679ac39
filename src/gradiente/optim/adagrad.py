"""Steps scaled by the sum of the squares of all gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor
from ._applied import Tensors, apply
from ._options import scalar
from ._ruled import Ruled, filled
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
        differentiable: whether steps are recorded for differentiation.
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

    _listed = ("sum", "step")

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

    def share_memory(self) -> None:
        """Move the sums into memory that other processes can be given."""
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p]["sum"].share_memory_()

    def _init_group(self, group: dict[str, Any], params: list[Tensor], grads: list[Tensor], *lists: list[Any]) -> Any:
        return False, super()._init_group(group, params, grads, *lists)  # whether a gradient is sparse, one complex

    def _begin(self, p: Tensor, options: dict[str, Any]) -> dict[str, Any]:
        return {"step": scalar(0, options.get("fused")), "sum": filled(p, options["initial_accumulator_value"])}

    def _rule(self, x: Any, g: Any, state: dict[str, Any], t: float, options: dict[str, Any]) -> None:
        total = state["sum"]._array
        total += g * g
        x -= options["lr"] / (1 + (t - 1) * options["lr_decay"]) * (g / (np.sqrt(total) + options["eps"]))


def adagrad(
    params: Tensors,
    grads: Tensors,
    state_sums: Tensors,
    state_steps: Tensors,
    fused: bool | None = None,
    grad_scale: Tensor | None = None,
    found_inf: Tensor | None = None,
    has_sparse_grad: bool = False,
    foreach: bool | None = None,
    differentiable: bool = False,
    has_complex: bool = False,
    *,
    lr: float | Tensor,
    weight_decay: float,
    lr_decay: float,
    eps: float,
    maximize: bool,
) -> None:
    """Take a step of `Adagrad` for each parameter; the tensors of the lists change in place.

    Autograd records it where it is on and a tensor requires a gradient.

    Lists:
        params: the parameters.
        grads: their gradients.
        state_sums: sums of the squares of the gradients.
        state_steps: the numbers of steps so far, tensors of one element.

    The other arguments are the options of `Adagrad`; `has_complex` and `has_sparse_grad` are accepted for torch's
    sake. With `fused`, gradients are divided by `grad_scale` first, and `found_inf` says whether the step is left
    out.

    Raises:
        IndexError: a list is too short.
        RuntimeError: a number of steps is no tensor, or a parameter is a leaf whose history is to be recorded.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.optim.adagrad import adagrad
        >>> w, g, step = torch.ones(2), torch.tensor([0.5, -0.5]), torch.tensor(0.0)
        >>> options = dict(lr=0.1, weight_decay=0, lr_decay=0, eps=1e-8, maximize=False)
        >>> adagrad([w], [g], [torch.zeros(2)], [step], **options)
        >>> w, step
        (tensor([0.9000, 1.1000]), tensor(1.))
    """
    apply(
        Adagrad,
        params,
        grads,
        {"sum": state_sums},
        state_steps,
        fused=fused,
        grad_scale=grad_scale,
        found_inf=found_inf,
        foreach=foreach,
        differentiable=differentiable,
        lr=lr,
        weight_decay=weight_decay,
        lr_decay=lr_decay,
        eps=eps,
        maximize=maximize,
    )


__all__ = ["Adagrad", "adagrad"]
