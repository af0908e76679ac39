"""Steps scaled by the sum of the squares of all gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor
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
        return {"step": scalar(0, options.get("fused")), "sum": filled(p, options["initial_accumulator_value"])}

    def _rule(self, x: Any, g: Any, state: dict[str, Any], t: float, options: dict[str, Any]) -> None:
        total = state["sum"]._array
        total += g * g
        x -= options["lr"] / (1 + (t - 1) * options["lr_decay"]) * (g / (np.sqrt(total) + options["eps"]))


__all__ = ["Adagrad"]
