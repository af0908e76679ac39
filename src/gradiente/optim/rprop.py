"""Steps by the signs of the gradients alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
from ._applied import Tensors, apply
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

    _listed = ("prev", "step_size", "step")

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
        size[...] = np.clip(size, low, high)
        g = np.where(agreement < 0, 0, g).astype(g.dtype)
        x -= np.sign(g) * size
        before[...] = g


def rprop(
    params: Tensors,
    grads: Tensors,
    prevs: Tensors,
    step_sizes: Tensors,
    state_steps: Tensors,
    foreach: bool | None = None,
    capturable: bool = False,
    maximize: bool = False,
    differentiable: bool = False,
    has_complex: bool = False,
    *,
    step_size_min: float,
    step_size_max: float,
    etaminus: float,
    etaplus: float,
) -> None:
    """Take a step of `Rprop` for each parameter; the tensors of the lists change in place.

    Autograd records it where it is on and a tensor requires a gradient.

    Lists:
        params: the parameters.
        grads: their gradients.
        prevs: the gradients before.
        step_sizes: the steps of the elements.
        state_steps: the numbers of steps so far, tensors of one element.

    The other arguments are the options of `Rprop`; `has_complex` is accepted for torch's sake. `step_size_min` and
    `step_size_max` are the bounds of the steps, `etaminus` and `etaplus` the factors by which they shrink and grow.

    Raises:
        IndexError: a list is too short.
        RuntimeError: a number of steps is no tensor, or a parameter is a leaf whose history is to be recorded.
        AssertionError: `capturable`.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.optim.rprop import rprop
        >>> w, g, step = torch.ones(2), torch.tensor([0.5, -0.5]), torch.tensor(0.0)
        >>> options = dict(step_size_min=1e-6, step_size_max=50, etaminus=0.5, etaplus=1.2)
        >>> rprop([w], [g], [torch.zeros(2)], [torch.full((2,), 0.1)], [step], **options)
        >>> w, step
        (tensor([0.9000, 1.1000]), tensor(1.))
    """
    apply(
        Rprop,
        params,
        grads,
        {"prev": prevs, "step_size": step_sizes},
        state_steps,
        lr=0.0,
        etas=(etaminus, etaplus),
        step_sizes=(step_size_min, step_size_max),
        foreach=foreach,
        capturable=capturable,
        maximize=maximize,
        differentiable=differentiable,
    )


__all__ = ["Rprop", "rprop"]
