"""Order: sorting, the largest k, medians, modes."""

from __future__ import annotations

from typing import Any, overload

import numpy as np

from ..arrays.numpy_ordering import first_places, nth_places
from ..graph import current
from ..tensor.core import Tensor, box, wrap
from . import return_types
from ._define import primitive
from ._out import into
from ._reducing import array_of, axis_of, is_number, need_elements, type_name
from ._sizes import missing

_argsort, _argmode = primitive("argsort"), primitive("argmode")
_sorted, _sorted_stably = primitive("pick", "SortBackward0"), primitive("pick", "SortBackward1")
_top, _median_at = primitive("pick", "TopkBackward0"), primitive("pick", "MedianBackward1")
_kth, _mode_at, _median = (
    primitive("pick", "KthvalueBackward0"),
    primitive("pick", "ModeBackward0"),
    primitive("median"),
)
_nanmedian, _nanmedian_at = primitive("nanmedian"), primitive("pick", "NanmedianBackward1")


def _order(input: Tensor, axis: int, descending: bool = False) -> Tensor:
    """The indices that sort along `axis`; equal elements keep their order, NaN counts as the largest."""
    if not input._array.ndim:
        return wrap(np.zeros((), dtype=np.int64))
    return _argsort(input, axis=axis, descending=descending)


def sort(
    input: Tensor,
    dim: int = -1,
    descending: bool = False,
    *,
    stable: bool | None = None,
    out: tuple[Tensor, ...] | None = None,
) -> return_types.sort:
    """The elements along `dim` in ascending order, and the indices that put them in it. NaN counts as the largest.

    Args:
        input: a real tensor.
        dim: one dimension, the last by default.
        descending: the largest first.
        stable: whether equal elements must keep their order. They always do.
        out: a tensor to write the result to; then no operand may require gradients.

    The result is a named tuple `(values, indices)`, the indices int64. Raises IndexError for a dimension that does not
    exist, RuntimeError for complex tensors.

    >>> import gradiente as torch
    >>> torch.sort(torch.tensor([3.0, 1.0, 2.0]))
    torch.return_types.sort(
    values=tensor([1., 2., 3.]),
    indices=tensor([1, 2, 0]))
    """
    if out is not None:
        return into(out, sort(input, dim, descending, stable=stable), "sort", input)
    array = array_of(input, "sort")
    axis = axis_of(dim, array.ndim, "sort")
    if array.dtype.kind == "c":
        raise RuntimeError(" Sort does not support complex dtypes on CPU")
    indices = _order(input, axis, bool(descending))
    pick = _sorted if stable is None else _sorted_stably
    return return_types.sort((pick(input, indices, axis=axis, keepdims=True), indices))  # pyright: ignore


def argsort(
    input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool = False, out: Tensor | None = None
) -> Tensor:
    """The indices, int64, that sort the elements along `dim`. See `sort`.

    Args:
        input: a real tensor.
        dim: one dimension, the last by default.
        descending: the largest first.
        stable: whether equal elements must keep their order. They always do.
        out: a tensor to write the result to; then no operand may require gradients.

    >>> import gradiente as torch
    >>> torch.argsort(torch.tensor([3.0, 1.0, 2.0]))
    tensor([1, 2, 0])
    """
    if out is not None:
        return into(out, argsort(input, dim, descending, stable=stable), "argsort", input)
    array = array_of(input, "argsort")
    if array.dtype.kind == "c":
        raise RuntimeError(" Sort does not support complex dtypes on CPU")
    return _order(input, axis_of(dim, array.ndim, "argsort"), bool(descending))


