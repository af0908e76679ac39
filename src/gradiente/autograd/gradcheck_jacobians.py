"""Jacobians for checking, by finite differences and by passes: arrays with one row per element of the input.

Note [Complex Jacobians]: a complex input x = a + ib counts as two real ones, and the row of an element is
∂/∂a + i ∂/∂b, which is what a backward pass gives for a real output. Complex outputs are checked as two real functions,
their imaginary and their real part, so that outputs are real here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
from . import forward_ad
from .backward import grad

Call = Callable[[], Sequence[Tensor]]


def differentiable(x: Any) -> bool:
    """Whether `x` is a tensor of numbers that have derivatives."""
    return isinstance(x, Tensor) and (x.is_floating_point() or x.is_complex())


def _values(call: Call) -> list[Any]:
    """Copies of the values that a call gives."""
    return [out._array.copy() for out in call()]


def _same_kind(a: Any, b: Any, eps: float, where: str) -> None:
    start = "Expected `func` to return outputs with the same "
    for what in ("shape", "dtype"):
        left, right = ((t.shape if what == "shape" else t.dtype) for t in (wrap(a), wrap(b)))
        if left != right:
            raise AssertionError(
                f"{start}{what} when inputs are perturbed {where}by {eps}, but got: {what}s {left} and {right}."
            )


def slope(call: Call, x: Any, step: Any, eps: float, where: str = "") -> list[Any]:
    """Central differences of what `call` gives, for a `step` of the array `x`, which is changed and restored."""
    original = x.copy()
    try:
        with np.errstate(all="ignore"):
            x[...] = original - step
            before = _values(call)
            x[...] = original + step
            after = _values(call)
    finally:
        x[...] = original
    for a, b in zip(before, after, strict=True):
        _same_kind(a, b, eps, where)
    with np.errstate(all="ignore"):
        return [(b - a) / (2 * eps) for a, b in zip(before, after, strict=True)]


def numerical(call: Call, x: Tensor, count: int, eps: float) -> list[Any]:
    """Jacobians of the `count` outputs of `call` for the input `x`, by finite differences."""
    array = x._array
    is_complex = array.dtype.kind == "c"
    rows: list[list[Any]] = [[] for _ in range(count)]
    for index in np.ndindex(array.shape):
        where = f"on index {index} "
        step = np.zeros_like(array)
        step[index] = eps
        found = slope(call, array, step, eps, where)
        if is_complex:
            found = [d + 1j * e for d, e in zip(found, slope(call, array, 1j * step, eps, where), strict=True)]
        for row, part in zip(rows, found, strict=True):
            row.append(part.reshape(-1))
    if array.size == 0:
        return [np.zeros((0, out._array.size), array.dtype) for out in call()]
    return [np.stack(row) for row in rows]


def gradients(out: Tensor, inputs: Sequence[Tensor], direction: Any) -> tuple[Tensor | None, ...]:
    """One pass from `out` with the cotangent `direction`, with the graph kept and recorded as the user's would be."""
    return grad(out, inputs, wrap(direction), retain_graph=True, allow_unused=True)


def analytical(out: Tensor, inputs: Sequence[Tensor]) -> tuple[list[Any], list[Tensor | None]]:
    """Jacobians of `out` for each input by backward passes, and the gradients of the last pass."""
    found: list[list[Any]] = [[] for _ in inputs]
    last: Sequence[Tensor | None] = [None] * len(inputs)
    for index in np.ndindex(out._array.shape):
        direction = np.zeros_like(out._array)
        direction[index] = 1
        last = gradients(out, inputs, direction)
        for columns, g, x in zip(found, last, inputs, strict=True):
            columns.append(np.zeros(x._array.size, x._array.dtype) if g is None else g._array.reshape(-1))
    return [
        np.stack(columns, axis=1) if columns else np.zeros((x._array.size, 0), x._array.dtype)
        for columns, x in zip(found, inputs, strict=True)
    ], list(last)


def pushed(function: Callable[..., Sequence[Tensor]], inputs: Sequence[Any], at: int, tangent: Any) -> list[Any]:
    """The tangents of all outputs of `function` for a `tangent` of input number `at`: one call with a dual number."""
    with forward_ad.dual_level():
        duals = list(inputs)
        duals[at] = forward_ad.make_dual(inputs[at], wrap(tangent))
        pairs = [forward_ad.unpack_dual(out) for out in function(*duals)]
    return [
        np.zeros(p.primal._array.shape, p.primal._array.dtype) if p.tangent is None else p.tangent._array for p in pairs
    ]


def steps(array: Any, unit: complex) -> Iterator[tuple[str, Any]]:
    """`unit` at one element after the other, 0 elsewhere; and where, for messages."""
    for index in np.ndindex(array.shape):
        step = np.zeros_like(array)
        step[index] = unit
        yield f"on index {index} ", step


def stacked(rows: list[list[Any]], outs: Sequence[Tensor], dtype: Any) -> list[Any]:
    """Rows for all elements, one list of outputs each, as one matrix for each output."""
    if not rows:
        return [np.zeros((0, out._array.size), dtype) for out in outs]
    return [np.stack([part.reshape(-1) for part in parts]) for parts in zip(*rows, strict=True)]
