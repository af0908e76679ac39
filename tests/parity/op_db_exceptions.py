"""Where an operator is compared less closely with torch, or not at all, and why."""

from __future__ import annotations

TOLERANCE = {"float32": 2e-5, "complex64": 2e-5, "float16": 2e-3, "bfloat16": 2e-2, "float64": 1e-9, "complex128": 1e-9}

ROUGH = {
    **dict.fromkeys(("special.bessel_j0", "special.bessel_j1", "special.bessel_y0", "special.bessel_y1"), 1e4),
    "special.airy_ai": 1e3,
    **dict.fromkeys(("digamma", "polygamma", "special.polygamma"), 10.0),
    "special.hermite_polynomial_he": 10.0,
    **dict.fromkeys(("matrix_exp", "linalg.matrix_exp"), 100.0),
    "linalg.eigh": 10.0,
}
"""How many times the tolerance torch itself is wrong by (docs/accuracy.md), or rounding is magnified by, in float32."""

ROUGH_TANGENTS = {"logcumsumexp": 1e4}
"""Likewise for forward mode: torch's is off by 3e-6 in float64, ours is the adjoint of reverse mode to 1e-12."""

WITHOUT_COMPLEX_TANGENTS = {"logcumsumexp"}
"""Where torch's forward mode gives NaN for complex numbers."""

PHASES = {
    **dict.fromkeys(("svd_lowrank", "pca_lowrank"), (0, 2)),
    "svd": (0, 2),
    "linalg.svd": (0, 2),
    "linalg.eig": (1,),
    "linalg.eigh": (1,),
}
"""Results with vectors whose signs or phases are arbitrary: their moduli are compared, as far as they are unique."""

_IN_PARTS = [f"nn.functional.linear_cross_entropy:{name}" for name in ("chunked", "chunked_none")]
MISTAKEN = {
    "as_strided_scatter": ("reverse",),  # torch's gradient of the input is there what it should be elsewhere
    "cholesky_inverse": ("tangent",),  # torch's is not what differences give
    **dict.fromkeys(_IN_PARTS, ("second",)),  # torch's have none
    "linalg.norm:subgradients_at_zero": ("second",),  # torch's is NaN at 0
}
"""Where torch is wrong: ours is compared with differences elsewhere."""

NUMBERS_FOR_NAN = {"masked.logaddexp", "masked.logsumexp"}
"""Where torch's derivatives are NaN at -∞, which masks put in, and ours are what they should be."""

NO_BFLOAT16 = {"matrix_exp": "torch's is NaN"}
"""Where torch's values are wrong in bfloat16."""
