"""Complex tensors from two real ones, their parts or size and angle; complex numbers seen as pairs of real ones."""

from __future__ import annotations

from typing import Any

from ..tensor.core import Tensor
from ..tensor.dtypes import SCALAR_NAMES
from ._arguments import need_tensor
from ._define import primitive
from ._out import into
from ._views import viewing

_complex, _polar = primitive("complex_of"), primitive("polar")


def complex(real: Tensor, imag: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The complex numbers with these parts: real + i · imag, of float32 or float64 tensors of one type.

    RuntimeError for other types. The result is complex64 or complex128.

    >>> import gradiente as torch
    >>> torch.complex(torch.tensor([1.0]), torch.tensor([2.0]))
    tensor([1.+2.j])
    """
    if out is not None:
        return into(out, complex(real, imag), "complex", real, imag)
    _need_pair(real, imag, "complex", ("real", "imag"))
    return _complex(real, imag)


def polar(abs: Tensor, angle: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The complex numbers with this size and angle: abs · (cos angle + i · sin angle).

    RuntimeError for tensors of two types or of others than float32 and float64.

    >>> import gradiente as torch
    >>> torch.polar(torch.tensor([2.0]), torch.tensor([0.0]))
    tensor([2.+0.j])
    """
    if out is not None:
        return into(out, polar(abs, angle), "polar", abs, angle)
    _need_pair(abs, angle, "polar", ("abs", "angle"))
    return _polar(abs, angle)


def _need_pair(a: Any, b: Any, function: str, names: tuple[str, str]) -> None:
    need_tensor(a, function, names[0])
    need_tensor(b, function, names[1], 2)
    types = [SCALAR_NAMES[x.dtype.name] for x in (a, b)]
    if not all(x._array.dtype.char in "efd" for x in (a, b)):
        raise _no_complex(types, function)
    if types[0] != types[1]:
        raise RuntimeError(
            f"Expected object of scalar type {types[0]} but got scalar type {types[1]} for second argument "
            f"('{names[1]}' of {function}(); convert it)"
        )
    if types[0] == "Half":  # there is no complex type of that precision
        raise _no_complex(types, function)


def _no_complex(types: list[str], function: str) -> RuntimeError:
    return RuntimeError(
        f"Expected both inputs to be Half, Float or Double tensors but got {types[0]} and {types[1]} "
        f"({function}() needs float32 or float64; convert them)"
    )


_as_real, _as_complex = viewing("view_as_real"), viewing("view_as_complex")


def view_as_real(input: Tensor) -> Tensor:
    """Complex numbers as pairs of real ones along a new last dimension. A view. RuntimeError for real tensors.

    >>> import gradiente as torch
    >>> torch.view_as_real(torch.tensor([1 + 2j]))
    tensor([[1., 2.]])
    """
    if need_tensor(input, "view_as_real")._array.dtype.kind != "c":
        raise RuntimeError(f"view_as_real is only supported for complex tensors (this one is {input.dtype!r})")
    return _as_real(input)


def view_as_complex(input: Tensor) -> Tensor:
    """The pairs along the last dimension of a real tensor as complex numbers. A view.

    RuntimeError for other types than float32 and float64, and if the last dimension has not size 2 and stride 1.

    >>> import gradiente as torch
    >>> torch.view_as_complex(torch.tensor([[1.0, 2.0]]))
    tensor([1.+2.j])
    """
    array = need_tensor(input, "view_as_complex")._array
    if array.dtype.char not in "fd":
        raise RuntimeError(
            "view_as_complex is only supported for half, float and double tensors, but got a tensor of scalar type: "
            f"{SCALAR_NAMES[input.dtype.name]} (it has to be float32 or float64 here)"
        )
    if not array.ndim:
        raise RuntimeError("Input tensor must have one or more dimensions")
    if array.shape[-1] != 2:
        raise RuntimeError(f"Tensor must have a last dimension of size 2 (the shape is {list(array.shape)})")
    steps = [s // array.itemsize for s in array.strides]
    if steps[-1] != 1:
        raise RuntimeError(f"Tensor must have a last dimension with stride 1 (the strides are {steps})")
    if any(s % 2 for s in steps[:-1]):
        raise RuntimeError(
            f"Tensor must have a stride divisible by 2 for all but last dimension (the strides are {steps})"
        )
    return _as_complex(input)


METHODS: dict[str, Any] = {}
"""torch has none of these as methods."""

__all__ = ["complex", "polar", "view_as_complex", "view_as_real"]
