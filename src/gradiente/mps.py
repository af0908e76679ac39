"""torch.mps: there is no such device."""

from __future__ import annotations

from ._missing import missing_in


def is_available() -> bool:
    """Whether there is such a device: False."""
    return False


def device_count() -> int:
    """How many such devices there are: 0."""
    return 0


__getattr__ = missing_in(__name__)

__all__ = ["device_count", "is_available"]
