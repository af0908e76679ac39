"""torch.xpu: there is no such device."""

from __future__ import annotations

from typing import Any, NoReturn

from ._missing import Getter, missing_in


def is_available() -> bool:
    """Whether there is such a device: False."""
    return False


def device_count() -> int:
    """How many such devices there are: 0."""
    return 0


def is_bf16_supported() -> bool:
    """Whether such a device computes in bfloat16: False."""
    return False


def manual_seed(seed: int) -> None:
    """Seed the generator of the device, of which there is none: nothing happens."""


def manual_seed_all(seed: int) -> None:
    """Seed the generators of all such devices, of which there are none: nothing happens."""


def empty_cache() -> None:
    """Release memory of such devices, of which there are none: nothing happens."""


def memory_allocated(device: Any = None) -> int:
    """How much memory of such a device is in use: 0."""
    return 0


def synchronize(device: Any = None) -> None:
    """Wait for such a device. AssertionError: there is none."""
    _none()


def current_device() -> int:
    """The number of the current device. AssertionError: there is none."""
    _none()


def _none() -> NoReturn:
    raise AssertionError(
        "Torch not compiled with XPU enabled (gradiente computes on the CPU; ask torch.xpu.is_available() first)"
    )


__getattr__: Getter = missing_in(__name__)

__all__ = [
    "current_device",
    "device_count",
    "empty_cache",
    "is_available",
    "is_bf16_supported",
    "manual_seed",
    "manual_seed_all",
    "memory_allocated",
    "synchronize",
]
