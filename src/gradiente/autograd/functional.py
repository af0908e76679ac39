"""torch.autograd.functional: Jacobians and Hessians of functions, and their products with vectors.

`functional_products`: `vjp`, `jvp`, `vhp`, `hvp`. `functional_matrices`: `jacobian`, `hessian`. `functional_parts`:
what they share. `functional_older`: private names that packages import.
"""

from __future__ import annotations

from .._missing import missing_attribute, public_names
from .functional_matrices import hessian, jacobian
from .functional_products import hvp, jvp, vhp, vjp

_LATER = {
    "_as_tuple": "as_tuple",
    "_construct_standard_basis_for": "standard_basis_for",
    "_grad_postprocess": "grad_postprocess",
    "_tuple_postprocess": "tuple_postprocess",
}
"""torch's private names that packages import, and the functions in `functional_older`."""


def __getattr__(name: str) -> object:
    if name in _LATER:
        from . import functional_older

        return getattr(functional_older, _LATER[name])
    raise missing_attribute(__name__, name, public_names(__name__))


__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]
