"""Tensors of batched arrays: entering and leaving a level, and what tensors from outside need inside.

Note [Levels and the graph]: there is one graph, whatever transforms are nested. A tensor that enters a level, or leaves
it, does so through a node, whose rule is the opposite. A tensor from outside that is used inside is the same for all
examples, so its cotangent is the sum of theirs: a `Shared` node stands between it and its users inside. Nodes that are
made inside have plans that run on batched arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from ..arrays.batched import Batched, levels_of, not_batchable, spread
from ..arrays.batched_namespace import namespace as batched
from ..arrays.meta import META
from ..graph import Kind, Node, Plan, change, counter, current, moment, set_mode, split_edge, version_of
from .core import Tensor, wrap
from .dispatch import Recorder
from .tangents import carries, put_tangent, share_tangents

_numbers = counter(1)


class Frame:
    """A running vmap: its level, the size of its batch and its randomness.

    `start`: nodes older than that were made outside. `shared`: the `Shared` nodes, by the edge they lead to.
    `derivatives`: only cotangents or tangents are batched, by a function of `torch.autograd`; a `Function` then needs
    no rule of its own for batches.
    """

    __slots__ = ("derivatives", "level", "randomness", "shared", "size", "start")

    def __init__(self, size: int, randomness: str = "error", derivatives: bool = False) -> None:
        self.derivatives: bool = derivatives
        self.level: int = _numbers()
        self.size: int = size
        self.randomness: str = randomness
        self.start: int = moment()
        self.shared: dict[Any, Node] = {}


_META = Frame(0, "different")
"""Stands for the batch of no examples that tensors of the meta device are."""
_META.level, _META.start = META, -1


def on_meta(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """Call `function` as operators of tensors on the meta device are called; see Note [A batch of no examples]."""
    previous = change(transforms=(_META,))
    try:
        return function(*arguments, **keywords)
    finally:
        set_mode(previous)


def batched_here(*arrays: Any) -> bool:
    """Whether operators of these arrays work on batches: inside a vmap, and on the meta device."""
    return bool(current().transforms) or any(array.__class__ is Batched for array in arrays)


# -- arrays -----------------------------------------------------------------------------------------------------------


_ENDED = (Frame(0, "same"),)
"""Stands for vmaps that have ended. All that a rule uses was made inside of them."""
_ENDED[0].start = -1


def push(array: Any, dim: int, level: int) -> Any:
    """The array whose axis `dim` counts the examples, as an array of one example."""
    values, levels = (array.values, array.levels) if array.__class__ is Batched else (array, ())
    place = sum(1 for other in levels if other < level)
    moved = values if place == dim + len(levels) else np.moveaxis(values, dim + len(levels), place)
    return Batched(moved, (*levels[:place], level, *levels[place:]))


def pop(array: Any, dim: int, level: int, size: int) -> Any:
    """The opposite of `push`; an array that is the same for all examples is repeated."""
    if array.__class__ is not Batched or level not in array.levels:
        shape = (*array.shape[:dim], size, *array.shape[dim:])
        return batched.broadcast_to(batched.expand_dims(array, dim), shape)
    place = array.levels.index(level)
    levels = (*array.levels[:place], *array.levels[place + 1 :])
    target = len(levels) + dim
    values = array.values if place == target else np.moveaxis(array.values, place, target)
    return Batched(values, levels) if levels else values


def total(array: Any, level: int) -> Any:
    """The sum over the examples of a level."""
    if array.__class__ is not Batched or level not in array.levels:
        return array
    place = array.levels.index(level)
    levels = (*array.levels[:place], *array.levels[place + 1 :])
    values = np.asarray(array.values.sum(place))
    return Batched(values, levels) if levels else values


def repeated(array: Any, level: int, size: int) -> Any:
    """The array, the same for each example of a level."""
    if array.__class__ is Batched and level in array.levels:
        return array
    return push(pop(array, 0, level, size), 0, level)


# -- nodes ------------------------------------------------------------------------------------------------------------


def _node(plan: Plan, edge: Any, facts: Any) -> Node:
    node = Node()
    node.seq, node.plan, node.edges, node.tensors, node.facts = moment(), plan, edge, (), facts
    node.hooks = node.place = None
    return node


def _tensor(array: Any, x: Tensor, plan: Plan, again: Callable[..., Tensor], facts: Any) -> Tensor:
    """The tensor that `again(x, *facts)` is, whose array is given; its tangents are made by the same function."""
    out = wrap(array)
    if carries(x):
        share_tangents(x, out, lambda t: again(t, *facts))
    if x._node is not None and current().grad:
        (x,) = lifted((x,))
        out._node = _node(plan, x._node, facts)
    return out


def enter(x: Tensor, dim: int, level: int, size: int) -> Tensor:
    """One example of the batch that `x` holds along `dim`."""
    out = _tensor(push(x._array, dim, level), x, _ENTER, enter, (dim, level, size))
    out._history = version_of(x)  # they share memory
    return out


def leave(x: Tensor, dim: int, level: int, size: int) -> Tensor:
    """The batch of which `x` is one example, along `dim`."""
    return _tensor(pop(x._array, dim, level, size), x, _leaving(x._node, dim), leave, (dim, level, size))


def _running(level: int) -> bool:
    """Whether the vmap of a level is under way: then each example has a gradient of its own, of all tensors."""
    return any(frame.level == level for frame in current().transforms)


def _summed(x: Tensor, level: int, size: int) -> Tensor:
    """The sum over the examples of a level, once the vmap has ended."""
    if _running(level):
        return x
    array = total(x._array, level)
    return x if array is x._array else _tensor(array, x, _TOTAL, _summed, (level, size))


def _for_each(x: Tensor, level: int, size: int) -> Tensor:
    """The opposite: the same for each example, so that what is summed over the examples later is summed over all."""
    return _tensor(repeated(x._array, level, size), x, _SHARED, _for_each, (level, size))


class VmapEnterBackward(Node):
    """Where a tensor enters a vmapped function."""

    __slots__ = ()


class VmapLeaveBackward(Node):
    """Where a result leaves a vmapped function."""

    __slots__ = ()


class SharedBackward(Node):
    """Where a vmapped function uses a tensor from outside."""

    __slots__ = ()


class VmapTotalBackward(Node):
    """The sum over the examples: the gradient of a tensor from outside."""

    __slots__ = ()


def _leave_again(node: Node, g: Tensor) -> Any:
    return leave(g, *node.facts)


def _enter_again(node: Node, g: Tensor) -> Any:
    return enter(g, *node.facts)


def _summed_again(node: Node, g: Tensor) -> Any:
    return _summed(g, *node.facts)


def _repeated_again(node: Node, g: Tensor) -> Any:
    return _for_each(g, *node.facts)


_ENTER = Plan(lambda node, g: pop(g, *node.facts), _leave_again, (True,), VmapEnterBackward, single=True)


@cache
def _leave_plan(name: str) -> Plan:
    kind = Kind(VmapLeaveBackward, name, VmapLeaveBackward) if name else VmapLeaveBackward
    return Plan(lambda node, g: push(g, *node.facts[:2]), _enter_again, (True,), kind, single=True)


def _leaving(edge: Any, dim: int) -> Plan:
    """How a result leaves: by a node with the name of its last operation, which is the one that torch has there."""
    node = None if edge is None else split_edge(edge)[0]
    kind = None if node is None or node.plan is None else node.plan.kind
    name = kind.name if isinstance(kind, Kind) else ""
    return _leave_plan("PermuteBackward0" if dim else _REDUCED.get(name, name))


_REDUCED = {f"{name}Backward0": f"{name}Backward1" for name in ("Sum", "Mean", "Prod")}  # over some axes of all


_SHARED = Plan(lambda node, g: total(g, node.facts[0]), _summed_again, (True,), SharedBackward, single=True)
_TOTAL = Plan(
    lambda node, g: repeated(g, *node.facts),
    _repeated_again,
    (True,),
    VmapTotalBackward,
    single=True,
)


def lifted(operands: tuple[Any, ...]) -> tuple[Any, ...]:
    """The operands, those from outside of a running vmap behind `Shared` nodes."""
    frames: tuple[Frame, ...] = current().transforms
    if not frames:
        return operands
    return tuple([_lift(o, frames) if isinstance(o, Tensor) else o for o in operands])


def _lift(x: Tensor, frames: tuple[Frame, ...]) -> Tensor:
    edge: Any = x._node
    meta = x._meta
    tangents = None if meta is None else meta.tangents
    if edge is None and not tangents:
        return x
    for frame in frames:
        if edge is None or x._node.seq >= frame.start:  # pyright: ignore[reportOptionalMemberAccess]
            continue
        shared = frame.shared.get(edge)
        if shared is None:
            shared = frame.shared[edge] = _node(_SHARED, edge, (frame.level, frame.size))
        edge = shared
    raised = {level: _lift(t, frames) for level, t in tangents.items()} if tangents else {}
    own = any(raised[level] is not t for level, t in tangents.items()) if tangents else False
    if edge is x._node and not own:
        return x
    out = wrap(x._array)
    out._node, out._history, out._meta = edge, version_of(x), meta
    if own:  # a rule that uses the saved operand later must find the tangents behind `Shared` nodes as well
        out._meta = None
        out._metadata().inference = meta.inference  # pyright: ignore[reportOptionalMemberAccess]
        for level, tangent in raised.items():
            put_tangent(out, level, tangent)
    return out


_twins: dict[Recorder, Recorder] = {}


def recorder_now(recorder: Recorder) -> Recorder:
    """The recorder that makes the primitive's nodes in the present mode: inside a transform, for batched arrays."""
    return _twin(recorder) if current().transforms else recorder


