"""torch.serialization: `save` and `load` in PyTorch's file format, without PyTorch.

`saving` writes what `pickling` makes of the objects into an `archive`; `loading` reads archives, and files of the time
before them by `legacy`. `unpickling` follows a file's instructions as far as `allowed` knows them; `rebuilding` makes
tensors of the memory that the file holds; `names` are torch's names for what files refer to.
`locations`: who brings memory to its place; `settings`: what holds where nothing else is said.
`safetensors` reads and writes files of the format of that name.
"""

from __future__ import annotations

from . import safetensors
from .allowed import add_safe_globals, clear_safe_globals, get_safe_globals, safe_globals
from .legacy import MAGIC_NUMBER, PROTOCOL_VERSION
from .loading import get_unsafe_globals_in_checkpoint, load
from .locations import _package_registry as _package_registry  # pyright: ignore[reportPrivateUsage]
from .locations import default_restore_location, location_tag, register_package, validate_cuda_device
from .names import FUNCTIONS as _FUNCTIONS
from .saving import save
from .settings import (
    DEFAULT_PROTOCOL,
    MAP_LOCATION,
    FileLike,
    LoadEndianness,
    get_crc32_options,
    get_default_load_endianness,
    get_default_mmap_options,
    set_crc32_options,
    set_default_load_endianness,
    set_default_mmap_options,
    skip_data,
)

_get_layout = _FUNCTIONS["torch.serialization._get_layout"]

__all__ = [
    "DEFAULT_PROTOCOL",
    "MAGIC_NUMBER",
    "MAP_LOCATION",
    "PROTOCOL_VERSION",
    "FileLike",
    "LoadEndianness",
    "add_safe_globals",
    "clear_safe_globals",
    "default_restore_location",
    "get_crc32_options",
    "get_default_load_endianness",
    "get_default_mmap_options",
    "get_safe_globals",
    "get_unsafe_globals_in_checkpoint",
    "load",
    "location_tag",
    "register_package",
    "safe_globals",
    "safetensors",
    "save",
    "set_crc32_options",
    "set_default_load_endianness",
    "set_default_mmap_options",
    "skip_data",
    "validate_cuda_device",
]
