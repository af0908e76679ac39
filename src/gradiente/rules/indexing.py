"""Rules of indexing: picking, placing and adding up elements, by index, along an axis, through a view or a window."""

from __future__ import annotations

from math import prod
from typing import Any

from .kinds import General as general
from .kinds import Linear as linear
from .kinds import Primitive

getitem: Primitive = linear(
    "getitem",
    lambda g, index, x_shape, extras: extras.embed(g, index, x_shape),
    forward=lambda x, index: x[index],
    node="IndexBackward0",
)
index: Primitive = linear(
    "index",
    lambda g, index, x_shape, extras: extras.embed(g, index, x_shape),
    forward=lambda x, index, extras: extras.pick(x, index),
)
embed: Primitive = linear(
    "embed",
    lambda g, index: g[index],
    forward=lambda x, index, shape, extras: extras.embed(x, index, shape),
    node="IndexPutBackward0",
)
put_index: Primitive = linear(
    "put_index",
    lambda g, index, accumulate, extras: g if accumulate else extras.put_index(g, 0, index, False),
    lambda g, index: g[index],
    forward=lambda a, b, index, accumulate, extras: extras.put_index(a, b, index, accumulate),
    node="IndexPutBackward0",
)
gather_along_axis: Primitive = linear(
    "gather_along_axis",
    lambda g, indices, axis, x_shape, extras: extras.scatter_along_axis(g, indices, axis, x_shape),
    None,
    operands=("x", "indices"),
    forward=lambda x, indices, axis, extras: extras.gather_along_axis(x, indices, axis),
    node="GatherBackward0",
)
take_along_axis: Primitive = linear(
    "take_along_axis",
    lambda g, indices, axis, x_shape, extras: extras.scatter_along_axis(g, indices, axis, x_shape),
    None,
    operands=("x", "indices"),
    forward=lambda x, indices, axis, xp: xp.take_along_axis(x, indices, axis=axis),
    node="GatherBackward0",
)
scatter_along_axis: Primitive = linear(
    "scatter_along_axis",
    lambda g, indices, axis, extras: extras.gather_along_axis(g, indices, axis),
    None,
    operands=("x", "indices"),
    forward=lambda x, indices, axis, shape, extras: extras.scatter_along_axis(x, indices, axis, shape),
    node="ScatterAddBackward0",
)
scatter_add: Primitive = linear(
    "scatter_add",
    lambda g: g,
    None,
    lambda g, indices, axis, c_shape, extras: _grown(extras.gather_along_axis(g, indices, axis), c_shape, extras),
    operands=("x", "indices", "c"),
    forward=lambda x, indices, c, axis, extras: x + extras.scatter_along_axis(c, indices, axis, x.shape),
)
scatter_extreme: Primitive = general(
    "scatter_extreme",
    lambda g, x, indices, c, out, axis, include_self, xp, extras: _extreme_slope(
        g, 0, x, indices, c, out, axis, include_self, xp, extras
    ),
    None,
    lambda g, x, indices, c, out, axis, include_self, xp, extras: _extreme_slope(
        g, 2, x, indices, c, out, axis, include_self, xp, extras
    ),
    operands=("x", "indices", "c"),
    forward=lambda x, indices, c, axis, largest, include_self, extras: extras.scatter_extreme(
        x, indices, c, axis, largest, include_self
    ),
    jvp=lambda t, i, x, indices, c, out, axis, include_self, xp, extras: _extreme_tangent(
        t, i, x, indices, c, out, axis, include_self, xp, extras
    ),
    node="ScatterReduceBackward0",
)
put_along_axis: Primitive = linear(
    "put_along_axis",
    lambda g, indices, axis, extras: extras.put_along_axis(g, indices, 0, axis),
    None,
    lambda g, indices, axis, c_shape, extras: _grown(extras.gather_along_axis(g, indices, axis), c_shape, extras),
    operands=("x", "indices", "c"),
    forward=lambda x, indices, c, axis, extras: extras.put_along_axis(x, indices, c, axis),
    node="ScatterBackward0",
)
masked_fill: Primitive = general(
    "masked_fill",
    lambda g, mask, xp: xp.where(mask, 0, g),
    None,
    lambda g, mask, xp: xp.where(mask, g, 0),
    operands=("x", "mask", "c"),
    forward=lambda x, mask, c, xp: xp.where(mask, c, x),
    jvp=lambda t, i, mask, xp: xp.where(mask, 0, t) if i == 0 else xp.where(mask, t, 0),
    node="MaskedFillBackward0",
)
put_view: Primitive = linear(
    "put_view",
    lambda g, view, extras: extras.clear_view(g, view),
    lambda g, view, xp: _part(g, view, xp),
    forward=lambda a, b, view, extras: extras.put_view(a, b, view),
    node="CopySlices",
)
clear_view: Primitive = linear(
    "clear_view",
    lambda g, view, extras: extras.clear_view(g, view),
    forward=lambda x, view, extras: extras.clear_view(x, view),
    node="CopySlices",
)
embed_view: Primitive = linear(
    "embed_view",
    lambda g, view: view(g),
    forward=lambda x, view, shape, extras: extras.embed_view(x, view, shape),
    node="DiagEmbedBackward0",
)
strided: Primitive = linear(
    "strided",
    lambda g, x_shape, layout, xp, extras: xp.reshape(
        extras.embed(g, (layout.places(x_shape),), (prod(x_shape) + 1,))[:-1], x_shape
    ),
    forward=lambda x, layout, extras: extras.strided(x, layout),
    node="AsStridedBackward0",
)
windows: Primitive = linear(
    "windows",
    lambda g, axis, size, step, x_shape, extras: extras.fold_windows(g, axis, size, step, x_shape),
    forward=lambda x, axis, size, step, extras: extras.windows(x, axis, size, step),
    node="UnfoldBackward0",
)
fold_windows: Primitive = linear(
    "fold_windows",
    lambda g, axis, size, step, extras: extras.windows(g, axis, size, step),
    forward=lambda x, axis, size, step, shape, extras: extras.fold_windows(x, axis, size, step, shape),
    node="UnfoldBackwardBackward0",
)


