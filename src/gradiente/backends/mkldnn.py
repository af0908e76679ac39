"""torch.backends.mkldnn: not there."""

from __future__ import annotations

enabled: bool = False


def is_available() -> bool:
    """Whether it is there: False."""
    return False
