"""torch.cuda of a build without CUDA: there is no such device, and what needs one says so."""

from __future__ import annotations

from typing import Any, NoReturn

from . import amp as amp
from .tensortypes import *


def _none(function: str) -> NoReturn:
    raise AssertionError(
        f"Torch not compiled with CUDA enabled (torch.cuda.{function}: gradiente computes on the CPU; ask "
        "torch.cuda.is_available() first)"
    )


def is_available() -> bool:
    """Whether there is a CUDA device: False.

    >>> import gradiente as torch
    >>> "cuda" if torch.cuda.is_available() else "cpu"
    'cpu'
    """
    return False


def device_count() -> int:
    """How many CUDA devices there are: 0."""
    return 0


def is_initialized() -> bool:
    """Whether CUDA was initialised: False."""
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """Whether a CUDA device computes in bfloat16: False."""
    return False


def manual_seed(seed: int) -> None:
    """Seed the generator of the current CUDA device, of which there is none: nothing happens."""


def manual_seed_all(seed: int) -> None:
    """Seed the generators of all CUDA devices, of which there are none: nothing happens."""


def empty_cache() -> None:
    """Release memory of CUDA devices, of which there are none: nothing happens."""


def memory_allocated(device: Any = None) -> int:
    """How much memory of a CUDA device is in use: 0."""
    return 0


def max_memory_allocated(device: Any = None) -> int:
    """How much memory of a CUDA device was in use: 0."""
    return 0


def memory_reserved(device: Any = None) -> int:
    """How much memory of a CUDA device is kept: 0."""
    return 0


def max_memory_reserved(device: Any = None) -> int:
    """How much memory of a CUDA device was kept: 0."""
    return 0


def current_device() -> int:
    """The number of the current CUDA device. AssertionError: there is none."""
    _none("current_device")


def set_device(device: Any) -> None:
    """Choose a CUDA device. AssertionError: there is none."""
    _none("set_device")


def synchronize(device: Any = None) -> None:
    """Wait for a CUDA device. AssertionError: there is none."""
    _none("synchronize")


def get_device_name(device: Any = None) -> str:
    """The name of a CUDA device. AssertionError: there is none."""
    _none("get_device_name")


def get_device_capability(device: Any = None) -> tuple[int, int]:
    """What a CUDA device can do. AssertionError: there is none."""
    _none("get_device_capability")


def get_device_properties(device: Any = None) -> Any:
    """What a CUDA device has. AssertionError: there is none."""
    _none("get_device_properties")


def __getattr__(name: str) -> object:
    from .._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))
