"""Windows that cover the last axes side by side, for NumPy arrays."""

from __future__ import annotations

from math import prod

import numpy as np

from .numpy_windows import Array, Grid


def tiles_of(grid: Grid, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The shape with two axes, of windows and within them, for each axis that windows cover side by side; else None."""
    size = grid.size
    if grid.step != size or any(grid.before) or any(grid.after) or set(grid.dilation) != {1}:
        return None
    d = len(size)
    tiles = shape[:-d]
    for n, k in zip(shape[-d:], size, strict=True):
        if n % k:
            return None
        tiles = (*tiles, n // k, k)
    return tiles


def argmax_pairs(x: Array) -> Array:
    """argmax_windows of windows of 2 × 2 side by side, in rows of less than 255 elements without NaN.

    The places within a window are bytes until the end: 0 and 1 in its upper row, `width` and `width` + 1 in its lower.
    """
    height, width = x.shape[-2] // 2, x.shape[-1]
    flat = x.reshape(-1)
    left, right = flat[::2], flat[1::2]
    sizes = (prod(x.shape[:-2]), height, 2, width // 2)
    best = np.maximum(left, right).reshape(sizes)
    numbers = (right > left).view(np.uint8).reshape(sizes)
    upper = numbers[:, :, 0]
    places = numbers[:, :, 1] - upper  # modulo 256, and so is the rest
    places += np.uint8(width)
    places *= (best[:, :, 1] > best[:, :, 0]).view(np.uint8)
    places += upper
    starts = np.arange(height)[:, None] * (2 * width) + np.arange(0, width, 2)
    return (places + starts).reshape(*x.shape[:-2], height, width // 2)
