"""The limits of data types: finfo and iinfo."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import dtypes
from .dtypes import dtype as Dtype
from .dtypes import get_default_dtype

_PYTHON: dict[Any, Dtype] = {
    float: dtypes.float64,
    complex: dtypes.complex128,
    int: dtypes.int64,
    bool: dtypes.bool,
}


def _need_dtype(given: Any, function: str) -> Dtype:
    if isinstance(given, type) and given in _PYTHON:
        return _PYTHON[given]
    if not isinstance(given, Dtype):
        raise TypeError(
            f"{function}(): argument 'type' (position 1) must be torch.dtype, not {given.__class__.__name__}"
        )
    return given


_SHORT: dict[Dtype, tuple[float, ...]] = {
    dtypes.bfloat16: (2.0**-7, (2 - 2.0**-7) * 2.0**127, 2.0**-126, 0.01),
    dtypes.float8_e4m3fn: (0.125, 448.0, 2.0**-6, 1.0),
    dtypes.float8_e4m3fnuz: (0.125, 240.0, 2.0**-7, 1.0),
    dtypes.float8_e5m2: (0.25, 57344.0, 2.0**-14, 1.0),
    dtypes.float8_e5m2fnuz: (0.125, 57344.0, 2.0**-15, 1.0),
    dtypes.float8_e8m0fnu: (1.0, 2.0**127, 2.0**-127, 1.0),
}
"""eps, max, smallest_normal and resolution of the types that NumPy lacks."""


class finfo:
    """The limits of a floating-point dtype (of the parts of a complex one).

    Attributes: `bits`, `dtype` (a name), `eps` (1 + eps is the number after 1), `max`, `min`, `smallest_normal`,
    `tiny` (the same), `resolution` (10 to the power of minus the decimal digits).

    Args:
        type: the dtype, or float or complex; without it the default one.

    Raises:
        TypeError: an integer dtype, or no dtype.

    Example:
        >>> import gradiente as torch
        >>> torch.finfo(torch.float32).eps
        1.1920928955078125e-07
    """

    __slots__ = ("bits", "dtype", "eps", "max", "min", "resolution", "smallest_normal", "tiny")

    def __init__(self, type: Dtype | type[Any] | None = None) -> None:
        found = get_default_dtype() if type is None else _need_dtype(type, "finfo")
        if not (found.is_floating_point or found.is_complex):
            raise TypeError(
                "torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo' "
                f"(the dtype is {found!r})"
            )
        real = found.to_real()
        self.dtype: str = real.name
        self.bits: int = 8 * real.itemsize
        limits = _SHORT.get(real)
        if limits is None:
            info: Any = np.finfo(real.numpy)
            limits = (float(info.eps), float(info.max), float(info.smallest_normal), 10.0**-info.precision)
        self.eps: float = limits[0]
        self.max: float = limits[1]
        self.smallest_normal: float = limits[2]
        self.resolution: float = limits[3]
        self.min: float = -self.max if real.is_signed else self.smallest_normal
        self.tiny: float = self.smallest_normal

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, finfo) and self.dtype == other.dtype

    def __hash__(self) -> int:
        return hash(("finfo", self.dtype))


class iinfo:
    """The limits of an integer dtype.

    Attributes: `bits`, `dtype` (a name), `max`, `min`.

    Args:
        type: the dtype, or int.

    Raises:
        TypeError: a dtype of other numbers, or no dtype.

    Example:
        >>> import gradiente as torch
        >>> torch.iinfo(torch.int8).max
        127
    """

    __slots__ = ("bits", "dtype", "max", "min")

    def __init__(self, type: Dtype | type[Any]) -> None:
        found = _need_dtype(type, "iinfo")
        if found is dtypes.bool:
            raise TypeError("torch.bool is not supported by torch.iinfo")
        if found.is_floating_point or found.is_complex:
            raise TypeError(
                "torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo' "
                f"(the dtype is {found!r})"
            )
        info = np.iinfo(found.numpy)
        self.bits: int = info.bits
        self.dtype: str = found.name
        self.max: int = int(info.max)
        self.min: int = int(info.min)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, iinfo) and self.dtype == other.dtype

    def __hash__(self) -> int:
        return hash(("iinfo", self.dtype))


__all__ = ["finfo", "iinfo"]
