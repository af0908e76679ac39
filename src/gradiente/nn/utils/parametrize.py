"""Parametrizations: a module's tensors computed, at each use, from other tensors.

Note [Classes of parametrized modules]: a tensor that is computed is a property, and properties belong to classes. The
class of a module with parametrizations is therefore a subclass of its own class, determined by that class and by the
names of the computed tensors. It is made once and never changed: modules of one class with the same names share it,
so that a copy of a module is of the same class as the module, and what happens to the one leaves the other alone.
"""

from __future__ import annotations

import copy
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from ...autograd.grad_mode import no_grad
from ...tensor.core import Tensor
from ..modules.container import ModuleDict
from ..modules.module import Module
from ..parameter import Parameter
from .parametrization_list import ParametrizationList, adopt

AnyModule = TypeVar("AnyModule", bound=Module)


class _Cache(threading.local):
    """The values of computed tensors, for as long as `cached` contexts are active in the thread."""

    def __init__(self) -> None:
        self.depth = 0
        self.values: dict[tuple[int, str], Tensor] = {}


_cache = _Cache()


@contextmanager
def cached() -> Iterator[None]:
    """A context in which each parametrized tensor is computed once, when it is first used.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.nn.utils import parametrize
        >>> layer = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(2, 2))
        >>> layer.weight is layer.weight
        False
        >>> with parametrize.cached():
        ...     layer.weight is layer.weight
        True
    """
    _cache.depth += 1
    try:
        yield
    finally:
        _cache.depth -= 1
        if not _cache.depth:
            _cache.values = {}


# -- classes: see Note [Classes of parametrized modules] --------------------------------------------------------------

_classes: weakref.WeakValueDictionary[tuple[type, frozenset[str]], type] = weakref.WeakValueDictionary()


def _computed(name: str) -> property:
    """The property of a tensor that the parametrizations of this name compute."""

    def get(self: Any) -> Any:
        own = self.__dict__
        if name in own:  # put there by functional_call, instead of what is computed
            return own[name]
        if not _cache.depth:
            return self.parametrizations[name]()
        key = (id(self), name)
        value = _cache.values.get(key)
        if value is None:
            value = _cache.values[key] = self.parametrizations[name]()
        return value

    def put(self: Any, value: Tensor) -> None:
        self.parametrizations[name].right_inverse(value)

    return property(get, put)


def _refuse_pickling(self: Any) -> Any:
    raise RuntimeError(
        "Serialization of parametrized modules is only supported through state_dict(). See:\n"
        "https://pytorch.org/tutorials/beginner/saving_loading_models.html"
        "#saving-loading-a-general-checkpoint-for-inference-and-or-resuming-training"
    )


def _deepcopy(self: Any, memo: dict[int, Any]) -> Any:
    made = memo.get(id(self))
    if made is None:
        made = memo[id(self)] = self.__new__(type(self))
        made.__dict__ = copy.deepcopy(self.__dict__, memo)
    return made


def _class_with(base: type, names: frozenset[str]) -> type:
    """The subclass of `base` whose tensors of these names are computed."""
    found = _classes.get((base, names))
    if found is None:
        members: dict[str, Any] = {name: _computed(name) for name in sorted(names)}
        members |= {"__getstate__": _refuse_pickling, "__module__": __name__}
        if not hasattr(base, "__deepcopy__"):
            members["__deepcopy__"] = _deepcopy
        found = _classes[base, names] = type(f"Parametrized{base.__name__}", (base,), members)
    return found


def _set_class(module: Module, base: type) -> None:
    """Give a module the class that fits its parametrizations."""
    names = frozenset(module.parametrizations)
    if names:
        module.__class__ = _class_with(base, names)
    else:
        del module.parametrizations
        module.__class__ = base


