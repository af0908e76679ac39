"""torch.backends.mps: not there."""

from __future__ import annotations


def is_available() -> bool:
    """Whether it is there: False."""
    return False


def is_built() -> bool:
    """Whether gradiente was built with it: False."""
    return False
