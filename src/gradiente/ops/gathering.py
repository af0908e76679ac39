"""Picking and placing along a dimension: gather, scatter, index_select, index_add, take and their relatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import numpy_extras
from ..rules import table
from ..tensor.core import Tensor
from ..tensor.dispatch import Recorder
from ..tensor.dtypes import SCALAR_NAMES
from ..tensor.inplace import store
from ._arguments import need_tensor, wrap_dim
from ._define import primitive
from ._numbers import fitted
from ._sizes import broadcast_shapes_of, integer
from .shaping import expand, reshape

_gather, _select = primitive("gather_along_axis"), primitive("index", "IndexSelectBackward0")
_take = primitive("index", "TakeBackward0")
_SCATTER, _SCATTER_NUMBER = Recorder(table["put_along_axis"]), Recorder(table["put_along_axis"], "ScatterBackward1")
_SCATTER_ADD = Recorder(table["scatter_add"])
_INDEX_ADD, _INDEX_COPY = Recorder(table["put_index"], "IndexAddBackward0"), Recorder(table["put_index"], "IndexCopyBackward0")
_INDEX_FILL, _INDEX_FILL_TENSOR = (
    Recorder(table["put_index"], "IndexFillBackward0"),
    Recorder(table["put_index"], "IndexFillBackward1"),
)
_PUT, _multiply = Recorder(table["put_index"], "PutBackward0"), primitive("multiply")


def _need_index(index: Any, function: str, position: int = 3) -> Any:
    array = need_tensor(index, function, "index", position)._array
    if array.dtype not in (np.int64, np.int32):
        got = SCALAR_NAMES[index.dtype.name]
        texts = {
            "index_add_": f"Expected dtype int32/int64 for index but got: {got}",
            "index_copy_": f"Expected a long tensor for index, but got {got}",
            "index_fill_": "Expected dtype int64 for index.",
        }
        text = f"{function}(): {texts.get(function, 'Expected dtype int32/int64 for index')}"
        error = IndexError if function == "index_fill_" else RuntimeError
        raise error(f"{text} (it is {index.dtype}; convert it with .to(torch.int64))")
    return array


def _check_along(x: Any, index: Any, dim: int, function: str, source: Any = None) -> None:
    """Check the shapes and the bounds of an index for gather and scatter."""
    what = "input" if source is None else "self"
    if max(index.ndim, 1) != max(x.ndim, 1):
        if index.size == 0:
            return
        raise RuntimeError(
            f"Index tensor must have the same number of dimensions as {what} tensor "
            f"(in {function}: index has shape {list(index.shape)}, {what} {list(x.shape)})"
        )
    if source is not None and max(source.ndim, 1) != max(index.ndim, 1):
        raise RuntimeError("Index tensor must have the same number of dimensions as src tensor")
    for d in range(index.ndim):
        n = index.shape[d]
        if source is not None:
            if (d != dim and n > x.shape[d]) or (source.ndim and n > source.shape[d]):
                raise RuntimeError(
                    f"Expected index {list(index.shape)} to be no larger than self {list(x.shape)} apart from dimension {dim} "
                    f"and to be no larger size than src {list(source.shape)}"
                )
        elif d != dim and x.ndim and n > x.shape[d]:
            raise RuntimeError(
                f"Size does not match at dimension {d} expected index {list(index.shape)} to be no larger than self "
                f"{list(x.shape)} apart from dimension {dim}"
            )
    _check_bounds(index, x.shape[dim] if x.ndim else 1, dim)


def _check_bounds(index: Any, size: int, dim: int) -> None:
    if index.size and (index.min() < 0 or index.max() >= size):
        wrong = index[(index < 0) | (index >= size)].reshape(-1)[0]
        raise RuntimeError(f"index {wrong} is out of bounds for dimension {dim} with size {size}")


def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False) -> Tensor:
    """Values picked along `dim`: out[i][j] = input[index[i][j]][j] for dim 0, and so on.

    `index` is int64, with the dimensions of `input` and nowhere larger than it but along `dim`; the result has its shape.
    RuntimeError for an index out of bounds.

    >>> import gradiente as torch
    >>> torch.gather(torch.tensor([[1, 2], [3, 4]]), 1, torch.tensor([[0, 0], [1, 0]]))
    tensor([[1, 1],
            [4, 3]])
    """
    array = need_tensor(input, "gather")._array
    dim = wrap_dim(integer(dim, "gather", "dim", 2), array.ndim)
    at = _need_index(index, "gather")
    _check_along(array, at, dim, "gather")
    return _gather(input, index, axis=dim)


def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """Values picked along `dim`, where tensor and indices are broadcast along the other dimensions; or from all elements.

    >>> import gradiente as torch
    >>> x = torch.tensor([[3, 1], [2, 4]])
    >>> torch.take_along_dim(x, torch.tensor([[1], [0]]), dim=1)
    tensor([[1],
            [2]])
    """
    at = need_tensor(indices, "take_along_dim", "indices", 2)
    if at._array.dtype != np.int64:
        raise RuntimeError(
            f"torch.take_along_dim(): dtype of indices should be Long but got {SCALAR_NAMES[at.dtype.name]}"
        )
    if dim is None:
        return gather(reshape(input, -1), 0, reshape(at, -1))
    shape, other = need_tensor(input, "take_along_dim")._array.shape, at._array.shape
    if len(shape) != len(other):
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, but got "
            f"{len(shape)} dimensions for input, and {len(other)} dimensions for indices"
        )
    dim = wrap_dim(dim, len(shape))
    common = broadcast_shapes_of([(*shape[:dim], 1, *shape[dim + 1 :]), (*other[:dim], 1, *other[dim + 1 :])])
    x = expand(input, (*common[:dim], shape[dim], *common[dim + 1 :]))
    return gather(x, dim, expand(at, (*common[:dim], other[dim], *common[dim + 1 :])))


def take(input: Tensor, index: Tensor) -> Tensor:
    """The elements at the positions `index` of the flattened tensor; the result has the shape of `index`.

    >>> import gradiente as torch
    >>> torch.take(torch.tensor([[1, 2], [3, 4]]), torch.tensor([0, -1]))
    tensor([1, 4])
    """
    at, size = _flat_index(index, need_tensor(input, "take")._array.size, "take")
    del size
    flat = reshape(input, -1)
    return _take(flat, index=(at,)) if at.ndim else reshape(_take(flat, index=(at.reshape(1),)), ())


def _flat_index(index: Any, size: int, function: str) -> tuple[Any, int]:
    """A copy of an index into the flattened tensor, checked."""
    array = need_tensor(index, function, "index", 2)._array
    if array.dtype != np.int64:
        raise RuntimeError(
            f"{function}(): Expected a long tensor for index, but got {SCALAR_NAMES[index.dtype.name]}"
        )
    if not size and array.size:
        raise IndexError(f"{function}(): tried to {function.rstrip('_')} from an empty tensor")
    wrong = array[(array < -size) | (array >= size)]
    if wrong.size:
        raise IndexError(f"out of range: tried to access index {wrong.reshape(-1)[0]} on a tensor of {size} elements.")
    return array.copy(), size


def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The slices of the tensor at `index`, a vector of int32 or int64, along `dim`. A copy.

    >>> import gradiente as torch
    >>> torch.index_select(torch.tensor([[1, 2], [3, 4]]), 1, torch.tensor([1, 1]))
    tensor([[2, 2],
            [4, 4]])
    """
    array = need_tensor(input, "index_select")._array
    dim = wrap_dim(integer(dim, "index_select", "dim", 2), array.ndim)
    at = need_tensor(index, "index_select", "index", 3)._array
    if at.ndim > 1:
        raise IndexError(f"index_select(): Index is supposed to be a vector, but got dim: {at.ndim}")
    if at.dtype not in (np.int64, np.int32):
        raise RuntimeError(
            f"index_select(): Expected dtype int32 or int64 for index but got: {SCALAR_NAMES[index.dtype.name]}"
        )
    if not array.ndim:
        return input.clone()  # pyright: ignore
    size = array.shape[dim]
    wrong = at[(at < 0) | (at >= size)]
    if wrong.size:
        raise IndexError(
            f"index out of range in self (index {wrong.reshape(-1)[0]}, dimension {dim} has size {size})"
        )
    return _select(input, index=(*(slice(None),) * dim, at.reshape(-1).copy()))


