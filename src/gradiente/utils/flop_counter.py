"""torch.utils.flop_counter: counting floating-point operations, which needs torch's dispatcher."""

from __future__ import annotations

from typing import Any, NoReturn

from .._missing import Getter, missing_in


class FlopCounterMode:
    """Counts the floating-point operations of a block in torch.

    Raises:
        RuntimeError: always. `torch.profiler.profile(with_flops=True)` counts those of forward passes.

    Example:
        >>> import gradiente as torch
        >>> with torch.profiler.profile(with_flops=True) as seen:
        ...     _ = torch.ones(2, 3) @ torch.ones(3, 4)
        >>> sum(event.flops for event in seen.key_averages())
        48
    """

    def __init__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RuntimeError(
            "FlopCounterMode counts what PyTorch's dispatcher runs, which gradiente has not; "
            "torch.profiler.profile(with_flops=True) counts the operations of forward passes"
        )


__getattr__: Getter = missing_in(__name__)

__all__ = ["FlopCounterMode"]
