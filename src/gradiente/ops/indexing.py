"""Indexing with brackets: x[…], x[…] = value, and the functions that find or fill by index or mask."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays.batched import Batched
from ..arrays.batched_errors import NO_DATA
from ..arrays.batched_indexing import need_levels, picked_shape
from ..arrays.meta import is_meta
from ..graph import NO_GRAD, PLAIN, current
from ..rules import table
from ..tensor.batching import private_copy
from ..tensor.core import Tensor, wrap
from ..tensor.dispatch import Recorder
from ..tensor.dtypes import SCALAR_NAMES, TENSOR_TYPES
from ..tensor.inplace import store, touched, writes
from ..tensor.restrictions import check_apart, check_writable, is_forbidden, overlaps_itself
from ..tensor.tangents import carries
from ..tensor.written import INFERENCE_SAVED
from ._arguments import need_tensor
from ._define import primitive
from ._index import Index, diagnose, parse, plain
from ._numbers import fitted
from ._out import into
from ._sizes import broadcast_shapes_of
from ._views import viewing, warn_expanded
from .conversion import DISCARDS, cast_array, converted
from .shaping import expand, reshape

_SELECT, _SLICE = "SelectBackward0", "SliceBackward0"
_views = {name: viewing("getitem", name) for name in (_SELECT, _SLICE, "UnsqueezeBackward0")}
_select, _slice, _alias = _views[_SELECT], _views[_SLICE], viewing("alias")
_index = primitive("index")
_COPY, _PUT = Recorder(table["copy"]), Recorder(table["put_index"])
_FILL, _FILL_TENSOR = Recorder(table["fill"], "FillBackward3"), Recorder(table["copy"], "FillBackward3")
_NUMBERS = (bool, int, float, complex, np.generic)


def _getitem(self: Tensor, index: Any) -> Tensor:
    """The part of the tensor that the index names: a view for integers, slices, None and `...`, else a copy."""
    if index.__class__ is int:
        shape = self._array.shape
        if shape and -shape[0] <= index < shape[0]:
            return _select(self, index=(index, ...))
    elif index.__class__ is tuple:
        name = plain(index, self._array.shape)
        if name is not None:
            return _views[name](self, index=(*index, ...))
    found = parse(index, self._array.shape)
    if found.advanced is None:
        return _basic(self, found)
    x = self if found.basic is None else _views[found.name].call(self, index=found.basic)  # pyright: ignore
    tracked = x._node is not None and current().grad
    if tracked and found.inference:
        raise RuntimeError(INFERENCE_SAVED)
    advanced = found.kept() if tracked else found.advanced
    try:
        return _index(x, index=advanced)
    except (IndexError, ValueError) as error:
        raise diagnose(error, x._array.shape, advanced) from None


def _basic(x: Tensor, found: Index) -> Tensor:
    if found.basic is None:
        return _alias(x)
    return _views[found.name](x, index=found.basic)


def _parsed(index: Any, shape: tuple[int, ...]) -> Index:
    """The parsed index, by the shorter way if it is made of integers, slices and None."""
    name = plain(index if index.__class__ is tuple else (index,), shape)
    if name is None:
        return parse(index, shape)
    found = Index()
    found.basic = (*index, ...) if index.__class__ is tuple else (index, ...)
    found.name = name
    return found


def _setitem(self: Tensor, index: Any, value: Any) -> None:
    """Replace the part of the tensor that the index names by a tensor, broadcast to it, or by a number."""
    if index is False:
        return
    if is_forbidden(self):
        check_writable(self, overlapping=True)
    found = _parsed(index, self._array.shape)
    if not isinstance(value, Tensor):
        value = _number(value, self)
    if isinstance(index, Tensor) and is_meta(index._array) and index._array.dtype == np.bool_ and _is_single(value):
        mask: Any = index
        self.masked_fill_(mask.reshape(*mask.shape, *[1] * (self.dim() - mask.dim())), value)
        return
    if found.advanced is not None:
        target = self if found.basic is None else _views[found.name](self, index=found.basic)
        _put(target, found, value)
        return
    view = self._view
    quick = (
        self._node is None
        and (value.__class__ is not Tensor or (value._node is None and not carries(value)))
        and self._meta is None
        and (view is None or view.base._node is None)
    )
    if quick and self._array.flags.writeable:  # nothing to record: no view is needed
        part = self._array if found.basic is None else self._array[found.basic]
        if not overlaps_itself(part):
            new = value._array if isinstance(value, Tensor) else value
            if isinstance(value, Tensor) and new.shape != part.shape:
                new = expand(_without_leading_ones(value), part.shape)._array
            if new.__class__ is part.__class__ is np.ndarray:
                check_apart(part, new)
            if (before_change := current().before_change) is not None:
                before_change(self)
            _assign(part, new)
            touched(self)
            return
    whole = found.basic is None or (index.__class__ is slice and index == slice(None))
    target = self if whole else _views[found.name](self, index=found.basic)
    if isinstance(value, Tensor):
        if not value._array.ndim and target._array.ndim:
            new = value._array
            store(target, lambda array: _assign(array, new), _FILL_TENSOR, (value,), {}, shared="any")
            return
        if value._array.shape != target._array.shape:
            value = expand(_without_leading_ones(value), target._array.shape)
        _copy(target, value)
    else:
        store(target, lambda array: _assign(array, value), _FILL, (), {"value": value})


def _is_single(value: Any) -> bool:
    """Whether a value is a number or a tensor without dimensions."""
    return not isinstance(value, Tensor) or not value._array.ndim


def _number(value: Any, x: Tensor) -> Any:
    """A number in the dtype of `x`."""
    if not isinstance(value, _NUMBERS):
        name = "numpy.ndarray" if isinstance(value, np.ndarray) else type(value).__name__
        raise TypeError(
            f"can't assign a {name} to a torch.{TENSOR_TYPES[x.dtype.name]} "
            "(make it a tensor first: torch.tensor(value))"
        )
    return fitted(value.item() if isinstance(value, np.generic) else value, x.dtype)


def _without_leading_ones(x: Tensor) -> Tensor:
    """The tensor without leading dimensions of size 1."""
    shape = x._array.shape
    lead = 0
    while lead < len(shape) and shape[lead] == 1:
        lead += 1
    return reshape(x, shape[lead:]) if lead else x


def _assign(part: Any, value: Any) -> None:
    """part[...] = value, where casts may lose values, as torch's do."""
    if value.__class__ is Batched:
        if is_meta(value) and not is_meta(part):
            raise NotImplementedError(NO_DATA)
        need_levels(part, value)
    if isinstance(value, np.ndarray) and value.dtype != part.dtype:
        if value.dtype.kind == "c" and part.dtype.kind not in "cb":
            warnings.warn(DISCARDS, UserWarning, stacklevel=4)
        value = cast_array(value, part.dtype)
    part[...] = value


