"""torch.distributions.dirichlet: the Dirichlet distribution."""

from __future__ import annotations

from typing import Any

from ..nn.functional.embeddings import one_hot
from ..ops.choices import where
from ..tensor.core import Tensor
from . import constraints
from ._draws import dirichlet
from .distribution import Distribution, Shape
from .exp_family import ExponentialFamily


class Dirichlet(ExponentialFamily):
    """The Dirichlet distribution on the simplex: p(x) = Γ(Σ aᵢ) Π xᵢ^(aᵢ - 1)/Γ(aᵢ), with a = concentration.

    Args:
        concentration: a tensor (…, number of components), > 0.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: the concentration has no dimension.

    Samples have gradients: those of each component as a Beta distributed number (Figurnov, Mohamed and Mnih, 2018).

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.Dirichlet(torch.tensor([1.0, 3.0])).mean
        tensor([0.2500, 0.7500])
    """

    arg_constraints: Any = {"concentration": constraints.independent(constraints.positive, 1)}
    support = constraints.simplex
    has_rsample = True
    _parameters = ("concentration",)
    concentration: Tensor

    def __init__(self, concentration: Tensor, validate_args: bool | None = None) -> None:
        if concentration.dim() < 1:
            raise ValueError("`concentration` parameter must be at least one-dimensional.")
        self.concentration = concentration
        Distribution.__init__(self, concentration.shape[:-1], concentration.shape[-1:], validate_args)

    @property
    def mean(self) -> Tensor:
        return self.concentration / self.concentration.sum(-1, True)

    @property
    def mode(self) -> Tensor:
        excess: Any = (self.concentration - 1).clamp(min=0.0)
        mode: Any = excess / excess.sum(-1, True)
        corner = one_hot(mode.argmax(dim=-1), self.concentration.shape[-1]).to(mode)
        return where((self.concentration < 1).all(dim=-1)[..., None], corner, mode)

    @property
    def variance(self) -> Tensor:
        a = self.concentration
        total = a.sum(-1, True)
        return a * (total - a) / (total.pow(2) * (total + 1))

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        return dirichlet(self.concentration.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        a = self.concentration
        return (a - 1.0).xlogy(value).sum(-1) + a.sum(-1).lgamma() - a.lgamma().sum(-1)

    def entropy(self) -> Tensor:
        a, k = self.concentration, self.concentration.size(-1)
        total = a.sum(-1)
        return a.lgamma().sum(-1) - total.lgamma() - (k - total) * total.digamma() - ((a - 1.0) * a.digamma()).sum(-1)

    @property
    def _natural_params(self) -> tuple[Tensor]:
        return (self.concentration,)

    def _log_normalizer(self, x: Any) -> Any:
        return x.lgamma().sum(-1) - x.sum(-1).lgamma()


__all__ = ["Dirichlet"]
