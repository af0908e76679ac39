"""Rules of Fourier transforms."""

from __future__ import annotations

from typing import Any

from .kinds import Linear as linear
from .kinds import Primitive

fft_c2c: Primitive = linear(
    "fft_c2c",
    lambda g, axes, norm, inverse, extras: extras.fft_c2c(g, axes, norm, inverse),
    forward=lambda x, axes, norm, inverse, extras: extras.fft_c2c(x, axes, norm, inverse),
    node="FftC2CBackward0",
)
fft_r2c: Primitive = linear(
    "fft_r2c",
    lambda g, x_shape, axes, norm, onesided, extras: extras.fft_c2c(
        _filled(g, x_shape, axes[-1], extras) if onesided else g, axes, norm, False
    ),
    forward=lambda x, axes, norm, onesided, extras: extras.fft_r2c(x, axes, norm, onesided),
    node="FftR2CBackward0",
)
fft_c2r: Primitive = linear(
    "fft_c2r",
    lambda g, axes, norm, size, xp, extras: xp.conj(
        _doubled(extras.fft_r2c(g, axes, _OPPOSITE[norm], True), axes[-1], size, extras)
    ),
    forward=lambda x, axes, norm, size, extras: extras.fft_c2r(x, axes, norm, size),
    node="FftC2RBackward0",
)

_OPPOSITE = {"backward": "forward", "forward": "backward", "ortho": "ortho"}
"""The norm with which a transform has the factor of the inverse with the other."""


def _slice(ndim: int, axis: int, start: int, stop: int) -> tuple[Any, ...]:
    index = [slice(None)] * ndim
    index[axis] = slice(start, stop)
    return tuple(index)


def _filled(g: Any, shape: tuple[int, ...], axis: int, extras: Any) -> Any:
    """The one-sided values, and zeros in place of the others."""
    return extras.embed(g, _slice(len(shape), axis, 0, g.shape[axis]), shape)


def _doubled(x: Any, axis: int, size: int, extras: Any) -> Any:
    """Twice the values that stand for two: all but the first and, for an even size, the last."""
    index = _slice(len(x.shape), axis, 1, (size + 1) // 2)
    return x + extras.embed(x[index], index, x.shape)