def msort(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements along the first dimension in ascending order: the values of `sort`.

    >>> import gradiente as torch
    >>> torch.msort(torch.tensor([[2.0, 1.0], [1.0, 3.0]]))
    tensor([[1., 1.],
            [2., 3.]])
    """
    if out is not None:
        return into(out, msort(input), "msort", input)
    return sort(input, 0)[0]


def topk(
    input: Tensor,
    k: int,
    dim: int = -1,
    largest: bool = True,
    sorted: bool = True,
    *,
    out: tuple[Tensor, ...] | None = None,
) -> return_types.topk:
    """The `k` largest elements along `dim`, the largest first, and where they are.

    Args:
        input: a real tensor.
        k: how many.
        dim: one dimension, the last by default.
        largest: False for the smallest, the smallest first.
        sorted: whether they must be in order. They always are.
        out: a tensor to write the result to; then no operand may require gradients.

    The result is a named tuple `(values, indices)`, the indices int64. Raises RuntimeError if there are fewer than `k`.

    >>> import gradiente as torch
    >>> torch.topk(torch.tensor([1.0, 4.0, 2.0, 3.0]), 2)
    torch.return_types.topk(
    values=tensor([4., 3.]),
    indices=tensor([1, 3]))
    """
    if out is not None:
        return into(out, topk(input, k, dim, largest, sorted), "topk", input)
    array = array_of(input, "topk")
    if not is_number(k):
        raise TypeError(f"topk(): argument 'k' must be int, not {type(k).__name__}")
    axis = axis_of(dim, array.ndim, "topk")
    if array.dtype.kind in "bc":
        raise RuntimeError(f"topk does not support {'bool' if array.dtype.kind == 'b' else 'complex'} dtypes on CPU")
    size = array.shape[axis] if array.ndim else 1
    if not 0 <= k <= size:
        raise RuntimeError(f"selected index k out of range (k is {k}, dimension {axis} has size {size})")
    places = first_places(array, k, axis, bool(largest)) if _is_plain(array) else None
    order = _order(input, axis, largest)._array if places is None else places
    indices = wrap(order[(*(slice(None),) * axis, slice(0, k))].copy() if array.ndim else order)
    return return_types.topk((_top(input, indices, axis=axis, keepdims=True), indices))  # pyright: ignore


def _is_plain(array: Any) -> bool:
    return array.__class__ is np.ndarray and not current().transforms


def _nth_place(input: Tensor, n: int, axis: int, keepdim: bool) -> Any:
    """The place of the n-th smallest element along `axis`."""
    places = nth_places(input._array, n, axis) if _is_plain(input._array) else None
    if places is None:
        return box(_nth(_order(input, axis)._array, n, axis, keepdim))  # for a vector NumPy returns a number
    return places if keepdim else places.squeeze(axis)


def _nth(order: Any, n: int, axis: int, keepdim: bool) -> Any:
    """The indices at place `n` of the order along `axis`."""
    if not order.ndim:
        return order
    return order[(*(slice(None),) * axis, slice(n, n + 1) if keepdim else n)].copy()


@overload
def median(input: Tensor, *, out: Tensor | None = None) -> Tensor: ...
@overload
def median(
    input: Tensor, dim: int, keepdim: bool = False, *, out: tuple[Tensor, ...] | None = None
) -> return_types.median: ...
def median(input: Tensor, dim: int | None = None, keepdim: bool = False, *, out: Any = None) -> Any:
    """The median of all elements, or along `dim`, and where it is; of an even number the lower of the two middle ones.

    Without `dim`, equal elements share the gradient equally; with it, the one at the index gets it. NaN if one is NaN.

    Args:
        input: a real tensor.
        dim: one dimension; without it, all.
        keepdim: keep the dimension, with size 1.
        out: a tensor to write the result to; then no operand may require gradients.

    With `dim` the result is a named tuple `(values, indices)`, the indices int64.

    >>> import gradiente as torch
    >>> torch.median(torch.tensor([3.0, 1.0, 2.0, 4.0]))
    tensor(2.)
    >>> torch.median(torch.tensor([[3.0, 1.0, 2.0]]), dim=1).indices
    tensor([2])
    """
    if out is not None:
        if dim is None:
            raise missing("median", "dim")
        return into(out, median(input, dim, keepdim), "median", input)
    array = array_of(input, "median")
    if array.dtype.kind in "bc":
        raise NotImplementedError(f"\"median_cpu\" not implemented for '{type_name(array)}'")
    if dim is None:
        if keepdim is not False:
            raise TypeError("median() received an invalid combination of arguments: keepdim needs dim")
        if not array.size:
            return wrap(np.full((), np.nan if array.dtype.kind not in "iu" else np.iinfo(array.dtype).min, array.dtype))
        return _median(input, axis=None, keepdims=False)
    axis = axis_of(dim, array.ndim, "median", keepdim)
    if not array.ndim:
        order: Any = np.zeros((), dtype=np.int64)
    else:
        need_elements(array, axis, "median", "")
        order = _nth_place(input, (array.shape[axis] - 1) // 2, axis, keepdim)
        if array.size and array.dtype.kind not in "iu":
            bad = np.isnan(array)
            if bad.__class__ is not np.ndarray or np.logical_or.reduce(bad, None):
                first = np.argmax(bad, axis=axis, keepdims=keepdim)
                order = np.where(np.any(bad, axis=axis, keepdims=keepdim), first, order)
    indices = wrap(box(order))
    return return_types.median((_median_at(input, indices, axis=axis, keepdims=keepdim), indices))


@overload
def nanmedian(input: Tensor, *, out: Tensor | None = None) -> Tensor: ...
@overload
def nanmedian(
    input: Tensor, dim: int, keepdim: bool = False, *, out: tuple[Tensor, ...] | None = None
) -> return_types.nanmedian: ...
def nanmedian(input: Tensor, dim: int | None = None, keepdim: bool = False, *, out: Any = None) -> Any:
    """The median of the elements that are no NaN, of all or along `dim`; NaN where there are none. See `median`.

    >>> import gradiente as torch
    >>> torch.nanmedian(torch.tensor([3.0, torch.nan, 1.0]))
    tensor(1.)
    """
    if out is not None:
        if dim is None:
            raise missing("nanmedian", "dim")
        return into(out, nanmedian(input, dim, keepdim), "nanmedian", input)
    array = array_of(input, "nanmedian")
    if array.dtype.kind in "biuc" or not array.size:
        found = median(input) if dim is None else median(input, dim, keepdim)
        return found if dim is None else return_types.nanmedian(found)
    if dim is None:
        if keepdim is not False:
            raise TypeError("nanmedian() received an invalid combination of arguments: keepdim needs dim")
        return _nanmedian(input, axis=None, keepdims=False)
    axis = axis_of(dim, array.ndim, "nanmedian", keepdim)
    order: Any = np.zeros((), dtype=np.int64)
    if array.ndim:
        middle = np.maximum(np.sum(~np.isnan(array), axis=axis, keepdims=True) - 1, 0) // 2
        order = np.take_along_axis(_order(input, axis)._array, middle, axis=axis)
        order = order if keepdim else np.squeeze(order, axis=axis)
    indices = wrap(order)
    return return_types.nanmedian((_nanmedian_at(input, indices, axis=axis, keepdims=keepdim), indices))


def kthvalue(
    input: Tensor, k: int, dim: int = -1, keepdim: bool = False, *, out: tuple[Tensor, ...] | None = None
) -> return_types.kthvalue:
    """The `k`-th smallest element along `dim`, counted from 1, and where it is.

    Args:
        input: a real tensor.
        k: which one.
        dim: one dimension, the last by default.
        keepdim: keep the dimension, with size 1.
        out: a tensor to write the result to; then no operand may require gradients.

    The result is a named tuple `(values, indices)`, the indices int64. Raises RuntimeError if there are fewer than `k`.

    >>> import gradiente as torch
    >>> torch.kthvalue(torch.tensor([3.0, 1.0, 2.0]), 2).values
    tensor(2.)
    """
    if out is not None:
        return into(out, kthvalue(input, k, dim, keepdim), "kthvalue", input)
    array = array_of(input, "kthvalue")
    axis = axis_of(dim, array.ndim, "kthvalue", keepdim)
    size = array.shape[axis] if array.ndim else 1
    if not 1 <= k <= size:
        raise RuntimeError(
            f"kthvalue(): selected number k out of range for dimension {axis} (k is {k}, its size {size})"
        )
    indices = wrap(_nth_place(input, k - 1, axis, keepdim))
    return return_types.kthvalue((_kth(input, indices, axis=axis, keepdims=keepdim), indices))  # pyright: ignore


def mode(
    input: Tensor,
    dim: int = -1,
    keepdim: bool = False,
    *,
    out: tuple[Tensor, ...] | None = None,
) -> return_types.mode:
    """The most frequent element along `dim`, the smallest of several, and where it is last.

    Args:
        input: a real tensor.
        dim: one dimension, the last by default.
        keepdim: keep the dimension, with size 1.
        out: a tensor to write the result to; then no operand may require gradients.

    The result is a named tuple `(values, indices)`, the indices int64.

    >>> import gradiente as torch
    >>> torch.mode(torch.tensor([2, 1, 2, 1, 3]))
    torch.return_types.mode(
    values=tensor(1),
    indices=tensor(3))
    """
    if out is not None:
        return into(out, mode(input, dim, keepdim), "mode", input)
    array = array_of(input, "mode")
    axis = axis_of(dim, array.ndim, "mode", keepdim)
    if array.ndim:
        need_elements(array, axis, "mode", "")
        indices = _argmode(input, axis=axis)
        indices = indices.unsqueeze(axis) if keepdim else indices  # pyright: ignore[reportAttributeAccessIssue]
    else:
        indices = _order(input, axis)
    return return_types.mode((_mode_at(input, indices, axis=axis, keepdims=keepdim), indices))  # pyright: ignore


METHODS: dict[str, Any] = {
    "sort": sort,
    "argsort": argsort,
    "topk": topk,
    "median": median,
    "kthvalue": kthvalue,
    "mode": mode,
    "nanmedian": nanmedian,
    "msort": msort,
}
"""What these functions are called as methods of Tensor."""

__all__ = ["argsort", "kthvalue", "median", "mode", "msort", "nanmedian", "sort", "topk"]
