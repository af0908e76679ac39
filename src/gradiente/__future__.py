"""torch.__future__: how modules convert their parameters, `module.to(...)` and its relatives.

Parameters stay the objects that they were, with new values, unless they are to be overwritten.
"""

from __future__ import annotations

from .nn.modules._conversion import overwrites, swaps


def set_overwrite_module_params_on_conversion(value: bool) -> None:
    """Choose whether conversions give modules new parameters, and leave the old ones as they were.

    An optimiser that was made before holds the old ones then.

    >>> import gradiente as torch
    >>> net = torch.nn.Linear(1, 1)
    >>> weight = net.weight
    >>> torch.__future__.set_overwrite_module_params_on_conversion(True)
    >>> net.double().weight is weight, weight.dtype
    (False, torch.float32)
    >>> torch.__future__.set_overwrite_module_params_on_conversion(False)
    >>> net.float().weight is net.double().weight
    True
    """
    overwrites.set(value)


def get_overwrite_module_params_on_conversion() -> bool:
    """Whether conversions give modules new parameters; they do not from the start."""
    return overwrites.get()


def set_swap_module_params_on_conversion(value: bool) -> None:
    """Choose whether conversions exchange what parameters hold for what their converted forms hold.

    In gradiente any object can take over other values, so this is what conversions do in either case.
    """
    swaps.set(value)


def get_swap_module_params_on_conversion() -> bool:
    """What `set_swap_module_params_on_conversion` chose; False from the start."""
    return swaps.get()


__all__ = [
    "get_overwrite_module_params_on_conversion",
    "get_swap_module_params_on_conversion",
    "set_overwrite_module_params_on_conversion",
    "set_swap_module_params_on_conversion",
]
