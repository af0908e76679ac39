"""SparseAdam, whose place is taken by Adam: gradients are dense here."""

from __future__ import annotations

from typing import Any

from ..tensor.core import Tensor
from ._options import number
from .adam import Adam
from .optimizer import Optimizer, Params


class SparseAdam(Optimizer):
    """Adam for sparse gradients. There are none here, and dense ones it refuses, as PyTorch's does: use `Adam`.

    Args:
        params: the parameters: tensors, (name, tensor) pairs or groups.
        lr: the learning rate, a number or a tensor of one element.
        betas: the decay of the running means of the gradients and of their squares.
        eps: is added to the denominator.
        maximize: climb instead.

    Raises:
        ValueError: an option is out of range.
        RuntimeError: at a step with a gradient.

    Example:
        >>> import gradiente as torch
        >>> torch.optim.SparseAdam([torch.ones(1, requires_grad=True)], lr=0.1).param_groups[0]["lr"]
        0.1
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        maximize: bool = False,
    ) -> None:
        given: Any = params if isinstance(params, Tensor) else list(params)
        if not number(lr) > 0.0:
            raise ValueError(f"Invalid learning rate: {lr} (it has to be positive)")
        Adam(given, lr, (betas[0] or 0.0, betas[1] or 0.0), eps)  # which says what is wrong; it takes no 0 of int
        super().__init__(given, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})

    def _options(self, group: dict[str, Any]) -> Any:
        raise RuntimeError(
            "SparseAdam does not support dense gradients, please consider Adam instead (in gradiente all "
            "gradients are dense)"
        )


__all__ = ["SparseAdam"]
