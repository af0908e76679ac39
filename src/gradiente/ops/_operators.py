"""torch.ops.aten.add.Tensor: PyTorch's operators in C++ by their names, which here stand for the functions.

Packages name operators as keys of tables, and now and then call them. One name is one object, so that keys are found
again; the overload that is named chooses nothing, for the functions tell their arguments apart.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..tensor.core import Tensor

CUSTOM: dict[str, Any] = {}
"""The operators that `torch.library.custom_op` made, by their names."""


class Operators:
    """The operators of a library: torch's own under "aten"; others are compiled extensions, which are not loaded."""

    def __init__(self, name: str) -> None:
        self.name: str = name

    def __getattr__(self, name: str) -> Any:
        custom = CUSTOM.get(f"{self.name}::{name}")
        if custom is not None:
            return custom
        if self.name != "aten" or name.startswith("__"):
            raise AttributeError(
                f"'_OpNamespace' '{self.name}' object has no attribute '{name}'"
                + ("" if name.startswith("__") else " (gradiente loads no compiled extensions)")
            )
        made = Operator(self.name, name)
        setattr(self, name, made)  # one name is one object
        return made

    def __repr__(self) -> str:
        return f"<module 'torch.ops.{self.name}' from 'torch.ops'>"


class Operator:
    """An operator by its name, with an overload's name or without: calling it calls torch's function of that name."""

    def __init__(self, library: str, name: str, packet: Operator | None = None) -> None:
        self.namespace: str = library
        self.__name__: str = name
        self.overloadpacket: Operator = packet or self
        self._is_packet = packet is None

    def __getattr__(self, overload: str) -> Operator:
        if overload.startswith("__") or not self._is_packet:
            raise AttributeError(f"The underlying op of '{self}' has no overload name '{overload}'")
        made = Operator(self.namespace, f"{self.__name__}.{overload}", self)
        setattr(self, overload, made)
        return made

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function. RuntimeError: there is none of this name."""
        name = self.overloadpacket.__name__
        function = _function(name)
        if function is None:
            raise RuntimeError(
                f"{self.namespace}::{name} is an operator of PyTorch's C++, and there is no function of that name; "
                "call the one of torch that it belongs to"
            )
        return function(*args, **kwargs)

    def name(self) -> str:
        """The name as C++ spells it, `aten::add.Tensor`."""
        return f"{self.namespace}::{self.__name__.removesuffix('.default')}"

    def __repr__(self) -> str:
        return f"<{'OpOverloadPacket' if self._is_packet else 'OpOverload'}(op='{self}')>"

    def __str__(self) -> str:
        return f"{self.namespace}.{self.__name__}"


def _function(name: str) -> Callable[..., Any] | None:
    """torch's function with an operator's name, or None."""
    from .._C._functions import homes  # every function of torch is there: loaded when an operator is first called

    part = next((part for part in ("linalg", "fft", "special") if name.startswith(f"{part}_")), "")
    for home in (f"_{part}" if part else "", "_nn"):
        try:
            return homes[home](name)
        except AttributeError:
            continue
    return getattr(Tensor, name, None)


def operators(name: str) -> Operators:
    """`torch.ops.<name>`: torch's operators, or those that `torch.library.custom_op` made; else AttributeError."""
    if name != "aten" and not any(made.startswith(f"{name}::") for made in CUSTOM):
        raise AttributeError(f"torch.ops has no library {name!r} (gradiente loads no compiled extensions)", name=name)
    return _known.setdefault(name, Operators(name))


_known: dict[str, Operators] = {}

__all__ = ["Operator", "Operators", "operators"]