def _out_of_place(name: str, in_place: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The function that changes a copy."""

    def call(input: Tensor, *arguments: Any, **keywords: Any) -> Tensor:
        return in_place(need_tensor(input, name).clone(), *arguments, **keywords)  # pyright: ignore

    return call


def _same_dtype(self: Tensor, src: Tensor, function: str) -> None:
    if src._array.dtype != self._array.dtype:
        raise RuntimeError(
            f"{function}(): Expected self.dtype to be equal to src.dtype "
            f"(self is {self.dtype}, src {src.dtype}; convert it with .to({self.dtype!r}))"
        )


def scatter_(
    self: Tensor,
    dim: int,
    index: Tensor,
    src: Tensor | float | None = None,
    *,
    value: float | None = None,
    reduce: str | None = None,
) -> Tensor:
    """Put values at `index` along `dim`, in place: self[index[i][j]][j] = src[i][j] for dim 0. Returns the tensor.

    `src` is a tensor at least as large as `index`, or a number. `reduce` may be "add" or "multiply".

    >>> import gradiente as torch
    >>> torch.zeros(3).scatter_(0, torch.tensor([2]), 5.0)
    tensor([0., 0., 5.])
    """
    src = value if src is None else src
    if src is None:
        raise TypeError('scatter() missing 1 required positional arguments: "src" or "value"')
    if reduce is not None:
        return _scatter_reduced(self, dim, index, src, reduce)
    array = self._array
    dim = wrap_dim(integer(dim, "scatter", "dim"), array.ndim)
    at = _need_index(index, "scatter", 2)
    if isinstance(src, Tensor):
        _same_dtype(self, src, "scatter")
        new: Any = src._array
        _check_along(array, at, dim, "scatter", new)
    else:
        new = fitted(src, self.dtype)
        _check_along(array, at, dim, "scatter", np.broadcast_to(new, at.shape))
        src = new.item()

    def assign(part: Any) -> None:
        part[...] = numpy_extras.put_along_axis(part, at, new, dim)

    recorder = _SCATTER if isinstance(src, Tensor) else _SCATTER_NUMBER
    return store(self, assign, recorder, (index, src), {"axis": dim})


def _scatter_reduced(self: Tensor, dim: int, index: Tensor, src: Any, reduce: str) -> Tensor:
    if reduce not in ("add", "multiply"):
        raise RuntimeError("reduce argument must be either add or multiply.")
    if self._node is not None or (isinstance(src, Tensor) and src._node is not None):
        raise RuntimeError(
            "scatter(): the reduce argument has no derivative here; use scatter_add, or scatter on untracked tensors"
        )
    array = self._array
    at = _need_index(index, "scatter", 2)
    dim = wrap_dim(dim, array.ndim)
    new = src._array if isinstance(src, Tensor) else np.broadcast_to(fitted(src, self.dtype), at.shape)
    _check_along(array, at, dim, "scatter", new)
    where = numpy_extras.along_axis(at, dim)
    ufunc = np.add if reduce == "add" else np.multiply
    part = new[tuple([slice(n) for n in at.shape])]
    return store(self, lambda x: ufunc.at(x, where, part), _SCATTER, (index, src), {"axis": dim})


def scatter_add_(self: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """Add values at `index` along `dim`, in place: self[index[i][j]][j] += src[i][j] for dim 0. Returns the tensor.

    >>> import gradiente as torch
    >>> torch.zeros(3).scatter_add_(0, torch.tensor([2, 2]), torch.ones(2))
    tensor([0., 0., 2.])
    """
    array, new = self._array, need_tensor(src, "scatter_add", "src", 3)._array
    dim = wrap_dim(integer(dim, "scatter_add", "dim"), array.ndim)
    at = _need_index(index, "scatter", 2)
    _same_dtype(self, src, "scatter")
    _check_along(array, at, dim, "scatter_add", new)

    def assign(part: Any) -> None:
        if part.ndim:
            numpy_extras.add_at(part, numpy_extras.along_axis(at, dim), new[tuple([slice(n) for n in at.shape])])
        else:
            part += new.sum()

    return store(self, assign, _SCATTER_ADD, (index, src), {"axis": dim})


def _vector_index(self: Tensor, dim: int, index: Any, function: str) -> tuple[int, Any]:
    """The dimension, and a copy of the index vector, checked."""
    array = self._array
    dim = wrap_dim(integer(dim, function, "dim"), array.ndim)
    at = _need_index(index, function, 2)
    if at.ndim > 1:
        raise IndexError(f"{function}(): Index is supposed to be a vector, but got dim: {at.ndim}")
    at = at.reshape(-1).astype(np.int64)
    return dim, at


def _check_vector(self: Tensor, dim: int, at: Any, function: str) -> None:
    """Raise torch's IndexError for an index that is out of bounds."""
    size = self._array.shape[dim] if self._array.ndim else 1
    wrong = at[(at < (-size if function == "index_fill_" else 0)) | (at >= size)]
    if not wrong.size:
        return
    bounds = f"index {wrong[0]} is out of bounds for dimension {dim} with size {size}"
    if function == "index_add_":
        raise IndexError(f"index out of range in self (in {function}: {bounds})")
    raise IndexError(bounds if function == "index_fill_" else f"{function}(): {bounds}")


def _need_source(self: Tensor, dim: int, at: Any, source: Any, function: str) -> Tensor:
    """The source of index_add and index_copy, checked to have a slice per index."""
    new = need_tensor(source, function, "source", 3)
    shape, wanted = new._array.shape, self._array.shape
    wanted = (*wanted[:dim], at.size, *wanted[dim + 1 :]) if wanted else ()
    add = function == "index_add_"
    if new._array.dtype != self._array.dtype:
        mine, theirs = SCALAR_NAMES[self.dtype.name], SCALAR_NAMES[new.dtype.name]
        raise RuntimeError(
            f"{function}(): self ({mine}) and source ({theirs}) must have the same scalar type"
            if add
            else f"{function}(): self and source expected to have the same dtype, but got (self) {mine} and (source) {theirs}"
        )
    if shape == wanted or (not shape and at.size == 1):
        _check_vector(self, dim, at, function)
        return expand(new, wanted)
    if shape and len(shape) == len(wanted) and shape[dim] != at.size:
        raise (RuntimeError if add else IndexError)(
            f"{function}(): Number of indices ({at.size}) should be equal to source.size(dim)"
            + (f": ({shape[dim]}), for dim: {dim}" if add else f" ({shape[dim]})")
        )
    if not add and shape and len(shape) == len(wanted):
        mine, theirs = ((*s[:dim], *s[dim + 1 :]) for s in (self._array.shape, shape))
        raise RuntimeError(
            f"{function}(): Source/destination tensor must have same slice shapes. Destination slice shape: "
            f"{' '.join(map(str, mine))} at dimension {dim} and source slice shape: {' '.join(map(str, theirs))} at "
            "dimension 0."
        )
    raise RuntimeError(
        f"source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
        f"{list(self._array.shape)} source.shape = {list(shape)}"
    )


def index_add_(self: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1) -> Tensor:
    """Add alpha times the slices of `source` to those at `index` along `dim`, in place, and return the tensor.

    >>> import gradiente as torch
    >>> torch.zeros(3).index_add_(0, torch.tensor([1, 1]), torch.ones(2))
    tensor([0., 2., 0.])
    """
    dim, at = _vector_index(self, dim, index, "index_add_")
    source = _need_source(self, dim, at, source, "index_add_")
    if alpha != 1:
        source = _multiply(source, alpha)
    where, new = _at_dim(self, dim, at), source._array
    return store(
        self, lambda x: numpy_extras.add_at(x, where, new), _INDEX_ADD, (source,), {"index": where, "accumulate": True}
    )


def _at_dim(x: Tensor, dim: int, at: Any) -> tuple[Any, ...]:
    return (*(slice(None),) * dim, at) if x._array.ndim else (...,)


def index_copy_(self: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """Replace the slices at `index` along `dim` by those of `source`, in place, and return the tensor.

    >>> import gradiente as torch
    >>> torch.zeros(3).index_copy_(0, torch.tensor([2, 0]), torch.tensor([1.0, 2.0]))
    tensor([2., 0., 1.])
    """
    dim, at = _vector_index(self, dim, index, "index_copy_")
    source = _need_source(self, dim, at, source, "index_copy_")
    where, new = _at_dim(self, dim, at), source._array
    return store(self, _placing(where, new), _INDEX_COPY, (source,), {"index": where, "accumulate": False})


def _placing(where: Any, new: Any) -> Callable[[Any], None]:
    def assign(part: Any) -> None:
        part[where] = new

    return assign


def index_fill_(self: Tensor, dim: int, index: Tensor, value: float | Tensor) -> Tensor:
    """Put `value` into the slices at `index` along `dim`, in place, and return the tensor.

    >>> import gradiente as torch
    >>> torch.zeros(3).index_fill_(0, torch.tensor([2, 0]), 5)
    tensor([5., 0., 5.])
    """
    dim, at = _vector_index(self, dim, index, "index_fill_")
    _check_vector(self, dim, at, "index_fill_")
    where = _at_dim(self, dim, at)
    if isinstance(value, Tensor):
        if value._array.ndim:
            raise RuntimeError(
                f"index_fill_ only supports a 0-dimensional value tensor, but got tensor with {value._array.ndim} "
                "dimension(s)."
            )
        value = value if value._array.dtype == self._array.dtype else primitive("astype")(value, dtype=self._array.dtype)
        assign, recorder = _placing(where, value._array), _INDEX_FILL_TENSOR
    else:
        value = fitted(value, self.dtype).item()
        assign, recorder = _placing(where, value), _INDEX_FILL
    return store(self, assign, recorder, (value,), {"index": where, "accumulate": False})


def put_(self: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """Put the elements of `source` at the positions `index` of the flattened tensor, in place, and return the tensor.

    >>> import gradiente as torch
    >>> torch.zeros(2, 2).put_(torch.tensor([1, 3]), torch.tensor([5.0, 6.0]))
    tensor([[0., 5.],
            [0., 6.]])
    """
    array = self._array
    at, _ = _flat_index(index, array.size, "put_")
    new = need_tensor(source, "put_", "source", 2)
    if new._array.dtype != array.dtype:
        raise RuntimeError(
            f"put_(): self and source expected to have the same dtype, but got self.dtype = "
            f"{SCALAR_NAMES[self.dtype.name]} and source.dtype = {SCALAR_NAMES[new.dtype.name]}"
        )
    if new._array.size != at.size:
        raise IndexError(
            "put_(): Expected source and index to have the same number of elements, but got source.numel() = "
            f"{new._array.size}, index.numel() = {at.size}"
        )
    where = np.unravel_index(at.reshape(-1) % max(array.size, 1), array.shape) if array.ndim else (...,)
    new = reshape(new, -1) if array.ndim else reshape(new, ())
    values = new._array
    assign = (lambda x: numpy_extras.add_at(x, where, values)) if accumulate else _placing(where, values)
    return store(self, assign, _PUT, (new,), {"index": where, "accumulate": accumulate})


def scatter(
    input: Tensor,
    dim: int,
    index: Tensor,
    src: Tensor | float | None = None,
    *,
    value: float | None = None,
    reduce: str | None = None,
) -> Tensor:
    """A copy of the tensor with values put at `index` along `dim`. See `Tensor.scatter_`.

    >>> import gradiente as torch
    >>> torch.scatter(torch.zeros(3), 0, torch.tensor([2, 0]), torch.tensor([1.0, 2.0]))
    tensor([2., 0., 1.])
    """
    return scatter_(_copied(input, "scatter"), dim, index, src, value=value, reduce=reduce)


def _copied(x: Any, function: str) -> Tensor:
    return need_tensor(x, function).clone()  # pyright: ignore


def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """A copy of the tensor with values added at `index` along `dim`, duplicates included. See `Tensor.scatter_add_`.

    >>> import gradiente as torch
    >>> torch.scatter_add(torch.zeros(3), 0, torch.tensor([2, 2]), torch.tensor([1.0, 2.0]))
    tensor([0., 0., 3.])
    """
    return scatter_add_(_copied(input, "scatter_add"), dim, index, src)


def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1) -> Tensor:
    """A copy of the tensor with slices added at `index` along `dim`. See `Tensor.index_add_`.

    >>> import gradiente as torch
    >>> torch.index_add(torch.zeros(3), 0, torch.tensor([2, 2]), torch.ones(2), alpha=3)
    tensor([0., 0., 6.])
    """
    return index_add_(_copied(input, "index_add"), dim, index, source, alpha=alpha)


def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """A copy of the tensor with the slices at `index` along `dim` replaced. See `Tensor.index_copy_`.

    >>> import gradiente as torch
    >>> torch.index_copy(torch.zeros(3), 0, torch.tensor([2]), torch.ones(1))
    tensor([0., 0., 1.])
    """
    return index_copy_(_copied(input, "index_copy"), dim, index, source)


def index_fill(input: Tensor, dim: int, index: Tensor, value: float | Tensor) -> Tensor:
    """A copy of the tensor with `value` in the slices at `index` along `dim`. See `Tensor.index_fill_`.

    >>> import gradiente as torch
    >>> torch.index_fill(torch.zeros(3), 0, torch.tensor([2]), 5)
    tensor([0., 0., 5.])
    """
    return index_fill_(_copied(input, "index_fill"), dim, index, value)


def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """A copy of the tensor with elements put at positions of the flattened tensor. See `Tensor.put_`.

    >>> import gradiente as torch
    >>> torch.put(torch.zeros(2, 2), torch.tensor([1]), torch.tensor([5.0]))
    tensor([[0., 5.],
            [0., 0.]])
    """
    return put_(_copied(input, "put"), index, source, accumulate)


METHODS: dict[str, Any] = {
    "gather": gather,
    "take_along_dim": take_along_dim,
    "take": take,
    "index_select": index_select,
    "scatter": scatter,
    "scatter_": scatter_,
    "scatter_add": scatter_add,
    "scatter_add_": scatter_add_,
    "index_add": index_add,
    "index_add_": index_add_,
    "index_copy": index_copy,
    "index_copy_": index_copy_,
    "index_fill": index_fill,
    "index_fill_": index_fill_,
    "put": put,
    "put_": put_,
}
__all__ = [
    "gather",
    "index_add",
    "index_copy",
    "index_fill",
    "index_select",
    "put",
    "scatter",
    "scatter_add",
    "take",
    "take_along_dim",
]
