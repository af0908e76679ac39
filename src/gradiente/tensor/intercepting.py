"""Showing operations to whoever asked to see them: what a mode's `interceptors` are, and how they are called.

Note [Interceptors]
-------------------
While the mode of a thread or task has interceptors, each is told when an operation begins and when it has ended, also
when it failed; and it may stand between the engine and the steps of the nodes. An operation in the plain mode does not
ask: no interceptor, no cost. Interceptors see everything and change nothing, but that one may know a result already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..graph import Node

Step = Callable[[Node, Any], Any]
Watch = Callable[[Node, Any, Step], Any]


class Interceptor:
    """Something that operations are shown to. The methods do nothing here."""

    def enter(self, name: str, operands: Sequence[Any], kind: str = "operation") -> Any:
        """The operation `name` begins, on `operands`. What is returned comes back in `leave`.

        `kind`: "operation"; "function" for one of the user's; "range" for what the user calls a part of the program.
        """

    def leave(self, token: Any, result: Any) -> None:
        """The operation has ended with `result`, a tensor or several; None if it failed, or has none."""

    def known(self, recorder: Any, operands: Sequence[Any]) -> Any:
        """The array that a primitive of the table with one result gives, if it need not be computed; else None."""

    def ran(self, recorder: Any, operands: Sequence[Any], static: dict[str, Any], out: Any, computed: bool) -> None:
        """A primitive of the table with one result has run: its `Recorder`, static parameters and result.

        `computed`: False where some interceptor knew the result.
        """

    def watching(self, watch: Watch | None) -> Watch | None:
        """What is to run the steps of a backward pass; `watch` is what has been so far."""
        return watch


def shown(
    interceptors: tuple[Interceptor, ...],
    name: str,
    operands: Sequence[Any],
    function: Callable[[], Any],
    kind: str = "operation",
) -> Any:
    """What `function()` returns, shown as the operation `name` on `operands`."""
    tokens = [each.enter(name, operands, kind) for each in interceptors]
    result = None
    try:
        result = function()
    finally:
        for each, token in zip(interceptors, tokens, strict=True):
            each.leave(token, result)
    return result


__all__ = ["Interceptor", "Step", "Watch", "shown"]
