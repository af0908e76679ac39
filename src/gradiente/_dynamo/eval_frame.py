"""torch._dynamo.eval_frame: where packages look for the type of compiled modules."""

from __future__ import annotations

from . import OptimizedModule as OptimizedModule
from . import is_dynamo_supported as is_dynamo_supported

__all__ = ["OptimizedModule", "is_dynamo_supported"]
