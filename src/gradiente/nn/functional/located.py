"""Pooling that gives the positions of the elements, too, under the names that torch has for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...tensor.core import Tensor
from .adaptive_pooling import adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d
from .other_pooling import fractional_max_pool2d, fractional_max_pool3d
from .pooling import max_pool1d, max_pool2d, max_pool3d


def _located(function: Callable[..., Any]) -> Callable[..., tuple[Tensor, Tensor]]:
    """The function, with `return_indices`."""
    name = f"{function.__name__}_with_indices"

    def call(*arguments: Any, **options: Any) -> tuple[Tensor, Tensor]:
        options["return_indices"] = True
        return function(*arguments, **options)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"`{function.__name__}` with `return_indices=True`: a pair of the elements and their positions."
    call.__module__ = __name__
    return call


max_pool1d_with_indices = _located(max_pool1d)
max_pool2d_with_indices = _located(max_pool2d)
max_pool3d_with_indices = _located(max_pool3d)
adaptive_max_pool1d_with_indices = _located(adaptive_max_pool1d)
adaptive_max_pool2d_with_indices = _located(adaptive_max_pool2d)
adaptive_max_pool3d_with_indices = _located(adaptive_max_pool3d)
fractional_max_pool2d_with_indices = _located(fractional_max_pool2d)
fractional_max_pool3d_with_indices = _located(fractional_max_pool3d)

__all__ = [
    "adaptive_max_pool1d_with_indices",
    "adaptive_max_pool2d_with_indices",
    "adaptive_max_pool3d_with_indices",
    "fractional_max_pool2d_with_indices",
    "fractional_max_pool3d_with_indices",
    "max_pool1d_with_indices",
    "max_pool2d_with_indices",
    "max_pool3d_with_indices",
]
