"""Classes of a program that define `__torch_function__`: they are noticed when they are made.

Functions ask the types of their arguments only where there are types to ask, see Note [Overriding functions]. A class
derived from Tensor says so itself; of other classes nobody hears, so while `import torch` is redirected, the function
behind the statement `class` looks at what it has made, until it has found the first one.
"""

from __future__ import annotations

import builtins
from typing import Any

from gradiente.tensor.overriding import enable, installers

_build_class: Any = builtins.__build_class__


def _watched(*args: Any, **keywords: Any) -> Any:
    made = _build_class(*args, **keywords)
    if "__torch_function__" in getattr(made, "__dict__", ()):
        unwatch()
        enable()
    return made


def watch() -> None:
    """Notice classes from now on, unless functions ask already."""
    if installers and builtins.__build_class__ is _build_class:
        builtins.__build_class__ = _watched


def unwatch() -> None:
    """Undo `watch`."""
    if builtins.__build_class__ is _watched:
        builtins.__build_class__ = _build_class


__all__ = ["unwatch", "watch"]
