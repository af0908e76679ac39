"""torch.optim._functional: the step of SparseAdam as a function."""

from __future__ import annotations

import numpy as np

from ..arrays.sparse import SparseArray
from ..graph import user_place, version_of
from ..tensor.core import Tensor
from ._sparse import sparse_adam_rule


def sparse_adam(
    params: list[Tensor],
    grads: list[Tensor],
    exp_avgs: list[Tensor],
    exp_avg_sqs: list[Tensor],
    state_steps: list[int],
    *,
    eps: float,
    beta1: float,
    beta2: float,
    lr: float,
    maximize: bool,
) -> None:
    """Take a step of `SparseAdam` for each parameter; the tensors of the lists change in place.

    Lists:
        params: the parameters.
        grads: their gradients, sparse tensors.
        exp_avgs: the running means of the gradients.
        exp_avg_sqs: those of their squares.
        state_steps: the numbers of the steps, this one counted.

    The other arguments are the options of `SparseAdam`.

    Raises:
        RuntimeError: a gradient is not sparse.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.optim._functional import sparse_adam
        >>> w, g = torch.ones(3), torch.sparse_coo_tensor([[1]], [2.0], (3,))
        >>> means, squares = [torch.zeros(3)], [torch.zeros(3)]
        >>> sparse_adam([w], [g], means, squares, [1], eps=1e-8, beta1=0.9, beta2=0.999, lr=0.1, maximize=False)
        >>> w
        tensor([1.0000, 0.9000, 1.0000])
    """
    options = {"eps": eps, "betas": (beta1, beta2), "lr": lr, "maximize": maximize}
    for i, (p, g) in enumerate(zip(params, grads, strict=False)):
        if g._array.__class__ is not SparseArray:
            raise RuntimeError(
                "sparse_adam(): coalesce expected sparse coordinate tensor layout but got Strided (gradient "
                f"{i}; use adam)"
            )
        with np.errstate(all="ignore"):
            sparse_adam_rule(p._array, g._array, exp_avgs[i]._array, exp_avg_sqs[i]._array, state_steps[i], options)
        for x in (p, exp_avgs[i], exp_avg_sqs[i]):
            version_of(x).bump(user_place(1))


__all__ = ["sparse_adam"]
