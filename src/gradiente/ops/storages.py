"""A tensor's memory as a storage, and tensors that take another size or other memory: resize_, set_."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from math import prod
from sys import getrefcount
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arrays.meta import is_meta, usual_dtype, without_values
from ..arrays.numpy_indexing import owner, storage
from ..graph import current
from ..graph.sharing import HELD_ONCE
from ..tensor.core import Tensor
from ..tensor.devices import channels_last, contiguous_format
from ..tensor.dtypes import C_NAMES, get_default_dtype
from ..tensor.dtypes import dtype as Dtype
from ..tensor.inplace import touched
from ..tensor.memory import owner_of, reach
from ..tensor.restrictions import check_writable
from ._arguments import need_tensor
from ._factory import made, settle
from ._sizes import integer, integers
from ._uninitialized import fill, filling
from .formats import lies_in, order_of, preserves
from .shaping import reshape
from .storage import in_order
from .storage import stride as same_stride

if TYPE_CHECKING:
    from ..storage import TypedStorage, UntypedStorage


def untyped_storage(self: Tensor) -> UntypedStorage:
    """The memory of the tensor as bytes: one object for the tensor and all its views.

    NotImplementedError inside of vmap.

    >>> import gradiente as torch
    >>> x = torch.ones(2, 3)
    >>> x.untyped_storage().nbytes(), x[1].untyped_storage() is x.untyped_storage()
    (24, True)
    """
    from ..storage import UntypedStorage

    return UntypedStorage._around(owner_of(self._array))  # pyright: ignore[reportPrivateUsage]


def typed_storage(self: Tensor) -> TypedStorage:
    """The memory of the tensor as elements of its dtype. Deprecated, as in torch: use `untyped_storage`.

    >>> import warnings
    >>> import gradiente as torch
    >>> warnings.simplefilter("ignore")
    >>> torch.ones(2).storage().tolist()
    [1.0, 1.0]
    """
    from ..storage.deprecation import warn

    warn()
    return _typed_storage(self)


def _typed_storage(self: Tensor) -> TypedStorage:
    from ..storage import TypedStorage

    return TypedStorage(wrap_storage=untyped_storage(self), dtype=self.dtype, _internal=True)


def storage_type(self: Tensor) -> Any:
    """The old type of the tensor's storage, such as torch.FloatStorage; None for dtypes that have none.

    >>> import gradiente as torch
    >>> torch.ones(2).storage_type()
    <class 'torch.FloatStorage'>
    """
    from ..storage.legacy import legacy_type

    return legacy_type(self.dtype)


def is_shared(self: Tensor) -> bool:
    """Whether child processes that are forked share the tensor's memory.

    >>> import gradiente as torch
    >>> torch.ones(2).is_shared(), torch.ones(2).share_memory_().is_shared()
    (False, True)
    """
    return untyped_storage(self).is_shared()


def share_memory_(self: Tensor) -> Tensor:
    """Move the tensor's memory, in place, to where child processes which are forked share it; returns the tensor.

    >>> import gradiente as torch
    >>> torch.ones(2).share_memory_()
    tensor([1., 1.])
    """
    untyped_storage(self).share_memory_()
    return self


def resize_(self: Tensor, *size: Any, memory_format: Any = None) -> Tensor:
    """Give the tensor another size, in place: its first elements stay, what is new is not set. Not with gradients.

    RuntimeError for a tensor that requires gradients. A view that grows beyond its storage makes that larger.

    >>> import gradiente as torch
    >>> torch.arange(6).resize_(2, 2)
    tensor([[0, 1],
            [2, 3]])
    """
    sizes = integers(size, "resize_", "size")
    keeps = preserves(memory_format, "resize_")
    if memory_format is not None and keeps:
        raise RuntimeError("Unsupported memory formatPreserve (resize_ takes torch.contiguous_format or channels_last)")
    if self._node is not None:
        raise RuntimeError("cannot resize variables that require grad (resize a .detach()ed one, or use reshape)")
    check_writable(self, overlapping=True)
    if any(n < 0 for n in sizes):
        raise RuntimeError(f"numel: integer multiplication overflow (negative size in {list(sizes)})")
    if is_meta(self._array):
        self._array = without_values(sizes, self._array.dtype)
    elif keeps:
        self._array = resized(self, sizes)
    else:
        order = order_of(memory_format, len(sizes))
        dense = resized(self, (prod(sizes),)).reshape([sizes[i] for i in order])
        self._array = dense.transpose(np.argsort(order))
    touched(self)
    return self


def resized(x: Tensor, sizes: tuple[int, ...]) -> Any:
    """The memory from the tensor's first element on, in another size; its storage grows if it is too small."""
    array = x._array
    if array.shape == sizes:
        return array
    memory, first = storage(array)
    end, size = first + prod(sizes) * array.itemsize, memory.size
    if not reach(owner(array), end):
        if _alone(array):
            memory = np.concatenate((memory, np.zeros(end - memory.size, np.uint8)))
        else:
            untyped_storage(x).resize_(end)
            memory, first = storage(x._array)
        if filling.on:
            fill(memory[max(first, size) : end].view(array.dtype))
    return memory[first:end].view(array.dtype).reshape(sizes)


