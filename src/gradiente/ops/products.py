"""Products of matrices, vectors and tensors: all of them, by torch's names.

`matrix_products`: of two. `affine_products`: added to something. `contractions`, `einsum`: over chosen dimensions.
"""

from __future__ import annotations

from typing import Any

from ..tensor.core import Tensor
from . import affine_products, contractions
from .affine_products import addbmm, addmm, addmv, addr, baddbmm
from .contractions import chain_matmul, einsum, inner, kron, tensordot
from .matrix_products import bmm, dot, ger, matmul, mm, mv, outer, vdot


def _operator(self: Tensor, other: Any) -> Any:
    return matmul(self, other) if isinstance(other, Tensor) else NotImplemented


def _reflected(self: Tensor, other: Any) -> Any:
    return matmul(other, self) if isinstance(other, Tensor) else NotImplemented


METHODS: dict[str, Any] = {
    "matmul": matmul,
    "__matmul__": _operator,
    "__rmatmul__": _reflected,
    "mm": mm,
    "bmm": bmm,
    "mv": mv,
    "dot": dot,
    "vdot": vdot,
    "outer": outer,
    "ger": ger,
    **affine_products.METHODS,
    **contractions.METHODS,
}
"""What these functions are called as methods of Tensor."""

__all__ = [
    "addbmm",
    "addmm",
    "addmv",
    "addr",
    "baddbmm",
    "bmm",
    "chain_matmul",
    "dot",
    "einsum",
    "ger",
    "inner",
    "kron",
    "matmul",
    "mm",
    "mv",
    "outer",
    "tensordot",
    "vdot",
]
