"""torch.distributions.von_mises: the von Mises distribution, on the circle."""

from __future__ import annotations

import math
from typing import Any

from ..autograd.grad_mode import no_grad
from ..ops.choices import where
from ..ops.creation import zeros
from ..ops.likes import zeros_like
from ..ops.randomness import rand
from ..ops.special_functions import special_i0e, special_i1e
from ..tensor.core import Tensor
from ..tensor.dtypes import bool as bool_dtype
from . import constraints
from .distribution import Distribution, Shape
from .utils import lazy_property


class VonMises(Distribution):
    """The von Mises distribution of angles: p(x) = exp(k · cos(x - loc)) / (2π I₀(k)), with k = concentration.

    Args:
        loc: the mean angle, in radians, a tensor or a number.
        concentration: k, > 0; for large k it is nearly normal with the variance 1/k.
        validate_args: whether arguments are checked.

    Source of the sampling: Best and Fisher, Applied Statistics 28 (1979).

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.VonMises(torch.tensor([0.0]), torch.tensor([2.0])).log_prob(torch.tensor([0.0]))
        tensor([-0.6619])
    """

    arg_constraints: Any = {"loc": constraints.real, "concentration": constraints.positive}
    support = constraints.real
    _parameters = ("loc", "concentration")
    loc: Tensor
    concentration: Tensor

    def __init__(self, loc: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self._hold(validate_args, loc=loc, concentration=concentration)

    @property
    def mean(self) -> Tensor:
        """The mean angle."""
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        """The circular variance 1 - I₁(k)/I₀(k)."""
        return 1 - special_i1e(self.concentration) / special_i0e(self.concentration)

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        k = self.concentration
        return k * (value - self.loc).cos() - math.log(2 * math.pi) - (special_i0e(k).log() + k)

    @lazy_property
    def _loc(self) -> Tensor:
        return self.loc.double()

    @lazy_property
    def _concentration(self) -> Tensor:
        return self.concentration.double()

    @lazy_property
    def _proposal_r(self) -> Any:
        """The parameter of the wrapped Cauchy proposal; for small k by its series, where the formula cancels."""
        k: Any = self._concentration
        tau: Any = 1 + (1 + 4 * k**2).sqrt()
        rho = (tau - (2 * tau).sqrt()) / (2 * k)
        return where(k < 1e-5, 1 / k + k, (1 + rho**2) / (2 * rho))

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        with no_grad():
            shape = self._extended_shape(sample_shape)
            angles = _proposals_accepted(self._concentration.expand(shape), self._proposal_r.expand(shape))
            return ((angles + math.pi + self._loc) % (2 * math.pi) - math.pi).to(self.loc.dtype)


def _proposals_accepted(k: Any, r: Any) -> Any:
    x, done = zeros_like(k), zeros(k.shape, dtype=bool_dtype)
    while not done.all():
        u1, u2, u3 = rand((3, *k.shape), dtype=k.dtype).unbind()
        z = (math.pi * u1).cos()
        f = (1 + r * z) / (r + z)
        c = k * (r - f)
        accept = ((c * (2 - c) - u2) > 0) | ((c / u2).log() + 1 - c >= 0)
        x = where(accept, (u3 - 0.5).sign() * f.acos(), x)
        done = done | accept
    return x


__all__ = ["VonMises"]
