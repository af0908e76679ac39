"""Searching: distinct elements, membership, places in sorted sequences. No gradient goes through any of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays.batched import examples
from ..arrays.batched_each import each_example
from ..arrays.meta import is_meta, without_values
from ..tensor.core import Tensor, box, wrap
from ..tensor.meta_device import need_one_device
from ..tensor.promotion import result_type
from ._arguments import need_tensor
from ._numbers import Number
from ._out import into
from ._pairs import NUMBERS
from ._reducing import array_of, axis_of, check_keepdim, type_name


def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The distinct elements, in ascending order, or the distinct slices along `dim`. Each NaN is distinct.

    Args:
        input: a real tensor.
        sorted: whether they must be in order. They always are.
        return_inverse: also where each element is among them, int64.
        return_counts: also how often each occurs, int64.
        dim: the dimension whose slices are compared; None for the elements.

    The result is a tensor, or a tuple with what else was asked for. No gradient goes through it.

    >>> import gradiente as torch
    >>> torch.unique(torch.tensor([3, 1, 3]), return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))
    """
    array = array_of(input, "unique")
    if array.dtype.kind == "c":
        raise NotImplementedError(f"\"unique\" not implemented for '{type_name(array)}'")
    check_keepdim(return_inverse, "unique")
    axis = None if dim is None else axis_of(dim, array.ndim, "unique_dim")
    found = np.unique(array, return_inverse=return_inverse, return_counts=return_counts, axis=axis, equal_nan=False)
    if not isinstance(found, tuple):
        return wrap(found)
    parts = list(found)
    if return_inverse:
        parts[1] = parts[1].reshape(array.shape if axis is None else -1)
    return tuple(wrap(part) for part in parts)


def unique_consecutive(
    input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The elements without those that equal the one before, or the slices along `dim`.

    Args:
        input: a real tensor.
        return_inverse: also where each element is in the result, int64.
        return_counts: also how many stood together, int64.
        dim: the dimension whose slices are compared; None for the elements in order.

    The result is a tensor, or a tuple with what else was asked for.

    >>> import gradiente as torch
    >>> torch.unique_consecutive(torch.tensor([1, 1, 2, 1]), return_counts=True)
    (tensor([1, 2, 1]), tensor([2, 1, 1]))
    """
    array = array_of(input, "unique_consecutive")
    if array.dtype.kind == "c":
        raise NotImplementedError(f"\"unique\" not implemented for '{type_name(array)}'")
    check_keepdim(return_inverse, "unique_consecutive")
    axis = None if dim is None else axis_of(dim, array.ndim, "unique_consecutive")
    if axis is not None and 0 in (*array.shape[:axis], *array.shape[axis + 1 :]):
        raise RuntimeError("There are 0 sized dimensions, and they aren't selected, so unique cannot be applied")
    rows = array.reshape(-1, 1) if axis is None else np.moveaxis(array, axis, 0).reshape(array.shape[axis], -1)
    new = np.concatenate([np.ones(1, np.bool_), np.any(rows[1:] != rows[:-1], axis=1)])[: len(rows)]
    starts = np.flatnonzero(new)
    parts = [array.reshape(-1)[starts] if axis is None else np.take(array, starts, axis=axis)]
    if return_inverse:
        inverse = np.cumsum(new) - 1
        parts.append(inverse.reshape(array.shape) if axis is None else inverse)
    if return_counts:
        parts.append(np.diff(np.append(starts, len(rows))))
    found = [wrap(part) for part in parts]
    return tuple(found) if len(found) > 1 else found[0]


def isin(
    elements: Tensor | Number,
    test_elements: Tensor | Number,
    *,
    assume_unique: bool = False,
    invert: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """Whether each element is one of the test elements, as a bool tensor. NaN is none.

    Args:
        elements: a real tensor, or a number.
        test_elements: the others; at least one of the two is a tensor.
        assume_unique: whether no element occurs twice in either; it changes nothing.
        invert: the opposite answer.
        out: a tensor to write the result to; then no operand may require gradients.

    >>> import gradiente as torch
    >>> torch.isin(torch.tensor([1, 2, 3]), torch.tensor([2, 3]))
    tensor([False,  True,  True])
    """
    if out is not None:
        return into(
            out,
            isin(elements, test_elements, assume_unique=assume_unique, invert=invert),
            "isin",
            elements,
            test_elements,
        )
    given = (elements, test_elements)
    if not any(isinstance(x, Tensor) for x in given) or not all(isinstance(x, (Tensor, *NUMBERS)) for x in given):
        raise TypeError(
            f"isin() received an invalid combination of arguments - got ({type(elements).__name__}, "
            f"{type(test_elements).__name__}): one of 'elements' and 'test_elements' must be a Tensor, the other a "
            "Tensor or Number"
        )
    for x in given:
        if isinstance(x, Tensor) and x._array.dtype.kind in "bc":
            raise RuntimeError(f"Unsupported input type encountered for isin(): {type_name(x._array)}")
    common = result_type(*given).numpy
    a, b = ((x._array if isinstance(x, Tensor) else np.asarray(x)).astype(common) for x in given)
    if is_meta(a) or is_meta(b):
        need_one_device(given)
        return wrap(without_values(a.shape, np.bool_))
    return wrap(box(each_example(np.isin, a, b, invert=bool(invert))))


def searchsorted(
    sorted_sequence: Tensor,
    input: Tensor | Number,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Where values would have to stand in ascending sequences to keep them ascending.

    Args:
        sorted_sequence: sequences along the last dimension, ascending; NaN counts as the largest.
        input: the values; a number, or a tensor whose other dimensions are those of the sequences, if these have more
            than one dimension.
        out_int32: whether the result is int32 and not int64.
        right: behind equal elements, not before them.
        side: "left" or "right": another way to say it.
        sorter: the indices, int64, that put the sequences in order.
        out: a tensor to write the result to; then no operand may require gradients.

    >>> import gradiente as torch
    >>> torch.searchsorted(torch.tensor([1.0, 3.0, 5.0]), torch.tensor([3.0, 6.0]))
    tensor([1, 3])
    """
    if out is not None:
        return into(
            out,
            searchsorted(sorted_sequence, input, out_int32=out_int32, right=right, side=side, sorter=sorter),
            "searchsorted",
            sorted_sequence,
            input,
            sorter,
        )
    if not isinstance(sorted_sequence, Tensor) or not isinstance(input, (Tensor, *NUMBERS)):
        raise TypeError(
            f"searchsorted() received an invalid combination of arguments - got ({type(sorted_sequence).__name__}, "
            f"{type(input).__name__}): 'sorted_sequence' must be a Tensor, 'input' a Tensor or Number"
        )
    sequence = sorted_sequence._array
    values = input._array if isinstance(input, Tensor) else np.asarray(input)
    if side is not None and side not in ("left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True"
        )
    if values.ndim == 0 and sequence.ndim != 1:
        raise RuntimeError(
            "torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but we got "
            f"boundaries tensor dim({sequence.ndim}) and input value's dim({values.ndim}) numel({values.size})"
        )
    if sequence.ndim != 1 and sequence.shape[:-1] != values.shape[:-1]:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries "
            f"tensor and input value tensor must match, but we got boundaries tensor {list(sequence.shape)} and input "
            f"value tensor {list(values.shape)}"
        )
    if sorter is not None:
        sequence = _in_order(sequence, sorter)
    return _places(sequence, values, right or side == "right", out_int32)


