"""Settings of torch.autograd.graph about streams of other devices and about the compiler."""

from __future__ import annotations

from contextlib import AbstractContextManager


def set_warn_on_accumulate_grad_stream_mismatch(enabled: bool) -> None:
    """Whether to warn of gradients that arrive on another stream than their leaf's. It has no effect: there is one.

    Raises RuntimeError if `enabled` is no bool.

    >>> import gradiente as torch
    >>> torch.autograd.graph.set_warn_on_accumulate_grad_stream_mismatch(False)
    """
    _need_bool(enabled)


def set_override_stale_capture_stream(enabled: bool) -> None:
    """What to do with stale streams while a device's work is captured. It has no effect: there are none.

    Raises RuntimeError if `enabled` is no bool.

    >>> import gradiente as torch
    >>> torch.autograd.graph.set_override_stale_capture_stream(True)
    """
    _need_bool(enabled)


def _need_bool(enabled: object) -> None:
    if not isinstance(enabled, bool):
        raise RuntimeError(f"enabled must be a bool, but got {type(enabled).__name__}")


def region_activation_memory_budget(budget: float) -> AbstractContextManager[None]:
    """The share of activations that a compiled region may keep, which only a compiler can heed.

    Args:
        budget: a ratio from 0 to 1.

    Raises RuntimeError, as torch does outside of compiled regions; TypeError and ValueError for what is no ratio.

    >>> import gradiente as torch
    >>> torch.autograd.graph.region_activation_memory_budget(0.5)
    Traceback (most recent call last):
    RuntimeError: torch.autograd.graph.region_activation_memory_budget can only be used inside a torch.compile region...
    """
    name = "torch.autograd.graph.region_activation_memory_budget"
    if isinstance(budget, bool) or not isinstance(budget, (int, float)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"{name}: expects a float, got {type(budget).__name__}")
    if not 0 <= budget <= 1:
        raise ValueError(f"{name}: must be in [0, 1], got {budget}")
    raise RuntimeError(
        f"{name} can only be used inside a torch.compile region; it has no effect in eager mode. "
        "(torch.utils.checkpoint keeps less for the backward pass)"
    )


__all__ = [
    "region_activation_memory_budget",
    "set_override_stale_capture_stream",
    "set_warn_on_accumulate_grad_stream_mismatch",
]
