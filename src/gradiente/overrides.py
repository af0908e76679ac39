"""torch.overrides: for types that take over what torch's functions do with them, by `__torch_function__`.

See Note [Overriding functions] in `gradiente.tensor.overriding`. The first import of this module, the first class
derived from Tensor and the first mode let functions ask. Under ``python -m gradiente`` a class of any kind does that
defines `__torch_function__`; with ``import gradiente as torch`` such a class needs this module imported once.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from types import FunctionType, ModuleType, TracebackType
from typing import Any, TypeVar

from ._asking import ignored, listed, namespaces
from ._missing import Getter, missing_in
from .ops.subclasses import nowrap
from .tensor.core import Tensor
from .tensor.overriding import (
    EnterMode,
    enable,
    handled,
    overloaded,
)

F = TypeVar("F", bound=Callable[..., Any])


class TorchFunctionMode:
    """In the body of a `with` statement, every call of a public function goes to this object first.

    Derive a class and define `__torch_function__(self, func, types, args=(), kwargs=None)`. While it runs, the mode is
    put aside, so that it can call `func` itself.

    >>> import gradiente as torch
    >>> from gradiente.overrides import TorchFunctionMode
    >>> class Log(TorchFunctionMode):
    ...     def __torch_function__(self, func, types, args=(), kwargs=None):
    ...         print(func.__name__)
    ...         return func(*args, **(kwargs or {}))
    >>> with Log():
    ...     x = torch.ones(2) + 1
    ones
    add
    """

    _entered: list[EnterMode]

    def __init__(self) -> None:
        pass

    def __torch_function__(
        self, func: Any, types: tuple[type, ...], args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Answer for `func(*args, **kwargs)`; a derived class defines this."""
        raise NotImplementedError(f"{type(self).__name__} has to define __torch_function__")

    def __enter__(self) -> Any:
        self.__dict__.setdefault("_entered", []).append(EnterMode(self))
        self._entered[-1].__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._entered.pop().__exit__(kind, error, trace)


