"""torch.distributions.exp_family: exponential families."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..autograd import grad
from ..tensor.core import Tensor
from .distribution import Distribution


class ExponentialFamily(Distribution):
    """Distributions with the density p(x; θ) = exp(⟨t(x), θ⟩ - F(θ) + k(x)).

    θ are the natural parameters (`_natural_params`), F the log-normaliser (`_log_normalizer`, a function of them), and
    `_mean_carrier_measure` is E[k(X)]. As ∇F(θ) = E[t(X)], entropy and Kullback-Leibler divergences within a family
    need no more than the gradient of F, which autograd has.

    Source: Nielsen and Nock, "Entropies and cross-entropies of exponential families" (2010).

    Example:
        >>> import gradiente as torch
        >>> d = torch.distributions.Exponential(torch.tensor(2.0))
        >>> isinstance(d, torch.distributions.ExponentialFamily)
        True
    """

    if TYPE_CHECKING:
        _natural_params: Any
        _mean_carrier_measure: Any
        _log_normalizer: Any
    else:

        @property
        def _natural_params(self):
            raise NotImplementedError(f"{type(self).__name__} does not define _natural_params")

        @property
        def _mean_carrier_measure(self):
            raise NotImplementedError(f"{type(self).__name__} does not define _mean_carrier_measure")

        def _log_normalizer(self, *natural_params):
            raise NotImplementedError(f"{type(self).__name__} does not define _log_normalizer()")

    def entropy(self) -> Tensor:
        """The entropy F(θ) - ⟨θ, ∇F(θ)⟩ - E[k(X)]."""
        carrier = self._mean_carrier_measure
        natural = [p.detach().requires_grad_() for p in self._natural_params]
        normalizer = self._log_normalizer(*natural)
        slopes = grad(normalizer.sum(), natural, create_graph=True)
        total = normalizer - carrier
        for parameter, slope in zip(natural, slopes, strict=True):
            total = total - (parameter * slope).reshape((*self._batch_shape, -1)).sum(-1)
        return total


__all__ = ["ExponentialFamily"]
