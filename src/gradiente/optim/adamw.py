"""Adam with decoupled weight decay."""

from __future__ import annotations

from ..tensor.core import Tensor
from ._applied import Tensors
from .adam import Adam, adam
from .optimizer import Params


class AdamW(Adam):
    """Adam with decoupled weight decay: p ← p - lr·λ·p, then Adam's step.

    Args:
        params: the parameters: tensors, (name, tensor) pairs or groups.
        lr: the learning rate, a number or a tensor of one element.
        betas: the decay of the running means of the gradients and of their squares.
        eps: is added to the denominator.
        weight_decay: λ.
        amsgrad: use the largest mean square so far.
        maximize: climb instead.
        foreach: accepted for torch's sake; the numbers do not depend on it.
        capturable: for steps in CUDA graphs: on the CPU a step with it raises, as in torch.
        differentiable: whether steps are recorded for differentiation.
        fused: accepted for torch's sake; the numbers do not depend on it.

    Raises:
        ValueError: an option is out of range.
        RuntimeError: `fused` with `foreach`, with `differentiable` or, at the first step, with complex parameters.
        AssertionError: `capturable`, at the first step.

    Source: I. Loshchilov, F. Hutter, Decoupled weight decay regularization (2019).

    Example:
        >>> import gradiente as torch
        >>> w = torch.tensor([1.0], requires_grad=True)
        >>> optimizer = torch.optim.AdamW([w], lr=0.1, weight_decay=0.5)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> w
        tensor([0.8500], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )


def adamw(
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
    *,
    amsgrad: bool,
    beta1: float | Tensor,
    beta2: float | Tensor,
    lr: float | Tensor,
    weight_decay: float,
    eps: float,
    maximize: bool,
) -> None:
    """Take a step of `AdamW` for each parameter; the tensors of the lists change in place.

    Autograd records it where it is on and a tensor requires a gradient.

    Lists:
        params: the parameters.
        grads: their gradients.
        exp_avgs: running means of the gradients.
        exp_avg_sqs: running means of their squares.
        max_exp_avg_sqs: the largest of those so far; empty without `amsgrad`.
        state_steps: the numbers of steps so far, tensors of one element.

    The other arguments are the options of `AdamW`; `has_complex` is accepted for torch's sake. With `fused`,
    gradients are divided by `grad_scale` first, and `found_inf` says whether the step is left out.

    Raises:
        IndexError: a list is too short.
        RuntimeError: a number of steps is no tensor, or a parameter is a leaf whose history is to be recorded.
        AssertionError: `capturable`.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.optim.adamw import adamw
        >>> w, g, step = torch.ones(2), torch.tensor([0.5, -0.5]), torch.tensor(0.0)
        >>> options = dict(amsgrad=False, beta1=0.9, beta2=0.999, lr=0.1, weight_decay=0, eps=1e-8, maximize=False)
        >>> adamw([w], [g], [torch.zeros(2)], [torch.zeros(2)], [], [step], **options)
        >>> w, step
        (tensor([0.9000, 1.1000]), tensor(1.))
    """
    adam(
        params,
        grads,
        exp_avgs,
        exp_avg_sqs,
        max_exp_avg_sqs,
        state_steps,
        foreach,
        capturable,
        differentiable,
        fused,
        grad_scale,
        found_inf,
        has_complex,
        decoupled_weight_decay=True,
        amsgrad=amsgrad,
        beta1=beta1,
        beta2=beta2,
        lr=lr,
        weight_decay=weight_decay,
        eps=eps,
        maximize=maximize,
    )


__all__ = ["AdamW", "adamw"]
