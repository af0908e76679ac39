"""Where a tensor is: on the CPU, or on the meta device, where it has no values; and all the places where it is not."""

from __future__ import annotations

from typing import Any

from ..arrays.batched_errors import NO_DATA
from ..arrays.meta import is_meta, meta_of
from ..graph import current
from ..rules import table
from ..tensor.core import Tensor
from ..tensor.devices import CPU, META, is_on_meta
from ..tensor.devices import device as Device
from ..tensor.devices import memory_format as MemoryFormat
from ..tensor.dispatch import kind_of
from ..tensor.dtypes import TENSOR_TYPES
from ._factory import made
from ._pairs import refusing
from .formats import converted_to


def moved(input: Tensor, device: Any) -> Tensor:
    """The tensor on another device: without its values on the meta device, from which nothing can be brought back."""
    array, target = input._array, is_on_meta(device)
    if is_meta(array) == target:
        return input
    if not target:
        raise NotImplementedError(NO_DATA)
    if input._node is not None and current().grad:
        return _leaving(input, None)
    return made(meta_of(array))


_leaving = refusing(
    lambda x, _: made(meta_of(x._array)),
    kind_of(table["astype"], "ToCopyBackward0"),
    lambda: NotImplementedError(NO_DATA),
    "to",
)
"""On the way back the gradient, which has no values, would have to become one that has."""


def cpu(self: Tensor, memory_format: MemoryFormat | None = None) -> Tensor:
    """The tensor on the CPU; the tensors of the meta device have no values to bring there.

    Args:
        self: the tensor.
        memory_format: the order in memory, such as torch.channels_last; None keeps it.

    Returns:
        This tensor.

    Raises:
        NotImplementedError: the tensor is on the meta device.

    Example:
        >>> import gradiente as torch
        >>> x = torch.ones(2)
        >>> x.cpu() is x
        True
    """
    return converted_to(memory_format, moved(self, CPU), "cpu")


def cuda(self: Tensor, device: Device | str | int | None = None, non_blocking: bool = False) -> Tensor:
    """Raise what a CPU build of torch raises: there is no CUDA.

    Args:
        self: the tensor.
        device: has no effect.
        non_blocking: has no effect.

    Raises:
        AssertionError: always.

    Example:
        >>> import gradiente as torch
        >>> torch.ones(2).cuda()
        Traceback (most recent call last):
        AssertionError: Torch not compiled with CUDA enabled (gradiente computes on the CPU: leave out .cuda())
    """
    raise AssertionError("Torch not compiled with CUDA enabled (gradiente computes on the CPU: leave out .cuda())")


def _is_pinned(self: Tensor, device: Any = None) -> bool:
    """False: there is no accelerator for which memory could be pinned."""
    return False


def _pin_memory(self: Tensor, device: Any = None) -> Tensor:
    """Raise what torch raises where there is no accelerator for which memory could be pinned."""
    if is_meta(self._array):
        name = TENSOR_TYPES[self.dtype.name]
        raise RuntimeError(f"cannot pin 'Meta{name.removesuffix('Tensor')}Type' only dense CPU tensors can be pinned")
    raise RuntimeError(
        "Cannot access accelerator device when none is available. (gradiente computes on the CPU: leave out "
        ".pin_memory())"
    )


def _is_elsewhere(kind: str) -> property:
    return property(lambda self: False, doc=f"False: the tensor is no {kind} tensor.")


_ELSEWHERE = [
    "cuda",
    "ipu",
    "maia",
    "mkldnn",
    "mps",
    "mtia",
    "nested",
    "quantized",
    "sparse",
    "sparse_csr",
    "vulkan",
    "xla",
    "xpu",
]

METHODS: dict[str, Any] = {
    "cpu": cpu,
    "cuda": cuda,
    "device": property(
        lambda self: META if is_meta(self._array) else CPU, doc="Where the tensor is: on the CPU or on the meta device."
    ),
    "is_cpu": property(lambda self: not is_meta(self._array), doc="Whether the tensor is on the CPU."),
    "is_meta": property(lambda self: is_meta(self._array), doc="Whether the tensor is on the meta device."),
    "is_pinned": _is_pinned,
    "pin_memory": _pin_memory,
    **{f"is_{kind}": _is_elsewhere(kind) for kind in _ELSEWHERE},
}
__all__: list[str] = []
