"""What Fourier transforms have in common: their arguments, the points that they take, the primitives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...tensor.core import Tensor
from ...tensor.dtypes import get_default_dtype
from .._arguments import need_tensor
from .._define import primitive
from .._numbers import is_integer
from .._product_checks import scalar_name

c2c: Callable[..., Tensor] = primitive("fft_c2c")
r2c: Callable[..., Tensor] = primitive("fft_r2c")
c2r: Callable[..., Tensor] = primitive("fft_c2r")
conj: Callable[..., Tensor] = primitive("conj")
_astype, _embed, _slice = primitive("astype"), primitive("embed", "ConstantPadNdBackward0"), primitive("getitem")

OPPOSITE = {"backward": "forward", "forward": "backward", "ortho": "ortho"}
"""The norm of the inverse transform that has the factor of the transform."""


def norm_of(norm: Any, function: str) -> str:
    """The norm, if it is one."""
    if norm is None:
        return "backward"
    if not isinstance(norm, str):
        raise TypeError(f"fft_{function}(): argument 'norm' must be str, not {type(norm).__name__}")
    if norm not in OPPOSITE:
        raise RuntimeError(f'Invalid normalization mode: "{norm}" (the modes are "backward", "forward" and "ortho")')
    return norm


def floating(input: Any, function: str, real: str | None = None) -> Tensor:
    """The tensor, integers in the default floating type. `real`: the error's text for complex ones, up to the type."""
    x = need_tensor(input, f"fft_{function}")
    dtype = x._array.dtype
    if dtype.kind == "c" and real is not None:
        raise RuntimeError(f"{real}{scalar_name(x)} (give its real part, or use a transform of complex numbers)")
    if dtype.kind in "biu":
        return _astype(x, dtype=get_default_dtype().numpy)
    if dtype.itemsize == 2:
        raise RuntimeError(f"Unsupported dtype {scalar_name(x)} (convert the tensor, for instance with .float())")
    return x


def to_complex(x: Tensor) -> Tensor:
    """The tensor as a complex one."""
    dtype = x._array.dtype
    return x if dtype.kind == "c" else _astype(x, dtype=np.result_type(dtype, np.complex64))


def need_points(n: int) -> int:
    """Raise torch's error for fewer than one point."""
    if n < 1:
        raise RuntimeError(f"Invalid number of data points ({n}) specified")
    return n


def one_dim(x: Tensor, dim: Any, function: str) -> int:
    """The dimension of a transform along one."""
    if not is_integer(dim):
        raise TypeError(f"fft_{function}(): argument 'dim' (position 3) must be int, not {type(dim).__name__}")
    ndim = x._array.ndim
    if not ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    if not -ndim <= dim < ndim:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-ndim}, {ndim - 1}], but got {dim})")
    return int(dim) % ndim


def number_of(n: Any, function: str) -> int | None:
    """The number of points, if one is given."""
    if n is not None and not is_integer(n):
        raise TypeError(f"fft_{function}(): argument 'n' (position 2) must be int, not {type(n).__name__}")
    return None if n is None else int(n)


def resized(x: Tensor, axes: Sequence[int], sizes: Sequence[int]) -> Tensor:
    """The tensor cut, or filled up with zeros, to these sizes along these axes."""
    shape = x._array.shape
    wanted = list(shape)
    for axis, size in zip(axes, sizes, strict=True):
        wanted[axis] = size
    kept = [min(a, b) for a, b in zip(shape, wanted, strict=True)]
    if tuple(kept) != shape:
        x = _slice(x, index=tuple([slice(0, n) for n in kept]))
    return x if kept == wanted else _embed(x, index=tuple([slice(0, n) for n in kept]), shape=tuple(wanted))


def several(x: Tensor, s: Any, dim: Any, function: str) -> tuple[tuple[int, ...], list[int]]:
    """The axes of a transform along several, and how many points each has."""
    shape = x._array.shape
    ndim = len(shape)
    sizes = None if s is None else [int(n) for n in ((s,) if is_integer(s) else s)]
    if dim is None:
        if sizes is not None and len(sizes) > ndim:
            raise RuntimeError(f"Got shape with {len(sizes)} values but input tensor only has {ndim} dimensions.")
        axes = tuple(range(0 if sizes is None else ndim - len(sizes), ndim))
    else:
        dims = (dim,) if is_integer(dim) else tuple(dim)
        for d in dims:
            if not ndim:
                raise IndexError(f"Dimension specified as {d} but tensor has no dimensions")
            if not -ndim <= d < ndim:
                raise IndexError(
                    f"Dimension out of range (expected to be in range of [{-ndim}, {ndim - 1}], but got {d})"
                )
        axes = tuple([int(d) % ndim for d in dims])
        if len(set(axes)) != len(axes):
            raise RuntimeError(f"FFT dims must be unique (they are {list(dims)})")
        if sizes is not None and len(sizes) != len(axes):
            raise RuntimeError("When given, dim and shape arguments must have the same length")
    if sizes is None:
        sizes = [shape[a] for a in axes]
    else:
        sizes = [shape[a] if n == -1 else n for a, n in zip(axes, sizes, strict=True)]
    return axes, sizes


__all__ = [
    "OPPOSITE",
    "c2c",
    "c2r",
    "conj",
    "floating",
    "need_points",
    "norm_of",
    "number_of",
    "one_dim",
    "r2c",
    "resized",
    "several",
    "to_complex",
]