def _alone(array: Any) -> bool:
    """Whether no other tensor or storage can look into the memory of a tensor's array."""
    if owner(array).size == 0:
        return True
    return array.base is None and getrefcount(array) <= HELD_ONCE + 2  # the tensor, `resized` and this function


def resize_as_(self: Tensor, the_template: Tensor, memory_format: Any = None) -> Tensor:
    """Give the tensor the size of another one, in place. See `resize_`.

    >>> import gradiente as torch
    >>> torch.arange(4).resize_as_(torch.ones(2, 2)).shape
    torch.Size([2, 2])
    """
    template = need_tensor(the_template, "resize_as_", "the_template")
    if memory_format is not None and preserves(memory_format, "resize_as_"):
        memory_format = channels_last if lies_in(channels_last, template) else contiguous_format
    return resize_(self, template._array.shape, memory_format=memory_format)


def resize(self: Tensor, *sizes: int) -> Tensor:
    """The tensor in another shape of as many elements. Deprecated, as in torch: use `reshape`.

    >>> import warnings
    >>> import gradiente as torch
    >>> warnings.simplefilter("ignore")
    >>> torch.arange(4).resize(2, 2)
    tensor([[0, 1],
            [2, 3]])
    """
    warnings.warn("non-inplace resize is deprecated", UserWarning, stacklevel=2)
    return _resized_out(self, sizes)


def resize_as(self: Tensor, tensor: Tensor) -> Tensor:
    """The tensor in the shape of another one of as many elements. Deprecated, as in torch: use `reshape`.

    >>> import warnings
    >>> import gradiente as torch
    >>> warnings.simplefilter("ignore")
    >>> torch.arange(4).resize_as(torch.ones(2, 2)).shape
    torch.Size([2, 2])
    """
    warnings.warn("non-inplace resize_as is deprecated", UserWarning, stacklevel=2)
    return _resized_out(self, need_tensor(tensor, "resize_as", "tensor")._array.shape)


def _resized_out(x: Tensor, given: tuple[Any, ...]) -> Tensor:
    sizes = integers(given, "resize", "size")
    if prod(sizes) != x._array.size:
        have = x._array.shape
        raise RuntimeError(
            f"requested resize to {'x'.join(map(str, sizes))} ({prod(sizes)} elements in total), but the given tensor "
            f"has a size of {'x'.join(map(str, have))} ({x._array.size} elements). autograd's resize can only change "
            "the shape of a given tensor, while preserving the number of elements. "
        )
    return reshape(x, sizes)


_FORMS = (
    "\n * ()\n * (torch.Storage source)\n * (torch.Storage source, int storage_offset, tuple of ints size, tuple of "
    "ints stride = None)\n * (Tensor source)\n * (Tensor source, int storage_offset, tuple of ints size, tuple of "
    "ints stride = None)\n"
)


