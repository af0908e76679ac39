"""Parameters: tensors that a module learns; buffers: tensors that it keeps without learning them.

Note [Uninitialised tensors]
----------------------------
A lazy module has parameters and buffers before it knows their shapes. They are tensors of a class whose `_array`, the
one way to a tensor's values, is a property that raises: so every function refuses them, and none has to ask. Below it
the field of the same name holds an empty array, which knows the dtype and the device. `materialize` allocates the
values and gives the object its final class; whoever holds the object, an optimiser for instance, then holds the
parameter.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, ClassVar

from ..ops.creation import empty
from ..tensor.core import Tensor, new, wrap
from ..tensor.overriding import SIMPLE, disabled_torch_function_impl


class _ParameterType(type(Tensor)):
    """Makes `isinstance(x, Parameter)` true of tensors of other classes that are marked as parameters."""

    def __instancecheck__(cls, instance: Any) -> bool:
        if super().__instancecheck__(instance):
            return True
        return cls is Parameter and isinstance(instance, Tensor) and getattr(instance, "_is_param", False)


class Parameter(Tensor, metaclass=_ParameterType):
    """A tensor that a module finds among its parameters when it is assigned as an attribute.

    Args:
        data: the values, whose memory is shared. None: an empty tensor.
        requires_grad: whether gradients are computed for it.

    Example:
        >>> import gradiente as torch
        >>> torch.nn.Parameter(torch.ones(2))
        Parameter containing:
        tensor([1., 1.], requires_grad=True)
    """

    __slots__ = ()
    __torch_function__: ClassVar[Any] = disabled_torch_function_impl
    _shown_as: ClassVar[str] = "tensor"

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Any:
        """The parameter; for data of a class of its own, a tensor of that class that is marked as one."""
        if data is None:
            data = empty(0)
        if not isinstance(data, Tensor):
            raise TypeError(
                f"Cannot make a Parameter of {type(data).__name__}: the data must be a Tensor "
                "(torch.tensor(...) makes one)"
            )
        if type(data) in (Tensor, Parameter):
            return _around(cls, data, requires_grad)
        marked: Any = data.detach().requires_grad_(requires_grad)
        if type(marked) is not type(data):
            raise RuntimeError(
                f"Creating a Parameter from an instance of type {type(data).__name__} requires that detach() returns "
                f"an instance of the same type, but return type {type(marked).__name__} was found instead."
            )
        marked._is_param = True  # pyright: ignore[reportAttributeAccessIssue]
        return marked

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # `__new__` has checked them; subclasses may take others
        pass

    def __repr__(self, *, tensor_contents: object = None) -> str:
        return "Parameter containing:\n" + super().__repr__(tensor_contents=tensor_contents)

    def __reduce_ex__(self, protocol: Any) -> Any:
        state = dict(self.__dict__)
        cls = type(self)  # as for tensors: Parameter itself is not named
        return _rebuilt, (None if cls is Parameter else cls, self.detach(), self.requires_grad, state)


SIMPLE.add(Parameter)


def _around(cls: type[Any], data: Tensor, requires_grad: bool) -> Any:
    """A parameter of the class that shares the memory of `data`."""
    plain = data.detach()
    made: Any = new(cls)
    made._array, made._history = plain._array, plain._history
    made._node = made._view = made._meta = None
    return made.requires_grad_(requires_grad)


def _rebuilt(cls: type[Any] | None, data: Tensor, requires_grad: bool, state: dict[str, Any]) -> Any:
    made = _around(cls or Parameter, data, requires_grad)
    made.__dict__.update(state)
    return made


class _BufferType(type(Tensor)):
    def __instancecheck__(cls, instance: Any) -> bool:
        if super().__instancecheck__(instance):
            return True
        return cls is Buffer and isinstance(instance, Tensor) and getattr(instance, "_is_buffer", False)


class Buffer(Tensor, metaclass=_BufferType):
    """A tensor that a module keeps among its buffers when it is assigned as an attribute.

    Args:
        data: the values. None: an empty tensor.
        persistent: whether the module's `state_dict` has it.

    Returns:
        `data` itself, marked as a buffer.
    """

    __slots__ = ()

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Any:
        """The tensor, marked."""
        made: Any = empty(0) if data is None else data.detach().requires_grad_(data.requires_grad)
        made.persistent = persistent
        made._is_buffer = True
        return made


_HIDDEN: Any = Tensor.__dict__["_array"]
_OF_HIDDEN = (
    *("bool", "byte", "char", "short", "int", "long", "half", "bfloat16", "float", "double", "cfloat", "cdouble"),
    *("cpu", "cuda", "to", "copy_", "size", "get_device", "is_floating_point", "is_complex"),
)


class UninitializedTensorMixin:
    """What uninitialised parameters and buffers share; see Note [Uninitialised tensors]."""

    __slots__ = ()
    __torch_function__: ClassVar[Any] = disabled_torch_function_impl
    cls_to_become: ClassVar[type[Any]]

    @property
    def _array(self) -> Any:
        raise ValueError(
            f"Attempted to use an uninitialized parameter in {_asking()}. This error happens when you are using a "
            f"`LazyModule` or explicitly manipulating `torch.nn.parameter.{type(self).__name__}` objects. When using "
            "LazyModules Call `forward` with a dummy batch to initialize the parameters before calling torch functions"
        )

    @property
    def shape(self) -> Any:
        """Unknown: RuntimeError."""
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in "
            "`load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call `forward` "
            "to initialize the parameters before accessing their attributes."
        )

    @property
    def data(self) -> Any:
        """The empty tensor that knows the dtype and the device."""
        return wrap(_HIDDEN.__get__(self))

    @data.setter
    def data(self, value: Tensor) -> None:
        final: Any = _around(self.cls_to_become, self.data, False)
        final.data = value.data if is_lazy(value) else value  # refuses what cannot be assigned
        _HIDDEN.__set__(self, final._array)
        node: Any = getattr(self, "_node", None)
        if node is not None:
            node._array = final._array

    @property
    def dtype(self) -> Any:
        """The type that the elements will have."""
        return self.data.dtype

    @property
    def device(self) -> Any:
        """Where the values will be."""
        return self.data.device

    @property
    def layout(self) -> Any:
        """How the values will lie."""
        return self.data.layout

    @property
    def ndim(self) -> int:
        """That of the empty tensor."""
        return 1

    @property
    def requires_grad(self: Any) -> bool:
        """Whether gradients are to be computed for this tensor."""
        return self._node is not None

    @requires_grad.setter
    def requires_grad(self: Any, value: bool) -> None:
        uninitialized, self.__class__ = type(self), self.cls_to_become
        try:
            self.requires_grad = value
        finally:
            self.__class__ = uninitialized

    @requires_grad.deleter
    def requires_grad(self) -> None:
        raise RuntimeError("requires_grad must be a bool (it cannot be deleted)")

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        """Raise ValueError; set `requires_grad` instead."""
        return self._array

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Allocate memory, without values, and become a parameter or a tensor.

        Args:
            shape: the sizes.
            device: where. None: what the constructor was told.
            dtype: the type of the elements. None: what the constructor was told.

        Example:
            >>> import gradiente as torch
            >>> p = torch.nn.parameter.UninitializedParameter()
            >>> p.materialize((2, 3))
            >>> p.shape
            torch.Size([2, 3])
        """
        known = self.data
        self.data = empty(shape, device=device or known.device, dtype=dtype or known.dtype)
        self.__class__ = self.cls_to_become

    def share_memory_(self) -> Any:
        """Raise RuntimeError: there is no memory yet."""
        raise RuntimeError(
            "Can't share memory on an uninitialized parameter or buffer. Call `forward` to initialize the parameters "
            "before calling `module.share_memory()`."
        )

    def __repr__(self, *, tensor_contents: object = None) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__

    def __reduce_ex__(self, protocol: Any) -> Any:
        own: Any = self
        return type(self), (own.requires_grad, None, self.dtype)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        own: Any = self
        made = memo[id(self)] = type(self)(own.requires_grad, self.device, self.dtype)  # pyright: ignore
        return made


