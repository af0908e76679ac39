"""The warning that typed storages are deprecated."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any

_DEPRECATED = (
    "TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only storage class. "
    "This should only matter to you if you are using storages directly.  To access UntypedStorage directly, use "
    "tensor.untyped_storage() instead of tensor.storage()"
)


class _Warning:
    """Whether the warning was given."""

    always: bool = False
    given: bool = False


_warning = _Warning()


def warn(stacklevel: int = 2) -> None:
    """Warn that typed storages are deprecated: once per process, as torch does, unless it is to be always."""
    if _warning.always or not _warning.given:
        _warning.given = True
        warnings.warn(_DEPRECATED, UserWarning, stacklevel=stacklevel + 1)


def set_always(always_warn: bool) -> None:
    """Let every use of a typed storage warn, or only the first one."""
    _warning.always = always_warn


def get_always() -> bool:
    """Whether every use of a typed storage warns."""
    return _warning.always


def deprecated(function: Callable[..., Any]) -> Any:
    """The method, which warns before it runs."""

    @wraps(function)
    def warning(*args: Any, **keywords: Any) -> Any:
        warn()
        return function(*args, **keywords)

    return warning


__all__ = ["deprecated", "get_always", "set_always", "warn"]
