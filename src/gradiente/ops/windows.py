"""Window functions: torch.hann_window and its like; those of torch.signal.windows stand in gradiente.signal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..tensor.core import Tensor
from ..tensor.devices import layout as Layout
from ..tensor.dtypes import SCALAR_NAMES, get_default_dtype
from ..tensor.dtypes import dtype as Dtype
from ._factory import made, settle
from ._numbers import is_integer
from ._product_checks import C_NAMES
from .creation import DeviceLike


def _window(
    function: str,
    length: Any,
    periodic: bool,
    options: tuple[Any, Any, Any, Any, Any],
    shape: Callable[[Any, Any], Any],
) -> Tensor:
    """The window that `shape` makes of the places 0, 1, …, n - 1 and of n - 1, in the type of the places."""
    dtype, layout, device, pin_memory, requires_grad = options
    if not is_integer(length):
        raise TypeError(f"{function}(): argument 'window_length' (position 1) must be int, not {type(length).__name__}")
    wanted = settle(function, dtype, layout, device, pin_memory, requires_grad) or get_default_dtype()
    if wanted.category < 2:
        raise RuntimeError(
            f"{function} expects floating point dtypes, got: TensorOptions(dtype={C_NAMES[wanted.name]}, device=cpu, "
            "layout=Strided (default), requires_grad=false (default), pinned_memory=false, memory_format=(nullopt))"
        )
    if length < 0:
        raise RuntimeError(f"{function} requires non-negative window_length, got window_length={length}")
    if length > 1 and wanted.is_complex:
        raise NotImplementedError(
            f"\"arange_cpu\" not implemented for '{SCALAR_NAMES[wanted.name]}' (give a real dtype)"
        )
    if length < 2:
        return made(np.ones(length, wanted.numpy), requires_grad, device)
    n = length + 1 if periodic else length
    places = np.arange(n).astype(wanted.numpy)
    found = np.asarray(shape(places, n - 1), dtype=wanted.numpy)
    return made(found[:length].copy(), requires_grad, device)


def hann_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Hann's window: (1 - cos(2πj/N)) / 2, N = n for periodic ones, else n - 1.

    Args:
        window_length: the number n of values.
        periodic: the first n of n + 1 symmetric values, for the transform of a periodic signal; otherwise n symmetric
            ones.
        dtype: a floating-point dtype; without it the default one.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        Tensor (n,).

    Raises:
        RuntimeError: a negative length, an integer dtype.
        TypeError: the length is no integer.

    Source: F. Harris, On the use of windows for harmonic analysis with the discrete Fourier transform (1978).

    Example:
        >>> import gradiente as torch
        >>> torch.hann_window(4)
        tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    options = (dtype, layout, device, pin_memory, requires_grad)
    return _window("hann_window", window_length, periodic, options, lambda j, n: _raised(j, n, 0.5, 0.5))


def _raised(j: Any, n: int, alpha: float, beta: float) -> Any:
    """α - β cos(2πj/n)."""
    return np.cos(j * j.dtype.type(2 * np.pi / n)) * j.dtype.type(-beta) + j.dtype.type(alpha)


def hamming_window(
    window_length: int,
    periodic: bool = True,
    alpha: float = 0.54,
    beta: float = 0.46,
    *,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Hamming's window: α - β cos(2πj/N), N = n for periodic ones, else n - 1.

    Args:
        window_length: the number n of values.
        periodic: the first n of n + 1 symmetric values, for the transform of a periodic signal; otherwise n symmetric
            ones.
        alpha: see there.
        beta: see there.
        dtype: a floating-point dtype; without it the default one.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        Tensor (n,).

    Raises:
        RuntimeError: a negative length, an integer dtype.
        TypeError: the length is no integer.

    Source: F. Harris, On the use of windows for harmonic analysis with the discrete Fourier transform (1978).

    Example:
        >>> import gradiente as torch
        >>> torch.hamming_window(4)
        tensor([0.0800, 0.5400, 1.0000, 0.5400])
    """
    options = (dtype, layout, device, pin_memory, requires_grad)
    return _window("hamming_window", window_length, periodic, options, lambda j, n: _raised(j, n, alpha, beta))


