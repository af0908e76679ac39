"""torch.distributions.lkj_cholesky: Cholesky factors of random correlation matrices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..autograd.grad_mode import no_grad
from ..ops.choices import clamp
from ..ops.gammas import mvlgamma
from ..ops.joining import cat
from ..ops.randomness import randn
from ..ops.ranges import arange
from ..tensor.core import Tensor
from ..tensor.limits import finfo
from ..tensor.size import Size
from . import constraints
from .beta import Beta
from .distribution import Distribution, Shape
from .utils import broadcast_all

if TYPE_CHECKING:
    from typing import Self


class LKJCholesky(Distribution):
    """The distribution of Cholesky factors L of correlation matrices M = L·Lᵀ, with p(M) ∝ |M|^(concentration - 1).

    Args:
        dim: the number of rows, at least 2.
        concentration: > 0, a tensor or a number: 1 for the uniform distribution over correlation matrices, more for
            matrices nearer to the identity.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: a `dim` below 2.

    Source: Lewandowski, Kurowicka and Joe, Journal of Multivariate Analysis 100 (2009); sampling by the onion method.

    Example:
        >>> import gradiente as torch
        >>> d = torch.distributions.LKJCholesky(3, 0.5)
        >>> factor = d.sample()
        >>> torch.allclose((factor @ factor.T).diagonal(), torch.ones(3))
        True
    """

    arg_constraints: Any = {"concentration": constraints.positive}
    support = constraints.corr_cholesky
    _parameters = ("concentration",)
    _constants = ("dim",)
    concentration: Tensor

    def __init__(self, dim: int, concentration: Any = 1.0, validate_args: bool | None = None) -> None:
        if dim < 2:
            raise ValueError(f"Expected dim to be an integer greater than or equal to 2. Found dim={dim}.")
        self.dim: int = dim
        (self.concentration,) = broadcast_all(concentration)
        # The squared length of the part of row k below the diagonal is beta distributed.
        rows: Any = arange(dim - 1, dtype=self.concentration.dtype)
        offset = cat([rows.new_zeros(1), rows])
        last: Any = (self.concentration + 0.5 * (dim - 2)).unsqueeze(-1)
        self._beta: Beta = Beta(offset + 0.5, last - 0.5 * offset)
        super().__init__(self.concentration.shape, Size((dim, dim)), validate_args)

    def expand(self, batch_shape: Shape, _instance: Any = None) -> Self:
        new = super().expand(batch_shape, _instance)
        new._beta = self._beta.expand((*batch_shape, self.dim))
        return new

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        with no_grad():
            length: Any = self._beta.sample(sample_shape).unsqueeze(-1).sqrt()
            direction: Any = randn(self._extended_shape(sample_shape), dtype=length.dtype).tril(-1)
            direction = direction / direction.norm(dim=-1, keepdim=True)
            direction[..., 0, :].fill_(0.0)  # the first row has nothing below the diagonal
            below = length * direction
            diagonal = clamp(1 - (below**2).sum(-1), min=finfo(below.dtype).tiny).sqrt()
            return below + diagonal.diag_embed()

    def log_prob(self, value: Tensor) -> Tensor:
        """Up to the constant of the normalisation: Σ (dim - k + 2·(concentration - 1))·ln Lₖₖ, k from 2."""
        self._check(value)
        less = self.dim - 1
        diagonal = value.diagonal(dim1=-1, dim2=-2)[..., 1:]
        order = 2 * (self.concentration - 1).unsqueeze(-1) + self.dim - arange(2, self.dim + 1)
        alpha = self.concentration + 0.5 * less
        log_norm = 0.5 * less * math.log(math.pi) + mvlgamma(alpha - 0.5, p=less) - alpha.lgamma() * less
        return (order * diagonal.log()).sum(-1) - log_norm


__all__ = ["LKJCholesky"]
