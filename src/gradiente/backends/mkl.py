"""torch.backends.mkl: not there."""

from __future__ import annotations


def is_available() -> bool:
    """Whether it is there: False."""
    return False
