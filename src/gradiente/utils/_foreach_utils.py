"""torch.utils._foreach_utils: parameters of optimisers, in groups that can be updated at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..tensor.core import Tensor
from ..tensor.devices import device as Device


def _group_tensors_by_device_and_dtype(
    tensorlistlist: Sequence[Sequence[Any]], with_indices: bool = False
) -> dict[tuple[Any, Any], tuple[list[list[Any]], list[int]]]:
    """Cut lists of the same length into groups, by the device and the type of the tensors in the first one.

    Args:
        tensorlistlist: the lists, whose items at one place belong together. All but the first may hold None.
        with_indices: give the places, too.

    Returns:
        For each device and type: the lists of its group, and the places, or none.

    Raises:
        RuntimeError: the lists differ in length.
    """
    first = tensorlistlist[0]
    if any(len(items) != len(first) for items in tensorlistlist):
        raise RuntimeError(
            f"the lists have to be of one length, not {', '.join(str(len(items)) for items in tensorlistlist)}"
        )
    places: dict[tuple[Any, Any], list[int]] = {}
    for place, tensor in enumerate(first):
        places.setdefault((tensor.device, tensor.dtype), []).append(place)
    return {
        kind: ([[items[place] for place in found] for items in tensorlistlist], found if with_indices else [])
        for kind, found in places.items()
    }


def _get_foreach_kernels_supported_devices() -> list[str]:
    """Where PyTorch's optimisers step lists of tensors at once by default."""
    return ["cuda", "xpu", "mtia", "privateuseone"]


def _get_fused_kernels_supported_devices() -> list[str]:
    """Where they have fused steps."""
    return ["mps", "cuda", "xpu", "hpu", "cpu", "mtia", "privateuseone"]


def _device_has_foreach_support(device: Device) -> bool:
    return device.type in (*_get_foreach_kernels_supported_devices(), "cpu")


def _has_foreach_support(tensors: Sequence[Any], device: Device) -> bool:
    """Whether functions such as `torch._foreach_add` take these tensors."""
    return _device_has_foreach_support(device) and all(t is None or isinstance(t, Tensor) for t in tensors)


__all__: list[str] = []
