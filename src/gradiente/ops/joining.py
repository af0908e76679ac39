"""Joining tensors, and repeating them: cat, stack and their relatives, repeat, tile, meshgrid."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays.batched import Batched
from ..arrays.batched_errors import no_counts
from ..tensor.core import Tensor, wrap
from ..tensor.devices import contiguous_format
from ..tensor.promotion import result_type
from ._arguments import named_dim, need_tensor, wrap_dim
from ._define import primitive
from ._out import into
from ._sizes import integer, integers, missing
from .gathering import index_select
from .shaping import expand, reshape, unsqueeze, view

_cat, _stack, _repeat = primitive("concat"), primitive("stack"), primitive("repeat")
_astype = primitive("astype")

Tensors = Sequence[Tensor]


def _list_of(tensors: Any, function: str) -> list[Tensor]:
    """The tensors of a sequence. TypeError for a tensor or for anything else in it."""
    if isinstance(tensors, Tensor) or not isinstance(tensors, (list, tuple)):
        raise TypeError(
            f"{function}(): argument 'tensors' (position 1) must be tuple of Tensors, not {type(tensors).__name__}"
        )
    for i, x in enumerate(tensors):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        if not isinstance(x, Tensor):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(x).__name__}")  # pyright: ignore
    return list(tensors)  # pyright: ignore[reportUnknownArgumentType]


def _alike(tensors: list[Tensor]) -> list[Tensor]:
    """The tensors in their common dtype."""
    dtype = tensors[0]._array.dtype
    if all(x._array.dtype == dtype for x in tensors):
        return tensors
    target = result_type(*tensors).numpy
    return [x if x._array.dtype == target else _astype(x, dtype=target) for x in tensors]


def cat(tensors: Tensors, dim: int = 0, *, axis: int | None = None, out: Tensor | None = None) -> Tensor:
    """The tensors joined along an existing dimension; their other sizes must agree. Also as `concat`, `concatenate`.

    Empty one-dimensional tensors are ignored. Dtypes are promoted. A copy.

    >>> import gradiente as torch
    >>> torch.cat([torch.tensor([[1, 2]]), torch.tensor([[3, 4]])], dim=1)
    tensor([[1, 2, 3, 4]])
    """
    if axis is not None:
        dim = named_dim(dim, axis, 0, "cat")
    if out is not None:
        return into(out, cat(tensors, dim), "cat", tensors, cast=True)
    parts = _list_of(tensors, "cat")
    if parts and dim.__class__ is int and (shape := parts[0]._array.shape) and shape != (0,):
        dtype = parts[0]._array.dtype
        if all([x._array.shape == shape and x._array.dtype is dtype for x in parts]):  # noqa: C419 - a list is quicker
            return _in_order(_cat(*parts, axis=wrap_dim(dim, len(shape))))
    if not parts:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    for i, x in enumerate(parts):
        if not x._array.ndim:
            raise RuntimeError(
                f"zero-dimensional tensor (at position {i}) cannot be concatenated (use torch.stack, or .reshape(1))"
            )
    parts = _alike(parts)
    dim = integer(dim, "cat", "dim", 2)
    kept = [x for x in parts if x._array.shape != (0,)]
    if not kept:
        wrap_dim(dim, 1)
        return _cat(*parts, axis=0)
    shape = kept[0]._array.shape
    axis = wrap_dim(dim, len(shape))
    for i, x in enumerate(parts):
        other = x._array.shape
        if other == shape or other == (0,):
            continue
        if len(other) != len(shape):
            raise RuntimeError(f"Tensors must have same number of dimensions: got {len(shape)} and {len(other)}")
        for d, (m, n) in enumerate(zip(shape, other, strict=True)):
            if m != n and d != axis:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {axis}. Expected size {m} but got size {n} for "
                    f"tensor number {i} in the list. (It has shape {list(other)}, tensor 0 has {list(shape)}.)"
                )
    return _in_order(_cat(*kept, axis=axis))


def _in_order(out: Tensor) -> Tensor:
    """A new tensor, its elements in memory in their order, where NumPy followed the order of the operands."""
    array = out._array
    if array.__class__ is np.ndarray and not array.flags.c_contiguous:
        out._array = array.copy(order="C")
    return out


def stack(tensors: Tensors, dim: int = 0, *, axis: int | None = None, out: Tensor | None = None) -> Tensor:
    """The tensors, of equal shape, joined along a new dimension. A copy.

    >>> import gradiente as torch
    >>> torch.stack([torch.tensor([1, 2]), torch.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])
    """
    if axis is not None:
        dim = named_dim(dim, axis, 0, "stack")
    if out is not None:
        return into(out, stack(tensors, dim), "stack", tensors, cast=True)
    parts = _list_of(tensors, "stack")
    if not parts:
        raise RuntimeError("stack expects a non-empty TensorList")
    shape = parts[0]._array.shape
    for i, x in enumerate(parts):
        if x._array.shape != shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(shape)} at entry 0 and "
                f"{list(x._array.shape)} at entry {i}"
            )
    return _in_order(_stack(*_alike(parts), axis=wrap_dim(integer(dim, "stack", "dim", 2), len(shape) + 1)))


def atleast_1d(*tensors: Any) -> Any:
    """The tensors with at least one dimension: 0-d tensors become vectors of one element.

    >>> import gradiente as torch
    >>> torch.atleast_1d(torch.tensor(3))
    tensor([3])
    """
    return _each(tensors, lambda x: x if x._array.ndim else view(x, 1))


def atleast_2d(*tensors: Any) -> Any:
    """The tensors with at least two dimensions: vectors become rows.

    >>> import gradiente as torch
    >>> torch.atleast_2d(torch.tensor([1, 2])).shape
    torch.Size([1, 2])
    """
    return _each(tensors, lambda x: x if x._array.ndim > 1 else unsqueeze(x if x._array.ndim else view(x, 1), 0))


def atleast_3d(*tensors: Any) -> Any:
    """The tensors with at least three dimensions: matrices get a last dimension of size 1.

    >>> import gradiente as torch
    >>> torch.atleast_3d(torch.ones(2, 3)).shape
    torch.Size([2, 3, 1])
    """
    return _each(tensors, lambda x: x if x._array.ndim > 2 else unsqueeze(atleast_2d(x), -1))


def _each(tensors: tuple[Any, ...], function: Any) -> Any:
    if len(tensors) == 1:
        if isinstance(tensors[0], Tensor):
            return function(tensors[0])
        tensors = tuple(tensors[0])
    return tuple([function(need_tensor(x, "atleast_nd", "tensors")) for x in tensors])


def _some(tensors: Any, function: str) -> list[Tensor]:
    parts = _list_of(tensors, function)
    if not parts:
        raise RuntimeError(f"{function} expects a non-empty TensorList")
    return parts


def hstack(tensors: Tensors, *, out: Tensor | None = None) -> Tensor:
    """The tensors side by side: along dimension 1, vectors along dimension 0.

    >>> import gradiente as torch
    >>> torch.hstack([torch.tensor([1, 2]), torch.tensor([3])])
    tensor([1, 2, 3])
    """
    if out is not None:
        return into(out, hstack(tensors), "hstack", tensors, cast=True)
    parts = [atleast_1d(x) for x in _some(tensors, "hstack")]
    return cat(parts, 0 if parts[0]._array.ndim == 1 else 1)


def vstack(tensors: Tensors, *, out: Tensor | None = None) -> Tensor:
    """The tensors one below the other: along dimension 0, vectors as rows. Also as `row_stack`.

    >>> import gradiente as torch
    >>> torch.vstack([torch.tensor([1, 2]), torch.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])
    """
    if out is not None:
        return into(out, vstack(tensors), "vstack", tensors, cast=True)
    return cat([atleast_2d(x) for x in _some(tensors, "vstack")], 0)


def dstack(tensors: Tensors, *, out: Tensor | None = None) -> Tensor:
    """The tensors one behind the other: along dimension 2.

    >>> import gradiente as torch
    >>> torch.dstack([torch.tensor([1, 2]), torch.tensor([3, 4])])
    tensor([[[1, 3],
             [2, 4]]])
    """
    if out is not None:
        return into(out, dstack(tensors), "dstack", tensors, cast=True)
    return cat([atleast_3d(x) for x in _some(tensors, "dstack")], 2)


def column_stack(tensors: Tensors, *, out: Tensor | None = None) -> Tensor:
    """The tensors side by side, vectors as columns.

    >>> import gradiente as torch
    >>> torch.column_stack([torch.tensor([1, 2]), torch.tensor([3, 4])])
    tensor([[1, 3],
            [2, 4]])
    """
    if out is not None:
        return into(out, column_stack(tensors), "column_stack", tensors, cast=True)
    parts = _some(tensors, "column_stack")
    return hstack([x if x._array.ndim > 1 else reshape(x, x._array.size, 1) for x in parts])


def repeat(self: Tensor, *repeats: Any) -> Tensor:
    """The tensor repeated along each dimension; more numbers than dimensions add dimensions in front. A copy.

    >>> import gradiente as torch
    >>> torch.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    if not repeats:
        raise missing("repeat", "repeats")
    times = integers(repeats, "repeat", "repeats")
    shape = self._array.shape
    if len(times) < len(shape):
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor "
            f"({list(times)} for a tensor of shape {list(shape)})"
        )
    result = [n * m for n, m in zip(times, (1,) * (len(times) - len(shape)) + shape, strict=True)]
    for n in result:
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: {result}")
    return _repeat(self, times=times)


