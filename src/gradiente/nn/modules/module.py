"""torch.nn.Module: what layers and models derive from.

A module's abilities have a file each: `_registry` keeps its parts, `_traversal` walks over them, `_calls` runs it with
its hooks, `_state` saves and loads it, `_conversion` changes all its tensors.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from ..parameter import Buffer as Buffer
from ..parameter import Parameter as Parameter
from ._calls import Calls, everywhere
from ._calls import register_module_backward_hook as register_module_backward_hook
from ._calls import register_module_forward_hook as register_module_forward_hook
from ._calls import register_module_forward_pre_hook as register_module_forward_pre_hook
from ._calls import register_module_full_backward_hook as register_module_full_backward_hook
from ._calls import register_module_full_backward_pre_hook as register_module_full_backward_pre_hook
from ._conversion import Conversion
from ._registry import register_module_buffer_registration_hook as register_module_buffer_registration_hook
from ._registry import register_module_module_registration_hook as register_module_module_registration_hook
from ._registry import register_module_parameter_registration_hook as register_module_parameter_registration_hook
from ._registry import registered
from ._state import EXTRA, State
from ._state import _IncompatibleKeys as _IncompatibleKeys
from ._state import _WrappedHook as _WrappedHook  # pyright: ignore[reportPrivateUsage]

# torch's names of what is kept elsewhere here.
_EXTRA_STATE_KEY_SUFFIX = EXTRA
_global_forward_hooks, _global_forward_pre_hooks = everywhere.forward, everywhere.forward_pre
_global_backward_hooks, _global_backward_pre_hooks = everywhere.backward, everywhere.backward_pre
_global_parameter_registration_hooks = registered["_parameters"]
_global_buffer_registration_hooks = registered["_buffers"]
_global_module_registration_hooks = registered["_modules"]


def _has_any_global_hook() -> bool:
    """Whether a hook runs for every module."""
    return bool(everywhere)


class Module(Calls, State, Conversion):
    """The base of layers and models: it holds parameters, buffers and other modules, and computes by `forward`.

    Example:
        >>> import gradiente as torch
        >>> class Affine(torch.nn.Module):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.slope = torch.nn.Parameter(torch.tensor(2.0))
        ...     def forward(self, x):
        ...         return self.slope * x
        >>> Affine()(torch.tensor(3.0))
        tensor(6., grad_fn=<MulBackward0>)
    """

    dump_patches: bool = False
    training: bool
    call_super_init: bool = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not self.call_super_init:
            if kwargs:
                name = next(iter(kwargs))
                raise TypeError(f"{type(self).__name__}.__init__() got an unexpected keyword argument '{name}'")
            if args:
                raise TypeError(
                    f"{type(self).__name__}.__init__() takes 1 positional argument but {len(args) + 1} were given"
                )
        own = self.__dict__
        own["training"] = True
        for name in ("_parameters", "_buffers", "_modules"):
            own[name] = {}
        own["_non_persistent_buffers_set"] = set()
        for name in _HOOKS:
            own[name] = OrderedDict()
        own["_is_full_backward_hook"] = None
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        for name in _HOOKS:  # of pickles by older versions
            self.__dict__.setdefault(name, OrderedDict())
        self.__dict__.setdefault("_non_persistent_buffers_set", set())
        self.__dict__.setdefault("_is_full_backward_hook", None)

    def train(self, mode: bool = True) -> Any:
        """Switch the module and all its descendants to training, or with False to evaluation, and return it.

        Dropout and batch normalisation, for instance, do something else in the one than in the other.
        """
        if not isinstance(mode, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self) -> Any:
        """Switch the module and all its descendants to evaluation, and return it."""
        return self.train(False)

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Accepted and without effect: every call runs as it is written."""

    def extra_repr(self) -> str:
        """What stands between the brackets of a module's printed form: to be defined by subclasses."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        children = [f"({name}): " + _addindent(repr(module), 2) for name, module in self._modules.items()]
        if not children and len(lines) <= 1:
            return f"{self._get_name()}({extra})"
        return f"{self._get_name()}(\n  " + "\n  ".join(lines + children) + "\n)"

    def __hash__(self) -> int:
        return id(self)


_HOOKS = (
    "_forward_hooks",
    "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called",
    "_forward_pre_hooks",
    "_forward_pre_hooks_with_kwargs",
    "_backward_hooks",
    "_backward_pre_hooks",
    "_state_dict_hooks",
    "_state_dict_pre_hooks",
    "_load_state_dict_pre_hooks",
    "_load_state_dict_post_hooks",
)


def _addindent(s_: str, numSpaces: int) -> str:
    """All lines but the first, moved to the right."""
    return s_.replace("\n", "\n" + " " * numSpaces)


__all__ = ["Module"]
