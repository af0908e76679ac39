"""torch.cuda of a build without CUDA: there is no such device, and what needs one says so."""

from __future__ import annotations

from typing import Any, NoReturn

from .._settings import OutOfMemoryError as OutOfMemoryError
from . import amp as amp
from .streams import *
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


def get_rng_state(device: Any = "cuda") -> Any:
    """The state of a CUDA device's generator. AssertionError: there is none."""
    _none("get_rng_state")


def get_rng_state_all() -> list[Any]:
    """The states of the generators of all CUDA devices: of none."""
    return []


def set_rng_state(new_state: Any, device: Any = "cuda") -> None:
    """Set the state of a CUDA device's generator, of which there is none: nothing happens."""


def set_rng_state_all(new_states: Any) -> None:
    """Set the states of the generators of all CUDA devices, of which there are none: nothing happens."""


def seed() -> None:
    """Seed the generator of the current CUDA device, of which there is none: nothing happens."""


def seed_all() -> None:
    """Seed the generators of all CUDA devices, of which there are none: nothing happens."""


def initial_seed() -> int:
    """The seed of a CUDA device's generator. AssertionError: there is none."""
    _none("initial_seed")


def init() -> None:
    """Initialise CUDA. AssertionError: there is none."""
    _none("init")


def memory_stats(device: Any = None) -> dict[str, Any]:
    """Counts of a CUDA device's memory: none."""
    return {}


def mem_get_info(device: Any = None) -> tuple[int, int]:
    """How much memory of a CUDA device is free, and in all. AssertionError: there is none."""
    _none("mem_get_info")


def reset_peak_memory_stats(device: Any = None) -> None:
    """Forget how much memory of a CUDA device was in use. AssertionError: there is none."""
    _none("reset_peak_memory_stats")


def reset_max_memory_allocated(device: Any = None) -> None:
    """Forget how much memory of a CUDA device was in use. AssertionError: there is none."""
    _none("reset_max_memory_allocated")


def ipc_collect() -> None:
    """Release memory that CUDA processes share. AssertionError: there is none."""
    _none("ipc_collect")


def current_stream(device: Any = None) -> Any:
    """The stream in use on a CUDA device. AssertionError: there is none."""
    _none("current_stream")


def default_stream(device: Any = None) -> Any:
    """The first stream of a CUDA device. AssertionError: there is none."""
    _none("default_stream")


def get_arch_list() -> list[str]:
    """The kinds of CUDA devices that this build knows: none."""
    return []


def get_gencode_flags() -> str:
    """The flags of the compiler of this build: none."""
    return ""


def is_tf32_supported() -> bool:
    """Whether a CUDA device multiplies in TF32: False."""
    return False


def can_device_access_peer(device: Any, peer_device: Any) -> bool:
    """Whether a CUDA device reads another's memory. AssertionError: there is none."""
    _none("can_device_access_peer")


def set_per_process_memory_fraction(fraction: float, device: Any = None) -> None:
    """Limit the memory of this process on a CUDA device. AssertionError: there is none."""
    _none("set_per_process_memory_fraction")


class device:
    """A block in which a CUDA device is the current one. RuntimeError on entry: there is none.

    A negative number is no device: then the block has no effect.
    """

    def __init__(self, device: Any) -> None:
        self.idx: int = device if isinstance(device, int) else 0

    def __enter__(self) -> None:
        if self.idx >= 0:
            raise RuntimeError(
                "PyTorch was compiled without CUDA support (gradiente computes on the CPU; ask "
                "torch.cuda.is_available() first)"
            )

    def __exit__(self, *exception: object) -> None:
        pass


class device_of(device):
    """A block in which the device of a tensor is the current one: no effect, as tensors are on the CPU."""

    def __init__(self, obj: Any) -> None:
        super().__init__(-1)


class CudaError(RuntimeError):
    """What CUDA raises: for `except`."""


has_magma: bool = False
has_half: bool = True
default_generators: tuple[Any, ...] = ()


def __getattr__(name: str) -> object:
    from .._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))
