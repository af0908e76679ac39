"""Calling primitives with several results: one node, to whose outputs the results' edges lead.

The rule of such a primitive receives, as `g`, a tuple with the cotangents of all results. Where a primitive has any
number of results (`outputs=0`: split, unbind), those to which none came are zeros; where it has a fixed number (a
factorization), they are None, because what a factor contributes may be infinite where nobody asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from ..arrays import extras_of, namespace_of, numpy_extras, numpy_fast
from ..arrays.batched import Batched
from ..arrays.batched_namespace import namespace as batched
from ..arrays.meta import is_meta, without_values
from ..graph import PLAIN, Mode, Node, Output, Plan, Version, current, moment, split_edge
from ..rules import Primitive
from .core import Tensor, box, wrap
from .dispatch import BATCHED, Recorder, quietly, refuse_inference
from .intercepting import shown
from .names import operation_of
from .namespace import namespace as tensors
from .plans import border, namespaces
from .saved import SavedPart, unpack_raw, unpack_tensor

make: Any = object.__new__
"""Makes an object of any class without running its constructor."""
Part = tuple[Recorder, dict[str, Any]]
"""A primitive with one result, and its static parameters, that computes one of several results."""


def bind_many(primitive: Primitive, name: str | None = None) -> Callable[..., tuple[Tensor, ...]]:
    """The function that applies `primitive`, which has one operand and several results, to a Tensor.

    `parts` describe each result for itself, where a primitive can: forward mode sees those.
    """
    recorder = Recorder(primitive, name)
    plans: dict[tuple[Any, ...], Plan] = {}

    def call(x: Tensor, parts: Sequence[Part] = (), **static: Any) -> tuple[Tensor, ...]:
        mode, array = current(), x._array
        if array.__class__ is Batched and not array.levels[0] and not mode.transforms:
            from .batching import on_meta

            return on_meta(call, x, parts, **static)
        interceptors = mode.interceptors
        if interceptors:
            name = operation_of(recorder.kind.name)
            return shown(interceptors, name, (x,), lambda: compute(x, parts, static))
        return compute(x, parts, static)

    def compute(x: Tensor, parts: Sequence[Part], static: dict[str, Any]) -> tuple[Tensor, ...]:
        array = x._array
        mode = current()
        xp = namespace_of(BATCHED if mode.transforms else array)
        outs = tuple([wrap(box(part)) for part in quietly(primitive.run, xp, extras_of(xp), (array,), static)])
        node = record(x, outs, static) if mode.grad and x._node is not None and outs else None
        if mode is not PLAIN and outs:
            _after(mode, node, outs, parts, recorder, x, array, static)
        return outs

    def record(x: Tensor, outs: Sequence[Tensor], static: dict[str, Any]) -> Node:
        array = x._array
        inside = bool(current().transforms)
        if inside:
            from .batching import lifted

            (x,) = lifted((x,))
        saved, names = _saved(primitive, x, outs) if saves else ((), ())
        if saved:
            refuse_inference(tuple([s for s in saved if s is x]))
        is_complex = array.dtype.kind == "c"
        if not is_complex and primitive.outputs:  # views have the operand's type
            is_complex = any(out._array.dtype.kind == "c" for out in outs)
        key = (len(outs), inside, is_complex)
        plan = plans.get(key)
        if plan is None:
            plan = plans[key] = _plan(recorder, len(outs), is_complex, names, batched if inside else np)
        node = Node()
        node.seq, node.plan, node.edges, node.tensors = moment(), plan, x._node, saved
        if primitive.outputs:  # what views look like follows from the operand
            static = {**static, "_results": [(out._array.shape, out._array.dtype) for out in outs]}
        node.facts = (static, (array.shape,), (array.dtype,))
        node.hooks = node.place = None
        if len(outs) == 1:
            outs[0]._node = node  # the node itself is the edge to an only result
            return node
        for i, out in enumerate(outs):
            out._node = edge = make(Output)
            edge.node, edge.number = node, i
        return node

    saves = bool(primitive.saved_names((True,)))
    call.__name__ = call.__qualname__ = primitive.name
    call.recorder = recorder  # pyright: ignore[reportFunctionMemberAccess]
    call.primitive = primitive  # pyright: ignore[reportFunctionMemberAccess]
    call.record = record  # pyright: ignore[reportFunctionMemberAccess]
    return call


def _saved(primitive: Primitive, x: Tensor, outs: Sequence[Tensor]) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """What the rule needs of the operand and of the results, and its names."""
    saved: list[Any] = []
    names: list[str] = []
    for name in primitive.saved_names((True,)):
        if name != "out":
            saved.append(x)
            names.append(name)
            continue
        for number, out in enumerate(outs):
            if out._history is None:
                out._history = Version()
            saved.append(SavedPart(out._array, out._history, number))
            names.append("out")
    return tuple(saved), tuple(names)


def _after(
    mode: Mode,
    node: Node | None,
    outs: tuple[Tensor, ...],
    parts: Sequence[Part],
    recorder: Recorder,
    x: Tensor,
    array: Any,
    static: dict[str, Any],
) -> None:
    """Complete the results as the mode asks."""
    from . import special

    if parts:
        for out, (part, given) in zip(outs, parts, strict=True):
            edge: Any = out._node
            special.after(mode, None if edge is None else split_edge(edge)[0], out, part, (x,), (array,), given)
        return
    if mode.levels and mode.forward_grad:
        _propagate(mode, node, outs, recorder.primitive, x, static)
    plain = replace(mode, levels=())
    for out in outs[1:]:
        special.after(plain, None, out, recorder, (x,), (array,), static)
    special.after(plain, node, outs[0], recorder, (x,), (array,), static)


def _propagate(
    mode: Mode, node: Node | None, outs: tuple[Tensor, ...], primitive: Primitive, x: Tensor, static: dict[str, Any]
) -> None:
    """Give the results the tangents that follow from those of the operand."""
    from .tangents import outside, put_tangent, stand_in, tangent_of

    for depth, level in enumerate(mode.levels):
        t = tangent_of(x, level)
        if t is None:
            continue
        with outside(mode, depth):
            env: dict[str, Any] = {**static, **namespaces(tensors)}
            env["out"], env["x"] = tuple([stand_in(out) for out in outs]), stand_in(x)
            found = primitive.jvp(0, t, env)
            for out, tangent in zip(outs, found, strict=True):
                if tangent is not None:
                    put_tangent(out, level, border(tangent, out._array.shape, out._array.dtype, tensors))
    for saved in () if node is None or node.tensors is None else node.tensors:
        if saved.__class__ is SavedPart and (meta := outs[saved.number]._meta) is not None:
            saved.tangents = meta.tangents


def _plan(recorder: Recorder, count: int, is_complex: bool, names: tuple[str, ...], xp: Any) -> Plan:
    """The plan of nodes with `count` outputs."""
    primitive = recorder.primitive
    zeros = not primitive.outputs

    def pull(node: Node, gs: Any, given: dict[str, Any], unpack: Callable[[Node, int], Any]) -> Any:
        static, shapes, dtypes = node.facts
        if node.tensors is None:
            raise node.freed()
        xp = given["xp"]
        env: dict[str, Any] = {**static, **given, "x_shape": shapes[0]}
        if names:
            env["out"] = tuple([unpack(node, i) for i, name in enumerate(names) if name == "out"])
            env.update((name, unpack(node, i)) for i, name in enumerate(names) if name != "out")
        if zeros and any(g is None for g in gs):
            parts = zip(gs, shapes_of_parts(primitive, shapes[0], *static.items()), strict=True)
            meta = any(is_meta(getattr(g, "_array", g)) for g in gs)
            gs = tuple([_zeros(shape, dtypes[0], xp, meta) if g is None else g for g, shape in parts])
        cotangent = primitive.vjp(0, tuple(gs), env, is_complex)
        return border(cotangent, shapes[0], dtypes[0], xp)

    bare = namespaces(numpy_fast.xp if xp is np else xp)

    def raw(node: Node, gs: Any) -> Any:
        return pull(node, gs if count > 1 else (gs,), bare, unpack_raw)

    def taped(node: Node, gs: Any) -> Any:
        gs = gs if count > 1 else (gs,)
        given = namespaces(next(g for g in gs if g is not None).__array_namespace__())
        return pull(node, gs, given, unpack_tensor)

    if xp is not np:
        from .batching import on_batched

        taped = on_batched(taped)  # pyright: ignore[reportAssignmentType] - called by position only
    return Plan(raw, taped, (True,), recorder.kind, names, outputs=count, single=True)


@lru_cache(256)
def shapes_of_parts(primitive: Primitive, shape: tuple[int, ...], *static: tuple[str, Any]) -> list[tuple[int, ...]]:
    """The shapes of the results, which are views of an operand of this shape."""
    like = np.ndarray(shape, bool, b"0", 0, (0,) * len(shape))  # a shape without memory
    return [part.shape for part in primitive.run(np, numpy_extras, (like,), dict(static))]


def _zeros(shape: tuple[int, ...], dtype: Any, xp: Any, meta: bool) -> Any:
    zeros = without_values(shape, dtype) if meta else np.zeros(shape, dtype)
    return wrap(zeros) if xp is tensors else zeros


__all__ = ["bind_many", "make", "shapes_of_parts"]
