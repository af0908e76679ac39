"""torch.distributions.kl: Kullback-Leibler divergences in closed form, and the registry of their formulas."""

from __future__ import annotations

from . import _between as _between
from . import _multivariate as _multivariate
from . import _within as _within
from ._registry import _KL_MEMOIZE as _KL_MEMOIZE
from ._registry import _KL_REGISTRY as _KL_REGISTRY
from ._registry import _dispatch_kl as _dispatch_kl
from ._registry import kl_divergence as kl_divergence
from ._registry import register_kl as register_kl

__all__ = ["kl_divergence", "register_kl"]
