"""torch.cpu: the device that there is, asked as CUDA devices are. Computation is in order, so nothing is waited for."""

from __future__ import annotations

from typing import Any

from .._missing import Getter, missing_in
from . import amp as amp


class Stream:
    """A stand-in for a CUDA stream: computation on the CPU is in order."""

    def __init__(self, priority: int = -1) -> None:
        pass

    def wait_stream(self, stream: Any) -> None:
        """Return at once."""

    def record_event(self) -> None:
        """Return at once."""

    def wait_event(self, event: Any) -> None:
        """Return at once."""


class Event:
    """A stand-in for a CUDA event: it has passed."""

    def query(self) -> bool:
        """Whether it has passed: True."""
        return True

    def record(self, stream: Any = None) -> None:
        """Return at once."""

    def synchronize(self) -> None:
        """Return at once."""

    def wait(self, stream: Any = None) -> None:
        """Return at once."""


class StreamContext:
    """A block that has no effect."""

    def __init__(self, stream: Any) -> None:
        self.stream: Any = stream

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: object) -> None:
        pass


_STREAM = Stream()


def is_available() -> bool:
    """Whether there is such a device: True."""
    return True


def is_initialized() -> bool:
    """Whether it can be used: True."""
    return True


def device_count() -> int:
    """How many such devices there are: 1.

    >>> import gradiente as torch
    >>> torch.cpu.device_count(), torch.cpu.current_device()
    (1, 'cpu')
    """
    return 1


def current_device() -> str:
    """The device in use: "cpu"."""
    return "cpu"


def set_device(device: Any) -> None:
    """Choose the device, of which there is one: nothing happens."""


def synchronize(device: Any = None) -> None:
    """Wait for the device: nothing is waited for."""


def current_stream(device: Any = None) -> Stream:
    """The stream in use."""
    return _STREAM


def stream(stream: Any) -> StreamContext:
    """A block that has no effect."""
    return StreamContext(stream)


__getattr__: Getter = missing_in(__name__)

__all__ = [
    "Event",
    "Stream",
    "StreamContext",
    "current_device",
    "current_stream",
    "device_count",
    "is_available",
    "is_initialized",
    "set_device",
    "stream",
    "synchronize",
]
