"""Picking and placing elements of batched arrays: x[index] and its relatives.

Note [Batched indices]: where an index holds arrays, the batch becomes one more index array, in front of them, so that
each example is indexed by its own row; NumPy then puts what the arrays pick right after the batch axis, from where it
is moved to where it belongs for one example.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import numpy_along
from . import numpy_indexing as plain
from .batched import Array, Batched, flat, full, levels_of, not_batchable, spread
from .batched_errors import no_meta_kernel
from .meta import is_meta

_BOOL = np.dtype(bool)


def _items(index: Any, ndim: int) -> list[Any]:
    """The items of an index, without Ellipsis: one per axis that it uses, and None."""
    items = list(index) if isinstance(index, tuple) else [index]
    items = [np.asarray(item) if isinstance(item, list) else item for item in items]
    used = sum(_axes(item) for item in items)
    where = next((i for i, item in enumerate(items) if item is Ellipsis), None)
    fill = [slice(None)] * (ndim - used)
    return [*items, *fill] if where is None else [*items[:where], *fill, *items[where + 1 :]]


def _axes(item: Any) -> int:
    if item is None or item is Ellipsis:
        return 0
    return item.ndim if getattr(item, "dtype", None) == _BOOL else 1


def _is_array(item: Any) -> bool:
    return item.__class__ is Batched or isinstance(item, np.ndarray)


class Picked:
    """An index with arrays, made ready for the batch: `index` for values with one batch axis in front.

    `place`: the axis of an example's result where the axes of the index arrays (`width` of them) stand.
    """

    def __init__(self, items: list[Any], count: int) -> None:
        arrays: list[Array] = []
        spots: list[int] = []
        expanded: list[Any] = []
        for item in items:
            if item.__class__ is Batched:
                if item.dtype == _BOOL:
                    if is_meta(item):
                        raise no_meta_kernel("nonzero")
                    raise RuntimeError(
                        "vmap: We do not support batching operators that can support dynamic shape. Attempting to "
                        "batch "
                        "over indexing with a boolean mask. (Use torch.where, which keeps the shape.)"
                    )
                raise AssertionError("index arrays are flattened before")
            if isinstance(item, _Flat):
                expanded.append(item)
            elif isinstance(item, np.ndarray) and item.dtype == _BOOL:
                expanded.extend(item.nonzero())
            elif isinstance(item, int):
                expanded.append(np.asarray(item))
            else:
                expanded.append(item)
        for i, item in enumerate(expanded):
            if isinstance(item, (np.ndarray, _Flat)):
                spots.append(i)
        self.width = max(len(expanded[i].shape) for i in spots)
        for i in spots:
            item = expanded[i]
            shape = item.shape
            if isinstance(item, _Flat):
                arrays.append(item.values.reshape((count, *(1,) * (self.width - len(shape)), *shape)))
            else:
                arrays.append(item)
        adjacent = spots == list(range(spots[0], spots[-1] + 1))
        self.place = sum(1 for item in expanded[: spots[0]]) if adjacent else 0
        index: list[Any] = [np.arange(count).reshape((count,) + (1,) * self.width), *expanded]
        for i, array in zip(spots, arrays, strict=True):
            index[i + 1] = array
        self.index = tuple(index)

    def result(self, picked: Array) -> Array:
        """What NumPy picked, with its axes where they stand in an example's result."""
        if not self.place:
            return picked
        moved = tuple(range(1, 1 + self.width))
        return np.moveaxis(picked, moved, tuple(range(1 + self.place, 1 + self.place + self.width)))

    def source(self, values: Array) -> Array:
        """The opposite of `result`: values to be placed, with their axes as NumPy has them."""
        if not self.place:
            return values
        moved = tuple(range(1, 1 + self.width))
        return np.moveaxis(values, tuple(range(1 + self.place, 1 + self.place + self.width)), moved)


class _Flat:
    """An index array with one batch axis; `shape` is that of an example."""

    def __init__(self, values: Array) -> None:
        self.values = values
        self.shape = values.shape[1:]


def _prepared(operands: tuple[Any, ...], index: Any, ndim: int) -> tuple[list[Array], Picked, Any]:
    """The operands with one batch axis, the index for them, and how the result becomes batched again."""
    items = _items(index, ndim)
    for item in items:
        if item.__class__ is Batched and item.dtype == _BOOL:
            Picked([item], 0)
    batched = [item for item in items if item.__class__ is Batched]
    values, again = flat((*operands, *batched))
    rest = iter(values[len(operands) :])
    items = [_Flat(next(rest)) if item.__class__ is Batched else item for item in items]
    return values[: len(operands)], Picked(items, values[0].shape[0]), again


def simple(index: Any) -> bool:
    """Whether an index holds no arrays."""
    parts = index if isinstance(index, tuple) else (index,)
    return not any(_is_array(part) or isinstance(part, list) for part in parts)


def getitem(x: Any, index: Any) -> Any:
    """x[index]: a view where the index holds no arrays."""
    if simple(index):
        parts = index if isinstance(index, tuple) else (index,)
        return Batched(x.values[(*(slice(None),) * len(x.levels), *parts)], x.levels)
    (values,), picked, again = _prepared((x,), index, x.ndim)
    return again(picked.result(values[picked.index]))


def pick(x: Any, index: Any) -> Any:
    """x[index] for an index with arrays, as a copy; either may be batched."""
    if x.__class__ is not Batched and not levels_of(_parts(index)):
        return plain.pick(x, index)
    return getitem(x, index)


def picked_shape(shape: tuple[int, ...], index: tuple[Any, ...]) -> tuple[int, ...]:
    """The shape of x[index] for an array `x` of that shape."""
    blank = np.broadcast_to(np.empty(()), shape)
    return (pick(blank, index) if levels_of(index) else blank[index]).shape


