"""The default of an option that every group of parameters has to set, for optimisers that programs define."""

from __future__ import annotations

from typing import Any


class _RequiredParameter:
    """The type of `required`."""

    def __repr__(self) -> str:
        return "<required parameter>"

    def __reduce__(self) -> str:
        return "required"


required = _RequiredParameter()


def with_defaults(group: dict[str, Any], defaults: dict[str, Any]) -> None:
    """Give a group the options that it does not set; ValueError for those that it has to set."""
    for name, default in defaults.items():
        if default is required and name not in group:
            raise ValueError(f"parameter group didn't specify a value of required optimization parameter {name}")
        group.setdefault(name, default)


__all__ = ["required", "with_defaults"]