def tile(input: Tensor, *dims: Any) -> Tensor:
    """The tensor repeated along its last dimensions, as often as `dims` says. A copy.

    >>> import gradiente as torch
    >>> torch.tile(torch.tensor([1, 2]), (2,))
    tensor([1, 2, 1, 2])
    """
    ndim = need_tensor(input, "tile")._array.ndim
    if not dims:
        raise missing("tile", "dims")
    times = integers(dims, "tile", "dims")
    return repeat(input, (1,) * (ndim - len(times)) + times)


def repeat_interleave(
    input: Tensor, repeats: int | Tensor | None = None, dim: int | None = None, *, output_size: int | None = None
) -> Tensor:
    """The tensor with each element along `dim` repeated, by one number or one per element; without `dim`, flattened.

    `repeat_interleave(repeats)` gives the indices: i, repeated repeats[i] times.

    >>> import gradiente as torch
    >>> torch.repeat_interleave(torch.tensor([1, 2]), torch.tensor([1, 2]))
    tensor([1, 2, 2])
    """
    need_tensor(input, "repeat_interleave")
    if repeats is None:
        counts = _counts(input)
        return _indices(counts, output_size)
    if isinstance(repeats, (list, tuple)):
        raise TypeError(
            f"repeat_interleave(): argument 'repeats' (position 2) must be Tensor or int, not {type(repeats).__name__}"
        )
    if dim is None:
        input, dim = reshape(input, -1), 0
    dim = wrap_dim(dim, input._array.ndim)
    if not input._array.ndim:
        input = reshape(input, 1)
    size = input._array.shape[dim]
    if isinstance(repeats, Tensor) and repeats._array.size == 1 and repeats._array.ndim < 2:
        repeats = int(_counts(reshape(repeats, 1))[0])
    if not isinstance(repeats, Tensor):
        times = integer(repeats, "repeat_interleave", "repeats", 2)
        if times < 0:
            raise RuntimeError("Repeats must be non-negative")
        shape = input._array.shape
        spread = expand(unsqueeze(input, dim + 1), (*shape[: dim + 1], times, *shape[dim + 1 :]))
        return view(spread.clone(memory_format=contiguous_format), (*shape[:dim], size * times, *shape[dim + 1 :]))  # pyright: ignore
    counts = _counts(repeats)
    if counts.shape[0] != size:
        raise RuntimeError(
            "repeats must have the same size as input along dim, but got repeats.size(0) = "
            f"{counts.shape[0]} and input.size({dim}) = {size}"
        )
    return index_select(input, dim, _indices(counts, output_size))


