"""The extras of the array vocabulary, for NumPy arrays: what rules need and the array API standard lacks.

Each interpreter (NumPy here, Tensor, later batched and traced arrays) implements these names with this meaning.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any
"""A NumPy array, or the NumPy scalar that stands for a 0-d result."""

NAMES = (
    "clear_view",
    "einsum",
    "embed",
    "erf",
    "exp2",
    "expit",
    "fmod",
    "put_view",
    "safe_divide",
    "scatter_along_axis",
)

exp2 = np.exp2
fmod = np.fmod


def expit(x: Array) -> Array:
    """The logistic function 1 / (1 + e^-x), without overflow."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def erf(x: Array) -> Array:
    """The error function 2/√π ∫₀ˣ e^(-t²) dt (DLMF 7.2.1)."""
    return _special("erf", math.erf)(x)


def _special(name: str, scalar: Callable[[float], float]) -> Callable[[Array], Array]:
    """SciPy's ufunc, or where SciPy is missing the standard library's function, element by element."""
    try:
        from scipy import special  # pyright: ignore
    except ImportError:
        slow = np.frompyfunc(scalar, 1, 1)
        return lambda x: np.asarray(slow(x), dtype=x.dtype)
    return getattr(special, name)  # pyright: ignore


def safe_divide(a: Array, b: Array) -> Array:
    """a / b, and 0 where b is 0."""
    zero = b == 0
    return np.where(zero, 0, a / np.where(zero, 1, b))


def embed(g: Array, index: Any, shape: tuple[int, ...]) -> Array:
    """Zeros of `shape` to which `g` is added at `index`: the adjoint of x[index]."""
    out = np.zeros(shape, dtype=g.dtype)
    if repeats(index):
        np.add.at(out, index, g)
    else:
        out[index] = g
    return out


def repeats(index: Any) -> bool:
    """Whether an index may name one element twice: it holds an array of integers."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(isinstance(part, (np.ndarray, list)) and np.asarray(part).dtype != np.bool_ for part in parts)


def scatter_along_axis(g: Array, indices: Array, axis: int, shape: tuple[int, ...]) -> Array:
    """Zeros of `shape` to which `g` is added at `indices` along `axis`: the adjoint of take_along_axis."""
    out = np.zeros(shape, dtype=g.dtype)
    if not shape:
        return out + np.sum(g)
    grid = list(np.ogrid[tuple(slice(n) for n in indices.shape)])
    grid[axis] = indices
    np.add.at(out, tuple(grid), g)
    return out


def put_view(x: Array, value: Array, view: Callable[[Array], Array]) -> Array:
    """A copy of `x` in which the part that `view` shows is replaced by `value`."""
    out = np.array(x)
    view(out)[...] = value
    return out


def clear_view(x: Array, view: Callable[[Array], Array]) -> Array:
    """A copy of `x` in which the part that `view` shows is zero."""
    return put_view(x, np.zeros((), dtype=x.dtype), view)


def einsum(subscripts: str, *operands: Array) -> Array:
    """The contraction that `subscripts` describes, in an order chosen for few operations."""
    return np.einsum(subscripts, *operands, optimize=len(operands) > 2)
