"""torch.autograd.functional: Jacobians and Hessians of functions, and their products with vectors.

`functional_products`: `vjp`, `jvp`, `vhp`, `hvp`. `functional_matrices`: `jacobian`, `hessian`. `functional_parts`:
what they share.
"""

from __future__ import annotations

from .._missing import missing_in
from .functional_matrices import hessian, jacobian
from .functional_products import hvp, jvp, vhp, vjp

__getattr__ = missing_in(__name__)

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]
