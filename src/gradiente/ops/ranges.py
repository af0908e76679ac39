"""Sequences of numbers: arange, linspace, logspace."""

from __future__ import annotations

import math
import warnings
from functools import lru_cache
from typing import Any, cast

import numpy as np

from ..random._fused import fma64
from ..tensor import dtypes
from ..tensor.core import Tensor
from ..tensor.devices import layout as Layout
from ..tensor.dtypes import SCALAR_NAMES, get_default_dtype
from ..tensor.dtypes import dtype as Dtype
from ..tensor.refusals_unsigned import lacking
from ._factory import allocate, made, need_differentiable, put_out, settle
from ._numbers import Number, fitted, need_int, need_number
from .creation import DeviceLike

_ARANGE = (
    "arange() received an invalid combination of arguments - got ({}), but expected one of:\n"
    " * (Number end, *, Tensor out = None, torch.dtype dtype = None, ...)\n"
    " * (Number start, Number end, *, torch.dtype dtype = None, ...)\n"
    " * (Number start, Number end, Number step = 1, *, Tensor out = None, torch.dtype dtype = None, ...)\n"
)


def arange(
    *bounds: Number | Tensor,
    start: Number | Tensor = 0,
    end: Number | Tensor | None = None,
    step: Number | Tensor = 1,
    out: Tensor | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """The numbers start, start + step, …, up to but without `end`: `arange(end)`, `arange(start, end, step)`.

    Args:
        bounds: `end`; or `start`, `end` and perhaps `step`.
        start: the first number.
        end: where to stop.
        step: the difference of neighbours, not 0.
        out: a tensor to write to.
        dtype: the dtype; without it int64 for integers, else the default one.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of shape (⌈(end - start) / step⌉,).

    Raises:
        TypeError: bounds that are no numbers, or too few.
        RuntimeError: step 0, a step in the wrong direction, infinite bounds.
        NotImplementedError: a bool or complex dtype.

    Example:
        >>> import gradiente as torch
        >>> torch.arange(1, 2.5, 0.5)
        tensor([1.0000, 1.5000, 2.0000])
    """
    settled = settle("arange", dtype, layout, device, pin_memory, requires_grad)
    if len(bounds) == 1 and end is None:
        (end,) = bounds
    elif 2 <= len(bounds) <= 3 and end is None:
        start, end, step = bounds if len(bounds) == 3 else (*bounds, step)
    elif len(bounds) == 1:
        (start,) = bounds
    if len(bounds) > 3 or any(bound is None for bound in cast("tuple[Any, ...]", (start, end, step))):
        raise TypeError(_ARANGE.format(", ".join(type(b).__name__ for b in bounds)))
    single = len(bounds) == 1 and start == 0
    low = need_number(start, "arange", "start", 1)
    high = need_number(end, "arange", "end", 1 if single else 2)
    stride = need_number(step, "arange", "step", 3)
    integral = all(isinstance(value, int) for value in (low, high, stride))
    wanted = settled or (out.dtype if isinstance(out, Tensor) else dtypes.int64 if integral else get_default_dtype())
    if requires_grad:
        need_differentiable(wanted, "arange")
    array = _arange(low, high, stride, wanted)
    return made(array, requires_grad, device) if out is None else put_out(out, array, "arange", settled)


def range(
    start: Number | Tensor,
    end: Number | Tensor | None = None,
    step: Number | Tensor = 1,
    *,
    out: Tensor | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """The numbers start, start + step, …, up to and with `end`. Deprecated, and warned of: use `arange`.

    Args:
        start: the first number.
        end: the last number, if a step leads to it.
        step: the difference of neighbours, not 0.
        out: a tensor to write to.
        dtype: the dtype; without it the default one, also for integers.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of shape (⌊(end - start) / step⌋ + 1,).

    Raises:
        TypeError: no end.
        RuntimeError: step 0, a step in the wrong direction, infinite bounds.

    Example:
        >>> import gradiente as torch
        >>> import warnings; warnings.simplefilter("ignore")
        >>> torch.range(1, 2.5, 0.5)
        tensor([1.0000, 1.5000, 2.0000, 2.5000])
    """
    settled = settle("range", dtype, layout, device, pin_memory, requires_grad)
    if end is None:
        raise TypeError('range() missing 1 required positional arguments: "end" (it includes the end; see arange)')
    warnings.warn(
        "torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with "
        "Python's range builtin. Instead, use torch.arange, which produces values in [start, end).",
        stacklevel=2,
    )
    low, high = need_number(start, "range", "start", 1), need_number(end, "range", "end", 2)
    by = _real(need_number(step, "range", "step", 3))
    wanted = settled or (out.dtype if isinstance(out, Tensor) else get_default_dtype())
    if by == 0:
        raise RuntimeError(f"step must be nonzero (range({low}, {high}, {step}))")
    first, last = _real(low), _real(high)
    if not (math.isfinite(first) and math.isfinite(last)):
        raise RuntimeError(f"unsupported range: {first:g} -> {last:g}")
    if (by > 0) != (last >= first) and last != first:
        raise RuntimeError(
            f"upper bound and lower bound inconsistent with step sign (range({low}, {high}, {step}) would be empty)"
        )
    lacking("range_cpu", wanted)
    steps = allocate(_indices, (int((last - first) / by) + 1,))
    array = (first + by * steps).astype(wanted.numpy)
    return made(array, requires_grad, device) if out is None else put_out(out, array, "range", settled)


def _arange(low: Number, high: Number, step: Number, dtype: Dtype) -> Any:
    lacking("arange_cpu", dtype)
    if dtype.is_complex or dtype is dtypes.bool:
        raise NotImplementedError(
            f"\"arange_cpu\" not implemented for '{SCALAR_NAMES[dtype.name]}' (give an integer or floating-point dtype)"
        )
    if dtype is dtypes.int64 and type(high) is int and low == 0 and step == 1 and 0 <= high < 2**62:
        return allocate(_indices, (high,))  # by far the most frequent call
    kind = dtypes.int64 if dtype is dtypes.int64 else dtypes.float64
    for value in (low, high, step):
        if kind is dtypes.int64 and isinstance(value, float) and not math.isfinite(value):
            raise RuntimeError(f"unsupported range: {low} -> {high}")
        fitted(value, kind)
    # With dtype int64 the bounds themselves become integers, otherwise they count as they were given.
    start, stop, by = (int(v) if kind is dtypes.int64 else v for v in (_real(low), _real(high), _real(step)))
    if by == 0:
        error = ValueError if _real(step) != 0 else RuntimeError
        raise error(f"step must be nonzero (arange({low}, {high}, {step}))")
    if not (math.isfinite(start) and math.isfinite(stop)):
        raise RuntimeError(f"unsupported range: {start:g} -> {stop:g}")
    if (by > 0) != (stop >= start) and stop != start:
        raise RuntimeError(
            f"upper bound and lower bound inconsistent with step sign (arange({low}, {high}, {step}) would be empty)"
        )
    whole = all(isinstance(value, int) for value in (start, stop, by))
    n = -((start - stop) // by) if whole else math.ceil((stop - start) / by)
    target = dtype.numpy
    steps = allocate(_indices, (int(n),))
    if dtype.is_floating_point:
        with np.errstate(over="ignore"):
            return (float(start) + float(by) * steps).astype(target)
    return (np.int64(int(start)) + np.int64(int(by)) * steps).astype(target)


def _indices(shape: tuple[int, ...]) -> Any:
    return np.arange(shape[0], dtype=np.int64)


def _real(value: Number) -> float | int:
    return value.real if isinstance(value, complex) else value


def _ends(function: str, start: Any, end: Any, steps: Any) -> tuple[Number, Number, int]:
    """The checked arguments of linspace and logspace."""
    if (isinstance(start, Tensor) and start._array.ndim) or (isinstance(end, Tensor) and end._array.ndim):
        dims = [x._array.ndim if isinstance(x, Tensor) else 0 for x in (start, end)]
        raise RuntimeError(
            f"{function} only supports 0-dimensional start and end tensors, but got start with {dims[0]} dimension(s) "
            f"and end with {dims[1]} dimension(s)."
        )
    low, high = need_number(start, function, "start", 1), need_number(end, function, "end", 2)
    if steps is None or isinstance(steps, (float, str, bool)):
        raise TypeError(
            f"{function}() received an invalid combination of arguments - got "
            f"({type(start).__name__}, {type(end).__name__}{'' if steps is None else f', {type(steps).__name__}'}), "
            "but expected one of:\n * (Number start, Number end, int steps, *, Tensor out = None, ...)\n"
        )
    n = need_int(steps, function, "steps", 3)
    if n < 0:
        raise RuntimeError(f"number of steps must be non-negative (got steps={n})")
    return low, high, n


def _kind_of(low: Number, high: Number, dtype: Dtype | None, out: Tensor | None, function: str) -> Dtype:
    if dtype is None:
        if isinstance(out, Tensor):
            return out.dtype
        default = get_default_dtype()
        return default.to_complex() if isinstance(low, complex) or isinstance(high, complex) else default
    lacking(f"{function}_cpu", dtype)
    if dtype is dtypes.bool:
        raise NotImplementedError(f"\"{function}_cpu\" not implemented for 'Bool' (give a numeric dtype)")
    if not dtype.is_complex and (isinstance(low, complex) or isinstance(high, complex)):
        raise RuntimeError(
            f"{function}(): inferred dtype ComplexFloat can't be safely cast to passed dtype {dtype.name}"
        )
    return dtype


def _spaced(low: Number, high: Number, n: int, dtype: Dtype) -> Any:
    """n numbers in equal steps, from both ends to the middle, as torch computes them: not yet rounded for integers."""
    if dtype.category < 2 and all(isinstance(b, (int, float)) and math.isfinite(b) for b in (low, high)):
        low, high = int(low), int(high)  # pyright: ignore[reportArgumentType] - integers lie between whole bounds
    work = np.dtype("float64") if not (dtype.is_floating_point or dtype.is_complex) else dtype.numpy
    kind = np.dtype("complex128" if dtype.is_complex else "float64")
    if n == 1:
        return allocate(np.full, (n,), fitted(low, dtype), work)
    if work.kind == "V":
        return _short_spaced(low, high, n, work)
    if work.kind == "f":
        kind = work
    if kind == np.float32 and 1 < n <= _FEW and isinstance(low, (int, float)) and isinstance(high, (int, float)):
        return _few_spaced(low, high, n)
    first, last = np.asarray(low).astype(kind), np.asarray(high).astype(kind)
    index = allocate(_indices, (n,))
    if n == 0:
        return np.zeros(0, work)
    with np.errstate(all="ignore"):
        step = (last - first) / kind.type(n - 1)
        # As torch's build, with one rounding instead of two, which decides where integers are cut.
        if kind == np.float64:
            near, far = index.astype(kind), (n - 1 - index).astype(kind)
            near, far = fma64(near, float(step), float(first)), fma64(far, -float(step), float(last))
        elif kind == np.float32:  # products of such numbers are exact in float64
            near, far = float(first) + float(step) * index, float(last) - float(step) * (n - 1 - index)
        else:
            near, far = first + step * index.astype(kind), last - step * (n - 1 - index).astype(kind)
    return np.where(index < n // 2, near, far).astype(work)


_FEW = 1024


@lru_cache(64)
def _known_indices(n: int) -> tuple[Any, Any]:
    """The numbers of the first half, and how far those of the second half are from the last."""
    return np.arange(n // 2, dtype=np.float64), np.arange(n - 1 - n // 2, -1, -1, dtype=np.float64)


def _few_spaced(low: float, high: float, n: int) -> Any:
    """The same in float32 for small n."""
    near, far = _known_indices(n)
    out = np.empty(n, np.float32)
    with np.errstate(all="ignore"):
        first, last = np.float32(low), np.float32(high)
        step = float((last - first) / np.float32(n - 1))
        out[: n // 2] = float(first) + step * near
        out[n // 2 :] = float(last) - step * far
    return out


def _short_spaced(low: Number, high: Number, n: int, short: Any) -> Any:
    """The same in bfloat16, in which torch rounds after every operation."""

    def rounded(x: Any) -> Any:
        return np.asarray(x, np.float32).astype(short).astype(np.float32)

    index = allocate(_indices, (n,))
    with np.errstate(all="ignore"):
        first, last = rounded(low), rounded(high)
        step = rounded(rounded(last - first) / rounded(n - 1))
        near, far = first + rounded(step * rounded(index)), last - rounded(step * rounded(n - 1 - index))
    return np.where(index < n // 2, near, far).astype(short)


def linspace(
    start: Number | Tensor,
    end: Number | Tensor,
    steps: int | None = None,
    *,
    out: Tensor | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """`steps` numbers from `start` to `end`, both included, at equal distances.

    Args:
        start: the first number.
        end: the last number.
        steps: how many.
        out: a tensor to write to.
        dtype: the dtype; without it the default one (complex for complex bounds). For integers the numbers are cut off.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of shape (steps,).

    Raises:
        TypeError: bounds that are no numbers, steps that are no integer.
        RuntimeError: a negative number of steps.

    Example:
        >>> import gradiente as torch
        >>> torch.linspace(0, 1, 5)
        tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
    settled = settle("linspace", dtype, layout, device, pin_memory, requires_grad)
    low, high, n = _ends("linspace", start, end, steps)
    wanted = _kind_of(low, high, settled, out, "linspace")
    array = _spaced(low, high, n, wanted).astype(wanted.numpy)
    return made(array, requires_grad, device) if out is None else put_out(out, array, "linspace", settled)


def logspace(
    start: Number | Tensor,
    end: Number | Tensor,
    steps: int | None = None,
    base: float = 10.0,
    *,
    out: Tensor | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """The powers baseˣ for `steps` exponents x from `start` to `end`, both included, at equal distances.

    Args:
        start: the first exponent.
        end: the last exponent.
        steps: how many.
        base: what is raised to them.
        out: a tensor to write to.
        dtype: the dtype; without it the default one (complex for complex bounds). For integers the powers are cut off.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of shape (steps,).

    Raises:
        TypeError: bounds that are no numbers, steps that are no integer.
        RuntimeError: a negative number of steps.

    Example:
        >>> import gradiente as torch
        >>> torch.logspace(0, 2, 3)
        tensor([  1.,  10., 100.])
    """
    settled = settle("logspace", dtype, layout, device, pin_memory, requires_grad)
    low, high, n = _ends("logspace", start, end, steps)
    wanted = _kind_of(low, high, settled, out, "logspace")
    exponents = _spaced(low, high, n, wanted)
    wide = exponents.astype("complex128" if wanted.is_complex else "float64")
    with np.errstate(all="ignore"):
        array = np.power(need_number(base, "logspace", "base", 4), wide).astype(wanted.numpy)
    return made(array, requires_grad, device) if out is None else put_out(out, array, "logspace", settled)


METHODS: dict[str, Any] = {}
__all__ = ["arange", "linspace", "logspace", "range"]
