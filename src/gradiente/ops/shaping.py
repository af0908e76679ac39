"""Shape: views with other sizes. `permuting` changes the order of dimensions, `storage` the way memory is seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import NoneType
from typing import Any

from ..arrays.batched import examples
from ..arrays.meta import is_meta, memory_of
from ..tensor.core import Tensor
from ..tensor.dtypes import dtype as Dtype
from ..tensor.dtypes import type_text
from ..tensor.size import Size
from ._arguments import named_dim, need_tensor, wrap_dim
from ._define import primitive
from ._sizes import broadcast_shapes_of, infer_size, integer, integers, missing, several
from ._views import viewing

_view, _reshape_alias = viewing("view"), viewing("view", "ReshapeAliasBackward0")
_unsafe_view = primitive("view", "UnsafeViewBackward0")
_contiguous = primitive("contiguous")
_squeeze_all, _squeeze_dim, _squeeze_dims = (
    viewing("view", "SqueezeBackward0"),
    viewing("view", "SqueezeBackward1"),
    viewing("view", "SqueezeBackward2"),
)
_unsqueeze, _expand = viewing("view", "UnsqueezeBackward0"), viewing("broadcast_to")
_NOT_VIEWABLE = (
    "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
    "contiguous "
    "subspaces). Use .reshape(...) instead."
)


def can_view(array: Any, shape: tuple[int, ...]) -> bool:
    """Whether the array's memory can be seen with another shape, of as many elements."""
    if array.flags.c_contiguous:
        return True
    if is_meta(array):
        return memory_of(array.reshape(shape))[0] is memory_of(array)[0]
    values = examples(array)
    seen = array.reshape(shape).base
    return seen is values or (seen is not None and seen is values.base)


def reshape(input: Tensor, *shape: Any) -> Tensor:
    """The same elements in the same order with another shape; one size may be -1 and follows from the others.

    The result is a view if the strides permit it, else a copy. RuntimeError if the shape does not hold all elements.

    >>> import gradiente as torch
    >>> torch.reshape(torch.tensor([1, 2, 3, 4]), (2, -1))
    tensor([[1, 2],
            [3, 4]])
    """
    array = need_tensor(input, "reshape")._array
    if not shape:
        raise missing("reshape", "shape")
    sizes = infer_size(integers(shape, "reshape", "shape"), array.size)
    if array.flags.c_contiguous:
        return _view(input, shape=sizes)
    if can_view(array, sizes):
        return _reshape_alias(input, shape=sizes)
    return _unsafe_view(_contiguous(input), shape=sizes)


def view(self: Tensor, *shape: Any, size: Any = None, dtype: Dtype | None = None) -> Tensor:
    """The tensor seen with another shape, or its memory seen as another dtype; always a view.

    RuntimeError if the strides do not permit it (use `reshape`), if the number of elements differs, or if elements of
    the other dtype do not fit. A view of another dtype has no history.

    >>> import gradiente as torch
    >>> torch.arange(4).view(2, 2)
    tensor([[0, 1],
            [2, 3]])
    """
    if size is not None or dtype is not None:
        shape = _by_keyword(shape, size, dtype)
    if len(shape) == 1 and isinstance(shape[0], Dtype):
        from .storage import view_dtype

        return view_dtype(self, shape[0])
    array = self._array
    try:
        if not shape:
            raise TypeError
        sizes = integers(shape, "view", "size")
    except TypeError:
        raise _no_view(type(s).__name__ for s in shape) from None
    sizes = infer_size(sizes, array.size)
    if not can_view(array, sizes):
        raise RuntimeError(f"{_NOT_VIEWABLE} (The tensor has shape {list(array.shape)}, the view {list(sizes)}.)")
    return _view(self, shape=sizes)


def _by_keyword(shape: tuple[Any, ...], size: Any, dtype: Any) -> tuple[Any, ...]:
    """The positional argument that stands for size= or dtype=."""
    if shape or (size is not None and not isinstance(size, (tuple, list))) or not isinstance(dtype, (Dtype, NoneType)):
        named = [f"{n}={type(v).__name__}" for n, v in (("size", size), ("dtype", dtype)) if v is not None]
        raise _no_view([*[type(s).__name__ for s in shape], *named])
    return (dtype if size is None else size,)


def _no_view(given: Iterable[str]) -> TypeError:
    return TypeError(
        f"view() received an invalid combination of arguments - got ({', '.join(given)}), but expected one of:\n"
        " * (torch.dtype dtype)\n * (tuple of ints size)\n"
    )


def view_as(self: Tensor, other: Tensor) -> Tensor:
    """The tensor seen with the shape of `other`; a view.

    >>> import gradiente as torch
    >>> torch.ones(4).view_as(torch.zeros(2, 2)).shape
    torch.Size([2, 2])
    """
    return view(self, need_tensor(other, "view_as", "other")._array.shape)


