"""torch.distributed.tensor: tensors spread over processes, of which there are none: for `isinstance`."""

from __future__ import annotations

from typing import Any

from .._missing import Getter, missing_in


class DTensor:
    """A tensor spread over connected processes. None are, so it cannot be made.

    Raises:
        RuntimeError: always.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError("DTensor cannot be made: gradiente connects no processes; use the tensor itself")


__getattr__: Getter = missing_in(__name__)

__all__ = ["DTensor"]
