"""Adam for sparse gradients: only the elements that a gradient names move, and only their running means."""

from __future__ import annotations

from typing import Any

from ..arrays.sparse import SparseArray
from ..tensor.core import Tensor
from ._options import number
from ._ruled import Ruled
from .optimizer import Params


class SparseAdam(Ruled):
    """Adam for sparse gradients, as those of `Embedding(sparse=True)`: what a gradient does not name stays as it is.

    For the elements that the gradient g names, m ← β₁·m + (1 - β₁)·g, v ← β₂·v + (1 - β₂)·g²,
    x ← x - lr·√(1 - β₂ᵗ)/(1 - β₁ᵗ)·m/(√v + eps); the means of all others do not decay.

    Args:
        params: the parameters: tensors, (name, tensor) pairs or groups.
        lr: the learning rate, a number or a tensor of one element.
        betas: the decay of the running means of the gradients and of their squares.
        eps: is added to the denominator.
        maximize: climb instead.

    Raises:
        ValueError: an option is out of range, or a parameter is sparse itself.
        RuntimeError: at a step with a gradient that is not sparse.

    Source: D. P. Kingma, J. Ba, Adam: A method for stochastic optimization (2015).

    Example:
        >>> import gradiente as torch
        >>> table = torch.nn.Embedding(3, 1, sparse=True)
        >>> _ = torch.nn.init.ones_(table.weight)
        >>> optimizer = torch.optim.SparseAdam(table.parameters(), lr=0.1)
        >>> table(torch.tensor([1])).sum().backward()
        >>> optimizer.step()
        >>> table.weight.detach().squeeze()
        tensor([1.0000, 0.9000, 1.0000])
    """

    _bounds = (("eps", "epsilon"),)
    _means = ("exp_avg", "exp_avg_sq")
    _elementwise = False

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
        every = [p for group in self.param_groups for p in group["params"]]
        wrong = [i for i, p in enumerate(every) if p._array.__class__ is SparseArray]
        if wrong:
            raise ValueError(f"Sparse params at indices {wrong}: SparseAdam requires dense parameter tensors")

    def _begin(self, p: Tensor, options: dict[str, Any]) -> dict[str, Any]:
        return {**super()._begin(p, options), "step": 0}

    def _update(self, p: Tensor, g: Any, options: Any) -> None:
        raise RuntimeError(
            "SparseAdam does not support dense gradients, please consider Adam instead (or make them sparse, as "
            "torch.nn.Embedding(..., sparse=True) does)"
        )


__all__ = ["SparseAdam"]
