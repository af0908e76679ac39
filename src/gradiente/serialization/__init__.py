"""torch.serialization: `save` and `load` in PyTorch's file format, without PyTorch.

`saving` writes what `pickling` makes of the objects into an `archive`; `loading` reads archives, and files of the time
before them by `legacy`. `unpickling` follows a file's instructions as far as `allowed` knows them; `rebuilding` makes
tensors of the memory that the file holds; `names` are torch's names for what files refer to.
`safetensors` reads and writes files of the format of that name.
"""

from __future__ import annotations

from . import safetensors
from .allowed import (
    add_safe_globals,
    clear_safe_globals,
    get_safe_globals,
    safe_globals,
)
from .loading import get_unsafe_globals_in_checkpoint, load
from .saving import save

__all__ = [
    "add_safe_globals",
    "clear_safe_globals",
    "get_safe_globals",
    "get_unsafe_globals_in_checkpoint",
    "load",
    "safe_globals",
    "safetensors",
    "save",
]
