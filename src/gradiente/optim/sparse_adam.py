"""SparseAdam, whose place is taken by Adam: gradients are dense here."""

from __future__ import annotations

from typing import Any

from ..tensor.core import Tensor
from ._options import number
from ._ruled import Ruled
from .optimizer import Params


class SparseAdam(Ruled):
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

    _bounds = (("eps", "epsilon"),)

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        maximize: bool = False,
    ) -> None:
        if not number(lr) > 0.0:
            raise ValueError(f"Invalid learning rate: {lr} (it has to be positive)")
        self._prepare(params, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})

    def _options(self, group: dict[str, Any]) -> Any:
        raise RuntimeError(
            "SparseAdam does not support dense gradients, please consider Adam instead (in gradiente all "
            "gradients are dense)"
        )


__all__ = ["SparseAdam"]
