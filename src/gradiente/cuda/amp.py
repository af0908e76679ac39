"""torch.cuda.amp: the old names of torch.amp."""

from __future__ import annotations

import warnings
from typing import Any

from .. import amp
from ..tensor.dtypes import dtype as Dtype
from ..tensor.dtypes import float16


def _old(name: str) -> None:
    warnings.warn(
        f"`torch.cuda.amp.{name}(args...)` is deprecated. Please use `torch.amp.{name}('cuda', args...)` instead.",
        FutureWarning,
        stacklevel=3,
    )


class autocast(amp.autocast):
    """`torch.amp.autocast("cuda", ...)`."""

    def __init__(self, enabled: bool = True, dtype: Dtype = float16, cache_enabled: bool = True) -> None:
        _old("autocast")
        super().__init__("cuda", dtype, enabled, cache_enabled)


class GradScaler(amp.GradScaler):
    """`torch.amp.GradScaler("cuda", ...)`."""

    def __init__(
        self,
        init_scale: float = 65536.0,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        _old("GradScaler")
        options: Any = (init_scale, growth_factor, backoff_factor, growth_interval, enabled)
        super().__init__("cuda", *options)


__all__ = ["GradScaler", "autocast"]
