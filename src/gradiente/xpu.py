"""torch.xpu: there is no such device."""

from __future__ import annotations


def is_available() -> bool:
    """Whether there is such a device: False."""
    return False


def device_count() -> int:
    """How many such devices there are: 0."""
    return 0


__all__ = ["device_count", "is_available"]
