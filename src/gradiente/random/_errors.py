"""Torch's names of dtypes in error texts, and the checks that several distributions share."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

SCALAR_NAMES: dict[str, str] = {
    "bool": "Bool",
    "uint8": "Byte",
    "int8": "Char",
    "int16": "Short",
    "int32": "Int",
    "int64": "Long",
    "uint16": "UInt16",
    "uint32": "UInt32",
    "uint64": "UInt64",
    "float16": "Half",
    "bfloat16": "BFloat16",
    "float32": "Float",
    "float64": "Double",
    "complex64": "ComplexFloat",
    "complex128": "ComplexDouble",
}

C_NAMES: dict[str, str] = {
    "bool": "bool",
    "uint8": "unsigned char",
    "int8": "signed char",
    "int16": "short",
    "int32": "int",
    "int64": "long int",
    "uint16": "unsigned short",
    "uint32": "unsigned int",
    "uint64": "long unsigned int",
    "float16": "c10::Half",
    "bfloat16": "c10::BFloat16",
    "float32": "float",
    "float64": "double",
}

FLOATS = "eEfd"  # float16, bfloat16, float32, float64: `dtype.char` costs nothing, `dtype.name` microseconds
SHORT = "eE"  # what torch draws in float32 and rounds
UNSIGNED = "HILQ"
PART = {"F": "float32", "D": "float64"}


def not_implemented(kernel: str, dtype: np.dtype[Any], supported: str) -> NotImplementedError:
    """Torch's error for a dtype that a kernel does not take, followed by the dtypes that it does take."""
    name = SCALAR_NAMES.get(dtype.name, dtype.name)
    return NotImplementedError(f"\"{kernel}\" not implemented for '{name}'. Ask for one of: {supported}")


def require_float(kernel: str, dtype: np.dtype[Any]) -> None:
    """Raise NotImplementedError, in torch's words, unless `dtype` is a real floating-point dtype."""
    if dtype.char not in FLOATS:
        raise not_implemented(kernel, dtype, "float16, bfloat16, float32, float64")


def largest(dtype: np.dtype[Any]) -> float:
    """The largest finite number of a floating-point dtype."""
    return float.fromhex("0x1.fep127") if dtype.char == "E" else float(np.finfo(dtype).max)


def require_std(std: float) -> None:
    """Raise RuntimeError unless `std` is a number >= 0 (nan is not)."""
    if not std >= 0.0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}. Pass std >= 0")


def count(shape: tuple[int, ...]) -> int:
    """The number of elements of `shape`; a negative dimension is an error."""
    n = math.prod(shape)
    for size in shape:
        if size < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {size}: {list(shape)}")
    return n
