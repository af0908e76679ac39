"""Complex tensors from two real ones: their parts, or size and angle."""

from __future__ import annotations

from typing import Any

from ..tensor.core import Tensor
from ..tensor.dtypes import SCALAR_NAMES
from ._arguments import need_tensor
from ._define import primitive

_complex, _polar = primitive("complex_of"), primitive("polar")


def complex(real: Tensor, imag: Tensor) -> Tensor:
    """The complex numbers with these parts: real + i · imag, of float32 or float64 tensors of one type.

    RuntimeError for other types. The result is complex64 or complex128.

    >>> import gradiente as torch
    >>> torch.complex(torch.tensor([1.0]), torch.tensor([2.0]))
    tensor([1.+2.j])
    """
    _need_pair(real, imag, "complex", ("real", "imag"))
    return _complex(real, imag)


def polar(abs: Tensor, angle: Tensor) -> Tensor:
    """The complex numbers with this size and angle: abs · (cos angle + i · sin angle).

    RuntimeError for tensors of two types or of others than float32 and float64.

    >>> import gradiente as torch
    >>> torch.polar(torch.tensor([2.0]), torch.tensor([0.0]))
    tensor([2.+0.j])
    """
    _need_pair(abs, angle, "polar", ("abs", "angle"))
    return _polar(abs, angle)


def _need_pair(a: Any, b: Any, function: str, names: tuple[str, str]) -> None:
    need_tensor(a, function, names[0])
    need_tensor(b, function, names[1], 2)
    types = [SCALAR_NAMES[x.dtype.name] for x in (a, b)]
    if types[0] != types[1]:
        raise RuntimeError(
            f"Expected object of scalar type {types[0]} but got scalar type {types[1]} for second argument "
            f"('{names[1]}' of {function}(); convert it)"
        )
    if not all(x._array.dtype.char in "fd" for x in (a, b)):
        raise RuntimeError(
            f"Expected both inputs to be Half, Float or Double tensors but got {types[0]} and {types[1]} "
            f"({function}() needs float32 or float64; convert them)"
        )


METHODS: dict[str, Any] = {}
"""torch has none of these as methods."""

__all__ = ["complex", "polar"]
