"""Fourier transforms along several dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...tensor.core import Tensor
from .._define import primitive
from .._out import into
from .points import OPPOSITE, c2c, c2r, conj, floating, need_points, norm_of, r2c, resized, several, to_complex

_clone = primitive("clone")

Dims = int | Sequence[int] | None


def _both(input: Any, s: Any, dim: Any, norm: Any, function: str, inverse: bool) -> Tensor:
    """The transform of complex numbers, or its inverse."""
    x, norm = floating(input, function), norm_of(norm, function)
    axes, sizes = several(x, s, dim, function)
    for n in sizes:
        need_points(n)
    x = to_complex(resized(x, axes, sizes))
    return c2c(x, axes=axes, norm=norm, inverse=inverse) if axes else _clone(x)


def _axes(x: Tensor, s: Any, dim: Any, function: str) -> tuple[tuple[int, ...], list[int]]:
    axes, sizes = several(x, s, dim, function)
    if not axes:
        raise RuntimeError(f"{function} must transform at least one axis")
    return axes, sizes


def _of_real(input: Any, s: Any, dim: Any, norm: Any, function: str, inverse: bool) -> Tensor:
    """The first half of the transform of real numbers, or of the inverse."""
    text = (
        "Only supports floating-point dtypes, but found: "
        if inverse
        else "rfftn expects a real-valued input tensor, but got "
    )
    x, norm = floating(input, function, text), norm_of(norm, function)
    axes, sizes = _axes(x, s, dim, function.replace("2", "n"))
    for n in sizes:
        need_points(n)
    x = resized(x, axes, sizes)
    if not inverse:
        return r2c(x, axes=axes, norm=norm, onesided=True)
    return conj(r2c(x, axes=axes, norm=OPPOSITE[norm], onesided=True))


def _to_real(input: Any, s: Any, dim: Any, norm: Any, function: str, inverse: bool) -> Tensor:
    """The inverse transform to real numbers from its first half, or the transform."""
    x, norm = floating(input, function), norm_of(norm, function)
    axes, sizes = _axes(x, s, dim, function.replace("2", "n"))
    given = s is not None and (s if isinstance(s, int) else s[-1]) != -1
    last = sizes[-1] if given else 2 * (x._array.shape[axes[-1]] - 1)
    for n in (*sizes[:-1], last):
        need_points(n)
    x = resized(to_complex(x), axes, [*sizes[:-1], last // 2 + 1])
    if inverse:
        return c2r(x, axes=axes, norm=norm, size=last)
    return c2r(conj(x), axes=axes, norm=OPPOSITE[norm], size=last)


def fftn(
    input: Tensor, s: Dims = None, dim: Dims = None, norm: str | None = None, *, out: Tensor | None = None
) -> Tensor:
    """The discrete Fourier transform along several dimensions: `fft` along each of them.

    Args:
        input: any tensor; integers are taken in the default floating type.
        s: the number of points along each of `dim` (-1: as many as there are); the input is cut, or filled up with
            zeros.
        dim: the dimensions; if not given, the last ones, as many as `s` has, or all.
        norm: see `fft`.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Complex tensor.

    Raises:
        RuntimeError: no points, dimensions that occur twice, an unknown norm, a 16-bit dtype.
        IndexError: there is no such dimension.

    Source: see `fft`.

    Example:
        >>> import gradiente as torch
        >>> torch.fft.fftn(torch.ones(2, 2)).real
        tensor([[4., 0.],
                [0., 0.]])
    """
    return into(out, _both(input, s, dim, norm, "fftn", False), "fft_fftn", input, cast=True)


def ifftn(
    input: Tensor, s: Dims = None, dim: Dims = None, norm: str | None = None, *, out: Tensor | None = None
) -> Tensor:
    """The inverse of `fftn`.

    Args:
        input: any tensor; integers are taken in the default floating type.
        s: the number of points along each of `dim` (-1: as many as there are); the input is cut, or filled up with
            zeros.
        dim: the dimensions; if not given, the last ones, as many as `s` has, or all.
        norm: see `fft`.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Complex tensor.

    Raises:
        RuntimeError: no points, dimensions that occur twice, an unknown norm, a 16-bit dtype.
        IndexError: there is no such dimension.

    Source: see `fft`.

    Example:
        >>> import gradiente as torch
        >>> torch.fft.ifftn(torch.ones(2, 2)).real
        tensor([[1., 0.],
                [0., 0.]])
    """
    return into(out, _both(input, s, dim, norm, "ifftn", True), "fft_ifftn", input, cast=True)


def rfftn(
    input: Tensor, s: Dims = None, dim: Dims = None, norm: str | None = None, *, out: Tensor | None = None
) -> Tensor:
    """The Fourier transform of real numbers along several dimensions, the last one by `rfft`.

    Args:
        input: a real tensor; integers are taken in the default floating type.
        s: the number of points along each of `dim` (-1: as many as there are); the input is cut, or filled up with
            zeros.
        dim: the dimensions; if not given, the last ones, as many as `s` has, or all.
        norm: see `fft`.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Complex tensor with n // 2 + 1 elements along the last of the dimensions.

    Raises:
        RuntimeError: no points, dimensions that occur twice, an unknown norm, a 16-bit dtype, a complex one.
        IndexError: there is no such dimension.

    Source: see `fft`.

    Example:
        >>> import gradiente as torch
        >>> torch.fft.rfftn(torch.ones(2, 4)).shape
        torch.Size([2, 3])
    """
    return into(out, _of_real(input, s, dim, norm, "rfftn", False), "fft_rfftn", input, cast=True)


def irfftn(
    input: Tensor, s: Dims = None, dim: Dims = None, norm: str | None = None, *, out: Tensor | None = None
) -> Tensor:
    """The inverse of `rfftn`; the last size, if not given, is 2 (m - 1) for m elements.

    Args:
        input: any tensor; integers are taken in the default floating type.
        s: the number of points along each of `dim` (-1: as many as there are); the input is cut, or filled up with
            zeros.
        dim: the dimensions; if not given, the last ones, as many as `s` has, or all.
        norm: see `fft`.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Real tensor.

    Raises:
        RuntimeError: no points, dimensions that occur twice, an unknown norm, a 16-bit dtype.
        IndexError: there is no such dimension.

    Source: see `fft`.

    Example:
        >>> import gradiente as torch
        >>> torch.fft.irfftn(torch.fft.rfftn(torch.ones(1, 4)))
        tensor([[1., 1., 1., 1.]])
    """
    return into(out, _to_real(input, s, dim, norm, "irfftn", True), "fft_irfftn", input, cast=True)


def hfftn(
    input: Tensor, s: Dims = None, dim: Dims = None, norm: str | None = None, *, out: Tensor | None = None
) -> Tensor:
    """`fft` along several dimensions, the last one by `hfft`; the last size, if not given, is 2 (m - 1) for m elements.

    Args:
        input: any tensor; integers are taken in the default floating type.
        s: the number of points along each of `dim` (-1: as many as there are); the input is cut, or filled up with
            zeros.
        dim: the dimensions; if not given, the last ones, as many as `s` has, or all.
        norm: see `fft`.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Real tensor.

    Raises:
        RuntimeError: no points, dimensions that occur twice, an unknown norm, a 16-bit dtype.
        IndexError: there is no such dimension.

    Source: see `fft`.

    Example:
        >>> import gradiente as torch
        >>> torch.fft.hfftn(torch.ones(1, 3))
        tensor([[4., 0., 0., 0.]])
    """
    return into(out, _to_real(input, s, dim, norm, "hfftn", False), "fft_hfftn", input, cast=True)


def ihfftn(
    input: Tensor, s: Dims = None, dim: Dims = None, norm: str | None = None, *, out: Tensor | None = None
) -> Tensor:
    """The inverse of `hfftn`.

    Args:
        input: a real tensor; integers are taken in the default floating type.
        s: the number of points along each of `dim` (-1: as many as there are); the input is cut, or filled up with
            zeros.
        dim: the dimensions; if not given, the last ones, as many as `s` has, or all.
        norm: see `fft`.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Complex tensor with n // 2 + 1 elements along the last of the dimensions.

    Raises:
        RuntimeError: no points, dimensions that occur twice, an unknown norm, a 16-bit dtype, a complex one.
        IndexError: there is no such dimension.

    Source: see `fft`.

    Example:
        >>> import gradiente as torch
        >>> torch.fft.ihfftn(torch.ones(1, 4)).real
        tensor([[1., 0., 0.]])
    """
    return into(out, _of_real(input, s, dim, norm, "ihfftn", True), "fft_ihfftn", input, cast=True)


def fft2(
    input: Tensor, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None, *, out: Tensor | None = None
) -> Tensor:
    """`fftn` along two dimensions, by default the last ones.

    >>> import gradiente as torch
    >>> torch.fft.fft2(torch.ones(2, 2)).real
    tensor([[4., 0.],
            [0., 0.]])
    """
    return into(out, _both(input, s, dim, norm, "fft2", False), "fft_fft2", input, cast=True)


def ifft2(
    input: Tensor, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None, *, out: Tensor | None = None
) -> Tensor:
    """`ifftn` along two dimensions, by default the last ones.

    >>> import gradiente as torch
    >>> torch.fft.ifft2(torch.ones(2, 2)).real
    tensor([[1., 0.],
            [0., 0.]])
    """
    return into(out, _both(input, s, dim, norm, "ifft2", True), "fft_ifft2", input, cast=True)


def rfft2(
    input: Tensor, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None, *, out: Tensor | None = None
) -> Tensor:
    """`rfftn` along two dimensions, by default the last ones.

    >>> import gradiente as torch
    >>> torch.fft.rfft2(torch.ones(2, 4)).shape
    torch.Size([2, 3])
    """
    return into(out, _of_real(input, s, dim, norm, "rfft2", False), "fft_rfft2", input, cast=True)


def irfft2(
    input: Tensor, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None, *, out: Tensor | None = None
) -> Tensor:
    """`irfftn` along two dimensions, by default the last ones.

    >>> import gradiente as torch
    >>> torch.fft.irfft2(torch.fft.rfft2(torch.ones(1, 4)))
    tensor([[1., 1., 1., 1.]])
    """
    return into(out, _to_real(input, s, dim, norm, "irfft2", True), "fft_irfft2", input, cast=True)


def hfft2(
    input: Tensor, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None, *, out: Tensor | None = None
) -> Tensor:
    """`hfftn` along two dimensions, by default the last ones.

    >>> import gradiente as torch
    >>> torch.fft.hfft2(torch.ones(1, 3))
    tensor([[4., 0., 0., 0.]])
    """
    return into(out, _to_real(input, s, dim, norm, "hfft2", False), "fft_hfft2", input, cast=True)


def ihfft2(
    input: Tensor, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None, *, out: Tensor | None = None
) -> Tensor:
    """`ihfftn` along two dimensions, by default the last ones.

    >>> import gradiente as torch
    >>> torch.fft.ihfft2(torch.ones(1, 4)).real
    tensor([[1., 0., 0.]])
    """
    return into(out, _of_real(input, s, dim, norm, "ihfft2", True), "fft_ihfft2", input, cast=True)


__all__ = [
    "fft2",
    "fftn",
    "hfft2",
    "hfftn",
    "ifft2",
    "ifftn",
    "ihfft2",
    "ihfftn",
    "irfft2",
    "irfftn",
    "rfft2",
    "rfftn",
]
