"""torch.testing: comparing tensors in tests, and making some to test with."""

from __future__ import annotations

from .._missing import Getter, missing_in
from .comparing import assert_close
from .making import make_tensor
from .older import assert_allclose

__getattr__: Getter = missing_in(__name__)

__all__ = ["assert_allclose", "assert_close", "make_tensor"]