def reshape_as(self: Tensor, other: Tensor) -> Tensor:
    """The tensor with the shape of `other`: a view if possible, else a copy.

    >>> import gradiente as torch
    >>> torch.ones(4).reshape_as(torch.zeros(2, 2)).shape
    torch.Size([2, 2])
    """
    return reshape(self, need_tensor(other, "reshape_as", "other")._array.shape)


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The tensor with the dimensions from `start_dim` to `end_dim` joined into one: itself, a view, or a copy.

    >>> import gradiente as torch
    >>> torch.flatten(torch.ones(2, 3, 4), 1).shape
    torch.Size([2, 12])
    """
    shape = need_tensor(input, "flatten")._array.shape
    start, end = wrap_dim(start_dim, len(shape)), wrap_dim(end_dim, len(shape))
    if not shape:
        return reshape(input, 1)
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if start == end:
        return input
    joined = 1
    for n in shape[start : end + 1]:
        joined *= n
    return reshape(input, (*shape[:start], joined, *shape[end + 1 :]))


def ravel(input: Tensor) -> Tensor:
    """The elements in one dimension: a view if they lie in memory in their order, else of a copy.

    >>> import gradiente as torch
    >>> torch.ravel(torch.tensor([[1, 2], [3, 4]]))
    tensor([1, 2, 3, 4])
    """
    array = need_tensor(input, "ravel")._array
    return _view(input if array.flags.c_contiguous else _contiguous(input), shape=(array.size,))


def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """The tensor with dimension `dim` split into several, of the given sizes; one may be -1. A view.

    >>> import gradiente as torch
    >>> torch.unflatten(torch.ones(2, 12), 1, (3, -1)).shape
    torch.Size([2, 3, 4])
    """
    shape = need_tensor(input, "unflatten")._array.shape
    if not shape:
        raise RuntimeError("unflatten: the input must have at least one dimension")
    dim = wrap_dim(integer(dim, "unflatten", "dim", 2), len(shape))
    parts = integers((sizes,), "unflatten", "sizes")
    if not parts:
        raise RuntimeError("unflatten: sizes must be non-empty")
    try:
        inferred = infer_size(parts, shape[dim])
    except RuntimeError as error:
        if "invalid for input" not in str(error):
            raise
        raise RuntimeError(
            f"unflatten: Provided sizes {list(parts)} don't multiply up to the size of dim {dim} ({shape[dim]}) in the "
            "input tensor"
        ) from None
    return view(input, *shape[:dim], *inferred, *shape[dim + 1 :])


def squeeze(
    input: Tensor, dim: int | Sequence[int] | None = None, *, axis: int | Sequence[int] | None = None
) -> Tensor:
    """The tensor without its dimensions of size 1, or without those of them that `dim` names. A view.

    >>> import gradiente as torch
    >>> torch.squeeze(torch.ones(1, 3, 1)).shape, torch.squeeze(torch.ones(1, 3, 1), 0).shape
    (torch.Size([3]), torch.Size([3, 1]))
    """
    if axis is not None:
        dim = named_dim(dim, axis, None, "squeeze")
    shape = need_tensor(input, "squeeze")._array.shape
    if dim is None:
        return _squeeze_all(input, shape=tuple([n for n in shape if n != 1]))
    single = not isinstance(dim, (tuple, list))
    dims = tuple([wrap_dim(d, len(shape)) for d in several(dim, "squeeze", "dim")])
    for d in dims:
        if dims.count(d) > 1:
            raise RuntimeError(f"dim {d} appears multiple times in the list of dims")
    kept = tuple([n for i, n in enumerate(shape) if n != 1 or i not in dims])
    return _squeeze_dim(input, shape=kept) if single else _squeeze_dims(input, shape=kept)


def unsqueeze(input: Tensor, dim: int | None = None, *, axis: int | None = None) -> Tensor:
    """The tensor with a new dimension of size 1 at position `dim`. A view.

    >>> import gradiente as torch
    >>> torch.unsqueeze(torch.ones(3), -1).shape
    torch.Size([3, 1])
    """
    if axis is not None:
        dim = named_dim(dim, axis, None, "unsqueeze")
    shape = need_tensor(input, "unsqueeze")._array.shape
    dim = wrap_dim(integer(dim, "unsqueeze", "dim"), len(shape) + 1)
    return _unsqueeze(input, shape=(*shape[:dim], 1, *shape[dim:]))


def expand(self: Tensor, *size: Any) -> Tensor:
    """The tensor with its dimensions of size 1 repeated to `size`, and new ones in front, without copying. A view.

    A size of -1 leaves a dimension as it is. Several elements of the result share memory: clone it before changing it.

    >>> import gradiente as torch
    >>> torch.tensor([[1], [2]]).expand(-1, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    if not size:
        raise missing("expand", "size")
    shape, sizes = self._array.shape, integers(size, "expand", "size")
    lead = len(sizes) - len(shape)
    if lead < 0:
        raise RuntimeError(
            f"expand({type_text(self.dtype.name)}{{{list(shape)}}}, size={list(sizes)}): the number of sizes provided "
            f"({len(sizes)}) "
            f"must be greater or equal to the number of dimensions in the tensor ({len(shape)})"
        )
    result: list[int] = []
    for i in range(len(sizes) - 1, -1, -1):  # as torch does: of several sizes that are wrong, the last is told
        n = sizes[i]
        if i < lead:
            if n < 0:
                raise RuntimeError(
                    f"The expanded size of the tensor ({n}) isn't allowed in a leading, non-existing dimension {i}"
                )
        else:
            old = shape[i - lead]
            n = old if n == -1 else n
            if n != old and old != 1:
                raise RuntimeError(
                    f"The expanded size of the tensor ({n}) must match the existing size ({old}) at non-singleton "
                    f"dimension {i}.  Target sizes: {list(sizes)}.  Tensor sizes: {list(shape)}"
                )
        result.append(n)
    return _expand(self, shape=tuple(result[::-1]))


def _sum_to_size(self: Tensor, *size: Any) -> Tensor:
    """The sums over the dimensions along which a tensor of the given size would be expanded to this one.

    >>> import gradiente as torch
    >>> torch.ones(2, 3).sum_to_size(1, 3)
    tensor([[2., 2., 2.]])
    """
    if not size:
        raise missing("sum_to_size", "size")
    shape, wanted = self._array.shape, integers(size, "sum_to_size", "size")
    extra = len(shape) - len(wanted)
    if extra < 0 or any(n not in (1, m) for n, m in zip(wanted, shape[extra:], strict=True)):
        raise RuntimeError(f"size {{{list(wanted)}}} is not expandable to size {{{list(shape)}}}.")
    axes = (*range(extra), *[i + extra for i, n in enumerate(wanted) if n == 1 and shape[i + extra] != 1])
    if not wanted:
        return self.sum()  # pyright: ignore[reportAttributeAccessIssue]
    return reshape(self.sum(axes, keepdim=True), wanted) if axes else self  # pyright: ignore


def expand_as(self: Tensor, other: Tensor) -> Tensor:
    """The tensor expanded to the shape of `other`; a view.

    >>> import gradiente as torch
    >>> torch.ones(2).expand_as(torch.zeros(3, 2)).shape
    torch.Size([3, 2])
    """
    return expand(self, need_tensor(other, "expand_as", "other")._array.shape)


def broadcast_to(input: Tensor, size: Sequence[int]) -> Tensor:
    """The tensor broadcast to `size`; a view, as `expand` makes it.

    >>> import gradiente as torch
    >>> torch.broadcast_to(torch.tensor([1, 2]), (2, 2))
    tensor([[1, 2],
            [1, 2]])
    """
    return expand(need_tensor(input, "broadcast_to"), size)


def _broadcast_to(self: Tensor, *size: Any) -> Tensor:
    """The tensor broadcast to a size, given as a sequence or as integers; a view, as `expand` makes it.

    >>> import gradiente as torch
    >>> torch.ones(2).broadcast_to(3, 2).shape
    torch.Size([3, 2])
    """
    return expand(self, *size)


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """The tensors broadcast to their common shape; views.

    >>> import gradiente as torch
    >>> a, b = torch.broadcast_tensors(torch.ones(3), torch.ones(2, 1))
    >>> a.shape == b.shape == (2, 3)
    True
    """
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    shape = broadcast_shapes_of([need_tensor(x, "broadcast_tensors", "tensors")._array.shape for x in tensors])
    return tuple([expand(x, shape) for x in tensors])


def broadcast_shapes(*shapes: int | Sequence[int]) -> Size:
    """The shape to which tensors of the given shapes broadcast.

    >>> import gradiente as torch
    >>> torch.broadcast_shapes((2,), (3, 1), (1, 1, 1))
    torch.Size([1, 3, 2])
    """
    result: list[int] = []
    for i, given in enumerate(shapes):
        shape = (given,) if isinstance(given, int) else tuple(given)
        result = [1] * (len(shape) - len(result)) + result
        for place in range(-1, -1 - len(shape), -1):
            n = shape[place]
            if n < 0:
                raise RuntimeError(f"Trying to create tensor with negative dimension ({n}): ({n})")
            if n == 1 or n == result[place]:
                continue
            if result[place] != 1:
                raise RuntimeError(
                    f"Attempting to broadcast a dimension of length {n} at {place}! Mismatching argument at index {i} "
                    "had "
                    f"{shape}; but expected shape should be broadcastable to {result}"
                )
            result[place] = n
    return Size(result)


METHODS: dict[str, Any] = {
    "reshape": reshape,
    "view": view,
    "view_as": view_as,
    "reshape_as": reshape_as,
    "flatten": flatten,
    "ravel": ravel,
    "unflatten": unflatten,
    "squeeze": squeeze,
    "unsqueeze": unsqueeze,
    "expand": expand,
    "expand_as": expand_as,
    "sum_to_size": _sum_to_size,
    "broadcast_to": _broadcast_to,
}
__all__ = [
    "broadcast_shapes",
    "broadcast_tensors",
    "broadcast_to",
    "flatten",
    "ravel",
    "reshape",
    "squeeze",
    "unflatten",
    "unsqueeze",
]
