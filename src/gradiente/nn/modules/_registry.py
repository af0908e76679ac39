"""Where a module keeps its parts: parameters, buffers and child modules, found again as attributes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from ...graph.hooks import RemovableHandle, register
from ...tensor.core import Tensor
from ...tensor.dtypes import TENSOR_TYPES
from ..parameter import Buffer, Parameter

PLACES = ("_parameters", "_buffers", "_modules")


def type_name(value: Any) -> str:
    """What errors call the type of a value."""
    if type(value) is Tensor:
        return f"torch.{TENSOR_TYPES.get(value._array.dtype.name, 'Tensor')}"
    return type(value).__name__


registered: dict[str, OrderedDict[int, Callable[..., Any]]] = {place: OrderedDict() for place in PLACES}
"""The hooks that see what is registered, by the dictionary it goes to."""


def _seen(module: Any, place: str, name: str, value: Any) -> Any:
    """What the hooks make of a value that is registered."""
    for hook in registered[place].values():
        answer = hook(module, name, value)
        if answer is not None:
            value = answer
    return value


def register_module_parameter_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, name, parameter)` when a parameter is registered; what it returns replaces the parameter."""
    return register(registered["_parameters"], hook)


def register_module_buffer_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, name, buffer)` when a buffer is registered; what it returns replaces the buffer."""
    return register(registered["_buffers"], hook)


def register_module_module_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, name, child)` when a child module is registered; what it returns replaces the child."""
    return register(registered["_modules"], hook)


class Registry:
    """The attributes of a module. Parameters, buffers and modules go to dictionaries of their own, by their type."""

    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Any]
    _non_persistent_buffers_set: set[str]

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter, found as the attribute `name`; None keeps the name free of one.

        Raises:
            TypeError: not a parameter, or not a name.
            KeyError: a name that is empty, has a dot or is taken.
        """
        if "_parameters" not in self.__dict__:
            raise AttributeError("cannot assign parameter before Module.__init__() call")
        self._check_name("parameter", name, "_parameters")
        if param is not None and not isinstance(param, Parameter):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(
                f"cannot assign '{type_name(param)}' object to parameter '{name}' (torch.nn.Parameter or None required)"
            )
        if param is not None and param.grad_fn is not None:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created explicitly. To "
                f"express '{name}' as a function of another Tensor, compute the value in the forward() method."
            )
        self._parameters[name] = param if param is None else _seen(self, "_parameters", name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a buffer: a tensor that belongs to the state and is not learnt, found as the attribute `name`.

        Args:
            name: the attribute.
            tensor: the values; None keeps the name free.
            persistent: whether `state_dict` has it.

        Raises:
            TypeError: not a tensor, or not a name.
            KeyError: a name that is empty, has a dot or is taken.
        """
        if "_buffers" not in self.__dict__:
            raise AttributeError("cannot assign buffer before Module.__init__() call")
        self._check_name("buffer", name, "_buffers")
        if tensor is not None and not isinstance(tensor, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(
                f"cannot assign '{type_name(tensor)}' object to buffer '{name}' (torch Tensor or None required)"
            )
        self._buffers[name] = _seen(self, "_buffers", name, tensor)
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def add_module(self, name: str, module: Any) -> None:
        """Add a child module, found as the attribute `name`.

        Raises:
            TypeError: not a module, or not a name.
            KeyError: a name that is empty, has a dot or is taken.
        """
        if module is not None and not isinstance(module, Registry):
            raise TypeError(f"{type_name(module)} is not a Module subclass")
        if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"module name should be a string. Got {type_name(name)}")
        if hasattr(self, name) and name not in self._modules:
            raise KeyError(f"attribute '{name}' already exists")
        if "." in name:
            raise KeyError(f'module name can\'t contain ".", got: {name}')
        if name == "":
            raise KeyError('module name can\'t be empty string ""')
        self._modules[name] = _seen(self, "_modules", name, module)

    def register_module(self, name: str, module: Any) -> None:
        """The same as `add_module`."""
        self.add_module(name, module)

    def _check_name(self, what: str, name: Any, place: str) -> None:
        if not isinstance(name, str):
            raise TypeError(f"{what} name should be a string. Got {type_name(name)}")
        if "." in name:
            raise KeyError(f'{what} name can\'t contain "."')
        if name == "":
            raise KeyError(f'{what} name can\'t be empty string ""')
        if hasattr(self, name) and name not in self.__dict__[place]:
            raise KeyError(f"attribute '{name}' already exists")

    # -- attributes ---------------------------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__
        for place in PLACES:
            values = own.get(place)
            if values is not None and name in values:
                return values[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        own = self.__dict__
        parameters = own.get("_parameters")
        if isinstance(value, Parameter):
            if parameters is None:
                raise AttributeError("cannot assign parameters before Module.__init__() call")
            self._forget(name, "_parameters")
            self.register_parameter(name, value)
        elif parameters is not None and name in parameters:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{type_name(value)}' as parameter '{name}' (torch.nn.Parameter or None expected)"
                )
            self.register_parameter(name, value)
        elif isinstance(value, Registry):
            if own.get("_modules") is None:
                raise AttributeError("cannot assign module before Module.__init__() call")
            self._forget(name, "_modules")
            self._modules[name] = _seen(self, "_modules", name, value)
        elif (modules := own.get("_modules")) is not None and name in modules:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{type_name(value)}' as child module '{name}' (torch.nn.Module or None expected)"
                )
            modules[name] = _seen(self, "_modules", name, value)
        else:
            self._set_buffer_or_attribute(name, value)

    def _set_buffer_or_attribute(self, name: str, value: Any) -> None:
        buffers = self.__dict__.get("_buffers")
        known = buffers is not None and name in buffers
        if not known and not isinstance(value, Buffer):
            super().__setattr__(name, value)
            return
        if value is not None and not isinstance(value, Tensor):
            raise TypeError(
                f"cannot assign '{type_name(value)}' as buffer '{name}' "
                "(torch.nn.Buffer, torch.Tensor or None expected)"
            )
        if buffers is None:
            raise AttributeError("cannot assign buffer before Module.__init__() call")
        if known and not isinstance(value, Buffer):
            buffers[name] = _seen(self, "_buffers", name, value)
            return
        self._forget(name, "_buffers")
        self.register_buffer(name, value, getattr(value, "persistent", True))

    def _forget(self, name: str, kept: str) -> None:
        """Remove an attribute from where it is, except from the dictionary `kept`, where it is to be replaced."""
        own = self.__dict__
        own.pop(name, None)
        for place in PLACES:
            if place != kept and place in own:
                own[place].pop(name, None)
        if kept != "_buffers" and "_non_persistent_buffers_set" in own:
            self._non_persistent_buffers_set.discard(name)

    def __delattr__(self, name: str) -> None:
        for place in PLACES:
            if name in self.__dict__[place]:
                del self.__dict__[place][name]
                self._non_persistent_buffers_set.discard(name)
                return
        super().__delattr__(name)

    def __dir__(self) -> list[str]:
        own = self.__dict__
        names = {*dir(type(self)), *own}.union(*(own[place] for place in PLACES))
        return sorted(name for name in names if not name[:1].isdigit())