def _part(g: Any, view: Any, xp: Any) -> Any:
    """What `view` shows of `g`. Views from complex to real and back do not commute with conjugation (see kinds)."""
    part = view(g)
    was, now = xp.isdtype(g.dtype, "complex floating"), xp.isdtype(part.dtype, "complex floating")
    if was == now:
        return part
    return view(xp.conj(g)) if was else xp.conj(part)


def _grown(g: Any, shape: tuple[int, ...], extras: Any) -> Any:
    """`g` in the corner of zeros of a larger shape: the part of a source that was not used gets nothing."""
    if g.shape == shape:
        return g
    return extras.embed(g, tuple([slice(n) for n in g.shape]), shape)


def _attained(
    x: Any, indices: Any, c: Any, out: Any, axis: int, include_self: bool, xp: Any, extras: Any
) -> tuple[Any, Any, Any]:
    """Which elements of x and of c are the extremes `out`, and how many each extreme has. NaN is one wherever it is."""
    own = (x == out) | (x != x)
    if not include_self:
        own = own & (extras.scatter_along_axis(xp.ones_like(c), indices, axis, out.shape) == 0)
    others = (c == extras.gather_along_axis(out, indices, axis)) | (c != c)
    ones = extras.scatter_along_axis(xp.where(others, xp.ones_like(c), 0), indices, axis, out.shape)
    return own, others, xp.where(own, ones + 1, ones)


def _extreme_slope(g: Any, i: int, x: Any, indices: Any, c: Any, out: Any, axis: int, *rest: Any) -> Any:
    """The cotangent of operand i: equal extremes share it."""
    _, xp, extras = rest
    own, others, count = _attained(x, indices, c, out, axis, *rest)
    share = g / count
    return xp.where(own, share, 0) if i == 0 else xp.where(others, extras.gather_along_axis(share, indices, axis), 0)


def _extreme_tangent(t: Any, i: int, x: Any, indices: Any, c: Any, out: Any, axis: int, *rest: Any) -> Any:
    """The mean of the tangents of equal extremes, as far as it comes from operand i."""
    _, xp, extras = rest
    own, others, count = _attained(x, indices, c, out, axis, *rest)
    if i == 0:
        return xp.where(own, t, 0) / count
    return extras.scatter_along_axis(xp.where(others, t, 0), indices, axis, out.shape) / count
