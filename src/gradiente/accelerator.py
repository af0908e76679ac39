"""torch.accelerator: there is none."""

from __future__ import annotations

from typing import Any, NoReturn

from ._missing import Getter, missing_in
from .tensor.devices import device


def is_available() -> bool:
    """Whether there is an accelerator: False."""
    return False


def device_count() -> int:
    """How many accelerators there are: 0."""
    return 0


def current_accelerator(check_available: bool = False) -> device | None:
    """The accelerator: None.

    >>> import gradiente as torch
    >>> torch.accelerator.current_accelerator() or torch.device("cpu")
    device(type='cpu')
    """
    return None


def _none() -> NoReturn:
    raise RuntimeError(
        "Cannot access accelerator device when none is available. gradiente computes on the CPU; ask "
        "torch.accelerator.is_available() first"
    )


def synchronize(device: Any = None) -> None:
    """Wait for the accelerator. RuntimeError: there is none."""
    _none()


def current_device_index() -> int:
    """The number of the accelerator in use. RuntimeError: there is none."""
    _none()


def set_device_index(device: Any) -> None:
    """Choose an accelerator. RuntimeError: there is none."""
    _none()


def current_stream(device: Any = None) -> Any:
    """The stream in use on the accelerator. RuntimeError: there is none."""
    _none()


def empty_cache() -> None:
    """Release memory of the accelerator. RuntimeError: there is none."""
    _none()


def memory_allocated(device_index: Any = None) -> int:
    """How much memory of the accelerator is in use. RuntimeError: there is none."""
    _none()


__getattr__: Getter = missing_in(__name__)

__all__ = [
    "current_accelerator",
    "current_device_index",
    "current_stream",
    "device_count",
    "empty_cache",
    "is_available",
    "memory_allocated",
    "set_device_index",
    "synchronize",
]
