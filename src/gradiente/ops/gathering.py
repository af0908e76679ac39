"""Picking along a dimension: gather, take, index_select."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays.batched import examples
from ..graph import current
from ..tensor.core import Tensor
from ..tensor.dtypes import SCALAR_NAMES
from ..tensor.written import INFERENCE_SAVED
from ._arguments import need_tensor, wrap_dim
from ._define import primitive
from ._out import into
from ._sizes import broadcast_shapes_of, integer
from .shaping import expand, reshape

_gather, _select = primitive("gather_along_axis"), primitive("index", "IndexSelectBackward0")
_take = primitive("index", "TakeBackward0")


def need_index(index: Any, function: str, position: int = 3) -> Any:
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


def check_along(x: Any, index: Any, dim: int, function: str, source: Any = None) -> None:
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
                    f"Expected index {list(index.shape)} to be no larger than self {list(x.shape)} apart from "
                    f"dimension {dim} "
                    f"and to be no larger size than src {list(source.shape)}"
                )
        elif d != dim and x.ndim and n > x.shape[d]:
            raise RuntimeError(
                f"Size does not match at dimension {d} expected index {list(index.shape)} to be no larger than self "
                f"{list(x.shape)} apart from dimension {dim}"
            )
    _check_bounds(index, x.shape[dim] if x.ndim else 1, dim)


_UNSIGNED: dict[str, Any] = {"i": np.uint32, "l": np.uint64, "q": np.uint64}
_maximum: Callable[..., Any] = np.maximum.reduce


def within(index: Any, size: int) -> bool:
    """Whether all integers are from 0 to size - 1. Read without their signs, negative ones are the largest."""
    return not index.size or bool(_maximum(index.view(_UNSIGNED[index.dtype.char]), None) < size)


def _check_bounds(index: Any, size: int, dim: int) -> None:
    index = examples(index)
    if not within(index, size):
        wrong = index[(index < 0) | (index >= size)].reshape(-1)[0]
        raise RuntimeError(f"index {wrong} is out of bounds for dimension {dim} with size {size}")


def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False, out: Tensor | None = None) -> Tensor:
    """Values picked along `dim`: out[i][j] = input[index[i][j]][j] for dim 0, and so on.

    `index` is int64, with the dimensions of `input`, and nowhere larger than it but along `dim`; the result has its
    shape. RuntimeError for an index out of bounds.

    >>> import gradiente as torch
    >>> torch.gather(torch.tensor([[1, 2], [3, 4]]), 1, torch.tensor([[0, 0], [1, 0]]))
    tensor([[1, 1],
            [4, 3]])
    """
    if out is not None:
        return into(out, gather(input, dim, index, sparse_grad=sparse_grad), "gather", input, index)
    array = need_tensor(input, "gather")._array
    dim = wrap_dim(integer(dim, "gather", "dim", 2), array.ndim)
    if isinstance(index, Tensor) and not index._array.size:  # of any type and rank
        return reshape(reshape(input, -1)[:0], index._array.shape)
    at = need_index(index, "gather")
    check_along(array, at, dim, "gather")
    return _gather(input, index, axis=dim)


def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None, *, out: Tensor | None = None) -> Tensor:
    """Values picked along `dim`, tensor and indices being broadcast along the others; or picked from all elements.

    >>> import gradiente as torch
    >>> x = torch.tensor([[3, 1], [2, 4]])
    >>> torch.take_along_dim(x, torch.tensor([[1], [0]]), dim=1)
    tensor([[1],
            [2]])
    """
    if out is not None:
        return into(out, take_along_dim(input, indices, dim), "take_along_dim", input, indices)
    at = need_tensor(indices, "take_along_dim", "indices", 2)
    if at._array.dtype != np.int64:
        raise RuntimeError(
            f"torch.take_along_dim(): dtype of indices should be Long but got {SCALAR_NAMES[at.dtype.name]}"
        )
    if dim is None:
        return gather(reshape(input, -1), 0, reshape(at, -1))
    size = input._array.shape[wrap_dim(dim, input._array.ndim)] if input._array.ndim else 1
    if at._array.__class__ is not np.ndarray or not within(at._array, size):
        at = at + size * (at < 0).long()  # pyright: ignore
    shape, other = need_tensor(input, "take_along_dim")._array.shape, at._array.shape
    if len(shape) != len(other):
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, but got "
            f"{len(shape)} dimensions for input, and {len(other)} dimensions for indices"
        )
    dim = wrap_dim(dim, len(shape))
    common = broadcast_shapes_of([(*shape[:dim], 1, *shape[dim + 1 :]), (*other[:dim], 1, *other[dim + 1 :])])
    wanted, places = (*common[:dim], shape[dim], *common[dim + 1 :]), (*common[:dim], other[dim], *common[dim + 1 :])
    x = input if shape == wanted and input._node is None else expand(input, wanted)
    return gather(x, dim, at if other == places else expand(at, places))


def take(input: Tensor, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements at the positions `index` of the flattened tensor; the result has the shape of `index`.

    >>> import gradiente as torch
    >>> torch.take(torch.tensor([[1, 2], [3, 4]]), torch.tensor([0, -1]))
    tensor([1, 4])
    """
    if out is not None:
        return into(out, take(input, index), "take", input, index)
    at, size = flat_index(index, need_tensor(input, "take")._array.size, "take")
    del size
    flat = reshape(input, -1)
    return _take(flat, index=(at,)) if at.ndim else reshape(_take(flat, index=(at.reshape(1),)), ())


def flat_index(index: Any, size: int, function: str) -> tuple[Any, int]:
    """A copy of an index into the flattened tensor, checked."""
    array = need_tensor(index, function, "index", 2)._array
    if array.dtype != np.int64:
        raise RuntimeError(f"{function}(): Expected a long tensor for index, but got {SCALAR_NAMES[index.dtype.name]}")
    if not size and array.size:
        raise IndexError(f"{function}(): tried to {function.rstrip('_')} from an empty tensor")
    values = examples(array)
    wrong = values[(values < -size) | (values >= size)]
    if wrong.size:
        raise IndexError(f"out of range: tried to access index {wrong.reshape(-1)[0]} on a tensor of {size} elements.")
    return array.copy(), size


def index_select(input: Tensor, dim: int, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The slices of the tensor at `index`, a vector of int32 or int64, along `dim`. A copy.

    >>> import gradiente as torch
    >>> torch.index_select(torch.tensor([[1, 2], [3, 4]]), 1, torch.tensor([1, 1]))
    tensor([[2, 2],
            [4, 4]])
    """
    if out is not None:
        return into(out, index_select(input, dim, index), "index_select", input, index)
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
    values = examples(at)
    wrong = values[(values < 0) | (values >= size)]
    if wrong.size:
        raise IndexError(f"index out of range in self (index {wrong.reshape(-1)[0]}, dimension {dim} has size {size})")
    if input._node is not None and index.is_inference() and current().grad:
        raise RuntimeError(INFERENCE_SAVED)
    return _select(input, index=(*(slice(None),) * dim, at.reshape(-1).copy()))


METHODS: dict[str, Any] = {
    "gather": gather,
    "take_along_dim": take_along_dim,
    "take": take,
    "index_select": index_select,
}
__all__ = ["gather", "index_select", "take", "take_along_dim"]
