"""Forward mode of a `Function`: its `jvp` gives the tangents of its outputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..graph import Mode, current, set_mode
from ..tensor.core import Tensor, wrap
from ..tensor.tangents import copied, put_tangent, tangent_of, wrong_size

_NOT_A_VIEW = (
    "A custom Function's forward is returning a view (or an input as-is) but the jvp is not returning a view. "
    "(Output {i}: let jvp return the same view of the input's tangent, such as tangent.view_as(tangent))"
)
_NOT_IN_PLACE = (
    "An inplace custom Function is not modifying the forward mode gradients inplace. If the forward is modifying an "
    "input inplace, then the jvp function must modify the corresponding gradient inplace. (Output {i}: change the "
    "tangent that jvp receives, and return it)"
)


def forward_tangents(ctx: Any, args: tuple[Any, ...], made: list[Any], without: Any, dirty: Any, mode: Mode) -> None:
    """Give the outputs `made` the tangents that the function's `jvp` computes, at each level where an input has one."""
    for depth, level in enumerate(mode.levels):
        given = [tangent_of(a, level) for a in args]
        if all(t is None for t in given):
            continue
        shown = given
        if ctx.materialize_grads:
            shown = [_zeros(a) if t is None and isinstance(a, Tensor) else t for a, t in zip(args, given, strict=True)]
        found = _called(ctx, shown, mode, depth)
        if len(found) != len(made):
            raise RuntimeError(
                f"Function's jvp returned an invalid number of forward gradients (expected {len(made)} but got "
                f"{len(found)}): jvp must return one tangent, or None, per output of forward"
            )
        for i, (out, tangent) in enumerate(zip(made, found, strict=True)):
            if isinstance(out, Tensor):
                old = tangent_of(out, level) if id(out) in dirty else None
                if old is not None:
                    if old is not tangent:
                        raise RuntimeError(_NOT_IN_PLACE.format(i=i))
                    continue
                differentiable = id(out) not in without and out._array.dtype.kind in "fcV"
                checked = _checked(tangent, out, i, differentiable)
                _give(out, checked, level, i, given, id(out) in dirty)


def _zeros(x: Tensor) -> Tensor:
    import numpy as np

    return wrap(np.zeros_like(x._array))


def _called(ctx: Any, shown: list[Any], mode: Mode, depth: int) -> tuple[Any, ...]:
    """What `jvp` returns; inside it, `ctx.saved_tensors` are those of `save_for_forward`, and this level is off."""
    previous = current()
    ctx.__dict__["_for_jvp"] = tuple(ctx.saved_for_forward or ())
    set_mode(replace(mode, levels=mode.levels[:depth], forward_grad=depth > 0))
    try:
        answer = ctx._forward_cls.jvp(ctx, *shown)
    finally:
        set_mode(previous)
        del ctx.__dict__["_for_jvp"]
    return answer if isinstance(answer, tuple) else (answer,)


def _checked(tangent: Any, out: Tensor, i: int, differentiable: bool) -> Tensor | None:
    """The tangent that was returned for output `i`, if it may be its tangent."""
    if tangent is not None and not isinstance(tangent, Tensor):
        raise RuntimeError(
            f"expected Variable or None (got {type(tangent).__name__}) for grad output {i}. (jvp must return tensors)"
        )
    if not differentiable:
        if tangent is not None:
            raise RuntimeError(
                f"Function's jvp returned a gradient at position {i}, but  the corresponding forward output is not a "
                "differentiable Tensor.You should return None at that position instead."
            )
        return None
    if tangent is None or tangent._array.dtype.kind not in "fcV":
        what = "None" if tangent is None else f"a tensor of dtype {tangent.dtype!r}"
        raise RuntimeError(
            "Expected both tensor and its forward grad to be floating point or complex "
            f"(jvp returned {what} for output {i}, which has the dtype {out.dtype!r}; return zeros if it is constant)"
        )
    if tangent._array.shape != out._array.shape:
        raise wrong_size(out, tangent)
    return tangent


def _give(out: Tensor, tangent: Tensor | None, level: Any, i: int, given: list[Any], changed: bool) -> None:
    """Make `tangent` the one of output `i`, after torch's check of views."""
    if tangent is None:
        return
    if not changed:
        if out._view is not None and tangent._view is None:
            raise RuntimeError(_NOT_A_VIEW.format(i=i))
        if out._view is None and any(tangent is t for t in given):  # two tensors that may change apart share no tangent
            tangent = copied(tangent)
    put_tangent(out, level, tangent)
