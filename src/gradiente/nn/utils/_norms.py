"""The mathematics of weight and spectral normalisation, which two interfaces share: hooks and parametrizations."""

from __future__ import annotations

from typing import Any

from ...autograd.grad_mode import no_grad
from ...ops.spreads import vector_norm
from ...tensor.core import Tensor
from ..functional.distances import normalize
from ..modules.conv import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d


def norm_except(v: Tensor, dim: int) -> Tensor:
    """The norm over all dimensions but one, which are kept with length 1; with -1, over all."""
    if dim == -1:
        return vector_norm(v)
    if not -v.dim() <= dim < v.dim():
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-v.dim()}, {v.dim() - 1}], but got {dim})"
        )
    others = tuple(d for d in range(v.dim()) if d != dim % v.dim())
    return vector_norm(v, dim=others, keepdim=True) if others else v.abs()


def weight_normalised(v: Tensor, g: Tensor, dim: int) -> Tensor:
    """g·v/‖v‖."""
    return v * (g / norm_except(v, dim))


def output_dimension(module: Any, dim: int | None) -> int:
    """The dimension of a layer's weight that counts its outputs."""
    if dim is not None:
        return dim
    return 1 if isinstance(module, (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)) else 0


def as_matrix(weight: Tensor, dim: int) -> Tensor:
    """The weight with the dimension `dim` as rows and all others as columns."""
    if dim != 0:
        weight = weight.permute(dim, *(d for d in range(weight.dim()) if d != dim))
    return weight.flatten(1)


def iterate_power(matrix: Tensor, u: Tensor, v: Tensor, eps: float, *, left: bool, right: bool) -> None:
    """Bring unit vectors closer to the singular vectors of the largest singular value, in place.

    `left`: u ← A·v/‖A·v‖. `right`: v ← Aᴴ·u/‖Aᴴ·u‖.
    """
    with no_grad():
        if left:
            u.copy_(normalize(matrix.mv(v), dim=0, eps=eps))
        if right:
            v.copy_(normalize(matrix.mH.mv(u), dim=0, eps=eps))


def random_unit(like: Tensor, size: int, eps: float) -> Tensor:
    """A random unit vector with the dtype of `like`."""
    return normalize(like.new_empty(size).normal_(0, 1), dim=0, eps=eps)


__all__ = ["as_matrix", "iterate_power", "norm_except", "output_dimension", "random_unit", "weight_normalised"]
