"""Views: tensors that show part of another one, and what happens to their histories when one of them is changed.

Note [Views and versions]
-------------------------
A view remembers its base and the steps that lead from the base to it (`View`). All views of a base share its `Version`.
When a view is changed in place, the change is one of the base: the base's new history is
put_view(old base, new value of the view), which torch calls CopySlices, and every living view of the base gets a new
history: the steps, applied to the new base. The recorded graph is never rewritten.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import extras_of, namespace_of
from ..graph import Version, current
from ..rules import table
from .core import AccumulateGrad, Tensor
from .dispatch import Recorder, bind

Step = tuple[Recorder, dict[str, Any]]


class View:
    """How a tensor is seen in its base: `steps` are primitives with their static parameters.

    `creation`: "" for an ordinary view; "no_grad" for one made with recording off; "multi" for one of several views that
    one function returned; in-place changes of the latter two are refused where they would be recorded.
    """

    __slots__ = ("base", "creation", "steps")

    def __init__(self, base: Tensor, steps: tuple[Step, ...], creation: str) -> None:
        self.base = base
        self.steps = steps
        self.creation = creation

    def __call__(self, x: Any) -> Any:
        """The same view of another tensor or array."""
        for recorder, static in self.steps:
            if isinstance(x, Tensor):
                x = bind(recorder.primitive, recorder.cls.__name__)(x, **static)
            else:
                xp = namespace_of(x)
                x = recorder.primitive.run(xp, extras_of(xp), (x,), static)
        return x


def make_view(call: Callable[..., Tensor], x: Tensor, creation: str = "", **static: Any) -> Tensor:
    """Apply a primitive whose result shares memory with `x`, and remember that it does."""
    out = call(x, **static)
    return link_view(out, x, ((call.recorder, static),), creation)  # pyright: ignore[reportFunctionMemberAccess]


def link_view(out: Tensor, x: Tensor, steps: tuple[Step, ...], creation: str = "") -> Tensor:
    """Make `out` a view of `x` (of its base), `steps` away."""
    version = x._version
    if version is None:
        version = x._version = Version()
    out._version = version
    if not creation and not current().grad:
        creation = "no_grad"
    view = x._view
    if view is None:
        out._view = View(x, steps, creation)
    else:
        out._view = View(view.base, view.steps + steps, creation or (view.creation if view.creation == "no_grad" else ""))
    version.add_view(out)
    return out


_put_view = bind(table["put_view"])


def rebase(target: Tensor, changed: Tensor) -> None:
    """After an in-place change of `target`, whose new value has the history of `changed`, update the histories."""
    view = target._view
    if view is None:
        _adopt(target, changed._node)
    else:
        base: Tensor = view.base
        node = base._node
        put = Recorder(table["put_view"])
        out = _new_like(base)
        put.record(out, (_old(base, node), changed), (base._array, changed._array), {"view": _Replay(view)})
        _adopt(base, out._node)
    refresh_views(target)


class _Replay:
    """A view's steps alone, so that a node that keeps them does not keep the tensor."""

    __slots__ = ("steps",)

    def __init__(self, view: View) -> None:
        self.steps = view.steps

    __call__ = View.__call__


def _old(base: Tensor, node: Any) -> Tensor:
    old = _new_like(base)
    old._node = node
    return old


def _new_like(x: Tensor) -> Tensor:
    from .core import wrap

    return wrap(x._array)


def _adopt(target: Tensor, node: Any) -> None:
    """Give `target` a new node, and move its retained gradient there."""
    from ..graph import split_edge
    from .core import keep_gradient

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
    if base._version is None:
        return
    for other in base._version.living_views():
        if other._view is not None and other._view.base is base:
            _adopt(other, _fresh_node(other, base))


def _fresh_node(view: Tensor, base: Tensor) -> Any:
    if base._node is None or base._array.dtype.kind not in "fc":
        return None
    return view._view(base)._node if view._view.creation != "no_grad" or base._node is not None else None


def overlaps_itself(array: Any) -> bool:
    """Whether two elements of the array share memory, as in an expanded one."""
    return any(stride == 0 and size > 1 for stride, size in zip(array.strides, array.shape, strict=True))


def check_writable(target: Tensor) -> None:
    """Raise torch's error if `target` may not be changed in place."""
    view = target._view
    mode = current()
    if mode.grad:
        if view is None:
            if target._node is not None and target._node.__class__ is AccumulateGrad:
                raise RuntimeError(
                    "a leaf Variable that requires grad is being used in an in-place operation. "
                    "(Change it under torch.no_grad(), or use the out-of-place operation.)"
                )
        else:
            base = view.base
            if base._node is not None and base._node.__class__ is AccumulateGrad:
                raise RuntimeError(
                    "a view of a leaf Variable that requires grad is being used in an in-place operation. "
                    "(Change it under torch.no_grad(), or change a .clone() of the leaf.)"
                )
            if view.creation == "multi" and target._node is not None:
                raise RuntimeError(
                    f"Output {target.output_nr} of {target.grad_fn.name()} is a view and is being modified inplace. "  # pyright: ignore
                    "This view is the output of a function that returns multiple views. Such functions do not allow the "
                    "output views to be modified inplace. You should replace the inplace operation by an out-of-place one."
                )
            if view.creation == "no_grad" and base._node is not None:
                raise RuntimeError(
                    "A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that "
                    "this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both "
                    "the view and the inplace either both inside the no_grad block (if you don't want the inplace to be "
                    "tracked) or both outside (if you want the inplace to be tracked)."
                )
    if target._meta is not None and target._meta.inference and not mode.inference:
        raise RuntimeError(
            "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal "
            "tensor before doing inplace update."
            "See https://github.com/pytorch/rfcs/pull/17 for more details."
        )
    if overlaps_itself(target._array):
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
            "Please clone() the tensor before performing the operation."
        )
    if not target._array.flags.writeable:
        raise RuntimeError("the tensor's memory is read-only: it was made from a read-only NumPy array; clone() it first")


__all__ = ["View", "check_writable", "link_view", "make_view", "np", "rebase", "refresh_views"]
