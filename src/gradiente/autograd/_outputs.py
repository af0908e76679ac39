"""What becomes of a `Function`'s outputs and of what it saved, once its `forward` has run."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from ..graph import Mode, Node, Output, Plan, current, moment, user_place, version_of
from ..graph.places import user_stack
from ..rules import table
from ..tensor.core import AccumulateGrad, Tensor, wrap
from ..tensor.dispatch import bind
from ..tensor.metadata import input_metadata
from ..tensor.nonfinite import evaluating, trace
from ..tensor.origins import watch
from ..tensor.restrictions import check_writable
from ..tensor.saved import Packed, SavedOutput, stale
from ..tensor.tangents import active
from ..tensor.views import link_view, rebase
from ..tensor.written import INFERENCE_SAVED
from ._jvp import forward_tangents

Like = tuple[tuple[int, ...], Any]
"""A shape and a dtype."""

_MULTI_DIRTY = (
    "If your Function modifies inplace an input that is a view of another Tensor, your Function cannot return more "
    "than one "
    "Tensor. This is not supported by the current autograd engine. You should either make sure the input is not a "
    "view (using "
    ".clone() for example) or make your Function only return one Tensor (potentially splitting it into two Functions: "
    "one "
    "doing the inplace that returns a single Tensor and a second one that does the other operations). You can ask on "
    "the forum https://discuss.pytorch.org/ if you need help to do this change."
)


_view = bind(table["view"])


class Facts:
    """What a context remembers of its call: needed gradients, and the shapes and dtypes of arguments and outputs."""

    __slots__ = ("inputs", "needs", "outputs")

    def __init__(self, args: tuple[Any, ...], needs: tuple[bool, ...]) -> None:
        self.needs = needs
        self.inputs = tuple(like(a) for a in args)
        self.outputs: tuple[Like | None, ...] = ()


class NumberedOutput(SavedOutput):
    """A saved result of a node with several results."""

    __slots__ = ("number", "tangents")

    def __init__(self, array: Any, version: Any, number: int) -> None:
        super().__init__(array, version)
        self.number = number
        self.tangents: Any = None


def like(value: Any) -> Like | None:
    """The shape and dtype of a tensor; None for anything else."""
    return (value._array.shape, value._array.dtype) if isinstance(value, Tensor) else None


def finish(
    ctx: Any,
    args: tuple[Any, ...],
    output: Any,
    mode: Mode,
    tracked: bool,
    plan_of: Callable[[Any, tuple[bool, ...], int, int], Plan],
) -> Any:
    """Turn what `forward` returned into the outputs of the node `ctx`, and save what it asked to save."""
    outputs = list(output) if isinstance(output, tuple) else [output]
    inputs = {id(a): a for a in args if isinstance(a, Tensor)}
    dirty = _dirty(ctx, inputs, outputs, tracked)
    saved = _to_save(ctx)
    without = _tensors(ctx.non_differentiable, _NOT_DIFFERENTIABLE) if tracked or active(mode) else {}
    fill = object.__setattr__
    ctx.facts.outputs = tuple(like(o) for o in outputs)
    for tensor in dirty.values():
        version_of(tensor).bump()
    if tracked:
        tensors = [a for a in args if isinstance(a, Tensor)]
        mask = tuple(a._node is not None for a in tensors)
        fill(ctx, "edges", tuple(a._node for a in tensors if a._node is not None))
        fill(ctx, "plan", plan_of(ctx, mask, len(outputs), len(saved)))
        fill(ctx, "tensors", _saved(saved, outputs, ctx, mode))
        fill(ctx, "seq", moment())
        if mode.anomaly:
            fill(ctx, "place", user_place(2))
            ctx.__dict__["_forward_stack"] = user_stack(2)
            if (parent := evaluating.get()) is not None:
                ctx.__dict__["_parent"] = parent
    made: list[Any] = []
    flags = [
        tracked and isinstance(o, Tensor) and id(o) not in without and o._array.dtype.kind in "fcV" for o in outputs
    ]
    creation = "function" if sum(flags) < 2 else "multi"
    for i, (out, differentiable) in enumerate(zip(outputs, flags, strict=True)):
        if not isinstance(out, Tensor):
            made.append(out)
            continue
        edge = (ctx if len(outputs) == 1 else Output(ctx, i)) if differentiable else None
        made.append(_attach(out, edge, id(out) in inputs, id(out) in dirty, len(outputs), creation))
        if mode.anomaly:
            watch(mode, ctx if differentiable else None, made[-1], type(ctx).__name__, inputs.values())
            if mode.check_nan:
                trace(ctx if tracked else None, made[-1], ctx._forward_cls.__name__, args)
    if active(mode):
        lost = {id(m) for m, o in zip(made, outputs, strict=True) if id(o) in without}
        forward_tangents(ctx, args, made, lost, dirty, mode)
        for value in ctx.tensors:
            if value is not None and (value.__class__ is NumberedOutput or getattr(value, "output", False)):
                meta = made[value.number]._meta
                value.tangents = None if meta is None else meta.tangents
    for name in ("to_save", "dirty_tensors", "non_differentiable", "saved_for_forward"):
        ctx.__dict__.pop(name, None)
    return tuple(made) if isinstance(output, tuple) else made[0]


def _attach(out: Tensor, edge: Any, given: bool, dirty: bool, count: int, creation: str) -> Tensor:
    """Give an output its edge. An input that is returned as it is becomes a view of itself."""
    if given and not dirty:
        alias = wrap(out._array)
        link_view(alias, out, ((_view.recorder, {"shape": out._array.shape}),), creation)  # pyright: ignore
        alias._node = edge
        return alias
    if edge is None:
        if out._node is not None and given:  # changed, but not recorded: the input keeps its history
            alias = wrap(out._array)
            alias._history = version_of(out)
            return alias
        out._node = None if not given else out._node
        return out
    if dirty and out._view is not None:
        if count > 1:
            raise RuntimeError(_MULTI_DIRTY)
        changed = wrap(out._array)
        changed._node = edge
        rebase(out, changed)
        return out
    if out._view is not None:
        out._view.creation = creation
    if dirty:
        changed = wrap(out._array)
        changed._node = edge
        rebase(out, changed)
    else:
        out._node = edge
    return out


def _dirty(ctx: Any, inputs: dict[int, Tensor], outputs: list[Any], tracked: bool) -> dict[int, Tensor]:
    """The inputs that were marked as changed in place, checked."""
    marked = _tensors(ctx.dirty_tensors, _DIRTY)
    returned = {id(o) for o in outputs}
    if any(key not in returned for key in marked):
        raise RuntimeError(
            "Some elements marked as dirty during the forward method were not returned as output. The inputs that "
            "are modified inplace must all be outputs of the Function."
        )
    for key, tensor in list(marked.items()):
        if key not in inputs:
            del marked[key]
            if tracked:
                warnings.warn(
                    "ctx.mark_dirty() received a tensor that was not an input. Only input Tensors that have been "
                    "mutated should be passed to ctx.mark_dirty().",
                    UserWarning,
                    stacklevel=4,
                )
            continue
        if current().grad and tensor._view is not None and tensor._view.creation:
            check_writable(tensor, tracked, overlapping=True)
        if tracked and tensor._node.__class__ is AccumulateGrad:
            raise RuntimeError("a leaf Variable that requires grad has been used in an in-place operation.")
    return marked


_DIRTY = "mark_dirty can only accept variables, but argument "
_NOT_DIFFERENTIABLE = "mark_non_differentiable only accepts variable arguments, but got "


def _tensors(marked: Any, complaint: str) -> dict[int, Tensor]:
    """The tensors that were marked, by identity."""
    for i, tensor in enumerate(marked or ()):
        if not isinstance(tensor, Tensor):
            raise RuntimeError(f"{complaint}{i} of type {type(tensor).__name__} (only tensors can be marked)")
    return {id(tensor): tensor for tensor in marked or ()}


def _to_save(ctx: Any) -> tuple[Any, ...]:
    wanted = ctx.to_save if ctx.to_save is not None else ()
    for i, tensor in enumerate(wanted):
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"save_for_backward can only save variables, but argument {i} is of type {type(tensor).__name__} "
                "(keep other values as attributes of ctx)"
            )
    return wanted


def _saved(wanted: tuple[Any, ...], outputs: list[Any], ctx: Any, mode: Mode) -> tuple[Any, ...]:
    """The saved values: outputs without their node, everything packed if a hook asks for it."""
    numbers = {id(o): i for i, o in enumerate(outputs) if isinstance(o, Tensor)}
    result: list[Any] = []
    for tensor in wanted:
        saved = tensor
        if tensor is not None:
            if tensor._meta is not None and tensor._meta.inference:
                raise RuntimeError(INFERENCE_SAVED)
            number = numbers.get(id(tensor))
            if number is not None and not _given(tensor, ctx, outputs):
                saved = NumberedOutput(tensor._array, version_of(tensor), number)
            if mode.saved_hooks:
                packed = Packed(ctx, saved, *mode.saved_hooks[-1])
                saved = packed
        result.append(saved)
    return tuple(result)


def _given(tensor: Tensor, ctx: Any, outputs: list[Any]) -> bool:
    """Whether an output is an input returned as it is: then a view of it is the output, and it is saved as an input."""
    dirty = {id(t) for t in ctx.dirty_tensors or ()}
    return id(tensor) not in dirty and any(tensor._node is edge and edge is not None for edge in ctx.edges)


def restored(ctx: Any, index: int) -> Tensor | None:
    """A saved value as a tensor with its place in the graph."""
    tensors = ctx.tensors
    if tensors is None:
        raise ctx.freed()
    saved = tensors[index]
    if saved is None:
        return None
    version = saved._history
    if version is not None and version.stamp > ctx.seq:
        raise stale(ctx, index)
    if isinstance(saved, Tensor):
        return saved
    out = wrap(saved._array)
    out._history = version
    if saved.tangents:
        out._metadata().tangents = saved.tangents
    if saved.__class__ is Packed and not saved.output:
        out._node = saved._node
    else:
        out._node = ctx if ctx.plan.outputs == 1 else Output(ctx, saved.number)
    return out


def delayed_error(message: str, outputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Copies of `outputs` whose node raises `message`. It leads nowhere: only a pass that runs it finds out."""

    def refuse(node: Node, g: Any) -> Any:
        raise RuntimeError(message)

    node = object.__new__(_Error)
    node.seq, node.edges, node.tensors = moment(), (), ()
    node.plan = Plan(refuse, refuse, (), _Error, (), len(outputs))
    node.facts = node.hooks = node.place = None
    made: list[Any] = []
    for i, out in enumerate(outputs):
        if isinstance(out, Tensor):
            out = wrap(out._array)
            out._node = node if len(outputs) == 1 else Output(node, i)
        made.append(out)
    return tuple(made)


class _Error(Node):
    """The node of what must not be differentiated."""

    __slots__ = ()
    makes_something = True
    _input_metadata = property(input_metadata)

    def name(self) -> str:
        """The name of the operation, as torch spells it."""
        return "torch::autograd::Error"


_Error.__name__ = _Error.__qualname__ = "Error"
