"""Rules of what slides windows over an image: convolution and pooling.

A convolution is linear in the input and in the weights; each of its two transposes is so again, and the three are the
transposes of one another, so that every order of derivative stays among them.
"""

from __future__ import annotations

import math
from typing import Any

from .kinds import Bilinear as bilinear
from .kinds import Constant as constant
from .kinds import General as general
from .kinds import Linear as linear
from .kinds import Primitive

convolution: Primitive = general(
    "convolution",
    lambda g, b, a_shape, grid, groups, extras: extras.convolve_input(g, b, a_shape, grid, groups),
    lambda g, a, b_shape, grid, groups, extras: extras.convolve_weight(g, a, b_shape, grid, groups),
    lambda g, xp: _per_channel(g, xp),
    forward=lambda a, b, c, grid, groups, xp, extras: _plus(extras.convolve(a, b, grid, groups), c, xp),
    jvp=lambda t, i, a, b, grid, groups, out, xp, extras: (
        _plus(xp.zeros_like(out), t, xp)
        if i == 2
        else extras.convolve(t if i == 0 else a, t if i == 1 else b, grid, groups)
    ),
)
transposed_convolution: Primitive = general(
    "transposed_convolution",
    lambda g, b, grid, groups, extras: extras.convolve(g, b, grid, groups),
    lambda g, a, b_shape, grid, groups, extras: extras.convolve_weight(a, g, b_shape, grid, groups),
    lambda g, xp: _per_channel(g, xp),
    forward=lambda a, b, c, shape, grid, groups, xp, extras: _plus(
        extras.convolve_input(a, b, shape, grid, groups), c, xp
    ),
    jvp=lambda t, i, a, b, shape, grid, groups, out, xp, extras: (
        _plus(xp.zeros_like(out), t, xp)
        if i == 2
        else extras.convolve_input(t if i == 0 else a, t if i == 1 else b, shape, grid, groups)
    ),
    node="ConvolutionBackward0",
)
convolve_weight: Primitive = bilinear(
    "convolve_weight",
    lambda g, b, grid, groups, extras: extras.convolve(b, g, grid, groups),
    lambda g, a, b_shape, grid, groups, extras: extras.convolve_input(a, g, b_shape, grid, groups),
    forward=lambda a, b, shape, grid, groups, extras: extras.convolve_weight(a, b, shape, grid, groups),
    node="ConvolutionBackwardBackward0",
)
sum_windows: Primitive = linear(
    "sum_windows",
    lambda g, grid, divisor, x_shape, extras: extras.spread_windows(_divided(g, divisor), x_shape, grid),
    forward=lambda x, grid, divisor, extras: _divided(extras.sum_windows(x, grid), divisor),
    node="AvgPool2DBackward0",
)
spread_windows: Primitive = linear(
    "spread_windows",
    lambda g, grid, extras: extras.sum_windows(g, grid),
    forward=lambda x, shape, grid, extras: extras.spread_windows(x, shape, grid),
    node="AvgPool2DBackwardBackward0",
)
unfold_image: Primitive = linear(
    "unfold_image",
    lambda g, grid, x_shape, extras: extras.fold_image(g, x_shape, grid),
    forward=lambda x, grid, extras: extras.unfold_image(x, grid),
    node="Im2ColBackward0",
)
fold_image: Primitive = linear(
    "fold_image",
    lambda g, grid, extras: extras.unfold_image(g, grid),
    forward=lambda x, shape, grid, extras: extras.fold_image(x, shape, grid),
    node="Col2ImBackward0",
)
argmax_windows: Primitive = constant(
    "argmax_windows", None, forward=lambda x, grid, extras: extras.argmax_windows(x, grid)
)
argmax_places: Primitive = constant(
    "argmax_places", None, forward=lambda x, places, axes, extras: extras.argmax_places(x, places, axes)
)
blend: Primitive = linear(
    "blend",
    lambda g, taps, axis, x_shape, extras: extras.unblend(g, taps, axis, x_shape[axis]),
    forward=lambda x, taps, axis, extras: extras.blend(x, taps, axis),
    node="UpsampleLinear1DBackward0",
)
unblend: Primitive = linear(
    "unblend",
    lambda g, taps, axis, extras: extras.blend(g, taps, axis),
    forward=lambda x, taps, axis, size, extras: extras.unblend(x, taps, axis, size),
    node="UpsampleLinear1DBackwardBackward0",
)
take_places: Primitive = linear(
    "take_places",
    lambda g, indices, axes, x_shape, extras: extras.put_places(g, indices, x_shape, axes),
    None,
    operands=("x", "indices"),
    forward=lambda x, indices, axes, extras: extras.take_places(x, indices, axes),
    node="MaxPool2DWithIndicesBackward0",
)
put_places: Primitive = linear(
    "put_places",
    lambda g, indices, axes, extras: extras.take_places(g, indices, axes),
    None,
    operands=("x", "indices"),
    forward=lambda x, indices, shape, axes, extras: extras.put_places(x, indices, shape, axes),
    node="MaxUnpool2DBackward0",
)


def _plus(x: Any, c: Any, xp: Any) -> Any:
    """`x` (N, C, …) with the number c of each channel added."""
    return x if c is None else x + xp.reshape(c, (-1, *(1,) * (len(x.shape) - 2)))


def _per_channel(g: Any, xp: Any) -> Any:
    """The sums of `g` (N, C, …) over all but the channels."""
    planes = xp.reshape(g, (*g.shape[:2], math.prod(g.shape[2:])))
    return xp.sum(xp.sum(planes, axis=2), axis=0)


def _divided(x: Any, divisor: float) -> Any:
    return x if divisor == 1 else x / divisor
