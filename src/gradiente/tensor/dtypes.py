"""Data types: torch's names for NumPy's types, and the default type of floating-point tensors."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from .shown import ShownAsTorchs


class dtype(metaclass=ShownAsTorchs):
    """The type of a tensor's elements, such as `torch.float32`.

    >>> import gradiente as torch
    >>> torch.float32, torch.float32.itemsize, torch.float32.is_floating_point
    (torch.float32, 4, True)
    """

    __slots__ = ("__weakref__", "_numpy", "is_complex", "is_floating_point", "is_signed", "itemsize", "name", "rank")

    def __init__(self, name: str, numpy_name: str, category: str, itemsize: builtins.int, rank: builtins.int) -> None:
        self.name: str = name
        self._numpy: Any = np.dtype(numpy_name) if numpy_name else None
        self.is_floating_point: builtins.bool = category == "float"
        self.is_complex: builtins.bool = category == "complex"
        self.is_signed: builtins.bool = (name[0] not in "bu" or name == "bfloat16") and name[-3:] != "fnu"
        self.itemsize: builtins.int = itemsize
        self.rank: builtins.int = rank
        """Position in the lattice of promotion: bool < integers < floats < complex."""

    @property
    def numpy(self) -> Any:
        """NumPy's dtype. For bfloat16 it comes from `ml_dtypes` (extra `bfloat16`)."""
        if self._numpy is None:
            if self is not bfloat16:
                raise RuntimeError(
                    f"tensors of {self!r} are not supported: the type can be named and compared; store such values as "
                    "torch.bfloat16 or torch.float16"
                )
            try:
                import ml_dtypes  # pyright: ignore
            except ImportError:
                raise ImportError(
                    'torch.bfloat16 needs ml_dtypes: install it with `pip install "gradiente[bfloat16]"`'
                ) from None
            self._numpy = np.dtype(ml_dtypes.bfloat16)  # pyright: ignore
            _BY_NUMPY[self._numpy] = self
        return self._numpy

    @property
    def category(self) -> builtins.int:
        """0 for bool, 1 for integers, 2 for floating point, 3 for complex."""
        return 3 if self.is_complex else 2 if self.is_floating_point else 0 if self.name == "bool" else 1

    def to_real(self) -> dtype:
        """The real type of the same precision."""
        return {"complex64": float32, "complex128": float64, "complex32": float16}.get(self.name, self)

    def to_complex(self) -> dtype:
        """The complex type of the same precision; complex64 for the 16-bit types, because NumPy has no shorter one."""
        if not (self.is_complex or self.is_floating_point):
            raise RuntimeError(
                f"Unknown Complex ScalarType for {SCALAR_NAMES[self.name]} ({self!r} is no floating-point dtype)"
            )
        return self if self.is_complex else complex128 if self.name == "float64" else complex64

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


bool: dtype = dtype("bool", "bool", "bool", 1, 0)
uint8: dtype = dtype("uint8", "uint8", "int", 1, 1)
int8: dtype = dtype("int8", "int8", "int", 1, 2)
int16: dtype = dtype("int16", "int16", "int", 2, 3)
int32: dtype = dtype("int32", "int32", "int", 4, 4)
int64: dtype = dtype("int64", "int64", "int", 8, 5)
uint16: dtype = dtype("uint16", "uint16", "int", 2, 6)
uint32: dtype = dtype("uint32", "uint32", "int", 4, 7)
uint64: dtype = dtype("uint64", "uint64", "int", 8, 8)
float16: dtype = dtype("float16", "float16", "float", 2, 9)
bfloat16: dtype = dtype("bfloat16", "", "float", 2, 10)
float32: dtype = dtype("float32", "float32", "float", 4, 11)
float64: dtype = dtype("float64", "float64", "float", 8, 12)
complex64: dtype = dtype("complex64", "complex64", "complex", 8, 13)
complex128: dtype = dtype("complex128", "complex128", "complex", 16, 14)

# Types of which there are no tensors: packages keep them in tables and compare with them.
float8_e4m3fn: dtype = dtype("float8_e4m3fn", "", "float", 1, 9)
float8_e4m3fnuz: dtype = dtype("float8_e4m3fnuz", "", "float", 1, 9)
float8_e5m2: dtype = dtype("float8_e5m2", "", "float", 1, 9)
float8_e5m2fnuz: dtype = dtype("float8_e5m2fnuz", "", "float", 1, 9)
float8_e8m0fnu: dtype = dtype("float8_e8m0fnu", "", "float", 1, 9)
float4_e2m1fn_x2: dtype = dtype("float4_e2m1fn_x2", "", "float", 1, 9)
complex32: dtype = dtype("complex32", "", "complex", 4, 13)
chalf: dtype = complex32

LATER_UNSIGNED = (uint16, uint32, uint64)
"""Types that torch stores and converts, and computes with in few functions."""
ALL = (
    *(bool, uint8, int8, int16, int32, int64, *LATER_UNSIGNED),
    *(float16, bfloat16, float32, float64, complex64, complex128),
)
_BY_NUMPY: dict[Any, dtype] = {d._numpy: d for d in ALL if d._numpy is not None}  # pyright: ignore[reportPrivateUsage]

