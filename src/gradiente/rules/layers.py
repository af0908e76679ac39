"""Rules of layers: normalisation, and tables whose rows are picked by number."""

from __future__ import annotations

import math
from typing import Any

from .kinds import General as general
from .kinds import Linear as linear
from .kinds import Primitive


def _mean(x: Any, axis: tuple[int, ...], xp: Any) -> Any:
    """The mean over `axis`, whose axes stay, of size 1."""
    return xp.sum(x, axis=axis, keepdims=True) / (math.prod([x.shape[a] for a in axis]) or 1)


def _standard(x: Any, axis: tuple[int, ...], eps: float, xp: Any) -> tuple[Any, Any]:
    """The deviations from the mean over `axis` in units of the standard deviation, and 1/that unit."""
    deviation = x - _mean(x, axis, xp)
    scale = 1 / xp.sqrt(_mean(deviation * deviation, axis, xp) + eps)
    return deviation * scale, scale


def _viewed(x: Any, shape: tuple[int, ...] | None, xp: Any) -> Any:
    return x if shape is None or x.shape == shape else xp.reshape(x, shape)


def _normal(
    a: Any, b: Any, c: Any, axis: tuple[int, ...], eps: float, groups: Any, features: tuple[int, ...], xp: Any
) -> Any:
    """`a`, seen with shape `groups`, in standard units over `axis`; times b, plus c, which have shape `features`."""
    out = _viewed(_standard(_viewed(a, groups, xp), axis, eps, xp)[0], a.shape, xp)
    if b is not None:
        out = out * _viewed(b, features, xp)
    return out if c is None else out + _viewed(c, features, xp)


def _normal_tangent(t: Any, a: Any, axis: tuple[int, ...], eps: float, groups: Any, xp: Any) -> Any:
    """The derivative of the standard units, a symmetric map: (t - mean t - u·mean(u·t))/σ."""
    units, scale = _standard(_viewed(a, groups, xp), axis, eps, xp)
    t = _viewed(t, groups, xp)
    return _viewed(scale * (t - _mean(t, axis, xp) - units * _mean(units * t, axis, xp)), a.shape, xp)


def _per_feature(g: Any, features: tuple[int, ...], shape: tuple[int, ...], xp: Any) -> Any:
    """The sum of g over all axes along which features are the same."""
    lead = len(g.shape) - len(features)
    axes = (*range(lead), *[i + lead for i, n in enumerate(features) if n == 1])
    return xp.reshape(xp.sum(g, axis=axes) if axes else g, shape)


def _units(a: Any, axis: tuple[int, ...], eps: float, groups: Any, xp: Any) -> Any:
    return _viewed(_standard(_viewed(a, groups, xp), axis, eps, xp)[0], a.shape, xp)


def _weighted(g: Any, b: Any, features: tuple[int, ...], xp: Any) -> Any:
    return g if b is None else g * _viewed(b, features, xp)


normalization: Primitive = general(
    "normalization",
    lambda g, a, b, axis, eps, groups, features, xp: _normal_tangent(
        _weighted(g, b, features, xp), a, axis, eps, groups, xp
    ),
    lambda g, a, b_shape, axis, eps, groups, features, xp: _per_feature(
        g * _units(a, axis, eps, groups, xp), features, b_shape, xp
    ),
    lambda g, c_shape, features, xp: _per_feature(g, features, c_shape, xp),
    forward=_normal,
    jvp=lambda t, i, a, b, out, axis, eps, groups, features, xp: (
        _weighted(_normal_tangent(t, a, axis, eps, groups, xp), b, features, xp)
        if i == 0
        else _units(a, axis, eps, groups, xp) * _viewed(t, features, xp)
        if i == 1
        else xp.broadcast_to(_viewed(t, features, xp), out.shape)
    ),
    node="NativeBatchNormBackward0",
)


def _kept(g: Any, b: Any, padding: int, by_frequency: bool, rows: int, xp: Any, extras: Any) -> Any:
    """The cotangents of picked rows: 0 for the row `padding`, or divided by how often each row was picked."""
    if by_frequency:
        often = extras.take_rows(extras.put_rows(xp.ones_like(g), b, (rows, *g.shape[len(b.shape) :])), b)
        g = g / often
    return g if padding < 0 else xp.where(xp.expand_dims(b == padding, axis=len(b.shape)), 0, g)


embedding: Primitive = general(
    "embedding",
    lambda g, b, a_shape, padding, by_frequency, xp, extras: extras.put_rows(
        _kept(g, b, padding, by_frequency, a_shape[0], xp, extras), b, a_shape
    ),
    None,
    forward=lambda a, b, padding, by_frequency, extras: extras.take_rows(a, b),
    jvp=lambda t, b, extras: extras.take_rows(t, b),
)
put_rows: Primitive = linear(
    "put_rows",
    lambda g, b, extras: extras.take_rows(g, b),
    None,
    forward=lambda a, b, shape, extras: extras.put_rows(a, b, shape),
    node="EmbeddingDenseBackwardBackward0",
)
