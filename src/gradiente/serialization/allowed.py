"""What a file may name while `weights_only` holds: an allow-list, and what a program adds to it."""

from __future__ import annotations

import builtins
import contextlib
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

from ..tensor.devices import device
from ..tensor.size import Size
from . import names
from .rebuilding import Malformed

BLOCKED = frozenset({"sys", "os", "posix", "nt"})
"""Modules of which nothing can be allowed."""


def _checked(kind: Callable[..., Any], *shapes: tuple[type, ...]) -> Callable[..., Any]:
    """The constructor, for arguments of one of these shapes only: `bytearray(10**12)` is none of them."""

    def construct(*args: Any) -> Any:
        if not any(len(args) == len(s) and all(map(isinstance, args, s)) for s in shapes):
            raise Malformed(f"{kind.__name__} of {', '.join(type(a).__name__ for a in args) or 'nothing'} is refused")
        return kind(*args)

    return construct


def _encode(text: str, encoding: str) -> bytes:
    if encoding != "latin1":
        raise Malformed(f"bytes are written as latin1, not as {encoding!r}")
    return text.encode("latin1")


_real = (int, float)
CALLS: dict[str, Callable[..., Any]] = {
    **names.FUNCTIONS,
    "collections.OrderedDict": _checked(OrderedDict, (), (list,), (dict,)),
    "collections.Counter": _checked(Counter, (), (dict,)),
    "builtins.set": _checked(set, (), (list,)),
    "builtins.bytearray": _checked(bytearray, (), (bytes,)),
    "builtins.complex": _checked(complex, (float, float)),
    "_codecs.encode": _checked(_encode, (str, str)),
    "torch.Size": _checked(Size, (tuple,)),
    "torch.device": _checked(device, (str,), (str, int)),
}
"""What a file may have called, by torch's name."""

_added: dict[str, Any] = {}


def full_name(thing: Any) -> str:
    """The name by which a file refers to a function or class: torch's for those of gradiente."""
    torchs = names.torchs_name(thing)
    if torchs is not None:
        return ".".join(torchs)
    return f"{thing.__module__}.{thing.__qualname__}"


def user_allowed(full: str) -> Any:
    """What a program allowed under this name, or None; torch's names of one thing are all the same."""
    found = _added.get(full)
    if found is None and full.startswith("torch.") and _added:
        with contextlib.suppress(AttributeError, ImportError):
            thing = names.find_torchs(*names.split(full), load=False)
            if any(thing is one for one in _added.values()):
                return thing
    return found


def add_safe_globals(safe_globals: list[Any]) -> None:
    """Allow functions and classes in files that are loaded with `weights_only=True`, from now on.

    Args:
        safe_globals: functions and classes, or pairs of one and the name that files have for it.

    Example:
        >>> import collections
        >>> import gradiente as torch
        >>> torch.serialization.add_safe_globals([collections.defaultdict])
        >>> torch.serialization.get_safe_globals()
        [<class 'collections.defaultdict'>]
        >>> torch.serialization.clear_safe_globals()
    """
    for given in safe_globals:
        thing, name = given if isinstance(given, tuple) else (given, None)
        if not callable(thing):
            raise TypeError(
                f"safe_globals: functions and classes can be allowed, not {type(thing).__name__} ({thing!r})"
            )
        _added[name or full_name(thing)] = thing


def get_safe_globals() -> list[Any]:
    """What was added by `add_safe_globals`, pairs with the name that files have for it where that was given."""
    return [thing if full_name(thing) == name else (thing, name) for name, thing in _added.items()]


def clear_safe_globals() -> None:
    """Allow nothing any more that was added by `add_safe_globals`."""
    _added.clear()


@contextlib.contextmanager
def safe_globals(safe_globals: list[Any]) -> Iterator[None]:
    """Allow functions and classes in files that are loaded inside of the block.

    Args:
        safe_globals: as for `add_safe_globals`.

    Example:
        >>> import gradiente as torch
        >>> with torch.serialization.safe_globals([torch.nn.Linear]):
        ...     len(torch.serialization.get_safe_globals())
        1
        >>> torch.serialization.get_safe_globals()
        []
    """
    before = dict(_added)
    try:
        add_safe_globals(safe_globals)
        yield
    finally:
        _added.clear()
        _added.update(before)


def shown(full: str) -> str:
    """The name as errors show it: builtins without their module."""
    module, name = names.split(full)
    return name if module == builtins.__name__ else full


__all__ = [
    "BLOCKED",
    "CALLS",
    "add_safe_globals",
    "clear_safe_globals",
    "full_name",
    "get_safe_globals",
    "safe_globals",
    "shown",
    "user_allowed",
]
