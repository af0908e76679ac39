"""Transforms of vectors and matrices: onto the simplex, to triangular and positive definite matrices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ...nn.functional.activations import logsigmoid, softplus
from ...nn.functional.padding import pad
from ...ops.choices import clamp
from ...ops.creation import eye
from ...ops.functions import sigmoid
from ...ops.likes import ones_like
from ...ops.linalg.factors import cholesky
from ...tensor.limits import finfo
from .. import constraints
from ..utils import tril_matrix_to_vec, vec_to_tril_matrix
from ._base import Transform, need_dims
from ._elementwise import _inside, _SameClass


class SoftmaxTransform(_SameClass):
    """y = softmax(x), from vectors onto the simplex; all x + c have the same image, so it is no bijection.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.SoftmaxTransform()(torch.zeros(2))
        tensor([0.5000, 0.5000])
    """

    domain = constraints.real_vector
    codomain = constraints.simplex

    def _call(self, x: Any) -> Any:
        weights = (x - x.max(-1, True)[0]).exp()
        return weights / weights.sum(-1, True)

    def _inverse(self, y: Any) -> Any:
        return y.log()

    def forward_shape(self, shape: Sequence[int]) -> Sequence[int]:
        need_dims(shape, 1)
        return shape

    def inverse_shape(self, shape: Sequence[int]) -> Sequence[int]:
        need_dims(shape, 1)
        return shape


def _log_remaining(x: Any) -> Any:
    """ln(n), ln(n - 1), … ln 1: with these offsets the image of 0 is the centre of the simplex."""
    return (x.shape[-1] + 1 - ones_like(x).cumsum(-1)).log()


class StickBreakingTransform(_SameClass):
    """From n numbers to n + 1 probabilities: each breaks its share sigmoid(x - offset) off what is left of a stick.

    Source: the Stan reference manual, "Unit simplex".

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.StickBreakingTransform()(torch.zeros(3))
        tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """

    domain = constraints.real_vector
    codomain = constraints.simplex
    bijective = True

    def _call(self, x: Any) -> Any:
        share = _inside(sigmoid(x - _log_remaining(x)))
        left = (1 - share).cumprod(-1)
        return pad(share, [0, 1], value=1) * pad(left, [1, 0], value=1)

    def _inverse(self, y: Any) -> Any:
        broken = y[..., :-1]
        left = clamp(1 - broken.cumsum(-1), min=finfo(y.dtype).tiny)
        return broken.log() - left.log() + _log_remaining(broken)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        x = x - _log_remaining(x)
        return (-x + logsigmoid(x) + y[..., :-1].log()).sum(-1)

    def forward_shape(self, shape: Sequence[int]) -> Sequence[int]:
        need_dims(shape, 1)
        return (*shape[:-1], shape[-1] + 1)

    def inverse_shape(self, shape: Sequence[int]) -> Sequence[int]:
        need_dims(shape, 1)
        return (*shape[:-1], shape[-1] - 1)


class LowerCholeskyTransform(_SameClass):
    """From square matrices to lower triangular ones with the exponentials of the diagonal on the diagonal.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.LowerCholeskyTransform()(torch.ones(2, 2))
        tensor([[2.7183, 0.0000],
                [1.0000, 2.7183]])
    """

    domain = constraints.independent(constraints.real, 2)
    codomain = constraints.lower_cholesky

    def _call(self, x: Any) -> Any:
        return x.tril(-1) + x.diagonal(dim1=-2, dim2=-1).exp().diag_embed()

    def _inverse(self, y: Any) -> Any:
        return y.tril(-1) + y.diagonal(dim1=-2, dim2=-1).log().diag_embed()


class PositiveDefiniteTransform(_SameClass):
    """y = L·Lᵀ, with L the image of x by `LowerCholeskyTransform`.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.PositiveDefiniteTransform()(torch.zeros(2, 2))
        tensor([[1., 0.],
                [0., 1.]])
    """

    domain = constraints.independent(constraints.real, 2)
    codomain = constraints.positive_definite

    def _call(self, x: Any) -> Any:
        factor: Any = LowerCholeskyTransform()(x)
        return factor @ factor.mT

    def _inverse(self, y: Any) -> Any:
        return LowerCholeskyTransform().inv(cholesky(y))


class CorrCholeskyTransform(Transform):
    """From n·(n - 1)/2 numbers to the Cholesky factor of an n×n correlation matrix.

    tanh x fills the strict lower triangle by rows; each of its elements takes its signed share (of the square) of what
    is left to a row of length 1, and the diagonal takes the rest.

    Source: the Stan reference manual, "Cholesky factors of correlation matrices".

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.CorrCholeskyTransform()(torch.zeros(1))
        tensor([[1., 0.],
                [0., 1.]])
    """

    domain = constraints.real_vector
    codomain = constraints.corr_cholesky
    bijective = True

    def _call(self, x: Any) -> Any:
        eps = finfo(x.dtype).eps
        partial = vec_to_tril_matrix(clamp(x.tanh(), min=-1 + eps, max=1 - eps), diag=-1)
        left = (1 - partial**2).sqrt().cumprod(-1)
        whole: Any = partial + eye(partial.shape[-1], dtype=partial.dtype)
        return whole * pad(left[..., :-1], [1, 0], value=1)

    def _inverse(self, y: Any) -> Any:
        left = pad(1 - (y * y).cumsum(-1)[..., :-1], [1, 0], value=1)
        partial: Any = tril_matrix_to_vec(y, diag=-1) / tril_matrix_to_vec(left, diag=-1).sqrt()
        return (partial.log1p() - (-partial).log1p()) / 2

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        left = 1 - (y * y).cumsum(-1)
        of_shares: Any = 0.5 * tril_matrix_to_vec(left, diag=-2).log().sum(-1)
        of_tanh = -2 * (x + softplus(-2 * x) - math.log(2.0)).sum(-1)
        return of_shares + of_tanh

    def forward_shape(self, shape: Sequence[int]) -> Sequence[int]:
        need_dims(shape, 1)
        n = round((0.25 + 2 * shape[-1]) ** 0.5 + 0.5)
        if n * (n - 1) // 2 != shape[-1]:
            raise ValueError(f"Input is not a flattened lower-diagonal number ({shape[-1]} is no n·(n - 1)/2)")
        return (*shape[:-1], n, n)

    def inverse_shape(self, shape: Sequence[int]) -> Sequence[int]:
        need_dims(shape, 2)
        if shape[-2] != shape[-1]:
            raise ValueError(f"Input is not square (shape {tuple(shape)})")
        return (*shape[:-2], shape[-1] * (shape[-1] - 1) // 2)


__all__ = [
    "CorrCholeskyTransform",
    "LowerCholeskyTransform",
    "PositiveDefiniteTransform",
    "SoftmaxTransform",
    "StickBreakingTransform",
]
