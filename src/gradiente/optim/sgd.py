"""Gradient descent with momentum."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays.numpy_blas import LARGE, add_scaled
from ..tensor.core import Tensor
from ._applied import Tensors, apply
from ._options import check_fused, check_options, number
from ._recorded import first, kept
from .optimizer import Optimizer, Params


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
        differentiable: whether steps are recorded for differentiation; the first v is a constant then, as in torch.
        fused: accepted for torch's sake; the numbers do not depend on it.

    Raises:
        ValueError: an option is negative, or `nesterov` goes without momentum or with dampening.
        RuntimeError: `fused` with `foreach`, with `differentiable` or, at the first step, with complex parameters.

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

    _foreach_recorded = True
    _listed = ("momentum_buffer",)

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
        check_options(lr, 0)
        if momentum < 0.0:
            raise ValueError(f"Invalid momentum value: {momentum}")
        check_options(0, weight_decay)
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
        check_fused(defaults)

    def _options(self, group: dict[str, Any]) -> Any:
        if group["fused"]:
            self._check_fused(group)
        lr, momentum, decay = number(group["lr"]), number(group["momentum"]), number(group["weight_decay"])
        climb = group["maximize"]
        alone = None if momentum != 0 or decay != 0 else -lr if climb else lr
        return alone, lr, momentum, 1 - number(group["dampening"]), decay, group["nesterov"], climb

    def _init_group(self, group: dict[str, Any], params: list[Tensor], grads: list[Tensor], *lists: list[Any]) -> Any:
        super()._init_group(group, params, grads, *lists)
        return False  # whether a gradient is sparse

    def _update(self, p: Tensor, g: Any, options: Any) -> None:
        alone = options[0]
        if alone is not None:  # neither momentum nor decay
            self._descend(p._array, g, alone)
        else:
            self._move(p._array, g, self.state[p] if options[2] != 0 else {}, 0.0, options)

    def _move(self, x: Any, g: Any, state: dict[str, Any], t: float, options: Any) -> None:
        _, lr, momentum, share, decay, nesterov, climb = options
        if decay != 0:
            g = g - decay * x if climb else g + decay * x
        if climb:
            g = -g
        if momentum != 0:
            buffer = state.get("momentum_buffer")
            if buffer is None:
                velocity = first(g)
                state["momentum_buffer"] = kept(velocity)
            else:
                velocity = buffer._array
                velocity *= momentum
                velocity += g if share == 1 else share * g
            g = g + momentum * velocity if nesterov else velocity
        self._descend(x, g, lr)

    def _descend(self, x: Any, g: Any, lr: float) -> None:
        """x ← x - lr·g."""
        if x.size < LARGE:
            x -= lr * g
        elif not add_scaled(x, -lr, g):
            work = self._scratch(x)
            np.multiply(g, lr, out=work)
            x -= work


def sgd(
    params: Tensors,
    d_p_list: Tensors,
    momentum_buffer_list: list[Tensor | None],
    has_sparse_grad: bool = False,
    foreach: bool | None = None,
    fused: bool | None = None,
    grad_scale: Tensor | None = None,
    found_inf: Tensor | None = None,
    *,
    weight_decay: float,
    momentum: float,
    lr: float,
    dampening: float,
    nesterov: bool,
    maximize: bool,
) -> None:
    """Take a step of `SGD` for each parameter; the tensors of the lists change in place.

    Autograd records it where it is on and a tensor requires a gradient.

    Lists:
        params: the parameters.
        d_p_list: their gradients.
        momentum_buffer_list: their velocities; for None that of the first step is put there.

    The other arguments are the options of `SGD`; `has_sparse_grad` is accepted for torch's sake. With `fused`,
    gradients are divided by `grad_scale` first, and `found_inf` says whether the step is left out.

    Raises:
        IndexError: a list is too short.
        RuntimeError: a parameter is a leaf whose history is to be recorded.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.optim.sgd import sgd
        >>> w, velocities = torch.ones(2), [None]
        >>> options = dict(weight_decay=0, momentum=0.9, lr=0.1, dampening=0, nesterov=False, maximize=False)
        >>> sgd([w], [torch.tensor([0.5, -0.5])], velocities, **options)
        >>> w, velocities
        (tensor([0.9500, 1.0500]), [tensor([ 0.5000, -0.5000])])
    """
    buffers = {"momentum_buffer": momentum_buffer_list} if momentum != 0 else {}
    apply(
        SGD,
        params,
        d_p_list,
        buffers,
        None,
        foreach=foreach,
        fused=fused,
        grad_scale=grad_scale,
        found_inf=found_inf,
        weight_decay=weight_decay,
        momentum=momentum,
        lr=lr,
        dampening=dampening,
        nesterov=nesterov,
        maximize=maximize,
    )


__all__ = ["SGD", "sgd"]
