"""torch.utils.serialization: `config`, what `torch.save` and `torch.load` do where they are not told otherwise."""

from __future__ import annotations

from . import config as config

__all__ = ["config"]
