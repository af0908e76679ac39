"""Views: tensors that show part of another one, and what happens to their histories when one of them is changed.

Note [Views and versions]
-------------------------
A view remembers its base and the steps that lead from the base to it (`View`). All views of a base share its `Version`.
When a view is changed in place, the change is one of the base: the base's new history is
put_view(old base, new value of the view), which torch calls CopySlices, and every living view of the base gets a new
history: the steps, applied to the new base. The recorded graph is never rewritten.
See also Note [Views that may not follow] in `gradiente.tensor.restrictions`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import extras_of, namespace_of
from ..arrays.meta import is_meta
from ..arrays.numpy_indexing import laid_out, storage
from ..graph import Sink, Version, change, current, set_mode, split_edge, user_place, version_of
from ..rules import table
from .batching import record
from .core import AccumulateGrad, Tensor, keep_gradient, wrap
from .dispatch import Recorder, run
from .leaves import silence
from .restrictions import Untracked, allow, check_writable, forbid, forbidden_for_ever, is_forbidden
from .special import inherit_inference
from .tangents import active, follow
from .tangents_changed import turn

Step = tuple[Recorder, dict[str, Any]]


class View:
    """How a tensor is seen in its base: `steps` are primitives with their static parameters.

    `creation`: "" for an ordinary view; "no_grad" or "inference" for one made in that mode; "multi" for one of several
    views that one function returned; "function" for one that a custom Function returned. In-place changes of all but
    ordinary ones are refused where they would be recorded.
    """

    __slots__ = ("base", "creation", "layout", "stamp", "steps")

    def __init__(self, base: Tensor, steps: tuple[Step, ...], creation: str, layout: Any) -> None:
        self.base: Tensor = base
        self.steps: tuple[Step, ...] = steps
        self.creation: str = creation
        self.layout: Any = layout
        """Strides of the base and memory before and after its first element, where they are not the usual ones."""
        self.stamp: int = base._history.stamp  # pyright: ignore[reportOptionalMemberAccess]
        """The moment of the base's last change when the view was made or got its present node."""

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
    mode = current()
    if x._meta is not None and x._meta.inference:  # autograd knows nothing of views of inference tensors
        inherit_inference(out, x)
        return out
    version = version_of(x)
    out._history = version
    if not mode.grad:
        creation = "inference" if mode.inference else "no_grad"
        base = x if x._view is None else x._view.base
        if out._node is None and base._node is not None and out._array.dtype.kind in "fcV":
            out._node = Untracked()
            version.loose = True
    if creation:
        version.loose = True
    view = x._view
    if view is None:
        usual = x._array.flags.c_contiguous and "layout" not in steps[0][1]
        out._view = View(x, steps, creation, None if usual else layout_of(x._array))
    else:
        layout = view.layout
        if layout is None and "layout" in steps[0][1]:
            layout = layout_of(view.base._array)
        out._view = View(view.base, view.steps + steps, creation or view.creation, layout)
        if view.creation:
            version.loose = True
    version.add_view(out)
    if mode.inference:
        inherit_inference(out, x)
    if mode.levels and not mode.inference:
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
    if is_meta(value._array) != is_meta(x._array):
        raise RuntimeError(
            "Attempted to call `variable.set_data(tensor)`, but `variable` and `tensor` have incompatible tensor type. "
            "(One is on the meta device, the other is not: give the module a new parameter instead)"
        )
    if x.requires_grad and kind not in "fcV":
        raise RuntimeError(
            "data set to a tensor that requires gradients must be floating point or complex dtype "
            f"(this one is {value.dtype})"
        )
    x._array = value._array
    if not is_forbidden(x) and x._node.__class__ is AccumulateGrad:
        x._node._array = value._array  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess]


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
    silence(x)
    x._node = None
    for view in [] if x._history is None else x._history.living_views():
        if is_forbidden(view) and view._view.base is x and not forbidden_for_ever(view):
            allow(view, None)