def _twin(recorder: Recorder) -> Recorder:
    """The recorder for batched arrays."""
    twin = _twins.get(recorder)
    if twin is None:
        twin = _twins[recorder] = Recorder(recorder.primitive, recorder.kind.name)
        twin.kind, twin.xp = recorder.kind, batched
    return twin


def record(
    recorder: Recorder, out: Tensor, operands: tuple[Any, ...], arrays: tuple[Any, ...], static: Any
) -> Node | None:
    """`recorder.record` in the present mode."""
    if not current().transforms and out._array.__class__ is not Batched:
        return recorder.record(out, operands, arrays, static)
    return _twin(recorder).record(out, lifted(operands), arrays, static)


def on_batched(taped: Callable[[Node, Any], Any]) -> Callable[[Node, Any], Any]:
    """The step of a node that was made inside a vmap, for when it runs after that has ended."""

    def step(node: Node, g: Any) -> Any:
        if current().transforms:
            return taped(node, g)
        previous = change(transforms=_ENDED)
        try:
            return taped(node, g)
        finally:
            set_mode(previous)

    return step


_RANDOM = (
    "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' "
    "randomness flags on vmap or perform the randomness operation out of vmap"
)


def need_randomness() -> None:
    """Refuse to draw random numbers inside a vmap that does not allow it."""
    if any(frame.randomness == "error" for frame in current().transforms):
        raise RuntimeError(_RANDOM)


