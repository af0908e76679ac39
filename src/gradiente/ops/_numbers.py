"""Numbers as arguments: what counts as one, and whether a dtype can hold it."""

from __future__ import annotations

import math
from functools import cache
from typing import Any, TypeGuard, cast

import numpy as np

from ..tensor import dtypes
from ..tensor.core import Tensor
from ..tensor.dtypes import dtype as Dtype

Number = int | float | complex | bool

C_NAMES = {
    "bool": "bool",
    "uint8": "uint8_t",
    "int8": "int8_t",
    "int16": "int16_t",
    "int32": "int",
    "int64": "int64_t",
    "uint16": "uint16_t",
    "uint32": "uint32_t",
    "uint64": "uint64_t",
    "float16": "at::Half",
    "bfloat16": "at::BFloat16",
    "float32": "float",
    "float64": "double",
    "complex64": "c10::complex<float>",
    "complex128": "c10::complex<double>",
}
"""What torch's messages about numbers that do not fit call the types."""


def need_number(value: Any, function: str, argument: str, position: int) -> Number:
    """The Python number that was given as one, as a NumPy scalar or as a tensor without dimensions."""
    kind = value.__class__
    if kind is float or kind is int or kind is bool or kind is complex:
        return value
    if isinstance(value, Tensor) and value._array.ndim == 0:
        return value._array.item()
    if isinstance(value, (np.number, np.bool_)):
        return cast(Any, value).item()
    if isinstance(value, (bool, int, float, complex)):
        return value
    raise TypeError(f"{function}(): argument '{argument}' (position {position}) must be Number, not {kind.__name__}")


def item_of(value: Any) -> Any:
    """The number in a tensor without dimensions, which torch takes for one if it needs no gradient; else `value`."""
    if isinstance(value, Tensor) and not value._array.ndim and not value.requires_grad:
        return value._array.item()
    return value


def is_integer(value: Any) -> TypeGuard[int]:
    """Whether torch takes this for an integer: one of Python's or NumPy's, but no bool."""
    return isinstance(value, np.integer) or (isinstance(value, int) and not isinstance(value, bool))


def need_int(value: Any, function: str, argument: str, position: int) -> int:
    """The Python integer that was given as one, as a NumPy scalar or as a tensor without dimensions."""
    if value.__class__ is int:
        return value
    if isinstance(value, Tensor) and value._array.ndim == 0 and value._array.dtype.kind in "iu":
        return int(value._array)
    if is_integer(value):
        return int(value)
    raise TypeError(
        f"{function}(): argument '{argument}' (position {position}) must be int, not {type(value).__name__}"
    )


def need_real(value: Any, function: str, argument: str, position: int) -> float:
    """The Python float that was given as a real number."""
    if isinstance(value, Tensor) and value._array.ndim == 0:
        value = value._array.item()
    if isinstance(value, float) or is_integer(value) or isinstance(value, np.floating):
        return float(cast(Any, value))
    raise TypeError(
        f"{function}(): argument '{argument}' (position {position}) must be float, not {type(value).__name__}"
    )


_HELD: dict[tuple[type, str], float] = {
    **dict.fromkeys(((float, "f"), (float, "d")), 1e38),
    **dict.fromkeys(((int, "f"), (int, "d")), 1 << 24),
    (int, "l"): 1 << 63,
}
"""By Python's type and NumPy's: numbers of a smaller size are held as they are, or rounded."""


def fitted(value: Number, dtype: Dtype) -> Any:
    """The number as a NumPy scalar of the dtype. RuntimeError, in torch's words, if the dtype cannot hold it."""
    target = dtype.numpy
    bound = _HELD.get((value.__class__, target.char))
    if bound is not None and -bound < value < bound:  # pyright: ignore[reportOperatorIssue]
        return target.type(value)
    if dtype is dtypes.bool:
        return np.bool_(bool(value))
    if isinstance(value, complex) and not dtype.is_complex:
        if value.imag != 0:
            raise _overflow(value, dtype)
        value = value.real
    if target.kind in "iu":
        if not math.isfinite(value):  # pyright: ignore[reportArgumentType]
            raise _overflow(value, dtype)
        whole = int(value)  # pyright: ignore[reportArgumentType]
        least, largest = _limits(target)
        if not least <= whole <= largest:
            raise _overflow(value, dtype)
        return (np.int64(whole) if whole < 2**63 else np.uint64(whole)).astype(target)
    try:
        parts = (value.real, value.imag) if isinstance(value, complex) else (float(value),)
    except OverflowError:
        raise _overflow(value, dtype) from None
    largest = _largest(dtype)
    if any(math.isfinite(part) and abs(part) > largest for part in parts):
        raise _overflow(value, dtype)
    return np.asarray(value).astype(target)[()]


@cache
def _limits(target: Any) -> tuple[int, int]:
    """The least and the largest integer that torch writes into the type: in unsigned ones, negatives wrap around."""
    info = np.iinfo(target)
    return max(-int(info.max), -(2**63)) if info.min == 0 else int(info.min), int(info.max)


@cache
def _largest(dtype: Dtype) -> float:
    """The largest number of a floating-point or complex dtype."""
    name = dtype.to_real().name
    return float.fromhex("0x1.fep127") if name == "bfloat16" else float(np.finfo(name).max)


def _overflow(value: Any, dtype: Dtype) -> RuntimeError:
    return RuntimeError(
        f"value cannot be converted to type {C_NAMES[dtype.name]} without overflow (the value is {value}, "
        f"the dtype {dtype!r})"
    )


__all__ = ["fitted", "is_integer", "need_int", "need_number", "need_real"]
