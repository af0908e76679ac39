"""How window functions are made: their options, their places, sums of cosines."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...ops._factory import made, settle
from ...ops.ranges import linspace
from ...tensor.core import Tensor
from ...tensor.devices import CPU, strided
from ...tensor.dtypes import dtype as Dtype
from ...tensor.dtypes import get_default_dtype

Options = tuple[Any, Any, Any, Any]


def window(function: str, M: Any, options: Options, shape: Callable[[Dtype], Any]) -> Tensor:
    """The window that `shape` makes in a type; of none or one value, ones."""
    dtype, layout, device, requires_grad = options
    if M < 0:
        raise ValueError(f"{function} requires non-negative window length, got M={M}")
    if layout is not None and layout is not strided:
        raise ValueError(f"{function} is implemented for strided tensors only, got: {layout}")
    wanted = settle(function, dtype, layout, device, False, requires_grad) or get_default_dtype()
    if wanted.name not in ("float32", "float64"):
        raise ValueError(f"{function} expects float32 or float64 dtypes, got: {wanted!r}")
    if M < 2:
        return made(np.ones(int(M), wanted.numpy), requires_grad, device)
    return made(np.asarray(shape(wanted), wanted.numpy), requires_grad, device)


def places(start: float, step: float, M: Any, dtype: Dtype) -> Any:
    """`M` places from `start` times the step on, in these steps."""
    return linspace(start * step, (start + (M - 1)) * step, M, dtype=dtype, device=CPU)._array


def cosines(function: str, M: Any, a: Any, sym: bool, options: Options) -> Tensor:
    """The window Σᵢ (-1)ⁱ aᵢ cos(2πij/N)."""

    def shape(kind: Dtype) -> Any:
        step = 2 * math.pi / (M if not sym else M - 1)
        k = linspace(0, (M - 1) * step, M, dtype=kind, device=CPU)._array
        factors = np.array([(-1) ** i * w for i, w in enumerate(a)], kind.numpy)
        numbers = np.arange(len(factors)).astype(kind.numpy)
        return (factors[:, None] * np.cos(numbers[:, None] * k)).sum(0)

    return window(function, M, options, shape)


__all__ = ["cosines", "places", "window"]
