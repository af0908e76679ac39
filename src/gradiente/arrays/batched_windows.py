"""The extras that slide windows over the last axes, on batched arrays.

Where only the images are batched, the batch joins their own samples. Where the weights are, each example becomes a
group of channels of one convolution.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from . import numpy_columns, numpy_points, numpy_pooling, numpy_windows
from .batched import Array, Batched, flat, levels_of
from .meta import is_meta, without_values
from .numpy_pooling import Runs, Taps
from .numpy_windows import Grid


def _merge(values: Array) -> Array:
    """The batch and the first axis of an example as one axis."""
    return values.reshape((values.shape[0] * values.shape[1], *values.shape[2:]))


def _to_groups(values: Array) -> Array:
    """(B, N, C, …) as (N, B·C, …): the channels of each example are groups of one image."""
    count, samples, channels = values.shape[:3]
    return np.moveaxis(values, 0, 1).reshape(samples, count * channels, *values.shape[3:])


def _from_groups(values: Array, count: int) -> Array:
    """The inverse of _to_groups."""
    samples, channels = values.shape[:2]
    return np.moveaxis(values.reshape(samples, count, channels // count, *values.shape[2:]), 1, 0)


def convolve(x: Any, w: Any, grid: Grid, groups: int = 1) -> Any:
    """numpy_windows.convolve for each example."""
    if not levels_of((x, w)):
        return numpy_windows.convolve(x, w, grid, groups)
    if is_meta(x) or is_meta(w):
        return without_values((x.shape[0], w.shape[0], *grid.counts(x.shape[2:])), x.dtype)
    return _images(partial(numpy_windows.convolve, grid=grid), x, w, groups)


def convolve_input(g: Any, w: Any, shape: tuple[int, ...], grid: Grid, groups: int = 1) -> Any:
    """numpy_windows.convolve_input for each example."""
    if not levels_of((g, w)):
        return numpy_windows.convolve_input(g, w, shape, grid, groups)
    if is_meta(g) or is_meta(w):
        return without_values(shape, g.dtype)

    def apply(g: Array, w: Array, groups: int) -> Array:
        channels = w.shape[1] * groups
        return numpy_windows.convolve_input(g, w, (g.shape[0], channels, *shape[2:]), grid, groups)

    return _images(apply, g, w, groups)


def _images(function: Callable[..., Array], x: Any, w: Any, groups: int) -> Any:
    """A convolution of images with weights, for each example."""
    if w.__class__ is not Batched:
        (values,), again = flat((x,))
        out = function(_merge(values), w, groups=groups)
        return again(out.reshape((*values.shape[:2], *out.shape[1:])))
    (images, weights), again = flat((x, w))
    count = images.shape[0]
    return again(_from_groups(function(_to_groups(images), _merge(weights), groups=groups * count), count))


def convolve_weight(g: Any, x: Any, shape: tuple[int, ...], grid: Grid, groups: int = 1) -> Any:
    """numpy_windows.convolve_weight for each example."""
    if not levels_of((g, x)):
        return numpy_windows.convolve_weight(g, x, shape, grid, groups)
    if is_meta(g) or is_meta(x):
        return without_values(shape, g.dtype)
    (cotangents, images), again = flat((g, x))
    count = images.shape[0]
    whole = (count * shape[0], *shape[1:])
    out = numpy_windows.convolve_weight(_to_groups(cotangents), _to_groups(images), whole, grid, groups * count)
    return again(out.reshape((count, *shape)))


def sum_windows(x: Any, grid: Grid | Runs) -> Any:
    """numpy_pooling.sum_windows for each example."""
    if x.__class__ is not Batched:
        return numpy_pooling.sum_windows(x, grid)
    return Batched(numpy_pooling.sum_windows(x.values, grid), x.levels)


def spread_windows(g: Any, shape: tuple[int, ...], grid: Grid | Runs) -> Any:
    """numpy_pooling.spread_windows for each example."""
    if g.__class__ is not Batched:
        return numpy_pooling.spread_windows(g, shape, grid)
    lead = g.values.shape[: len(g.levels)]
    return Batched(numpy_pooling.spread_windows(g.values, (*lead, *shape), grid), g.levels)


def unfold_image(x: Any, grid: Grid) -> Any:
    """numpy_columns.unfold_image for each example."""
    if x.__class__ is not Batched:
        return numpy_columns.unfold_image(x, grid)
    return Batched(numpy_columns.unfold_image(x.values, grid), x.levels)


def fold_image(g: Any, shape: tuple[int, ...], grid: Grid) -> Any:
    """numpy_columns.fold_image for each example."""
    if g.__class__ is not Batched:
        return numpy_columns.fold_image(g, shape, grid)
    lead = g.values.shape[: len(g.levels)]
    return Batched(numpy_columns.fold_image(g.values, (*lead, *shape), grid), g.levels)


def argmax_windows(x: Any, grid: Grid) -> Any:
    """numpy_pooling.argmax_windows for each example."""
    if x.__class__ is not Batched:
        return numpy_pooling.argmax_windows(x, grid)
    return Batched(numpy_pooling.argmax_windows(x.values, grid), x.levels)


def argmax_places(x: Any, places: Array, axes: int) -> Any:
    """numpy_pooling.argmax_places for each example."""
    if x.__class__ is not Batched:
        return numpy_pooling.argmax_places(x, places, axes)
    return Batched(numpy_pooling.argmax_places(x.values, places, axes), x.levels)


def blend(x: Any, taps: Taps, axis: int) -> Any:
    """numpy_pooling.blend for each example."""
    if x.__class__ is not Batched:
        return numpy_pooling.blend(x, taps, axis)
    return Batched(numpy_pooling.blend(x.values, taps, axis + len(x.levels)), x.levels)


def unblend(g: Any, taps: Taps, axis: int, size: int) -> Any:
    """numpy_pooling.unblend for each example."""
    if g.__class__ is not Batched:
        return numpy_pooling.unblend(g, taps, axis, size)
    return Batched(numpy_pooling.unblend(g.values, taps, axis + len(g.levels), size), g.levels)


def take_places(x: Any, indices: Any, axes: int) -> Any:
    """numpy_pooling.take_places for each example."""
    if not levels_of((x, indices)):
        return numpy_pooling.take_places(x, indices, axes)
    (values, places), again = flat((x, indices))
    return again(numpy_pooling.take_places(values, places, axes))


def put_places(g: Any, indices: Any, shape: tuple[int, ...], axes: int) -> Any:
    """numpy_pooling.put_places for each example."""
    if not levels_of((g, indices)):
        return numpy_pooling.put_places(g, indices, shape, axes)
    (values, places), again = flat((g, indices))
    return again(numpy_pooling.put_places(values, places, (values.shape[0], *shape), axes))


def sample_points(x: Any, w: Any, index: Any) -> Any:
    """numpy_points.sample_points for each example."""
    return _of_points(numpy_points.sample_points, x, w, index)


def weigh_points(g: Any, x: Any, index: Any) -> Any:
    """numpy_points.weigh_points for each example."""
    return _of_points(numpy_points.weigh_points, g, x, index)


def spread_points(g: Any, w: Any, index: Any, shape: tuple[int, ...]) -> Any:
    """numpy_points.spread_points for each example."""

    def apply(g: Array, w: Array, index: Array) -> Array:
        return numpy_points.spread_points(g, w, index, (len(g), *shape[1:]))

    return _of_points(apply, g, w, index)


def _of_points(function: Callable[..., Array], *operands: Any) -> Any:
    """A function whose operands all have a first axis of samples, which the batch joins."""
    if not levels_of(operands):
        return function(*operands)
    values, again = flat(operands)
    out = function(*[_merge(v) for v in values])
    return again(out.reshape((*values[0].shape[:2], *out.shape[1:])))


__all__ = [
    "argmax_places",
    "argmax_windows",
    "blend",
    "convolve",
    "convolve_input",
    "convolve_weight",
    "put_places",
    "sample_points",
    "spread_points",
    "spread_windows",
    "sum_windows",
    "take_places",
    "unblend",
    "weigh_points",
]
