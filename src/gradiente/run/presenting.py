"""What the redirection changes about gradiente's classes: they say that they are of torch's modules.

Programs print the types of layers, look for "torch.nn" in their modules, and pickle them: while the redirection is
used, `type(layer)` prints as `<class 'torch.nn.modules.linear.Linear'>`, and pickles hold torch's names, so that
PyTorch reads them. Of functions, those of torch.nn.functional do so.
"""

from __future__ import annotations

import sys
from types import FunctionType, ModuleType
from typing import Any

from gradiente._homes import STANDING_IN, torchs_home
from gradiente._missing import ALIAS, PACKAGE
from gradiente.graph import RemovableHandle
from gradiente.nn.parameter import Parameter
from gradiente.tensor.core import Tensor
from gradiente.tensor.devices import device, layout, memory_format
from gradiente.tensor.dtypes import dtype
from gradiente.tensor.size import Size

_NAMES = "amp autograd cuda distributions nn ops.activations ops.return_types optim storage utils"
_PARTS = tuple(f"{PACKAGE}.{name}" for name in _NAMES.split())
"""Packages whose classes torch has under the same names, or under those that `torchs_home` says."""

_WITH_FUNCTIONS = f"{PACKAGE}.nn.functional", f"{PACKAGE}.storage"
"""Modules whose functions pickles name, too: layers have activations, and storages are loaded by one."""

_own = Tensor.__reduce_ex__, Parameter.__reduce_ex__

_presented: list[tuple[Any, str]] = []
"""The classes, and what they said before."""


def is_presented(module: str) -> bool:
    """Whether the classes of this module are to say that they are torch's."""
    return module.startswith(_PARTS)


def have_misses_asked_for(module: ModuleType) -> None:
    """Let ``from torch.x import y`` come to the finder when a plain module ``x`` has no ``y``, as for packages.

    Python asks the finders about a missing name if the module has a path, where submodules would be. This one is
    empty, so that nothing is found; what is gained is an error that says ``torch.x`` and offers close names.
    """
    if not hasattr(module, "__path__"):
        module.__path__ = []
        _given_paths.append(module)


_given_paths: list[ModuleType] = []


def _move(thing: Any, module: str) -> None:
    """Let a class or function say that it is of this module, and still know the line where it begins."""
    line = vars(thing).get("__firstlineno__")  # which Python 3.13 and newer take away from a class that moves
    thing.__module__ = module
    if line is not None:
        thing.__firstlineno__ = line


def present(module: ModuleType) -> None:
    """Let the classes that a module defines say that they are torch's."""
    for thing in list(vars(module).values()):
        home = thing.__module__ if isinstance(thing, (type, FunctionType)) else None
        if home is None or not is_presented(home):
            continue
        new = torchs_home(home, thing.__qualname__, thing)
        if isinstance(thing, type) or new in _WITH_FUNCTIONS:
            _presented.append((thing, home))
            _move(thing, ALIAS + new[len(PACKAGE) :])
            place = sys.modules.get(STANDING_IN.get(new, new))
            if place is not None:  # `inspect` and `typing` look up there where a class is defined, and import nothing
                sys.modules.setdefault(thing.__module__, place)
                have_misses_asked_for(place)


def _reduce(self: Any, protocol: Any) -> Any:
    """What pickles hold of a tensor, in torch's words."""
    from gradiente.serialization.pickling import reduced

    return reduced(self)


_OTHERS: dict[type, str] = {
    **dict.fromkeys((Size, device, dtype, layout, memory_format), ALIAS),
    RemovableHandle: f"{ALIAS}.utils.hooks",
    Tensor: ALIAS,
}
"""Classes that torch has in other modules."""


def present_all() -> None:
    """Let the classes of all loaded modules say that they are torch's, and tensors be pickled as torch's are."""
    for thing, home in _OTHERS.items():
        _presented.append((thing, thing.__module__))
        _move(thing, home)
    Tensor.__reduce_ex__ = Parameter.__reduce_ex__ = _reduce
    for name in [name for name in sys.modules if is_presented(name)]:
        present(sys.modules[name])


def present_no_more() -> None:
    """Undo what `present_all` and `present` did."""
    Tensor.__reduce_ex__, Parameter.__reduce_ex__ = _own
    while _presented:
        _move(*_presented.pop())
    while _given_paths:
        del _given_paths.pop().__path__


class Presenting:
    """A loader that presents the module which another one loads."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def create_module(self, spec: Any) -> ModuleType | None:
        """The module that the loader makes."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Load and present the module, which has the real loader from then on."""
        self._loader.exec_module(module)
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        present(module)


__all__ = ["Presenting", "have_misses_asked_for", "is_presented", "present_all", "present_no_more"]
