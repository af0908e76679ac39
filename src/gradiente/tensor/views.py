"""Views: tensors that show part of another one, and what happens to their histories when one of them is changed.

Note [Views and versions]
-------------------------
A view remembers its base and the steps that lead from the base to it (`View`). All views of a base share its `Version`.
When a view is changed in place, the change is one of the base: the base's new history is
put_view(old base, new value of the view), which torch calls CopySlices, and every living view of the base gets a new
history: the steps, applied to the new base. The recorded graph is never rewritten.

Note [Views that may not follow]
--------------------------------
A view that was made with recording off, or that is one of several results of one function, does not follow its base: it
is not clear what its user meant. After the base changed, such a view gets a `Forbidden` node, which raises torch's
error when the view is looked at or when a gradient is to go through it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import extras_of, namespace_of
from ..arrays.numpy_indexing import laid_out, storage
from ..graph import PLAIN, Node, NodeHooks, Plan, current, moment, split_edge, user_place, version_of
from ..rules import table
from .batching import record
from .core import AccumulateGrad, Tensor, keep_gradient, wrap
from .dispatch import Recorder, run
from .special import inherit_inference
from .tangents import active, follow
from .tangents_changed import turn

Step = tuple[Recorder, dict[str, Any]]


class View:
    """How a tensor is seen in its base: `steps` are primitives with their static parameters.

    `creation`: "" for an ordinary view; "no_grad" for one made with recording off; "multi" for one of several views
    that one function returned; in-place changes of the latter two are refused where they would be recorded.
    """

    __slots__ = ("base", "creation", "layout", "steps")

    def __init__(self, base: Tensor, steps: tuple[Step, ...], creation: str, layout: Any) -> None:
        self.base: Tensor = base
        self.steps: tuple[Step, ...] = steps
        self.creation: str = creation
        self.layout: Any = layout
        """Strides of the base and memory before and after its first element, where they are not the usual ones."""

    def __call__(self, x: Any) -> Any:
        """The same view of another tensor or array."""
        for recorder, static in self.steps:
            if isinstance(x, Tensor):
                x = run(recorder, (x,), (x._array,), static)
            else:
                xp = namespace_of(x)
                x = recorder.primitive.run(xp, extras_of(xp), (x,), static)
        return x


class _Replay:
    """A view's steps alone, so that a node that keeps them does not keep the tensor."""

    __slots__ = ("layout", "steps")

    def __init__(self, view: View) -> None:
        self.steps = view.steps
        self.layout: Any = view.layout

    __call__ = View.__call__

    def lay_out(self, x: Any) -> Any:
        """A copy of `x` that lies in memory as the base does, so that the steps are views of it."""
        if self.layout is None:
            return np.array(x, order="C")
        return laid_out(x, *self.layout)


