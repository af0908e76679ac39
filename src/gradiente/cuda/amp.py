"""torch.cuda.amp: the old names of torch.amp."""

from __future__ import annotations

from typing import Any

from .. import amp
from ..amp._older import warn_of_older
from ..tensor.dtypes import dtype as Dtype
from ..tensor.dtypes import float16


class autocast(amp.autocast):
    """`torch.amp.autocast("cuda", ...)`."""

    def __init__(self, enabled: bool = True, dtype: Dtype = float16, cache_enabled: bool = True) -> None:
        warn_of_older("autocast", "cuda")
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
        warn_of_older("GradScaler", "cuda")
        options: Any = (init_scale, growth_factor, backoff_factor, growth_interval, enabled)
        super().__init__("cuda", *options)


def custom_fwd(fwd: Any = None, *, cast_inputs: Dtype | None = None) -> Any:
    """`torch.amp.custom_fwd` for CUDA devices."""
    warn_of_older("custom_fwd", "cuda")
    return amp.custom_fwd(fwd, device_type="cuda", cast_inputs=cast_inputs)


def custom_bwd(bwd: Any = None) -> Any:
    """`torch.amp.custom_bwd` for CUDA devices."""
    warn_of_older("custom_bwd", "cuda")
    return amp.custom_bwd(bwd, device_type="cuda")


__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd"]
