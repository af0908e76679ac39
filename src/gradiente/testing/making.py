"""make_tensor: random tensors for tests."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

from ..ops.complexes import view_as_real
from ..ops.creation import empty
from ..ops.randomness import randint
from ..tensor.core import Tensor
from ..tensor.dtypes import bfloat16, float32
from ..tensor.dtypes import dtype as Dtype
from ..tensor.limits import finfo, iinfo


def make_tensor(
    *shape: int | Sequence[int],
    dtype: Dtype,
    device: Any,
    low: float | None = None,
    high: float | None = None,
    requires_grad: bool = False,
    noncontiguous: bool = False,
    exclude_zero: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """A tensor of uniformly distributed numbers from [low, high).

    Args:
        shape: the sizes, as numbers or as one sequence.
        dtype: the type.
        device: "cpu".
        low: the least value. By default -9; for uint8 and bool 0.
        high: the bound. By default 9 for floating point, 10 for integers, 2 for bool.
        requires_grad: whether gradients are computed for it.
        noncontiguous: leave gaps in memory.
        exclude_zero: replace 0 by 1, or by the smallest normal number.
        memory_format: `torch.contiguous_format` or `torch.preserve_format`.

    Returns:
        A tensor with torch's numbers for the same seed; for bfloat16 those of float32, rounded.

    Raises:
        ValueError: bounds in the wrong order, or arguments that exclude each other.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.testing.make_tensor(3, dtype=torch.int64, device="cpu")
        tensor([ 6, -5, -9])
    """
    if memory_format is not None and noncontiguous:
        raise ValueError(
            "The parameters `noncontiguous` and `memory_format` are mutually exclusive, but got "
            f"noncontiguous={noncontiguous} and memory_format={memory_format}"
        )
    if requires_grad and not (dtype.is_floating_point or dtype.is_complex):
        raise ValueError(
            "`requires_grad=True` is not supported for boolean and integral dtypes, but got "
            f"dtype={dtype} (choose a floating-point dtype)"
        )
    sizes: Any = shape[0] if len(shape) == 1 and isinstance(shape[0], Sequence) else shape
    sizes = tuple(sizes)
    spread = noncontiguous and math.prod(sizes) > 1
    if spread:
        sizes = (*sizes[:-1], 2 * sizes[-1])
    first, bound = _bounds(low, high, dtype)
    out = _drawn(sizes, dtype, device, first, bound)
    if spread:  # every second number, as torch has it
        out = out[..., 1::2]
    if memory_format is not None:
        out = out.clone(memory_format=memory_format)
    if exclude_zero:
        out[out == 0] = finfo(dtype).tiny if dtype.is_floating_point or dtype.is_complex else 1
    return out.requires_grad_() if requires_grad else out


def _bounds(low: Any, high: Any, kind: Dtype) -> tuple[Any, Any]:
    """The interval, within what the type can hold."""
    floating = kind.is_floating_point or kind.is_complex
    usual = {"bool": (0, 2), "uint8": (0, 10)}.get(kind.name, (-9, 9) if floating else (-9, 10))
    first, bound = usual[0] if low is None else low, usual[1] if high is None else high
    if any(isinstance(v, float) and math.isnan(v) for v in (first, bound)):
        raise ValueError(f"`low` and `high` cannot be NaN, but got low={low} and high={high}")
    if floating and first == bound:
        warnings.warn(
            "Passing `low==high` to `torch.testing.make_tensor` for floating or complex types is deprecated since 2.1 "
            "and will be removed in 2.3. Use `torch.full(...)` instead.",
            FutureWarning,
            stacklevel=3,
        )
    elif first >= bound:
        raise ValueError(f"`low` must be less than `high`, but got {first} >= {bound}")
    if floating:
        limits = finfo(kind)
        return max(float(first), limits.min), min(float(bound), limits.max)
    least, most = (0, 1) if kind.name == "bool" else (iinfo(kind).min, iinfo(kind).max)
    return math.ceil(max(first, least)), math.ceil(min(bound, most + 1))


def _drawn(sizes: Any, kind: Dtype, device: Any, low: Any, high: Any) -> Tensor:
    if not (kind.is_floating_point or kind.is_complex):
        return randint(low, high, sizes, dtype=kind, device=device)
    if kind is bfloat16:  # which is not drawn from
        return _drawn(sizes, float32, device, low, high).to(kind)
    out = empty(sizes, dtype=kind, device=device)
    real = view_as_real(out) if kind.is_complex else out
    if high - low <= finfo(kind).max:
        real.uniform_(low, high)
    else:  # the width is more than the type can hold
        real.uniform_(low / 2, high / 2).mul_(2)
    return out


__all__ = ["make_tensor"]
