"""torch._tensor: what torch's pickles name."""

from __future__ import annotations

from .serialization.names import FUNCTIONS
from .tensor.core import Tensor as Tensor

_rebuild_from_type_v2 = FUNCTIONS["torch._tensor._rebuild_from_type_v2"]

__all__ = ["Tensor"]
