"""Parameters: tensors that a module learns; buffers: tensors that it keeps without learning them."""

from __future__ import annotations

from typing import Any, ClassVar

from ..ops.creation import empty
from ..tensor.core import Tensor, new


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

    def __init__(self, data: Any = None, requires_grad: bool = True) -> None:
        pass

    def __repr__(self, *, tensor_contents: object = None) -> str:
        return "Parameter containing:\n" + super().__repr__(tensor_contents=tensor_contents)

    def __reduce_ex__(self, protocol: Any) -> Any:
        state = dict(self.__dict__)
        cls = type(self)  # as for tensors: Parameter itself is not named
        return _rebuilt, (None if cls is Parameter else cls, self.detach(), self.requires_grad, state)


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


__all__ = ["Buffer", "Parameter"]
