"""What operators do in the unusual modes: inference, anomaly detection, saved-tensor hooks, forward mode."""

from __future__ import annotations

from typing import Any

from ..graph import Mode, Node, user_place
from .core import Tensor
from .dispatch import Recorder
from .plans import Packed


def after(
    mode: Mode,
    node: Node | None,
    out: Tensor,
    recorder: Recorder,
    operands: tuple[Any, ...],
    arrays: tuple[Any, ...],
    static: dict[str, Any],
) -> Tensor:
    """Complete a primitive's result as the mode asks."""
    if mode.inference:
        out._metadata().inference = True
    elif mode.grad:
        for operand in operands:
            if node is not None and isinstance(operand, Tensor) and operand._meta is not None and operand._meta.inference:
                raise RuntimeError(
                    "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode "
                    "in computation tracked by autograd. To work around this, you can make a clone to get a normal tensor "
                    "and use it in autograd, or use `torch.no_grad()` instead of `torch.inference_mode()`."
                )
    if node is not None and mode.anomaly:
        node.place = user_place(2)
    if node is not None and mode.saved_hooks and node.tensors:
        pack, unpack = mode.saved_hooks[-1]
        node.tensors = tuple(Packed(node, saved, pack, unpack) for saved in node.tensors)
    for interceptor in mode.interceptors:
        interceptor(node, out, recorder, operands, static)
    return out
