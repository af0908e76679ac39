"""What is refused inside a vmap, in torch's words."""

from __future__ import annotations

from typing import Any

ITEM = (
    "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, "
    "please try to rewrite what you're doing with other operations. If error is occurring somewhere inside PyTorch "
    "internals, please file a bug report."
)
STORAGE = "Cannot access data pointer of Tensor that doesn't have storage"


def not_batchable(name: str, why: str = "") -> NotImplementedError:
    """The error for an operator without a batching rule."""
    return NotImplementedError(
        f"vmap: there is no batching rule for {name}" + (f": {why}" if why else "") + "; call it outside of vmap, or "
        "write it with operators that have one (docs/func.md lists what has none)"
    )


def dynamic(name: str) -> RuntimeError:
    """torch's error for results whose shape depends on values."""
    return RuntimeError(
        "vmap: We do not support batching operators that can output dynamic shape. Attempted to vmap over aten::"
        f"{name}. Please file an issue at https://github.com/pytorch/pytorch/issues if you need this feature. (Each "
        "example would have a result of a shape of its own; torch.where keeps one shape.)"
    )


def need_one_mask(mask: Any) -> None:
    """Refuse a mask that selects another number of elements from each example."""
    if hasattr(mask, "levels"):
        raise RuntimeError(
            "vmap: Attempted to vmap over `mask` in torch.masked_select(self, mask) We cannot support this because for "
            "each batch this would return a differently shaped Tensor. Please file an issue at "
            "https://github.com/pytorch/pytorch/issues if you need this feature. (torch.where keeps the shape.)"
        )


__all__ = ["ITEM", "STORAGE", "dynamic", "need_one_mask", "not_batchable"]
