"""The extras of the array vocabulary that pick, place, add up and window elements, for NumPy arrays.

They come in pairs, a linear map and its adjoint: `x[index]` and `embed`, `view(x)` and `embed_view`, `windows` and
`fold_windows`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from . import numpy_mesh
from .meta import is_meta, without_values
from .numpy_adding import add_at

Array = Any
View = Callable[[Array], Array]


def embed(g: Array, index: Any, shape: tuple[int, ...]) -> Array:
    """Zeros of `shape` to which `g` is added at `index`: the adjoint of x[index]."""
    out = np.zeros(shape, dtype=g.dtype)
    if repeats(index):
        add_at(out, index, g)
    else:
        out[index] = g
    return out


def repeats(index: Any) -> bool:
    """Whether an index may name one element twice: it holds an array of integers."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(isinstance(part, (np.ndarray, list)) and np.asarray(part).dtype != np.bool_ for part in parts)


_MANY = 1024
"""Smaller arrays are not worth another way."""


def take_rows(x: Array, rows: Array) -> Array:
    """The rows x[i] that the integers `rows` name: of shape (*rows, *width)."""
    return x.take(rows, axis=0)


def put_rows(g: Array, rows: Array, shape: tuple[int, ...]) -> Array:
    """Zeros of `shape` to which g is added at the rows that `rows` names: the adjoint of take_rows."""
    out = np.zeros(shape, g.dtype)
    add_at(out, rows, g)
    return out


def put_index(x: Array, values: Array, index: Any, accumulate: bool = False) -> Array:
    """A copy of `x` in which x[index] is replaced by `values`, or has them added, every time that it is named."""
    out = dense_copy(x) if x.__class__ is np.ndarray else np.array(x)
    if accumulate:
        add_at(out, index, values)
    else:
        out[index] = values
    return out


def put_view(x: Array, value: Any, view: View) -> Array:
    """A copy of `x` in which the part that `view` shows is replaced by `value`.

    A view may depend on how its base lies in memory; if so it has a method `lay_out` that makes such a copy.
    """
    out = getattr(view, "lay_out", np.array)(x)
    view(out)[...] = value
    return out


def clear_view(x: Array, view: View) -> Array:
    """A copy of `x` in which the part that `view` shows is zero."""
    return put_view(x, 0, view)


def embed_view(g: Array, view: View, shape: tuple[int, ...]) -> Array:
    """Zeros of `shape` with `g` in the part that `view` shows: the adjoint of a view that shows no element twice."""
    out = np.zeros(shape, dtype=g.dtype)
    view(out)[...] = g
    return out


def broadcast_view(x: Array, shape: tuple[int, ...]) -> Array:
    """`x` seen with `shape`: its sizes of 1 repeated, and new axes in front, without a copy. Writable if `x` is."""
    lead = len(shape) - x.ndim
    strides = (0,) * lead + tuple(
        [s if n == m else 0 for n, m, s in zip(x.shape, shape[lead:], x.strides, strict=True)]
    )
    if x.size and x.flags.c_contiguous and x.flags.writeable and 0 not in shape:
        return np.ndarray(shape, x.dtype, x, 0, strides)  # several times faster than as_strided
    return remake(x, shape, strides)


def remake(x: Array, shape: tuple[int, ...], strides: tuple[int, ...]) -> Array:
    """Another view of the memory from the first element of `x` on. The caller checks the bounds."""
    return np.lib.stride_tricks.as_strided(x, shape, strides)


def owner(x: Any) -> Any:
    """The array that owns the memory which `x` looks into; `x` may be batched."""
    while not isinstance(x, np.ndarray):
        x = x.values
    while True:
        base = x.base
        if not isinstance(base, np.ndarray):
            base = getattr(base, "base", None)  # of what as_strided puts between a view and its array
            if not isinstance(base, np.ndarray):
                return x
        x = base


