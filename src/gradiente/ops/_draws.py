"""How random numbers are drawn for an array: in the order of its memory; inside a vmap, for each example or for all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import random as streams
from ..arrays.batched import Batched
from ..arrays.meta import is_meta, without_values
from ..graph import current
from ..random._errors import require_float, require_std
from ..random._fused import fma64
from ..random.normals import BLOCK, standard_pairs, to_dtype
from ..tensor.batching import batched_here, drawn_each
from ..tensor.devices import CPU, is_on_meta
from ._factory import no_memory

Draw = Callable[[tuple[int, ...]], Any]
"""Makes an array of random numbers of a shape, drawn in the order of its indices."""


def in_memory_order(array: Any) -> Any:
    """The axes of the array from the largest stride to the smallest."""
    return sorted(range(array.ndim), key=lambda i: -array.strides[i])


def drawn_on(device: Any, draw: Draw, shape: tuple[int, ...], dtype: Any) -> Any:
    """Numbers for a new tensor on a device; on the meta device none are drawn."""
    if device is not CPU and is_on_meta(device):
        return without_values(shape, dtype)
    try:
        return drawn_each(draw, shape)
    except MemoryError as error:
        raise no_memory(shape) from error


def drawn(array: Any, draw: Draw) -> Any:
    """Numbers for `array`, drawn in the order of its memory; see Note [The order of filling]."""
    if is_meta(array):
        return array
    if current().transforms:
        return drawn_each(draw, array.shape)
    if array.flags.c_contiguous or 0 in array.strides:  # expanded: what is made like it lies in the usual order
        return draw(array.shape)
    order = in_memory_order(array)
    return draw(tuple(array.shape[i] for i in order)).transpose(np.argsort(order))


def normals(generator: Any, array: Any, mean: float, std: float) -> Any:
    """Normal numbers for `array`, from the stream that torch takes for its order in memory."""
    if is_meta(array):
        require_std(std)
    if batched_here(array) or array.flags.c_contiguous or array.size < BLOCK or array.dtype.kind == "c":
        return drawn(array, lambda shape: streams.normal(generator, shape, array.dtype, mean, std))
    require_std(std)
    require_float("normal_kernel_cpu", array.dtype)
    source = generator or streams.default_generator
    with source.lock:
        values = standard_pairs(source, array.size)
    if mean != 0.0 or std != 1.0:
        values = fma64(values, std, mean)
    return drawn(array, to_dtype(values, array.dtype).reshape)


def filled(array: Any, values: Any) -> Any:
    """The array with these values; they themselves where each example of a batch has its own."""
    if values.__class__ is Batched:
        return values
    array[...] = values
    return array


__all__ = ["Draw", "drawn", "drawn_on", "filled", "in_memory_order", "normals"]
