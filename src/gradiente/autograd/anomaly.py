"""Anomaly detection: which operation of the forward pass is to blame for an error or a NaN of the backward pass."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..graph import Mode, Node, current, set_mode
from ..graph.places import stack_text
from ..tensor.dispatch import quietly
from ..tensor.intercepting import Step, Watch
from ..tensor.nonfinite import evaluating, has, values_of
from .anomaly_report import Steps, explanation
from .grad_mode import GradMode

_ENABLED = (
    "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging."
)


def _switched(enabled: Any, check_nan: Any) -> Mode:
    """The present mode, with anomaly detection on or off. Raises TypeError unless both arguments are bools."""
    for position, (name, value) in enumerate((("enabled", enabled), ("check_nan", check_nan)), 1):
        if value is not True and value is not False:
            raise TypeError(
                f"set_anomaly_enabled(): argument '{name}' (position {position}) must be bool, not "
                f"{type(value).__name__}"
            )
    return replace(current(), anomaly=enabled, check_nan=check_nan)


class _Anomaly(GradMode):
    """What is restored when a block is left: the two switches, whatever else was changed meanwhile."""

    def _undo(self, now: Mode, before: Mode) -> Mode:
        return replace(now, anomaly=before.anomaly, check_nan=before.check_nan)


class set_detect_anomaly(_Anomaly):
    """Switch anomaly detection on or off: at once when called, until the end of the block as a context manager.

    Args:
        mode: whether to detect anomalies.
        check_nan: whether a NaN that the backward pass produces is an error.

    Raises TypeError if one of them is not a bool.

    >>> import gradiente as torch
    >>> with torch.autograd.set_detect_anomaly(True):
    ...     torch.is_anomaly_enabled()
    True
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        super().__init__()
        self._before = current()
        set_mode(_switched(mode, check_nan))

    def __enter__(self) -> None:
        """Nothing: the switch is set already."""

    def __exit__(self, *exc_info: object) -> None:
        """Restore the mode from before."""
        set_mode(self._undo(current(), self._before))


class detect_anomaly(_Anomaly):
    """Detect anomalies in a block: errors and NaNs of the backward pass tell which forward operation they belong to.

    Operations recorded in the block remember where they were called. If a backward pass in it fails, or, with
    `check_nan`, produces a NaN, a warning shows the lines that called the operation. The error about a NaN goes on to
    say which operation made the first NaN, or the infinity that led to it, of what. It costs time: for debugging only.

    Args:
        check_nan: whether a NaN is an error.

    >>> import gradiente as torch, warnings
    >>> x = torch.tensor(-1.0, requires_grad=True)
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     with torch.autograd.detect_anomaly():
    ...         torch.sqrt(x).backward()
    Traceback (most recent call last):
    RuntimeError: Function 'SqrtBackward0' returned nan values in its 0th output...
    """

    def __init__(self, check_nan: bool = True) -> None:
        super().__init__()
        self.check_nan: bool = check_nan
        warnings.warn(_ENABLED, UserWarning, stacklevel=2)

    def __enter__(self) -> None:
        """Switch anomaly detection on."""
        self._enter(current(), _switched(True, self.check_nan))


def is_anomaly_enabled() -> bool:
    """Whether anomaly detection is on in this thread or task.

    >>> import gradiente as torch
    >>> torch.is_anomaly_enabled()
    False
    """
    return current().anomaly


def is_anomaly_check_nan_enabled() -> bool:
    """Whether anomaly detection, where it is on, takes a NaN for an error.

    >>> import gradiente as torch
    >>> torch.is_anomaly_check_nan_enabled()
    True
    """
    return current().check_nan


def watcher(mode: Mode) -> Watch | None:
    """What the engine is to run instead of a node's step in `mode`: anomaly detection, and around it interceptors."""
    watch = _watching(Steps() if mode.check_nan else None) if mode.anomaly else None
    for interceptor in reversed(mode.interceptors):
        watch = interceptor.watching(watch)
    return watch


def _watching(steps: Steps | None) -> Watch:
    """Anomaly detection for one pass; `steps`, if NaNs are errors."""

    def watch(node: Node, g: Any, step: Step) -> Any:
        if node.plan is None:  # a leaf, which only adds up
            return step(node, g)
        token = evaluating.set(node)
        try:
            found = quietly(step, node, g)
        except Exception:
            _blame(node)
            raise
        finally:
            evaluating.reset(token)
        if steps is not None:
            _check(node, g, (found,) if node.plan.single else found, steps)
        return found

    return watch


def _check(node: Node, g: Any, found: Sequence[Any], steps: Steps) -> None:
    """Raise if a cotangent that the node produced has a NaN."""
    parts = iter(found)
    for i, tracked in enumerate(node.plan.mask):
        cotangent = next(parts) if tracked else None
        if has(values_of(cotangent)) == "NaN":
            _blame(node)
            raise RuntimeError(
                f"Function '{node.name()}' returned nan values in its {i}th output.\n{explanation(node, g, steps)}"
            )
    steps.saw(node, g, found)


def _blame(node: Node) -> None:
    """Warn with the lines that called a node's operation, and with those that called the one which induced it."""
    stack = node.__dict__.get("_forward_stack")
    if not stack:
        text = (
            f"Error detected in {node.name()}. No forward pass information available. Enable detect anomaly during "
            "forward pass for more information."
        )
    else:
        text = f"Error detected in {node.name()}. Traceback of forward call that caused the error:\n{stack_text(stack)}"
    warnings.warn(text, UserWarning, stacklevel=2)
    parent = node.__dict__.get("_parent")
    while parent is not None:
        stack = parent.__dict__.get("_forward_stack")
        if stack:
            text = (
                f"\n\nPrevious calculation was induced by {parent.name()}. Traceback of forward call that induced the "
                f"previous calculation:\n{stack_text(stack)}"
            )
        else:
            text = (
                f"\n\nPrevious calculation was induced by {parent.name()}. No forward pass information available. "
                "Enable detect anomaly during forward pass for more information."
            )
        warnings.warn(text, UserWarning, stacklevel=2)
        parent = parent.__dict__.get("_parent")


__all__ = ["detect_anomaly", "is_anomaly_check_nan_enabled", "is_anomaly_enabled", "set_detect_anomaly"]
