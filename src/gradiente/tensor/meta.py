"""What few tensors have, beside their values and their place in the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from .core import AccumulateGrad, Tensor
    from .dtypes import dtype
    from .origins import Origin


class Meta:
    """What few tensors have: a gradient, a tangent, a name, a note of where their path ended (see `origins`)."""

    __slots__ = (
        "__weakref__", "grad", "grad_dtype", "inference", "name", "origin", "retained", "silent", "tangents",
    )  # fmt: skip

    def __init__(self) -> None:
        self.grad: Tensor | None = None
        self.name: str | None = None
        self.retained: bool = False
        self.inference: bool = False
        self.tangents: Any = None
        self.origin: Origin | None = None
        self.grad_dtype: dtype | Literal[False] | None = False
        """The type that the gradient must have: False for that of the tensor, None for any."""
        self.silent: AccumulateGrad | None = None
        """The accumulator that the leaf had while it required gradients; see `leaves`."""


__all__ = ["Meta"]
