"""torch.cpu.amp: the old names of torch.amp."""

from __future__ import annotations

from typing import Any

from .. import amp
from ..amp._older import warn_of_older
from ..tensor.dtypes import bfloat16
from ..tensor.dtypes import dtype as Dtype


class autocast(amp.autocast):
    """`torch.amp.autocast("cpu", ...)`."""

    def __init__(self, enabled: bool = True, dtype: Dtype = bfloat16, cache_enabled: bool = True) -> None:
        warn_of_older("autocast", "cpu")
        super().__init__("cpu", dtype, enabled, cache_enabled)


class GradScaler(amp.GradScaler):
    """`torch.amp.GradScaler("cpu", ...)`."""

    def __init__(
        self,
        init_scale: float = 65536.0,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        warn_of_older("GradScaler", "cpu")
        options: Any = (init_scale, growth_factor, backoff_factor, growth_interval, enabled)
        super().__init__("cpu", *options)


__all__ = ["GradScaler", "autocast"]
