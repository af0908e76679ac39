"""Batched cotangents: several vector-Jacobian products with one graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..tensor.core import Tensor
from ..tensor.namespace import namespace


def rows(
    differentiate: Callable[..., Any], roots: list[tuple[Any, Tensor]], keep: bool, taped: bool, targets: list[Any]
) -> list[Any]:
    """The cotangents of the targets for each row of the roots' cotangents, stacked."""
    count = min(len(g._array) for _, g in roots)
    found: list[list[Any]] = []
    for i in range(count):
        each = [(edge, g[i]) for edge, g in roots]  # pyright: ignore[reportIndexIssue]
        found.append(differentiate(each, keep=keep or i < count - 1, taped=taped, targets=targets))
    result: list[Any] = []
    for parts in zip(*found, strict=True):
        if parts[0] is None:
            result.append(None)
        else:
            result.append(namespace.stack(parts) if isinstance(parts[0], Tensor) else np.stack(parts))
    return result
