"""What operators do in the unusual modes: inference, anomaly detection, saved-tensor hooks, forward mode."""

from __future__ import annotations

from typing import Any

from ..graph import Mode, Node, current, user_place
from ..graph.places import user_stack
from .core import Tensor, wrap
from .dispatch import Recorder, run
from .inference import mark_inference
from .intercepting import shown
from .names import operation_of
from .nonfinite import evaluating, trace
from .origins import watch
from .saved import Packed
from .tangents import propagate


def inherit_inference(view: Tensor, x: Tensor) -> None:
    """Make `view` an inference tensor if `x`, whose memory it shows, is one, and only then."""
    if x._meta is not None and x._meta.inference:
        mark_inference(view)
    elif view._meta is not None:
        view._meta.inference = False


def remember(node: Node) -> None:
    """Note for anomaly detection where a node's operation was called, and which node induced it."""
    node.place = user_place(2)
    node.__dict__["_forward_stack"] = user_stack(2)
    parent = evaluating.get()
    if parent is not None:
        node.__dict__["_parent"] = parent


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
        mark_inference(out)
    if mode.anomaly:
        if node is not None:
            remember(node)
        watch(mode, node, out, recorder.kind.name, [x for x in operands if isinstance(x, Tensor)])
        if mode.check_nan:
            trace(node, out, operation_of(recorder.kind.name), operands)
    if mode.levels and mode.forward_grad:
        propagate(mode, node, out, recorder.primitive, operands, static)
    if node is not None and mode.saved_hooks and node.plan.names and node.tensors:
        pack, unpack = mode.saved_hooks[-1]
        node.tensors = tuple(Packed(node, saved, pack, unpack) for saved in node.tensors)
    return out


def _known(
    array: Any, recorder: Recorder, operands: tuple[Any, ...], arrays: tuple[Any, ...], static: Any, constant: bool
) -> Tensor:
    """A primitive's result whose array is known: it is recorded as if it had been computed."""
    mode, out, node = current(), wrap(array), None
    if mode.transforms:
        from . import batching

        recorder, operands = batching.recorder_now(recorder), batching.lifted(operands)
    if mode.grad and not constant and any(isinstance(x, Tensor) and x._node is not None for x in operands):
        node = recorder.record(out, operands, arrays, static)
    return after(mode, node, out, recorder, operands, arrays, static)


def shown_run(
    mode: Mode, recorder: Recorder, operands: tuple[Any, ...], arrays: tuple[Any, ...], static: Any, constant: bool
) -> Tensor:
    """`dispatch.run`, shown to the interceptors of the mode."""
    found = [array for each in mode.interceptors if (array := each.known(recorder, operands)) is not None]

    def inside() -> Tensor:
        if found:
            return _known(found[0], recorder, operands, arrays, static, constant)
        return run(recorder, operands, arrays, static, constant, shown=True)

    out = shown(mode.interceptors, operation_of(recorder.kind.name), operands, inside)
    for each in mode.interceptors:
        each.ran(recorder, operands, static, out, not found)
    return out
