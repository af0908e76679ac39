"""In-place changes: compute out of place, check, write, and rebase the history.

Nothing is written before everything is checked, so an error leaves every tensor as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from sys import getrefcount
from typing import Any, TypeVar, cast

import numpy as np

from ..arrays.batched import Batched, levels_of
from ..arrays.batched_indexing import need_levels
from ..arrays.batched_namespace import namespace as batched
from ..graph import HELD_ONCE, PLAIN, current, moment, split_edge, user_place, version_of
from .batching import on_meta, record
from .core import Tensor, wrap
from .dispatch import Recorder
from .dtypes import SCALAR_NAMES
from .meta_device import need_one_device
from .origins import origin_of, take_over
from .promotion import can_cast
from .restrictions import check_apart, check_writable
from .saved import SavedOutput
from .tangents import active
from .tangents_changed import before_change, inherit, overwrite
from .views import loose_views, rebase, with_history


def in_place(function: Callable[..., Tensor], name: str, overlapping: bool = False) -> Callable[..., Tensor]:
    """The in-place form of `function`: its result replaces the values of its first argument, which it returns.

    `overlapping`: it gives all elements one value, so that they may share memory.
    """

    def call(input: Tensor, *arguments: Any, **keywords: Any) -> Tensor:
        others: list[Tensor] = []
        tracked = itself = False
        for a in (*arguments, *keywords.values()) if keywords else arguments:
            if a is input:
                itself = True
            elif isinstance(a, Tensor):
                others.append(a)
                tracked = tracked or a._node is not None
        check_writable(input, tracked, overlapping)
        if others and not overlapping and input._array.__class__ is np.ndarray:
            for other in others:
                check_apart(input._array, other._array)
        old = with_history(input)
        mode = current()
        if mode is not PLAIN:
            if mode.anomaly:
                old._metadata().origin = origin_of(input)
            if active(mode):
                before_change(input, check_writable)
                inherit(old, input)
            if mode.saved_hooks or active(mode):  # hooks and the graphs of tangents keep its values without itself
                old._array = input._array.copy()
        if itself:
            twin = old if active(mode) else _twin(input, old)
            arguments = tuple([twin if a is input else a for a in arguments])
            del twin
        try:
            result = function(old, *arguments, **keywords)
        except TypeError as error:
            raise _renamed(error, function.__name__, name) from None
        del arguments
        # If a node saved it, it keeps the values from before.
        if getrefcount(old) > HELD_ONCE or result._array is old._array:
            old._array = input._array.copy()
        write(input, result, name, fresh=result._node is not old._node)
        return input

    call.__name__ = call.__qualname__ = name
    return call


def _renamed(error: TypeError, function: str, name: str) -> TypeError:
    """The error about an argument of a function, as one of its in-place method, which does not count its tensor."""

    def renamed(found: re.Match[str]) -> str:
        return f"{name}(): argument {found[1]} (position {int(found[2]) - 1})"

    text = re.sub(rf"^{function}\(\): argument ('\w+') \(position (\d+)\)", renamed, str(error))
    return TypeError(text)


F = TypeVar("F", bound=Callable[..., Any])


def writes(function: F) -> F:
    """A method that changes its tensor: it is refused first where autograd refuses it, whatever else is wrong."""

    @wraps(function)
    def call(self: Tensor, *arguments: Any, **keywords: Any) -> Any:
        if current().grad:
            tracked = False
            for o in (*arguments, *keywords.values()) if keywords else arguments:
                if isinstance(o, Tensor) and o._node is not None:
                    tracked = True
            if tracked or self._view is not None or self._node is not None or self._meta is not None:
                check_writable(self, tracked, overlapping=True)
        return function(self, *arguments, **keywords)

    return cast("F", call)


def _saved_output(target: Tensor, result: Tensor) -> None:
    """If the node of `result` saved it, let it save `target`, which has its values now, and notice later changes."""
    node = split_edge(result._node)[0]
    kept = [saved for saved in node.tensors or () if saved is not None]
    if any(saved._history is target._history for saved in kept):
        return  # its twin: that is an error already
    for saved in kept:
        same = isinstance(saved, SavedOutput) and saved._array is result._array
        if same and result._array.dtype == target._array.dtype:
            saved._array, saved._history = target._array, target._history
            node.seq = moment()  # after the change that made it


def _twin(input: Tensor, old: Tensor) -> Tensor:
    """A stand-in for `input` as another operand of its own change: a node that saves it saves what is about to change.

    As in torch, the node keeps a copy of the first operand only, and running backwards through x.mul_(x) is an error.
    """
    twin = wrap(input._array)
    twin._node, twin._meta = old._node, old._meta
    twin._history = version_of(input)
    return twin


def _copy_of(x: Tensor) -> Tensor:
    """A tensor that shares memory with what is changed, with its own copy of its values."""
    copy = wrap(x._array.copy())
    copy._node = x._node
    inherit(copy, x)
    return copy


def write(target: Tensor, result: Tensor, name: str, fresh: bool = False) -> None:
    """Replace the values of `target` by those of `result`, and its history by `result`'s.

    `fresh`: the node of `result` was made for this change.
    """
    value, array = result._array, target._array
    if value.dtype != array.dtype and not can_cast(result.dtype, target.dtype):
        raise RuntimeError(
            f"result type {SCALAR_NAMES[result.dtype.name]} can't be cast to the desired output type "
            f"{SCALAR_NAMES[target.dtype.name]} (in {name}; convert the tensor first, for instance with "
            f".to({result.dtype!r}))"
        )
    if value.shape != array.shape:
        raise RuntimeError(
            f"output with shape {list(array.shape)} doesn't match the broadcast shape {list(value.shape)} (in {name})"
        )
    if result._node is not None and target._node is None:
        check_writable(target, tracked=True)
    if value.__class__ is Batched and not set(value.levels) <= set(levels_of((array,))):
        need_one_device((target, result))
        raise RuntimeError(
            f"output with shape {list(array.shape)} doesn't match the broadcast shape {list(value.values.shape)} "
            f"(vmap: {name} cannot give each example a value of its own in a tensor that is the same for all of them; "
            "use the out-of-place function)"
        )
    array[...] = value
    touched(target)
    mode = current()
    if fresh and result._node is not None and not mode.levels:
        _saved_output(target, result)
    if mode is not PLAIN:
        if mode.anomaly:
            take_over(target, result)
        if active(mode):
            overwrite(target, result)
    if mode.grad and (result._node is not None or target._node is not None):
        have, want = result._array.dtype, array.dtype
        if have != want and result._node is not None and not (have.kind == want.kind == "f"):
            from .namespace import namespace

            result = namespace.astype(result, want)  # pyright: ignore
        rebase(target, result)


def store(
    target: Tensor,
    assign: Callable[[Any], None],
    recorder: Recorder,
    others: tuple[Any, ...],
    static: dict[str, Any],
    overlapping: bool = False,
    shared: str = "none",
) -> Tensor:
    """Change `target` in place by `assign(its array)` and record it as the primitive of `recorder`.

    This is for changes whose rules need no values of the target: nothing is computed out of place. `others` are the
    primitive's operands after the target. The caller has checked the arguments: `assign` does not fail half-way.
    `overlapping`: the elements may share memory. `shared`: which memory of the target the others may share: "none",
    the "whole", or "any" part of it.
    """
    array = target._array
    if array.__class__ is Batched and not array.levels[0] and not current().transforms:
        return on_meta(store, target, assign, recorder, others, static, overlapping, shared)
    if shared != "any" and array.__class__ is np.ndarray:
        for other in others:
            if isinstance(other, Tensor):
                given = other._array
                if array.base is not None or given.base is not None or given is array:
                    check_apart(array, given, shared == "whole")
    tracked = False
    if current().grad and target._array.dtype.kind in "fcV":
        tracked = target._node is not None
        for other in others:
            tracked = tracked or (isinstance(other, Tensor) and other._node is not None)
    check_writable(target, tracked, overlapping)
    dual = active(current())
    if dual:
        before_change(target, check_writable)
    if tracked or dual:  # a node saves what it needs of the others: if that is the memory that changes, then as it was
        others = tuple(
            [
                _copy_of(o) if isinstance(o, Tensor) and o._history is not None and o._history is target._history else o
                for o in others
            ]
        )
    old = with_history(target) if tracked or dual else None
    if dual:
        inherit(old, target)
    if current().transforms:
        assign = _out_of_place(target._array, recorder, others, static)
    with np.errstate(all="ignore"):
        assign(target._array)
    touched(target)
    if old is not None:
        out = wrap(target._array)
        arrays = tuple([o._array if isinstance(o, Tensor) else o for o in others])
        node = record(recorder, out, (old, *others), (target._array, *arrays), static) if tracked else None
        mode = current()
        if mode is not PLAIN:
            from . import special  # the unusual modes: loaded when one is first used

            special.after(mode, node, out, recorder, (old, *others), (target._array, *arrays), static)
            take_over(target, out)
        if dual:
            overwrite(target, out)
        if tracked:
            rebase(target, out)
    return target


def _out_of_place(
    array: Any, recorder: Recorder, others: tuple[Any, ...], static: dict[str, Any]
) -> Callable[[Any], None]:
    """The assignment, inside a vmap: of what the primitive gives for batched arrays."""
    operands = (array, *(o._array if isinstance(o, Tensor) else o for o in others))
    value = recorder.primitive.run(batched, batched.extras, operands, static)
    function = re.sub("(?<=[a-z])(?=[A-Z])", "_", recorder.kind.name.partition("Backward")[0]).lower() + "_"
    if function in ("copy_", "masked_fill_"):
        function = "inplace arithmetic"
    if function.startswith("scatter"):
        need_levels(array, value, function=f"aten::{function}", where=f"at level {len(current().transforms)}")
    need_levels(array, value, function=function)

    def assign(target: Any) -> None:
        target[...] = value

    return assign


def touched(target: Tensor) -> None:
    """Note that the values of `target` were changed, and by which line of the user's code."""
    version = version_of(target)
    version.bump(user_place(2))
    if version.loose:
        loose_views(version)