def storage(x: Array) -> tuple[Array, int]:
    """All the memory of the array that `x` looks into, as bytes, and where in it the first element of x lies."""
    if not isinstance(x, np.ndarray):
        return x.storage()
    root = owner(x)
    if not root.size:
        return np.empty(0, np.uint8), 0
    low, high = np.lib.array_utils.byte_bounds(root)
    first = root[(0,) * root.ndim + (...,)]
    memory = np.lib.stride_tricks.as_strided(first, ((high - low) // root.itemsize,), (root.itemsize,)).view(np.uint8)
    return memory, x.__array_interface__["data"][0] - low


def copied_with_memory(x: Array, memo: dict[Any, Any]) -> Array:
    """A copy of `x` for copy.deepcopy: arrays that share memory, of which `memo` knows, become copies that do."""
    if is_meta(x):
        return without_values(x.shape, x.dtype, x.strides)
    root = x
    while isinstance(root.base, np.ndarray):
        root = root.base
    if not isinstance(x, np.ndarray) or not root.size or not (root.flags.c_contiguous or root.flags.f_contiguous):
        return x.copy()
    known = memo.get((id(root), "memory"))
    if known is None:
        known = memo[id(root), "memory"] = (root.copy(order="K"), root)  # the root, so that its id stays its own
    copy = known[0]
    if x is root:
        return copy
    first = storage(x)[1]
    at = storage(copy)[0][first : first + x.itemsize].view(x.dtype)
    return remake(at, x.shape, x.strides) if x.size else x.copy()


class Layout:
    """How a strided view lies over a tensor.

    `strides` of the tensor, `size` and `stride` of the view, and its `offset` from the tensor's first element, all
    counted in elements. `before` and `after`: how much memory lies before and after that element.
    """

    __slots__ = ("after", "before", "offset", "size", "stride", "strides")

    def __init__(
        self,
        strides: tuple[int, ...],
        size: tuple[int, ...],
        stride: tuple[int, ...],
        offset: int,
        before: int,
        after: int,
    ) -> None:
        self.strides: tuple[int, ...] = strides
        self.size: tuple[int, ...] = size
        self.stride: tuple[int, ...] = stride
        self.offset: int = offset
        self.before: int = before
        self.after: int = after

    def places(self, shape: tuple[int, ...]) -> Array:
        """Which element of the tensor, counted in its order, each element of the view is; their number where none."""
        own = positions(shape, self.strides, self.before)
        owner = np.full(self.before + self.after, own.size)
        owner[own.reshape(-1)[::-1]] = np.arange(own.size)[::-1]
        return owner[positions(self.size, self.stride, self.before + self.offset)]


def positions(size: tuple[int, ...], stride: tuple[int, ...], offset: int) -> Array:
    """Where in the memory the elements of a strided tensor lie."""
    total: Any = np.full(size, offset)
    for axis, (n, s) in enumerate(zip(size, stride, strict=True)):
        total += (np.arange(n) * s).reshape((n,) + (1,) * (len(size) - axis - 1))
    return total


def laid_out(x: Array, strides: tuple[int, ...], before: int, after: int) -> Array:
    """A copy of `x` with the given strides, in elements, and as much memory before and after its first element."""
    memory = np.zeros(before + after, x.dtype)
    out = remake(memory[before:], x.shape, tuple([s * x.itemsize for s in strides]))
    out[...] = x
    return out


def strided(x: Array, layout: Layout) -> Array:
    """The memory of `x` seen with other sizes and strides; an x that lies in another way is copied first."""
    item = x.itemsize
    memory, at = storage(x)
    at += layout.offset * item
    if any(s != have // item for n, s, have in zip(x.shape, layout.strides, x.strides, strict=True) if n > 1) or (
        x.size and not 0 <= at < memory.size - (item - 1)
    ):
        x = laid_out(x, layout.strides, layout.before, layout.after)
        memory, at = storage(x)
        at += layout.offset * item
    strides = tuple([s * item for s in layout.stride])
    start = memory[at : at + item].view(x.dtype) if 0 not in layout.size else memory[:0].view(x.dtype)
    return remake(start, layout.size, strides)


def windows(x: Array, axis: int, size: int, step: int) -> Array:
    """The windows of `size` elements along `axis`, `step` apart, as a view: `axis` counts, a last axis holds them."""
    if not x.ndim:
        return remake(x, (size,), (x.itemsize,))
    count = (x.shape[axis] - size) // step + 1
    shape = (*x.shape[:axis], count, *x.shape[axis + 1 :], size)
    stride = x.strides[axis]
    return remake(x, shape, (*x.strides[:axis], stride * step, *x.strides[axis + 1 :], stride))


def fold_windows(g: Array, axis: int, size: int, step: int, shape: tuple[int, ...]) -> Array:
    """Zeros of `shape` to which the windows `g` are added: the adjoint of `windows`."""
    out = np.zeros(shape, dtype=g.dtype)
    if not shape:
        return out + np.sum(g, dtype=g.dtype)
    count = g.shape[axis]
    for k in range(size):
        where = (*(slice(None),) * axis, slice(k, k + (count - 1) * step + 1, step))
        out[where] += g[..., k]
    return out


def diagonal(x: Array, offset: int, axis1: int, axis2: int) -> Array:
    """The diagonal in the plane of two axes, as a writable view; it becomes the last axis."""
    out = x.diagonal(offset, axis1, axis2)
    if x.flags.writeable:
        out.flags.writeable = True
    return out


def as_real(x: Array) -> Array:
    """The complex elements of `x` as pairs of real ones along a last axis, as a view."""
    real: Any = np.asarray(x).real  # pyright: ignore
    return remake(real, (*x.shape, 2), (*x.strides, real.itemsize))


def as_complex(x: Array) -> Array:
    """The pairs along the last axis of `x`, which lie side by side in memory, as complex elements: a view."""
    if x.dtype.itemsize == 2:  # NumPy has no complex numbers of half precision
        x = x.astype(np.float32)
    return x.view(np.result_type(x.dtype, np.complex64))[..., 0]


def alias(x: Array) -> Array:
    """The same elements as another array object."""
    return x.view()


def unbind(x: Array, axis: int) -> tuple[Array, ...]:
    """The slices along an axis, as views."""
    lead = (slice(None),) * axis
    return tuple([x[(*lead, i, ...)] for i in range(x.shape[axis])])


def split(x: Array, sizes: tuple[int, ...], axis: int) -> tuple[Array, ...]:
    """Consecutive parts along an axis, of the given sizes, as views."""
    return tuple([x[index] for index in consecutive(tuple(sizes), axis)])


@lru_cache(256)
def consecutive(sizes: tuple[int, ...], axis: int) -> list[tuple[slice, ...]]:
    """The indices of the parts of the given sizes along an axis."""
    lead, indices, start = (slice(None),) * axis, list[tuple[slice, ...]](), 0
    for size in sizes:
        indices.append((*lead, slice(start, start + size)))
        start += size
    return indices


def rot90(x: Array, k: int, axes: tuple[int, int]) -> Array:
    """`x` turned k times by 90 degrees in the plane of two axes, as a copy."""
    return np.rot90(x, k, axes).copy(order="K")


def dense_copy(x: Array) -> Array:
    """A copy in the order of the strides, without gaps; elements that share memory get places of their own."""
    shared = 0 in x.strides and any(s == 0 and n > 1 for s, n in zip(x.strides, x.shape, strict=True))
    return x.copy(order="C" if shared else "K")


def contiguous_copy(x: Array) -> Array:
    """A copy whose elements lie in memory in their order."""
    return x.copy(order="C")


def pick(x: Array, index: tuple[Any, ...]) -> Array:
    """x[index] for an index with arrays, its elements in memory in their order."""
    *lead, last = index
    if isinstance(last, np.ndarray) and last.dtype != np.bool_ and all(part.__class__ is slice for part in lead):
        return x.take(last, axis=len(lead))  # NumPy's x[:, i] is slower, and leaves the result transposed in memory
    if lead and x.size >= _MANY and (axes := numpy_mesh.mesh(index)) is not None:
        return numpy_mesh.pick(x, axes)
    return np.ascontiguousarray(x[index]) if lead else x[index]


def identity_times(g: Array, shape: tuple[int, int]) -> Array:
    """The matrix with the number `g` on its diagonal: the adjoint of the trace."""
    return np.eye(*shape, dtype=g.dtype) * g
