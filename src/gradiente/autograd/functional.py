"""torch.autograd.functional: Jacobians and Hessians of functions, and their products with vectors.

`functional_products`: `vjp`, `jvp`, `vhp`, `hvp`. `functional_matrices`: `jacobian`, `hessian`. `functional_parts`:
what they share.
"""

from __future__ import annotations

from .functional_matrices import hessian, jacobian
from .functional_products import hvp, jvp, vhp, vjp

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]
