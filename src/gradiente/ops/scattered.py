"""Placing along a dimension, as copies: scatter, index_add, index_copy, index_fill, put."""

from __future__ import annotations

from typing import Any

from numpy import ndarray

from ..graph import NO_GRAD, PLAIN, current
from ..tensor.batching import private_copy
from ..tensor.core import Tensor
from ._arguments import need_tensor
from ._define import primitive
from ._out import into
from .scattering import (
    index_add_,
    index_add_places,
    index_copy_,
    index_fill_,
    put_,
    scatter_,
    scatter_add_,
    scatter_add_places,
)

_scatter_add, _index_add = primitive("scatter_add"), primitive("put_index", "IndexAddBackward0")


def scatter(
    input: Tensor,
    dim: int,
    index: Tensor,
    src: Tensor | float | None = None,
    *,
    value: float | None = None,
    reduce: str | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """A copy of the tensor with values put at `index` along `dim`. See `Tensor.scatter_`.

    >>> import gradiente as torch
    >>> torch.scatter(torch.zeros(3), 0, torch.tensor([2, 0]), torch.tensor([1.0, 2.0]))
    tensor([2., 0., 1.])
    """
    if out is not None:
        return into(out, scatter(input, dim, index, src, value=value, reduce=reduce), "scatter", input, index, src)
    return scatter_(_copied(input, "scatter"), dim, index, src, value=value, reduce=reduce)


def _is_plain(*operands: Any) -> bool:
    """Whether the primitive can be applied as it is: to tensors of NumPy arrays, in the plain modes."""
    mode = current()
    if mode is not PLAIN and mode is not NO_GRAD:
        return False
    return all(isinstance(x, Tensor) and x._array.__class__ is ndarray for x in operands)


def _copied(x: Any, function: str) -> Tensor:
    return private_copy(need_tensor(x, function))


def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor, *, out: Tensor | None = None) -> Tensor:
    """A copy of the tensor with values added at `index` along `dim`, duplicates included. See `Tensor.scatter_add_`.

    >>> import gradiente as torch
    >>> torch.scatter_add(torch.zeros(3), 0, torch.tensor([2, 2]), torch.tensor([1.0, 2.0]))
    tensor([0., 0., 3.])
    """
    if out is not None:
        return into(out, scatter_add(input, dim, index, src), "scatter_add", input, index, src)
    if _is_plain(input, src):
        return _scatter_add(input, index, src, axis=scatter_add_places(input, dim, index, src)[0])
    return scatter_add_(_copied(input, "scatter_add"), dim, index, src)


def index_add(
    input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1, out: Tensor | None = None
) -> Tensor:
    """A copy of the tensor with slices added at `index` along `dim`. See `Tensor.index_add_`.

    >>> import gradiente as torch
    >>> torch.index_add(torch.zeros(3), 0, torch.tensor([2, 2]), torch.ones(2), alpha=3)
    tensor([0., 0., 6.])
    """
    if out is not None:
        return into(out, index_add(input, dim, index, source, alpha=alpha), "index_add", input, index, source)
    if _is_plain(input, source):
        where, new = index_add_places(input, dim, index, source, alpha)
        return _index_add(input, new, index=where, accumulate=True)
    return index_add_(_copied(input, "index_add"), dim, index, source, alpha=alpha)


def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor, *, out: Tensor | None = None) -> Tensor:
    """A copy of the tensor with the slices at `index` along `dim` replaced. See `Tensor.index_copy_`.

    >>> import gradiente as torch
    >>> torch.index_copy(torch.zeros(3), 0, torch.tensor([2]), torch.ones(1))
    tensor([0., 0., 1.])
    """
    if out is not None:
        return into(out, index_copy(input, dim, index, source), "index_copy", input, index, source)
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
    "scatter": scatter,
    "scatter_add": scatter_add,
    "index_add": index_add,
    "index_copy": index_copy,
    "index_fill": index_fill,
    "put": put,
}
"""What these functions are called as methods of Tensor."""

__all__ = ["index_add", "index_copy", "index_fill", "put", "scatter", "scatter_add"]
