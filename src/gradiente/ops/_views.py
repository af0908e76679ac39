"""How the functions that return views are made: one callable per primitive and name of torch's node."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from numpy import ndarray

from ..graph import INFERENCE, NO_GRAD, PLAIN, Node, Plan, current, moment, version_of
from ..rules import table
from ..tensor.core import Tensor, new
from ..tensor.dispatch import bind
from ..tensor.inference import inferred
from ..tensor.multiple import Part, make
from ..tensor.restrictions import Untracked, overlaps_itself
from ..tensor.views import View, layout_of, link_view, make_view


def viewing(name: str, node: str | None = None) -> Callable[..., Tensor]:
    """The function that applies the primitive `name`, whose result shares memory with its operand.

    `make_view` is the general way; what stands here does the same for NumPy arrays in the plain modes, without detours.
    """
    call = bind(table[name], node)
    recorder: Any = call.recorder  # pyright: ignore[reportFunctionMemberAccess]
    function = recorder.numpy
    plans: dict[Any, Plan] = {}
    plain = name != "strided"

    def view(x: Tensor, **static: Any) -> Tensor:
        array = x._array
        meta = x._meta
        mode = current()
        if mode is not PLAIN or array.__class__ is not ndarray or not plain or (meta is not None and meta.inference):
            if mode is NO_GRAD and array.__class__ is ndarray and plain and (meta is None or not meta.inference):
                return _unrecorded(x, function(array, **static), (recorder, static))
            if mode is INFERENCE and array.__class__ is ndarray and plain and meta is not None and meta.inference:
                return inferred(function(array, **static))
            return make_view(call, x, **static)
        out = new(Tensor)
        out._array = function(array, **static)
        out._meta = None
        edge = x._node
        if edge is None:
            out._node = None
        else:
            dtype = array.dtype
            plan = plans.get(dtype)
            if plan is None:
                found = make_view(call, x, **static)
                plans[dtype] = found._node.plan  # pyright: ignore - there is a node, and it is none of several results
                return found
            out._node = made = Node()
            made.seq = moment()
            made.plan = plan
            made.edges = edge
            made.tensors = ()
            made.facts = (static, (array.shape,), None if out._array.dtype is dtype else (dtype,))
            made.hooks = made.place = None
        version = x._history
        if version is None:
            version = version_of(x)
        out._history = version
        parent = x._view
        if parent is None:
            layout = None if array.flags.c_contiguous else layout_of(array)
            out._view = View(x, ((recorder, static),), "", layout)
        else:
            out._view = View(parent.base, (*parent.steps, (recorder, static)), parent.creation, parent.layout)
        version.add_view(out)
        return out

    view.call = call  # pyright: ignore[reportFunctionMemberAccess]
    view.recorder = recorder  # pyright: ignore[reportFunctionMemberAccess]
    return view


def _unrecorded(x: Tensor, array: Any, step: Part) -> Tensor:
    """The view of `x` under no_grad that shows `array`, one step away."""
    out = new(Tensor)
    out._array = array
    out._meta = None
    parent = x._view
    base = x if parent is None else parent.base
    out._node = None if base._node is None or array.dtype.kind not in "fcV" else Untracked()
    version = x._history
    if version is None:
        version = version_of(x)
    version.loose = True
    out._history = version
    if parent is None:
        out._view = View(x, (step,), "no_grad", None if x._array.flags.c_contiguous else layout_of(x._array))
    else:
        out._view = View(base, (*parent.steps, step), "no_grad", parent.layout)
    version.add_view(out)
    return out


def linked(call: Any, x: Tensor, parts: Sequence[Part], **static: Any) -> tuple[Tensor, ...]:
    """The results of a function with several views of `x`, of which `parts` tell how each is seen in `x`.

    As in `viewing`, NumPy arrays in the plain mode take a way without detours.
    """
    array, meta = x._array, x._meta
    if current() is not PLAIN or array.__class__ is not ndarray or (meta is not None and meta.inference):
        outs = call(x, parts, **static)
        for out, part in zip(outs, parts, strict=True):
            link_view(out, x, (part,), "multi")
        return outs
    version = version_of(x)
    version.loose = True
    parent = x._view
    if parent is None:
        base, steps, layout = x, (), None if array.flags.c_contiguous else layout_of(array)
    else:
        base, steps, layout = parent.base, parent.steps, parent.layout
    stamp = version.stamp
    made: list[Tensor] = []
    for value, part in zip(call.recorder.numpy(array, **static), parts, strict=True):
        out = new(Tensor)
        out._array = value
        out._node = out._meta = None
        out._history = version
        out._view = view = make(View)  # without its constructor, which would look up the stamp for each
        view.base, view.steps, view.creation, view.layout, view.stamp = base, (*steps, part), "multi", layout, stamp
        made.append(out)
    version.add_views(made)
    if x._node is not None and made:
        call.record(x, made, static)
    return tuple(made)


def warn_expanded(target: Tensor, function: str, written: str) -> None:
    """Give torch's warning where elements of the tensor that is to be changed share memory."""
    if overlaps_itself(target._array):
        warnings.warn(
            f"Use of {function} on expanded tensors is deprecated. Please clone() the tensor before performing this "
            f"operation. This also applies to advanced indexing e.g. tensor[{written}",
            UserWarning,
            stacklevel=4,
        )
