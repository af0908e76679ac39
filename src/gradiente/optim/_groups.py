"""What optimisers make of the groups of parameters that programs give and load."""

from __future__ import annotations

import copy
from typing import Any

from ..tensor.core import Tensor, wrap


class _RequiredParameter:
    """The type of `required`: the default of an option that every group has to set, in optimisers of programs."""

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


def parameters(given: Any) -> tuple[list[Tensor], list[str] | None]:
    """The tensors of a group, and their names if it gives them."""
    if isinstance(given, Tensor):
        return [given], None
    if isinstance(given, (set, frozenset)):
        raise TypeError(
            "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in "
            "sets will "
            "change between runs. Please use a list instead."
        )
    items: list[Any] = list(given)
    named = [isinstance(item, tuple) for item in items]
    if any(named) and not all(named):
        raise ValueError("all optimizer params should be with/without names. Some param names are missing")
    params = [item[1] if isinstance(item, tuple) else item for item in items]  # pyright: ignore
    for p in params:  # pyright: ignore[reportUnknownVariableType]
        if not isinstance(p, Tensor):
            raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(p).__name__}")  # pyright: ignore
    return params, [item[0] for item in items] if items and named[0] else None  # pyright: ignore


def state_value(name: str, value: Any, p: Tensor) -> Any:
    """A loaded value of the state of `p`: of the parameter's type, where that is a floating-point one."""
    if isinstance(value, Tensor):
        array = value._array
        return wrap(array.astype(p._array.dtype if name != "step" and p._array.dtype.kind in "fc" else array.dtype))
    if isinstance(value, dict):
        return {key: state_value(name, item, p) for key, item in value.items()}  # pyright: ignore
    return copy.deepcopy(value)


__all__ = ["parameters", "required", "state_value", "with_defaults"]