def _copy(target: Tensor, value: Tensor) -> Tensor:
    new, array, mode = value._array, target._array, current()
    if (
        new.__class__ is array.__class__ is np.ndarray
        and new.dtype is array.dtype
        and array.flags.c_contiguous
        and array.flags.writeable
        and not np.may_share_memory(array, new)
        and (mode is NO_GRAD or (mode is PLAIN and target._node is value._node is target._view is None))
        and (target._meta is None or not target._meta.inference)
    ):
        array[...] = new
        touched(target)
        return target
    return store(target, lambda array: _assign(array, new), _COPY, (value,), {}, shared="whole")


def _put(target: Tensor, found: Index, value: Any) -> None:
    """target[advanced] = value, in place."""
    array, index = target._array, found.advanced
    assert index is not None
    if isinstance(value, Tensor):
        if value._array.size == 1 and len(index) == 1 and getattr(index[0], "dtype", None) == np.bool_:
            value = converted(value, target.dtype)  # torch fills by the mask
        if value._array.dtype != array.dtype:
            raise RuntimeError(
                "Index put requires the source and destination dtypes match, got "
                f"{SCALAR_NAMES[target.dtype.name]} for the destination and {SCALAR_NAMES[value.dtype.name]} for the "
                "source. "
                f"(Convert the source: .to({target.dtype!r}).)"
            )
        value = _without_leading_ones(value)
    new = value._array if isinstance(value, Tensor) else value
    tracked = current().grad and (target._node is not None or (isinstance(value, Tensor) and value._node is not None))
    if tracked:
        index = found.kept()
    warn_expanded(target, "index_put_", "indices] = tensor")
    if not np.ndim(new) and len(index) == 1 and getattr(index[0], "dtype", None) == np.bool_:
        warn_expanded(target, "masked_fill_", "mask] = scalar")

    def assign(part: Any) -> None:
        try:
            part[index] = new
        except (IndexError, ValueError) as error:
            raise diagnose(error, array.shape, index, np.shape(new)) from None

    store(
        target,
        assign,
        _PUT,
        (value if isinstance(value, Tensor) else value.item(),),
        {"index": index, "accumulate": False},
        overlapping=True,
    )


