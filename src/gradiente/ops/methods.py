"""The functions as methods of Tensor: each family's `METHODS`, attached when `gradiente.ops` is imported."""

from __future__ import annotations

from ..tensor.core import Tensor
from . import (
    arithmetic,
    comparison,
    conversion,
    creation,
    extremes,
    functions,
    indexing,
    interop,
    joining,
    products,
    randomness,
    reductions,
    shaping,
)

FAMILIES = (
    arithmetic,
    comparison,
    functions,
    reductions,
    extremes,
    shaping,
    joining,
    indexing,
    products,
    creation,
    randomness,
    conversion,
    interop,
)

for family in FAMILIES:
    for name, function in family.METHODS.items():
        setattr(Tensor, name, function)
