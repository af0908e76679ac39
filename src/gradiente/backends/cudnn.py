"""torch.backends.cudnn: not there. The flags can be set and have no effect."""

from __future__ import annotations

from .._missing import Getter, missing_in

enabled: bool = True
benchmark: bool = False
deterministic: bool = False
allow_tf32: bool = True


def is_available() -> bool:
    """Whether cuDNN is there: False.

    >>> import gradiente as torch
    >>> torch.backends.cudnn.is_available()
    False
    """
    return False


def version() -> int | None:
    """The version of cuDNN: None."""
    return None


__getattr__: Getter = missing_in(__name__)
