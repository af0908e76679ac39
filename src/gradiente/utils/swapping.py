"""torch.utils.swap_tensors: two tensors exchange everything but their identity."""

from __future__ import annotations

import copyreg
import weakref
from typing import Any, NoReturn

from ..tensor.core import AccumulateGrad, Tensor

_POISONED = (
    "Trying to execute AccumulateGrad node that was poisoned by swap_tensors this can happen when you try to run "
    "backward on a tensor that was swapped. For a module m with "
    "`torch.__future__.set_swap_module_params_on_conversion(True)` you should not change the device or dtype of the "
    "module (e.g. `m.cpu()` or `m.half()`) between running forward and backward. To resolve this, please only change "
    "the device/dtype before running forward (or after both forward and backward)."
)


def swap_tensors(t1: Tensor, t2: Tensor) -> None:
    """Exchange what two tensors are: values, gradient, hooks, place in a graph, class and attributes.

    Whoever holds one of them, such as a module or an optimiser, then holds the other's content. Graphs that were
    recorded with a leaf before the exchange cannot be run backward to it any more.

    Args:
        t1: a tensor.
        t2: another one, whose class has the same slots.

    Raises:
        RuntimeError: something has a weak reference to one of them, the slots differ, or one has views.

    Example:
        >>> import gradiente as torch
        >>> a, b = torch.ones(2), torch.zeros(3)
        >>> torch.utils.swap_tensors(a, b)
        >>> a, b
        (tensor([0., 0., 0.]), tensor([1., 1.]))
    """
    tensors = {"t1": t1, "t2": t2}
    for name, x in tensors.items():
        if any(ref not in _own_references(x) for ref in weakref.getweakrefs(x)):
            raise RuntimeError(f"Cannot swap {name} because it has weakref associated with it")
    slots: set[str] = set(_slots(t1))
    if slots != set(_slots(t2)):
        raise RuntimeError("Cannot swap t1 and t2 if they have different slots")
    for name, x in tensors.items():
        count = 1 + (x._node.__class__ is AccumulateGrad) + _views(x)
        if _views(x):
            raise RuntimeError(
                f"Expected use_count of {name} to be 1 or 2 with an AccumulateGrad node but got {count} make sure you "
                "are not holding references to the tensor in other places. (Views show its memory: clone them)"
            )
    for x in tensors.values():
        _poison(x)
    for name in ("__class__", "__dict__", *slots):
        _exchange(t1, t2, name)
    for x in tensors.values():
        _settle(x, t2 if x is t1 else t1)


def _slots(x: Any) -> list[str]:
    return copyreg._slotnames(x.__class__)  # type: ignore[attr-defined]  # pyright: ignore


def _own_references(x: Any) -> list[Any]:
    """The weak references to a tensor that its own accumulator and its base's history hold."""
    nodes = [x._node, None if x._meta is None else x._meta.silent]
    own = [node._leaf for node in nodes if isinstance(node, AccumulateGrad)]
    return [*own, *(() if x._history is None else x._history.views)]


def _views(x: Any) -> int:
    """How many living tensors look into the memory of a base."""
    if x._history is None or x._view is not None:
        return 0
    return sum(view is not x for view in x._history.living_views())


def _poison(x: Any) -> None:
    """Give a leaf another accumulator, with the same hooks; the old one refuses to run."""
    old = x._node
    if old.__class__ is not AccumulateGrad:
        return
    new = AccumulateGrad(x)
    new.hooks, old.hooks = old.hooks, None
    old.register_prehook(_refuse)
    x._node = new


def _refuse(grads: Any) -> NoReturn:
    raise RuntimeError(_POISONED)


def _exchange(a: Any, b: Any, name: str) -> None:
    absent = object()
    first, second = getattr(a, name, absent), getattr(b, name, absent)
    for x, value in ((a, second), (b, first)):
        if value is not absent:
            setattr(x, name, value)
        elif hasattr(x, name):
            delattr(x, name)


def _settle(x: Any, before: Tensor) -> None:
    """Have the weak references to the tensor that was this one before lead here."""
    reference = weakref.ref(x)
    for node in (x._node, None if x._meta is None else x._meta.silent):
        if isinstance(node, AccumulateGrad):
            node._leaf = reference
    if x._view is not None and x._history is not None:
        x._history.views[:] = [reference if ref() is before else ref for ref in x._history.views]


__all__ = ["swap_tensors"]
