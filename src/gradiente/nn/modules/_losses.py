"""What losses share."""

from __future__ import annotations

from typing import Any, ClassVar

from ...tensor.core import Tensor
from ..functional.reductions import reduction_name
from .module import Module


class _Loss(Module):
    """A loss.

    Args:
        size_average: deprecated, see `reduction`.
        reduce: deprecated, see `reduction`.
        reduction: "mean", "sum", or "none" for the elements' losses.
    """

    _function: ClassVar[Any] = None
    _options: ClassVar[tuple[str, ...]] = ()
    reduction: str

    def __init__(self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean") -> None:
        super().__init__()
        if size_average is not None or reduce is not None:
            reduction = reduction_name(reduction, size_average, reduce)
        self.reduction = reduction

    def forward(self, *inputs: Any) -> Tensor:
        """The loss of the inputs and the targets."""
        options = {name: getattr(self, name) for name in self._options}
        return type(self)._function(*inputs, **options, reduction=self.reduction)


class _WeightedLoss(_Loss):
    """A loss whose classes or elements have weights, which are a buffer."""

    _options = ("weight",)
    weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)


__all__ = ["_Loss", "_WeightedLoss"]
