"""Rules of recurrent layers, which go through all steps at once.

Their one vector x (see `arrays.recurrent`) has copies of the weights and of the states at the start. These come as
operands, too, though nothing depends on them: so they are saved, and a change before the backward pass is noticed.
"""

from __future__ import annotations

from ..arrays.recurrent import (
    gated_slope,
    gated_states,
    gated_tangent,
    long_states,
    long_tangent,
    simple_slope,
    simple_states,
    simple_tangent,
)
from .kinds import General as general
from .kinds import Primitive

simple_layer: Primitive = general(
    "simple_layer",
    lambda g, x, w, h, out, sizes, xp: simple_slope(g, x, out, sizes, xp),
    None,
    None,
    forward=lambda x, w, h, sizes, xp: simple_states(x, sizes, xp),
    operands=("x", "w", "h"),
    jvp=lambda t, i, x, out, sizes, xp: simple_tangent(t, x, out, sizes, xp) if i == 0 else None,
)
long_short_layer: Primitive = general(
    "long_short_layer",
    lambda g, x, w, h, c, out, sizes, extras: extras.long_short_slope(g, x, out, sizes),
    None,
    None,
    None,
    forward=lambda x, w, h, c, sizes, xp, extras: long_states(x, sizes, xp, extras),
    operands=("x", "w", "h", "c"),
    jvp=lambda t, i, x, out, sizes, xp, extras: long_tangent(t, x, out, sizes, xp, extras) if i == 0 else None,
    node="MkldnnRnnLayerBackward0",
)
gated_layer: Primitive = general(
    "gated_layer",
    lambda g, x, w, h, out, sizes, xp, extras: gated_slope(g, x, out, sizes, xp, extras),
    None,
    None,
    forward=lambda x, w, h, sizes, xp, extras: gated_states(x, sizes, xp, extras),
    operands=("x", "w", "h"),
    jvp=lambda t, i, x, out, sizes, xp, extras: gated_tangent(t, x, out, sizes, xp, extras) if i == 0 else None,
)