def _in_order(sequence: Any, sorter: Tensor) -> Any:
    order = sorter._array
    if order.shape != sequence.shape:
        raise RuntimeError(
            "torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor "
            f"{list(sequence.shape)}and got sorter tensor {list(order.shape)}"
        )
    if order.dtype != np.int64:
        raise RuntimeError(
            f"torch.searchsorted(): sorter must be a tensor of long dtype but got dtype {type_name(order)}"
        )
    numbers = examples(order)
    if numbers.size and (numbers.min() < 0 or numbers.max() >= sequence.shape[-1]):
        raise RuntimeError("torch.searchsorted(): sorter index out of range")
    return np.take_along_axis(sequence, order, axis=-1)


def _places(sequence: Any, values: Any, right: bool, out_int32: bool) -> Tensor:
    """The places of the values, row by row if there are several sequences."""
    if sequence.dtype.kind in "bc":
        raise NotImplementedError(f"\"searchsorted_out_cpu\" not implemented for '{type_name(sequence)}'")
    side, dtype = ("right" if right else "left"), (np.int32 if out_int32 else np.int64)
    if is_meta(values) or is_meta(sequence):
        return wrap(without_values(values.shape, dtype))
    return wrap(box(each_example(_sorted_in, sequence, values, side=side).astype(dtype)))


def _sorted_in(sequence: Any, values: Any, side: Any) -> Any:
    if sequence.ndim == 1:
        return np.asarray(np.searchsorted(sequence, values, side=side))
    rows = sequence.reshape(-1, sequence.shape[-1]) if sequence.size else np.zeros((values[..., :1].size, 0))
    found = [np.searchsorted(row, v, side=side) for row, v in zip(rows, values.reshape(len(rows), -1), strict=True)]
    return np.asarray(found).reshape(values.shape)


def bucketize(
    input: Tensor | Number,
    boundaries: Tensor,
    *,
    out_int32: bool = False,
    right: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """The number of the interval between ascending boundaries that each value lies in.

    Args:
        input: the values, a tensor or a number.
        boundaries: one dimension, ascending.
        out_int32: whether the result is int32 and not int64.
        right: whether a boundary belongs to the interval that it begins, not to the one that it ends.
        out: a tensor to write the result to; then no operand may require gradients.

    >>> import gradiente as torch
    >>> torch.bucketize(torch.tensor([0.5, 3.0, 9.0]), torch.tensor([1.0, 3.0, 5.0]))
    tensor([0, 1, 3])
    """
    if out is not None:
        return into(out, bucketize(input, boundaries, out_int32=out_int32, right=right), "bucketize", input, boundaries)
    need_tensor(boundaries, "bucketize", "boundaries", 2)
    if boundaries._array.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries._array.ndim})")
    values = input._array if isinstance(input, Tensor) else np.asarray(input)
    return _places(boundaries._array, values, right, out_int32)


METHODS: dict[str, Any] = {
    "bucketize": bucketize,
    "isin": isin,
    "searchsorted": searchsorted,
    "unique": unique,
    "unique_consecutive": unique_consecutive,
}
"""What these functions are called as methods of Tensor."""

__all__ = ["bucketize", "isin", "searchsorted", "unique", "unique_consecutive"]
