"""torch.testing: comparing tensors in tests, and making some to test with."""

from __future__ import annotations

from .comparing import assert_close
from .making import make_tensor

__all__ = ["assert_close", "make_tensor"]
