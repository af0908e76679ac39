"""How `linear_cross_entropy` computes the logits in parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ...tensor import dtypes
from ...tensor.dtypes import dtype as Dtype

_POLICIES = ("accurate", "balanced", "compact", "auto")
_TYPES = (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64)


@dataclass(frozen=True, slots=True)
class LinearCrossEntropyOptions:
    """Options of `linear_cross_entropy` for many classes: parts of the batch, whose logits alone are in memory.

    Args:
        allow_retain_graph: whether there may be several backward passes; here there may always be.
        batch_chunk_size: how many samples are a part; None leaves it to `chunking_method`.
        chunking_method: "aspect_ratio:r" makes parts whose logits are at most r times as many numbers as the whole
            input; "aspect_ratio" and "auto" take r = 2; None makes no parts.
        acc_policy: "accurate", "balanced", "compact" or "auto": how torch adds up gradients. Here all are accurate.
        acc_dtype: the dtype to add up in: that of the operands, for 16 bits also float32; None for that.

    Raises:
        ValueError: an option has another value.

    Example:
        >>> import gradiente as torch
        >>> torch.nn.LinearCrossEntropyOptions(batch_chunk_size=256).batch_chunk_size
        256
    """

    allow_retain_graph: bool = False
    batch_chunk_size: int | None = None
    chunking_method: str | None = "auto"
    acc_policy: Literal["accurate", "balanced", "compact", "auto"] = "auto"
    acc_dtype: Dtype | None = None

    def __post_init__(self) -> None:
        size, method = self.batch_chunk_size, self.chunking_method
        if size is not None and (not isinstance(size, int) or size <= 0):  # pyright: ignore
            raise ValueError(f"batch_chunk_size must be positive int or None, got {size}")
        if method is not None and not re.fullmatch(r"auto|aspect_ratio(:0*[1-9][0-9]*)?", method):
            raise ValueError(
                f"invalid chunking_method: {method!r} (give None, 'auto', 'aspect_ratio' or 'aspect_ratio:' and a "
                "positive integer)"
            )
        if self.acc_policy not in _POLICIES:
            raise ValueError(f"invalid acc_policy: {self.acc_policy!r} (give one of {', '.join(_POLICIES)})")
        if self.acc_dtype is not None and self.acc_dtype not in _TYPES:
            raise ValueError(
                f"acc_dtype must be one of {{None, {', '.join(map(repr, _TYPES))}}}, got {self.acc_dtype!r}. Pass "
                "acc_dtype=None to let the op pick automatically."
            )


__all__ = ["LinearCrossEntropyOptions"]
