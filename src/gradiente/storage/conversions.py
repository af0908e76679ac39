"""What both kinds of storages offer: copies in another dtype, and moves that a machine without accelerators refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..arrays.batched_errors import NO_DATA
from ..tensor import dtypes
from ..tensor.devices import device as Device
from ..tensor.devices import is_on_meta, need_place

if TYPE_CHECKING:
    from .typed import TypedStorage


class Conversions:
    """Copies of a storage's elements in other dtypes, as torch names them."""

    if TYPE_CHECKING:

        def _in(self, dtype: dtypes.dtype) -> TypedStorage: ...

        def _type_name(self) -> str: ...

        def _nowhere(self) -> Any: ...

    def bool(self) -> TypedStorage:
        """A copy as bools."""
        return self._in(dtypes.bool)

    def byte(self) -> TypedStorage:
        """A copy as uint8."""
        return self._in(dtypes.uint8)

    def char(self) -> TypedStorage:
        """A copy as int8."""
        return self._in(dtypes.int8)

    def short(self) -> TypedStorage:
        """A copy as int16."""
        return self._in(dtypes.int16)

    def int(self) -> TypedStorage:
        """A copy as int32."""
        return self._in(dtypes.int32)

    def long(self) -> TypedStorage:
        """A copy as int64."""
        return self._in(dtypes.int64)

    def half(self) -> TypedStorage:
        """A copy as float16."""
        return self._in(dtypes.float16)

    def bfloat16(self) -> TypedStorage:
        """A copy as bfloat16."""
        return self._in(dtypes.bfloat16)

    def float(self) -> TypedStorage:
        """A copy as float32."""
        return self._in(dtypes.float32)

    def double(self) -> TypedStorage:
        """A copy as float64."""
        return self._in(dtypes.float64)

    def complex_float(self) -> TypedStorage:
        """A copy as complex64."""
        return self._in(dtypes.complex64)

    def complex_double(self) -> TypedStorage:
        """A copy as complex128."""
        return self._in(dtypes.complex128)

    def cpu(self) -> Any:
        """Itself; NotImplementedError on the meta device, where it has no bytes."""
        return self.to(device="cpu")

    def to(self, *, device: Device | str, non_blocking: Any = False) -> Any:
        """Itself, on the device where it is; for the meta device one without bytes. Others raise what torch raises."""
        need_place(device, "to")
        target = is_on_meta(device)
        this: Any = self
        if this._untyped_storage._is_meta == target:
            return self
        if not target:
            raise NotImplementedError(NO_DATA)
        return self._nowhere()

    def cuda(self, device: Any = None, non_blocking: Any = False) -> Any:
        """Raises AssertionError: there is no CUDA device."""
        return self.to(device="cuda" if device is None else device)

    def pin_memory(self, device: Any = "cuda") -> Any:
        """Raises RuntimeError: there is no accelerator."""
        raise RuntimeError(
            "Cannot access accelerator device when none is available. (Pinned memory serves accelerators; gradiente "
            "computes on the CPU)"
        )

    def type(self, dtype: Any = None, non_blocking: Any = False) -> Any:
        """The name of its type; with a storage type or its name, a copy of that type."""
        if dtype is None:
            return self._type_name()
        from .legacy import by_name

        wanted = dtype if isinstance(dtype, str) else f"{dtype.__module__}.{dtype.__name__}"
        if wanted == self._type_name():
            return self
        found = by_name(wanted)
        if found is None:
            raise RuntimeError(f"type {wanted!r} is no storage type (give for example 'torch.FloatStorage')")
        return self._in(found)


__all__ = ["Conversions"]
