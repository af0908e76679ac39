"""Torch's old tensor types: torch.Tensor(2, 3), torch.FloatTensor([1, 2]), isinstance(x, torch.LongTensor)."""

from __future__ import annotations

import warnings
from typing import Any, cast

import numpy as np

from ..tensor import dtypes
from ..tensor.core import AccumulateGrad, Tensor, new
from ..tensor.devices import device as Device
from ..tensor.dtypes import TENSOR_TYPES, get_default_dtype
from ..tensor.dtypes import dtype as Dtype
from ._factory import allocate, need_bool, need_differentiable, shape_of
from ._uninitialized import blank
from .creation import copied


def _legacy_array(args: tuple[Any, ...], device: Any, dtype: Dtype | None) -> Any:
    """The array that torch's old constructors make of their arguments, in `dtype` or else the default one."""
    if device is not None and Device(device).type != "cpu":
        raise RuntimeError(
            f"legacy constructor expects device type: cpu but device type: {Device(device).type} was passed"
        )
    wanted = dtype or get_default_dtype()
    if not args:
        return np.empty(0, wanted.numpy)
    first = args[0]
    if isinstance(first, Tensor) and len(args) == 1:
        if dtype is not None and first.dtype is not dtype:
            raise TypeError(
                f"expected a tensor of dtype {dtype!r} (got one of {first.dtype!r}; convert it with .to({dtype!r}))"
            )
        return first._array
    if len(args) == 1 and not _is_size(first):
        if isinstance(first, str):
            raise TypeError("new(): invalid data type 'str'")
        if not hasattr(first, "__len__"):
            name = f"{'numpy.' * isinstance(first, np.generic)}{cast(Any, first).__class__.__name__}"
            raise TypeError(f"new(): data must be a sequence (got {name}); torch.tensor takes numbers")
        return copied(first, wanted, "new")
    return allocate(blank, shape_of(args, None, "new"), wanted.numpy)


def _is_size(value: Any) -> bool:
    from ..tensor.size import Size

    return isinstance(value, (Size, np.integer)) or (isinstance(value, int) and not isinstance(value, bool))


def _new_tensor_object(cls: type[Tensor], *args: Any, device: Any = None, **keywords: Any) -> Tensor:
    """Make a tensor in torch's old way: `Tensor(2, 3)` without values, `Tensor([1, 2])` from data."""
    if cls is not Tensor and cls.__init__ is not object.__init__:
        keywords = {}  # a subclass with a constructor of its own may take what it likes
    if keywords:
        names = ", ".join([type(a).__name__ for a in args] + [f"{k}={type(v).__name__}" for k, v in keywords.items()])
        raise TypeError(
            f"new() received an invalid combination of arguments - got ({names}), but expected one of:\n"
            " * (*, torch.device device = None)\n * (Tensor other)\n"
            " * (tuple of ints size, *, torch.device device = None)\n"
            " * (object data, *, torch.device device = None)\n(torch.tensor(data, dtype=...) takes a dtype)"
        )
    return _blank(cls, _legacy_array(args, device, None))


def _blank(cls: type[Tensor], array: Any) -> Tensor:
    out = new(cls)
    out._array = array
    out._node = out._history = out._view = out._meta = None
    return out


def _make_subclass(cls: type[Tensor], data: Tensor, require_grad: bool = False) -> Tensor:
    """A tensor of the class `cls` that shares the memory of `data` and has no history.

    Args:
        cls: a subclass of Tensor.
        data: the tensor whose values it shows.
        require_grad: whether gradients are to be computed for it.

    Returns:
        A new object of that class.

    Raises:
        TypeError: no subclass of Tensor, or no tensor.
        RuntimeError: a gradient for integers.
    """
    if not (isinstance(cls, type) and issubclass(cls, Tensor)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"cls must be a type (got {type(cls).__name__})")
    if not isinstance(data, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"_make_subclass(): argument 'data' (position 2) must be Tensor, not {type(data).__name__}")
    need_bool(require_grad, "_make_subclass", "require_grad")
    if require_grad:
        need_differentiable(data.dtype, "_make_subclass")
    out = _blank(cls, data._array)
    out._history = data._history
    if require_grad:
        out._node = AccumulateGrad(out)
    return out


def new_object(self: Tensor, *args: Any, device: Any = None) -> Tensor:
    """Make a tensor of this one's dtype in torch's old way: `x.new(2, 3)` without values, `x.new([1, 2])` from data.

    Returns:
        A new tensor.

    Raises:
        TypeError: data that are no sequence of numbers.

    Example:
        >>> import gradiente as torch
        >>> torch.ones(1, dtype=torch.int8).new([1, 2])
        tensor([1, 2], dtype=torch.int8)
    """
    return _blank(Tensor, _legacy_array(args, device, self.dtype))


class tensortype(type):
    """The class of torch.FloatTensor and its like: calling one makes a tensor of its dtype, isinstance asks for it."""

    dtype: Dtype

    def __call__(cls, *args: Any, device: Any = None) -> Tensor:
        """Make a tensor: without values of the given sizes, or from data."""
        return _blank(Tensor, _legacy_array(args, device, cls.dtype))

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype and not instance.is_sparse

    def __repr__(cls) -> str:
        return f"<class '{cls.__module__}.{cls.__name__}'>"


def _type(dtype: Dtype) -> tensortype:
    name = TENSOR_TYPES[dtype.name]
    doc = f"The old type of tensors of dtype {dtype!r}: `torch.{name}([1, 0])` makes one."
    return tensortype(name, (), {"dtype": dtype, "__doc__": doc, "__module__": "torch", "is_cuda": False})


BoolTensor: tensortype = _type(dtypes.bool)
ByteTensor: tensortype = _type(dtypes.uint8)
CharTensor: tensortype = _type(dtypes.int8)
ShortTensor: tensortype = _type(dtypes.int16)
IntTensor: tensortype = _type(dtypes.int32)
LongTensor: tensortype = _type(dtypes.int64)
HalfTensor: tensortype = _type(dtypes.float16)
BFloat16Tensor: tensortype = _type(dtypes.bfloat16)
FloatTensor: tensortype = _type(dtypes.float32)
DoubleTensor: tensortype = _type(dtypes.float64)


def _volatile(self: Tensor) -> bool:
    warnings.warn("volatile was removed (Variable.volatile is always False)", UserWarning, stacklevel=2)
    return False


def _set_volatile(self: Tensor, value: Any) -> None:
    text = "volatile was removed and now has no effect. Use `with torch.no_grad():` instead."
    warnings.warn(text, UserWarning, stacklevel=2)


METHODS: dict[str, Any] = {
    "volatile": property(_volatile, _set_volatile, doc="False: what torch 0.4 did away with."),
    "__new__": staticmethod(_new_tensor_object),
    "_make_subclass": staticmethod(_make_subclass),
    "new": new_object,
}
__all__ = [
    "BFloat16Tensor",
    "BoolTensor",
    "ByteTensor",
    "CharTensor",
    "DoubleTensor",
    "FloatTensor",
    "HalfTensor",
    "IntTensor",
    "LongTensor",
    "ShortTensor",
]
