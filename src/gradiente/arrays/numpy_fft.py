"""Fourier transforms of the array vocabulary's extras, for NumPy arrays.

`norm` says where the division by the number n of points is: "backward" in the inverse, "forward", or "ortho" by √n in
both.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any

NAMES = ("fft_c2c", "fft_c2r", "fft_r2c")
"""The extras that stand here."""


def _wide(x: Array, kind: str) -> Array:
    """16-bit numbers in 32 bits, which is the least that the transforms have."""
    return x.astype(kind) if x.dtype.itemsize == 2 else x


def fft_c2c(x: Array, axes: tuple[int, ...], norm: Any, inverse: bool) -> Array:
    """The sum of x times e^(-2πi jk/n), along each of the axes, of complex arrays; `inverse`: e^(+2πi jk/n)."""
    return (np.fft.ifftn if inverse else np.fft.fftn)(x, axes=axes, norm=norm)


def fft_r2c(x: Array, axes: tuple[int, ...], norm: Any, onesided: bool) -> Array:
    """The transform of real arrays; `onesided`: of the last axis the first n // 2 + 1 values, which tell the others."""
    return (np.fft.rfftn if onesided else np.fft.fftn)(_wide(x, "float32"), axes=axes, norm=norm)


def fft_c2r(x: Array, axes: tuple[int, ...], norm: Any, size: int) -> Array:
    """The inverse of the one-sided transform of real arrays, whose last axis has `size` points."""
    sizes = [x.shape[a] for a in axes]
    return np.fft.irfftn(x, s=(*sizes[:-1], size), axes=axes, norm=norm)
