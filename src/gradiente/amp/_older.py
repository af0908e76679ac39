"""The warning of the older names of torch.amp."""

from __future__ import annotations

import warnings


def warn_of_older(name: str, device: str) -> None:
    """Say what `torch.<device>.amp.<name>` is called now, at the caller of the caller."""
    warnings.warn(
        f"`torch.{device}.amp.{name}(args...)` is deprecated. "
        f"Please use `torch.amp.{name}('{device}', args...)` instead.",
        FutureWarning,
        stacklevel=3,
    )


__all__ = ["warn_of_older"]
