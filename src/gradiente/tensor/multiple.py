"""Calling primitives with several results: one node, to whose outputs the results' edges lead.

The rule of such a primitive receives, as `g`, a tuple with the cotangents of all results; those to which none came are
zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..arrays import extras_of, namespace_of, numpy_fast
from ..arrays.batched_namespace import namespace as batched
from ..graph import PLAIN, Node, Output, Plan, current, moment, split_edge
from ..rules import Primitive
from .core import Tensor, box, wrap
from .dispatch import Recorder
from .intercepting import shown
from .names import operation_of
from .namespace import namespace as tensors
from .plans import border, environment, namespaces
from .saved import unpack_raw, unpack_tensor

Part = tuple[Recorder, dict[str, Any]]
"""A primitive with one result, and its static parameters, that computes one of several results."""


def bind_many(primitive: Primitive, name: str | None = None) -> Callable[..., tuple[Tensor, ...]]:
    """The function that applies `primitive`, which has one operand and several results, to a Tensor.

    `parts` describe each result for itself: forward mode sees those.
    """
    recorder = Recorder(primitive, name)
    plans: dict[tuple[int, bool], Plan] = {}

    def call(x: Tensor, parts: Sequence[Part], **static: Any) -> tuple[Tensor, ...]:
        interceptors = current().interceptors
        if interceptors:
            name = operation_of(recorder.cls.__name__)
            return shown(interceptors, name, (x,), lambda: compute(x, parts, static))
        return compute(x, parts, static)

    def compute(x: Tensor, parts: Sequence[Part], static: dict[str, Any]) -> tuple[Tensor, ...]:
        array = x._array
        xp = namespace_of(array)
        outs = tuple([wrap(box(part)) for part in primitive.run(xp, extras_of(xp), (array,), static)])
        mode = current()
        if mode.grad and x._node is not None and outs:
            inside = bool(mode.transforms)
            if inside:
                from .batching import lifted

                (x,) = lifted((x,))
            plan = plans.get((len(outs), inside))
            if plan is None:
                plan = plans[len(outs), inside] = _plan(recorder, len(outs), batched if inside else np)
            node = Node()
            node.seq, node.plan, node.edges, node.tensors = moment(), plan, (x._node,), ()
            shapes = tuple([out._array.shape for out in outs])
            node.facts = ({**static, "out_shapes": shapes}, (array.shape,), (array.dtype,))
            node.hooks = node.place = None
            for i, out in enumerate(outs):
                out._node = Output(node, i) if len(outs) > 1 else node  # the node itself is the edge to an only result
        if mode is not PLAIN:
            from . import special

            for out, (part, given) in zip(outs, parts, strict=True):
                edge: Any = out._node
                special.after(mode, None if edge is None else split_edge(edge)[0], out, part, (x,), (array,), given)
        return outs

    call.__name__ = call.__qualname__ = primitive.name
    call.recorder = recorder  # pyright: ignore[reportFunctionMemberAccess]
    return call


def _plan(recorder: Recorder, count: int, xp: Any) -> Plan:
    """The plan of nodes with `count` outputs."""
    primitive = recorder.primitive

    def pull(node: Node, gs: Any, xp: Any, unpack: Callable[[Node, int], Any]) -> Any:
        env = environment(node, namespaces(xp), unpack)
        shapes = env["out_shapes"]
        given = next(g for g in gs if g is not None)
        dtype = given._array.dtype if isinstance(given, Tensor) else given.dtype
        full = tuple([_zeros(s, dtype, xp) if g is None else g for g, s in zip(gs, shapes, strict=True)])
        is_complex = dtype.kind == "c"
        if is_complex:
            full = tuple([xp.conj(g) for g in full])
        rule = primitive.rules[0]
        cotangent = rule(full, env)  # pyright: ignore[reportOptionalCall]
        return border(xp.conj(cotangent) if is_complex else cotangent, node.facts[1][0], node.facts[2][0], xp)

    def raw(node: Node, gs: Any) -> Any:
        return pull(node, gs if count > 1 else (gs,), numpy_fast.xp if xp is np else xp, unpack_raw)

    def taped(node: Node, gs: Any) -> Any:
        gs = gs if count > 1 else (gs,)
        return pull(node, gs, next(g for g in gs if g is not None).__array_namespace__(), unpack_tensor)

    if xp is not np:
        from .batching import on_batched

        taped = on_batched(taped)  # pyright: ignore[reportAssignmentType] - called by position only
    return Plan(raw, taped, (True,), recorder.cls, (), outputs=count, single=True)


def _zeros(shape: tuple[int, ...], dtype: Any, xp: Any) -> Any:
    zeros = np.zeros(shape, dtype)
    return wrap(zeros) if xp is tensors else zeros


__all__ = ["bind_many"]
