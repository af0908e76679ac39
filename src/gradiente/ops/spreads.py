"""Variances and norms."""

from __future__ import annotations

import builtins
import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import numpy_fast
from ..tensor.core import Tensor
from ..tensor.dtypes import dtype as Dtype
from ._define import primitive
from ._out import into
from ._reducing import (
    Dims,
    array_of,
    axes_of,
    cast,
    each,
    invalid_combination,
    numpy_dtype,
    type_name,
)

_var, _std = primitive("var"), primitive("std")
_var_beside, _std_beside = primitive("var", "VarMeanBackward0"), primitive("std", "StdMeanBackward0")
_mean_beside_var, _mean_beside_std = primitive("mean", "VarMeanBackward0"), primitive("mean", "StdMeanBackward0")
_norm, _distance = primitive("vector_norm"), primitive("vector_norm", "DistBackward0")
_real, _imag, _add, _subtract = primitive("real"), primitive("imag"), primitive("add"), primitive("subtract")
_sqrt, _clone, _abs = primitive("sqrt"), primitive("clone"), primitive("abs_complex")

_VARIANCES = (
    " * (Tensor input, tuple of ints dim, bool unbiased = True, bool keepdim = False)\n"
    " * (Tensor input, tuple of ints dim = None, *, Number correction = None, bool keepdim = False)\n"
    " * (Tensor input, bool unbiased = True)\n"
)


def _spread(
    call: Any, function: str, input: Tensor, dim: Any, unbiased: Any, keepdim: Any, correction: Any
) -> tuple[Tensor, Any, Any]:
    """The variance or deviation, with the axes and keepdim that the arguments mean."""
    array = array_of(input, function)
    if isinstance(dim, builtins.bool):
        dim, unbiased = None, dim
    if array.dtype.kind in "biu":
        which = function if "_" in function else "std and var"
        raise RuntimeError(
            f"{which} only support floating point and complex dtypes (the input has type {type_name(array)}; "
            "convert it with .float())"
        )
    if unbiased is not None and correction is not None:
        raise TypeError(
            f"{function}() received an invalid combination of arguments: both unbiased and correction; give one. "
            f"Expected one of:\n{_VARIANCES}"
        )
    if unbiased is not None and not isinstance(unbiased, builtins.bool):
        raise invalid_combination(function, unbiased, _VARIANCES)
    if correction is None:
        correction = 0 if unbiased is False else 1
    axes = axes_of(dim, array.ndim, function, keepdim)
    kept = _kept(array.shape, axes)
    if math.prod(kept) and array.size / math.prod(kept) - correction <= 0:
        warnings.warn(
            f"{function}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor "
            "(input numel divided by output numel).",
            UserWarning,
            stacklevel=4,  # past the function and what renames its arguments
        )
    static = {"axis": axes, "correction": correction, "keepdims": keepdim}
    if array.dtype.kind == "c":  # the variance of a complex number is that of its parts, added
        out = _add(_var(_real(input), **static), _var(_imag(input), **static))
        return (_sqrt(out) if "std" in function else out), axes, keepdim
    wide = numpy_fast.wide(array, axes)
    return call(input, **static) if wide is None else call(input, **static, wide=wide), axes, keepdim


def _kept(shape: tuple[int, ...], axes: Any) -> tuple[int, ...]:
    """The sizes of the dimensions that a reduction over `axes` keeps."""
    if axes is None:
        return ()
    return tuple(n for i, n in enumerate(shape) if i not in each(axes))


