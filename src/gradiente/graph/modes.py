"""The modes of a thread or task: is a graph recorded, are tensors for inference only, which interceptors are active.

A mode is an immutable value in a `ContextVar`, so that each thread and each asyncio task has its own; whoever changes it
puts the previous value back. The common case is one object, `PLAIN`, and the hot path of every operator asks only
`current() is PLAIN`: everything unusual costs nothing until it is used.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Mode:
    """What the operators of this thread or task have to mind.

    `grad`: record operations. `inference`: results are inference tensors. `anomaly`, `check_nan`: watch for anomalies.
    `saved_hooks`: stack of `(pack, unpack)` pairs for saved tensors. `saved_hooks_disabled`: why they are refused, or None.
    `dual_level`: the depth of forward-mode differentiation, 0 for none. `forward_grad`: propagate tangents.
    """

    grad: bool = True
    inference: bool = False
    anomaly: bool = False
    check_nan: bool = True
    saved_hooks: tuple[tuple[Any, Any], ...] = ()
    saved_hooks_disabled: str | None = None
    dual_level: int = 0
    forward_grad: bool = True
    interceptors: tuple[Any, ...] = ()
    """Objects that every primitive's call is shown to (profilers, transforms), outermost first."""


PLAIN = Mode()
_mode: ContextVar[Mode] = ContextVar("gradiente.mode", default=PLAIN)

current = _mode.get
"""The mode of this thread or task."""

_plain_values = tuple(getattr(PLAIN, name) for name in Mode.__dataclass_fields__)


def set_mode(mode: Mode) -> None:
    """Make `mode` the current one. The caller restores the previous one, in a `finally`."""
    if mode is not PLAIN and tuple(getattr(mode, name) for name in Mode.__dataclass_fields__) == _plain_values:
        mode = PLAIN
    _mode.set(mode)


NO_GRAD = Mode(grad=False)


def change(**changes: Any) -> Mode:
    """Change parts of the current mode and return the mode that was current before."""
    previous = _mode.get()
    if previous is PLAIN and changes == {"grad": False}:  # by far the most frequent change
        _mode.set(NO_GRAD)
        return previous
    set_mode(replace(previous, **changes))
    return previous
