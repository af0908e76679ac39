"""torch.nn: what neural networks are made of.

`modules`: the base class `Module`, containers and layers. `parameter`: what they learn. `functional`: layers,
activations and losses as functions. `init`: first values. `utils`: helpers.
`attention`: which way attention is computed, and its masks. `grad`: gradients of convolutions. `parallel`: models for
several devices.
"""

from __future__ import annotations

from sys import modules as _modules
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any

from . import functional as functional
from . import init as init
from . import modules as modules
from . import parameter as parameter
from . import utils as utils
from .modules import *
from .parameter import Buffer as Buffer
from .parameter import Parameter as Parameter
from .parameter import UninitializedBuffer as UninitializedBuffer
from .parameter import UninitializedParameter as UninitializedParameter

_own = vars(_modules[__name__])
for _name in [name for name in _own if f"{__name__}.modules.{name}" in _modules]:
    del _own[_name]  # `nn.attention` is the module of that name here, not the one in `modules`


def factory_kwargs(kwargs: dict[str, Any] | None) -> dict[str, Any]:
    """The keyword arguments of a layer that `torch.empty` is to get: `device`, `dtype` and `memory_format`.

    Args:
        kwargs: these, and perhaps `factory_kwargs`, a dictionary of such that a layer with another argument of one of
            these names takes.

    Raises:
        TypeError: another argument, or one that is given twice.

    Example:
        >>> import gradiente as torch
        >>> torch.nn.factory_kwargs({"dtype": torch.float64})
        {'dtype': torch.float64}
    """
    if kwargs is None:
        return {}
    known = {"device", "dtype", "memory_format"}
    unexpected = kwargs.keys() - {*known, "factory_kwargs"}
    if unexpected:
        raise TypeError(f"unexpected kwargs {unexpected}")
    made = dict(kwargs.get("factory_kwargs", {}))
    for name in sorted(known & kwargs.keys()):
        if name in made:
            raise TypeError(f"{name} specified twice, in **kwargs and in factory_kwargs")
        made[name] = kwargs[name]
    return made


if _TYPE_CHECKING:
    from . import _reduction as _reduction
    from . import common_types as common_types
    from . import grad as grad
    from . import parallel as parallel
    from .parallel import DataParallel as DataParallel

_LATER = ("_reduction", "attention", "common_types", "grad", "parallel")
"""Modules that are loaded when they are first asked for."""


def __getattr__(name: str) -> object:
    from importlib import import_module

    from .._missing import missing_attribute, public_names

    if name in _LATER:
        return import_module(f"{__name__}.{name}")
    if name == "DataParallel":
        return import_module(f"{__name__}.parallel").DataParallel
    raise missing_attribute(__name__, name, [*public_names(__name__), *_LATER, "DataParallel"])
