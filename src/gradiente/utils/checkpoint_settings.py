"""What checkpoints are asked for: their options, and the blocks that change these for all checkpoints in them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Any

from ..autograd.tasks import running
from ..graph import counter

_early_stop: ContextVar[bool | None] = ContextVar("gradiente.checkpoint_early_stop", default=None)
_debug: ContextVar[bool | None] = ContextVar("gradiente.checkpoint_debug", default=None)


@contextlib.contextmanager
def _during(variable: ContextVar[bool | None], value: bool | None) -> Any:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def set_checkpoint_early_stop(enable: bool) -> contextlib.AbstractContextManager[None]:
    """A context manager: checkpoints in it stop early, or do not, whatever their `early_stop` says."""
    return _during(_early_stop, enable)


def set_checkpoint_debug_enabled(enabled: bool | None) -> contextlib.AbstractContextManager[None]:
    """A context manager: checkpoints in it have `debug` as given here; None leaves it to them."""
    return _during(_debug, enabled)


def noop_context_fn() -> tuple[contextlib.AbstractContextManager[None], contextlib.AbstractContextManager[None]]:
    """Two context managers that do nothing."""
    return contextlib.nullcontext(), contextlib.nullcontext()


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of one checkpoint."""

    preserve: bool
    context_fn: Callable[[], Any]
    determinism_check: str
    debug: bool
    early_stop: bool

    def contexts(self) -> Any:
        """What `context_fn` gives, after the options were checked."""
        if self.debugging() and self.context_fn is not noop_context_fn:
            raise ValueError("debug=True is incompatible with non-default context_fn")
        if self.determinism_check not in ("default", "none"):
            raise ValueError(
                f"determinism_check should be one of ['default', 'none'], but got {self.determinism_check}"
            )
        return self.context_fn()

    def debugging(self) -> bool:
        """Whether errors are to say where tensors were saved."""
        override = _debug.get()
        return self.debug if override is None else override

    def stops(self) -> bool:
        """Whether the second computation ends early."""
        override = _early_stop.get()
        return self.early_stop if override is None else override


_numbers = counter(-2, -2)
_group: ContextVar[GraphExecGroup | None] = ContextVar("gradiente.checkpoint_group", default=None)
_open: set[int] = set()


class GraphExecGroup:
    """A context manager: the backward passes in it compute each checkpoint again at most once, together.

    They must not overlap: each saved value may be used by one of them only. It concerns checkpoints with
    `use_reentrant=False`. Raises RuntimeError when it is entered within another one.

    >>> import gradiente as torch
    >>> from gradiente.utils.checkpoint import GraphExecGroup, checkpoint
    >>> calls = []
    >>> def f(x):
    ...     calls.append("f")
    ...     return x.sin().exp(), x.cos().exp()
    >>> x = torch.tensor(0.5, requires_grad=True)
    >>> a, b = checkpoint(f, x, use_reentrant=False)
    >>> with GraphExecGroup():
    ...     a.backward()
    ...     b.backward()
    >>> len(calls)
    2
    """

    __module__ = "gradiente.utils.checkpoint"

    def __init__(self) -> None:
        self.number: int = _numbers()
        self._token: Token[GraphExecGroup | None] | None = None

    def __enter__(self) -> GraphExecGroup:
        """Begin the group."""
        outer = _group.get()
        if outer is not None:
            raise RuntimeError(f"GraphExecGroup contexts cannot be nested. Already inside group {outer}")
        self._token = _group.set(self)
        _open.add(self.number)
        return self

    def __exit__(self, *exc_info: object) -> None:
        """End it."""
        _open.discard(self.number)
        if self._token is not None:
            _group.reset(self._token)
            self._token = None


def current_group() -> int | None:
    """The number of the group that the backward passes are in, if they are in one."""
    group = _group.get()
    return None if group is None else group.number


def alive(number: int) -> bool:
    """Whether the pass or group of that number is under way."""
    return number in running or number in _open


__all__ = [
    "GraphExecGroup",
    "Settings",
    "alive",
    "current_group",
    "noop_context_fn",
    "set_checkpoint_debug_enabled",
    "set_checkpoint_early_stop",
]
