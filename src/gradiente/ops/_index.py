"""What stands in the brackets of x[…]: from torch's indices to NumPy's, checked.

Note [Two steps of indexing]
----------------------------
torch applies integers, slices, None and `...` first, one by one, as views; then all tensors at once, as a copy. NumPy
counts an integer beside an array as an array. So an index becomes two of NumPy's: `basic`, for the view, and
`advanced`, with arrays and full slices only, for what is picked from that view.
"""

from __future__ import annotations

import operator
import warnings
from typing import Any

import numpy as np

from ..arrays.batched import Batched
from ..tensor.core import Tensor
from ..tensor.origins import leave

_FULL = slice(None)
_TYPES = "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices"


class Index:
    """A parsed index: `basic`, None if it changes nothing, with the name of torch's last node; `advanced`, or None."""

    __slots__ = ("advanced", "basic", "foreign", "inference", "name")

    def __init__(self) -> None:
        self.basic: tuple[Any, ...] | None = None
        self.advanced: tuple[Any, ...] | None = None
        self.name = "AliasBackward0"
        self.inference = False
        """Whether one of the indices is an inference tensor."""
        self.foreign = False
        """Whether the advanced arrays belong to the user, who may change them."""

    def kept(self) -> tuple[Any, ...]:
        """The advanced index for a node to keep: arrays that the user could change are copied."""
        parts = self.advanced or ()
        if not self.foreign:
            return parts
        return tuple([part.copy() if isinstance(part, np.ndarray) else part for part in parts])


def plain(index: tuple[Any, ...], shape: tuple[int, ...]) -> str | None:
    """The name of torch's node for an index of integers, slices of integers and None; None if there is more to it."""
    name, dim, ndim = None, 0, len(shape)
    for item in index:
        kind = item.__class__
        if item is None:
            name = "UnsqueezeBackward0"
            continue
        if dim == ndim:
            return None
        if kind is int:
            size = shape[dim]
            if not -size <= item < size:
                return None
            name = "SelectBackward0"
        elif kind is slice:
            start, stop, step = item.start, item.stop, item.step
            if start is not None or stop is not None or step is not None:
                for part in (start, stop, step):
                    if part is not None and part.__class__ is not int:
                        return None
                if step is not None and step <= 0:
                    return None
                name = "SliceBackward0"
        else:
            return None
        dim += 1
    return name


def parse(index: Any, shape: tuple[int, ...]) -> Index:
    """The index for a tensor of the given shape; IndexError, TypeError or ValueError in torch's words if it is none."""
    items = index if isinstance(index, tuple) else _as_items(index)
    found = Index()
    items = [_item(item, found) for item in items]
    used = 0
    for item in items:
        kind = item.__class__
        if kind is int or kind is slice:
            used += 1
        elif kind is np.ndarray or kind is Batched:
            used += item.ndim if item.dtype == np.bool_ else 1
    if used > len(shape):
        if not shape:
            raise _zero_dim(items)
        raise IndexError(
            f"too many indices for tensor of dimension {len(shape)} (got {used}) (the shape is {list(shape)})"
        )
    _walk(items, shape, used, found)
    if index.__class__ is slice:
        found.name = "SliceBackward0"
        found.basic = found.basic or (index, ...)
    return found


def _zero_dim(items: list[Any]) -> IndexError:
    if len(items) == 1 and items[0].__class__ is slice:
        return IndexError("slice() cannot be applied to a 0-dim tensor.")
    if len(items) == 1 and items[0].__class__ is int:
        return IndexError(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a "
            "0-dim tensor to a number"
        )
    return IndexError(f"too many indices for tensor of dimension 0 (got {len(items)} items)")


