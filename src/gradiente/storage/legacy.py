"""torch's old names of typed storages: torch.FloatStorage(3), isinstance(x.storage(), torch.FloatStorage)."""

from __future__ import annotations

from typing import Any

from ..tensor import dtypes
from ..tensor.dtypes import TENSOR_TYPES
from ..tensor.dtypes import dtype as Dtype
from .deprecation import warn
from .typed import (
    TypedStorage,
    _seen,  # pyright: ignore[reportPrivateUsage]
    memory_for,
    need_wrapped,
    refusal,
)
from .untyped import UntypedStorage

_FORMS = "\n * no arguments\n * (int size)\n * (Sequence data)\n * (*, UntypedStorage wrap_storage)\n"


class _LegacyStorageMeta(type(TypedStorage)):
    """The class of torch.FloatStorage and its like: calling one makes a storage, isinstance asks for its dtype."""

    __module__ = "torch.storage"
    dtype: Dtype

    def __call__(cls, *args: Any, wrap_storage: Any = None, **others: Any) -> TypedStorage:
        """A typed storage of this class's dtype."""
        warn()
        return _make(cls, args, wrap_storage, others)

    def __instancecheck__(cls, instance: Any) -> bool:
        return type(instance) is TypedStorage and instance.dtype is getattr(cls, "dtype", None)

    def __repr__(cls) -> str:
        return f"<class '{cls.__module__}.{cls.__name__}'>"


def _make(cls: Any, args: tuple[Any, ...], wrapped: Any, others: dict[str, Any]) -> TypedStorage:
    if cls is _LegacyStorage:
        raise RuntimeError("Only child classes of _LegacyStorage can be instantiated (such as torch.FloatStorage)")
    name = f"{cls!r}.__new__"
    for key in others:
        if key not in ("device", "dtype"):
            raise TypeError(f"TypedStorage.__new__() got an unexpected keyword argument '{key}'")
        raise RuntimeError(refusal(name, _FORMS, f"Keyword argument '{key}' cannot be specified"))
    if wrapped is not None:
        return _seen(need_wrapped(name, _FORMS, args, wrapped), cls.dtype)
    return _seen(memory_for(name, _FORMS, args, cls.dtype), cls.dtype)


class _LegacyStorage(TypedStorage, metaclass=_LegacyStorageMeta):
    """What the old names have in common."""

    __module__ = "torch.storage"

    @classmethod
    def from_buffer(cls, *args: Any, **keywords: Any) -> TypedStorage:
        """A copy of a buffer's bytes: see `UntypedStorage.from_buffer`; the dtype is known."""
        for key in ("dtype", "device"):
            if key in keywords:
                raise RuntimeError(
                    f"from_buffer: '{key}' can only be specified in UntypedStorage.from_buffer and "
                    "TypedStorage.from_buffer (leave it out)"
                )
        return _seen(UntypedStorage.from_buffer(*args, dtype=cls.dtype, **keywords), cls.dtype)


def _type(dtype: Dtype) -> Any:
    name = TENSOR_TYPES[dtype.name].replace("Tensor", "Storage")
    doc = f"The old type of storages of {dtype!r}: `torch.{name}([1, 0])` makes one, a `TypedStorage`."
    return _LegacyStorageMeta(name, (_LegacyStorage,), {"dtype": dtype, "__doc__": doc, "__module__": "torch"})


BoolStorage: type[TypedStorage] = _type(dtypes.bool)
ByteStorage: type[TypedStorage] = _type(dtypes.uint8)
CharStorage: type[TypedStorage] = _type(dtypes.int8)
ShortStorage: type[TypedStorage] = _type(dtypes.int16)
IntStorage: type[TypedStorage] = _type(dtypes.int32)
LongStorage: type[TypedStorage] = _type(dtypes.int64)
HalfStorage: type[TypedStorage] = _type(dtypes.float16)
BFloat16Storage: type[TypedStorage] = _type(dtypes.bfloat16)
FloatStorage: type[TypedStorage] = _type(dtypes.float32)
DoubleStorage: type[TypedStorage] = _type(dtypes.float64)
ComplexFloatStorage: type[TypedStorage] = _type(dtypes.complex64)
ComplexDoubleStorage: type[TypedStorage] = _type(dtypes.complex128)
Storage: type[TypedStorage] = FloatStorage

TYPES: dict[str, Any] = {
    found.__name__: found
    for found in (
        *(BoolStorage, ByteStorage, CharStorage, ShortStorage, IntStorage, LongStorage, HalfStorage, BFloat16Storage),
        *(FloatStorage, DoubleStorage, ComplexFloatStorage, ComplexDoubleStorage),
    )
}
"""By name."""


def legacy_type(dtype: Dtype) -> Any:
    """The old name's class for a dtype; None for dtypes that came later."""
    return TYPES.get(TENSOR_TYPES.get(dtype.name, "").replace("Tensor", "Storage"))


def by_name(name: str) -> Dtype | None:
    """The dtype of the class of this full name."""
    return getattr(TYPES.get(name.removeprefix("torch.")), "dtype", None)


__all__ = [
    "BFloat16Storage",
    "BoolStorage",
    "ByteStorage",
    "CharStorage",
    "ComplexDoubleStorage",
    "ComplexFloatStorage",
    "DoubleStorage",
    "FloatStorage",
    "HalfStorage",
    "IntStorage",
    "LongStorage",
    "ShortStorage",
    "Storage",
]