def _of_hidden(name: str) -> Callable[..., Any]:
    """A method of the empty tensor: a tensor that differs from it is uninitialised as well if this is a buffer."""

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        empty_one = _around(self.cls_to_become, self.data, self.requires_grad)
        result = getattr(empty_one, name)(*args, **kwargs)
        if result is empty_one:
            return self
        return UninitializedBuffer(False, result.device, result.dtype) if _becomes_one(self, result) else result

    call.__name__ = name
    call.__doc__ = f"`Tensor.{name}` of no elements: it says, or changes, the dtype and the device."
    return call


def _becomes_one(asked: Any, result: Any) -> bool:
    return isinstance(asked, UninitializedBuffer) and isinstance(result, Tensor)


for _name in _OF_HIDDEN:
    setattr(UninitializedTensorMixin, _name, _of_hidden(_name))


def _asking() -> str:
    """The function of this library, as torch's errors name it, that a user's line or a module called."""
    package = __name__.partition(".")[0] + "."
    frame: Any = sys._getframe(2)
    name = _name_of_call(frame)
    while frame is not None and frame.f_globals.get("__name__", "").startswith(package):
        if frame.f_globals["__name__"].startswith((package + "nn.modules", package + "optim")):
            break
        name, frame = _name_of_call(frame), frame.f_back
    return f"<method '{name}' of 'torch._C.TensorBase' objects>"


