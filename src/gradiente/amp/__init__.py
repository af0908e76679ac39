"""torch.amp: mixed precision.

`autocast_mode`: blocks that compute products in lower precision; `_policy`: the table of the functions that are cast.
`grad_scaler`: losses scaled so that gradients do not vanish.
"""

from __future__ import annotations

from .._missing import Getter, missing_in
from .autocast_mode import autocast, custom_bwd, custom_fwd, is_autocast_available
from .grad_scaler import GradScaler

__getattr__: Getter = missing_in(__name__)

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]
