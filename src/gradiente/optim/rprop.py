"""Steps by the signs of the gradients alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
from ._ruled import Ruled, filled
from .optimizer import Params


class Rprop(Ruled):
    """Resilient propagation: each element's step grows while its gradient keeps its sign, and shrinks when it changes.

    Args:
        params: the parameters.
        lr: the first step.
        etas: by how much steps shrink and grow.
        step_sizes: the smallest and the largest step.
        capturable: for steps in CUDA graphs: on the CPU a step with it raises, as in torch.
        foreach: accepted for torch's sake.
        maximize: climb instead.
        differentiable: whether steps are recorded for differentiation.

    Source: M. Riedmiller, H. Braun, A direct adaptive method for faster backpropagation learning (1993).
    """

    _captured = ("params and state_steps", "always")

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
        first = filled(p, options["lr"])
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


__all__ = ["Rprop"]
