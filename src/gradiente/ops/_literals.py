"""Arrays from what programs write down: numbers, and lists and tuples of them, nested."""

from __future__ import annotations

import warnings
from itertools import chain
from typing import Any, cast

import numpy as np

from ..tensor import dtypes
from ..tensor.core import Tensor
from ..tensor.dtypes import dtype as Dtype
from ..tensor.dtypes import from_numpy_dtype, get_default_dtype, promote
from ..tensor.origins import leave

UNEXPECTED = (
    "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
    "Consider using tensor.detach() first."
)
_NUMBERS = {bool, int, float, complex}
_LISTS = {list, tuple}


def literal(data: Any, dtype: Dtype | None) -> Any:
    """The array of a number or of nested sequences of numbers; of the narrowest fitting dtype if none is given.

    Note [Lists, level by level]: the sets of types and lengths of one level tell whether it is regular; these, and the
    joining of its parts, run at the speed of C. What is irregular goes to the slow way, which finds torch's error.
    """
    if data.__class__ in _LISTS:
        shape: list[int] = []
        level = data
        while level:
            shape.append(len(level) if not shape else len(level) // _product(shape))
            kinds = set(map(type, level))
            if kinds <= _NUMBERS:
                return _filled(level, _common(kinds) if dtype is None else dtype).reshape(shape)
            if not kinds <= _LISTS or len(set(map(len, level))) != 1 or len(shape) > 60:
                break
            level = list(chain.from_iterable(level))
    elif data.__class__ in _NUMBERS:
        return _filled([data], _common({data.__class__}) if dtype is None else dtype).reshape(())
    return _slow(data, dtype)


def _product(shape: list[int]) -> int:
    out = 1
    for n in shape:
        out *= n
    return out


def _common(kinds: set[type]) -> Dtype:
    default = get_default_dtype()
    if complex in kinds:
        return default.to_complex()
    return default if float in kinds else dtypes.int64 if int in kinds else dtypes.bool


def _slow(data: Any, dtype: Dtype | None) -> Any:
    """The same for everything else that torch takes: NumPy's numbers and arrays, tensors, other sequences."""
    if isinstance(data, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(data).__name__}' (torch.tensor takes numbers, not text)")
    as_array = getattr(type(data), "_as_array", None)
    if as_array is not None:  # a storage: its memory itself
        return as_array(data, dtype)
    shape = _shape(data)
    if dtype is None:
        dtype = infer(data)
    if 0 in shape:
        return np.empty(shape, dtype.numpy)
    flat: list[Any] = []
    _collect(data, shape, 0, flat, dtype)
    return _filled(flat, dtype).reshape(shape)


def _is_sequence(data: Any) -> bool:
    if isinstance(data, (Tensor, np.generic, dict, set, frozenset)):
        return False
    return hasattr(data, "__getitem__") and hasattr(data, "__len__")


def _shape(data: Any) -> tuple[int, ...]:
    """The sizes along the first elements."""
    shape: list[int] = []
    warned = False
    while _is_sequence(data):
        if isinstance(data, str):
            raise ValueError("too many dimensions 'str' (torch.tensor takes numbers, not text)")
        n = len(data)
        shape.append(n)
        if n == 0:
            break
        data = data[0]
        if not warned and data.__class__ is np.ndarray:
            warned = True
            warnings.warn(
                "Creating a tensor from a list of numpy.ndarrays is extremely slow. Please consider converting the "
                "list to a single numpy.ndarray with numpy.array() before converting to a tensor.",
                UserWarning,
                stacklevel=5,
            )
        if len(shape) > 60:
            raise ValueError(f"too many dimensions '{type(data).__name__}'")
    return tuple(shape)


def infer(data: Any) -> Dtype:
    """The dtype that holds all numbers of `data`: the promotion of theirs."""
    if isinstance(data, Tensor):
        return data.dtype
    if isinstance(data, (np.generic, np.ndarray)):
        return from_numpy_dtype(cast(Any, data).dtype)
    for kind in (bool, int, float, complex):
        if isinstance(data, kind):
            return _common({kind})
    if isinstance(data, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    if not _is_sequence(data):
        raise RuntimeError(
            f"Could not infer dtype of {type(data).__name__} (torch.tensor takes numbers, arrays and sequences)"
        )
    found: Dtype | None = None
    for item in data:
        kind = infer(item)
        found = kind if found is None else promote(found, kind)
    return get_default_dtype() if found is None else found


def _collect(data: Any, shape: tuple[int, ...], depth: int, flat: list[Any], dtype: Dtype) -> None:
    """Append the numbers of `data` to `flat`, checking that its sizes are those of `shape`."""
    if depth == len(shape):
        flat.append(_number(data, dtype))
        return
    if not _is_sequence(data):
        raise TypeError(
            f"not a sequence (dim {depth} has {shape[depth]} elements each, but there is a {type(data).__name__} in it)"
        )
    if len(data) != shape[depth]:
        raise ValueError(f"expected sequence of length {shape[depth]} at dim {depth} (got {len(data)})")
    for item in data:
        _collect(item, shape, depth + 1, flat, dtype)


def _number(data: Any, dtype: Dtype) -> Any:
    """A Python number, from what stands for one."""
    if data.__class__ in _NUMBERS:
        return data
    if isinstance(data, Tensor):
        if data._array.size != 1:
            raise ValueError(
                "only one element tensors can be converted to Python scalars "
                f"(there is one of shape {list(data._array.shape)} in the list: torch.stack joins tensors)"
            )
        if data.requires_grad:
            warnings.warn(UNEXPECTED, UserWarning, stacklevel=6)
            leave("tensor", data)
        value = data._array.reshape(()).item()
        return float(value) if data._array.dtype.kind == "V" else value
    if isinstance(data, np.generic):
        number = cast(Any, data).item()
        if isinstance(number, (bool, int, float, complex)):
            return number
        return complex(number) if dtype.is_complex else float(number)
    if isinstance(data, (bool, int, float, complex)):
        return data
    name = type(data).__name__
    if dtype.is_floating_point or dtype.is_complex:
        if hasattr(data, "__float__"):
            return float(data)
        raise TypeError(f"must be real number, not {name}")
    if dtype is dtypes.bool:
        return bool(data)
    if hasattr(data, "__index__"):
        return data.__index__()
    raise TypeError(f"'{name}' object cannot be interpreted as an integer")


def _filled(flat: Any, dtype: Dtype) -> Any:
    """The one-dimensional array of a list of Python numbers, with torch's errors for those that do not fit."""
    target = dtype.numpy
    if target.kind in "iu":
        return _integers(flat, dtype, target)
    if not dtype.is_complex and target.kind != "b" and any(map(complex.__instancecheck__, flat)):
        raise TypeError(f"must be real number, not complex (the dtype is {dtype!r})")
    with np.errstate(all="ignore"):
        return np.array(flat, dtype=target)


def _integers(flat: list[Any], dtype: Dtype, target: Any) -> Any:
    if dtype is dtypes.uint64:
        return _longest(flat)
    try:
        wide = np.array(flat, dtype=np.int64)
    except OverflowError:
        wide = None
    except TypeError:
        raise TypeError(f"'complex' object cannot be interpreted as an integer (the dtype is {dtype!r})") from None
    except ValueError:
        wide = None
    if wide is None:
        for value in flat:
            if isinstance(value, int) and not -(2**63) <= value < 2**63:
                raise ValueError(f"Overflow when unpacking long long ({value} is not in [-2**63, 2**63))")
        odd = next(v for v in flat if isinstance(v, float) and not -(2.0**63) <= v < 2.0**63)
        raise _overflow(odd, dtype)
    if target.itemsize == 8:
        return wide
    info = np.iinfo(target)
    low = -info.max if info.min == 0 else info.min  # torch lets negative numbers wrap around in uint8
    outside = (wide < low) | (wide > info.max)
    if outside.any():
        raise _overflow(flat[int(outside.argmax())], dtype)
    return wide.astype(target)


def _longest(flat: list[Any]) -> Any:
    """Integers from 0 to 2**64, with the errors that torch gives for others."""
    for value in flat:
        if isinstance(value, (float, complex)):
            raise TypeError(f"an integer is required (got {value!r}; the dtype is torch.uint64)")
        if value < 0:
            raise OverflowError(f"can't convert negative int to unsigned (got {value}; the dtype is torch.uint64)")
        if value >= 2**64:
            raise OverflowError(f"int too big to convert (got {value}; the dtype is torch.uint64)")
    return np.array(flat, dtype=np.uint64)


def _overflow(value: Any, dtype: Dtype) -> RuntimeError:
    return RuntimeError(f"value cannot be converted to type {dtype.name} without overflow (the value is {value})")


__all__ = ["infer", "literal"]
