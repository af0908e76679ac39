"""Tangents: forward-mode differentiation of what the primitives compute.

Note [Levels of forward mode]
-----------------------------
A level is one forward differentiation that is under way; `Mode.levels` has those of this thread or task, outermost
first. A tensor keeps at most one tangent per level, in `Meta.tangents`. When a primitive has run, each level in turn
computes its result's tangent by the table's rules on Tensors, in a mode that has only the levels outside it: so the
tangents of inner levels have tangents of outer ones, levels are never confused, and tangents are recorded where
gradients flow through them. Leaving a level drops its tangents everywhere, and with them all cycles through them.

Note [Tangents of views]
------------------------
The tangent of a view is the same view of its base's tangent, linked as views are. So an in-place change of a view,
which writes into its tangent, reaches the tangents of base and other views through their memory and their histories. A
change that brings the first tangent into a view gives the base zeros first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from weakref import WeakSet

import numpy as np

from ..arrays.batched import examples
from ..graph import Mode, Node, current, guard, set_mode, version_of
from ..graph.modes import plain_if_equal, restore, swap
from ..rules import Primitive
from ..rules.kinds import tangent as tangent_by_rules
from .core import Tensor, wrap
from .saved import DualOutput, SavedOutput


class Tangents(dict[Any, Tensor]):
    """A tensor's tangents by level."""

    __slots__ = ("__weakref__",)

    __hash__ = object.__hash__  # pyright: ignore[reportAssignmentType, reportUnannotatedClassAttribute]

    def __eq__(self, other: object) -> bool:
        return self is other


class Level:
    """One forward differentiation under way; `number` counts those around it.

    `around`: the mode `seen` last, without this level and those inside it.
    """

    __slots__ = ("_holders", "around", "number", "seen")

    def __init__(self, number: int) -> None:
        self.number: int = number
        self.seen: Mode | None = None
        self.around: Mode | None = None
        self._holders: WeakSet[Tangents] = WeakSet()

    def keep(self, holder: Tangents, tangent: Tensor) -> None:
        """Put a tangent of this level into `holder`."""
        holder[self] = tangent
        self._holders.add(holder)

    def close(self) -> None:
        """Drop all tangents of this level."""
        self.seen = self.around = None
        for holder in list(self._holders):
            holder.pop(self, None)


def enter() -> Level:
    """Begin a level inside those of this thread or task."""
    mode = current()
    level = Level(len(mode.levels))
    set_mode(replace(mode, levels=(*mode.levels, level)))
    return level


def leave(level: Level) -> None:
    """End a level: its tangents are dropped."""
    mode = current()
    set_mode(replace(mode, levels=tuple([other for other in mode.levels if other is not level])))
    level.close()


def active(mode: Mode) -> bool:
    """Whether tangents propagate in `mode`."""
    return bool(mode.levels) and mode.forward_grad


def carries(x: Any) -> bool:
    """Whether `x` is a tensor with a tangent at some level, so that no short cut around its primitive may be taken."""
    return isinstance(x, Tensor) and x._meta is not None and bool(x._meta.tangents)


def tangent_of(x: Any, level: Any) -> Tensor | None:
    """The tangent of `x` at `level`, if it is a tensor that has one."""
    if not isinstance(x, Tensor) or x._meta is None or x._meta.tangents is None:
        return None
    return x._meta.tangents.get(level)


def put_tangent(x: Tensor, level: Any, tangent: Tensor) -> None:
    """Make `tangent` the tangent of `x` at `level`; where its layout in memory is another one, a copy of it."""
    array, given = x._array, tangent._array
    if array.__class__ is np.ndarray and given.__class__ is np.ndarray and array.strides != given.strides:
        fresh = np.empty_like(array, dtype=given.dtype)
        if fresh.strides == array.strides and array.size > 1:
            tangent = copied(tangent)
            fresh[...] = given
            tangent._array = fresh
    level.keep(_holder(x), tangent)


def _holder(x: Tensor) -> Tangents:
    """The tangents of `x`, made if there are none: for both of two threads that ask at a time the same."""
    meta = x._metadata()
    if meta.tangents is None:
        made = Tangents()
        with guard:
            if meta.tangents is None:
                meta.tangents = made
    return meta.tangents


def share_tangents(x: Tensor, out: Tensor, change: Callable[[Tensor], Tensor] | None = None) -> None:
    """Give `out` the tangents that `x` has at the levels under way, as they are or as `change` makes them."""
    for depth, level in enumerate(current().levels):
        tangent = tangent_of(x, level)
        if tangent is not None:
            if change is not None:
                with outside(current(), depth):
                    tangent = change(tangent)
            put_tangent(out, level, tangent)


def wrong_size(tensor: Tensor, tangent: Tensor) -> RuntimeError:
    """torch's error for a tangent whose shape is not that of its tensor."""
    return RuntimeError(
        "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not "
        f"supported. Tensor is of size {list(tensor._array.shape)} while the given forward gradient is of size "
        f"{list(tangent._array.shape)}."
    )


def copied(x: Tensor) -> Tensor:
    """A recorded copy."""
    from .namespace import namespace

    return namespace.asarray(x, copy=True)


