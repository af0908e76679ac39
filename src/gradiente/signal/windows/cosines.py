"""Windows that are sums of cosines."""

from __future__ import annotations

from collections.abc import Iterable

from ...ops.creation import DeviceLike
from ...tensor.core import Tensor
from ...tensor.devices import layout as Layout
from ...tensor.devices import strided
from ...tensor.dtypes import dtype as Dtype
from .making import cosines


def blackman(
    M: int,
    *,
    sym: bool = True,
    dtype: Dtype | None = None,
    layout: Layout = strided,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """Blackman's window: 0.42 - 0.5 cos(2πj/N) + 0.08 cos(4πj/N), N = M - 1, or M if not symmetric.

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
        >>> torch.signal.windows.blackman(5, dtype=torch.float64).round(decimals=4).abs()
        tensor([0.0000, 0.3400, 1.0000, 0.3400, 0.0000], dtype=torch.float64)
    """
    options = (dtype, layout, device, requires_grad)
    return cosines("blackman", M, (0.42, 0.5, 0.08), sym, options)


def general_cosine(
    M: int,
    *,
    a: Iterable[float],
    sym: bool = True,
    dtype: Dtype | None = None,
    layout: Layout = strided,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """A sum of cosines: Σᵢ (-1)ⁱ aᵢ cos(2πij/N), N = M - 1, or M if not symmetric.

    Args:
        M: the number of values.
        a: the coefficients, a list or tuple.
        sym: symmetric values; otherwise the first M of M + 1 symmetric ones, for the transform of a periodic signal.
        dtype: float32 or float64; without it the default dtype.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        Tensor (M,), with 1 at its largest.

    Raises:
        ValueError: a negative M, no coefficients, a dtype that is neither float32 nor float64.

    Source: F. Harris, On the use of windows for harmonic analysis with the discrete Fourier transform (1978).

    Example:
        >>> import gradiente as torch
        >>> torch.signal.windows.general_cosine(3, a=[0.5, 0.5])
        tensor([0., 1., 0.])
    """
    options = (dtype, layout, device, requires_grad)
    if not isinstance(a, Iterable):
        raise TypeError("Coefficients must be a list/tuple")
    weights = list(a)
    if not weights:
        raise ValueError("Coefficients cannot be empty")
    return cosines("general_cosine", M, weights, sym, options)


def general_hamming(
    M: int,
    *,
    alpha: float = 0.54,
    sym: bool = True,
    dtype: Dtype | None = None,
    layout: Layout = strided,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """Hamming's window with a parameter: α - (1 - α) cos(2πj/N), N = M - 1, or M if not symmetric.

    Args:
        M: the number of values.
        alpha: the parameter α.
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
        >>> torch.signal.windows.general_hamming(3, alpha=0.6)
        tensor([0.2000, 1.0000, 0.2000])
    """
    options = (dtype, layout, device, requires_grad)
    return cosines("general_cosine", M, (alpha, 1.0 - alpha), sym, options)


def hamming(
    M: int,
    *,
    sym: bool = True,
    dtype: Dtype | None = None,
    layout: Layout = strided,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """Hamming's window: 0.54 - 0.46 cos(2πj/N), N = M - 1, or M if not symmetric.

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
        >>> torch.signal.windows.hamming(3)
        tensor([0.0800, 1.0000, 0.0800])
    """
    options = (dtype, layout, device, requires_grad)
    return cosines("general_cosine", M, (0.54, 1.0 - 0.54), sym, options)


def hann(
    M: int,
    *,
    sym: bool = True,
    dtype: Dtype | None = None,
    layout: Layout = strided,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """Hann's window: (1 - cos(2πj/N)) / 2, N = M - 1, or M if not symmetric.

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
        >>> torch.signal.windows.hann(3)
        tensor([0., 1., 0.])
    """
    options = (dtype, layout, device, requires_grad)
    return cosines("general_cosine", M, (0.5, 0.5), sym, options)


def nuttall(
    M: int,
    *,
    sym: bool = True,
    dtype: Dtype | None = None,
    layout: Layout = strided,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """Nuttall's window: a sum of four cosines with a continuous first derivative.

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
        >>> torch.signal.windows.nuttall(3)
        tensor([3.6280e-04, 1.0000e+00, 3.6280e-04])
    """
    options = (dtype, layout, device, requires_grad)
    return cosines("general_cosine", M, (0.3635819, 0.4891775, 0.1365995, 0.0106411), sym, options)


__all__ = [
    "blackman",
    "general_cosine",
    "general_hamming",
    "hamming",
    "hann",
    "nuttall",
]
