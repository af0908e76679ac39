"""Anomaly detection: which operation of the forward pass is to blame for an error or a NaN of the backward pass."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..graph import Mode, Node, change, current
from ..graph.places import stack_text
from ..tensor.core import Tensor
from ..tensor.dispatch import quietly
from ..tensor.special import evaluating

_ENABLED = (
    "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging."
)


class set_detect_anomaly:
    """Switch anomaly detection on or off: at once when called, until the end of the block as a context manager.

    Args:
        mode: whether to detect anomalies.
        check_nan: whether a NaN that the backward pass produces is an error.

    >>> import gradiente as torch
    >>> with torch.autograd.set_detect_anomaly(True):
    ...     torch.is_anomaly_enabled()
    True
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._before = current()
        change(anomaly=bool(mode), check_nan=bool(check_nan))

    def __enter__(self) -> None:
        """Nothing: the switch is set already."""

    def __exit__(self, *exc_info: object) -> None:
        """Restore the mode from before."""
        change(anomaly=self._before.anomaly, check_nan=self._before.check_nan)


class detect_anomaly:
    """Detect anomalies in a block: errors and NaNs of the backward pass tell which forward operation they belong to.

    Operations recorded in the block remember where they were called. If a backward pass in it fails, or, with
    `check_nan`, produces a NaN, a warning shows the lines that called the operation. It costs time: for debugging only.

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
        self.check_nan: bool = bool(check_nan)
        self._before: list[Mode] = []
        warnings.warn(_ENABLED, UserWarning, stacklevel=2)

    def __enter__(self) -> None:
        """Switch anomaly detection on."""
        self._before.append(change(anomaly=True, check_nan=self.check_nan))

    def __exit__(self, *exc_info: object) -> None:
        """Restore the mode from before."""
        before = self._before.pop()
        change(anomaly=before.anomaly, check_nan=before.check_nan)


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


def watcher(mode: Mode) -> Callable[[Node, Any, Callable[[Node, Any], Any]], Any] | None:
    """What the engine is to run instead of a node's step in `mode`."""
    if not mode.anomaly:
        return None
    check = mode.check_nan

    def watch(node: Node, g: Any, step: Callable[[Node, Any], Any]) -> Any:
        token = evaluating.set(node)
        try:
            found = quietly(step, node, g)
        except Exception:
            _blame(node)
            raise
        finally:
            evaluating.reset(token)
        if check:
            _check(node, (found,) if node.plan.single else found)
        return found

    return watch


def _check(node: Node, found: Sequence[Any]) -> None:
    """Raise if a cotangent that the node produced has a NaN."""
    parts = iter(found)
    for i, tracked in enumerate(node.plan.mask):
        g = next(parts) if tracked else None
        array = g._array if isinstance(g, Tensor) else g
        if array is not None and array.dtype.kind in "fcV" and bool(np.isnan(array).any()):
            _blame(node)
            stack = node.__dict__.get("_forward_stack")
            line = "" if not stack else f" The operation was called here:\n{stack_text(stack[-1:])}"
            raise RuntimeError(f"Function '{node.name()}' returned nan values in its {i}th output.{line}")


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
