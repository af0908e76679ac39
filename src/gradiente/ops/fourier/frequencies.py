"""The frequencies of discrete Fourier transforms, and their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...tensor.core import Tensor
from ...tensor.devices import layout as Layout
from ...tensor.dtypes import dtype as Dtype
from ...tensor.dtypes import get_default_dtype
from .._arguments import need_nonnegative, need_tensor
from .._factory import made, put_out, settle
from .._numbers import is_integer
from ..creation import DeviceLike
from ..permuting import roll


def _frequencies(
    function: str, numbers: Any, n: Any, d: float, out: Any, dtype: Any, layout: Any, device: Any, requires_grad: bool
) -> Tensor:
    """`numbers(n)` / (n d), as torch rounds it: the whole numbers times the reciprocal."""
    if not is_integer(n):
        raise TypeError(f"fft_{function}(): argument 'n' (position 1) must be int, not {type(n).__name__}")
    settled = settle(f"fft_{function}", dtype, layout, device, False, requires_grad)
    wanted = settled or (out.dtype if isinstance(out, Tensor) else get_default_dtype())
    if wanted.category < 2:
        raise RuntimeError(f"{function} requires a floating point or complex dtype (not {wanted!r})")
    if wanted.is_complex:
        from ...tensor.dtypes import SCALAR_NAMES

        raise NotImplementedError(f"\"arange_cpu\" not implemented for '{SCALAR_NAMES[wanted.name]}'")
    need_nonnegative((int(n),))
    with np.errstate(all="ignore"):
        step = np.float64(1.0) / (np.float64(n) * d)
        array = numbers(int(n)).astype(wanted.numpy) * step.astype(wanted.numpy)
    return made(array, requires_grad, device) if out is None else put_out(out, array, f"fft_{function}", settled)


def fftfreq(
    n: int,
    d: float = 1.0,
    *,
    out: Tensor | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """The frequencies that `fft` of n samples gives: 0, 1, …, (n - 1) // 2, -(n // 2), …, -1, divided by n d.

    Args:
        n: the number of samples.
        d: the distance between two samples.
        out: a tensor to write to.
        dtype: a floating-point dtype; without it the default one.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        Tensor (n,).

    Raises:
        RuntimeError: an integer dtype.
        TypeError: n is no integer.

    Source: the function of this name in NumPy.

    Example:
        >>> import gradiente as torch
        >>> torch.fft.fftfreq(4)
        tensor([ 0.0000,  0.2500, -0.5000, -0.2500])
    """
    return _frequencies("fftfreq", _two_sided, n, d, out, dtype, layout, device, requires_grad)


def _two_sided(n: int) -> Any:
    return np.concatenate((np.arange((n + 1) // 2), np.arange(-(n // 2), 0)))


def rfftfreq(
    n: int,
    d: float = 1.0,
    *,
    out: Tensor | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """The frequencies that `rfft` of n samples gives: 0, 1, …, n // 2, divided by n d. Arguments: see `fftfreq`.

    >>> import gradiente as torch
    >>> torch.fft.rfftfreq(4)
    tensor([0.0000, 0.2500, 0.5000])
    """
    return _frequencies("rfftfreq", _one_sided, n, d, out, dtype, layout, device, requires_grad)


def _one_sided(n: int) -> Any:
    return np.arange(n // 2 + 1)


def fftshift(input: Tensor, dim: int | Sequence[int] | None = None) -> Tensor:
    """Frequencies in ascending order, with 0 in the middle: the two halves along `dim` (all, if not given) exchanged.

    >>> import gradiente as torch
    >>> torch.fft.fftshift(torch.fft.fftfreq(4))
    tensor([-0.5000, -0.2500,  0.0000,  0.2500])
    """
    return _shifted(input, dim, "fft_fftshift", lambda n: n // 2)


def ifftshift(input: Tensor, dim: int | Sequence[int] | None = None) -> Tensor:
    """The inverse of `fftshift`.

    >>> import gradiente as torch
    >>> torch.fft.ifftshift(torch.tensor([-2.0, -1.0, 0.0, 1.0, 2.0]))
    tensor([ 0.,  1.,  2., -2., -1.])
    """
    return _shifted(input, dim, "fft_ifftshift", lambda n: (n + 1) // 2)


def _shifted(input: Any, dim: Any, function: str, half: Any) -> Tensor:
    shape = need_tensor(input, function)._array.shape
    dims = tuple(range(len(shape))) if dim is None else (int(dim),) if is_integer(dim) else tuple(dim)
    for d in dims:
        if not -len(shape) <= d < len(shape):
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-len(shape)}, {len(shape) - 1}], but got {d})"
            )
    return roll(input, [half(shape[d]) for d in dims], dims)


__all__ = ["fftfreq", "fftshift", "ifftshift", "rfftfreq"]
