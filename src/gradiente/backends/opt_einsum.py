"""torch.backends.opt_einsum: not used. `torch.einsum` goes from left to right; the flags have no effect."""

from __future__ import annotations

enabled: bool = False
strategy: str | None = None


def is_available() -> bool:
    """Whether it is there: False."""
    return False