def _counts(repeats: Tensor) -> Any:
    """The numbers of repetitions, checked."""
    array = repeats._array
    if array.dtype not in (np.int32, np.int64):
        from ..tensor.dtypes import SCALAR_NAMES

        raise NotImplementedError(f"\"repeat_interleave_cpu\" not implemented for '{SCALAR_NAMES[repeats.dtype.name]}'")
    if array.ndim != 1:
        raise RuntimeError(f"repeats must be 0-dim or 1-dim tensor (it has shape {list(array.shape)})")
    if array.__class__ is Batched:
        raise no_counts(array)
    if (array < 0).any():
        raise RuntimeError("repeats can not be negative")
    return array


def _indices(counts: Any, output_size: int | None) -> Tensor:
    found = np.repeat(np.arange(len(counts)), counts)
    if output_size is not None and output_size != len(found):
        raise RuntimeError(f"repeat_interleave: allocated size {output_size} does not match required size {len(found)}")
    return wrap(found.astype(counts.dtype))


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Tensor, ...]:
    """The grids of coordinates that the vectors span: result i varies along dimension i ("ij"), or as NumPy's ("xy").

    The results are views.

    >>> import gradiente as torch
    >>> x, y = torch.meshgrid(torch.tensor([1, 2]), torch.tensor([3, 4]), indexing="ij")
    >>> x
    tensor([[1, 1],
            [2, 2]])
    """
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tuple(tensors[0])
    parts = [need_tensor(x, "meshgrid", "tensors") for x in tensors]
    if not parts:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    if indexing is None:
        warnings.warn(
            "torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument. "
            "(Pass indexing='ij' to keep today's order, or indexing='xy' for NumPy's.)",
            UserWarning,
            stacklevel=2,
        )
        indexing = "ij"
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    for x in parts:
        if x._array.ndim > 1:
            raise RuntimeError(
                f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: a tensor of shape "
                f"{list(x._array.shape)}"
            )
        if x._array.dtype != parts[0]._array.dtype:
            raise RuntimeError("meshgrid expects all tensors to have the same dtype")
    swapped = indexing == "xy" and len(parts) > 1
    if swapped:
        parts[0], parts[1] = parts[1], parts[0]
    shape = tuple([x._array.size for x in parts])
    grids = [
        expand(view(x, (1,) * i + (x._array.size,) + (1,) * (len(parts) - i - 1)), shape) for i, x in enumerate(parts)
    ]
    if swapped:
        grids[0], grids[1] = grids[1], grids[0]
    return tuple(grids)


concat = cat
concatenate = cat
row_stack = vstack

METHODS: dict[str, Any] = {"repeat": repeat, "tile": tile, "repeat_interleave": repeat_interleave}
__all__ = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "cat",
    "column_stack",
    "concat",
    "concatenate",
    "dstack",
    "hstack",
    "meshgrid",
    "repeat_interleave",
    "row_stack",
    "stack",
    "tile",
    "vstack",
]