def layout_of(array: Any) -> Any:
    """How a base lies in memory: its strides, and how many elements lie before and after its first one."""
    if array.__class__ is not np.ndarray:  # batched: its copies lie in memory in their order
        return None
    memory, first = storage(array)
    item = array.itemsize
    before = first // item
    return tuple([s // item for s in array.strides]), before, memory.size // item - before


def make_view(call: Callable[..., Tensor], x: Tensor, creation: str = "", **static: Any) -> Tensor:
    """Apply a primitive whose result shares memory with `x`, and remember that it does."""
    out = call(x, **static)
    return link_view(out, x, ((call.recorder, static),), creation)  # pyright: ignore[reportFunctionMemberAccess]


def link_view(out: Tensor, x: Tensor, steps: tuple[Step, ...], creation: str = "") -> Tensor:
    """Make `out` a view of `x` (of its base), `steps` away."""
    version = version_of(x)
    out._history = version
    mode = current()
    if not mode.grad:
        creation = "no_grad"
    view = x._view
    if view is None:
        usual = x._array.flags.c_contiguous and "layout" not in steps[0][1]
        out._view = View(x, steps, creation, None if usual else layout_of(x._array))
    else:
        layout = view.layout
        if layout is None and "layout" in steps[0][1]:
            layout = layout_of(view.base._array)
        out._view = View(view.base, view.steps + steps, creation or view.creation, layout)
    version.add_view(out)
    if mode.inference or (x._meta is not None and x._meta.inference):
        inherit_inference(out, x)
    if mode is not PLAIN and active(mode):
        follow(out, x, steps, creation)
    return out


def share(x: Tensor) -> Tensor:
    """The same values without history, sharing memory with `x` but not its version."""
    out = wrap(x._array)
    if x._meta is not None and x._meta.inference:
        out._metadata().inference = True
    return out


def set_data(x: Tensor, value: Any) -> None:
    """Give `x` the values, shape and dtype of `value`, whose memory it shares from then on; its history stays."""
    if not isinstance(value, Tensor):
        raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
    kind = value._array.dtype.kind
    if x._node is not None and kind not in "fc" and value.dtype.name != "bfloat16":
        raise RuntimeError(
            "data set to a tensor that requires gradients must be floating point or complex dtype "
            f"(this one is {value.dtype})"
        )
    x._array = value._array
    if x._node is not None and x._node.__class__ is AccumulateGrad:
        x._node._array = value._array  # pyright: ignore[reportAttributeAccessIssue]


def detach_in_place(x: Tensor) -> None:
    """Take the history away from `x`."""
    if x._view is not None:
        raise RuntimeError(
            "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for "
            "training, "
            "and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() "
            "cannot be "
            "called on these gradients. To fix this error, please refer to the Optimizer.zero_grad() function in "
            "torch/optim/optimizer.py as the solution."
        )
    if x._meta is not None:
        x._meta.retained = False
        x._meta.tangents = None
    x._node = None


def reshape_in_place(x: Tensor, call: Callable[..., Tensor], static: dict[str, Any], back: Step) -> Tensor:
    """Make `x` itself the view `call(x, **static)` of its memory; `back` is the step that undoes it."""
    check_writable(x, overlapping=True)
    out = call(with_history(x), **static)
    version = version_of(x)
    if x._view is None:  # the views of a base go on from what it was
        for other in version.living_views():
            if other._view is not None and other._view.base is x:
                other._view = View(x, (back, *other._view.steps), other._view.creation, layout_of(out._array))
    else:
        old = x._view
        x._view = View(old.base, (*old.steps, (call.recorder, static)), old.creation, old.layout)  # pyright: ignore
    x._array = out._array
    if active(current()):
        turn(x, call, static)
    version.bump(user_place(2))
    if x._node is not None and x._node.__class__ is AccumulateGrad:
        x._node._array = out._array  # pyright: ignore[reportAttributeAccessIssue]
    else:
        _adopt(x, out._node)
    return x


_PUT = Recorder(table["put_view"])
_again: dict[Recorder, Recorder] = {}


def rebase(target: Tensor, changed: Tensor) -> None:
    """After an in-place change of `target`, whose new value has the history of `changed`, update the histories."""
    view = target._view
    if view is None:
        _adopt(target, changed._node)
    else:
        base: Tensor = view.base
        out = wrap(base._array)
        record(_PUT, out, (with_history(base), changed), (base._array, changed._array), {"view": _Replay(view)})
        _adopt(base, out._node)
    refresh_views(target)


def with_history(x: Tensor) -> Tensor:
    """A stand-in for `x` as it is before a change in place: its values and its present history."""
    old = wrap(x._array)
    old._node = x._node
    return old


def _adopt(target: Tensor, node: Any) -> None:
    """Give `target` a new node, and move its retained gradient there."""
    meta = target._meta
    if meta is not None and meta.retained and target._node is not None:
        old, number = split_edge(target._node)
        if old.hooks is not None:
            old.hooks.retain.pop(number, None)
    target._node = node
    if meta is not None and meta.retained and node is not None:
        keep_gradient(target)


def refresh_views(target: Tensor) -> None:
    """Give every living view of `target`'s base a history that starts at the base's present one."""
    view = target._view
    base = target if view is None else view.base
    if base._history is None:
        return
    for other in base._history.living_views():
        if other._view is not None and other._view.base is base:
            _adopt(other, _fresh_node(other, base))


def _fresh_node(view: Tensor, base: Tensor) -> Any:
    if base._node is None or (view._array.dtype.kind not in "fc" and view.dtype.name != "bfloat16"):
        return None
    made: View = view._view
    if view._node.__class__ is Forbidden:
        return view._node
    if made.creation:
        return Forbidden(_forbidden(view, "its base or another view of its base has been"))
    x = base
    for recorder, static in made.steps[:-1]:
        x = run(recorder, (x,), (x._array,), static)
    recorder, static = made.steps[-1]
    named = _again.get(recorder)
    if named is None:
        named = _again[recorder] = Recorder(recorder.primitive, "AsStridedBackward0")
    return run(named, (x,), (x._array,), static)._node


class Forbidden(Node):
    """The node of a view that may not follow its base; see Note [Views that may not follow]."""

    __slots__ = ("text",)

    seq: int
    edges: tuple[Any, ...]
    plan: Plan
    tensors: tuple[Any, ...] | None
    facts: Any
    hooks: NodeHooks | None
    place: Any

    def __init__(self, text: str) -> None:
        self.seq, self.plan, self.edges, self.tensors = moment(), _FORBIDDEN, (), ()
        self.facts = self.hooks = self.place = None
        self.text: str = text

    def show(self) -> Node:
        """Raise the error: whoever looks at the node looks at the view."""
        raise RuntimeError(self.text)


def _refuse(node: Any, g: Any) -> Any:
    raise RuntimeError(node.text)


_FORBIDDEN = Plan(_refuse, _refuse, (), Forbidden)


def _forbidden(target: Tensor, what: str) -> str:
    """torch's text for a view that may not be changed, or may not follow."""
    creation = target._view.creation
    if target._node is None:
        text = f"A view was created in no_grad mode and {what} modified inplace with grad mode enabled."
    else:
        node, number = split_edge(target._node)
        text = f"Output {number} of {node.name().split('Backward')[0]} is a view and {what} modified inplace."
    if creation.endswith("function"):
        return (
            f"{text} This view was created inside a custom Function (or because an input was returned as-is) and the "
            "autograd "
            "logic to handle view+inplace would override the custom backward associated with the custom Function, "
            "leading to "
            "incorrect gradients. This behavior is forbidden. You can fix this by cloning the output of the custom "
            "Function."
        )
    if creation.endswith("multi"):
        return (
            f"{text} This view is the output of a function that returns multiple views. Such functions do not allow "
            "the "
            "output views to be modified inplace. You should replace the inplace operation by an out-of-place one."
        )
    return (
        f"{text} Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by "
        "moving "
        "both the view and the inplace either both inside the no_grad block (if you don't want the inplace to be "
        "tracked) or "
        "both outside (if you want the inplace to be tracked)."
    )


def overlaps_itself(array: Any) -> bool:
    """Whether two elements of the array share memory, as in an expanded one."""
    strides = array.strides
    return 0 in strides and array.size > 0 and any(s == 0 and n > 1 for s, n in zip(strides, array.shape, strict=True))


_LEAF = "leaf Variable that requires grad is being used in an in-place operation."


def check_writable(target: Tensor, tracked: bool = False, overlapping: bool = False) -> None:
    """Raise torch's error if `target` may not be changed in place.

    `tracked`: the change will be recorded, whether or not the target has a history. `overlapping`: the change gives all
    elements one value, so that they may share memory.
    """
    view = target._view
    mode = current()
    if mode.grad:
        if view is None:
            if target._node is not None and target._node.__class__ is AccumulateGrad:
                raise RuntimeError(f"a {_LEAF} (Change it under torch.no_grad(), or use the out-of-place operation.)")
        else:
            node = view.base._node
            if isinstance(target._node, Forbidden):
                raise RuntimeError(target._node.text)
            if view.creation and (tracked or node is not None):
                raise RuntimeError(_forbidden(target, "is being"))
            if node is not None and node.__class__ is AccumulateGrad:
                raise RuntimeError(
                    f"a view of a {_LEAF} (Change it under torch.no_grad(), or change a .clone() of the leaf.)"
                )
    if target._meta is not None and target._meta.inference and not mode.inference:
        raise RuntimeError(
            "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a "
            "normal "
            "tensor before doing inplace update."
            "See https://github.com/pytorch/rfcs/pull/17 for more details."
        )
    if not overlapping and overlaps_itself(target._array):
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
            "Please clone() the tensor before performing the operation."
        )
    if not target._array.flags.writeable:
        raise RuntimeError(
            "the tensor's memory is read-only: it was made from a read-only NumPy array; clone() it first"
        )


__all__ = [
    "Forbidden",
    "View",
    "check_writable",
    "layout_of",
    "link_view",
    "make_view",
    "rebase",
    "refresh_views",
    "with_history",
]
