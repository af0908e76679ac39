"""Modules without first values."""

from __future__ import annotations

import inspect
from typing import Any

from ...ops.generators import get_rng_state, set_rng_state
from ..init import omitted
from ..modules.module import Module


def skip_init(module_cls: Any, *args: Any, **kwargs: Any) -> Any:
    """Make a module whose parameters hold whatever their memory holds: for values that are loaded afterwards.

    Args:
        module_cls: the module's class; its constructor has an argument `device`, and draws first values by `nn.init`.
        args: its arguments.
        kwargs: its arguments by keyword.

    Returns:
        The module. No random numbers have been drawn.

    Raises:
        RuntimeError: no class of modules, or one without the argument `device`.

    Example:
        >>> import gradiente as torch
        >>> torch.nn.utils.skip_init(torch.nn.Linear, 5, 1).weight.shape
        torch.Size([1, 5])
    """
    if not issubclass(module_cls, Module):
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise RuntimeError("Module must support a 'device' arg to skip initialization")
    state = get_rng_state()
    previous, omitted.now = omitted.now, True
    try:
        return module_cls(*args, **kwargs)
    finally:
        omitted.now = previous
        set_rng_state(state)  # of a constructor that draws numbers in another way


__all__ = ["skip_init"]
