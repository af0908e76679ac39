"""torch.mps: there is no such device."""

from __future__ import annotations

from typing import NoReturn

from ._missing import Getter, missing_in


def is_available() -> bool:
    """Whether there is such a device: False."""
    return False


def device_count() -> int:
    """How many such devices there are: 0."""
    return 0


def manual_seed(seed: int) -> None:
    """Seed the generator of the device, of which there is none: nothing happens."""


def _none(function: str) -> NoReturn:
    raise RuntimeError(
        f"Cannot execute {function}() without MPS backend. gradiente computes on the CPU; ask "
        "torch.backends.mps.is_available() first"
    )


def synchronize() -> None:
    """Wait for the device. RuntimeError: there is none."""
    _none("deviceSynchronize")


def empty_cache() -> None:
    """Release memory of the device. RuntimeError: there is none."""
    _none("emptyCache")


def current_allocated_memory() -> int:
    """How much memory of the device is in use. RuntimeError: there is none."""
    _none("getCurrentAllocatedMemory")


def driver_allocated_memory() -> int:
    """How much memory of the device is taken. RuntimeError: there is none."""
    _none("getDriverAllocatedMemory")


__getattr__: Getter = missing_in(__name__)

__all__ = [
    "current_allocated_memory",
    "device_count",
    "driver_allocated_memory",
    "empty_cache",
    "is_available",
    "manual_seed",
    "synchronize",
]
