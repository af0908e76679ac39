"""What the reductions share: their dimensions, types and errors.

Note [NumPy's names]: torch takes `axis` for `dim` and `keepdims` for `keepdim`; so do the reductions here.
"""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..tensor import dtypes
from ..tensor.core import Tensor
from ..tensor.dtypes import SCALAR_NAMES, get_default_dtype
from ..tensor.dtypes import dtype as Dtype
from ..tensor.elementwise import not_a_tensor
from ..tensor.refusals_unsigned import lacking
from ._arguments import wrap_dim, wrap_dims
from ._define import primitive

Dims = int | Sequence[int] | None

_astype = primitive("astype")
_SUM_LIKE = (
    " * (*, torch.dtype dtype = None)\n * (tuple of ints dim, bool keepdim = False, *, torch.dtype dtype = None)\n"
)


def array_of(input: Any, function: str) -> Any:
    """The values of a tensor; TypeError for anything else."""
    try:
        return input._array
    except AttributeError:
        raise not_a_tensor(function, input) from None


def is_number(value: Any) -> bool:
    """Whether a value can be a dimension: an integer, but no bool."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, builtins.bool)


def axes_of(dim: Any, ndim: int, function: str, keepdim: Any = False) -> int | tuple[int, ...] | None:
    """The axes for `dim`, an integer, a sequence of them, or None for all; `keepdim` is only checked."""
    if dim.__class__ is int:
        axes: int | tuple[int, ...] | None = wrap_dim(dim, ndim) if ndim else wrap_dims(dim, 0)
    elif dim is None:
        axes = None
    elif is_number(dim) or (isinstance(dim, Tensor) and dim._array.dtype.kind in "iu" and dim._array.size == 1):
        axes = wrap_dims(int(dim._array.item() if isinstance(dim, Tensor) else dim), ndim)
    else:
        if isinstance(dim, (str, builtins.bool, float)) or not isinstance(dim, Sequence):
            raise invalid_combination(function, dim, _SUM_LIKE)
        dims: Sequence[Any] = dim  # pyright: ignore[reportUnknownVariableType]
        for position, d in enumerate(dims):
            if not is_number(d):
                raise TypeError(
                    f"{function}(): argument 'dim' must be tuple of ints, but found element of type "
                    f"{type(d).__name__} at pos {position}"
                )
        axes = wrap_dims(tuple(int(d) for d in dims), ndim)
    if keepdim.__class__ is not builtins.bool:
        check_keepdim(keepdim, function)
    return axes


def axis_of(dim: Any, ndim: int, function: str, keepdim: Any = False) -> int:
    """The axis for `dim`, one integer; 0 for 0-d tensors, as if they had one element in one dimension."""
    if not is_number(dim):
        raise TypeError(
            f"{function}(): argument 'dim' must be int, not {type(dim).__name__} (this function takes one dimension)"
        )
    if keepdim.__class__ is not builtins.bool:
        check_keepdim(keepdim, function)
    return wrap_dim(int(dim), ndim)


def check_keepdim(keepdim: Any, function: str) -> None:
    """TypeError unless `keepdim` is a bool."""
    if not isinstance(keepdim, (builtins.bool, np.bool_)):
        raise TypeError(f"{function}(): argument 'keepdim' must be bool, not {type(keepdim).__name__}")


def invalid_combination(function: str, value: Any, signatures: str) -> TypeError:
    """torch's error for an argument of a wrong type, where a function has several signatures."""
    return TypeError(
        f"{function}() received an invalid combination of arguments - got ({type(value).__name__}), "
        f"but expected one of:\n{signatures}"
    )


def numpys(dim: Any, axis: Any, keepdim: Any, keepdims: Any, function: str) -> tuple[Any, Any]:
    """`dim` and `keepdim`, given by torch's or by NumPy's names."""
    if axis is not None:
        if dim is not None:
            raise TypeError(f"{function}() got both 'dim' and 'axis', two names of one argument")
        dim = axis
    return dim, keepdim if keepdims is None else keepdims


def numpy_dtype(dtype: Any, function: str) -> Any:
    """NumPy's type for the argument `dtype`."""
    if not isinstance(dtype, Dtype):
        raise TypeError(f"{function}(): argument 'dtype' must be torch.dtype, not {type(dtype).__name__}")
    return dtype.numpy


def totals_dtype(input: Tensor, dtype: Any, function: str) -> Any:
    """The type in which a sum or product is asked for or needed; None for the type of the input."""
    array = input._array
    if dtype is not None:
        found = numpy_dtype(dtype, function)
        if found.kind == "u":
            lacking("sum_cpu" if function in ("sum", "nansum") else f"{function}_out_cpu", dtype)
        if found == array.dtype:
            return None
        if input._node is not None and dtype.category < 2:
            raise RuntimeError(
                f"Autograd not support dtype: {SCALAR_NAMES[dtype.name]} "
                f"({function}() of a tensor that requires a gradient; call .detach() first, or ask for a floating type)"
            )
        return found
    return np.int64 if array.dtype.kind in "biu" else None


def wide_of(array: Any) -> Any:
    """The type in which to compute for a 16-bit one; None for the others."""
    return np.float32 if array.dtype.itemsize == 2 and array.dtype.kind not in "iu" else None


def float_of(input: Tensor) -> Tensor:
    """The tensor, in the default floating type if it has integers."""
    return cast(input, get_default_dtype().numpy) if input._array.dtype.kind in "biu" else input


def cast(input: Tensor, dtype: Any) -> Tensor:
    """The tensor with elements of a NumPy type."""
    return input if input._array.dtype == dtype else _astype(input, dtype=dtype)


def each(axis: Any) -> tuple[int, ...]:
    """The axes, one or several, as a tuple."""
    return axis if isinstance(axis, tuple) else (axis,)


def need_elements(array: Any, axis: Any, function: str, whole: str) -> None:
    """Raise torch's error where something without identity would be taken over no elements; `whole`: that for all."""
    if array.size:
        return
    if axis is None:
        raise RuntimeError(whole)
    for a in each(axis):
        if not array.shape[a]:
            raise IndexError(
                f"{function}(): Expected reduction dim {a} to have non-zero size. "
                f"(The input has shape {list(array.shape)}.)"
            )


def type_name(array: Any) -> str:
    """What torch's error messages call the type of the elements."""
    return SCALAR_NAMES[dtypes.from_numpy_dtype(array.dtype).name]
