"""Uncaught exceptions, shown as Python shows them when it runs the program itself.

Note [Uncaught exceptions]
An exception that leaves the program travels on through this package to the interpreter, which then does all it does
for a program of its own: exit codes, ``sys.exit("text")``, death by SIGINT, ``python -i``. Only the moment of printing
is changed: the frames of this package are cut from the traceback, and the hook that the program has set (or Python's)
prints the rest.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep


def hide_own_frames(error: BaseException, *, use_linecache: bool = False) -> None:
    """Prepare ``error``, which is about to leave the program uncaught, for printing; see Note [Uncaught exceptions].

    Args:
        error: the exception being handled; it is to be raised again.
        use_linecache: print through the `traceback` module, which finds the source of notebook cells in `linecache`;
            the interpreter's own printer reads files only (before Python 3.13).
    """
    if isinstance(error, SystemExit):
        return
    _prune_chain(error, set())
    traceback = error.__traceback__
    hook = sys.excepthook

    def print_pruned(kind: type[BaseException], value: BaseException, _: TracebackType | None) -> None:
        sys.excepthook = hook
        value.__traceback__ = traceback
        sys.last_traceback = traceback
        if use_linecache and hook is sys.__excepthook__:
            from traceback import print_exception

            print_exception(kind, value, traceback)
        else:
            hook(kind, value, traceback)

    sys.excepthook = print_pruned


def _prune_chain(error: BaseException, seen: set[int]) -> None:
    """Cut the frames of this package from an exception and from those it was raised from or groups."""
    todo = [error]
    while todo:
        current = todo.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        pruned = _prune(current.__traceback__)
        # With no frame left the error arose here, not in the program; then the frames are its only explanation.
        # Compiling the program is the exception: Python, too, shows a syntax error without frames.
        if pruned is not None or isinstance(current, SyntaxError):
            current.__traceback__ = pruned
        linked = [current.__cause__, current.__context__]
        if isinstance(current, BaseExceptionGroup):
            linked.extend(current.exceptions)  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
        todo.extend(entry for entry in linked if entry is not None)


def _prune(traceback: TracebackType | None) -> TracebackType | None:
    entries: list[TracebackType] = []
    while traceback is not None:
        entries.append(traceback)
        traceback = traceback.tb_next
    own = [entry.tb_frame.f_code.co_filename.startswith(_HERE) for entry in entries]
    frozen = [entry.tb_frame.f_code.co_filename.startswith("<frozen importlib") for entry in entries]
    # The import system's frames around the redirection's are part of it.
    for i in range(1, len(entries)):
        own[i] = own[i] or (frozen[i] and own[i - 1])
    for i in range(len(entries) - 2, -1, -1):
        own[i] = own[i] or (frozen[i] and own[i + 1])
    kept = [entry for entry, hidden in zip(entries, own, strict=True) if not hidden]
    following: TracebackType | None = None
    for entry in reversed(kept):
        entry.tb_next = following
        following = entry
    return following
