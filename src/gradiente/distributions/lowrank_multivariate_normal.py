"""torch.distributions.lowrank_multivariate_normal: normal vectors whose covariance has few directions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..ops.linalg.factors import cholesky
from ..ops.linalg.systems import solve_triangular
from ..ops.shaping import broadcast_shapes
from ..tensor.core import Tensor
from . import constraints
from .distribution import Distribution, Shape
from .multivariate_normal import mahalanobis_square
from .utils import lazy_property, standard_normal

if TYPE_CHECKING:
    from typing import Self


def capacitance_tril(factor: Any, diagonal: Any) -> Any:
    """The Cholesky factor of the capacitance I + Wᵀ·D⁻¹·W, a small matrix."""
    m = factor.size(-1)
    inner = (factor.mT / diagonal.unsqueeze(-2)) @ factor
    inner.view(-1, m * m)[:, :: m + 1] += 1
    return cholesky(inner)


def lowrank_log_det(diagonal: Any, capacitance: Any) -> Any:
    """ln det(W·Wᵀ + D) = ln det(capacitance) + ln det D, the matrix determinant lemma."""
    return 2 * capacitance.diagonal(dim1=-2, dim2=-1).log().sum(-1) + diagonal.log().sum(-1)


def lowrank_mahalanobis(factor: Any, diagonal: Any, difference: Any, capacitance: Any) -> Any:
    """dᵀ·(W·Wᵀ + D)⁻¹·d for each vector d, by the Woodbury identity."""
    projected: Any = ((factor.mT / diagonal.unsqueeze(-2)) @ difference.unsqueeze(-1)).squeeze(-1)
    return (difference.pow(2) / diagonal).sum(-1) - mahalanobis_square(capacitance, projected)


class LowRankMultivariateNormal(Distribution):
    """The normal distribution of vectors with Σ = W·Wᵀ + D, W = cov_factor of few columns, D = diag(cov_diag).

    Determinant and inverse of Σ need matrices of the number of columns only (Woodbury's identity).

    Args:
        loc: the mean, a tensor (…, n).
        cov_factor: W, a tensor (…, n, m).
        cov_diag: the diagonal of D, a tensor (…, n), > 0.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: shapes that do not match.

    Example:
        >>> import gradiente as torch
        >>> factor = torch.tensor([[1.0], [0.0]])
        >>> d = torch.distributions.LowRankMultivariateNormal(torch.zeros(2), factor, torch.ones(2))
        >>> d.covariance_matrix
        tensor([[2., 0.],
                [0., 1.]])
    """

    arg_constraints: Any = {
        "loc": constraints.real_vector,
        "cov_factor": constraints.independent(constraints.real, 2),
        "cov_diag": constraints.independent(constraints.positive, 1),
    }
    support = constraints.real_vector
    has_rsample = True
    _parameters = ("loc", "cov_factor", "cov_diag")
    loc: Tensor
    cov_factor: Tensor
    cov_diag: Tensor

    def __init__(self, loc: Tensor, cov_factor: Tensor, cov_diag: Tensor, validate_args: bool | None = None) -> None:
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        event = loc.shape[-1:]
        if cov_factor.dim() < 2:
            raise ValueError("cov_factor must be at least two-dimensional, with optional leading batch dimensions")
        if cov_factor.shape[-2:-1] != event:
            raise ValueError(f"cov_factor must be a batch of matrices with shape {event[0]} x m")
        if cov_diag.shape[-1:] != event:
            raise ValueError(f"cov_diag must be a batch of vectors with shape {event}")
        try:
            batch = broadcast_shapes(loc.shape[:-1], cov_factor.shape[:-2], cov_diag.shape[:-1])
        except RuntimeError as error:
            raise ValueError(
                f"Incompatible batch shapes: loc {loc.shape}, cov_factor {cov_factor.shape}, cov_diag {cov_diag.shape}"
            ) from error
        self.loc = loc.expand((*batch, -1))
        self.cov_factor = cov_factor.expand((*batch, -1, -1))
        self.cov_diag = cov_diag.expand((*batch, -1))
        super().__init__(batch, event, validate_args=validate_args)
        self._unbroadcasted_cov_factor: Tensor = cov_factor
        self._unbroadcasted_cov_diag: Tensor = cov_diag
        self._capacitance_tril: Any = capacitance_tril(cov_factor, cov_diag)

    def expand(self, batch_shape: Shape, _instance: Any = None) -> Self:
        new = super().expand(batch_shape, _instance)
        for name in ("_unbroadcasted_cov_factor", "_unbroadcasted_cov_diag", "_capacitance_tril"):
            new.__dict__[name] = self.__dict__[name]
        return new

    def _spread(self, matrix: Any) -> Any:
        return matrix.expand(self._batch_shape + self._event_shape + self._event_shape)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        """The diagonal of Σ."""
        variance = self._unbroadcasted_cov_factor.pow(2).sum(-1) + self._unbroadcasted_cov_diag
        return variance.expand(self._batch_shape + self._event_shape)

    @lazy_property
    def scale_tril(self) -> Tensor:
        """The lower triangular L with Σ = L·Lᵀ, by way of D^(-½)·Σ·D^(-½) = I + a small matrix."""
        root: Any = self._unbroadcasted_cov_diag.sqrt().unsqueeze(-1)
        n = self._event_shape[0]
        scaled: Any = self._unbroadcasted_cov_factor / root
        inner = (scaled @ scaled.mT).contiguous()
        inner.view(-1, n * n)[:, :: n + 1] += 1
        return self._spread(root * cholesky(inner))

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        """Σ = W·Wᵀ + D."""
        factor: Any = self._unbroadcasted_cov_factor
        return self._spread(factor @ factor.mT + self._unbroadcasted_cov_diag.diag_embed())

    @lazy_property
    def precision_matrix(self) -> Tensor:
        """Σ⁻¹ = D⁻¹ - D⁻¹·W·(capacitance)⁻¹·Wᵀ·D⁻¹, Woodbury's identity."""
        scaled: Any = self._unbroadcasted_cov_factor.mT / self._unbroadcasted_cov_diag.unsqueeze(-2)
        part: Any = solve_triangular(self._capacitance_tril, scaled, upper=False)
        return self._spread(self._unbroadcasted_cov_diag.reciprocal().diag_embed() - part.mT @ part)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        """loc + W·z₁ + √D·z₂ with standard normal z₁, z₂."""
        shape = self._extended_shape(sample_shape)
        few: Any = standard_normal(shape[:-1] + self.cov_factor.shape[-1:], self.loc)
        many = standard_normal(shape, self.loc)
        along = (self._unbroadcasted_cov_factor @ few.unsqueeze(-1)).squeeze(-1)
        return self.loc + along + self._unbroadcasted_cov_diag.sqrt() * many

    def _log_det(self) -> Any:
        return lowrank_log_det(self._unbroadcasted_cov_diag, self._capacitance_tril)

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        square = lowrank_mahalanobis(
            self._unbroadcasted_cov_factor, self._unbroadcasted_cov_diag, value - self.loc, self._capacitance_tril
        )
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + self._log_det() + square)

    def entropy(self) -> Tensor:
        entropy = 0.5 * (self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + self._log_det())
        return entropy.expand(self._batch_shape)


__all__ = ["LowRankMultivariateNormal"]
