"""Which of torch's products a primitive is, forward and backward, and the shapes that these have."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from ..arrays.batched import Batched
from ..tensor.core import Tensor

Call = tuple[str, tuple[Any, ...], Any]
"""An operator of torch's, the shapes of its arguments, and that of its result."""

CONVOLUTIONS = ("convolution", "transposed_convolution", "convolve_weight")


@dataclass(frozen=True, slots=True)
class Products:
    """What a primitive computes: `forward`; and `backward` for the operands that need gradients."""

    forward: list[Call]
    backward: Callable[[Sequence[bool]], list[Call]]
    times: int = 1
    """How many examples there are, under vmap."""


def products(recorder: Any, operands: Sequence[Any], static: dict[str, Any], out: Any) -> Products | None:
    """Those of a primitive; None for one that is not counted."""
    name: str = recorder.primitive.name
    find = _FOUND.get(name)
    if find is None:
        return None
    made = find(recorder, [getattr(getattr(o, "_array", o), "shape", None) for o in operands], static, out, operands)
    if made is None:
        return None
    array = out._array
    times = prod(array.values.shape[: len(array.levels)]) if array.__class__ is Batched and array.levels[0] else 1
    forward, backward = made
    return Products(forward, backward, times)


def of_second_order(found: Products) -> Products:
    """Those of a convolution that a recorded backward pass of one consists of: its derivatives are convolutions."""
    call = found.forward[0]
    if call[0] != "convolution":
        return found
    return Products(found.forward, lambda needs: [call] * sum(needs[:2]), found.times)


def _product(forward: str, backward: str, a: Any, b: Any) -> Any:
    """The product of matrices, or batches of them, of shapes a and b."""
    *lead, m, k = a
    n = b[-1]
    out = (*lead, m, n)
    more = ((n,),) if forward in ("addmm", "baddbmm") else ()

    def back(needs: Sequence[bool]) -> list[Call]:
        first: Call = (backward, (out, (*lead, n, k)), a)
        second: Call = (backward, ((*lead, k, m), out), b)
        return [call for call, needed in zip((first, second), needs, strict=False) if needed]

    return [(forward, (*more, a, b), out)], back


def _matmul(recorder: Any, shapes: list[Any], static: Any, out: Any, operands: Any) -> Any:
    a, b = shapes
    asked = _asked_by()
    if asked == "":
        return None
    if len(a) == len(b) == 2:
        return _product("addmm" if asked == "addmm" else "mm", "mm", a, b)
    shape = out._array.shape
    if recorder.kind.name == "CloneBackward0":  # one matrix and a batch of them: torch puts those side by side
        return _product("mm", "mm", (b[-1] * prod(b[:-2]), a[1]), (a[1], a[0]))
    count = prod(shape[:-2])
    if asked == "addbmm":
        return [], _product("bmm", "bmm", a, b)[1]  # torch has no formula for the product itself
    return _product("baddbmm" if asked == "baddbmm" else "bmm", "bmm", (count, *a[-2:]), (count, *b[-2:]))


def _rows(recorder: Any, shapes: list[Any], static: Any, out: Any, operands: Any) -> Any:
    a, b = shapes
    return _product("mm", "mm", (prod(a[:-1]), a[-1]), b)


def _vector(recorder: Any, shapes: list[Any], static: Any, out: Any, operands: Any) -> Any:
    a, b = shapes
    return _product("mm", "mm", (1, *a), b)


def _linear(recorder: Any, shapes: list[Any], static: Any, out: Any, operands: Any) -> Any:
    a, b, *bias = shapes
    if _asked_by() == "":
        return None
    whole = len(a) <= 2 or getattr(operands[0], "is_contiguous", bool)()
    return _product("addmm" if bias and whole else "mm", "mm", (prod(a[:-1]), a[-1]), (b[1], b[0]))


def _convolution(recorder: Any, shapes: list[Any], static: Any, out: Any, operands: Any) -> Any:
    x, w = shapes[:2]
    shape, transposed = out._array.shape, recorder.primitive.name == "transposed_convolution"

    def back(needs: Sequence[bool]) -> list[Call]:
        return [("convolution_backward", (shape, x, w, *(None,) * 4, transposed, None, None, needs), (x, w))]

    return [("convolution", (x, w, *(None,) * 4, transposed), shape)], back


