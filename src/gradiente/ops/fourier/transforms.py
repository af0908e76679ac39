"""Fourier transforms along one dimension."""

from __future__ import annotations

from typing import Any

from ...tensor.core import Tensor
from .._out import into
from .points import (
    OPPOSITE,
    c2c,
    c2r,
    conj,
    floating,
    need_points,
    norm_of,
    number_of,
    one_dim,
    r2c,
    resized,
    to_complex,
)


def _points(x: Tensor, n: Any, dim: Any, function: str) -> tuple[Tensor, int]:
    """The tensor with as many points as asked for along the dimension, and that dimension."""
    count = number_of(n, function)
    axis = one_dim(x, dim, function)
    size = need_points(x._array.shape[axis] if count is None else count)
    return resized(x, (axis,), (size,)), axis


def _half(x: Tensor, n: Any, dim: Any, function: str) -> tuple[Tensor, int, int]:
    """The same for one-sided values, and the number of points of the real result."""
    count = number_of(n, function)
    axis = one_dim(x, dim, function)
    size = need_points(2 * (x._array.shape[axis] - 1) if count is None else count)
    return resized(to_complex(x), (axis,), (size // 2 + 1,)), axis, size


def fft(
    input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None, *, out: Tensor | None = None
) -> Tensor:
    """The discrete Fourier transform along a dimension.

    out[k] = Σⱼ input[j] · e^(-2πi jk/n).

    Args:
        input: any tensor; integers are taken in the default floating type.
        n: the number of points along `dim`; the input is cut, or filled up with zeros.
        dim: the dimension.
        norm: "backward" (if not given), "forward" or "ortho": where the factor 1/n is; "ortho" has 1/√n in both
            directions.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Complex tensor with n elements along `dim`.

    Raises:
        RuntimeError: no points, an unknown norm, a 16-bit dtype.
        IndexError: there is no such dimension.

    Source: J. Cooley, J. Tukey, An algorithm for the machine calculation of complex Fourier series (1965).

    Example:
        >>> import gradiente as torch
        >>> torch.fft.fft(torch.tensor([1.0, 0.0, 0.0, 0.0]))
        tensor([1.+0.j, 1.+0.j, 1.+0.j, 1.+0.j])
    """
    x, norm = floating(input, "fft"), norm_of(norm, "fft")
    x, axis = _points(x, n, dim, "fft")
    if x._array.dtype.kind == "c":
        return into(out, c2c(x, axes=(axis,), norm=norm, inverse=False), "fft_fft", input, cast=True)
    return into(out, r2c(x, axes=(axis,), norm=norm, onesided=False), "fft_fft", input, cast=True)


def ifft(
    input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None, *, out: Tensor | None = None
) -> Tensor:
    """The inverse of `fft`.

    out[j] = 1/n Σₖ input[k] · e^(2πi jk/n).

    Args:
        input: any tensor; integers are taken in the default floating type.
        n: the number of points along `dim`; the input is cut, or filled up with zeros.
        dim: the dimension.
        norm: "backward" (if not given), "forward" or "ortho": where the factor 1/n is; "ortho" has 1/√n in both
            directions.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Complex tensor with n elements along `dim`.

    Raises:
        RuntimeError: no points, an unknown norm, a 16-bit dtype.
        IndexError: there is no such dimension.

    Source: J. Cooley, J. Tukey, An algorithm for the machine calculation of complex Fourier series (1965).

    Example:
        >>> import gradiente as torch
        >>> torch.fft.ifft(torch.fft.fft(torch.tensor([1.0, 2.0]))).real
        tensor([1., 2.])
    """
    x, norm = floating(input, "ifft"), norm_of(norm, "ifft")
    x, axis = _points(x, n, dim, "ifft")
    if x._array.dtype.kind == "c":
        return into(out, c2c(x, axes=(axis,), norm=norm, inverse=True), "fft_ifft", input, cast=True)
    return into(out, conj(r2c(x, axes=(axis,), norm=OPPOSITE[norm], onesided=False)), "fft_ifft", input, cast=True)


def rfft(
    input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None, *, out: Tensor | None = None
) -> Tensor:
    """The first half of the Fourier transform of real numbers, which tells the other: out[n - k] = conj(out[k]).

    out[k] = Σⱼ input[j] · e^(-2πi jk/n), k ≤ n/2.

    Args:
        input: a real tensor; integers are taken in the default floating type.
        n: the number of points along `dim`; the input is cut, or filled up with zeros.
        dim: the dimension.
        norm: "backward" (if not given), "forward" or "ortho": where the factor 1/n is; "ortho" has 1/√n in both
            directions.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Complex tensor with n // 2 + 1 elements along `dim`.

    Raises:
        RuntimeError: no points, an unknown norm, a 16-bit dtype, a complex one.
        IndexError: there is no such dimension.

    Source: J. Cooley, J. Tukey, An algorithm for the machine calculation of complex Fourier series (1965).

    Example:
        >>> import gradiente as torch
        >>> torch.fft.rfft(torch.tensor([1.0, 0.0, 0.0, 0.0]))
        tensor([1.+0.j, 1.+0.j, 1.+0.j])
    """
    x, norm = floating(input, "rfft", "rfft expects a real input tensor, but got "), norm_of(norm, "rfft")
    x, axis = _points(x, n, dim, "rfft")
    return into(out, r2c(x, axes=(axis,), norm=norm, onesided=True), "fft_rfft", input, cast=True)


def irfft(
    input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None, *, out: Tensor | None = None
) -> Tensor:
    """The inverse of `rfft`: real numbers from the first half of their Fourier transform.

    out[j] = 1/n Σₖ input[k] · e^(2πi jk/n), with input[n - k] = conj(input[k]).

    Args:
        input: any tensor; integers are taken in the default floating type.
        n: the number of points along `dim` of the result, 2 (m - 1) for m elements if not given; the input is cut, or
            filled up with zeros.
        dim: the dimension.
        norm: "backward" (if not given), "forward" or "ortho": where the factor 1/n is; "ortho" has 1/√n in both
            directions.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Real tensor with n elements along `dim`.

    Raises:
        RuntimeError: no points, an unknown norm, a 16-bit dtype.
        IndexError: there is no such dimension.

    Source: J. Cooley, J. Tukey, An algorithm for the machine calculation of complex Fourier series (1965).

    Example:
        >>> import gradiente as torch
        >>> torch.fft.irfft(torch.fft.rfft(torch.tensor([1.0, 2.0, 3.0])), n=3)
        tensor([1., 2., 3.])
    """
    x, norm = floating(input, "irfft"), norm_of(norm, "irfft")
    x, axis, size = _half(x, n, dim, "irfft")
    return into(out, c2r(x, axes=(axis,), norm=norm, size=size), "fft_irfft", input, cast=True)


def hfft(
    input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None, *, out: Tensor | None = None
) -> Tensor:
    """The Fourier transform, real, of numbers with input[n - j] = conj(input[j]), of which the first half is given.

    out[k] = Σⱼ input[j] · e^(-2πi jk/n).

    Args:
        input: any tensor; integers are taken in the default floating type.
        n: the number of points along `dim` of the result, 2 (m - 1) for m elements if not given; the input is cut, or
            filled up with zeros.
        dim: the dimension.
        norm: "backward" (if not given), "forward" or "ortho": where the factor 1/n is; "ortho" has 1/√n in both
            directions.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Real tensor with n elements along `dim`.

    Raises:
        RuntimeError: no points, an unknown norm, a 16-bit dtype.
        IndexError: there is no such dimension.

    Source: J. Cooley, J. Tukey, An algorithm for the machine calculation of complex Fourier series (1965).

    Example:
        >>> import gradiente as torch
        >>> torch.fft.hfft(torch.tensor([1.0, 0.0, 0.0]))
        tensor([1., 1., 1., 1.])
    """
    x, norm = floating(input, "hfft"), norm_of(norm, "hfft")
    x, axis, size = _half(x, n, dim, "hfft")
    return into(out, c2r(conj(x), axes=(axis,), norm=OPPOSITE[norm], size=size), "fft_hfft", input, cast=True)


def ihfft(
    input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None, *, out: Tensor | None = None
) -> Tensor:
    """The inverse of `hfft`: the first half of the inverse Fourier transform of real numbers.

    out[j] = 1/n Σₖ input[k] · e^(2πi jk/n), j ≤ n/2.

    Args:
        input: a real tensor; integers are taken in the default floating type.
        n: the number of points along `dim`; the input is cut, or filled up with zeros.
        dim: the dimension.
        norm: "backward" (if not given), "forward" or "ortho": where the factor 1/n is; "ortho" has 1/√n in both
            directions.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Complex tensor with n // 2 + 1 elements along `dim`.

    Raises:
        RuntimeError: no points, an unknown norm, a 16-bit dtype, a complex one.
        IndexError: there is no such dimension.

    Source: J. Cooley, J. Tukey, An algorithm for the machine calculation of complex Fourier series (1965).

    Example:
        >>> import gradiente as torch
        >>> torch.fft.ihfft(torch.tensor([4.0, 0.0, 0.0, 0.0])).real
        tensor([1., 1., 1.])
    """
    x, norm = floating(input, "ihfft", "ihfft expects a real input tensor, but got "), norm_of(norm, "ihfft")
    x, axis = _points(x, n, dim, "ihfft")
    return into(out, conj(r2c(x, axes=(axis,), norm=OPPOSITE[norm], onesided=True)), "fft_ihfft", input, cast=True)


__all__ = ["fft", "hfft", "ifft", "ihfft", "irfft", "rfft"]