def _parts(index: Any) -> tuple[Any, ...]:
    return index if isinstance(index, tuple) else (index,)


def setitem(x: Batched, index: Any, value: Any) -> None:
    """x[index] = value, in place; refused where the value has levels that `x` lacks."""
    need_levels(x, value)
    if simple(index):
        part = getitem(x, index)
        part.values[...] = spread(value, x.levels, part.ndim) if value.__class__ is Batched else value
        return
    need_levels(x, *_parts(index))
    x.values[...] = put_index(x, value, index, False).values


def need_levels(x: Any, *values: Any, function: str = "inplace arithmetic", where: str = "in a vmap") -> None:
    """Refuse that `function` writes into `x` what has a value for each example where `x` has one for all."""
    own = x.levels if x.__class__ is Batched else ()
    if not set(levels_of(values)) <= set(own):
        raise RuntimeError(
            f"vmap: {function}(self, *extra_args) is not possible because there exists a Tensor `other` in "
            "extra_args that has more elements than `self`. This happened due to `other` being vmapped over but `self` "
            f"not being vmapped over {where}. Please try to use out-of-place operators instead of {function}. "
            "If said operator is being called inside the PyTorch framework, please file a bug report instead."
        )


def embed(g: Any, index: Any, shape: tuple[int, ...]) -> Any:
    """Zeros of `shape` to which `g` is added at `index`: the adjoint of x[index]."""
    if g.__class__ is not Batched and not levels_of(_parts(index)):
        return plain.embed(g, index, shape)
    if simple(index):
        lead = g.values.shape[: len(g.levels)]
        out = Batched(np.zeros((*lead, *shape), g.dtype), g.levels)
        getitem(out, index).values[...] = g.values
        return out
    (values,), picked, again = _prepared((g,), index, len(shape))
    out = np.zeros((values.shape[0], *shape), g.dtype)
    plain.add_at(out, picked.index, picked.source(values))
    return again(out)


def put_index(x: Any, values: Any, index: Any, accumulate: bool = False) -> Any:
    """A copy of `x` in which x[index] is replaced by `values`, or has them added, every time that it is named."""
    parts = _parts(index)
    if not levels_of((x, values, *parts)):
        return plain.put_index(x, values, index, accumulate)
    if any(is_meta(part) and part.dtype == _BOOL for part in parts):
        return x.copy()  # which elements change is unknown; the shape does not
    if not hasattr(values, "ndim"):
        values = np.asarray(values, dtype=x.dtype)
    if simple(index):
        (out, new), levels = full((x, values))
        made = Batched(out.copy(), levels)
        part = getitem(made, index)
        new = spread(Batched(new, levels), levels, part.ndim) if values.ndim < part.ndim else new
        part.values[...] = part.values + new if accumulate else new
        return made
    (out, new), picked, again = _prepared((x, values), index, x.ndim)
    result = picked.result(np.broadcast_to(np.zeros(()), out.shape)[picked.index]).shape
    new = new.reshape((new.shape[0], *(1,) * (len(result) - new.ndim), *new.shape[1:]))
    new = picked.source(np.broadcast_to(new, result))
    out = out.copy()
    if accumulate:
        plain.add_at(out, picked.index, new)
    else:
        out[picked.index] = new
    return again(out)


def gather_along_axis(x: Any, indices: Any, axis: int) -> Any:
    """out[i, j, …] = x[i, …, indices[i, j, …], …], for each example."""
    if not levels_of((x, indices)):
        return numpy_along.gather_along_axis(x, indices, axis)
    (values, at), again = flat((x, indices))
    if x.ndim == 0:
        return again(np.broadcast_to(values.reshape((-1,) + (1,) * (at.ndim - 1)), at.shape).copy())
    return again(numpy_along.gather_along_axis(values, at, axis % x.ndim + 1))


def take_along_axis(x: Any, indices: Any, axis: int) -> Any:
    """numpy.take_along_axis for each example."""
    if not levels_of((x, indices)):
        return np.take_along_axis(x, indices, axis=axis)
    (values, at), again = flat((x, indices))
    return again(np.take_along_axis(values, at, axis % x.ndim + 1))


def scatter_along_axis(g: Any, indices: Any, axis: int, shape: tuple[int, ...]) -> Any:
    """Zeros of `shape` to which `g` is added at `indices` along `axis`, for each example."""
    if not levels_of((g, indices)):
        return numpy_along.scatter_along_axis(g, indices, axis, shape)
    (values, at), again = flat((g, indices))
    if not shape:
        return again(values.reshape(values.shape[0], -1).sum(1))
    return again(numpy_along.scatter_along_axis(values, at, axis % len(shape) + 1, (values.shape[0], *shape)))


def put_along_axis(x: Any, indices: Any, values: Any, axis: int) -> Any:
    """A copy of `x` with `values` put at `indices` along `axis`, for each example."""
    if not levels_of((x, indices, values)):
        return numpy_along.put_along_axis(x, indices, values, axis)
    if not hasattr(values, "ndim") or (values.ndim == 0 and indices.ndim):
        dtype = values.dtype if hasattr(values, "dtype") else x.dtype
        values = values * np.ones(indices.shape, dtype)
    if x.ndim == 0:
        raise not_batchable("scatter into a tensor without dimensions")
    (out, at, new), again = flat((x, indices, values))
    return again(numpy_along.put_along_axis(out, at, new, axis % x.ndim + 1))


__all__ = ["embed", "gather_along_axis", "getitem", "need_levels", "pick", "picked_shape", "put_along_axis",
           "put_index", "scatter_along_axis", "setitem", "take_along_axis"]  # fmt: skip