def _convolve_weight(recorder: Any, shapes: list[Any], static: Any, out: Any, operands: Any) -> Any:
    """The gradient of a convolution's weights, asked for by itself."""
    g, x = shapes
    w = out._array.shape
    alone = (False, True, False)
    convolution: Call = ("convolution", (x, w, *(None,) * 4, False), g)
    calls: list[Call] = [("convolution_backward", (g, x, w, *(None,) * 4, False, None, None, alone), w)]
    return calls, lambda needs: [convolution] * sum(needs)


def _einsum(recorder: Any, shapes: list[Any], static: Any, out: Any, operands: Any) -> Any:
    """Products of one operand after the other, each a batch of products of matrices, where something is summed."""
    asked = _asked_by()
    if asked == "":
        return None
    operator = "mm" if asked == "tensordot" else "bmm"
    terms, output = static["subscripts"].split("->")
    letters = [set(term) for term in terms.split(",")]
    sizes: dict[str, int] = {}
    for term, shape in zip(terms.split(","), shapes, strict=True):
        sizes.update(zip(term, shape, strict=True))
    steps: list[tuple[int, Any]] = []
    known = letters[0]
    for i, right in enumerate(letters[1:], 1):
        later = set(output).union(*letters[i + 1 :])
        left, right = known & (later | right), right & (later | known)
        summed = (left & right) - later
        if summed:
            groups = (left & right & later, left - right, summed, right - left)
            batch, m, k, n = (prod(sizes[c] for c in group) for group in groups)
            lead = (batch,) if operator == "bmm" else ()
            steps.append((i, _product(operator, operator, (*lead, m, k), (*lead, k, n))))
        known = (left | right) & later

    def back(needs: Sequence[bool]) -> list[Call]:
        return [call for i, (_, each) in steps for call in each((any(needs[:i]), needs[i]))]

    return [call for _, (calls, _) in steps for call in calls], back


_FOUND: dict[str, Callable[..., Any]] = {
    "matmul": _matmul,
    "rows_matmul": _rows,
    "vecmat": _vector,
    "linear": _linear,
    "linear_map": _linear,
    "einsum": _einsum,
    "convolution": _convolution,
    "transposed_convolution": _convolution,
    "convolve_weight": _convolve_weight,
}

_FRAMES = 16


def _asked_by() -> str | None:
    """The operator that consists of products and other primitives, and that called this one; None for no such.

    "" for what torch computes without products of matrices, or, attention, by its fused kernel for the CPU, which it
    does not count. The stack of calls says it, so that these operators need not tell anybody.
    """
    codes = _codes()
    frame: Any = sys._getframe(3)  # pyright: ignore[reportPrivateUsage]
    for _ in range(_FRAMES):
        if frame is None:
            return None
        name = codes.get(frame.f_code)
        if name is not None:
            return name if name.__class__ is str else "" if name(frame.f_locals) else None
        frame = frame.f_back
    return None


def _fused_attention(found: dict[str, Any]) -> bool:
    """Whether torch has a kernel for an attention, whose local names are given."""
    from ..nn.functional.attention import allowed, fused

    q, k, v = (found[name]._array for name in ("query", "key", "value"))
    return "flash" in allowed.kernels and fused(q, k, v, found["attn_mask"], found["dropout_p"])


def _fused_layers(found: dict[str, Any]) -> bool:
    """Whether torch has a kernel for recurrent layers, whose local names are given: for LSTM in float32."""
    from ..nn.functional.recurrent import long_short

    alone = found["sizes"] is None and found.get("extra") is None
    return found["step"] is long_short and alone and found["flat"]._array.dtype.itemsize <= 4


def _codes() -> dict[Any, Any]:
    from ..nn.functional.attention import scaled_dot_product_attention
    from ..nn.functional.distances import bilinear
    from ..nn.functional.recurrent import layers
    from ..ops.affine_products import addbmm, addmm, baddbmm
    from ..ops.contractions import tensordot
    from ..ops.matrix_products import _batched_vector

    found: dict[Any, Any] = {}
    for name, function in (
        ("addbmm", addbmm),
        ("tensordot", tensordot),
        ("addmm", addmm),
        ("baddbmm", baddbmm),
        ("", bilinear),
        ("", _batched_vector),
        (_fused_attention, scaled_dot_product_attention),
        (_fused_layers, layers),
    ):
        while hasattr(function, "__wrapped__"):
            function = function.__wrapped__  # type: ignore[attr-defined]
        found[function.__code__] = name
    return found


def needing(operands: Sequence[Any]) -> tuple[bool, ...]:
    """Which operands need gradients."""
    return tuple([isinstance(o, Tensor) and o._node is not None for o in operands])


__all__ = ["CONVOLUTIONS", "Products", "needing", "of_second_order", "products"]
