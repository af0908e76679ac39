"""Gradient descent with momentum."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays.numpy_blas import add_scaled
from ..tensor.core import Tensor, wrap
from .optimizer import Optimizer, Params, check_options, number


class SGD(Optimizer):
    """Gradient descent: p ← p - lr·v with v ← μ·v + (1 - τ)·(g + λ·p), or with Nesterov's v' = g + λ·p + μ·v.

    Without momentum μ, v is the gradient g + λ·p itself; the first v is the first gradient, undamped.

    Args:
        params: the parameters: tensors, (name, tensor) pairs or groups.
        lr: the learning rate, a number or a tensor of one element.
        momentum: μ.
        dampening: τ.
        weight_decay: λ.
        nesterov: use Nesterov's momentum.
        maximize: climb instead.
        foreach: accepted for torch's sake; the numbers do not depend on it.
        differentiable: not supported.
        fused: accepted for torch's sake; the numbers do not depend on it.

    Raises:
        ValueError: an option is negative, or `nesterov` goes without momentum or with dampening.
        RuntimeError: `foreach` and `fused` at once.
        NotImplementedError: `differentiable`.

    Source: I. Sutskever et al., On the importance of initialization and momentum in deep learning (2013).

    Example:
        >>> import gradiente as torch
        >>> w = torch.tensor([1.0], requires_grad=True)
        >>> optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9)
        >>> for _ in range(2):
        ...     optimizer.zero_grad()
        ...     (w * w).sum().backward()
        ...     optimizer.step()
        >>> w
        tensor([0.4600], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float | Tensor = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_options(lr, 0, differentiable, foreach, fused)
        if momentum < 0.0:
            raise ValueError(f"Invalid momentum value: {momentum}")
        check_options(0, weight_decay, differentiable, foreach, fused)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError(
                f"Nesterov momentum requires a momentum and zero dampening (momentum={momentum}, dampening={dampening})"
            )
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def _options(self, group: dict[str, Any]) -> Any:
        return (
            -number(group["lr"]) if group["maximize"] else number(group["lr"]),
            group["momentum"],
            1 - group["dampening"],
            number(group["weight_decay"]),
            group["nesterov"],
        )

    def _update(self, p: Tensor, g: Any, options: Any) -> None:
        # Climbing is descending with -lr, and with -λ: only the buffer of the velocity has the other sign in torch.
        lr, momentum, share, decay, nesterov = options
        x = p._array
        if momentum == 0 and decay == 0:
            self._descend(x, g, lr)
            return
        climb = lr < 0
        if decay != 0:
            g = g - decay * x if climb else g + decay * x
        if climb:
            g, lr = -g, -lr
        if momentum != 0:
            state = self.state[p]
            buffer = state.get("momentum_buffer")
            if buffer is None:
                velocity = np.array(g, dtype=x.dtype)
                state["momentum_buffer"] = wrap(velocity)
            else:
                velocity = buffer._array
                velocity *= momentum
                velocity += g if share == 1 else share * g
            g = g + momentum * velocity if nesterov else velocity
        self._descend(x, g, lr)

    def _descend(self, x: Any, g: Any, lr: float) -> None:
        """x ← x - lr·g."""
        if not add_scaled(x, -lr, g):
            work = self._scratch(x)
            np.multiply(g, lr, out=work)
            x -= work
