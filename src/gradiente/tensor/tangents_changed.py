"""In-place changes of tensors with tangents. See Note [Tangents of views]."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays.batched import levels_of
from ..graph import current
from .core import Tensor, wrap
from .tangents import copied, outside, put_tangent, tangent_of


def before_change(target: Tensor, check: Callable[[Tensor], None]) -> None:
    """Raise if a tangent of `target` may not be changed in place, before anything is."""
    mode = current()
    for depth, level in enumerate(mode.levels):
        tangent = tangent_of(target, level)
        if tangent is not None:
            with outside(mode, depth):
                check(tangent)


def inherit(old: Any, x: Tensor) -> None:
    """Give `old`, which stands for `x` as it is before a change, copies of the tangents of `x`."""
    mode = current()
    for depth, level in enumerate(mode.levels):
        tangent = tangent_of(x, level)
        if tangent is not None:
            with outside(mode, depth):
                put_tangent(old, level, copied(tangent))


def overwrite(target: Tensor, result: Tensor) -> None:
    """After an in-place change of `target` to the values of `result`, change its tangents to those of `result`."""
    from .inplace import write

    mode = current()
    for depth, level in enumerate(mode.levels):
        old, new = tangent_of(target, level), tangent_of(result, level)
        if old is None and new is None:
            continue
        with outside(mode, depth):
            if old is None:
                old = _introduce(target, level, new)
            if old is None:
                continue
            if new is None:
                new = wrap(np.zeros_like(old._array))
            elif not set(levels_of((new._array,))) <= set(levels_of((old._array,))):
                old = _with_examples(target, level, old)
            write(old, _castable(new, old), "copy_")


def _with_examples(target: Tensor, level: Any, old: Tensor) -> Tensor:
    """The tangent `old` of `target`, which was the same for all examples of a vmap, with memory for each of them."""
    from .batching import private_copy

    view = target._view
    base: Tensor = target if view is None else view.base
    whole = tangent_of(base, level)
    if whole is None or old._history is not whole._history:  # a tangent of its own
        put_tangent(target, level, private_copy(old))
    else:
        whole = private_copy(whole)
        put_tangent(base, level, whole)
        living = [] if base._history is None else base._history.living_views()
        for other in living:
            if other._view is not None and other._view.base is base and tangent_of(other, level) is not None:
                _follow_base(other, level, whole)
    found = tangent_of(target, level)
    assert found is not None
    return found


def turn(x: Tensor, call: Callable[..., Tensor], static: dict[str, Any]) -> None:
    """After `x` itself became the view `call(x, **static)` of its memory, let its tangents become that too."""
    from .views import make_view

    mode = current()
    for depth, level in enumerate(mode.levels):
        tangent = tangent_of(x, level)
        if tangent is not None:
            with outside(mode, depth):
                level.keep(x._metadata().tangents, make_view(call, tangent, **static))


def accumulate(meta: Any, cotangent: Tensor) -> None:
    """Accumulate, unrecorded, a cotangent that may have tangents: a first gradient keeps none of them, as in torch."""
    from .inplace import write

    if meta.grad is None:
        meta.grad = wrap(cotangent._array.copy())
    else:
        write(meta.grad, meta.grad + cotangent, "add_")


def _castable(tangent: Tensor, to: Tensor) -> Tensor:
    """The tangent in the type of `to`."""
    from .namespace import namespace

    have, want = tangent._array.dtype, to._array.dtype
    if have == want:
        return tangent
    if have.kind == "c" and want.kind != "c":
        tangent = namespace.real(tangent)  # pyright: ignore[reportAttributeAccessIssue]
    return namespace.astype(tangent, want)  # pyright: ignore[reportAttributeAccessIssue]


def _introduce(target: Tensor, level: Any, new: Tensor | None) -> Tensor | None:
    """Let `target`, which has no tangent, have one: `new` itself; or, if it is a view, a view of zeros, returned."""
    assert new is not None
    view = target._view
    base: Tensor = target if view is None else view.base
    living = [] if base._history is None else base._history.living_views()
    if view is None and not living:
        put_tangent(target, level, copied(_castable(new, target)))
        return None
    whole = tangent_of(base, level)
    if whole is None:
        whole = wrap(np.zeros_like(base._array))
        put_tangent(base, level, whole)
        whole = tangent_of(base, level)
    for other in living:
        if other._view is not None and other._view.base is base and tangent_of(other, level) is None:
            _follow_base(other, level, whole)
    if view is not None and tangent_of(target, level) is None:
        _follow_base(target, level, whole)
    return tangent_of(target, level)


def _follow_base(view: Tensor, level: Any, whole: Any) -> None:
    from .views import link_view

    if view._array.dtype.kind not in "fcV":
        return
    seen = link_view(view._view(whole), whole, view._view.steps, view._view.creation)
    put_tangent(view, level, seen)


__all__ = ["accumulate", "before_change", "inherit", "overwrite", "turn"]
