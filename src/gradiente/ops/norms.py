"""Slices of bounded norm."""

from __future__ import annotations

from typing import Any

from ..tensor.core import Tensor
from ._arguments import need_tensor, wrap_dim
from ._define import inplace
from ._numbers import need_number
from ._out import into
from .choices import where
from .spreads import vector_norm


def renorm(input: Tensor, p: float, dim: int, maxnorm: float, *, out: Tensor | None = None) -> Tensor:
    """The slices along `dim`, each scaled down to the p-norm `maxnorm` if its norm is larger.

    Args:
        input: a floating-point or complex tensor of at least two dimensions.
        p: the order of the norm, positive.
        dim: the dimension that counts the slices.
        maxnorm: the largest norm that stays as it is, not negative.
        out: a tensor to write the result to; then no operand may require gradients.

    RuntimeError for other arguments. The scale is maxnorm / (norm + 10⁻⁷), as in torch.

    >>> import gradiente as torch
    >>> torch.renorm(torch.tensor([[3.0, 4.0], [0.3, 0.4]]), 2, 0, 1.0)
    tensor([[0.6000, 0.8000],
            [0.3000, 0.4000]])
    """
    if out is not None:
        return into(out, renorm(input, p, dim, maxnorm), "renorm", input)
    ndim = need_tensor(input, "renorm")._array.ndim
    p, maxnorm = need_number(p, "renorm", "p", 2), need_number(maxnorm, "renorm", "maxnorm", 4)  # pyright: ignore
    if isinstance(p, complex):
        raise RuntimeError("renorm: p must be real-valued")
    if p <= 0:
        raise RuntimeError(f"renorm: non-positive-norm not supported (p is {p})")
    if isinstance(maxnorm, complex):
        raise RuntimeError("renorm: maxnorm must be real-valued")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm:g}")
    if ndim <= 1:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {ndim} dimensions")
    kept = wrap_dim(dim, ndim)
    norms: Any = vector_norm(input, p, tuple([d for d in range(ndim) if d != kept]), True)
    return input * where(norms > maxnorm, maxnorm / (norms + 1e-7), 1.0)


METHODS: dict[str, Any] = {"renorm": renorm, "renorm_": inplace(renorm)}
"""What these functions are called as methods of Tensor."""

__all__ = ["renorm"]
