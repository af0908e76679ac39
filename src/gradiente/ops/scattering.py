"""Placing along a dimension, in place: scatter_, index_add_, index_copy_, index_fill_, put_."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import numpy_extras
from ..arrays.batched import examples, not_batchable
from ..rules import table
from ..tensor.batching import batched_here
from ..tensor.core import Tensor, wrap
from ..tensor.dispatch import Recorder
from ..tensor.dtypes import SCALAR_NAMES
from ..tensor.inplace import store, writes
from ..tensor.tangents import carries
from ._arguments import need_tensor, wrap_dim
from ._define import primitive
from ._numbers import fitted
from ._sizes import integer
from ._views import warn_expanded
from .gathering import check_along, flat_index, need_index, within
from .masking import masked_fill_
from .shaping import expand, reshape

_SCATTER, _SCATTER_NUMBER = Recorder(table["put_along_axis"]), Recorder(table["put_along_axis"], "ScatterBackward1")
_SCATTER_ADD = Recorder(table["scatter_add"])
_INDEX_ADD = Recorder(table["put_index"], "IndexAddBackward0")
_INDEX_COPY = Recorder(table["put_index"], "IndexCopyBackward0")
_INDEX_FILL = Recorder(table["put_index"], "IndexFillBackward0")
_INDEX_FILL_TENSOR = Recorder(table["put_index"], "IndexFillBackward1")
_PUT, _multiply, _astype = Recorder(table["put_index"], "PutBackward0"), primitive("multiply"), primitive("astype")


def _same_dtype(self: Tensor, src: Tensor, function: str) -> None:
    if src._array.dtype != self._array.dtype:
        raise RuntimeError(
            f"{function}(): Expected self.dtype to be equal to src.dtype "
            f"(self is {self.dtype}, src {src.dtype}; convert it with .to({self.dtype!r}))"
        )


@writes
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
    at = need_index(index, "scatter", 2)
    if isinstance(src, Tensor):
        _same_dtype(self, src, "scatter")
        new: Any = src._array
        check_along(array, at, dim, "scatter", new)
    else:
        new = fitted(src, self.dtype)
        check_along(array, at, dim, "scatter", np.broadcast_to(new, at.shape))
        src = new.item()

    def assign(part: Any) -> None:
        part[...] = numpy_extras.put_along_axis(part, at, new, dim)

    recorder = _SCATTER if isinstance(src, Tensor) else _SCATTER_NUMBER
    return store(self, assign, recorder, (index, src), {"axis": dim})


def _scatter_reduced(self: Tensor, dim: int, index: Tensor, src: Any, reduce: str) -> Tensor:
    if reduce not in ("add", "multiply"):
        raise RuntimeError("reduce argument must be either add or multiply.")
    if any(isinstance(x, Tensor) and (x._node is not None or carries(x)) for x in (self, src)):
        raise RuntimeError(
            "scatter(): the reduce argument has no derivative here; use scatter_add, or scatter on untracked tensors"
        )
    array = self._array
    at = need_index(index, "scatter", 2)
    dim = wrap_dim(dim, array.ndim)
    new = src._array if isinstance(src, Tensor) else np.broadcast_to(fitted(src, self.dtype), at.shape)
    check_along(array, at, dim, "scatter", new)
    if batched_here(array, at, new):
        if reduce == "multiply":
            raise not_batchable("scatter with reduce='multiply'")
        return scatter_add_(self, dim, index, wrap(new))
    ufunc = np.add if reduce == "add" else np.multiply
    part = new[tuple([slice(n) for n in at.shape])]
    if not array.ndim:
        return store(self, lambda x: ufunc.at(x.reshape(1), at.reshape(-1), part), _SCATTER, (index, src), {"axis": 0})
    where = numpy_extras.along_axis(at, dim)
    return store(self, lambda x: ufunc.at(x, where, part), _SCATTER, (index, src), {"axis": dim})


def scatter_add_places(self: Tensor, dim: int, index: Tensor, src: Tensor) -> tuple[int, Any, Any]:
    """The dimension, the indices and the values of scatter_add, checked."""
    array, new = self._array, need_tensor(src, "scatter_add", "src", 3)._array
    dim = wrap_dim(integer(dim, "scatter_add", "dim"), array.ndim)
    at = need_index(index, "scatter", 2)
    _same_dtype(self, src, "scatter")
    check_along(array, at, dim, "scatter_add", new)
    return dim, at, new


@writes
def scatter_add_(self: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """Add values at `index` along `dim`, in place: self[index[i][j]][j] += src[i][j] for dim 0. Returns the tensor.

    >>> import gradiente as torch
    >>> torch.zeros(3).scatter_add_(0, torch.tensor([2, 2]), torch.ones(2))
    tensor([0., 0., 2.])
    """
    dim, at, new = scatter_add_places(self, dim, index, src)

    def assign(part: Any) -> None:
        if part.ndim:
            numpy_extras.add_along_axis(part, at, dim, new[tuple([slice(n) for n in at.shape])])
        else:
            np.add(part, new.sum(), out=part, casting="unsafe")

    return store(self, assign, _SCATTER_ADD, (index, src), {"axis": dim})


def _vector_index(self: Tensor, dim: int, index: Any, function: str) -> tuple[int, Any]:
    """The dimension, and a copy of the index vector, checked."""
    array = self._array
    dim = wrap_dim(integer(dim, function, "dim"), array.ndim)
    at = need_index(index, function, 2)
    if at.ndim > 1:
        raise IndexError(f"{function}(): Index is supposed to be a vector, but got dim: {at.ndim}")
    at = at.reshape(-1).astype(np.int64)
    return dim, at


def _check_vector(self: Tensor, dim: int, at: Any, function: str) -> None:
    """Raise torch's IndexError for an index that is out of bounds."""
    size = self._array.shape[dim] if self._array.ndim else 1
    values = examples(at)
    if within(values, size):
        return
    wrong = values[(values < (-size if function == "index_fill_" else 0)) | (values >= size)]
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
            else f"{function}(): self and source expected to have the same dtype, but got (self) {mine} and (source) "
            f"{theirs}"
        )
    if shape == wanted or (not shape and at.size == 1):
        _check_vector(self, dim, at, function)
        return new if shape == wanted else expand(new, wanted)
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


