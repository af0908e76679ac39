"""torch.distributions.wishart: the Wishart distribution of positive definite matrices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..ops.choices import where
from ..ops.gammas import mvlgamma
from ..ops.indices import tril_indices
from ..ops.linalg.factors import cholesky
from ..ops.linalg.inverses import slogdet
from ..ops.linalg.systems import cholesky_inverse, cholesky_solve
from ..ops.ranges import arange
from ..ops.shaping import broadcast_shapes
from ..tensor.core import Tensor
from ..tensor.size import Size
from . import constraints
from .chi2 import Chi2
from .distribution import Shape
from .exp_family import ExponentialFamily
from .multivariate_normal import one_of_three, precision_to_scale_tril
from .utils import broadcast_all, holds_everywhere, lazy_property, standard_normal

if TYPE_CHECKING:
    from typing import Self

TRIES = 10
"""How often samples are drawn anew that rounding has made singular."""


def _mvdigamma(x: Any, p: int) -> Any:
    """The derivative of the logarithm of the multivariate gamma function."""
    return (x.unsqueeze(-1) - arange(p, dtype=x.dtype) / 2).digamma().sum(-1)


class Wishart(ExponentialFamily):
    """The distribution of Σ xᵢ·xᵢᵀ, of `df` normal vectors of n elements with the covariance V.

    p(X) ∝ |X|^((df - n - 1)/2) · exp(-½ tr(V⁻¹·X)).

    Args:
        df: the degrees of freedom, > n - 1, a tensor or a number, which need not be whole.
        covariance_matrix: V, a positive definite tensor (…, n, n).
        precision_matrix: V⁻¹.
        scale_tril: the lower triangular L with V = L·Lᵀ; one of the three is given.
        validate_args: whether arguments are checked.

    Raises:
        AssertionError: not one of the three is given.
        ValueError: too few dimensions or degrees of freedom.

    Samples are made by Bartlett's decomposition. PyTorch 2.13 warns of a singular sample whenever it draws a regular
    one, and draws again; the numbers here are those of this second draw, without the warning.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.Wishart(torch.tensor(3.0), torch.eye(2)).mean
        tensor([[3., 0.],
                [0., 3.]])
    """

    support = constraints.positive_definite
    has_rsample = True
    _parameters = ("df", "covariance_matrix", "precision_matrix", "scale_tril")
    _mean_carrier_measure = 0
    df: Tensor

    @property
    def arg_constraints(self) -> Any:
        return {
            "covariance_matrix": constraints.positive_definite,
            "precision_matrix": constraints.positive_definite,
            "scale_tril": constraints.lower_cholesky,
            "df": constraints.greater_than(self._event_shape[-1] - 1),
        }

    def __init__(
        self,
        df: Any,
        covariance_matrix: Tensor | None = None,
        precision_matrix: Tensor | None = None,
        scale_tril: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        one_of_three(AssertionError, covariance_matrix, scale_tril, precision_matrix)
        names = ("covariance_matrix", "precision_matrix", "scale_tril")
        given = (covariance_matrix, precision_matrix, scale_tril)
        name, matrix = next((n, m) for n, m in zip(names, given, strict=True) if m is not None)
        if matrix.dim() < 2:
            raise ValueError("scale_tril must be at least two-dimensional, with optional leading batch dimensions")
        df, _ = (df, None) if isinstance(df, Tensor) else broadcast_all(df, matrix.new_zeros(()))
        batch = broadcast_shapes(matrix.shape[:-2], df.shape)
        n = matrix.shape[-1]
        # Attributes of instances hide the properties of the same names.
        self.__dict__[name] = matrix.expand((*batch, -1, -1))
        self.df = df.expand(batch)
        if not holds_everywhere(~(self.df <= n - 1)):  # NaN has the constraint's error
            raise ValueError(f"Value of df={df} expected to be greater than ndim - 1 = {n - 1}.")
        super().__init__(batch, matrix.shape[-2:], validate_args=validate_args)
        if name == "scale_tril":
            self._unbroadcasted_scale_tril: Any = matrix
        elif name == "covariance_matrix":
            self._unbroadcasted_scale_tril = cholesky(matrix)
        else:
            self._unbroadcasted_scale_tril = precision_to_scale_tril(matrix)
        self._dist_chi2: Chi2 = Chi2(self.df.unsqueeze(-1) - arange(n, dtype=matrix.dtype))

    def expand(self, batch_shape: Shape, _instance: Any = None) -> Self:
        new = super().expand(batch_shape, _instance)
        new._unbroadcasted_scale_tril = self._unbroadcasted_scale_tril
        new._dist_chi2 = self._dist_chi2.expand((*batch_shape, self._event_shape[-1]))
        return new

    def _spread(self, matrix: Any) -> Any:
        return matrix.expand(self._batch_shape + self._event_shape)

    @lazy_property
    def scale_tril(self) -> Tensor:
        """The lower triangular L with V = L·Lᵀ."""
        return self._spread(self._unbroadcasted_scale_tril)

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        """V."""
        return self._spread(self._unbroadcasted_scale_tril @ self._unbroadcasted_scale_tril.mT)

    @lazy_property
    def precision_matrix(self) -> Tensor:
        """V⁻¹."""
        return self._spread(cholesky_inverse(self._unbroadcasted_scale_tril))

    @property
    def mean(self) -> Tensor:
        return self.df[..., None, None] * self.covariance_matrix

    @property
    def mode(self) -> Tensor:
        factor = self.df - self.covariance_matrix.shape[-1] - 1
        return where(factor <= 0, math.nan, factor)[..., None, None] * self.covariance_matrix

    @property
    def variance(self) -> Tensor:
        v: Any = self.covariance_matrix
        diagonal = v.diagonal(dim1=-2, dim2=-1)
        return self.df[..., None, None] * (v.pow(2) + diagonal[..., :, None] * diagonal[..., None, :])

    def _bartlett_sampling(self, sample_shape: Shape = ()) -> Any:
        """(L·A)·(L·A)ᵀ, A with roots of chi-squared numbers on the diagonal and standard normal ones below."""
        n, shape = self._event_shape[-1], Size(sample_shape)
        noise: Any = self._dist_chi2.rsample(shape).sqrt().diag_embed()
        rows, columns = tril_indices(n, n, -1)
        noise[..., rows, columns] = standard_normal((*shape, *self._batch_shape, len(rows)), noise)
        factor = self._unbroadcasted_scale_tril @ noise
        return factor @ factor.mT

    def rsample(self, sample_shape: Shape = (), max_try_correction: int | None = None) -> Tensor:
        """Random matrices with gradients; singular ones are drawn again, `max_try_correction` times (None: 10)."""
        self._bartlett_sampling(sample_shape)  # PyTorch's stream of random numbers; see the class
        sample = self._bartlett_sampling(sample_shape)
        for _ in range(TRIES if max_try_correction is None else max_try_correction):
            regular = self.support.check(sample)
            if regular.all():
                break
            sample = where(regular[..., None, None], sample, self._bartlett_sampling(sample_shape))
        return sample

    def _log_scale(self) -> Any:
        """½·n·ln 2 + ½·ln |V|."""
        n = self._event_shape[-1]
        return n * math.log(2) / 2 + self._unbroadcasted_scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        df, n = self.df, self._event_shape[-1]
        trace = cholesky_solve(value, self._unbroadcasted_scale_tril).diagonal(dim1=-2, dim2=-1).sum(-1)
        log_det = slogdet(value).logabsdet
        return -df * self._log_scale() - mvlgamma(df / 2, p=n) + (df - n - 1) / 2 * log_det - trace / 2

    def entropy(self) -> Tensor:
        df, n = self.df, self._event_shape[-1]
        digammas = (df - n - 1) / 2 * _mvdigamma(df / 2, p=n)
        return (n + 1) * self._log_scale() + mvlgamma(df / 2, p=n) - digammas + df * n / 2

    @property
    def _natural_params(self) -> tuple[Tensor, Tensor]:
        return -self.precision_matrix / 2, (self.df - self._event_shape[-1] - 1) / 2

    def _log_normalizer(self, x: Any, y: Any) -> Any:
        n = self._event_shape[-1]
        half_df = y + (n + 1) / 2
        return half_df * (n * math.log(2) - slogdet(-2 * x).logabsdet) + mvlgamma(half_df, p=n)


__all__ = ["Wishart"]
