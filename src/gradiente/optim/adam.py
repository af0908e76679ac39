"""Adam: steps scaled by running means of the gradients and of their squares."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
from ._applied import Tensors, apply
from ._options import number
from ._ruled import EPS, Ruled
from .optimizer import Params


class Adam(Ruled):
    """Adam: p ← p - lr·m̂ / (√v̂ + ε), with running means m of the gradients g and v of g².

    m ← β₁·m + (1 - β₁)·g and v ← β₂·v + (1 - β₂)·g²; m̂ = m / (1 - β₁ᵗ) and v̂ = v / (1 - β₂ᵗ) at step t.

    Args:
        params: the parameters: tensors, (name, tensor) pairs or groups.
        lr: the learning rate, a number or a tensor of one element.
        betas: β₁ and β₂.
        eps: ε.
        weight_decay: λ: with g + λ·p in place of g, or decoupled: p ← p - lr·λ·p before the step.
        amsgrad: use the largest v so far.
        foreach: accepted for torch's sake; the numbers do not depend on it.
        maximize: climb instead.
        capturable: for steps in CUDA graphs: on the CPU a step with it raises, as in torch.
        differentiable: whether steps are recorded for differentiation.
        fused: accepted for torch's sake; the numbers do not depend on it.
        decoupled_weight_decay: as AdamW has it.

    Raises:
        ValueError: an option is out of range.
        RuntimeError: `fused` with `foreach`, with `differentiable` or, at the first step, with complex parameters.
        AssertionError: `capturable`, at the first step.

    Source: D. Kingma, J. Ba, Adam: a method for stochastic optimization (2015); amsgrad: S. Reddi, S. Kale, S. Kumar,
    On the convergence of Adam and beyond (2018).

    Example:
        >>> import gradiente as torch
        >>> w = torch.tensor([1.0], requires_grad=True)
        >>> optimizer = torch.optim.Adam([w], lr=0.1)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> w
        tensor([0.9000], requires_grad=True)
    """

    _elementwise = True

    _bounds = EPS
    _means = ("exp_avg", "exp_avg_sq")
    _listed = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq", "step")

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        if isinstance(lr, Tensor) and foreach and not capturable:
            raise ValueError(
                "lr as a Tensor is not supported for capturable=False and foreach=True (leave foreach out: the numbers "
                "do not depend on it)"
            )
        if isinstance(betas[0], Tensor) and isinstance(betas[1], Tensor) and foreach and not capturable:
            raise ValueError(
                "betas[0] as a Tensor is not supported for capturable=False and foreach=True (leave foreach out)"
            )
        self._prepare(
            params,
            {
                "lr": lr,
                "betas": tuple(betas),
                "eps": eps,
                "weight_decay": weight_decay,
                "amsgrad": amsgrad,
                "maximize": maximize,
                "foreach": foreach,
                "capturable": capturable,
                "differentiable": differentiable,
                "fused": fused,
                "decoupled_weight_decay": decoupled_weight_decay,
            },
        )
        if not any(all(isinstance(beta, kind) for beta in betas) for kind in (float, Tensor)):
            kinds = " and ".join(type(beta).__name__ for beta in betas)
            raise ValueError(f"betas must be either both floats or both Tensors (they are {kinds}: write 0.0 for 0)")

    def _options(self, group: dict[str, Any]) -> Any:
        beta1, beta2 = group["betas"]
        return {**super()._options(group), "betas": (number(beta1), number(beta2))}

    def _begin(self, p: Tensor, options: dict[str, Any]) -> dict[str, Any]:
        top = {"max_exp_avg_sq": wrap(np.zeros_like(p._array))} if options["amsgrad"] else {}
        return {**super()._begin(p, options), **top}

    def _rule(self, x: Any, g: Any, state: dict[str, Any], t: float, options: dict[str, Any]) -> None:
        lr, eps = options["lr"], options["eps"]
        beta1, beta2 = options["betas"]
        m, v = state["exp_avg"]._array, state["exp_avg_sq"]._array
        work = self._scratch(x)
        np.subtract(g, m, out=work)
        work *= 1 - beta1
        m += work
        np.multiply(g, g, out=work)
        work *= 1 - beta2
        v *= beta2
        v += work
        if options["amsgrad"]:
            top = state["max_exp_avg_sq"]._array
            v = np.maximum(top, v, out=top)
        # m̂ / (√v̂ + ε), with the roots of both corrections in the numbers instead of in the arrays
        root = (1 - beta2**t) ** 0.5
        np.sqrt(v, out=work)
        work += eps * root
        np.divide(m, work, out=work)
        work *= lr * root / (1 - beta1**t)
        x -= work


def adam(
    params: Tensors,
    grads: Tensors,
    exp_avgs: Tensors,
    exp_avg_sqs: Tensors,
    max_exp_avg_sqs: Tensors,
    state_steps: Tensors,
    foreach: bool | None = None,
    capturable: bool = False,
    differentiable: bool = False,
    fused: bool | None = None,
    grad_scale: Tensor | None = None,
    found_inf: Tensor | None = None,
    has_complex: bool = False,
    decoupled_weight_decay: bool = False,
    *,
    amsgrad: bool,
    beta1: float | Tensor,
    beta2: float | Tensor,
    lr: float | Tensor,
    weight_decay: float,
    eps: float,
    maximize: bool,
) -> None:
    """Take a step of `Adam` for each parameter; the tensors of the lists change in place.

    Autograd records it where it is on and a tensor requires a gradient.

    Lists:
        params: the parameters.
        grads: their gradients.
        exp_avgs: running means of the gradients.
        exp_avg_sqs: running means of their squares.
        max_exp_avg_sqs: the largest of those so far; empty without `amsgrad`.
        state_steps: the numbers of steps so far, tensors of one element.

    The other arguments are the options of `Adam`; `has_complex` is accepted for torch's sake. With `fused`,
    gradients are divided by `grad_scale` first, and `found_inf` says whether the step is left out.

    Raises:
        IndexError: a list is too short.
        RuntimeError: a number of steps is no tensor, or a parameter is a leaf whose history is to be recorded.
        AssertionError: `capturable`.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.optim.adam import adam
        >>> w, g, step = torch.ones(2), torch.tensor([0.5, -0.5]), torch.tensor(0.0)
        >>> options = dict(amsgrad=False, beta1=0.9, beta2=0.999, lr=0.1, weight_decay=0, eps=1e-8, maximize=False)
        >>> adam([w], [g], [torch.zeros(2)], [torch.zeros(2)], [], [step], **options)
        >>> w, step
        (tensor([0.9000, 1.1000]), tensor(1.))
    """
    if foreach and isinstance(lr, Tensor) and not capturable:
        raise RuntimeError("lr as a Tensor is not supported for capturable=False and foreach=True (leave foreach out)")
    apply(
        Adam,
        params,
        grads,
        {"exp_avg": exp_avgs, "exp_avg_sq": exp_avg_sqs, "max_exp_avg_sq": max_exp_avg_sqs},
        state_steps,
        betas=(beta1, beta2),
        foreach=foreach,
        capturable=capturable,
        differentiable=differentiable,
        fused=fused,
        grad_scale=grad_scale,
        found_inf=found_inf,
        decoupled_weight_decay=decoupled_weight_decay,
        amsgrad=amsgrad,
        lr=lr,
        weight_decay=weight_decay,
        eps=eps,
        maximize=maximize,
    )


__all__ = ["Adam", "adam"]
