"""Steps as functions: the rule of an optimiser on lists of parameters, gradients and state that the caller keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arrays.sparse import SparseArray
from ..graph import current, user_place, version_of
from ..tensor.core import Tensor
from ._recorded import check_foreach, check_recordable, move_recorded, rule_of, watched

if TYPE_CHECKING:
    from .optimizer import Optimizer

Tensors = list[Tensor]

Entries = dict[str, list[Any]]
"""The names of entries of the state, and for each one its values for all parameters; none where a list is empty."""


def apply(
    kind: type[Optimizer], params: Tensors, grads: Tensors, entries: Entries, steps: Tensors | None, **group: Any
) -> None:
    """Take a step for each parameter; it and its state change in place.

    Autograd records it, as torch does, where it records anything and a tensor among the arguments requires a gradient.

    Args:
        kind: the optimiser whose rule it is.
        params: the parameters.
        grads: their gradients.
        entries: their state.
        steps: the numbers of their steps so far, tensors of one element; None for a rule that does not count.
        group: the options, by the names that they have in groups of parameters.

    Raises:
        IndexError: a list is shorter than that of the parameters.
        RuntimeError: a number of steps is no tensor, or the step cannot be recorded or fused.
    """
    entries = {name: values for name, values in entries.items() if values}
    for name, values in {"grads": grads, **entries, **({} if steps is None else {"state_steps": steps})}.items():
        if len(values) < len(params):
            raise IndexError(f"list index out of range ({name} has {len(values)} of {len(params)} elements)")
    if steps is not None and not all(isinstance(step, Tensor) for step in steps):  # pyright: ignore
        raise RuntimeError(
            "API has changed, `state_steps` argument must contain a list of singleton tensors, as torch.tensor(0.0)"
        )
    if _overflown(kind, grads, group):
        return
    group = {"foreach": None, "differentiable": False, **group, "params": params}
    options = rule_of(kind, {})._options(watched(group))  # pyright: ignore[reportPrivateUsage]
    check_foreach(kind, group)
    states = [{name: values[i] for name, values in entries.items()} for i in range(len(params))]
    mode = current()
    involved = [*params, *grads, *(x for values in entries.values() for x in values), *_flat(group.values())]
    if mode.grad and any(isinstance(x, Tensor) and x.requires_grad for x in involved):
        check_recordable(params)
        recorded = True
    else:
        recorded = mode.before_change is not None or bool(mode.transforms or mode.levels)
    for i, (p, g, state) in enumerate(zip(params, grads, states, strict=False)):
        found = {name: x for name, x in state.items() if x is not None}
        if steps is not None:
            found["step"] = steps[i]
        if recorded:
            move_recorded(kind, p, g, found, options)
        else:
            _move(kind, p, g, found, options)
        for name, values in entries.items():  # what the first step made
            if values[i] is None:
                values[i] = found.get(name)


def _move(kind: type[Optimizer], p: Tensor, g: Tensor, state: dict[str, Any], options: Any) -> None:
    t, place = 0.0, user_place(2)
    if "step" in state:
        state["step"]._array[...] += 1
        t = float(state["step"]._array)
    with np.errstate(all="ignore"):
        if g._array.__class__ is SparseArray:
            _move_sparse(kind, p, g, state, t, options)
            return
        rule_of(kind, {})._move(p._array, g._array, state, t, options)  # pyright: ignore[reportPrivateUsage]
    for x in (p, *state.values()):
        version_of(x).bump(place)


def _move_sparse(kind: type[Optimizer], p: Tensor, g: Tensor, state: dict[str, Any], t: float, options: Any) -> None:
    from ._sparse import adagrad_rule, rule_for

    optimizer = rule_of(kind, {})
    rule = rule_for(optimizer)
    if "step" in state:
        adagrad_rule(p._array, g._array, state["sum"]._array, t, options)
    else:
        optimizer.state = {p: state}  # pyright: ignore[reportAttributeAccessIssue]
        rule(optimizer, p, g._array, options)
    version_of(p).bump(user_place(3))


def _overflown(kind: type[Optimizer], grads: Tensors, group: dict[str, Any]) -> bool:
    """Whether a fused step is to be left out; where it is not, its gradients are divided by their scale."""
    scale, found = group.pop("grad_scale", None), group.pop("found_inf", None)
    if not group.get("fused"):
        if scale is not None or found is not None:
            raise AssertionError("Expected grad_scale and found_inf to be None (they are for fused=True)")
        return False
    if group.get("differentiable"):
        raise RuntimeError(f"{kind.__name__} with fused=True does not support differentiable=True (leave fused out)")
    if found is not None and found._array.any():
        return True
    if scale is not None:
        for g in grads:
            g._array[...] /= scale._array
            version_of(g).bump(user_place(2))
    return False


def _flat(values: Any) -> Sequence[Any]:
    return [x for value in values for x in (value if isinstance(value, tuple) else (value,))]  # pyright: ignore


__all__ = ["Tensors", "apply"]