def _as_items(index: Any) -> tuple[Any, ...]:
    """The items of an index that is no tuple: itself, or those of a list that stands for a tuple."""
    if isinstance(index, list) and len(index) < 32:  # pyright: ignore[reportUnknownArgumentType]
        for item in index:  # pyright: ignore[reportUnknownVariableType]
            if item is None or item is Ellipsis or isinstance(item, (list, tuple, slice, Tensor, np.ndarray)):
                warnings.warn(
                    "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in "
                    "pytorch "
                    "2.9; use x[tuple(seq)] instead of x[seq]. In pytorch 2.9 this will be interpreted as tensor "
                    "index, "
                    "x[torch.tensor(seq)], which will result either in an error or a different result",
                    UserWarning,
                    stacklevel=5,
                )
                return tuple(index)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return (index,)


def _item(item: Any, found: Index) -> Any:
    """One item in one of five forms: int, slice, None, Ellipsis, or an array (0-d for a bool)."""
    kind = item.__class__
    if kind is int or item is None or item is Ellipsis:
        return item
    if kind is slice:
        return _checked_slice(item)
    if kind is bool or isinstance(item, np.bool_):
        return np.asarray(item)
    if isinstance(item, (int, np.integer)):
        return int(item)
    if isinstance(item, Tensor):
        array = item._array
        found.inference = found.inference or item.is_inference()
        if item._meta is not None:
            leave("index", item)
    elif isinstance(item, np.ndarray) or kind is Batched:
        array = item
    elif isinstance(item, (list, tuple)):
        return _from_sequence(item)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(item, range):
        array = np.asarray(item, dtype=np.int64)
    elif hasattr(item, "__index__"):
        return operator.index(item)
    elif isinstance(item, str):
        raise TypeError("new(): invalid data type 'str' (a tensor's dimensions have no names)")
    else:
        raise IndexError(f"{_TYPES} (got {kind.__name__})")
    dtype = array.dtype
    if dtype == np.bool_:
        found.foreign = True
        return array
    if dtype == np.uint8:
        warnings.warn(
            "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead.",
            UserWarning,
            stacklevel=5,
        )
        return array != 0
    if dtype not in (np.int64, np.int32):
        if array.ndim == 0 and dtype.kind in "iu":
            return int(array)
        raise IndexError(f"tensors used as indices must be long, int, byte or bool tensors (got {dtype})")
    if array.ndim == 0 and array.__class__ is not Batched:
        return int(array)
    found.foreign = True
    return array


def _from_sequence(item: Any) -> Any:
    plain = [part.tolist() if isinstance(part, (Tensor, np.ndarray, np.generic)) else part for part in item]  # pyright: ignore
    try:
        array = np.asarray(plain)
    except ValueError:
        raise ValueError(f"expected sequence of equal length to be an index, but got {item!r}") from None
    if array.size == 0 and array.dtype.kind == "f":
        return array.astype(np.int64)
    if array.dtype.kind in "US":
        raise TypeError(f"new(): invalid data type 'str' (an index may hold integers or booleans, not {item!r})")
    if array.dtype.kind not in "biu":
        raise IndexError(f"tensors used as indices must be long, int, byte or bool tensors (got {item!r})")
    return array


def _bound(value: Any) -> Any:
    if value is None or value.__class__ is int:
        return value
    try:
        return operator.index(value.item() if isinstance(value, Tensor) and value._array.dtype.kind in "iub" else value)  # pyright: ignore
    except TypeError:
        raise TypeError(
            f"slice indices must be integers or None or have an __index__ method (got {type(value).__name__})"
        ) from None


def _checked_slice(item: slice) -> slice:
    start, stop, step = _bound(item.start), _bound(item.stop), _bound(item.step)
    if step is not None and step <= 0:
        if step == 0:
            raise ValueError("slice step cannot be zero")
        raise ValueError(f"step must be greater than zero (the step is {step}; use torch.flip to reverse a dimension)")
    return slice(start, stop, step)


