"""Sizes that are given once for all dimensions or once for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def each(value: Any, dimensions: int) -> tuple[Any, ...]:
    """The value for each of the dimensions."""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return tuple(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return (value,) * dimensions


__all__ = ["each"]