TENSOR_TYPES = {
    "bool": "BoolTensor",
    "uint8": "ByteTensor",
    "int8": "CharTensor",
    "int16": "ShortTensor",
    "int32": "IntTensor",
    "int64": "LongTensor",
    "uint16": "UInt16Tensor",
    "uint32": "UInt32Tensor",
    "uint64": "UInt64Tensor",
    "float16": "HalfTensor",
    "bfloat16": "BFloat16Tensor",
    "float32": "FloatTensor",
    "float64": "DoubleTensor",
    "complex64": "ComplexFloatTensor",
    "complex128": "ComplexDoubleTensor",
}
_UNNAMED = frozenset({"bool", "uint16", "uint32", "uint64", "bfloat16", "complex64", "complex128"})


def type_text(name: str) -> str:
    """What torch's errors call the type of a tensor whose dtype has this name."""
    return f"CPU{SCALAR_NAMES[name]}Type" if name in _UNNAMED else f"torch.{TENSOR_TYPES[name]}"


C_NAMES: dict[str, str] = {
    "bool": "bool",
    "uint8": "unsigned char",
    "int8": "signed char",
    "int16": "short int",
    "int32": "int",
    "int64": "long int",
    "uint16": "short unsigned int",
    "uint32": "unsigned int",
    "uint64": "long unsigned int",
    "float16": "c10::Half",
    "bfloat16": "c10::BFloat16",
    "float32": "float",
    "float64": "double",
    "complex64": "c10::complex<float>",
    "complex128": "c10::complex<double>",
}
"""What C++ calls the types, as some of torch's errors do."""

SCALAR_NAMES = {
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
"""What torch's error messages call the types."""


def from_numpy_dtype(numpy_dtype: Any) -> dtype:
    """torch's dtype for NumPy's; TypeError for those that torch lacks."""
    found = _BY_NUMPY.get(numpy_dtype)
    if found is not None:
        return found
    if numpy_dtype.name == "bfloat16" and bfloat16.numpy == numpy_dtype:
        return bfloat16
    native = numpy_dtype.newbyteorder("=")
    if native in _BY_NUMPY:
        if native != numpy_dtype:
            raise ValueError(
                "given numpy array has byte order different from the native byte order. "
                f"Conversion between byte orders is currently not supported. Convert it: array.astype({native.name!r})"
            )
        return _BY_NUMPY[native]
    raise TypeError(
        f"can't convert np.ndarray of type numpy.{numpy_dtype.type.__name__}. The only supported types are: "
        "float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint64, uint32, uint16, uint8, "
        "and bool."
    )


class _Default:
    """The one setting of the process that torch has: which type floats get."""

    __slots__ = ("dtype",)


_default = _Default()
_default.dtype = float32


def get_default_dtype() -> dtype:
    """The type that floating-point tensors have where none is given: float32 unless it was set."""
    return _default.dtype


def set_default_dtype(d: dtype, /) -> None:
    """Set the type that floating-point tensors have where none is given.

    >>> import gradiente as torch
    >>> torch.set_default_dtype(torch.float64)
    >>> torch.ones(1).dtype
    torch.float64
    >>> torch.set_default_dtype(torch.float32)
    """
    if not isinstance(d, dtype):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(
            "invalid dtype object: only floating-point types are supported as the default type "
            f"(got {d!r}; give one such as torch.float64)"
        )
    if not d.is_floating_point:
        raise TypeError(f"only floating-point types are supported as the default type (got {d!r})")
    _default.dtype = d


def promote(a: dtype, b: dtype) -> dtype:
    """The type that holds both: torch's `promote_types`.

    >>> import gradiente as torch
    >>> torch.promote_types(torch.uint8, torch.int8), torch.promote_types(torch.int64, torch.float16)
    (torch.int16, torch.float16)
    """
    if a is b:
        return a
    low, high = (a, b) if a.rank < b.rank else (b, a)
    if (low in LATER_UNSIGNED or high in LATER_UNSIGNED) and not high.is_floating_point:
        raise RuntimeError(
            "Promotion for uint16, uint32, uint64 types is not supported, attempted to promote "
            f"{SCALAR_NAMES[a.name]} and {SCALAR_NAMES[b.name]} (convert one of them first)"
        )
    if low is uint8 and high is int8:
        return int16
    if low is float16 and high is bfloat16:
        return float32
    if high.is_complex and low is float64:
        return complex128
    return high


float = float32
double = float64
half = float16
short = int16
int = int32
long = int64
cfloat = complex64
cdouble = complex128
promote_types = promote

__all__ = [
    "bfloat16",
    "bool",
    "cdouble",
    "cfloat",
    "chalf",
    "complex32",
    "complex64",
    "complex128",
    "double",
    "dtype",
    "float",
    "float4_e2m1fn_x2",
    "float8_e4m3fn",
    "float8_e4m3fnuz",
    "float8_e5m2",
    "float8_e5m2fnuz",
    "float8_e8m0fnu",
    "float16",
    "float32",
    "float64",
    "get_default_dtype",
    "half",
    "int",
    "int8",
    "int16",
    "int32",
    "int64",
    "long",
    "promote_types",
    "set_default_dtype",
    "short",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
]
