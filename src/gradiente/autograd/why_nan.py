"""`why_nan`: which operation made the first NaN or infinity that a value was computed from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..graph import change, describe, set_mode
from ..tensor.core import Tensor
from ..tensor.nonfinite import Trouble, has, source, values_of


@dataclass(frozen=True)
class WhyNan:
    """What `why_nan` found. Printed, it is an explanation."""

    what: str
    """What `y` has: "NaN", "infinity", or an empty string if all is finite."""
    operation: str = ""
    """The operation that made the first one; an empty string if it was given, or that is not known."""
    where: str = ""
    """The user's line, `file:line, in function: source`, or an empty string if it is not known."""
    text: str = field(default="", repr=False)

    def __str__(self) -> str:
        return self.text or "all values of y are finite"

    __repr__ = __str__


def why_nan(y: Tensor | Callable[[], Tensor]) -> WhyNan:
    """Where the NaN or infinity in `y` came from: the first operation that made one of finite values.

    Args:
        y: a function without arguments that computes a tensor, which is called once, watched; or a tensor that was
            computed while anomaly detection was on.

    Returns:
        An object that prints as an explanation: the operation, the shapes and extreme values of its operands and of its
        result, and the line that called it. If it made an infinity and a later operation made a NaN of that, both.

    Raises:
        TypeError: `y` is no tensor.

    Example:
        >>> import gradiente as torch
        >>> x = torch.tensor([0.0, 1.0])
        >>> answer = torch.why_nan(lambda: (torch.log(x) * x).sum())
        >>> answer.what, answer.operation
        ('NaN', 'log')
        >>> print(answer)
        The first infinity was made by log here:
          File ...
          operand 0: float32 [2], 2 of 2 finite, from 0 to 1
          result: float32 [2], 1 of 2 finite, from 0 to 0, -inf: 1
        The NaN was made by mul here:
          File ...
          operand 0: float32 [2], 1 of 2 finite, from 0 to 0, -inf: 1
          operand 1: float32 [2], 2 of 2 finite, from 0 to 1
          result: float32 [2], 1 of 2 finite, from 0 to 0, nan: 1
    """
    value: Any = y
    if callable(y) and not isinstance(y, Tensor):
        previous = change(anomaly=True, check_nan=True)
        try:
            value = y()
        finally:
            set_mode(previous)
    if not isinstance(value, Tensor):
        raise TypeError(f"why_nan(): argument 'y' (position 1) must be Tensor, not {type(value).__name__}")
    what = has(values_of(value))
    if not what:
        return WhyNan("")
    trouble = source(value)
    start: Trouble = trouble
    while start.before is not None:
        start = start.before
    return WhyNan(what, start.name, describe(start.place), trouble.chain().rstrip("\n"))


__all__ = ["WhyNan", "why_nan"]
