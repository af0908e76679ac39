"""What all functions that make tensors share: sizes, the options dtype, device, layout, …, and the finished tensor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, cast

import numpy as np

from ..arrays.meta import is_meta, meta_of, without_values
from ..graph import current
from ..tensor.core import AccumulateGrad, Tensor, wrap
from ..tensor.devices import CPU, META, is_on_meta, need_place, strided
from ..tensor.devices import layout as Layout
from ..tensor.devices import memory_format as MemoryFormat
from ..tensor.dtypes import SCALAR_NAMES, complex128, float64, int64
from ..tensor.dtypes import bool as boolean
from ..tensor.dtypes import dtype as Dtype
from ..tensor.inference import mark_inference
from ..tensor.inplace import write
from ..tensor.tangents import carries
from ._numbers import is_integer

PYTHON_TYPES: dict[Any, Dtype] = {float: float64, int: int64, bool: boolean, complex: complex128}
"""Python's types, which torch takes as dtypes too."""

PINNED = (
    "pin_memory=True requires a CUDA or other accelerator backend; no pinned memory allocator is available on this "
    "system. (Leave pin_memory out: gradiente computes on the CPU)"
)


def need_dtype(dtype: Any, function: str) -> Dtype:
    """The dtype that was given: one of torch's, or a Python type."""
    if isinstance(dtype, Dtype):
        return dtype
    found = PYTHON_TYPES.get(dtype) if isinstance(dtype, type) else None
    if found is None:
        raise TypeError(
            f"{function}(): argument 'dtype' must be torch.dtype, not {type(dtype).__name__} "
            f"(got {dtype!r}; pass for example torch.float32)"
        )
    return found


def settle(
    function: str,
    dtype: Any,
    layout: Any = None,
    device: Any = None,
    pin_memory: Any = False,
    requires_grad: Any = False,
    memory_format: Any = None,
) -> Dtype | None:
    """Check the options that every function of creation has; the dtype, or None if it is left open."""
    if dtype is not None and dtype.__class__ is not Dtype:
        dtype = need_dtype(dtype, function)
    if layout is not None and layout is not strided:
        if not isinstance(layout, Layout):
            raise TypeError(f"{function}(): argument 'layout' must be torch.layout, not {type(layout).__name__}")
        raise RuntimeError(f"{function}(): layout {layout!r} is not supported; torch.strided is")
    need_place(device, function)
    if pin_memory:
        raise RuntimeError(PINNED)
    if requires_grad is not False and requires_grad is not None:
        need_bool(requires_grad, function, "requires_grad")
        if requires_grad and dtype is not None:
            need_differentiable(dtype, function)
    if memory_format is not None and not isinstance(memory_format, MemoryFormat):
        raise TypeError(
            f"{function}(): argument 'memory_format' must be torch.memory_format, not {type(memory_format).__name__}"
        )
    return dtype


def need_bool(value: Any, function: str, argument: str) -> None:
    """Raise torch's error unless the value is a bool."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{function}(): argument '{argument}' must be bool, not {type(value).__name__}")


def need_differentiable(dtype: Dtype, function: str) -> None:
    """Raise torch's error unless tensors of this dtype can have gradients."""
    if not (dtype.is_floating_point or dtype.is_complex):
        raise RuntimeError(
            "Only Tensors of floating point and complex dtype can require gradients "
            f"({function}() was asked for requires_grad=True with {dtype!r}; pass for example dtype=torch.float32)"
        )


def made(array: Any, requires_grad: bool = False, device: Any = CPU) -> Tensor:
    """The new tensor of these values; in inference mode an inference tensor. On the meta device it loses them."""
    if device is not CPU and is_on_meta(device):
        array = meta_of(array)
    out = wrap(array)
    if requires_grad:
        out._node = AccumulateGrad(out)
    if current().inference:
        mark_inference(out)
    return out


def constant(model: Tensor, array: Any) -> Tensor:
    """A tensor of these values, without them where `model` has none: a constant in a function of it."""
    return wrap(meta_of(array) if is_meta(model._array) else array)


def place_of(model: Tensor, device: Any) -> Any:
    """The device of a new tensor after a model: the one that was given, else that of the model."""
    if device is not None:
        return device
    return META if is_meta(model._array) else CPU


def shape_of(sizes: tuple[Any, ...], size: Any, function: str) -> tuple[int, ...]:
    """The shape that was given as integers, as one sequence of them, or as the keyword `size`."""
    if size is not None:
        if sizes:
            raise TypeError(f"{function}() got multiple values for argument 'size'")
        return sequence_shape(size, function, None)
    if not sizes:
        raise TypeError(f'{function}() missing 1 required positional arguments: "size" (a scalar has the size ())')
    if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)):
        return sequence_shape(sizes[0], function)
    if isinstance(sizes[0], (tuple, list)):
        raise TypeError(f"{function}() takes 1 positional argument but {len(sizes)} were given (give one size)")
    return _checked(sizes, function, bare=len(sizes) == 1)