def set_(
    self: Tensor,
    source: Tensor | UntypedStorage | TypedStorage | None = None,
    storage_offset: int | None = None,
    size: Sequence[int] | None = None,
    stride: Sequence[int] | None = None,
) -> Tensor:
    """Let the tensor show the memory of `source` from now on, or none. Gradients do not flow through it.

    Args:
        self: the tensor.
        source: a tensor or a storage, whose memory grows if it is too small for the size. None: no memory.
        storage_offset: the first element.
        size: the sizes; without it all of the memory, or the shape of the source.
        stride: how many elements lie between neighbours; without it, the elements lie in their order, unless the size
            is the one that the tensor has.

    Returns:
        The tensor.

    Raises:
        RuntimeError: a source of another dtype, a tensor that requires gradients, negative sizes or strides.
        TypeError: no source of these kinds.

    Example:
        >>> import gradiente as torch
        >>> storage = torch.arange(4.0).untyped_storage()
        >>> torch.tensor([]).set_(storage, 1, (2,), (2,))
        tensor([1., 3.])
    """
    if (source is not None and not _is_source(source)) or (storage_offset is None) != (size is None):
        given = [_name(a) for a in (source, storage_offset, size, stride) if a is not None]
        raise TypeError(
            f"set_() received an invalid combination of arguments - got ({', '.join(given)}), but expected one of:"
            f"{_FORMS}"
        )
    check_writable(self, overlapping=True)
    if current().grad and (self._node is not None or (isinstance(source, Tensor) and source._node is not None)):
        raise RuntimeError("derivative for aten::set_ is not implemented (set_ under no_grad, or use copy_)")
    if source is not None:
        _need_device(self, source)
    if source is None:
        array = np.empty(0, usual_dtype(self._array.dtype)) if self.is_cpu else without_values((0,), self._array.dtype)
    elif isinstance(source, Tensor) and size is None:
        if source._array.dtype != self._array.dtype:
            names = [C_NAMES[x.dtype.name] for x in (source, self)]
            raise RuntimeError(
                f"Could not set tensor of type {names[0]} to a tensor of type {names[1]} (convert the source first)"
            )
        array = source._array
    else:
        array = _seen_in(self, source, storage_offset, size, stride)
    self._array = array
    touched(self)
    return self


def _need_device(x: Tensor, source: Any) -> None:
    """Raise torch's error if a source of memory is on another device than a tensor."""
    own, other = is_meta(x._array), _on_meta(source)
    if own != other:
        names = ["meta" if here else "cpu" for here in (own, other)]
        raise RuntimeError(
            f'Attempted to set the storage of a tensor on device "{names[0]}" to a storage on different device '
            f'"{names[1]}".  This is no longer allowed; the devices must match.'
        )


def _on_meta(source: Any) -> bool:
    return is_meta(source._array) if isinstance(source, Tensor) else source._untyped_storage._is_meta


def _is_source(value: Any) -> bool:
    return isinstance(value, Tensor) or hasattr(type(value), "_as_array")


def _name(value: Any) -> str:
    from ..storage.sources import kind

    return kind(value)


def _seen_in(x: Tensor, source: Any, offset: Any, size: Any, stride: Any) -> Any:
    """The memory of a source with these sizes and strides, in elements of the dtype of `x`."""
    untyped = untyped_storage(source) if isinstance(source, Tensor) else source._untyped_storage
    kind = x._array.dtype
    if not isinstance(source, Tensor):
        source._need_dtype(x.dtype, C_NAMES[x.dtype.name], "type ", " for argument 1 'storage'")
    if size is None:
        start, sizes, strides = 0, (len(untyped) // kind.itemsize,), (1,)
    else:
        start = integer(offset, "set_", "storage_offset", 2)
        sizes = integers((size,), "set_", "size")
        if stride:
            strides = integers((stride,), "set_", "stride")
        else:
            strides = tuple(same_stride(x)) if sizes == x._array.shape else in_order(sizes)
    return untyped._seen(kind, start, sizes, strides)


def from_file(
    filename: str,
    shared: bool | None = None,
    size: int = 0,
    *,
    dtype: Dtype | None = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor whose memory is the beginning of a file, read when it is used.

    Args:
        filename: the file.
        shared: whether changes reach the file, which is made, or made longer, if need be.
        size: how many elements.
        dtype: the dtype; without it the default one.
        layout: torch.strided.
        device: "cpu" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of shape (size,).

    Raises:
        RuntimeError: there is no such file, or it is too short.

    Example:
        >>> import tempfile
        >>> import gradiente as torch
        >>> with tempfile.NamedTemporaryFile() as file:
        ...     _ = torch.from_file(file.name, shared=True, size=2, dtype=torch.int16).fill_(1)
        ...     len(file.read())
        4
    """
    from ..storage import UntypedStorage

    wanted = settle("from_file", dtype, layout, device, pin_memory, requires_grad) or get_default_dtype()
    storage = UntypedStorage.from_file(filename, bool(shared), size * wanted.itemsize)
    return made(storage._as_array(wanted), requires_grad)  # pyright: ignore[reportPrivateUsage]


METHODS: dict[str, Any] = {
    "_typed_storage": _typed_storage,
    "is_shared": is_shared,
    "resize": resize,
    "resize_": resize_,
    "resize_as": resize_as,
    "resize_as_": resize_as_,
    "set_": set_,
    "share_memory_": share_memory_,
    "storage": typed_storage,
    "storage_type": storage_type,
    "untyped_storage": untyped_storage,
}
__all__ = ["from_file"]
