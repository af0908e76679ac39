"""Tensors of the memory that a file holds: what torch's files call `_rebuild_tensor_v2` and the like.

Note [Tensors that reach too far]
---------------------------------
Sizes, strides and offsets come from the file. A tensor is only made after it is certain that its last element lies in
the memory that the file has for it. Sizes may multiply to more than that where strides are 0, as an expanded tensor's.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..arrays.meta import without_values
from ..nn.parameter import Parameter
from ..storage import TypedStorage, UntypedStorage
from ..tensor import devices, dtypes
from ..tensor.core import Tensor, new, wrap


class Malformed(RuntimeError):
    """A file describes a tensor that it does not hold."""


def _whole(values: Any, what: str) -> tuple[int, ...]:
    if not isinstance(values, tuple) or not all(type(n) is int and 0 <= n < 2**63 for n in values):
        raise Malformed(f"a tensor's {what} must be numbers that are not negative, but the file says {values!r}")
    return values


def tensor(
    storage: Any,
    offset: Any,
    size: Any,
    stride: Any,
    requires_grad: Any = False,
    backward_hooks: Any = None,
    metadata: Any = None,
) -> Tensor:
    """The tensor of these sizes and strides in a storage. See Note [Tensors that reach too far]."""
    if not isinstance(storage, TypedStorage):
        raise Malformed(f"a tensor's memory must be a storage with a type, but the file says {type(storage).__name__}")
    return _tensor(storage._untyped_storage, storage.dtype, offset, size, stride, requires_grad, metadata)


def tensor_of_bytes(
    storage: Any,
    offset: Any,
    size: Any,
    stride: Any,
    requires_grad: Any,
    backward_hooks: Any,
    dtype: Any,
    metadata: Any = None,
) -> Tensor:
    """The tensor of these sizes, strides and dtype in a storage of bytes."""
    if not isinstance(storage, (TypedStorage, UntypedStorage)) or not isinstance(dtype, dtypes.dtype):
        raise Malformed(
            f"a tensor's memory must be a storage, and its type a dtype, but the file says {type(storage).__name__} "
            f"and {dtype!r}"
        )
    return _tensor(storage._untyped_storage, dtype, offset, size, stride, requires_grad, metadata)


def _tensor(
    storage: UntypedStorage,
    dtype: dtypes.dtype,
    offset: Any,
    size: Any,
    stride: Any,
    requires_grad: Any,
    metadata: Any,
) -> Tensor:
    sizes, strides = _whole(tuple(size), "sizes"), _whole(stride, "strides")
    (start,) = _whole((offset,), "offset")
    if len(sizes) != len(strides) or len(sizes) > 64:
        raise Malformed(f"mismatch in length of strides and shape (sizes {list(sizes)}, strides {list(strides)})")
    item, length = dtype.itemsize, len(storage)
    memory = None if storage._is_meta else storage._bytes
    count = length // item
    last = start + sum((n - 1) * s for n, s in zip(sizes, strides, strict=True))
    if 0 in sizes:
        last = -1
    if last >= count or prod(sizes) >= 2**60:
        raise Malformed(
            f"setStorage: sizes {list(sizes)}, strides {list(strides)}, storage offset {start}, and itemsize {item} "
            f"requiring a storage size of {(last + 1) * item} are out of bounds for storage of size {length}"
        )
    kind = dtype.numpy
    if storage._is_meta:
        array = storage._seen(kind, start, sizes, strides)
    elif last < 0:
        array = storage._bytes[:0].view(kind).reshape(sizes)
    else:  # a view of the memory itself, so that its offset is known
        array = np.ndarray(sizes, kind, memory, start * item, tuple([s * item for s in strides]))
    for name in metadata or {}:
        if name == "conj":
            array = array.conj()
        elif name == "neg":
            array = -array
    out = wrap(array)
    if requires_grad:
        out.requires_grad_()
    return out


def meta_tensor(dtype: Any, size: Any, stride: Any, requires_grad: Any) -> Tensor:
    """The tensor of the meta device of this dtype and these sizes and strides."""
    sizes, strides = _whole(tuple(size), "sizes"), _whole(tuple(stride), "strides")
    if not isinstance(dtype, dtypes.dtype) or len(sizes) != len(strides) or len(sizes) > 63 or prod(sizes) >= 2**60:
        raise Malformed(f"no tensor has the type {dtype!r}, sizes {list(sizes)} and strides {list(strides)}")
    kind = dtype.numpy
    out = wrap(without_values(sizes, kind, tuple([s * kind.itemsize for s in strides])))
    if requires_grad:
        out.requires_grad_()
    return out


def parameter(data: Any, requires_grad: Any, backward_hooks: Any) -> Parameter:
    """A parameter of the tensor `data`."""
    if not isinstance(data, Tensor):
        raise Malformed(f"a parameter's data must be a tensor, but the file says {type(data).__name__}")
    return Parameter(data, bool(requires_grad))


def parameter_with_state(data: Any, requires_grad: Any, backward_hooks: Any, state: Any) -> Parameter:
    """A parameter that has attributes."""
    return _with_state(parameter(data, requires_grad, backward_hooks), state)


def from_type(function: Any, cls: Any, args: Any, state: Any) -> Tensor:
    """A tensor of class `cls`, with attributes; `function(*args)` makes it."""
    if function not in (tensor, parameter, meta_tensor) or not (isinstance(cls, type) and issubclass(cls, Tensor)):
        raise Malformed(f"a tensor of type {cls!r} made by {function!r} is unknown")
    plain = function(*args)
    if type(plain) is not cls:
        made: Any = new(cls)
        made._array, made._history, made._view, made._node, made._meta = plain._array, None, None, None, None
        plain = made.requires_grad_(plain.requires_grad)
    return _with_state(plain, state)


def _with_state(x: Any, state: Any) -> Any:
    attributes = state[0] if isinstance(state, tuple) and state else state
    if attributes:
        if not isinstance(attributes, dict):
            raise Malformed(f"a tensor's attributes must be a dictionary, but the file says {attributes!r}")
        x.__dict__.update(attributes)
    return x


def layout(name: Any) -> Any:
    """The layout of this name: 'torch.strided', 'torch.sparse_coo', 'torch.sparse_csr'."""
    if name not in _LAYOUTS:
        raise Malformed(f"layout {name!r} is not supported; gradiente has {', '.join(_LAYOUTS)}")
    return _LAYOUTS[name]


_LAYOUTS = {repr(known): known for known in (devices.strided, devices.sparse_coo, devices.sparse_csr)}


def sparse_tensor(layout: Any, data: Any) -> Tensor:
    """The sparse tensor of its parts: places, values and size, and whether it is coalesced."""
    if not isinstance(data, tuple) or not all(isinstance(x, Tensor) for x in data[: 3 if layout is CSR else 2]):
        raise Malformed(f"a sparse tensor's parts must be tensors, but the file says {data!r}")
    if layout is devices.sparse_coo and len(data) in (3, 4):
        from ..sparse.creating import rebuilt

        return rebuilt(data[0], data[1], _whole(tuple(data[2]), "sizes"), bool(data[3:4] and data[3]))
    if layout is CSR and len(data) == 4:
        from ..sparse.compressed import sparse_csr_tensor

        return sparse_csr_tensor(data[0], data[1], data[2], _whole(tuple(data[3]), "sizes"))
    raise Malformed(f"a tensor with the layout {layout!r} and {len(data)} parts is unknown")


CSR = devices.sparse_csr


__all__ = [
    "Malformed",
    "from_type",
    "layout",
    "parameter",
    "parameter_with_state",
    "sparse_tensor",
    "tensor",
    "tensor_of_bytes",
]