def sequence_shape(size: Any, function: str, position: int | None = 1) -> tuple[int, ...]:
    """The shape that was given as a sequence of integers."""
    if not isinstance(size, (tuple, list)):
        place = "" if position is None else f" (position {position})"
        raise TypeError(f"{function}(): argument 'size'{place} must be tuple of ints, not {type(size).__name__}")
    return _checked(cast("Sequence[Any]", size), function, position)


def _checked(sizes: Sequence[Any], function: str, position: int | None = 1, bare: bool = False) -> tuple[int, ...]:
    for n in sizes:
        if n.__class__ is not int:
            sizes = [_integer(n, i, function, position, bare) for i, n in enumerate(sizes)]
            break
    for n in sizes:
        if n < 0:
            raise RuntimeError(
                f"Trying to create tensor with negative dimension {n}: {list(sizes)}"
                if function != "zeros"
                else f"zeros: Dimension size must be non-negative. (got the size {list(sizes)})"
            )
        if n >= 2**63:
            raise TypeError(
                f"{function}(): argument 'size' failed to unpack the object at pos 1 with error "
                f'"Overflow when unpacking long long (got {n})"'
            )
    return tuple(sizes)


def _integer(n: Any, place: int, function: str, position: int | None, bare: bool) -> int:
    """One size, as an int; tensors and NumPy scalars that hold an integer will do."""
    if isinstance(n, Tensor):
        if n._array.ndim == 0 and n._array.dtype.kind in "iu":
            return int(n._array)
    elif is_integer(n):
        return int(n)
    name = type(n).__name__
    position_text = "" if position is None else f" (position {position})"
    text = f"{function}(): argument 'size'{position_text} must be tuple of ints, "
    raise TypeError(text + (f"not {name}" if bare else f"but found element of type {name} at pos {place}"))


def allocate(make: Callable[..., Any], shape: tuple[int, ...], *arguments: Any, device: Any = CPU) -> Any:
    """`make(shape, *arguments)`, with torch's errors for sizes that no memory can hold.

    On the meta device no memory is needed: there `arguments` is the dtype alone.
    """
    if device is not CPU and is_on_meta(device):
        make = without_values
    try:
        return make(shape, *arguments)
    except MemoryError as error:
        raise no_memory(shape) from error
    except ValueError as error:
        raise RuntimeError(f"Storage size calculation overflowed with sizes={list(shape)} ({error})") from error


def no_memory(shape: tuple[int, ...]) -> RuntimeError:
    """torch's error for a size that the memory does not hold."""
    return RuntimeError(
        f"DefaultCPUAllocator: can't allocate memory: you tried to allocate up to {prod(shape) * 8} bytes "
        f"for the size {list(shape)}"
    )


def put_out(out: Any, result: Any, function: str, dtype: Dtype | None = None) -> Tensor:
    """Write `result` (an array) into the tensor given as `out`, and return that tensor; an empty one is replaced.

    `dtype`: the one that the caller asked for, which must be that of `out`.
    """
    if not isinstance(out, Tensor):
        raise TypeError(f"{function}(): argument 'out' must be Tensor, not {type(out).__name__}")
    if dtype is not None and dtype is not out.dtype:
        raise RuntimeError(
            f"dtype {SCALAR_NAMES[dtype.name]} does not match dtype of out parameter ({SCALAR_NAMES[out.dtype.name]}) "
            f"(in {function}(); leave out one of them)"
        )
    if out._node is not None and current().grad:
        raise RuntimeError(
            f"{function}(): functions with out=... arguments don't support automatic differentiation, but one of the "
            "arguments requires grad. (Pass out.detach(), or use what the function returns)"
        )
    if carries(out):
        raise NotImplementedError(
            f"Trying to use forward AD with aten::{function} that does not support it. "
            "(It has a tangent: leave out= away, and use what the function returns)"
        )
    if out._array.shape != result.shape:
        if out._array.size or out._view is not None:
            raise RuntimeError(
                f"{function}(): out has the shape {list(out._array.shape)}, but the result has {list(result.shape)}; "
                "pass an empty tensor, or one of that shape"
            )
        out._array = result.astype(out._array.dtype)
        return out
    write(out, wrap(result), function)
    return out


__all__ = [
    "Layout",
    "MemoryFormat",
    "allocate",
    "constant",
    "made",
    "need_dtype",
    "no_memory",
    "place_of",
    "put_out",
    "sequence_shape",
    "settle",
    "shape_of",
]