def blackman_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Blackman's window: 0.42 - 0.5 cos(2πj/N) + 0.08 cos(4πj/N), N = n for periodic ones, else n - 1.

    Args:
        window_length: the number n of values.
        periodic: the first n of n + 1 symmetric values, for the transform of a periodic signal; otherwise n symmetric
            ones.
        dtype: a floating-point dtype; without it the default one.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        Tensor (n,).

    Raises:
        RuntimeError: a negative length, an integer dtype.
        TypeError: the length is no integer.

    Source: F. Harris, On the use of windows for harmonic analysis with the discrete Fourier transform (1978).

    Example:
        >>> import gradiente as torch
        >>> torch.blackman_window(4, dtype=torch.float64)
        tensor([0.0000, 0.3400, 1.0000, 0.3400], dtype=torch.float64)
    """
    options = (dtype, layout, device, pin_memory, requires_grad)
    return _window("blackman_window", window_length, periodic, options, _blackman)


def _blackman(j: Any, n: int) -> Any:
    kind = j.dtype.type
    angle = j * kind(np.pi / n)
    return np.cos(angle * kind(4)) * kind(0.08) - np.cos(angle * kind(2)) * kind(0.5) + kind(0.42)


def bartlett_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Bartlett's window, a triangle: 1 - |2j/N - 1|, N = n for periodic ones, else n - 1.

    Args:
        window_length: the number n of values.
        periodic: the first n of n + 1 symmetric values, for the transform of a periodic signal; otherwise n symmetric
            ones.
        dtype: a floating-point dtype; without it the default one.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        Tensor (n,).

    Raises:
        RuntimeError: a negative length, an integer dtype.
        TypeError: the length is no integer.

    Source: F. Harris, On the use of windows for harmonic analysis with the discrete Fourier transform (1978).

    Example:
        >>> import gradiente as torch
        >>> torch.bartlett_window(4)
        tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    options = (dtype, layout, device, pin_memory, requires_grad)
    return _window("bartlett_window", window_length, periodic, options, _triangle)


def _triangle(j: Any, n: int) -> Any:
    kind = j.dtype.type
    up = j * kind(2 / n)
    return np.where(j <= n // 2, up, kind(2) - up)


def kaiser_window(
    window_length: int,
    periodic: bool = True,
    beta: float = 12.0,
    *,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Kaiser's window: I₀(β √(1 - (2j/N - 1)²)) / I₀(β), N = n for periodic ones, else n - 1.

    Args:
        window_length: the number n of values.
        periodic: the first n of n + 1 symmetric values, for the transform of a periodic signal; otherwise n symmetric
            ones.
        beta: the parameter β.
        dtype: a floating-point dtype; without it the default one.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        Tensor (n,).

    Raises:
        RuntimeError: a negative length, an integer dtype.
        TypeError: the length is no integer.

    Source: F. Harris, On the use of windows for harmonic analysis with the discrete Fourier transform (1978).

    Example:
        >>> import gradiente as torch
        >>> torch.kaiser_window(4, beta=0.0)
        tensor([1., 1., 1., 1.])
    """
    options = (dtype, layout, device, pin_memory, requires_grad)
    return _window("kaiser_window", window_length, periodic, options, lambda j, n: _bessel(j, n, beta))


def _bessel(j: Any, n: int, beta: float) -> Any:
    wide = j.astype(np.float64)
    return np.i0(beta * np.sqrt(1 - (wide * (2 / n) - 1) ** 2)) / np.i0(beta)


__all__ = ["bartlett_window", "blackman_window", "hamming_window", "hann_window", "kaiser_window"]
