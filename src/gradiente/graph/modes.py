"""The modes of a thread or task: is a graph recorded, are tensors for inference only, which interceptors are active.

A mode is an immutable value in a `ContextVar`, so that each thread and each asyncio task has its own; whoever changes
it puts the previous value back. The common case is one object, `PLAIN`, and the hot path of every operator asks only
`current() is PLAIN`: everything unusual costs nothing until it is used.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar, Token
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Mode:
    """What the operators of this thread or task have to mind.

    `grad`: record operations. `inference`: results are inference tensors; nothing is recorded, whatever `grad_asked`,
    which is what `enable_grad` sets there, says. `anomaly`, `check_nan`: watch for anomalies.
    `saved_hooks`: stack of `(pack, unpack)` pairs for saved tensors. `saved_hooks_disabled`: why they are refused, or
    None.
    `levels`: the forward differentiations under way, outermost first. `forward_grad`: propagate tangents.
    """

    grad: bool = True
    inference: bool = False
    grad_asked: bool = False
    anomaly: bool = False
    check_nan: bool = True
    saved_hooks: tuple[tuple[Any, Any], ...] = ()
    saved_hooks_disabled: str | None = None
    levels: tuple[Any, ...] = ()
    forward_grad: bool = True
    interceptors: tuple[Any, ...] = ()
    """Objects that every operation is shown to, such as profilers, the outermost first."""
    transforms: tuple[Any, ...] = ()
    """The vmaps that are running, outermost first; see `gradiente.tensor.batching`."""
    before_change: Any = None
    """What is called with every tensor that is about to be changed in place."""


PLAIN: Mode = Mode()
_mode: ContextVar[Mode] = ContextVar("gradiente.mode", default=PLAIN)

current: Callable[[], Mode] = _mode.get
"""The mode of this thread or task."""

keep_layout: ContextVar[bool] = ContextVar("gradiente.keep_layout", default=True)
"""Whether gradients of leaves lie in memory as the leaves do."""

transforming: ContextVar[bool] = ContextVar("gradiente.transforming", default=False)
"""True inside of `torch.func.grad` and its relatives, where `backward` and `requires_grad_` are refused."""

_plain_values = tuple(getattr(PLAIN, name) for name in Mode.__dataclass_fields__)


swap: Callable[[Mode], Token[Mode]] = _mode.set
"""Make a mode current, as it is, and return the token with which `restore` brings back the one before."""

restore: Callable[[Token[Mode]], None] = _mode.reset


def set_mode(mode: Mode) -> None:
    """Make `mode` the current one. The caller restores the previous one, in a `finally`."""
    _mode.set(plain_if_equal(mode))


def plain_if_equal(mode: Mode) -> Mode:
    """The mode itself, or `PLAIN` if it says the same."""
    return PLAIN if mode is not NO_GRAD and _is_plain(mode) else mode


def _is_plain(mode: Mode) -> bool:
    return mode is PLAIN or tuple(getattr(mode, name) for name in Mode.__dataclass_fields__) == _plain_values


NO_GRAD: Mode = Mode(grad=False)
INFERENCE: Mode = Mode(grad=False, inference=True, forward_grad=False)
"""What `inference_mode` sets where the mode was one of the two others."""


def with_grad(mode: Mode, grad: bool) -> Mode:
    """The mode that differs from `mode` in whether operations are recorded."""
    if mode is PLAIN or mode is NO_GRAD:
        return PLAIN if grad else NO_GRAD
    changed = replace(mode, grad_asked=grad) if mode.inference else replace(mode, grad=grad)
    return PLAIN if _is_plain(changed) else changed


def grad_enabled(mode: Mode) -> bool:
    """What `is_grad_enabled` answers in `mode`."""
    return mode.grad_asked if mode.inference else mode.grad


def change(**changes: Any) -> Mode:
    """Change parts of the current mode and return the mode that was current before."""
    previous = _mode.get()
    if previous is PLAIN and changes == {"grad": False}:  # by far the most frequent change
        _mode.set(NO_GRAD)
        return previous
    set_mode(replace(previous, **changes))
    return previous
