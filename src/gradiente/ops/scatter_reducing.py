"""Scattering with a reduction: sums, products, means and extremes of all values that go to one place."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..arrays import numpy_extras
from ..arrays.batched import Batched, examples, not_batchable
from ..arrays.meta import is_meta
from ..tensor.core import Tensor, wrap
from ._arguments import need_tensor, wrap_dim
from ._define import inplace, primitive
from ._out import into
from ._reducing import type_name
from ._sizes import integer
from .gathering import check_along, need_index
from .indexing import index_put
from .scattered import scatter, scatter_add

_clone, _scatter_extreme = primitive("clone"), primitive("scatter_extreme")


def scatter_reduce(
    input: Tensor,
    dim: int,
    index: Tensor,
    src: Tensor,
    reduce: str,
    *,
    include_self: bool = True,
    out: Tensor | None = None,
) -> Tensor:
    """A copy of the input, whose elements at `index` along `dim` are reduced with those of `src` that go there.

    Args:
        input: a tensor.
        dim: the dimension along which `index` points.
        index: int64 or int32, with the input's number of dimensions, nowhere larger than `src`.
        src: the values, of the input's type.
        reduce: "sum", "prod", "mean", "amax" or "amin".
        include_self: whether the input's own element takes part where something goes.
        out: a tensor to write the result to; then no operand may require gradients.

    Derivatives of every order are exact, also of products with zeros; equal extremes share the gradient. RuntimeError,
    in torch's words, for arguments that do not fit.

    >>> import gradiente as torch
    >>> torch.scatter_reduce(torch.zeros(2), 0, torch.tensor([0, 0, 1]), torch.tensor([1.0, 2.0, 3.0]), "sum")
    tensor([3., 3.])
    """
    if out is not None:
        found: Any = scatter_reduce(input, dim, index, src, reduce, include_self=include_self)
        return into(out, found, "scatter_reduce", input, src)
    x, new = need_tensor(input, "scatter_reduce"), need_tensor(src, "scatter_reduce", "src", 4)
    array = x._array
    dim = wrap_dim(integer(dim, "scatter_reduce", "dim", 2), array.ndim)
    at = need_index(index, "scatter", 3)
    if reduce not in _REDUCTIONS:
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    if new._array.dtype != array.dtype:
        raise RuntimeError(
            f"scatter(): Expected self.dtype to be equal to src.dtype (self is {x.dtype}, src {new.dtype}; convert it)"
        )
    check_along(array, at, dim, "scatter_reduce", new._array)
    if not at.size:
        return _clone(input)
    if not array.ndim:
        # A copy: in place, the node would keep a view of what changes.
        one, places, values = (o.reshape(1) for o in (_clone(input), index, new))  # pyright: ignore
        found = scatter_reduce(one, 0, places, values, reduce, include_self=include_self)
        return found.reshape(())
    part: Any = new if new._array.shape == at.shape else new[tuple([slice(n) for n in at.shape])]
    return _REDUCTIONS[reduce](input, dim, index, at, part, include_self)


def _touched(x: Any, dim: int, index: Tensor) -> Any:
    """Where something goes, as bools."""
    return scatter(x.detach().new_zeros(x.shape, dtype=bool), dim, index, True)  # pyright: ignore[reportArgumentType]


def _base(x: Any, dim: int, index: Tensor, include_self: bool, neutral: float) -> Any:
    """The input, with a neutral element where something goes, unless it takes part."""
    return x if include_self else x.masked_fill(_touched(x, dim, index), neutral)


def _sum(x: Any, dim: int, index: Tensor, at: Any, src: Any, include_self: bool) -> Tensor:
    return scatter_add(_base(x, dim, index, include_self, 0), dim, index, src)


def _mean(x: Any, dim: int, index: Tensor, at: Any, src: Any, include_self: bool) -> Tensor:
    ones = (x.detach() * 0 + 1).to(x.dtype)
    count: Any = _sum(ones, dim, index, at, (src.detach() * 0 + 1).to(x.dtype), include_self)
    total: Any = _sum(x, dim, index, at, src, include_self)
    return total / count if x.dtype.is_floating_point or x.dtype.is_complex else total // count


def _prod(x: Any, dim: int, index: Tensor, at: Any, src: Any, include_self: bool) -> Tensor:
    """The first value that goes to a place is multiplied with it, then all second ones, …: no division, so no 0/0."""
    if is_meta(at):
        return _sum(x, dim, index, at, src, include_self)  # which has the same shape
    if at.__class__ is Batched:
        raise not_batchable("scatter_reduce with reduce='prod' and indices of each example")
    places = np.broadcast_arrays(*numpy_extras.along_axis(at, dim))
    flat = np.ravel_multi_index([p.reshape(-1) for p in places], x._array.shape)
    order = np.argsort(flat, kind="stable")
    ordered = flat[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    rank = np.arange(flat.size) - np.repeat(starts, np.diff(np.append(starts, flat.size)))
    out, values = _base(x.clone(), dim, index, include_self, 1).reshape(-1), src.reshape(-1)
    for r in range(int(rank.max()) + 1):
        chosen = wrap(order[rank == r])
        ones = (out.detach() * 0 + 1).to(out.dtype) if out.dtype.is_floating_point else out.new_ones(out.shape)
        out = out * index_put(ones, (wrap(ordered[rank == r]),), values[chosen])
    return out.reshape(x.shape)


def _extreme(name: str) -> Any:
    def call(x: Any, dim: int, index: Tensor, at: Any, src: Any, include_self: bool) -> Tensor:
        return _scatter_extreme(x, index, src, axis=dim, largest=name == "amax", include_self=include_self)

    return call


_REDUCTIONS: dict[str, Any] = {
    "sum": _sum,
    "prod": _prod,
    "mean": _mean,
    "amax": _extreme("amax"),
    "amin": _extreme("amin"),
}


def index_reduce(
    input: Tensor,
    dim: int,
    index: Tensor,
    source: Tensor,
    reduce: str,
    *,
    include_self: bool = True,
    out: Tensor | None = None,
) -> Tensor:
    """A copy of the input, whose slices at `index` along `dim` are reduced with the slices of `source`.

    Args:
        input: a tensor.
        dim: the dimension of the slices.
        index: a vector of int64 or int32, with the number of each slice's place.
        source: the slices, of the input's type.
        reduce: "prod", "mean", "amax" or "amin".
        include_self: whether the input's own slice takes part where something goes.
        out: a tensor to write the result to; then no operand may require gradients.

    Warns, as torch does, that its form may change.

    >>> import gradiente as torch
    >>> import warnings; warnings.simplefilter("ignore")
    >>> torch.index_reduce(torch.ones(2), 0, torch.tensor([0, 0]), torch.tensor([2.0, 3.0]), "prod")
    tensor([6., 1.])
    """
    x, new = need_tensor(input, "index_reduce"), need_tensor(source, "index_reduce", "source", 4)
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    warnings.warn("index_reduce() is in beta and the API may change at any time.", UserWarning, stacklevel=2)
    shape, size = x._array.shape, new._array.shape
    dim = wrap_dim(integer(dim, "index_reduce", "dim", 2), len(shape))
    at = _vector(index)
    _check_source(x, new, dim, at)
    numbers = examples(at)
    if numbers.size and (numbers.min() < 0 or numbers.max() >= (shape[dim] if shape else 1)):
        raise IndexError(f"index out of range in self (index_reduce along dimension {dim} of {list(shape)})")
    column = np.broadcast_to(at.reshape([-1 if d == dim else 1 for d in range(len(size))]), size)
    places = wrap(column.astype(np.int64)) if size else index.reshape(())  # pyright: ignore
    found = scatter_reduce(input, dim, places, source, reduce, include_self=include_self)
    return into(out, found, "index_reduce", input, source)


def _vector(index: Any) -> Any:
    array = need_tensor(index, "index_reduce", "index", 3)._array
    if array.ndim > 1:
        raise IndexError(
            f"index_reduce_(): Index is supposed to be a vector, but got dim: {array.ndim} with type: "
            f"{type_name(array)} and size: {list(array.shape)}"
        )
    if array.dtype not in (np.int64, np.int32):
        raise RuntimeError(f"index_reduce_(): Expected dtype int32/int64 for index but got: {type_name(array)}")
    return array.reshape(-1)


def _check_source(x: Tensor, new: Tensor, dim: int, at: Any) -> None:
    if x._array.dtype != new._array.dtype:
        raise RuntimeError(
            f"index_reduce_(): self ({type_name(x._array)}) and source ({type_name(new._array)}) must have the same "
            "scalar type"
        )
    shape, size = list(x._array.shape), list(new._array.shape)
    count = size[dim] if size else 1
    if count != at.size:
        raise RuntimeError(
            f"index_reduce_(): Number of indices ({at.size}) should be equal to source.size(dim): ({count}), for dim: "
            f"{dim}"
        )
    if shape[:dim] + shape[dim + 1 :] != size[:dim] + size[dim + 1 :]:
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
            f"{shape} source.shape = {size}"
        )


METHODS: dict[str, Any] = {
    "index_reduce": index_reduce,
    "index_reduce_": inplace(index_reduce),
    "scatter_reduce": scatter_reduce,
    "scatter_reduce_": inplace(scatter_reduce),
}
"""What these functions are called as methods of Tensor."""

__all__ = ["index_reduce", "scatter_reduce"]
