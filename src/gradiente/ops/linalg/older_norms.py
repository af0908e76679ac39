"""Norms by the names that torch had for them before torch.linalg."""

from __future__ import annotations

from collections.abc import Sequence

from ...tensor.core import Tensor
from .._arguments import need_tensor
from .._out import into
from .._sizes import integers
from ..permuting import transpose
from ..spreads import norm
from .norms import matrix_norm


def frobenius_norm(
    input: Tensor, dim: int | Sequence[int], keepdim: bool = False, *, out: Tensor | None = None
) -> Tensor:
    """The root of the sum of squares along one or two dimensions: √Σ |xᵢ|². Deprecated: use `linalg.vector_norm`.

    RuntimeError for more than two dimensions.

    >>> import gradiente as torch
    >>> torch.frobenius_norm(torch.ones(2, 8), dim=1)
    tensor([2.8284, 2.8284])
    """
    if out is not None:
        return into(out, frobenius_norm(input, dim, keepdim), "frobenius_norm", input)
    dims = integers((dim,), "frobenius_norm", "dim")
    if len(dims) > 2:
        raise RuntimeError(
            f"Expected at most 2 dimensions, but got {len(dims)} dimensions instead. "
            "(linalg.vector_norm takes any number)"
        )
    return norm(need_tensor(input, "frobenius_norm"), 2, dims or None, keepdim)


def nuclear_norm(
    input: Tensor, dim: Sequence[int] | None = None, keepdim: bool = False, *, out: Tensor | None = None
) -> Tensor:
    """The sum of the singular values of matrices. Deprecated: use `linalg.matrix_norm(A, "nuc")`.

    RuntimeError unless `dim`, the matrices' dimensions, by default the last two, are two.

    >>> import gradiente as torch
    >>> torch.nuclear_norm(torch.eye(3))
    tensor(3.)
    """
    if out is not None:
        return into(out, nuclear_norm(input, dim, keepdim), "nuclear_norm", input)
    need_tensor(input, "nuclear_norm")
    return matrix_norm(input, "nuc", (-2, -1) if dim is None else tuple(dim), keepdim)


def norm_except_dim(v: Tensor, pow: int = 2, dim: int = 0) -> Tensor:
    """The norms of the slices along one dimension, over all others: what weight normalisation divides by.

    With `dim` -1, that of the whole tensor.

    >>> import gradiente as torch
    >>> torch.norm_except_dim(torch.ones(2, 4), 2, 0)
    tensor([[2.],
            [2.]])
    """
    ndim = need_tensor(v, "norm_except_dim", "v")._array.ndim
    if dim == -1:
        return norm(v, pow)
    sizes = [1] * ndim
    sizes[dim] = v.shape[dim]
    return norm(transpose(v, 0, dim).reshape(v.shape[dim], -1), pow, 1).view(sizes)


__all__ = ["frobenius_norm", "norm_except_dim", "nuclear_norm"]
