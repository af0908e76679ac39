"""What is refused inside a vmap, and on the meta device, in torch's words."""

from __future__ import annotations

from typing import Any

ITEM = (
    "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, "
    "please try to rewrite what you're doing with other operations. If error is occurring somewhere inside PyTorch "
    "internals, please file a bug report."
)
META_ITEM = (
    "Tensor.item() cannot be called on meta tensors (they have a shape and a dtype, but no values: give the tensor "
    "memory with torch.empty_like(x, device='cpu'), or build the module on the CPU)"
)
NO_DATA = (
    "Cannot copy out of meta tensor; no data! (Make memory for it with torch.empty_like(x, device='cpu'), or with "
    "Module.to_empty(device='cpu') for a module, and fill that)"
)
STORAGE = "Cannot access data pointer of Tensor that doesn't have storage"


def not_batchable(name: str, why: str = "") -> NotImplementedError:
    """The error for an operator without a batching rule."""
    return NotImplementedError(
        f"vmap: there is no batching rule for {name}" + (f": {why}" if why else "") + "; call it outside of vmap, or "
        "write it with operators that have one (docs/func.md lists what has none)"
    )


def no_meta_kernel(name: str) -> NotImplementedError:
    """torch's error for operators whose result has a shape that only the values tell."""
    if name == "nonzero":
        return NotImplementedError(
            "The register_meta function for torch.nonzero() raises unimplemented by default, as a correct "
            "data-independent implementation does not exist. (How many elements are not zero is unknown on the meta "
            "device: use torch.where, which keeps the shape, or tensors on the CPU)"
        )
    return NotImplementedError(
        f"aten::{name}: attempted to run this operator with Meta tensors, but there was no fake impl or Meta kernel "
        "registered. (What it gives cannot be told without values, which tensors of the meta device have not: run it "
        "on the CPU)"
    )


def dynamic(name: str, meta: bool = False) -> Exception:
    """torch's error for results whose shape depends on values."""
    if meta:
        return no_meta_kernel(name)
    return RuntimeError(
        "vmap: We do not support batching operators that can output dynamic shape. Attempted to vmap over aten::"
        f"{name}. Please file an issue at https://github.com/pytorch/pytorch/issues if you need this feature. (Each "
        "example would have a result of a shape of its own; torch.where keeps one shape.)"
    )


def no_counts(repeats: Any) -> Exception:
    """The error for numbers of repetitions of which each example has its own, or that are unknown."""
    if not repeats.levels[0]:
        return RuntimeError(
            "cannot repeat_interleave a meta tensor without output_size (how long the result is, only the values of "
            "'repeats' tell: run it on the CPU, or repeat a number of times)"
        )
    return not_batchable("repeat_interleave with counts of each example", "their results would differ in shape")


def need_one_mask(mask: Any) -> None:
    """Refuse a mask that selects another number of elements from each example."""
    if hasattr(mask, "levels"):
        if not mask.levels[0]:
            raise no_meta_kernel("masked_select")
        raise RuntimeError(
            "vmap: Attempted to vmap over `mask` in torch.masked_select(self, mask) We cannot support this because for "
            "each batch this would return a differently shaped Tensor. Please file an issue at "
            "https://github.com/pytorch/pytorch/issues if you need this feature. (torch.where keeps the shape.)"
        )


__all__ = [
    "ITEM",
    "META_ITEM",
    "NO_DATA",
    "STORAGE",
    "dynamic",
    "need_one_mask",
    "no_counts",
    "no_meta_kernel",
    "not_batchable",
]
