"""Tensors of classes that programs derive from Tensor: how they are made, and that results have their class."""

from __future__ import annotations

from typing import Any, TypeVar

from ..tensor.core import Tensor
from ..tensor.overriding import DisableTorchFunctionSubclass, disabled_torch_function_impl, enable
from ._views import viewing

_alias = viewing("alias")

T = TypeVar("T", bound=Tensor)


def as_subclass(self: Tensor, cls: type[T]) -> T:
    """The same tensor as one of the class `cls`: values and history are shared.

    TypeError if `cls` is no class derived from Tensor.

    >>> import gradiente as torch
    >>> class Image(torch.Tensor):
    ...     pass
    >>> torch.ones(2).as_subclass(Image) * 2
    Image([2., 2.])
    """
    out: Any = _alias(self)
    out.__class__ = _derived(cls, "as_subclass")
    return out


def _derived(cls: Any, function: str) -> type[Tensor]:
    if not isinstance(cls, type):
        raise TypeError(f"{function}(): argument 'cls' (position 1) must be type, not {type(cls).__name__}")
    if not issubclass(cls, Tensor):
        raise TypeError(f"cls must be a type that inherits from Tensor, but {cls.__name__} does not")
    return cls


def _torch_function(cls: type[Tensor], func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
    """Call `func` as if there were no subclasses, and give the tensors that it returns the class `cls`.

    What a class derived from Tensor does that defines no `__torch_function__` of its own. NotImplemented where `types`
    has a class that `cls` is not derived from.
    """
    if not all(issubclass(cls, kind) for kind in types):
        return NotImplemented
    with DisableTorchFunctionSubclass():
        result = func(*args, **(kwargs or {}))
        if getattr(func, "__name__", "") == "__get__" and func in nowrap():
            return result
        return _converted(result, cls)


def nowrap() -> set[Any]:
    """Getters whose results keep the class they have: those of gradients and of bases."""
    kind: Any = Tensor
    return {kind._base.__get__, kind.grad.__get__}


def _converted(result: Any, cls: type[Tensor]) -> Any:
    if isinstance(result, Tensor):
        return result if cls is Tensor or isinstance(result, cls) else as_subclass(result, cls)
    if isinstance(result, (tuple, list)):  # those of functions with names for their results as well
        parts = [_converted(part, cls) for part in result]
        return type(result)._make(parts) if hasattr(result, "_make") else type(result)(parts)  # pyright: ignore
    return result


def _init_subclass(cls: type[Tensor], **keywords: Any) -> None:
    super(Tensor, cls).__init_subclass__(**keywords)
    if getattr(cls, "__torch_function__", None) is not disabled_torch_function_impl:
        enable()


METHODS: dict[str, Any] = {
    "as_subclass": as_subclass,
    "__torch_function__": classmethod(_torch_function),
    "__init_subclass__": classmethod(_init_subclass),
}
__all__: list[str] = []