def reshape_in_place(x: Tensor, call: Callable[..., Tensor], static: dict[str, Any], back: Step) -> Tensor:
    """Make `x` itself the view `call(x, **static)` of its memory; `back` is the step that undoes it."""
    check_writable(x, overlapping=True, elements=False)
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
    if x._view is not None and not x._view.creation and current().grad:
        x._view.stamp = version.stamp
    if current().grad and not isinstance(x._node, Sink):
        _adopt(x, out._node)
    elif x._node.__class__ is AccumulateGrad:
        x._node._array = out._array  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess]
    if version.loose:
        loose_views(version)
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
    if x._view is not None and x._node is not None and current().grad and _has_hooks(x):
        old._node = _fresh_node(x._view, x._view.base)  # torch goes past the view's node, and past its hooks
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
            follow_base(other, base)


def follow_base(view: Tensor, base: Tensor) -> None:
    """Give a view, whose base was changed, a history that starts at the base's present one."""
    made: View = view._view
    made.stamp = base._history.stamp  # pyright: ignore[reportOptionalMemberAccess]
    if base._node is None or view._array.dtype.kind not in "fcV":
        if is_forbidden(view) and not forbidden_for_ever(view):
            allow(view, None)
    elif made.creation:
        forbid(view)
    else:
        _adopt(view, _fresh_node(made, base))


_OTHER_TYPE = frozenset({"view_as_real", "view_as_complex"})
"""What torch cannot do with strides alone, so that the node keeps its name."""


def _fresh_node(made: View, base: Tensor) -> Any:
    """The node of the view `made` of `base` as it is now; torch's name for it says that it is not the first one."""
    x = base
    previous = change(grad=True)
    try:
        for recorder, static in made.steps[:-1]:
            x = run(recorder, (x,), (x._array,), static)
        recorder, static = made.steps[-1]
        if recorder.primitive.name in _OTHER_TYPE:
            return run(recorder, (x,), (x._array,), static)._node
        named = _again.get(recorder)
        if named is None:
            named = _again[recorder] = Recorder(recorder.primitive, "AsStridedBackward0")
        return run(named, (x,), (x._array,), static)._node
    finally:
        set_mode(previous)


def loose_views(version: Version) -> None:
    """After a change in place that is not recorded: views that do not follow by themselves get what they have to have.

    See the notes in `gradiente.tensor.restrictions`.
    """
    for view in version.living_views():
        if view._view is None or view._view.base._node is None:
            continue
        if view._view.creation or is_forbidden(view) or view._node.__class__ is Untracked or _has_hooks(view):
            follow_base(view, view._view.base)


def _has_hooks(view: Tensor) -> bool:
    """Whether the node of a view has hooks: they stay behind at a node that is made anew, as in torch."""
    return view._node is not None and split_edge(view._node)[0].hooks is not None


def base_switched(base: Tensor) -> None:
    """After `requires_grad_` of a tensor, let its views require a gradient, or not, as it does."""
    for view in base._history.living_views():  # pyright: ignore[reportOptionalMemberAccess]
        made = view._view
        if made is None or made.base is not base or is_forbidden(view):
            continue
        if base._node is None:
            if view._node.__class__ is Untracked:
                view._node = None
        elif view._node is None and view._array.dtype.kind in "fcV":
            view._node = Untracked()
            base._history.loose = True  # pyright: ignore[reportOptionalMemberAccess]
            if made.stamp != base._history.stamp:  # pyright: ignore[reportOptionalMemberAccess]
                follow_base(view, base)


def renewed(view: Tensor) -> None:
    """Before the node of a view is shown: torch makes it anew where its base has changed since."""
    made: View = view._view
    base = made.base
    if made.stamp == base._history.stamp:  # pyright: ignore[reportOptionalMemberAccess]
        return
    if base._node is not None:
        follow_base(view, base)
    elif view._node is not None and not isinstance(view._node, Sink):  # the base was detached: it leads nowhere now
        if made.creation:
            forbid(view)
            return
        made.stamp = base._history.stamp  # pyright: ignore[reportOptionalMemberAccess]
        cut = wrap(base._array)
        cut._node = Untracked()
        _adopt(view, _fresh_node(made, cut))


__all__ = [
    "View",
    "base_switched",
    "follow_base",
    "layout_of",
    "link_view",
    "loose_views",
    "make_view",
    "rebase",
    "refresh_views",
    "renewed",
    "with_history",
]
