"""The conjugate transpose, as the functions of linear algebra use it."""

from __future__ import annotations

from ...tensor.core import Tensor
from .._define import primitive

_conj = primitive("conj")


def adjoint(x: Tensor) -> Tensor:
    """The conjugate transpose of matrices."""
    return _conj(x.mT) if x._array.dtype.kind == "c" else x.mT


__all__ = ["adjoint"]
