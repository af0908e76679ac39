"""One example after another: for functions of arrays that no operation on whole batches computes.

They have no derivatives: counts, places in sorted sequences, decompositions by LAPACK.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .batched import Array, Batched, full, levels_of
from .batched_errors import no_meta_kernel
from .meta import META, without_values


def each_example(
    function: Callable[..., Any], *arrays: Any, blank: Callable[..., Any] | None = None, name: str = "", **static: Any
) -> Any:
    """`function` of NumPy arrays, for each example of those that are batched; it returns an array, or a tuple of them.

    On the meta device `blank`, of the same arrays, tells the shapes and dtypes of the results. Without it torch's error
    for operators that have no such rule is raised, with the operator's `name`.

    RuntimeError, as torch's, if the results of two examples differ in shape.
    """
    levels = levels_of(arrays)
    if not levels:
        return function(*arrays, **static)
    if blank is not None and levels[0] == META:
        return tuple([without_values(shape, dtype) for shape, dtype in blank(*arrays)])
    places = [i for i, a in enumerate(arrays) if isinstance(a, (Batched, np.ndarray))]
    values, _ = full(tuple([arrays[i] for i in places]), levels)
    lead = values[0].shape[: len(levels)]
    found: list[Any] = []
    for at in np.ndindex(*lead):
        given = list(arrays)
        for i, v in zip(places, values, strict=True):
            given[i] = v[at]
        found.append(function(*given, **static))
    if not found and levels[0] == META:
        raise no_meta_kernel(name or getattr(function, "__name__", "operator").strip("_"))
    if not found:
        raise RuntimeError("vmap: there are no examples, so that the shape of their results is not known")
    if isinstance(found[0], tuple):
        return tuple([Batched(_together(parts, lead), levels) for parts in zip(*found, strict=True)])
    return Batched(_together(found, lead), levels)


def _together(rows: Any, lead: tuple[int, ...]) -> Array:
    arrays = [np.asarray(row) for row in rows]
    for i, array in enumerate(arrays):
        if array.shape != arrays[0].shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(arrays[0].shape)} at entry 0 and "
                f"{list(array.shape)} at entry {i} (the examples of a vmap must have results of one shape)"
            )
    return np.stack(arrays).reshape((*lead, *arrays[0].shape))


__all__ = ["each_example"]