def _name_of_call(frame: Any) -> str:
    """The name of a frame's function; where one body serves many operations, that of the operation."""
    for key in ("primitive", "function"):
        found = frame.f_locals.get(key)
        name = getattr(found, "name", None) or getattr(found, "__name__", None)
        if isinstance(name, str):
            return name
    return frame.f_code.co_name.strip("_<>")


class UninitializedParameter(UninitializedTensorMixin, Parameter):
    """A parameter whose shape is not known yet, with no values. `materialize` makes it a `Parameter`.

    Args:
        requires_grad: whether gradients are computed for it.
        device: where its values will be.
        dtype: the type that its elements will have.

    Everything that needs values or a shape raises ValueError or RuntimeError.

    Example:
        >>> import gradiente as torch
        >>> torch.nn.parameter.UninitializedParameter()
        <UninitializedParameter>
    """

    __slots__ = ()
    cls_to_become = Parameter

    def __new__(cls, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> Any:
        """The parameter, with an empty array in the place of its values."""
        made = _around(Parameter, empty(0, device=device, dtype=dtype), requires_grad)
        made.__class__ = cls
        return made

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> None:
        pass


class UninitializedBuffer(UninitializedTensorMixin, Tensor):
    """A buffer whose shape is not known yet, with no values. `materialize` makes it a tensor.

    Args:
        requires_grad: whether gradients are computed for it.
        device: where its values will be.
        dtype: the type that its elements will have.
        persistent: whether the module's `state_dict` has it.
    """

    __slots__ = ()
    cls_to_become = Tensor

    def __new__(
        cls, requires_grad: bool = False, device: Any = None, dtype: Any = None, persistent: bool = True
    ) -> Any:
        """The buffer, with an empty array in the place of its values."""
        made = _around(Tensor, empty(0, device=device, dtype=dtype), requires_grad)
        made.persistent, made._is_buffer = persistent, True
        made.__class__ = cls
        return made

    def __init__(
        self, requires_grad: bool = False, device: Any = None, dtype: Any = None, persistent: bool = True
    ) -> None:
        pass


def is_lazy(param: Any) -> bool:
    """Whether a tensor is an uninitialised parameter or buffer.

    >>> import gradiente as torch
    >>> torch.nn.parameter.is_lazy(torch.nn.LazyLinear(2).weight)
    True
    """
    return isinstance(param, UninitializedTensorMixin)


__all__ = ["Buffer", "Parameter", "UninitializedBuffer", "UninitializedParameter", "is_lazy"]