def _walk(items: list[Any], shape: tuple[int, ...], used: int, found: Index) -> None:
    """Fill `found` from the items, dimension by dimension."""
    basic: list[Any] = []
    advanced: list[Any] = []
    dim = 0
    place = 0  # the dimension as torch counts it for integers: after None, before removal
    ellipsis = changes = False
    for item in items:
        if item is None:
            basic.append(None)
            advanced.append(_FULL)
            changes, found.name = True, "UnsqueezeBackward0"
            place += 1
        elif item is Ellipsis:
            if ellipsis:
                continue
            ellipsis, count = True, len(shape) - used
            basic.extend([_FULL] * count)
            advanced.extend([_FULL] * count)
            dim += count
            place += count
        elif item.__class__ is int:
            size = shape[dim]
            if not -size <= item < size:
                raise IndexError(
                    f"index {item} is out of bounds for dimension {place} with size {size} (the shape is {list(shape)})"
                )
            basic.append(item)
            changes, found.name = True, "SelectBackward0"
            dim += 1
            place += 1
        elif item.__class__ is slice:
            basic.append(item)
            advanced.append(_FULL)
            if item.step not in (None, 1) or item.start not in (None, 0) or item.stop is not None:
                changes, found.name = True, "SliceBackward0"
            dim += 1
            place += 1
        else:
            changes, dim = _walk_array(item, basic, advanced, shape, dim, changes, found)
            place += max(item.ndim, 1) if item.dtype == np.bool_ else 1
    if changes:
        found.basic = (*basic, ...) if Ellipsis not in basic else tuple(basic)
    if any(part is not _FULL for part in advanced):
        while advanced[-1] is _FULL:
            advanced.pop()
        found.advanced = tuple(advanced)


def _walk_array(
    item: Any, basic: list[Any], advanced: list[Any], shape: tuple[int, ...], dim: int, changes: bool, found: Index
) -> tuple[bool, int]:
    if item.ndim == 0 and item.dtype == np.bool_:  # a bool: a new dimension of size 1, kept or emptied
        basic.append(None)
        advanced.append(item.reshape(1))
        found.foreign = True
        found.name = "UnsqueezeBackward0"
        return True, dim
    count = item.ndim if item.dtype == np.bool_ else 1
    if item.dtype == np.bool_:
        for i, n in enumerate(item.shape):
            if n != shape[dim + i]:
                raise IndexError(
                    f"The shape of the mask {list(item.shape)} at index {i} does not match the shape of the indexed "
                    "tensor "
                    f"{list(shape)} at index {dim + i}"
                )
    basic.extend([_FULL] * count)
    advanced.append(item)
    return changes, dim + count


def diagnose(error: Exception, shape: tuple[int, ...], advanced: tuple[Any, ...], value: Any = None) -> Exception:
    """torch's error for what NumPy refused: an index out of bounds, or shapes that do not fit."""
    arrays: list[Any] = []
    dim = 0
    for part in advanced:
        if isinstance(part, np.ndarray):
            if part.dtype == np.bool_:
                arrays.extend(part.nonzero())
                dim += part.ndim
                continue
            size = shape[dim]
            wrong = part[(part < -size) | (part >= size)]
            if wrong.size:
                # torch counts the dimensions that are indexed by tensors
                if not size:
                    return IndexError(
                        f"index is out of bounds for dimension with size 0 (dimension {dim} of shape {list(shape)})"
                    )
                return IndexError(
                    f"index {wrong.reshape(-1)[0]} is out of bounds for dimension {len(arrays)} with size {size} "
                    f"(in dimension {dim} of the indexed tensor of shape {list(shape)})"
                )
            arrays.append(part)
        dim += 1
    try:
        np.broadcast_shapes(*[a.shape for a in arrays])
    except ValueError:
        shapes = ", ".join(str(list(a.shape)) for a in arrays)
        return IndexError(f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}")
    if value is not None:
        result = np.broadcast_to(np.empty(()), shape)[advanced].shape
        return RuntimeError(
            f"shape mismatch: value tensor of shape {list(value)} cannot be broadcast to indexing result of shape "
            f"{list(result)}"
        )
    return error
