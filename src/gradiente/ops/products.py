"""Products of matrices and vectors."""

from __future__ import annotations

from typing import Any

from ..tensor.core import Tensor
from ._arguments import need_tensor
from ._define import primitive

_mm, _bmm, _mv, _dot, _vecmat = (
    primitive("matmul"),
    primitive("matmul", "BmmBackward0"),
    primitive("mv"),
    primitive("dot"),
    primitive("vecmat"),
)


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product of two tensors: of vectors, matrices, or batches of matrices.

    >>> import gradiente as torch
    >>> torch.matmul(torch.ones(2, 3), torch.ones(3))
    tensor([3., 3.])
    """
    a, b = need_tensor(input, "matmul")._array, need_tensor(other, "matmul", "other", 2)._array
    if a.ndim == 2 and b.ndim == 2:
        return _mm(input, other)
    if a.ndim == 1:
        return _dot(input, other) if b.ndim == 1 else _vecmat(input, other)
    return _mv(input, other) if b.ndim == 1 else _bmm(input, other)


METHODS: dict[str, Any] = {"matmul": matmul, "__matmul__": matmul}
__all__ = ["matmul"]
