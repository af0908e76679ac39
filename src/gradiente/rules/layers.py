"""Rules of layers: normalisation, distances of rows, and tables whose rows are picked by number."""

from __future__ import annotations

from typing import Any

from ..arrays.pairs import differences, row_signs
from .kinds import General as general
from .kinds import Linear as linear
from .kinds import Primitive


def _viewed(x: Any, shape: tuple[int, ...] | None, xp: Any) -> Any:
    return x if x is None or shape is None or x.shape == shape else xp.reshape(x, shape)


def _units(a: Any, axis: tuple[int, ...], eps: float, groups: Any, xp: Any, extras: Any) -> Any:
    """`a`, seen with shape `groups`, in standard units over `axis`."""
    return _viewed(extras.standardize(_viewed(a, groups, xp), axis, eps), a.shape, xp)


def _units_slope(t: Any, a: Any, axis: tuple[int, ...], eps: float, groups: Any, xp: Any, extras: Any) -> Any:
    """The derivative of the standard units."""
    return _viewed(extras.standardize_slope(_viewed(t, groups, xp), _viewed(a, groups, xp), axis, eps), a.shape, xp)


def _normal(
    a: Any,
    b: Any,
    c: Any,
    axis: tuple[int, ...],
    eps: float,
    groups: Any,
    features: tuple[int, ...],
    xp: Any,
    extras: Any,
) -> Any:
    """The standard units times b, plus c, which have shape `features`."""
    out = _weighted(_units(a, axis, eps, groups, xp, extras), b, features, xp)
    return out if c is None else out + _viewed(c, features, xp)


def _weighted(g: Any, b: Any, features: tuple[int, ...], xp: Any) -> Any:
    return g if b is None else g * _viewed(b, features, xp)


def _beside(groups: Any, features: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of b beside an array that is seen with shape `groups` (samples, groups, features of each, places)."""
    return features if groups is None else (*groups[1:-1], 1)


def _shared_axes(rank: int, features: tuple[int, ...]) -> tuple[int, ...]:
    """The axes, of so many, along which features are the same."""
    lead = rank - len(features)
    return (*range(lead), *[i + lead for i, n in enumerate(features) if n == 1])


def _per_feature(g: Any, features: tuple[int, ...], shape: tuple[int, ...], xp: Any) -> Any:
    """The sum of g over all axes along which features are the same."""
    axes = _shared_axes(len(g.shape), features)
    return _viewed(xp.sum(g, axis=axes) if axes else g, shape, xp)


def _products_per_feature(
    g: Any, a: Any, axis: tuple[int, ...], eps: float, groups: Any, features: tuple[int, ...], xp: Any, extras: Any
) -> Any:
    """The same of g·u, with the standard units u of a."""
    g, a = _viewed(g, groups, xp), _viewed(a, groups, xp)
    axes = _shared_axes(len(g.shape), _beside(groups, features))
    return extras.units_product_sums(g, a, axis, eps, axes)


normalization: Primitive = general(
    "normalization",
    lambda g, a, b, axis, eps, groups, features, xp, extras: _viewed(
        extras.standardize_slope(
            _viewed(g, groups, xp), _viewed(a, groups, xp), axis, eps, _viewed(b, _beside(groups, features), xp)
        ),
        a.shape,
        xp,
    ),
    lambda g, a, b_shape, axis, eps, groups, features, xp, extras: xp.reshape(
        _products_per_feature(g, a, axis, eps, groups, features, xp, extras), b_shape
    ),
    lambda g, c_shape, features, xp: _per_feature(g, features, c_shape, xp),
    forward=_normal,
    jvp=lambda t, i, a, b, out, axis, eps, groups, features, xp, extras: (
        _weighted(_units_slope(t, a, axis, eps, groups, xp, extras), b, features, xp)
        if i == 0
        else _units(a, axis, eps, groups, xp, extras) * _viewed(t, features, xp)
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


pair_distances: Primitive = general(
    "pair_distances",
    lambda g, x, out, extras: extras.pair_slopes(g, x, out),
    forward=lambda x, extras: extras.pair_distances(x),
    jvp=lambda t, x, out, xp, extras: extras.safe_divide(
        xp.sum(differences(t, extras) * differences(x, extras), axis=1), out
    ),
    node="PdistBackward0",
)
row_distances: Primitive = general(
    "row_distances",
    lambda g, a, b, out, p, extras: extras.row_distance_slopes(g, a, b, out, p),
    lambda g, a, b, out, p, extras: extras.row_distance_slopes(g.mT, b, a, out.mT, p),
    forward=lambda a, b, p, extras: extras.row_distances(a, b, p),
    jvp=lambda t, i, a, b, out, p, xp: xp.sum(
        (xp.expand_dims(t, axis=-2) if i == 0 else -xp.expand_dims(t, axis=-3)) * row_signs(a, b, out, p, xp), axis=-1
    ),
    node="CdistBackward0",
)
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
