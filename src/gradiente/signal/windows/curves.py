"""Windows of other forms: triangle, sine, exponential, Gauss, Kaiser."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...ops.creation import DeviceLike
from ...ops.ranges import linspace
from ...tensor.core import Tensor
from ...tensor.devices import layout as Layout
from ...tensor.devices import strided
from ...tensor.dtypes import dtype as Dtype
from .making import places, window


def bartlett(
    M: int,
    *,
    sym: bool = True,
    dtype: Dtype | None = None,
    layout: Layout = strided,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """Bartlett's window, a triangle: 1 - |2j/N - 1|, N = M - 1, or M if not symmetric.

    Args:
        M: the number of values.
        sym: symmetric values; otherwise the first M of M + 1 symmetric ones, for the transform of a periodic signal.
        dtype: float32 or float64; without it the default dtype.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        Tensor (M,), with 1 at its largest.

    Raises:
        ValueError: a negative M, a dtype that is neither float32 nor float64.

    Source: F. Harris, On the use of windows for harmonic analysis with the discrete Fourier transform (1978).

    Example:
        >>> import gradiente as torch
        >>> torch.signal.windows.bartlett(5)
        tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
    """
    options = (dtype, layout, device, requires_grad)
    step = 2 / (M if not sym else M - 1) if M > 1 else 0.0
    return window(
        "bartlett", M, options, lambda kind: 1 - np.abs(linspace(-1, -1 + (M - 1) * step, M, dtype=kind)._array)
    )


def cosine(
    M: int,
    *,
    sym: bool = True,
    dtype: Dtype | None = None,
    layout: Layout = strided,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """The cosine window: sin(π (j + 1/2) / N), N = M, or M + 1 if not symmetric.

    Args:
        M: the number of values.
        sym: symmetric values; otherwise the first M of M + 1 symmetric ones, for the transform of a periodic signal.
        dtype: float32 or float64; without it the default dtype.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        Tensor (M,), with 1 at its largest.

    Raises:
        ValueError: a negative M, a dtype that is neither float32 nor float64.

    Source: F. Harris, On the use of windows for harmonic analysis with the discrete Fourier transform (1978).

    Example:
        >>> import gradiente as torch
        >>> torch.signal.windows.cosine(3)
        tensor([0.5000, 1.0000, 0.5000])
    """
    options = (dtype, layout, device, requires_grad)
    step = math.pi / (M + 1 if not sym else M) if M > 0 else 0.0
    return window("cosine", M, options, lambda kind: np.sin(places(0.5, step, M, kind)))


def exponential(
    M: int,
    *,
    center: float | None = None,
    tau: float = 1.0,
    sym: bool = True,
    dtype: Dtype | None = None,
    layout: Layout = strided,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """The exponential window: e^(-|j - c| / τ).

    Args:
        M: the number of values.
        center: c, for windows that are not symmetric; by default (M - 1)/2, or M/2 if not symmetric.
        tau: τ, positive.
        sym: symmetric values; otherwise the first M of M + 1 symmetric ones, for the transform of a periodic signal.
        dtype: float32 or float64; without it the default dtype.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        Tensor (M,), with 1 at its largest.

    Raises:
        ValueError: a negative M, a τ that is not positive, a dtype that is neither float32 nor float64.

    Source: F. Harris, On the use of windows for harmonic analysis with the discrete Fourier transform (1978).

    Example:
        >>> import gradiente as torch
        >>> torch.signal.windows.exponential(3)
        tensor([0.3679, 1.0000, 0.3679])
    """
    options = (dtype, layout, device, requires_grad)
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")
    middle = (M if not sym and M > 1 else M - 1) / 2 if center is None else center
    return window("exponential", M, options, lambda kind: np.exp(-np.abs(places(-middle, 1 / tau, M, kind))))


def gaussian(
    M: int,
    *,
    std: float = 1.0,
    sym: bool = True,
    dtype: Dtype | None = None,
    layout: Layout = strided,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """Gauss's window: e^(-(j - c)² / 2σ²), c = (M - 1)/2, or M/2 if not symmetric.

    Args:
        M: the number of values.
        std: σ, positive.
        sym: symmetric values; otherwise the first M of M + 1 symmetric ones, for the transform of a periodic signal.
        dtype: float32 or float64; without it the default dtype.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        Tensor (M,), with 1 at its largest.

    Raises:
        ValueError: a negative M, a σ that is not positive, a dtype that is neither float32 nor float64.

    Source: F. Harris, On the use of windows for harmonic analysis with the discrete Fourier transform (1978).

    Example:
        >>> import gradiente as torch
        >>> torch.signal.windows.gaussian(3)
        tensor([0.6065, 1.0000, 0.6065])
    """
    options = (dtype, layout, device, requires_grad)
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    middle, step = (M if not sym and M > 1 else M - 1) / 2, 1 / (std * math.sqrt(2))
    return window("gaussian", M, options, lambda kind: np.exp(-(places(-middle, step, M, kind) ** 2)))


def kaiser(
    M: int,
    *,
    beta: float = 12.0,
    sym: bool = True,
    dtype: Dtype | None = None,
    layout: Layout = strided,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """Kaiser's window: I₀(β √(1 - (2j/N - 1)²)) / I₀(β), N = M - 1, or M if not symmetric.

    Args:
        M: the number of values.
        beta: the parameter β, not negative.
        sym: symmetric values; otherwise the first M of M + 1 symmetric ones, for the transform of a periodic signal.
        dtype: float32 or float64; without it the default dtype.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        Tensor (M,), with 1 at its largest.

    Raises:
        ValueError: a negative M or β, a dtype that is neither float32 nor float64.

    Source: F. Harris, On the use of windows for harmonic analysis with the discrete Fourier transform (1978).

    Example:
        >>> import gradiente as torch
        >>> torch.signal.windows.kaiser(3, beta=0.0)
        tensor([1., 1., 1.])
    """
    options = (dtype, layout, device, requires_grad)
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")

    def shape(kind: Dtype) -> Any:
        step = 2 * beta / (M if not sym else M - 1)
        k = linspace(-beta, min(beta, -beta + (M - 1) * step), M, dtype=kind)._array.astype(np.float64)
        return np.i0(np.sqrt(np.maximum(beta * beta - k * k, 0))) / np.i0(beta)

    return window("kaiser", M, options, shape)


__all__ = [
    "bartlett",
    "cosine",
    "exponential",
    "gaussian",
    "kaiser",
]
