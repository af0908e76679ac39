"""Adam with decoupled weight decay."""

from __future__ import annotations

from ..tensor.core import Tensor
from .adam import Adam
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


__all__ = ["AdamW"]
