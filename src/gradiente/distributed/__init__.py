"""torch.distributed, as in a PyTorch that was built without it: no processes are connected, and programs can ask."""

from __future__ import annotations

from enum import Enum
from typing import Any, NoReturn

from . import nn as nn
from . import optim as optim
from . import rpc as rpc


def is_available() -> bool:
    """Whether processes can be connected: False.

    >>> import gradiente as torch
    >>> torch.distributed.is_available()
    False
    """
    return False


def is_initialized() -> bool:
    """Whether processes are connected: False."""
    return False


def get_rank(group: Any = None) -> int:
    """The number of this process among those that are connected. ValueError: none are."""
    _none()


def get_world_size(group: Any = None) -> int:
    """How many processes are connected. ValueError: none are."""
    _none()


def is_gloo_available() -> bool:
    """Whether Gloo can connect processes: False."""
    return False


def is_mpi_available() -> bool:
    """Whether MPI can connect processes: False."""
    return False


def is_nccl_available() -> bool:
    """Whether NCCL can connect processes: False."""
    return False


def is_torchelastic_launched() -> bool:
    """Whether torchrun has started this process: False."""
    return False


class ReduceOp(Enum):
    """How collectives combine."""

    SUM = 0
    AVG = 1
    PRODUCT = 2
    MIN = 3
    MAX = 4
    BAND = 5
    BOR = 6
    BXOR = 7


class ProcessGroup:
    """The type of groups of connected processes, of which there are none: for annotations and `isinstance`."""

    def __init__(self) -> None:
        _none()


def all_reduce(tensor: Any, op: ReduceOp = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> Any:
    """Combine the tensors of connected processes. ValueError: none are."""
    _none()


def reduce(
    tensor: Any, dst: int | None = None, op: ReduceOp = ReduceOp.SUM, group: Any = None, async_op: bool = False
) -> Any:
    """Combine the tensors of connected processes in one of them. ValueError: none are."""
    _none()


def all_gather(tensor_list: Any, tensor: Any, group: Any = None, async_op: bool = False) -> Any:
    """Collect the tensors of connected processes. ValueError: none are."""
    _none()


def all_gather_object(object_list: Any, obj: Any, group: Any = None) -> Any:
    """Collect the objects of connected processes. ValueError: none are."""
    _none()


def broadcast(tensor: Any, src: int | None = None, group: Any = None, async_op: bool = False) -> Any:
    """Send a tensor to all connected processes. ValueError: none are."""
    _none()


def barrier(group: Any = None, async_op: bool = False, device_ids: Any = None) -> Any:
    """Wait for all connected processes. ValueError: none are."""
    _none()


def get_backend(group: Any = None) -> str:
    """What connects processes. ValueError: none are."""
    _none()


def _none() -> NoReturn:
    raise ValueError(
        "Default process group has not been initialized, please make sure to call init_process_group. (gradiente "
        "connects no processes: ask is_available() or is_initialized() first)"
    )


def __getattr__(name: str) -> object:
    from .._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))


__all__ = [
    "ProcessGroup",
    "ReduceOp",
    "all_gather",
    "all_gather_object",
    "all_reduce",
    "barrier",
    "broadcast",
    "get_backend",
    "get_rank",
    "get_world_size",
    "is_available",
    "is_gloo_available",
    "is_initialized",
    "is_mpi_available",
    "is_nccl_available",
    "is_torchelastic_launched",
    "nn",
    "reduce",
]
