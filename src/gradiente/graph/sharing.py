"""What threads share: numbers that no two of them may draw, fields that either may be the first to fill.

Note [What threads share]
-------------------------
Nothing here counts on the global interpreter lock: under it a thread can lose its turn between any two bytecodes, and
free-threaded builds have none. A backward pass keeps all that it computes in local variables, and modes live in
`ContextVar`s. What remains is shared, and safe for one of these reasons:

- *Drawn by one atomic call*: moments (`graph.versions.moment`), numbers of hooks and passes. See `counter`.
- *Single operations of a dict, list or set*, which Python makes atomic on every build; loops run over a copy,
  `list(d)`. So are hooks (`HookDict`), plans by pattern (two threads may make the same plan: either serves), running
  passes.
- *Written before it is seen*: a node's fields are set before its result is returned, and never change, with two
  exceptions: `tensors` becomes None once (whoever needs them reads the field once, and raises `freed()` if they are
  gone), and `show` gives the node the class with its name (either thread writes the same).
- *Made when first needed*: `_history`, `_meta`, `hooks`. Two threads may be the first, and what one of them made
  would be lost: they make it under `guard`, after a second look.
- *Several steps on one object*: a `Version` (`guard`), the gradient of a leaf or of a retained tensor (its own lock),
  the random generator (its own lock), the recomputation of a checkpoint (its own lock).

No code of the user's runs under `guard` or under a gradient's lock: it could start a pass that continues in another
thread, see Note [Passes within passes], and wait for the lock there for ever. The locks can be taken again by the
thread that has them, because a finaliser or a signal handler may run anywhere.

As in torch, changing the values of one tensor in two threads at a time is the program's affair.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from itertools import count
from sys import getrefcount

guard: threading.RLock = threading.RLock()
"""Held while a field that is made when first needed is made, and while a `Version` changes. Never for long."""

FREE_THREADED: bool = not getattr(sys, "_is_gil_enabled", lambda: True)()


def counter(start: int = 0, step: int = 1, locked: bool = FREE_THREADED) -> Callable[[], int]:
    """A function that returns the numbers start, start + step, … to whoever calls it, each number once.

    With the interpreter lock one call of `count` is one step; without it, `count` may give a number twice (3.13).
    """
    following = count(start, step).__next__
    if not locked:
        return following
    lock = threading.Lock()

    def draw() -> int:
        with lock:
            return following()

    return draw


def _held_once() -> int:
    value = object()
    return getrefcount(value)


HELD_ONCE: int = _held_once()
"""What `getrefcount(x)` is where the local variable x is all that holds its object: 2, and 1 since Python 3.14."""
