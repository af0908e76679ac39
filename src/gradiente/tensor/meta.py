"""What few tensors have, beside their values and their place in the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .core import Tensor
    from .origins import Origin


class Meta:
    """What few tensors have: a gradient, a tangent, a name, a note of where their path ended (see `origins`)."""

    __slots__ = ("__weakref__", "grad", "inference", "name", "origin", "retained", "tangents")

    def __init__(self) -> None:
        self.grad: Tensor | None = None
        self.name: str | None = None
        self.retained: bool = False
        self.inference: bool = False
        self.tangents: Any = None
        self.origin: Origin | None = None


__all__ = ["Meta"]