class outside:
    """`mode`, with its outermost `depth` levels only, for a block."""

    __slots__ = ("_mode", "_token")

    def __init__(self, mode: Mode, depth: int) -> None:
        level: Level = mode.levels[depth]
        if level.seen is not mode:  # once for all operations in one mode
            level.around = plain_if_equal(replace(mode, levels=mode.levels[:depth]))
            level.seen = mode
        self._mode: Mode = level.around  # pyright: ignore[reportAttributeAccessIssue]

    def __enter__(self) -> None:
        self._token: Any = swap(self._mode)

    def __exit__(self, *exc_info: object) -> None:
        restore(self._token)


# -- results ----------------------------------------------------------------------------------------------------------


def propagate(
    mode: Mode, node: Node | None, out: Tensor, primitive: Primitive, operands: tuple[Any, ...], static: dict[str, Any]
) -> None:
    """Give `out`, a primitive's result, the tangents that follow from those of the operands."""
    if out._array.dtype.kind not in "fcV":
        return
    for depth, level in enumerate(mode.levels):
        given = tuple([tangent_of(o, level) for o in operands])
        if any(t is not None for t in given):
            with outside(mode, depth):
                tangent = _tangent(primitive, given, operands, out, static)
            if tangent is not None:
                put_tangent(out, level, tangent)
    if node is not None and node.tensors and carries(out):
        holder = out._metadata().tangents
        node.tensors = tuple(
            [DualOutput(s._array, s._history, holder) if s.__class__ is SavedOutput else s for s in node.tensors]
        )


def _tangent(
    primitive: Primitive, given: tuple[Any, ...], operands: tuple[Any, ...], out: Tensor, static: dict[str, Any]
) -> Tensor | None:
    """The tangent of `out` for the tangents of the operands; it shares no memory, unless `out` does."""
    from .namespace import namespace

    env: dict[str, Any] = {**static, "xp": namespace, "extras": namespace.extras, "static": static}
    env["out"] = stand_in(out)
    operands = tuple([stand_in(o) if carries(o) else o for o in operands])
    if primitive.kind == "linear":  # a number among the operands is a part of the argument of the linear map
        operands = tuple([o if o is None or isinstance(o, Tensor) else wrap(np.asarray(o)) for o in operands])
    env["operands"] = operands
    shapes = tuple([o._array.shape if isinstance(o, Tensor) else () for o in operands])
    env["shapes"] = shapes
    if not primitive.variadic:
        env.update(zip(primitive.operands, operands, strict=False))
        env.update((name, shapes[i]) for name, i in primitive.shape_names)
    tangent = tangent_by_rules(primitive, given, env)
    if tangent is None:
        return None
    tangent = _in_type(tangent, out, given, operands, namespace)
    array, value = examples(tangent._array), examples(out._array)
    for operand in operands:
        if isinstance(operand, Tensor) and np.may_share_memory(examples(operand._array), value):
            return tangent
    if array.base is not None or any(tangent is t for t in given):
        return copied(tangent)
    return tangent


def _in_type(tangent: Tensor, out: Tensor, given: tuple[Any, ...], operands: tuple[Any, ...], xp: Any) -> Tensor:
    """The tangent in the type of `out`; where operands had tangents of a type that is not theirs, in a common type."""
    have, want = tangent._array.dtype, out._array.dtype
    if have == want:
        return tangent
    if any(t is not None and t._array.dtype != o._array.dtype for t, o in zip(given, operands, strict=True)):
        if "V" in have.kind + want.kind:
            return tangent
        want = np.result_type(have, want)
        return tangent if have == want else xp.astype(tangent, want)
    if have.kind == "c" and want.kind != "c":
        tangent = xp.real(tangent)
    return xp.astype(tangent, want)


def stand_in(out: Tensor) -> Tensor:
    """An operand or the result as rules see it: with its history and the tangents of outer levels, but not itself.

    The tangent keeps what its rules use; if that were `out`, which keeps the tangent, the two would be a cycle. And
    running backwards through the tangent must not meet tangents of its own level.
    """
    other = wrap(out._array)
    other._node, other._history = out._node, version_of(out)
    for level in current().levels:
        tangent = tangent_of(out, level)
        if tangent is not None:
            put_tangent(other, level, tangent)
    return other


def follow(out: Tensor, x: Tensor, steps: tuple[Any, ...], creation: str) -> None:
    """Give the view `out` of `x` the views of the tangents of `x`. See Note [Tangents of views]."""
    from .dispatch import run
    from .views import link_view

    mode = current()
    for depth, level in enumerate(mode.levels):
        tangent = tangent_of(x, level)
        if tangent is None or out._array.dtype.kind not in "fcV":
            continue
        with outside(mode, depth):
            seen = tangent_of(out, level)
            if seen is None or not np.may_share_memory(seen._array, tangent._array):
                seen = tangent
                for recorder, static in steps:
                    seen = run(recorder, (seen,), (seen._array,), static)
            if seen._view is None or seen._array is tangent._array:
                seen = link_view(seen, tangent, steps, creation)
        level.keep(_holder(out), seen)


__all__ = [
    "Level",
    "Tangents",
    "active",
    "carries",
    "copied",
    "enter",
    "follow",
    "leave",
    "outside",
    "propagate",
    "put_tangent",
    "share_tangents",
    "stand_in",
    "tangent_of",
    "wrong_size",
]
