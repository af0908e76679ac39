"""Watching a function for why_no_grad: every operator that it calls leaves a note, also those that record nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..graph import change, current, moment, set_mode
from ..tensor.core import Tensor
from ..tensor.intercepting import Interceptor
from ..tensor.origins import watch
from .profiler_operators import hide_operators, show_operators


class _Watcher(Interceptor):
    """Notes how each operator made its results, where the operations that it consists of have left no note."""

    def enter(self, name: str, operands: Sequence[Any], kind: str = "operation") -> Any:
        """Remember the operands and their notes; results are told from them by that."""
        if kind != "operator":
            return None
        tensors = list(_tensors(operands, 2))
        return name, tensors, [None if t._meta is None else t._meta.origin for t in tensors], moment()

    def leave(self, token: Any, result: Any) -> None:
        """Note where the results come from."""
        if token is None:
            return
        name, operands, notes, begun = token
        for out in _tensors((result,), 3):
            note = None if out._meta is None else out._meta.origin
            given = [old for t, old in zip(operands, notes, strict=True) if t is out]
            if given:
                # changed in place by an operation that left no note; what is returned as it was keeps its own
                new = note is given[0] and name.endswith("_") and not name.endswith("__") and out.is_leaf
                if not new or out._node is not None:
                    continue
            elif note is not None and (note.kind != "given" or note.number < begun):
                continue
            watch(current(), None, out, name, operands)


def _tensors(values: Any, depth: int) -> Iterator[Tensor]:
    """The tensors among values, also in lists and tuples."""
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif depth and isinstance(value, (list, tuple)):
            yield from _tensors(value, depth - 1)


def watched(function: Callable[[], Any]) -> Any:
    """What the function returns, with every operation watched."""
    previous = change(anomaly=True, interceptors=(*current().interceptors, _Watcher()))
    show_operators()
    try:
        return function()
    finally:
        hide_operators()
        set_mode(previous)


__all__ = ["watched"]
