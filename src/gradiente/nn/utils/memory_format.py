"""The order in memory of the weights of convolutions."""

from __future__ import annotations

from typing import Any

from ...tensor.devices import memory_format as MemoryFormat
from ..modules.conv import Conv2d, Conv3d, ConvTranspose2d, ConvTranspose3d
from ..modules.module import Module


def convert_conv2d_weight_memory_format(module: Module, memory_format: MemoryFormat) -> Module:
    """Put the weights of the two-dimensional convolutions in a module into another order in memory.

    Args:
        module: the module, itself a convolution or not; it is changed.
        memory_format: `torch.channels_last` or another one for four dimensions.

    Returns:
        The module.

    Raises:
        RuntimeError: the order is not one for four dimensions.

    Example:
        >>> import gradiente as torch
        >>> layer = torch.nn.Conv2d(2, 3, 3)
        >>> layer = torch.nn.utils.convert_conv2d_weight_memory_format(layer, torch.channels_last)
        >>> layer.weight.stride()
        (18, 1, 6, 2)
    """
    return _converted(module, (Conv2d, ConvTranspose2d), memory_format)


def convert_conv3d_weight_memory_format(module: Module, memory_format: MemoryFormat) -> Module:
    """Put the weights of the three-dimensional convolutions in a module into another order in memory.

    Args, Returns, Raises: as for `convert_conv2d_weight_memory_format`, with five dimensions.
    """
    return _converted(module, (Conv3d, ConvTranspose3d), memory_format)


def _converted(module: Module, kinds: Any, memory_format: MemoryFormat) -> Module:
    for part in module.modules():
        if isinstance(part, kinds):
            part.weight.data = part.weight.detach().clone(memory_format=memory_format)
    return module


__all__ = ["convert_conv2d_weight_memory_format", "convert_conv3d_weight_memory_format"]