def index_add_places(self: Tensor, dim: int, index: Tensor, source: Tensor, alpha: float) -> tuple[Any, Tensor]:
    """The index and the values of index_add, checked."""
    dim, at = _vector_index(self, dim, index, "index_add_")
    source = _need_source(self, dim, at, source, "index_add_")
    return _at_dim(self, dim, at), source if alpha == 1 else _multiply(source, alpha)


@writes
def index_add_(self: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1) -> Tensor:
    """Add alpha times the slices of `source` to those at `index` along `dim`, in place, and return the tensor.

    >>> import gradiente as torch
    >>> torch.zeros(3).index_add_(0, torch.tensor([1, 1]), torch.ones(2))
    tensor([0., 2., 0.])
    """
    where, source = index_add_places(self, dim, index, source, alpha)
    new = source._array
    return store(
        self, lambda x: numpy_extras.add_at(x, where, new), _INDEX_ADD, (source,), {"index": where, "accumulate": True}
    )


def _at_dim(x: Tensor, dim: int, at: Any) -> tuple[Any, ...]:
    return (*(slice(None),) * dim, at) if x._array.ndim else (...,)


@writes
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


@writes
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
        fill = value if value._array.dtype == self._array.dtype else _astype(value, dtype=self._array.dtype)
        if not isinstance(at, np.ndarray):
            return masked_fill_(self, _named(self, dim, at), fill)
        where = _at_dim(self, dim, np.unique(at))  # a slice that is named twice is filled once, and counts once
        assign, recorder = _placing(where, fill._array), _INDEX_FILL_TENSOR
    else:
        if isinstance(value, complex) and self._array.dtype.kind != "c":
            raise RuntimeError(
                "index_fill_(): Converting complex Scalar to non-complex type is not supported "
                f"(the value is {value}, the tensor {self.dtype!r})"
            )
        fill = fitted(value, self.dtype).item()
        assign, recorder = _placing(where, fill), _INDEX_FILL
    warn_expanded(self, "index_fill_", "mask] = scalar")
    static = {"index": where, "accumulate": False}
    return store(self, assign, recorder, (fill,), static, overlapping=True, shared="any")


def _named(self: Tensor, dim: int, at: Any) -> Tensor:
    """A mask of the slices that the indices of each example name."""
    shape = self._array.shape
    size = shape[dim] if shape else 1
    named = np.any((at % max(size, 1))[..., None] == np.arange(size), axis=0)
    return wrap(named.reshape(tuple([size if i == dim else 1 for i in range(len(shape))])))


@writes
def put_(self: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """Put the elements of `source` at the positions `index` of the flattened tensor, in place, and return the tensor.

    >>> import gradiente as torch
    >>> torch.zeros(2, 2).put_(torch.tensor([1, 3]), torch.tensor([5.0, 6.0]))
    tensor([[0., 5.],
            [0., 6.]])
    """
    array = self._array
    at, _ = flat_index(index, array.size, "put_")
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


METHODS: dict[str, Any] = {
    "scatter_": scatter_,
    "scatter_add_": scatter_add_,
    "index_add_": index_add_,
    "index_copy_": index_copy_,
    "index_fill_": index_fill_,
    "put_": put_,
}