def var(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The variance of all elements, or of those along `dim`: Σ |xᵢ - x̄|² / (n - correction).

    Args:
        input: a floating-point or complex tensor.
        dim: a dimension or several; None for all.
        unbiased: True for correction 1, False for correction 0.
        keepdim: keep the dimensions, with size 1.
        correction: what is subtracted from the number of elements; 1 (Bessel's correction) if not given.
        out: a tensor to write the result to; then no operand may require gradients.

    The result is real. Warns, and is NaN or infinite, where n <= correction; the gradient is NaN there. Raises
    RuntimeError for integers.

    >>> import gradiente as torch
    >>> torch.var(torch.tensor([1.0, 2.0, 3.0, 4.0]))
    tensor(1.6667)
    >>> torch.tensor([1.0, 2.0, 3.0, 4.0]).var(correction=0)
    tensor(1.2500)
    """
    if out is not None:
        return into(out, var(input, dim, unbiased, keepdim, correction=correction), "var", input, cast=True)
    return _spread(_var, "var", input, dim, unbiased, keepdim, correction)[0]


def std(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The standard deviation of all elements, or of those along `dim`: √(Σ |xᵢ - x̄|² / (n - correction)).

    Arguments, result, warnings and errors are those of `var`. Where the deviation is 0, its gradient is 0.

    >>> import gradiente as torch
    >>> torch.std(torch.tensor([[1.0, 2.0], [3.0, 6.0]]), dim=1)
    tensor([0.7071, 2.1213])
    """
    if out is not None:
        return into(out, std(input, dim, unbiased, keepdim, correction=correction), "std", input, cast=True)
    return _spread(_std, "std", input, dim, unbiased, keepdim, correction)[0]


def var_mean(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """The variance and the mean of all elements, or of those along `dim`. See `var`.

    >>> import gradiente as torch
    >>> torch.var_mean(torch.tensor([1.0, 3.0]))
    (tensor(2.), tensor(2.))
    """
    spread, axes, keepdims = _spread(_var_beside, "var_mean", input, dim, unbiased, keepdim, correction)
    return spread, _mean_beside_var(input, axis=axes, keepdims=keepdims)


def std_mean(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """The standard deviation and the mean of all elements, or of those along `dim`. See `std`.

    >>> import gradiente as torch
    >>> torch.std_mean(torch.tensor([1.0, 3.0]))
    (tensor(1.4142), tensor(2.))
    """
    spread, axes, keepdims = _spread(_std_beside, "std_mean", input, dim, unbiased, keepdim, correction)
    return spread, _mean_beside_std(input, axis=axes, keepdims=keepdims)


def vector_norm(
    x: Tensor,
    ord: float = 2,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: Dtype | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The norm of the vectors along `dim`, or of all elements as one vector: (Σ |xᵢ|^ord)^(1/ord).

    Args:
        x: a floating-point or complex tensor.
        ord: the order: any real number; inf for the largest |xᵢ|, -inf for the smallest, 0 for the number of xᵢ ≠ 0.
        dim: a dimension or several; None for all.
        keepdim: keep the dimensions, with size 1.
        dtype: the type to compute in.
        out: a tensor to write the result to; then no operand may require gradients.

    The result is real. At 0 the gradient is 0; at ties of ±inf it is shared. Raises RuntimeError for integers and
    where a norm has no value for no elements.

    >>> import gradiente as torch
    >>> torch.norm(torch.tensor([3.0, 4.0]))
    tensor(5.)
    """
    return into(out, _vector_norm(_norm, x, ord, dim, keepdim, dtype), "linalg_vector_norm", x)


def _vector_norm(call: Any, x: Tensor, ord: Any, dim: Any, keepdim: Any, dtype: Dtype | None) -> Tensor:
    array = array_of(x, "linalg_vector_norm")
    if isinstance(ord, complex):
        raise RuntimeError(f"linalg.vector_norm: Expected a non-complex scalar as the order of norm. (It is {ord}.)")
    if not isinstance(ord, (int, float)):
        raise TypeError(f"linalg_vector_norm(): argument 'ord' (position 2) must be Number, not {type(ord).__name__}")
    if array.dtype.kind in "biu":
        raise RuntimeError(
            "linalg.vector_norm: Expected a floating point or complex tensor as input. "
            f"Got {type_name(array)} (convert it with .float())"
        )
    x = x if dtype is None else _norm_cast(x, array, dtype)
    axes = axes_of(dim, array.ndim, "linalg.vector_norm", keepdim)
    if not array.size and (ord < 0 or ord == math.inf):
        _no_norm(array.shape, axes, ord)
    if array.dtype.kind == "c":
        x = _abs(x)
    static: dict[str, Any] = {"ord": ord, "axis": axes, "keepdims": keepdim}
    wide = numpy_fast.wide(x._array, axes)
    return call(x, **static) if wide is None else call(x, **static, wide=wide)


def _norm_cast(x: Tensor, array: Any, dtype: Dtype) -> Tensor:
    wanted = numpy_dtype(dtype, "linalg_vector_norm")
    name = type_name(np.empty(0, wanted))
    if dtype.category < 2:
        raise RuntimeError(f"linalg.vector_norm: dtype should be floating point or complex, but got {name}")
    if (wanted.kind == "c") != (array.dtype.kind == "c"):
        kind = "complex" if array.dtype.kind == "c" else "real"
        raise RuntimeError(f"linalg.vector_norm: dtype should be {kind} for {kind} inputs, but got {name}")
    if np.promote_types(wanted, array.dtype) != wanted:
        raise RuntimeError(
            f"linalg.vector_norm: the dtype of the input ({type_name(array)}) should be convertible without "
            f"narrowing to "
            f"the specified dtype ({name})"
        )
    return cast(x, wanted)


def _no_norm(shape: tuple[int, ...], axes: Any, ord: float) -> None:
    """Raise torch's error for the norm of no elements."""
    start = f"linalg.vector_norm cannot compute the {ord:g} norm on "
    if axes is None:
        raise RuntimeError(start + "an empty tensor because the operation does not have an identity")
    for a in each(axes):
        if not shape[a]:
            raise RuntimeError(
                f"{start}the dimension {a}because this dimension is empty and the operation does not have an identity"
            )


def norm(
    input: Tensor,
    p: float | str | None = "fro",
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: Dtype | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The p-norm of all elements, or of those along `dim`: (Σ |xᵢ|^p)^(1/p).

    Args:
        input: a floating-point or complex tensor.
        p: the order, a number; inf for the largest |xᵢ|, -inf for the smallest; "fro", Frobenius, for 2.
        dim: a dimension or several; None for all.
        keepdim: keep the dimensions, with size 1.
        dtype: the type to compute in.
        out: a tensor to write the result to; then no operand may require gradients.

    The result is real. At 0 the gradient is 0. Raises RuntimeError for integers.

    >>> import gradiente as torch
    >>> x = torch.tensor([[3.0, 4.0], [0.0, 0.0]], requires_grad=True)
    >>> torch.norm(x, dim=1)
    tensor([5., 0.], grad_fn=<LinalgVectorNormBackward0>)
    """
    array_of(input, "norm")
    if p is None or p == "fro":
        if isinstance(dim, Sequence) and len(dim) > 2:
            raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(str(d) for d in dim)}")
        p = 2
    if isinstance(p, str):
        if p == "nuc":
            from .linalg.norms import matrix_norm  # which imports this module

            dims: Any = tuple(range(input._array.ndim)) if dim is None else dim
            return matrix_norm(input, "nuc", dims, keepdim, dtype=dtype, out=out)
        raise RuntimeError(f'linalg.matrix_norm: Order {p} not supported. (norm() takes p as a number or "fro".)')
    return into(out, _vector_norm(_norm, input, p, dim, keepdim, dtype), "norm", input)


def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """The p-norm of the difference of two tensors: ‖input - other‖ₚ.

    Args:
        input: a floating-point tensor.
        other: another one; the two are broadcast.
        p: the order of the norm. See `norm`.

    >>> import gradiente as torch
    >>> torch.dist(torch.tensor([1.0, 2.0]), torch.tensor([4.0, 6.0]))
    tensor(5.)
    """
    array_of(input, "dist")
    array_of(other, "dist")
    return _vector_norm(_distance, _subtract(input, other), p, None, False, None)


METHODS: dict[str, Any] = {
    "var": var,
    "std": std,
    "norm": norm,
    "dist": dist,
}
"""What these functions are called as methods of Tensor."""

__all__ = ["dist", "norm", "std", "std_mean", "var", "var_mean"]
