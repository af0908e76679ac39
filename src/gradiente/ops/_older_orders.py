"""The order of arguments that torch's scaled sums had before version 1.5, and still take: `x.add_(2, y)`."""

from __future__ import annotations

import warnings
from typing import Any

from ..tensor.core import Tensor
from ._numbers import item_of
from ._pairs import NUMBERS


def older_order(function: str, given: tuple[Any, ...], scale: str, names: tuple[str, ...]) -> tuple[Any, ...]:
    """The scale and the tensors, given in this order after the first tensor; TypeError if they are something else."""
    number, *tensors = item_of(given[0]), *given[1:]
    if len(tensors) != len(names) or not isinstance(number, NUMBERS):
        raise TypeError(
            f"{function}() takes {len(names) + 1} positional arguments but {len(given) + 1} were given (give the scale "
            f"by its name: {scale}=...)"
        )
    for position, (name, x) in enumerate(zip(names, tensors, strict=True), 3):
        if not isinstance(x, Tensor):
            raise TypeError(
                f"{function}(): argument '{name}' (position {position}) must be Tensor, not {type(x).__name__}"
            )
    shown = ", ".join(f"Tensor {name}" for name in names)
    warnings.warn(
        f"This overload of {function} is deprecated:\n"
        f"\t{function}(Tensor input, Number {scale}, {shown}, *, Tensor out = None)\n"
        "Consider using one of the following signatures instead:\n"
        f"\t{function}(Tensor input, {shown}, *, Number {scale} = 1, Tensor out = None)",
        UserWarning,
        stacklevel=3,
    )
    return number, *tensors


__all__ = ["older_order"]
