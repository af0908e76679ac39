"""Memory without values: as it comes, or filled with what is easily noticed.

With `torch.use_deterministic_algorithms(True)` and `torch.utils.deterministic.fill_uninitialized_memory` floating-point
numbers in it are nan, integers the largest of their type, and bools True, as in torch.
"""

from __future__ import annotations

from typing import Any

import numpy as np


class _Filling:
    """Whether such memory is filled."""

    asked: bool = True
    """What `fill_uninitialized_memory` says."""
    deterministic: bool = False
    """What `torch.use_deterministic_algorithms` was told."""
    on: bool = False
    """Both: what is looked at."""

    def tell(self, asked: bool | None = None, deterministic: bool | None = None) -> None:
        """One of the two has changed."""
        self.asked = self.asked if asked is None else asked
        self.deterministic = self.deterministic if deterministic is None else deterministic
        self.on = self.asked and self.deterministic


filling = _Filling()


def blank(shape: Any, dtype: Any) -> Any:
    """An array without values."""
    made = np.empty(shape, dtype)
    if filling.on:
        fill(made)
    return made


def fill(array: Any) -> None:
    """Fill an array with what is easily noticed."""
    kind = array.dtype.kind
    if kind in "iu":
        array[...] = np.iinfo(array.dtype).max
    elif kind == "V":
        array.view(np.uint16)[...] = 0x7FC0  # the nan of bfloat16
    else:
        array[...] = True if kind == "b" else np.nan


__all__ = ["blank", "fill", "filling"]