def private_copy(x: Tensor) -> Tensor:
    """A recorded copy to be changed in place; inside a vmap each example has one of its own."""
    out: Tensor = x.clone()  # pyright: ignore[reportAttributeAccessIssue]
    frames: tuple[Frame, ...] = current().transforms
    if frames:
        sizes: dict[int, Any] = {frame.level: frame.size for frame in frames}
        levels = tuple(sorted({*levels_of((out._array,)), *sizes}))
        values = spread(out._array, levels)
        lead = [sizes.get(level, n) for level, n in zip(levels, values.shape, strict=False)]
        out._array = Batched(np.array(np.broadcast_to(values, (*lead, *out._array.shape))), levels)
    return out


def described(array: Batched, describe: Callable[[Tensor], str]) -> str:
    """The printed form of a tensor inside a vmap: the batch, and at what depth."""
    text = describe(wrap(array.values))
    for depth in range(len(array.levels), 0, -1):
        inner = text.replace("\n", "\n    ")
        text = f"BatchedTensor(lvl={depth}, bdim=0, value=\n    {inner}\n)"
    return text


def differing() -> tuple[Frame, ...]:
    """The running vmaps whose examples get random numbers of their own."""
    return tuple([frame for frame in current().transforms if frame.randomness == "different"])


def _frames_to_draw_for() -> tuple[Frame, ...]:
    if not current().transforms:
        return ()
    need_randomness()
    return differing()


def drawn_each(draw: Any, shape: tuple[int, ...]) -> Any:
    """Random numbers of `shape`, from `draw(shape)`: one array for all examples, or for each one its own."""
    frames = _frames_to_draw_for()
    if not frames:
        return draw(shape)
    return Batched(draw((*[f.size for f in frames], *shape)), tuple([f.level for f in frames]))


def drawn_from(draw: Any, array: Any, function: str, axes: int = 0, *others: Any) -> Any:
    """Random numbers from `draw(array, *others)`, where the arrays give each its distribution."""
    own = levels_of((array, *others))
    if own == (META,) and not current().transforms:
        return on_meta(drawn_from, draw, array, function, axes, *others)
    frames = _frames_to_draw_for()
    if not frames and not own:
        return draw(array, *others)
    levels = tuple([frame.level for frame in frames])
    if not set(own) <= set(levels):
        raise RuntimeError(
            "Vmap does not currently support same randomness with a batched tensor input. Please file an issue with "
            f"functorch (in {function}: the examples have distributions of their own; use randomness='different')"
        )
    if axes and array.ndim > axes:
        raise not_batchable(f"{function} with several rows")
    shape = np.broadcast_shapes(array.shape, *[x.shape for x in others])
    lead = tuple([frame.size for frame in frames])
    full = [np.broadcast_to(spread(x, levels, len(shape)), (*lead, *shape)) for x in (array, *others)]
    found = draw(*[np.ascontiguousarray(x.reshape((-1, *shape)) if axes else x) for x in full])
    return Batched(found.reshape((*[frame.size for frame in frames], *found.shape[1:])) if axes else found, levels)


__all__ = [
    "Frame",
    "batched_here",
    "differing",
    "drawn_each",
    "drawn_from",
    "enter",
    "leave",
    "lifted",
    "need_randomness",
    "on_batched",
    "on_meta",
    "private_copy",
    "record",
]