class BaseTorchFunctionMode(TorchFunctionMode):
    """A mode that lets every call through."""

    def __torch_function__(
        self, func: Any, types: tuple[type, ...], args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Call the function."""
        return func(*args, **(kwargs or {}))


def has_torch_function(relevant_args: Iterable[Any]) -> bool:
    """Whether a type among the arguments, or of elements of lists among them, takes calls over.

    >>> import gradiente as torch
    >>> torch.overrides.has_torch_function((torch.ones(1), 2))
    False
    """
    from .tensor.overriding import state

    modes, disabled, _ = state()
    return disabled < 2 and (bool(modes) or (not disabled and bool(overloaded(relevant_args))))


def has_torch_function_unary(arg: Any) -> bool:
    """`has_torch_function` for one argument."""
    return has_torch_function((arg,))


def has_torch_function_variadic(*args: Any) -> bool:
    """`has_torch_function` for arguments given one by one."""
    return has_torch_function(args)


def handle_torch_function(
    public_api: Callable[..., Any], relevant_args: Iterable[Any], *args: Any, **kwargs: Any
) -> Any:
    """What the types of the relevant arguments make of the call `public_api(*args, **kwargs)`.

    Args:
        public_api: the function that a program calls.
        relevant_args: the arguments whose types are asked.
        *args: what the function was called with.
        **kwargs: what it was called with by name.

    Raises:
        TypeError: no type has an answer.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.overrides import handle_torch_function, has_torch_function
        >>> def double(x):
        ...     if has_torch_function((x,)):
        ...         return handle_torch_function(double, (x,), x)
        ...     return x * 2
        >>> double(torch.ones(2))
        tensor([2., 2.])
    """
    return handled(public_api, overloaded(relevant_args), args, kwargs)


def wrap_torch_function(dispatcher: Callable[..., Iterable[Any]]) -> Callable[[F], F]:
    """A decorator that lets a program's own function be taken over.

    Args:
        dispatcher: a function of the same arguments that returns those whose types are asked.

    Example:
        >>> import gradiente as torch
        >>> @torch.overrides.wrap_torch_function(lambda x: (x,))
        ... def double(x):
        ...     return x * 2
        >>> double(torch.ones(2))
        tensor([2., 2.])
    """

    def decorate(function: F) -> F:
        @wraps(function)
        def asking(*args: Any, **kwargs: Any) -> Any:
            relevant = tuple(dispatcher(*args, **kwargs))
            if has_torch_function(relevant):
                return handle_torch_function(asking, relevant, *args, **kwargs)
            return function(*args, **kwargs)

        return asking  # pyright: ignore[reportReturnType]

    return decorate


def is_tensor_like(inp: Any) -> bool:
    """Whether something is a Tensor, or of a type that takes calls over.

    >>> import gradiente as torch
    >>> torch.overrides.is_tensor_like(torch.ones(1)), torch.overrides.is_tensor_like([1])
    (True, False)
    """
    return type(inp) is Tensor or hasattr(inp, "__torch_function__")


def is_tensor_method_or_property(func: Callable[..., Any]) -> bool:
    """Whether a function that a handler was given is a method of Tensor, or the getter or setter of a property.

    >>> import gradiente as torch
    >>> torch.overrides.is_tensor_method_or_property(torch.Tensor.split)
    True
    """
    return getattr(func, "__name__", "") in ("__get__", "__set__") or func in _functions_of(Tensor)


@lru_cache(None)
def _functions_of(namespace: Any) -> tuple[Any, ...]:
    names = next(names for known, names in namespaces() if known is namespace)
    functions: list[Any] = [function for _, function in listed(namespace, names)]
    if namespace is Tensor:
        functions += [value.__get__ for value in names.values() if isinstance(value, property)]
    return tuple(functions)


def get_overridable_functions() -> dict[Any, list[Callable[..., Any]]]:
    """The functions that ask the types of their arguments, by the module or class that has them.

    >>> import gradiente as torch
    >>> torch.linalg.svd in torch.overrides.get_overridable_functions()[torch.linalg]
    True
    """
    enable()
    return {namespace: list(_functions_of(namespace)) for namespace, _ in namespaces()}


def get_ignored_functions() -> set[Callable[..., Any]]:
    """The public functions that do not ask the types of their arguments.

    >>> import gradiente as torch
    >>> torch.ones in torch.overrides.get_ignored_functions()
    True
    """
    found: set[Callable[..., Any]] = set()
    for namespace, names in namespaces():
        found.update(names[name] for name in ignored(namespace) if callable(names.get(name)))
    return found


def get_testing_overrides() -> dict[Callable[..., Any], Callable[..., int]]:
    """For each function that asks, one with the same arguments that returns -1.

    >>> import gradiente as torch
    >>> torch.overrides.get_testing_overrides()[torch.add](1, 2)
    -1
    """
    found: dict[Callable[..., Any], Callable[..., int]] = {}
    for functions in get_overridable_functions().values():
        for function in functions:

            def stand_in(*args: Any, **kwargs: Any) -> int:
                return -1

            if isinstance(function, FunctionType):
                stand_in.__signature__ = inspect.signature(function)  # pyright: ignore[reportFunctionMemberAccess]
            found[function] = stand_in
    return found


def resolve_name(f: Callable[..., Any]) -> str | None:
    """The name by which a program calls a function that asks; None for others.

    >>> import gradiente as torch
    >>> torch.overrides.resolve_name(torch.Tensor.split)
    'torch.Tensor.split'
    """
    for namespace, names in namespaces():
        module = namespace.__name__ if isinstance(namespace, ModuleType) else "gradiente.Tensor"
        for name, value in names.items():
            if value is f or (isinstance(value, property) and value.__get__ == f):
                return f"{module}.{name}{'.__get__' * isinstance(value, property)}".replace("gradiente", "torch", 1)
    return None


def get_default_nowrap_functions() -> set[Callable[..., Any]]:
    """Getters whose results keep their class where a derived class has no handler of its own.

    >>> import gradiente as torch
    >>> torch.Tensor.grad.__get__ in torch.overrides.get_default_nowrap_functions()
    True
    """
    return nowrap()


enable()

__getattr__: Getter = missing_in(__name__)

__all__ = [
    "BaseTorchFunctionMode",
    "TorchFunctionMode",
    "enable",
    "get_default_nowrap_functions",
    "get_ignored_functions",
    "get_overridable_functions",
    "get_testing_overrides",
    "handle_torch_function",
    "has_torch_function",
    "has_torch_function_unary",
    "has_torch_function_variadic",
    "is_tensor_like",
    "is_tensor_method_or_property",
    "resolve_name",
    "wrap_torch_function",
]
