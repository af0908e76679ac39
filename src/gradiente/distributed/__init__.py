"""torch.distributed, as in a PyTorch that was built without it: no processes are connected, and programs can ask."""

from __future__ import annotations

from typing import Any, NoReturn

from . import nn as nn


def is_available() -> bool:
    """Whether processes can be connected: False.

    >>> import gradiente as torch
    >>> torch.distributed.is_available()
    False
    """
    return False


def is_initialized() -> bool:
    """Whether processes are connected: False."""
    return False


def get_rank(group: Any = None) -> int:
    """The number of this process among those that are connected. ValueError: none are."""
    _none()


def get_world_size(group: Any = None) -> int:
    """How many processes are connected. ValueError: none are."""
    _none()


def _none() -> NoReturn:
    raise ValueError(
        "Default process group has not been initialized, please make sure to call init_process_group. (gradiente "
        "connects no processes: ask is_available() or is_initialized() first)"
    )


def __getattr__(name: str) -> object:
    from .._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))


__all__ = ["get_rank", "get_world_size", "is_available", "is_initialized", "nn"]
