"""Backward passes within backward passes, to any depth.

Note [Passes within passes]
---------------------------
A hook, or the backward of a Function, may run a backward pass; what that calls may run one again, and so on. Each takes
a few frames of the stack, and Python's stack is limited (`sys.getrecursionlimit`). So where a pass starts within
another one and the stack is deep already, it runs in a new thread, with a stack of its own, while the thread that asked
for it waits: it is one computation still. The new thread works in a copy of the context, so modes, the running pass and
NumPy's error state are the same, and what it changes in context variables is carried back. Exceptions are raised in
the waiting thread as they are, with the whole traceback. Only `threading.local` values of the user's differ.

A pass that is not within another one never comes here, and the depth is not counted: how deep the stack is, it tells
itself.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any

_FRAMES = 400


def deep() -> bool:
    """Whether the stack of this thread is so deep that another pass is better not run on it."""
    try:
        # A frame may count twice, where a call passes through C: of the limit, so less than half is taken.
        sys._getframe(min(_FRAMES, sys.getrecursionlimit() * 2 // 5))  # pyright: ignore[reportPrivateUsage]
    except ValueError:
        return False
    return not _here.stay


class _Elsewhere:
    """One call that runs in another thread."""

    __slots__ = ("arguments", "asked_by", "chain", "context", "error", "function", "keywords", "result")

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
        self.function: Callable[..., Any] | None = function
        self.arguments = arguments
        self.keywords = keywords
        self.context: Context = copy_context()
        self.result: Any = None
        self.error: BaseException | None = None
        own = _here.call
        self.asked_by: int = threading.get_ident() if own is None else own.asked_by
        """The thread that waits for this one, or for one that waits for this one."""
        self.chain: list[BaseException] = [] if own is None else own.chain
        """Interruptions of threads that wait, each for the next, and for this one in the end: it is to stop."""

    def work(self) -> None:
        """What the new thread runs."""
        _here.call = self
        function, arguments, keywords = self.function, self.arguments, self.keywords
        self.function, self.arguments, self.keywords = None, (), {}  # this object keeps nothing alive
        try:
            self.result = self.context.run(function, *arguments, **keywords)  # pyright: ignore
        except BaseException as error:  # whatever it is, it is the waiting thread's
            self.error = error


class _Here(threading.local):
    call: _Elsewhere | None = None
    stay: bool = False


_here = _Here()


def elsewhere(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """function(*arguments, **keywords), computed in a thread with an empty stack; raises what it raises."""
    call = _Elsewhere(function, arguments, keywords)
    if call.chain:
        raise call.chain[0]
    thread = threading.Thread(target=call.work, name="gradiente-backward", daemon=True)
    try:
        thread.start()
    except RuntimeError:  # there are no threads (left): the stack has to do
        _here.stay = True
        try:
            return function(*arguments, **keywords)
        finally:
            _here.stay = False
    del arguments, keywords
    try:
        thread.join()
    except BaseException as error:  # Ctrl-C: this one's work ends at its next pass, and then we go on
        call.chain.append(error)
        thread.join()
        raise
    _carry_back(call.context)
    if call.error is not None:
        try:
            raise call.error
        finally:
            call.error = None  # the traceback knows this frame: together they would be a cycle
    return call.result


def waiting_thread() -> int:
    """The number of this thread; of the one that began the outermost pass, where this one continues it."""
    call = _here.call
    return threading.get_ident() if call is None else call.asked_by


def _carry_back(context: Context) -> None:
    """Give this context's variables the values that they have in `context`."""
    for variable, value in context.items():
        if variable.get(_MISSING) is not value:
            variable.set(value)


_MISSING = object()

__all__ = ["deep", "elsewhere", "waiting_thread"]
