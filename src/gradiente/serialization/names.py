"""torch's names for what files refer to, and what they mean here."""

from __future__ import annotations

import sys
from typing import Any

from .._homes import SHORTER, torchs_home
from .._missing import ALIAS, PACKAGE, missing_attribute, public_names, real_name
from ..graph import RemovableHandle
from ..nn.parameter import Parameter
from ..storage.legacy import TYPES
from ..storage.typed import TypedStorage, _load_from_bytes  # pyright: ignore[reportPrivateUsage]
from ..storage.untyped import UntypedStorage
from ..tensor.core import Tensor
from ..tensor.devices import device
from ..tensor.dtypes import ALL
from ..tensor.size import Size
from . import rebuilding

FUNCTIONS: dict[str, Any] = {
    "torch._utils._rebuild_tensor_v2": rebuilding.tensor,
    "torch._utils._rebuild_tensor_v3": rebuilding.tensor_of_bytes,
    "torch._utils._rebuild_meta_tensor_no_storage": rebuilding.meta_tensor,
    "torch._utils._rebuild_sparse_tensor": rebuilding.sparse_tensor,
    "torch._utils._rebuild_parameter": rebuilding.parameter,
    "torch._utils._rebuild_parameter_with_state": rebuilding.parameter_with_state,
    "torch._tensor._rebuild_from_type_v2": rebuilding.from_type,
    "torch.serialization._get_layout": rebuilding.layout,
}
"""What makes tensors and layouts of a file's parts."""

for _full, _function in FUNCTIONS.items():  # pickles name them so, too
    _function.__module__, _, _function.__qualname__ = _full.rpartition(".")

VALUES: dict[str, Any] = {
    **{f"torch.{name}": kind for name, kind in TYPES.items()},
    "torch.storage.UntypedStorage": UntypedStorage,
    **{f"torch.{dtype.name}": dtype for dtype in ALL},
    "torch.Tensor": Tensor,
    "torch.nn.parameter.Parameter": Parameter,
}
"""What a file may name, and nobody may call."""

_OTHERS: dict[Any, str] = {
    Tensor: "torch.Tensor",
    Size: "torch.Size",
    device: "torch.device",
    TypedStorage: "torch.storage.TypedStorage",
    _load_from_bytes: "torch.storage._load_from_bytes",
    RemovableHandle: "torch.utils.hooks.RemovableHandle",
}


def split(full: str) -> tuple[str, str]:
    """Module and name."""
    module, _, name = full.rpartition(".")
    return module, name


def torchs_name(thing: Any, name: str | None = None) -> tuple[str, str] | None:
    """Module and name under which torch has an object of gradiente; None for objects of others."""
    known = _NAMES.get(id(thing))
    if known is not None:
        return split(known)
    home = getattr(thing, "__module__", None) or ""
    name = name or getattr(thing, "__qualname__", None) or getattr(thing, "__name__", "")
    if home != PACKAGE and not home.startswith(PACKAGE + "."):
        return None
    return ALIAS + torchs_home(home, str(name), thing)[len(PACKAGE) :], str(name)


_NAMES: dict[int, str] = {
    id(thing): name
    for names in ({name: thing for thing, name in _OTHERS.items()}, FUNCTIONS, VALUES)
    for name, thing in names.items()
}


def find(module: str, name: str) -> Any:
    """What a file means by a name: torch's names mean gradiente's objects.

    Raises:
        AttributeError: gradiente does not have it.
        ModuleNotFoundError: the module of another package is not installed.
    """
    full = f"{module}.{name}"
    for known in (FUNCTIONS, VALUES):
        if full in known:
            return known[full]
    if module == ALIAS or module.startswith(ALIAS + "."):
        return find_torchs(module, name)
    __import__(module)
    return _attribute(sys.modules[module], name)


def find_torchs(module: str, name: str, load: bool = True) -> Any:
    """The object of gradiente that torch has as `module.name`; it may be in a package above.

    Without `load`, no module is imported for it: only what the program has is looked through.
    """
    home = {short: long for long, short in SHORTER.items()}.get(real_name(module), real_name(module))
    while True:
        try:
            if load:
                __import__(home)
            elif home not in sys.modules:
                raise ModuleNotFoundError(name=home)
        except ModuleNotFoundError as error:
            if error.name is None or not error.name.startswith(PACKAGE):
                raise
        else:
            found = _attribute(sys.modules[home], name, missing=None)
            if found is not None:
                return found
        if home == PACKAGE:
            raise missing_attribute(module, name, public_names(PACKAGE))
        home = home.rpartition(".")[0]


_RAISE = object()


def _attribute(thing: Any, name: str, missing: Any = _RAISE) -> Any:
    for part in name.split("."):
        thing = getattr(thing, part) if missing is _RAISE else getattr(thing, part, missing)
    return thing


__all__ = ["FUNCTIONS", "VALUES", "find", "find_torchs", "split", "torchs_name"]
