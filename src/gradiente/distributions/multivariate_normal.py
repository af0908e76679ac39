"""torch.distributions.multivariate_normal: the normal distribution of vectors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..ops.creation import eye
from ..ops.linalg.factors import cholesky
from ..ops.linalg.systems import cholesky_inverse, solve_triangular
from ..ops.shaping import broadcast_shapes
from ..tensor.core import Tensor
from . import constraints
from .distribution import Distribution, Shape
from .utils import lazy_property, standard_normal

if TYPE_CHECKING:
    from typing import Self


def precision_to_scale_tril(precision: Any) -> Any:
    """The lower triangular L with L·Lᵀ = precision⁻¹, from the Cholesky factor of the precision in reversed order."""
    factor: Any = cholesky(precision.flip((-2, -1)))
    upper = factor.flip((-2, -1)).mT
    return solve_triangular(upper, eye(precision.shape[-1], dtype=precision.dtype), upper=False)


def mahalanobis_square(scale_tril: Any, difference: Any) -> Any:
    """dᵀ·(L·Lᵀ)⁻¹·d for each vector d and the factor L of its batch element: |L⁻¹·d|²."""
    batch = broadcast_shapes(difference.shape[:-1], scale_tril.shape[:-2])
    n = difference.shape[-1]
    if scale_tril.dim() == 2 or difference.shape[:-1] == scale_tril.shape[:-2]:
        columns = difference.reshape(-1, n).mT if scale_tril.dim() == 2 else difference.unsqueeze(-1)
        solved: Any = solve_triangular(scale_tril, columns, upper=False)
        return solved.pow(2).sum(-2).reshape(batch)
    factors = scale_tril.expand((*batch, n, n))
    solved = solve_triangular(factors, difference.expand((*batch, n)).unsqueeze(-1), upper=False)
    return solved.pow(2).sum((-2, -1))


def one_of_three(kind: type[Exception], *given: Any) -> None:
    """Raise torch's error unless just one of the three ways to give a covariance was used."""
    if sum(x is not None for x in given) != 1:
        raise kind("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")


class MultivariateNormal(Distribution):
    """The normal distribution of vectors: p(x) = exp(-½ (x - loc)ᵀ·Σ⁻¹·(x - loc)) / √((2π)ⁿ det Σ).

    Args:
        loc: the mean, a tensor (…, n).
        covariance_matrix: Σ, a positive definite tensor (…, n, n).
        precision_matrix: Σ⁻¹.
        scale_tril: the lower triangular L with Σ = L·Lᵀ and a positive diagonal; one of the three is given. All
            computations use it, so giving it saves a factorization.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: not one of the three is given, or one has too few dimensions.

    Example:
        >>> import gradiente as torch
        >>> d = torch.distributions.MultivariateNormal(torch.zeros(2), torch.eye(2))
        >>> d.log_prob(torch.zeros(2))
        tensor(-1.8379)
    """

    arg_constraints: Any = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support = constraints.real_vector
    has_rsample = True
    _parameters = ("loc", "covariance_matrix", "precision_matrix", "scale_tril")
    loc: Tensor

    def __init__(
        self,
        loc: Tensor,
        covariance_matrix: Tensor | None = None,
        precision_matrix: Tensor | None = None,
        scale_tril: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        one_of_three(ValueError, covariance_matrix, scale_tril, precision_matrix)
        names = ("covariance_matrix", "precision_matrix", "scale_tril")
        given = (covariance_matrix, precision_matrix, scale_tril)
        name, matrix = next((n, m) for n, m in zip(names, given, strict=True) if m is not None)
        if matrix.dim() < 2:
            called = "scale_tril matrix" if name == "scale_tril" else name
            raise ValueError(f"{called} must be at least two-dimensional, with optional leading batch dimensions")
        batch = broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
        # Attributes of instances hide the properties of the same names.
        self.__dict__[name] = matrix.expand((*batch, -1, -1))
        self.loc = loc.expand((*batch, -1))
        super().__init__(batch, self.loc.shape[-1:], validate_args=validate_args)
        if name == "scale_tril":
            self._unbroadcasted_scale_tril: Tensor = matrix
        elif name == "covariance_matrix":
            self._unbroadcasted_scale_tril = cholesky(matrix)
        else:
            self._unbroadcasted_scale_tril = precision_to_scale_tril(matrix)

    def expand(self, batch_shape: Shape, _instance: Any = None) -> Self:
        new = super().expand(batch_shape, _instance)
        new._unbroadcasted_scale_tril = self._unbroadcasted_scale_tril
        return new

    def _spread(self, matrix: Any) -> Any:
        return matrix.expand(self._batch_shape + self._event_shape + self._event_shape)

    @lazy_property
    def scale_tril(self) -> Tensor:
        """The lower triangular L with Σ = L·Lᵀ."""
        return self._spread(self._unbroadcasted_scale_tril)

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        """Σ."""
        factor: Any = self._unbroadcasted_scale_tril
        return self._spread(factor @ factor.mT)

    @lazy_property
    def precision_matrix(self) -> Tensor:
        """Σ⁻¹."""
        return self._spread(cholesky_inverse(self._unbroadcasted_scale_tril))

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        return self._unbroadcasted_scale_tril.pow(2).sum(-1).expand(self._batch_shape + self._event_shape)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        """loc + L·z with z standard normal."""
        z: Any = standard_normal(self._extended_shape(sample_shape), self.loc)
        return self.loc + (self._unbroadcasted_scale_tril @ z.unsqueeze(-1)).squeeze(-1)

    def _half_log_det(self) -> Any:
        return self._unbroadcasted_scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        square = mahalanobis_square(self._unbroadcasted_scale_tril, value - self.loc)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + square) - self._half_log_det()

    def entropy(self) -> Tensor:
        entropy = 0.5 * self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + self._half_log_det()
        return entropy.expand(self._batch_shape)


__all__ = ["MultivariateNormal"]