@writes
def copy_(self: Tensor, src: Tensor, non_blocking: bool = False) -> Tensor:
    """Replace the values by those of `src`, broadcast and converted to this dtype, and return the tensor.

    >>> import gradiente as torch
    >>> torch.zeros(2).copy_(torch.tensor([1, 2]))
    tensor([1., 2.])
    """
    if not isinstance(src, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
        if not isinstance(src, _NUMBERS):
            raise TypeError(f"copy_(): argument 'other' (position 1) must be Tensor, not {type(src).__name__}")
        src = wrap(np.asarray(_number(src, self)))
    shape = self._array.shape
    if src._array.shape != shape:
        if broadcast_shapes_of([shape, src._array.shape]) != shape:
            raise RuntimeError(
                f"output with shape {list(shape)} doesn't match the broadcast shape "
                f"{list(broadcast_shapes_of([shape, src._array.shape]))} (in copy_)"
            )
        if self._array.__class__ is src._array.__class__ is np.ndarray:
            check_apart(self._array, src._array)
        src = expand(src, shape)
    return _copy(self, src)


def index_put(input: Tensor, indices: Sequence[Tensor | None], values: Tensor, accumulate: bool = False) -> Tensor:
    """A copy of the tensor with x[indices] replaced by `values`, or with `values` added to it, duplicates included.

    >>> import gradiente as torch
    >>> torch.index_put(torch.zeros(3), (torch.tensor([0, 0]),), torch.ones(2), accumulate=True)
    tensor([2., 0., 0.])
    """
    need_tensor(input, "index_put")
    _need_indices(indices, "index_put")
    return index_put_(private_copy(input), indices, values, accumulate)


@writes
def index_put_(self: Tensor, indices: Sequence[Tensor | None], values: Tensor, accumulate: bool = False) -> Tensor:
    """Replace x[indices] by `values` in place, or add `values` to it, duplicates included, and return the tensor.

    >>> import gradiente as torch
    >>> torch.zeros(3).index_put_((torch.tensor([0, 2]),), torch.tensor([1.0, 2.0]))
    tensor([1., 0., 2.])
    """
    _need_indices(indices, "index_put_")
    need_tensor(values, "index_put_", "values", 2)
    found = parse(tuple([slice(None) if i is None else _at_least_one(i) for i in indices]), self._array.shape)
    if found.advanced is None:
        raise IndexError("index_put_(): at least one of the indices must be a tensor")
    if not accumulate:
        _put(self, found, values)
        return self
    if values._array.dtype != self._array.dtype:
        raise RuntimeError(
            "Index put requires the source and destination dtypes match, got "
            f"{SCALAR_NAMES[self.dtype.name]} for the destination and {SCALAR_NAMES[values.dtype.name]} for the source."
        )
    from ..arrays.numpy_extras import add_at

    index, new = found.kept(), values._array
    try:
        np.broadcast_to(new, picked_shape(self._array.shape, index))
    except (IndexError, ValueError) as error:
        raise diagnose(error, self._array.shape, index, new.shape) from None
    warn_expanded(self, "index_put_", "indices] = tensor")
    static = {"index": index, "accumulate": True}
    return store(self, lambda x: add_at(x, index, new), _PUT, (values,), static, overlapping=True)


def _need_indices(indices: Any, function: str) -> None:
    if not isinstance(indices, (tuple, list)):
        raise TypeError(
            f"{function}(): argument 'indices' (position 1) must be tuple of Tensors, not {type(indices).__name__}"
        )


def _at_least_one(index: Tensor) -> Any:
    """An index tensor with a dimension, so that it is not taken for a number."""
    array = need_tensor(index, "index_put_", "indices")._array
    return index if array.ndim or array.dtype == np.bool_ else wrap(array.reshape(1))


def nonzero(input: Tensor, *, as_tuple: bool = False, out: Tensor | None = None) -> Any:
    """The indices of the elements that are not zero: one row each, or with `as_tuple` one vector per dimension.

    >>> import gradiente as torch
    >>> torch.nonzero(torch.tensor([0, 5, 6]))
    tensor([[1],
            [2]])
    """
    if out is not None:
        return into(out, nonzero(input, as_tuple=as_tuple), "nonzero", input)
    array = need_tensor(input, "nonzero")._array
    if as_tuple:
        return tuple([wrap(part) for part in (array if array.ndim else array.reshape(1)).nonzero()])
    return wrap(np.argwhere(array))


def argwhere(input: Tensor) -> Tensor:
    """The indices of the elements that are not zero, one row each.

    >>> import gradiente as torch
    >>> torch.argwhere(torch.tensor([0, 5, 6]))
    tensor([[1],
            [2]])
    """
    return nonzero(need_tensor(input, "argwhere"))


def _contains(self: Tensor, element: Any) -> bool:
    """Whether an element equals `element`."""
    if not isinstance(element, (Tensor, bool, int, float, complex, np.generic)):
        raise RuntimeError(f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}.")
    other = element._array if isinstance(element, Tensor) else element
    return bool(np.any(self._array == other))


METHODS: dict[str, Any] = {
    "__getitem__": _getitem,
    "__setitem__": _setitem,
    "__contains__": _contains,
    "copy_": copy_,
    "index_put": index_put,
    "index_put_": index_put_,
    "nonzero": nonzero,
    "argwhere": argwhere,
}
__all__ = ["argwhere", "index_put", "index_put_", "nonzero"]
