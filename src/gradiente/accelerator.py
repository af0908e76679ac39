"""torch.accelerator: there is none."""

from __future__ import annotations

from ._missing import missing_in
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


__getattr__ = missing_in(__name__)

__all__ = ["current_accelerator", "device_count", "is_available"]
