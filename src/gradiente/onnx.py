"""torch.onnx: there is no export, and layers of packages ask whether one is going on."""

from __future__ import annotations


def is_in_onnx_export() -> bool:
    """Whether the program is being exported: False.

    >>> import gradiente as torch
    >>> torch.onnx.is_in_onnx_export()
    False
    """
    return False


def __getattr__(name: str) -> object:
    from ._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))


__all__ = ["is_in_onnx_export"]