def type_before_parametrizations(module: Module) -> type:
    """The class that a module had before parametrizations were registered on it.

    Example:
        >>> import gradiente as torch
        >>> layer = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(2, 2))
        >>> torch.nn.utils.parametrize.type_before_parametrizations(layer) is torch.nn.Linear
        True
    """
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether a module has a parametrization, or one on the tensor `tensor_name`.

    Example:
        >>> import gradiente as torch
        >>> layer = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(2, 2))
        >>> torch.nn.utils.parametrize.is_parametrized(layer, "bias")
        False
    """
    parametrizations = getattr(module, "parametrizations", None)
    if not isinstance(parametrizations, ModuleDict):
        return False
    return len(parametrizations) > 0 if tensor_name is None else tensor_name in parametrizations


# -- registering and removing -----------------------------------------------------------------------------------------


def register_parametrization(
    module: AnyModule, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> AnyModule:
    """Compute a parameter or buffer of `module` by `parametrization`, at each use, from a tensor that takes its place.

    With w = f(v), where w is `module.weight` and f is the parametrization, v becomes the parameter
    `module.parametrizations.weight.original`. A second parametrization is applied to the result of the first.

    Args:
        module: the module; its class becomes a subclass, `Parametrized...`.
        tensor_name: the parameter or buffer, or a tensor that is parametrized already.
        parametrization: a module whose `forward` computes the tensor. Its method `right_inverse`, if it has one, gives
            the original tensor, or a sequence of tensors (`original0`, `original1`, …) that `forward` takes; it is
            what an assignment to the tensor uses. Without it the tensor itself is the original.
        unsafe: allow that shape and dtype change, and do not try the parametrization at once.

    Returns:
        The module.

    Raises:
        ValueError: no such tensor, or a result that is no tensor or has another shape or dtype.

    Example:
        >>> import gradiente as torch
        >>> class Positive(torch.nn.Module):
        ...     def forward(self, x):
        ...         return x.exp()
        ...     def right_inverse(self, w):
        ...         return w.log()
        >>> layer = torch.nn.Linear(1, 1)
        >>> _ = torch.nn.utils.parametrize.register_parametrization(layer, "weight", Positive())
        >>> layer.weight = torch.tensor([[2.0]])
        >>> layer.weight
        tensor([[2.]], grad_fn=<ExpBackward0>)
        >>> layer.parametrizations.weight.original
        Parameter containing:
        tensor([[0.6931]], requires_grad=True)
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            _check_next(module, tensor_name, parametrization)
        chain: Any = module.parametrizations[tensor_name]
        chain.append(parametrization)
        chain.unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        original = getattr(module, tensor_name)
        if original is None:
            raise AttributeError(
                f"'NoneType' object has no attribute 'shape' ({tensor_name!r} of {type(module).__name__} is None: "
                "there is nothing to parametrize)"
            )
        chain = ParametrizationList([parametrization], original, unsafe)
        base = type_before_parametrizations(module)
        if not is_parametrized(module):
            module.parametrizations = ModuleDict()
        delattr(module, tensor_name)
        module.parametrizations[tensor_name] = chain
        _set_class(module, base)
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name "
            f"'{tensor_name}'"
        )
    return module


def _check_next(module: Module, name: str, parametrization: Any) -> None:
    """Raise if a parametrization of a tensor that is parametrized already does not keep its shape and dtype."""
    now = getattr(module, name)
    after = parametrization(now)
    if not isinstance(after, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(after).__name__}.")
    for what in ("dtype", "shape"):
        if getattr(after, what) != getattr(now, what):
            raise ValueError(
                f"Registering a parametrization may not change the {what} of the tensor, unless the `unsafe` flag is "
                f"enabled.\nmodule.{name}.{what}: {getattr(now, what)}\n"
                f"parametrization(module.{name}).{what}: {getattr(after, what)}"
            )
    if not hasattr(parametrization, "right_inverse"):
        return
    try:
        back = parametrization.right_inverse(after)
    except NotImplementedError:
        return
    if not isinstance(back, Tensor):
        raise ValueError(f"parametrization.right_inverse must return a tensor. Got: {type(back).__name__}")
    for what in ("dtype", "shape"):
        if getattr(back, what) != getattr(now, what):
            raise ValueError(
                f"The tensor returned by parametrization.right_inverse must have the same {what} as module.{name}, "
                f"unless the `unsafe` flag is enabled.\nmodule.{name}.{what}: {getattr(now, what)}\n"
                f"returned {what}: {getattr(back, what)}"
            )


def remove_parametrizations(module: AnyModule, tensor_name: str, leave_parametrized: bool = True) -> AnyModule:
    """Undo `register_parametrization`, of all parametrizations on one tensor.

    Args:
        module: the module.
        tensor_name: the tensor.
        leave_parametrized: whether the tensor keeps its present value; else it becomes the original.

    Returns:
        The module.

    Raises:
        ValueError: there is no parametrization of this name, or no single original to go back to.
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    chain: Any = module.parametrizations[tensor_name]
    if chain.is_tensor:
        kept = chain.original
        if leave_parametrized:
            with no_grad():
                kept.data = getattr(module, tensor_name).detach()
    elif leave_parametrized:
        value = getattr(module, tensor_name)
        kept = Parameter(value.detach()) if value.requires_grad else value
    else:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a "
            "sequence of tensors."
        )
    base = type_before_parametrizations(module)
    del module.parametrizations[tensor_name]
    _set_class(module, base)
    adopt(module, tensor_name, kept)
    return module


def transfer_parametrizations_and_params(
    from_module: Module, to_module: AnyModule, tensor_name: str | None = None
) -> AnyModule:
    """Register the parametrizations of one module on another too, which are to share them and the originals.

    Args:
        from_module: the module that has them; nothing happens if it has none.
        to_module: the module that gets them. A tensor that it lacks is made.
        tensor_name: the one tensor whose parametrizations are meant. None: all.

    Returns:
        `to_module`.
    """
    if not is_parametrized(from_module):
        return to_module
    chains: Any = from_module.parametrizations
    for name in chains if tensor_name is None else [tensor_name]:
        if not hasattr(to_module, name):
            adopt(to_module, name, Parameter(getattr(from_module, name).detach()))
        for parametrization in chains[name]:
            register_parametrization(to_module, name, parametrization, unsafe=chains[name].unsafe)
        target: Any = to_module.parametrizations
        for original in chains[name].originals:
            setattr(target[name], original, getattr(chains[name], original))
    return to_module


__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "transfer_parametrizations_and_params",
    "type_before_parametrizations",
]
