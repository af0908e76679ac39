"""torch.utils.hooks: the type of the handles that registering a hook returns."""

from __future__ import annotations

from ..graph import RemovableHandle

__all__ = ["RemovableHandle"]
